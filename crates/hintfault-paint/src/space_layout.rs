//! Where each VMA, and each run of its pages, is in the picture of an address space.
//!
//! All VMAs share one number of pages to a cell, a power of two, so that areas compare; the
//! smallest one still has a cell. Cells are as fine as fits, then as large as fits.

use hintfault::event::PageRef;
use hintfault::ids::{PageIdx, ProcIdx, VmaIdx};
use hintfault::view::MmView;

use crate::geometry::{Point, Rect, Viewport};

/// Room above a strip for a line of text, in CSS pixels.
const LABEL_CSS_PX: u32 = 24;
/// Room below a strip for what marks it, in CSS pixels.
const CAPTION_CSS_PX: u32 = 20;
/// Between strips where there is no room for text, in CSS pixels.
const GAP_CSS_PX: u32 = 3;
/// Sides of cells that stand for one page, in CSS pixels, gap included.
const PAGE_CELLS_CSS_PX: [u32; 17] = [112, 96, 80, 64, 48, 32, 24, 20, 16, 14, 12, 10, 8, 6, 5, 4, 3];
/// Sides of cells that stand for several pages; smaller ones would hide what is in them.
const RUN_CELLS_CSS_PX: [u32; 6] = [12, 10, 8, 6, 5, 4];
/// Cells smaller than this stand side by side without a gap, which would wash out their colour, in
/// CSS pixels.
const SMALLEST_CELL_CSS_PX: u32 = 4;
/// Cells from this size on, which carry text, stand further apart, in CSS pixels.
const LARGE_CELL_CSS_PX: u32 = 48;
/// The gap between those, in CSS pixels.
const LARGE_GAP_CSS_PX: u32 = 4;
/// Left and right of strips, for marks at their ends, in CSS pixels.
const MARGIN_CSS_PX: u32 = 8;
/// Rows are a multiple of this long where they are long, so that columns mean something.
const COLUMN_MULTIPLE: u32 = 16;
/// A picture shows no more pages of a VMA than this (8 TiB), 64 times what a scenario may have.
const MAX_PAGES: u32 = 1 << 31;

/// Part of one VMA, to be shown alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Zoom {
    /// The VMA.
    pub vma: VmaIdx,
    /// First page to be shown.
    pub first: PageIdx,
    /// How many; cut off at the VMA's end.
    pub pages: u32,
}

/// Where an address space's VMAs are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpaceLayout {
    /// Whose address space.
    pub process: ProcIdx,
    /// The VMAs, ascending.
    pub strips: Vec<Strip>,
    /// VMAs for which there was no room at all.
    pub hidden: u32,
}

/// Where one VMA is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Strip {
    /// The VMA.
    pub vma: VmaIdx,
    /// The box around its cells.
    pub rect: Rect,
    /// Room for text above it; none where it is too tight.
    pub label: Option<Rect>,
    /// The first page shown.
    pub first: PageIdx,
    /// Pages shown.
    pub pages: u32,
    /// Pages a cell, a power of two; the last cell may have fewer.
    pub pages_per_cell: u32,
    /// From one cell to the next, in both directions.
    pub pitch: u32,
    /// Of these, empty.
    pub gap: u32,
    /// Cells a row.
    pub columns: u32,
}

/// What is at a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hit {
    /// The first page of the cell.
    pub page: PageRef,
    /// How many pages the cell stands for.
    pub pages: u32,
}

impl Strip {
    /// Cells in all.
    #[must_use]
    pub const fn cells(&self) -> u32 {
        self.pages.div_ceil(self.pages_per_cell)
    }

    /// Where a cell is, without its gap.
    #[must_use]
    pub const fn cell_rect(&self, cell: u32) -> Rect {
        let side = self.pitch - self.gap;
        Rect::new(
            self.rect.x + cell % self.columns * self.pitch,
            self.rect.y + cell / self.columns * self.pitch,
            side,
            side,
        )
    }

    /// The cell of a page, if it is shown.
    #[must_use]
    pub fn cell_of(&self, page: PageIdx) -> Option<u32> {
        let offset = page.0.checked_sub(self.first.0)?;
        (offset < self.pages).then_some(offset / self.pages_per_cell)
    }

    /// The cell at a point; its gap belongs to it.
    #[must_use]
    pub fn cell_at(&self, point: Point) -> Option<u32> {
        if !self.rect.contains(point) {
            return None;
        }
        let (column, row) = ((point.x - self.rect.x) / self.pitch, (point.y - self.rect.y) / self.pitch);
        let cell = row * self.columns + column;
        (column < self.columns && cell < self.cells()).then_some(cell)
    }

