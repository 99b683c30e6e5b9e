/** Numbers and units as text. Digits are grouped in threes in every language. */

const PAGE_KIB = 4;
const MARK_NO_CPUPID = 0x1f_ffff;
const CPUPID_PID_BITS = 8;

// Made once: making one takes longer than using it many times.
export const formatter = (least: number, most: number): Intl.NumberFormat =>
  new Intl.NumberFormat("en-US", { minimumFractionDigits: least, maximumFractionDigits: most });
const WHOLE = formatter(0, 0);
const DECIMAL = formatter(0, 3);
const THOUSANDTHS = formatter(3, 3);

/** A whole number: 16384 → "16,384". */
export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** A number with the decimals it has, up to three: 2.5 → "2.5", 1200 → "1,200". */
export function formatDecimal(value: number): string {
  return DECIMAL.format(value);
}

/** A change: 512 → "+512", 0 → "". */
export function formatDelta(value: number): string {
  if (value === 0) return "";
  return value > 0 ? `+${formatCount(value)}` : `−${formatCount(-value)}`;
}

/** The time of a run: 3284 → "3.284 s". */
export function formatSeconds(milliseconds: number): string {
  return `${THOUSANDTHS.format(milliseconds / 1000)} s`;
}

/** A time span: 1000 → "1,000 ms". */
export function formatMs(milliseconds: number): string {
  return `${formatCount(milliseconds)} ms`;
}

/** Base pages as memory: 16384 → "64 MiB". Three significant digits. */
export function formatPages(pages: number): string {
  const units = ["KiB", "MiB", "GiB", "TiB"];
  if (pages === 0) return "0";
  let value = pages * PAGE_KIB;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return `${DECIMAL.format(Number(value.toFixed(digits)))} ${units[unit]}`;
}

/** A share: 0.256 → "26 %"; never "0 %" or "100 %" unless it is exactly that. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return "–";
  const percent = Math.round((part / whole) * 100);
  if (part > 0 && percent === 0) return "<1 %";
  if (part < whole && percent === 100) return ">99 %";
  return `${percent} %`;
}

/** Numbers in runs: [0, 1, 2, 5] → "0-2,5", as the kernel prints lists. */
export function formatList(numbers: readonly number[]): string {
  const runs: string[] = [];
  let at = 0;
  while (at < numbers.length) {
    const first = numbers[at] as number;
    let last = first;
    while (numbers[at + 1] === last + 1) {
      last += 1;
      at += 1;
    }
    runs.push(first === last ? `${first}` : `${first}-${last}`);
    at += 1;
  }
  return runs.join(",");
}

/** A whole number out of a field; null if the text is none or out of bounds. */
export function readWhole(text: string, min: number, max: number): number | null {
  const number = /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : null;
}

export interface CpuPid {
  readonly cpu: number;
  readonly pidLow: number;
}

/** Takes `last_cpupid` apart; null while it is unset. */
export function splitCpupid(lastCpupid: number): CpuPid | null {
  if (lastCpupid === MARK_NO_CPUPID) return null;
  return {
    cpu: lastCpupid >> CPUPID_PID_BITS,
    pidLow: lastCpupid & ((1 << CPUPID_PID_BITS) - 1),
  };
}
