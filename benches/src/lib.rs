//! Scenarios that the benchmarks run, natively and in a browser. They are documents, so that both
//! run the very same thing.

use hintfault::World;
use hintfault::event::EventKind;
use hintfault::input::Scenario;
use hintfault::time::Ns;
use serde_json::Value;

/// Machines and workloads of a size that people ask about.
pub mod documents;

/// A scenario to run.
///
/// # Panics
/// When the document is not a valid scenario.
#[must_use]
pub fn scenario(document: &Value) -> Scenario {
    let text = document.to_string();
    let parsed = hintfault_scenario::parse(&text);
    let valid = parsed.and_then(|document| hintfault_scenario::validate(&document));
    valid.unwrap_or_else(|failure| panic!("{failure:?} in {text}"))
}

/// A world that has run for so long.
///
/// # Panics
/// When the scenario cannot be set up.
#[must_use]
pub fn world_after(document: &Value, ms: u64) -> World {
    let mut world = World::new(&scenario(document)).expect("a scenario that fits its machine");
    world.run_until(Ns::from_ms(ms));
    world
}

/// Page table entries that lie in the windows of all scans from the event `since` on.
#[must_use]
pub fn scanned_ptes(world: &World, since: u64) -> u64 {
    let windows = world.events(since, usize::MAX);
    windows
        .iter()
        .map(|event| match event.kind {
            EventKind::ScanWindow { start, end, .. } => (end.0 - start.0) >> 12,
            _ => 0,
        })
        .sum()
}
