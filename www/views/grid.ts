/** Cells of a strip: which page is where, and which part of a VMA to show. Lengths are CSS pixels. */

import type { Rect, Strip, Zoom } from "../engine.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One notch of a wheel, or one press of a button, shows so many times fewer pages. */
export const ZOOM_STEP = 1.5;
/** More than this at once would lose the reader. */
const MAX_STEP = 4;

/** The cell of a page; null if the strip does not show it. */
export function cellOf(strip: Strip, page: number): number | null {
  const offset = page - strip.firstPage;
  return offset < 0 || offset >= strip.pages ? null : Math.floor(offset / strip.pagesPerCell);
}

/** Where a cell is, with its gap. */
export function cellRect(strip: Strip, cell: number): Rect {
  return {
    x: strip.x + (cell % strip.columns) * strip.cellWidth,
    y: strip.y + Math.floor(cell / strip.columns) * strip.cellHeight,
    width: strip.cellWidth,
    height: strip.cellHeight,
  };
}

/** The cell nearest to a point. */
export function cellAt(strip: Strip, { x, y }: Point): number {
  const column = Math.floor((x - strip.x) / strip.cellWidth);
  const row = Math.floor((y - strip.y) / strip.cellHeight);
  const cells = Math.ceil(strip.pages / strip.pagesPerCell);
  const inRow = Math.min(Math.max(0, column), strip.columns - 1);
  return Math.min(Math.max(0, row * strip.columns + inRow), cells - 1);
}

/** The first page of the cell nearest to a point. */
export function pageAt(strip: Strip, point: Point): number {
  return strip.firstPage + cellAt(strip, point) * strip.pagesPerCell;
}

/** The strip at a point, or the nearest one above or below. */
export function stripAt(strips: readonly Strip[], { y }: Point): Strip | null {
  const distance = (strip: Strip): number =>
    Math.max(strip.y - y, 0) + Math.max(y - strip.y - strip.height, 0);
  const nearest = (best: Strip | null, strip: Strip): Strip =>
    best === null || distance(strip) < distance(best) ? strip : best;
  return strips.reduce(nearest, null);
}

/** How many pages to show of `total` when `shown` are, `factor` times fewer. */
export function scaled(shown: number, total: number, factor: number): number {
  const step = Math.min(Math.max(factor, 1 / MAX_STEP), MAX_STEP);
  const wanted = shown / step;
  const whole = step > 1 ? Math.min(Math.floor(wanted), shown - 1) : Math.ceil(wanted);
  return Math.min(Math.max(1, whole), total);
}

/** That many pages of a VMA from `first` on, moved so that they lie within it. */
export function within(vma: number, first: number, pages: number, total: number): Zoom {
  const shown = Math.min(pages, total);
  const most = total - shown;
  return { vma, first: Math.min(Math.max(0, Math.round(first)), most), pages: shown };
}

/** The part that has `page` at `point` when it is laid out as `strip`. */
export function anchored(strip: Strip, page: number, point: Point, total: number): Zoom {
  const first = page - cellAt(strip, point) * strip.pagesPerCell;
  return within(strip.vma, first, strip.pages, total);
}

/** The part after a drag from one point to another. */
export function dragged(strip: Strip, start: Zoom, moved: Point, total: number): Zoom {
  const columns = Math.round(moved.x / strip.cellWidth);
  const rows = Math.round(moved.y / strip.cellHeight);
  const cells = rows * strip.columns + columns;
  return within(start.vma, start.first - cells * strip.pagesPerCell, start.pages, total);
}

/** The least change of what is shown that brings a page into it. */
export function revealing(strip: Strip, page: number, total: number): Zoom {
  const row = strip.columns * strip.pagesPerCell;
  const { vma, firstPage, pages } = strip;
  if (page < firstPage) {
    const rows = Math.ceil((firstPage - page) / row);
    return within(vma, firstPage - rows * row, pages, total);
  }
  const beyond = page - (firstPage + pages) + 1;
  const rows = Math.max(0, Math.ceil(beyond / row));
  return within(vma, firstPage + rows * row, pages, total);
}

/** The page to the right, to the left, below or above; pages of a cell go together. */
export function neighbour(strip: Strip, page: number, key: string): number | null {
  const cell = strip.pagesPerCell;
  const base = page - ((page - strip.firstPage) % cell);
  switch (key) {
    case "ArrowRight":
      return base + cell;
    case "ArrowLeft":
      return base - cell;
    case "ArrowDown":
      return base + cell * strip.columns;
    case "ArrowUp":
      return base - cell * strip.columns;
    default:
      return null;
  }
}
