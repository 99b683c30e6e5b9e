//! Going back and forth: a world with checkpoints. A checkpoint shares all pages with the next
//! one that did not change in between.

use alloc::vec::Vec;

use crate::error::SetupError;
use crate::event::Event;
use crate::filter::EventFilter;
use crate::input::Scenario;
use crate::time::{Ns, Tick};
use crate::world::World;

/// Ticks between two checkpoints while few are needed.
const FIRST_SPACING: u64 = 32;
/// Checkpoints kept at most; beyond, every second one goes and the spacing doubles.
const CHECKPOINTS: usize = 256;

/// A run that can be rewound.
#[derive(Clone, Debug)]
pub struct History {
    world: World,
    /// The start, before what happens at that very moment.
    #[cfg(feature = "explain")]
    origin: World,
    /// Ascending by tick; the first is the start.
    checkpoints: Vec<(u64, World)>,
    spacing: u64,
}

impl History {
    /// A run at its start.
    ///
    /// # Errors
    /// As [`World::new`].
    pub fn new(scenario: &Scenario) -> Result<Self, SetupError> {
        let world = World::new(scenario)?;
        Ok(Self {
            checkpoints: alloc::vec![(0, world.copy())],
            world,
            #[cfg(feature = "explain")]
            origin: World::unstarted(scenario)?,
            spacing: FIRST_SPACING,
        })
    }

    /// The run as it stands.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// As [`World::run_ticks`].
    pub fn run_ticks(&mut self, ticks: u64) {
        let target = self.tick().saturating_add(ticks);
        while self.tick() < target {
            let next = (self.tick() / self.spacing + 1) * self.spacing;
            self.world.run_ticks(next.min(target) - self.tick());
            self.keep();
        }
    }

    /// As [`World::run_to_event`]. Leaves no checkpoints between ticks.
    pub fn run_to_event(&mut self, wanted: EventFilter, until: Ns) -> Option<Event> {
        loop {
            let next = (self.tick() / self.spacing + 1) * self.spacing;
            let horizon = self.world.time_of_tick(Tick(next)).min(until);
            let found = self.world.run_to_event(wanted, horizon);
            if found.is_some() || horizon == until {
                return found;
            }
            self.keep();
        }
    }

    /// Goes to a tick, forwards or backwards. It ends where running there would have ended.
    pub fn seek(&mut self, tick: Tick) {
        let place = self.checkpoints.partition_point(|&(at, _)| at <= tick.0);
        let (at, checkpoint) = &self.checkpoints[place.saturating_sub(1)];
        assert!(*at <= tick.0, "the start is a checkpoint");
        let goes_back = self.world.clock().now > self.world.time_of_tick(tick);
        if goes_back || self.tick() < *at {
            self.world = checkpoint.copy();
        }
        self.run_ticks(tick.0.saturating_sub(self.tick()));
        assert_eq!(self.tick(), tick.0, "seeking ends where it was meant to");
    }

    /// The latest checkpoint at which an event had not happened yet and a moment had not come.
    #[cfg(feature = "explain")]
    pub(crate) fn checkpoint_at(&self, seq: u64, time: Ns) -> &World {
        let is_before = |world: &World| world.log.next_seq() <= seq && world.now < time;
        match self.checkpoints.partition_point(|(_, world)| is_before(world)) {
            0 => &self.origin,
            place => &self.checkpoints[place - 1].1,
        }
    }

    /// The latest checkpoint at which an event had not happened yet.
    #[cfg(feature = "explain")]
    pub(crate) fn checkpoint_before(&self, seq: u64) -> &World {
        self.checkpoint_at(seq, Ns::NEVER)
    }

    fn tick(&self) -> u64 {
        self.world.clock().tick.0
    }

    /// Keeps the present as a checkpoint if one is due and not there yet.
    fn keep(&mut self) {
        let tick = self.tick();
        let is_new = self.checkpoints.last().is_none_or(|&(last, _)| last < tick);
        if !tick.is_multiple_of(self.spacing) || !is_new {
            return;
        }
        self.checkpoints.push((tick, self.world.copy()));
        if self.checkpoints.len() > CHECKPOINTS {
            self.spacing *= 2;
            let spacing = self.spacing;
            self.checkpoints.retain(|&(tick, _)| tick.is_multiple_of(spacing));
        }
    }
}
