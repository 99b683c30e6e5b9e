/** The controls of time: always on the screen. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { live } from "lit-html/directives/live.js";
import type { App } from "../app.ts";
import { EVENT_KINDS } from "../events.ts";
import { formatCount, formatSeconds } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { SPECIAL_NEXT } from "../next.ts";
import type { Job } from "../runner.ts";
import { pageOf } from "../selection.ts";
import { formatRate, SPEEDS_TICKS_PER_S, ticksPerSecond } from "../speed.ts";
import type { State } from "../store.ts";
import { icon } from "./parts.ts";
import { scrubberRow } from "./scrubber.ts";

export function transportPanel(app: App, t: Translate): TemplateResult {
  const { state } = app.store;
  const { language, until, selection, eventKind, job, playing } = state;
  const still = [language, until, pageOf(selection) === null, eventKind, state.speed];
  const controls = guard([...still, job === null, playing, state.snapshot?.clock.tickMs], () =>
    controlRow(app, t),
  );
  return html`<section class="transport" aria-label=${t("transport")} id="transport" tabindex="-1">
    ${progress(app, t)} ${scrubberRow(app, t)} ${controls}
  </section>`;
}

function controlRow(app: App, t: Translate): TemplateResult {
  const { state } = app.store;
  return html`<div class="controls">
    ${buttons(app, state, t)} ${next(app, state, t)} ${until(app, state, t)} ${speed(app, state, t)}
  </div>`;
}

/** Keys that do the same as a button. */
const SHORTCUTS: Readonly<Record<string, string>> = {
  home: "Home",
  "tick-back": "ArrowLeft",
  "tick-forward": "ArrowRight",
  "event-forward": "N",
};

function button(app: App, id: string, name: string, act: () => void, face: unknown): unknown {
  return html`<button data-testid=${id} aria-label=${name} title=${name} aria-keyshortcuts=${SHORTCUTS[id] ?? nothing}
    @click=${() => app.act(act)}>${face}</button>`;
}

function buttons(app: App, state: State, t: Translate): TemplateResult {
  const active = state.playing || state.job !== null;
  const word = state.job !== null ? t("stop") : t(active ? "pause" : "play");
  const step = (id: string, name: Key, act: () => void, face: unknown): unknown =>
    button(app, id, t(name), act, face);
  return html`<div class="buttons">
    ${step("home", "homeName", () => app.time.home(), html`${icon("home")}<span>${t("home")}</span>`)}
    ${step("tick-back", "tickBackName", () => app.time.tickBack(), html`${icon("back")}<span>${t("tickBack")}</span>`)}
    <button data-testid="play" class="primary play" aria-keyshortcuts="Space" @click=${() => app.act(() => app.time.togglePlay())}>
      ${icon(active ? "pause" : "play")}<span>${word}</span></button>
    ${step("tick-forward", "tickForwardName", () => app.time.tickForward(), html`<span>${t("tickForward")}</span>${icon("forward")}`)}
  </div>`;
}

/** To the next event: any, of a kind, or one with a certain outcome. */
function next(app: App, state: State, t: Translate): TemplateResult {
  const onKind = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    app.act(() => app.store.update({ eventKind: value }));
  };
  const forward = html`<span>${t("timeline.next")}</span>${icon("event")}`;
  return html`<div class="joined">
    ${button(app, "event-forward", t("eventForwardName"), () => app.time.eventForward(), forward)}
    <select class="event-kind" data-testid="event-kind" aria-label=${t("eventKind")}
      @change=${onKind}>
      <option value="" .selected=${state.eventKind === ""}>${t("anyEvent")}</option>
      ${specialKinds(state, t)} ${plainKinds(state, t)}
    </select></div>`;
}

function plainKinds({ eventKind }: State, t: Translate): TemplateResult[] {
  return EVENT_KINDS.map(
    ({ kind, kernel }) => html`<option value=${kind} .selected=${kind === eventKind}>
      ${t(`kind_${kind}`)}${kernel === "" ? nothing : ` (${kernel})`}
    </option>`,
  );
}

function specialKinds({ eventKind, selection }: State, t: Translate): TemplateResult[] {
  return SPECIAL_NEXT.map(({ id, name, needsPage }) => {
    const missing = needsPage && pageOf(selection) === null;
    return html`<option value=${id} .selected=${id === eventKind} ?disabled=${missing}>
      ${t(missing ? "timeline.nextNoPage" : name)}</option>`;
  });
}

/** A tick or a time to run to; what is wrong with it stands above it. */
function until(app: App, state: State, t: Translate): TemplateResult {
  const { text, problem } = state.until;
  const onInput = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    app.act(() => app.store.update({ until: { text: value, problem: null } }));
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    app.act(() => app.time.runUntil(app.store.state.until.text));
  };
  return html`<form class="until" @submit=${onSubmit}>
    <label for="until" class="label">${t("timeline.until")}</label>
    <span class="joined"><input id="until" data-testid="until" class="num" type="text" autocomplete="off"
      spellcheck="false" placeholder=${t("timeline.untilHint")} .value=${live(text)}
      aria-invalid=${String(problem !== null)} aria-describedby="until-problem" @input=${onInput} />
      <button data-testid="until-go">${t("timeline.untilGo")}</button></span>
    <span id="until-problem" class="until-problem" role="alert" data-testid="until-problem">${
      problem === null ? "" : t(problem)
    }</span>
  </form>`;
}

function speed(app: App, state: State, t: Translate): TemplateResult {
  const words = speedWords(state, t);
  const onInput = (event: Event): void => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    app.act(() => app.time.setSpeed(valueAsNumber));
  };
  return html`<label class="speed" title=${words.join(", ")}>
    <span class="label">${t("speed")}</span>
    <input type="range" data-testid="speed" min="0" max=${SPEEDS_TICKS_PER_S.length - 1} step="1"
      .value=${live(String(state.speed))} aria-valuetext=${words.join(", ")} @input=${onInput} />
    <span class="speed-value num">${words[0]}<small>${words[1]}</small></span>
  </label>`;
}

function speedWords(state: State, t: Translate): [string, string] {
  const ticks = ticksPerSecond(state.speed);
  if (!Number.isFinite(ticks)) return [t("timeline.speedMax"), t("timeline.speedMaxName")];
  const rate = formatRate(ticks, state.snapshot?.clock.tickMs ?? 1);
  return [t("speedValue", { ticks: formatCount(ticks) }), t("speedRate", { rate })];
}

/** How far a long run is, and the way out of it. */
function progress(app: App, t: Translate): TemplateResult | typeof nothing {
  const { job, progress, snapshot } = app.store.state;
  if (job === null || progress === null) return nothing;
  const { percent } = progress;
  const words = jobWords(job, percent, snapshot?.clock.nowMs ?? 0, t);
  return html`<div class="job" data-testid="job">
    <span class="num">${words}</span>
    <progress max="100" aria-label=${words} .value=${live(percent ?? 0)}></progress>
    <button class="small" data-testid="job-cancel" @click=${() => app.act(() => app.time.stop())}>
      ${t("timeline.cancel")}</button>
  </div>`;
}

function jobWords(job: Job, percent: number | null, nowMs: number, t: Translate): string {
  if (job.kind === "event") return t("timeline.jobSearch", { time: formatSeconds(nowMs) });
  return t("timeline.jobPercent", { tick: formatCount(job.target), percent: percent ?? 0 });
}
