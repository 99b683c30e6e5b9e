//! Free runs: whole simulated runs against recorded ones.

use super::Check;
use crate::free::{self, Variation};
use crate::recording::Recording;

/// Figures of a run simulated from its start, each against the range over the recorded repeats
/// with its tolerance.
#[must_use]
pub fn compare(recording: &Recording, repeats: &[Recording]) -> Vec<Check> {
    free::compare(recording, repeats, Variation::None).into_iter().map(check).collect()
}

fn check(figure: free::Figure) -> Check {
    let outcome = if figure.is_within() {
        Ok(())
    } else {
        Err(format!("engine {}, allowed {} to {}", figure.value, figure.allowed.low, figure.allowed.high))
    };
    Check { kind: "free", place: figure.name, outcome }
}
