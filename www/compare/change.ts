/**
 * What differs between the two scenarios that are compared: the second is made from the first by a
 * change. Documents are JSON; what is not said here stays as it is.
 */

import { bytesIn } from "../forms/size.ts";

export const KNOBS = [
  "scan_size_mb",
  "scan_delay_ms",
  "scan_period_min_ms",
  "scan_period_max_ms",
] as const;
export type Knob = (typeof KNOBS)[number];

/** As the kernel boots, and the most that the scenario's format takes. */
export const KNOB_LIMITS: Readonly<Record<Knob, { initial: number; min: number; max: number }>> = {
  scan_size_mb: { initial: 256, min: 1, max: 1_048_576 },
  scan_delay_ms: { initial: 1000, min: 0, max: 86_400_000 },
  scan_period_min_ms: { initial: 1000, min: 0, max: 86_400_000 },
  scan_period_max_ms: { initial: 60_000, min: 0, max: 86_400_000 },
};

export type Change =
  | { readonly kind: "balancing" }
  | { readonly kind: "knob"; readonly knob: Knob; readonly value: number }
  /** Of all threads, as `numa_maps` writes policies. */
  | { readonly kind: "policy"; readonly policy: string }
  /** Where all memory is at the start: on one node, or in equal parts on all. */
  | { readonly kind: "memory"; readonly node: number | "all" }
  /** Every thread may run everywhere. */
  | { readonly kind: "free" }
  /** The scenario as it was opened, before any edit. */
  | { readonly kind: "opened" }
  | { readonly kind: "document"; readonly text: string };

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

interface Populate {
  readonly node: number;
  readonly first?: number;
  readonly pages?: number;
}

interface Region {
  readonly name: string;
  readonly size: string | number;
  readonly populate?: readonly Populate[];
}

interface Thread {
  readonly affinity?: unknown;
  readonly policy?: unknown;
  readonly repeat?: string;
  readonly program?: readonly object[];
}

interface Process {
  readonly name: string;
  readonly policy?: unknown;
  readonly regions?: readonly Region[];
  readonly threads: readonly Thread[];
}

interface Action {
  readonly sysctl?: Readonly<Record<string, number>>;
  readonly set_mempolicy?: object;
  readonly sched_setaffinity?: object;
}

/** The parts of a document that comparing looks at. */
interface Compared {
  readonly machine?: {
    readonly nodes?: readonly { readonly id?: number; readonly memory?: unknown }[];
  };
  readonly kernel?: Readonly<Record<string, unknown>>;
  readonly processes: readonly Process[];
  readonly actions?: readonly Action[];
}

export function readCompared(text: string): Compared {
  return JSON.parse(text);
}

/** The nodes that have memory. */
export function memoryNodes({ machine }: Compared): readonly number[] {
  const nodes = machine?.nodes ?? [{ memory: "" }, { memory: "" }];
  let next = 0;
  return nodes.flatMap(({ id, memory }) => {
    const own = id ?? next;
    next = own + 1;
    return memory === undefined ? [] : [own];
  });
}

/** Whether balancing is on at the start. */
export function isBalancing(document: Compared): boolean {
  const said = document.kernel?.numa_balancing;
  const nodes = document.machine?.nodes?.length ?? 2;
  return said === undefined ? nodes > 1 : said !== 0;
}

/** Whether the work can come to an end: some thread does it once, exits or is ended. */
export function canEnd(text: string): boolean {
  return /"(repeat":"once|exit":|kill":)/.test(text.replace(/\s/g, ""));
}

/** The document with the change made in it. */
export function changed(change: Change, text: string, opened: string): string {
  if (change.kind === "document") return change.text;
  if (change.kind === "opened") return opened;
  return JSON.stringify(made(change, readCompared(text)));
}

type Small = Exclude<Change, { readonly kind: "document" | "opened" }>;

function made(change: Small, document: Compared): Compared {
  switch (change.kind) {
    case "balancing":
      return withKernel(document, "numa_balancing", isBalancing(document) ? 0 : 1);
    case "knob":
      return withKernel(document, change.knob, change.value);
    case "policy":
      return withPolicy(document, change.policy);
    case "memory":
      return withMemory(document, change.node);
    case "free":
      return withoutAffinity(document);
  }
}

