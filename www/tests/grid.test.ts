import assert from "node:assert/strict";
import test from "node:test";
import type { Strip } from "../engine.ts";
import {
  anchored,
  cellAt,
  cellOf,
  cellRect,
  dragged,
  neighbour,
  pageAt,
  revealing,
  scaled,
  stripAt,
  within,
} from "../views/grid.ts";

/** 10 columns of cells of 8 px with 4 pages each, from page 100 on. */
const strip: Strip = {
  ...{ vma: 2, firstPage: 100, pages: 398, pagesPerCell: 4, cellWidth: 8, cellHeight: 8 },
  ...{ columns: 10, x: 8, y: 24, width: 80, height: 80, label: null },
};
const TOTAL = 5000;

test("every page is in the cell at its place, and nowhere else", () => {
  for (let page = 100; page < 498; page += 1) {
    const cell = cellOf(strip, page);
    assert.ok(cell !== null);
    const { x, y, width, height } = cellRect(strip, cell);
    const middle = { x: x + width / 2, y: y + height / 2 };
    assert.equal(cellAt(strip, middle), cell);
    assert.equal(pageAt(strip, middle), page - ((page - 100) % 4));
  }
  assert.equal(cellOf(strip, 99), null);
  assert.equal(cellOf(strip, 498), null);
});

test("points outside count as the nearest cell", () => {
  assert.equal(cellAt(strip, { x: -50, y: -50 }), 0);
  assert.equal(cellAt(strip, { x: 500, y: 30 }), 9);
  assert.equal(cellAt(strip, { x: 500, y: 500 }), 99);
});

test("zooming shows fewer pages until there is one, and more until all are shown", () => {
  let shown = TOTAL;
  const seen = [shown];
  while (shown > 1) {
    shown = scaled(shown, TOTAL, 1.5);
    seen.push(shown);
  }
  assert.deepEqual(
    seen,
    [...new Set(seen)].sort((a, b) => b - a),
  );
  while (shown < TOTAL) {
    const more = scaled(shown, TOTAL, 1 / 1.5);
    assert.ok(more > shown);
    shown = more;
  }
  assert.equal(scaled(1, TOTAL, 1.5), 1);
  assert.equal(scaled(1000, TOTAL, 100), 250);
});

test("what is shown always lies within the VMA", () => {
  assert.deepEqual(within(1, -5, 10, 100), { vma: 1, first: 0, pages: 10 });
  assert.deepEqual(within(1, 95, 10, 100), { vma: 1, first: 90, pages: 10 });
  assert.deepEqual(within(1, 95, 200, 100), { vma: 1, first: 0, pages: 100 });
});

test("the page under the pointer stays there", () => {
  const point = { x: 8 + 5 * 8 + 3, y: 24 + 4 * 8 + 3 };
  const { first } = anchored(strip, 1000, point, TOTAL);
  assert.equal(pageAt({ ...strip, firstPage: first }, point), 1000);
});

test("a drag takes the pages along", () => {
  const start = { vma: 2, first: 1000, pages: 398 };
  const up = dragged(strip, start, { x: 0, y: -16 }, TOTAL);
  assert.equal(up.first, 1000 + 2 * 40);
  assert.equal(dragged(strip, start, { x: 17, y: 0 }, TOTAL).first, 1000 - 8);
  assert.equal(dragged(strip, start, { x: 0, y: 9999 }, TOTAL).first, 0);
});

test("arrows go by cells and rows, and what they come to is shown", () => {
  assert.equal(neighbour(strip, 101, "ArrowRight"), 104);
  assert.equal(neighbour(strip, 101, "ArrowDown"), 140);
  assert.equal(neighbour(strip, 141, "ArrowUp"), 100);
  assert.equal(neighbour(strip, 100, "ArrowLeft"), 96);
  assert.equal(neighbour(strip, 100, "Enter"), null);
  assert.equal(revealing(strip, 96, TOTAL).first, 60);
  assert.equal(revealing(strip, 498, TOTAL).first, 140);
  assert.equal(revealing(strip, 200, TOTAL).first, 100);
});

test("the strip at a point, or the nearest one", () => {
  const other = { ...strip, vma: 3, y: 200 };
  assert.equal(stripAt([strip, other], { x: 0, y: 50 })?.vma, 2);
  assert.equal(stripAt([strip, other], { x: 0, y: 190 })?.vma, 3);
  assert.equal(stripAt([], { x: 0, y: 0 }), null);
});
