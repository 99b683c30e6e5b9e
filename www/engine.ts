/**
 * The simulator as the page sees it: the class `Playground` of the wasm module, in types.
 * Times are milliseconds, addresses are "0x…" strings, counts are base pages.
 */

import type {
  MachinePicture,
  MachineRequest,
  SpaceHit,
  SpacePicture,
  SpaceRequest,
} from "./picture.ts";

export type * from "./picture.ts";

export type Language = "en" | "zh";
export type Bilingual = Readonly<Record<Language, string>>;

export interface Clock {
  readonly nowMs: number;
  readonly tick: number;
  readonly tickMs: number;
  readonly jiffies: string;
  readonly events: number;
}

export interface Cpu {
  readonly id: number;
  readonly running: number | null;
  readonly waiting: number;
}

export interface Node {
  readonly id: number;
  readonly cpus: readonly Cpu[];
  readonly memoryPages: number;
  readonly freePages: number;
  readonly processPages: readonly number[];
}

/** What has moved from one node to another since the start. */
export interface Moves {
  readonly from: number;
  readonly to: number;
  readonly pages: number;
  readonly tasks: number;
}

export interface Machine {
  readonly nodes: readonly Node[];
  /** Pairs of nodes without any are left out. */
  readonly moves: readonly Moves[];
  readonly distances: readonly (readonly number[])[];
}

export type TaskState = "new" | "R" | "S" | "T" | "X";

export interface Task {
  readonly index: number;
  readonly process: number;
  readonly tid: number;
  readonly name: string;
  /** As `ps` prints it; "new" for one that has not started. */
  readonly state: TaskState;
  readonly cpu: number;
  readonly node: number;
  readonly affinity: readonly number[];
  /** As `numa_maps` prints policies. */
  readonly policy: string;
  readonly runtimeMs: number;
  readonly scanPeriodMs: number;
  readonly scanPeriodMaxMs: number;
  readonly scanSeq: number;
  readonly preferredNid: number | null;
  readonly totalNumaFaults: number;
  readonly pagesMigrated: number;
  readonly faultsLocality: readonly number[];
  readonly accesses: { readonly local: number; readonly remote: number; readonly stallMs: number };
  /** The step of its program that it is in, by the simulator's count, and visits done there. */
  readonly step: number;
  readonly stepVisits: number;
}

export interface ScanWindow {
  readonly start: string;
  readonly end: string;
  readonly updated: number;
  readonly timeMs: number;
}

export interface Vma {
  readonly index: number;
  readonly name: string;
  readonly start: string;
  readonly end: string;
  readonly pages: number;
  readonly kind: string;
  readonly prot: string;
  readonly policy: string;
  readonly nodePages: readonly number[];
  readonly hintPages: number;
  readonly lastSkip: string | null;
  readonly lastWindow: ScanWindow | null;
}

export interface Mm {
  readonly process: number;
  readonly pid: number;
  readonly name: string;
  readonly scanSeq: number;
  readonly scanOffset: string;
  readonly nextScan: string;
  readonly mmUsers: number;
  readonly rssPages: number;
  readonly vmas: readonly Vma[];
}

export interface PageRef {
  readonly process: number;
  readonly vma: number;
  readonly page: number;
}

export interface PageInfo {
  readonly addr: string;
  readonly page: number;
  readonly node: number | null;
  readonly entry: string;
  readonly lastCpupid: number;
}

export interface EngineEvent {
  readonly seq: number;
  readonly timeMs: number;
  readonly cpu: number;
  readonly task: number;
  readonly kind: string;
  /** The id of its sentence, in the catalogues' section "event". */
  readonly says: string;
  /** For the places in it: counts are numbers, all else is text. */
  readonly values: readonly (number | string)[];
  readonly page?: PageRef;
  /** Of a page or, where a task moved, of its CPU. */
  readonly fromNode?: number;
  readonly node?: number;
  readonly verdict?: string;
  /** Where a task came to be, or goes on as another: its index. */
  readonly child?: number;
  /** Where an action took effect or was refused: its place in the document's list. */
  readonly action?: number;
  readonly errno?: string;
  readonly rule?: string;
}

/** A figure: what it is, and its value. Times are milliseconds, jiffies decimal text. */
export type Operand =
  | { readonly kind: "none"; readonly value: null }
  | {
      readonly kind: "node" | "cpu" | "tid" | "cpupid" | "count" | "pass" | "ms";
      readonly value: number;
    }
  | { readonly kind: "nodes"; readonly value: readonly number[] }
  | { readonly kind: "jiffies" | "address"; readonly value: string }
  | { readonly kind: "flag"; readonly value: boolean };

