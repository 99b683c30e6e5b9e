/** Pieces of the builder's forms. Each stands for a field of the document and shows what is wrong with it. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { type AnyProblem, type Key, problemText, type Translate } from "../i18n/index.ts";
import type { Builder } from "./builder.ts";
import { fieldText, type Path, pathText, valueAt } from "./json.ts";
import { fieldId } from "./places.ts";

/** What every piece needs. */
export interface Around {
  readonly app: App;
  readonly builder: Builder;
  readonly t: Translate;
}

/** Problems of exactly this field. */
function problemsAt({ builder }: Around, path: string): readonly AnyProblem[] {
  return builder.state.problems.filter((problem) => problem.path === path);
}

/** Problems of a field and everything in it. */
export function problemsWithin({ builder }: Around, path: string): readonly AnyProblem[] {
  const isWithin = (other: string): boolean =>
    other === path || other.startsWith(`${path}.`) || other.startsWith(`${path}[`);
  return builder.state.problems.filter((problem) => isWithin(problem.path));
}

export function problemLines(
  { app }: Around,
  path: string,
  problems: readonly AnyProblem[],
): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing;
  const { language } = app.store.state;
  return html`<div class="problem" id="${fieldId(path)}-problem" data-testid="${fieldId(path)}-problem">${problems.map(
    (problem) => html`<p>${problemText(problem, language)}</p>`,
  )}</div>`;
}

/** What is wrong with a list or table as a whole; links of problems lead here. */
export function wholeProblems(around: Around, path: Path): TemplateResult | typeof nothing {
  const text = pathText(path);
  return problemLines(around, text, problemsAt(around, text));
}

interface FieldLook {
  readonly label: Key;
  /** Whether what is typed is a number in the document. */
  readonly isNumber?: boolean;
  readonly unit?: string;
  /** What holds when nothing is written. */
  readonly usual?: string;
  /** Shown where the label is not: in tables. */
  readonly isBare?: boolean;
  readonly isWide?: boolean;
  /** Whether its parts have no fields: what is wrong with them is told here. */
  readonly isWhole?: boolean;
}

function problemsOf(around: Around, path: string, look: FieldLook): readonly AnyProblem[] {
  return look.isWhole ? problemsWithin(around, path) : problemsAt(around, path);
}

/** The label of a field with the name that the document has for it. */
function labelled(
  { t }: Around,
  path: Path,
  look: FieldLook,
  content: (described: unknown, invalid: string) => unknown,
  problems: readonly AnyProblem[],
): TemplateResult {
  const id = fieldId(pathText(path));
  const isWrong = problems.length > 0;
  const described = isWrong ? `${id}-problem` : nothing;
  const words = html`<span class=${look.isBare ? "hidden" : "label"} title=${pathText(path)}>${t(look.label)}</span>`;
  return html`<label class="b-field ${look.isWide ? "wide" : ""}">${words}${content(described, String(isWrong))}</label>`;
}

/** A field that is typed into. */
export function typed(around: Around, path: Path, look: FieldLook): TemplateResult {
  const { app, builder } = around;
  const text = pathText(path);
  const { typing, doc } = builder.state;
  const shown = typing?.path === text ? typing.text : fieldText(valueAt(doc, path));
  const problems = problemsOf(around, text, look);
  const isNumber = look.isNumber === true;
  const onInput = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    app.act(() => builder.type(path, value, isNumber));
  };
  const input = (described: unknown, invalid: string): TemplateResult =>
    html`<span class="b-input"><input id=${fieldId(text)} data-testid=${fieldId(text)} class="num" autocomplete="off"
      spellcheck="false" inputmode=${isNumber ? "decimal" : "text"} placeholder=${look.usual ?? ""}
      aria-invalid=${invalid} aria-describedby=${described} .value=${shown}
      @input=${onInput} />${look.unit === undefined ? nothing : html`<span class="unit">${look.unit}</span>`}</span>`;
  return html`<div class="b-cell ${look.isWide ? "wide" : ""}">${labelled(around, path, look, input, problems)}
    ${problemLines(around, text, problems)}</div>`;
}

