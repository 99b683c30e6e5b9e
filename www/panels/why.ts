/** Why: the chain of tests behind what is selected, as the kernel made them. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Check, Explanation, Told } from "../engine.ts";
import { formatSeconds } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { isSame } from "../selection.ts";
import type { Answer } from "../why.ts";
import { type WhyTexts, whyTexts } from "../why-texts.ts";
import { aboutFunction } from "./about-function.ts";
import { sentence } from "./operands.ts";

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

export function whyPanel(app: App, t: Translate): TemplateResult {
  const { language, why, selection, snapshot } = app.store.state;
  if (selection === null) return prompt(app, t);
  const texts = whyTexts.in(language);
  if (texts === null) {
    const words = whyTexts.hasFailed(language) ? "why.failed" : "why.loading";
    return html`<p class="muted" role="status">${t(words)}</p>`;
  }
  if (why === null || !isSame(why.selection, selection))
    return html`<p class="muted">${t("why.pause")}</p>`;
  const old = snapshot !== null && snapshot.clock.tick !== why.tick;
  return html`${old ? html`<p class="muted">${t("why.asOf", { tick: why.tick })}</p>` : nothing}
    ${why.explanations.length === 0 ? html`<p>${t("why.gone")}</p>` : nothing}
    ${why.explanations.map((told) => chain(app, told, texts, why, t))}`;
}

/** Nothing is selected: how to, and the newest events as a beginning. */
function prompt(app: App, t: Translate): TemplateResult {
  const log = app.store.state.snapshot?.log ?? [];
  const newest = log[log.length - 1];
  const seq = newest?.seq ?? 0;
  return html`<p class="muted">${t("why.prompt")}</p>
    ${newest === undefined ? nothing : html`<p><button data-testid="why-newest" @click=${() => app.act(() => app.select({ kind: "event", seq }))}>${t("why.newest")}</button></p>`}`;
}

function chain(
  app: App,
  told: Explanation,
  texts: WhyTexts,
  why: Answer,
  t: Translate,
): TemplateResult {
  return html`<section class="why" data-question=${told.question}>
    <h3>${t(QUESTIONS[told.question])}</h3>
    ${told.verdict === null ? nothing : html`<p class="headline" data-verdict=${told.verdict.id}>${headline(told.verdict, texts, t)}</p>`}
    ${told.event === null ? nothing : when(app, told.event.seq, told.event.timeMs, why, t)}
    ${told.unknown === null ? nothing : html`<p class="muted" data-unknown=${told.unknown}>${t(UNKNOWN[told.unknown])}</p>`}
    <ol class="checks">${told.checks.map((check) => checkLine(app, check, texts, t))}</ol>
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

function checkLine(app: App, check: Check, texts: WhyTexts, t: Translate): TemplateResult {
  const words = texts.tests[check.test];
  const mark = check.outcome ? "✓" : "✗";
  const name = words?.function ?? "";
  return html`<li class=${check.outcome ? "holds" : "fails"} data-test=${words?.id ?? check.test}>
    <span class="mark" role="img" aria-label=${t(check.outcome ? "why.yes" : "why.no")}>${mark}</span>
    <div>
      <span>${sentence(words?.asks ?? String(check.test), check.operands, t)}</span>
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