/** A setting from the start on; what wrote another one during the run is left out. */
function withKernel(document: Compared, name: string, value: number): Compared {
  const kernel = { ...document.kernel, [name]: value };
  const actions = document.actions?.flatMap((action) => {
    if (action.sysctl?.[name] === undefined) return [action];
    const { [name]: _, ...others } = action.sysctl;
    return Object.keys(others).length === 0 ? [] : [{ ...action, sysctl: others }];
  });
  return withActions({ ...document, kernel }, actions);
}

function withActions(document: Compared, actions: readonly Action[] | undefined): Compared {
  return actions === undefined ? document : { ...document, actions };
}

function mapThreads(document: Compared, map: (thread: Thread) => Thread): readonly Process[] {
  return document.processes.map((process) => ({
    ...process,
    threads: process.threads.map(map),
  }));
}

function without<T extends object>(from: T, name: keyof T): T {
  const copy: Mutable<T> = { ...from };
  delete copy[name];
  return copy;
}

/** One policy for all threads, as if the programs had been started under numactl. */
function withPolicy(document: Compared, policy: string): Compared {
  const threads = mapThreads(document, (thread) => without(thread, "policy"));
  const processes = threads.map((process) => ({ ...process, policy }));
  const actions = document.actions?.filter(({ set_mempolicy: set }) => set === undefined);
  return withActions({ ...document, processes }, actions);
}

function withoutAffinity(document: Compared): Compared {
  const processes = mapThreads(document, (thread) => without(thread, "affinity"));
  const actions = document.actions?.filter(({ sched_setaffinity: set }) => set === undefined);
  return withActions({ ...document, processes }, actions);
}

function withMemory(document: Compared, node: number | "all"): Compared {
  const nodes = node === "all" ? memoryNodes(document) : [node];
  const processes = document.processes.map((process) => ({
    ...process,
    ...(process.regions === undefined
      ? {}
      : { regions: process.regions.map((region) => placed(region, nodes)) }),
  }));
  return { ...document, processes };
}

/** A region whose pages that are there from the start lie on these nodes, in equal parts. */
function placed(region: Region, nodes: readonly number[]): Region {
  if (region.populate === undefined) return region;
  return { ...region, populate: region.populate.flatMap((entry) => parts(entry, region, nodes)) };
}

function parts(entry: Populate, region: Region, nodes: readonly number[]): Populate[] {
  const only = nodes[0];
  if (nodes.length === 1 && only !== undefined) return [{ ...entry, node: only }];
  const start = entry.first ?? 0;
  const all = entry.pages ?? bytesIn(region.size) / PAGE_BYTES - start;
  const places = nodes.map((_, at) => start + Math.floor((all * at) / nodes.length));
  return nodes.flatMap((node, at) => {
    const first = places[at] ?? start;
    const pages = (places[at + 1] ?? start + all) - first;
    return pages > 0 ? [{ ...entry, node, first, pages }] : [];
  });
}

const PAGE_BYTES = 4096;

/** The change that made one document into another, as far as it is one of those offered. */
export function recognised(text: string, other: string): Change {
  const from = readCompared(text);
  const to = readCompared(other);
  const knobs = KNOBS.map(
    (knob): Change => ({ kind: "knob", knob, value: Number(to.kernel?.[knob]) }),
  );
  const policy = to.processes[0]?.policy;
  const candidates: Change[] = [
    { kind: "balancing" },
    ...knobs.filter((change) => change.kind === "knob" && Number.isSafeInteger(change.value)),
    ...(typeof policy === "string" ? [{ kind: "policy", policy } as const] : []),
    { kind: "free" },
    ...[...memoryNodes(from), "all" as const].map((node) => ({ kind: "memory", node }) as const),
  ];
  const found = candidates.find((change) => isSame(parse(changed(change, text, text)), to));
  return found ?? { kind: "document", text: other };
}

function parse(text: string): unknown {
  return JSON.parse(text);
}

/** Whether two values of JSON are the same, whatever the order of their fields. */
export function isSame(a: unknown, b: unknown): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
