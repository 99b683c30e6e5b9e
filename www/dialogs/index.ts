/** What stands in the dialogs: opening a scenario, finding something, lessons, and help. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ref } from "lit-html/directives/ref.js";
import type { App } from "../app.ts";
import { formatCount } from "../format.ts";
import {
  type AnyProblem,
  type Key,
  problemOf,
  problemText,
  type Translate,
} from "../i18n/index.ts";
import { takeAwaited } from "../panels/dialogs.ts";
import type { Dialog } from "../store.ts";
import { findForm } from "./find.ts";
import { lessonList } from "./lesson-list.ts";

/** Problems that are listed; a hostile text may have as many as it has lines. */
const MAX_ERRORS = 50;

export function dialogs(app: App, t: Translate): TemplateResult {
  // The event comes late: by then another dialog may be open.
  const closing = (name: Dialog) => (): void =>
    app.act(() => {
      if (app.store.state.dialog === name) app.store.update({ dialog: null });
    });
  const shell = (name: Dialog, content: (close: () => void) => TemplateResult): TemplateResult => {
    const close = closing(name);
    return html`<dialog id="${name}-dialog" ${ref(asStored(name, app.store.state.dialog === name))}
      aria-labelledby="${name}-title" @close=${close}>${content(close)}</dialog>`;
  };
  return html`${shell("open", (close) => openForm(app, close, t))}
    ${shell("find", (close) => findForm(app, close, t))}
    ${shell("lessons", (close) => lessonList(app, close, t))}
    ${shell("help", (close) => help(close, t))}`;
}

/** Closes a dialog that the store no longer wants, and opens the one that was asked for before it was there. */
function asStored(name: Dialog, open: boolean): (element?: Element) => void {
  return (element) => {
    if (!(element instanceof HTMLDialogElement)) return;
    if (element.open && !open) element.close();
    // It can be opened when it has its place on the page.
    if (open && takeAwaited(name)) queueMicrotask(() => element.showModal());
  };
}

function openForm(app: App, close: () => void, t: Translate): TemplateResult {
  const { openText, openErrors } = app.store.state;
  const onText = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    app.act(() => app.store.update({ openText: value }));
  };
  const fillIn = (): void => app.store.update({ openText: app.session.documentText });
  return html`<form method="dialog" @submit=${(event: Event) => submit(app, event)}>
    <h2 id="open-title">${t("openTitle")}</h2>
    <p>${t("openIntro")}</p>
    <label class="area"><span class="label">${t("openLabel")}</span>
      <textarea data-testid="open-text" spellcheck="false" rows="14" autofocus
        aria-describedby="open-errors" aria-invalid=${String(openErrors.length > 0)}
        .value=${live(openText)} @input=${onText}></textarea></label>
    <div class="row">
      <button type="button" @click=${() => app.act(fillIn)}>${t("openCurrent")}</button>
      <label class="file button"><span>${t("openFile")}</span>
        <input type="file" @change=${(event: Event) => readFile(app, event)} /></label>
    </div>
    <div id="open-errors" role="alert">${openErrors.length > 0 ? errorList(app, openErrors, t) : nothing}</div>
    <div class="row end">
      <button type="button" @click=${close}>${t("cancel")}</button>
      <button type="submit" class="primary" data-testid="open-load">${t("openLoad")}</button>
    </div>
  </form>`;
}

function submit(app: App, event: Event): void {
  event.preventDefault();
  app.act(() => {
    const { openText } = app.store.state;
    if (openText.trim() === "") return app.opening.showOpenErrors([problemOf("openEmpty")]);
    app.opening.openText(openText);
  });
}

/** Puts a file's text into the field, where it can be looked at before it is loaded. */
function readFile(app: App, event: Event): void {
  const input = event.target as HTMLInputElement;
  const file = input.files?.[0];
  if (file === undefined) return;
  input.value = "";
  app.opening.takeFile(file);
}

function errorList(app: App, errors: readonly AnyProblem[], t: Translate): TemplateResult {
  const { language } = app.store.state;
  const more = errors.length - MAX_ERRORS;
  return html`<p>${t("openErrors")}</p>
    <ul data-testid="open-errors" class="errors">
      ${errors.slice(0, MAX_ERRORS).map(
        (problem) => html`<li><b class="code">${problem.path || t("wholeText")}</b>
          ${problemText(problem, language)}</li>`,
      )}
      ${more > 0 ? html`<li>+ ${formatCount(more)}</li>` : nothing}
    </ul>`;
}

/** Keys as they are printed on keyboards, or what they are called; and what they do. */
type KeyLine = readonly [keys: Key | string, meaning: Key];

/** By where they work. */
const KEYS: readonly (readonly [Key, readonly KeyLine[]])[] = [
  [
    "transport",
    [
      ["keySpace", "keyPlay"],
      ["→", "keyTick"],
      ["Shift + →", "keyEvent"],
      ["N", "keyNext"],
      ["←", "keyBack"],
      ["keyHomeName", "keyHome"],
      ["+  −", "keySpeed"],
      ["[  ]", "timeline.keyMarks"],
    ],
  ],
  [
    "space",
    [
      ["←  →  ↑  ↓", "everyone.keyPages"],
      ["Page Up", "everyone.keyZoomIn"],
      ["Page Down", "everyone.keyZoomOut"],
      ["Enter", "everyone.keySelect"],
    ],
  ],
  [
    "everyone.keysPage",
    [
      ["1 – 5", "keyViews"],
      ["/", "keyFind"],
      ["F", "keyShare"],
      ["C", "compare.key"],
      ["Ctrl + Z", "keyUndo"],
      ["Ctrl + Enter", "everyone.keyBuild"],
      ["Tab", "everyone.keyTab"],
      ["Esc", "everyone.keyEscape"],
      ["?", "keyHelp"],
    ],
  ],
];

/** What the documentation tells, by file. */
const DOCUMENTS: readonly (readonly [string, Key])[] = [
  ["explain", "reading.explain"],
  ["model-vs-kernel", "reading.model"],
  ["conformance", "reading.conformance"],
  ["scenario-format", "reading.format"],
];

function help(close: () => void, t: Translate): TemplateResult {
  return html`<div class="help">
    <h2 id="help-title" tabindex="-1" autofocus>${t("helpTitle")}</h2>
    <p>${t("helpIntro")}</p>
    <div class="key-groups">${KEYS.map((group) => keyGroup(group, t))}</div>
    <h3>${t("reading.read")}</h3>
    <ul class="links">${DOCUMENTS.map(
      ([file, title]) =>
        html`<li><a data-testid="read-${file}" href="./docs/${file}.html" target="_blank" rel="noopener">${t(title)}</a></li>`,
    )}</ul>
    <div class="row end"><button class="primary" @click=${close}>${t("close")}</button></div>
  </div>`;
}

function keyGroup([where, lines]: (typeof KEYS)[number], t: Translate): TemplateResult {
  return html`<section><h3>${t(where)}</h3><dl class="keys">${lines.map(
    ([keys, meaning]) =>
      // A key that has no text of its own is called the same in every language.
      html`<div><dt><kbd>${t(keys as Key)}</kbd></dt><dd>${t(meaning)}</dd></div>`,
  )}</dl></section>`;
}
