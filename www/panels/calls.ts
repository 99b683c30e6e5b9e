/** The kernel's call tree, lit as it executes. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";

export function callsPanel(_app: App, t: Translate): TemplateResult {
  return html`<p class="muted">${t("calls.prompt")}</p>`;
}
