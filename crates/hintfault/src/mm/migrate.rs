//! Moving a page to another node (mm/migrate.c, 6.12).

use crate::calls::Function;
use crate::event::FaultVerdict;
use crate::ids::{HPAGE_PMD_NR, NodeId};
use crate::input::{Backing, RegionKind};
use crate::mm::PageAt;
use crate::mm::page_alloc::Order;
use crate::world::World;

impl World {
    /// `migrate_misplaced_folio_prepare` (6.12): whether the page may be taken off its list to
    /// be moved.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn migrate_misplaced_folio_prepare(
        &self,
        at: PageAt,
        node: NodeId,
        order: Order,
    ) -> Result<(), FaultVerdict> {
        let vma = &self.mms[at.mm].vmas[at.vma];
        if let RegionKind::Shared { backing: Backing::PageCache, .. } = vma.kind {
            let (slot, chunk) = (vma.slot(at.page), self.objects[vma.object].chunk(vma.table_of(at.page)));
            let executable = vma.prot.exec && self.folio_likely_mapped_shared(at);
            if executable || chunk.dirty().get(slot % HPAGE_PMD_NR) {
                return Err(FaultVerdict::IsolationFailed);
            }
        }
        #[cfg(feature = "shared-clock")]
        if self.is_in_lru_batch(at) {
            return Err(FaultVerdict::IsolationFailed);
        }
        if !self.memory.migrate_balanced_pgdat(node, order.pages()) {
            return Err(FaultVerdict::NodeFull);
        }
        Ok(())
    }

    /// `migrate_misplaced_folio` (6.12): strictly to `node`, which the preparation found to have
    /// room. All mappings move with the page.
    ///
    /// # Errors
    /// When a huge page finds no free huge page there.
    pub(crate) fn migrate_misplaced_folio(
        &mut self,
        task: usize,
        at: PageAt,
        node: NodeId,
        order: Order,
    ) -> Result<(), FaultVerdict> {
        self.calls.count(Function::MigrateMisplacedFolio);
        let cpu_node = self.node_of_task(task);
        if self.memory.free_pages(node) < order.pages() {
            self.vmstat.pgmigrate_fail += order.pages();
            return Err(FaultVerdict::NodeFull);
        }
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (object, slot, table) = (vma.object, vma.slot(at.page), vma.table_of(at.page));
        let first = match order {
            Order::Base => slot,
            Order::Huge => table as u32 * HPAGE_PMD_NR,
        };
        #[cfg(feature = "shared-clock")]
        self.flush_before_move(task, at, order);
        let others = self.settle_sharers(task, object, first, order);
        self.memory.alloc_on(node, order, cpu_node);
        let from = match order {
            Order::Base => self.in_all_sharers(object, slot, |object| object.migrate(slot, node)),
            Order::Huge => self.in_all_sharers(object, slot, |object| object.migrate_huge(table, node)),
        };
        self.memory.free(from, order.pages());
        self.moves.add_pages(from, node, order.pages());
        #[cfg(feature = "steps")]
        if self.is_access_timed(from) {
            self.objects[object].xchg_last_cpupid(slot, crate::mm::folio::LAST_CPUPID_UNSET);
        }
        self.remove_migration_ptes(object, slot, Some((at.mm, at.vma)));
        self.vmstat.pgmigrate_success += order.pages();
        self.vmstat.numa_pages_migrated += order.pages();
        self.vmstat.thp_migration_success += u64::from(order == Order::Huge);
        self.rearm_others(&others);
        Ok(())
    }
}
