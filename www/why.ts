/** Asks the simulator why what is selected is as it is. */

import type { Explanation, Mark, Playground } from "./engine.ts";
import { encodeSelection, type Selection } from "./selection.ts";
import type { Snapshot } from "./store.ts";

/** So many task moves between nodes the simulator keeps. */
const MOVES_KEPT = 2048;

/** The explanations for one selection at one moment. */
export interface Answer {
  readonly selection: Selection;
  readonly tick: number;
  readonly explanations: readonly Explanation[];
  /** When a task changed nodes, in order of time; null for what is no task. */
  readonly moves: readonly Mark[] | null;
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

/** Only what has happened: the simulator may have been further before. */
function movesOf(playground: Playground, selection: Selection): readonly Mark[] | null {
  if (selection.kind !== "task") return null;
  const task = playground.tasks().find((each) => each.tid === selection.tid)?.index;
  const { tick, events } = playground.clock();
  const { marks } = playground.marks(0, tick + 1, MOVES_KEPT, ["task_moved"]);
  const isOne = (mark: Mark): boolean =>
    mark.task === task && mark.seq < events && mark.fromNode !== mark.node;
  return marks.filter(isOne);
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
    const moves = movesOf(playground, selection);
    this.answered = { selection, tick: snapshot.clock.tick, explanations, moves };
    return this.answered;
  }

  private isAbout(selection: Selection): boolean {
    return encodeSelection(this.answered?.selection ?? null) === encodeSelection(selection);
  }
}
