/** A program: steps one after the other, loops with steps of their own. */

import { html, nothing, type TemplateResult } from "lit-html";
import { formatCount } from "../format.ts";
import type { Key } from "../i18n/index.ts";
import {
  type Around,
  button,
  chosen,
  itemButtons,
  more,
  type Option,
  typed,
  wholeProblems,
} from "./fields.ts";
import { fieldText, type Json, listAt, type Path, pathText, valueAt, withItem } from "./json.ts";
import { itemActions } from "./list.ts";
import { fieldId } from "./places.ts";
import {
  isAccess,
  namesIn,
  newStep,
  STEP_KINDS,
  type StepKind,
  stepAs,
  stepKind,
} from "./starting.ts";

const MAX_SHOWN = 48;
/** Loops nest so deep; the text may try more. */
const MAX_LOOPS = 4;

export function programForm(around: Around, path: Path, process: Json): TemplateResult {
  return html`<div class="b-program" id=${fieldId(pathText(path))} tabindex="-1"><h4>${around.t("builder.program")}</h4>
    ${stepList(around, path, process, 0)}</div>`;
}

function stepList(around: Around, path: Path, process: Json, depth: number): TemplateResult {
  const { builder, t } = around;
  const steps = listAt(builder.state.doc, path);
  const add = (): void =>
    builder.edit((doc) => withItem(doc, path, steps.length, newStep(process)));
  return html`${wholeProblems(around, path)}
    <ol>${steps.slice(0, MAX_SHOWN).map((step, at) => stepItem(around, path, { step, at, count: steps.length }, process, depth))}</ol>
    ${steps.length > MAX_SHOWN ? html`<p class="muted">${t("builder.notShown", { count: formatCount(steps.length - MAX_SHOWN) })}</p>` : nothing}
    ${button(around, `${fieldId(pathText(path))}-add`, t("builder.addStep"), add)}`;
}

function stepItem(
  around: Around,
  path: Path,
  { step, at, count }: { readonly step: Json; readonly at: number; readonly count: number },
  process: Json,
  depth: number,
): TemplateResult {
  const { t } = around;
  const own = [...path, at];
  const kind = stepKind(step);
  const actions = itemActions(around, path, at);
  const name = t("builder.stepNoun", { number: at + 1 });
  return html`<li class="b-step" id=${fieldId(pathText(own))} tabindex="-1" aria-label=${name}>
    <div class="b-card-head">${kindField(around, own, step, process)}
      ${itemButtons(around, path, { at, count, name }, actions)}</div>
    ${wholeProblems(around, own)}
    ${kind === null ? html`<p class="muted">${t("builder.stepUnknown")}</p>` : stepFields(around, own, kind, process)}
    ${kind === "loop" && depth < MAX_LOOPS ? stepList(around, [...own, "loop"], process, depth + 1) : nothing}
  </li>`;
}

function kindField(around: Around, own: Path, step: Json, process: Json): TemplateResult {
  const { builder, t } = around;
  return chosen(around, [...own, "kind"], {
    label: "builder.step",
    isBare: true,
    chosen: stepKind(step) ?? "",
    options: STEP_KINDS.map((kind) => ({ value: kind, words: t(`builder.step_${kind}`) })),
    write: (value) => {
      const kind = STEP_KINDS.find((kind) => kind === value);
      if (kind !== undefined) builder.set(own, stepAs(kind, step, process));
    },
  });
}

function stepFields(around: Around, own: Path, kind: StepKind, process: Json): TemplateResult {
  if (isAccess(kind)) return accessFields(around, own, kind, process);
  return html`<div class="b-fields">${plainFields(around, own, kind, process)}</div>`;
}