/** The id of a sentence and the figures in it. */
export interface Told {
  readonly id: string;
  readonly operands: readonly Operand[];
}

/** A test that the kernel made. */
export interface Check {
  /** Its place in the texts. */
  readonly test: number;
  readonly operands: readonly Operand[];
  readonly outcome: boolean;
}

/** Why something happened, or has not: the tests in the kernel's order and how they end. */
export interface Explanation {
  readonly question:
    | "event"
    | "page_place"
    | "page_scan"
    | "vma_scan"
    | "task_node"
    | "task_cpu"
    | "task_period";
  readonly event: EngineEvent | null;
  readonly verdict: Told | null;
  readonly checks: readonly Check[];
  readonly next: Told | null;
  readonly unknown: "no_such_event" | "gone" | "not_yet" | "long_ago" | null;
}

/** How often a function of the kernel ran, or for which reason the scanner passed over a VMA. */
export interface CallCount {
  readonly name: string;
  /** The place of its caller in the list; null if it is called from outside. */
  readonly caller: number | null;
  /** Since the start. */
  readonly total: number;
  /** Since the last tick before this moment. */
  readonly lately: number;
}

/** Times in CPU time, but for elapsedMs. scan, fault and migrate are parts of runtime. */
export interface Outcome {
  /** Accesses to memory of the own node, and of others. */
  readonly local: number;
  readonly remote: number;
  /** Waited for memory beyond what local memory would have cost. */
  readonly stallMs: number;
  readonly runtimeMs: number;
  /** In task_numa_work. */
  readonly scanMs: number;
  /** In faults, without moving pages. */
  readonly faultMs: number;
  /** Moving pages. */
  readonly migrateMs: number;
  /** When the last one ended; null as long as one lives. */
  readonly elapsedMs: number | null;
}

export interface Outcomes {
  readonly all: Outcome;
  /** In the order of tasks. */
  readonly tasks: readonly Outcome[];
}

/** An action of the document. Before its time it is neither applied nor refused. */
export interface TimedAction {
  /** Its place in the document's list. */
  readonly index: number;
  readonly atMs: number;
  /** The first tick at which it has happened. */
  readonly tick: number;
  /** As it stands in the document. */
  readonly action: Readonly<Record<string, unknown>>;
  readonly applied: boolean;
  readonly refused: { readonly errno: string; readonly rule: string } | null;
}

/** A structure of the kernel, with the fields that are modelled, in the kernel's order. */
export interface KernelStruct {
  readonly name:
    | "task_struct"
    | "mempolicy"
    | "numa_group"
    | "mm_struct"
    | "vm_area_struct"
    | "vma_numab_state"
    | "folio"
    | "pte_t";
  /** Name, value, and what the value is. */
  readonly fields: readonly (readonly [string, number | string, FieldUnit])[];
}

/**
 * node, cpu, tid: -1 is none. flag: 0 or 1. pointer: 0 is NULL, 1 is not. mode: MPOL_*, by number.
 * state: TASK_*, by number. Text: address and bits ("0x…"), nodes ("0-2,5").
 */
export type FieldUnit =
  | ""
  | "ns"
  | "ms"
  | "jiffies"
  | "pages"
  | "node"
  | "cpu"
  | "tid"
  | "flag"
  | "pointer"
  | "mode"
  | "state"
  | "address"
  | "bits"
  | "nodes";

/** What one of the arrays of `series` holds. Counters count from the start of the run. */
export interface SeriesColumn {
  readonly figure:
    | "tick"
    | "hint_faults_local"
    | "hint_faults_remote"
    | "pages_migrated"
    | "pte_updates"
    /** Base pages that the scenario's processes hold on the node. */
    | "node_pages"
    /** The task's node; -1 while it does not live. */
    | "task_node"
    | "scan_period_ms"
    | "scan_seq"
    | "local_accesses"
    | "remote_accesses";
  readonly node?: number;
  readonly task?: number;
}

/** tick: the first at which it has happened. omitted: of the same kind, between it and the next. */
export interface Mark extends EngineEvent {
  readonly tick: number;
  readonly omitted: number;
}

export interface Replaced {
  /** What of the run stays as it was: all up to where it stands, what lies before the first action that differs, or nothing. */
  readonly kept: "all" | "past" | "nothing";
  /** From where it ran again. */
  readonly fromTick: number;
  /** Whether it has come back to where it stood; else `seekSome` to that tick goes on. */
  readonly done: boolean;
}

/** omitted: how many there were beside those shown. */
export interface Marks {
  readonly marks: readonly Mark[];
  readonly omitted: number;
}

