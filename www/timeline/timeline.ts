/** The timeline: charts and tracks over one time axis. It reads, and draws what has changed. */

import "./locale.ts";
import { render } from "lit-html";
import type { App } from "../app.ts";
import type { Clock, Mark } from "../engine.ts";
import { translator } from "../i18n/index.ts";
import { CHARTS, type Chart, isDark, type State } from "../store.ts";
import { tickAt } from "../time-axis.ts";
import { AXIS_PX, ChartView } from "./chart.ts";
import { type Course, CourseReader, MarkReader, NO_COURSE, type Track } from "./course.ts";
import { type ChartData, chartData } from "./figures.ts";
import { type Palette, readPalette } from "./palette.ts";
import { Sizes } from "./sizes.ts";
import { summaryOf } from "./summary.ts";
import { markAt, paintTracks } from "./tracks.ts";
import { timelineView } from "./view.ts";
import { marksOf, neighbour, type Walk } from "./walk.ts";
import "./timeline.css";

export { AXIS_PX, ChartView } from "./chart.ts";
export { CourseReader, figuresOf, NO_COURSE, reachedTick } from "./course.ts";
export { total } from "./figures.ts";
export { readPalette } from "./palette.ts";
export { Sizes } from "./sizes.ts";

/** While the simulation runs, charts are drawn anew only so often. */
const REFRESH_MS = 120;
/** There is no use in more samples than there are pixels for them. */
const PX_PER_SAMPLE = 2;
const MIN_SAMPLES = 60;

/** What the timeline shows apart from the store. */
export interface Content {
  readonly charts: readonly ChartData[];
  readonly tracks: readonly Track[];
  readonly course: Course;
  /** The task that is looked at, by its place. */
  readonly followed: number | null;
  readonly walk: Walk;
  readonly listOpen: boolean;
  readonly pointed: { readonly mark: Mark; readonly y: number } | null;
  readonly summary: string;
}

export class Timeline {
  private readonly views = new Map<Chart, ChartView>();
  private readonly courseReader = new CourseReader();
  private readonly markReader = new MarkReader();
  private readonly sizes = new Sizes(() => this.app.act(() => this.app.redraw()));
  private host: HTMLElement | null = null;
  private palette: { scheme: string; palette: Palette } | null = null;
  private content: Content = {
    ...{ charts: [], tracks: [], course: NO_COURSE, followed: null, summary: "" },
    ...{ walk: "all", listOpen: false, pointed: null },
  };
  private readMs = 0;
  private readKey: readonly unknown[] = [];
  private paintKey: readonly unknown[] = [];
  private walkKey: readonly unknown[] = [];
  private marks: readonly Mark[] = [];

  constructor(readonly app: App) {}

  get state(): State {
    return this.app.store.state;
  }

  /** The charts that are shown, in their order. */
  get shown(): readonly Chart[] {
    const { charts } = this.app.timeline;
    return CHARTS.filter((chart) => charts.includes(chart));
  }

  draw(): void {
    const host = document.getElementById("timeline-body");
    if (host === null) return;
    this.host = host;
    this.follow();
    this.read();
    render(timelineView(this, this.content), host);
    this.drawCharts(host);
    this.drawTracks(host);
  }

  private set(patch: Partial<Content>): void {
    this.content = { ...this.content, ...patch };
  }

  /** Changes something that only the timeline knows, and shows it. */
  change(patch: Partial<Pick<Content, "walk" | "listOpen" | "pointed">>): void {
    this.set(patch);
    this.app.redraw();
  }

  /** A task that is selected stays looked at while its events are gone through. */
  private follow(): void {
    const { selection, snapshot } = this.state;
    if (selection?.kind === "event") return;
    const task =
      selection?.kind === "task"
        ? snapshot?.tasks.find(({ tid }) => tid === selection.tid)
        : undefined;
    const followed = task?.index ?? null;
    if (followed === this.content.followed) return;
    this.set({ followed, walk: followed === null ? "all" : "task" });
  }

  // Reading

  private read(): void {
    const { playing, job, snapshot, horizonTick, language } = this.state;
    const playground = this.app.session.playground;
    if (playground === null || snapshot === null) return;
    const { documentText } = this.app.session;
    const asked = [documentText, this.shown.join(" "), this.content.followed, language];
    const width = this.host === null ? 0 : this.sizes.of(this.host).width;
    const isRunning = playing || job !== null;
    const key = [...asked, width, horizonTick, snapshot, isRunning];
    const isDue = !isRunning || performance.now() - this.readMs >= REFRESH_MS;
    const wasAsked = asked.every((part, at) => part === this.readKey[at]);
    if (isEqual(key, this.readKey) || (!isDue && wasAsked)) return;
    this.readMs = performance.now();
    this.readKey = key;
    const maxPoints = Math.max(MIN_SAMPLES, Math.floor(width / PX_PER_SAMPLE));
    const range = { toTick: horizonTick, maxPoints };
    // The words at rest tell of all charts.
    const wanted = isRunning ? this.shown : CHARTS;
    const course = this.courseReader.read(playground, documentText, wanted, range);
    const { tick, tickMs } = snapshot.clock;
    const tracks = this.markReader.read(playground, documentText, tick, horizonTick);
    const { followed } = this.content;
    const setting = { tickMs, tasks: snapshot.tasks, followed, t: translator(language) };
    const all = wanted.map((chart) => chartData(chart, course, setting));
    const charts = all.filter(({ chart }) => this.shown.includes(chart));
    this.set({ course, tracks, charts });
    if (!isRunning) this.summarize(snapshot.clock, all);
  }

