import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mark, Playground, SeriesColumn, Task } from "../engine.ts";
import enNested from "../i18n/en.json" with { type: "json" };
import { addCatalogue, translator } from "../i18n/index.ts";
import {
  type Course,
  CourseReader,
  MarkReader,
  reachedTick,
  type Track,
} from "../timeline/course.ts";
import { chartData, placeAt, rates, trendOf, valueAt } from "../timeline/figures.ts";
import { alignedData, longestRun, niceCeiling, shortNumber } from "../timeline/shape.ts";
import { summaryOf } from "../timeline/summary.ts";
import { markAt, TRACK_PX } from "../timeline/tracks.ts";
import { marksOf, neighbour, omittedOf } from "../timeline/walk.ts";
import { event } from "./fake.ts";

addCatalogue("en", enNested);
const t = translator("en");

function figure(column: SeriesColumn, values: number[]): Course["figures"][number] {
  return { column, values: Float64Array.from(values) };
}

const TASKS = [0, 1, 2, 3, 4].map((index) => ({ index, name: `t${index}`, tid: 1000 + index }));

function tasks(count: number): Task[] {
  return TASKS.slice(0, count) as unknown as Task[];
}

/** Five samples of two nodes and up to five tasks. */
function course(): Course {
  const ticks = [0, 10, 20, 30, 35];
  const perTask = TASKS.flatMap(({ index }) => [
    figure({ figure: "scan_period_ms", task: index }, [1000, 1000, 2000 + index, 500, 500]),
    figure({ figure: "task_node", task: index }, [0, 0, 1, 1, index === 1 ? -1 : 0]),
    figure({ figure: "local_accesses", task: index }, [0, 10, 20, 30, 35]),
    figure({ figure: "remote_accesses", task: index }, [0, 0, 10, 20, 20]),
  ]);
  return {
    ticks: Float64Array.from(ticks),
    figures: [
      figure({ figure: "tick" }, ticks),
      figure({ figure: "hint_faults_local" }, [0, 0, 100, 100, 150]),
      figure({ figure: "hint_faults_remote" }, [0, 50, 50, 50, 50]),
      figure({ figure: "pages_migrated" }, [0, 0, 8, 8, 8]),
      figure({ figure: "node_pages", node: 0 }, [16, 16, 8, 8, 8]),
      figure({ figure: "node_pages", node: 2 }, [0, 0, 8, 8, 8]),
      ...perTask,
    ],
  };
}

const setting = (count: number, followed: number | null = null) => ({
  tickMs: 4,
  tasks: tasks(count),
  followed,
  t,
});

test("a rate is the growth over the time since the sample before, whatever the spacing", () => {
  const { ticks } = course();
  assert.deepEqual(rates(ticks, Float64Array.from([0, 10, 20, 30, 35]), 4), [
    null,
    250,
    250,
    250,
    250,
  ]);
  assert.deepEqual(rates(ticks, Float64Array.from([5, 5, 5, 5, 5]), 4), [null, 0, 0, 0, 0]);
});

test("a rate holds for the time before its sample, a level from its sample on", () => {
  const faults = chartData("faults", course(), setting(1));
  const pages = chartData("pages", course(), setting(1));
  const [local] = faults.lines;
  const [node0, node2] = pages.lines;
  assert.ok(local !== undefined && node0 !== undefined && node2 !== undefined);
  assert.equal(valueAt(faults, local, 11), 2500);
  assert.equal(valueAt(faults, local, 20), 2500);
  assert.equal(valueAt(faults, local, 21), 0);
  assert.equal(valueAt(pages, node0, 19), 16);
  assert.equal(valueAt(pages, node0, 20), 8);
  assert.equal(valueAt(pages, node2, 1000), 8);
  assert.equal(node2.name, "node 2");
  assert.equal(placeAt(pages, 0), 0);
});

test("work is summed over all tasks", () => {
  const work = chartData("work", course(), setting(5));
  const [local, remote] = work.lines;
  assert.ok(local !== undefined && remote !== undefined);
  assert.equal(valueAt(work, local, 20), 5 * 250);
  assert.equal(valueAt(work, remote, 20), 5 * 250);
});

