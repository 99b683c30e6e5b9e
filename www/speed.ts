/** Speeds of playing, in ticks a second of the reader's time; the last is as fast as it goes. */

export const SPEEDS_TICKS_PER_S = [
  1,
  2,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  2500,
  Number.POSITIVE_INFINITY,
] as const;
/** What the fastest speed counts as where a number is needed. */
export const FASTEST_TICKS_PER_S = 2500;
export const DEFAULT_SPEED = 6;

/** A place in the list of speeds, kept within it. */
export function clampSpeed(index: number): number {
  if (!Number.isFinite(index)) return DEFAULT_SPEED;
  return Math.max(0, Math.min(SPEEDS_TICKS_PER_S.length - 1, Math.round(index)));
}

/** Ticks a second at a place in the list. */
export function ticksPerSecond(index: number): number {
  return SPEEDS_TICKS_PER_S[clampSpeed(index)] ?? SPEEDS_TICKS_PER_S[DEFAULT_SPEED];
}

/** How many times as fast as the simulated machine's own clock that is: "1/10", "2". */
export function formatRate(ticksPerS: number, tickMs: number): string {
  const rate = (ticksPerS * tickMs) / 1000;
  if (rate >= 1) return `${Number(rate.toFixed(1))}`;
  return `1/${Number((1 / rate).toFixed(1)).toLocaleString("en-US")}`;
}
