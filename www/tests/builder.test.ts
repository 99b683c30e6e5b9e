import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fieldText,
  freshName,
  pathOf,
  pathText,
  readTable,
  type Table,
  typedNumber,
  valueAt,
  withItem,
  withMoved,
  withValue,
} from "../builder/json.ts";
import {
  distancesOf,
  isSymmetric,
  nodeIdsOf,
  nodesBeyond,
  numactlText,
  numbersIn,
  summaryOf,
  withDistance,
  withMachineOf,
  withNewNode,
  withNodes,
  withoutNode,
} from "../builder/machine.ts";
import { MACHINES } from "../builder/machines.ts";
import { sectionOf } from "../builder/places.ts";
import { policyOf, policyParts, withMode } from "../builder/policy.ts";
import {
  copyOf,
  copyOfProcess,
  NEW_SCENARIO,
  placementOf,
  stepAs,
  stepKind,
} from "../builder/starting.ts";
import { withFlag } from "../forms/policy.ts";
import { bytesIn } from "../forms/size.ts";
import { describe, embedSnippet, fileName } from "../keeping/text.ts";

test("paths are named as the engine names them, and read back", () => {
  const path = ["processes", 0, "regions", 12, "size"] as const;
  assert.equal(pathText(path), "processes[0].regions[12].size");
  assert.deepEqual(pathOf("processes[0].regions[12].size"), path);
  assert.deepEqual(pathOf(""), []);
});

test("a change leaves everything else as it is, and the old draft too", () => {
  const draft: Table = { a: { b: [1, { c: 2 }] }, d: { kept: 1 } };
  const changed = withValue(draft, ["a", "b", 1, "c"], 3);
  assert.deepEqual(changed, { a: { b: [1, { c: 3 }] }, d: { kept: 1 } });
  assert.deepEqual(draft, { a: { b: [1, { c: 2 }] }, d: { kept: 1 } });
  assert.equal(changed.d, draft.d);
});

test("what is missing on the way is made, what is of the wrong kind is replaced", () => {
  assert.deepEqual(withValue({}, ["kernel", "scan_size_mb"], 64), { kernel: { scan_size_mb: 64 } });
  assert.deepEqual(withValue({ processes: 5 }, ["processes", 0, "name"], "a"), {
    processes: [{ name: "a" }],
  });
  assert.deepEqual(withValue({ a: { b: 1, c: 2 } }, ["a", "b"], undefined), { a: { c: 2 } });
  assert.deepEqual(withValue({ a: [1, 2, 3] }, ["a", 1], undefined), { a: [1, 3] });
});

test("names that objects inherit are names like any other", () => {
  const hostile = readTable('{"__proto__": {"polluted": 1}, "constructor": 2}');
  assert.ok(hostile !== null);
  const changed = withValue(hostile, ["toString"], "x");
  assert.equal(valueAt({}, ["polluted"]), undefined);
  assert.equal(valueAt({}, ["toString"]), undefined);
  assert.equal(valueAt(changed, ["toString"]), "x");
  assert.equal(Object.hasOwn(changed, "__proto__"), true);
});

test("items are put in, moved, and never out of the list", () => {
  const list: Table = { a: [1, 2, 3] };
  assert.deepEqual(withItem(list, ["a"], 1, 9), { a: [1, 9, 2, 3] });
  assert.deepEqual(withMoved(list, ["a"], 0, 2), { a: [2, 3, 1] });
  assert.equal(withMoved(list, ["a"], 0, 3), list);
  assert.equal(withMoved(list, ["a"], 0, -1), list);
});

test("numbers are numbers, everything else stays as it was typed", () => {
  assert.equal(typedNumber(" 64 "), 64);
  assert.equal(typedNumber("-5"), -5);
  assert.equal(typedNumber("0.5"), 0.5);
  assert.equal(typedNumber(""), undefined);
  for (const text of ["0.", "1e3", "x", "1,000", "9".repeat(20)])
    assert.equal(typedNumber(text), text);
});

test("only a table is a draft", () => {
  for (const text of ["", "{", "[]", "null", "7"]) assert.equal(readTable(text), null, text);
  assert.deepEqual(readTable('{"version": 1}'), { version: 1 });
});

test("fields show lists of numbers as the kernel does", () => {
  assert.equal(fieldText([0, 1, 8]), "0,1,8");
  assert.equal(fieldText("0-3"), "0-3");
  assert.equal(fieldText({ a: 1 }), '{"a":1}');
  assert.equal(fieldText(undefined), "");
});

test("names stay unique", () => {
  assert.equal(freshName("heap", []), "heap");
  assert.equal(freshName("heap", ["heap"]), "heap 2");
  assert.equal(freshName("heap 2", ["heap", "heap 2"]), "heap 3");
});

