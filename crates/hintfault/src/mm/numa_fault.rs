//! The hinting fault (`do_numa_page`, `numa_migrate_check`, mm/memory.c;
//! `do_huge_pmd_numa_page`, mm/huge_memory.c; 6.12).

use crate::calls::Function;
use crate::event::{EventKind, FaultVerdict};
use crate::ids::NodeId;
use crate::input::{Access, Backing, RegionKind};
use crate::mempolicy::mpol_misplaced;
use crate::mm::PageAt;
use crate::mm::page_alloc::Order;
use crate::numab::cpupid::cpu_pid_to_cpupid;
use crate::numab::fault::{FaultFlags, Migration, MigrationQuestion};
use crate::time::Ns;
use crate::world::World;

/// What `numa_migrate_check` found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct MigrateCheck {
    last_cpupid: u32,
    flags: FaultFlags,
    /// Where the page should go, or why it stays.
    target: Result<NodeId, FaultVerdict>,
}

impl World {
    /// `do_numa_page` (6.12): the hinting fault on a base page.
    pub(crate) fn do_numa_page(&mut self, task: usize, at: PageAt) -> Ns {
        self.calls.count(Function::DoNumaPage);
        self.numa_fault(task, at, Order::Base)
    }

    /// `do_huge_pmd_numa_page` (6.12): the hinting fault on a huge page.
    pub(crate) fn do_huge_pmd_numa_page(&mut self, task: usize, at: PageAt) -> Ns {
        self.calls.count(Function::DoHugePmdNumaPage);
        self.numa_fault(task, at, Order::Huge)
    }

    /// Judges where a page should be, moves it or not, gives the entry its rights back and
    /// counts.
    fn numa_fault(&mut self, task: usize, at: PageAt, order: Order) -> Ns {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let Some(page_node) = self.objects[vma.object].node(vma.slot(at.page)) else {
            unreachable!("hint entries map memory");
        };
        let writable = self.writable_after_fault(at);
        let mut check = self.numa_migrate_check(task, at, page_node, writable);
        let verdict = match check.target {
            Ok(node) => self.try_to_migrate(task, at, node, order),
            Err(reason) => reason,
        };
        let migrated = verdict == FaultVerdict::Migrated;
        let mem_node = if migrated { self.node_of_task(task) } else { page_node };
        check.flags.migration = migration_of(check.target, verdict);
        self.restore_entry(at, order, if migrated { self.access_after_migration(at) } else { writable });
        let cpu_node = self.node_of_task(task);
        let MigrateCheck { last_cpupid, flags, .. } = check;
        let page = self.page_ref(at);
        self.emit(task, EventKind::HintFault { page, page_node, cpu_node, last_cpupid, verdict });
        self.task_numa_fault(task, last_cpupid, mem_node, order.pages(), flags);
        self.numa_fault_cost(task, order, verdict)
    }

    fn numa_fault_cost(&mut self, task: usize, order: Order, verdict: FaultVerdict) -> Ns {
        let costs = &self.setup.costs;
        let copy_ns = match (verdict, order) {
            (FaultVerdict::Migrated, Order::Base) => costs.migrate_page_ns,
            (FaultVerdict::Migrated, Order::Huge) => costs.migrate_huge_page_ns,
            _ => 0,
        };
        let (fault, copy) = (Ns(u64::from(costs.hint_fault_ns)), Ns(u64::from(copy_ns)));
        let system = &mut self.tasks[task].exec.system;
        system.migrate = system.migrate + copy;
        fault + copy
    }

    fn restore_entry(&mut self, at: PageAt, order: Order, access: Access) {
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        match order {
            Order::Base => vma.restore(at.page, access),
            Order::Huge => vma.restore_huge(vma.table_of(at.page), access),
        }
    }

