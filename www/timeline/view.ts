/** What the timeline is made of, apart from what is painted. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { repeat } from "lit-html/directives/repeat.js";
import type { Mark } from "../engine.ts";
import { eventText } from "../event-text.ts";
import { formatCount, formatSeconds } from "../format.ts";
import { type Translate, translator } from "../i18n/index.ts";
import { nodeClass } from "../panels/parts.ts";
import { CHARTS, type Chart, type State } from "../store.ts";
import { shareOf } from "../time-axis.ts";
import { reachedTick, TRACKS, type Track } from "./course.ts";
import { type ChartData, type Line, type Look, valueAt } from "./figures.ts";
import { markList } from "./list.ts";
import { formatValue, shareText } from "./summary.ts";
import type { Content, Timeline } from "./timeline.ts";
import type { Walk } from "./walk.ts";

export function timelineView(timeline: Timeline, content: Content): TemplateResult {
  const { state } = timeline;
  const t = translator(state.language);
  return html`<div class="tl-head">
      <h2>${t("timeline.title")}</h2>
      ${chips(timeline, t)}
      <span class="spacer"></span>
      ${walkControls(timeline, content, t)}
    </div>
    <div class="tl-plots" @pointerleave=${() => timeline.app.act(() => timeline.leave())}>
      <div class="tl-charts" role="group" aria-label=${t("timeline.charts")}
        aria-describedby="timeline-words">${repeat(
          content.charts,
          ({ chart }) => chart,
          (data) => row(timeline, data, t),
        )}</div>
      ${tracks(timeline, content, t)}
      ${timeLines(state, content)}
      ${pointedTip(timeline, content)}
    </div>
    <p class="hidden" id="timeline-words" data-testid="timeline-words">${content.summary}</p>
    ${content.listOpen ? markList(timeline, content, t) : nothing}`;
}

// The head: which charts, and the way from mark to mark

function chips(timeline: Timeline, t: Translate): unknown {
  const { shown } = timeline;
  return guard([shown.join(" "), t("timeline.charts")], () => {
    const chip = (chart: Chart): TemplateResult => html`<button class="small choice"
      data-testid="chart-${chart}" aria-pressed=${String(shown.includes(chart))}
      @click=${() => timeline.app.act(() => timeline.toggle(chart))}>${t(`timeline.${chart}`)}</button>`;
    return html`<div class="choices" role="group" aria-label=${t("timeline.charts")}>${CHARTS.map(chip)}</div>`;
  });
}

function walkControls(timeline: Timeline, content: Content, t: Translate): TemplateResult {
  const step = (id: string, direction: -1 | 1, name: string): TemplateResult => html`<button
    class="small" data-testid=${id} aria-label=${name} title=${name}
    ?disabled=${timeline.neighbour(direction) === null}
    @click=${() => timeline.app.act(() => timeline.goToMark(direction))}>${direction === 1 ? "›" : "‹"}</button>`;
  return html`<div class="walk">
    ${walkChoice(timeline, content, t)}
    ${step("mark-previous", -1, t("timeline.previous"))}
    ${step("mark-next", 1, t("timeline.following"))}
    <button class="small" data-testid="mark-list" aria-expanded=${String(content.listOpen)}
      aria-controls="timeline-list"
      @click=${() => timeline.app.act(() => timeline.change({ listOpen: !content.listOpen }))}>
      ${t("timeline.list")}</button>
  </div>`;
}

function walkChoice(timeline: Timeline, { walk, followed }: Content, t: Translate): TemplateResult {
  const { snapshot } = timeline.state;
  const task = snapshot?.tasks.find(({ index }) => index === followed);
  const option = (value: Walk, text: string): TemplateResult =>
    html`<option value=${value} .selected=${value === walk}>${text}</option>`;
  const onChange = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    timeline.app.act(() => timeline.change({ walk: value as Walk }));
  };
  return html`<select class="small" data-testid="mark-kind" aria-label=${t("timeline.marks")} @change=${onChange}>
    ${option("all", t("timeline.marksAll"))}
    ${TRACKS.map(({ id }) => option(id, t(`timeline.${id}`)))}
    ${task === undefined ? nothing : option("task", t("timeline.marksMoves", { name: task.name, tid: task.tid }))}
  </select>`;
}

// A chart with its words

/** The tick whose values stand beside the charts: under the pointer, else the present. */
function shownTick({ hoverTick, snapshot }: State): number {
  return hoverTick ?? snapshot?.clock.tick ?? 0;
}

function row(timeline: Timeline, data: ChartData, t: Translate): TemplateResult {
  const tick = shownTick(timeline.state);
  const words = guard([data, tick, timeline.state.language], () => rowWords(data, tick, t));
  return html`<div class="tl-row">
    <div class="tl-words">${words}</div>
    <div class="tl-plot" data-chart=${data.chart} @pointermove=${(event: PointerEvent) => onMove(timeline, event)}
      @pointerdown=${(event: PointerEvent) => onDown(timeline, event)}></div>
  </div>`;
}

/** More values than this do not fit beside a chart. */
const MAX_VALUES = 4;

