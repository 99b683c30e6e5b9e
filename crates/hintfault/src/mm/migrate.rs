//! Moving a page to another node (mm/migrate.c, 6.12).

use crate::event::FaultVerdict;
use crate::ids::NodeId;
use crate::mm::PageAt;
use crate::mm::page_alloc::zone_statistics;
use crate::world::World;

impl World {
    /// `migrate_balanced_pgdat` (6.12): whether a node would still be above its high watermark
    /// after taking in so many pages.
    pub(crate) fn migrate_balanced_pgdat(&self, node: NodeId, pages: u64) -> bool {
        let memory = self.memory.node(node);
        memory.free_pages > memory.watermark.high + pages
    }

    /// `migrate_misplaced_folio_prepare` (6.12): whether the page may be taken off its list to
    /// be moved.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn migrate_misplaced_folio_prepare(&self, node: NodeId, pages: u64) -> Result<(), FaultVerdict> {
        if !self.migrate_balanced_pgdat(node, pages) {
            return Err(FaultVerdict::NodeFull);
        }
        Ok(())
    }

    /// `migrate_misplaced_folio` (6.12) for one base page: strictly to `node`, which the
    /// preparation found to have room.
    pub(crate) fn migrate_misplaced_folio(&mut self, task: usize, at: PageAt, node: NodeId) {
        let taken = self.memory.reserve(node, 1);
        assert!(taken, "a node above its watermark has a page");
        self.settle_others(task);
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let slot = vma.slot(at.page);
        let from = vma.object.migrate(slot, node);
        self.memory.free(from, 1);
        zone_statistics(node, node, self.node_of_task(task), &mut self.vmstat);
        self.vmstat.pgmigrate_success += 1;
        self.vmstat.numa_pages_migrated += 1;
        self.rearm_others(task);
    }
}
