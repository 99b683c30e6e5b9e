/** A stand-in for the simulator that only counts: a tick is an event, and time costs nothing. */

import type { EngineEvent, Playground } from "../engine.ts";

export interface Counter {
  tick: number;
  readonly calls: string[];
}

const CHECKPOINT_TICKS = 1000;

type Partly = Pick<Playground, "clock" | "runTicks" | "seekSome" | "runToEvent" | "events">;

export function fakePlayground(
  counter: Counter,
  eventAt: number,
  events: readonly EngineEvent[] = [],
): Playground {
  const partly: Partly = {
    clock: () => ({
      nowMs: counter.tick * 4,
      tick: counter.tick,
      tickMs: 4,
      jiffies: "0",
      events: events.length,
    }),
    runTicks(ticks) {
      counter.calls.push(`runTicks ${ticks}`);
      counter.tick += ticks;
    },
    seekSome(tick, budgetTicks) {
      counter.calls.push(`seekSome ${tick}`);
      // Like the simulator, it goes back to a checkpoint first.
      if (tick < counter.tick)
        counter.tick = Math.floor(tick / CHECKPOINT_TICKS) * CHECKPOINT_TICKS;
      counter.tick = Math.min(tick, counter.tick + budgetTicks);
      return counter.tick === tick;
    },
    runToEvent(_kinds, maxTicks) {
      const found = eventAt <= counter.tick + maxTicks;
      counter.tick = found ? eventAt : counter.tick + maxTicks;
      return found;
    },
    events: (fromSeq, max) => events.filter((event) => event.seq >= fromSeq).slice(0, max),
  };
  return partly as Playground;
}

export function event(seq: number, kind: string, extra: Partial<EngineEvent> = {}): EngineEvent {
  return { seq, timeMs: seq, cpu: 0, task: 0, kind, says: kind, values: [`${seq}`], ...extra };
}
