/** What the simulator is asked to draw, and where it says that everything is. In CSS pixels. */

import type { PageRef } from "./engine.ts";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Zoom {
  readonly vma: number;
  readonly first: number;
  readonly pages: number;
}

export interface SpaceRequest {
  readonly process: number;
  readonly width: number;
  readonly height: number;
  readonly dark: boolean;
  /** Whether nodes have a texture besides their colour. */
  readonly textured: boolean;
  readonly scale: number;
  readonly flash: boolean;
  /** Simulated time in which a flash fades. */
  readonly flashMs: number;
  readonly zoom: Zoom | null;
  readonly selected: PageRef | null;
}

export interface Strip extends Rect {
  readonly vma: number;
  readonly firstPage: number;
  readonly pages: number;
  readonly pagesPerCell: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Cells a row. */
  readonly columns: number;
  /** Where its text goes; null where there is no room. */
  readonly label: Rect | null;
}

export interface ScanWindowBox extends Rect {
  readonly vma: number;
  /** Addresses of the whole window, of which only a part may be shown. */
  readonly start: string;
  readonly end: string;
  readonly updated: number;
}

export interface SpacePicture {
  readonly strips: readonly Strip[];
  /** VMAs for which there was no room. */
  readonly hidden: number;
  readonly offset: { readonly x: number; readonly y: number } | null;
  readonly window: ScanWindowBox | null;
}

export interface MachineRequest {
  readonly width: number;
  readonly height: number;
  readonly dark: boolean;
  readonly scale: number;
}

export interface NodeBox extends Rect {
  readonly id: number;
  readonly label: Rect | null;
  readonly cpus: readonly (Rect & { readonly id: number })[];
  readonly memoryLabel: Rect | null;
  readonly memory: Rect & { readonly pagesPerCell: number };
}

export interface Link {
  readonly a: number;
  readonly b: number;
  readonly distance: number;
  readonly distanceBack: number;
  /** Whether it is drawn: the shortest way out of one of its ends. */
  readonly direct: boolean;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface MachinePicture {
  readonly nodes: readonly NodeBox[];
  readonly links: readonly Link[];
}

export interface SpaceHit extends PageRef {
  readonly pages: number;
}
