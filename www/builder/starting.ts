/** What a new scenario, and new parts of one, begin with. */

import {
  freshName,
  isList,
  isTable,
  type Json,
  listAt,
  type Table,
  tableAt,
  valueAt,
  withValue,
} from "./json.ts";

/** A thread far from its memory: small, and something happens in it. */
export const NEW_SCENARIO: Table = {
  version: 1,
  title: { en: "My scenario", zh: "我的场景" },
  machine: {
    nodes: [
      { cpus: "0-1", memory: "1 GiB" },
      { cpus: "2-3", memory: "1 GiB" },
    ],
    distances: [
      [10, 21],
      [21, 10],
    ],
  },
  processes: [
    {
      name: "app",
      start: "forked",
      regions: [{ name: "heap", size: "64 MiB", populate: [{ node: 0 }] }],
      threads: [{ name: "worker", affinity: "2", program: [{ write: "heap" }] }],
    },
  ],
};

export function namesIn(list: readonly Json[]): readonly string[] {
  return list.flatMap((item) => {
    const name = valueAt(item, ["name"]);
    return typeof name === "string" ? [name] : [];
  });
}

export function newProcess(doc: Table): Json {
  const name = freshName("app", namesIn(listAt(doc, ["processes"])));
  return {
    name,
    regions: [{ name: "heap", size: "16 MiB" }],
    threads: [{ name: "worker", program: [{ write: "heap" }] }],
  };
}

export function newRegion(regions: readonly Json[]): Json {
  return { name: freshName("region", namesIn(regions)), size: "16 MiB" };
}

export function newThread(process: Json): Json {
  const threads = listAt(process, ["threads"]);
  return { name: freshName("worker", namesIn(threads)), program: [newStep(process)] };
}

/** A step that does something with what there is. */
export function newStep(process: Json): Json {
  const region = namesIn(listAt(process, ["regions"]))[0];
  return region === undefined ? { compute_ms: 1 } : { write: region };
}

/** The same once more, under a name of its own and without numbers that must be unique. */
export function copyOf(item: Json, others: readonly Json[]): Json {
  if (!isTable(item)) return item;
  const { pid: _pid, tid: _tid, start, ...rest } = item;
  const name = typeof rest.name === "string" ? { name: freshName(rest.name, namesIn(others)) } : {};
  // A region's first address is its own; how a process or thread starts is not.
  const isAddress = typeof start === "string" && start.startsWith("0x");
  return { ...rest, ...name, ...(start === undefined || isAddress ? {} : { start }) };
}

/** Thread ids are unique on the machine. */
export function copyOfProcess(process: Json, others: readonly Json[]): Json {
  const copy = copyOf(process, others);
  if (!isTable(copy) || !isList(copy.threads)) return copy;
  const threads = copy.threads.map((thread) =>
    isTable(thread) ? withValue(thread, ["tid"], undefined) : thread,
  );
  return { ...copy, threads };
}

const ACCESSES = ["write", "read"] as const;
export const STEP_KINDS = [
  ...ACCESSES,
  "compute_ms",
  "sleep_ms",
  "loop",
  "barrier",
  "exit",
  "clone",
  "fork",
  "exec",
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** Which step this is; null for what none of them is. */
export function stepKind(step: Json | undefined): StepKind | null {
  return STEP_KINDS.find((kind) => valueAt(step, [kind]) !== undefined) ?? null;
}

/** A step of another kind; between reading and writing everything stays that both have. */
export function stepAs(kind: StepKind, step: Json, process: Json): Json {
  const before = stepKind(step);
  if (before !== null && isAccess(before) && isAccess(kind)) {
    const { [before]: region, ...rest } = step as Table;
    // A step that only reads has no writes to count.
    const kept = kind === "write" ? rest : withValue(rest, ["write_every"], undefined);
    return { [kind]: region ?? "", ...kept };
  }
  return FRESH_STEPS[kind](process, step);
}

export function isAccess(kind: StepKind): boolean {
  return kind === "read" || kind === "write";
}

const regionName = (process: Json): string => namesIn(listAt(process, ["regions"]))[0] ?? "";

const FRESH_STEPS: Readonly<Record<StepKind, (process: Json, step: Json) => Json>> = {
  write: (process) => ({ write: regionName(process) }),
  read: (process) => ({ read: regionName(process) }),
  compute_ms: () => ({ compute_ms: 1 }),
  sleep_ms: () => ({ sleep_ms: 1 }),
  loop: (_process, step) => ({ loop: [step], times: 2 }),
  barrier: () => ({ barrier: "all" }),
  exit: () => ({ exit: "thread" }),
  clone: () => ({ clone: "" }),
  fork: () => ({ fork: "" }),
  exec: () => ({ exec: "" }),
};

/** Where a region's pages are at first: nowhere yet, all on a node, or as only the text can say. */
type Placement = "touch" | "own" | number;

export function placementOf(region: Json): Placement {
  const entries = listAt(region, ["populate"]);
  if (entries.length === 0) return "touch";
  const [only] = entries;
  const node = valueAt(only, ["node"]);
  const isWhole = entries.length === 1 && Object.keys(tableAt(only, [])).length === 1;
  return isWhole && typeof node === "number" ? node : "own";
}