function rowWords(data: ChartData, tick: number, t: Translate): TemplateResult {
  const values = [...data.lines].map((line) => ({ line, value: valueAt(data, line, tick) }));
  const rest = values.length - MAX_VALUES;
  const shown = rest > 0 ? largest(values, MAX_VALUES - 1) : values;
  const more = values.length - shown.length;
  return html`<b>${t(`timeline.${data.chart}`)}</b> <span class="muted">${t(data.unit)}</span>
    <div class="tl-values">
      ${shown.map(({ line, value }) => valueChip(line, value))}
      ${shareText(data, tick, t).map((text) => html`<span class="chip num">${text}</span>`)}
      ${more > 0 ? html`<span class="muted">${t("timeline.moreNodes", { count: more })}</span>` : nothing}
    </div>`;
}

function largest<T extends { readonly value: number | null }>(
  all: readonly T[],
  count: number,
): T[] {
  const kept = new Set([...all].sort((a, b) => (b.value ?? 0) - (a.value ?? 0)).slice(0, count));
  return all.filter((each) => kept.has(each));
}

function valueChip({ name, look }: Line, value: number | null): TemplateResult {
  return html`<span class="chip">${swatch(look)}${name}<b class="num">${formatValue(value)}</b></span>`;
}

function swatch(look: Look): TemplateResult {
  if (look.kind === "dash") return html`<i class="dash dash-${look.dash}"></i>`;
  const colour = look.kind === "node" ? nodeClass(look.node) : `area-${look.kind}`;
  return html`<i class="swatch ${colour}"></i>`;
}

// The tracks

function tracks(timeline: Timeline, { tracks }: Content, t: Translate): TemplateResult {
  const { language } = timeline.state;
  const words = guard([tracks, language], () => tracks.map((track) => trackWords(track, t)));
  return html`<div class="tl-tracks">
    <div class="tl-track-names">${words}</div>
    <canvas data-testid="tracks" aria-hidden="true"
      @pointermove=${(event: PointerEvent) => onTrackMove(timeline, event)}
      @pointerdown=${(event: PointerEvent) => onTrackDown(timeline, event)}></canvas>
  </div>`;
}

function trackWords({ id, marks, omitted }: Track, t: Translate): TemplateResult {
  const count = formatCount(marks.length);
  const text = omitted > 0 ? t("timeline.trackMore", { count, more: formatCount(omitted) }) : count;
  return html`<div data-track=${id}><b>${t(`timeline.${id}`)}</b> <span class="muted num">${text}</span></div>`;
}

/** Lines over all charts and tracks: the present, the pointer, and the part that lies ahead. */
function timeLines(
  { snapshot, hoverTick, horizonTick }: State,
  { course }: Content,
): TemplateResult {
  const tick = snapshot?.clock.tick ?? 0;
  const at = (tick: number): string => `${shareOf(tick, horizonTick) * 100}%`;
  const ahead = reachedTick(course) > tick;
  return html`<div class="tl-lines" aria-hidden="true">
    ${ahead ? html`<i class="tl-ahead" style="left:${at(tick)}"></i>` : nothing}
    <i class="tl-now" style="left:${at(tick)}"></i>
    ${hoverTick === null ? nothing : html`<i class="tl-hover" style="left:${at(hoverTick)}"></i>`}
  </div>`;
}

function pointedTip(timeline: Timeline, { pointed }: Content): TemplateResult | typeof nothing {
  if (pointed === null) return nothing;
  const { language, horizonTick } = timeline.state;
  const { mark } = pointed;
  const share = shareOf(mark.tick, horizonTick);
  return html`<div class="tl-tip" style="--share:${share}" aria-hidden="true">
    <b class="num">${formatSeconds(mark.timeMs)}</b> ${eventText(mark, translator(language))}</div>`;
}

// The pointer

/** Where the pointer is along the axis; the y axis of a chart lies before it. */
function shareUnder(event: PointerEvent): number {
  const target = event.currentTarget as HTMLElement;
  const { right, width, left } = target.getBoundingClientRect();
  const inset = target.querySelector<HTMLElement>(".u-over")?.offsetLeft ?? 0;
  const room = Math.max(1, width - inset);
  return Math.min(event.clientX, right) <= left + inset ? 0 : (event.clientX - left - inset) / room;
}

function onMove(timeline: Timeline, event: PointerEvent): void {
  if (event.pointerType === "touch") return;
  const share = shareUnder(event);
  const drags = (event.buttons & 1) === 1;
  timeline.app.act(() => {
    timeline.point(share);
    if (drags) timeline.seek(share);
  });
}

function onDown(timeline: Timeline, event: PointerEvent): void {
  if (event.button !== 0) return;
  const share = shareUnder(event);
  if (event.pointerType !== "touch")
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  timeline.app.act(() => timeline.seek(share));
}

function onTrackMove(timeline: Timeline, event: PointerEvent): void {
  if (event.pointerType === "touch") return;
  const { offsetX, offsetY } = event;
  const { clientWidth } = event.currentTarget as HTMLElement;
  timeline.app.act(() => {
    timeline.point(offsetX / clientWidth);
    timeline.pointAt(offsetX, offsetY, clientWidth);
  });
}

/** On a mark: to its event. Beside one: to that time. */
function onTrackDown(timeline: Timeline, event: PointerEvent): void {
  if (event.button !== 0) return;
  const { offsetX, offsetY } = event;
  const { clientWidth } = event.currentTarget as HTMLElement;
  timeline.app.act(() => {
    const mark: Mark | null = timeline.pointAt(offsetX, offsetY, clientWidth);
    if (mark === null) timeline.seek(offsetX / clientWidth);
    else timeline.goTo(mark);
  });
}
