/** The fragment of the address. */

/** Longest fragment that is looked at; what the document format allows is far below. */
export const FRAGMENT_MAX_CHARS = 1_500_000;

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

/** The same address with another language, if it asks for any. */
export function withLanguage(href: string, language: string): string {
  const url = new URL(href);
  if (url.searchParams.has("lang")) url.searchParams.set("lang", language);
  return url.href;
}

/** Rewrites the address, unless the browser forbids it, as it does in a sandboxed frame. */
export function replaceAddress(url: string): void {
  try {
    history.replaceState(null, "", url);
  } catch {
    // What the page shows does not depend on it.
  }
}

/** Whether the page is part of another one, which shows the views and nothing else: `?embed`. */
export const isEmbedded =
  typeof location !== "undefined" && new URLSearchParams(location.search).has("embed");
