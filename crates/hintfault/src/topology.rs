//! Nodes, CPUs and distances, as the scheduler sees them after boot
//! (`sched_init_numa`, kernel/sched/topology.c, 6.12).

use alloc::vec;
use alloc::vec::Vec;

use crate::error::SetupError;
use crate::ids::{CpuId, NodeId};
use crate::input::Machine;

/// Distance of a node to itself (`LOCAL_DISTANCE`).
pub(crate) const LOCAL_DISTANCE: u8 = 10;
/// Most nodes that the engine keeps counts for.
pub const MAX_NODES: usize = 64;

/// Who is where and how far apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Topology {
    nodes: Vec<TopologyNode>,
    online: Vec<NodeId>,
    /// `distance[a * nr_node_ids + b]`; `LOCAL_DISTANCE` where a node is not online.
    distance: Vec<u8>,
    /// CPUs ascending, with their node.
    cpus: Vec<(CpuId, NodeId)>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct TopologyNode {
    cpus: Vec<usize>,
    memory_pages: u64,
}

impl Topology {
    /// Takes the machine of a scenario apart.
    ///
    /// # Errors
    /// When ids repeat or are too large, or the distance table has not one row and one column
    /// for each node.
    pub(crate) fn new(machine: &Machine) -> Result<Self, SetupError> {
        let online: Vec<NodeId> = machine.nodes.iter().map(|n| n.id).collect();
        let nr_node_ids = online.last().map_or(0, |last| last.index() + 1);
        if nr_node_ids == 0 || nr_node_ids > MAX_NODES || !is_ascending(&online) {
            return Err(SetupError::Nodes);
        }
        let mut cpus: Vec<(CpuId, NodeId)> = Vec::new();
        for node in &machine.nodes {
            cpus.extend(node.cpus.iter().map(|&cpu| (cpu, node.id)));
        }
        cpus.sort_unstable();
        if cpus.is_empty() || cpus.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(SetupError::Cpus);
        }
        let mut nodes = vec![TopologyNode::default(); nr_node_ids];
        for node in &machine.nodes {
            nodes[node.id.index()].memory_pages = node.memory_pages;
        }
        for (index, (_, node)) in cpus.iter().enumerate() {
            nodes[node.index()].cpus.push(index);
        }
        let distance = distance_by_id(machine, nr_node_ids)?;
        Ok(Self { nodes, online, distance, cpus })
    }

    /// One more than the highest node number (`nr_node_ids`).
    pub(crate) fn nr_node_ids(&self) -> usize {
        self.nodes.len()
    }

    /// The online nodes, ascending.
    pub(crate) fn online(&self) -> &[NodeId] {
        &self.online
    }

    /// `node_distance(a, b)`.
    pub(crate) fn distance(&self, a: NodeId, b: NodeId) -> u8 {
        self.distance[a.index() * self.nodes.len() + b.index()]
    }

    /// Number of CPUs. They are addressed by their place in ascending order from here on.
    pub(crate) fn nr_cpus(&self) -> usize {
        self.cpus.len()
    }

    /// The number of the CPU at this place.
    pub(crate) fn cpu_id(&self, cpu: usize) -> CpuId {
        self.cpus[cpu].0
    }

    /// The place of a CPU, if there is one of that number.
    pub(crate) fn cpu_index(&self, cpu: CpuId) -> Option<usize> {
        self.cpus.binary_search_by_key(&cpu, |(id, _)| *id).ok()
    }

    /// `cpu_to_node` of the CPU at this place.
    pub(crate) fn node_of(&self, cpu: usize) -> NodeId {
        self.cpus[cpu].1
    }

    /// Places of the CPUs of a node, ascending.
    pub(crate) fn node_cpus(&self, node: NodeId) -> &[usize] {
        &self.nodes[node.index()].cpus
    }

    /// Whether a node has CPUs (`N_CPU`).
    pub(crate) fn has_cpus(&self, node: NodeId) -> bool {
        !self.nodes[node.index()].cpus.is_empty()
    }

    /// Whether a node has memory (`N_MEMORY`).
    pub(crate) fn has_memory(&self, node: NodeId) -> bool {
        self.nodes[node.index()].memory_pages > 0
    }

    /// `numa_nearest_node(node, N_CPU)` (mm/mempolicy.c, 6.12): the node itself if it has CPUs,
    /// else the nearest that has, the lowest number on ties.
    pub(crate) fn nearest_cpu_node(&self, node: NodeId) -> NodeId {
        if self.has_cpus(node) {
            return node;
        }
        let with_cpus = self.online.iter().copied().filter(|&n| self.has_cpus(n));
        with_cpus.min_by_key(|&n| (self.distance(node, n), n)).unwrap_or(node)
    }
}

fn is_ascending(ids: &[NodeId]) -> bool {
    ids.windows(2).all(|pair| pair[0] < pair[1])
}

fn distance_by_id(machine: &Machine, nr_node_ids: usize) -> Result<Vec<u8>, SetupError> {
    let count = machine.nodes.len();
    if machine.distances.len() != count || machine.distances.iter().any(|row| row.len() != count) {
        return Err(SetupError::Distances);
    }
    let mut distance = vec![LOCAL_DISTANCE; nr_node_ids * nr_node_ids];
    for (row, from) in machine.distances.iter().zip(&machine.nodes) {
        for (&value, to) in row.iter().zip(&machine.nodes) {
            let is_local = from.id == to.id;
            if (value == LOCAL_DISTANCE) != is_local || value < LOCAL_DISTANCE {
                return Err(SetupError::Distances);
            }
            distance[from.id.index() * nr_node_ids + to.id.index()] = value;
        }
    }
    Ok(distance)
}
