/** Everything that the page shows, in one place. Panels read it; only actions change it. */

import type {
  Bilingual,
  Clock,
  Language,
  Machine,
  Mm,
  PageInfo,
  PageRef,
  Preset,
  Problem,
  Task,
  Zoom,
} from "./engine.ts";
import type { LogLine } from "./events.ts";
import type { Key, Values } from "./i18n/index.ts";
import type { Job } from "./runner.ts";

export type Theme = "auto" | "light" | "dark";
export type View = "machine" | "space" | "counters" | "events";
export const VIEWS: readonly View[] = ["machine", "space", "counters", "events"];

/** The simulation at one moment, as plain objects. */
export interface Snapshot {
  readonly clock: Clock;
  readonly machine: Machine;
  readonly tasks: readonly Task[];
  readonly mms: readonly Mm[];
  readonly vmstat: Readonly<Record<string, number>>;
  readonly log: readonly LogLine[];
  readonly selectedPage: PageInfo | null;
}

/** Words of the page with values, or sentences that came in both languages. */
export interface Message {
  readonly key: Key;
  readonly values: Values;
  readonly problems: readonly Problem[];
  readonly notes: readonly Bilingual[];
}

export interface ShareState {
  readonly url: string;
  readonly tick: number;
  readonly copied: boolean;
}

export interface Hover {
  readonly x: number;
  readonly y: number;
  readonly page: PageRef;
  readonly pages: number;
  /** Only where the pointer is over a single page. */
  readonly info: PageInfo | null;
}

export interface State {
  readonly language: Language;
  readonly theme: Theme;
  readonly systemDark: boolean;
  readonly reducedMotion: boolean;
  readonly presets: readonly Preset[];
  /** The preset that runs; null for a scenario that came from elsewhere. */
  readonly presetId: string | null;
  /** Title of a scenario that is no preset, if it has one. */
  readonly ownTitle: Bilingual | null;
  readonly snapshot: Snapshot | null;
  /** Counters before the last step, for showing what it changed. */
  readonly baseline: Readonly<Record<string, number>>;
  readonly crashed: boolean;
  readonly playing: boolean;
  readonly job: Job | null;
  readonly midTick: boolean;
  readonly speed: number;
  readonly horizonTick: number;
  readonly eventKind: string;
  readonly process: number;
  readonly zoom: Zoom | null;
  readonly selection: PageRef | null;
  readonly hover: Hover | null;
  readonly view: View;
  readonly message: Message | null;
  readonly share: ShareState | null;
  readonly dialog: "open" | "help" | null;
  readonly openText: string;
  readonly openErrors: readonly Problem[];
}

export type Listener = () => void;

export class Store {
  private listener: Listener | null = null;

  constructor(private current: State) {}

  get state(): State {
    return this.current;
  }

  /** Changes some fields; tells the listener if any of them has another value now. */
  update(patch: Partial<State>): void {
    const keys = Object.keys(patch) as (keyof State)[];
    if (keys.every((key) => Object.is(patch[key], this.current[key]))) return;
    this.current = { ...this.current, ...patch };
    this.listener?.();
  }

  /** Who is told of changes: the frame loop. */
  onChange(listener: Listener): void {
    this.listener = listener;
  }
}

/** Machine's nodes in the order of their ids, as everything that counts by node is ordered. */
export function nodeIds(machine: Machine): readonly number[] {
  return machine.nodes.map((node) => node.id);
}

/** The address space that is shown. */
export function shownMm(state: State): Mm | null {
  const mms = state.snapshot?.mms ?? [];
  return mms.find((mm) => mm.process === state.process) ?? mms[0] ?? null;
}

/** Whether the page is dark: as chosen, or as the system is. */
export function isDark({ theme, systemDark }: Pick<State, "theme" | "systemDark">): boolean {
  return theme === "auto" ? systemDark : theme === "dark";
}
