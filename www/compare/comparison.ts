/** Two runs of a scenario under different settings: the one of the page, and another beside it. */

import { render } from "lit-html";
import type { App } from "../app.ts";
import { Detour } from "../detour.ts";
import { isScenarioFailure, type Playground } from "../engine.ts";
import { type AnyProblem, problemOf, translator } from "../i18n/index.ts";
import type { Snapshot } from "../store.ts";
import { MAX_TICK } from "../until.ts";
import { type Change, changed, isSame, recognised } from "./change.ts";
import { type Documents, readDocuments } from "./documents.ts";
import { type Figures, readFigures, type Sides } from "./figures.ts";
import { changeOf, type Form, formFor } from "./form.ts";
import { Pair } from "./pair.ts";
import { type ChartTools, Pictures } from "./pictures.ts";
import { compareView } from "./view.ts";
import "./compare.css";

/** While the runs go on, figures and pictures are drawn anew only so often. */
const REFRESH_MS = 100;
/** How much further the runs go in search of the end of their work, and where it has none. */
const END_MS = 60_000;
const FURTHER_MS = 10_000;
/** The search for where the runs part takes no longer at a time. */
const SEARCH_MS = 100;

/** Figures of both runs at the same tick. */
interface Level {
  readonly a: Figures;
  readonly b: Figures;
}

export class Comparison {
  /** The document of the second run, in canonical form. */
  otherText = "";
  /** The second run. */
  other: Playground | null = null;
  change: Change = { kind: "balancing" };
  form: Form = formFor({ kind: "balancing" });
  problems: readonly AnyProblem[] = [];
  /** Null while one run has still to come to where the other is. */
  level: Level | null = null;
  /** The last verdict that was said while the runs rested. */
  said = "";
  readonly pictures: Pictures;
  private readonly detour = new Detour();
  private both: Pair | null = null;
  private known: Documents | null = null;
  private digested: { readonly snapshot: Snapshot | null; readonly digest: string } | null = null;
  private revision = -1;
  private drawnMs = 0;

  constructor(
    readonly app: App,
    tools: ChartTools,
  ) {
    this.pictures = new Pictures(this, tools);
  }

  get playground(): Playground | null {
    return this.app.session.playground;
  }

  /** Both runs; null while the first is another one than the second was made for. */
  get pair(): Pair | null {
    return this.revision === this.app.session.revision ? this.both : null;
  }

  /** What a link carries of the second run, if there is one. */
  get sharedText(): string | undefined {
    return this.pair === null ? undefined : this.otherText;
  }

  get isRunning(): boolean {
    const { playing, job } = this.app.store.state;
    return playing || job !== null;
  }

  /** Whether something else is chosen than what the second run was made with. */
  get isPending(): boolean {
    const chosen = changeOf(this.form);
    return this.pair !== null && ("problem" in chosen || !isSame(chosen, this.change));
  }

  /** Which of the runs has balancing on, where nothing else differs. */
  get sides(): Sides {
    if (this.change.kind !== "balancing") return "other";
    return this.documents.isBalancing ? "aBalances" : "bBalances";
  }

  /** What both documents say; they are read again when one of them is another. */
  get documents(): Documents {
    const { documentText } = this.app.session;
    if (this.known?.text !== documentText || this.known.otherText !== this.otherText)
      this.known = readDocuments(documentText, this.otherText);
    return this.known;
  }

  /** The digest goes over the whole state of the second run, so it is taken only where something is new. */
  get digest(): string {
    const { snapshot } = this.app.store.state;
    if (this.isRunning || this.other === null) return "";
    if (this.digested?.snapshot !== snapshot)
      this.digested = { snapshot, digest: this.other.digest() };
    return this.digested.digest;
  }

  // Beginning and end

  /** Begins, with another document or with the change that was made last. */
  begin(other: string | undefined): void {
    const { documentText, revision } = this.app.session;
    this.revision = revision;
    this.problems = [];
    this.start(other === undefined ? this.change : recognised(documentText, other));
  }

  /** Makes a change where nothing is compared yet; one that can always be made where it is refused. */
  private start(change: Change): void {
    if (!this.put(change)) this.put({ kind: "balancing" });
  }

  /** Lets go of the second run. */
  end(): void {
    this.both = null;
    this.level = null;
    this.digested = null;
    this.other?.free();
    this.other = null;
  }