function plainFields(around: Around, own: Path, kind: StepKind, process: Json): unknown {
  const { builder, t } = around;
  const number = (name: string, label: Key, unit?: string): TemplateResult =>
    typed(around, [...own, name], {
      label,
      isNumber: true,
      ...(unit === undefined ? {} : { unit }),
    });
  const named = (label: Key, names: readonly string[]): TemplateResult =>
    chosen(around, [...own, kind], { label, options: plainOptions(names) });
  switch (kind) {
    case "compute_ms":
    case "sleep_ms":
      return number(kind, "builder.duration", "ms");
    case "loop":
      return [number("times", "builder.times"), number("until_ms", "builder.until", "ms")];
    case "barrier":
      return [
        typed(around, [...own, "barrier"], { label: "builder.barrierName" }),
        number("threads", "builder.barrierThreads"),
      ];
    case "exit":
      return chosen(around, [...own, "exit"], {
        label: "builder.ends",
        options: [
          { value: "thread", words: t("builder.endsThread") },
          { value: "process", words: t("builder.endsProcess") },
        ],
      });
    case "clone":
      return named("builder.threadOf", namesIn(listAt(process, ["threads"])));
    default:
      return named("builder.processOf", namesIn(listAt(builder.state.doc, ["processes"])));
  }
}

function plainOptions(names: readonly string[]): Option[] {
  return names.map((name) => ({ value: name, words: name }));
}

const PATTERNS = ["random", "zipf", "hot_cold"] as const;
const RARE = ["first", "pages", "passes", "visits", "until_ms", "share", "write_every"] as const;

function accessFields(around: Around, own: Path, kind: StepKind, process: Json): TemplateResult {
  const { builder, t } = around;
  const pattern = fieldText(valueAt(builder.state.doc, [...own, "pattern"]));
  const number = (
    name: string,
    label: Key,
    look: { readonly unit?: string; readonly usual?: string } = {},
  ): TemplateResult => typed(around, [...own, name], { label, isNumber: true, ...look });
  return html`<div class="b-fields">
      ${chosen(around, [...own, kind], { label: "builder.region", options: plainOptions(regionNames(around, process)) })}
      ${chosen(around, [...own, "pattern"], {
        label: "builder.pattern",
        options: [
          { value: "", words: t("builder.pattern_sequential") },
          ...PATTERNS.map((name) => ({ value: name, words: t(`builder.pattern_${name}`) })),
        ],
      })}
      ${number("compute_ns", "builder.computeNs", { unit: "ns", usual: "0" })}
      ${pattern === "" || pattern === "sequential" ? number("stride", "builder.stride", { usual: "1" }) : nothing}
      ${
        pattern === "hot_cold"
          ? [
              number("hot_pages", "builder.hotPages"),
              number("hot_percent", "builder.hotPercent", { usual: "90", unit: "%" }),
            ]
          : nothing
      }
    </div>
    ${more(
      around,
      RARE.map((name) => [...own, name]),
      html`${number("first", "builder.first", { usual: "0" })}
      ${number("pages", "builder.pages", { usual: t("builder.allPages") })}
      ${number("passes", "builder.passes", { usual: "1" })}
      ${pattern === "" ? nothing : number("visits", "builder.visits")}
      ${kind === "write" ? number("write_every", "builder.writeEvery", { usual: "1" }) : nothing}
      ${number("until_ms", "builder.until", { unit: "ms" })}
      ${chosen(around, [...own, "share"], {
        label: "builder.share",
        options: [
          { value: "", words: t("builder.shareAll") },
          { value: "slice", words: t("builder.shareSlice") },
        ],
      })}`,
    )}`;
}

/** A process that is forked has its parent's regions. */
function regionNames({ builder }: Around, process: Json): readonly string[] {
  const own = namesIn(listAt(process, ["regions"]));
  const parent = fieldText(valueAt(process, ["parent"]));
  if (parent === "") return own;
  const processes = listAt(builder.state.doc, ["processes"]);
  const found = processes.find((other) => valueAt(other, ["name"]) === parent);
  return [...own, ...namesIn(listAt(found, ["regions"]))];
}
