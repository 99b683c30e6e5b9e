//! Where memory comes from: fallback order, the walk over zones and the allocation counters
//! (mm/page_alloc.c, 6.12).

use alloc::vec;
use alloc::vec::Vec;

use crate::ids::{HPAGE_PMD_NR, NodeId, NodeSet};
use crate::input::Machine;
use crate::mm::zone::{Zone, zones_of};
use crate::topology::Topology;

/// How big a page is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    /// A base page.
    Base,
    /// A huge page.
    Huge,
}

impl Order {
    pub(crate) const fn pages(self) -> u64 {
        match self {
            Self::Base => 1,
            Self::Huge => HPAGE_PMD_NR as u64,
        }
    }

    /// As a power of two.
    pub(crate) const fn shift(self) -> u32 {
        match self {
            Self::Base => 0,
            Self::Huge => HPAGE_PMD_NR.ilog2(),
        }
    }

    /// The watermarks that an allocation tries one after the other. A base page may also take
    /// the last reserves, which none stands for.
    pub(crate) const fn marks(self) -> &'static [Option<Mark>] {
        match self {
            Self::Base => &[Some(Mark::Low), Some(Mark::Min), None],
            Self::Huge => &[Some(Mark::Low), Some(Mark::Min)],
        }
    }
}

impl Zone {
    /// Whether a zone has room for a page of `extra` pages more than one, above a mark.
    pub(crate) fn passes(&self, mark: Option<Mark>, extra: u64) -> bool {
        match mark {
            Some(Mark::Low) => self.is_above(self.watermark.low + extra),
            Some(Mark::Min) => self.is_above(self.watermark.min + extra),
            None => self.free_pages > extra,
        }
    }
}

/// Which watermark an allocation respects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    Low,
    Min,
}

/// A request for memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Request {
    /// Node whose fallback list is walked.
    pub(crate) start: NodeId,
    /// Nodes that may serve it (`nodemask`). The first of them in the list counts as preferred.
    pub(crate) allowed: NodeSet,
    /// Nodes that the cpuset allows.
    pub(crate) mems: NodeSet,
    pub(crate) order: Order,
    /// Watermarks to try one after the other.
    pub(crate) marks: &'static [Option<Mark>],
    /// Node of the CPU that asks.
    pub(crate) cpu_node: NodeId,
}

/// Allocation counters of one node (`numastat`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct NumaStat {
    pub(crate) hit: u64,
    pub(crate) miss: u64,
    pub(crate) foreign: u64,
    pub(crate) interleave_hit: u64,
    pub(crate) local: u64,
    pub(crate) other: u64,
}

/// All nodes' memory and the order in which each falls back on the others.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    /// Zones by node number, ascending by kind.
    zones: Vec<Vec<Zone>>,
    /// `zonelist[node]`: nodes with memory, in the order an allocation tries them.
    zonelist: Vec<Vec<NodeId>>,
    numastat: Vec<NumaStat>,
    /// Weights for weighted interleaving, by node number (`iw_table`).
    pub(crate) weights: Vec<u8>,
}

impl Memory {
    /// The memory of a machine, all of it free.
    pub(crate) fn new(topology: &Topology, machine: &Machine) -> Self {
        let count = topology.nr_node_ids();
        let (mut zones, mut weights) = (vec![Vec::new(); count], vec![1; count]);
        for (node, of_node) in machine.nodes.iter().zip(zones_of(&machine.nodes)) {
            zones[node.id.index()] = of_node;
            weights[node.id.index()] = node.interleave_weight.max(1);
        }
        Self { zones, zonelist: build_zonelists(topology), numastat: vec![NumaStat::default(); count], weights }
    }

    pub(crate) fn managed_pages(&self, node: NodeId) -> u64 {
        self.zones[node.index()].iter().map(|zone| zone.managed_pages).sum()
    }

    pub(crate) fn free_pages(&self, node: NodeId) -> u64 {
        self.zones[node.index()].iter().map(|zone| zone.free_pages).sum()
    }

    pub(crate) fn numastat(&self) -> &[NumaStat] {
        &self.numastat
    }

    /// Zones of a node, ascending by kind.
    #[cfg(feature = "explain")]
    pub(crate) fn zones(&self, node: NodeId) -> &[Zone] {
        &self.zones[node.index()]
    }

    /// Sets the fallback order of a node.
    #[cfg(feature = "steps")]
    pub(crate) fn set_zonelist(&mut self, start: NodeId, list: Vec<NodeId>) {
        self.zonelist[start.index()] = list;
    }

    /// Nodes with memory, in the order in which an allocation that starts at a node tries them.
    pub(crate) fn zonelist(&self, start: NodeId) -> &[NodeId] {
        &self.zonelist[start.index()]
    }

