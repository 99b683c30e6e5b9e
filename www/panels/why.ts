/** Why: the chain of tests behind what is selected. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";

export function whyPanel(_app: App, t: Translate): TemplateResult {
  return html`<p class="muted">${t("why.prompt")}</p>`;
}
