/** Advances the simulation in slices that fit into a frame: playing, or a job with an end. */

import type { Playground } from "./engine.ts";

/** What the simulator may take of a frame; the rest is for drawing. */
const FRAME_BUDGET_MS = 9;
/** While playing, less: every frame is drawn, and all of it should take half a frame. */
const PLAY_BUDGET_MS = 4;
/** Ticks that a search for an event runs between two looks at the clock. */
const EVENT_SLICE_TICKS = 25;
/** A slice shorter than this lets the next one be longer. */
const SHORT_SLICE_MS = 2;
const MAX_CHUNK_TICKS = 4096;

export type Job =
  | { readonly kind: "tick"; readonly target: number }
  | { readonly kind: "event"; readonly kinds: readonly string[]; readonly deadline: number };

export type Outcome = "running" | "done" | "not-found";

export class Runner {
  private owedTicks = 0;
  private chunkTicks = 1;

  constructor(private readonly now: () => number) {}

  /** Forgets what playing still owes, when playing stops or the scenario changes. */
  reset(): void {
    this.owedTicks = 0;
    this.chunkTicks = 1;
  }

  /** Plays for one frame; returns whether time passed in the simulation. */
  play(engine: Playground, elapsedMs: number, ticksPerS: number): boolean {
    this.owedTicks += (elapsedMs * ticksPerS) / 1000;
    const whole = Math.floor(this.owedTicks);
    if (whole === 0) return false;
    const start = engine.clock().tick;
    this.runTo(engine, start + whole, PLAY_BUDGET_MS);
    const ran = engine.clock().tick - start;
    // Ticks that the machine is too slow for are dropped, or it would never catch up.
    this.owedTicks = ran < whole ? 0 : this.owedTicks - whole;
    return true;
  }

  /** Works on a job for one frame. */
  work(engine: Playground, job: Job): Outcome {
    return job.kind === "tick" ? this.workTick(engine, job.target) : this.workEvent(engine, job);
  }

  private workTick(engine: Playground, target: number): Outcome {
    this.runTo(engine, target, FRAME_BUDGET_MS);
    return engine.clock().tick >= target ? "done" : "running";
  }

  private runTo(engine: Playground, target: number, budgetMs: number): void {
    const stopMs = this.now() + budgetMs;
    let left = target - engine.clock().tick;
    while (left > 0) {
      const before = this.now();
      const ticks = Math.min(left, this.chunkTicks);
      engine.runTicks(ticks);
      left -= ticks;
      const after = this.now();
      this.adaptChunk(after - before);
      if (after >= stopMs) return;
    }
  }

  private adaptChunk(tookMs: number): void {
    const longer = Math.min(this.chunkTicks * 2, MAX_CHUNK_TICKS);
    this.chunkTicks = tookMs < SHORT_SLICE_MS ? longer : Math.max(1, this.chunkTicks >> 1);
  }

  private workEvent(engine: Playground, job: Job & { kind: "event" }): Outcome {
    const stopMs = this.now() + FRAME_BUDGET_MS;
    do {
      const left = job.deadline - engine.clock().tick;
      if (left <= 0) return "not-found";
      if (engine.runToEvent(job.kinds, Math.min(left, EVENT_SLICE_TICKS))) return "done";
    } while (this.now() < stopMs);
    return "running";
  }
}
