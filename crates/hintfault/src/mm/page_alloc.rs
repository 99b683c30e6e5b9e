//! Where memory comes from: nodes, watermarks, fallback order and allocation counters
//! (mm/page_alloc.c, 6.12). Each node is one zone.

use alloc::vec;
use alloc::vec::Vec;

use crate::ids::NodeId;
use crate::topology::Topology;
use crate::view::Vmstat;

/// The memory of one node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct NodeMemory {
    pub(crate) managed_pages: u64,
    pub(crate) free_pages: u64,
    pub(crate) watermark: Watermarks,
}

/// `_watermark[]` of a zone in pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Watermarks {
    pub(crate) min: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
}

/// Which watermark an allocation respects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mark {
    Low,
    Min,
}

/// All nodes' memory and the order in which each falls back on the others.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    nodes: Vec<NodeMemory>,
    /// `zonelist[node]`: nodes with memory, in the order an allocation tries them.
    zonelist: Vec<Vec<NodeId>>,
}

impl Memory {
    /// `build_zonelists` and `__setup_per_zone_wmarks` for nodes with this much memory.
    pub(crate) fn new(topology: &Topology, managed_pages: &[u64]) -> Self {
        assert_eq!(managed_pages.len(), topology.nr_node_ids(), "one size a node");
        let marks = setup_per_zone_wmarks(managed_pages);
        let node = |(&managed, watermark): (&u64, Watermarks)| NodeMemory {
            managed_pages: managed,
            free_pages: managed,
            watermark,
        };
        let nodes = managed_pages.iter().zip(marks).map(node).collect();
        Self { nodes, zonelist: build_zonelists(topology) }
    }

    pub(crate) fn node(&self, node: NodeId) -> &NodeMemory {
        &self.nodes[node.index()]
    }

    pub(crate) fn free_pages(&self) -> u64 {
        self.nodes.iter().map(|node| node.free_pages).sum()
    }

    /// Takes pages of a node without asking any watermark; false if it has not so many.
    #[must_use]
    pub(crate) fn reserve(&mut self, node: NodeId, pages: u64) -> bool {
        let free = &mut self.nodes[node.index()].free_pages;
        let Some(left) = free.checked_sub(pages) else { return false };
        *free = left;
        true
    }

    /// Gives pages back to a node.
    pub(crate) fn free(&mut self, node: NodeId, pages: u64) {
        let node = &mut self.nodes[node.index()];
        node.free_pages += pages;
        assert!(node.free_pages <= node.managed_pages, "freed more than was taken");
    }

    /// `__alloc_pages` for one base page (6.12): from the fallback list of `preferred`, first
    /// above the low watermark, then above min, then whatever is left. None when all memory
    /// is used up. Counts as `zone_statistics` does.
    pub(crate) fn alloc_page(&mut self, preferred: NodeId, cpu_node: NodeId, stat: &mut Vmstat) -> Option<NodeId> {
        let found = [Some(Mark::Low), Some(Mark::Min), None]
            .into_iter()
            .find_map(|mark| self.get_page_from_freelist(preferred, mark))?;
        let first = self.zonelist[preferred.index()][0];
        let taken = self.reserve(found, 1);
        assert!(taken, "a node with free pages has one");
        zone_statistics(first, found, cpu_node, stat);
        Some(found)
    }

    /// `get_page_from_freelist`: the first node of the list with free pages above the mark.
    fn get_page_from_freelist(&self, preferred: NodeId, mark: Option<Mark>) -> Option<NodeId> {
        let passes = |&&node: &&NodeId| {
            let memory = self.node(node);
            memory.free_pages
                > match mark {
                    Some(Mark::Low) => memory.watermark.low,
                    Some(Mark::Min) => memory.watermark.min,
                    None => 0,
                }
        };
        self.zonelist[preferred.index()].iter().find(passes).copied()
    }
}

