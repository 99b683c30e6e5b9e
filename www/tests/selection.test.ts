import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSelection, encodeSelection, isSame, pageOf, type Selection } from "../selection.ts";

const SELECTIONS: readonly Selection[] = [
  { kind: "page", process: 0, vma: 0, page: 0 },
  { kind: "page", process: 255, vma: 4095, page: 33_554_431 },
  { kind: "vma", process: 3, vma: 12 },
  { kind: "task", tid: 4_194_304 },
  { kind: "event", seq: 9_007_199_254 },
];

test("a selection survives the link", () => {
  for (const selection of SELECTIONS) {
    assert.deepEqual(decodeSelection(encodeSelection(selection)), selection);
  }
  assert.equal(encodeSelection(null), null);
});

test("selections are the same only where they name the same thing", () => {
  for (const [i, a] of SELECTIONS.entries()) {
    for (const [j, b] of SELECTIONS.entries()) assert.equal(isSame(a, b), i === j);
    assert.equal(isSame(a, null), false);
  }
});

test("only a selected page marks a page", () => {
  for (const selection of SELECTIONS)
    assert.equal(pageOf(selection) !== null, selection.kind === "page");
});

test("what is no selection is none", () => {
  const hostile = [
    null,
    "",
    "1.2",
    "1.2.3.4",
    "-1.0.0",
    "1e3.0.0",
    "0x1.0.0",
    " 0.0.0",
    "0.0.99999999999",
    "v0",
    "v0.1.2",
    "t",
    "t-1",
    "e1.5",
    "x1",
  ];
  for (const text of hostile) assert.equal(decodeSelection(text), null, String(text));
});
