/** What the page takes from the system: light or dark, and whether things may move. */

import type { Store } from "./store.ts";

const DARK = "(prefers-color-scheme: dark)";
const STILL = "(prefers-reduced-motion: reduce)";

const MEDIUM = "(max-width: 1199px) and (min-width: 760px) and (min-height: 481px)";

/** Whether the inspector is a drawer (as in the style sheet). */
export function isMedium(): boolean {
  return matchMedia(MEDIUM).matches;
}

const PHONE = "(max-width: 759px), (max-height: 480px)";

/** Whether only one view is on the screen (as in the style sheet). */
export function isPhone(): boolean {
  return matchMedia(PHONE).matches;
}

/** On a phone each view begins at its top, below the header as far as that is on the screen. */
export function scrollToView(): void {
  const intro = document.querySelector<HTMLElement>(".intro");
  if (intro === null || !isPhone()) return;
  scrollTo(0, Math.min(scrollY, intro.offsetTop + intro.offsetHeight));
}

/** Follows the system's settings, and the theme that was chosen over them. */
export function followSystem(store: Store): void {
  const dark = matchMedia(DARK);
  const still = matchMedia(STILL);
  const follow = (): void =>
    store.update({ systemDark: dark.matches, reducedMotion: still.matches });
  dark.addEventListener("change", follow);
  still.addEventListener("change", follow);
  follow();
}
