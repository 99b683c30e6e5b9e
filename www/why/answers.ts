/** The answers: the chain of tests behind what is selected, as the kernel made them. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Check, Explanation, Told } from "../engine.ts";
import { formatSeconds } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { aboutFunction } from "../panels/about-function.ts";
import type { Answer } from "../why.ts";
import type { WhyTexts } from "../why-texts.ts";
import { type Asked, asked, decisive } from "./asked.ts";
import { movesList } from "./moves.ts";
import { sentence } from "./operands.ts";
import "./answers.css";

const QUESTIONS: Readonly<Record<Explanation["question"], Key>> = {
  event: "why.event",
  page_place: "why.pagePlace",
  page_scan: "why.pageScan",
  vma_scan: "why.vmaScan",
  task_node: "why.taskNode",
  task_cpu: "why.taskCpu",
  task_period: "why.taskPeriod",
};

const UNKNOWN: Readonly<Record<NonNullable<Explanation["unknown"]>, Key>> = {
  no_such_event: "why.noSuchEvent",
  gone: "why.gone",
  not_yet: "why.notYet",
  long_ago: "why.longAgo",
};

export function answersTo(app: App, why: Answer, texts: WhyTexts, t: Translate): TemplateResult {
  const { snapshot } = app.store.state;
  const old = snapshot !== null && snapshot.clock.tick !== why.tick;
  return html`${old ? html`<p class="muted">${t("why.asOf", { tick: why.tick })}</p>` : nothing}
    ${why.explanations.length === 0 ? html`<p>${t("why.gone")}</p>` : nothing}
    ${why.moves === null ? nothing : movesList(app, why.moves, texts, t)}
    ${asked(why.explanations).map((one) => chain(app, one, texts, why, t))}`;
}

function chain(
  app: App,
  { told, questions }: Asked,
  texts: WhyTexts,
  why: Answer,
  t: Translate,
): TemplateResult {
  const deciding = decisive(told, texts);
  return html`<section class="why" data-question=${questions.join(" ")}>
    ${questions.map((question) => html`<h3>${t(QUESTIONS[question])}</h3>`)}
    ${told.unknown === null ? nothing : html`<p class="muted" data-unknown=${told.unknown}>${t(UNKNOWN[told.unknown])}</p>`}
    ${told.verdict === null ? nothing : html`<p class="headline" data-verdict=${told.verdict.id}>${headline(told.verdict, texts, t)}</p>`}
    ${told.event === null ? nothing : when(app, told.event.seq, told.event.timeMs, why, t)}
    <ol class="checks">${told.checks.map((check, at) => checkLine(app, check, deciding.includes(at), texts, t))}</ol>
    ${told.next === null ? nothing : html`<p class="change"><b>${t("why.change")}</b> ${change(told.next, texts, t)}</p>`}
  </section>`;
}

function headline({ id, operands }: Told, texts: WhyTexts, t: Translate): unknown {
  return sentence(texts.verdicts[id] ?? id, operands, t);
}

function change({ id, operands }: Told, texts: WhyTexts, t: Translate): unknown {
  return sentence(texts.changes[id] ?? id, operands, t);
}

/** When the event was, as a way to go there and to select it. */
function when(app: App, seq: number, timeMs: number, why: Answer, t: Translate): TemplateResult {
  const time = formatSeconds(timeMs);
  const tickMs = app.store.state.snapshot?.clock.tickMs ?? 1;
  const tick = Math.floor(timeMs / tickMs);
  const selected = why.selection.kind === "event";
  const select = html`<button class="link" @click=${() => app.act(() => app.select({ kind: "event", seq }))}>${t("why.selectEvent", { seq })}</button>`;
  return html`<p class="when"><span class="num">${time}</span>
    ${selected ? nothing : select}
    <button class="link" data-testid="why-go" @click=${() => app.act(() => app.time.goTo(tick))}>${t("why.goThere", { tick })}</button></p>`;
}

function checkLine(
  app: App,
  { test, operands, outcome }: Check,
  decides: boolean,
  texts: WhyTexts,
  t: Translate,
): TemplateResult {
  const words = texts.tests[test];
  const name = words?.function ?? "";
  return html`<li class=${outcome ? "holds" : "fails"} data-test=${words?.id ?? test} ?data-decides=${decides}>
    <span class="mark"><span aria-hidden="true">${outcome ? "✓" : "✗"}</span> ${t(outcome ? "why.yes" : "why.no")}</span>
    <div>
      ${decides ? html`<b class="decides">${t("why.decides")}</b>` : nothing}
      <span>${sentence(words?.asks ?? String(test), operands, t)}</span>
      ${functionLink(app, name, texts, t)}
    </div>
  </li>`;
}

/** The kernel function that makes a test; opens what the documentation says of it. */
function functionLink(app: App, name: string, texts: WhyTexts, t: Translate): TemplateResult {
  const open = app.store.state.openFunction === name;
  return html`<button class="link code function" aria-expanded=${String(open)} @click=${() => app.act(() => app.explainFunction(name))}>${name}</button>
    ${open ? aboutFunction(name, texts, t) : nothing}`;
}
