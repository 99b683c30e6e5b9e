/** What the user can do, and the work of a frame. */

import { Building } from "./building.ts";
import { type Canvases, makeCanvases } from "./canvases.ts";
import { Comparing } from "./comparing.ts";
import { Editing } from "./editing.ts";
import { isScenarioFailure, type Language } from "./engine.ts";
import { fieldTexts } from "./field-texts.ts";
import { heldFocus, keepFocus } from "./focus.ts";
import { formatCount } from "./format.ts";
import { FrameLoop, type FrameWork } from "./frame.ts";
import { translator } from "./i18n/index.ts";
import { loadTexts } from "./i18n/load.ts";
import type { Tutor } from "./lessons/tutor.ts";
import { Opening } from "./opening.ts";
import { Pace } from "./pace.ts";
import { fetchDialogs } from "./panels/dialogs.ts";
import { encodeSelection, pageOf, pageSelection, processOf, type Selection } from "./selection.ts";
import type { Session } from "./session.ts";
import { nextTheme, saveLanguage, saveTexture, saveTheme } from "./settings.ts";
import { hasDrawer, type Inspector, isDark, message, type Store, type View } from "./store.ts";
import { structsOf } from "./structs.ts";
import { isMedium, scrollToView } from "./system.ts";
import { TimeControl } from "./time-control.ts";
import { TimelinePlace } from "./timeline-place.ts";
import { Inquiry } from "./why.ts";
import { whyTexts } from "./why-texts.ts";

/** While time passes nobody can read more events of a frame than this. */
const EVENTS_IN_MOTION = 64;

export class App implements FrameWork {
  readonly frame = new FrameLoop(this);
  readonly time: TimeControl;
  readonly opening: Opening;
  readonly editing: Editing;
  readonly building: Building;
  readonly timeline: TimelinePlace;
  readonly comparing: Comparing;
  readonly pace = new Pace();
  tutor: Tutor | null = null;
  tutorFailed = false;
  readonly canvases: Canvases = makeCanvases(() => this.frame.request());
  private readonly inquiry = new Inquiry();
  private stale = true;
  private viewsAsked = false;
  private lookedInto: unknown = null;
  private lookedFor: unknown = null;
  private drawn: unknown = null;
  private digested: unknown = null;

  constructor(
    readonly store: Store,
    readonly session: Session,
    private readonly render: (app: App) => void,
  ) {
    this.time = new TimeControl(this);
    this.opening = new Opening(this);
    this.editing = new Editing(this);
    this.building = new Building(this);
    this.timeline = new TimelinePlace(this);
    this.comparing = new Comparing(this);
    store.onChange(() => this.frame.request());
  }

  /** Has everything read from the simulator anew before the next drawing. */
  invalidate(): void {
    this.stale = true;
  }

  /** Queues a change by the user; it is applied before the next redraw. */
  act(action: () => void): void {
    this.frame.act(action);
  }

  // Choices

  select(selection: Selection | null): void {
    this.invalidate();
    const known = selection !== null && this.exists(selection);
    const process = known ? processOf(selection) : null;
    this.store.update({
      selection: known ? selection : null,
      ...(process === null ? {} : { process }),
    });
  }

  private exists(selection: Selection): boolean {
    const playground = this.session.playground;
    if (playground === null) return false;
    if (selection.kind === "event") return selection.seq < playground.clock().events;
    if (selection.kind === "task")
      return playground.tasks().some((task) => task.tid === selection.tid);
    const mm = playground.mms().find((mm) => mm.process === selection.process);
    const vma = mm?.vmas.find((candidate) => candidate.index === selection.vma);
    if (vma === undefined) return false;
    return selection.kind === "vma" || selection.page < vma.pages;
  }

  /** What the pointer is over, in CSS pixels of the address space's canvas. */
  hoverSpace(at: { x: number; y: number } | null): void {
    const hit = at === null ? null : (this.session.playground?.spaceHit(at.x, at.y) ?? null);
    if (at === null || hit === null) return this.store.update({ hover: null });
    const { pages, ...page } = hit;
    const info = pages === 1 ? this.session.page(page) : null;
    this.store.update({ hover: { ...at, pages, page, info } });
  }

  selectAt(x: number, y: number): void {
    const hit = this.session.playground?.spaceHit(x, y) ?? null;
    if (hit !== null) this.choose(pageSelection(hit));
  }

  /** Selects what was pointed at. Whoever does that wants to know about it, so the drawer opens. */
  choose(selection: Selection): void {
    this.select(selection);
    if (isMedium()) this.setView(this.store.state.inspector === "policy" ? "policy" : "why");
  }

