/** Keeps the address bar in step with what is shown, and copies links. */

import { fragmentOf, replaceAddress, withFragment } from "./url.ts";

/** Browsers limit how often a page may rewrite its address. */
const QUIET_MS = 500;

/**
 * Does something a moment after the last change of what a key stands for. What it stands for at first
 * is known already.
 */
export class Lull {
  key: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly quietMs: number) {}

  rest(key: string, act: () => void): void {
    const isFirst = this.key === null;
    if (key === this.key) return;
    this.key = key;
    if (isFirst) return;
    this.end();
    this.timer = setTimeout(act, this.quietMs);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

export class LinkKeeper {
  private readonly lull = new Lull(QUIET_MS);
  private ownFragment = fragmentOf(location.hash);

  constructor(onForeign: (fragment: string) => void) {
    addEventListener("hashchange", () => {
      const fragment = fragmentOf(location.hash);
      if (fragment === this.ownFragment) return;
      this.ownFragment = fragment;
      if (fragment !== "") onForeign(fragment);
    });
  }

  /** Rewrites the fragment; a link is never replaced before something has changed. */
  keep(key: string, fragment: () => Promise<string | null>): void {
    this.lull.rest(key, async () => {
      const text = await fragment();
      if (text !== null && this.lull.key === key) this.write(text);
    });
  }

  /** Puts a fragment into the address bar; returns the whole address. */
  write(fragment: string): string {
    this.lull.end();
    this.ownFragment = fragment;
    const url = withFragment(location.href, fragment);
    replaceAddress(url);
    return url;
  }
}

/** Copies a text; false where the browser refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
