//! Pixels of an address space.

use hintfault::event::PageRef;
use hintfault::ids::{HPAGE_PMD_NR, NodeId, PAGE_SIZE, PageIdx, VmaIdx};
use hintfault::view::{Cell, MmView};

use crate::colour::{Rgb, Theme};
use crate::frame::Frame;
use crate::geometry::{Rect, Scale, Viewport};
use crate::space_layout::{SpaceLayout, Strip};
use crate::space_marks::WindowMark;
use crate::texture::{self, Texture};

/// Hint entries are hatched in cells from this size on, and dimmed in smaller ones, in CSS pixels.
const HATCHED_FROM_CSS_PX: u32 = 3;
/// Cells without pages are outlined from this size on, and pale in smaller ones, in CSS pixels.
const OUTLINED_FROM_CSS_PX: u32 = 5;
/// Width of the lines of hatching in CSS pixels; gaps are twice as wide.
const HATCH_CSS_PX: u32 = 2;
/// Cells smaller than this have lines of half the width, in CSS pixels.
const WIDE_HATCH_FROM_CSS_PX: u32 = 10;
/// How much of the hatching's colour a dimmed hint entry has in it, in 256ths.
const DIMMED: u32 = 110;
/// How much ink the newest flash puts over a cell, in 256ths.
const FLASH_INK: u32 = 128;
/// Cells from this size on show where a page came from by their border, in CSS pixels.
const TRAIL_FROM_CSS_PX: u32 = 5;
/// The border that shows it takes one such part of the cell.
const TRAIL_PART: u32 = 6;

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
    /// How nodes are told apart.
    pub texture: Texture,
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
    cells: impl FnMut(VmaIdx, PageIdx, u32, &mut [Cell]),
) {
    SpacePainter::default().paint(frame, viewport, (mm, layout), marks, cells);
}

/// Paints one picture after the other, and of pages only those that have changed since the last.
#[derive(Debug, Default)]
pub struct SpacePainter {
    /// How the last picture was laid out and painted; none before the first.
    last: Option<(Viewport, SpaceLayout, Theme, Texture)>,
    /// The cells of its strips.
    cells: Vec<Vec<Cell>>,
    /// The pages alone, without any marks.
    pages: Frame,
    /// Used again for each strip.
    buffer: Vec<Cell>,
}

impl SpacePainter {
    /// As [`paint_space`].
    pub fn paint(
        &mut self,
        frame: &mut Frame,
        viewport: &Viewport,
        (mm, layout): (&MmView, &SpaceLayout),
        marks: &SpaceMarks<'_>,
        mut cells: impl FnMut(VmaIdx, PageIdx, u32, &mut [Cell]),
    ) {
        self.begin(viewport, layout, marks);
        for (place, strip) in layout.strips.iter().enumerate() {
            self.buffer.clear();
            self.buffer.resize(strip.cells() as usize, Cell::default());
            cells(strip.vma, strip.first, strip.pages_per_cell, &mut self.buffer);
            self.strip(place, strip, viewport, marks);
        }
        frame.copy_from(&self.pages);
        let mut brush = Brush { frame, theme: marks.theme, texture: marks.texture, scale: viewport.scale() };
        for (strip, cells) in layout.strips.iter().zip(&self.cells) {
            brush.huge_pages(strip, cells, first_in_table(mm, strip));
        }
        brush.marks(mm, layout, marks);
    }

    /// Begins anew unless everything is where it was.
    fn begin(&mut self, viewport: &Viewport, layout: &SpaceLayout, marks: &SpaceMarks<'_>) {
        let now = (viewport, layout, marks.theme, marks.texture);
        if self.last.as_ref().is_some_and(|last| (&last.0, &last.1, last.2, last.3) == now) {
            return;
        }
        self.last = Some((*viewport, layout.clone(), marks.theme, marks.texture));
        self.pages.reset(viewport);
        self.cells.clear();
        self.cells.resize(layout.strips.len(), Vec::new());
    }

    /// Paints what is new in the buffer, which then is what is known.
    fn strip(&mut self, place: usize, strip: &Strip, viewport: &Viewport, marks: &SpaceMarks<'_>) {
        let SpaceMarks { theme, texture, .. } = *marks;
        let mut brush = Brush { frame: &mut self.pages, theme, texture, scale: viewport.scale() };
        let known = &mut self.cells[place];
        for (at, cell) in self.buffer.iter().enumerate() {
            if known.get(at) != Some(cell) {
                brush.cell(strip.cell_rect(at as u32), cell);
            }
        }
        core::mem::swap(known, &mut self.buffer);
    }
}

struct Brush<'a> {
    frame: &'a mut Frame,
    theme: Theme,
    texture: Texture,
    scale: Scale,
}

