//! Free runs: recorded scenarios simulated from their start, figure by figure against what the
//! kernel did in all repeats.

pub mod costs;
pub mod figures;
pub mod memory;
pub mod observed;
pub mod ranges;
pub mod scenario;
pub mod threads;
pub mod variation;

pub use figures::{Figure, compare};
pub use variation::Variation;
