//! Memory: mappings, page tables, pages, nodes, and what the kernel does with them.

pub(crate) mod bits;
pub(crate) mod cow;
pub(crate) mod family;
pub(crate) mod folio;
pub(crate) mod fork;
pub(crate) mod huge_memory;
pub(crate) mod memory;
pub(crate) mod migrate;
pub(crate) mod mmap;
pub(crate) mod mprotect;
pub(crate) mod numa_fault;
pub(crate) mod page_alloc;
pub(crate) mod populate;
pub(crate) mod pte;
pub(crate) mod rmap;
pub(crate) mod vma;
pub(crate) mod zone;

use alloc::vec::Vec;

use crate::ids::{NodeSet, PageIdx, Pid, VirtAddr};
use crate::mm::vma::Vma;
use crate::time::Jiffies;

/// An address space (`struct mm_struct`, include/linux/mm_types.h, 6.12), as far as balancing
/// reads it.
#[derive(Clone, Debug)]
pub(crate) struct Mm {
    pub(crate) pid: Pid,
    /// Ascending by address.
    pub(crate) vmas: Vec<Vma>,
    /// Mappings of a process that comes to be by exec, until then.
    pub(crate) image: Vec<Vma>,
    pub(crate) numa_next_scan: Jiffies,
    pub(crate) numa_scan_offset: VirtAddr,
    pub(crate) numa_scan_seq: i32,
    /// Users of the address space: its live threads, and whoever looks at it just now.
    pub(crate) mm_users: u32,
    /// Live threads of the process, running or not.
    pub(crate) nr_threads: u32,
    /// Mapped pages that have memory (`get_mm_rss`).
    pub(crate) rss_pages: u64,
    /// Effective `cpuset.mems` of its threads, all of them nodes with memory.
    pub(crate) mems_allowed: NodeSet,
    /// Its process is stopped (`SIGNAL_STOP_STOPPED`).
    pub(crate) stopped: bool,
    /// How many `anon_vma` have come to be.
    pub(crate) anon_vmas: u32,
}

impl Mm {
    /// `find_vma`: the first VMA that ends after `addr`.
    pub(crate) fn find_vma(&self, addr: VirtAddr) -> Option<usize> {
        let index = self.vmas.partition_point(|vma| vma.end() <= addr);
        (index < self.vmas.len()).then_some(index)
    }

    /// The VMA that holds a page of a region.
    pub(crate) fn vma_of(&self, region: u16, page: PageIdx) -> usize {
        let place = usize::from(region);
        if self.vmas[place].holds(region, page) {
            return place;
        }
        self.vmas.partition_point(|vma| (vma.region, vma.region_page) <= (region, page.0)) - 1
    }

    /// The page behind an address, if it is mapped.
    pub(crate) fn lookup(&self, addr: VirtAddr) -> Option<(usize, PageIdx)> {
        let vma = self.find_vma(addr).filter(|&vma| self.vmas[vma].start <= addr)?;
        Some((vma, PageIdx(addr.pages_since(self.vmas[vma].start) as u32)))
    }
}

/// A page of one process, addressed by places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PageAt {
    pub(crate) mm: usize,
    pub(crate) vma: usize,
    pub(crate) page: PageIdx,
}
