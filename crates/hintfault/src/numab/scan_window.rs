//! One window of a scan, a page table at a time (`change_prot_numa`, mm/mempolicy.c;
//! `change_pmd_range`, mm/mprotect.c; 6.12).

use crate::ids::{HPAGE_PMD_NR, NodeId, VirtAddr};
use crate::mm::mprotect::{Markable, PteChange, change_huge_pmd, change_pte_range};
use crate::mm::vma::{TableRange, Vma};
use crate::time::Ns;
use crate::workload::reach::Reach;
use crate::world::World;

/// A window of `change_prot_numa` under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OpenWindow {
    pub(crate) vma: usize,
    pub(crate) start: VirtAddr,
    /// Up to where it is done.
    pub(crate) at: VirtAddr,
    pub(crate) end: VirtAddr,
    pub(crate) updated: u32,
}

impl World {
    /// The next page table of a window, and those behind it in which the scan changes nothing
    /// and nobody else can meanwhile.
    pub(crate) fn scan_tables(&mut self, task: usize, window: &mut OpenWindow) -> Ns {
        let mut cost = self.scan_table(task, window);
        let undisturbed = self.undisturbed(task, window.vma);
        while window.at < window.end && cost < undisturbed {
            let range = table_range(&self.mm_of(task).vmas[window.vma], window.at, window.end);
            let change = self.change_pmd_range(task, window.vma, range);
            if change.updated > 0 || self.has_split_to_make(task, window.vma, range) {
                break;
            }
            window.at = window.at.add_pages(u64::from(range.len()));
            cost = cost + self.change_cost(task, window.vma, range, &change);
        }
        cost
    }

    /// How long nobody but this scan can change anything about a VMA.
    fn undisturbed(&self, task: usize, vma: usize) -> Ns {
        let mm = self.mm_of(task);
        let vma = &mm.vmas[vma];
        if mm.nr_threads > 1 || vma.is_shared() || !self.objects[vma.object].relatives().is_empty() {
            return Ns::ZERO;
        }
        self.timers.next_outside_interactions(self.tasks[task].cpu).saturating_since(self.now)
    }

    /// `change_prot_numa` for the next page table of a window.
    fn scan_table(&mut self, task: usize, window: &mut OpenWindow) -> Ns {
        let mm = self.tasks[task].mm;
        let range = table_range(&self.mms[mm].vmas[window.vma], window.at, window.end);
        if self.has_split_to_make(task, window.vma, range) {
            self.split_huge_pmd(mm, window.vma, range.table);
        }
        let change = self.change_pmd_range(task, window.vma, range);
        let is_huge = self.mms[mm].vmas[window.vma].table(range.table).is_huge();
        self.mark(task, window.vma, range, &change);
        self.vmstat.numa_pte_updates += u64::from(change.updated);
        self.vmstat.numa_huge_pte_updates += u64::from(is_huge && change.updated > 0);
        window.updated += change.updated;
        window.at = window.at.add_pages(u64::from(range.len()));
        self.change_cost(task, window.vma, range, &change)
    }

    /// Whether only a part of a huge entry is to be changed, which splits it.
    fn has_split_to_make(&self, task: usize, vma: usize, range: TableRange) -> bool {
        !range.is_whole() && self.mm_of(task).vmas[vma].table(range.table).is_huge()
    }

    pub(crate) fn markable(&self) -> Markable {
        Markable { mode: self.sysctl.numa_balancing, slow_nodes: self.slow_nodes() }
    }

    /// `change_pmd_range` (mm/mprotect.c, 6.12) for one page table: what would change in it.
    fn change_pmd_range(&self, task: usize, vma: usize, range: TableRange) -> PteChange {
        let markable = self.markable();
        let target_node = self.scan_target_node(task, vma);
        let vma = &self.mm_of(task).vmas[vma];
        if range.is_whole() && vma.table(range.table).is_huge() {
            change_huge_pmd(vma, &self.objects[vma.object], range, markable)
        } else {
            change_pte_range(vma, &self.objects[vma.object], range, target_node, markable)
        }
    }

    /// Makes hint entries, which other threads of the process notice.
    fn mark(&mut self, task: usize, vma: usize, range: TableRange, change: &PteChange) {
        if change.updated == 0 {
            return;
        }
        let mm = self.tasks[task].mm;
        let object = self.mms[mm].vmas[vma].object;
        let marked = Reach::table(object, range.table);
        let others = self.settle_others(task, marked);
        self.mms[mm].vmas[vma].mark(range.table, &change.entries);
        #[cfg(feature = "steps")]
        self.note_scan_time(object, range.table, &change.entries);
        self.rearm_others(&others);
    }

    /// A huge entry is one entry to mark or to look at.
    fn huge_change_cost(&self, change: &PteChange) -> Ns {
        let costs = &self.setup.costs;
        Ns(u64::from(if change.updated > 0 { costs.mark_pte_ns } else { costs.visit_pte_ns }))
    }

    /// What going over part of a page table took.
    fn change_cost(&self, task: usize, vma: usize, range: TableRange, change: &PteChange) -> Ns {
        if self.mm_of(task).vmas[vma].table(range.table).is_huge() {
            return self.huge_change_cost(change);
        }
        let costs = &self.setup.costs;
        let present = change.updated + change.visited;
        let empty = if present == 0 { 1 } else { range.hi - range.lo - present };
        let cost = |entries: u32, each_ns: u32| u64::from(entries) * u64::from(each_ns);
        Ns(cost(change.updated, costs.mark_pte_ns)
            + cost(change.visited, costs.visit_pte_ns)
            + cost(empty, costs.visit_empty_pte_ns))
    }

    /// The node whose pages are passed over: that of the CPU, if nobody else uses the address
    /// space and the mapping is private.
    pub(crate) fn scan_target_node(&self, task: usize, vma: usize) -> Option<NodeId> {
        let mm = self.mm_of(task);
        let is_alone = mm.mm_users == 1 && !mm.vmas[vma].is_shared();
        is_alone.then(|| self.node_of_task(task))
    }
}

/// The part of the next page table that lies in `at..end`.
fn table_range(vma: &Vma, at: VirtAddr, end: VirtAddr) -> TableRange {
    let first = at.pages_since(vma.start) as u32;
    let range = vma.table_range(first, end.pages_since(vma.start) as u32);
    assert!(range.hi <= HPAGE_PMD_NR && range.lo < range.hi, "a part of one table");
    range
}
