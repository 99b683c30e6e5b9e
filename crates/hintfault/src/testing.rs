//! Machines for unit tests.

use alloc::vec;
use alloc::vec::Vec;

use crate::ids::{CpuId, NodeId};
use crate::input::{Costs, Machine, Node, RemoteAccess};
use crate::time::{Hz, Ns};

/// A machine with one CPU and 16 GiB a node.
pub(crate) fn machine<const N: usize>(distances: &[[u8; N]; N]) -> Machine {
    let nodes = (0..N as u8).map(|id| Node {
        id: NodeId(id),
        cpus: vec![CpuId(u16::from(id))],
        cpus_per_llc: 0,
        threads_per_core: 1,
        memory_pages: 4_194_304,
        used_pages: 0,
        zones: Vec::new(),
        interleave_weight: 1,
    });
    Machine {
        nodes: nodes.collect(),
        distances: distances.iter().map(|row| row.to_vec()).collect(),
        hz: Hz::Hz250,
        uptime: Ns::ZERO,
        costs: FREE,
    }
}

/// Nothing but accesses takes time.
pub(crate) const FREE: Costs = Costs {
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
    migrate_huge_page_ns: 0,
    wp_fault_ns: 0,
    first_touch_ns: 0,
    first_touch_huge_ns: 0,
    saturation_threads: 0,
};
