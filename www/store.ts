/** Everything that the page shows, in one place. Panels read it; only actions change it. */

import type { BuilderState } from "./builder/state.ts";
import type { EditState } from "./edit/state.ts";
import type {
  Bilingual,
  CallCount,
  Clock,
  KernelStruct,
  Language,
  Machine,
  Mm,
  PageInfo,
  PageRef,
  Task,
  Zoom,
} from "./engine.ts";
import type { LogLine } from "./events.ts";
import type { AnyProblem, Key, Values } from "./i18n/index.ts";
import type { Offer } from "./keeping/text.ts";
import type { LessonState } from "./lessons/lesson.ts";
import type { Preset } from "./presets.ts";
import type { Job } from "./runner.ts";
import type { Selection } from "./selection.ts";
import type { Answer } from "./why.ts";

export type Theme = "auto" | "light" | "dark";
/** The views of a phone, of which one is on the screen; on a wide screen they lie side by side. */
export const VIEWS = ["machine", "space", "why", "policy", "timeline"] as const;
export type View = (typeof VIEWS)[number];
/** What the inspector shows. */
export const INSPECTORS = ["why", "policy", "structs", "text"] as const;
export type Inspector = (typeof INSPECTORS)[number];
/** What lies below the address space. */
export const LOWERS = ["calls", "vmas", "events"] as const;
export type Lower = (typeof LOWERS)[number];

/** The charts of the timeline, in their order from above. */
export const CHARTS = ["faults", "pages", "periods", "migrated", "work"] as const;
export type Chart = (typeof CHARTS)[number];

/** The simulation at one moment, as plain objects. */
export interface Snapshot {
  readonly clock: Clock;
  readonly machine: Machine;
  readonly tasks: readonly Task[];
  readonly mms: readonly Mm[];
  readonly vmstat: Readonly<Record<string, number>>;
  readonly calls: readonly CallCount[];
  readonly log: readonly LogLine[];
  readonly selectedPage: PageInfo | null;
}

/** Words of the page with values, or sentences that came in both languages. */
export interface Message {
  readonly key: Key;
  readonly values: Values;
  readonly problems: readonly AnyProblem[];
  readonly notes: readonly Bilingual[];
}

export function message(key: Message["key"], values: Message["values"] = {}): Message {
  return { key, values, problems: [], notes: [] };
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

export type Dialog = "open" | "find" | "lessons" | "help" | "builder";

export interface State {
  readonly language: Language;
  readonly theme: Theme;
  /** Whether nodes are told apart by a texture besides their colour. */
  readonly textured: boolean;
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
  /** The simulator failed at this tick and was given up; null while it runs. */
  readonly crashedAt: number | null;
  readonly playing: boolean;
  readonly job: Job | null;
  /** How far a long job is; null while none is under way. */
  readonly progress: { readonly percent: number | null } | null;
  readonly midTick: boolean;
  readonly speed: number;
  readonly horizonTick: number;
  readonly eventKind: string;
  /** What is typed as the end of a run, and what is wrong with it. */
  readonly until: { readonly text: string; readonly problem: Key | null };
  /** The tick over which the pointer is in the timeline. */
  readonly hoverTick: number | null;
  /** Charts that were chosen; null while the page chooses by its height. */
  readonly charts: readonly Chart[] | null;
  readonly process: number;
  readonly zoom: Zoom | null;
  readonly selection: Selection | null;
  /** The page that the arrow keys have come to in the address space. */
  readonly cursor: PageRef | null;
  /** The node whose figures are open. */
  readonly openNode: number | null;
  readonly hover: Hover | null;
  /** Why what is selected is as it is; null until it was asked. */
  readonly why: Answer | null;
  /** The kernel's structures behind what is selected, now and before the last step. */
  readonly structs: readonly KernelStruct[];
  readonly structsBefore: readonly KernelStruct[];
  /** The kernel function whose description is open. */
  readonly openFunction: string | null;
  /** Null until the editor is there. */
  readonly edit: EditState | null;
  /** What was worked on last time, if it is still to be had. */
  readonly offer: Offer | null;
  /** Null until somebody builds. */
  readonly builder: BuilderState | null;
  readonly view: View;
  readonly inspector: Inspector;
  readonly lower: Lower;
  readonly message: Message | null;
  readonly share: ShareState | null;
  readonly lesson: LessonState | null;
  readonly dialog: Dialog | null;
  /** Whether two runs are shown side by side. */
  readonly comparing: boolean;
  readonly findText: string;
  readonly openText: string;
  readonly openErrors: readonly AnyProblem[];
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

/** Whether the inspector is on the screen, where it is a drawer or a view of its own. */
export function hasDrawer({ view }: Pick<State, "view">): boolean {
  return view === "why" || view === "policy";
}

/** Whether the page is dark: as chosen, or as the system is. */
export function isDark({ theme, systemDark }: Pick<State, "theme" | "systemDark">): boolean {
  return theme === "auto" ? systemDark : theme === "dark";
}