export interface Option {
  /** What is written; empty where nothing is. */
  readonly value: string;
  readonly words: string;
}

interface ChoiceLook extends FieldLook {
  readonly options: readonly Option[];
  /** Writes the choice; left out where the value itself is written. */
  readonly write?: (value: string) => void;
  /** What is chosen; left out where the value itself is. */
  readonly chosen?: string;
}

/** A field that is one of several. What the document says and the list does not is shown too. */
export function chosen(around: Around, path: Path, look: ChoiceLook): TemplateResult {
  const { app, builder } = around;
  const text = pathText(path);
  const value = look.chosen ?? fieldText(valueAt(builder.state.doc, path));
  const isKnown = look.options.some((option) => option.value === value);
  const options = isKnown ? look.options : [...look.options, { value, words: value }];
  const problems = problemsOf(around, text, look);
  const write =
    look.write ??
    ((other: string): void => {
      if (look.isNumber) builder.type(path, other, true);
      else builder.set(path, other === "" ? undefined : other);
    });
  const onChange = (event: Event): void => {
    const option = options[(event.target as HTMLSelectElement).selectedIndex];
    if (option !== undefined) app.act(() => write(option.value));
  };
  const select = (described: unknown, invalid: string): TemplateResult =>
    html`<select id=${fieldId(text)} data-testid=${fieldId(text)} aria-invalid=${invalid}
      aria-describedby=${described} @change=${onChange}>${options.map(
        (option) =>
          html`<option value=${option.value} .selected=${option.value === value}>${option.words}</option>`,
      )}</select>`;
  return html`<div class="b-cell ${look.isWide ? "wide" : ""}">${labelled(around, path, look, select, problems)}
    ${problemLines(around, text, problems)}</div>`;
}

/** A button of the builder. */
export function button(
  { app }: Around,
  id: string,
  words: string,
  onClick: () => void,
  { name = "", isOff = false }: { readonly name?: string; readonly isOff?: boolean } = {},
): TemplateResult {
  return html`<button type="button" class="small" data-testid=${id} aria-label=${name === "" ? nothing : name}
    ?disabled=${isOff} @click=${() => app.act(onClick)}>${words}</button>`;
}

/** Fields that are seldom needed; open when something in them is wrong. */
export function more(around: Around, paths: readonly Path[], content: unknown): TemplateResult {
  const isWrong = paths.some((path) => problemsAt(around, pathText(path)).length > 0);
  const isUsed = paths.some((path) => valueAt(around.builder.state.doc, path) !== undefined);
  const summary = around.t(isUsed ? "builder.moreUsed" : "builder.more");
  return html`<details class="b-more" ?open=${isWrong}><summary>${summary}</summary>
    <div class="b-fields">${content}</div></details>`;
}

/** What can be done with an item of a list. */
export interface ItemActions {
  readonly move: (to: number) => void;
  readonly copy: () => void;
  readonly remove: () => void;
}

/** Up, down, copy and remove of an item of a list. */
export function itemButtons(
  around: Around,
  path: Path,
  item: { readonly at: number; readonly count: number; readonly name: string },
  actions: ItemActions,
): TemplateResult {
  const { t } = around;
  const id = fieldId(pathText([...path, item.at]));
  const named = (key: Key): { readonly name: string } => ({ name: `${t(key)}: ${item.name}` });
  return html`<span class="b-buttons">
    ${button(around, `${id}-up`, "↑", () => actions.move(item.at - 1), { ...named("builder.up"), isOff: item.at === 0 })}
    ${button(around, `${id}-down`, "↓", () => actions.move(item.at + 1), { ...named("builder.down"), isOff: item.at >= item.count - 1 })}
    ${button(around, `${id}-copy`, t("builder.copy"), actions.copy, named("builder.copy"))}
    ${button(around, `${id}-remove`, t("builder.remove"), actions.remove, named("builder.remove"))}
  </span>`;
}
