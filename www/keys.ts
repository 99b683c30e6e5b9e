/** Keys for everything that is done often. */

import type { App } from "./app.ts";
import { showDialog } from "./panels/dialogs.ts";
import { VIEWS } from "./store.ts";

/** Elements that have a use of their own for Space and Enter. */
const ACTIVATED = "button, a, summary, label, select, input, textarea";
/** Elements that are typed into, or that use letters and arrows. */
const TYPED = "input, textarea, select";

/** What a key press does; null for keys that do nothing. */
export function actionOf(app: App, key: string, shift: boolean): (() => void) | null {
  const view = VIEWS[Number(key) - 1];
  if (view !== undefined) return () => app.setView(view);
  switch (key) {
    case " ":
      return () => app.time.togglePlay();
    case "ArrowRight":
      return shift ? () => app.time.eventForward() : () => app.time.tickForward();
    case "ArrowLeft":
      return () => app.time.tickBack();
    case "Home":
      return () => app.time.home();
    case "+":
    case "=":
      return () => app.time.setSpeed(app.store.state.speed + 1);
    case "-":
      return () => app.time.setSpeed(app.store.state.speed - 1);
    default:
      return letterAction(app, key.toLowerCase());
  }
}

function letterAction(app: App, letter: string): (() => void) | null {
  switch (letter) {
    case "c":
      return () => app.comparing.toggle();
    case "f":
      return () => app.opening.share();
    case "n":
      return () => app.time.eventForward();
    case "[":
      return () => app.timeline.goToMark(-1);
    case "]":
      return () => app.timeline.goToMark(1);
    case "/":
      return () => showDialog(app, "find");
    case "?":
      return () => showDialog(app, "help");
    default:
      return null;
  }
}

/** Whether the focused element wants the key for itself. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (key === " ") return target.closest(ACTIVATED) !== null && !target.matches("[type=range]");
  // The scrubber's arrows mean the same as everywhere: one tick.
  if (target.matches("[data-testid=scrubber]")) return false;
  return target.closest(TYPED) !== null;
}

/** Whether the focused element has an undo of its own. */
function isText(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.matches("textarea, input:not([type=checkbox], [type=radio])")
  );
}

/** Ctrl+Z and Ctrl+Shift+Z, outside of texts. */
function undoing(app: App, event: KeyboardEvent): (() => void) | null {
  const { altKey, shiftKey, key, target } = event;
  if (altKey || key.toLowerCase() !== "z" || isText(target)) return null;
  return () => (shiftKey ? app.editing.redo() : app.editing.undo());
}

/** What a key press asks for; null if it is not for the page. */
function askedBy(app: App, event: KeyboardEvent): (() => void) | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return undoing(app, event);
  const isEscape = event.key === "Escape";
  if (isEscape && app.store.state.share !== null) return () => app.opening.endShare();
  if (isTaken(event.target, event.key)) return null;
  if (isEscape) return () => app.dismiss();
  return actionOf(app, event.key, event.shiftKey);
}

/** Listens to the whole page. */
export function listenToKeys(app: App): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || app.store.state.dialog !== null) return;
    const action = askedBy(app, event);
    if (action === null) return;
    if (event.key !== "Escape") event.preventDefault();
    app.act(action);
  });
  // What lies over the views goes away when one presses beside it, as everywhere.
  addEventListener("pointerdown", ({ target }) => {
    if (app.store.state.share === null || !(target instanceof Element)) return;
    if (target.closest(".popover, [data-testid=share]") === null)
      app.act(() => app.store.update({ share: null }));
  });
}
