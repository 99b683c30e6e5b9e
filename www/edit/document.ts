/** Actions of a scenario's document. The document is JSON; what is not said here stays as it is. */

import type { Knob } from "../forms/knobs.ts";
import type { PolicyFlag } from "../forms/policy.ts";

export type MoveFlag = "strict" | "move" | "move_all";

export interface PolicyFields {
  readonly mode: string;
  readonly flags?: readonly PolicyFlag[];
  readonly nodes?: string;
  readonly home_node?: number;
}

/** Pages of a region; all of them, or from one on. */
export interface PageRange {
  readonly pid: number;
  readonly region: string;
  readonly first?: number;
  readonly pages?: number;
}

/** What is done; exactly one of these. */
export interface Operation {
  readonly sched_setaffinity?: { readonly tid: number; readonly cpus: ListText };
  readonly sysctl?: Partial<Readonly<Record<Knob, number>>>;
  readonly kill?: number;
  readonly stop?: number;
  readonly cont?: number;
  readonly sleep?: { readonly tid: number; readonly duration_ms: number };
  readonly fork?: string;
  readonly clone?: number;
  readonly exec?: { readonly tid: number; readonly process: string };
  readonly exit?: number;
  readonly hold_mm?: { readonly pid: number; readonly duration_ms: number };
  readonly set_mempolicy?: { readonly tid: number; readonly policy: PolicyFields | string };
  readonly mbind?: PageRange & {
    readonly policy: PolicyFields | string;
    readonly flags?: readonly MoveFlag[];
  };
  readonly set_mempolicy_home_node?: PageRange & { readonly node: number };
  readonly migrate_pages?: {
    readonly pid: number;
    readonly from: ListText;
    readonly to: ListText;
  };
  readonly move_pages?: PageRange & {
    readonly node: number;
    readonly flags?: readonly MoveFlag[];
  };
  readonly cpuset_mems?: { readonly pid: number; readonly mems?: ListText };
  readonly weighted_interleave?: readonly { readonly node: number; readonly weight: number }[];
}

/** "0-3,8" or the numbers themselves. */
export type ListText = string | readonly number[];

export interface TimedAction extends Operation {
  readonly at_ms?: number;
  readonly at_tick?: number;
}

interface DocumentNode {
  readonly id?: number;
  readonly interleave_weight?: number;
}

interface DocumentProcess {
  readonly name: string;
  readonly start?: string;
  readonly parent?: string;
  readonly mems?: ListText;
}

/** The parts of a document that editing looks at. */
export interface ScenarioDocument {
  readonly machine?: { readonly nodes?: readonly DocumentNode[]; readonly uptime_ms?: number };
  readonly kernel?: Partial<Readonly<Record<Knob, number>>>;
  readonly processes: readonly DocumentProcess[];
  readonly actions?: readonly TimedAction[];
}

/** A moment of the run. */
export interface Now {
  readonly tick: number;
  readonly nowMs: number;
  readonly tickMs: number;
}

/** Reads the canonical text of a document that runs, which is known to be good. */
export function readDocument(text: string): ScenarioDocument {
  return JSON.parse(text);
}

export function actionsOf(text: string): readonly TimedAction[] {
  return readDocument(text).actions ?? [];
}

/** Whether an action lies ahead of a moment. */
export function isAfter(action: TimedAction, now: Now): boolean {
  if (action.at_tick !== undefined) return action.at_tick > now.tick;
  return (action.at_ms ?? 0) > now.nowMs;
}

/** Time since the start of an action. Ticks are counted from boot, so the first may come early. */
export function timeOf(action: TimedAction, tickMs: number, uptimeMs = 60_000): number {
  const { at_tick: tick } = action;
  if (tick === undefined) return action.at_ms ?? 0;
  return Math.max(0, tick * tickMs - (uptimeMs % tickMs));
}

export interface Edited {
  readonly text: string;
  /** Actions that are no longer part of the run: they lay ahead of the edit. */
  readonly dropped: number;
}

/**
 * The document with something more done at a tick. What was done later in the run is left out, but
 * not what was planned from the start.
 */
export function withOperations(
  text: string,
  now: Now,
  tick: number,
  operations: readonly Operation[],
  planned: ReadonlySet<string>,
): Edited {
  const document = readDocument(text);
  const before = document.actions ?? [];
  const kept = before.filter(
    (action) => !isAfter(action, now) || planned.has(JSON.stringify(action)),
  );
  const added = operations.map((operation) => ({ at_tick: tick, ...operation }));
  const edited = { ...document, actions: [...kept, ...added] };
  return { text: JSON.stringify(edited), dropped: before.length - kept.length };
}

/** The document without one of its actions. */
export function withoutAction(text: string, index: number): string {
  const document = readDocument(text);
  const actions = (document.actions ?? []).filter((_, at) => at !== index);
  return JSON.stringify({ ...document, actions });
}

/** Every action as text, for telling what was planned. */
export function plannedIn(text: string): ReadonlySet<string> {
  return new Set(actionsOf(text).map((action) => JSON.stringify(action)));
}

/** How many actions were added to what was planned, or taken out of it. */
export function changesSince(planned: ReadonlySet<string>, text: string): number {
  const now = plannedIn(text);
  const added = [...now].filter((action) => !planned.has(action));
  const gone = [...planned].filter((action) => !now.has(action));
  return added.length + gone.length;
}
