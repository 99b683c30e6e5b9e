/** Going from mark to mark. */

import type { Mark } from "../engine.ts";
import type { Track, TrackId } from "./course.ts";
import { changesNode } from "./tracks.ts";

/** Which marks are gone through: all, those of a track, or the node changes of the task looked at. */
export type Walk = "all" | "task" | TrackId;

/** The marks that are gone through, oldest first. */
export function marksOf(tracks: readonly Track[], walk: Walk, task: number | null): Mark[] {
  const chosen = walk === "task" ? "moves" : walk;
  const marks = tracks.flatMap(({ id, marks }) => (chosen === "all" || chosen === id ? marks : []));
  const wanted =
    walk === "task" ? marks.filter((mark) => mark.task === task && changesNode(mark)) : marks;
  return [...wanted].sort((a, b) => a.seq - b.seq);
}

/** How many marks are not shown. */
export function omittedOf(tracks: readonly Track[], walk: Walk): number {
  const chosen = walk === "task" ? "moves" : walk;
  return tracks.reduce(
    (sum, { id, omitted }) => (chosen === "all" || chosen === id ? sum + omitted : sum),
    0,
  );
}

/**
 * The mark before or after the present. Where a mark is selected that happened at this very tick, the
 * way goes on from it, so that marks of the same tick are reached one by one.
 */
export function neighbour(
  marks: readonly Mark[],
  direction: -1 | 1,
  tick: number,
  selected: number | null,
): Mark | null {
  const here = marks.find((mark) => mark.seq === selected && mark.tick === tick);
  const isBeyond = (mark: Mark): boolean => {
    if (here !== undefined) return direction * (mark.seq - here.seq) > 0;
    return direction * (mark.tick - tick) > 0;
  };
  if (direction === 1) return marks.find(isBeyond) ?? null;
  return marks.filter(isBeyond).at(-1) ?? null;
}