    /// Nodes with memory.
    pub(crate) fn nodes(&self) -> NodeSet {
        let with_memory = |&node: &NodeId| !self.zones[node.index()].is_empty();
        (0..self.zones.len() as u8).map(NodeId).filter(with_memory).fold(NodeSet(0), NodeSet::with)
    }

    /// Takes pages of a node without asking any watermark, from the highest zone down; false
    /// if it has not so many.
    #[must_use]
    pub(crate) fn reserve(&mut self, node: NodeId, pages: u64) -> bool {
        if self.free_pages(node) < pages {
            return false;
        }
        let mut left = pages;
        for zone in self.zones[node.index()].iter_mut().rev() {
            let taken = left.min(zone.free_pages);
            zone.free_pages -= taken;
            left -= taken;
        }
        assert_eq!(left, 0, "counted free pages that were not there");
        true
    }

    /// Gives pages back to a node. Which zone a page came from is not kept; the lowest one that
    /// misses pages gets them, since that was used last.
    pub(crate) fn free(&mut self, node: NodeId, pages: u64) {
        let mut left = pages;
        for zone in &mut self.zones[node.index()] {
            let given = left.min(zone.managed_pages - zone.free_pages);
            zone.free_pages += given;
            left -= given;
        }
        assert_eq!(left, 0, "freed more than was taken");
    }

    /// `migrate_balanced_pgdat` (mm/migrate.c, 6.12): whether some zone would still be above
    /// its high watermark after taking in so many pages.
    pub(crate) fn migrate_balanced_pgdat(&self, node: NodeId, pages: u64) -> bool {
        self.zones[node.index()].iter().rev().any(|zone| zone.is_above(zone.watermark.high + pages))
    }

    /// Whether some zone is this far above its promotion watermark.
    #[cfg(feature = "steps")]
    pub(crate) fn is_above_promo(&self, node: NodeId, pages: u64) -> bool {
        let promo = |zone: &Zone| 2 * zone.watermark.high - zone.watermark.low;
        self.zones[node.index()].iter().any(|zone| zone.is_above(promo(zone) + pages))
    }

    /// `node_present_pages`.
    #[cfg(feature = "steps")]
    pub(crate) fn present_pages(&self, node: NodeId) -> u64 {
        self.zones[node.index()].iter().map(|zone| zone.managed_pages).sum()
    }

    /// `__alloc_pages` (6.12): walks the fallback list of the start node within the allowed
    /// ones, first above the low watermark, then above min. A base page may also take the
    /// last reserves before the machine is called out of memory. Counts like
    /// `zone_statistics`.
    pub(crate) fn alloc_pages(&mut self, request: Request) -> Option<NodeId> {
        let preferred = self.preferred_node(request)?;
        let found = request.marks.iter().find_map(|&mark| self.get_page_from_freelist(request, mark))?;
        let taken = self.reserve(found, request.order.pages());
        assert!(taken, "a zone above its mark has pages");
        self.zone_statistics(preferred, found, request.cpu_node);
        Some(found)
    }

    /// Allocates strictly on one node, which is known to have room (`__GFP_THISNODE`).
    pub(crate) fn alloc_on(&mut self, node: NodeId, order: Order, cpu_node: NodeId) {
        let taken = self.reserve(node, order.pages());
        assert!(taken, "a node above its watermark has pages");
        self.zone_statistics(node, node, cpu_node);
    }

    /// Counts an interleaved allocation that got the node it was meant for.
    pub(crate) fn count_interleave_hit(&mut self, node: NodeId) {
        self.numastat[node.index()].interleave_hit += 1;
    }

    fn preferred_node(&self, request: Request) -> Option<NodeId> {
        self.zonelist(request.start).iter().copied().find(|&node| request.allowed.contains(node))
    }

    /// `get_page_from_freelist`: the first node of the list with a zone above the mark.
    fn get_page_from_freelist(&self, request: Request, mark: Option<Mark>) -> Option<NodeId> {
        let extra = request.order.pages() - 1;
        let passes = |zone: &Zone| zone.passes(mark, extra);
        let list = self.zonelist(request.start).iter().copied();
        let allowed = request.allowed.and(request.mems);
        list.filter(|&node| allowed.contains(node)).find(|&node| self.zones[node.index()].iter().any(passes))
    }

    /// `zone_statistics` (mm/page_alloc.c, 6.12): one count an allocation, whatever its size.
    fn zone_statistics(&mut self, preferred: NodeId, used: NodeId, cpu_node: NodeId) {
        let stat = &mut self.numastat[used.index()];
        if used == cpu_node {
            stat.local += 1;
        } else {
            stat.other += 1;
        }
        if used == preferred {
            stat.hit += 1;
        } else {
            stat.miss += 1;
            self.numastat[preferred.index()].foreign += 1;
        }
    }
}

