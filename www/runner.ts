/** Advances the simulation in slices that fit into a frame: playing, or a job with an end. */

import type { EngineEvent, PageRef, Playground } from "./engine.ts";
import type { Selection } from "./selection.ts";

/** What the simulator may take of a frame while playing; the rest is for drawing. */
const PLAY_BUDGET_MS = 4;
/** The same while a job is under way, or when it is to go as fast as it can. */
const JOB_BUDGET_MS = 10;
/** Ticks that a search for an event runs between two looks at the clock. */
const EVENT_SLICE_TICKS = 25;
/** Ticks between two looks whether what is waited for has come. */
const LOOK_TICKS = 50;
/** A slice shorter than this lets the next one be longer. */
const SHORT_SLICE_MS = 2;
const MAX_CHUNK_TICKS = 1024;

/** What runs: one simulation, or two that are compared. */
export type Runs = Pick<Playground, "clock" | "runTicks" | "seekSome" | "runToEvent" | "events">;

/** Events that a search stops at: of these kinds, and if it says so with this outcome or on this page. */
export interface Wanted {
  readonly kinds: readonly string[];
  readonly verdict?: string;
  /** Only actions that the kernel refused: those have a verdict, its errno. */
  readonly refused?: boolean;
  readonly page?: PageRef;
}

export interface TickJob {
  readonly kind: "tick";
  readonly target: number;
  /** Against the run of time: what lies on the way is not shown. */
  readonly back?: boolean;
  /** What is selected on arrival. */
  readonly select?: Selection | null;
  /** Whether it is over before it has come there. */
  readonly isOver?: () => boolean;
  /** What is done on arrival. */
  readonly onArrival?: () => void;
}

export interface EventJob extends Wanted {
  readonly kind: "event";
  readonly deadline: number;
}

export type Job = TickJob | EventJob;

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
  play(engine: Runs, elapsedMs: number, ticksPerS: number): boolean {
    if (ticksPerS === Number.POSITIVE_INFINITY) return this.playFast(engine);
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

  private playFast(engine: Runs): boolean {
    this.runTo(engine, Number.POSITIVE_INFINITY, JOB_BUDGET_MS);
    return true;
  }

  /** Works on a job for one frame. */
  work(engine: Runs, job: Job): Outcome {
    return job.kind === "tick" ? this.workTick(engine, job) : this.workEvent(engine, job);
  }

  private workTick(engine: Runs, { target, isOver }: TickJob): Outcome {
    const stopMs = this.now() + JOB_BUDGET_MS;
    for (;;) {
      const before = this.now();
      const ticks = isOver === undefined ? this.chunkTicks : Math.min(this.chunkTicks, LOOK_TICKS);
      const isThere = engine.seekSome(target, ticks);
      const after = this.now();
      this.adaptChunk(after - before);
      if (isThere || isOver?.()) return "done";
      if (after >= stopMs) return "running";
    }
  }

  /** Runs at least one chunk, however little time there is: a slow simulation must get on too. */
  private runTo(engine: Runs, target: number, budgetMs: number): void {
    let before = this.now();
    const stopMs = before + budgetMs;
    let left = target - engine.clock().tick;
    while (left > 0) {
      const ticks = Math.min(left, this.chunkTicks);
      engine.runTicks(ticks);
      left -= ticks;
      const after = this.now();
      this.adaptChunk(after - before);
      if (after >= stopMs) return;
      before = after;
    }
  }

  private adaptChunk(tookMs: number): void {
    const longer = Math.min(this.chunkTicks * 2, MAX_CHUNK_TICKS);
    this.chunkTicks = tookMs < SHORT_SLICE_MS ? longer : Math.max(1, this.chunkTicks >> 1);
  }

  private workEvent(engine: Runs, job: EventJob): Outcome {
    const stopMs = this.now() + JOB_BUDGET_MS;
    do {
      const left = job.deadline - engine.clock().tick;
      if (left <= 0) return "not-found";
      const before = engine.clock().events;
      const found = engine.runToEvent(job.kinds, Math.min(left, EVENT_SLICE_TICKS));
      if (found && hasCome(engine, job, before)) return "done";
    } while (this.now() < stopMs);
    return "running";
  }
}

/** An event brings a few others with it, which stand behind it. */
const LOOK_BACK = 32;

/** Whether what was just found has the outcome, and is on the page, that a search asks for. */
function hasCome(engine: Runs, wanted: Wanted, before: number): boolean {
  const { verdict, refused, page } = wanted;
  if (verdict === undefined && page === undefined && refused !== true) return true;
  const { events } = engine.clock();
  const from = Math.max(before, events - LOOK_BACK);
  return engine.events(from, events - from).some((event) => isWanted(event, wanted));
}

function isWanted(event: EngineEvent, { kinds, verdict, refused, page }: Wanted): boolean {
  if (!kinds.includes(event.kind)) return false;
  if (refused === true) return event.verdict !== undefined;
  if (verdict !== undefined && event.verdict !== verdict) return false;
  return page === undefined || isSamePage(event.page, page);
}

function isSamePage(a: PageRef | undefined, b: PageRef): boolean {
  return a?.process === b.process && a.vma === b.vma && a.page === b.page;
}
