import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLine } from "../events.ts";
import en from "../i18n/en.json" with { type: "json" };
import { addCatalogue, translator } from "../i18n/index.ts";
import type { Snapshot } from "../store.ts";
import { stepWords } from "../views/announcer.ts";

addCatalogue("en", en);

const NOTHING = {
  machine: { nodes: [], moves: [], distances: [] },
  tasks: [],
  mms: [],
  vmstat: {},
};

function line(firstSeq: number, seq: number): LogLine {
  const event = { says: "scan_begin", values: [`line ${seq}`, "5"], kind: "scan_begin", cpu: 0 };
  const rest = { timeMs: 0, page: null, skippedBefore: 0, group: null };
  return { ...event, ...rest, firstSeq, seq, count: seq - firstSeq + 1 };
}

function snapshot(tick: number, events: number, log: readonly LogLine[]): Snapshot {
  const clock = { nowMs: tick * 4, tick, tickMs: 4, jiffies: "0", events };
  return { ...NOTHING, clock, log, calls: [], selectedPage: null };
}

const say = (now: Snapshot, told: { tick: number; events: number }): string =>
  stepWords(now, told, translator("en"));

test("a step in which nothing happened says so", () => {
  const words = say(snapshot(251, 7, [line(6, 6)]), { tick: 250, events: 7 });
  assert.equal(words, "Now 1.004 s, tick 251. Nothing happened.");
});

test("the newest events are told first, and only those since", () => {
  const words = say(snapshot(2, 9, [line(0, 6), line(7, 7), line(8, 8)]), { tick: 1, events: 7 });
  assert.match(words, /Events: 2\. .*line 8.*line 7/);
  assert.doesNotMatch(words, /line 6/);
});

test("of a line that went on, only what is new is counted", () => {
  const words = say(snapshot(2, 1200, [line(0, 1199)]), { tick: 1, events: 100 });
  assert.match(words, /\(1,100 times\)/);
});

test("no more is told than somebody can listen to", () => {
  const log = Array.from({ length: 10 }, (_, seq) => line(seq, seq));
  assert.equal(say(snapshot(2, 10, log), { tick: 1, events: 0 }).match(/A scan/g)?.length, 3);
});

test("going back tells the time and no events", () => {
  const words = say(snapshot(1, 3, [line(2, 2)]), { tick: 9, events: 8 });
  assert.equal(words, "Now 0.004 s, tick 1.");
});
