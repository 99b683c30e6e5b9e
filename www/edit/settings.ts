/** The kernel's settings under their names: what they may be, and what they are at a moment. */

import { formatList } from "../format.ts";
import type { Key } from "../i18n/index.ts";
import { isAfter, type Knob, type ListText, type Now, type ScenarioDocument } from "./document.ts";

export interface KnobInfo {
  readonly knob: Knob;
  /** As one finds it on a running system. */
  readonly path: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  readonly words: Key;
}

const DAY_MS = 86_400_000;
const DEBUGFS = "/sys/kernel/debug/sched/numa_balancing";

export const KNOBS: readonly KnobInfo[] = [
  {
    ...{ knob: "numa_balancing", path: "/proc/sys/kernel/numa_balancing", unit: "" },
    ...{ min: 0, max: 1, initial: 1, words: "edit.knobBalancing" },
  },
  {
    ...{ knob: "scan_delay_ms", path: `${DEBUGFS}/scan_delay_ms`, unit: "ms" },
    ...{ min: 0, max: DAY_MS, initial: 1000, words: "edit.knobDelay" },
  },
  {
    ...{ knob: "scan_period_min_ms", path: `${DEBUGFS}/scan_period_min_ms`, unit: "ms" },
    ...{ min: 0, max: DAY_MS, initial: 1000, words: "edit.knobPeriodMin" },
  },
  {
    ...{ knob: "scan_period_max_ms", path: `${DEBUGFS}/scan_period_max_ms`, unit: "ms" },
    ...{ min: 0, max: DAY_MS, initial: 60_000, words: "edit.knobPeriodMax" },
  },
  {
    ...{ knob: "scan_size_mb", path: `${DEBUGFS}/scan_size_mb`, unit: "MB" },
    ...{ min: 1, max: 1_048_576, initial: 256, words: "edit.knobSize" },
  },
];

export type Settings = Readonly<Record<Knob, number>>;

/** The settings in force: as the kernel boots, as the document says, and as written since. */
export function settingsAt(document: ScenarioDocument, now: Now, nodes: number): Settings {
  const boot = Object.fromEntries(KNOBS.map(({ knob, initial }) => [knob, initial])) as Settings;
  const settings = { ...boot, numa_balancing: nodes > 1 ? 1 : 0, ...document.kernel };
  for (const action of document.actions ?? []) {
    if (!isAfter(action, now)) Object.assign(settings, action.sysctl);
  }
  return settings;
}

/** Weights of weighted interleaving in force, by node. */
export function weightsAt(
  document: ScenarioDocument,
  now: Now,
  nodes: readonly number[],
): ReadonlyMap<number, number> {
  const listed = document.machine?.nodes ?? [];
  const weights = new Map(nodes.map((node) => [node, 1]));
  listed.forEach((node, at) => {
    weights.set(node.id ?? nodes[at] ?? at, node.interleave_weight ?? 1);
  });
  for (const action of document.actions ?? []) {
    if (isAfter(action, now)) continue;
    for (const { node, weight } of action.weighted_interleave ?? [])
      weights.set(node, Math.max(1, weight));
  }
  return weights;
}

/** `cpuset.mems` of a process in force; all nodes where nothing was written. */
export function memsAt(document: ScenarioDocument, now: Now, pid: number, process: number): string {
  const start = listText(document.processes[process]?.mems);
  return (document.actions ?? [])
    .filter((action) => !isAfter(action, now) && action.cpuset_mems?.pid === pid)
    .reduce((_, { cpuset_mems: mems }) => listText(mems?.mems), start);
}

/** A list as text, however the document has it. */
export function listText(list: ListText | undefined): string {
  if (list === undefined) return "";
  return typeof list === "string" ? list : formatList([...list]);
}
