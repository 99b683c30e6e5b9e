/** What is in force, and what it would take to change it. The editor itself comes later. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";

export function policyPanel(app: App, t: Translate): TemplateResult {
  const { editing } = app;
  editing.open();
  if (editing.failed) return failure(app, t);
  return editing.panel(t) ?? html`<p class="muted">${t("edit.loading")}</p>`;
}

function failure(app: App, t: Translate): TemplateResult {
  return html`<p>${t("edit.failed")}</p>
    <button data-testid="edit-retry" @click=${() => app.act(() => app.editing.retry())}>
      ${t("edit.retry")}</button>`;
}
