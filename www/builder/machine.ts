/** Nodes, CPUs and distances of a draft, and what it all comes to. */

import { bytesIn } from "../forms/size.ts";
import { isList, type Json, listAt, type Table, tableAt, valueAt, withValue } from "./json.ts";
import type { NodeSpec } from "./machines.ts";

/** What a document without nodes has. */
const DEFAULT_NODES: readonly Json[] = [
  { cpus: "0-1", memory: "16 GiB" },
  { cpus: "2-3", memory: "16 GiB" },
];
const LOCAL = 10;
const REMOTE = 20;
/** As the format has it. A text may have more; they are neither drawn nor summed up. */
export const MAX_NODES = 64;
/** More than a machine can have; longer lists are not counted. */
const MAX_NUMBER = 4096;

export const NODES = ["machine", "nodes"] as const;
export const DISTANCES = ["machine", "distances"] as const;

/** "0-3,8", or the numbers themselves; what cannot be read is left out. */
export function numbersIn(value: Json | undefined): readonly number[] {
  if (Array.isArray(value))
    return value.slice(0, MAX_NUMBER).filter((item) => typeof item === "number");
  if (typeof value !== "string") return [];
  const numbers: number[] = [];
  for (const part of value.split(",", MAX_NUMBER)) {
    numbers.push(...rangeIn(part));
    if (numbers.length > MAX_NUMBER) return [];
  }
  return numbers;
}

function rangeIn(part: string): readonly number[] {
  const ends = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part);
  if (ends === null) return [];
  const [first, last] = [Number(ends[1]), Number(ends[2] ?? ends[1])];
  if (last < first || last > MAX_NUMBER) return [];
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

function allNodes(doc: Table): readonly Json[] {
  return valueAt(doc, NODES) === undefined ? DEFAULT_NODES : listAt(doc, NODES);
}

/** The nodes that a machine can have. */
export function nodesOf(doc: Table): readonly Json[] {
  return allNodes(doc).slice(0, MAX_NODES);
}

/** How many nodes there are beyond those. */
export function nodesBeyond(doc: Table): number {
  return Math.max(0, allNodes(doc).length - MAX_NODES);
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
  // A table that is not shown whole is not written out: that would cut off the rest.
  const filled = nodesBeyond(doc) > 0 ? doc : withValue(doc, DISTANCES, distancesOf(doc));
  const there = withValue(filled, [...DISTANCES, from, to], distance);
  return isBoth ? withValue(there, [...DISTANCES, to, from], distance) : there;
}

/** With one node more: as large as the last one, with the CPUs that follow. */
export function withNewNode(doc: Table): Table {
  const nodes = allNodes(doc);
  const taken = nodesOf(doc).flatMap((node) => numbersIn(valueAt(node, ["cpus"])));
  const last = nodes.at(-1);
  const count = Math.max(1, numbersIn(valueAt(last, ["cpus"])).length);
  const first = taken.reduce((highest, cpu) => Math.max(highest, cpu), -1) + 1;
  const list = count === 1 ? `${first}` : `${first}-${first + count - 1}`;
  const memory = valueAt(last, ["memory"]) ?? "1 GiB";
  const grown = withValue(doc, NODES, [...nodes, { cpus: list, memory }]);
  const hasDistances = valueAt(doc, DISTANCES) !== undefined;
  return hasDistances ? withValue(grown, DISTANCES, distancesOf(grown)) : grown;
}

export function withoutNode(doc: Table, at: number): Table {
  const others = <Item>(list: readonly Item[]): Item[] => list.filter((_, index) => index !== at);
  const fewer = withValue(doc, NODES, others(allNodes(doc)));
  if (valueAt(doc, DISTANCES) === undefined) return fewer;
  const rows = others(listAt(doc, DISTANCES)).map((row) => (isList(row) ? others(row) : row));
  return withValue(fewer, DISTANCES, rows);
}

/** With the nodes and distances of a machine that is known. */
export function withMachine(
  doc: Table,
  nodes: readonly NodeSpec[],
  distances: readonly (readonly number[])[],
): Table {
  const plain = nodes.map((node) => ({ ...node }) as Json);
  return withValue(withValue(doc, NODES, plain), DISTANCES, distances);
}

/** With what the machine of another draft says; what only this one says of its machine stays. */
export function withMachineOf(doc: Table, other: Table): Table {
  const machine = { ...tableAt(doc, ["machine"]), ...tableAt(other, ["machine"]) };
  return withValue(doc, ["machine"], machine);
}

/** What `numactl --hardware` prints on a machine; the engine reads it. */
export function numactlText(
  nodes: readonly NodeSpec[],
  distances: readonly (readonly number[])[],
): string {
  const lines = nodes.flatMap(({ cpus, memory }, id) => {
    const megabytes = bytesIn(memory) / 2 ** 20;
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
interface Summary {
  readonly nodes: readonly { readonly id: number; readonly cpus: number; readonly bytes: number }[];
  readonly processes: number;
  readonly threads: number;
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
    regionBytes: regions.reduce<number>(
      (sum, region) => sum + bytesIn(valueAt(region, ["size"])),
      0,
    ),
  };
}

function countOf(thread: Json): number {
  const count = valueAt(thread, ["count"]);
  return typeof count === "number" ? count : 1;
}
