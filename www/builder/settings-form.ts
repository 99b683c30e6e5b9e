/** Title, the kernel's settings, and what everything costs. */

import { html, nothing, type TemplateResult } from "lit-html";
import { KNOBS } from "../forms/knobs.ts";
import { type Around, chosen, more, typed, wholeProblems } from "./fields.ts";
import type { Path } from "./json.ts";

const COSTS = [
  ["local_access_ns", "1440"],
  ["mark_pte_ns", "17"],
  ["visit_pte_ns", "5"],
  ["visit_empty_pte_ns", "1"],
  ["visit_vma_ns", "200"],
  ["scan_begin_ns", "1000"],
  ["scan_window_ns", "1000"],
  ["hint_fault_ns", "1000"],
  ["migrate_page_ns", "4000"],
  ["migrate_huge_page_ns", "250000"],
  ["wp_fault_ns", "700"],
  ["first_touch_ns", "1000"],
  ["first_touch_huge_ns", "100000"],
] as const;

export function settingsForm(around: Around): TemplateResult {
  const { t } = around;
  return html`<section class="b-list"><h3>${t("builder.about")}</h3>
      ${wholeProblems(around, ["title"])} ${wholeProblems(around, ["summary"])}
      <div class="b-fields wide">
        ${typed(around, ["title", "en"], { label: "builder.titleEn" })}
        ${typed(around, ["title", "zh"], { label: "builder.titleZh" })}
        ${typed(around, ["summary", "en"], { label: "builder.summaryEn", isWide: true })}
        ${typed(around, ["summary", "zh"], { label: "builder.summaryZh", isWide: true })}
      </div></section>
    <section class="b-list"><h3>${t("builder.kernel")}</h3>${wholeProblems(around, ["kernel"])}
      <div class="b-fields">
        ${chosen(around, ["kernel", "numa_balancing"], {
          label: "builder.balancing",
          isNumber: true,
          options: [
            { value: "", words: t("builder.balancingUsual") },
            { value: "1", words: t("builder.balancingOn") },
            { value: "0", words: t("builder.balancingOff") },
          ],
        })}
        ${KNOBS.map(({ knob, unit, initial }) => {
          // Whether it balances at all is a choice, above.
          if (knob === "numa_balancing") return nothing;
          const look = { isNumber: true, unit, usual: `${initial}` };
          return typed(around, ["kernel", knob], { label: `builder.knob_${knob}`, ...look });
        })}
      </div></section>
    <section class="b-list"><h3>${t("builder.chance")}</h3><div class="b-fields">
      ${typed(around, ["seed"], { label: "builder.seed", isNumber: true, usual: "0" })}
    </div></section>`;
}

export function costFields(around: Around): TemplateResult {
  const { t } = around;
  const own = (name: string): Path => ["machine", "costs", name];
  const paths = COSTS.map(([name]) => own(name));
  return html`<section class="b-list"><h3>${t("builder.costs")}</h3>
    <p class="muted">${t("builder.costsHow")}</p>
    ${wholeProblems(around, ["machine", "costs"])}
    ${more(
      around,
      [...paths, own("remote_access"), own("saturation_threads")],
      html`${chosen(around, own("remote_access"), {
        label: "builder.cost_remote_access",
        options: [
          { value: "", words: t("builder.usual", { value: "by_distance" }) },
          { value: "by_distance", words: "by_distance" },
          { value: "uniform", words: "uniform" },
        ],
      })}
      ${COSTS.map(([name, usual]) =>
        typed(around, own(name), {
          label: `builder.cost_${name}`,
          isNumber: true,
          unit: "ns",
          usual,
        }),
      )}
      ${typed(around, own("saturation_threads"), {
        label: "builder.cost_saturation_threads",
        isNumber: true,
        usual: t("builder.noLimit"),
      })}`,
    )}</section>`;
}
