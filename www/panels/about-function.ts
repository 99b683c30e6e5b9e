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
  const address = `./docs/${about.docs.replace(".md", ".html")}`;
  return html`<p class="about">${about.decides} <span class="code">${about.file}</span>
    <a href=${address} target="_blank" rel="noopener">${t("why.docs")}</a></p>`;
}
