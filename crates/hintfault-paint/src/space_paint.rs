//! Pixels of an address space.

use hintfault::event::PageRef;
use hintfault::ids::{NodeId, PageIdx, VmaIdx};
use hintfault::view::{Cell, MmView};

use crate::colour::{Rgb, Theme};
use crate::frame::Frame;
use crate::geometry::{Rect, Scale, Viewport};
use crate::space_layout::{SpaceLayout, Strip};
use crate::space_marks::WindowMark;

/// Hint entries are hatched in cells from this size on, and dimmed in smaller ones, in CSS pixels.
const HATCHED_FROM_CSS_PX: u32 = 3;
/// Cells without pages are outlined from this size on, and pale in smaller ones, in CSS pixels.
const OUTLINED_FROM_CSS_PX: u32 = 5;
/// Width of hatching, in CSS pixels; lines and gaps are alike.
const HATCH_CSS_PX: u32 = 2;
/// How much paper a dimmed hint entry has in it, in 256ths.
const DIMMED: u32 = 150;
/// How much ink the newest flash puts over a cell, in 256ths.
const FLASH_INK: u32 = 128;
/// Cells from this size on show where a page came from, in CSS pixels.
const TRAIL_FROM_CSS_PX: u32 = 5;

/// A fault that is still to be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flash {
    /// The page.
    pub page: PageRef,
    /// 255 for one that has just been, falling to 0.
    pub strength: u8,
    /// For a page that moved, the node it came from.
    pub from: Option<NodeId>,
}

/// What is shown on top of the pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpaceMarks<'a> {
    /// Light or dark.
    pub theme: Theme,
    /// Recent faults, in any order.
    pub flashes: &'a [Flash],
    /// The page that is selected.
    pub selected: Option<PageRef>,
}

/// Paints an address space as laid out on a picture of that size. `cells` is asked for the pages of
/// the strips: it gets VMA, first page, pages a cell, and as many cells as it is to fill.
pub fn paint_space(
    frame: &mut Frame,
    viewport: &Viewport,
    (mm, layout): (&MmView, &SpaceLayout),
    marks: &SpaceMarks<'_>,
    mut cells: impl FnMut(VmaIdx, PageIdx, u32, &mut [Cell]),
) {
    frame.reset(viewport);
    let mut brush = Brush { frame, theme: marks.theme, scale: viewport.scale() };
    let mut buffer = Vec::new();
    for strip in &layout.strips {
        buffer.clear();
        buffer.resize(strip.cells() as usize, Cell::default());
        cells(strip.vma, strip.first, strip.pages_per_cell, &mut buffer);
        brush.strip(strip, &buffer);
    }
    brush.flashes(layout, marks.flashes);
    if let Some(window) = layout.window_mark(mm) {
        brush.window(layout, &window);
    }
    if let Some(offset) = layout.offset_mark(mm) {
        brush.offset(offset.cell);
    }
    if let Some(cell) = marks.selected.and_then(|page| layout.cell_rect(page)) {
        brush.selection(cell);
    }
}

struct Brush<'a> {
    frame: &'a mut Frame,
    theme: Theme,
    scale: Scale,
}

