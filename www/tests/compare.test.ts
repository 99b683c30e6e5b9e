import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Change,
  canEnd,
  changed,
  isSame,
  readCompared,
  recognised,
} from "../compare/change.ts";
import {
  differenceText,
  type Figures,
  percentText,
  type Row,
  relativeText,
  rowsOf,
} from "../compare/figures.ts";
import { changeOf, formFor } from "../compare/form.ts";
import { type Half, Pair } from "../compare/pair.ts";
import { differences } from "../compare/patch.ts";
import { onAxis, shares } from "../compare/pictures.ts";
import { verdict } from "../compare/verdict.ts";
import en from "../i18n/en.json" with { type: "json" };
import { addCatalogue, translator } from "../i18n/index.ts";
import zh from "../i18n/zh.json" with { type: "json" };
import presets from "../presets.json" with { type: "json" };
import { type Counter, fakePlayground } from "./fake.ts";

addCatalogue("en", en);
addCatalogue("zh", zh);
const t = translator("en");

const DOCUMENT = JSON.stringify({
  version: 1,
  machine: { nodes: [{ memory: "1 GiB" }, { memory: "1 GiB" }, {}] },
  processes: [
    {
      name: "db",
      policy: "bind:0",
      regions: [{ name: "r", size: "64 MiB", populate: [{ node: 0 }] }],
      threads: [{ policy: "local", affinity: "2", program: [{ write: "r" }] }],
    },
  ],
  actions: [
    { at_ms: 5, sysctl: { numa_balancing: 1 } },
    { at_ms: 6, sysctl: { numa_balancing: 1, scan_size_mb: 8 } },
    { at_ms: 7, set_mempolicy: { tid: 1000, policy: "default" } },
    { at_ms: 8, kill: 1000 },
  ],
});

function made(change: Change): ReturnType<typeof readCompared> {
  return readCompared(changed(change, DOCUMENT, DOCUMENT));
}

test("balancing is off from the start, whatever was written later", () => {
  const { kernel, actions } = made({ kind: "balancing" });
  assert.deepEqual(kernel, { numa_balancing: 0 });
  assert.deepEqual(actions?.slice(0, 1), [{ at_ms: 6, sysctl: { scan_size_mb: 8 } }]);
  assert.equal(actions?.length, 3);
});

test("one policy is for all threads, and nobody sets another", () => {
  const { processes, actions } = made({ kind: "policy", policy: "interleave:0,1" });
  assert.equal(processes[0]?.policy, "interleave:0,1");
  assert.equal(processes[0]?.threads[0]?.policy, undefined);
  assert.ok(actions?.every((action) => action.set_mempolicy === undefined));
});

test("memory is put on one node, or in equal parts on all that have some", () => {
  const on = made({ kind: "memory", node: 1 }).processes[0]?.regions?.[0]?.populate;
  assert.deepEqual(on, [{ node: 1 }]);
  const spread = made({ kind: "memory", node: "all" }).processes[0]?.regions?.[0]?.populate;
  assert.deepEqual(spread, [
    { node: 0, first: 0, pages: 8192 },
    { node: 1, first: 8192, pages: 8192 },
  ]);
});

test("a change is recognised by what it made", () => {
  const changes: Change[] = [
    { kind: "balancing" },
    { kind: "knob", knob: "scan_size_mb", value: 16 },
    { kind: "policy", policy: "prefer:1" },
    { kind: "memory", node: 1 },
    { kind: "memory", node: "all" },
    { kind: "free" },
  ];
  for (const change of changes)
    assert.deepEqual(recognised(DOCUMENT, changed(change, DOCUMENT, DOCUMENT)), change);
  const other = JSON.stringify({ ...readCompared(DOCUMENT), seed: 7 });
  assert.deepEqual(recognised(DOCUMENT, other), { kind: "document", text: other });
  assert.ok(isSame({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }));
});

test("differences have the paths of fields", () => {
  const found = differences(DOCUMENT, changed({ kind: "balancing" }, DOCUMENT, DOCUMENT));
  assert.deepEqual(found[0], { path: "actions[0].at_ms", from: "5", to: "6" });
  assert.deepEqual(found.at(-1), { path: "kernel.numa_balancing", from: null, to: "0" });
  assert.deepEqual(differences(DOCUMENT, DOCUMENT), []);
});