  /** Makes the same change in the document that runs now. */
  sync(): void {
    const { revision } = this.app.session;
    if (revision === this.revision || this.playground === null) return;
    this.revision = revision;
    this.problems = [];
    // The first run of the old pair may be gone.
    this.end();
    this.start(this.change);
  }

  /** Compares with something else, as chosen in the form. What is wrong with it is shown there. */
  choose(change: Change): void {
    this.problems = [];
    this.put(change);
    this.app.redraw();
  }

  refuse(problem: AnyProblem): void {
    this.problems = [problem];
    this.app.redraw();
  }

  changeForm(patch: Partial<Form>): void {
    this.form = { ...this.form, ...patch };
    this.problems = [];
    this.app.redraw();
  }

  /** Puts a changed scenario beside the one that runs; whether that was possible. */
  private put(change: Change): boolean {
    const { playground } = this;
    if (playground === null) return false;
    const text = this.app.session.documentText;
    try {
      const other = this.app.session.beside(changed(change, text, this.app.editing.opened ?? text));
      return this.take(playground, other, change);
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      this.problems = thrown.errors;
      return false;
    }
  }

  /** Ticks of two runs can be laid side by side only if they are equally long. */
  private take(playground: Playground, other: Playground, change: Change): boolean {
    const [tickMs, otherMs] = [playground.clock().tickMs, other.clock().tickMs];
    if (tickMs !== otherMs) {
      other.free();
      this.problems = [problemOf("compare.otherHz", { hz: hzOf(tickMs), other: hzOf(otherMs) })];
      return false;
    }
    this.end();
    this.other = other;
    this.otherText = other.document();
    this.change = change;
    this.form = formFor(change, this.form);
    this.both = new Pair(playground, other);
    this.catchUp(this.both);
    return true;
  }

  /** Brings the second run to where the first is, or is going. */
  private catchUp(pair: Pair): void {
    const { job, midTick } = this.app.store.state;
    if (job?.kind === "tick" || (pair.isLevel && !midTick)) return this.app.invalidate();
    this.app.time.begin({ kind: "tick", target: pair.a.clock().tick, back: midTick });
  }

  // Focus

  /** Once this is on the screen. */
  takeFocus(): void {
    const title = document.querySelector<HTMLElement>("#compare h2");
    if (title !== null) this.detour.enter(title);
  }

  /** As soon as what it came from is on the screen again; it stays where it is outside of this. */
  returnFocus(): void {
    const active = document.activeElement;
    if (active !== document.body && active?.closest("#compare") === null) return;
    this.app.act(() => this.detour.leave("compare"));
  }

  // Runs

  /** Until all work is done in both; where it never is, some time further. */
  runOn(): void {
    const { pair } = this;
    if (pair === null) return;
    const { tick, tickMs } = pair.clock();
    const { canEnd } = this.documents;
    const ms = canEnd ? END_MS : FURTHER_MS;
    const target = Math.min(MAX_TICK, tick + Math.ceil(ms / tickMs));
    const isOver = (): boolean => pair.haveEnded;
    this.app.time.begin({ kind: "tick", target, ...(canEnd ? { isOver } : {}) });
  }

  /** Goes to the first tick at which the runs have done different things. */
  goToDifference(): void {
    const { pair } = this;
    if (pair === null) return;
    pair.look();
    const { equalUntil, differsAt } = pair;
    if (differsAt === null) return;
    if (pair.isExact) return this.app.time.goTo(differsAt);
    const target = Math.floor((equalUntil + differsAt) / 2);
    const back = target < pair.a.clock().tick;
    this.app.time.begin({ kind: "tick", target, back, onArrival: () => this.goToDifference() });
  }

  // Drawing

  draw(): void {
    const host = document.getElementById("compare");
    const now = performance.now();
    if (host === null || (this.isRunning && now - this.drawnMs < REFRESH_MS)) return;
    this.drawnMs = now;
    this.read();
    render(compareView(this, translator(this.app.store.state.language)), host);
    this.pictures.draw(host);
  }

  private read(): void {
    const { pair } = this;
    const isLevel = pair?.isLevel ?? false;
    // Within a tick only the first of them can stop.
    if (!this.app.store.state.midTick) {
      pair?.look();
      if (!this.isRunning) pair?.narrow(SEARCH_MS);
    }
    this.level =
      pair === null || !isLevel ? null : { a: readFigures(pair.a), b: readFigures(pair.b) };
  }
}

function hzOf(tickMs: number): number {
  return Math.round(1000 / tickMs);
}
