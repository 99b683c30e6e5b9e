//! Which node a group belongs to where nodes differ in how near others are
//! (`preferred_group_nid`; kernel/sched/fair.c, 6.12).

use alloc::vec::Vec;

use crate::ids::NodeId;
use crate::numab::stats::FaultStat;
use crate::topology::{LOCAL_DISTANCE, NumaTopologyType, Topology};
use crate::world::World;

impl World {
    /// `preferred_group_nid` (6.12): the node for a member of a group, given the one with most
    /// faults.
    pub(crate) fn preferred_group_nid(&self, task: usize, nid: NodeId) -> NodeId {
        let topology = &self.setup.topology;
        let Some(group) = self.numa_group(task) else { return nid };
        let found = match topology.numa_topology_type() {
            NumaTopologyType::Direct => None,
            NumaTopologyType::GluelessMesh => {
                let limit = topology.sched_max_numa_distance();
                heaviest(topology, |node| self.group_weight(task, node, limit))
            }
            NumaTopologyType::Backplane => heaviest_board(topology, |node| self.group_sum(group, FaultStat::Mem, node)),
        };
        found.unwrap_or(nid)
    }
}

/// The first node with the largest score; none if all are 0.
fn heaviest(topology: &Topology, score: impl Fn(NodeId) -> u64) -> Option<NodeId> {
    let (mut best, mut max) = (None, 0);
    for node in topology.cpu_nodes() {
        let score = score(node);
        if score > max {
            (best, max) = (Some(node), score);
        }
    }
    best
}

/// From the largest distance down, of all nodes left those that are nearer than it to each
/// other and have most faults together.
fn heaviest_board(topology: &Topology, faults: impl Fn(NodeId) -> u64) -> Option<NodeId> {
    let (mut nodes, mut nid) = (topology.cpu_nodes(), None);
    for distance in (LOCAL_DISTANCE + 1..=topology.sched_max_numa_distance()).rev() {
        if !topology.find_numa_distance(distance) {
            continue;
        }
        let (mut left, mut best, mut max) = (nodes, Vec::new(), 0);
        while let Some(&first) = left.first() {
            let (board, rest): (Vec<NodeId>, Vec<NodeId>) =
                left.into_iter().partition(|&node| topology.distance(first, node) < distance);
            let sum = board.iter().map(|&node| faults(node)).sum();
            if sum > max {
                (max, best, nid) = (sum, board, Some(first));
            }
            left = rest;
        }
        if max == 0 {
            break;
        }
        nodes = best;
    }
    nid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched::testing::{nodes_of, topology};

    const BOARDS: &[&[u8]] = &[&[10, 16, 32, 32], &[16, 10, 32, 32], &[32, 32, 10, 16], &[32, 32, 16, 10]];

    fn board(faults: [u64; 4]) -> Option<NodeId> {
        heaviest_board(&topology(&nodes_of(4, 1, 0, 1), BOARDS), |node| faults[node.index()])
    }

    #[test]
    fn the_board_with_most_faults_wins_over_the_node_with_most() {
        assert_eq!(board([400, 100, 300, 250]), Some(NodeId(2)));
        assert_eq!(board([400, 100, 200, 300]), Some(NodeId(0)), "the first of two equal boards");
        assert_eq!(board([0, 7, 0, 0]), Some(NodeId(1)));
        assert_eq!(board([0; 4]), None);
    }

    #[test]
    fn the_first_of_equal_scores_wins() {
        let scores = [450, 550, 550, 0];
        let topology = topology(&nodes_of(4, 1, 0, 1), BOARDS);
        assert_eq!(heaviest(&topology, |node| scores[node.index()]), Some(NodeId(1)));
        assert_eq!(heaviest(&topology, |_| 0), None);
    }
}
