/** What is done to the machine during the run, and what came of it. */

import { html, type TemplateResult } from "lit-html";
import type { Language } from "../engine.ts";
import { formatCount, formatSeconds } from "../format.ts";
import { readDocument, type TimedAction, timeOf } from "./document.ts";
import { problemLines, refusedIn } from "./fields.ts";
import type { Editing } from "./panel.ts";
import { type Refusal, refusalText } from "./refusals.ts";
import { namesOf, operationWords } from "./words.ts";

interface Listed {
  /** Its place in the document. */
  readonly index: number;
  readonly action: TimedAction;
  readonly timeMs: number;
  readonly tick: number;
}

export function actionList(editing: Editing): TemplateResult {
  const { app, t } = editing;
  const listed = listedActions(editing);
  const problems = refusedIn(editing, "list");
  const { snapshot } = app.store.state;
  const rows = snapshot === null ? [] : listed.map((one) => row(editing, one));
  return html`<section class="actions" aria-label=${t("edit.actions")}>
    <h3>${t("edit.actions")}</h3>
    ${rows.length === 0 ? html`<p class="muted">${t("edit.actionsNone")}</p>` : html`<ol data-testid="action-list">${rows}</ol>`}
    ${problemLines(editing, "list-refused", problems)}</section>`;
}

/** In order of time; those of one moment as they stand in the document. */
function listedActions({ app, editor }: Editing): readonly Listed[] {
  const document = readDocument(app.session.documentText);
  const tickMs = editor.now()?.tickMs ?? 1;
  const uptimeMs = document.machine?.uptime_ms;
  const listed = (document.actions ?? []).map((action, index) => {
    const timeMs = timeOf(action, tickMs, uptimeMs);
    return { index, action, timeMs, tick: action.at_tick ?? Math.ceil(timeMs / tickMs) };
  });
  return listed.sort((a, b) => a.timeMs - b.timeMs);
}

function row(editing: Editing, listed: Listed): TemplateResult {
  const { app, editor, t } = editing;
  const { snapshot, language } = app.store.state;
  const { index, action, timeMs, tick } = listed;
  const words = snapshot === null ? "" : operationWords(action, namesOf(snapshot), t);
  const remove = (): void => editor.remove(index);
  return html`<li data-action=${index}>
    <span class="edit-when num">${t("tick", { tick: formatCount(tick) })}<small>${formatSeconds(timeMs)}</small></span>
    <span class="what">${words}${outcome(editing, listed, language)}</span>
    <button class="small" aria-label=${t("edit.removeName", { words })} data-testid="action-remove-${index}"
      @click=${() => app.act(remove)}>${t("edit.remove")}</button>
  </li>`;
}

/** Whether it has been done; a refusal says why. */
function outcome({ app, t }: Editing, { index, timeMs }: Listed, language: Language): unknown {
  const done = app.session.playground?.actions?.().find((action) => action.index === index);
  if (done?.refused) return refusedWords(done.refused, language, t("edit.refused"));
  const isDone = done?.applied ?? timeMs <= (app.store.state.snapshot?.clock.nowMs ?? 0);
  return html`<small class="muted">${t(isDone ? "edit.done" : "edit.ahead")}</small>`;
}

function refusedWords(refusal: Refusal, language: Language, words: string): TemplateResult {
  return html`<small class="refused">${words} ${refusalText(refusal, language)}</small>`;
}
