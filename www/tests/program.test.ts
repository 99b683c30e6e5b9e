import assert from "node:assert/strict";
import { test } from "node:test";
import en from "../i18n/en.json" with { type: "json" };
import { addCatalogue, translator } from "../i18n/index.ts";
import { linesOf, type Process, threadAt } from "../progress/program.ts";
import { stepWords } from "../progress/words.ts";

const SERVER: Process = {
  name: "server",
  threads: [
    {
      program: [
        { clone: "worker" },
        {
          loop: [
            { write: "heap", first: 4, pages: 2, pattern: "random", visits: 9 },
            { loop: [{ compute_ms: 1.5 }], times: 3 },
          ],
        },
        { exit: "process" },
      ],
    },
    { name: "worker", count: 3, start: "by_clone", program: [{ read: "heap", until_ms: 1500 }] },
  ],
};
const CHILD: Process = {
  name: "child",
  start: "by_fork",
  threads: [{ program: [{ sleep_ms: 2 }] }],
};

test("a thread is found by its place, whatever the counts before it", () => {
  const names = [0, 1, 3, 4, 5].map((index) => {
    const found = threadAt([SERVER, CHILD], index);
    return found === null ? null : (found.thread.name ?? found.process.name);
  });
  assert.deepEqual(names, ["server", "worker", "worker", "child", null]);
});

test("steps are counted as the simulator does, loops with the jump at their end", () => {
  const main = SERVER.threads[0];
  assert.ok(main);
  const lines = linesOf(SERVER, main);
  assert.deepEqual(
    lines.map(({ depth, first, end }) => [depth, first, end]),
    [
      [0, 0, 3],
      [0, 6, 7],
      [1, 3, 4],
      [1, 5, 6],
      [2, 4, 5],
      [0, 7, 8],
    ],
  );
});

test("steps have words", () => {
  addCatalogue("en", en);
  const t = translator("en");
  const main = SERVER.threads[0];
  assert.ok(main);
  assert.deepEqual(
    linesOf(SERVER, main).map(({ step }) => stepWords(step, t)),
    [
      "creates worker (clone)",
      "over and over:",
      "writes heap · pages 4 to 5 · random · 9 visits",
      "3 times:",
      "computes for 1.5 ms",
      "ends its process",
    ],
  );
  const others = [
    { read: "heap", first: 7, stride: 4, passes: 2, until_ms: 1500 },
    { barrier: "b" },
  ];
  assert.deepEqual(
    others.map((step) => stepWords(step, t)),
    [
      "reads heap · from page 7 on · sequential, stride 4 · 2 passes · until 1.500 s",
      "waits at the barrier b",
    ],
  );
});
