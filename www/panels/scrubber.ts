/** Where the simulation stands in time: the scrubber, and the scale below it that all charts share. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { live } from "lit-html/directives/live.js";
import type { App } from "../app.ts";
import { formatCount, formatDecimal, formatSeconds } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import type { State } from "../store.ts";
import { shareOf, tickAt, timeSteps } from "../time-axis.ts";

export function scrubberRow(app: App, t: Translate): TemplateResult {
  return html`<div class="scrub-row">${readout(app.store.state, t)} ${scrubber(app, t)}</div>`;
}

/** Where it stands; while a job is under way that, too. */
function readout(state: State, t: Translate): TemplateResult {
  const clock = state.snapshot?.clock;
  if (clock === undefined) return html`<div class="readout"></div>`;
  const tick = formatCount(clock.tick);
  return html`<div class="readout" title=${t("jiffies", { jiffies: clock.jiffies })}>
    <b class="num">${formatSeconds(clock.nowMs)}</b>
    <span class="num">${t(state.midTick ? "withinTick" : "tick", { tick })}</span>
  </div>`;
}

/** The tick that the scrubber shows: on the way to one, that one, so that it stays under the pointer. */
function shownTick({ job, snapshot }: State): number {
  return job?.kind === "tick" ? job.target : (snapshot?.clock.tick ?? 0);
}

function scrubber(app: App, t: Translate): TemplateResult {
  const { state } = app.store;
  const { horizonTick, snapshot } = state;
  const tickMs = snapshot?.clock.tickMs ?? 1;
  const tick = shownTick(state);
  const steps = app.timeline.onPhone ? FEW_STEPS : MANY_STEPS;
  const text = t("scrubberValue", { time: formatSeconds(tick * tickMs), tick: formatCount(tick) });
  const onInput = (event: Event): void => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    app.act(() => app.time.goTo(valueAsNumber));
  };
  const onMove = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const hoverTick = tickAt((event.clientX - left) / width, horizonTick);
    if (event.pointerType !== "touch") app.act(() => app.store.update({ hoverTick }));
  };
  const onLeave = (): void => app.act(() => app.store.update({ hoverTick: null }));
  return html`<div class="scrubber" @pointermove=${onMove} @pointerleave=${onLeave}>
    <input type="range" data-testid="scrubber" min="0" max=${horizonTick} step="1"
      .value=${live(String(tick))} aria-label=${t("scrubber")} aria-valuetext=${text}
      style="--done:${shareOf(tick, horizonTick)}" @input=${onInput} />
    ${guard([horizonTick, tickMs, steps], () => scale(horizonTick, tickMs, steps))} ${hoverTime(state, tickMs, t)}
  </div>`;
}

/** Numbers of the scale that there is room for. */
const MANY_STEPS = 10;
const FEW_STEPS = 4;

function scale(horizonTick: number, tickMs: number, maxSteps: number): TemplateResult {
  const horizonMs = horizonTick * tickMs;
  const marks = timeSteps(horizonMs, maxSteps).map((ms) => {
    const share = shareOf(ms, horizonMs);
    const edge = share === 0 ? "first" : share > 0.96 ? "last" : "";
    return html`<i class=${edge} style="left:${share * 100}%">${formatDecimal(ms / 1000)} s</i>`;
  });
  return html`<div class="scale num" aria-hidden="true">${marks}</div>`;
}

/** The time under the pointer, over the scale. */
function hoverTime(
  { hoverTick, horizonTick }: State,
  tickMs: number,
  t: Translate,
): TemplateResult | typeof nothing {
  if (hoverTick === null) return nothing;
  const time = formatSeconds(hoverTick * tickMs);
  const text = t("timeline.at", { time, tick: formatCount(hoverTick) });
  return html`<span class="hover-time num" aria-hidden="true"
    style="--x:${shareOf(hoverTick, horizonTick) * 100}%">${text}</span>`;
}