    /// First page of a cell and how many it stands for.
    #[must_use]
    pub fn cell_pages(&self, cell: u32) -> (PageIdx, u32) {
        let offset = cell * self.pages_per_cell;
        assert!(offset < self.pages, "cell beyond its strip");
        (PageIdx(self.first.0 + offset), self.pages_per_cell.min(self.pages - offset))
    }
}

impl SpaceLayout {
    /// What is at a point.
    #[must_use]
    pub fn hit(&self, point: Point) -> Option<Hit> {
        let strip = self.strips.iter().find(|strip| strip.rect.contains(point))?;
        let (page, pages) = strip.cell_pages(strip.cell_at(point)?);
        Some(Hit { page: PageRef { process: self.process, vma: strip.vma, page }, pages })
    }

    /// Where the cell of a page is, if it is shown.
    #[must_use]
    pub fn cell_rect(&self, page: PageRef) -> Option<Rect> {
        if page.process != self.process {
            return None;
        }
        let strip = self.strip(page.vma)?;
        Some(strip.cell_rect(strip.cell_of(page.page)?))
    }

    /// The strip of a VMA, if it is shown.
    #[must_use]
    pub fn strip(&self, vma: VmaIdx) -> Option<&Strip> {
        self.strips.iter().find(|strip| strip.vma == vma)
    }
}

/// Finds a place for every VMA, or for the part that is zoomed to. A zoom to what is not there
/// gives no strips.
#[must_use]
pub fn layout_space(mm: &MmView, viewport: &Viewport, zoom: Option<Zoom>) -> SpaceLayout {
    let spans = spans(mm, zoom);
    let (strips, hidden) = match roomy_plan(&spans, viewport) {
        Some(plan) => (plan.strips(&spans), 0),
        None => compact_strips(&spans, viewport),
    };
    SpaceLayout { process: mm.process, strips, hidden }
}

/// Pages of one VMA that are to be shown; at least one.
struct Span {
    vma: VmaIdx,
    first: PageIdx,
    pages: u32,
}

fn spans(mm: &MmView, zoom: Option<Zoom>) -> Vec<Span> {
    let shown = |vma: VmaIdx, all: u32| match zoom {
        None => Span { vma, first: PageIdx(0), pages: all },
        Some(zoom) if zoom.vma == vma => {
            Span { vma, first: zoom.first, pages: zoom.pages.min(all.saturating_sub(zoom.first.0)) }
        }
        Some(_) => Span { vma, first: PageIdx(0), pages: 0 },
    };
    let spans = mm.vmas.iter().map(|vma| shown(vma.index, vma.pages.min(MAX_PAGES)));
    spans.filter(|span| span.pages > 0).collect()
}

/// What lies above and below each strip, in device pixels.
#[derive(Clone, Copy)]
struct Room {
    label: u32,
    below: u32,
}

impl Room {
    /// From the most to the least.
    fn all(viewport: &Viewport) -> [Self; 3] {
        let scale = viewport.scale();
        [
            Self { label: scale.px(LABEL_CSS_PX), below: scale.px(CAPTION_CSS_PX) },
            Self { label: scale.px(LABEL_CSS_PX), below: scale.px(GAP_CSS_PX) },
            Self { label: 0, below: scale.px(GAP_CSS_PX) },
        ]
    }
}

/// Strips one below the other.
struct Plan {
    room: Room,
    margin: u32,
    width: u32,
    shift: u32,
    pitch: u32,
    gap: u32,
    columns: u32,
}

fn roomy_plan(spans: &[Span], viewport: &Viewport) -> Option<Plan> {
    let largest = spans.iter().map(|span| span.pages).max()?;
    let shifts = largest.next_power_of_two().trailing_zeros();
    let plans = Room::all(viewport).into_iter().flat_map(|room| {
        (0..=shifts).flat_map(move |shift| {
            cell_sides(shift).iter().filter_map(move |&side| Plan::new(room, shift, side, viewport))
        })
    });
    plans.into_iter().find(|plan| plan.height(spans) <= u64::from(viewport.height_px()))
}

fn cell_sides(shift: u32) -> &'static [u32] {
    if shift == 0 { &PAGE_CELLS_CSS_PX } else { &RUN_CELLS_CSS_PX }
}

