/** What a run came to at a moment, and how two runs differ in it. */

import type { Outcome, Playground } from "../engine.ts";
import { formatCount, formatSeconds, formatter } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";

export interface Figures {
  readonly tick: number;
  readonly nowMs: number;
  /** When the work was done; null while it goes on. */
  readonly elapsedMs: number | null;
  readonly accesses: number;
  readonly local: number;
  readonly stallMs: number;
  readonly runtimeMs: number;
  readonly scanMs: number;
  readonly faultMs: number;
  readonly migrateMs: number;
  readonly hintFaults: number;
  readonly hintFaultsLocal: number;
  readonly migrated: number;
}

type Read = Pick<Playground, "clock" | "outcome" | "vmstat">;

export function readFigures(playground: Read): Figures {
  const { tick, nowMs } = playground.clock();
  return figuresOf(tick, nowMs, playground.outcome().all, playground.vmstat());
}

export function figuresOf(
  tick: number,
  nowMs: number,
  { local, remote, ...times }: Outcome,
  vmstat: Readonly<Record<string, number>>,
): Figures {
  const { numa_hint_faults: all = 0, numa_hint_faults_local: own = 0 } = vmstat;
  const { numa_pages_migrated: migrated = 0 } = vmstat;
  const { elapsedMs, stallMs, runtimeMs, scanMs, faultMs, migrateMs } = times;
  return {
    ...{ tick, nowMs, elapsedMs, accesses: local + remote, local, stallMs, runtimeMs },
    ...{ scanMs, faultMs, migrateMs, hintFaults: all, hintFaultsLocal: own, migrated },
  };
}

/** CPU time that balancing takes. */
export function overheadMs({ scanMs, faultMs, migrateMs }: Figures): number {
  return scanMs + faultMs + migrateMs;
}

/** Of a hundred accesses, how many were local; null without any. */
export function localPercent({ local, accesses }: Figures): number | null {
  return accesses === 0 ? null : (local / accesses) * 100;
}

type Unit = "s" | "count" | "percent";

export interface Row {
  readonly id: string;
  readonly name: Key;
  readonly unit: Unit;
  /** Part of the row above it. */
  readonly isPart: boolean;
  readonly a: number | null;
  readonly b: number | null;
}

interface Line {
  readonly id: string;
  readonly unit: Unit;
  readonly isPart?: boolean;
  readonly of: (figures: Figures) => number | null;
}

const LINES: readonly Line[] = [
  { id: "elapsed", unit: "s", of: ({ elapsedMs }) => elapsedMs },
  { id: "work", unit: "count", of: ({ accesses }) => accesses },
  { id: "local", unit: "percent", of: localPercent },
  { id: "stall", unit: "s", of: ({ stallMs }) => stallMs },
  { id: "runtime", unit: "s", of: ({ runtimeMs }) => runtimeMs },
  { id: "overhead", unit: "s", of: overheadMs },
  { id: "scan", unit: "s", isPart: true, of: ({ scanMs }) => scanMs },
  { id: "fault", unit: "s", isPart: true, of: ({ faultMs }) => faultMs },
  { id: "copy", unit: "s", isPart: true, of: ({ migrateMs }) => migrateMs },
  { id: "hintFaults", unit: "count", of: ({ hintFaults }) => hintFaults },
  { id: "hintLocal", unit: "count", isPart: true, of: ({ hintFaultsLocal }) => hintFaultsLocal },
  { id: "migrated", unit: "count", of: ({ migrated }) => migrated },
];

export function rowsOf(a: Figures, b: Figures): Row[] {
  return LINES.map(({ id, unit, isPart = false, of }) => ({
    ...{ id, name: `compare.${id}` as Key, unit, isPart },
    ...{ a: of(a), b: of(b) },
  }));
}

/** Which of the two has balancing on, where that is all that differs. */
export type Sides = "aBalances" | "bBalances" | "other";

/** What is asked about first, then what it is measured against: balancing against none, or B against A. */
export function asked<T>(a: T, b: T, sides: Sides): readonly [T, T] {
  return sides === "aBalances" ? [a, b] : [b, a];
}

const ONE = formatter(1, 1);
const TWO = formatter(2, 2);

/** A value in its unit; a dash where there is none. */
export function valueText(value: number | null, unit: Unit): string {
  if (value === null) return "–";
  if (unit === "s") return formatSeconds(value);
  if (unit === "percent") return `${ONE.format(value)} %`;
  return formatCount(value);
}

/** "2.35 s": short enough for a sentence. */
export function secondsText(ms: number): string {
  return `${TWO.format(ms / 1000)} s`;
}

/** "31 %", below ten with a decimal: "2.1 %". */
export function percentText(percent: number): string {
  if (percent === 0) return "0 %";
  return `${percent < 9.95 ? ONE.format(percent) : formatCount(percent)} %`;
}

function signed(text: string, value: number): string {
  if (value === 0) return text;
  return `${value > 0 ? "+" : "−"}${text}`;
}

/** What is asked about less the other, in the unit of both; shares differ in points. */
export function differenceText({ a, b, unit }: Row, sides: Sides, t: Translate): string {
  const [one, two] = asked(a, b, sides);
  if (one === null || two === null) return "–";
  const text = valueText(Math.abs(one - two), unit);
  // What rounds to nothing has no sign.
  const difference = text === valueText(0, unit) ? 0 : one - two;
  if (unit !== "percent") return signed(text, difference);
  return t("compare.points", { points: signed(text.replace(" %", ""), difference) });
}

/** The same in hundredths of the other; there is none of a share, or of nothing. */
export function relativeText({ a, b, unit }: Row, sides: Sides): string {
  const [one, two] = asked(a, b, sides);
  if (one === null || two === null || unit === "percent" || two === 0) return "";
  const percent = ((one - two) / two) * 100;
  const text = percentText(Math.abs(percent));
  return signed(text, text === `${ONE.format(0)} %` ? 0 : percent);
}
