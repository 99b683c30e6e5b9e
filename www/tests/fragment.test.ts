import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { pack, unpack } from "../fragment.ts";

const fragmentOf = (bytes: Uint8Array): string => `a${Buffer.from(bytes).toString("base64url")}`;

test("a text survives its fragment", async () => {
  for (const text of ['{"d":{"version":1}}', "节点 \u{1f4a3}", "x".repeat(1_000_000)]) {
    const fragment = await pack(text);
    assert.match(fragment, /^a[\w-]+$/);
    assert.equal(await unpack(fragment), text);
  }
});

test("links of other makers are read", async () => {
  const text = '{"d":{"version":1},"t":812,"s":"0.0.77"}';
  for (const level of [1, 9]) {
    assert.equal(await unpack(fragmentOf(deflateSync(text, { level }))), text);
  }
});

test("what was cut or changed carries nothing", async () => {
  const good = await pack('{"d":{"version":1}}');
  const hostile = [
    "",
    "a",
    "a!",
    "a+/",
    `${good}=`,
    `${good} `,
    good.slice(0, -3),
    "aAAAA",
    "a\u{1f4a3}",
  ];
  for (const fragment of hostile) assert.equal(await unpack(fragment), "", fragment);
  for (let place = 3; place < good.length - 1; place++) {
    const other = good[place] === "A" ? "B" : "A";
    const changed = good.slice(0, place) + other + good.slice(place + 1);
    assert.equal(await unpack(changed), "", changed);
  }
  assert.equal(await unpack(fragmentOf(deflateSync(Uint8Array.of(0xff, 0xfe)))), "");
});

test("inflation is bounded", async () => {
  const bomb = fragmentOf(deflateSync(" ".repeat(64 << 20)));
  const { length } = await unpack(bomb);
  assert.ok(length > 1_048_576 && length < 4_000_000, String(length));
});
