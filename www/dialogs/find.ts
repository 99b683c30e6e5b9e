/** The dialog that finds pages, tasks, VMAs and events. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { App } from "../app.ts";
import type { Key, Translate } from "../i18n/index.ts";
import type { Selection } from "../selection.ts";
import { shownMm } from "../store.ts";
import { findMatches, type Match, whyNothing } from "./matches.ts";

const KINDS: Readonly<Record<Selection["kind"], Key>> = {
  page: "page",
  vma: "vmaName",
  task: "selection.taskLabel",
  event: "find.event",
};

export function findForm(app: App, close: () => void, t: Translate): TemplateResult {
  const { findText, snapshot } = app.store.state;
  const matches =
    snapshot === null ? [] : findMatches(findText, snapshot, shownMm(app.store.state));
  const onText = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    app.act(() => app.store.update({ findText: value }));
  };
  const choose = (match: Match): void =>
    app.act(() => {
      app.choose(match.selection);
      app.store.update({ dialog: null, findText: "" });
      goToFound();
    });
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const first = matches[0];
    if (first !== undefined) choose(first);
  };
  return html`<form method="dialog" class="find" @submit=${onSubmit}>
    <h2 id="find-title">${t("find.title")}</h2>
    <label><span class="label">${t("find.label")}</span>
      <input type="text" data-testid="find-text" autofocus autocomplete="off" spellcheck="false"
        maxlength="80" aria-describedby="find-hint" .value=${live(findText)} @input=${onText} @focus=${selectAll} /></label>
    <p class="muted" id="find-hint">${t("find.hint")}</p>
    <p role="status" data-testid="find-nothing">${matches.length === 0 && findText.trim() !== "" ? nothingWords(app, t) : nothing}</p>
    <ul class="matches" data-testid="find-matches">${matches.map((match) => matchLine(match, choose, t))}</ul>
    <div class="row end"><button type="button" @click=${close}>${t("close")}</button></div>
  </form>`;
}

/** What was not found, and why, where it can be told. */
function nothingWords({ store }: App, t: Translate): string {
  const { findText, snapshot } = store.state;
  const why = snapshot === null ? null : whyNothing(findText, snapshot);
  const text = findText.trim();
  return t("find.nothing", { text, why: why === null ? "" : t(why.key, why.values) });
}

/** Once the dialog is closed, one goes on reading at what was found. */
function goToFound(): void {
  const read = (): void => document.getElementById("view-why")?.focus({ preventScroll: true });
  document.getElementById("find-dialog")?.addEventListener("close", read, { once: true });
}

/** What was looked for last is there, and what is typed takes its place. */
function selectAll({ target }: Event): void {
  // Some browsers put the caret somewhere after they have told of the focus.
  requestAnimationFrame(() => (target as HTMLInputElement).select());
}

function matchLine(match: Match, choose: (match: Match) => void, t: Translate): TemplateResult {
  return html`<li><button type="button" class="link" @click=${() => choose(match)}>
    <span class="muted">${t(KINDS[match.selection.kind])}</span> ${match.name}</button>
    <span class="code muted">${match.detail}</span></li>`;
}
