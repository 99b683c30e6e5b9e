//! Summing up a pass from given statistics.

use alloc::vec;
use alloc::vec::Vec;

use super::Steps;
use crate::ids::{NodeId, TaskIdx};
use crate::numab::group::NumaGroup;
use crate::numab::stats::{FaultStat, faults_len, task_faults_idx};
use crate::time::Jiffies;

/// Faults on the memory of each node by number: shared, private.
pub type MemFaults = Vec<[u64; 2]>;

/// Statistics before `task_numa_placement`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlacementBefore {
    /// The averaged figures of the task.
    pub mem: MemFaults,
    /// Faults since the last placement.
    pub fresh: MemFaults,
    /// `numa_faults_locality`: remote, local, failed.
    pub locality: [u64; 3],
    /// Its group, if it has one.
    pub group: Option<GroupBefore>,
}

/// A group before a member's placement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupBefore {
    /// Tasks in it.
    pub nr_tasks: u32,
    /// The sum of its members' averaged figures.
    pub mem: MemFaults,
}

/// What `task_numa_placement` left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlacementAfter {
    /// The averaged figures of the task.
    pub mem: MemFaults,
    /// `total_numa_faults`.
    pub total_faults: u64,
    /// The averaged figures of its group.
    pub group_mem: Option<MemFaults>,
    /// `numa_preferred_nid`.
    pub preferred_nid: Option<NodeId>,
    /// `numa_scan_period`.
    pub scan_period_ms: u32,
    /// `numa_scan_period_max`.
    pub scan_period_max_ms: u32,
    /// `numa_next_scan` of the address space.
    pub next_scan: Jiffies,
}

impl Steps {
    /// `task_numa_placement` after one more pass over the address space.
    ///
    /// # Panics
    /// When the figures are for another number of nodes.
    pub fn task_numa_placement(&mut self, task: TaskIdx, before: &PlacementBefore) -> PlacementAfter {
        let mm = self.world.tasks[task.index()].mm;
        let seq = self.world.mms[mm].numa_scan_seq;
        let group = before.group.as_ref().map(|group| self.group(task, group));
        self.world.groups = group.into_iter().collect();
        let mut faults = vec![0; faults_len(self.world.setup.topology.nr_node_ids())];
        self.store(&mut faults, FaultStat::Mem, &before.mem);
        self.store(&mut faults, FaultStat::MemBuf, &before.fresh);
        self.store(&mut faults, FaultStat::CpuBuf, &before.fresh);
        let numa = &mut self.world.tasks[task.index()].numa;
        numa.scan_seq = seq.wrapping_sub(1);
        numa.faults = faults;
        numa.total_faults = before.mem.iter().flatten().sum();
        numa.locality = before.locality;
        numa.group = before.group.as_ref().map(|_| 0);
        self.world.task_numa_placement(task.index());
        self.fresh_events();
        self.after_placement(task)
    }

    /// `task_scan_max` for a task that has this group, if any.
    pub fn task_scan_max(&mut self, task: TaskIdx, group: Option<&GroupBefore>) -> u32 {
        self.world.groups = group.map(|group| self.group(task, group)).into_iter().collect();
        self.world.tasks[task.index()].numa.group = group.map(|_| 0);
        self.world.task_scan_max(task.index())
    }

    fn group(&self, task: TaskIdx, before: &GroupBefore) -> NumaGroup {
        let mut faults = vec![0; faults_len(self.world.setup.topology.nr_node_ids()) / 2];
        self.store(&mut faults, FaultStat::Mem, &before.mem);
        NumaGroup {
            nr_tasks: before.nr_tasks,
            gid: self.world.tasks[task.index()].tid,
            active_nodes: 1,
            max_faults_cpu: 0,
            total_faults: before.mem.iter().flatten().sum(),
            faults,
        }
    }

    fn store(&self, faults: &mut [u64], stat: FaultStat, figures: &MemFaults) {
        let topology = &self.world.setup.topology;
        assert_eq!(figures.len(), topology.nr_node_ids(), "figures of another machine");
        for &node in topology.online() {
            for (private, figure) in figures[node.index()].into_iter().enumerate() {
                faults[task_faults_idx(stat, topology.nr_node_ids(), node, private)] = figure;
            }
        }
    }

    fn load(&self, faults: &[u64]) -> MemFaults {
        let topology = &self.world.setup.topology;
        let nr_node_ids = topology.nr_node_ids();
        let mut figures = vec![[0; 2]; nr_node_ids];
        for &node in topology.online() {
            let figure = |private| faults[task_faults_idx(FaultStat::Mem, nr_node_ids, node, private)];
            figures[node.index()] = [figure(0), figure(1)];
        }
        figures
    }

    fn after_placement(&self, task: TaskIdx) -> PlacementAfter {
        let of = &self.world.tasks[task.index()];
        PlacementAfter {
            mem: self.load(&of.numa.faults),
            total_faults: of.numa.total_faults,
            group_mem: of.numa.group.map(|group| self.load(&self.world.groups[group].faults)),
            preferred_nid: of.numa.preferred_nid,
            scan_period_ms: of.numa.scan_period_ms,
            scan_period_max_ms: of.numa.scan_period_max_ms,
            next_scan: self.world.mms[of.mm].numa_next_scan,
        }
    }
}