  /** The words stand still while it plays, so that nobody is read figures that are gone already. */
  private summarize({ tick, nowMs }: Clock, charts: readonly ChartData[]): void {
    const t = translator(this.state.language);
    this.set({ summary: summaryOf(charts, tick, nowMs, t) });
  }

  // Drawing

  private colours(): Palette {
    const scheme = String(isDark(this.state));
    if (this.palette?.scheme !== scheme) this.palette = { scheme, palette: readPalette() };
    return this.palette.palette;
  }

  private drawCharts(host: HTMLElement): void {
    for (const [chart, view] of this.views) {
      if (this.shown.includes(chart)) continue;
      view.destroy();
      this.views.delete(chart);
    }
    for (const data of this.content.charts) {
      const place = host.querySelector<HTMLElement>(`[data-chart="${data.chart}"]`);
      if (place !== null) this.drawChart(place, data);
    }
  }

  private drawChart(place: HTMLElement, data: ChartData): void {
    const { width, height } = this.sizes.of(place);
    if (width <= AXIS_PX || height === 0) return;
    const view = this.views.get(data.chart) ?? new ChartView(place);
    this.views.set(data.chart, view);
    const { horizonTick } = this.state;
    view.draw(data, { size: { width, height }, horizonTick, palette: this.colours() });
  }

  private drawTracks(host: HTMLElement): void {
    const canvas = host.querySelector<HTMLCanvasElement>("[data-testid=tracks]");
    if (canvas === null) return;
    const { selection, horizonTick } = this.state;
    const { tracks, followed } = this.content;
    const selected = selection?.kind === "event" ? selection.seq : null;
    const palette = this.colours();
    const { width } = this.sizes.of(canvas);
    const key = [tracks, horizonTick, selected, followed, palette, width];
    if (isEqual(key, this.paintKey)) return;
    this.paintKey = key;
    paintTracks(canvas, width, { tracks, horizonTick, selected, followed }, palette);
  }

  // What the user does

  toggle(chart: Chart): void {
    const { shown } = this;
    const charts = CHARTS.filter((each) => (each === chart) !== shown.includes(each));
    this.app.timeline.choose(charts);
  }

  /** Goes to where a mark's event happened, and selects it. */
  goTo(mark: Mark): void {
    if (!this.app.timeline.onPhone) this.app.inspect("why");
    this.app.time.goTo(mark.tick, { kind: "event", seq: mark.seq });
  }

  goToMark(direction: -1 | 1): void {
    const mark = this.neighbour(direction);
    if (mark !== null) this.goTo(mark);
  }

  neighbour(direction: -1 | 1): Mark | null {
    const { selection, snapshot } = this.state;
    const selected = selection?.kind === "event" ? selection.seq : null;
    return neighbour(this.walked(), direction, snapshot?.clock.tick ?? 0, selected);
  }

  /** The marks that are gone through. */
  private walked(): readonly Mark[] {
    const { tracks, walk, followed } = this.content;
    const key = [tracks, walk, followed];
    if (!isEqual(key, this.walkKey)) this.marks = marksOf(tracks, walk, followed);
    this.walkKey = key;
    return this.marks;
  }

  /** The pointer is at a place of the time axis, from 0 to 1. */
  point(share: number): void {
    this.app.store.update({ hoverTick: tickAt(share, this.state.horizonTick) });
  }

  seek(share: number): void {
    this.app.time.goTo(tickAt(share, this.state.horizonTick));
  }

  leave(): void {
    this.set({ pointed: null });
    this.app.store.update({ hoverTick: null });
    this.app.redraw();
  }

  /** What the pointer is over in the tracks. */
  pointAt(x: number, y: number, width: number): Mark | null {
    const { horizonTick } = this.state;
    const mark = markAt({ tracks: this.content.tracks, horizonTick }, x, y, width);
    if (mark !== this.content.pointed?.mark)
      this.change({ pointed: mark === null ? null : { mark, y } });
    return mark;
  }
}

function isEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((part, at) => Object.is(part, b[at]));
}
