/** Zooming and panning in the address space, with wheel, pointers and keys. */

import type { App } from "../app.ts";
import type { PageRef, SpacePicture, Strip, Zoom } from "../engine.ts";
import { pageOf, pageSelection } from "../selection.ts";
import { shownMm } from "../store.ts";
import {
  anchored,
  cellOf,
  cellRect,
  dragged,
  neighbour,
  type Point,
  pageAt,
  revealing,
  scaled,
  stripAt,
  within,
  ZOOM_STEP,
} from "./grid.ts";

/** How much a wheel turns for one step, in pixels. */
const WHEEL_STEP_PX = 120;
/** What a line of wheels that count in lines is in pixels. */
const WHEEL_LINE_PX = 40;
/** A pointer that has moved less than this was not meant to drag. */
const DRAG_FROM_PX = 4;
/** From this many times its height on, a picture is for scrolling. */
const SCROLLED_FROM = 1.5;
/** Keys that zoom at the cursor; plus and minus are the speed's. */
const ZOOM_KEYS: Readonly<Record<string, number>> = {
  PageUp: ZOOM_STEP,
  "]": ZOOM_STEP,
  PageDown: 1 / ZOOM_STEP,
  "[": 1 / ZOOM_STEP,
};

interface Drag {
  readonly strip: Strip;
  readonly zoom: Zoom;
  readonly from: Point;
}

function pointOf(event: MouseEvent): Point {
  return { x: event.offsetX, y: event.offsetY };
}

export class SpaceInput {
  private picture: SpacePicture | null = null;
  private canvas: HTMLCanvasElement | null = null;
  private readonly pointers = new Map<number, Point>();
  private drag: Drag | null = null;
  private dragging = false;
  private pinchPx = 0;

  constructor(private readonly app: App) {}

  /** Knows where things are now, and listens to the canvas that shows them. */
  follow(picture: SpacePicture): void {
    this.picture = picture;
    const canvas = document.getElementById("canvas-space");
    if (!(canvas instanceof HTMLCanvasElement)) return;
    canvas.style.touchAction = this.app.store.state.zoom === null ? "pan-y" : "none";
    if (canvas === this.canvas) return;
    this.canvas = canvas;
    this.listen(canvas);
  }

