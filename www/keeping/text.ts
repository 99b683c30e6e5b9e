/** Names and texts for what leaves the page as a file, a snippet or a memory. */

import type { Bilingual } from "../engine.ts";
import { titleOf } from "../session.ts";

const MAX_NAME_CHARS = 60;

/** What was worked on, for an offer to go on with it. */
export interface Offer {
  readonly title: Bilingual | null;
  readonly tick: number;
}

/** What a kept text is about; null for what cannot be one. */
export function describe(body: string): Offer | null {
  try {
    const { d, t = 0 } = JSON.parse(body);
    if (typeof d !== "object" || d === null || typeof t !== "number") return null;
    return { title: titleOf(JSON.stringify(d)), tick: t };
  } catch {
    return null;
  }
}

/** A file name that every system takes, made of a title. */
export function fileName(title: string): string {
  const plain = title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, MAX_NAME_CHARS);
  const name = plain.replace(/^-+|-+$/g, "");
  return `${name === "" ? "hintfault-scenario" : name}.json`;
}

/** HTML that shows a link's moment inside another page. */
export function embedSnippet(url: string, title: string): string {
  const address = new URL(url);
  address.searchParams.set("embed", "1");
  const quoted = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<iframe src="${quoted(address.href)}" title="${quoted(title)}" width="100%" height="640" style="border:0"></iframe>`;
}
