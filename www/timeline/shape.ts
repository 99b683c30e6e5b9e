/** Numbers behind a chart: what is drawn, how far the axis goes, what stands at it. */

import type { ChartData } from "./figures.ts";

/** Ticks, then what each line draws: its values, or the sums up to it, highest first. */
export function alignedData(data: ChartData): (number | null)[][] {
  const ticks = [...data.ticks];
  if (!data.stacked) return [ticks, ...data.lines.map(({ values }) => [...values])];
  const sums = ticks.map(() => 0);
  const stack = data.lines.map(({ values }) =>
    values.map((value, at) => {
      sums[at] = (sums[at] ?? 0) + (value ?? 0);
      return value === null ? null : (sums[at] ?? 0);
    }),
  );
  return [ticks, ...stack.reverse()];
}

const NICE = [1, 1.5, 2, 3, 4, 5, 6, 8, 10] as const;

/** The end of the y axis: a number that is easily read, not below the highest value. */
export function niceCeiling(high: number | null): number {
  if (high === null || !(high > 0)) return 1;
  const decade = 10 ** Math.floor(Math.log10(high));
  const nice = NICE.find((each) => each * decade >= high) ?? 10;
  return nice * decade;
}

const UNITS: readonly (readonly [divisor: number, unit: string, from: number])[] = [
  [1e9, " G", 1e9],
  [1e6, " M", 1e6],
  [1e3, " k", 1e5],
];

/** A number of at most six characters: 16384 → "16,384", 2500000 → "2.5 M". */
export function shortNumber(value: number): string {
  const [divisor, unit] = UNITS.find(([, , from]) => value >= from) ?? [1, ""];
  const digits = { maximumFractionDigits: 1 };
  return `${(value / divisor).toLocaleString("en-US", digits)}${unit}`;
}

/** The first and last place of the longest run; an empty one if there is none. */
export function longestRun(inside: readonly boolean[]): [number, number] {
  let best: [number, number] = [0, -1];
  let first = 0;
  inside.forEach((is, at) => {
    if (!is) first = at + 1;
    else if (at - first > best[1] - best[0]) best = [first, at];
  });
  return best;
}
