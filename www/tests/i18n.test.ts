import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_KINDS } from "../events.ts";
import enNested from "../i18n/en.json" with { type: "json" };
import {
  addCatalogue,
  fill,
  flattened,
  hasCatalogue,
  type Key,
  problemOf,
  problemText,
  translator,
} from "../i18n/index.ts";
import zhNested from "../i18n/zh.json" with { type: "json" };

addCatalogue("en", enNested);
addCatalogue("zh", zhNested);

const en = flattened(enNested) as Record<Key, string>;
const zh = flattened(zhNested) as Record<Key, string>;
const keys = Object.keys(en) as Key[];
const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same words", () => {
  assert.deepEqual(Object.keys(zh).sort(), [...keys].sort());
});

test("both languages use the same values", () => {
  for (const key of keys) assert.deepEqual(places(zh[key]), places(en[key]), key);
});

test("no text is empty, and Chinese sentences end in Chinese punctuation", () => {
  for (const key of keys) {
    assert.notEqual(en[key].trim(), "", key);
    assert.notEqual(zh[key].trim(), "", key);
    assert.doesNotMatch(zh[key], /[\u4e00-\u9fff][.,;!](\s|$)/u, key);
  }
});

test("values take their places, and a missing one stays visible", () => {
  assert.equal(fill("{a} and {b}", { a: 1 }), "1 and {b}");
  assert.equal(translator("en")("tick", { tick: "1,024" }), "tick 1,024");
  assert.equal(translator("zh")("tick", { tick: 3 }), "第 3 个滴答");
});

test("a value is never read as a place", () => {
  assert.equal(fill("{a}", { a: "{b}", b: "no" }), "{b}");
});

test("problems of the page's own come in both languages", () => {
  const problem = problemOf("openTooLong", { size: 5, max: 4 });
  assert.match(problemText(problem, "en"), /5 characters/);
  assert.match(problemText(problem, "zh"), /5 个字符/);
  assert.equal(problem.path, "");
});

test("every kind of event has a name", () => {
  for (const { kind } of EVENT_KINDS) assert.ok(`kind_${kind}` in en, kind);
});

test("texts of a section are called by section and name", () => {
  assert.deepEqual(flattened({ a: "1", b: { c: "2" } }), { a: "1", "b.c": "2" });
  assert.ok(hasCatalogue("en"));
  assert.equal(translator("en")("lower.events"), "Events");
});