  private listen(canvas: HTMLCanvasElement): void {
    const { act } = { act: (action: () => void) => this.app.act(action) };
    canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.onKey(event));
    canvas.addEventListener("focus", () => act(() => this.ensureCursor()));
    canvas.addEventListener("blur", () => act(() => this.app.store.update({ cursor: null })));
    canvas.addEventListener("pointerdown", (event) => this.onDown(event));
    canvas.addEventListener("pointermove", (event) => this.onMove(event));
    for (const end of ["pointerup", "pointercancel"] as const)
      canvas.addEventListener(end, (event) => this.onUp(event));
    // The click that ends a drag selects nothing.
    canvas.parentElement?.addEventListener("click", (event) => this.onClick(event), true);
  }

  private total(vma: number): number {
    const mm = shownMm(this.app.store.state);
    return mm?.vmas.find((known) => known.index === vma)?.pages ?? 0;
  }

  private set(zoom: Zoom | null): void {
    this.app.store.update({ zoom, hover: null });
  }

  /** Shows `factor` times fewer pages, with what is at `point` staying there. */
  zoomAt(point: Point, factor: number): void {
    const strip = stripAt(this.picture?.strips ?? [], point);
    const isWhole = this.app.store.state.zoom === null;
    if (strip === null || (isWhole && factor <= 1)) return;
    const total = this.total(strip.vma);
    const isAlone = (shownMm(this.app.store.state)?.vmas.length ?? 0) === 1;
    // Between the whole process and a part of a VMA lies all of that VMA.
    if (isWhole && !isAlone) return this.set(within(strip.vma, 0, total, total));
    const pages = scaled(strip.pages, total, factor);
    const isAll = factor < 1 && (isAlone ? pages : strip.pages) >= total;
    this.set(isAll ? null : this.anchoredAt(strip, point, pages));
  }

  /** So many pages of a strip's VMA, with what is at `point` staying there. */
  private anchoredAt(strip: Strip, point: Point, pages: number): Zoom {
    const { store, session, canvases } = this.app;
    const total = this.total(strip.vma);
    const page = pageAt(strip, point);
    const share = (page - strip.firstPage) / strip.pages;
    const guess = within(strip.vma, page - share * pages, pages, total);
    const tried = session.playground && canvases.tryZoom(session.playground, store.state, guess);
    const laidOut = tried?.strips[0];
    return laidOut === undefined ? guess : anchored(laidOut, page, point, total);
  }

  /** The middle of what the keys or the selection are at, or of the picture. */
  private focusPoint(): Point {
    const { cursor, selection } = this.app.store.state;
    const place = this.rectOf(cursor) ?? this.rectOf(pageOf(selection));
    if (place !== null) return { x: place.x + place.width / 2, y: place.y + place.height / 2 };
    const strip = this.picture?.strips[0];
    if (strip === undefined) return { x: 0, y: 0 };
    return { x: strip.x + strip.width / 2, y: strip.y + strip.height / 2 };
  }

  zoomBy(factor: number): void {
    this.zoomAt(this.focusPoint(), factor);
  }

  /** Everything again. */
  showAll(): void {
    this.set(null);
  }

  /** Shows the part around a page, as much as is shown now. */
  goTo(vma: number, page: number): void {
    const { zoom } = this.app.store.state;
    const total = this.total(vma);
    const pages = zoom?.vma === vma ? zoom.pages : total;
    this.set(within(vma, page - pages / 2, pages, total));
  }

  rectOf(page: PageRef | null): ReturnType<typeof cellRect> | null {
    if (page === null || page.process !== this.app.store.state.process) return null;
    const strip = this.picture?.strips.find((strip) => strip.vma === page.vma);
    const cell = strip === undefined ? null : cellOf(strip, page.page);
    return strip === undefined || cell === null ? null : cellRect(strip, cell);
  }

  // Wheel and pointers

  private onWheel(event: WheelEvent): void {
    const stage = this.canvas?.closest(".space-stage");
    const scrolls = stage != null && stage.scrollHeight > stage.clientHeight * SCROLLED_FROM;
    // Where there is much more than fits, the wheel goes on scrolling.
    if (scrolls && !event.ctrlKey) return;
    event.preventDefault();
    const px = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : WHEEL_LINE_PX;
    const steps = (-event.deltaY * px) / WHEEL_STEP_PX;
    const point = pointOf(event);
    if (steps !== 0) this.app.act(() => this.zoomAt(point, ZOOM_STEP ** steps));
  }

  private onDown(event: PointerEvent): void {
    this.pointers.set(event.pointerId, pointOf(event));
    this.dragging = false;
    const { zoom } = this.app.store.state;
    const strip = this.picture?.strips[0];
    const alone = zoom !== null && strip !== undefined && this.pointers.size === 1;
    this.drag = alone ? { strip, zoom, from: pointOf(event) } : null;
    this.pinchPx = this.spread();
  }

  private onMove(event: PointerEvent): void {
    if (!this.pointers.has(event.pointerId)) return;
    this.pointers.set(event.pointerId, pointOf(event));
    if (this.pointers.size === 2) return this.pinch();
    const { drag } = this;
    if (drag === null) return;
    const at = pointOf(event);
    const moved = { x: at.x - drag.from.x, y: at.y - drag.from.y };
    if (!this.dragging && Math.hypot(moved.x, moved.y) < DRAG_FROM_PX) return;
    if (!this.dragging) this.canvas?.setPointerCapture(event.pointerId);
    this.dragging = true;
    const total = this.total(drag.zoom.vma);
    this.app.act(() => this.set(dragged(drag.strip, drag.zoom, moved, total)));
  }

  private onUp(event: PointerEvent): void {
    this.pointers.delete(event.pointerId);
    this.drag = null;
    this.pinchPx = this.spread();
  }

  private onClick(event: MouseEvent): void {
    if (!this.dragging || event.target !== this.canvas) return;
    this.dragging = false;
    event.stopPropagation();
  }

  /** How far two fingers are apart; 0 unless there are two. */
  private spread(): number {
    const [a, b] = [...this.pointers.values()];
    if (a === undefined || b === undefined || this.pointers.size !== 2) return 0;
    return Math.hypot(a.x - b.x, a.y - b.y);
  }

  private pinch(): void {
    const [a, b] = [...this.pointers.values()];
    const apart = this.spread();
    if (a === undefined || b === undefined || this.pinchPx === 0 || apart === 0) return;
    const factor = apart / this.pinchPx;
    // Small steps would all be rounded away.
    if (Math.abs(Math.log(factor)) < 0.1) return;
    this.dragging = true;
    this.pinchPx = apart;
    this.app.act(() => this.zoomAt({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, factor));
  }

  // Keys

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = this.keyAction(event.key, event.shiftKey);
    if (action === null) return;
    event.preventDefault();
    this.app.act(action);
  }

  private keyAction(key: string, shift: boolean): (() => void) | null {
    const factor = ZOOM_KEYS[key];
    if (factor !== undefined) return () => this.zoomBy(factor);
    if (key === "Enter") return () => this.selectCursor();
    if (!shift && key.startsWith("Arrow")) return () => this.moveCursor(key);
    return null;
  }

  private selectCursor(): void {
    const { cursor } = this.app.store.state;
    if (cursor !== null) this.app.select(pageSelection(cursor));
  }

  /** Begins with the selected page, or with the first that is shown. */
  private ensureCursor(): PageRef | null {
    const { cursor, selection, process } = this.app.store.state;
    if (this.rectOf(cursor) !== null) return cursor;
    const chosen = pageOf(selection);
    const first = this.picture?.strips[0];
    const start = first === undefined ? null : { process, vma: first.vma, page: first.firstPage };
    const place = this.rectOf(chosen) === null ? start : chosen;
    // A pointer that gives the focus has no use for a cursor.
    if (this.canvas?.matches(":focus-visible")) this.app.store.update({ cursor: place });
    return place;
  }

  private moveCursor(key: string): void {
    const { cursor } = this.app.store.state;
    const from = this.ensureCursor();
    if (from === null || cursor === null) return this.app.store.update({ cursor: from });
    const strips = this.picture?.strips ?? [];
    const at = strips.findIndex((strip) => strip.vma === from.vma);
    const strip = strips[at];
    const page = strip === undefined ? null : neighbour(strip, from.page, key);
    if (strip === undefined || page === null) return;
    const total = this.total(strip.vma);
    if (page < 0 || page >= total)
      return this.crossTo(strips[page < 0 ? at - 1 : at + 1], page < 0);
    this.app.store.update({ cursor: { ...from, page } });
    if (cellOf(strip, page) === null) this.set(revealing(strip, page, total));
  }

  /** From the end of one VMA to the next one's beginning, and back. */
  private crossTo(strip: Strip | undefined, backwards: boolean): void {
    if (strip === undefined) return;
    const last = strip.firstPage + strip.pages - 1;
    const page = backwards ? last : strip.firstPage;
    const { process } = this.app.store.state;
    this.app.store.update({ cursor: { process, vma: strip.vma, page } });
  }
}
