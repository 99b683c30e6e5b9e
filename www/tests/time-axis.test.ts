import assert from "node:assert/strict";
import { test } from "node:test";
import { shareOf, tickAt, timeSteps } from "../time-axis.ts";

test("the scale has round numbers, never too many and never fewer than half as many", () => {
  for (let horizon = 1; horizon < 1e9; horizon = Math.ceil(horizon * 1.7)) {
    const steps = timeSteps(horizon, 10);
    assert.ok(steps.length <= 11, `${horizon}: ${steps.length}`);
    assert.ok(steps.length >= Math.min(4, horizon), `${horizon}: ${steps.length}`);
    assert.equal(steps[0], 0);
    assert.ok((steps.at(-1) ?? 0) <= horizon);
  }
  assert.deepEqual(timeSteps(10_000, 4), [0, 5000, 10_000]);
  assert.deepEqual(timeSteps(0, 4), [0]);
});

test("a place on the axis and its tick belong together", () => {
  for (const tick of [0, 1, 400, 2499, 2500]) assert.equal(tickAt(shareOf(tick, 2500), 2500), tick);
  assert.equal(tickAt(-0.3, 100), 0);
  assert.equal(tickAt(1.2, 100), 100);
  assert.equal(shareOf(500, 100), 1);
});
