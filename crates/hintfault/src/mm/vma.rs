//! One mapping: its range, its page tables, and what the scanner keeps about it
//! (`struct vm_area_struct`, `struct vma_numab_state`, include/linux/mm_types.h, 6.12).

use crate::event::SkipReason;
use crate::ids::{HPAGE_PMD_NR, PAGE_SHIFT, PageIdx, Tid, VirtAddr};
use crate::input::{Access, Backing, Prot, Region, RegionKind, Thp};
use crate::mempolicy::Mempolicy;
use crate::mm::bits::Bits512;
use crate::mm::cow::CowVec;
use crate::mm::page_alloc::Order;
use crate::mm::pte::PteTable;
use crate::numab::cpupid::pid_bit;
use crate::time::{Jiffies, Ns};

/// A mapping.
#[derive(Clone, Debug)]
pub(crate) struct Vma {
    pub(crate) start: VirtAddr,
    pub(crate) pages: u32,
    /// The region of the scenario that it is, or is a part of.
    pub(crate) region: u16,
    /// Where in the region it begins.
    pub(crate) region_page: u32,
    region_pages: u32,
    pub(crate) kind: RegionKind,
    pub(crate) prot: Prot,
    pub(crate) policy: Option<Mempolicy>,
    pub(crate) thp: Thp,
    /// The pages behind it, by place among all objects.
    pub(crate) object: usize,
    pub(crate) numab: Option<NumabState>,
    pub(crate) last_skip: Option<SkipReason>,
    pub(crate) last_window: Option<Window>,
    pub(crate) anon_vma: Option<AnonVma>,
    /// Place of the first page in the object and among all page-table entries of the region.
    lead: u32,
    tables: CowVec<PteTable>,
    hint_pages: u32,
    present_pages: u32,
    /// Entries writable once accessible.
    write_pages: u32,
}

/// `struct anon_vma`: what private mappings must have in common to be joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct AnonVma {
    /// Unique in the address space.
    pub(crate) id: u32,
    /// Whether it came through a fork.
    pub(crate) forked: bool,
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

impl TableRange {
    /// Entries in it.
    pub(crate) fn len(self) -> u32 {
        self.hi - self.lo
    }

    /// Whether it is the whole table.
    pub(crate) fn is_whole(self) -> bool {
        self.len() == HPAGE_PMD_NR
    }
}

/// Page tables that a region of this place and length needs, and the entries before its start.
pub(crate) fn tables_for(start: VirtAddr, pages: u32) -> (usize, u32) {
    let lead = (start.0 >> PAGE_SHIFT) as u32 % HPAGE_PMD_NR;
    ((lead + pages).div_ceil(HPAGE_PMD_NR) as usize, lead)
}

