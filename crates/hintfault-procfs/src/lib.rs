//! The kernel's text interfaces: what Linux 6.12 (and numactl) would print of a machine at one
//! moment. Only lines and fields that the engine models are printed; what is printed has the
//! kernel's exact format, so that scripts made for a real machine read it.

mod node;
mod numa_maps;
mod numactl;
mod sched;
mod vmstat;

pub use node::print_node_meminfo;
pub use numa_maps::print_numa_maps;
pub use numactl::{NumactlVersion, print_numactl};
pub use sched::print_sched_numa;
pub use vmstat::{VmstatError, parse_vmstat, print_vmstat, vmstat_values};

use hintfault::ids::PAGE_SHIFT;

/// kB in so many base pages, as `K()` in the kernel.
const fn kib(pages: u64) -> u64 {
    pages << (PAGE_SHIFT - 10)
}

/// MiB in so many base pages, truncated.
const fn mib(pages: u64) -> u64 {
    pages >> (20 - PAGE_SHIFT)
}
