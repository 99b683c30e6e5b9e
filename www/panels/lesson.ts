/** The bar of a lesson: what there is to see, a question, the way on. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Language } from "../engine.ts";
import type { Translate } from "../i18n/index.ts";
import { type LessonState, mayGoOn, type Question, stepOf } from "../lessons/lesson.ts";
import type { Tutor } from "../lessons/tutor.ts";

export function lessonBar(
  app: App,
  tutor: Tutor,
  state: LessonState,
  t: Translate,
): TemplateResult {
  const { language } = app.store.state;
  const step = stepOf(state);
  const { lesson } = state;
  const place = t("lesson.place", { step: state.step + 1, steps: lesson.steps.length });
  return html`<section class="lesson" data-testid="lesson" aria-label=${t("lesson.name")}>
    <div class="lesson-head"><h2>${lesson.title[language]}</h2><span class="muted num">${place}</span>
      <span class="spacer"></span>
      ${ways(app, tutor, state, t)}</div>
    <p class="sentence" data-testid="lesson-text" aria-live="polite">${step?.text[language] ?? ""}</p>
    ${step?.question === undefined ? nothing : question(app, tutor, state, step.question, language, t)}
  </section>`;
}

function ways(app: App, tutor: Tutor, state: LessonState, t: Translate): TemplateResult {
  const isLast = state.step + 1 >= state.lesson.steps.length;
  const back = html`<button data-testid="lesson-back" ?disabled=${state.step === 0}
    @click=${() => app.act(() => tutor.again(state.step - 1))}>${t("lesson.back")}</button>`;
  const again = html`<button data-testid="lesson-again"
    @click=${() => app.act(() => tutor.again(state.step))}>${t("lesson.again")}</button>`;
  const next = html`<button class="primary" data-testid="lesson-next" ?disabled=${!mayGoOn(state)}
    @click=${() => app.act(() => tutor.next())}>${t("lesson.next")}</button>`;
  const leave = html`<button class="quiet" data-testid="lesson-leave"
    @click=${() => app.act(() => tutor.leave())}>${t("lesson.leave")}</button>`;
  return html`<div class="row">${leave} ${back} ${again}
    ${isLast ? furtherLesson(app, tutor, state, t) : next}</div>`;
}

function furtherLesson(app: App, tutor: Tutor, state: LessonState, t: Translate): unknown {
  const at = tutor.lessons.findIndex((lesson) => lesson.id === state.lesson.id);
  const further = tutor.lessons[at + 1];
  if (further === undefined) return nothing;
  const title = further.title[app.store.state.language];
  return html`<button class="primary" data-testid="lesson-further"
    @click=${() => app.act(() => tutor.open(further))}>${t("lesson.further", { title })}</button>`;
}

/** Options stay as they were chosen; the right one is marked, and named in words. */
function question(
  app: App,
  tutor: Tutor,
  state: LessonState,
  asked: Question,
  language: Language,
  t: Translate,
): TemplateResult {
  const { chosen } = state;
  const options = asked.options.map(
    (option, at) => html`<button class=${chosen !== null && at === asked.right ? "right" : ""}
      data-testid="lesson-option-${at}" aria-pressed=${String(at === chosen)}
      ?disabled=${chosen !== null} @click=${() => app.act(() => tutor.choose(at))}>${option[language]}</button>`,
  );
  const right = chosen === asked.right;
  const verdict =
    chosen === null
      ? nothing
      : html`<b>${t(right ? "lesson.right" : "lesson.other", { answer: asked.options[asked.right]?.[language] ?? "" })}</b> ${asked.because[language]}`;
  return html`<div class="question" role="group" aria-label=${asked.ask[language]}>
    <p><b>${asked.ask[language]}</b></p>
    <div class="row">${options}</div>
    <p role="status" data-testid="lesson-verdict">${verdict}</p>
  </div>`;
}
