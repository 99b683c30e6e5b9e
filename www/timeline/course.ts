/** Reads the course of a run from the simulator: figures at ticks, and the marks of the tracks. */

import type { Mark, Playground, SeriesColumn } from "../engine.ts";
import type { Chart } from "../store.ts";

export type FigureName = SeriesColumn["figure"];

/** Figures that a chart is drawn from. */
const NEEDS: Readonly<Record<Chart, readonly FigureName[]>> = {
  faults: ["hint_faults_local", "hint_faults_remote"],
  pages: ["node_pages"],
  periods: ["scan_period_ms", "task_node"],
  migrated: ["pages_migrated"],
  work: ["local_accesses", "remote_accesses"],
};

export interface Figure {
  readonly column: SeriesColumn;
  readonly values: Float64Array;
}

/** Samples of a run: the ticks at which they were taken, and a value for each in every figure. */
export interface Course {
  readonly ticks: Float64Array;
  readonly figures: readonly Figure[];
}

export const NO_COURSE: Course = { ticks: new Float64Array(), figures: [] };

/** The tick up to which the run is known. */
export function reachedTick({ ticks }: Course): number {
  return ticks[ticks.length - 1] ?? 0;
}

/** All figures of a name: one, or one for each node or task. */
export function figuresOf(course: Course, name: FigureName): readonly Figure[] {
  return course.figures.filter(({ column }) => column.figure === name);
}

type Charted = Pick<Playground, "seriesColumns" | "series">;

export class CourseReader {
  private readonly known: { key: string; columns: readonly SeriesColumn[] } = {
    key: "",
    columns: [],
  };

  /** Reads what some charts need. The columns stay the same as long as the document does. */
  read(
    playground: Charted,
    document: string,
    charts: readonly Chart[],
    range: { toTick: number; maxPoints: number },
  ): Course {
    const columns = this.columnsOf(playground, document);
    const names = new Set<FigureName>(["tick", ...charts.flatMap((chart) => NEEDS[chart])]);
    const places = columns.flatMap(({ figure }, place) => (names.has(figure) ? [place] : []));
    const { toTick, maxPoints } = range;
    const arrays = playground.series(0, toTick, maxPoints, Uint32Array.from(places));
    const figures = arrays.flatMap((values, at) => {
      const column = columns[places[at] ?? 0];
      return column === undefined ? [] : [{ column, values }];
    });
    const ticks = figures.find(({ column }) => column.figure === "tick");
    return { ticks: ticks?.values ?? NO_COURSE.ticks, figures };
  }

  private columnsOf(playground: Charted, document: string): readonly SeriesColumn[] {
    if (this.known.key !== document) {
      this.known.columns = playground.seriesColumns();
      this.known.key = document;
    }
    return this.known.columns;
  }
}

/** The tracks and the kinds of events whose marks are on them. */
export const TRACKS = [
  { id: "moves", kinds: ["task_moved", "task_stuck"] },
  { id: "scans", kinds: ["scan_begin"] },
  { id: "skips", kinds: ["skip_vma"] },
  { id: "actions", kinds: ["action_applied", "task_exit", "out_of_memory"] },
] as const;
export type TrackId = (typeof TRACKS)[number]["id"];

/** Marks of a track, oldest first, and how many more there were. */
export interface Track {
  readonly id: TrackId;
  readonly marks: readonly Mark[];
  readonly omitted: number;
}

/** Marks that one track gets at once. What comes later is added until there are twice as many. */
const MAX_MARKS = 300;

type Marked = Pick<Playground, "marks">;

export class MarkReader {
  private tracks: readonly Track[] = [];
  private playground: Marked | null = null;
  private document = "";
  private readTo = 0;

  /** Reads what is new since the last time; everything if the run is another one. */
  read(playground: Marked, document: string, nowTick: number, toTick: number): readonly Track[] {
    const isSame = playground === this.playground && document === this.document;
    if (!isSame || this.tracks.length === 0) {
      this.tracks = TRACKS.map((track) => readTrack(playground, track, toTick));
    } else if (nowTick >= this.readTo) {
      this.tracks = this.tracks.map((track) => this.extended(playground, track, toTick));
    }
    this.playground = playground;
    this.document = document;
    this.readTo = isSame ? Math.max(this.readTo, nowTick) : nowTick;
    return this.tracks;
  }

  private extended(playground: Marked, track: Track, toTick: number): Track {
    const spec = TRACKS.find(({ id }) => id === track.id) ?? TRACKS[0];
    const lastSeq = track.marks.at(-1)?.seq ?? -1;
    const read = playground.marks(this.readTo, toTick, MAX_MARKS, spec.kinds);
    const fresh = read.marks.filter(({ seq }) => seq > lastSeq);
    if (fresh.length === 0) return track;
    if (track.marks.length + fresh.length > 2 * MAX_MARKS)
      return readTrack(playground, spec, toTick);
    const omitted = fresh.reduce((sum, mark) => sum + mark.omitted, track.omitted);
    return { ...track, marks: [...track.marks, ...fresh], omitted };
  }
}

function readTrack(playground: Marked, spec: (typeof TRACKS)[number], toTick: number): Track {
  const { marks, omitted } = playground.marks(0, toTick, MAX_MARKS, spec.kinds);
  return { id: spec.id, marks, omitted };
}
