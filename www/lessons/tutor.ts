/** Leads through a lesson: opens its scenario, goes where a step wants to be, and waits. */

import type { App } from "../app.ts";
import { asset } from "../asset.ts";
import { decodeSelection, type Selection } from "../selection.ts";
import {
  type Lesson,
  type LessonState,
  lastKind,
  type Move,
  mayGoOn,
  movesTo,
  stepOf,
} from "./lesson.ts";
import lessonsUrl from "./lessons.json?url";

/** One occasion leaves several events; the one that a step ran to is among so many. */
const NEWEST = 32;

export class Tutor {
  lessons: readonly Lesson[] = [];
  /** What is left of the way to the present step. */
  private ahead: Move[] = [];
  private underWay = false;

  constructor(private readonly app: App) {}

  /** Fetches the lessons. Rejects if they cannot be had. */
  async load(): Promise<void> {
    if (this.lessons.length > 0) return;
    const answer = await asset(lessonsUrl);
    this.lessons = await answer.json();
  }

  get state(): LessonState | null {
    return this.app.store.state.lesson;
  }

  /** Begins a lesson. */
  open(lesson: Lesson): void {
    this.app.store.update({ dialog: null });
    this.begin(lesson, 0);
  }

  /** The next step, once its question is answered. */
  next(): void {
    const { state } = this;
    if (state === null || !mayGoOn(state)) return;
    const step = state.step + 1;
    this.app.store.update({ lesson: { ...state, step, chosen: null } });
    this.setOut(state.lesson.steps[step]?.moves ?? []);
  }

  /** Goes to where a step ends, from the beginning, whatever the reader has done meanwhile. */
  again(step: number): void {
    const { state } = this;
    if (state === null || step < 0) return;
    this.begin(state.lesson, step);
  }

  choose(option: number): void {
    const { state } = this;
    if (state !== null) this.app.store.update({ lesson: { ...state, chosen: option } });
  }

  leave(): void {
    this.underWay = false;
    this.app.store.update({ lesson: null });
  }

  /** Called when the simulation rests: the next move, or the step is reached. */
  goOn(): void {
    const move = this.ahead.shift();
    if (move === undefined) return this.arrive();
    if ("tick" in move) return this.app.time.goTo(move.tick);
    for (let more = (move.times ?? 1) - 1; more > 0; more -= 1) {
      this.ahead.unshift({ event: move.event });
    }
    this.app.time.runToEvent([move.event]);
  }

  /** Whether the present step is not reached yet. */
  get isUnderWay(): boolean {
    return this.underWay;
  }

  private begin(lesson: Lesson, step: number): void {
    const { scenario } = lesson;
    if (typeof scenario === "string") this.app.opening.startPreset(scenario);
    else this.app.opening.startDocument(JSON.stringify(scenario));
    this.app.store.update({ lesson: { lesson, step, chosen: null } });
    this.setOut(movesTo(lesson, step));
  }

  private setOut(moves: readonly Move[]): void {
    this.ahead = [...moves];
    this.underWay = true;
    this.goOn();
  }

  /** "newest" is the event that the way ended with; everything else is written as in a link. */
  private selectionOf(select: string): Selection | null {
    if (select !== "newest") return decodeSelection(select);
    const { state } = this;
    const kind = state === null ? null : lastKind(state.lesson, state.step);
    const { playground } = this.app.session;
    if (playground === null) return null;
    const from = Math.max(0, playground.clock().events - NEWEST);
    const newestFirst = playground.events(from, NEWEST).reverse();
    const found = newestFirst.find((event) => event.kind === kind);
    return found === undefined ? null : { kind: "event", seq: found.seq };
  }

  /** Shows a second run without balancing, or only the one. */
  private compare(wanted: boolean): void {
    const { comparing } = this.app.store.state;
    if (wanted === comparing) return;
    if (!wanted) return this.app.comparing.close();
    const { kernel, ...others } = JSON.parse(this.app.session.documentText);
    this.app.comparing.open(
      JSON.stringify({ ...others, kernel: { ...kernel, numa_balancing: 0 } }),
    );
  }

  private arrive(): void {
    this.underWay = false;
    const { state } = this;
    const step = state === null ? null : stepOf(state);
    if (step === null) return;
    const { view, inspector, lower, select } = step;
    this.compare(step.compare ?? false);
    this.app.store.update({
      ...(view === undefined ? {} : { view }),
      ...(inspector === undefined ? {} : { inspector }),
      ...(lower === undefined ? {} : { lower }),
    });
    if (select !== undefined) this.app.select(this.selectionOf(select));
  }
}
