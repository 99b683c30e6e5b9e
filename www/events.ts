/** The event log: the newest events, with runs of the same page-by-page event in one line. */

import type { EngineEvent, PageRef, Playground } from "./engine.ts";

/** Lines that are kept. */
const MAX_LINES = 200;
/** Events that one refresh reads; when more have passed, the older ones are only counted. */
const MAX_READ = 2048;

/** Kinds that come once a page, and by the thousand. */
const PAGE_KINDS: ReadonlySet<string> = new Set([
  "first_touch",
  "hint_fault",
  "write_protect_fault",
]);

/** All kinds of events, with the kernel function where each comes from. */
export const EVENT_KINDS = [
  { kind: "hint_fault", kernel: "do_numa_page" },
  { kind: "scan_window", kernel: "change_prot_numa" },
  { kind: "scan_begin", kernel: "task_numa_work" },
  { kind: "scan_end", kernel: "task_numa_work" },
  { kind: "skip_vma", kernel: "sched_skip_vma_numa" },
  { kind: "period_consumed", kernel: "task_tick_numa" },
  { kind: "placement", kernel: "task_numa_placement" },
  { kind: "set_preferred", kernel: "sched_setnuma" },
  { kind: "first_touch", kernel: "do_anonymous_page" },
  { kind: "write_protect_fault", kernel: "wp_page_reuse" },
  { kind: "join_group", kernel: "task_numa_group" },
  { kind: "task_moved", kernel: "set_task_cpu" },
  { kind: "task_stuck", kernel: "task_numa_migrate" },
  { kind: "task_exit", kernel: "do_exit" },
  { kind: "action_applied", kernel: "" },
] as const;

export interface LogLine {
  /** The newest event of the line. */
  readonly seq: number;
  /** The oldest one. */
  readonly firstSeq: number;
  readonly timeMs: number;
  readonly cpu: number;
  readonly kind: string;
  /** As in the event. */
  readonly says: string;
  readonly values: readonly (number | string)[];
  readonly page: PageRef | null;
  /** How many events the line stands for. */
  readonly count: number;
  /** Events that were passed over just before this line. */
  readonly skippedBefore: number;
  readonly group: string | null;
}

/** Which events may share a line; null for those that never do. */
function groupOf(event: EngineEvent): string | null {
  if (!PAGE_KINDS.has(event.kind)) return null;
  const place = event.page === undefined ? "" : `${event.page.process}.${event.page.vma}`;
  return [event.kind, event.task, event.verdict ?? "", place].join("|");
}

function lineOf(event: EngineEvent, skippedBefore: number): LogLine {
  return {
    seq: event.seq,
    firstSeq: event.seq,
    timeMs: event.timeMs,
    cpu: event.cpu,
    kind: event.kind,
    says: event.says,
    values: event.values,
    page: event.page ?? null,
    count: 1,
    skippedBefore,
    group: groupOf(event),
  };
}

function joined(last: LogLine, line: LogLine): LogLine {
  const { firstSeq, skippedBefore } = last;
  return { ...line, firstSeq, skippedBefore, count: last.count + 1 };
}

/** Runs that may go on side by side: a page that moves brings two kinds of faults in turn. */
const MAX_OPEN_RUNS = 4;

/** Where the run is that a line belongs to, among the last lines that are runs; −1 for none. */
function sameGroup(lines: readonly LogLine[], line: LogLine): number {
  if (line.group === null) return -1;
  const oldest = Math.max(0, lines.length - MAX_OPEN_RUNS);
  for (let at = lines.length - 1; at >= oldest; at -= 1) {
    const group = lines[at]?.group ?? null;
    if (group === null) return -1;
    if (group === line.group) return at;
  }
  return -1;
}

/** Adds events to a log, oldest first; a run in the same group becomes one line. */
export function appendEvents(
  log: readonly LogLine[],
  events: readonly EngineEvent[],
  skippedBefore: number,
): LogLine[] {
  const lines = [...log];
  let skipped = skippedBefore;
  for (const event of events) {
    const line = lineOf(event, skipped);
    const same = skipped === 0 ? sameGroup(lines, line) : -1;
    const last = lines[same];
    if (last === undefined) lines.push(line);
    else lines[same] = joined(last, line);
    skipped = 0;
  }
  return lines.slice(-MAX_LINES);
}

/** Follows the events of a run. */
export class EventLog {
  private lines: readonly LogLine[] = [];
  private nextSeq = 0;

  /** Starts anew, at the next refresh, with the newest events. */
  reset(): void {
    this.lines = [];
    this.nextSeq = 0;
  }

  /** Reads what is new, up to `most` events; none for 0. Going back in time starts the log anew. */
  refresh(engine: Playground, events: number, most = MAX_READ): readonly LogLine[] {
    if (events < this.nextSeq) this.reset();
    if (events === this.nextSeq || most === 0) return this.lines;
    const from = Math.max(this.nextSeq, events - most);
    const read = engine.events(from, events - from);
    const skipped = (read[0]?.seq ?? from) - this.nextSeq;
    this.lines = appendEvents(this.lines, read, skipped);
    this.nextSeq = events;
    return this.lines;
  }
}
