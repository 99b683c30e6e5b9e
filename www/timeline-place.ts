/** Fetches the timeline when it is first to be seen, and says which charts it shows. */

import type { App } from "./app.ts";
import { saveCharts } from "./settings.ts";
import { CHARTS, type Chart } from "./store.ts";
import { isPhone } from "./system.ts";
import type { Timeline } from "./timeline/timeline.ts";

/** From so many pixels of the window's height on there is room for so many charts. */
const ROOM: readonly (readonly [height: number, charts: readonly Chart[]])[] = [
  [1150, ["faults", "pages", "work"]],
  [960, ["faults", "pages"]],
  [620, ["pages"]],
];

interface Measured {
  readonly height: number;
  readonly phone: boolean;
}

function measured(): Measured {
  return { height: window.innerHeight, phone: isPhone() };
}

export class TimelinePlace {
  /** Why it could not be had; null if nothing went wrong. */
  failure: string | null = null;
  private timeline: Timeline | null = null;
  private asked = false;

  /** Measured when the window changes, since asking makes the browser lay out the page. */
  private window = measured();

  constructor(private readonly app: App) {
    addEventListener("resize", () => {
      this.window = measured();
      app.act(() => app.redraw());
    });
  }

  /** Whether only one view is on the screen. */
  get onPhone(): boolean {
    return this.window.phone;
  }

  /** The charts that are shown: those that were chosen, or as many as there is room for. */
  get charts(): readonly Chart[] {
    const { charts } = this.app.store.state;
    if (charts !== null) return charts;
    if (this.onPhone) return CHARTS;
    return ROOM.find(([height]) => this.window.height >= height)?.[1] ?? [];
  }

  /** Brings it up to date, if it is on the screen. */
  draw(): void {
    if (this.onPhone && this.app.store.state.view !== "timeline") return;
    if (this.timeline === null) return this.fetch();
    this.timeline.draw();
  }

  retry(): void {
    this.asked = false;
    this.failure = null;
    this.app.redraw();
  }

  /** Chooses charts, for this visit and the next. */
  choose(charts: readonly Chart[]): void {
    saveCharts(charts);
    this.app.store.update({ charts });
  }

  /** To the mark before (-1) or after (1) the present. */
  goToMark(direction: -1 | 1): void {
    this.timeline?.goToMark(direction);
  }

  private fetch(): void {
    if (this.asked) return;
    this.asked = true;
    import("./timeline/timeline.ts")
      .then(({ Timeline }) => {
        this.timeline = new Timeline(this.app);
      })
      .catch((thrown: unknown) => {
        this.failure = String(thrown);
      })
      .finally(() => this.app.act(() => this.app.redraw()));
  }
}
