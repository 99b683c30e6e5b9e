/** Colours for canvases, from the style sheet. */

import type { Look } from "./figures.ts";

export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly panel: string;
  readonly accent: string;
  readonly warn: string;
  readonly font: string;
  node(id: number): string;
}

const NODE_COLOURS = 8;
/** As in the style sheet: from the ninth node on, the same colours shaded. */
const SHADE_PERCENT = 12.5;
const MAX_SHADES = 3;

/** The colours of the theme that is on. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const ink = read("--ink");
  return {
    ink,
    muted: read("--muted"),
    line: read("--line"),
    panel: read("--panel"),
    accent: read("--accent"),
    warn: read("--warn"),
    font: `13px ${read("--sans")}`,
    node(id) {
      const colour = read(`--c${id % NODE_COLOURS}`);
      const shades = Math.min(Math.floor(id / NODE_COLOURS), MAX_SHADES);
      return shades === 0
        ? colour
        : `color-mix(in srgb, ${ink} ${shades * SHADE_PERCENT}%, ${colour})`;
    },
  };
}

/** Dashes of lines, longest first; the swatches in the style sheet have the same. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

/** The colour of a line, or of the edge of an area. */
export function strokeOf(look: Look, palette: Palette): string {
  switch (look.kind) {
    case "solid":
      return palette.accent;
    case "hatched":
      return palette.warn;
    case "node":
      return palette.panel;
    case "dash":
      return palette.ink;
  }
}

/** What fills an area; lines have none. */
export function fillOf(look: Look, palette: Palette): string | CanvasPattern | null {
  switch (look.kind) {
    case "solid":
      return palette.accent;
    case "hatched":
      return hatching(palette);
    case "node":
      return palette.node(look.node);
    case "dash":
      return null;
  }
}

const TILE_PX = 8;

/** Slanting lines that fit together from tile to tile. */
function hatching({ warn, panel }: Palette): string | CanvasPattern {
  const tile = document.createElement("canvas");
  tile.width = TILE_PX;
  tile.height = TILE_PX;
  const context = tile.getContext("2d");
  if (context === null) return warn;
  context.fillStyle = panel;
  context.fillRect(0, 0, TILE_PX, TILE_PX);
  context.strokeStyle = warn;
  context.lineWidth = 2.5;
  context.beginPath();
  for (const shift of [-TILE_PX, 0, TILE_PX]) {
    context.moveTo(shift - 1, TILE_PX + 1);
    context.lineTo(shift + TILE_PX + 1, -1);
  }
  context.stroke();
  return context.createPattern(tile, "repeat") ?? warn;
}