impl Vma {
    /// The mapping of a region, without pages.
    pub(crate) fn new(place: u16, region: &Region, object: usize, policy: Option<Mempolicy>) -> Self {
        let (tables, lead) = tables_for(region.start, region.pages);
        Self {
            start: region.start,
            pages: region.pages,
            region: place,
            region_page: 0,
            region_pages: region.pages,
            kind: region.kind,
            prot: region.prot,
            policy,
            thp: region.thp,
            object,
            numab: None,
            last_skip: None,
            last_window: None,
            anon_vma: None,
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

    /// `vma_set_access_pid_bit` (include/linux/mm.h, 6.12): notes who faulted here.
    pub(crate) fn vma_set_access_pid_bit(&mut self, tid: Tid) {
        if let Some(numab) = &mut self.numab {
            numab.pids_active[1] |= pid_bit(tid);
        }
    }

    /// Whether `VM_SHARED` is set.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.kind, RegionKind::Shared { .. })
    }

    /// Whether the memory behind it keeps policies itself.
    pub(crate) fn is_shmem(&self) -> bool {
        matches!(self.kind, RegionKind::Shared { backing: Backing::Shmem, .. })
    }

    /// Place of a page in the object and in the sequence of page-table entries.
    pub(crate) fn slot(&self, page: PageIdx) -> u32 {
        assert!(page.0 < self.pages, "page outside its region");
        self.lead + page.0
    }

    /// Whether it is its whole region.
    pub(crate) fn is_whole(&self) -> bool {
        self.pages == self.region_pages
    }

    /// Whether it holds this page of this region.
    pub(crate) fn holds(&self, region: u16, page: PageIdx) -> bool {
        self.region == region && page.0.wrapping_sub(self.region_page) < self.pages
    }

    /// [`Vma::slot`] for any page of the region.
    pub(crate) fn region_slot(&self, page: PageIdx) -> u32 {
        self.lead - self.region_page + page.0
    }

    /// The page table that holds a page's entry.
    pub(crate) fn table_of(&self, page: PageIdx) -> usize {
        (self.slot(page) / HPAGE_PMD_NR) as usize
    }

    /// The page at a place in the sequence of page-table entries, if it is in the region.
    pub(crate) fn page_at(&self, slot: u32) -> Option<PageIdx> {
        let page = slot.checked_sub(self.lead)?;
        (page < self.pages).then_some(PageIdx(page))
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

    /// Whether a whole page table lies in the region.
    pub(crate) fn covers_table(&self, table: usize) -> bool {
        let first = table as u32 * HPAGE_PMD_NR;
        first >= self.lead && first + HPAGE_PMD_NR <= self.lead + self.pages
    }

    pub(crate) fn hint_pages(&self) -> u32 {
        self.hint_pages
    }

    pub(crate) fn present_pages(&self) -> u32 {
        self.present_pages
    }

    /// Whether an access anywhere in the region passes without a fault.
    pub(crate) fn is_all_accessible(&self, access: Access) -> bool {
        let open = match access {
            Access::Read => self.present_pages,
            Access::Write => self.write_pages,
        };
        self.hint_pages == 0 && open == self.pages
    }

    /// `copy_page_range`: a private mapping for a child, with the same entries; neither may
    /// write any more. Of a shared one nothing is copied: its pages come back by faults.
    pub(crate) fn dup(&mut self, object: usize) -> Self {
        let mut copy = self.clone();
        (copy.numab, copy.last_skip, copy.last_window, copy.object) = (None, None, None, object);
        copy.anon_vma = self.anon_vma.map(|anon_vma| AnonVma { forked: true, ..anon_vma });
        if self.is_shared() {
            copy.tables = CowVec::filled(self.tables.len(), PteTable::default());
            (copy.hint_pages, copy.present_pages, copy.write_pages) = (0, 0, 0);
            return copy;
        }
        for table in 0..self.tables.len() {
            if !self.tables.get(table).write().is_empty() {
                self.tables.get_mut(table).write_protect();
            }
        }
        self.write_pages = 0;
        (copy.tables, copy.write_pages) = (self.tables.clone(), 0);
        copy
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

    /// Makes a whole table one huge entry; it must not be a hint entry.
    pub(crate) fn map_huge(&mut self, table: usize, access: Access) {
        assert!(self.covers_table(table), "a huge page reaches outside its region");
        let old = self.tables.get_mut(table);
        assert!(old.hint().is_empty() && (old.is_empty() || old.is_huge()), "other entries are in the way");
        let (present, write) = (old.present().count(), old.write().count());
        *old = PteTable::huge(access);
        self.present_pages += HPAGE_PMD_NR - present;
        self.write_pages = self.write_pages - write + old.write().count();
    }

    /// Gives a huge hint entry its access rights back.
    pub(crate) fn restore_huge(&mut self, table: usize, access: Access) {
        let entry = self.tables.get_mut(table);
        assert!(entry.is_huge() && !entry.hint().is_empty(), "not a huge hint entry");
        self.hint_pages -= HPAGE_PMD_NR;
        let write = entry.write().count();
        *entry = PteTable::huge(access);
        self.write_pages = self.write_pages - write + entry.write().count();
    }

    /// `__split_huge_pmd`: maps the pages one by one.
    pub(crate) fn split_huge(&mut self, table: usize) {
        self.tables.get_mut(table).split();
    }

    /// Turns entries of one table into hint entries.
    pub(crate) fn mark(&mut self, table: usize, entries: &Bits512) {
        self.tables.get_mut(table).mark(entries);
        self.hint_pages += entries.count();
        assert!(self.hint_pages <= self.present_pages, "more hint entries than present ones");
    }

    /// Maps whole tables `lo..hi`, which must be empty.
    pub(crate) fn map_tables(&mut self, lo: usize, hi: usize, order: Order) {
        assert!((lo..hi).all(|table| self.covers_table(table) && self.table(table).is_empty()), "mapped already");
        let (access, pages) = (self.default_access(), (hi - lo) as u32 * HPAGE_PMD_NR);
        let table = match order {
            Order::Base => PteTable::populated(0, HPAGE_PMD_NR, access),
            Order::Huge => PteTable::huge(access),
        };
        self.tables.fill(lo, hi, table);
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

impl Vma {
    /// Cuts off what lies behind the first `pages` pages. No huge entry may reach over the cut.
    #[inline(never)]
    pub(crate) fn split_off(&mut self, pages: u32) -> Self {
        assert!(0 < pages && pages < self.pages, "nothing to split");
        let mut rest = self.clone();
        rest.start = self.start.add_pages(u64::from(pages));
        (rest.pages, self.pages) = (self.pages - pages, pages);
        rest.lead += pages;
        rest.region_page += pages;
        let slot = rest.lead;
        self.keep_entries(0, slot);
        rest.keep_entries(slot, rest.tables.len() as u32 * HPAGE_PMD_NR);
        rest
    }

    /// Empties all entries but those at `lo..hi`.
    fn keep_entries(&mut self, lo: u32, hi: u32) {
        for table in 0..self.tables.len() {
            let first = table as u32 * HPAGE_PMD_NR;
            let inside = |slot: u32| slot.clamp(first, first + HPAGE_PMD_NR) - first;
            if !self.table(table).is_empty() && inside(hi) - inside(lo) < HPAGE_PMD_NR {
                self.tables.get_mut(table).keep(inside(lo), inside(hi));
            }
        }
        self.count_entries();
    }

    /// Takes in the VMA behind it.
    pub(crate) fn join(&mut self, next: &Self) {
        assert!(next.start == self.end() && next.region == self.region, "not neighbours");
        for table in (0..next.tables.len()).filter(|&table| !next.table(table).is_empty()) {
            self.tables.get_mut(table).join(next.table(table));
        }
        self.pages += next.pages;
        self.count_entries();
    }

    /// A part that was split off is new to the scanner (`vma_numab_state_init`).
    pub(crate) fn forget_scans_unless(&mut self, keeps: bool) {
        if !keeps {
            (self.numab, self.last_skip, self.last_window) = (None, None, None);
        }
    }

    fn count_entries(&mut self) {
        (self.present_pages, self.hint_pages, self.write_pages) = (0, 0, 0);
        for table in self.tables.iter() {
            self.present_pages += table.present().count();
            self.hint_pages += table.hint().count();
            self.write_pages += table.write().count();
        }
    }
}

fn adjust(count: &mut u32, before: bool, after: bool) {
    match (before, after) {
        (false, true) => *count += 1,
        (true, false) => *count -= 1,
        _ => {}
    }
}
