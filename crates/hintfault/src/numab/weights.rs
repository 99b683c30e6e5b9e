//! What share of its faults a task, or its group, has on and near a node, in thousandths
//! (`task_weight`, `group_weight`, `score_nearby_nodes`; kernel/sched/fair.c, 6.12).

use crate::ids::NodeId;
use crate::numab::stats::{FaultStat, NR_NUMA_HINT_FAULT_TYPES, task_faults_idx};
use crate::topology::{LOCAL_DISTANCE, NumaTopologyType, Topology};
use crate::world::World;

/// The weight of one node among all.
const WHOLE: u64 = 1000;

impl World {
    /// `task_faults`: a task's faults on the memory of a node, averaged over passes.
    pub(crate) fn task_faults(&self, task: usize, nid: NodeId) -> u64 {
        let faults = &self.tasks[task].numa.faults;
        if faults.is_empty() {
            return 0;
        }
        let nr_node_ids = self.setup.topology.nr_node_ids();
        let of_kind = |private| faults[task_faults_idx(FaultStat::Mem, nr_node_ids, nid, private)];
        (0..NR_NUMA_HINT_FAULT_TYPES).map(of_kind).sum()
    }

    /// `task_weight`: in thousandths of all its faults; `dist` bounds which nodes count as near.
    pub(crate) fn task_weight(&self, task: usize, nid: NodeId, dist: u8) -> u64 {
        let total = self.tasks[task].numa.total_faults;
        weight(&self.setup.topology, nid, dist, total, |node| self.task_faults(task, node))
    }

    /// `group_weight`: the same for its group; 0 without one.
    pub(crate) fn group_weight(&self, task: usize, nid: NodeId, dist: u8) -> u64 {
        let Some(group) = self.numa_group(task) else { return 0 };
        let faults = |node| self.group_sum(group, FaultStat::Mem, node);
        weight(&self.setup.topology, nid, dist, self.groups[group].total_faults, faults)
    }

    /// The group of a task, by its place.
    pub(crate) fn numa_group(&self, task: usize) -> Option<usize> {
        self.tasks[task].numa.group
    }

    /// The weight that counts for a task: its group's if it has one.
    pub(crate) fn group_or_task_weight(&self, task: usize, nid: NodeId, dist: u8) -> u64 {
        match self.numa_group(task) {
            Some(_) => self.group_weight(task, nid, dist),
            None => self.task_weight(task, nid, dist),
        }
    }
}

/// A node's share, its neighbourhood included.
fn weight(topology: &Topology, nid: NodeId, dist: u8, total: u64, faults: impl Fn(NodeId) -> u64) -> u64 {
    if total == 0 {
        return 0;
    }
    let near = score_nearby_nodes(topology, nid, dist, &faults);
    WHOLE * (faults(nid) + near) / total
}

/// `score_nearby_nodes`: what faults on other nodes count for this one, where distances differ.
fn score_nearby_nodes(topology: &Topology, nid: NodeId, limit: u8, faults: impl Fn(NodeId) -> u64) -> u64 {
    let kind = topology.numa_topology_type();
    if kind == NumaTopologyType::Direct {
        return 0;
    }
    let max = topology.sched_max_numa_distance();
    let mut score = 0;
    for &node in topology.online().iter().filter(|&&node| node != nid) {
        let distance = topology.distance(nid, node);
        if distance >= max || kind == NumaTopologyType::Backplane && distance >= limit {
            continue;
        }
        let scale = u64::from(max - LOCAL_DISTANCE);
        score += match kind {
            NumaTopologyType::GluelessMesh => faults(node) * u64::from(max - distance) / scale,
            NumaTopologyType::Backplane | NumaTopologyType::Direct => faults(node),
        };
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched::testing::{nodes_of, topology};
    use alloc::vec::Vec;

    const FAULTS: [u64; 4] = [400, 100, 300, 200];

    fn weights(distances: &[&[u8]], limit: u8) -> Vec<u64> {
        let topology = topology(&nodes_of(4, 1, 0, 1), distances);
        let faults = |node: NodeId| FAULTS[node.index()];
        (0..4).map(|node| weight(&topology, NodeId(node), limit, 1000, faults)).collect()
    }

    #[test]
    fn neighbours_on_a_ring_count_half() {
        let ring: &[&[u8]] = &[&[10, 20, 30, 20], &[20, 10, 20, 30], &[30, 20, 10, 20], &[20, 30, 20, 10]];
        assert_eq!(weights(ring, 20), [550, 450, 450, 550]);
    }

    #[test]
    fn behind_a_backplane_the_board_counts_whole() {
        let boards: &[&[u8]] = &[&[10, 16, 32, 32], &[16, 10, 32, 32], &[32, 32, 10, 16], &[32, 32, 16, 10]];
        assert_eq!(weights(boards, 16), FAULTS);
        assert_eq!(weights(boards, 32), [500; 4]);
    }

    #[test]
    fn equal_distances_count_each_node_for_itself() {
        let full: &[&[u8]] = &[&[10, 20, 20, 20], &[20, 10, 20, 20], &[20, 20, 10, 20], &[20, 20, 20, 10]];
        assert_eq!(weights(full, 20), FAULTS);
    }
}
