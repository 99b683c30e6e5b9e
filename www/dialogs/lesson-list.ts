/** The dialog that lists the lessons. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";

export function lessonList(app: App, close: () => void, t: Translate): TemplateResult {
  const { tutor, tutorFailed } = app;
  const { language } = app.store.state;
  const waiting = html`<p role="status">${t(tutorFailed ? "lesson.failed" : "lesson.loading")}</p>`;
  const lessons = tutor?.lessons.map(
    (lesson, at) => html`<li><button class="link" data-testid="lesson-${lesson.id}"
      @click=${() => app.act(() => tutor.open(lesson))}>${at + 1}. ${lesson.title[language]}</button>
      <p class="muted">${lesson.about[language]}</p></li>`,
  );
  return html`<div class="lessons">
    <h2 id="lessons-title">${t("lesson.names")}</h2>
    ${lessons === undefined ? waiting : html`<ol>${lessons}</ol>`}
    <div class="row end">${nothing}<button autofocus @click=${close}>${t("close")}</button></div>
  </div>`;
}