  /** Shows a view: on a phone instead of the others, on a wide screen by going there. */
  setView(view: View): void {
    const inspector = view === "why" || view === "policy" ? { inspector: view } : {};
    this.store.update({ view, ...inspector });
    scrollToView();
    // The inspector is one place with several tabs.
    document.getElementById(`view-${view === "policy" ? "why" : view}`)?.focus();
  }

  /** Closes what lies over the views. */
  dismiss(): void {
    const { view } = this.store.state;
    if (hasDrawer({ view })) this.store.update({ view: "space" });
  }

  inspect(inspector: Inspector): void {
    const view = inspector === "policy" ? "policy" : "why";
    // What is new is read from its beginning.
    if (inspector !== this.store.state.inspector)
      document.getElementById("inspector-body")?.scrollTo(0, 0);
    this.store.update({ inspector, view });
  }

  toggleLanguage(): void {
    const language = this.store.state.language === "en" ? "zh" : "en";
    loadTexts(language).then(
      () => this.act(() => this.speak(language)),
      (thrown: unknown) => this.act(() => this.muted(thrown)),
    );
  }

  private speak(language: Language): void {
    saveLanguage(language);
    this.store.update({ language });
  }

  /** The words of the other language did not come; the page stays in the one it has. */
  private muted(thrown: unknown): void {
    this.store.update({ message: message("messageNoTexts", { detail: String(thrown) }) });
  }

  toggleTexture(): void {
    const textured = !this.store.state.textured;
    saveTexture(textured);
    this.store.update({ textured });
  }

  cycleTheme(): void {
    const theme = nextTheme(this.store.state.theme);
    saveTheme(theme);
    this.store.update({ theme });
  }

  /** Loads what the first picture does without: zooming, trails, figures over the pixels. */
  private loadViews(): void {
    if (this.viewsAsked) return;
    this.viewsAsked = true;
    performance.mark("first-picture");
    this.building.keep();
    fetchDialogs(this);
    import("./views/index.ts").then(
      ({ openViews }) => this.act(() => this.canvases.extend(openViews(this))),
      (thrown: unknown) => this.missed(thrown),
    );
  }

  /** Says that a part of the page could not be had. */
  missed(thrown: unknown): void {
    const missing = message("messageNoPart", { detail: String(thrown) });
    this.act(() => this.store.update({ message: missing }));
  }

  // The frame

  advance(elapsedMs: number): boolean {
    if (this.time.advance(elapsedMs)) return true;
    if (!this.tutor?.isUnderWay) return false;
    this.tutor.goOn();
    return true;
  }

  /** Lists the lessons; they are fetched at the first time. */
  openLessons(): void {
    this.tutorFailed = false;
    import("./lessons/tutor.ts")
      .then(async ({ Tutor }) => {
        const tutor = this.tutor ?? new Tutor(this);
        await tutor.load();
        this.tutor = tutor;
      })
      .catch(() => {
        this.tutorFailed = true;
      })
      .finally(() => this.act(() => this.redraw()));
  }

  draw(): void {
    const held = heldFocus();
    this.drawWhatChanged();
    keepFocus(held);
  }

  private drawWhatChanged(): void {
    this.comparing.sync();
    this.refresh();
    this.inquire();
    this.lookIntoStructs();
    const isSame = this.drawn === this.store.state;
    if (isSame && !this.canvases.resized()) return;
    if (!isSame) {
      this.pace.begin(this.store.state);
      this.render(this);
      this.drawn = this.store.state;
    }
    const isComparing = this.comparing.draw();
    if (this.session.playground !== null && !isComparing)
      this.canvases.paint(this.session.playground, this.store.state);
    if (this.store.state.snapshot !== null) this.loadViews();
    this.reflect();
    if (!isSame && !isComparing && this.pace.isDue("time")) this.timeline.draw();
  }

  /** Asks why, where somebody looks and the simulation rests. */
  private inquire(): void {
    const { playing, job, inspector, language, selection, snapshot } = this.store.state;
    const playground = this.session.playground;
    const isBusy = playing || job !== null || this.store.state.comparing;
    if (isBusy || inspector !== "why" || snapshot === null || playground === null) return;
    if (selection !== null) whyTexts.load(language, () => this.act(() => this.redraw()));
    this.store.update({ why: this.inquiry.answer(playground, snapshot, selection) });
  }