impl Brush<'_> {
    fn strip(&mut self, strip: &Strip, cells: &[Cell]) {
        assert_eq!(cells.len(), strip.cells() as usize, "cells of another strip");
        for (cell, place) in cells.iter().zip(0..) {
            self.cell(strip.cell_rect(place), cell);
        }
    }

    /// Fills a cell from below as far as its pages are present; the lowest part of that is hatched
    /// as far as they are hint entries. Pages of other nodes than the main one are at the right.
    fn cell(&mut self, rect: Rect, cell: &Cell) {
        let present_height = part(rect.height, cell.present, cell.pages);
        let absent = Rect { height: rect.height - present_height, ..rect };
        self.absent(absent);
        if present_height == 0 {
            return;
        }
        let present = Rect { y: absent.bottom(), height: present_height, ..rect };
        let main_width = part(rect.width, cell.node_pages, cell.present);
        let main = Rect { width: main_width, ..present };
        let others = Rect { x: main.right(), width: rect.width - main_width, ..present };
        let hint_height = part(present_height, cell.hint, cell.present);
        self.pages(main, hint_height, self.theme.node(cell.node));
        self.pages(others, hint_height, self.theme.outline());
    }

    fn absent(&mut self, rect: Rect) {
        self.frame.fill(rect, self.theme.empty());
        if rect.width >= self.scale.px(OUTLINED_FROM_CSS_PX) {
            self.frame.clear(rect.inset(self.scale.px(1)));
        }
    }

    fn pages(&mut self, rect: Rect, hint_height: u32, colour: Rgb) {
        let open = Rect { height: rect.height - hint_height, ..rect };
        let hinted = Rect { y: open.bottom(), height: hint_height, ..rect };
        self.frame.fill(open, colour);
        self.hint(hinted, colour);
    }

    fn hint(&mut self, rect: Rect, colour: Rgb) {
        let paper = self.theme.paper();
        if rect.width.min(rect.height) < self.scale.px(HATCHED_FROM_CSS_PX) {
            return self.frame.fill(rect, colour.mix(paper, DIMMED));
        }
        let line = self.scale.px(HATCH_CSS_PX);
        self.frame.pattern(rect, [colour, paper], |x, y| (x + y) / line % 2 == 1);
    }

    /// Puts ink over every cell with a recent fault; only the strongest of a cell counts.
    fn flashes(&mut self, layout: &SpaceLayout, flashes: &[Flash]) {
        for strip in &layout.strips {
            let mut strongest: Vec<Option<Flash>> = vec![None; strip.cells() as usize];
            let here = |flash: &&Flash| flash.page.process == layout.process && flash.page.vma == strip.vma;
            for flash in flashes.iter().filter(here) {
                let Some(cell) = strip.cell_of(flash.page.page) else {
                    continue;
                };
                let slot = &mut strongest[cell as usize];
                if slot.is_none_or(|shown| shown.strength < flash.strength) {
                    *slot = Some(*flash);
                }
            }
            for (flash, place) in strongest.into_iter().zip(0..) {
                if let Some(flash) = flash {
                    self.flash(strip.cell_rect(place), &flash);
                }
            }
        }
    }

    fn flash(&mut self, rect: Rect, flash: &Flash) {
        let strength = u32::from(flash.strength);
        self.frame.tint(rect, self.theme.ink(), strength * FLASH_INK / 256);
        let Some(from) = flash.from else { return };
        if rect.width >= self.scale.px(TRAIL_FROM_CSS_PX) {
            let colour = self.theme.node(from);
            self.frame.tint_border(rect, self.scale.px(1), colour, strength + strength / 255);
        }
    }

    /// Draws a line around the cells of the window, wherever a neighbour is not one of them.
    fn window(&mut self, layout: &SpaceLayout, window: &WindowMark) {
        let Some(strip) = layout.strip(window.vma) else {
            return;
        };
        let last = PageIdx(window.first.0 + window.pages - 1);
        let (Some(from), Some(to)) = (strip.cell_of(window.first), strip.cell_of(last)) else {
            return;
        };
        for cell in from..=to {
            self.window_edges(strip, cell, [from, to]);
        }
    }

    fn window_edges(&mut self, strip: &Strip, cell: u32, [from, to]: [u32; 2]) {
        let thickness = self.scale.px(1);
        let inner = strip.cell_rect(cell);
        let tile = Rect { width: strip.pitch, height: strip.pitch, ..inner };
        let column = cell % strip.columns;
        let above = cell.checked_sub(strip.columns).is_some_and(|above| above >= from);
        let below = cell + strip.columns <= to;
        let before = column > 0 && cell > from;
        let after = column + 1 < strip.columns && cell < to;
        let edges = [
            (above, Rect { height: thickness, ..tile }),
            (below, Rect { y: inner.bottom() - thickness.min(inner.height), height: thickness, ..tile }),
            (before, Rect { width: thickness, ..tile }),
            (after, Rect { x: inner.right() - thickness.min(inner.width), width: thickness, ..tile }),
        ];
        for (neighbour, edge) in edges {
            if !neighbour {
                self.frame.fill(edge, self.theme.ink());
            }
        }
    }

    /// A bar at the cell's left edge that ends in an arrowhead below it.
    fn offset(&mut self, cell: Rect) {
        let (bar, head) = (self.scale.px(2), self.scale.px(6));
        let ink = self.theme.ink();
        self.frame.fill(Rect { width: bar, ..cell }, ink);
        for row in 0..head {
            let width = bar + 2 * row;
            let x = (cell.x + bar / 2).saturating_sub(width / 2);
            self.frame.fill(Rect::new(x, cell.bottom() + row, width, 1), ink);
        }
    }

    fn selection(&mut self, cell: Rect) {
        let (line, paper) = (self.scale.px(2), self.scale.px(1));
        self.frame.stroke(cell.outset(line + paper), line, self.theme.ink());
        self.frame.stroke(cell.outset(paper), paper, self.theme.paper());
    }
}

/// The part of `length` that `some` of `all` make up: none only for none, all only for all.
fn part(length: u32, some: u32, all: u32) -> u32 {
    if some == 0 || all == 0 || length == 0 {
        return 0;
    }
    if some >= all {
        return length;
    }
    let share = u64::from(length) * u64::from(some) / u64::from(all);
    let most = length.saturating_sub(1).max(1);
    (share as u32).clamp(1, most)
}
