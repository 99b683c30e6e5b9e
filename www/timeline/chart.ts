/** One chart, drawn by uPlot. The pointer and the present are shown by lines above all charts. */

import uPlot from "uplot";
import type { ChartData, Line } from "./figures.ts";
import { DASHES, fillOf, type Palette, strokeOf } from "./palette.ts";

/** Room for the numbers of the y axis; the style sheet leaves as much beside tracks and scrubber. */
export const AXIS_PX = 56;
/** Half the height of the numbers, so that none is cut. */
const PAD_PX = 8;
/** An area thinner than this has no room for its name. */
const LABEL_PX = 15;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface View {
  readonly size: Size;
  readonly horizonTick: number;
  readonly palette: Palette;
}

export class ChartView {
  private plot: uPlot | null = null;
  private made = "";
  private data: ChartData | null = null;
  private view: View | null = null;

  constructor(private readonly host: HTMLElement) {}

  /** Draws what has changed. */
  draw(data: ChartData, view: View): void {
    if (this.data === data && isSame(this.view, view)) return;
    const made = shapeOf(data);
    if (this.plot === null || made !== this.made || this.view?.palette !== view.palette) {
      this.make(data, view);
      this.made = made;
    }
    const sized = this.view?.size;
    this.data = data;
    this.view = view;
    if (sized?.width !== view.size.width || sized.height !== view.size.height)
      this.plot?.setSize(view.size);
    this.plot?.setData(alignedData(data) as uPlot.AlignedData, true);
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private make(data: ChartData, view: View): void {
    this.destroy();
    const options: uPlot.Options = {
      ...view.size,
      padding: [PAD_PX, 0, PAD_PX, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [0, this.view?.horizonTick ?? view.horizonTick] },
        y: { range: (_plot, _low, high) => [0, niceCeiling(high)] },
      },
      axes: axes(view.palette),
      series: [{}, ...seriesOptions(data, view.palette)],
      hooks: { draw: [(plot) => this.label(plot)] },
    };
    this.plot = new uPlot(options, undefined, this.host);
  }

  /** Writes the names of areas into them. */
  private label(plot: uPlot): void {
    const { data, view } = this;
    if (data === null || view === null || data.chart !== "pages") return;
    const sums = data.ticks.map(() => 0);
    for (const line of data.lines) {
      const place = thickest(plot, data, line, sums);
      if (place !== null) writeName(plot, view.palette, line.name, place);
      line.values.forEach((value, at) => {
        sums[at] = (sums[at] ?? 0) + (value ?? 0);
      });
    }
  }
}

function isSame(a: View | null, b: View): boolean {
  if (a === null || a.palette !== b.palette || a.horizonTick !== b.horizonTick) return false;
  return a.size.width === b.size.width && a.size.height === b.size.height;
}

/** What a plot must be made anew for. */
function shapeOf(data: ChartData): string {
  return JSON.stringify([data.chart, data.lines.map(({ look }) => look)]);
}

function axes({ muted, line, font }: Palette): uPlot.Axis[] {
  return [
    { show: false },
    {
      size: AXIS_PX,
      font,
      stroke: muted,
      gap: 6,
      ticks: { show: false },
      grid: { stroke: line, width: 1 },
      splits: (_plot, _at, low, high) => [low, high],
      values: (_plot, splits) => splits.map(shortNumber),
    },
  ];
}

/** Areas are drawn from the highest sum down, each over the one before. */
function seriesOptions(data: ChartData, palette: Palette): uPlot.Series[] {
  const options = data.lines.map((line) => seriesOption(data, line, palette));
  return data.stacked ? options.reverse() : options;
}

function seriesOption(data: ChartData, line: Line, palette: Palette): uPlot.Series {
  const { look } = line;
  const fill = fillOf(look, palette);
  return {
    stroke: strokeOf(look, palette),
    width: look.kind === "dash" ? 1.5 : 1,
    ...(fill === null ? {} : { fill: () => fill }),
    ...(look.kind === "dash" ? { dash: [...(DASHES[look.dash % DASHES.length] ?? [])] } : {}),
    points: { show: false },
    ...stepped(data.isRate ? -1 : 1),
  };
}

function stepped(align: -1 | 1): Pick<uPlot.Series, "paths"> {
  const paths = uPlot.paths.stepped?.({ align });
  return paths === undefined ? {} : { paths };
}

/** Ticks, then what each line draws: its values, or the sums up to it, highest first. */
export function alignedData(data: ChartData): (number | null)[][] {
  const ticks = [...data.ticks];
  if (!data.stacked) return [ticks, ...data.lines.map(({ values }) => [...values])];
  const sums = ticks.map(() => 0);
  const stack = data.lines.map(({ values }) =>
    values.map((value, at) => {
      sums[at] = (sums[at] ?? 0) + (value ?? 0);
      return value === null ? null : (sums[at] ?? 0);
    }),
  );
  return [ticks, ...stack.reverse()];
}

const NICE = [1, 1.5, 2, 3, 4, 5, 6, 8, 10] as const;

/** The end of the y axis: a number that is easily read, not below the highest value. */
export function niceCeiling(high: number | null): number {
  if (high === null || !(high > 0)) return 1;
  const decade = 10 ** Math.floor(Math.log10(high));
  const nice = NICE.find((each) => each * decade >= high) ?? 10;
  return nice * decade;
}

/** A number of at most six characters: 16384 → "16,384", 2500000 → "2.5 M". */
export function shortNumber(value: number): string {
  const [divisor, unit] = value >= 1e9 ? [1e9, " G"] : value >= 1e6 ? [1e6, " M"] : [1, ""];
  const digits = { maximumFractionDigits: 1 };
  return `${(value / divisor).toLocaleString("en-US", digits)}${unit}`;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where an area has most room for its name, in pixels of the canvas; null where it has too little. */
function thickest(plot: uPlot, data: ChartData, line: Line, below: Float64Array): Place | null {
  const { ticks } = data;
  let best = -1;
  let most = 0;
  line.values.forEach((value, at) => {
    if (value !== null && value >= most) [best, most] = [at, value];
  });
  const first = line.values.indexOf(most);
  const [from, to] = [ticks[first] ?? 0, ticks[best] ?? 0];
  const base = below[best] ?? 0;
  const [low, high] = [plot.valToPos(base, "y", true), plot.valToPos(base + most, "y", true)];
  const ratio = uPlot.pxRatio;
  if (best < 0 || low - high < LABEL_PX * ratio) return null;
  const isFlat = line.values.slice(first, best + 1).every((value) => value === most);
  const x = plot.valToPos(isFlat ? (from + to) / 2 : to, "x", true);
  return { x, y: (low + high) / 2 };
}

function writeName(plot: uPlot, palette: Palette, name: string, { x, y }: Place): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.font = palette.font.replace("13px", `${13 * ratio}px`);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  const width = ctx.measureText(name).width + 8 * ratio;
  const height = LABEL_PX * ratio;
  const left = Math.max(bbox.left + ratio, Math.min(x - width / 2, bbox.left + bbox.width - width));
  ctx.fillStyle = palette.panel;
  ctx.fillRect(left, y - height / 2, width, height);
  ctx.fillStyle = palette.ink;
  ctx.fillText(name, left + 4 * ratio, y + ratio);
  ctx.restore();
}