  /** Reads the kernel's structures, where somebody looks at them. */
  private lookIntoStructs(): void {
    const { inspector, language, snapshot } = this.store.state;
    const { playground } = this.session;
    if (inspector !== "structs" || playground === null || snapshot === null) return;
    if (this.lookedInto === snapshot && this.lookedFor === this.store.state.selection) return;
    this.lookedInto = snapshot;
    if (this.lookedFor !== this.store.state.selection) this.store.update({ structsBefore: [] });
    this.lookedFor = this.store.state.selection;
    fieldTexts.load(language, () => this.act(() => this.redraw()));
    this.store.update({ structs: structsOf(playground, this.store.state) });
  }

  /** Shows what is known of a kernel function, or hides it again. */
  explainFunction(name: string): void {
    const { openFunction, language } = this.store.state;
    this.store.update({ openFunction: openFunction === name ? null : name });
    whyTexts.load(language, () => this.act(() => this.redraw()));
  }

  /** Draws once more though nothing in the store has changed. */
  redraw(): void {
    this.drawn = null;
    this.frame.request();
  }

  private refresh(): void {
    const playground = this.session.playground;
    if (!this.stale || playground === null) return;
    this.stale = false;
    const { selection, playing, job, lower } = this.store.state;
    const inMotion = {
      calls: lower === "calls",
      events: lower === "events" ? EVENTS_IN_MOTION : 0,
    };
    const wanted = playing || job !== null ? inMotion : { calls: true };
    const snapshot = this.session.snapshot(playground, pageOf(selection), wanted);
    this.store.update({ snapshot });
    const { horizonTick, hover } = this.store.state;
    if (hover?.pages === 1) {
      this.store.update({ hover: { ...hover, info: this.session.page(hover.page) } });
    }
    if (snapshot.clock.tick >= horizonTick) {
      this.store.update({ horizonTick: Math.ceil(snapshot.clock.tick * 1.5) });
    }
  }

  /** What tests and style sheets read from the root element. */
  private reflect(): void {
    const { state } = this.store;
    const settled = !state.playing && state.job === null;
    if (document.documentElement.dataset.lang !== state.language) nameDocument(state.language);
    tell({
      lang: state.language,
      scheme: isDark(state) ? "dark" : "light",
      playing: String(state.playing),
      comparing: String(state.comparing),
      tick: String(state.snapshot?.clock.tick ?? 0),
      keeping: String(this.building.keeping !== null),
    });
    this.reflectDigest(settled);
    tell({ ready: String(!this.opening.isRestoring) });
    if (!settled || this.opening.isRestoring) return;
    const key = this.linkKey();
    this.opening.keepLink(key);
    this.building.keeping?.rest(key);
  }

  /** What the link stands for: an action that lies ahead changes the document only. */
  private linkKey(): string {
    const { digest } = document.documentElement.dataset;
    return [
      digest,
      encodeSelection(this.store.state.selection),
      this.session.revision,
      this.comparing.other,
    ].join("/");
  }

  /** The digest goes over the whole state, so it is taken only where the simulation rests. */
  private reflectDigest(settled: boolean): void {
    const playground = this.session.playground;
    const { snapshot } = this.store.state;
    const root = document.documentElement.dataset;
    if (!settled || playground === null) root.digest = "";
    else if (root.digest === "" || this.digested !== snapshot) root.digest = playground.digest();
    this.digested = snapshot;
  }

  fail(thrown: unknown): void {
    if (isScenarioFailure(thrown)) {
      this.store.update({ message: { ...message("messageRefused"), problems: thrown.errors } });
      return;
    }
    // biome-ignore lint/suspicious/noConsole: the page says that it happened, this says what.
    console.error(thrown);
    this.session.abandon();
    this.comparing.close();
    this.opening.settle();
    const crashedAt = this.store.state.snapshot?.clock.tick ?? 0;
    const values = { detail: String(thrown), tick: formatCount(crashedAt) };
    this.store.update({
      ...{ crashedAt, playing: false, job: null },
      message: message("messageCrash", values),
    });
  }
}

/** Writes data attributes of the root element; only what is new, for each costs a look at all styles. */
function tell(values: Readonly<Record<string, string>>): void {
  const root = document.documentElement;
  for (const [name, value] of Object.entries(values)) {
    if (root.dataset[name] === value) continue;
    root.dataset[name] = value;
  }
}

/** What others read of the page: screen readers, search engines, tabs. */
function nameDocument(language: Language): void {
  const t = translator(language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : language;
  document.title = t("pageTitle");
  document.querySelector("meta[name=description]")?.setAttribute("content", t("pageSummary"));
}
