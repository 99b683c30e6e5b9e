import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { asset } from "../single/asset.ts";
import { onePage } from "../single/one-page.ts";

const HEAD = "<html><title>One · Hintfault</title>";

test("documents on one page still lead to each other", () => {
  const page = onePage([
    {
      name: "one",
      html: `${HEAD}<main><h1 id="a">A</h1><a href="two.html#b">x</a><a href="#a">y</a></main>`,
    },
    {
      name: "two",
      html: `${HEAD}<main><h2 id="b">B</h2><a href="https://e.org/one.html">z</a></main>`,
    },
  ]);
  assert.match(page, /<title>Hintfault<\/title>/);
  assert.match(page, /<article id="one"><h1 id="one\.a">/);
  assert.match(page, /href="#two\.b".*href="#one\.a"/);
  assert.match(page, /<h2 id="two\.b">B<\/h2><a href="https:\/\/e\.org\/one\.html">/);
});

test("a packed file comes out as it went in", async () => {
  const coded = gzipSync('{"a":1}').toString("base64");
  const answer = await asset(`application/json;${coded}`);
  assert.equal(answer.headers.get("Content-Type"), "application/json");
  assert.deepEqual(await answer.json(), { a: 1 });
});

/** What would be fetched past `asset.ts` would be missing in the single file. */
test("only asset.ts and the service worker fetch", () => {
  const files = readdirSync("www", { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => /^(?!tests|wasm|single).*\.ts$/.test(file));
  const fetching = sources.filter((file) =>
    /(?:^|[^.\w])fetch\((?!\))/m.test(readFileSync(`www/${file}`, "utf8")),
  );
  assert.deepEqual(fetching.sort(), ["asset.ts", "offline/worker.ts"]);
});
