import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSelection, encodeSelection, fragmentOf, withFragment } from "../url.ts";

test("a fragment is what follows the first '#'", () => {
  assert.equal(fragmentOf(""), "");
  assert.equal(fragmentOf("#"), "");
  assert.equal(fragmentOf("#a1b2"), "a1b2");
  assert.equal(fragmentOf("http://host/deep/path/?q#x#y"), "x#y");
});

test("a link keeps path and query, and has one fragment", () => {
  const page = "http://host/deep/path/?q=1";
  assert.equal(withFragment(page, "aXY"), `${page}#aXY`);
  assert.equal(withFragment(`${page}#old`, "aXY"), `${page}#aXY`);
  assert.equal(fragmentOf(withFragment(`${page}#old`, "new")), "new");
});

test("a selection survives the link", () => {
  for (const page of [
    { process: 0, vma: 0, page: 0 },
    { process: 255, vma: 4095, page: 33_554_431 },
  ]) {
    assert.deepEqual(decodeSelection(encodeSelection(page)), page);
  }
  assert.equal(encodeSelection(null), null);
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
  ];
  for (const text of hostile) assert.equal(decodeSelection(text), null, String(text));
});
