
/** Thrown by every method that can fail, as a plain object. At least one error. */
export interface ScenarioFailure {
  errors: { path: string; message: string; messageZh: string }[];
}

export interface Words {
  en: string;
  zh: string;
}

export interface Shared {
  document: string;
  tick: number;
  selection: string | null;
  /** The scenario that it is compared with. */
  other: string | null;
}

export interface NumactlImport {
  document: string;
  /** What the text did not say and was assumed, one sentence each. */
  notes: Words[];
}

/** jiffies: decimal, 64 bits wide. events: how many so far, which is the next event's seq. */
export interface Clock {
  nowMs: number;
  tick: number;
  tickMs: number;
  jiffies: string;
  events: number;
}

/** running: index of a task. processPages: in the order of processes. */
export interface Machine {
  nodes: {
    id: number;
    cpus: { id: number; running: number | null; waiting: number }[];
    memoryPages: number;
    freePages: number;
    processPages: number[];
  }[];
  /** In the order of nodes. */
  distances: number[][];
  /** Since the start, by pair of nodes, ascending; pairs without any are left out. */
  moves: { from: number; to: number; pages: number; tasks: number }[];
}

/** Pairs are [shared, private]. */
export interface NodeFaults {
  node: number;
  mem: [number, number];
  cpu: [number, number];
  memBuffer: [number, number];
  cpuBuffer: [number, number];
}

export interface Task {
  index: number;
  process: number;
  tid: number;
  name: string;
  /** As ps prints it; "new" before the task has started. */
  state: "new" | "R" | "S" | "T" | "X";
  cpu: number;
  node: number;
  affinity: number[];
  /** The task's own, as numa_maps prints policies. */
  policy: string;
  runtimeMs: number;
  nodeStampMs: number;
  scanPeriodMs: number;
  scanPeriodMaxMs: number;
  scanSeq: number;
  preferredNid: number | null;
  totalNumaFaults: number;
  pagesMigrated: number;
  /** Remote, local, failed since the last placement. */
  faultsLocality: [number, number, number];
  faults: NodeFaults[];
  accesses: { local: number; remote: number; stallMs: number };
  step: number;
  stepVisits: number;
}

/** Addresses as "0x…"; jiffies decimal; bit maps as "0x…". */
export interface Vma {
  index: number;
  name: string;
  start: string;
  end: string;
  pages: number;
  kind: "anon" | "private_file" | "shared" | "unmigratable";
  /** As in /proc/PID/maps, for instance "rw-p". */
  prot: string;
  /** As in /proc/PID/numa_maps. */
  policy: string;
  /** Present pages per node, in the machine's order of nodes. */
  nodePages: number[];
  hintPages: number;
  numab: {
    nextScan: string;
    pidsActiveReset: string;
    pidsActive: [string, string];
    startScanSeq: number;
    prevScanSeq: number;
  } | null;
  lastSkip: string | null;
  lastWindow: { start: string; end: string; updated: number; timeMs: number } | null;
}

export interface Mm {
  process: number;
  pid: number;
  name: string;
  scanSeq: number;
  scanOffset: string;
  nextScan: string;
  mmUsers: number;
  rssPages: number;
  vmas: Vma[];
}

export interface PageRef {
  process: number;
  vma: number;
  page: number;
}

export interface Page {
  addr: string;
  page: number;
  node: number | null;
  entry: "none" | "writable" | "read_only" | "hint";
  /** 0x1FFFFF is unset. */
  lastCpupid: number;
}

/** The optional fields are there where the event has them. */
export interface SimEvent {
  seq: number;
  timeMs: number;
  cpu: number;
  task: number;
  /** One of Playground.eventKinds(). */
  kind: string;
  /** The id of its sentence in www/i18n/*.json, section "event". */
  says: string;
  /** For the places in it: counts as numbers, all else as text. */
  values: (number | string)[];
  page?: PageRef;
  process?: number;
  vma?: number;
  /** Of a page or, where a task moved, of its CPU. */
  fromNode?: number;
  node?: number;
  verdict?: string;
  /** Where a task came to be, or goes on as another: its index. */
  child?: number;
  /** Where an action took effect or was refused: its place in the document's list. */
  action?: number;
  errno?: string;
  rule?: string;
}

