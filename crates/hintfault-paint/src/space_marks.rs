//! What is marked in the picture of an address space: where the next scan starts, and what the
//! last one went through.

use hintfault::ids::{PageIdx, VirtAddr, VmaIdx};
use hintfault::view::{MmView, VmaView, WindowView};

use crate::geometry::Rect;
use crate::space_layout::{SpaceLayout, Strip};

/// Where `numa_scan_offset` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OffsetMark {
    /// The VMA that the next scan starts in.
    pub vma: VmaIdx,
    /// The page that it starts with.
    pub page: PageIdx,
    /// The cell with that page.
    pub cell: Rect,
}

/// The window of `change_prot_numa` that was scanned last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WindowMark {
    /// The VMA.
    pub vma: VmaIdx,
    /// Its first page, of those shown.
    pub first: PageIdx,
    /// Its pages, of those shown.
    pub pages: u32,
    /// The window as the engine reports it.
    pub window: WindowView,
    /// The box around its cells.
    pub rect: Rect,
}

impl SpaceLayout {
    /// Where the next scan starts, if that is shown. As the kernel does, an offset between VMAs
    /// means the next one, and an offset behind the last means the first.
    #[must_use]
    pub fn offset_mark(&self, mm: &MmView) -> Option<OffsetMark> {
        let ahead = mm.vmas.iter().find(|vma| vma.end > mm.scan_offset);
        let (vma, from) = match ahead {
            Some(vma) => (vma, mm.scan_offset.max(vma.start)),
            None => mm.vmas.first().map(|vma| (vma, vma.start))?,
        };
        let page = page_at(vma, from);
        let strip = self.strip(vma.index)?;
        let cell = strip.cell_rect(strip.cell_of(page)?);
        Some(OffsetMark { vma: vma.index, page, cell })
    }

    /// The window that was scanned last in this address space, if any of it is shown.
    #[must_use]
    pub fn window_mark(&self, mm: &MmView) -> Option<WindowMark> {
        let windows = mm.vmas.iter().filter_map(|vma| Some((vma, vma.last_window?)));
        let (vma, window) = windows.max_by_key(|(_, window)| window.time)?;
        let strip = self.strip(vma.index)?;
        let first = page_at(vma, window.start).max(strip.first);
        let end = page_at(vma, window.end).0.min(strip.first.0 + strip.pages);
        let pages = end.checked_sub(first.0).filter(|pages| *pages > 0)?;
        let rect = cells_box(strip, first, pages)?;
        Some(WindowMark { vma: vma.index, first, pages, window, rect })
    }
}

/// The page of a VMA at an address; addresses outside count as its ends.
fn page_at(vma: &VmaView, addr: VirtAddr) -> PageIdx {
    let inside = addr.clamp(vma.start, vma.end.max(vma.start));
    PageIdx(u32::try_from(inside.pages_since(vma.start)).unwrap_or(u32::MAX))
}

fn cells_box(strip: &Strip, first: PageIdx, pages: u32) -> Option<Rect> {
    let from = strip.cell_of(first)?;
    let to = strip.cell_of(PageIdx(first.0 + pages - 1))?;
    let (top, bottom) = (strip.cell_rect(from), strip.cell_rect(to));
    if top.y == bottom.y {
        return Some(Rect::new(top.x, top.y, bottom.right() - top.x, top.height));
    }
    Some(Rect::new(strip.rect.x, top.y, strip.rect.width, bottom.bottom() - top.y))
}
