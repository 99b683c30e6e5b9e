/** What the user can do, and the work of a frame. */

import { type Canvases, makeCanvases } from "./canvases.ts";
import { isScenarioFailure, type Language, type Playground } from "./engine.ts";
import { formatCount } from "./format.ts";
import { pack, unpack } from "./fragment.ts";
import { FrameLoop, type FrameWork } from "./frame.ts";
import { type AnyProblem, problemOf } from "./i18n/index.ts";
import { loadTexts } from "./i18n/load.ts";
import { copyText, LinkKeeper } from "./link.ts";
import { isNumactl } from "./numactl.ts";
import { type Job, Runner } from "./runner.ts";
import {
  decodeSelection,
  encodeSelection,
  pageOf,
  pageSelection,
  processOf,
  type Selection,
} from "./selection.ts";
import { type Session, titleOf } from "./session.ts";
import { nextTheme, saveLanguage, saveTheme } from "./settings.ts";
import { clampSpeed, ticksPerSecond } from "./speed.ts";
import { hasDrawer, type Inspector, isDark, type Message, type Store, type View } from "./store.ts";
import { isMedium } from "./system.ts";
import { FRAGMENT_MAX_CHARS } from "./url.ts";
import { Inquiry } from "./why.ts";
import { loadWhyTexts } from "./why-texts.ts";

/** How far a search for an event goes before it gives up. */
const SEARCH_MS = 60_000;
/** The scrubber shows at least this much time. */
const FIRST_HORIZON_MS = 10_000;
/** Text that the open dialog takes. */
export const OPEN_MAX_CHARS = 1_048_576;

export function message(key: Message["key"], values: Message["values"] = {}): Message {
  return { key, values, problems: [], notes: [] };
}

export class App implements FrameWork {
  readonly frame = new FrameLoop(this);
  private readonly runner = new Runner(() => performance.now());
  private readonly link = new LinkKeeper((hash) => this.act(() => this.openFragment(hash)));
  private readonly canvases: Canvases = makeCanvases(() => this.frame.request());
  private readonly inquiry = new Inquiry();
  private stale = true;
  private restoring = false;
  /** The link that is being unpacked. */
  private opening: string | null = null;
  private drawn: unknown = null;
  private digested: unknown = null;

  constructor(
    readonly store: Store,
    readonly session: Session,
    private readonly render: (app: App) => void,
  ) {
    store.onChange(() => this.frame.request());
  }

  /** Queues a change by the user; it is applied before the next redraw. */
  act(action: () => void): void {
    this.frame.act(action);
  }

  /** Opens the scenario of a link, or the default one. */
  begin(fragment: string): void {
    if (fragment === "") return this.startPreset(this.session.presets[0]?.id ?? "");
    this.openFragment(fragment);
  }

  // Scenarios

  startPreset(id: string): void {
    const preset = this.session.presets.find((preset) => preset.id === id);
    if (preset === undefined) return;
    this.start(preset.document);
    this.store.update({ presetId: id, ownTitle: null });
  }

  private start(document: string): void {
    this.session.start(document);
    this.opening = null;
    this.restoring = false;
    this.runner.reset();
    this.stale = true;
    const tickMs = this.session.playground?.clock().tickMs ?? 1;
    this.store.update({
      ...{ crashedAt: null, playing: false, job: null, midTick: false, message: null, share: null },
      ...{ selection: null, hover: null, why: null, zoom: null, process: 0, baseline: {} },
      horizonTick: Math.ceil(FIRST_HORIZON_MS / tickMs),
    });
  }

  private startOwn(document: string): void {
    this.start(document);
    const presetId = this.session.presetOfDocument();
    const ownTitle = presetId === null ? titleOf(this.session.documentText) : null;
    this.store.update({ presetId, ownTitle });
  }

  private openFragment(fragment: string): void {
    if (fragment.length > FRAGMENT_MAX_CHARS) {
      const max = formatCount(FRAGMENT_MAX_CHARS);
      return this.refuseLink([problemOf("messageLinkTooLong", { max })]);
    }
    this.opening = fragment;
    this.restoring = true;
    unpack(fragment).then((body) => this.act(() => this.openBody(fragment, body)));
  }

  /** Opens what was in a link, unless something else was opened since. */
  private openBody(fragment: string, body: string): void {
    if (this.opening !== fragment) return;
    try {
      this.restore(fragment, body);
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      this.refuseLink(thrown.errors);
    }
  }

  private restore(fragment: string, body: string): void {
    const shared = this.session.readFragment(fragment, body);
    this.startOwn(shared.document);
    this.select(decodeSelection(shared.selection));
    this.restoring = shared.tick > 0;
    if (this.restoring) this.goTo(shared.tick);
  }

