//! Page faults (mm/memory.c, 6.12).

use crate::event::{EventKind, FaultVerdict, PageRef};
use crate::ids::{NodeId, ProcIdx, VmaIdx};
use crate::input::{Access, RegionKind};
use crate::mempolicy::{Policy, mpol_misplaced};
use crate::mm::PageAt;
use crate::mm::folio::LAST_CPUPID_UNSET;
use crate::numab::cpupid::{cpu_pid_to_cpupid, pid_bit};
use crate::numab::fault::{FaultFlags, Migration, MigrationQuestion, should_numa_migrate_memory};
use crate::time::Ns;
use crate::world::World;

/// What an access to a page needs before it can go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FaultKind {
    /// The page is absent.
    Absent,
    /// The page is there, but its entry is a hint entry.
    Hint,
    /// The page is there, but may only be read.
    WriteProtect,
}

/// What `numa_migrate_check` found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct MigrateCheck {
    last_cpupid: u32,
    flags: FaultFlags,
    /// Where the page should go, or why it stays.
    target: Result<NodeId, FaultVerdict>,
}

impl World {
    /// Which fault an access takes; none if it passes.
    pub(crate) fn fault_kind(&self, at: PageAt, access: Access) -> Option<FaultKind> {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let range = vma.table_range(at.page.0, at.page.0 + 1);
        let table = vma.table(range.table);
        if !table.is_present(range.lo) {
            return Some(FaultKind::Absent);
        }
        if table.is_hint(range.lo) {
            return Some(FaultKind::Hint);
        }
        let writes = access == Access::Write && vma.prot.write;
        (writes && !table.is_writable(range.lo)).then_some(FaultKind::WriteProtect)
    }

    /// `handle_pte_fault` (6.12): resolves a fault and says how long that took.
    pub(crate) fn handle_pte_fault(&mut self, task: usize, at: PageAt, kind: FaultKind, access: Access) -> Ns {
        self.vmstat.pgfault += 1;
        match kind {
            FaultKind::Absent => self.do_anonymous_page(task, at, access),
            FaultKind::Hint => self.do_numa_page(task, at),
            FaultKind::WriteProtect => self.do_wp_page(task, at),
        }
    }

    /// `do_anonymous_page` (6.12): a write gets a page of its own, on the CPU's node if it has
    /// room; a read only maps the zero page.
    fn do_anonymous_page(&mut self, task: usize, at: PageAt, access: Access) -> Ns {
        let cost = Ns(u64::from(self.setup.costs.first_touch_ns));
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        if access == Access::Read && vma.kind == RegionKind::Anon {
            vma.map(at.page, Access::Read);
            return cost;
        }
        self.alloc_anon_folio(task, at);
        cost
    }

    fn alloc_anon_folio(&mut self, task: usize, at: PageAt) {
        let cpu_node = self.node_of_task(task);
        let Some(node) = self.memory.alloc_page(cpu_node, cpu_node, &mut self.vmstat) else {
            self.out_of_memory(task);
            return;
        };
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let slot = vma.slot(at.page);
        vma.object.allocate(slot, node);
        vma.map(at.page, vma.default_access());
        self.vmstat.nr_anon_pages += 1;
        self.emit(task, EventKind::FirstTouch { page: self.page_ref(at), node });
    }

    /// `do_wp_page` (6.12): a write to a read-only entry. A page of its own is reused
    /// (`wp_page_reuse`), which forgets who last asked for it; the zero page is replaced.
    fn do_wp_page(&mut self, task: usize, at: PageAt) -> Ns {
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let slot = vma.slot(at.page);
        if vma.object.node(slot).is_none() || vma.is_mapped_elsewhere(at.page) {
            self.wp_page_copy(task, at);
            return Ns(u64::from(self.setup.costs.first_touch_ns));
        }
        vma.object.xchg_last_cpupid(slot, LAST_CPUPID_UNSET);
        vma.map(at.page, Access::Write);
        self.vmstat.pgreuse += 1;
        self.emit(task, EventKind::WriteProtectFault { page: self.page_ref(at) });
        Ns(u64::from(self.setup.costs.wp_fault_ns))
    }

    /// `wp_page_copy`: the process gets a page of its own in place of the zero page, or of one
    /// that somebody else maps too and keeps. That page may be on another node, so threads that
    /// read it notice.
    fn wp_page_copy(&mut self, task: usize, at: PageAt) {
        self.settle_others(task);
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let slot = vma.slot(at.page);
        if vma.object.node(slot).is_some() {
            vma.object.leave_to_others(slot);
        }
        self.alloc_anon_folio(task, at);
        self.rearm_others(task);
    }