/** The newest of several events that differ only in time and page. */
export interface SimEventRun extends SimEvent {
  firstSeq: number;
  count: number;
}

/**
 * A figure. none: null; node, cpu, tid, cpupid, count, pass: number (count may be negative); nodes:
 * their numbers; ms: milliseconds, perhaps with a fraction; jiffies: decimal text; address: "0x…"; name: of the
 * kernel's interface;
 * flag: whether something is so.
 */
export type Operand =
  | { kind: "none"; value: null }
  | { kind: "node" | "cpu" | "tid" | "cpupid" | "count" | "pass" | "ms"; value: number }
  | { kind: "nodes"; value: number[] }
  | { kind: "jiffies" | "address" | "name"; value: string }
  | { kind: "flag"; value: boolean };

/** An id of the texts of explanations (www/texts/why.*.json), and the figures for its places. */
export interface Told {
  id: string;
  operands: Operand[];
}

/** A test as the kernel made it; test is its place in the texts, which say what it asks, and where. */
export interface Check {
  test: number;
  operands: Operand[];
  outcome: boolean;
}

/** Why something happened, or has not: the tests in the kernel's order and how they end. */
export interface Explanation {
  question: "event" | "page_place" | "page_scan" | "vma_scan" | "task_node" | "task_cpu" | "task_period";
  event: SimEvent | null;
  /** Null only where there is nothing to explain: see unknown. */
  verdict: Told | null;
  checks: Check[];
  /** What would change the answer, where that is known. */
  next: Told | null;
  /**
   * Why there is no event. no_such_event: not of this run (yet), or not about that page; gone: page,
   * mapping or task does not exist. Else the tests are those that would be made now, since the event
   * has not happened yet (not_yet) or so long ago that the log does not reach it (long_ago).
   */
  unknown: "no_such_event" | "gone" | "not_yet" | "long_ago" | null;
}

/** How often a function of the kernel ran, or for which reason the scanner passed over a VMA. */
export interface CallCount {
  name: string;
  /** The place of its caller in the list; null if it is called from outside. */
  caller: number | null;
  /** Since the start. */
  total: number;
  /** Since the last tick before this moment. */
  lately: number;
}

/** Times in CPU time, but for elapsedMs. scan, fault and migrate are parts of runtime. */
export interface Outcome {
  /** Accesses to memory of the own node, and of others. */
  local: number;
  remote: number;
  /** Waited for memory beyond what local memory would have cost. */
  stallMs: number;
  runtimeMs: number;
  /** In task_numa_work. */
  scanMs: number;
  /** In faults, without moving pages. */
  faultMs: number;
  /** Moving pages. */
  migrateMs: number;
  /** When the last one ended; null as long as one lives. */
  elapsedMs: number | null;
}

export interface Outcomes {
  all: Outcome;
  /** In the order of tasks. */
  tasks: Outcome[];
}

/** An action of the document. Before its time it is neither applied nor refused. */
export interface TimedAction {
  /** Its place in the document's list. */
  index: number;
  atMs: number;
  /** The first tick at which it has happened. */
  tick: number;
  /** As it stands in the document. */
  action: Record<string, unknown>;
  applied: boolean;
  refused: { errno: string; rule: string } | null;
}