test("CPUs and sizes are read for the drawing; what cannot be read counts nothing", () => {
  assert.deepEqual(numbersIn("0-2,8"), [0, 1, 2, 8]);
  assert.deepEqual(numbersIn([3, 4]), [3, 4]);
  for (const bad of ["x", "3-1", "0-99999", "", 5, null]) assert.deepEqual(numbersIn(bad), []);
  assert.deepEqual(numbersIn("0-4000,".repeat(100_000)), []);
  assert.equal(bytesIn("64 MiB"), 64 * 2 ** 20);
  assert.equal(bytesIn("3 pages"), 12_288);
  assert.equal(bytesIn("1 page"), 4096);
  assert.equal(bytesIn(" 512KiB "), 524_288);
  assert.equal(bytesIn("512"), 512);
  assert.equal(bytesIn(4096), 4096);
  for (const bad of [
    "1 Gib",
    "1_024 KiB",
    "-1 B",
    "1.5 GiB",
    "1 constructor",
    "much",
    null,
    undefined,
  ])
    assert.equal(bytesIn(bad), 0);
});

test("a document without nodes has two, which can be written out", () => {
  assert.deepEqual(nodeIdsOf({}), [0, 1]);
  assert.equal(withNodes({}).machine !== undefined, true);
  assert.deepEqual(nodeIdsOf({ machine: { nodes: [{ id: 2 }, {}, { id: 9 }] } }), [2, 3, 9]);
  assert.deepEqual(distancesOf({}), [
    [10, 20],
    [20, 10],
  ]);
});

test("on another machine a draft keeps the clock and the costs of its own", () => {
  const machine = { hz: 100, uptime_ms: 5, costs: { mark_pte_ns: 9 }, nodes: [{ id: 3 }] };
  const other = { version: 1, machine: { nodes: [{ cpus: "0" }], distances: [[10]] } };
  const moved = withMachineOf({ version: 1, machine, processes: [null] }, other);
  assert.deepEqual(moved, {
    version: 1,
    machine: { ...machine, ...other.machine },
    processes: [null],
  });
  assert.deepEqual(withMachineOf({ machine: 7 }, other), { machine: other.machine });
});

test("distances grow and shrink with the nodes", () => {
  const three = withNewNode(NEW_SCENARIO);
  assert.deepEqual(distancesOf(three), [
    [10, 21, 20],
    [21, 10, 20],
    [20, 20, 10],
  ]);
  assert.deepEqual(numbersIn(valueAt(three, ["machine", "nodes", 2, "cpus"])), [4, 5]);
  assert.deepEqual(distancesOf(withoutNode(three, 0)), [
    [10, 20],
    [20, 10],
  ]);
});

test("of very many nodes only those of a machine are looked at, and no other is lost", () => {
  const nodes = Array.from({ length: 50_000 }, () => ({ cpus: "0", memory: "1 GiB" }));
  const crowd: Table = { machine: { nodes, distances: [[10, 20], "x"] } };
  assert.equal(nodeIdsOf(crowd).length, 64);
  assert.equal(nodesBeyond(crowd), 49_936);
  assert.equal(distancesOf(crowd).length, 64);
  assert.equal(summaryOf(crowd).nodes.length, 64);
  const written = withDistance(crowd, { from: 0, to: 1, isBoth: false }, 40);
  assert.deepEqual(valueAt(written, ["machine", "distances"]), [[10, 40], "x"]);
  const fewer = withoutNode(crowd, 0);
  assert.equal(nodesBeyond(fewer), 49_935);
  assert.deepEqual(valueAt(fewer, ["machine", "distances"]), ["x"]);
  assert.equal(nodesBeyond(withNewNode(crowd)), 49_937);
});

test("a distance is written both ways where both are to be one", () => {
  const both = withDistance(NEW_SCENARIO, { from: 0, to: 1, isBoth: true }, 32);
  assert.equal(valueAt(both, ["machine", "distances", 1, 0]), 32);
  const one = withDistance(both, { from: 0, to: 1, isBoth: false }, 40);
  assert.equal(valueAt(one, ["machine", "distances", 1, 0]), 32);
  assert.equal(isSymmetric(both), true);
  assert.equal(isSymmetric(one), false);
});

test("machines that are known are whole: distances for all nodes, no CPU twice", () => {
  for (const { id, nodes, distances } of MACHINES) {
    assert.equal(distances.length, nodes.length, id);
    for (const [at, row] of distances.entries()) {
      assert.equal(row.length, nodes.length, id);
      assert.equal(row[at], 10, id);
    }
    const cpus = nodes.flatMap((node) => numbersIn(node.cpus ?? ""));
    assert.equal(new Set(cpus).size, cpus.length, id);
    assert.match(numactlText(nodes, distances), /^available: \d nodes/);
  }
});

test("what there is of everything is counted", () => {
  const summary = summaryOf(NEW_SCENARIO);
  assert.deepEqual(
    summary.nodes.map(({ cpus }) => cpus),
    [2, 2],
  );
  assert.deepEqual([summary.processes, summary.threads, summary.regionBytes], [1, 1, 2 ** 26]);
  assert.equal(summaryOf({ processes: [{ threads: [{ count: 3 }, { count: "x" }] }] }).threads, 4);
});

