/** Below the address space: the call tree, the VMAs as a table, the log of events. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Translate } from "../i18n/index.ts";
import { LOWERS, type Lower } from "../store.ts";
import { callsPanel } from "./calls.ts";
import { eventLog } from "./events.ts";
import { tabBody, tabList } from "./tab-list.ts";
import { vmaTable } from "./vmas.ts";

export function lowerPanel(app: App, t: Translate): TemplateResult {
  const { lower } = app.store.state;
  const choose = (lower: Lower): void => app.store.update({ lower });
  const tabs = LOWERS.map((name) => ({ name, title: t(`lower.${name}`) }));
  const row = { id: "lower", label: t("lower.title"), tabs, chosen: lower, choose };
  return html`<section class="panel lower" data-in="space" aria-label=${t("lower.title")}>
    ${tabList(app, row)}
    ${tabBody("lower", lower, body(app, lower, t))}
  </section>`;
}

function body(app: App, lower: Lower, t: Translate): TemplateResult {
  switch (lower) {
    case "calls":
      return callsPanel(app, t);
    case "vmas":
      return vmaTable(app, t);
    case "events":
      return eventLog(app, t);
  }
}
