/** The controls of time: always on the screen. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { App } from "../app.ts";
import { EVENT_KINDS } from "../events.ts";
import { formatCount, formatSeconds } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { formatRate, SPEEDS_TICKS_PER_S, ticksPerSecond } from "../speed.ts";
import type { State } from "../store.ts";
import { icon } from "./parts.ts";

export function transportPanel(app: App, t: Translate): TemplateResult {
  const { state } = app.store;
  return html`<section class="transport" aria-label=${t("transport")} id="transport" tabindex="-1">
    <div class="controls">
      ${buttons(app, state, t)} ${eventChoice(app, state, t)} ${speed(app, state, t)}
    </div>
    <div class="timeline">${readout(state, t)} ${scrubber(app, state, t)}</div>
  </section>`;
}

function buttons(app: App, state: State, t: Translate): TemplateResult {
  const active = state.playing || state.job !== null;
  const word = state.job !== null ? t("stop") : t(active ? "pause" : "play");
  const button = (id: string, name: Key, act: () => void, face: unknown): TemplateResult =>
    html`<button data-testid=${id} aria-label=${t(name)} title=${t(name)}
      @click=${() => app.act(act)}>${face}</button>`;
  return html`<div class="buttons">
    ${button("home", "homeName", () => app.time.home(), html`${icon("home")}<span>${t("home")}</span>`)}
    ${button("tick-back", "tickBackName", () => app.time.tickBack(), html`${icon("back")}<span>${t("tickBack")}</span>`)}
    <button data-testid="play" class="primary play" @click=${() => app.act(() => app.time.togglePlay())}>
      ${icon(active ? "pause" : "play")}<span>${word}</span></button>
    ${button("tick-forward", "tickForwardName", () => app.time.tickForward(), html`<span>${t("tickForward")}</span>${icon("forward")}`)}
    ${button("event-forward", "eventForwardName", () => app.time.eventForward(), html`<span>${t("eventForward")}</span>${icon("event")}`)}
  </div>`;
}

function eventChoice(app: App, state: State, t: Translate): TemplateResult {
  const onKind = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    app.act(() => app.store.update({ eventKind: value }));
  };
  const kinds = EVENT_KINDS.map(
    ({ kind, kernel }) => html`<option value=${kind} .selected=${kind === state.eventKind}>
      ${t(`kind_${kind}`)}${kernel === "" ? nothing : ` (${kernel})`}
    </option>`,
  );
  return html`<select class="event-kind" data-testid="event-kind" aria-label=${t("eventKind")}
    @change=${onKind}>
    <option value="" .selected=${state.eventKind === ""}>${t("anyEvent")}</option>
    ${kinds}
  </select>`;
}

function speed(app: App, state: State, t: Translate): TemplateResult {
  const ticks = ticksPerSecond(state.speed);
  const rate = formatRate(ticks, state.snapshot?.clock.tickMs ?? 1);
  const value = t("speedValue", { ticks: formatCount(ticks) });
  const onInput = (event: Event): void => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    app.act(() => app.time.setSpeed(valueAsNumber));
  };
  return html`<label class="speed">
    <span class="label">${t("speed")}</span>
    <input type="range" data-testid="speed" min="0" max=${SPEEDS_TICKS_PER_S.length - 1} step="1"
      .value=${live(String(state.speed))} aria-valuetext="${value}, ${t("speedRate", { rate })}"
      @input=${onInput} />
    <span class="speed-value num">${value}<small>${t("speedRate", { rate })}</small></span>
  </label>`;
}

function readout(state: State, t: Translate): TemplateResult {
  const clock = state.snapshot?.clock;
  if (clock === undefined) return html`<div class="readout"></div>`;
  const tick = formatCount(clock.tick);
  const place = t(state.midTick ? "withinTick" : "tick", { tick });
  return html`<div class="readout" title=${t("jiffies", { jiffies: clock.jiffies })}>
    <b class="num">${formatSeconds(clock.nowMs)}</b>
    <span class="num">${state.job === null ? place : jobText(state, t)}</span>
  </div>`;
}

function jobText({ job }: State, t: Translate): string {
  if (job === null) return "";
  return job.kind === "tick" ? t("running", { tick: formatCount(job.target) }) : t("searching");
}

function scrubber(app: App, state: State, t: Translate): TemplateResult {
  const clock = state.snapshot?.clock;
  const tick = clock?.tick ?? 0;
  const tickMs = clock?.tickMs ?? 1;
  const time = formatSeconds(clock?.nowMs ?? 0);
  const text = t("scrubberValue", { time, tick: formatCount(tick) });
  const onInput = (event: Event): void => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    app.act(() => app.time.goTo(valueAsNumber));
  };
  return html`<div class="scrubber">
    <span class="num">0 s</span>
    <input type="range" data-testid="scrubber" min="0" max=${state.horizonTick} step="1"
      .value=${live(String(tick))} aria-label=${t("scrubber")} aria-valuetext=${text}
      style="--done:${(100 * tick) / Math.max(1, state.horizonTick)}%" @input=${onInput} />
    <span class="num">${formatCount((state.horizonTick * tickMs) / 1000)} s</span>
  </div>`;
}
