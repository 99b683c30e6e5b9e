/** Sizes as scenarios write them: "64 MiB", "16384 pages", or a number of bytes. */

export const UNITS: ReadonlyMap<string, number> = new Map([
  ["B", 1],
  ["KiB", 2 ** 10],
  ["MiB", 2 ** 20],
  ["GiB", 2 ** 30],
  ["TiB", 2 ** 40],
  ["page", 4096],
  ["pages", 4096],
]);

/** So many bytes; 0 for what the format does not take for a size. */
export function bytesIn(size: unknown): number {
  if (typeof size === "number") return size;
  const [, count = "0", unit = "B"] = /^\s*(\d+)\s*([A-Za-z]+)?\s*$/.exec(String(size)) ?? [];
  return Number(count) * (UNITS.get(unit) ?? 0);
}