    /// `do_numa_page` (6.12): the hinting fault. Judges where the page should be, moves it or
    /// not, gives the entry its rights back and counts.
    fn do_numa_page(&mut self, task: usize, at: PageAt) -> Ns {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let slot = vma.slot(at.page);
        let Some(page_node) = vma.object.node(slot) else {
            unreachable!("hint entries map memory");
        };
        let writable = self.writable_after_fault(at);
        let mut check = self.numa_migrate_check(task, at, page_node, writable);
        let verdict = match check.target {
            Ok(node) => self.try_to_migrate(task, at, node),
            Err(reason) => reason,
        };
        let (mem_node, access) = match verdict {
            FaultVerdict::Migrated => (self.node_of_task(task), Access::Read),
            _ => (page_node, writable),
        };
        check.flags.migration = migration_of(check.target, verdict);
        self.mms[at.mm].vmas[at.vma].restore(at.page, access);
        let cpu_node = self.node_of_task(task);
        let MigrateCheck { last_cpupid, flags, .. } = check;
        self.emit(task, EventKind::HintFault { page: self.page_ref(at), page_node, cpu_node, last_cpupid, verdict });
        self.task_numa_fault(task, last_cpupid, mem_node, 1, flags);
        let costs = &self.setup.costs;
        let copy_ns = if verdict == FaultVerdict::Migrated { costs.migrate_page_ns } else { 0 };
        Ns(u64::from(costs.hint_fault_ns) + u64::from(copy_ns))
    }

    /// Whether an entry may be written again once a fault has restored it: the mapping is
    /// writable and the page belongs to this process alone.
    fn writable_after_fault(&self, at: PageAt) -> Access {
        let vma = &self.mms[at.mm].vmas[at.vma];
        if vma.prot.write && !vma.is_mapped_elsewhere(at.page) { Access::Write } else { Access::Read }
    }

    /// `numa_migrate_check` (6.12): notes the fault everywhere it is counted, and asks the
    /// policy where the page should be.
    fn numa_migrate_check(&mut self, task: usize, at: PageAt, page_node: NodeId, writable: Access) -> MigrateCheck {
        let this_node = self.node_of_task(task);
        let tid = self.tasks[task].tid;
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let last_cpupid = vma.object.last_cpupid(vma.slot(at.page));
        if let Some(numab) = &mut vma.numab {
            numab.pids_active[1] |= pid_bit(tid);
        }
        let fault_local = page_node == this_node;
        self.vmstat.numa_hint_faults += 1;
        self.vmstat.numa_hint_faults_local += u64::from(fault_local);
        let flags = FaultFlags { fault_local, no_group: writable == Access::Read, migration: Migration::NotWanted };
        let ask = || self.ask_for_page(task, at, this_node);
        let target = mpol_misplaced(Policy::Default, page_node, this_node, ask);
        MigrateCheck { last_cpupid, flags, target }
    }

    /// Stores this thread as the last to ask for the page, and asks whether it may have it.
    fn ask_for_page(&mut self, task: usize, at: PageAt, this_node: NodeId) -> Result<(), FaultVerdict> {
        if !self.setup.topology.has_memory(this_node) {
            return Err(FaultVerdict::NoMemoryThere);
        }
        let asking = &self.tasks[task];
        let cpupid = cpu_pid_to_cpupid(self.setup.topology.cpu_id(asking.cpu), asking.tid);
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let slot = vma.slot(at.page);
        let question = MigrationQuestion {
            tid: asking.tid,
            scan_seq: asking.numa.scan_seq,
            preferred_nid: asking.numa.preferred_nid,
            last_cpupid: vma.object.xchg_last_cpupid(slot, cpupid),
            dst_nid: this_node,
        };
        should_numa_migrate_memory(&self.setup.topology, question)
    }

    fn try_to_migrate(&mut self, task: usize, at: PageAt, node: NodeId) -> FaultVerdict {
        if let Err(reason) = self.migrate_misplaced_folio_prepare(node, 1) {
            return reason;
        }
        self.migrate_misplaced_folio(task, at, node);
        FaultVerdict::Migrated
    }

    pub(crate) fn page_ref(&self, at: PageAt) -> PageRef {
        PageRef { process: ProcIdx(at.mm as u16), vma: VmaIdx(at.vma as u16), page: at.page }
    }
}

fn migration_of(target: Result<NodeId, FaultVerdict>, verdict: FaultVerdict) -> Migration {
    match (target, verdict) {
        (Err(_), _) => Migration::NotWanted,
        (Ok(_), FaultVerdict::Migrated) => Migration::Migrated,
        (Ok(_), _) => Migration::Failed,
    }
}
