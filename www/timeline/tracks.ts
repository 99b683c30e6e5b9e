/** The tracks: marks of events along the time axis, painted and found again under the pointer. */

import type { Mark } from "../engine.ts";
import type { Track, TrackId } from "./course.ts";
import type { Palette } from "./palette.ts";

/** Height of a track, as in the style sheet. */
export const TRACK_PX = 15;
/** A mark is hit from this far. */
const REACH_PX = 6;

export interface Shown {
  readonly tracks: readonly Track[];
  readonly horizonTick: number;
  /** The event that is selected. */
  readonly selected: number | null;
  /** The task whose marks are emphasised, by its place. */
  readonly followed: number | null;
}

/** How a mark is drawn: by its form, which does not depend on colour. */
export type Form = "bar" | "stub" | "ring" | "dot" | "diamond" | "cross";

/** Whether a task came to another node by it. */
export function changesNode({ kind, fromNode, node }: Mark): boolean {
  return kind === "task_moved" && fromNode !== node;
}

/** Whether it is an action that the kernel refused. */
export function isRefused({ kind, verdict }: Mark): boolean {
  return kind === "action_applied" && verdict !== undefined;
}

export function formOf(track: TrackId, mark: Mark): Form {
  if (track === "moves") return moveForm(mark);
  if (track === "actions") return isRefused(mark) ? "cross" : "diamond";
  return track === "scans" ? "bar" : "dot";
}

function moveForm(mark: Mark): Form {
  if (mark.kind === "task_stuck") return "ring";
  return changesNode(mark) ? "bar" : "stub";
}

/** The mark of a track that is nearest to a place; null if none is near. */
export function markAt(
  { tracks, horizonTick }: Pick<Shown, "tracks" | "horizonTick">,
  x: number,
  y: number,
  width: number,
): Mark | null {
  const track = tracks[Math.floor(y / TRACK_PX)];
  let nearest: Mark | null = null;
  let reach = REACH_PX;
  for (const mark of track?.marks ?? []) {
    const distance = Math.abs((mark.tick / Math.max(1, horizonTick)) * width - x);
    if (distance <= reach) [nearest, reach] = [mark, distance];
  }
  return nearest;
}

/** Paints all tracks. */
export function paintTracks(
  canvas: HTMLCanvasElement,
  width: number,
  shown: Shown,
  palette: Palette,
): void {
  const height = shown.tracks.length * TRACK_PX;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  shown.tracks.forEach((track, row) => {
    const middle = row * TRACK_PX + TRACK_PX / 2;
    context.fillStyle = palette.line;
    context.fillRect(0, Math.round(middle), width, 1);
    for (const mark of track.marks) {
      const x = (mark.tick / Math.max(1, shown.horizonTick)) * width;
      paintMark(
        context,
        formOf(track.id, mark),
        x,
        middle,
        colourOf(track.id, mark, shown, palette),
      );
      if (mark.seq === shown.selected) paintFrame(context, x, middle, palette);
    }
  });
}

function colourOf(track: TrackId, mark: Mark, shown: Shown, palette: Palette): string {
  if (isRefused(mark)) return palette.warn;
  if (track !== "moves" || shown.followed === null) return palette.muted;
  return mark.task === shown.followed ? palette.accent : palette.line;
}

function paintFrame(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  palette: Palette,
): void {
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.strokeRect(x - 5, y - 7, 10, 14);
}

type Painter = (context: CanvasRenderingContext2D, x: number, y: number) => void;

const PAINTERS: Readonly<Record<Form, Painter>> = {
  bar: (context, x, y) => context.fillRect(x - 1, y - 6, 2, 12),
  stub: (context, x, y) => context.fillRect(x - 0.5, y - 2.5, 1, 5),
  ring: (context, x, y) => disc(context, x, y, 2.5, false),
  dot: (context, x, y) => disc(context, x, y, 2, true),
  diamond(context, x, y) {
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x + 4, y);
    context.lineTo(x, y + 5);
    context.lineTo(x - 4, y);
    context.fill();
  },
  cross(context, x, y) {
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 4, y - 4);
    context.lineTo(x + 4, y + 4);
    context.moveTo(x + 4, y - 4);
    context.lineTo(x - 4, y + 4);
    context.stroke();
  },
};

function disc(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  filled: boolean,
): void {
  context.lineWidth = 1;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  if (filled) context.fill();
  else context.stroke();
}

function paintMark(
  context: CanvasRenderingContext2D,
  form: Form,
  x: number,
  y: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.strokeStyle = colour;
  PAINTERS[form](context, x, y);
}
