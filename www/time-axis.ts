/** The one time axis of the charts, the tracks and the scrubber. */

/** Steps between the numbers of the scale, in ms of every power of ten. */
const STEPS_MS = [1, 2, 5] as const;

/** Times at which the scale has a number, from 0 up to the horizon, with at most so many steps. */
export function timeSteps(horizonMs: number, maxSteps: number): number[] {
  if (!(horizonMs > 0)) return [0];
  const step = stepFor(horizonMs, maxSteps);
  const count = Math.floor(horizonMs / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

function stepFor(horizonMs: number, maxSteps: number): number {
  for (let decade = 1; ; decade *= 10) {
    const step = STEPS_MS.find((each) => horizonMs / (each * decade) <= maxSteps);
    if (step !== undefined) return step * decade;
  }
}

/** How far along the axis a tick lies, from 0 to 1. */
export function shareOf(tick: number, horizonTick: number): number {
  return Math.min(1, Math.max(0, tick / Math.max(1, horizonTick)));
}

/** The tick at a place of the axis, from 0 to 1. */
export function tickAt(share: number, horizonTick: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * horizonTick);
}
