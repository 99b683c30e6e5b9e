/** Opens dialogs. What stands in them is fetched after the first picture. */

import { nothing } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";
import { Late } from "../late.ts";
import type { Dialog } from "../store.ts";

const content = new Late(() => import("../dialogs/index.ts"));

/** The dialog that is to open as soon as it is there. */
let awaited: Dialog | null = null;

export function dialogs(app: App, t: Translate): unknown {
  return content.part?.dialogs(app, t) ?? nothing;
}

export function areDialogsThere(): boolean {
  return content.part !== null;
}

export function fetchDialogs(app: App): void {
  content.get(
    () => app.act(() => app.redraw()),
    (thrown) => app.missed(thrown),
  );
}

/** Shows a dialog at once, or as soon as it is there. */
export function showDialog(app: App, dialog: Dialog): void {
  app.store.update({ dialog, openErrors: [] });
  const element = document.getElementById(`${dialog}-dialog`);
  if (element instanceof HTMLDialogElement) {
    if (!element.open) element.showModal();
    return;
  }
  awaited = dialog;
  content.retry();
  fetchDialogs(app);
}

/** Whether this dialog was asked for before it was there. It is so only once. */
export function takeAwaited(dialog: Dialog): boolean {
  if (awaited !== dialog) return false;
  awaited = null;
  return true;
}
