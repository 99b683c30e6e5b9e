/** The kernel's settings under the names that they have on a running system. */

import { html, nothing, type TemplateResult } from "lit-html";
import { formatCount } from "../format.ts";
import { KNOBS, type Knob, type KnobInfo } from "../forms/knobs.ts";
import type { AnyProblem } from "../i18n/index.ts";
import { nodeIds } from "../store.ts";
import { readDocument } from "./document.ts";
import { applyButton, formOf, problemLines, refusedIn, textField } from "./fields.ts";
import { readWhole } from "./lists.ts";
import type { Editing } from "./panel.ts";
import { type Settings, settingsAt, weightsAt } from "./settings.ts";
import { memoryNodes } from "./subject.ts";

const MAX_WEIGHT = 255;

export function machinePanel(editing: Editing): TemplateResult {
  return html`${knobForm(editing)} ${weightForm(editing)}`;
}

type Written = Partial<Record<Knob, number>>;

interface Typed {
  readonly info: KnobInfo;
  readonly text: string;
  /** Null where the text is no value that the setting takes. */
  readonly value: number | null;
}

function knobForm(editing: Editing): TemplateResult {
  const { app, editor, t } = editing;
  const nodes = app.store.state.snapshot?.machine.nodes.length ?? 1;
  const now = editor.now();
  if (now === null) return html`${nothing}`;
  const settings = settingsAt(readDocument(app.session.documentText), now, nodes);
  const typed = KNOBS.map((info) => typedOf(editing, info, settings));
  const ready = writtenOf(typed, settings) !== null;
  const apply = (): void => {
    // Read again: something may have been typed since this was drawn.
    const typed = KNOBS.map((info) => typedOf(editing, info, settings));
    const sysctl = writtenOf(typed, settings);
    if (sysctl !== null) editor.apply("machine", [{ sysctl }]);
  };
  const refused = refusedIn(editing, "machine");
  const body = html`${typed.map((one) => knobField(editing, one, nodes))}
    ${problemLines(editing, "machine-refused", refused)}
    ${applyButton(editing, "machine", "machine-apply", ready)}`;
  return formOf(editing, "machine-form", t("edit.knobs"), body, apply);
}

/** The settings that are to be written; null where a text is none, or nothing would change. */
function writtenOf(typed: readonly Typed[], settings: Settings): Written | null {
  const changed = typed.filter(({ info, value }) => value !== settings[info.knob]);
  if (changed.length === 0 || typed.some(({ value }) => value === null)) return null;
  return Object.fromEntries(changed.map(({ info, value }) => [info.knob, value ?? 0]));
}

function typedOf({ editor }: Editing, info: KnobInfo, settings: Settings): Typed {
  const text = editor.state.fields[info.knob] ?? String(settings[info.knob]);
  return { info, text, value: readWhole(text, info.min, info.max) };
}

/** What it is for, its range and its default stand below it; a wrong value is told there too. */
function knobField(editing: Editing, { info, text, value }: Typed, nodes: number): TemplateResult {
  const { editor, t } = editing;
  const { knob, unit, min, max, words, path } = info;
  const initial = knob === "numa_balancing" && nodes < 2 ? 0 : info.initial;
  const bounds = { min: formatCount(min), max: formatCount(max), initial: formatCount(initial) };
  const problems: AnyProblem[] =
    value === null ? [{ path: "", key: "edit.knobWrong", values: bounds }] : [];
  const field = textField(editing, {
    ...{ id: `knob-${knob}`, label: nameOf(knob), value: text, unit, numeric: true, problems },
    ...{ hint: path, onInput: (text: string) => editor.setField(knob, text) },
  });
  return html`<div class="knob">${field}
    <p class="muted">${t(words)} ${t("edit.knobRange", bounds)}</p></div>`;
}

function nameOf(knob: Knob): string {
  return knob === "numa_balancing" ? "kernel.numa_balancing" : knob;
}

interface TypedWeight {
  readonly node: number;
  readonly text: string;
  /** Null where the text is no weight. */
  readonly weight: number | null;
}

function typedWeight(
  { editor }: Editing,
  node: number,
  present: ReadonlyMap<number, number>,
): TypedWeight {
  const text = editor.state.fields[`weight-${node}`] ?? String(present.get(node) ?? 1);
  return { node, text, weight: readWhole(text, 0, MAX_WEIGHT) };
}

/** The weights that are to be written; null where a text is none, or nothing would change. */
function weightsIn(
  typed: readonly TypedWeight[],
  present: ReadonlyMap<number, number>,
): { node: number; weight: number }[] | null {
  if (typed.some(({ weight }) => weight === null)) return null;
  const changed = typed.filter(({ node, weight }) => weight !== (present.get(node) ?? 1));
  return changed.length === 0
    ? null
    : changed.map(({ node, weight }) => ({ node, weight: weight ?? 1 }));
}

function weightForm(editing: Editing): unknown {
  const { app, editor, t } = editing;
  const { snapshot } = app.store.state;
  const now = editor.now();
  const nodes = memoryNodes(app.store.state);
  if (snapshot === null || now === null || nodes.length < 2) return nothing;
  const present = weightsAt(readDocument(app.session.documentText), now, nodeIds(snapshot.machine));
  const typedNow = (): TypedWeight[] => nodes.map((node) => typedWeight(editing, node, present));
  const typed = typedNow();
  const wrong = typed.some(({ weight }) => weight === null);
  const ready = weightsIn(typed, present) !== null;
  const apply = (): void => {
    const weights = weightsIn(typedNow(), present);
    if (weights !== null) editor.apply("weights", [{ weighted_interleave: weights }]);
  };
  const problems: AnyProblem[] = wrong
    ? [{ path: "", key: "edit.weightWrong", values: { max: MAX_WEIGHT } }]
    : [];
  const field = ({ node, text }: TypedWeight): TemplateResult =>
    textField(editing, {
      ...{ id: `machine-weight-${node}`, label: t("node", { id: node }), value: text },
      ...{ numeric: true, onInput: (text: string) => editor.setField(`weight-${node}`, text) },
    });
  const body = html`<p class="muted">${t("edit.weightsHint")}</p>
    <div class="weights">${typed.map(field)}</div>
    ${problemLines(editing, "machine-weights-problem", problems)}
    ${problemLines(editing, "weights-refused", refusedIn(editing, "weights"))}
    ${applyButton(editing, "weights", "weights-apply", ready)}`;
  return formOf(editing, "weights-form", t("edit.weights"), body, apply);
}
