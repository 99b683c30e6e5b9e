/** One sentence on what is to be seen, and messages that concern the whole page. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { formatCount } from "../format.ts";
import { problemText, type Translate } from "../i18n/index.ts";
import type { Message } from "../store.ts";
import { lessonBar } from "./lesson.ts";

export function introPanel(app: App, t: Translate): TemplateResult {
  const { state } = app.store;
  const text = state.snapshot === null ? t("loading") : `${summary(app, t)}${t("introKeys")}`;
  const { tutor } = app;
  const lesson =
    state.lesson === null || tutor === null
      ? html`<p class="sentence">${text}</p>`
      : lessonBar(app, tutor, state.lesson, t);
  return html`<section class="intro" aria-label=${t("about")}>
    ${lesson} ${app.building.keeping?.offerLine(t)}
    ${state.message === null ? nothing : messageBox(app, state.message, t)}
  </section>`;
}

function summary(app: App, t: Translate): string {
  const { state } = app.store;
  const preset = state.presets.find((preset) => preset.id === state.presetId);
  if (preset !== undefined) return preset.summary[state.language];
  const own = app.session.summary?.[state.language];
  const count = state.edit?.changes ?? 0;
  if (own !== undefined) return count > 0 ? t("introChanged", { count, summary: own }) : own;
  const { snapshot } = state;
  const pages = snapshot?.mms.reduce((sum, mm) => sum + mm.rssPages, 0) ?? 0;
  return t("introOwn", {
    nodes: formatCount(snapshot?.machine.nodes.length ?? 0),
    tasks: formatCount(snapshot?.tasks.length ?? 0),
    pages: formatCount(pages),
  });
}

function resumeButton(app: App, tick: number, t: Translate): TemplateResult {
  return html`<button class="primary" data-testid="resume" @click=${() => app.act(() => app.time.resume())}>
    ${t("messageResume", { tick: formatCount(tick) })}</button>`;
}

function messageBox(app: App, message: Message, t: Translate): TemplateResult {
  const { language } = app.store.state;
  const places = message.problems.map((problem) => {
    const text = problemText(problem, language);
    return problem.path === "" ? text : `${problem.path}: ${text}`;
  });
  const notes = message.notes.map((note) => html`<li>${note[language]}</li>`);
  return html`<div class="message" data-testid="message" role="alert">
    <div>
      <p>${t(message.key, { ...message.values, reason: places.join(" ") })}</p>
      ${notes.length > 0 ? html`<ul>${notes}</ul>` : nothing}
    </div>
    ${app.store.state.crashedAt === null ? nothing : resumeButton(app, app.store.state.crashedAt, t)}
    <button data-testid="message-close"
      @click=${() => app.act(() => app.store.update({ message: null }))}>${t("close")}</button>
  </div>`;
}
