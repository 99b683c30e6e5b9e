//! Step conformance: for each kernel function whose inputs a recording holds, the engine's own
//! function from the recorded state before it, compared with what is recorded after it.

mod clock;
mod machine;
mod scan_rows;
mod scans;
mod ticks;

use crate::recording::Recording;

/// One comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// What was compared.
    pub kind: &'static str,
    /// Where in the run: mostly thread and time.
    pub place: String,
    /// What differs, if anything does.
    pub outcome: Result<(), String>,
}

impl Check {
    /// What names it in lists: kind and place.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.kind, self.place)
    }
}

/// The comparisons of one run under way.
#[derive(Debug, Default)]
struct Checks(Vec<Check>);

impl Checks {
    fn add(&mut self, kind: &'static str, place: &str, outcome: Result<(), String>) {
        self.0.push(Check { kind, place: place.to_owned(), outcome });
    }

    /// Adds the comparison of two values that must be equal.
    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, kind: &'static str, place: &str, engine: &T, recorded: &T) {
        self.add(kind, place, same(engine, recorded));
    }
}

fn same<T: PartialEq + std::fmt::Debug>(engine: &T, recorded: &T) -> Result<(), String> {
    if engine == recorded { Ok(()) } else { Err(format!("engine {engine:?}, recorded {recorded:?}")) }
}

/// Compares every step of a run.
#[must_use]
pub fn compare(recording: &Recording) -> Vec<Check> {
    let mut checks = Checks::default();
    scans::compare(recording, &mut checks);
    checks.0
}
