/** The whole page. */

import { html, render, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { translator } from "../i18n/index.ts";
import { countersPanel } from "./counters.ts";
import { dialogs } from "./dialogs.ts";
import { eventsPanel } from "./events.ts";
import { headerPanel } from "./header.ts";
import { introPanel } from "./intro.ts";
import { machinePanel } from "./machine.ts";
import { pagePanel } from "./page.ts";
import { spacePanel } from "./space.ts";
import { viewTabs } from "./tabs.ts";
import { tasksPanel } from "./tasks.ts";
import { transportPanel } from "./transport.ts";
import { vmasPanel } from "./vmas.ts";

/** Draws the page as the store says. */
export function renderPage(app: App, into: HTMLElement): void {
  render(shell(app), into);
}

function shell(app: App): TemplateResult {
  const { state } = app.store;
  const t = translator(state.language);
  return html`<a class="skip" href="#transport" @click=${skipToTransport}>${t("skipToControls")}</a>
    ${headerPanel(app, t)} ${introPanel(app, t)}
    <main class="views" data-view=${state.view}>
      <div class="column left">${machinePanel(state, t)} ${tasksPanel(state, t)}</div>
      <div class="column center">
        ${spacePanel(app, t)} ${vmasPanel(app, t)} ${eventsPanel(app, t)}
      </div>
      <div class="column right">${pagePanel(app, t)} ${countersPanel(state, t)}</div>
    </main>
    ${transportPanel(app, t)} ${viewTabs(app, t)} ${dialogs(app, t)}`;
}

/** The fragment of the address belongs to the scenario, so the link must not change it. */
function skipToTransport(event: Event): void {
  event.preventDefault();
  document.getElementById("transport")?.focus();
}
