/** Time: steps, runs, and going back. */

import type { App } from "./app.ts";
import { formatCount } from "./format.ts";
import { wantedOf } from "./next.ts";
import { type EventJob, type Job, Runner, type Runs, type TickJob, type Wanted } from "./runner.ts";
import type { Selection } from "./selection.ts";
import type { Session } from "./session.ts";
import { clampSpeed, ticksPerSecond } from "./speed.ts";
import { message, type Store } from "./store.ts";
import { isTick, parseUntil } from "./until.ts";

/** How far a search for an event goes before it gives up. */
const SEARCH_MS = 60_000;
/** A job that takes longer than this shows how far it is. */
const QUICK_MS = 400;
/** While a long way back is gone, the screen shows now and then where it is. */
const GLIMPSE_MS = 250;

/** How long a job has been under way, and where it began. */
interface Course {
  readonly sinceMs: number;
  readonly fromTick: number | null;
}

export class TimeControl {
  private readonly runner = new Runner(() => performance.now());
  private readonly store: Store;
  private readonly session: Session;
  private course: Course = { sinceMs: 0, fromTick: null };
  private shownMs = 0;

  constructor(private readonly app: App) {
    this.store = app.store;
    this.session = app.session;
  }

  /** Forgets what playing still owes. */
  reset(): void {
    this.runner.reset();
  }

  home(): void {
    if (this.store.state.crashedAt !== null) return this.app.opening.restart();
    this.goTo(0);
  }

  /** After a failure: a new simulator, run to where the last one was seen to work. */
  resume(): void {
    const { crashedAt, selection } = this.store.state;
    if (crashedAt === null) return;
    this.app.opening.restart();
    this.goTo(crashedAt);
    this.app.select(selection);
  }

  tickForward(): void {
    const tick = this.headingFor();
    if (tick !== null) this.goTo(tick + 1);
  }

  /** From within a tick, back to its beginning. */
  tickBack(): void {
    const tick = this.headingFor();
    if (tick !== null) this.goTo(Math.max(0, this.store.state.midTick ? tick : tick - 1));
  }

  /** The tick that a step counts from: where a run is going, or where the simulation stands. */
  private headingFor(): number | null {
    const { job } = this.store.state;
    if (job?.kind === "tick") return job.target;
    return this.session.playground?.clock().tick ?? null;
  }

  /**
   * Goes to a tick in either direction, and selects something there. Of several wishes within a frame
   * only the last one is worked on.
   */
  goTo(tick: number, select: Selection | null = null): void {
    const playground = this.session.playground;
    if (playground === null || !isTick(tick)) return;
    const { midTick, job } = this.store.state;
    const now = playground.clock().tick;
    const isThere = tick === now && !midTick && job === null;
    if (!isThere) {
      const back = tick < now || (tick === now && midTick);
      return this.begin({ kind: "tick", target: tick, back, select });
    }
    this.beginStep();
    if (select !== null) this.app.select(select);
  }

  /** After an edit: where the run stands is read anew, and a tick may have to be reached again. */
  arrive(tick: number | null): void {
    this.app.invalidate();
    if (tick === null) return this.beginStep();
    this.store.update({ midTick: false });
    this.goTo(tick);
  }

  /** To what was typed; what is wrong with it is shown beside it. */
  runUntil(text: string): void {
    const playground = this.session.playground;
    if (playground === null) return;
    const { tick, tickMs } = playground.clock();
    const until = parseUntil(text, tick, tickMs);
    if ("tick" in until) {
      this.store.update({ until: { text, problem: null } });
      return this.goTo(until.tick);
    }
    this.store.update({ until: { text, problem: until.problem } });
  }

  /** To the next event of the chosen kind. */
  eventForward(): void {
    const { eventKind, selection } = this.store.state;
    const { kinds, ...more } = wantedOf(eventKind, selection);
    this.runToEvent(kinds, more);
  }

  /** To the next event of some kinds, any if there are none. */
  runToEvent(kinds: readonly string[], more: Omit<Wanted, "kinds"> = {}): void {
    const playground = this.session.playground;
    if (playground === null) return;
    this.beginStep();
    const { tick, tickMs } = playground.clock();
    this.setJob({ kind: "event", kinds, ...more, deadline: tick + searchTicks(tickMs) });
  }

