/** Holds the running scenario: starts it, reads it out, and keeps its text whatever happens. */

import {
  type Bilingual,
  type Engine,
  isScenarioFailure,
  type PageInfo,
  type PageRef,
  type Playground,
  type Problem,
  type Shared,
} from "./engine.ts";
import { EventLog } from "./events.ts";
import type { Preset } from "./presets.ts";
import type { Snapshot } from "./store.ts";

/** What a document says of itself, if its text is JSON and says it in some language. */
function saidOf(document: string, field: "title" | "summary"): Bilingual | null {
  try {
    const { en, zh }: Partial<Bilingual> = JSON.parse(document)?.[field] ?? {};
    const some = en ?? zh;
    if (typeof some !== "string" || some === "") return null;
    return { en: en ?? some, zh: zh ?? some };
  } catch {
    return null;
  }
}

/** The title of a document. */
export function titleOf(document: string): Bilingual | null {
  return saidOf(document, "title");
}

/** What is read of that which costs something and is not always on the screen. */
export interface Wanted {
  readonly calls: boolean;
  /** At most so many of the newest events; all that are new if left out. */
  readonly events?: number;
}

export class Session {
  /** The running scenario; null before the first and after a crash. */
  playground: Playground | null = null;
  /** Canonical text of the scenario that ran last. */
  documentText = "";
  /** What it says of itself. */
  summary: Bilingual | null = null;
  /** Counts documents that ran. */
  revision = 0;
  private readonly log = new EventLog();

  constructor(
    private readonly engine: Engine,
    readonly presets: readonly Preset[],
  ) {}

  /** Starts a scenario at tick 0. Throws a `ScenarioFailure`, and then what ran goes on. */
  start(document: string): void {
    const next = new this.engine(document);
    this.playground?.free();
    this.playground = next;
    this.runs(next);
  }

  private runs(playground: Playground): void {
    this.documentText = playground.document();
    this.summary = saidOf(this.documentText, "summary");
    this.revision += 1;
    this.log.reset();
  }

  /**
   * Puts an edited document in the place of the one that runs. The run then stands where it stood, or
   * earlier: whether it has to go on from there. Throws a `ScenarioFailure`, and then nothing changes.
   */
  replace(document: string): boolean {
    const playground = this.playground;
    if (playground === null) {
      this.start(document);
      return true;
    }
    const { kept } = playground.replace(document, 0);
    this.runs(playground);
    return kept !== "all";
  }

  /** Starts another scenario beside the one that runs. Throws a `ScenarioFailure`. */
  beside(document: string): Playground {
    return new this.engine(document);
  }

  /** Gives up a simulator that has failed; freeing it could fail again. */
  abandon(): void {
    this.playground = null;
  }

  /** The machine of a `numactl --hardware` text under a workload. */
  fromNumactl(
    text: string,
    workload = this.documentText,
  ): { document: string; notes: readonly Bilingual[] } {
    return this.engine.importNumactl(text, workload);
  }

  /** What is wrong with a document, which need not run. */
  problemsOf(document: string): readonly Problem[] {
    try {
      this.engine.check(document);
      return [];
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      return thrown.errors;
    }
  }

  /** Reads a link's fragment and the text that was in it. Throws a `ScenarioFailure`. */
  readFragment(fragment: string, body: string): Shared {
    return this.engine.readFragment(fragment, body);
  }

  /** The preset that reads the same as what runs. */
  presetOfDocument(): string | null {
    const same = this.presets.find((preset) => this.canonical(preset) === this.documentText);
    return same?.id ?? null;
  }

  private canonical(preset: Preset): string {
    const started = this.beside(preset.document);
    const text = started.document();
    started.free();
    return text;
  }

  /** Reads what the page shows; what only a tab shows, as far as `wanted` says. */
  snapshot(playground: Playground, selection: PageRef | null, wanted: Wanted): Snapshot {
    const clock = playground.clock();
    return {
      clock,
      machine: playground.machine(),
      tasks: playground.tasks(),
      mms: playground.mms(),
      vmstat: playground.vmstat(),
      calls: wanted.calls ? playground.calls() : [],
      log: this.log.refresh(playground, clock.events, wanted.events),
      selectedPage: selection === null ? null : this.page(selection),
    };
  }

  /** One page of the running scenario. */
  page({ process, vma, page }: PageRef): PageInfo | null {
    return this.playground?.page(process, vma, page) ?? null;
  }

  /** After going back, events that are shown again must come from the run as it is now. */
  forgetEvents(): void {
    this.log.reset();
  }
}