  /** A link that cannot be opened never replaces what is there already. */
  private refuseLink(problems: readonly AnyProblem[]): void {
    this.opening = null;
    this.restoring = false;
    const kept = this.session.playground !== null;
    if (!kept) this.begin("");
    this.store.update({
      message: { ...message(kept ? "messageLinkKept" : "messageLink"), problems },
    });
  }

  /** Loads the text of the open dialog; errors are shown there. */
  openText(text: string): void {
    try {
      const numactl = isNumactl(text) ? this.session.fromNumactl(text) : null;
      this.startOwn(numactl?.document ?? text);
      const notes = numactl?.notes ?? [];
      this.store.update({ dialog: null, openErrors: [] });
      if (notes.length > 0) this.store.update({ message: { ...message("messageAssumed"), notes } });
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      this.showOpenErrors(thrown.errors);
    }
  }

  showOpenErrors(openErrors: readonly AnyProblem[]): void {
    this.store.update({ openErrors });
  }

  // Time

  home(): void {
    if (this.store.state.crashedAt !== null) return this.restart();
    this.goTo(0);
  }

  private restart(): void {
    const { presetId, ownTitle } = this.store.state;
    this.start(this.session.documentText);
    this.store.update({ presetId, ownTitle });
  }

  /** After a failure: a new simulator, run to where the last one was seen to work. */
  resume(): void {
    const { crashedAt, selection } = this.store.state;
    if (crashedAt === null) return;
    this.restart();
    this.goTo(crashedAt);
    this.select(selection);
  }

  tickForward(): void {
    const tick = this.headingFor();
    if (tick !== null) this.goTo(tick + 1);
  }

  /** From within a tick, back to its beginning. */
  tickBack(): void {
    const tick = this.headingFor();
    if (tick !== null) this.goTo(Math.max(0, this.store.state.midTick ? tick : tick - 1));
  }

  /** The tick that a step counts from: where a run is going, or where the simulation stands. */
  private headingFor(): number | null {
    const { job } = this.store.state;
    if (job?.kind === "tick") return job.target;
    return this.session.playground?.clock().tick ?? null;
  }

  /** Goes to a tick in either direction. */
  goTo(tick: number): void {
    const playground = this.session.playground;
    if (playground === null || !Number.isSafeInteger(tick) || tick < 0) return;
    this.beginStep();
    const now = playground.clock().tick;
    if (tick < now || (tick === now && this.store.state.midTick))
      return this.goBack(playground, tick);
    this.store.update({ midTick: false });
    if (tick > now) this.setJob({ kind: "tick", target: tick });
  }

  private goBack(playground: Playground, tick: number): void {
    playground.seek(tick);
    this.session.forgetEvents();
    this.stale = true;
    this.store.update({ midTick: false, job: null, baseline: playground.vmstat() });
  }

  eventForward(): void {
    const playground = this.session.playground;
    if (playground === null) return;
    this.beginStep();
    const { tick, tickMs } = playground.clock();
    const kind = this.store.state.eventKind;
    const deadline = tick + Math.ceil(SEARCH_MS / tickMs);
    this.setJob({ kind: "event", kinds: kind === "" ? [] : [kind], deadline });
  }

  private beginStep(): void {
    this.runner.reset();
    const baseline = this.session.playground?.vmstat() ?? {};
    this.store.update({ playing: false, job: null, message: null, share: null, baseline });
  }

  private setJob(job: Job): void {
    this.store.update({ job });
    this.frame.request();
  }

  togglePlay(): void {
    const { playing, job, crashedAt } = this.store.state;
    if (crashedAt !== null) return;
    if (job !== null) return this.stop();
    this.beginStep();
    this.store.update({ playing: !playing });
  }

  /** Ends a long run where it stands. */
  stop(): void {
    this.restoring = false;
    this.store.update({ job: null, playing: false });
  }

  setSpeed(index: number): void {
    this.store.update({ speed: clampSpeed(index) });
  }

  // Choices

  select(selection: Selection | null): void {
    this.stale = true;
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
    if (hit === null) return;
    this.select(pageSelection(hit));
    // Whoever picks a page wants to know about it, so the drawer opens.
    if (isMedium()) this.setView(this.store.state.inspector === "policy" ? "policy" : "why");
  }

  /** Shows a view: on a phone instead of the others, on a wide screen by going there. */
  setView(view: View): void {
    const inspector = view === "why" || view === "policy" ? { inspector: view } : {};
    this.store.update({ view, ...inspector });
    document.getElementById(`view-${view}`)?.focus();
  }

