//! Hinting faults one at a time.

use super::Steps;
use crate::event::{EventKind, FaultVerdict};
use crate::ids::{NodeId, PageIdx, ProcIdx, TaskIdx, VmaIdx};
use crate::input::Access;
use crate::mm::PageAt;
use crate::mm::bits::Bits512;
use crate::mm::memory::FaultKind;
use crate::numab::stats::{FaultStat, task_faults_idx};
use crate::time::Jiffies;

/// What a hinting fault led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FaultAfter {
    /// What became of it.
    pub verdict: FaultVerdict,
    /// `last_cpupid` that it found.
    pub found_cpupid: u32,
    /// What entered the statistics; nothing for the first recorded fault on a page of a slower
    /// tier.
    pub counted: Option<Counted>,
}

/// How a fault is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted {
    /// Where the page is now.
    pub mem_node: NodeId,
    /// Whether it is private.
    pub is_private: bool,
    /// Whether it is local.
    pub is_local: bool,
}

impl Steps {
    /// Sets `last_cpupid` of a page that is there.
    pub fn set_last_cpupid(&mut self, process: ProcIdx, vma: VmaIdx, page: PageIdx, last_cpupid: u32) {
        let vma = &self.world.mms[process.index()].vmas[vma.index()];
        self.world.objects[vma.object].xchg_last_cpupid(vma.slot(page), last_cpupid);
    }

    /// An access to a page that is there, whose entry is a hint entry: the hinting fault, and
    /// what the access needs after it. Statistics are those of this fault alone; it is no
    /// occasion for a placement, and the task has no group.
    ///
    /// # Panics
    /// When the page is not there.
    pub fn fault(&mut self, task: TaskIdx, vma: VmaIdx, page: PageIdx, access: Access) -> FaultAfter {
        let at = PageAt { mm: self.world.tasks[task.index()].mm, vma: vma.index(), page };
        self.make_hint_entry(at);
        self.clear_statistics(task);
        self.world.handle_pte_fault(task.index(), at, FaultKind::Hint, access);
        let counted = self.counted(task);
        if let Some(kind) = self.world.fault_kind(at, access) {
            self.world.handle_pte_fault(task.index(), at, kind, access);
        }
        let fault = self.fresh_events().into_iter().find_map(|kind| match kind {
            EventKind::HintFault { verdict, last_cpupid, .. } => Some((verdict, last_cpupid)),
            _ => None,
        });
        let (verdict, found_cpupid) = fault.unwrap_or_else(|| panic!("no hinting fault"));
        FaultAfter { verdict, found_cpupid, counted }
    }

    fn make_hint_entry(&mut self, at: PageAt) {
        let vma = &mut self.world.mms[at.mm].vmas[at.vma];
        let range = vma.table_range(at.page.0, at.page.0 + 1);
        let table = vma.table(range.table);
        assert!(table.is_present(range.lo), "no page");
        if table.is_hint(range.lo) {
            return;
        }
        let entries = if table.is_huge() { *table.present() } else { Bits512::range(range.lo, range.hi) };
        vma.mark(range.table, &entries);
    }

    fn clear_statistics(&mut self, task: TaskIdx) {
        const NEVER: Jiffies = Jiffies(u64::MAX >> 2);
        self.world.allocate_faults(task.index());
        self.world.groups.clear();
        let numa = &mut self.world.tasks[task.index()].numa;
        numa.faults.fill(0);
        numa.locality = [0; 3];
        numa.group = None;
        numa.migrate_retry = NEVER;
    }

    /// The only fault in the statistics.
    fn counted(&self, task: TaskIdx) -> Option<Counted> {
        let topology = &self.world.setup.topology;
        let numa = &self.world.tasks[task.index()].numa;
        let figure = |node: NodeId, private: usize| {
            numa.faults[task_faults_idx(FaultStat::MemBuf, topology.nr_node_ids(), node, private)]
        };
        let kinds = topology.online().iter().flat_map(|&node| [(node, 0), (node, 1)]);
        let (node, private) = kinds.into_iter().find(|&(node, private)| figure(node, private) > 0)?;
        Some(Counted { mem_node: node, is_private: private == 1, is_local: numa.locality[1] > 0 })
    }
}
