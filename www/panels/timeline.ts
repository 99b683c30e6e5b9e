/** The place of the timeline. What is in it comes later, so that the page is there at once. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";

export function timelinePanel(app: App, t: Translate): unknown {
  const { language } = app.store.state;
  const { charts, failure } = app.timeline;
  return guard([language, charts.length, failure], () => place(app, charts.length, failure, t));
}

function place(app: App, charts: number, failure: string | null, t: Translate): TemplateResult {
  return html`<section class="timeline" data-in="timeline" id="view-timeline" tabindex="-1"
    aria-label=${t("timeline.title")} style="--charts:${charts}">
    <div id="timeline-body" data-loading=${failure === null ? t("timeline.loading") : ""}></div>
    ${failure === null ? nothing : failed(app, failure, t)}
  </section>`;
}

function failed(app: App, reason: string, t: Translate): TemplateResult {
  return html`<p>${t("timeline.failed", { reason })} <button class="small" data-testid="timeline-retry"
    @click=${() => app.act(() => app.timeline.retry())}>${t("timeline.retry")}</button></p>`;
}
