//! The scheduler, as far as balancing depends on it: who runs where, and for how long.

pub(crate) mod affinity;
pub(crate) mod balance;
pub(crate) mod balance_stats;
pub(crate) mod detach;
pub(crate) mod domains;
pub(crate) mod numa_compare;
pub(crate) mod numa_migrate;
pub(crate) mod pelt;
pub(crate) mod queue;
pub(crate) mod rq;
pub(crate) mod task;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod tick;
pub(crate) mod wakeup;
