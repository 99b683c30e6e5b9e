/** The inspector: what is known of the selection, and what can be done with it. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";
import { Late } from "../late.ts";
import { INSPECTORS, type Inspector } from "../store.ts";
import { countersTable } from "./counters.ts";
import { policyPanel } from "./policy.ts";
import { selectionHead } from "./selection-head.ts";
import { structsPanel } from "./structs.ts";
import { tabBody, tabList } from "./tab-list.ts";
import { whyPanel } from "./why.ts";

const work = new Late(() => import("../progress/panel.ts"));

export function inspectorPanel(app: App, t: Translate): TemplateResult {
  const { inspector } = app.store.state;
  const choose = (inspector: Inspector): void => app.inspect(inspector);
  const tabs = INSPECTORS.map((name) => ({ name, title: t(`inspector.${name}`) }));
  const row = { id: "inspector", label: t("inspector.title"), tabs, chosen: inspector, choose };
  return html`<section class="panel inspector" data-in="why policy" id="view-why" tabindex="-1"
    aria-label=${t("inspector.title")}>
    ${selectionHead(app, t)}
    ${tabList(app, row)}
    ${tabBody("inspector", inspector, body(app, inspector, t))}
  </section>`;
}

function progress(app: App) {
  return work.get(
    () => app.act(() => app.redraw()),
    (thrown) => app.missed(thrown),
  );
}

function body(app: App, inspector: Inspector, t: Translate): TemplateResult {
  switch (inspector) {
    case "why":
      return whyPanel(app, t);
    case "policy":
      return policyPanel(app, t);
    case "structs":
      return structsPanel(app, t);
    case "text":
      return html`${progress(app)?.workPanel(app, t)} ${countersTable(app.store.state, t)}`;
  }
}
