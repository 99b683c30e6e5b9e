//! What a hinting fault decides and teaches (`should_numa_migrate_memory`, `task_numa_fault`;
//! kernel/sched/fair.c, 6.12).

use alloc::vec;

use crate::event::FaultVerdict;
use crate::ids::{CpuId, NodeId, Tid};
use crate::numab::cpupid::{cpupid_match_pid, cpupid_pid_unset, cpupid_to_cpu};
use crate::numab::stats::{FaultStat, faults_len, task_faults_idx};
use crate::topology::Topology;
use crate::world::World;

/// What `task_numa_fault` is told about a fault (`TNF_*`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct FaultFlags {
    /// `TNF_FAULT_LOCAL`: the page was on the task's node when the fault began.
    pub(crate) fault_local: bool,
    /// `TNF_NO_GROUP`: the mapping is not writable.
    pub(crate) no_group: bool,
    /// What became of a wanted migration.
    pub(crate) migration: Migration,
}

/// The outcome of a migration, if one was wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Migration {
    #[default]
    NotWanted,
    /// `TNF_MIGRATED`.
    Migrated,
    /// `TNF_MIGRATE_FAIL`.
    Failed,
}

/// What `should_numa_migrate_memory` looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct MigrationQuestion {
    pub(crate) tid: Tid,
    /// The task's own copy of the pass counter.
    pub(crate) scan_seq: i32,
    pub(crate) preferred_nid: Option<NodeId>,
    /// `last_cpupid` before this fault stored its own.
    pub(crate) last_cpupid: u32,
    pub(crate) dst_nid: NodeId,
}

/// `should_numa_migrate_memory` (6.12) for a page on a fast node: whether a task that faulted
/// on a page of another node may have it moved to its own.
///
/// # Errors
/// Why it may not.
pub(crate) fn should_numa_migrate_memory(topology: &Topology, q: MigrationQuestion) -> Result<(), FaultVerdict> {
    const EARLY_PASSES: i32 = 4;
    let last = q.last_cpupid;
    let is_unset = cpupid_pid_unset(last);
    let is_own = cpupid_match_pid(q.tid, last);
    let early = q.preferred_nid.is_none() || q.scan_seq <= EARLY_PASSES;
    if early && (is_unset || is_own) {
        return Ok(());
    }
    if !is_unset && cpu_node(topology, cpupid_to_cpu(last)) != Some(q.dst_nid) {
        return Err(FaultVerdict::LastCpuElsewhere);
    }
    // What follows weighs a group's faults; tasks have none so far.
    Ok(())
}

fn cpu_node(topology: &Topology, cpu: u32) -> Option<NodeId> {
    let cpu = CpuId(u16::try_from(cpu).ok()?);
    topology.cpu_index(cpu).map(|index| topology.node_of(index))
}

/// `task_numa_fault`'s `priv`: whether the last recorded fault on the page was by the same
/// thread, or there was none.
fn is_private(tid: Tid, last_cpupid: u32) -> bool {
    const UNSET: u32 = crate::mm::folio::LAST_CPUPID_UNSET;
    last_cpupid == UNSET || cpupid_match_pid(tid, last_cpupid)
}

impl World {
    /// `task_numa_fault` (6.12): counts a fault for the task, and now and then sums up.
    /// `mem_node` is where the page is afterwards.
    pub(crate) fn task_numa_fault(
        &mut self,
        task: usize,
        last_cpupid: u32,
        mem_node: NodeId,
        pages: u32,
        flags: FaultFlags,
    ) {
        if self.sysctl.numa_balancing == 0 {
            return;
        }
        let cpu_node = self.node_of_task(task);
        let nr_node_ids = self.setup.topology.nr_node_ids();
        self.allocate_faults(task);
        let private = usize::from(is_private(self.tasks[task].tid, last_cpupid));
        if self.jiffies().is_after(self.tasks[task].numa.migrate_retry) {
            self.task_numa_placement(task);
            self.numa_migrate_preferred(task);
        }
        let numa = &mut self.tasks[task].numa;
        let pages = u64::from(pages);
        match flags.migration {
            Migration::Migrated => numa.pages_migrated += pages,
            Migration::Failed => numa.locality[2] += pages,
            Migration::NotWanted => {}
        }
        numa.faults[task_faults_idx(FaultStat::MemBuf, nr_node_ids, mem_node, private)] += pages;
        numa.faults[task_faults_idx(FaultStat::CpuBuf, nr_node_ids, cpu_node, private)] += pages;
        numa.locality[usize::from(flags.fault_local)] += pages;
    }

    fn allocate_faults(&mut self, task: usize) {
        let len = faults_len(self.setup.topology.nr_node_ids());
        let numa = &mut self.tasks[task].numa;
        if numa.faults.is_empty() {
            numa.faults = vec![0; len];
            numa.total_faults = 0;
            numa.locality = [0; 3];
        }
        assert_eq!(numa.faults.len(), len, "statistics of another machine");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mm::folio::LAST_CPUPID_UNSET;
    use crate::mm::page_alloc::tests_support::machine;
    use crate::numab::cpupid::cpu_pid_to_cpupid;

    fn ask(scan_seq: i32, preferred: Option<u8>, last_cpupid: u32) -> Result<(), FaultVerdict> {
        let topology = machine(&[[10, 20], [20, 10]]);
        let question = MigrationQuestion {
            tid: Tid(1234),
            scan_seq,
            preferred_nid: preferred.map(NodeId),
            last_cpupid,
            dst_nid: NodeId(1),
        };
        should_numa_migrate_memory(&topology, question)
    }

    #[test]
    fn early_in_life_a_first_or_own_fault_moves_the_page() {
        let own_elsewhere = cpu_pid_to_cpupid(CpuId(0), Tid(1234));
        assert_eq!(ask(4, Some(0), LAST_CPUPID_UNSET), Ok(()));
        assert_eq!(ask(4, Some(0), own_elsewhere), Ok(()));
        assert_eq!(ask(9, None, own_elsewhere), Ok(()));
        assert_eq!(ask(5, Some(0), own_elsewhere), Err(FaultVerdict::LastCpuElsewhere));
    }

    #[test]
    fn the_filter_wants_two_faults_from_one_node() {
        let other_there = cpu_pid_to_cpupid(CpuId(1), Tid(77));
        let other_elsewhere = cpu_pid_to_cpupid(CpuId(0), Tid(77));
        assert_eq!(ask(0, None, other_there), Ok(()));
        assert_eq!(ask(0, None, other_elsewhere), Err(FaultVerdict::LastCpuElsewhere));
        assert_eq!(ask(9, Some(1), LAST_CPUPID_UNSET), Ok(()));
    }

    #[test]
    fn a_fault_is_private_by_the_low_pid_bits() {
        let other = cpu_pid_to_cpupid(CpuId(0), Tid(77));
        assert!(is_private(Tid(77), other) && is_private(Tid(77 + 256), other));
        assert!(!is_private(Tid(78), other) && is_private(Tid(78), LAST_CPUPID_UNSET));
    }
}
