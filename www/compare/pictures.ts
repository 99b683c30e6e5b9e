/** Both address spaces and the course of both runs, drawn to the same scale. */

import { html, render } from "lit-html";
import { spaceRequest } from "../canvases.ts";
import type { Machine, Mm, Playground, SpacePicture } from "../engine.ts";
import { formatPages } from "../format.ts";
import type { Key } from "../i18n/index.ts";
import { place } from "../panels/machine-text.ts";
import { pageOf, pageSelection } from "../selection.ts";
import { isDark, type Snapshot, shownMm } from "../store.ts";
import { shareOf, tickAt } from "../time-axis.ts";
import type { ChartView } from "../timeline/chart.ts";
import type { Course } from "../timeline/course.ts";
import type { ChartData, Values } from "../timeline/figures.ts";
import type { Palette } from "../timeline/palette.ts";
import type { Comparison } from "./comparison.ts";

/** What the timeline has for drawing charts; it is a part of the page of its own. */
export type ChartTools = Pick<
  typeof import("../timeline/timeline.ts"),
  | "AXIS_PX"
  | "ChartView"
  | "CourseReader"
  | "NO_COURSE"
  | "Sizes"
  | "figuresOf"
  | "reachedTick"
  | "readPalette"
  | "total"
>;

export const SIDES = ["a", "b"] as const;
export type Side = (typeof SIDES)[number];

export const CHARTS = ["share", "work", "migrated"] as const;
export type Chart = (typeof CHARTS)[number];

const MAX_SAMPLES = 300;
/** Before anything has run, the axis has some length. */
const LEAST_TICKS = 25;

export class Pictures {
  private readonly charts = new Map<string, ChartView>();
  private readonly sizes: InstanceType<ChartTools["Sizes"]>;
  private readonly readers: Readonly<Record<Side, InstanceType<ChartTools["CourseReader"]>>>;
  private palette: { readonly scheme: string; readonly palette: Palette } | null = null;
  private horizonTick = LEAST_TICKS;
  private painted: Record<Side, unknown[]> = { a: [], b: [] };

  constructor(
    private readonly comparison: Comparison,
    private readonly tools: ChartTools,
  ) {
    this.sizes = new tools.Sizes(() => comparison.app.act(() => comparison.app.redraw()));
    this.readers = { a: new tools.CourseReader(), b: new tools.CourseReader() };
  }

  draw(host: HTMLElement): void {
    for (const side of SIDES) this.drawSpace(host, side);
    this.drawCharts(host);
  }

  private run(side: Side): Playground | null {
    return side === "a" ? this.comparison.playground : this.comparison.other;
  }

  /** What the page has read of the first run already. */
  private get snapshot(): Snapshot | null {
    return this.comparison.app.store.state.snapshot;
  }

  machine(side: Side): Machine | undefined {
    return side === "a" ? this.snapshot?.machine : this.run(side)?.machine();
  }

  private mm(side: Side, process: number): Mm | undefined {
    const mms = side === "a" ? this.snapshot?.mms : this.run(side)?.mms();
    return mms?.find((mm) => mm.process === process);
  }

  // Address spaces

  private drawSpace(host: HTMLElement, side: Side): void {
    const canvas = host.querySelector<HTMLCanvasElement>(`[data-testid=compare-space-${side}]`);
    const run = this.run(side);
    const context = canvas?.getContext("2d") ?? null;
    if (canvas === null || run === null || context === null) return;
    const { width, height } = this.sizes.of(canvas);
    if (width < 1 || height < 1) return;
    const { state } = this.comparison.app.store;
    const request = spaceRequest({ width, height }, state, 1);
    const { snapshot, language } = state;
    const key = [canvas, run, run.clock().nowMs, snapshot, language, JSON.stringify(request)];
    if (key.every((part, at) => Object.is(part, this.painted[side][at]))) return;
    this.painted[side] = key;
    this.label(host, side, run.paintSpace(context, request));
  }

  private label(host: HTMLElement, side: Side, picture: SpacePicture): void {
    const overlay = host.querySelector<HTMLElement>(`[data-overlay=${side}]`);
    const mm = this.mm(side, this.comparison.app.store.state.process);
    if (overlay === null || mm === undefined) return;
    const labels = picture.strips.map((strip) => {
      const vma = mm.vmas.find(({ index }) => index === strip.vma);
      if (strip.label === null || vma === undefined) return "";
      return html`<div class="tag strip-tag" style=${place(strip.label)}><b class="strip-name">${vma.name}</b>
        <span>${formatPages(vma.pages)}</span><span class="policy">${vma.policy}</span></div>`;
    });
    render(labels, overlay);
  }

  /** Pages of the shown process by node. */
  nodePages(side: Side, machine: Machine | undefined): readonly number[] {
    const process = shownMm(this.comparison.app.store.state)?.process ?? 0;
    const mm = this.mm(side, process);
    return (machine?.nodes ?? []).map((_, at) =>
      (mm?.vmas ?? []).reduce((sum, { nodePages }) => sum + (nodePages[at] ?? 0), 0),
    );
  }

