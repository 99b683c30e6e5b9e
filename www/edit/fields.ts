/** Pieces of the editor's forms. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { App } from "../app.ts";
import { formatCount } from "../format.ts";
import { checkBox } from "../forms/check-box.ts";
import { type AnyProblem, problemText, type Translate } from "../i18n/index.ts";
import { nodeClass } from "../panels/parts.ts";
import type { Editing } from "./panel.ts";
import type { Form } from "./state.ts";

/** What every piece needs. */
export interface Around {
  readonly app: App;
  readonly t: Translate;
}

/** What was wrong, below what it was wrong with. */
export function problemLines(
  { app }: Around,
  id: string,
  problems: readonly AnyProblem[],
): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing;
  const { language } = app.store.state;
  return html`<div class="problem" id=${id} data-testid=${id} role="status">${problems.map(
    (problem) => html`<p>${problemText(problem, language)}</p>`,
  )}</div>`;
}

export interface TextField {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
  readonly problems?: readonly AnyProblem[];
  /** Its problems stand elsewhere, under an id that ends in "-problem". */
  readonly toldElsewhere?: true;
  readonly unit?: string;
  readonly numeric?: boolean;
  readonly hint?: string;
}

/** A field that is typed into, with its label before it and its problems below. */
export function textField(around: Around, field: TextField): TemplateResult {
  const { id, problems = [], unit = "" } = field;
  const onInput = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    around.app.act(() => field.onInput(value));
  };
  const wrong = problems.length > 0;
  return html`<label class="edit-field"><span class="label" title=${field.hint ?? nothing}>${field.label}</span>
      <input data-testid=${id} class="num" autocomplete="off" spellcheck="false"
        inputmode=${field.numeric ? "numeric" : "text"} .value=${live(field.value)}
        aria-invalid=${String(wrong)} aria-describedby=${wrong ? `${id}-problem` : nothing}
        @input=${onInput} />${unit === "" ? nothing : html`<span class="unit">${unit}</span>`}</label>
    ${field.toldElsewhere ? nothing : problemLines(around, `${id}-problem`, problems)}`;
}

/** What the kernel refused of what a form wrote last. */
export function refusedIn({ editor }: Editing, form: Form): readonly AnyProblem[] {
  const { refused } = editor.state;
  return refused?.form === form ? refused.problems : [];
}

/** Says beside its button that a form was taken; it always stands there, so that it is read out. */
export function appliedLine({ editor, t }: Editing, form: Form): TemplateResult {
  const { applied } = editor.state;
  const isDone = applied?.form === form;
  return html`<span role="status" class="applied" data-testid="${form}-applied">${
    isDone ? t("edit.applied", { tick: formatCount(applied.tick) }) : nothing
  }</span>`;
}

/** Sends a form, once there is something to send. */
export function applyButton(
  editing: Editing,
  form: Form,
  id: string,
  ready: boolean,
): TemplateResult {
  const { t } = editing;
  return html`<div class="apply">${appliedLine(editing, form)}<button class="primary" data-testid=${id} ?disabled=${!ready}>
    ${t("edit.apply")}</button></div>`;
}

/** One check box for each node, in its colour. */
export function nodeBoxes(
  around: Around,
  id: string,
  nodes: readonly number[],
  chosen: readonly number[],
  toggle: (node: number) => void,
): TemplateResult {
  const box = (node: number): TemplateResult =>
    checkBox(
      around,
      `${id}-${node}`,
      chosen.includes(node),
      html`<i class="swatch ${nodeClass(node)}"></i>${around.t("node", { id: node })}`,
      () => toggle(node),
    );
  return html`<div class="boxes">${nodes.map(box)}</div>`;
}

export interface Choice<Value extends string> {
  readonly id: string;
  readonly label: string;
  readonly values: readonly Value[];
  readonly chosen: Value;
  readonly words: (value: Value) => string;
  readonly choose: (value: Value) => void;
  /** Long words stand below their label. */
  readonly wide?: boolean;
}

/** One of several, as a list that opens. */
export function choiceField<Value extends string>(
  { app }: Around,
  choice: Choice<Value>,
): TemplateResult {
  const onChange = (event: Event): void => {
    const { selectedIndex } = event.target as HTMLSelectElement;
    const value = choice.values[selectedIndex];
    if (value !== undefined) app.act(() => choice.choose(value));
  };
  return html`<label class="edit-field ${choice.wide ? "wide" : ""}"><span class="label">${choice.label}</span>
    <select data-testid=${choice.id} @change=${onChange}>${choice.values.map(
      (value) =>
        html`<option value=${value} .selected=${value === choice.chosen}>${choice.words(value)}</option>`,
    )}</select></label>`;
}

/** A form of its own, which Enter applies. */
export function formOf(
  { app }: Around,
  id: string,
  title: string,
  body: unknown,
  onSubmit: () => void,
): TemplateResult {
  const submit = (event: Event): void => {
    event.preventDefault();
    app.act(onSubmit);
  };
  return html`<form class="edit-form" data-testid=${id} aria-label=${title} @submit=${submit}>
    <h3>${title}</h3>${body}</form>`;
}
