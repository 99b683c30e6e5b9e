/** What a thread does, step by step, from the scenario's document. */

/** A step as it stands in the document; exactly one of the first ten says what is done. */
export interface Step {
  readonly read?: string;
  readonly write?: string;
  readonly compute_ms?: number;
  readonly sleep_ms?: number;
  readonly loop?: readonly Step[];
  readonly barrier?: string;
  readonly clone?: string;
  readonly fork?: string;
  readonly exec?: string;
  readonly exit?: string;
  readonly times?: number;
  readonly until_ms?: number;
  readonly first?: number;
  readonly pages?: number;
  readonly pattern?: string;
  readonly stride?: number;
  readonly passes?: number;
  readonly visits?: number;
}

export interface Thread {
  readonly name?: string;
  readonly count?: number;
  readonly start?: string;
  readonly program: readonly Step[];
}

export interface Process {
  readonly name: string;
  readonly start?: string;
  readonly threads: readonly Thread[];
}

/** A step with its place among the simulator's, where loops are a list with a jump at its end. */
export interface Line {
  readonly step: Step;
  /** Loops around it. */
  readonly depth: number;
  readonly first: number;
  /** Behind its last. */
  readonly end: number;
}

/** The thread at a place among all of the document, and its process. */
export function threadAt(
  processes: readonly Process[],
  index: number,
): { process: Process; thread: Thread } | null {
  let place = 0;
  for (const process of processes) {
    for (const thread of process.threads) {
      place += thread.count ?? 1;
      if (index < place) return { process, thread };
    }
  }
  return null;
}

/** The steps of a program, each loop before those in it. */
export function linesOf(process: Process, thread: Thread): readonly Line[] {
  const lines: Line[] = [];
  addLines(lines, thread.program, { process, depth: 0, first: 0 });
  return lines;
}

interface Place {
  readonly process: Process;
  readonly depth: number;
  readonly first: number;
}

/** The place behind the steps. */
function addLines(lines: Line[], steps: readonly Step[], { process, depth, first }: Place): number {
  let at = first;
  for (const step of steps) {
    const begin = at;
    if (step.loop === undefined) {
      at += step.clone === undefined ? 1 : clonesOf(process, step.clone);
      lines.push({ step, depth, first: begin, end: at });
      continue;
    }
    const inner: Line[] = [];
    at = addLines(inner, step.loop, { process, depth: depth + 1, first: at }) + 1;
    lines.push({ step, depth, first: at - 1, end: at }, ...inner);
  }
  return at;
}

/** How many threads a step creates: all of a name but the main thread, each by a step of its own. */
function clonesOf(process: Process, name: string): number {
  const isBorn = process.start === "by_fork" || process.start === "by_exec";
  let place = 0;
  let found = 0;
  for (const thread of process.threads) {
    const count = thread.count ?? 1;
    const isMeant = (thread.name ?? process.name) === name;
    if (isMeant && (isBorn || thread.start === "by_clone"))
      found += place + count - Math.max(place, 1);
    place += count;
  }
  return found;
}