  /** When all threads of the shown process had ended, and the last tick before; null if that is not so. */
  end(side: Side): { readonly ms: number; readonly lastTick: number } | null {
    const run = this.run(side);
    const process = shownMm(this.comparison.app.store.state)?.process;
    if (run === null) return null;
    const { tasks } = run.outcome();
    const ends = run
      .tasks()
      .flatMap((task, at) => (task.process === process ? [tasks[at]?.elapsedMs ?? null] : []));
    const ms = Math.max(0, ...ends.map((end) => end ?? 0));
    // Those that have not begun have not ended, at 0.
    if (ms === 0 || ends.includes(null)) return null;
    return { ms, lastTick: Math.ceil(ms / run.clock().tickMs) - 1 };
  }

  /** Selects, in both, the page that was pointed at in one. */
  select(side: Side, x: number, y: number): void {
    const hit = this.run(side)?.spaceHit(x, y) ?? null;
    if (hit !== null) this.comparison.app.select(pageSelection(hit));
  }

  /** The selected page's address and its node in both. */
  selectedPage(): { addr: string; a: number | null; b: number | null } | null {
    const page = pageOf(this.comparison.app.store.state.selection);
    if (page === null) return null;
    const [a, b] = SIDES.map((side) => this.run(side)?.page(page.process, page.vma, page.page));
    if (a === undefined || a === null) return null;
    return { addr: a.addr, a: a.node, b: b?.node ?? null };
  }

  // Charts

  private drawCharts(host: HTMLElement): void {
    const courses = SIDES.map((side) => this.course(side));
    this.horizonTick = Math.max(LEAST_TICKS, ...courses.map(this.tools.reachedTick));
    const ticks = Float64Array.from(
      [...new Set(courses.flatMap(({ ticks }) => [...ticks]))].sort((a, b) => a - b),
    );
    for (const chart of CHARTS) this.drawChart(host, chart, ticks, courses);
  }

  private course(side: Side): Course {
    const run = this.run(side);
    const { session } = this.comparison.app;
    const document = side === "a" ? session.documentText : this.comparison.otherText;
    if (run === null) return this.tools.NO_COURSE;
    const toTick = Math.max(run.clock().tick, this.horizonTick);
    const range = { toTick, maxPoints: MAX_SAMPLES };
    return this.readers[side].read(run, document, ["work", "migrated"], range);
  }

  private drawChart(
    host: HTMLElement,
    chart: Chart,
    ticks: Float64Array,
    courses: readonly Course[],
  ): void {
    const place = host.querySelector<HTMLElement>(`[data-cmp-chart=${chart}]`);
    if (place === null) return;
    const { width, height } = this.sizes.of(place);
    if (width <= this.tools.AXIS_PX || height < 1) return;
    const known = this.charts.get(chart);
    const view = known ?? new this.tools.ChartView(place);
    this.charts.set(chart, view);
    const size = { width, height };
    const palette = this.colours();
    view.draw(this.data(chart, ticks, courses), { size, horizonTick: this.horizonTick, palette });
  }

  private data(chart: Chart, ticks: Float64Array, courses: readonly Course[]): ChartData {
    const lines = courses.map((course, at) => ({
      name: SIDES[at] ?? "",
      look: { kind: "dash", dash: at } as const,
      values: onAxis(ticks, course.ticks, this.values(chart, course)),
    }));
    const unit: Key = `compare.chart_${chart}`;
    return { chart: "periods", unit, ticks, lines, stacked: false, isRate: false };
  }

  private values(chart: Chart, course: Course): Values {
    const { figuresOf, total } = this.tools;
    const length = course.ticks.length;
    const sum = (name: Parameters<typeof figuresOf>[1]): Float64Array =>
      total(figuresOf(course, name), length);
    if (chart === "migrated") return [...sum("pages_migrated")];
    const [local, remote] = [sum("local_accesses"), sum("remote_accesses")];
    if (chart === "work") return Array.from(local, (value, at) => value + (remote[at] ?? 0));
    return shares(local, remote);
  }

  private colours(): Palette {
    const scheme = isDark(this.comparison.app.store.state) ? "dark" : "light";
    if (this.palette?.scheme !== scheme)
      this.palette = { scheme, palette: this.tools.readPalette() };
    return this.palette.palette;
  }

  /** Where the present is on the axis, from 0 to 1. */
  nowShare(): number {
    const tick = this.comparison.playground?.clock().tick ?? 0;
    return shareOf(tick, this.horizonTick);
  }

  /** Goes to the time that was pointed at in a chart. */
  seek(x: number, width: number): void {
    const { AXIS_PX } = this.tools;
    const share = (x - AXIS_PX) / Math.max(1, width - AXIS_PX);
    this.comparison.app.time.goTo(tickAt(share, this.horizonTick));
  }
}

/** Of the accesses since the sample before, how many in a hundred were local. */
export function shares(local: Float64Array, remote: Float64Array): Values {
  return Array.from(local, (value, at) => {
    const own = value - (local[at - 1] ?? 0);
    const all = own + (remote[at] ?? 0) - (remote[at - 1] ?? 0);
    return all > 0 ? (own / all) * 100 : null;
  });
}

/** Values of samples on an axis with more ticks: each holds until the next, the last to its own tick. */
export function onAxis(axis: Float64Array, ticks: Float64Array, values: Values): Values {
  let at = -1;
  const last = ticks[ticks.length - 1] ?? -1;
  return Array.from(axis, (tick) => {
    while ((ticks[at + 1] ?? Number.POSITIVE_INFINITY) <= tick) at += 1;
    return tick > last ? null : (values[at] ?? null);
  });
}
