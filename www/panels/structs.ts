/** Live fields of the kernel's structures, for what is selected. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { FieldUnit, KernelStruct } from "../engine.ts";
import { type FieldTexts, fieldTexts } from "../field-texts.ts";
import { formatCount, formatMs, formatSeconds } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { nodeChip } from "./parts.ts";

type Field = KernelStruct["fields"][number];

const NS_PER_MS = 1_000_000;
const MODES = [
  "MPOL_DEFAULT",
  "MPOL_PREFERRED",
  "MPOL_BIND",
  "MPOL_INTERLEAVE",
  "MPOL_LOCAL",
  "MPOL_PREFERRED_MANY",
  "MPOL_WEIGHTED_INTERLEAVE",
] as const;
const STATES: Readonly<Record<number, string>> = {
  0: "TASK_RUNNING",
  1: "TASK_INTERRUPTIBLE",
  128: "TASK_DEAD",
  260: "TASK_STOPPED",
  2048: "TASK_NEW",
};

export function structsPanel(app: App, t: Translate): TemplateResult {
  const { structs, structsBefore, language } = app.store.state;
  const texts = fieldTexts.in(language);
  // What a step changed is marked only where it shows the same things as before.
  const same =
    structsBefore.map(({ name }) => name).join() === structs.map(({ name }) => name).join();
  return html`${structs.length === 0 ? html`<p class="muted">${t("structs.none")}</p>` : nothing}
    ${structs.map((struct, at) => box(struct, same ? structsBefore[at] : undefined, texts, t))}`;
}

function box(
  struct: KernelStruct,
  before: KernelStruct | undefined,
  texts: FieldTexts | null,
  t: Translate,
): TemplateResult {
  const meanings = texts?.[struct.name];
  const rows = struct.fields.map((field, at) => {
    const changed = before !== undefined && before.fields[at]?.[1] !== field[1];
    return row(field, changed, meanings?.[field[0]] ?? "", t);
  });
  return html`<section class="struct" data-struct=${struct.name}>
    <h3 class="code">struct ${struct.name}</h3>
    <p class="muted">${meanings?.about ?? ""}</p>
    <dl>${rows}</dl>
  </section>`;
}

function row(
  [name, value, unit]: Field,
  changed: boolean,
  meaning: string,
  t: Translate,
): TemplateResult {
  return html`<div class="field ${changed ? "changed" : ""}" data-field=${name}>
    <dt class="code">${name}</dt>
    <dd class="num">${valueText(value, unit, t)}${changed ? html`<span class="hidden"> ${t("structs.changed")}</span>` : nothing}</dd>
    <dd class="meaning">${meaning}</dd>
  </div>`;
}

function valueText(value: number | string, unit: FieldUnit, t: Translate): unknown {
  if (typeof value === "string") return html`<span class="code">${value}</span>`;
  switch (unit) {
    case "ns":
      return formatSeconds(value / NS_PER_MS);
    case "ms":
      return formatMs(value);
    case "node":
      return value < 0 ? "NUMA_NO_NODE" : nodeChip(value, t);
    case "flag":
      return value === 0 ? t("why.no") : t("why.yes");
    case "pointer":
      return value === 0 ? "NULL" : t("structs.there");
    case "mode":
      return MODES[value] ?? String(value);
    case "state":
      return STATES[value] ?? String(value);
    case "cpu":
    case "tid":
      return String(value);
    default:
      return formatCount(value);
  }
}
