/** The kernel's settings as they are at a moment. */

import { formatList } from "../format.ts";
import { KNOBS, type Knob } from "../forms/knobs.ts";
import { isAfter, type ListText, type Now, type ScenarioDocument } from "./document.ts";

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