/// `build_zonelists` for every node in turn, as at boot (6.12): nearest first, nodes with a
/// lower number behind, and among equally near ones those that head fewer lists.
fn build_zonelists(topology: &Topology) -> Vec<Vec<NodeId>> {
    let count = topology.nr_node_ids();
    let mut load = vec![0u64; count];
    (0..count).map(|node| build_zonelist(topology, NodeId(node as u8), &mut load)).collect()
}

fn build_zonelist(topology: &Topology, local: NodeId, load: &mut [u64]) -> Vec<NodeId> {
    let mut left: Vec<NodeId> = topology.online().iter().copied().filter(|&n| topology.has_memory(n)).collect();
    let mut list = Vec::with_capacity(left.len());
    let mut previous = local;
    while let Some(place) = find_next_best_node(topology, local, &left, load) {
        let pick = left.remove(place);
        if topology.distance(local, pick) != topology.distance(local, previous) {
            load[pick.index()] += 1;
        }
        list.push(pick);
        previous = pick;
    }
    list
}

/// `find_next_best_node` (mm/page_alloc.c, 6.12), by place in `left`. At boot no CPU is
/// registered yet, so nodes with CPUs get no penalty.
fn find_next_best_node(topology: &Topology, local: NodeId, left: &[NodeId], load: &[u64]) -> Option<usize> {
    if let Some(place) = left.iter().position(|&node| node == local) {
        return Some(place);
    }
    let value = |node: NodeId| {
        let distance = u64::from(topology.distance(local, node)) + u64::from(node < local);
        distance * 1024 + load[node.index()]
    };
    (0..left.len()).min_by_key(|&place| (value(left[place]), left[place]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::machine;
    use alloc::string::String;

    #[test]
    fn zonelists_match_the_kernels_log() {
        let ring = [[10, 20, 30, 20], [20, 10, 20, 30], [30, 20, 10, 20], [20, 30, 20, 10]];
        assert_eq!(lists(&ring), ["0132", "1203", "2310", "3021"]);
        let flat: [[u8; 4]; 4] = core::array::from_fn(|i| core::array::from_fn(|j| if i == j { 10 } else { 20 }));
        assert_eq!(lists(&flat), ["0123", "1230", "2301", "3012"]);
    }

    #[test]
    fn pairs_of_eight_fall_back_as_recorded() {
        let distance = |i: usize, j: usize| match (i == j, i / 2 == j / 2) {
            (true, _) => 10,
            (_, true) => 16,
            _ => 32,
        };
        let table: [[u8; 8]; 8] = core::array::from_fn(|i| core::array::from_fn(|j| distance(i, j)));
        let expected = ["01234567", "10345672", "23456701", "32567401", "45670123", "54760123", "67012345", "76102345"];
        assert_eq!(lists(&table), expected);
    }

    fn memory() -> Memory {
        let machine = machine(&[[10, 20], [20, 10]]);
        Memory::new(&Topology::new(&machine).expect("sound"), &machine)
    }

    fn request(allowed: u64, order: Order) -> Request {
        let (start, allowed, mems) = (NodeId(0), NodeSet(allowed), NodeSet(3));
        Request { start, allowed, mems, order, cpu_node: NodeId(0), marks: order.marks() }
    }

    #[test]
    fn a_full_node_spills_and_counts_it() {
        let mut memory = memory();
        let low = memory.zones[0][0].watermark.low;
        assert!(memory.reserve(NodeId(0), memory.free_pages(NodeId(0)) - low));
        assert_eq!(memory.alloc_pages(request(3, Order::Base)), Some(NodeId(1)));
        assert_eq!((memory.numastat[1].miss, memory.numastat[0].foreign, memory.numastat[1].other), (1, 1, 1));
        memory.free(NodeId(0), 1);
        assert_eq!(memory.alloc_pages(request(3, Order::Base)), Some(NodeId(0)));
        assert_eq!((memory.numastat[0].hit, memory.numastat[0].local), (1, 1));
    }

    #[test]
    fn a_bound_request_takes_what_is_there_and_nothing_else() {
        let mut memory = memory();
        assert!(memory.reserve(NodeId(0), memory.free_pages(NodeId(0)) - 2));
        assert_eq!(memory.alloc_pages(request(1, Order::Huge)), None);
        assert_eq!(memory.alloc_pages(request(1, Order::Base)), Some(NodeId(0)));
        assert_eq!(memory.alloc_pages(request(2, Order::Huge)), Some(NodeId(1)));
        assert_eq!(memory.numastat[1].hit, 1, "the first allowed node counts as preferred");
        assert_eq!(memory.managed_pages(NodeId(1)) - memory.free_pages(NodeId(1)), 512);
    }

    fn lists<const N: usize>(distances: &[[u8; N]; N]) -> Vec<String> {
        let topology = Topology::new(&machine(distances)).expect("sound");
        let digits = |list: &Vec<NodeId>| list.iter().map(|n| char::from(b'0' + n.0)).collect();
        build_zonelists(&topology).iter().map(digits).collect()
    }
}
