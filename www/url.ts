/** The fragment of the address and the selection in it. */

import type { PageRef } from "./engine.ts";

/** Longest fragment that is looked at; what the document format allows is far below. */
export const FRAGMENT_MAX_CHARS = 1_500_000;
const SELECTION = /^(\d{1,5})\.(\d{1,5})\.(\d{1,10})$/;

/** The fragment of an address or of a hash, without '#'. */
export function fragmentOf(hash: string): string {
  const start = hash.indexOf("#");
  return start < 0 ? "" : hash.slice(start + 1);
}

/** The address of this page with another fragment. */
export function withFragment(href: string, fragment: string): string {
  const start = href.indexOf("#");
  const page = start < 0 ? href : href.slice(0, start);
  return `${page}#${fragment}`;
}

/** A selected page as it stands in a link: process.vma.page. */
export function encodeSelection(page: PageRef | null): string | null {
  return page === null ? null : `${page.process}.${page.vma}.${page.page}`;
}

/** The reverse; null for anything that is not a selection. */
export function decodeSelection(text: string | null): PageRef | null {
  const found = SELECTION.exec(text ?? "");
  if (found === null) return null;
  const [process, vma, page] = found.slice(1).map(Number);
  if (process === undefined || vma === undefined || page === undefined) return null;
  return { process, vma, page };
}
