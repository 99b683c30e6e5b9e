/** Actions of the scenario in words. */

import { formatCount, formatMs } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import type { Snapshot } from "../store.ts";
import type { Operation, PageRange, PolicyFields } from "./document.ts";
import { listText } from "./settings.ts";

/** What the parts of a machine are called. */
export interface Names {
  task(tid: number): string;
  process(pid: number): string;
}

export function namesOf(snapshot: Snapshot): Names {
  return {
    task: (tid) => snapshot.tasks.find((task) => task.tid === tid)?.name ?? `${tid}`,
    process: (pid) => snapshot.mms.find((mm) => mm.pid === pid)?.name ?? `${pid}`,
  };
}

/** A policy as `numa_maps` prints it, and its home node. */
export function policyWords(policy: PolicyFields | string, t: Translate): string {
  if (typeof policy === "string") return policy;
  const { mode, flags = [], nodes = "", home_node } = policy;
  const text = `${mode}${flags.length > 0 ? `=${flags.join("|")}` : ""}${nodes === "" ? "" : `:${nodes}`}`;
  return home_node === undefined ? text : `${text}, ${t("edit.homeIs", { node: home_node })}`;
}

function rangeWords({ region, first, pages }: PageRange, t: Translate): string {
  if (first === undefined && pages === undefined) return region;
  const from = first ?? 0;
  if (pages === undefined) return t("edit.pagesFrom", { region, first: formatCount(from) });
  if (pages === 1) return t("edit.pageOf", { region, page: formatCount(from) });
  return t("edit.pagesOf", {
    region,
    first: formatCount(from),
    last: formatCount(from + pages - 1),
  });
}

/** One sentence for what is done. */
export function operationWords(operation: Operation, names: Names, t: Translate): string {
  return (
    memoryWords(operation, names, t) ??
    taskWords(operation, names, t) ??
    signalWords(operation, names, t) ??
    processWords(operation, names, t)
  );
}

function memoryWords(operation: Operation, names: Names, t: Translate): string | null {
  const { set_mempolicy: task, mbind, set_mempolicy_home_node: home, move_pages: move } = operation;
  if (task !== undefined)
    return t("edit.didSetPolicy", {
      task: names.task(task.tid),
      policy: policyWords(task.policy, t),
    });
  if (mbind !== undefined) {
    const policy = [policyWords(mbind.policy, t), ...(mbind.flags ?? [])].join(", ");
    return t("edit.didMbind", { range: rangeWords(mbind, t), policy });
  }
  if (home !== undefined) return t("edit.didHome", { range: rangeWords(home, t), node: home.node });
  if (move !== undefined) return t("edit.didMove", { range: rangeWords(move, t), node: move.node });
  return null;
}

function taskWords(operation: Operation, names: Names, t: Translate): string | null {
  const { sched_setaffinity: affinity, sleep, exit, clone, exec } = operation;
  if (affinity !== undefined)
    return t("edit.didAffinity", {
      task: names.task(affinity.tid),
      cpus: listText(affinity.cpus),
    });
  if (sleep !== undefined)
    return t("edit.didSleep", {
      task: names.task(sleep.tid),
      time: formatMs(sleep.duration_ms),
    });
  if (exit !== undefined) return t("edit.didExit", { task: names.task(exit) });
  if (clone !== undefined) return t("edit.didClone", { task: names.task(clone) });
  if (exec !== undefined)
    return t("edit.didExec", { task: names.task(exec.tid), process: exec.process });
  return null;
}

function signalWords({ kill, stop, cont }: Operation, names: Names, t: Translate): string | null {
  if (kill !== undefined) return t("edit.didKill", { process: names.process(kill) });
  if (stop !== undefined) return t("edit.didStop", { process: names.process(stop) });
  if (cont !== undefined) return t("edit.didCont", { process: names.process(cont) });
  return null;
}

function processWords(operation: Operation, names: Names, t: Translate): string {
  const { fork, hold_mm: hold, migrate_pages: migrate, cpuset_mems: mems } = operation;
  if (fork !== undefined) return t("edit.didFork", { process: fork });
  if (hold !== undefined)
    return t("edit.didHold", {
      process: names.process(hold.pid),
      time: formatMs(hold.duration_ms),
    });
  if (migrate !== undefined)
    return t("edit.didMigrate", {
      process: names.process(migrate.pid),
      from: listText(migrate.from),
      to: listText(migrate.to),
    });
  if (mems !== undefined)
    return t("edit.didMems", {
      process: names.process(mems.pid),
      mems: listText(mems.mems) || t("edit.allNodes"),
    });
  return settingsWords(operation, t);
}

function settingsWords(operation: Operation, t: Translate): string {
  const { sysctl, weighted_interleave: weights } = operation;
  if (weights !== undefined) {
    const list = weights.map(({ node, weight }) => `N${node}=${weight}`).join(" ");
    return t("edit.didWeights", { list });
  }
  const entries = Object.entries(sysctl ?? {});
  return entries.map(([knob, value]) => `${knob} = ${value}`).join(", ");
}
