import assert from "node:assert/strict";
import { test } from "node:test";
import { PARTS, Pace } from "../pace.ts";
import type { State } from "../store.ts";

function state(patch: Partial<State>): State {
  return { playing: true, snapshot: null, speed: 1, horizonTick: 9, ...patch } as State;
}

/** The parts that are drawn in the next frame. */
function drawn(pace: Pace, next: State): readonly string[] {
  pace.begin(next);
  return PARTS.filter((part) => pace.isDue(part));
}

test("while time passes, the parts take turns", () => {
  const pace = new Pace();
  assert.deepEqual(drawn(pace, state({})), PARTS);
  const frames = PARTS.map((_, at) => drawn(pace, state({ horizonTick: 10 + at })));
  assert.deepEqual(
    frames.map((parts) => parts.length),
    PARTS.map(() => 1),
  );
  assert.deepEqual(new Set(frames.flat()), new Set(PARTS));
});

test("what somebody did is seen at once, in all parts", () => {
  const pace = new Pace();
  drawn(pace, state({}));
  assert.deepEqual(drawn(pace, state({ speed: 2 })), PARTS);
  assert.equal(drawn(pace, state({ speed: 2, horizonTick: 10 })).length, 1);
  assert.equal(drawn(pace, state({ speed: 2, horizonTick: 10, structs: [] })).length, 1);
  assert.deepEqual(drawn(pace, state({ speed: 2, playing: false })), PARTS);
  assert.deepEqual(drawn(pace, state({ speed: 2, playing: false, horizonTick: 11 })), PARTS);
});
