import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatCount,
  formatDelta,
  formatList,
  formatMs,
  formatPages,
  formatSeconds,
  formatShare,
  splitCpupid,
} from "../format.ts";

test("counts are grouped in threes", () => {
  assert.equal(formatCount(0), "0");
  assert.equal(formatCount(999), "999");
  assert.equal(formatCount(16384), "16,384");
  assert.equal(formatCount(20207616), "20,207,616");
});

test("removing the separators of a count gives the count back", () => {
  for (let value = 1; value < 2 ** 52; value *= 7) {
    assert.equal(Number(formatCount(value).replaceAll(",", "")), value);
  }
});

test("changes carry their sign, and no change is empty", () => {
  assert.equal(formatDelta(512), "+512");
  assert.equal(formatDelta(-1512), "−1,512");
  assert.equal(formatDelta(0), "");
});

test("times have three decimals, so that one tick shows", () => {
  assert.equal(formatSeconds(3284), "3.284 s");
  assert.equal(formatSeconds(0), "0.000 s");
  assert.equal(formatSeconds(1_234_567.8), "1,234.568 s");
  assert.equal(formatMs(60000), "60,000 ms");
});

test("base pages of 4 KiB read as memory", () => {
  assert.equal(formatPages(0), "0");
  assert.equal(formatPages(1), "4 KiB");
  assert.equal(formatPages(255), "1,020 KiB");
  assert.equal(formatPages(256), "1 MiB");
  assert.equal(formatPages(16384), "64 MiB");
  assert.equal(formatPages(16384 * 16 + 1), "1 GiB");
  assert.equal(formatPages(393216), "1.5 GiB");
  assert.equal(formatPages(2 ** 28), "1 TiB");
  assert.equal(formatPages(2 ** 40), "4,096 TiB");
});

test("a share is never rounded to none or all", () => {
  assert.equal(formatShare(0, 0), "–");
  assert.equal(formatShare(0, 10), "0 %");
  assert.equal(formatShare(1, 1000), "<1 %");
  assert.equal(formatShare(999, 1000), ">99 %");
  assert.equal(formatShare(1000, 1000), "100 %");
  assert.equal(formatShare(1, 3), "33 %");
});

test("lists of CPUs are printed as the kernel prints them", () => {
  assert.equal(formatList([]), "");
  assert.equal(formatList([3]), "3");
  assert.equal(formatList([0, 1]), "0-1");
  assert.equal(formatList([0, 1, 2, 5, 8, 9]), "0-2,5,8-9");
});

test("last_cpupid is a CPU and the low eight bits of a pid", () => {
  assert.equal(splitCpupid(0x1fffff), null);
  assert.deepEqual(splitCpupid((2 << 8) | 0xe8), { cpu: 2, pidLow: 0xe8 });
  assert.deepEqual(splitCpupid(0), { cpu: 0, pidLow: 0 });
});