test("what is typed as a knob is checked", () => {
  const form = formFor({ kind: "knob", knob: "scan_size_mb", value: 16 });
  assert.deepEqual(changeOf(form), { kind: "knob", knob: "scan_size_mb", value: 16 });
  const grouped = changeOf({ ...form, value: " 1,024 " });
  assert.deepEqual(grouped, { kind: "knob", knob: "scan_size_mb", value: 1024 });
  for (const value of ["", "0", "1.5", "x", "1e3", "1e9", "0x10", "-1", "1048577"])
    assert.ok("problem" in changeOf({ ...form, value }), value);
  assert.ok("problem" in changeOf({ ...form, topic: "document", text: " " }));
  const text = "x".repeat(1_048_577);
  assert.ok("problem" in changeOf({ ...form, topic: "document", text }));
});

test("some work ends and some does not", () => {
  const ending = presets.filter(({ document }) => canEnd(JSON.stringify(document)));
  assert.deepEqual(
    ending.map(({ id }) => id),
    ["balancing-pays", "balancing-costs"],
  );
});

// Words

const NOTHING: Figures = {
  ...{ tick: 500, nowMs: 2000, elapsedMs: null, accesses: 1000, local: 500, stallMs: 0 },
  ...{ runtimeMs: 8000, scanMs: 0, faultMs: 0, migrateMs: 0, hintFaults: 0 },
  ...{ hintFaultsLocal: 0, migrated: 0 },
};

test("with balancing, work is done sooner or later", () => {
  const on = { ...NOTHING, elapsedMs: 8200, local: 970, scanMs: 100, faultMs: 200, migrateMs: 100 };
  const off = { ...NOTHING, elapsedMs: 11_900 };
  const words =
    "The work was done after 8.20 s with balancing instead of 11.90 s without: 31 % less time. " +
    "Scanning, faults and copies cost 0.40 s, 5.0 % of the CPU time. " +
    "Local were 97 % of the accesses with balancing and 50 % without.";
  assert.equal(verdict(on, off, "aBalances", t), words);
  assert.equal(verdict(off, on, "bBalances", t), words);
  const slower = verdict({ ...on, elapsedMs: 12_000 }, off, "aBalances", t);
  assert.match(slower, /12\.00 s with balancing instead of 11\.90 s without: 0\.8 % more time/);
});

test("while work goes on, what is done at the same time is compared", () => {
  const more = verdict({ ...NOTHING, accesses: 1100 }, NOTHING, "aBalances", t);
  assert.match(more, /^After 2\.00 s, 1,100 accesses .* and 1,000 without: 10 % more\./);
  const same = verdict(NOTHING, NOTHING, "aBalances", t);
  assert.match(same, /^After 2\.00 s both have done equally much.*cost nothing/);
  const one = verdict({ ...NOTHING, elapsedMs: 1900 }, NOTHING, "aBalances", t);
  assert.match(one, /done with balancing after 1\.90 s; without it is not done after 2\.00 s/);
});

test("any other difference is told of B against A", () => {
  const a = { ...NOTHING, elapsedMs: 1000, scanMs: 10 };
  const words = verdict(a, { ...NOTHING, elapsedMs: 1500 }, "other", t);
  assert.match(words, /1\.50 s in B instead of 1\.00 s in A: 50 % more time/);
  assert.match(words, /0\.00 s of CPU time in B and 0\.01 s in A/);
  const before = verdict({ ...NOTHING, tick: 0 }, { ...NOTHING, tick: 0 }, "other", t);
  assert.equal(before, t("compare.verdictNotYet"));
});

test("no sentence leaves a place empty, in either language", () => {
  const ends = [null, 1900, 1950];
  for (const words of [t, translator("zh")]) {
    for (const sides of ["aBalances", "bBalances", "other"] as const) {
      for (const a of ends) {
        for (const b of ends) {
          const [one, two] = [a, b].map((elapsedMs) => ({ ...NOTHING, elapsedMs, scanMs: 5 }));
          assert.ok(one !== undefined && two !== undefined);
          assert.doesNotMatch(verdict(one, two, sides, words), /[{}]|compare\./);
        }
      }
    }
  }
});

