import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FRESH_DRAFT,
  operationsOf,
  type PolicyDraft,
  policyText,
  problemsOf,
  type Scope,
  withNode,
} from "../edit/draft.ts";
import { draftFrom } from "../edit/start.ts";
import { operationWords, policyWords } from "../edit/words.ts";
import { MODES, withFlag } from "../forms/policy.ts";
import en from "../i18n/en.json" with { type: "json" };
import { addCatalogue, translator } from "../i18n/index.ts";

const NODES = [0, 1, 2];
const HEAP: Scope = {
  ...{ kind: "pages", pid: 1000, region: "heap", offset: 0, pages: 64, isWhole: true },
};
const draft = (patch: Partial<PolicyDraft>): PolicyDraft => ({ ...FRESH_DRAFT, ...patch });

test("a draft reads as numa_maps prints policies, and is read back from that", () => {
  const printed = [
    "default",
    "local",
    "prefer:1",
    "prefer (many):0,2",
    "bind:0-1",
    "bind=static|balancing:0,2",
    "interleave=relative:0-2",
    "weighted interleave:0-1",
  ];
  for (const text of printed) assert.equal(policyText(draftFrom(text), NODES), text);
  assert.deepEqual(new Set(printed.map((text) => draftFrom(text).mode)), new Set(MODES));
});

test("what cannot be read is the default policy", () => {
  assert.equal(policyText(draftFrom("no such thing:1"), NODES), "default");
  assert.equal(policyText(draftFrom(""), NODES), "default");
});

test("check boxes and the list are the same nodes", () => {
  const one = withNode(draft({ mode: "bind", nodesText: "" }), 2, NODES);
  assert.equal(one.nodesText, "2");
  assert.equal(withNode(one, 1, NODES).nodesText, "1-2");
  assert.equal(withNode(withNode(one, 1, NODES), 2, NODES).nodesText, "1");
  // Of preferred nodes there is one.
  assert.equal(withNode(draft({ mode: "prefer", nodesText: "0" }), 2, NODES).nodesText, "2");
});

test("flags come and go, and only those of the mode count", () => {
  const flagged = withFlag(draft({ mode: "bind", nodesText: "1" }), "balancing");
  assert.equal(policyText(flagged, NODES), "bind=balancing:1");
  assert.equal(policyText(withFlag(flagged, "balancing"), NODES), "bind:1");
  assert.equal(policyText({ ...flagged, mode: "local" }, NODES), "local");
});

test("what was typed is checked where it stands", () => {
  const fields = (patch: Partial<PolicyDraft>) =>
    problemsOf(draft(patch), NODES, 64).map(({ field }) => field);
  assert.deepEqual(fields({ nodesText: "1" }), []);
  assert.deepEqual(fields({ nodesText: "7" }), ["nodes"]);
  assert.deepEqual(fields({ mode: "local", nodesText: "7" }), []);
  assert.deepEqual(fields({ nodesText: "1", part: true, first: "3", last: "2" }), ["range"]);
  assert.deepEqual(fields({ nodesText: "1", part: true, first: "0", last: "64" }), ["range"]);
  assert.deepEqual(fields({ nodesText: "1", part: true, first: "63", last: "63" }), []);
  const weighted = { mode: "weighted interleave", nodesText: "0-1" } as const;
  assert.deepEqual(fields({ ...weighted, weights: { 0: "256" } }), ["weights"]);
  assert.deepEqual(fields({ ...weighted, weights: { 0: "255" } }), []);
});

test("pages of a mapping are bound by mbind, all of them without numbers", () => {
  const bound = operationsOf(draft({ mode: "bind", nodesText: "1" }), HEAP, NODES);
  assert.deepEqual(bound, [
    { mbind: { pid: 1000, region: "heap", policy: "bind:1", flags: ["move"] } },
  ]);
});

test("a part is counted from the start of its region", () => {
  const part = draft({ mode: "default", part: true, first: "2", last: "5", move: "" });
  const split: Scope = { ...HEAP, offset: 10, isWhole: false } as Scope;
  const range = { pid: 1000, region: "heap", first: 12, pages: 4 };
  assert.deepEqual(operationsOf(part, split, NODES), [{ mbind: { ...range, policy: "default" } }]);
  const whole = { pid: 1000, region: "heap", first: 10, pages: 64 };
  const all = operationsOf({ ...part, part: false }, split, NODES);
  assert.deepEqual(all, [{ mbind: { ...whole, policy: "default" } }]);
});

