/** Finds what a few typed characters may mean: an address, a task, a VMA, an event, a page number. */

import type { Mm, Task, Vma } from "./engine.ts";
import type { Selection } from "./selection.ts";
import type { Snapshot } from "./store.ts";

export interface Match {
  readonly selection: Selection;
  /** What it is called. */
  readonly name: string;
  /** What tells it from others of that name. */
  readonly detail: string;
}

/** Matches that are listed. */
const MAX_MATCHES = 8;
const PAGE_SHIFT = 12n;
const ADDRESS = /^0x[0-9a-f]{1,16}$/;
const NUMBER = /^\d{1,10}$/;
const EVENT = /^#(\d{1,15})$/;

/** All that `text` may mean, the likeliest first; nothing for an empty text. */
export function findMatches(text: string, snapshot: Snapshot, shown: Mm | null): readonly Match[] {
  const query = text.trim().toLowerCase();
  if (query === "") return [];
  const found = [
    ...byAddress(query, snapshot.mms),
    ...bySeq(query, snapshot.clock.events),
    ...byTask(query, snapshot.tasks),
    ...byVma(query, snapshot.mms),
    ...byPageNumber(query, shown),
  ];
  return found.slice(0, MAX_MATCHES);
}

function pageMatch(mm: Mm, vma: Vma, page: number): Match {
  const address = BigInt(vma.start) + (BigInt(page) << PAGE_SHIFT);
  return {
    selection: { kind: "page", process: mm.process, vma: vma.index, page },
    name: `${vma.name} ${page}`,
    detail: `0x${address.toString(16)} · ${mm.name}`,
  };
}

function byAddress(query: string, mms: readonly Mm[]): Match[] {
  if (!ADDRESS.test(query)) return [];
  const address = BigInt(query);
  return mms.flatMap((mm) =>
    mm.vmas
      .filter((vma) => address >= BigInt(vma.start) && address < BigInt(vma.end))
      .map((vma) => pageMatch(mm, vma, Number((address - BigInt(vma.start)) >> PAGE_SHIFT))),
  );
}

function bySeq(query: string, events: number): Match[] {
  const seq = Number(EVENT.exec(query)?.[1] ?? Number.NaN);
  if (!(seq < events)) return [];
  return [{ selection: { kind: "event", seq }, name: `#${seq}`, detail: "" }];
}

function byTask(query: string, tasks: readonly Task[]): Match[] {
  return tasks
    .filter((task) => task.name.toLowerCase().includes(query) || String(task.tid) === query)
    .map((task) => ({
      selection: { kind: "task", tid: task.tid },
      name: task.name,
      detail: `tid ${task.tid}`,
    }));
}

function byVma(query: string, mms: readonly Mm[]): Match[] {
  return mms.flatMap((mm) =>
    mm.vmas
      .filter((vma) => vma.name.toLowerCase().includes(query))
      .map((vma) => ({
        selection: { kind: "vma", process: mm.process, vma: vma.index } as const,
        name: vma.name,
        detail: `${vma.start} · ${mm.name}`,
      })),
  );
}

function byPageNumber(query: string, mm: Mm | null): Match[] {
  if (mm === null || !NUMBER.test(query)) return [];
  const page = Number(query);
  return mm.vmas.filter((vma) => page < vma.pages).map((vma) => pageMatch(mm, vma, page));
}
