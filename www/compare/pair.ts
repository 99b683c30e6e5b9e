/** Two runs on one clock: whatever is run, both are. */

import type { Clock, EngineEvent, Playground } from "../engine.ts";
import type { Runs } from "../runner.ts";
import { MAX_TICK } from "../until.ts";

/** A run that has fallen behind makes up for it at this pace. */
const CATCH_UP = 2;

export type Half = Runs & Pick<Playground, "outcome" | "vmstat" | "tasks" | "mms">;

/** What a run has done so far, as text; not what it was told to do. */
function deeds(run: Half): string {
  const tasks = run.tasks().map(({ cpu, state, runtimeMs }) => [cpu, state, runtimeMs]);
  const mms = run
    .mms()
    .map(({ vmas }) => vmas.map(({ nodePages, hintPages }) => [nodePages, hintPages]));
  return JSON.stringify([run.vmstat(), run.outcome().all, tasks, mms]);
}

export class Pair implements Runs {
  /** Up to this tick both runs have done the same. */
  equalUntil = -1;
  /** At this tick they were seen to have done different things; null if never. */
  differsAt: number | null = null;

  constructor(
    readonly a: Half,
    readonly b: Half,
  ) {}

  /** Whether both stand at the same tick. */
  get isLevel(): boolean {
    return this.a.clock().tick === this.b.clock().tick;
  }

  /** Whether it is known to the tick where the runs part. */
  get isExact(): boolean {
    return this.differsAt !== null && this.differsAt - this.equalUntil <= 1;
  }

  get haveEnded(): boolean {
    return [this.a, this.b].every((run) => run.outcome().all.elapsedMs !== null);
  }

  /** The clock of the one that is behind. */
  clock(): Clock {
    const [a, b] = [this.a.clock(), this.b.clock()];
    return b.tick < a.tick ? b : a;
  }

  runTicks(ticks: number): void {
    if (this.isLevel) this.a.runTicks(ticks);
    this.b.seekSome(this.a.clock().tick, ticks * CATCH_UP);
  }

  seekSome(tick: number, budgetTicks: number): boolean {
    const both = [this.a, this.b].map((run) => run.seekSome(tick, budgetTicks));
    return both.every((isThere) => isThere);
  }

  /** To an event of the first run; the second comes to the same tick. */
  runToEvent(kinds: readonly string[], maxTicks: number): boolean {
    const found = this.a.runToEvent(kinds, maxTicks);
    this.b.seekSome(this.a.clock().tick, maxTicks + 1);
    return found;
  }

  events(fromSeq: number, max: number): EngineEvent[] {
    return this.a.events(fromSeq, max);
  }

  /**
   * Narrows down where the runs part, if they stand at a tick that tells something new. That costs
   * more than to run on for a tick, so it is not done on the way.
   */
  look(): void {
    const { tick } = this.a.clock();
    const isKnown = tick <= this.equalUntil || (this.differsAt !== null && tick >= this.differsAt);
    if (isKnown || !this.isLevel) return;
    if (deeds(this.a) === deeds(this.b)) this.equalUntil = tick;
    else this.differsAt = tick;
  }

  /**
   * Finds the tick where the runs part, by going there and back: from a checkpoint to any tick is a
   * short way. What is not found within the time is left to the next call.
   */
  narrow(budgetMs: number): void {
    if (!this.isLevel) return;
    const { tick } = this.a.clock();
    const endMs = performance.now() + budgetMs;
    while (this.differsAt !== null && !this.isExact && performance.now() < endMs) {
      this.seekSome(Math.floor((this.equalUntil + this.differsAt) / 2), MAX_TICK);
      this.look();
    }
    if (this.a.clock().tick !== tick) this.seekSome(tick, MAX_TICK);
  }
}
