//! The arrays of fault statistics and the weights made from them (kernel/sched/fair.c, 6.12).

use crate::ids::NodeId;

/// Kinds of fault, as an index: shared 0, private 1.
pub(crate) const NR_NUMA_HINT_FAULT_TYPES: usize = 2;

/// Which of the four statistics (`enum numa_faults_stats`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FaultStat {
    /// By the page's node, decayed at each placement.
    Mem = 0,
    /// By the CPU's node, decayed and weighted with CPU time.
    Cpu = 1,
    /// Like `Mem`, since the last placement.
    MemBuf = 2,
    /// Like `Cpu`, since the last placement.
    CpuBuf = 3,
}

const NR_FAULT_STATS: usize = 4;

/// Entries of `numa_faults` on a machine with so many node numbers.
pub(crate) fn faults_len(nr_node_ids: usize) -> usize {
    NR_NUMA_HINT_FAULT_TYPES * NR_FAULT_STATS * nr_node_ids
}

/// `task_faults_idx`: `private` is 1 for private faults, else 0.
pub(crate) fn task_faults_idx(stat: FaultStat, nr_node_ids: usize, nid: NodeId, private: usize) -> usize {
    assert!(private < NR_NUMA_HINT_FAULT_TYPES && nid.index() < nr_node_ids, "outside the statistics");
    NR_NUMA_HINT_FAULT_TYPES * (stat as usize * nr_node_ids + nid.index()) + private
}
