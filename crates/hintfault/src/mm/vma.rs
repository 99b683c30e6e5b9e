//! One mapping: its range, its page tables, and what the scanner keeps about it
//! (`struct vm_area_struct`, `struct vma_numab_state`, include/linux/mm_types.h, 6.12).

use crate::event::SkipReason;
use crate::ids::{HPAGE_PMD_NR, NodeId, PAGE_SHIFT, PageIdx, VirtAddr};
use crate::input::{Access, Prot, RegionKind};
use crate::mm::bits::Bits512;
use crate::mm::cow::CowVec;
use crate::mm::folio::Object;
use crate::mm::pte::PteTable;
use crate::time::{Jiffies, Ns};

/// A mapping and the memory behind it.
#[derive(Clone, Debug)]
pub(crate) struct Vma {
    pub(crate) start: VirtAddr,
    pub(crate) pages: u32,
    pub(crate) kind: RegionKind,
    pub(crate) prot: Prot,
    /// The pages behind the mapping.
    pub(crate) object: Object,
    pub(crate) numab: Option<NumabState>,
    pub(crate) last_skip: Option<SkipReason>,
    pub(crate) last_window: Option<Window>,
    /// Entries of the first page table that lie before `start`.
    lead: u32,
    tables: CowVec<PteTable>,
    hint_pages: u32,
    present_pages: u32,
    /// Entries writable once accessible.
    write_pages: u32,
}

/// `vma_numab_state`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NumabState {
    pub(crate) next_scan: Jiffies,
    pub(crate) pids_active_reset: Jiffies,
    /// Who faulted here, as 64-bit hashes: in the previous window of time and in this one.
    pub(crate) pids_active: [u64; 2],
    pub(crate) start_scan_seq: i32,
    pub(crate) prev_scan_seq: i32,
}

/// The last range that was scanned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Window {
    pub(crate) start: VirtAddr,
    pub(crate) end: VirtAddr,
    pub(crate) updated: u32,
    pub(crate) time: Ns,
}

/// Part of one page table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TableRange {
    pub(crate) table: usize,
    pub(crate) lo: u32,
    pub(crate) hi: u32,
}

impl Vma {
    pub(crate) fn new(start: VirtAddr, pages: u32, kind: RegionKind, prot: Prot, nr_node_ids: usize) -> Self {
        let lead = (start.0 >> PAGE_SHIFT) as u32 % HPAGE_PMD_NR;
        let tables = (lead + pages).div_ceil(HPAGE_PMD_NR) as usize;
        Self {
            start,
            pages,
            kind,
            prot,
            object: Object::new(tables, nr_node_ids),
            numab: None,
            last_skip: None,
            last_window: None,
            lead,
            tables: CowVec::filled(tables, PteTable::default()),
            hint_pages: 0,
            present_pages: 0,
            write_pages: 0,
        }
    }

    pub(crate) fn end(&self) -> VirtAddr {
        self.start.add_pages(u64::from(self.pages))
    }

    pub(crate) fn addr(&self, page: PageIdx) -> VirtAddr {
        self.start.add_pages(u64::from(page.0))
    }

    /// Place of a page in the object and in the sequence of page-table entries.
    pub(crate) fn slot(&self, page: PageIdx) -> u32 {
        assert!(page.0 < self.pages, "page outside its region");
        self.lead + page.0
    }

    /// The part of a page table that holds pages from `first` on, at most up to page `end`.
    pub(crate) fn table_range(&self, first: u32, end: u32) -> TableRange {
        assert!(first < end && end <= self.pages, "range outside the region");
        let slot = self.lead + first;
        let lo = slot % HPAGE_PMD_NR;
        let hi = (lo + (end - first)).min(HPAGE_PMD_NR);
        TableRange { table: (slot / HPAGE_PMD_NR) as usize, lo, hi }
    }