impl Plan {
    fn new(room: Room, shift: u32, side_css_px: u32, viewport: &Viewport) -> Option<Self> {
        let scale = viewport.scale();
        let pitch = scale.px(side_css_px);
        let margin = scale.px(MARGIN_CSS_PX);
        let width = viewport.width_px().checked_sub(2 * margin)?;
        let columns = match width / pitch {
            fitting if fitting < 2 * COLUMN_MULTIPLE => fitting,
            fitting => fitting - fitting % COLUMN_MULTIPLE,
        };
        let gap = match side_css_px {
            ..SMALLEST_CELL_CSS_PX => 0,
            LARGE_CELL_CSS_PX.. => scale.px(LARGE_GAP_CSS_PX).min(pitch - 1),
            _ => scale.px(1).min(pitch - 1),
        };
        (columns > 0).then_some(Self { room, margin, width, shift, pitch, gap, columns })
    }

    fn rows(&self, span: &Span) -> u32 {
        (span.pages.div_ceil(1 << self.shift)).div_ceil(self.columns)
    }

    fn height(&self, spans: &[Span]) -> u64 {
        let height = |span: &Span| {
            u64::from(self.room.label) + u64::from(self.rows(span)) * u64::from(self.pitch) + u64::from(self.room.below)
        };
        spans.iter().map(height).sum()
    }

    fn strips(&self, spans: &[Span]) -> Vec<Strip> {
        let mut top = 0;
        let mut strips = Vec::with_capacity(spans.len());
        for span in spans {
            let strip = self.strip(span, top);
            top = strip.rect.bottom() + self.room.below;
            strips.push(strip);
        }
        strips
    }

    fn strip(&self, span: &Span, top: u32) -> Strip {
        let cells = span.pages.div_ceil(1 << self.shift);
        let rect = Rect::new(
            self.margin,
            top + self.room.label,
            cells.min(self.columns) * self.pitch,
            self.rows(span) * self.pitch,
        );
        let label = Rect::new(self.margin, top, self.width, self.room.label);
        Strip {
            vma: span.vma,
            rect,
            label: (!label.is_empty()).then_some(label),
            first: span.first,
            pages: span.pages,
            pages_per_cell: 1 << self.shift,
            pitch: self.pitch,
            gap: self.gap,
            columns: self.columns,
        }
    }
}

/// Where not even a row for each VMA fits: one row each, in several stacks side by side, without
/// text. What still does not fit is counted.
fn compact_strips(spans: &[Span], viewport: &Viewport) -> (Vec<Strip>, u32) {
    let total = u32::try_from(spans.len()).unwrap_or(u32::MAX);
    let Some(stacks) = Stacks::new(total, viewport) else { return (Vec::new(), total) };
    let shown = total.min(stacks.count.saturating_mul(stacks.lines));
    let spans = &spans[..shown as usize];
    let shift = shift_for(spans, stacks.columns);
    let strips = spans.iter().zip(0..).map(|(span, place)| stacks.strip(span, place, shift));
    (strips.collect(), total - shown)
}

/// Stacks of rows.
struct Stacks {
    count: u32,
    lines: u32,
    width: u32,
    pitch: u32,
    gap: u32,
    columns: u32,
}

impl Stacks {
    fn new(total: u32, viewport: &Viewport) -> Option<Self> {
        let scale = viewport.scale();
        let pitch = scale.px(SMALLEST_CELL_CSS_PX);
        let lines = viewport.height_px() / pitch;
        let most = viewport.width_px() / pitch;
        if lines == 0 || most == 0 {
            return None;
        }
        let count = total.div_ceil(lines).clamp(1, most);
        let width = viewport.width_px() / count;
        // One cell is left out, so that stacks are seen to be apart.
        let columns = (width / pitch).saturating_sub(1).max(1);
        Some(Self { count, lines, width, pitch, gap: scale.px(1).min(pitch - 1), columns })
    }

    fn strip(&self, span: &Span, place: u32, shift: u32) -> Strip {
        let cells = span.pages.div_ceil(1 << shift);
        let (x, y) = (place / self.lines * self.width, place % self.lines * self.pitch);
        Strip {
            vma: span.vma,
            rect: Rect::new(x, y, cells.min(self.columns) * self.pitch, self.pitch),
            label: None,
            first: span.first,
            pages: span.pages,
            pages_per_cell: 1 << shift,
            pitch: self.pitch,
            gap: self.gap,
            columns: self.columns,
        }
    }
}

/// The smallest shift that brings the largest of them into one row.
fn shift_for(spans: &[Span], columns: u32) -> u32 {
    let largest = spans.iter().map(|span| span.pages).max().unwrap_or(1);
    largest.div_ceil(columns).next_power_of_two().trailing_zeros()
}
