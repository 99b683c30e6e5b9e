/** Finds what a few typed characters may mean: an address, a task, a VMA, an event, a page number. */

import type { Mm, Task, Vma } from "../engine.ts";
import { formatCount } from "../format.ts";
import type { Key, Values } from "../i18n/index.ts";
import type { Selection } from "../selection.ts";
import type { Snapshot } from "../store.ts";

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
/** Without 0x, what is as long as an address is one. */
const ADDRESS = /^(?:0x([0-9a-f]{1,16})|([0-9a-f]{8,16}))$/;
const NUMBER = /^(?:page )?(\d{1,10})$/;
const EVENT = /^(?:#|event )(\d{1,15})$/;
const TID = /^(?:tid )?(\d{1,10})$/;
/** As the page names its pages: "buffer 100", "page 100 of buffer", "buffer 第 100 页". */
const PAGE_OF = /^(?:page )?(\d{1,10}) of (.+)$/;
const PAGE_AFTER = /^(.+?)(?:,? page | 的?第 ?| )(\d{1,10})(?: ?页)?$/;

/** All that `text` may mean, the likeliest first; nothing for an empty text. */
export function findMatches(text: string, snapshot: Snapshot, shown: Mm | null): readonly Match[] {
  const query = tidy(text);
  if (query === "") return [];
  const found = [
    ...byAddress(query, snapshot.mms),
    ...bySeq(query, snapshot.clock.events),
    ...byTask(query, snapshot.tasks),
    ...byNameAndPage(query, snapshot.mms, shown),
    ...byVma(query, snapshot.mms),
    ...byPageNumber(query, shown),
  ];
  return found.slice(0, MAX_MATCHES);
}

/** In small letters, without thousands separators and needless spaces. */
function tidy(text: string): string {
  const spaced = text.trim().toLowerCase().replace(/\s+/g, " ");
  return spaced.replace(/(?<=\d)[,\u202f](?=\d{3})/g, "");
}

/** What is wrong with a text that finds nothing, where it can be told. */
export function whyNothing(text: string, snapshot: Snapshot): { key: Key; values: Values } | null {
  const query = tidy(text);
  if (EVENT.test(query)) {
    const { events } = snapshot.clock;
    if (events === 0) return { key: "find.noEvents", values: {} };
    return { key: "find.noEvent", values: { last: formatCount(events - 1) } };
  }
  const { name } = nameAndPage(query) ?? {};
  const vma = name === undefined ? undefined : vmasNamed(name, snapshot.mms)[0]?.vma;
  if (vma !== undefined)
    return { key: "find.tooFar", values: { vma: vma.name, last: formatCount(vma.pages - 1) } };
  return ADDRESS.test(query) ? { key: "find.unmapped", values: {} } : null;
}

interface Named {
  readonly mm: Mm;
  readonly vma: Vma;
}

/** The VMAs of this name; if there are none, those whose name has it in it. */
function vmasNamed(name: string, mms: readonly Mm[]): readonly Named[] {
  const all = mms.flatMap((mm) => mm.vmas.map((vma) => ({ mm, vma })));
  const exact = all.filter(({ vma }) => vma.name.toLowerCase() === name);
  return exact.length > 0 ? exact : all.filter(({ vma }) => vma.name.toLowerCase().includes(name));
}

function nameAndPage(query: string): { name: string; page: number } | null {
  const of = PAGE_OF.exec(query);
  if (of !== null) return { name: of[2] ?? "", page: Number(of[1]) };
  const after = PAGE_AFTER.exec(query);
  return after === null ? null : { name: after[1] ?? "", page: Number(after[2]) };
}

/** Those of the process that is shown come first. */
function byNameAndPage(query: string, mms: readonly Mm[], shown: Mm | null): Match[] {
  const asked = nameAndPage(query);
  if (asked === null) return [];
  const { name, page } = asked;
  const there = vmasNamed(name, mms).filter(({ vma }) => page < vma.pages);
  const sorted = [
    ...there.filter(({ mm }) => mm.process === shown?.process),
    ...there.filter(({ mm }) => mm.process !== shown?.process),
  ];
  return sorted.map(({ mm, vma }) => pageMatch(mm, vma, page));
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
  const [, marked, bare] = ADDRESS.exec(query) ?? [];
  const digits = marked ?? bare;
  if (digits === undefined) return [];
  const address = BigInt(`0x${digits}`);
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
  const tid = Number(TID.exec(query)?.[1] ?? Number.NaN);
  return tasks
    .filter((task) => task.name.toLowerCase().includes(query) || task.tid === tid)
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
  const page = Number(NUMBER.exec(query)?.[1] ?? Number.NaN);
  if (mm === null) return [];
  return mm.vmas.filter((vma) => page < vma.pages).map((vma) => pageMatch(mm, vma, page));
}
