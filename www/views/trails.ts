/** Short trails from where something was to where it is now. */

import type { Link, MachinePicture, Rect } from "../engine.ts";
import { nodeClass } from "../panels/parts.ts";
import type { Point } from "./grid.ts";

const FADE_MS = 300;
/** Trails of the two directions lie beside each other. */
const ASIDE_PX = 6;
/** No more than this at once. */
const MAX_TRAILS = 24;
const SVG = "http://www.w3.org/2000/svg";

export interface Trail {
  /** Trails with the same key do not lie over each other. */
  readonly key: string;
  readonly from: Point;
  readonly to: Point;
  /** The node whose colour it has; null for a task. */
  readonly node: number | null;
}

function linkOf({ links }: MachinePicture, from: number, to: number): Link | undefined {
  return links.find(
    (link) => (link.a === from && link.b === to) || (link.a === to && link.b === from),
  );
}

/** Along the link of two nodes. */
export function alongLink(picture: MachinePicture, from: number, to: number): Trail | null {
  const link = linkOf(picture, from, to);
  if (link === undefined) return null;
  const ends = [
    { x: link.x1, y: link.y1 },
    { x: link.x2, y: link.y2 },
  ] as const;
  const [start, end] = link.a === from ? ends : [ends[1], ends[0]];
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  const aside = {
    x: (-(end.y - start.y) / length) * ASIDE_PX,
    y: ((end.x - start.x) / length) * ASIDE_PX,
  };
  const shift = ({ x, y }: Point): Point => ({ x: x + aside.x, y: y + aside.y });
  return { key: `p${from}-${to}`, from: shift(start), to: shift(end), node: from };
}

/** From one CPU to another. */
export function betweenCpus(
  picture: MachinePicture,
  tid: number,
  cpus: readonly [number, number],
): Trail | null {
  const all = picture.nodes.flatMap((node) => node.cpus);
  const [from, to] = cpus.map((id) => all.find((cpu) => cpu.id === id));
  if (from === undefined || to === undefined) return null;
  return { key: `t${tid}`, from: centre(from), to: centre(to), node: null };
}

function centre({ x, y, width, height }: Rect): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

/** An arrow from one point to another as an outline. */
export function arrow({ from, to }: Trail): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  const head = Math.min(9, length / 2);
  const at = (forward: number, aside: number): string => {
    const x = from.x + along.x * forward - along.y * aside;
    const y = from.y + along.y * forward + along.x * aside;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const neck = length - head;
  return [
    at(0, 2),
    at(neck, 2),
    at(neck, 5),
    at(length, 0),
    at(neck, -5),
    at(neck, -2),
    at(0, -2),
  ].join(" ");
}

/** Draws trails that fade by themselves, or marks that stay until the next ones. */
export class TrailLayer {
  private readonly running = new Set<string>();

  show(trails: readonly Trail[], still: boolean): void {
    const into = document.getElementById("machine-trails");
    if (into === null) return;
    if (still) into.replaceChildren();
    for (const trail of trails.slice(0, MAX_TRAILS)) {
      if (still) into.append(shape(trail));
      else this.fade(into, trail);
    }
  }

  private fade(into: Element, trail: Trail): void {
    if (this.running.has(trail.key)) return;
    this.running.add(trail.key);
    const drawn = shape(trail);
    into.append(drawn);
    const [dx, dy] = [trail.from.x - trail.to.x, trail.from.y - trail.to.y];
    const frames = [
      { opacity: 1, transform: `translate(${dx / 4}px, ${dy / 4}px)` },
      { opacity: 0.9, transform: "none", offset: 0.6 },
      { opacity: 0, transform: "none" },
    ];
    const end = (): void => {
      this.running.delete(trail.key);
      drawn.remove();
    };
    drawn.animate(frames, FADE_MS).finished.then(end, end);
  }
}

function shape(trail: Trail): Element {
  const drawn = document.createElementNS(SVG, "polygon");
  drawn.setAttribute("points", arrow(trail));
  drawn.setAttribute("class", trail.node === null ? "task-trail" : nodeClass(trail.node));
  return drawn;
}
