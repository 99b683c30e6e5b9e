/** The whole page. */

import { html, noChange, render, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { App } from "../app.ts";
import { type Translate, translator } from "../i18n/index.ts";
import type { Part } from "../pace.ts";
import { areDialogsThere, dialogs } from "./dialogs.ts";
import { headerPanel } from "./header.ts";
import { inspectorPanel } from "./inspector.ts";
import { introPanel } from "./intro.ts";
import { lowerPanel } from "./lower.ts";
import { machinePanel } from "./machine.ts";
import { spacePanel } from "./space.ts";
import { viewTabs } from "./tabs.ts";
import { tasksPanel } from "./tasks.ts";
import { timelinePanel } from "./timeline.ts";
import { transportPanel } from "./transport.ts";

/** Draws the page as the store says. */
export function renderPage(app: App, into: HTMLElement): void {
  render(shell(app), into);
}

function shell(app: App): TemplateResult {
  const { state } = app.store;
  const t = translator(state.language);
  return html`<a class="skip" href="#transport" @click=${skipToTransport}>${t("skipToControls")}</a>
    ${guardedHeader(app, t)} ${guardedIntro(app, t)}
    ${state.comparing ? noChange : views(app, t)}
    <div id="compare"></div>
    ${paced(app, "time", () => transportPanel(app, t))} ${viewTabs(app, t)} ${guardedDialogs(app, t)}
    ${app.building.panel(t)}`;
}

/** Stands as it is while others have their turn. */
function paced(app: App, part: Part, panels: () => unknown): unknown {
  return app.pace.isDue(part) ? panels() : noChange;
}

/** What is hidden while two runs are compared, and then not rendered. */
function views(app: App, t: Translate): TemplateResult {
  const { state } = app.store;
  return html`<main class="views" data-view=${state.view}>
      <div class="column left">${paced(app, "left", () => html`${machinePanel(state, t)} ${tasksPanel(app, t)}`)}</div>
      <div class="column center">${paced(app, "center", () => html`${spacePanel(app, t)} ${lowerPanel(app, t)}`)}</div>
      <div class="column right">${paced(app, "right", () => inspectorPanel(app, t))}</div>
    </main>
    ${timelinePanel(app, t)}`;
}

// What does not change while the simulation plays is not rendered again with every frame.

function guardedHeader(app: App, t: Translate): unknown {
  const { language, theme, presetId, ownTitle, share, snapshot, view, comparing } = app.store.state;
  const parts = [language, theme, presetId, ownTitle, share, view, snapshot === null, comparing];
  return guard(parts, () => headerPanel(app, t));
}

function guardedIntro(app: App, t: Translate): unknown {
  const { language, presetId, message, snapshot, lesson, offer, edit } = app.store.state;
  const { summary, revision } = app.session;
  const counted = presetId === null && summary === null ? snapshot : snapshot === null;
  const about = [language, presetId, revision, edit?.changes, counted];
  return guard([...about, message, lesson, offer], () => introPanel(app, t));
}

function guardedDialogs(app: App, t: Translate): unknown {
  const { language, dialog, openText, openErrors, findText, snapshot } = app.store.state;
  return guard(
    [
      language,
      dialog,
      openText,
      openErrors,
      findText,
      dialog === null || snapshot,
      app.tutor,
      app.tutorFailed,
      areDialogsThere(),
    ],
    () => dialogs(app, t),
  );
}

/** The fragment of the address belongs to the scenario, so the link must not change it. */
function skipToTransport(event: Event): void {
  event.preventDefault();
  document.getElementById("transport")?.focus();
}
