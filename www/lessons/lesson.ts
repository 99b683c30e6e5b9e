/** Lessons: a scenario each, gone through in steps that wait for the reader. */

import type { Bilingual } from "../engine.ts";
import type { Inspector, Lower, View } from "../store.ts";

/** How a step gets to the moment it is about, from where the step before it ended. */
export type Move = { readonly tick: number } | { readonly event: string; readonly times?: number };

/** Asked before it is shown. */
export interface Question {
  readonly ask: Bilingual;
  readonly options: readonly Bilingual[];
  /** Place of the right one. */
  readonly right: number;
  /** Why it is the right one. */
  readonly because: Bilingual;
}

export interface Step {
  readonly text: Bilingual;
  readonly moves?: readonly Move[];
  /** As in a link; "newest" for the event that the moves ended with. */
  readonly select?: string;
  /** What a phone shows. */
  readonly view?: View;
  readonly inspector?: Inspector;
  readonly lower?: Lower;
  /** Whether the run is shown beside one without balancing. */
  readonly compare?: boolean;
  readonly question?: Question;
  /** Counters of /proc/vmstat that must read so at the end of the step; a test holds them. */
  readonly expect?: Readonly<Record<string, number>>;
}

export interface Lesson {
  readonly id: string;
  readonly title: Bilingual;
  /** What it teaches, in a sentence. */
  readonly about: Bilingual;
  /** The id of a preset, or a document. */
  readonly scenario: string | Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

/** Where the reader is. */
export interface LessonState {
  readonly lesson: Lesson;
  readonly step: number;
  /** Which option was chosen in this step; null before. */
  readonly chosen: number | null;
}

export function stepOf({ lesson, step }: LessonState): Step | null {
  return lesson.steps[step] ?? null;
}

/** A question holds the way forward until it is answered. */
export function mayGoOn(state: LessonState): boolean {
  const step = stepOf(state);
  if (step === null || state.step + 1 >= state.lesson.steps.length) return false;
  return step.question === undefined || state.chosen !== null;
}

/** All moves from the beginning up to a step. */
export function movesTo(lesson: Lesson, step: number): readonly Move[] {
  return lesson.steps.slice(0, step + 1).flatMap((each) => each.moves ?? []);
}

/** The kind of event that the way to a step ended with, if it ended with one. */
export function lastKind(lesson: Lesson, step: number): string | null {
  const last = movesTo(lesson, step).at(-1);
  return last !== undefined && "event" in last ? last.event : null;
}
