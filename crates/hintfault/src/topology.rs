//! Nodes, CPUs and distances, as the scheduler sees them after boot
//! (`sched_init_numa`, kernel/sched/topology.c, 6.12).

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use crate::error::SetupError;
use crate::ids::{CpuId, NodeId};
use crate::input::{Machine, Node};
use crate::order::ascending;

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
    caches: Caches,
    numa: NumaLevels,
}

/// How nodes relate to each other (`enum numa_topology_type`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NumaTopologyType {
    /// All nodes are equally far apart, or there is one only.
    Direct,
    /// Nodes that are furthest apart reach each other through nodes in between.
    GluelessMesh,
    /// Nodes form groups that are connected by something that is no node.
    Backplane,
}

/// What `sched_init_numa` finds.
#[derive(Clone, PartialEq, Eq, Debug)]
struct NumaLevels {
    /// Distances between nodes with CPUs, each once, ascending: the local one comes first.
    distances: Vec<u8>,
    kind: NumaTopologyType,
}

/// By place of the CPU: the places of those that share something with it, ascending.
type Sharers = Vec<Arc<[usize]>>;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Caches {
    cores: Sharers,
    llcs: Sharers,
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
        let cpus = ascending(cpus);
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
        let caches = shared_caches(machine, &cpus);
        let numa = NumaLevels { distances: Vec::new(), kind: NumaTopologyType::Direct };
        let mut topology = Self { nodes, online, distance, cpus, caches, numa };
        topology.sched_init_numa();
        Ok(topology)
    }

    /// `sched_init_numa`: the levels of distance between nodes with CPUs.
    fn sched_init_numa(&mut self) {
        let nodes = self.cpu_nodes();
        let between = nodes.iter().flat_map(|&a| nodes.iter().map(move |&b| (a, b)));
        let mut is_there = [false; u8::MAX as usize + 1];
        between.for_each(|(a, b)| is_there[usize::from(self.distance(a, b))] = true);
        self.numa.distances = (0..=u8::MAX).filter(|&distance| is_there[usize::from(distance)]).collect();
        assert!(self.numa.distances.first().is_none_or(|&local| local == LOCAL_DISTANCE), "a local distance");
        self.numa.kind = self.init_numa_topology_type(&nodes);
    }

    /// `init_numa_topology_type`. Only the first pair of nodes that are furthest apart counts.
    fn init_numa_topology_type(&self, nodes: &[NodeId]) -> NumaTopologyType {
        const LEVELS_OF_DIRECT: usize = 2;
        if self.numa.distances.len() <= LEVELS_OF_DIRECT {
            return NumaTopologyType::Direct;
        }
        let max = self.sched_max_numa_distance();
        let pairs = nodes.iter().flat_map(|&a| nodes.iter().map(move |&b| (a, b)));
        let Some((a, b)) = pairs.into_iter().find(|&(a, b)| self.distance(a, b) >= max) else {
            return NumaTopologyType::Direct;
        };
        let is_between = |&c: &NodeId| self.distance(a, c) < max && self.distance(b, c) < max;
        if nodes.iter().any(is_between) { NumaTopologyType::GluelessMesh } else { NumaTopologyType::Backplane }
    }

    /// `sched_numa_topology_type`.
    pub(crate) fn numa_topology_type(&self) -> NumaTopologyType {
        self.numa.kind
    }

    /// `sched_max_numa_distance`.
    pub(crate) fn sched_max_numa_distance(&self) -> u8 {
        self.numa.distances.last().copied().unwrap_or(LOCAL_DISTANCE)
    }

    /// Distances between nodes with CPUs, each once, ascending from the local one.
    pub(crate) fn numa_distances(&self) -> &[u8] {
        &self.numa.distances
    }

    /// `find_numa_distance`: whether some nodes with CPUs are so far apart.
    pub(crate) fn find_numa_distance(&self, distance: u8) -> bool {
        distance == LOCAL_DISTANCE || self.numa.distances.contains(&distance)
    }

    /// Nodes with CPUs, ascending (`N_CPU`).
    pub(crate) fn cpu_nodes(&self) -> Vec<NodeId> {
        self.online.iter().copied().filter(|&node| self.has_cpus(node)).collect()
    }

    /// Places of the hardware threads of a CPU's core, ascending (`cpu_smt_mask`).
    pub(crate) fn core_of(&self, cpu: usize) -> &Arc<[usize]> {
        &self.caches.cores[cpu]
    }

    /// Places of the CPUs that share a CPU's last-level cache, ascending
    /// (`cpu_coregroup_mask`).
    pub(crate) fn llc_of(&self, cpu: usize) -> &Arc<[usize]> {
        &self.caches.llcs[cpu]
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

/// Cores and last-level caches of all CPUs.
fn shared_caches(machine: &Machine, cpus: &[(CpuId, NodeId)]) -> Caches {
    let alone: Arc<[usize]> = Arc::from([].as_slice());
    let mut caches = Caches { cores: vec![Arc::clone(&alone); cpus.len()], llcs: vec![alone; cpus.len()] };
    for node in &machine.nodes {
        let cores = cores_of_node(node);
        let threads = usize::from(node.threads_per_core.max(1));
        let cores_per_llc = match usize::from(node.cpus_per_llc) {
            0 => cores.len().max(1),
            count => count.div_ceil(threads),
        };
        let place = |id: &CpuId| cpus.binary_search_by_key(id, |(cpu, _)| *cpu).ok();
        let share = |sharers: &mut Sharers, ids: &[CpuId]| {
            let together: Arc<[usize]> = Arc::from(ascending(ids.iter().filter_map(place).collect()));
            together.iter().for_each(|&cpu| sharers[cpu] = Arc::clone(&together));
        };
        cores.iter().for_each(|core| share(&mut caches.cores, core));
        cores.chunks(cores_per_llc).for_each(|llc| share(&mut caches.llcs, &llc.concat()));
    }
    caches
}

/// The CPUs of a node, core by core.
fn cores_of_node(node: &Node) -> Vec<Vec<CpuId>> {
    let threads = usize::from(node.threads_per_core.max(1));
    let ranges: Vec<&[CpuId]> = node.cpus.chunk_by(|a, b| a.0 + 1 == b.0).collect();
    let length = ranges.first().map_or(0, |range| range.len());
    if ranges.len() == threads && ranges.iter().all(|range| range.len() == length) {
        return (0..length).map(|core| ranges.iter().map(|range| range[core]).collect()).collect();
    }
    node.cpus.chunks(threads).map(<[CpuId]>::to_vec).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched::testing::{nodes_of, topology};
    use NumaTopologyType::{Backplane, Direct, GluelessMesh};

    fn machine(distances: &[&[u8]]) -> Topology {
        topology(&nodes_of(distances.len(), 1, 0, 1), distances)
    }

    #[test]
    fn the_table_of_topology_types_holds() {
        let two = machine(&[&[10, 20], &[20, 10]]);
        let full = machine(&[&[10, 20, 20, 20], &[20, 10, 20, 20], &[20, 20, 10, 20], &[20, 20, 20, 10]]);
        let ring = machine(&[&[10, 20, 30, 20], &[20, 10, 20, 30], &[30, 20, 10, 20], &[20, 30, 20, 10]]);
        let line = machine(&[&[10, 20, 30, 40], &[20, 10, 20, 30], &[30, 20, 10, 20], &[40, 30, 20, 10]]);
        let almost = machine(&[&[10, 20, 20, 30], &[20, 10, 20, 20], &[20, 20, 10, 20], &[30, 20, 20, 10]]);
        for (topology, kind) in
            [(two, Direct), (full, Direct), (ring, GluelessMesh), (line, GluelessMesh), (almost, GluelessMesh)]
        {
            assert_eq!(topology.numa_topology_type(), kind, "{:?}", topology.numa_distances());
        }
    }

    #[test]
    fn two_boards_are_a_backplane() {
        let distance = |a: usize, b: usize| if a == b { 10 } else { [16, 32][usize::from(a / 4 != b / 4)] };
        let rows: [[u8; 8]; 8] = core::array::from_fn(|a| core::array::from_fn(|b| distance(a, b)));
        let topology = machine(&rows.each_ref().map(<[u8; 8]>::as_slice));
        assert_eq!((topology.numa_topology_type(), topology.sched_max_numa_distance()), (Backplane, 32));
        assert_eq!(topology.numa_distances(), [10, 16, 32]);
        let found: Vec<u8> = (10..40).filter(|&distance| topology.find_numa_distance(distance)).collect();
        assert_eq!(found, [10, 16, 32]);
    }

    #[test]
    fn memory_only_nodes_do_not_count_as_levels() {
        let mut nodes = nodes_of(3, 1, 0, 1);
        nodes[2].cpus.clear();
        let topology = topology(&nodes, &[&[10, 21, 14], &[21, 10, 24], &[14, 24, 10]]);
        assert_eq!((topology.numa_distances(), topology.numa_topology_type()), ([10, 21].as_slice(), Direct));
        assert!(!topology.find_numa_distance(14));
    }

    #[test]
    fn cores_follow_the_numbering_of_the_firmware() {
        let mut nodes = nodes_of(2, 4, 0, 2);
        nodes[0].cpus = [0, 1, 4, 5].map(CpuId).to_vec();
        nodes[1].cpus = [2, 3, 6, 7].map(CpuId).to_vec();
        nodes[1].cpus_per_llc = 2;
        let split = topology(&nodes, &[&[10, 20], &[20, 10]]);
        assert_eq!((split.core_of(4)[..].to_vec(), split.llc_of(4)[..].to_vec()), (vec![0, 4], vec![0, 1, 4, 5]));
        assert_eq!(split.llc_of(7)[..], [3, 7], "a cache for each core");
        let dense = topology(&nodes_of(1, 5, 3, 2), &[&[10]]);
        assert_eq!((dense.core_of(3)[..].to_vec(), dense.core_of(4)[..].to_vec()), (vec![2, 3], vec![4]));
        assert_eq!((dense.llc_of(0)[..].to_vec(), dense.llc_of(4)[..].to_vec()), (vec![0, 1, 2, 3], vec![4]));
    }
}
