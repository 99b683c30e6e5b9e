/** Asks the simulator why what is selected is as it is. */

import type { Explanation, Playground } from "./engine.ts";
import { encodeSelection, type Selection } from "./selection.ts";
import type { Snapshot } from "./store.ts";

/** The explanations for one selection at one moment. */
export interface Answer {
  readonly selection: Selection;
  readonly tick: number;
  readonly explanations: readonly Explanation[];
}

function ask(playground: Playground, selection: Selection): readonly Explanation[] {
  switch (selection.kind) {
    case "page":
      return playground.explainPage(selection.process, selection.vma, selection.page);
    case "vma":
      return playground.explainVma(selection.process, selection.vma);
    case "task":
      return playground.explainTask(selection.tid);
    case "event":
      return [playground.explainEvent(selection.seq)];
  }
}

/** Remembers the last answer, since each costs a replay. */
export class Inquiry {
  private askedAt: Snapshot | null = null;
  private answered: Answer | null = null;

  /** The answer for a selection; the one from before as long as nothing has changed. */
  answer(playground: Playground, snapshot: Snapshot, selection: Selection | null): Answer | null {
    if (selection === null) {
      this.answered = null;
      return null;
    }
    if (this.askedAt === snapshot && this.isAbout(selection)) return this.answered;
    this.askedAt = snapshot;
    const explanations = ask(playground, selection);
    this.answered = { selection, tick: snapshot.clock.tick, explanations };
    return this.answered;
  }

  private isAbout(selection: Selection): boolean {
    return encodeSelection(this.answered?.selection ?? null) === encodeSelection(selection);
  }
}
