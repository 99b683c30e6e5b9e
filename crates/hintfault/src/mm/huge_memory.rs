//! Huge pages: first touch and write-protect faults (mm/huge_memory.c, 6.12).

use alloc::vec::Vec;

use crate::event::EventKind;
use crate::ids::{HPAGE_PMD_NR, NodeId};
use crate::input::{Access, Thp};
use crate::mempolicy::alloc::{Place, alloc_pages_mpol};
use crate::mm::PageAt;
use crate::mm::family::sharers;
use crate::mm::page_alloc::Order;
use crate::time::Ns;
use crate::world::World;

impl World {
    /// `do_huge_pmd_anonymous_page` (6.12): gives an empty 2 MiB slot a huge page, if the region
    /// wants huge pages, the slot lies in it and there is one where one may come from; for a read
    /// the huge zero page. None otherwise.
    pub(crate) fn do_huge_pmd_anonymous_page(&mut self, task: usize, at: PageAt, access: Access) -> Option<Ns> {
        if !self.wants_huge_page(at) {
            return None;
        }
        self.vmf_anon_prepare(at);
        let table = self.mms[at.mm].vmas[at.vma].table_of(at.page);
        if access == Access::Read {
            // The page table set aside for a later split is allocated first.
            self.take_turn(task);
            self.huge_zero_node = Some(self.huge_zero_node.or_else(|| self.get_huge_zero_folio(task))?);
            self.mms[at.mm].vmas[at.vma].map_huge(table, Access::Read);
            return Some(Ns(u64::from(self.setup.costs.first_touch_ns)));
        }
        let Some(node) = self.vma_alloc_folio(task, at, Order::Huge) else {
            self.vmstat.thp_fault_fallback += 1;
            return None;
        };
        self.take_turn(task);
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        self.objects[vma.object].populate_chunks(table, table + 1, node, Order::Huge);
        vma.map_huge(table, vma.default_access());
        self.mms[at.mm].rss_pages += u64::from(HPAGE_PMD_NR);
        self.vmstat.nr_anon_pages += u64::from(HPAGE_PMD_NR);
        self.vmstat.thp_fault_alloc += 1;
        self.emit(task, EventKind::FirstTouch { page: self.page_ref(at), node });
        Some(Ns(u64::from(self.setup.costs.first_touch_huge_ns)))
    }

    /// `get_huge_zero_folio`: one for the whole machine, allocated for its first reader.
    fn get_huge_zero_folio(&mut self, task: usize) -> Option<NodeId> {
        let counter = self.take_turn(task).or(Some(self.node_of_task(task)));
        let (policy, cpu_node, mems) =
            (self.tasks[task].policy, self.node_of_task(task), self.mm_of(task).mems_allowed);
        let place = Place { cpu_node, index: 0, order: Order::Huge, mems, counter, direct_reclaim: true };
        let node = alloc_pages_mpol(&mut self.memory, policy, place)?;
        self.vmstat.thp_zero_page_alloc += 1;
        Some(node)
    }

    /// Whether a first touch tries to get a huge page.
    pub(crate) fn wants_huge_page(&self, at: PageAt) -> bool {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let table = vma.table_of(at.page);
        let eligible = vma.thp != Thp::Never && !vma.is_shared() && vma.covers_table(table);
        eligible && vma.table(table).is_empty()
    }

    /// `wp_huge_pmd` (6.12): makes the entry writable again. Unlike for a base page, who last
    /// asked for it stays known. One that others have too is split, and the base page copied.
    pub(crate) fn wp_huge_pmd(&mut self, task: usize, at: PageAt) -> Ns {
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let (table, slot, object) = (vma.table_of(at.page), vma.slot(at.page), vma.object);
        let is_zero_page = self.objects[object].node(slot).is_none();
        if is_zero_page || self.objects[object].is_had_by_others(slot) {
            self.split_huge_pmd(at.mm, at.vma, table);
            return self.do_wp_page(task, at);
        }
        self.objects[object].set_exclusive(slot);
        vma.map_huge(table, Access::Write);
        Ns(u64::from(self.setup.costs.wp_fault_ns))
    }

    /// `__split_huge_pmd` with `split_huge_page`: 512 base pages in place of a huge one, for all
    /// that map it.
    pub(crate) fn split_huge_pmd(&mut self, mm: usize, vma: usize, table: usize) {
        let object = self.mms[mm].vmas[vma].object;
        let places: Vec<usize> = sharers(&self.objects, object, table as u32 * HPAGE_PMD_NR).collect();
        for place in places {
            for &(mm, vma) in self.objects[place].mappings() {
                let vma = &mut self.mms[mm].vmas[vma];
                if vma.table(table).is_huge() {
                    vma.split_huge(table);
                    self.vmstat.thp_split_pmd += 1;
                }
            }
            if self.objects[place].chunk(table).is_huge() {
                self.objects[place].split_huge(table);
            }
        }
    }
}
