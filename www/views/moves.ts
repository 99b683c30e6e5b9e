/** What has moved between nodes: since the last picture, in this step, since the start. */

import type { Machine, Moves, Task } from "../engine.ts";
import type { Snapshot } from "../store.ts";

/** What moved from one node to another, in all and in this step. */
export interface Flow extends Moves {
  readonly stepPages: number;
  readonly stepTasks: number;
}

const NONE = { pages: 0, tasks: 0 };

function of(moves: readonly Moves[], { from, to }: Moves): { pages: number; tasks: number } {
  return moves.find((known) => known.from === from && known.to === to) ?? NONE;
}

/** What came to `now` after `before`; as nothing where time has gone back in between. */
export function flows(now: readonly Moves[], before: readonly Moves[]): Flow[] {
  return now.map((each) => {
    const { pages, tasks } = of(before, each);
    const stepPages = Math.max(0, each.pages - pages);
    return { ...each, stepPages, stepTasks: Math.max(0, each.tasks - tasks) };
  });
}

/** Tasks that are on another node than before, with the CPU they left. */
export function movedTasks(
  now: readonly Task[],
  before: readonly Task[],
): { task: Task; fromCpu: number; fromNode: number }[] {
  return now.flatMap((task) => {
    const old = before.find((known) => known.tid === task.tid);
    if (old === undefined || old.node === task.node || task.state === "X") return [];
    return [{ task, fromCpu: old.cpu, fromNode: old.node }];
  });
}

/** Remembers where the present step began. */
export class StepStart {
  private key: unknown = null;
  private last: Machine | null = null;
  private start: readonly Moves[] = [];

  /** The moves at the beginning of the step that `key` stands for; each step has another. */
  of(key: unknown, { machine, clock }: Snapshot): readonly Moves[] {
    if (key !== this.key) {
      this.key = key;
      this.start = this.last?.moves ?? machine.moves;
    }
    // After going back, or in a scenario that has just begun, nothing has moved in this step.
    const isBack = this.start.some((old) => of(machine.moves, old).pages < old.pages);
    if (isBack || clock.tick === 0) this.start = machine.moves;
    this.last = machine;
    return this.start;
  }
}
