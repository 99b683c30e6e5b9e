/** Undo and redo: each step is a whole state, as it was before an edit. */

/** A state may have a megabyte; older steps are forgotten. */
const MAX_STEPS = 100;

export class UndoStack<Step> {
  private past: Step[] = [];
  private future: Step[] = [];

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
  remember(before: Step): void {
    this.past = [...this.past, before].slice(-MAX_STEPS);
    this.future = [];
  }

  /** The state before the last edit; the present one stays reachable by `redo`. */
  undo(present: Step): Step | null {
    const before = this.past.pop() ?? null;
    if (before !== null) this.future.push(present);
    return before;
  }

  redo(present: Step): Step | null {
    const after = this.future.pop() ?? null;
    if (after !== null) this.past.push(present);
    return after;
  }
}