/** What an edit would come to. The middle fields are there for policies that the kernel takes. */
export interface EditPreview {
  readonly refused: { readonly errno: string; readonly rule: string } | null;
  /** As `numa_maps` would print it. */
  readonly policy?: string;
  /** Whether the scanner would look at the pages. */
  readonly scanned?: boolean;
  /** Where new pages would come from, page after page; null where there is no room. */
  readonly nodes?: readonly (number | null)[];
  /** System calls in C; empty if none is said here. */
  readonly call: string;
  /** Options of numactl for a whole command; missing for the default policy. */
  readonly numactl?: string;
  /** Why numactl cannot. */
  readonly numactlNote?: Bilingual;
}

/** One running scenario. Methods throw a `ScenarioFailure`; anything else thrown is a bug. */
export interface Playground {
  /** The text that the fragment of a link carries, with the document that this one is compared with. */
  fragmentBody(selection: string | null, other?: string): string;
  document(): string;
  clock(): Clock;
  runTicks(ticks: number): void;
  runToEvent(kinds: readonly string[], maxTicks: number): boolean;
  seek(tick: number): void;
  /** What an edit would come to: the last `count` actions of a document at a tick. Changes nothing. */
  previewEdit(document: string, tick: number, count: number, pages: number): EditPreview;
  /** Runs over at most so many ticks on the way to one; whether it has come there. */
  seekSome(tick: number, budgetTicks: number): boolean;
  /** Puts another document in the place of this one and comes back to where it stood, as far as the budget leads. */
  replace(document: string, budgetTicks?: number): Replaced;
  /** The document's actions in order of time, and what became of them so far. */
  actions(): TimedAction[];
  outcome(): Outcomes;
  seriesColumns(): SeriesColumn[];
  /** One array for each of `columns` (all if left out), one number in it for each sample. */
  series(
    fromTick: number,
    toTick: number,
    maxPoints: number,
    columns?: Uint32Array,
  ): Float64Array[];
  /** Events by which one finds one's way, of some kinds (all if empty). */
  marks(fromTick: number, toTick: number, maxMarks: number, kinds: readonly string[]): Marks;
  machine(): Machine;
  tasks(): Task[];
  mms(): Mm[];
  vmstat(): Record<string, number>;
  /** The kernel's structures behind a task, a process (the task's if left out), a VMA and a page of it. */
  structs(task?: number, process?: number, vma?: number, page?: number): KernelStruct[];
  /** How often the kernel's functions ran, callers before those they call. */
  calls(): CallCount[];
  events(fromSeq: number, max: number): EngineEvent[];
  /** The tests that led to an event; given a page, those of its entry in a scanned window. */
  explainEvent(seq: number, page?: number): Explanation;
  /** Why a page is where it is, and why it was scanned or passed over last. */
  explainPage(process: number, vma: number, page: number): Explanation[];
  /** Why a mapping was scanned or passed over last. */
  explainVma(process: number, vma: number): Explanation[];
  /** Why a thread prefers its node, is on its CPU and scans at its pace; empty if there is none. */
  explainTask(tid: number): Explanation[];
  page(process: number, vma: number, page: number): PageInfo | null;
  digest(): string;
  paintSpace(context: CanvasRenderingContext2D, request: SpaceRequest): SpacePicture;
  spaceHit(x: number, y: number): SpaceHit | null;
  paintMachine(context: CanvasRenderingContext2D, request: MachineRequest): MachinePicture;
  free(): void;
}

export interface Shared {
  readonly document: string;
  readonly tick: number;
  readonly selection: string | null;
  /** The scenario that it is compared with. */
  readonly other: string | null;
}

export interface NumactlImport {
  readonly document: string;
  /** What the text did not say and was assumed. */
  readonly notes: readonly Bilingual[];
}

/** What the wasm module offers apart from a running scenario. */
export interface Engine {
  new (document: string): Playground;
  /** Tells what is wrong with a document without starting it: throws a `ScenarioFailure`. */
  check(document: string): void;
  importNumactl(text: string, document: string): NumactlImport;
  /** Reads a fragment from the text that was in it; empty if that could not be got out. */
  readFragment(fragment: string, body: string): Shared;
}

export interface Problem {
  readonly path: string;
  readonly message: string;
  readonly messageZh: string;
}

export interface ScenarioFailure {
  readonly errors: readonly Problem[];
}

/** Tells a refused input from a bug: only the former carries a list of errors. */
export function isScenarioFailure(thrown: unknown): thrown is ScenarioFailure {
  if (typeof thrown !== "object" || thrown === null) return false;
  return Array.isArray((thrown as Partial<ScenarioFailure>).errors);
}