/** A structure of the kernel, with the fields that are modelled, in the kernel's order. */
export interface KernelStruct {
  name:
    | "task_struct"
    | "mempolicy"
    | "numa_group"
    | "mm_struct"
    | "vm_area_struct"
    | "vma_numab_state"
    | "folio"
    | "pte_t";
  /** Name, value, and what the value is. */
  fields: [string, number | string, FieldUnit][];
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

/** What one of the arrays of series() holds. Counters count from the start of the run. */
export interface SeriesColumn {
  figure:
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
  /** The number of the node, where the figure is one of nodes. */
  node?: number;
  /** The index of the task, where the figure is one of tasks. */
  task?: number;
}

/** tick: the first at which it has happened. omitted: of the same kind, between it and the next. */
export interface Mark extends SimEvent {
  tick: number;
  omitted: number;
}

/** omitted: how many there were beside those shown. */
export interface Marks {
  marks: Mark[];
  omitted: number;
}

/** What an edit would come to. The middle fields are there for policies that the kernel takes. */
export interface EditPreview {
  refused: { errno: string; rule: string } | null;
  policy?: string;
  /** Whether the scanner would look at the memory. */
  scanned?: boolean;
  /** Where new pages would come from; null where there is no room. */
  nodes?: (number | null)[];
  /** System calls in C; empty if none is said here. */
  call: string;
  /** Options of numactl for a whole command; missing for the default policy. */
  numactl?: string;
  /** Why numactl cannot. */
  numactlNote?: Bilingual;
}

export interface Replaced {
  /** What of the run stays as it was: all up to where it stands, what lies before the first action that differs, or nothing. */
  kept: "all" | "past" | "nothing";
  /** From where it ran again. */
  fromTick: number;
  /** Whether it has come back to where it stood; else seekSome() to that tick goes on. */
  done: boolean;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** width, height in CSS px; scale is devicePixelRatio. The canvas gets the right size by itself. */
export interface SpaceRequest {
  /** The first unless told. */
  process?: number;
  width: number;
  height: number;
  dark: boolean;
  /** Whether nodes have a texture besides their colour; not unless told. */
  textured?: boolean | null;
  scale: number;
  flash: boolean;
  /** Simulated time in which a flash fades; 300 unless told. */
  flashMs?: number | null;
  zoom?: { vma: number; first: number; pages: number } | null;
  selected?: PageRef | null;
}

export interface Strip extends Box {
  vma: number;
  firstPage: number;
  pages: number;
  pagesPerCell: number;
  /** From one cell to the next. */
  cellWidth: number;
  cellHeight: number;
  columns: number;
  /** Where its text goes; null where there is no room. */
  label: Box | null;
}

/** All in CSS px. */
export interface SpacePicture {
  strips: Strip[];
  /** VMAs for which there was no room at all. */
  hidden: number;
  /** Where numa_scan_offset is: left and lower edge of the cell; addr is the offset itself. */
  offset: { vma: number; page: number; x: number; y: number; addr: string } | null;
  /** The last window of change_prot_numa, and the box around its cells. */
  window:
    | (Box & {
        vma: number;
        /** Of those shown. */
        firstPage: number;
        pages: number;
        /** The whole window. */
        start: string;
        end: string;
        updated: number;
      })
    | null;
  /** The box around the cell with the selected page. */
  selected: Box | null;
}

export interface SpaceHit {
  process: number;
  vma: number;
  page: number;
  pages: number;
}

export interface MachineRequest {
  width: number;
  height: number;
  dark: boolean;
  scale: number;
}

/** All in CSS px. */
export interface MachinePicture {
  nodes: (Box & {
    id: number;
    /** Where the node's name goes; null where there is no room. */
    label: Box | null;
    cpus: (Box & { id: number })[];
    /** Where the memory's numbers go; null where there is no room. */
    memoryLabel: Box | null;
    memory: Box & {
      columns: number;
      cells: number;
      cellWidth: number;
      cellHeight: number;
      /** The same power of two for all nodes. */
      pagesPerCell: number;
    };
  })[];
  /** From the edge of one node to that of the other. */
  links: {
    a: number;
    b: number;
    /** From a to b, and from b to a. */
    distance: number;
    distanceBack: number;
    /** Whether it is a shortest way out of one of its ends; only those are drawn, and none when there are more than twelve. */
    direct: boolean;
    x1: number;
    y1: number;
    x2: number;
    y2: number;
  }[];
}