test("differences have a sign, unless they are none", () => {
  const row = (a: number | null, b: number | null, unit: Row["unit"]): Row => ({
    ...{ id: "x", name: "compare.work", unit, isPart: false, a, b },
  });
  const difference = (of: Row): string => differenceText(of, "other", t);
  assert.equal(difference(row(1000, 3500, "s")), "+2.500 s");
  assert.equal(difference(row(97.5, 50, "percent")), "−47.5 points");
  assert.equal(difference(row(1, 1.0001, "s")), "0.000 s");
  assert.equal(difference(row(null, 1, "s")), "–");
  const relative = (of: Row): string => relativeText(of, "other");
  assert.equal(relative(row(1000, 3500, "s")), "+250 %");
  assert.equal(relative(row(1000, 950, "count")), "−5.0 %");
  assert.equal(relative(row(0, 5, "count")), "");
  assert.equal(relative(row(1000, 1000, "count")), "0 %");
  assert.deepEqual([0, 0.04, 9.94, 9.96, 1234].map(percentText), [
    "0 %",
    "0.0 %",
    "9.9 %",
    "10 %",
    "1,234 %",
  ]);
  assert.equal(rowsOf(NOTHING, NOTHING).length, 12);
});

test("the table's differences go the same way round as the sentence", () => {
  const on = { ...NOTHING, elapsedMs: 6500, local: 950 };
  const off = { ...NOTHING, elapsedMs: 10_000 };
  for (const [a, b, sides] of [[on, off, "aBalances"] as const, [off, on, "bBalances"] as const]) {
    const [elapsed, , local] = rowsOf(a, b);
    assert.ok(elapsed !== undefined && local !== undefined);
    assert.match(verdict(a, b, sides, t), /35 % less time/);
    assert.equal(differenceText(elapsed, sides, t), "−3.500 s");
    assert.equal(relativeText(elapsed, sides), "−35 %");
    assert.equal(differenceText(local, sides, t), "+45.0 points");
    assert.equal(differenceText(local, sides, translator("zh")), "+45.0 个百分点");
  }
});

// Runs

/** A run that does something else from a tick on. */
function half(counter: Counter, partsAt: number): Half {
  const done = (): number => (counter.tick >= partsAt ? counter.tick : 0);
  const all = { elapsedMs: null } as ReturnType<Half["outcome"]>["all"];
  return {
    ...fakePlayground(counter, 1e9),
    outcome: () => ({ all, tasks: [] }),
    vmstat: () => ({ numa_hint_faults: done() }),
    tasks: () => [],
    mms: () => [],
  };
}

test("whatever is run, both are, and where they part is narrowed down", () => {
  const [a, b] = [0, 0].map((tick): Counter => ({ tick, calls: [] }));
  assert.ok(a !== undefined && b !== undefined);
  const pair = new Pair(half(a, 1e9), half(b, 130));
  pair.runTicks(100);
  pair.look();
  assert.deepEqual([a.tick, b.tick, pair.equalUntil, pair.differsAt], [100, 100, 100, null]);
  pair.runTicks(100);
  pair.look();
  assert.deepEqual([a.tick, b.tick, pair.equalUntil, pair.differsAt], [200, 200, 100, 200]);
  assert.ok(pair.seekSome(120, 1000));
  pair.look();
  assert.deepEqual([a.tick, b.tick, pair.equalUntil, pair.differsAt], [120, 120, 120, 200]);
  pair.narrow(0);
  assert.deepEqual([a.tick, b.tick, pair.differsAt], [120, 120, 200]);
  pair.narrow(10_000);
  assert.deepEqual([a.tick, b.tick, pair.equalUntil, pair.differsAt], [120, 120, 129, 130]);
});

test("a run that is behind catches up without the other", () => {
  const [a, b] = [1000, 0].map((tick): Counter => ({ tick, calls: [] }));
  assert.ok(a !== undefined && b !== undefined);
  const pair = new Pair(half(a, 1e9), half(b, 1e9));
  assert.equal(pair.clock().tick, 0);
  assert.equal(pair.seekSome(1000, 600), false);
  assert.deepEqual([a.tick, b.tick, pair.isLevel], [1000, 600, false]);
  assert.equal(pair.seekSome(1000, 600), true);
  assert.ok(pair.isLevel);
});

test("two courses share one axis", () => {
  const axis = Float64Array.of(0, 1, 2, 3, 4);
  assert.deepEqual(onAxis(axis, Float64Array.of(0, 2, 3), [10, 20, 30]), [10, 10, 20, 30, null]);
  assert.deepEqual(shares(Float64Array.of(0, 3, 3), Float64Array.of(0, 1, 1)), [null, 75, null]);
});
