//! Automatic NUMA balancing: when to scan, what a fault teaches, where a task belongs
//! (kernel/sched/fair.c, 6.12).

pub(crate) mod cpupid;
pub(crate) mod fault;
pub(crate) mod group;
pub(crate) mod placement;
pub(crate) mod preferred;
pub(crate) mod scan;
pub(crate) mod scan_period;
pub(crate) mod scan_window;
pub(crate) mod stats;
#[cfg(feature = "steps")]
pub(crate) mod tiering;
pub(crate) mod weights;