    pub(crate) fn table(&self, table: usize) -> &PteTable {
        self.tables.get(table)
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = &PteTable> {
        self.tables.iter()
    }

    pub(crate) fn hint_pages(&self) -> u32 {
        self.hint_pages
    }

    /// Present entries that map memory (not the zero page).
    pub(crate) fn rss_pages(&self) -> u32 {
        self.object.resident()
    }

    /// Whether an access anywhere in the region passes without a fault.
    pub(crate) fn is_all_accessible(&self, access: Access) -> bool {
        let open = match access {
            Access::Read => self.present_pages,
            Access::Write => self.write_pages,
        };
        self.hint_pages == 0 && open == self.pages
    }

    /// Whether a process outside the scenario maps the page too.
    pub(crate) fn is_mapped_elsewhere(&self, page: PageIdx) -> bool {
        let slot = self.slot(page);
        let chunk = self.object.chunk((slot / HPAGE_PMD_NR) as usize);
        chunk.mapped_elsewhere().get(slot % HPAGE_PMD_NR)
    }

    /// Write access that an entry gets when nothing stands against it.
    pub(crate) fn default_access(&self) -> Access {
        if self.prot.write { Access::Write } else { Access::Read }
    }

    /// Makes a page present.
    pub(crate) fn map(&mut self, page: PageIdx, access: Access) {
        self.update(page, |table, bit| table.map(bit, access));
    }

    /// Gives a hint entry its access rights back.
    pub(crate) fn restore(&mut self, page: PageIdx, access: Access) {
        assert!(self.hint_pages > 0, "hint entries not counted");
        self.hint_pages -= 1;
        self.update(page, |table, bit| table.restore(bit, access));
    }

    /// Turns entries of one table into hint entries.
    pub(crate) fn mark(&mut self, table: usize, entries: &Bits512) {
        self.tables.get_mut(table).mark(entries);
        self.hint_pages += entries.count();
        assert!(self.hint_pages <= self.present_pages, "more hint entries than present ones");
    }

    /// Makes pages present and gives them memory on `node`, whole tables at a time.
    pub(crate) fn populate(&mut self, first: u32, pages: u32, node: NodeId) {
        let (mut at, end) = (first, first + pages);
        let access = self.default_access();
        while at < end {
            let range = self.table_range(at, end);
            let whole = (self.lead + end) / HPAGE_PMD_NR;
            if range.lo == 0 && range.hi == HPAGE_PMD_NR {
                self.populate_tables(range.table, whole as usize, node);
                at = whole * HPAGE_PMD_NR - self.lead;
                continue;
            }
            for page in at..at + (range.hi - range.lo) {
                self.object.allocate(self.lead + page, node);
                self.map(PageIdx(page), access);
            }
            at += range.hi - range.lo;
        }
    }

    /// Notes that a process outside the scenario maps present pages too. In a copy-on-write
    /// mapping these may only be read.
    pub(crate) fn share_with_others(&mut self, first: u32, pages: u32) {
        for page in first..first + pages {
            self.object.set_mapped_elsewhere(self.lead + page);
            self.map(PageIdx(page), Access::Read);
        }
    }

    fn populate_tables(&mut self, lo: usize, hi: usize, node: NodeId) {
        let (access, pages) = (self.default_access(), (hi - lo) as u32 * HPAGE_PMD_NR);
        self.object.populate_chunks(lo, hi, node);
        self.tables.fill(lo, hi, PteTable::populated(0, HPAGE_PMD_NR, access));
        self.present_pages += pages;
        if access == Access::Write {
            self.write_pages += pages;
        }
    }

    fn update(&mut self, page: PageIdx, change: impl FnOnce(&mut PteTable, u32)) {
        let slot = self.slot(page);
        let (table, bit) = (self.tables.get_mut((slot / HPAGE_PMD_NR) as usize), slot % HPAGE_PMD_NR);
        let before = (table.present().get(bit), table.write().get(bit));
        change(table, bit);
        let after = (table.present().get(bit), table.write().get(bit));
        adjust(&mut self.present_pages, before.0, after.0);
        adjust(&mut self.write_pages, before.1, after.1);
    }
}

fn adjust(count: &mut u32, before: bool, after: bool) {
    match (before, after) {
        (false, true) => *count += 1,
        (true, false) => *count -= 1,
        _ => {}
    }
}
