/** The two canvases: their size, the pixels from the simulator, and the text above them. */

import type { MachinePicture, Playground, SpacePicture, SpaceRequest, Zoom } from "./engine.ts";
import { drawMachineText } from "./panels/machine-text.ts";
import { drawSpaceText } from "./panels/space-text.ts";
import { pageOf } from "./selection.ts";
import { FASTEST_TICKS_PER_S, ticksPerSecond } from "./speed.ts";
import { isDark, type State } from "./store.ts";

/** Beyond this a screen's pixels are too small to matter, and the buffer too large. */
const MAX_SCALE = 3;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is drawn over the pixels once it has been loaded, and what pointers and keys do there. */
export interface Extras {
  drawSpace(picture: SpacePicture, state: State): void;
  drawMachine(picture: MachinePicture, state: State): void;
  /** Sees every state that is drawn, whichever canvases are on the screen. */
  follow(state: State): void;
}

export interface Canvases {
  /** Has everything painted again, with what is drawn over it. */
  extend(extras: Extras): void;
  /** Has everything painted again. */
  forget(): void;
  /** How a part of an address space would be laid out. Its pixels are gone with the next painting. */
  tryZoom(playground: Playground, state: State, zoom: Zoom): SpacePicture | null;
  /** Whether a canvas has changed its size since the last painting. */
  resized(): boolean;
  /** Paints what has changed. */
  paint(playground: Playground, state: State): void;
}

class Surface {
  private observed: HTMLCanvasElement | null = null;
  private size: Size = { width: 0, height: 0 };
  private painted = "";
  private readonly observer: ResizeObserver;

  constructor(
    private readonly id: string,
    onResize: () => void,
  ) {
    // Layout is not asked for in here: with a style sheet on its way, sizes would change while they are told.
    this.observer = new ResizeObserver((entries) => {
      const told = entries.at(-1)?.contentRect;
      if (told !== undefined)
        this.size = { width: Math.round(told.width), height: Math.round(told.height) };
      onResize();
    });
  }

  /** The canvas with its size in CSS pixels; null while it is not shown. */
  open(): { context: CanvasRenderingContext2D; size: Size } | null {
    const canvas = document.getElementById(this.id);
    if (!(canvas instanceof HTMLCanvasElement)) return null;
    this.observe(canvas);
    const { size } = this;
    const context = canvas.getContext("2d");
    if (context === null || size.width < 1 || size.height < 1) return null;
    return { context, size };
  }

  private observe(canvas: HTMLCanvasElement): void {
    if (this.observed === canvas) return;
    this.observer.disconnect();
    this.observer.observe(canvas);
    this.observed = canvas;
    this.measure();
  }

  /** Asked for only when it has changed, since asking makes the browser lay out the page. */
  private measure(): void {
    const { clientWidth, clientHeight } = this.observed ?? { clientWidth: 0, clientHeight: 0 };
    this.size = { width: clientWidth, height: clientHeight };
  }

  /** Has it painted again. */
  forget(): void {
    this.painted = "";
  }

  /** Whether something else than `parts` was painted last; remembers them. */
  differs(parts: readonly unknown[]): boolean {
    const key = JSON.stringify(parts);
    if (key === this.painted) return false;
    this.painted = key;
    return true;
  }
}

function scale(): number {
  return Math.min(window.devicePixelRatio || 1, MAX_SCALE);
}

/** Makes the canvases; `onResize` is called when one changes its size. */
export function makeCanvases(onResize: () => void): Canvases {
  let changed = false;
  const resize = (): void => {
    changed = true;
    onResize();
  };
  const machine = new Surface("canvas-machine", resize);
  const space = new Surface("canvas-space", resize);
  const glow = new Afterglow();
  let extras: Extras | null = null;
  const forget = (): void => {
    for (const surface of [machine, space]) surface.forget();
    resize();
  };
  return {
    resized: () => changed,
    forget,
    extend(loaded) {
      extras = loaded;
      forget();
    },
    tryZoom(playground, state, zoom) {
      const opened = space.open();
      if (opened === null) return null;
      space.forget();
      return playground.paintSpace(
        opened.context,
        spaceRequest(opened.size, { ...state, zoom }, 0),
      );
    },
    paint(playground, state) {
      changed = false;
      paintMachine(machine, playground, state, extras);
      const left = glow.left(state);
      paintSpace(space, playground, state, { extras, left });
      if (!state.playing && !state.reducedMotion && left > 0) resize();
      extras?.follow(state);
    },
  };
}

let serial = 0;
const serials = new WeakMap<object, number>();

/** A number for an object, so that a painting can be named by the snapshot it shows. */
function serialOf(object: object | null): number {
  if (object === null) return 0;
  const known = serials.get(object);
  if (known !== undefined) return known;
  serial += 1;
  serials.set(object, serial);
  return serial;
}

function paintMachine(
  surface: Surface,
  playground: Playground,
  state: State,
  extras: Extras | null,
): void {
  const opened = surface.open();
  if (opened === null) return;
  const request = { ...opened.size, dark: isDark(state), scale: scale() };
  const { language, openNode } = state;
  if (!surface.differs([request, serialOf(state.snapshot), language, openNode])) return;
  const picture: MachinePicture = playground.paintMachine(opened.context, request);
  drawMachineText(picture, state);
  extras?.drawMachine(picture, state);
}

/** Flashes fade within this much of the reader's time while playing. */
const FLASH_MS = 300;

/** Where time stands still, the faults of the last tick fade as time goes by for the reader. */
class Afterglow {
  private key = "";
  private sinceMs = 0;

  /** How much of the glow is left, from 1 to 0; reduced motion has it stay until the next step. */
  left({ playing, reducedMotion, snapshot, baseline }: State): number {
    const clock = snapshot?.clock;
    const key = `${clock?.tick}/${clock?.events}`;
    const now = performance.now();
    if (playing || key !== this.key) [this.key, this.sinceMs] = [key, now];
    if (playing || reducedMotion) return 1;
    const isQuiet = (baseline.pgfault ?? 0) === (snapshot?.vmstat.pgfault ?? 0);
    return isQuiet ? 0 : Math.max(0, 1 - (now - this.sinceMs) / FLASH_MS);
  }
}

/** Simulated time in which a flash fades. A step, and reduced motion, show the last tick's faults. */
function flashMs({ playing, reducedMotion, speed, snapshot }: State, left: number): number {
  const tickMs = snapshot?.clock.tickMs ?? 1;
  if (!playing || reducedMotion) return tickMs * left;
  const ticks = Math.min(ticksPerSecond(speed), FASTEST_TICKS_PER_S);
  return Math.max(tickMs, (FLASH_MS / 1000) * ticks * tickMs);
}

/** What to paint an address space by; `left` of the afterglow, from 1 to 0. */
export function spaceRequest(size: Size, state: State, left: number): SpaceRequest {
  return {
    ...size,
    process: state.process,
    dark: isDark(state),
    textured: state.textured,
    scale: scale(),
    flash: left > 0,
    flashMs: flashMs(state, left),
    zoom: state.zoom,
    selected: pageOf(state.selection),
  };
}

function paintSpace(
  surface: Surface,
  playground: Playground,
  state: State,
  { extras, left }: { extras: Extras | null; left: number },
): void {
  const opened = surface.open();
  if (opened === null) return;
  const request = spaceRequest(opened.size, state, left);
  const { language, cursor } = state;
  if (!surface.differs([request, serialOf(state.snapshot), language, cursor])) return;
  const picture: SpacePicture = playground.paintSpace(opened.context, request);
  drawSpaceText(picture, state);
  extras?.drawSpace(picture, state);
}
