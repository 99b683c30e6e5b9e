/** Two runs of a scenario under different settings: the one of the page, and another beside it. */

import { render } from "lit-html";
import type { App } from "../app.ts";
import { isScenarioFailure, type Playground } from "../engine.ts";
import { type AnyProblem, problemOf, translator } from "../i18n/index.ts";
import { MAX_TICK } from "../until.ts";
import {
  type Change,
  canEnd,
  changed,
  hzOf,
  isBalancing,
  readCompared,
  recognised,
} from "./change.ts";
import { type Figures, readFigures } from "./figures.ts";
import { type Form, formFor } from "./form.ts";
import { Pair } from "./pair.ts";
import { type ChartTools, Pictures } from "./pictures.ts";
import type { Sides } from "./verdict.ts";
import { compareView } from "./view.ts";
import "./compare.css";

/** While the runs go on, figures and pictures are drawn anew only so often. */
const REFRESH_MS = 100;
/** How much further the runs go in search of the end of their work, and where it has none. */
const END_MS = 60_000;
const FURTHER_MS = 10_000;

/** Figures of both runs at the same tick. */
export interface Level {
  readonly a: Figures;
  readonly b: Figures;
}

export class Comparison {
  /** The document of the second run, in canonical form. */
  otherText = "";
  change: Change = { kind: "balancing" };
  form: Form = formFor({ kind: "balancing" });
  problems: readonly AnyProblem[] = [];
  /** Null while one run has still to come to where the other is. */
  level: Level | null = null;
  /** The last verdict that was said while the runs rested. */
  said = "";
  readonly pictures: Pictures;
  private other: Playground | null = null;
  private both: Pair | null = null;
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

  get isRunning(): boolean {
    const { playing, job } = this.app.store.state;
    return playing || job !== null;
  }

  /** Which of the runs has balancing on, where nothing else differs. */
  get sides(): Sides {
    if (this.change.kind !== "balancing") return "other";
    return isBalancing(readCompared(this.app.session.documentText)) ? "aBalances" : "bBalances";
  }

  /** Whether both runs can come to the end of their work. */
  get canEnd(): boolean {
    return canEnd(this.app.session.documentText) && canEnd(this.otherText);
  }

  // Beginning and end

  /** Begins, with another document or with the change that was made last. */
  begin(other: string | undefined): void {
    const { documentText, revision } = this.app.session;
    this.revision = revision;
    this.problems = [];
    const change = other === undefined ? this.change : recognised(documentText, other);
    if (!this.put(change)) this.put({ kind: "balancing" });
  }

  /** Lets go of the second run. */
  end(): void {
    this.both = null;
    this.level = null;
    this.other?.free();
    this.other = null;
  }

  /** Makes the same change in the document that runs now. */
  sync(): void {
    const { revision } = this.app.session;
    if (revision === this.revision || this.playground === null) return;
    this.revision = revision;
    this.problems = [];
    if (!this.put(this.change)) this.put({ kind: "balancing" });
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
      this.take(playground, other, change);
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      this.problems = thrown.errors;
      return false;
    }
    return true;
  }

  private take(playground: Playground, other: Playground, change: Change): void {
    const text = other.document();
    const [hz, otherHz] = [this.app.session.documentText, text].map((document) =>
      hzOf(readCompared(document)),
    );
    if (hz !== otherHz) {
      other.free();
      this.problems = [problemOf("compare.otherHz", { hz: hz ?? 0, other: otherHz ?? 0 })];
      return;
    }
    this.end();
    this.other = other;
    this.otherText = text;
    this.change = change;
    this.form = formFor(change, this.form);
    this.both = new Pair(playground, other);
    this.catchUp(this.both);
  }

  /** Brings the second run to where the first is, or is going. */
  private catchUp(pair: Pair): void {
    const { job, midTick } = this.app.store.state;
    if (job?.kind === "tick" || (pair.isLevel && !midTick)) return this.app.invalidate();
    this.app.time.begin({ kind: "tick", target: pair.a.clock().tick, back: midTick });
  }

  // Runs

  /** Until all work is done in both; where it never is, some time further. */
  runOn(): void {
    const { pair } = this;
    if (pair === null) return;
    const { tick, tickMs } = pair.clock();
    const ms = this.canEnd ? END_MS : FURTHER_MS;
    const target = Math.min(MAX_TICK, tick + Math.ceil(ms / tickMs));
    const isOver = (): boolean => pair.haveEnded;
    this.app.time.begin({ kind: "tick", target, ...(this.canEnd ? { isOver } : {}) });
  }

  /** Goes to the first tick at which the runs have done different things. */
  goToDifference(): void {
    const { pair } = this;
    if (pair === null) return;
    pair.look();
    const { equalUntil, differsAt } = pair;
    if (differsAt === null) return;
    if (differsAt - equalUntil <= 1) return this.app.time.goTo(differsAt);
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
    if (!this.app.store.state.midTick) pair?.look();
    this.level =
      pair === null || !isLevel ? null : { a: readFigures(pair.a), b: readFigures(pair.b) };
  }

  /** The second run, for what only one of its kind can do. */
  get second(): Playground | null {
    return this.other;
  }
}
