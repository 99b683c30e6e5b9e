import assert from "node:assert/strict";
import { test } from "node:test";
import {
  actionsOf,
  isAfter,
  plannedIn,
  readDocument,
  timeOf,
  withOperations,
  withoutAction,
} from "../edit/document.ts";
import { memsAt, settingsAt, weightsAt } from "../edit/settings.ts";

const NOW = { tick: 500, nowMs: 2000, tickMs: 4 };
const PLAN = { at_ms: 4000, sysctl: { numa_balancing: 0 } };
const EARLY = { at_tick: 100, kill: 7 };

function documentWith(...actions: readonly object[]): string {
  return JSON.stringify({ version: 1, title: { en: "A" }, processes: [{ name: "db" }], actions });
}

import { UndoStack } from "../forms/undo.ts";

test("an edit is appended at its tick, and the rest of the document stays", () => {
  const text = documentWith(EARLY);
  const edited = withOperations(text, NOW, 500, [{ exit: 9 }, { kill: 8 }], new Set());
  assert.deepEqual(actionsOf(edited.text), [
    EARLY,
    { at_tick: 500, exit: 9 },
    { at_tick: 500, kill: 8 },
  ]);
  assert.equal(edited.dropped, 0);
  const { actions: _, ...rest } = JSON.parse(edited.text);
  assert.deepEqual(rest, { version: 1, title: { en: "A" }, processes: [{ name: "db" }] });
});

test("a document without actions gets its first", () => {
  const edited = withOperations('{"processes":[]}', NOW, 1, [{ kill: 1 }], new Set());
  assert.deepEqual(actionsOf(edited.text), [{ at_tick: 1, kill: 1 }]);
});

test("an edit in the past leaves out what was done later, but not what was planned", () => {
  const later = { at_tick: 501, kill: 8 };
  const same = { at_tick: 500, kill: 9 };
  const planned = plannedIn(documentWith(PLAN));
  const text = documentWith(PLAN, same, later);
  const edited = withOperations(text, NOW, 500, [{ exit: 3 }], planned);
  assert.deepEqual(actionsOf(edited.text), [PLAN, same, { at_tick: 500, exit: 3 }]);
  assert.equal(edited.dropped, 1);
});

test("ahead is what lies after the moment, in ticks and in milliseconds", () => {
  assert.ok(isAfter({ at_tick: 501 }, NOW));
  assert.ok(!isAfter({ at_tick: 500 }, NOW));
  assert.ok(isAfter({ at_ms: 2000.001 }, NOW));
  assert.ok(!isAfter({ at_ms: 2000 }, NOW));
});

test("ticks are counted from boot", () => {
  assert.equal(timeOf({ at_tick: 500 }, 4), 2000);
  assert.equal(timeOf({ at_tick: 500 }, 4, 60_001), 1999);
  assert.equal(timeOf({ at_tick: 0 }, 4, 60_001), 0);
  assert.equal(timeOf({ at_ms: 3.5 }, 4), 3.5);
});

test("an action is taken out by its place", () => {
  const text = withoutAction(documentWith(EARLY, PLAN), 0);
  assert.deepEqual(actionsOf(text), [PLAN]);
});

test("settings in force are those of the start and of what was written by now", () => {
  const actions = [
    { at_tick: 10, sysctl: { scan_size_mb: 64 } },
    { at_tick: 501, sysctl: { scan_size_mb: 32 } },
  ];
  const document = readDocument(
    JSON.stringify({ processes: [], kernel: { scan_delay_ms: 5 }, actions }),
  );
  const settings = settingsAt(document, NOW, 2);
  assert.equal(settings.scan_size_mb, 64);
  assert.equal(settings.scan_delay_ms, 5);
  assert.equal(settings.scan_period_max_ms, 60_000);
  assert.equal(settings.numa_balancing, 1);
  assert.equal(settingsAt(document, NOW, 1).numa_balancing, 0);
});

test("weights and cpusets in force follow the actions", () => {
  const document = readDocument(
    JSON.stringify({
      machine: { nodes: [{ interleave_weight: 3 }, {}] },
      processes: [{ name: "db", mems: [0, 1] }],
      actions: [
        { at_tick: 1, weighted_interleave: [{ node: 1, weight: 5 }] },
        { at_tick: 2, cpuset_mems: { pid: 1000, mems: "1" } },
        { at_tick: 3, cpuset_mems: { pid: 2000, mems: "0" } },
        { at_tick: 501, weighted_interleave: [{ node: 0, weight: 0 }] },
      ],
    }),
  );
  assert.deepEqual(
    [...weightsAt(document, NOW, [0, 1])],
    [
      [0, 3],
      [1, 5],
    ],
  );
  assert.equal(memsAt(document, NOW, 1000, 0), "1");
  assert.equal(memsAt(document, { ...NOW, tick: 1 }, 1000, 0), "0-1");
  const later = { ...NOW, tick: 600 };
  assert.deepEqual(
    [...weightsAt(document, later, [0, 1])],
    [
      [0, 1],
      [1, 5],
    ],
  );
});

const moment = (tick: number) => ({ document: `d${tick}`, tick });

test("undo and redo walk over moments, and an edit forgets the other future", () => {
  const stack = new UndoStack<ReturnType<typeof moment>>();
  assert.equal(stack.undo(moment(0)), null);
  stack.remember(moment(1));
  stack.remember(moment(2));
  assert.deepEqual(stack.undo(moment(3)), moment(2));
  assert.deepEqual(stack.undo(moment(2)), moment(1));
  assert.equal(stack.canUndo, false);
  assert.deepEqual(stack.redo(moment(1)), moment(2));
  assert.deepEqual(stack.redo(moment(2)), moment(3));
  assert.equal(stack.canRedo, false);
  assert.deepEqual(stack.undo(moment(3)), moment(2));
  stack.remember(moment(9));
  assert.equal(stack.canRedo, false);
  stack.reset();
  assert.equal(stack.canUndo, false);
});

test("only so many steps are kept, the newest", () => {
  const stack = new UndoStack<ReturnType<typeof moment>>();
  for (let tick = 0; tick < 150; tick += 1) stack.remember(moment(tick));
  const found: number[] = [];
  for (let at = moment(150); ; ) {
    const before = stack.undo(at);
    if (before === null) break;
    found.push(before.tick);
    at = before;
  }
  assert.equal(found.length, 100);
  assert.deepEqual([found[0], found.at(-1)], [149, 50]);
});
