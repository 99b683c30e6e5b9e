//! Step conformance: for each kernel function whose inputs a recording holds, the engine's own
//! function from the recorded state before it, compared with what is recorded after it.

mod chain;
mod clock;
mod faults;
pub(crate) mod machine;
mod marks;
mod moves;
mod periods;
mod placements;
mod samples;
mod scan_rows;
mod scans;
mod sums;
mod ticks;

use crate::conformance::{Check, Checks};
use crate::recording::Recording;

/// Compares every step of a run.
#[must_use]
pub fn compare(recording: &Recording) -> Vec<Check> {
    let mut checks = Checks::default();
    scans::compare(recording, &mut checks);
    faults::compare(recording, &mut checks);
    placements::compare(recording, &mut checks);
    periods::compare(recording, &mut checks);
    moves::compare(recording, &mut checks);
    sums::compare(recording, &mut checks);
    checks.0
}
