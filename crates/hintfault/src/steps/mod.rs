//! Kernel functions one at a time, each from a given state. The state is set, one function runs,
//! and what it changed can be read: so a recorded kernel can be followed step by step.
//!
//! What runs is the engine's own code; this module only sets and reads. It is behind the
//! feature `steps`, which no program needs.

mod calls;
mod fault;
mod placement;
mod scan;
mod state;

use alloc::vec::Vec;

use crate::error::SetupError;
use crate::event::EventKind;
use crate::input::Scenario;
use crate::numab::scan::ScanWork;
use crate::time::{Jiffies, Ns};
use crate::world::World;

pub use calls::{MaskRoom, UserMask, VmaPart};
pub use fault::{Counted, FaultAfter};
pub use placement::{GroupBefore, MemFaults, PlacementAfter, PlacementBefore};
pub use scan::ScanStep;
pub use state::{Activity, MmState, TaskState};

/// A machine on which kernel functions are called one at a time. Time only passes when it is
/// told to.
#[derive(Clone, Debug)]
pub struct Steps {
    world: World,
    /// Scans under way, by task.
    scans: Vec<Option<ScanWork>>,
    /// Events up to this one have been handed out.
    seen: u64,
}

impl Steps {
    /// The machine of a scenario. Its threads should start later than ever, and no page be
    /// there: tasks and pages are set when they matter.
    ///
    /// # Errors
    /// When the scenario breaks a rule that the engine relies on.
    pub fn new(scenario: &Scenario) -> Result<Self, SetupError> {
        let world = World::new(scenario)?;
        let scans = world.tasks.iter().map(|_| None).collect();
        Ok(Self { world, scans, seen: 0 })
    }

    /// Sets the clock.
    ///
    /// # Panics
    /// When the kernel's jiffies are never that low.
    pub fn set_jiffies(&mut self, jiffies: Jiffies) {
        let hz = self.world.hz();
        let ticks = jiffies.0.checked_sub(hz.initial_jiffies().0);
        let since_boot = ticks.map(|ticks| ticks * hz.tick_ns());
        let now = since_boot.and_then(|ns| ns.checked_sub(self.world.setup.uptime.0));
        self.world.now = Ns(now.unwrap_or_else(|| panic!("jiffies {} before the start", jiffies.0)));
    }

    /// Events since the last call.
    fn fresh_events(&mut self) -> Vec<EventKind> {
        let events = self.world.events(self.seen, usize::MAX);
        self.seen += events.len() as u64;
        events.into_iter().map(|event| event.kind).collect()
    }
}
