import { App } from "./app.ts";
import type { Engine } from "./engine.ts";
import { hasCatalogue, translator } from "./i18n/index.ts";
import { loadTexts } from "./i18n/load.ts";
import { listenToKeys } from "./keys.ts";
import { loadEngine } from "./load-engine.ts";
import { renderPage } from "./panels/shell.ts";
import { loadPresets, type Preset } from "./presets.ts";
import { Session } from "./session.ts";
import { savedCharts, savedLanguage, savedTexture, savedTheme } from "./settings.ts";
import { DEFAULT_SPEED } from "./speed.ts";
import { type State, Store } from "./store.ts";
import { followSystem } from "./system.ts";
import { fragmentOf, isEmbedded } from "./url.ts";

function initialState(session: Session): State {
  return {
    language: savedLanguage(),
    theme: savedTheme(),
    textured: savedTexture(),
    systemDark: false,
    reducedMotion: false,
    presets: session.presets,
    presetId: null,
    ownTitle: null,
    snapshot: null,
    baseline: {},
    crashedAt: null,
    playing: false,
    job: null,
    progress: null,
    midTick: false,
    speed: DEFAULT_SPEED,
    horizonTick: 1,
    eventKind: "",
    until: { text: "", problem: null },
    hoverTick: null,
    charts: savedCharts(),
    process: 0,
    zoom: null,
    selection: null,
    cursor: null,
    openNode: null,
    hover: null,
    why: null,
    structs: [],
    structsBefore: [],
    openFunction: null,
    edit: null,
    offer: null,
    builder: null,
    view: "space",
    inspector: "why",
    lower: "calls",
    message: null,
    share: null,
    lesson: null,
    dialog: null,
    comparing: false,
    findText: "",
    openText: "",
    openErrors: [],
  };
}

function start(engine: Engine, presets: readonly Preset[], root: HTMLElement): void {
  const session = new Session(engine, presets);
  const store = new Store(initialState(session));
  const app = new App(store, session, (app) => renderPage(app, root));
  if (isEmbedded) document.documentElement.dataset.embed = "";
  followSystem(store);
  listenToKeys(app);
  app.act(() => app.opening.begin(fragmentOf(location.hash)));
}

/** In the reader's language, unless its words could not be loaded either. */
function reasonText(reason: string): string {
  const language = savedLanguage();
  if (hasCatalogue(language)) return translator(language)("messageNoEngine", { reason });
  return `The page could not be loaded. 页面无法加载。 ${reason}`;
}

/** Without the simulator there is nothing to show but the reason. */
function refuse(root: HTMLElement, reason: string): void {
  const box = document.createElement("p");
  box.className = "refusal";
  box.dataset.testid = "message";
  box.setAttribute("role", "alert");
  box.textContent = reasonText(reason);
  root.replaceChildren(box);
}

const root = document.getElementById("app");
if (root !== null) {
  Promise.all([loadEngine(), loadPresets(), loadTexts(savedLanguage())])
    .then(([engine, presets]) => start(engine, presets, root))
    .catch((thrown: unknown) => refuse(root, String(thrown)));
}
