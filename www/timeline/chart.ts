/** One chart, drawn by uPlot. The pointer and the present are shown by lines above all charts. */

import uPlot from "uplot";
import type { ChartData, Line } from "./figures.ts";
import { DASHES, fillOf, type Palette, strokeOf } from "./palette.ts";
import { alignedData, longestRun, niceCeiling, shortNumber } from "./shape.ts";
import type { Size } from "./sizes.ts";

/** Room for the numbers of the y axis; the style sheet leaves as much beside tracks and scrubber. */
export const AXIS_PX = 56;
/** Half the height of the numbers, so that none is cut. */
const PAD_PX = 8;
/** An area thinner than this has no room for its name. */
const LABEL_PX = 15;

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
      const place = roomIn(plot, data, line, sums);
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

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Where an area has most room for its name, in pixels of the canvas; null where it has none. */
function roomIn(plot: uPlot, data: ChartData, line: Line, below: Float64Array): Place | null {
  const at = (value: number): number => plot.valToPos(value, "y", true);
  const enough = LABEL_PX * uPlot.pxRatio;
  const isThick = (value: number | null, place: number): boolean => {
    const base = below[place] ?? 0;
    return value !== null && at(base) - at(base + value) >= enough;
  };
  const [first, last] = longestRun(line.values.map(isThick));
  if (last < first) return null;
  const x = (place: number): number => plot.valToPos(data.ticks[place] ?? 0, "x", true);
  const middle = (first + last) >> 1;
  const base = below[middle] ?? 0;
  const y = (at(base) + at(base + (line.values[middle] ?? 0))) / 2;
  return { x: (x(first) + x(last)) / 2, y, width: x(last) - x(first) };
}

function writeName(plot: uPlot, palette: Palette, name: string, place: Place): void {
  const { ctx } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.font = palette.font.replace("13px", `${13 * ratio}px`);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  const width = ctx.measureText(name).width + 8 * ratio;
  if (width < place.width) {
    const [left, height] = [place.x - width / 2, LABEL_PX * ratio];
    ctx.fillStyle = palette.panel;
    ctx.fillRect(left, place.y - height / 2, width, height);
    ctx.fillStyle = palette.ink;
    ctx.fillText(name, left + 4 * ratio, place.y + ratio);
  }
  ctx.restore();
}
