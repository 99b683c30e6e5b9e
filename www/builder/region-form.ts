/** A region: a mapping of a process. */

import { html, nothing, type TemplateResult } from "lit-html";
import { type Around, chosen, more, typed } from "./fields.ts";
import { type Json, type Path, valueAt } from "./json.ts";
import { nodeIdsOf } from "./machine.ts";
import { policyField } from "./policy-form.ts";
import { placementOf } from "./starting.ts";

const KINDS = ["private_file", "shared", "shared_file", "unmigratable"] as const;
const PAGES = ["madvise", "always"] as const;

export function regionForm(around: Around, own: Path, region: Json): TemplateResult {
  const { t } = around;
  const kind = valueAt(region, ["kind"]);
  const isShared = kind === "shared" || kind === "shared_file";
  const rare = ["start", "prot", "object"].map((name) => [...own, name]);
  return html`<div class="b-fields">
      ${typed(around, [...own, "name"], { label: "builder.name" })}
      ${typed(around, [...own, "size"], { label: "builder.size", usual: "64 MiB" })}
      ${chosen(around, [...own, "kind"], {
        label: "builder.kind",
        options: [
          { value: "", words: t("builder.kind_anon") },
          ...KINDS.map((name) => ({ value: name, words: t(`builder.kind_${name}`) })),
        ],
      })}
      ${placement(around, own, region)}
      ${chosen(around, [...own, "thp"], {
        label: "builder.thp",
        options: [
          { value: "", words: t("builder.thp_never") },
          ...PAGES.map((name) => ({ value: name, words: t(`builder.thp_${name}`) })),
        ],
      })}
      ${policyField(around, [...own, "policy"])}
    </div>
    ${more(
      around,
      rare,
      html`${typed(around, [...own, "start"], { label: "builder.address", usual: "0x…" })}
      ${typed(around, [...own, "prot"], { label: "builder.prot", usual: "rw-" })}
      ${isShared ? typed(around, [...own, "object"], { label: "builder.object" }) : nothing}`,
    )}`;
}

/** Where its pages are at first. */
function placement(around: Around, own: Path, region: Json): TemplateResult {
  const { builder, t } = around;
  const path = [...own, "populate"];
  const placed = placementOf(region);
  const isOwn = placed === "own";
  return chosen(around, path, {
    label: "builder.placed",
    isWhole: true,
    chosen: `${placed}`,
    options: [
      { value: "touch", words: t("builder.placedTouch") },
      ...nodeIdsOf(builder.state.doc).map((id) => ({
        value: `${id}`,
        words: t("builder.placedNode", { id }),
      })),
      ...(isOwn ? [{ value: "own", words: t("builder.placedOwn") }] : []),
    ],
    write: (value) => {
      if (value === "own") return;
      builder.set(path, value === "touch" ? undefined : [{ node: Number(value) }]);
    },
  });
}
