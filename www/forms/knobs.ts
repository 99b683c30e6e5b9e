/** The kernel's settings under their names, and what they may be. */

import type { Key } from "../i18n/index.ts";

export type Knob =
  | "numa_balancing"
  | "scan_delay_ms"
  | "scan_period_min_ms"
  | "scan_period_max_ms"
  | "scan_size_mb";

export interface KnobInfo {
  readonly knob: Knob;
  /** As one finds it on a running system. */
  readonly path: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  readonly words: Key;
}

const DAY_MS = 86_400_000;
const DEBUGFS = "/sys/kernel/debug/sched/numa_balancing";

export const KNOBS: readonly KnobInfo[] = [
  {
    ...{ knob: "numa_balancing", path: "/proc/sys/kernel/numa_balancing", unit: "" },
    ...{ min: 0, max: 1, initial: 1, words: "edit.knobBalancing" },
  },
  {
    ...{ knob: "scan_delay_ms", path: `${DEBUGFS}/scan_delay_ms`, unit: "ms" },
    ...{ min: 0, max: DAY_MS, initial: 1000, words: "edit.knobDelay" },
  },
  {
    ...{ knob: "scan_period_min_ms", path: `${DEBUGFS}/scan_period_min_ms`, unit: "ms" },
    ...{ min: 0, max: DAY_MS, initial: 1000, words: "edit.knobPeriodMin" },
  },
  {
    ...{ knob: "scan_period_max_ms", path: `${DEBUGFS}/scan_period_max_ms`, unit: "ms" },
    ...{ min: 0, max: DAY_MS, initial: 60_000, words: "edit.knobPeriodMax" },
  },
  {
    ...{ knob: "scan_size_mb", path: `${DEBUGFS}/scan_size_mb`, unit: "MB" },
    ...{ min: 1, max: 1_048_576, initial: 256, words: "edit.knobSize" },
  },
];
