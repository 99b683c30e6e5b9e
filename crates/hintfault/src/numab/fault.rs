//! What a hinting fault decides and teaches (`should_numa_migrate_memory`, `task_numa_fault`;
//! kernel/sched/fair.c, 6.12).

use alloc::vec;

use crate::calls::Function;
use crate::event::FaultVerdict;
use crate::ids::{CpuId, NodeId, Tid};
use crate::numab::cpupid::{cpupid_match_pid, cpupid_pid_unset, cpupid_to_cpu};
use crate::numab::group::{ACTIVE_NODE_FRACTION, Sharing};
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
    /// `TNF_SHARED`: the page is mapped more than once, and the mapping is shared.
    pub(crate) shared: bool,
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
    pub(crate) src_nid: NodeId,
    pub(crate) dst_nid: NodeId,
}

/// CPU and memory faults of a group on the two nodes of a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct GroupBalance {
    pub(crate) cpu_src: u64,
    pub(crate) cpu_dst: u64,
    pub(crate) mem_src: u64,
    pub(crate) mem_dst: u64,
}

impl GroupBalance {
    /// Whether the group uses the destination far more than the source.
    pub(crate) fn is_used_far_more(self) -> bool {
        self.cpu_dst > self.cpu_src * ACTIVE_NODE_FRACTION
    }

    /// Whether it uses the destination at least a third more than its memory is spread
    /// (pseudo-interleaving).
    pub(crate) fn is_short_of_memory(self) -> bool {
        self.cpu_dst * self.mem_src * 3 > self.cpu_src * self.mem_dst * 4
    }

    /// Whether a group gains by having a page on the destination.
    fn wants_move(self) -> bool {
        self.is_used_far_more() || self.is_short_of_memory()
    }
}

impl MigrationQuestion {
    /// Passes up to which a task takes what it is the first to ask for.
    pub(crate) const EARLY_PASSES: i32 = 4;

    pub(crate) fn is_early_pass(&self) -> bool {
        self.scan_seq <= Self::EARLY_PASSES
    }

    /// Where the CPU of the last recorded fault is; none if that is no CPU of the machine.
    pub(crate) fn last_node(&self, topology: &Topology) -> Option<NodeId> {
        let cpu = CpuId(u16::try_from(cpupid_to_cpu(self.last_cpupid)).ok()?);
        topology.cpu_index(cpu).map(|index| topology.node_of(index))
    }
}

/// `should_numa_migrate_memory` (6.12) for a page on a fast node: whether a task that faulted
/// on a page of another node may have it moved to its own.
///
/// # Errors
/// Why it may not.
pub(crate) fn should_numa_migrate_memory(
    topology: &Topology,
    q: MigrationQuestion,
    group: Option<GroupBalance>,
) -> Result<(), FaultVerdict> {
    let last = q.last_cpupid;
    let is_unset = cpupid_pid_unset(last);
    let is_own = cpupid_match_pid(q.tid, last);
    let early = q.preferred_nid.is_none() || q.is_early_pass();
    if early && (is_unset || is_own) {
        return Ok(());
    }
    if !is_unset && q.last_node(topology) != Some(q.dst_nid) {
        return Err(FaultVerdict::LastCpuElsewhere);
    }
    match group {
        Some(balance) if !is_own && !balance.wants_move() => Err(FaultVerdict::GroupBalanced),
        _ => Ok(()),
    }
}

/// `task_numa_fault`'s `priv`: whether the last recorded fault on the page was by the same
/// thread, or there was none.
pub(crate) fn is_private(tid: Tid, last_cpupid: u32) -> bool {
    const UNSET: u32 = crate::mm::folio::LAST_CPUPID_UNSET;
    last_cpupid == UNSET || cpupid_match_pid(tid, last_cpupid)
}

impl World {
    /// `should_numa_migrate_memory` for a task with the group that it has.
    pub(crate) fn should_numa_migrate_memory(&self, task: usize, q: MigrationQuestion) -> Result<(), FaultVerdict> {
        should_numa_migrate_memory(&self.setup.topology, q, self.group_balance(task, q.src_nid, q.dst_nid))
    }

