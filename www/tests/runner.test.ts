import assert from "node:assert/strict";
import { test } from "node:test";
import { Runner, type Wanted } from "../runner.ts";
import { type Counter, event, fakePlayground } from "./fake.ts";

/** A clock that goes on by `stepMs` whenever it is looked at. */
function clock(stepMs: number): () => number {
  let now = 0;
  return () => {
    now += stepMs;
    return now;
  };
}

function world(eventAt = Number.POSITIVE_INFINITY): {
  counter: Counter;
  engine: ReturnType<typeof fakePlayground>;
} {
  const counter: Counter = { tick: 0, calls: [] };
  return { counter, engine: fakePlayground(counter, eventAt) };
}

test("playing runs as many ticks as the speed asks for, whatever the frame rate", () => {
  for (const frames of [30, 60, 144]) {
    const { counter, engine } = world();
    const runner = new Runner(clock(0));
    for (let frame = 0; frame < frames; frame += 1) runner.play(engine, 1000 / frames, 100);
    assert.ok(Math.abs(counter.tick - 100) <= 1, `${frames} frames: ${counter.tick} ticks`);
  }
});

test("playing slower than a tick a frame still moves", () => {
  const { counter, engine } = world();
  const runner = new Runner(clock(0));
  const moved = Array.from({ length: 60 }, () => runner.play(engine, 1000 / 60, 2));
  assert.ok(counter.tick === 1 || counter.tick === 2);
  assert.equal(moved.filter(Boolean).length, counter.tick);
});

test("a slow simulation gets its slice of the frame and owes nothing afterwards", () => {
  const { counter, engine } = world();
  const runner = new Runner(clock(4));
  runner.play(engine, 1000, 1000);
  const first = counter.tick;
  assert.ok(first > 0 && first < 10, `${first} ticks`);
  runner.play(engine, 1, 1000);
  assert.equal(counter.tick, first + 1);
});

test("going to a tick ends exactly there, over as many frames as it takes", () => {
  const { counter, engine } = world();
  const runner = new Runner(clock(1));
  const job = { kind: "tick", target: 10_000 } as const;
  let frames = 0;
  while (runner.work(engine, job) === "running") frames += 1;
  assert.ok(frames > 1);
  assert.equal(counter.tick, 10_000);
});

test("chunks grow while they are short, so that far is not slow", () => {
  const { counter, engine } = world();
  const runner = new Runner(clock(0));
  runner.work(engine, { kind: "tick", target: 100_000 });
  assert.equal(counter.tick, 100_000);
  assert.ok(counter.calls.length < 120, `${counter.calls.length} calls`);
});

test("the way back ends exactly there, and the frame gets its slice", () => {
  const { counter, engine } = world();
  counter.tick = 50_000;
  const runner = new Runner(clock(1));
  const job = { kind: "tick", target: 12_345, back: true } as const;
  let frames = 1;
  while (runner.work(engine, job) === "running") frames += 1;
  assert.ok(frames > 1);
  assert.equal(counter.tick, 12_345);
});

test("as fast as it goes means a full slice of every frame, whatever time passed", () => {
  const { counter, engine } = world();
  const runner = new Runner(clock(1));
  assert.ok(runner.play(engine, 0, Number.POSITIVE_INFINITY));
  const first = counter.tick;
  assert.ok(first > 5, `${first} ticks`);
  runner.play(engine, 16, Number.POSITIVE_INFINITY);
  assert.ok(counter.tick > first);
});

test("a search may ask for an outcome or a page, and passes over the other events", () => {
  const page = { process: 0, vma: 0, page: 7 };
  const happens = [
    event(0, "hint_fault", { verdict: "local", page }),
    event(1, "hint_fault", { verdict: "migrated", page: { ...page, page: 8 } }),
    event(2, "hint_fault", { verdict: "migrated", page }),
    event(3, "placement"),
    event(4, "placement", { verdict: "migrated" }),
  ];
  const search = (wanted: Omit<Wanted, "kinds">): number => {
    let found = 0;
    const engine = {
      clock: () => ({ nowMs: 0, tick: 0, tickMs: 1, jiffies: "0", events: found }),
      // The last fault brings what stands behind it.
      runToEvent: () => {
        found = found < 2 ? found + 1 : happens.length;
        return true;
      },
      events: (from: number, max: number) => happens.slice(from, from + max),
    } as unknown as ReturnType<typeof fakePlayground>;
    const job = { kind: "event", kinds: ["hint_fault"], deadline: 100, ...wanted } as const;
    assert.equal(new Runner(clock(0)).work(engine, job), "done");
    return found;
  };
  assert.equal(search({}), 1);
  assert.equal(search({ verdict: "migrated" }), 2);
  assert.equal(search({ verdict: "migrated", page }), happens.length);
  assert.equal(search({ refused: true }), 1, "an outcome of any kind");
});

test("a search ends at the event, or at its deadline without", () => {
  const found = world(777);
  const job = { kind: "event", kinds: [], deadline: 1000 } as const;
  const runner = new Runner(clock(3));
  let outcome = runner.work(found.engine, job);
  while (outcome === "running") outcome = runner.work(found.engine, job);
  assert.equal(outcome, "done");
  assert.equal(found.counter.tick, 777);

  const none = world();
  outcome = runner.work(none.engine, job);
  while (outcome === "running") outcome = runner.work(none.engine, job);
  assert.equal(outcome, "not-found");
  assert.equal(none.counter.tick, 1000);
});
