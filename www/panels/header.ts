/** Title, choice of the scenario, and what concerns the page as a whole. */

import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { App } from "../app.ts";
import { formatCount } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { hasDrawer, type ShareState, type State, type Theme } from "../store.ts";
import { isEmbedded } from "../url.ts";
import { showDialog } from "./dialogs.ts";

const THEME_WORDS: Readonly<Record<Theme, Key>> = {
  auto: "themeAuto",
  light: "themeLight",
  dark: "themeDark",
};

export function headerPanel(app: App, t: Translate): TemplateResult {
  if (isEmbedded) return embeddedHeader(t);
  const { state } = app.store;
  const onScenario = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    app.act(() => app.opening.startPreset(value));
  };
  return html`<header class="header">
    <h1>${t("appName")}</h1>
    <label class="scenario">
      <span class="label">${t("scenario")}</span>
      <select data-testid="scenario" @change=${onScenario}>${scenarioOptions(state, t)}</select>
    </label>
    <button data-testid="new" @click=${() => app.building.open("new")}>${t("builder.new")}</button>
    <button data-testid="build" @click=${() => app.building.open("running")}>${t("builder.edit")}</button>
    <button data-testid="open" @click=${() => showDialog(app, "open")}>${t("open")}</button>
    <button data-testid="save" @click=${() => app.building.keeping?.save(app.session.documentText)}>${t("builder.save")}</button>
    <button data-testid="lessons" @click=${() => openLessons(app)}>${t("lesson.names")}</button>
    <button data-testid="compare" aria-pressed=${String(state.comparing)}
      @click=${() => app.act(() => app.comparing.toggle())}>${t("compare.title")}</button>
    <span class="spacer"></span>
    <button data-testid="lang" class="quiet" lang=${state.language === "en" ? "zh" : "en"}
      @click=${() => app.act(() => app.toggleLanguage())}>${t("otherLanguage")}</button>
    <button data-testid="theme" class="quiet theme"
      @click=${() => app.act(() => app.cycleTheme())}><span class="wide-only">${t("theme")}</span>${t(THEME_WORDS[state.theme])}</button>
    ${drawerButton(app, t)}
    <button data-testid="help" class="quiet" aria-keyshortcuts="?"
      @click=${() => showDialog(app, "help")}>${t("help")}</button>
    <div class="share">
      <button data-testid="share" class="primary" aria-keyshortcuts="F"
        @click=${() => app.act(() => app.opening.share())}>${t("share")}</button>
      ${state.share === null ? nothing : sharePopover(app, state.share, t)}
    </div>
  </header>`;
}

/** Inside another page there is nothing but the way out of it. */
function embeddedHeader(t: Translate): TemplateResult {
  // The fragment goes with the run, so the address is that of the moment of the click.
  const go = ({ currentTarget }: Event): void => {
    (currentTarget as HTMLAnchorElement).href = location.pathname + location.hash;
  };
  return html`<header class="header"><h1>${t("appName")}</h1><span class="spacer"></span>
    <a data-testid="unembed" href=${location.pathname} target="_blank" rel="noopener" @click=${go}>${t("builder.unembed")}</a></header>`;
}

function openLessons(app: App): void {
  showDialog(app, "lessons");
  app.openLessons();
}

/** Where there is no room for three columns, the inspector comes and goes. */
function drawerButton(app: App, t: Translate): TemplateResult {
  const open = hasDrawer(app.store.state);
  const toggle = (): void => app.setView(open ? "space" : "why");
  return html`<button data-testid="drawer" class="drawer-button" aria-expanded=${String(open)}
    @click=${() => app.act(toggle)}>${t("inspector.title")}</button>`;
}

function scenarioOptions(state: State, t: Translate): unknown {
  const isOwn = state.presetId === null && state.snapshot !== null;
  const own = html`<option value="" .selected=${true}>${ownTitle(state, t)}</option>`;
  const presets = state.presets.map(
    (preset) => html`<option value=${preset.id} .selected=${preset.id === state.presetId}>
      ${preset.title[state.language]}
    </option>`,
  );
  return [isOwn ? own : nothing, presets];
}

/** A scenario that carries the title of a preset is that preset, changed. */
function ownTitle({ ownTitle, presets, language }: State, t: Translate): string {
  const title = ownTitle?.[language];
  if (title === undefined) return t("ownScenario");
  const changed = presets.some((preset) => preset.title[language] === title);
  return changed ? t("ownTitle", { title }) : title;
}

/** The link, marked, so that it can be copied by hand too. */
function sharePopover(app: App, share: ShareState, t: Translate): TemplateResult {
  const about = share.copied ? "shareCopied" : "shareManual";
  const words: Key = app.store.state.comparing ? `compare.${about}` : about;
  const markAll = (element?: Element): void => {
    if (!(element instanceof HTMLInputElement) || element.dataset.marked === share.url) return;
    element.dataset.marked = share.url;
    // It is no part of the page before all is rendered.
    queueMicrotask(() => {
      app.opening.aside.enter(element);
      element.select();
    });
  };
  return html`<div class="popover" role="group" aria-label=${t("shareTitle")}>
    <p role="status">${t(words, { tick: formatCount(share.tick) })}</p>
    <div class="row">
      <input data-testid="share-url" readonly aria-label=${t("shareUrl")} .value=${share.url}
        ${ref(markAll)} />
      <button data-testid="share-close" @click=${() => app.act(() => app.opening.endShare())}>${t("close")}</button>
    </div>
    ${app.building.keeping?.embedRow(share.url, t)}
  </div>`;
}
