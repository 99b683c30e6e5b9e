//! Machines for the scheduler's unit tests.

use alloc::vec::Vec;

use crate::ids::{CpuId, NodeId};
use crate::input::{Costs, Machine, Node};
use crate::testing::FREE;
use crate::time::{Hz, Ns};
use crate::topology::Topology;

/// `count` nodes of so many CPUs each, numbered through.
pub(crate) fn nodes_of(count: usize, cpus: u16, cpus_per_llc: u16, threads_per_core: u16) -> Vec<Node> {
    let node = |id: u16| Node {
        id: NodeId(id as u8),
        cpus: (id * cpus..(id + 1) * cpus).map(CpuId).collect(),
        cpus_per_llc,
        threads_per_core,
        memory_pages: 262_144,
        used_pages: 0,
        zones: Vec::new(),
        interleave_weight: 1,
    };
    (0..count as u16).map(node).collect()
}

/// A machine of these nodes, on which only accesses take time.
pub(crate) fn machine_of(nodes: &[Node], distances: &[&[u8]]) -> Machine {
    Machine {
        nodes: nodes.to_vec(),
        distances: distances.iter().map(|row| row.to_vec()).collect(),
        hz: Hz::Hz250,
        uptime: Ns::ZERO,
        costs: Costs { local_access_ns: 1000, ..FREE },
    }
}

pub(crate) fn topology(nodes: &[Node], distances: &[&[u8]]) -> Topology {
    Topology::new(&machine_of(nodes, distances)).expect("a well-formed machine")
}

/// Distances between nodes that are all equally far apart.
pub(crate) fn equal_distances(count: usize, distance: u8) -> Vec<Vec<u8>> {
    let row = |from: usize| (0..count).map(|to| if from == to { 10 } else { distance }).collect();
    (0..count).map(row).collect()
}
