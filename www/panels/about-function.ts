/** What the documentation says of a kernel function. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { Translate } from "../i18n/index.ts";
import type { WhyTexts } from "../why-texts.ts";

export function aboutFunction(
  name: string,
  texts: WhyTexts | null,
  t: Translate,
): TemplateResult | typeof nothing {
  const about = texts?.functions[name];
  if (about === undefined) return nothing;
  return html`<p class="about">${about.text} <span class="code">${about.source}</span>
    <a href=${about.docs} target="_blank" rel="noopener">${t("why.docs")}</a></p>`;
}