test("few tasks have a line each while they live; of many, the extremes and the one looked at", () => {
  const few = chartData("periods", course(), setting(2));
  assert.deepEqual(
    few.lines.map(({ name }) => name),
    ["t0", "t1"],
  );
  assert.equal(few.lines[1]?.values.at(-1), null);
  const many = chartData("periods", course(), setting(5));
  assert.deepEqual(
    many.lines.map(({ values }) => values[2]),
    [2000, 2004],
  );
  const followed = chartData("periods", course(), setting(5, 3));
  assert.deepEqual(
    followed.lines.map(({ name, values }) => [name, values[2]]),
    [
      ["t3", 2003],
      ["shortest", 2000],
      ["longest", 2004],
    ],
  );
});

test("a trend compares the last tenth with the one before", () => {
  const ramp = Array.from({ length: 100 }, (_, at) => at);
  assert.equal(trendOf(ramp, 99), "rising");
  assert.equal(trendOf([...ramp].reverse(), 95), "falling");
  assert.equal(
    trendOf(
      ramp.map(() => 7),
      99,
    ),
    "steady",
  );
  assert.equal(trendOf([], -1), "steady");
  assert.equal(trendOf([null, 0, 0], 2), "steady");
});

test("the words of the charts tell values and where they go", () => {
  const charts = (["pages", "work"] as const).map((chart) =>
    chartData(chart, course(), setting(2)),
  );
  const words = summaryOf(charts, 20, 80, t);
  assert.match(words, /0\.080 s, tick 20/);
  assert.match(words, /node 0 8 pages, falling/);
  assert.match(words, /local share 50 %/);
});

test("only the columns of the shown charts are read, and their places asked for once a document", () => {
  const columns: SeriesColumn[] = [
    { figure: "tick" },
    { figure: "pages_migrated" },
    { figure: "node_pages", node: 0 },
    { figure: "node_pages", node: 1 },
  ];
  let asked = 0;
  const got: number[][] = [];
  const playground = {
    seriesColumns: () => {
      asked += 1;
      return columns;
    },
    series: (_from: number, _to: number, _max: number, wanted?: Uint32Array) => {
      got.push([...(wanted ?? [])]);
      return [...(wanted ?? [])].map((place) => Float64Array.from([place, 9]));
    },
  };
  const reader = new CourseReader();
  const range = { toTick: 100, maxPoints: 60 };
  const read = reader.read(playground, "a", ["pages"], range);
  reader.read(playground, "a", ["migrated"], range);
  assert.deepEqual(got, [
    [0, 2, 3],
    [0, 1],
  ]);
  assert.equal(asked, 1);
  reader.read(playground, "b", [], range);
  assert.equal(asked, 2);
  assert.equal(reachedTick(read), 9);
  assert.equal(read.figures[2]?.column.node, 1);
});

function mark(seq: number, tick: number, kind = "task_moved", extra: Partial<Mark> = {}): Mark {
  return { ...event(seq, kind), tick, omitted: 0, ...extra };
}

/** A run that has come to a tick and knows marks, also of what lies after it. */
function marked(all: Mark[]): Pick<Playground, "marks"> & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    marks(from, to, max, kinds) {
      calls.push(`${from}`);
      const found = all.filter((m) => kinds.includes(m.kind) && m.tick >= from && m.tick <= to);
      return { marks: found.slice(0, max), omitted: Math.max(0, found.length - max) };
    },
  };
}

test("marks are read anew with another run, else only what has come", () => {
  const all = [mark(0, 5), mark(1, 6)];
  const run = marked(all);
  const reader = new MarkReader();
  const seqs = (tracks: readonly Track[]): unknown => tracks[0]?.marks.map(({ seq }) => seq);
  assert.deepEqual(seqs(reader.read(run, "a", 10, 100)), [0, 1]);
  all.push(mark(2, 10), mark(3, 12));
  assert.deepEqual(seqs(reader.read(run, "a", 12, 100)), [0, 1, 2, 3]);
  assert.deepEqual(run.calls.slice(-4), ["10", "10", "10", "10"]);
  const before = run.calls.length;
  assert.deepEqual(seqs(reader.read(run, "a", 3, 100)), [0, 1, 2, 3]);
  assert.equal(run.calls.length, before, "what lies ahead is known already");
  all.length = 1;
  assert.deepEqual(
    seqs(reader.read(run, "edited", 3, 100)),
    [0],
    "an edit cuts off what came after",
  );
});

test("too many marks are thinned by the simulator, and the rest is counted", () => {
  const all: Mark[] = [];
  const run = marked(all);
  const reader = new MarkReader();
  let tracks = reader.read(run, "a", 0, 1e6);
  for (let tick = 1; tick <= 1000; tick += 1) {
    all.push(mark(tick, tick));
    tracks = reader.read(run, "a", tick, 1e6);
  }
  const [moves] = tracks;
  assert.ok(moves !== undefined && moves.marks.length <= 600);
  assert.ok(moves.omitted > 0);
});

