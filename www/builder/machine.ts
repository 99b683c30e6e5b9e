/** Nodes, CPUs and distances of a draft, and what it all comes to. */

import { type Json, listAt, type Table, tableAt, valueAt, withValue } from "./json.ts";
import type { NodeSpec } from "./machines.ts";

/** What a document without nodes has. */
const DEFAULT_NODES: readonly Json[] = [
  { cpus: "0-1", memory: "16 GiB" },
  { cpus: "2-3", memory: "16 GiB" },
];
const LOCAL = 10;
const REMOTE = 20;
/** More than a machine can have; longer lists are not counted. */
const MAX_NUMBER = 4096;

const MIB = 2 ** 20;
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: MIB,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  pages: 4096,
};

export const NODES = ["machine", "nodes"] as const;
export const DISTANCES = ["machine", "distances"] as const;

/** "0-3,8", or the numbers themselves; what cannot be read is left out. */
export function numbersIn(value: Json | undefined): readonly number[] {
  if (Array.isArray(value)) return value.filter((item) => typeof item === "number");
  if (typeof value !== "string") return [];
  return value.split(",").flatMap((part) => {
    const ends = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part);
    if (ends === null) return [];
    const [first, last] = [Number(ends[1]), Number(ends[2] ?? ends[1])];
    if (last < first || last > MAX_NUMBER) return [];
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

/** "64 MiB", "16384 pages", or bytes; 0 for what cannot be read. */
export function bytesIn(value: Json | undefined): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return 0;
  const read = /^\s*(\d{1,15})\s*([A-Za-z]+)?\s*$/.exec(value);
  return Number(read?.[1] ?? 0) * (UNITS[read?.[2] ?? "B"] ?? 0);
}

export function nodesOf(doc: Table): readonly Json[] {
  return valueAt(doc, NODES) === undefined ? DEFAULT_NODES : listAt(doc, NODES);
}

/** The numbers of the nodes; each is one more than the one before unless it says otherwise. */
export function nodeIdsOf(doc: Table): readonly number[] {
  let next = 0;
  return nodesOf(doc).map((node) => {
    const id = valueAt(node, ["id"]);
    if (typeof id === "number") next = id;
    next += 1;
    return next - 1;
  });
}

/** The draft with its nodes written out, so that they can be edited one by one. */
export function withNodes(doc: Table): Table {
  return valueAt(doc, NODES) === undefined ? withValue(doc, NODES, DEFAULT_NODES) : doc;
}

/** A full table of distances, whatever of it stands in the draft. */
export function distancesOf(doc: Table): readonly (readonly Json[])[] {
  const count = nodesOf(doc).length;
  const row = (from: number): readonly Json[] =>
    Array.from({ length: count }, (_, to) => {
      return valueAt(doc, [...DISTANCES, from, to]) ?? (from === to ? LOCAL : REMOTE);
    });
  return Array.from({ length: count }, (_, from) => row(from));
}

export function isSymmetric(doc: Table): boolean {
  const rows = distancesOf(doc);
  return rows.every((row, from) => row.every((distance, to) => distance === rows[to]?.[from]));
}

export interface DistancePair {
  readonly from: number;
  readonly to: number;
  readonly isBoth: boolean;
}

/** With another distance, and the same the other way round where both are to be one. */
export function withDistance(
  doc: Table,
  { from, to, isBoth }: DistancePair,
  distance: Json,
): Table {
  const rows = distancesOf(doc).map((row, at) =>
    row.map((other, place) => {
      const isThis = at === from && place === to;
      const isMirror = isBoth && at === to && place === from;
      return isThis || isMirror ? distance : other;
    }),
  );
  return withValue(doc, DISTANCES, rows);
}

/** With one node more: as large as the last one, with the CPUs that follow. */
export function withNewNode(doc: Table): Table {
  const nodes = nodesOf(doc);
  const cpus = nodes.flatMap((node) => numbersIn(valueAt(node, ["cpus"])));
  const last = nodes.at(-1);
  const count = Math.max(1, numbersIn(valueAt(last, ["cpus"])).length);
  const first = Math.max(-1, ...cpus) + 1;
  const list = count === 1 ? `${first}` : `${first}-${first + count - 1}`;
  const memory = valueAt(last, ["memory"]) ?? "1 GiB";
  const grown = withValue(doc, NODES, [...nodes, { cpus: list, memory }]);
  const hasDistances = valueAt(doc, DISTANCES) !== undefined;
  return hasDistances ? withValue(grown, DISTANCES, distancesOf(grown)) : grown;
}

export function withoutNode(doc: Table, at: number): Table {
  const others = <Item>(list: readonly Item[]): Item[] => list.filter((_, index) => index !== at);
  const rows = others(distancesOf(doc)).map(others);
  const fewer = withValue(doc, NODES, others(nodesOf(doc)));
  return valueAt(doc, DISTANCES) === undefined ? fewer : withValue(fewer, DISTANCES, rows);
}

/** With the nodes of a machine that is known, and everything that concerns one node alone gone. */
export function withMachine(
  doc: Table,
  nodes: readonly NodeSpec[],
  distances: readonly (readonly number[])[],
): Table {
  const plain = nodes.map((node) => ({ ...node }) as Json);
  return withValue(withValue(doc, NODES, plain), DISTANCES, distances);
}

/** What `numactl --hardware` prints on a machine; the engine reads it. */
export function numactlText(
  nodes: readonly NodeSpec[],
  distances: readonly (readonly number[])[],
): string {
  const lines = nodes.flatMap(({ cpus, memory }, id) => {
    const megabytes = bytesIn(memory) / MIB;
    const list = numbersIn(cpus ?? "").join(" ");
    return [
      `node ${id} cpus: ${list}`,
      `node ${id} size: ${megabytes} MB`,
      `node ${id} free: ${megabytes} MB`,
    ];
  });
  const ids = nodes.map((_, id) => id);
  const rows = distances.map((row, id) => `${id}: ${row.join(" ")}`);
  const head = `available: ${nodes.length} nodes (0-${nodes.length - 1})`;
  return [head, ...lines, "node distances:", `node ${ids.join(" ")}`, ...rows].join("\n");
}

/** What of the draft is where, for the small drawing. */
export interface Summary {
  readonly nodes: readonly { readonly id: number; readonly cpus: number; readonly bytes: number }[];
  readonly processes: number;
  readonly threads: number;
  readonly regions: number;
  readonly regionBytes: number;
}

export function summaryOf(doc: Table): Summary {
  const ids = nodeIdsOf(doc);
  const processes = listAt(doc, ["processes"]);
  const regions = processes.flatMap((process) => listAt(process, ["regions"]));
  const threads = processes.flatMap((process) => listAt(process, ["threads"]));
  return {
    nodes: nodesOf(doc).map((node, at) => ({
      id: ids[at] ?? at,
      cpus: numbersIn(valueAt(node, ["cpus"])).length,
      bytes: bytesIn(valueAt(node, ["memory"])),
    })),
    processes: processes.length,
    threads: threads.reduce<number>((sum, thread) => sum + countOf(thread), 0),
    regions: regions.length,
    regionBytes: regions.reduce<number>(
      (sum, region) => sum + bytesIn(valueAt(region, ["size"])),
      0,
    ),
  };
}

function countOf(thread: Json): number {
  const { count } = tableAt(thread, []);
  return typeof count === "number" ? count : 1;
}
