/** While time passes, figures change faster than anybody reads them: parts of the page take turns. */

import type { State } from "./store.ts";

/** The parts that take turns, one a frame. */
export const PARTS = ["left", "center", "right", "time"] as const;
export type Part = (typeof PARTS)[number];

/** What passing time alone changes. */
const MOVES_ON: readonly string[] = [
  "snapshot",
  "horizonTick",
  "midTick",
  "structs",
] satisfies (keyof State)[];

export class Pace {
  private seen: State | null = null;
  private turn = 0;
  private isWhole = true;

  /** Begins a frame. Whatever somebody did, or that time stands still, is to be seen at once. */
  begin(state: State): void {
    this.isWhole = this.seen === null || !state.playing || !hasOnlyMovedOn(this.seen, state);
    this.turn = (this.turn + 1) % PARTS.length;
    this.seen = state;
  }

  /** Whether a part is drawn in this frame. */
  isDue(part: Part): boolean {
    return this.isWhole || PARTS[this.turn] === part;
  }
}

function hasOnlyMovedOn(before: State, now: State): boolean {
  const keys = Object.keys(now) as (keyof State)[];
  return keys.every((key) => Object.is(now[key], before[key]) || MOVES_ON.includes(key));
}
