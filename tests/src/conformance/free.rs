//! Free runs: where whole simulated runs are compared with recorded ones.

use super::Check;
use crate::recording::Recording;
use crate::recording::spread::Spread;

/// Figures of a run simulated from its start, each against the range over the recorded repeats
/// with its tolerance. None is compared yet.
#[must_use]
pub fn compare(_recording: &Recording, _spread: &Spread) -> Vec<Check> {
    Vec::new()
}
