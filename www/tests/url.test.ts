import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, withFragment } from "../url.ts";

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
