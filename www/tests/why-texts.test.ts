import assert from "node:assert/strict";
import { test } from "node:test";
import { LazyTexts } from "../lazy-texts.ts";
import en from "../texts/why.en.json" with { type: "json" };
import zh from "../texts/why.zh.json" with { type: "json" };
import type { WhyTexts } from "../why-texts.ts";

test("the texts say what the type promises, in both languages", () => {
  const languages: WhyTexts[] = [en, zh];
  for (const { tests, functions } of languages) {
    assert.ok(tests.length > 90);
    for (const each of tests) assert.ok(functions[each.function]?.docs.startsWith("explain.md#"));
  }
});

async function loading(answer: () => Response): Promise<LazyTexts<{ a: string }>> {
  const real = globalThis.fetch;
  globalThis.fetch = async () => answer();
  try {
    const texts = new LazyTexts<{ a: string }>(() => "http://host/texts.json");
    await new Promise<void>((done) => texts.load("en", done));
    return texts;
  } finally {
    globalThis.fetch = real;
  }
}

test("texts are there once they have come", async () => {
  const texts = await loading(() => new Response('{"a": "b"}'));
  assert.deepEqual(texts.in("en"), { a: "b" });
  assert.equal(texts.in("zh"), null);
  assert.equal(texts.hasFailed("en"), false);
});

test("texts that cannot be had are known to have failed", async () => {
  const texts = await loading(() => new Response("", { status: 404 }));
  assert.equal(texts.in("en"), null);
  assert.equal(texts.hasFailed("en"), true);
});
