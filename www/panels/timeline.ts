/** The place of the timeline. What is in it comes later, so that the page is there at once. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";

export function timelinePanel(app: App, t: Translate): unknown {
  const { language } = app.store.state;
  const { charts, failed } = app.timeline;
  return guard([language, charts.length, failed], () => place(app, charts.length, failed, t));
}

function place(app: App, charts: number, failed: boolean, t: Translate): TemplateResult {
  return html`<section class="timeline" data-in="timeline" id="view-timeline" tabindex="-1"
    aria-label=${t("timeline.title")} style="--charts:${charts}">
    <div id="timeline-body" data-loading=${failed ? "" : t("timeline.loading")}></div>
    ${failed ? failure(app, t) : nothing}
  </section>`;
}

function failure(app: App, t: Translate): TemplateResult {
  return html`<p>${t("timeline.failed")} <button class="small" data-testid="timeline-retry"
    @click=${() => app.act(() => app.timeline.retry())}>${t("timeline.retry")}</button></p>`;
}
