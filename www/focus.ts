/** Keeps the focus near where it was, when what had it goes away or is switched off by what it did. */

/** Parts of the page in which one goes on reading. */
const PLACES = ".share, [role=tabpanel], section, form, dialog, main";

/** What has the focus, and everything around it. */
export function heldFocus(): readonly Element[] {
  const held: Element[] = [];
  for (let at = document.activeElement; at !== null; at = at.parentElement) held.push(at);
  return held;
}

/** What was switched off while it had the focus, and the part that has it meanwhile. */
let lender: { readonly had: Element; readonly place: Element } | null = null;

/**
 * Gives the focus to the innermost part that is still there, if what had it cannot have it any more; and back
 * where that can have it again, as a button that runs something once it has run.
 */
export function keepFocus([had, ...around]: readonly Element[]): void {
  if (had === undefined) return;
  const isOff = !had.isConnected || had.matches(":disabled");
  if (!isOff) return giveBack(had);
  if (document.activeElement !== document.body && document.activeElement !== had) return;
  const part = around.find((part) => part.isConnected && part.matches(PLACES));
  // What was shared belongs to its button.
  const place = part?.matches(".share") ? part.firstElementChild : part;
  if (!(place instanceof HTMLElement)) return;
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus({ preventScroll: true });
  lender = { had, place };
}

function giveBack(focused: Element): void {
  if (focused !== lender?.place) return;
  const { had } = lender;
  if (had.isConnected && had instanceof HTMLElement) had.focus({ preventScroll: true });
}