    /// The figures of a task's group, if it has one.
    pub(crate) fn group_balance(&self, task: usize, src_nid: NodeId, dst_nid: NodeId) -> Option<GroupBalance> {
        self.tasks[task].numa.group.map(|group| GroupBalance {
            cpu_src: self.group_faults_cpu(group, src_nid),
            cpu_dst: self.group_faults_cpu(group, dst_nid),
            mem_src: self.group_sum(group, FaultStat::Mem, src_nid),
            mem_dst: self.group_sum(group, FaultStat::Mem, dst_nid),
        })
    }

    /// `task_numa_fault` (6.12): counts a fault for the task, and now and then sums up.
    /// `mem_node` is where the page is afterwards.
    pub(crate) fn task_numa_fault(
        &mut self,
        task: usize,
        last_cpupid: u32,
        mem_node: NodeId,
        pages: u64,
        flags: FaultFlags,
    ) {
        self.calls.count(Function::TaskNumaFault);
        if self.sysctl.numa_balancing == 0 {
            return;
        }
        if self.slow_nodes().contains(mem_node) && !self.cpupid_valid(last_cpupid) {
            return;
        }
        let cpu_node = self.node_of_task(task);
        let nr_node_ids = self.setup.topology.nr_node_ids();
        self.allocate_faults(task);
        let private = usize::from(self.classify_fault(task, last_cpupid, flags));
        let local = flags.fault_local || (private == 0 && self.is_balanced_remote(task, cpu_node, mem_node));
        if self.jiffies().is_after(self.tasks[task].numa.migrate_retry) {
            self.task_numa_placement(task);
            self.numa_migrate_preferred(task);
        }
        let numa = &mut self.tasks[task].numa;
        match flags.migration {
            Migration::Migrated => numa.pages_migrated += pages,
            Migration::Failed => numa.locality[2] += pages,
            Migration::NotWanted => {}
        }
        numa.faults[task_faults_idx(FaultStat::MemBuf, nr_node_ids, mem_node, private)] += pages;
        numa.faults[task_faults_idx(FaultStat::CpuBuf, nr_node_ids, cpu_node, private)] += pages;
        numa.locality[usize::from(local)] += pages;
    }

    /// `cpupid_valid`: whether the CPU in it exists.
    pub(crate) fn cpupid_valid(&self, cpupid: u32) -> bool {
        u16::try_from(cpupid_to_cpu(cpupid)).is_ok_and(|cpu| self.setup.topology.cpu_index(CpuId(cpu)).is_some())
    }

    /// Whether a fault counts as private. A shared one may bring the task into a group.
    fn classify_fault(&mut self, task: usize, last_cpupid: u32, flags: FaultFlags) -> bool {
        if is_private(self.tasks[task].tid, last_cpupid) {
            return true;
        }
        let sharing = if flags.shared { Sharing::AcrossProcesses } else { Sharing::WithinProcess };
        !flags.no_group && self.task_numa_group(task, last_cpupid, sharing)
    }

    /// Whether a shared remote fault counts as local, since both nodes are active ones of the
    /// task's group and its memory is meant to be spread over them.
    fn is_balanced_remote(&self, task: usize, cpu_node: NodeId, mem_node: NodeId) -> bool {
        let Some(group) = self.tasks[task].numa.group else { return false };
        self.groups[group].active_nodes > 1
            && self.numa_is_active_node(group, cpu_node)
            && self.numa_is_active_node(group, mem_node)
    }

    pub(crate) fn allocate_faults(&mut self, task: usize) {
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
    use crate::numab::cpupid::cpu_pid_to_cpupid;
    use crate::testing::machine;

    fn ask(scan_seq: i32, preferred: Option<u8>, last_cpupid: u32) -> Result<(), FaultVerdict> {
        let topology = Topology::new(&machine(&[[10, 20], [20, 10]])).expect("sound");
        let question = MigrationQuestion {
            tid: Tid(1234),
            scan_seq,
            preferred_nid: preferred.map(NodeId),
            last_cpupid,
            src_nid: NodeId(0),
            dst_nid: NodeId(1),
        };
        should_numa_migrate_memory(&topology, question, None)
    }

    #[test]
    fn a_group_that_uses_both_nodes_spreads_its_memory() {
        let balance = |cpu_src, cpu_dst, mem_src, mem_dst| GroupBalance { cpu_src, cpu_dst, mem_src, mem_dst };
        assert!(balance(20_000, 30_000, 5000, 4000).wants_move());
        assert!(!balance(20_000, 30_000, 4000, 6000).wants_move());
        assert!(balance(20_000, 60_001, 0, 9).wants_move());
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
