import assert from "node:assert/strict";
import { test } from "node:test";
import { findMatches } from "../find.ts";
import { encodeSelection } from "../selection.ts";
import type { Snapshot } from "../store.ts";

const vma = { index: 1, name: "buffer", start: "0x10000000", end: "0x10004000", pages: 4 };
const mm = { process: 0, name: "db", vmas: [vma] };
const snapshot = {
  clock: { events: 7 },
  tasks: [
    { name: "worker", tid: 1000 },
    { name: "writer", tid: 3 },
  ],
  mms: [mm],
} as unknown as Snapshot;

function found(text: string): (string | null)[] {
  const shown = snapshot.mms[0] ?? null;
  return findMatches(text, snapshot, shown).map((match) => encodeSelection(match.selection));
}

test("an address is a page of the VMA that holds it", () => {
  assert.deepEqual(found("0x10002FFF"), ["0.1.2"]);
  assert.deepEqual(found(" 0x10003000 "), ["0.1.3"]);
  assert.deepEqual(found("0x10004000"), []);
});

test("names are found by their parts", () => {
  assert.deepEqual(found("wor"), ["t1000"]);
  assert.deepEqual(found("W"), ["t1000", "t3"]);
  assert.deepEqual(found("buf"), ["v0.1"]);
});

test("a number is a thread's id, then a page", () => {
  assert.deepEqual(found("3"), ["t3", "0.1.3"]);
  assert.deepEqual(found("4"), []);
});

test("events are found by their number, those to come are not", () => {
  assert.deepEqual(found("#6"), ["e6"]);
  assert.deepEqual(found("#7"), []);
  assert.deepEqual(found("#"), []);
});

test("nothing means nothing", () => {
  assert.deepEqual(found("  "), []);
  assert.deepEqual(found("0x"), []);
  assert.deepEqual(found("0xzz"), []);
});
