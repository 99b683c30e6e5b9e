import assert from "node:assert/strict";
import { test } from "node:test";
import { isScenarioFailure } from "../engine.ts";
import { problemText } from "../i18n/index.ts";
import { isNumactl } from "../numactl.ts";
import { titleOf } from "../session.ts";
import { isDark } from "../store.ts";

test("a document's title is found in canonical JSON only", () => {
  assert.deepEqual(titleOf('{"title":{"en":"A","zh":"甲"}}'), { en: "A", zh: "甲" });
  assert.deepEqual(titleOf('{"title":{"en":"A"}}'), { en: "A", zh: "A" });
  assert.deepEqual(titleOf('{"title":{"zh":"甲"}}'), { en: "甲", zh: "甲" });
  for (const text of [
    "",
    "{",
    "null",
    "[]",
    "7",
    '{"title":"A"}',
    '{"title":{}}',
    '{"title":{"en":3}}',
  ]) {
    assert.equal(titleOf(text), null, text);
  }
});

test("numactl's output is told from a scenario", () => {
  assert.ok(isNumactl("available: 2 nodes (0-1)\nnode 0 cpus: 0 1"));
  assert.ok(isNumactl("$ numactl -H\r\nnode 0 size: 64 MB\r\n"));
  assert.ok(isNumactl("node distances:\nnode 0\n0: 10"));
  assert.ok(!isNumactl('{"version": 1, "machine": {"nodes": []}}'));
  assert.ok(!isNumactl('version = 1\n[title]\nen = "available: 2 nodes"'));
  assert.ok(!isNumactl(""));
});

test("only an object with a list of errors is a refusal; all else is a fault", () => {
  assert.ok(isScenarioFailure({ errors: [] }));
  for (const thrown of [null, undefined, "text", 3, new Error("x"), { errors: "no" }, {}]) {
    assert.ok(!isScenarioFailure(thrown));
  }
  const problem = { path: "a", message: "en", messageZh: "zh" };
  assert.equal(problemText(problem, "en"), "en");
  assert.equal(problemText(problem, "zh"), "zh");
});

test("the chosen theme wins over the system's", () => {
  assert.equal(isDark({ theme: "auto", systemDark: true }), true);
  assert.equal(isDark({ theme: "auto", systemDark: false }), false);
  assert.equal(isDark({ theme: "light", systemDark: true }), false);
  assert.equal(isDark({ theme: "dark", systemDark: false }), true);
});