    /// Whether an entry may be written again once a fault has restored it: the mapping is
    /// writable and the page belongs to this process alone, or the mapping is shared and
    /// nobody has to hear of the write.
    pub(crate) fn writable_after_fault(&self, at: PageAt) -> Access {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), &self.objects[vma.object]);
        let writable = vma.prot.write
            && match vma.kind {
                RegionKind::Shared { backing: Backing::Shmem, .. } => true,
                RegionKind::Shared { backing: Backing::PageCache, .. } => object.is_dirty(slot),
                _ => object.is_exclusive(slot),
            };
        if writable { Access::Write } else { Access::Read }
    }

    /// Migration entries made from a hint entry are not writable; only a shared mapping without
    /// write notification gets its rights back from the mapping itself.
    fn access_after_migration(&self, at: PageAt) -> Access {
        let vma = &self.mms[at.mm].vmas[at.vma];
        match vma.kind {
            RegionKind::Shared { backing: Backing::Shmem, .. } => vma.default_access(),
            _ => Access::Read,
        }
    }

    /// `numa_migrate_check` (6.12): notes the fault everywhere it is counted, and asks the
    /// policy where the page should be.
    fn numa_migrate_check(&mut self, task: usize, at: PageAt, page_node: NodeId, writable: Access) -> MigrateCheck {
        self.calls.count(Function::NumaMigrateCheck);
        let this_node = self.node_of_task(task);
        let tid = self.tasks[task].tid;
        let mapped_shared = self.folio_likely_mapped_shared(at);
        #[cfg(feature = "steps")]
        let is_access_timed = self.is_access_timed(page_node);
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let last_cpupid = self.objects[vma.object].last_cpupid(vma.slot(at.page));
        #[cfg(feature = "steps")]
        let last_cpupid = if is_access_timed { crate::mm::folio::LAST_CPUPID_UNSET } else { last_cpupid };
        vma.vma_set_access_pid_bit(tid);
        let flags = FaultFlags {
            fault_local: page_node == this_node,
            no_group: writable == Access::Read,
            shared: mapped_shared && vma.is_shared(),
            migration: Migration::NotWanted,
        };
        let policy = self.get_vma_policy(task, at);
        self.calls.count(Function::MpolMisplaced);
        self.vmstat.numa_hint_faults += 1;
        self.vmstat.numa_hint_faults_local += u64::from(flags.fault_local);
        let ask = || self.ask_for_page(task, at, page_node, this_node);
        let target = mpol_misplaced(policy, page_node, this_node, ask);
        MigrateCheck { last_cpupid, flags, target }
    }

    /// Stores this thread as the last to ask for the page, and asks whether it may have it.
    fn ask_for_page(&mut self, task: usize, at: PageAt, src_nid: NodeId, dst_nid: NodeId) -> Result<(), FaultVerdict> {
        if !self.setup.topology.has_memory(dst_nid) {
            return Err(FaultVerdict::NoMemoryThere);
        }
        let asking = &self.tasks[task];
        let cpupid = cpu_pid_to_cpupid(self.setup.topology.cpu_id(asking.cpu), asking.tid);
        #[cfg(feature = "steps")]
        let cpupid = self.access_note(src_nid).unwrap_or(cpupid);
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), vma.object);
        let last_cpupid = self.in_all_sharers(object, slot, |object| object.xchg_last_cpupid(slot, cpupid));
        let question = self.migration_question(task, last_cpupid, src_nid, dst_nid);
        self.calls.count(Function::ShouldNumaMigrateMemory);
        #[cfg(feature = "steps")]
        if let Some(answer) = self.should_promote(question, 1) {
            return answer;
        }
        if self.is_first_on_slow_tier(src_nid, last_cpupid) {
            return Err(FaultVerdict::SlowTierFirst);
        }
        self.should_numa_migrate_memory(task, question)
    }

    /// Whether a page of a slower tier is asked for by nobody known yet. In mode 1 such a fault
    /// only stores who it was.
    pub(crate) fn is_first_on_slow_tier(&self, src_nid: NodeId, last_cpupid: u32) -> bool {
        self.slow_nodes().contains(src_nid) && !self.cpupid_valid(last_cpupid)
    }

    pub(crate) fn migration_question(
        &self,
        task: usize,
        last_cpupid: u32,
        src_nid: NodeId,
        dst_nid: NodeId,
    ) -> MigrationQuestion {
        let asking = &self.tasks[task];
        let (scan_seq, preferred_nid) = (asking.numa.scan_seq, asking.numa.preferred_nid);
        MigrationQuestion { tid: asking.tid, scan_seq, preferred_nid, last_cpupid, src_nid, dst_nid }
    }

    fn try_to_migrate(&mut self, task: usize, at: PageAt, node: NodeId, order: Order) -> FaultVerdict {
        self.calls.count(Function::MigrateMisplacedFolioPrepare);
        let outcome = self
            .migrate_misplaced_folio_prepare(at, node, order)
            .and_then(|()| self.migrate_misplaced_folio(task, at, node, order));
        outcome.err().unwrap_or(FaultVerdict::Migrated)
    }
}

fn migration_of(target: Result<NodeId, FaultVerdict>, verdict: FaultVerdict) -> Migration {
    match (target, verdict) {
        (Err(_), _) => Migration::NotWanted,
        (Ok(_), FaultVerdict::Migrated) => Migration::Migrated,
        (Ok(_), _) => Migration::Failed,
    }
}
