import assert from "node:assert/strict";
import { test } from "node:test";
import { isTick, MAX_TICK, parseUntil } from "../until.ts";

const tickOf = (text: string, now = 0, tickMs = 4): unknown => {
  const until = parseUntil(text, now, tickMs);
  return "tick" in until ? until.tick : until.problem;
};

test("a number is a tick, a number with a unit a time", () => {
  assert.equal(tickOf("800"), 800);
  assert.equal(tickOf("16,384"), 16_384);
  assert.equal(tickOf("3.2 s"), 800);
  assert.equal(tickOf("500ms"), 125);
  assert.equal(tickOf("2 min"), 30_000);
  assert.equal(tickOf("3.2 S"), 800);
});

test("a time between two ticks ends at the later one, and rounding makes no tick", () => {
  assert.equal(tickOf("501 ms"), 126);
  assert.equal(tickOf("0.29 s", 0, 1), 290);
  assert.equal(tickOf("1.1 s", 0, 1), 1100);
});

test("plus counts from the present", () => {
  assert.equal(tickOf("+100", 50), 150);
  assert.equal(tickOf("+ 400 ms", 50), 150);
});

test("what cannot be is refused with its reason", () => {
  assert.equal(tickOf("  "), "timeline.untilEmpty");
  for (const text of ["soon", "-3", "1e9", "3 h", "1.2.3", "0x10"])
    assert.equal(tickOf(text), "timeline.untilUnknown", text);
  assert.equal(tickOf("1.5"), "timeline.untilPart");
  assert.equal(tickOf("99999999999999999999"), "timeline.untilFar");
  assert.equal(tickOf("+1", MAX_TICK), "timeline.untilFar");
  assert.equal(tickOf(String(MAX_TICK)), MAX_TICK);
});

test("only whole numbers within bounds are ticks", () => {
  for (const tick of [-1, 0.5, Number.NaN, MAX_TICK + 1]) assert.ok(!isTick(tick), String(tick));
  assert.ok(isTick(0) && isTick(MAX_TICK));
});