const TRACKS: Track[] = [
  {
    id: "moves",
    omitted: 3,
    marks: [
      mark(2, 10, "task_moved", { task: 1, fromNode: 0, node: 1 }),
      mark(5, 10, "task_moved", { task: 2, fromNode: 0, node: 1 }),
      mark(9, 50, "task_moved", { task: 1, fromNode: 1, node: 1 }),
      mark(11, 60, "task_moved", { task: 1, fromNode: 1, node: 0 }),
    ],
  },
  { id: "scans", omitted: 1, marks: [mark(7, 40, "scan_begin")] },
];

test("one goes through all marks, a track, or the node changes of a task", () => {
  const seqs = (walk: Parameters<typeof marksOf>[1], task: number | null = null): number[] =>
    marksOf(TRACKS, walk, task).map(({ seq }) => seq);
  assert.deepEqual(seqs("all"), [2, 5, 7, 9, 11]);
  assert.deepEqual(seqs("scans"), [7]);
  assert.deepEqual(seqs("task", 1), [2, 11]);
  assert.equal(omittedOf(TRACKS, "all"), 4);
  assert.equal(omittedOf(TRACKS, "task"), 3);
});

test("from mark to mark, none is left out, though they share a tick", () => {
  const marks = marksOf(TRACKS, "all", null);
  const way: number[] = [];
  let at = { tick: 0, selected: null as number | null };
  for (let next = neighbour(marks, 1, 0, null); next !== null; ) {
    way.push(next.seq);
    at = { tick: next.tick, selected: next.seq };
    next = neighbour(marks, 1, at.tick, at.selected);
  }
  assert.deepEqual(way, [2, 5, 7, 9, 11]);
  assert.equal(neighbour(marks, -1, 60, 11)?.seq, 9);
  assert.equal(neighbour(marks, -1, 45, 11)?.seq, 7, "a mark elsewhere does not count as here");
  assert.equal(neighbour(marks, -1, 10, 2), null);
});

test("the nearest mark of the track under the pointer is hit", () => {
  const shown = { tracks: TRACKS, horizonTick: 100 };
  assert.equal(markAt(shown, 502, 3, 1000)?.seq, 9);
  assert.equal(markAt(shown, 520, 3, 1000), null);
  assert.equal(markAt(shown, 401, TRACK_PX + 2, 1000)?.seq, 7);
  assert.equal(markAt(shown, 401, 9 * TRACK_PX, 1000), null);
});

test("areas lie upon each other, the highest sum first", () => {
  const pages = chartData("pages", course(), setting(1));
  assert.deepEqual(alignedData(pages), [
    [0, 10, 20, 30, 35],
    [16, 16, 16, 16, 16],
    [16, 16, 8, 8, 8],
  ]);
  const periods = chartData("periods", course(), setting(2));
  assert.deepEqual(alignedData(periods)[1], [1000, 1000, 2000, 500, 500]);
});

test("the y axis ends at a round number, at the highest value or a little above", () => {
  for (let high = 0.01; high < 1e10; high *= 1.37) {
    const end = niceCeiling(high);
    assert.ok(end >= high && end <= high * 1.61, `${high}: ${end}`);
  }
  assert.equal(niceCeiling(0), 1);
  assert.equal(niceCeiling(null), 1);
  assert.equal(niceCeiling(16_384), 20_000);
  assert.equal(niceCeiling(1000), 1000);
});

test("numbers at the axis have at most seven characters", () => {
  assert.equal(shortNumber(16_384), "16,384");
  assert.equal(shortNumber(100_000), "100 k");
  assert.equal(shortNumber(2_500_000), "2.5 M");
  for (let value = 1; value < 1e11; value *= 3)
    assert.ok(shortNumber(Math.round(value)).length <= 7, shortNumber(value));
});

test("the longest run of places is found, also at the end", () => {
  const runs = (text: string): [number, number] => longestRun([...text].map((c) => c === "x"));
  assert.deepEqual(runs(".xx.xxx"), [4, 6]);
  assert.deepEqual(runs("xx.x"), [0, 1]);
  assert.deepEqual(runs("x"), [0, 0]);
  const [first, last] = runs("...");
  assert.ok(last < first);
});
