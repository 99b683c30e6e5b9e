/** Undo and redo: each step is a whole document and the tick at which one stood. */

export interface Moment {
  readonly document: string;
  readonly tick: number;
}

/** A document may have a megabyte; older steps are forgotten. */
const MAX_STEPS = 100;

export class UndoStack {
  private past: Moment[] = [];
  private future: Moment[] = [];

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  reset(): void {
    this.past = [];
    this.future = [];
  }

  /** Keeps what there was before an edit. */
  remember(before: Moment): void {
    this.past = [...this.past, before].slice(-MAX_STEPS);
    this.future = [];
  }

  /** The moment before the last edit; the present one stays reachable by `redo`. */
  undo(present: Moment): Moment | null {
    const before = this.past.pop() ?? null;
    if (before !== null) this.future.push(present);
    return before;
  }

  redo(present: Moment): Moment | null {
    const after = this.future.pop() ?? null;
    if (after !== null) this.past.push(present);
    return after;
  }
}
