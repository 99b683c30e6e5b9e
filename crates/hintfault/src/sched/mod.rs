//! The scheduler, as far as balancing depends on it: who runs where, and for how long.

pub(crate) mod pelt;
pub(crate) mod rq;
pub(crate) mod task;
pub(crate) mod tick;