/// `zone_statistics` (mm/page_alloc.c, 6.12), summed over nodes as `/proc/vmstat` prints it.
pub(crate) fn zone_statistics(preferred: NodeId, used: NodeId, cpu_node: NodeId, stat: &mut Vmstat) {
    if used == cpu_node {
        stat.numa_local += 1;
    } else {
        stat.numa_other += 1;
    }
    if used == preferred {
        stat.numa_hit += 1;
    } else {
        stat.numa_miss += 1;
        stat.numa_foreign += 1;
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

/// `__setup_per_zone_wmarks` (mm/page_alloc.c, 6.12) for one zone a node, with
/// `min_free_kbytes` as khugepaged raises it.
fn setup_per_zone_wmarks(managed_pages: &[u64]) -> Vec<Watermarks> {
    const WATERMARK_SCALE_FACTOR: u64 = 10;
    let lowmem_pages: u64 = managed_pages.iter().sum();
    let pages_min = min_free_kbytes(managed_pages) / 4;
    let marks = |&managed: &u64| {
        let min = (pages_min * managed).checked_div(lowmem_pages).unwrap_or(0);
        let scaled = managed / 10_000 * WATERMARK_SCALE_FACTOR + managed % 10_000 * WATERMARK_SCALE_FACTOR / 10_000;
        let step = (min / 4).max(scaled);
        Watermarks { min, low: min + step, high: min + 2 * step }
    };
    managed_pages.iter().map(marks).collect()
}

/// `calculate_min_free_kbytes` and `set_recommended_min_free_kbytes` (6.12), in kB.
fn min_free_kbytes(managed_pages: &[u64]) -> u64 {
    const PAGEBLOCK_PAGES: u64 = 512;
    let lowmem_pages: u64 = managed_pages.iter().sum();
    let boot = (16 * lowmem_pages * 4).isqrt().clamp(128, 262_144);
    let zones = managed_pages.iter().filter(|&&pages| pages > 0).count() as u64;
    let recommended = (PAGEBLOCK_PAGES * zones * 11).min(lowmem_pages / 20) * 4;
    boot.max(recommended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mm::page_alloc::tests_support::machine;

    #[test]
    fn watermarks_match_the_worked_numbers() {
        let marks = setup_per_zone_wmarks(&[4_194_304, 4_194_304]);
        assert_eq!(marks[0], Watermarks { min: 5632, low: 9826, high: 14_020 });
        assert_eq!(marks[0], marks[1]);
    }

    #[test]
    fn zonelists_match_the_kernels_log() {
        let ring = [[10, 20, 30, 20], [20, 10, 20, 30], [30, 20, 10, 20], [20, 30, 20, 10]];
        let lists = build_zonelists(&machine(&ring));
        assert_eq!(numbers(&lists), ["0132", "1203", "2310", "3021"]);
        let flat: [[u8; 4]; 4] = core::array::from_fn(|i| core::array::from_fn(|j| if i == j { 10 } else { 20 }));
        assert_eq!(numbers(&build_zonelists(&machine(&flat))), ["0123", "1230", "2301", "3012"]);
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
        assert_eq!(numbers(&build_zonelists(&machine(&table))), expected);
    }

    #[test]
    fn a_full_node_spills_and_counts_it() {
        let topology = machine(&[[10, 20], [20, 10]]);
        let mut memory = Memory::new(&topology, &[1000, 1000]);
        let mut stat = Vmstat::default();
        let low = memory.node(NodeId(0)).watermark.low;
        assert!(memory.reserve(NodeId(0), 1000 - low));
        assert_eq!(memory.alloc_page(NodeId(0), NodeId(0), &mut stat), Some(NodeId(1)));
        assert_eq!((stat.numa_miss, stat.numa_foreign, stat.numa_other, stat.numa_hit), (1, 1, 1, 0));
        memory.free(NodeId(0), 1);
        assert_eq!(memory.alloc_page(NodeId(0), NodeId(0), &mut stat), Some(NodeId(0)));
        assert_eq!((stat.numa_hit, stat.numa_local), (1, 1));
    }

    fn numbers(lists: &[Vec<NodeId>]) -> Vec<alloc::string::String> {
        let digits = |list: &Vec<NodeId>| list.iter().map(|n| char::from(b'0' + n.0)).collect();
        lists.iter().map(digits).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests_support {
    use super::*;
    use crate::ids::CpuId;
    use crate::input::{Costs, Machine, Node, RemoteAccess};
    use crate::time::{Hz, Ns};

    /// A machine with one CPU and 16 GiB a node.
    pub(crate) fn machine<const N: usize>(distances: &[[u8; N]; N]) -> Topology {
        let nodes = (0..N as u8).map(|id| Node {
            id: NodeId(id),
            cpus: vec![CpuId(u16::from(id))],
            cpus_per_llc: 0,
            threads_per_core: 1,
            memory_pages: 4_194_304,
            used_pages: 0,
        });
        let machine = Machine {
            nodes: nodes.collect(),
            distances: distances.iter().map(|row| row.to_vec()).collect(),
            hz: Hz::Hz250,
            uptime: Ns::ZERO,
            costs: Costs {
                local_access_ns: 1,
                remote_access: RemoteAccess::Uniform,
                mark_pte_ns: 0,
                visit_pte_ns: 0,
                visit_empty_pte_ns: 0,
                visit_vma_ns: 0,
                scan_begin_ns: 0,
                scan_window_ns: 0,
                hint_fault_ns: 0,
                migrate_page_ns: 0,
                wp_fault_ns: 0,
                first_touch_ns: 0,
            },
        };
        Topology::new(&machine).expect("a well-formed machine")
    }
}
