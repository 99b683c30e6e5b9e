//! Going back and forth: a world with checkpoints. A checkpoint shares all pages with the next
//! one that did not change in between.
//!
//! What is `#[inline]` here, in [`series`] and in [`crate::landmarks`] is built together with its
//! callers: by the page, where it runs once a tick at most, for size instead of for speed.

use alloc::vec::Vec;

use crate::error::SetupError;
use crate::event::Event;
use crate::filter::EventFilter;
use crate::input::Scenario;
use crate::landmarks::{LandmarkLog, Landmarks};
use crate::series::{self, Column, Series};
use crate::time::{Ns, Tick};
use crate::world::World;

/// Ticks between two checkpoints while few are needed.
const FIRST_SPACING: u64 = 32;
/// Checkpoints kept at most; beyond, every second one goes and the spacing doubles.
const CHECKPOINTS: usize = 256;

/// Landmarks are taken up at least this often.
const LANDMARK_TICKS: u64 = 8;

/// How much of a run an edit leaves as it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// All up to where it stands.
    All,
    /// What lies before the edit takes effect; it stands at a tick before that.
    Past,
    /// Nothing: it stands at the start.
    Nothing,
}

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
    series: Series,
    landmarks: LandmarkLog,
}

impl History {
    /// A run at its start.
    ///
    /// # Errors
    /// As [`World::new`].
    #[inline]
    pub fn new(scenario: &Scenario) -> Result<Self, SetupError> {
        let mut world = World::unstarted(scenario)?;
        world.log.take_fresh();
        world.run_until(Ns::ZERO);
        let mut history = Self {
            checkpoints: Vec::new(),
            series: Series::new(&world),
            landmarks: LandmarkLog::new(),
            world,
            #[cfg(feature = "explain")]
            origin: World::unstarted(scenario)?,
            spacing: FIRST_SPACING,
        };
        history.keep();
        Ok(history)
    }

    /// The run as it stands.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// As [`World::run_ticks`].
    #[inline]
    pub fn run_ticks(&mut self, ticks: u64) {
        let target = self.tick().saturating_add(ticks);
        while self.tick() < target {
            let next = self.next_stop().min(target);
            self.world.run_ticks(next - self.tick());
            self.keep();
        }
    }

    /// As [`World::run_to_event`]. Leaves no checkpoints between ticks.
    #[inline]
    pub fn run_to_event(&mut self, wanted: EventFilter, until: Ns) -> Option<Event> {
        loop {
            let horizon = self.world.time_of_tick(Tick(self.next_stop())).min(until);
            let found = self.world.run_to_event(wanted, horizon);
            if found.is_some() || horizon == until {
                self.note_landmarks();
                return found;
            }
            self.keep();
        }
    }

    /// Goes to a tick, forwards or backwards. It ends where running there would have ended.
    #[inline]
    pub fn seek(&mut self, tick: Tick) {
        let has_come = self.seek_some(tick, u64::MAX);
        assert!(has_come && self.tick() == tick.0, "seeking ends where it was meant to");
    }

    /// Part of the way to a tick: runs over at most `budget` ticks. Whether it has come there; else
    /// the next call goes on.
    #[inline]
    pub fn seek_some(&mut self, tick: Tick, budget: u64) -> bool {
        let place = self.checkpoints.partition_point(|&(at, _)| at <= tick.0);
        let (at, checkpoint) = &self.checkpoints[place.saturating_sub(1)];
        assert!(*at <= tick.0, "the start is a checkpoint");
        let goes_back = self.world.clock().now > self.world.time_of_tick(tick);
        if goes_back || self.tick() < *at {
            self.world = checkpoint.copy();
        }
        // After a stop at an event there may be more to come at the very moment.
        self.world.run_ticks(0);
        let left = tick.0.saturating_sub(self.tick());
        self.run_ticks(left.min(budget));
        left <= budget
    }

    /// Puts a scenario in the place of this one that differs in nothing but actions, and in none before
    /// `edited_at`. What lies before that stays: checkpoints, samples and landmarks, and the run stands
    /// where it stood or at the latest checkpoint that is left.
    ///
    /// # Panics
    /// When earlier actions differ.
    ///
    /// # Errors
    /// As [`World::new`]; then nothing has changed.
    #[inline]
    pub fn replace_actions(&mut self, scenario: &Scenario, edited_at: Ns) -> Result<Kept, SetupError> {
        let fresh = World::unstarted(scenario)?;
        while self.checkpoints.pop_if(|(_, world)| !world.is_open_from(edited_at)).is_some() {}
        let Some((_, latest)) = self.checkpoints.last() else {
            *self = Self::new(scenario)?;
            return Ok(Kept::Nothing);
        };
        let stands = self.world.is_open_from(edited_at);
        if !stands {
            self.world = latest.copy();
        }
        self.series.cut(self.world.tick_from(edited_at));
        self.landmarks.cut(edited_at);
        for world in self.checkpoints.iter_mut().map(|(_, world)| world).chain([&mut self.world]) {
            world.setup = fresh.setup.clone();
            world.timers.replace_actions(&fresh.timers);
        }
        #[cfg(feature = "explain")]
        (self.origin = fresh);
        Ok(if stands { Kept::All } else { Kept::Past })
    }

    /// What the columns of [`Self::series`] hold.
    #[must_use]
    #[inline]
    pub fn columns(&self) -> Vec<Column> {
        series::columns(&self.world)
    }

    /// Samples of the run at ticks `from..=to`, up to wherever it ever came, in order of time, with a
    /// figure for each of [`Self::columns`]. At most `max`, but no less than two if there are: the
    /// latest, and those before it at equal distances.
    #[must_use]
    #[inline]
    pub fn series(&self, from: Tick, to: Tick, max: usize) -> Vec<&[i64]> {
        self.series.pick(from, to, max)
    }

    /// Events by which one finds one's way, of some kinds, between two moments, up to wherever the
    /// run ever came. At most `max`, but at least one if there is any.
    #[must_use]
    #[inline]
    pub fn landmarks(&self, from: Ns, to: Ns, max: usize, wanted: EventFilter) -> Landmarks {
        self.landmarks.pick([from, to], max, wanted)
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

    #[inline]
    fn tick(&self) -> u64 {
        self.world.clock().tick.0
    }

    /// The tick up to which to run before [`Self::keep`]. It may be the present one, of which not
    /// everything may have happened yet.
    #[inline]
    fn next_stop(&self) -> u64 {
        let due = self.checkpoint_due().min(self.series.due());
        due.min(self.tick() + LANDMARK_TICKS)
    }

    #[inline]
    fn checkpoint_due(&self) -> u64 {
        self.checkpoints.last().map_or(0, |&(last, _)| last + self.spacing)
    }

    /// Keeps what is due and not there yet: a sample, landmarks, the present as a checkpoint.
    #[inline]
    fn keep(&mut self) {
        self.note_landmarks();
        let tick = self.tick();
        if tick == self.series.due() {
            self.series.record(&self.world);
        }
        if tick != self.checkpoint_due() {
            return;
        }
        self.checkpoints.push((tick, self.world.copy()));
        if self.checkpoints.len() > CHECKPOINTS {
            self.spacing *= 2;
            let spacing = self.spacing;
            self.checkpoints.retain(|&(tick, _)| tick.is_multiple_of(spacing));
        }
    }

    #[inline]
    fn note_landmarks(&mut self) {
        let fresh = self.world.log.take_fresh();
        let end = self.world.log.next_seq();
        self.landmarks.extend(&fresh.events, fresh.lost, end, &self.world.setup.topology);
    }
}