test("flags, home node and weights go with the call that takes them", () => {
  const bind = draft({ mode: "bind", nodesText: "0-1", flags: ["static"], home: 2, strict: true });
  const policy = { mode: "bind", flags: ["static"], nodes: "0-1" };
  assert.deepEqual(operationsOf(bind, HEAP, NODES), [
    { mbind: { pid: 1000, region: "heap", policy, flags: ["strict", "move"] } },
    { set_mempolicy_home_node: { pid: 1000, region: "heap", node: 2 } },
  ]);
  const weighted = draft({
    ...{ mode: "weighted interleave", nodesText: "0-1", weights: { 0: "3" } },
    home: 1,
  });
  assert.deepEqual(operationsOf(weighted, { kind: "threads", tids: [7, 8], mappings: [] }, NODES), [
    { weighted_interleave: [{ node: 0, weight: 3 }] },
    { set_mempolicy: { tid: 7, policy: "weighted interleave:0-1" } },
    { set_mempolicy: { tid: 8, policy: "weighted interleave:0-1" } },
  ]);
});

test("a whole process is its threads, and its mappings if that is wanted", () => {
  const mappings = [
    { pid: 1, region: "a" },
    { pid: 1, region: "b" },
  ];
  const process: Scope = { kind: "threads", tids: [7], mappings };
  const bind = draft({ mode: "bind", nodesText: "1" });
  const threads = { set_mempolicy: { tid: 7, policy: "bind:1" } };
  assert.deepEqual(operationsOf(bind, process, NODES), [threads]);
  const both = operationsOf({ ...bind, mappings: true }, process, NODES);
  const mbind = { policy: "bind:1", flags: ["move"] };
  assert.deepEqual(both, [
    threads,
    ...mappings.map((range) => ({ mbind: { ...range, ...mbind } })),
  ]);
});

test("every kind of action has its words", () => {
  addCatalogue("en", en);
  const t = translator("en");
  const names = { task: (tid: number) => `t${tid}`, process: (pid: number) => `p${pid}` };
  const range = { pid: 1, region: "heap", first: 4, pages: 2 };
  const said: readonly [object, RegExp][] = [
    [{ sched_setaffinity: { tid: 1, cpus: [0, 1] } }, /t1.*0-1/],
    [{ sysctl: { scan_size_mb: 64, numa_balancing: 0 } }, /scan_size_mb = 64, numa_balancing = 0/],
    [{ kill: 2 }, /p2/],
    [{ stop: 2 }, /p2 is stopped/],
    [{ cont: 2 }, /p2 goes on/],
    [{ sleep: { tid: 5, duration_ms: 40 } }, /t5.*40 ms/],
    [{ fork: "child" }, /child/],
    [{ clone: 3 }, /t3/],
    [{ exec: { tid: 3, process: "image" } }, /t3.*image/],
    [{ exit: 4 }, /t4/],
    [{ hold_mm: { pid: 2, duration_ms: 1500 } }, /p2.*1,500 ms/],
    [{ set_mempolicy: { tid: 1, policy: { mode: "bind", nodes: "1" } } }, /t1.*bind:1/],
    [{ mbind: { ...range, policy: "bind:1", flags: ["move"] } }, /heap.*4 to 5.*bind:1, move/],
    [{ mbind: { pid: 1, region: "heap", first: 4, policy: "local" } }, /from page 4 on: local/],
    [{ set_mempolicy_home_node: { ...range, pages: 1, node: 2 } }, /heap, page 4.*2/],
    [{ migrate_pages: { pid: 2, from: "0", to: [1, 2] } }, /p2.*0.*1-2/],
    [{ move_pages: { ...range, node: 1 } }, /heap.*node 1/],
    [{ cpuset_mems: { pid: 2 } }, /p2.*all nodes/],
    [{ weighted_interleave: [{ node: 0, weight: 3 }] }, /N0=3/],
  ];
  for (const [operation, words] of said) {
    assert.match(operationWords(operation, names, t), words);
  }
  assert.match(policyWords({ mode: "bind", nodes: "0", home_node: 1 }, t), /bind:0, home node 1/);
});
