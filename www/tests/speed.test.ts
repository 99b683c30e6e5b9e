import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clampSpeed,
  DEFAULT_SPEED,
  formatRate,
  SPEEDS_TICKS_PER_S,
  ticksPerSecond,
} from "../speed.ts";

test("speeds ascend", () => {
  const sorted = [...SPEEDS_TICKS_PER_S].sort((a, b) => a - b);
  assert.deepEqual([...SPEEDS_TICKS_PER_S], sorted);
});

test("a speed outside the list is the nearest one in it", () => {
  assert.equal(clampSpeed(-3), 0);
  assert.equal(clampSpeed(99), SPEEDS_TICKS_PER_S.length - 1);
  assert.equal(clampSpeed(Number.NaN), DEFAULT_SPEED);
  assert.equal(ticksPerSecond(0), 1);
  assert.equal(ticksPerSecond(1e9), Number.POSITIVE_INFINITY);
});

test("the rate compares with the simulated machine's clock", () => {
  assert.equal(formatRate(250, 4), "1");
  assert.equal(formatRate(2500, 4), "10");
  assert.equal(formatRate(100, 4), "1/2.5");
  assert.equal(formatRate(1, 1), "1/1,000");
});