  private beginStep(): void {
    this.runner.reset();
    const baseline = this.session.playground?.vmstat() ?? {};
    const nothing = { job: null, progress: null, message: null, share: null };
    const structsBefore = this.store.state.structs;
    this.store.update({ playing: false, ...nothing, baseline, structsBefore });
    this.app.invalidate();
  }

  /** Sets out for a tick, in place of whatever was under way. */
  begin(job: TickJob): void {
    this.beginStep();
    if (job.back === true) this.session.forgetEvents();
    this.store.update({ midTick: false });
    this.setJob(job);
  }

  private setJob(job: Job): void {
    this.course = { sinceMs: performance.now(), fromTick: null };
    this.store.update({ job });
    this.app.frame.request();
  }

  togglePlay(): void {
    const { playing, job, crashedAt } = this.store.state;
    if (crashedAt !== null) return;
    if (job !== null) return this.stop();
    this.beginStep();
    this.store.update({ playing: !playing });
  }

  /** Ends a long run where it stands. */
  stop(): void {
    this.app.opening.settle();
    this.app.invalidate();
    this.store.update({ job: null, progress: null, playing: false });
  }

  setSpeed(index: number): void {
    this.store.update({ speed: clampSpeed(index) });
  }

  /** Runs the simulation for one frame; true while there is more to run. */
  advance(elapsedMs: number): boolean {
    const runs = this.app.comparing.pair ?? this.session.playground;
    if (runs === null) return false;
    const { job, playing, speed } = this.store.state;
    if (job !== null) return this.workOn(runs, job);
    if (!playing) return false;
    if (this.runner.play(runs, elapsedMs, ticksPerSecond(speed))) {
      this.app.invalidate();
      this.store.update({ midTick: false });
    }
    return true;
  }

  private workOn(runs: Runs, job: Job): boolean {
    const outcome = this.runner.work(runs, job);
    if (outcome === "running") {
      this.report(runs, job);
      return true;
    }
    this.app.invalidate();
    this.app.opening.settle();
    const midTick = job.kind === "event" && outcome === "done";
    this.store.update({ job: null, progress: null, midTick });
    if (job.kind === "tick") this.arrived(job);
    if (outcome === "not-found" && job.kind === "event") this.goBack(runs, job);
    return this.store.state.job !== null;
  }

  /** A search that found nothing ends where it began. */
  private goBack(runs: Runs, { deadline }: EventJob): void {
    const target = deadline - searchTicks(runs.clock().tickMs);
    const values = { seconds: SEARCH_MS / 1000, tick: formatCount(target) };
    const onArrival = (): void =>
      this.store.update({ message: message("messageNotFound", values) });
    this.begin({ kind: "tick", target, back: true, onArrival });
  }

  private arrived({ back, select, onArrival }: TickJob): void {
    if (back === true) this.store.update({ baseline: this.session.playground?.vmstat() ?? {} });
    if (select !== undefined && select !== null) this.app.select(select);
    onArrival?.();
  }

  /** Shows how far a job is that takes its time. */
  private report(runs: Runs, job: Job): void {
    const now = performance.now();
    const { tick } = runs.clock();
    const fromTick = this.course.fromTick ?? tick;
    this.course = { ...this.course, fromTick };
    const isBack = job.kind === "tick" && job.back === true;
    if (!isBack || now - this.shownMs > GLIMPSE_MS) {
      this.shownMs = now;
      this.app.invalidate();
    }
    if (now - this.course.sinceMs < QUICK_MS) return;
    this.store.update({ progress: { percent: percentOf(job, fromTick, tick) } });
  }
}

function searchTicks(tickMs: number): number {
  return Math.ceil(SEARCH_MS / tickMs);
}

/** How much of the way is done; nobody knows how far an event is. */
function percentOf(job: TickJob | EventJob, from: number, tick: number): number | null {
  if (job.kind === "event" || job.target <= from) return null;
  return Math.floor((100 * (tick - from)) / (job.target - from));
}