  /** Closes what lies over the views. */
  dismiss(): void {
    const { view } = this.store.state;
    this.store.update({ share: null, view: hasDrawer({ view }) ? "space" : view });
  }

  inspect(inspector: Inspector): void {
    const view = inspector === "policy" ? "policy" : "why";
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

  cycleTheme(): void {
    const theme = nextTheme(this.store.state.theme);
    saveTheme(theme);
    this.store.update({ theme });
  }

  /** Makes the link, and copies it where the browser allows. */
  share(): void {
    const playground = this.session.playground;
    if (playground === null) return;
    this.store.update({ playing: false });
    const body = playground.fragmentBody(encodeSelection(this.store.state.selection));
    const { tick } = playground.clock();
    pack(body).then((fragment) => this.act(() => this.showLink(fragment, body, tick)));
  }

  private showLink(fragment: string, body: string, tick: number): void {
    // A link that could not be opened is refused now, in words.
    this.session.readFragment(fragment, body);
    const url = this.link.write(fragment);
    this.store.update({ share: { url, tick, copied: false } });
    copyText(url).then((copied) => {
      const { share } = this.store.state;
      if (share?.url === url) this.store.update({ share: { ...share, copied } });
    });
  }

  // The frame

  advance(elapsedMs: number): boolean {
    const playground = this.session.playground;
    if (playground === null) return false;
    const { job, playing, speed } = this.store.state;
    if (job !== null) return this.workOn(playground, job);
    if (!playing) return false;
    if (this.runner.play(playground, elapsedMs, ticksPerSecond(speed))) {
      this.stale = true;
      this.store.update({ midTick: false });
    }
    return true;
  }

  private workOn(playground: Playground, job: Job): boolean {
    const outcome = this.runner.work(playground, job);
    this.stale = true;
    if (outcome === "running") return true;
    this.restoring = false;
    this.store.update({ job: null, midTick: job.kind === "event" && outcome === "done" });
    if (outcome === "not-found") {
      this.store.update({ message: message("messageNotFound", { seconds: SEARCH_MS / 1000 }) });
    }
    return false;
  }

  draw(): void {
    this.refresh();
    this.inquire();
    if (this.drawn === this.store.state && !this.canvases.resized()) return;
    this.render(this);
    this.drawn = this.store.state;
    if (this.session.playground !== null)
      this.canvases.paint(this.session.playground, this.store.state);
    this.reflect();
  }

  /** Asks why, where somebody looks and the simulation rests. */
  private inquire(): void {
    const { playing, job, inspector, language, selection, snapshot } = this.store.state;
    const playground = this.session.playground;
    if (playing || job !== null || inspector !== "why" || snapshot === null || playground === null)
      return;
    if (selection !== null) loadWhyTexts(language, () => this.act(() => this.redraw()));
    this.store.update({ why: this.inquiry.answer(playground, snapshot, selection) });
  }

  private redraw(): void {
    this.drawn = null;
    this.frame.request();
  }

  private refresh(): void {
    const playground = this.session.playground;
    if (!this.stale || playground === null) return;
    this.stale = false;
    const snapshot = this.session.snapshot(playground, pageOf(this.store.state.selection));
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
    const root = document.documentElement.dataset;
    const settled = !state.playing && state.job === null;
    document.documentElement.lang = state.language;
    root.lang = state.language;
    root.scheme = isDark(state) ? "dark" : "light";
    root.playing = String(state.playing);
    root.tick = String(state.snapshot?.clock.tick ?? 0);
    this.reflectDigest(settled);
    root.ready = String(!this.restoring);
    if (settled && !this.restoring)
      this.link.keep(`${root.digest}/${encodeSelection(state.selection)}`, () => this.fragment());
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

  private async fragment(): Promise<string | null> {
    const selection = encodeSelection(this.store.state.selection);
    const body = this.session.playground?.fragmentBody(selection);
    return body === undefined ? null : pack(body);
  }

  fail(thrown: unknown): void {
    if (isScenarioFailure(thrown)) {
      this.store.update({ message: { ...message("messageRefused"), problems: thrown.errors } });
      return;
    }
    // biome-ignore lint/suspicious/noConsole: the page says that it happened, this says what.
    console.error(thrown);
    this.session.abandon();
    this.restoring = false;
    const crashedAt = this.store.state.snapshot?.clock.tick ?? 0;
    const values = { detail: String(thrown), tick: formatCount(crashedAt) };
    this.store.update({
      ...{ crashedAt, playing: false, job: null },
      message: message("messageCrash", values),
    });
  }
}
