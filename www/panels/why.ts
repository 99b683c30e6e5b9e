/** Why: the chain of tests behind what is selected, as the kernel made them. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";
import { Late } from "../late.ts";
import { isSame } from "../selection.ts";
import { whyTexts } from "../why-texts.ts";

const answers = new Late(() => import("../why/answers.ts"));

export function whyPanel(app: App, t: Translate): TemplateResult {
  const { language, why, selection } = app.store.state;
  if (selection === null) return prompt(app, t);
  const texts = whyTexts.in(language);
  const part = answers.get(
    () => app.act(() => app.redraw()),
    (thrown) => app.missed(thrown),
  );
  if (texts === null || part === null) {
    const words = whyTexts.hasFailed(language) ? "why.failed" : "why.loading";
    return html`<p class="muted" role="status">${t(words)}</p>`;
  }
  if (why === null || !isSame(why.selection, selection))
    return html`<p class="muted">${t("why.pause")}</p>`;
  return part.answersTo(app, why, texts, t);
}

/** Nothing is selected: how to, and the newest events as a beginning. */
function prompt(app: App, t: Translate): TemplateResult {
  const log = app.store.state.snapshot?.log ?? [];
  const newest = log[log.length - 1];
  const seq = newest?.seq ?? 0;
  return html`<p class="muted">${t("why.prompt")}</p>
    ${newest === undefined ? nothing : html`<p><button data-testid="why-newest" @click=${() => app.act(() => app.select({ kind: "event", seq }))}>${t("why.newest")}</button></p>`}`;
}
