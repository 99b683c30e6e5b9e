/** Memory policies: what is in force, and what it would take to change it. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";
import { shownMm } from "../store.ts";
import { fact } from "./parts.ts";

export function policyPanel(app: App, _t: Translate): TemplateResult {
  const vmas = shownMm(app.store.state)?.vmas ?? [];
  const code = (text: string): TemplateResult => html`<span class="code">${text}</span>`;
  return html`<dl class="facts one-column">${vmas.map((vma) => fact(vma.name, code(vma.policy)))}</dl>`;
}
