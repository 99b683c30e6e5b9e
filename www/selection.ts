/** The one selection: the same thing in every view and in the link. */

import type { PageRef } from "./engine.ts";

export type Selection =
  | ({ readonly kind: "page" } & PageRef)
  | { readonly kind: "vma"; readonly process: number; readonly vma: number }
  | { readonly kind: "task"; readonly tid: number }
  | { readonly kind: "event"; readonly seq: number };

const PAGE = /^(\d{1,5})\.(\d{1,5})\.(\d{1,10})$/;
const VMA = /^v(\d{1,5})\.(\d{1,5})$/;
const TASK = /^t(\d{1,10})$/;
const EVENT = /^e(\d{1,15})$/;

/** A selected page. */
export function pageSelection({ process, vma, page }: PageRef): Selection {
  return { kind: "page", process, vma, page };
}

/** As it stands in a link: a page is process.vma.page, a VMA v0.1, a task t1001, an event e42. */
export function encodeSelection(selection: Selection | null): string | null {
  switch (selection?.kind) {
    case "page":
      return `${selection.process}.${selection.vma}.${selection.page}`;
    case "vma":
      return `v${selection.process}.${selection.vma}`;
    case "task":
      return `t${selection.tid}`;
    case "event":
      return `e${selection.seq}`;
    default:
      return null;
  }
}

function numbers(pattern: RegExp, text: string): number[] | null {
  const found = pattern.exec(text);
  return found === null ? null : found.slice(1).map(Number);
}

/** The reverse; null for anything that is not a selection. */
export function decodeSelection(text: string | null): Selection | null {
  if (text === null) return null;
  const page = numbers(PAGE, text);
  if (page !== null) {
    const [process = 0, vma = 0, number = 0] = page;
    return { kind: "page", process, vma, page: number };
  }
  const vma = numbers(VMA, text);
  if (vma !== null) return { kind: "vma", process: vma[0] ?? 0, vma: vma[1] ?? 0 };
  const task = numbers(TASK, text);
  if (task !== null) return { kind: "task", tid: task[0] ?? 0 };
  const event = numbers(EVENT, text);
  return event === null ? null : { kind: "event", seq: event[0] ?? 0 };
}

/** Whether two selections are the same thing. */
export function isSame(a: Selection | null, b: Selection | null): boolean {
  return encodeSelection(a) === encodeSelection(b);
}

/** The page that a selection marks in the pictures. */
export function pageOf(selection: Selection | null): PageRef | null {
  return selection?.kind === "page" ? selection : null;
}

/** The process that a selection lies in; null if it does not say. */
export function processOf(selection: Selection | null): number | null {
  return selection?.kind === "page" || selection?.kind === "vma" ? selection.process : null;
}
