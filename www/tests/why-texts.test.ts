import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadWhyTexts, type WhyTexts } from "../why-texts.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../texts/${name}`, import.meta.url), "utf8");

test("the texts are fetched from beside the page, and say what the type promises", async () => {
  const fetched: string[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (address) => {
    const name = String(address).split("/").at(-1) ?? "";
    fetched.push(name);
    return new Response(read(name));
  };
  try {
    const texts: WhyTexts[] = [await loadWhyTexts("en"), await loadWhyTexts("zh")];
    assert.deepEqual(fetched, ["why.en.json", "why.zh.json"]);
    for (const { tests, functions } of texts) {
      assert.ok(tests.length > 90);
      for (const each of tests) assert.ok(functions[each.function]?.docs.startsWith("explain.md#"));
    }
  } finally {
    globalThis.fetch = real;
  }
});

test("texts that cannot be had are an error", async () => {
  const real = globalThis.fetch;
  globalThis.fetch = async () => new Response("", { status: 404 });
  try {
    await assert.rejects(loadWhyTexts("en"), /404/);
  } finally {
    globalThis.fetch = real;
  }
});
