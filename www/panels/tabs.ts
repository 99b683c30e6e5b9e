/** On a phone, one view at a time. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { VIEWS, type View } from "../store.ts";

const NAMES: Readonly<Record<View, Key>> = {
  machine: "machine",
  space: "space",
  why: "inspector.why",
  policy: "inspector.policy",
  timeline: "timeline.title",
};

export function viewTabs(app: App, t: Translate): TemplateResult {
  const { view } = app.store.state;
  return html`<nav class="tabs" aria-label=${t("view")}>${VIEWS.map(
    (name) => html`<button data-testid="go-${name}" aria-current=${name === view ? "page" : "false"}
      @click=${() => app.act(() => app.setView(name))}>${t(NAMES[name])}</button>`,
  )}</nav>`;
}
