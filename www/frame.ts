/**
 * The only owner of requestAnimationFrame. A frame first applies what the user did, then runs the
 * simulation for a slice of time, then draws; it asks for the next one only while there is more to do.
 */

export type Action = () => void;

export interface FrameWork {
  /** Runs the simulation; true while there is more to run. */
  advance(elapsedMs: number): boolean;
  /** Brings the screen up to date. */
  draw(): void;
  /** An action or the frame itself failed. */
  fail(thrown: unknown): void;
}

/** Longest time between frames that counts; after a pause in a background tab, time does not jump. */
const MAX_ELAPSED_MS = 250;

export class FrameLoop {
  private readonly actions: Action[] = [];
  private requested = false;
  private lastFrameMs: number | null = null;
  private failedBefore = false;

  constructor(private readonly work: FrameWork) {}

  /** Queues what the user asked for; it is applied at the beginning of the next frame. */
  act(action: Action): void {
    this.actions.push(action);
    this.request();
  }

  /** Asks for a frame. */
  request(): void {
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame((now) => this.frame(now));
  }

  private frame(now: number): void {
    this.requested = false;
    const elapsedMs =
      this.lastFrameMs === null ? 0 : Math.min(now - this.lastFrameMs, MAX_ELAPSED_MS);
    let failed = false;
    let more = false;
    try {
      this.applyActions();
      more = this.work.advance(elapsedMs);
    } catch (thrown) {
      failed = true;
      this.work.fail(thrown);
    }
    try {
      this.work.draw();
    } catch (thrown) {
      failed = true;
      this.work.fail(thrown);
    }
    this.afterFailure(failed);
    this.lastFrameMs = more ? now : null;
    if (more || this.actions.length > 0) this.request();
  }

  private applyActions(): void {
    for (const action of this.actions.splice(0)) action();
  }

  /** One more frame shows the message; a second failure in a row does not ask for a third. */
  private afterFailure(failed: boolean): void {
    if (failed && !this.failedBefore) this.request();
    this.failedBefore = failed;
  }
}
