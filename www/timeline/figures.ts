/** What the charts show: rates and levels made from samples. */

import type { Task } from "../engine.ts";
import type { Key, Translate } from "../i18n/index.ts";
import type { Chart } from "../store.ts";
import { type Course, type Figure, type FigureName, figuresOf } from "./course.ts";

export type Values = readonly (number | null)[];

/** How a line is told from the others, in colour and in form. */
export type Look =
  | { readonly kind: "solid" | "hatched" }
  | { readonly kind: "node"; readonly node: number }
  | { readonly kind: "dash"; readonly dash: number };

export interface Line {
  readonly name: string;
  readonly look: Look;
  readonly values: Values;
}

export interface ChartData {
  readonly chart: Chart;
  readonly unit: Key;
  readonly ticks: Float64Array;
  readonly lines: readonly Line[];
  /** Whether the lines are areas that lie upon each other. */
  readonly stacked: boolean;
  /** A rate holds for the time before its tick, a level from its tick on. */
  readonly isRate: boolean;
}

export interface Setting {
  readonly tickMs: number;
  readonly tasks: readonly Task[];
  /** Place of the task that is looked at. */
  readonly followed: number | null;
  readonly t: Translate;
}

/** So many tasks have a line each; of more, the shortest and the longest period are shown. */
const MAX_TASK_LINES = 4;

/** Growth a second, over the time before each sample; there is none before the first. */
export function rates(ticks: Float64Array, values: Float64Array, tickMs: number): Values {
  return Array.from(values, (value, at) => {
    const before = ticks[at - 1];
    const now = ticks[at];
    if (before === undefined || now === undefined || now <= before) return null;
    return (Math.max(0, value - (values[at - 1] ?? 0)) * 1000) / ((now - before) * tickMs);
  });
}

/** Sums at each sample. */
export function total(figures: readonly Figure[], length: number): Float64Array {
  const sums = new Float64Array(length);
  for (const { values } of figures) {
    for (let at = 0; at < length; at += 1) sums[at] = (sums[at] ?? 0) + (values[at] ?? 0);
  }
  return sums;
}

/** Makes a chart's lines. */
export function chartData(chart: Chart, course: Course, setting: Setting): ChartData {
  const unit = `timeline.${chart}Unit` as const;
  const base = { chart, unit, ticks: course.ticks };
  switch (chart) {
    case "faults":
      return {
        ...base,
        ...pair(course, "hint_faults_local", "hint_faults_remote", setting),
      };
    case "work":
      return { ...base, ...pair(course, "local_accesses", "remote_accesses", setting) };
    case "migrated": {
      const line = rateLine(course, "pages_migrated", setting);
      return { ...base, stacked: true, isRate: true, lines: [line] };
    }
    case "pages":
      return { ...base, stacked: true, isRate: false, lines: nodeLines(course, setting) };
    case "periods":
      return { ...base, stacked: false, isRate: false, lines: periodLines(course, setting) };
  }
}

function rateLine(course: Course, figure: FigureName, { tickMs, t }: Setting): Line {
  const sums = total(figuresOf(course, figure), course.ticks.length);
  const values = rates(course.ticks, sums, tickMs);
  return { name: t("timeline.migrated"), look: { kind: "solid" }, values };
}

function pair(
  course: Course,
  localName: FigureName,
  remoteName: FigureName,
  setting: Setting,
): Pick<ChartData, "lines" | "stacked" | "isRate"> {
  const { t } = setting;
  const local = rateLine(course, localName, setting);
  const remote = rateLine(course, remoteName, setting);
  const lines: Line[] = [
    { ...local, name: t("timeline.local") },
    { ...remote, name: t("timeline.remote"), look: { kind: "hatched" } },
  ];
  return { lines, stacked: true, isRate: true };
}

function nodeLines(course: Course, { t }: Setting): Line[] {
  return figuresOf(course, "node_pages").map(({ column, values }) => {
    const node = column.node ?? 0;
    return { name: t("node", { id: node }), look: { kind: "node", node }, values: [...values] };
  });
}

/** Periods of a task while it lives. */
function periodsOf(course: Course, task: number): Values {
  const of = (name: FigureName): Float64Array | undefined =>
    figuresOf(course, name).find(({ column }) => column.task === task)?.values;
  const nodes = of("task_node");
  return Array.from(of("scan_period_ms") ?? [], (period, at) =>
    (nodes?.[at] ?? 0) < 0 ? null : period,
  );
}

function extremes(all: readonly Values[], pick: (...values: number[]) => number): Values {
  const length = all[0]?.length ?? 0;
  return Array.from({ length }, (_, at) => {
    const living = all.flatMap((values) => values[at] ?? []);
    return living.length === 0 ? null : pick(...living);
  });
}

function periodLines(course: Course, { tasks, followed, t }: Setting): Line[] {
  const dash = (at: number): Look => ({ kind: "dash", dash: at });
  const line = (task: Task, at: number): Line => ({
    name: task.name,
    look: dash(at),
    values: periodsOf(course, task.index),
  });
  if (tasks.length <= MAX_TASK_LINES) return tasks.map(line);
  const all = tasks.map((task) => periodsOf(course, task.index));
  const lines = [
    { name: t("timeline.lowest"), look: dash(1), values: extremes(all, Math.min) },
    { name: t("timeline.highest"), look: dash(2), values: extremes(all, Math.max) },
  ];
  const chosen = tasks.find(({ index }) => index === followed);
  return chosen === undefined ? lines : [line(chosen, 0), ...lines];
}

/** The place of the sample that tells of a tick; -1 where the run has not come. */
export function placeAt({ ticks, isRate }: ChartData, tick: number): number {
  const last = ticks.length - 1;
  if (last < 0) return -1;
  const after = firstFrom(ticks, tick);
  if (isRate) return Math.min(after, last);
  return ticks[after] === tick ? after : after - 1;
}

/** The first sample at or after a tick. */
function firstFrom(ticks: Float64Array, tick: number): number {
  let [low, high] = [0, ticks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ticks[middle] ?? 0) < tick) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A line's value at a tick. */
export function valueAt(data: ChartData, line: Line, tick: number): number | null {
  return line.values[placeAt(data, tick)] ?? null;
}

export type Trend = "rising" | "falling" | "steady";
/** Changes smaller than this are none. */
const STEADY = 0.1;
const TREND_SHARE = 0.1;

/** How values went lately, up to a place: the last tenth compared with the tenth before it. */
export function trendOf(values: Values, place: number): Trend {
  const width = Math.max(1, Math.round((place + 1) * TREND_SHARE));
  const mean = (from: number, to: number): number => {
    const part = values.slice(Math.max(0, from), Math.max(0, to)).filter((value) => value !== null);
    return part.length === 0 ? 0 : part.reduce((sum, value) => sum + value, 0) / part.length;
  };
  const recent = mean(place + 1 - width, place + 1);
  const before = mean(place + 1 - 2 * width, place + 1 - width);
  const change = recent - before;
  if (Math.abs(change) <= STEADY * Math.max(recent, before)) return "steady";
  return change > 0 ? "rising" : "falling";
}
