/** "Run until": a tick or a time, as somebody types it. */

import type { Key } from "./i18n/index.ts";

/** The simulator goes no further. */
export const MAX_TICK = 86_400_000;

const PATTERN = /^(\+?)(\d+(?:\.\d+)?)(s|ms|min)?$/;
const MS_OF: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };

/** What is written with decimals is not exact in binary. */
const ROUNDING_TICKS = 1e-6;

export type Until = { readonly tick: number } | { readonly problem: Key };

export function isTick(tick: number): boolean {
  return Number.isSafeInteger(tick) && tick >= 0 && tick <= MAX_TICK;
}

/** Reads "800" (a tick), "3.2 s", "500 ms", "2 min", and "+…" for so much more. */
export function parseUntil(text: string, nowTick: number, tickMs: number): Until {
  const typed = text.toLowerCase().replace(/[\s,_]/g, "");
  if (typed === "") return { problem: "timeline.untilEmpty" };
  const found = PATTERN.exec(typed);
  if (found === null) return { problem: "timeline.untilUnknown" };
  const [, plus, number, unit] = found;
  const ticks = ticksOf(Number(number), unit, tickMs);
  if (ticks === null) return { problem: "timeline.untilPart" };
  const tick = plus === "+" ? nowTick + ticks : ticks;
  return isTick(tick) ? { tick } : { problem: "timeline.untilFar" };
}

/** Half a tick is none; a time ends at the tick that has come by then. */
function ticksOf(value: number, unit: string | undefined, tickMs: number): number | null {
  if (unit === undefined) return Number.isInteger(value) ? value : null;
  const ticks = (value * (MS_OF[unit] ?? 1)) / tickMs;
  return Math.ceil(ticks - ROUNDING_TICKS);
}
