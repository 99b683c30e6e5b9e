/** Time: steps, runs, and going back. */

import type { App } from "./app.ts";
import type { Playground } from "./engine.ts";
import { type Job, Runner } from "./runner.ts";
import type { Session } from "./session.ts";
import { clampSpeed, ticksPerSecond } from "./speed.ts";
import { message, type Store } from "./store.ts";

/** How far a search for an event goes before it gives up. */
const SEARCH_MS = 60_000;

export class TimeControl {
  private readonly runner = new Runner(() => performance.now());
  private readonly store: Store;
  private readonly session: Session;

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

  /** Goes to a tick in either direction. */
  goTo(tick: number): void {
    const playground = this.session.playground;
    if (playground === null || !Number.isSafeInteger(tick) || tick < 0) return;
    this.beginStep();
    const now = playground.clock().tick;
    if (tick < now || (tick === now && this.store.state.midTick))
      return this.goBack(playground, tick);
    this.store.update({ midTick: false });
    if (tick > now) this.setJob({ kind: "tick", target: tick });
  }

  private goBack(playground: Playground, tick: number): void {
    playground.seek(tick);
    this.session.forgetEvents();
    this.app.invalidate();
    this.store.update({ midTick: false, job: null, baseline: playground.vmstat() });
  }

  /** To the next event of the chosen kind. */
  eventForward(): void {
    const kind = this.store.state.eventKind;
    this.runToEvent(kind === "" ? [] : [kind]);
  }

  /** To the next event of some kinds, any if there are none. */
  runToEvent(kinds: readonly string[]): void {
    const playground = this.session.playground;
    if (playground === null) return;
    this.beginStep();
    const { tick, tickMs } = playground.clock();
    this.setJob({ kind: "event", kinds, deadline: tick + Math.ceil(SEARCH_MS / tickMs) });
  }

  private beginStep(): void {
    this.runner.reset();
    const baseline = this.session.playground?.vmstat() ?? {};
    this.store.update({ playing: false, job: null, message: null, share: null, baseline });
  }

  private setJob(job: Job): void {
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
    this.store.update({ job: null, playing: false });
  }

  setSpeed(index: number): void {
    this.store.update({ speed: clampSpeed(index) });
  }

  /** Runs the simulation for one frame; true while there is more to run. */
  advance(elapsedMs: number): boolean {
    const playground = this.session.playground;
    if (playground === null) return false;
    const { job, playing, speed } = this.store.state;
    if (job !== null) return this.workOn(playground, job);
    if (!playing) return false;
    if (this.runner.play(playground, elapsedMs, ticksPerSecond(speed))) {
      this.app.invalidate();
      this.store.update({ midTick: false });
    }
    return true;
  }

  private workOn(playground: Playground, job: Job): boolean {
    const outcome = this.runner.work(playground, job);
    this.app.invalidate();
    if (outcome === "running") return true;
    this.app.opening.settle();
    this.store.update({ job: null, midTick: job.kind === "event" && outcome === "done" });
    if (outcome === "not-found") {
      this.store.update({ message: message("messageNotFound", { seconds: SEARCH_MS / 1000 }) });
    }
    return false;
  }
}