test("policies are read and written as numa_maps shows them", () => {
  const parts = policyParts("bind=static|balancing:0-1");
  assert.deepEqual(parts, {
    mode: "bind",
    flags: ["static", "balancing"],
    nodes: "0-1",
    home: undefined,
  });
  assert.equal(policyOf(parts), "bind=static|balancing:0-1");
  const homed = { mode: "bind", flags: ["balancing"], nodes: "0-1", home_node: 0 };
  assert.deepEqual(policyOf(policyParts(homed)), homed);
  assert.equal(policyOf(policyParts(undefined)), undefined);
  assert.equal(policyOf(withFlag(parts, "static")), "bind=balancing:0-1");
});

test("another mode keeps what it takes and leaves out the rest", () => {
  const parts = policyParts("bind=static|balancing:1");
  assert.equal(policyOf(withMode(parts, "interleave", [0, 1])), "interleave=static:1");
  assert.equal(policyOf(withMode(parts, "local", [0, 1])), "local");
  assert.equal(policyOf(withMode(policyParts("default"), "bind", [2, 3])), "bind:2");
});

test("steps change their kind and keep what still holds", () => {
  const process = { regions: [{ name: "heap" }] };
  const step = { write: "heap", pattern: "random" };
  assert.deepEqual(stepAs("read", step, process), { read: "heap", pattern: "random" });
  const rare = { write: "heap", write_every: 4, passes: 2 };
  assert.deepEqual(stepAs("read", rare, process), { read: "heap", passes: 2 });
  assert.deepEqual(stepAs("write", rare, process), rare);
  assert.deepEqual(stepAs("loop", step, process), { loop: [step], times: 2 });
  assert.deepEqual(stepAs("write", { sleep_ms: 1 }, process), { write: "heap" });
  assert.equal(stepKind({ nothing: 1 }), null);
});

test("a copy has a name of its own and no number that must be unique", () => {
  const region = { name: "heap", size: "1 MiB", start: "0x10000" };
  assert.deepEqual(copyOf(region, [region]), { name: "heap 2", size: "1 MiB" });
  const thread = { tid: 7, start: "by_clone", program: [] };
  assert.deepEqual(copyOf(thread, [thread]), { program: [], start: "by_clone" });
});

test("a copy of a process has threads without ids, and only where there were threads", () => {
  const threads = [{ tid: 7, name: "worker" }, null, 3];
  assert.deepEqual(copyOfProcess({ name: "app", pid: 1, threads }, [{ name: "app" }]), {
    name: "app 2",
    threads: [{ name: "worker" }, null, 3],
  });
  assert.deepEqual(copyOfProcess({ name: "app" }, []), { name: "app" });
  assert.deepEqual(copyOfProcess({ threads: "x" }, []), { threads: "x" });
  assert.equal(copyOfProcess(null, []), null);
});

test("where pages begin is told, or left to the text", () => {
  assert.equal(placementOf({}), "touch");
  assert.equal(placementOf({ populate: [{ node: 1 }] }), 1);
  assert.equal(placementOf({ populate: [{ node: 1, first: 4 }] }), "own");
  assert.equal(placementOf({ populate: [null] }), "own");
});

test("fields are found in their sections", () => {
  assert.equal(sectionOf("machine.nodes[0].cpus"), "machine");
  assert.equal(sectionOf("processes[3]"), "processes");
  assert.equal(sectionOf("kernel.scan_size_mb"), "settings");
  assert.equal(sectionOf("actions[0].at_ms"), "text");
  assert.equal(sectionOf(""), "text");
});

test("files have names that every system takes", () => {
  assert.equal(
    fileName("A thread moves, its memory stays"),
    "A-thread-moves-its-memory-stays.json",
  );
  assert.equal(fileName("../../etc/passwd"), "etc-passwd.json");
  assert.equal(fileName("线程搬走了"), "线程搬走了.json");
  assert.equal(fileName(""), "hintfault-scenario.json");
});

test("a snippet carries the link, and nothing in it ends the attribute", () => {
  const snippet = embedSnippet("https://example.org/a/?x=1&y=2#aBC_-", 'a "title"');
  assert.match(
    snippet,
    /^<iframe src="https:\/\/example\.org\/a\/\?x=1&amp;y=2&amp;embed=1#aBC_-"/,
  );
  assert.match(snippet, /title="a &quot;title&quot;"/);
});

test("what was kept is described, or not offered", () => {
  assert.deepEqual(describe('{"d":{"title":{"en":"A"}},"t":3}'), {
    title: { en: "A", zh: "A" },
    tick: 3,
  });
  assert.deepEqual(describe('{"d":{}}'), { title: null, tick: 0 });
  for (const bad of ["", "{", "null", "7", '{"d":1}', '{"d":{},"t":"x"}'])
    assert.equal(describe(bad), null, bad);
});
