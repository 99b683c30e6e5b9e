import assert from "node:assert/strict";
import { test } from "node:test";
import { findMatches, whyNothing } from "../dialogs/matches.ts";
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

test("a page is found as the page names it", () => {
  const named = ["buffer 3", "BUFFER  3", "page 3 of buffer", "3 of buffer", "buffer, page 3"];
  for (const text of [...named, "buffer 第 3 页", "buffer 的第 3 页", "buf 3"])
    assert.deepEqual(found(text), ["0.1.3"], text);
  assert.deepEqual(found("page 3"), ["0.1.3"]);
  assert.deepEqual(found("buffer 4"), []);
  assert.deepEqual(found("nowhere 3"), []);
});

test("a thread is found by its id", () => {
  assert.deepEqual(found("tid 1000"), ["t1000"]);
  assert.deepEqual(found("1,000"), ["t1000"]);
  assert.deepEqual(found("1000"), ["t1000"]);
});

test("an address needs no 0x if it is long enough", () => {
  assert.deepEqual(found("10002fff"), ["0.1.2"]);
});

test("what finds nothing is told why", () => {
  assert.equal(whyNothing("buffer 4", snapshot)?.key, "find.tooFar");
  assert.equal(whyNothing("0x10", snapshot)?.key, "find.unmapped");
  assert.equal(whyNothing("#7", snapshot)?.key, "find.noEvent");
  assert.equal(whyNothing("nobody", snapshot), null);
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