impl Brush<'_> {
    /// One outline for the cells of each huge page.
    fn huge_pages(&mut self, strip: &Strip, cells: &[Cell], first_in_table: u32) {
        let per_cell = strip.pages_per_cell;
        if per_cell >= HPAGE_PMD_NR || cells.iter().all(|cell| cell.huge == 0) {
            return;
        }
        let table = |place: usize| (first_in_table + place as u32 * per_cell) / HPAGE_PMD_NR;
        let mut from = 0;
        while from < cells.len() {
            let rest = cells.len() - from;
            let alike = (0..rest).take_while(|more| table(from + more) == table(from)).count();
            if cells[from].huge > 0 {
                self.outline(strip, [from as u32, (from + alike) as u32 - 1], self.theme.paper());
            }
            from += alike;
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
        if self.texture == Texture::ByNode {
            self.texture(main, hint_height, cell.node);
        }
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

    /// Puts the marks of a node over its pages; the lines of hatching, at the lower end, go over them.
    fn texture(&mut self, rect: Rect, hint_height: u32, node: NodeId) {
        let mark = texture::mark(self.theme.node(node));
        let unit = self.scale.px(1);
        let open = Rect { height: rect.height - hint_height, ..rect };
        let hinted = Rect { y: open.bottom(), height: hint_height, ..rect };
        let is_mark = |x: u32, y: u32| texture::is_mark(node, x / unit, y / unit);
        self.frame.overlay(open, mark, is_mark);
        match self.hatch(hinted) {
            Some(line) => self.frame.overlay(hinted, mark, |x, y| is_mark(x, y) && !is_hatch(line, x, y)),
            None => self.frame.overlay(hinted, mark.mix(self.theme.hatching(), DIMMED), is_mark),
        }
    }

    fn hint(&mut self, rect: Rect, colour: Rgb) {
        let dark = self.theme.hatching();
        match self.hatch(rect) {
            Some(line) => self.frame.pattern(rect, [colour, dark], |x, y| is_hatch(line, x, y)),
            None => self.frame.fill(rect, colour.mix(dark, DIMMED)),
        }
    }

    /// How wide the lines of hatching are here; none where it is too small for them.
    fn hatch(&self, rect: Rect) -> Option<u32> {
        let side = rect.width.min(rect.height);
        if side < self.scale.px(HATCHED_FROM_CSS_PX) {
            return None;
        }
        let wide = side >= self.scale.px(WIDE_HATCH_FROM_CSS_PX);
        Some(self.scale.px(if wide { HATCH_CSS_PX } else { HATCH_CSS_PX / 2 }))
    }

    /// What lies over the pages.
    fn marks(&mut self, mm: &MmView, layout: &SpaceLayout, marks: &SpaceMarks<'_>) {
        self.flashes(layout, marks.flashes);
        if let Some(window) = layout.window_mark(mm) {
            self.window(layout, &window);
        }
        if let Some(offset) = layout.offset_mark(mm) {
            self.offset(offset.cell);
        }
        if let Some(cell) = marks.selected.and_then(|page| layout.cell_rect(page)) {
            self.selection(cell);
        }
    }

    /// Puts ink over every cell with a recent fault; only the strongest of a cell counts.
    fn flashes(&mut self, layout: &SpaceLayout, flashes: &[Flash]) {
        let place = |flash: &Flash| {
            let strip = layout.strips.binary_search_by_key(&flash.page.vma, |strip| strip.vma).ok()?;
            let cell = layout.strips[strip].cell_of(flash.page.page)?;
            (flash.page.process == layout.process).then_some((strip as u32, cell, *flash))
        };
        let mut placed: Vec<(u32, u32, Flash)> = flashes.iter().filter_map(place).collect();
        placed.sort_unstable_by_key(|&(strip, cell, flash)| (strip, cell, flash.strength, flash.page.page, flash.from));
        for (at, (strip, cell, flash)) in placed.iter().enumerate() {
            let is_strongest = placed.get(at + 1).is_none_or(|next| (next.0, next.1) != (*strip, *cell));
            if is_strongest {
                self.flash(layout.strips[*strip as usize].cell_rect(*cell), flash);
            }
        }
    }

    fn flash(&mut self, rect: Rect, flash: &Flash) {
        let strength = u32::from(flash.strength);
        let whole = strength + strength / 255;
        let from = flash.from.map(|node| self.theme.node(node));
        match from {
            // Too small for a border: the old node's colour takes the flash's place.
            Some(colour) if rect.width < self.scale.px(TRAIL_FROM_CSS_PX) => {
                self.frame.tint(rect, colour, whole);
            }
            _ => self.frame.tint(rect, self.theme.ink(), strength * FLASH_INK / 256),
        }
        if let Some(colour) = from {
            let border = (rect.width / TRAIL_PART).max(self.scale.px(1));
            self.frame.tint_border(rect, border, colour, whole);
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
        self.outline(strip, [from, to], self.theme.ink());
    }

    /// Draws a line around a run of cells.
    fn outline(&mut self, strip: &Strip, [from, to]: [u32; 2], colour: Rgb) {
        for cell in from..=to {
            self.edges(strip, cell, [from, to], colour);
        }
    }

    fn edges(&mut self, strip: &Strip, cell: u32, [from, to]: [u32; 2], colour: Rgb) {
        let thickness = self.scale.px(1);
        let inner = strip.cell_rect(cell);
        let column = cell % strip.columns;
        let above = cell.checked_sub(strip.columns).is_some_and(|above| above >= from);
        let below = cell + strip.columns <= to;
        let before = column > 0 && cell > from;
        let after = column + 1 < strip.columns && cell < to;
        // Lines go on over the gap to the next cell, but not beyond the last one.
        let tile = Rect {
            width: if after { strip.pitch } else { inner.width },
            height: if below { strip.pitch } else { inner.height },
            ..inner
        };
        let edges = [
            (above, Rect { height: thickness, ..tile }),
            (below, Rect { y: inner.bottom() - thickness.min(inner.height), height: thickness, ..tile }),
            (before, Rect { width: thickness, ..tile }),
            (after, Rect { x: inner.right() - thickness.min(inner.width), width: thickness, ..tile }),
        ];
        for (neighbour, edge) in edges {
            if !neighbour {
                self.frame.fill(edge, colour);
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

const fn is_hatch(line: u32, x: u32, y: u32) -> bool {
    (x + y) / line % 3 == 2
}

/// Where the first page of a strip is in its page table.
fn first_in_table(mm: &MmView, strip: &Strip) -> u32 {
    let vma = mm.vmas.iter().find(|vma| vma.index == strip.vma);
    let page = vma.map_or(0, |vma| vma.start.0 / PAGE_SIZE) + u64::from(strip.first.0);
    (page % u64::from(HPAGE_PMD_NR)) as u32
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
