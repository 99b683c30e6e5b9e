/** Keeps the address bar in step with what is shown, and copies links. */

import { fragmentOf, replaceAddress, withFragment } from "./url.ts";

/** Browsers limit how often a page may rewrite its address. */
const QUIET_MS = 500;

export class LinkKeeper {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private keptKey: string | null = null;
  private ownFragment = fragmentOf(location.hash);

  constructor(onForeign: (fragment: string) => void) {
    addEventListener("hashchange", () => {
      const fragment = fragmentOf(location.hash);
      if (fragment === this.ownFragment) return;
      this.ownFragment = fragment;
      if (fragment !== "") onForeign(fragment);
    });
  }

  /**
   * Rewrites the fragment a moment after the last change. What `key` stands for at first is what
   * the address says already, so a link is never replaced before something has changed.
   */
  keep(key: string, fragment: () => Promise<string | null>): void {
    const first = this.keptKey === null;
    if (key === this.keptKey) return;
    this.keptKey = key;
    if (first) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const text = await fragment();
      if (text !== null && this.keptKey === key) this.write(text);
    }, QUIET_MS);
  }

  /** Puts a fragment into the address bar; returns the whole address. */
  write(fragment: string): string {
    clearTimeout(this.timer);
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
