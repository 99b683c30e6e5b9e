import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCount } from "../format.ts";

test("thousands are separated", () => {
  assert.equal(formatCount(16384), "16,384");
});
