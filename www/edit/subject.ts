/** What is being changed, found out from the selection. */

import type { App } from "../app.ts";
import type { Mm, PageRef, Task, Vma } from "../engine.ts";
import { nodeIds, type State, shownMm } from "../store.ts";
import type { Scope } from "./draft.ts";
import type { Subject } from "./state.ts";

const PAGE_BYTES = 4096n;

/** Pages between two addresses. */
function pagesBetween(from: string, to: string): number {
  return Number((BigInt(to) - BigInt(from)) / PAGE_BYTES);
}

/** A VMA that is selected, and the page of it if one is. */
export interface MemoryTarget {
  readonly mm: Mm;
  readonly vma: Vma;
  readonly page: number | null;
}

/** The memory that is selected, by itself or by way of an event. */
export function memoryTarget(state: State): MemoryTarget | null {
  const ref = selectedPlace(state);
  const mm = state.snapshot?.mms.find((mm) => mm.process === ref?.process);
  const vma = mm?.vmas.find((vma) => vma.index === ref?.vma);
  if (ref === null || mm === undefined || vma === undefined) return null;
  return { mm, vma, page: ref.page };
}

function selectedPlace(state: State): (Omit<PageRef, "page"> & { page: number | null }) | null {
  const { selection, snapshot } = state;
  switch (selection?.kind) {
    case "page":
      return selection;
    case "vma":
      return { ...selection, page: null };
    case "event": {
      const line = snapshot?.log.find(({ seq }) => seq === selection.seq);
      return line?.page ?? null;
    }
    default:
      return null;
  }
}

/** The thread that is selected; with none, the only one there is. */
export function taskTarget({ selection, snapshot }: State): Task | null {
  const tasks = snapshot?.tasks ?? [];
  if (selection?.kind === "task") return tasks.find((task) => task.tid === selection.tid) ?? null;
  return tasks.length === 1 ? (tasks[0] ?? null) : null;
}

/** The process of what is selected, else the one that is shown. */
export function processTarget(state: State): Mm | null {
  const task = taskTarget(state);
  const mm = state.snapshot?.mms.find((mm) => mm.process === task?.process);
  return memoryTarget(state)?.mm ?? mm ?? shownMm(state);
}

/** Where a region begins: it may have been split into several VMAs. */
function regionStart({ mm, vma }: MemoryTarget): { start: string; isWhole: boolean } {
  const parts = mm.vmas.filter(({ name }) => name === vma.name);
  const starts = parts.map(({ start }) => start);
  const start = starts.reduce((a, b) => (BigInt(b) < BigInt(a) ? b : a), vma.start);
  return { start, isWhole: parts.length === 1 };
}

export function pagesScope(target: MemoryTarget): Scope & { kind: "pages" } {
  const { mm, vma } = target;
  const { start, isWhole } = regionStart(target);
  const offset = pagesBetween(start, vma.start);
  return { kind: "pages", pid: mm.pid, region: vma.name, offset, pages: vma.pages, isWhole };
}

/** Threads of a process that live, or will. */
export function livingThreads(state: State, process: number): readonly Task[] {
  const tasks = state.snapshot?.tasks ?? [];
  return tasks.filter((task) => task.process === process && task.state !== "X");
}

/** What a selection is most likely to be changed by. */
export function subjectOf({ store }: App): Subject {
  const { selection } = store.state;
  if (selection?.kind === "task") return "task";
  return memoryTarget(store.state) === null ? "machine" : "memory";
}

/** All nodes, also those without memory. */
export function allNodes({ snapshot }: State): readonly number[] {
  return snapshot === null ? [] : nodeIds(snapshot.machine);
}

/** Nodes that a policy may name: those with memory. */
export function memoryNodes({ snapshot }: State): readonly number[] {
  const nodes = snapshot?.machine.nodes ?? [];
  return nodes.filter((node) => node.memoryPages > 0).map((node) => node.id);
}
