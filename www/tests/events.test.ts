import assert from "node:assert/strict";
import { test } from "node:test";
import { appendEvents, EventLog } from "../events.ts";
import { event, fakePlayground } from "./fake.ts";

const page = (number: number) => ({ process: 0, vma: 1, page: number });

test("a run of faults with the same outcome is one line that counts", () => {
  const faults = [0, 1, 2].map((seq) =>
    event(seq, "hint_fault", { verdict: "migrated", page: page(seq) }),
  );
  const [line, ...rest] = appendEvents([], faults, 0);
  assert.equal(rest.length, 0);
  assert.equal(line?.count, 3);
  assert.equal(line?.firstSeq, 0);
  assert.equal(line?.seq, 2);
  assert.equal(line?.page?.page, 2);
});

test("another outcome, another VMA and another thread are other lines", () => {
  const lines = appendEvents(
    [],
    [
      event(0, "hint_fault", { verdict: "migrated", page: page(0) }),
      event(1, "hint_fault", { verdict: "local", page: page(1) }),
      event(2, "hint_fault", { verdict: "migrated", page: { ...page(2), vma: 2 } }),
      event(3, "hint_fault", { verdict: "migrated", page: page(3), task: 1 }),
    ],
    0,
  );
  assert.equal(lines.length, 4);
});

test("two kinds of faults in turn are two lines", () => {
  const turns = Array.from({ length: 10 }, (_, seq) =>
    event(seq, seq % 2 === 0 ? "hint_fault" : "write_protect_fault", { page: page(seq >> 1) }),
  );
  const lines = appendEvents([], turns, 0);
  assert.deepEqual(
    lines.map((line) => [line.kind, line.count]),
    [
      ["hint_fault", 5],
      ["write_protect_fault", 5],
    ],
  );
});

test("what the scanner does ends a run and is never joined", () => {
  const lines = appendEvents(
    [],
    [
      event(0, "hint_fault", { page: page(0) }),
      event(1, "scan_window"),
      event(2, "scan_window"),
      event(3, "hint_fault", { page: page(1) }),
    ],
    0,
  );
  assert.deepEqual(
    lines.map((line) => line.count),
    [1, 1, 1, 1],
  );
});

test("no event gets lost in counting, and old lines go first", () => {
  const many = Array.from({ length: 500 }, (_, seq) => event(seq, "scan_begin"));
  const lines = appendEvents([], many, 0);
  assert.equal(lines.length, 200);
  assert.equal(lines.at(-1)?.seq, 499);
  assert.equal(lines[0]?.seq, 300);
});

test("the log reads only what is new, and says how much it passed over", () => {
  const events = Array.from({ length: 5000 }, (_, seq) => event(seq, "scan_begin"));
  const engine = fakePlayground({ tick: 0, calls: [] }, 0, events);
  const log = new EventLog();
  const first = log.refresh(engine, 100);
  assert.equal(first.length, 100);
  assert.equal(log.refresh(engine, 100), first);
  const lines = log.refresh(engine, 5000);
  assert.equal(lines.at(-1)?.seq, 4999);
  const passedOver = lines.reduce((sum, line) => sum + line.skippedBefore, 0);
  assert.equal(passedOver, 0, "the line with the gap is older than the lines that are kept");
});

test("going back in time starts the log anew", () => {
  const events = Array.from({ length: 50 }, (_, seq) => event(seq, "scan_begin"));
  const engine = fakePlayground({ tick: 0, calls: [] }, 0, events);
  const log = new EventLog();
  assert.deepEqual(log.refresh(engine, 40, 0), []);
  log.refresh(engine, 50);
  const lines = log.refresh(engine, 20);
  assert.equal(lines.at(-1)?.seq, 19);
});
