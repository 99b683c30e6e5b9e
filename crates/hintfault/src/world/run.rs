//! The run loop: one occasion after the other, in order of (time, kind, id).

use crate::event::Event;
use crate::filter::EventFilter;
use crate::sched::task::Execution;
use crate::time::{Ns, Tick};
use crate::world::World;
use crate::world::timers::Occasion;

impl World {
    /// Runs until everything up to and including this moment has happened. A moment that has
    /// passed changes nothing.
    pub fn run_until(&mut self, until: Ns) {
        while self.next_at() <= until {
            self.step();
        }
        self.now = self.now.max(until);
    }

    /// Runs over so many ticks, up to and including what happens at the last one's moment.
    pub fn run_ticks(&mut self, ticks: u64) {
        let target = self.timers.ticks().saturating_add(ticks);
        self.run_until(self.timers.time_of_tick(target));
    }

    /// Runs until a wanted event has happened, at most up to a moment. Returns the event; none
    /// means that the moment was reached without.
    pub fn run_to_event(&mut self, wanted: EventFilter, until: Ns) -> Option<Event> {
        while self.next_at() <= until {
            let before = self.log.next_seq();
            self.step();
            let fresh = self.log.range(before, usize::MAX);
            if let Some(event) = fresh.into_iter().find(|event| wanted.matches(event)) {
                return Some(event);
            }
        }
        self.now = self.now.max(until);
        None
    }

    /// When a tick is, counted from the start of the scenario. Only exact for ticks of this
    /// run's past and future, not before its start.
    #[must_use]
    pub fn time_of_tick(&self, tick: Tick) -> Ns {
        self.timers.time_of_tick(tick.0)
    }

    /// The first tick at a moment or after it: everything up to the moment has happened there.
    #[must_use]
    #[inline]
    pub fn tick_from(&self, at: Ns) -> Tick {
        Tick(self.timers.tick_from(at))
    }

    /// Whether nothing has been decided yet about what is to happen from a moment on. A scan passes
    /// over many page tables in one go, up to where the next action would come in between.
    #[inline]
    pub(crate) fn is_open_from(&self, at: Ns) -> bool {
        let reaches_past = |exec: &Execution| exec.is_scanning() && self.now + exec.left > at;
        self.now < at && !self.tasks.iter().any(|task| reaches_past(&task.exec))
    }

    /// When something happens next.
    fn next_at(&self) -> Ns {
        let at = self.timers.next().0;
        #[cfg(feature = "shared-clock")]
        let at = at.min(self.next_stall());
        at
    }

    /// The next occasion.
    pub(crate) fn step(&mut self) {
        #[cfg(feature = "shared-clock")]
        if self.step_of_shared_clock() {
            return;
        }
        self.take_occasion();
        #[cfg(feature = "shared-clock")]
        self.pass_turn();
    }

    fn take_occasion(&mut self) {
        let (at, occasion) = self.timers.next();
        assert!(at >= self.now, "an occasion in the past");
        self.now = at;
        match occasion {
            Occasion::Tick(cpu) => {
                self.timers.pass_tick();
                #[cfg(feature = "shared-clock")]
                if self.misses_tick(cpu) {
                    return;
                }
                self.sched_tick(cpu);
                if cpu + 1 == self.rqs.len() {
                    self.calls.pass_tick();
                }
            }
            Occasion::WakeUp(task) => {
                self.timers.pass_wakeup();
                self.wake_by_timer(task);
            }
            Occasion::Release(process) => {
                self.timers.pass_release();
                self.release_mm(process);
            }
            Occasion::Action(index) => {
                self.timers.pass_action();
                self.apply_action(index);
            }
            Occasion::Interaction(cpu) => self.interact(cpu),
        }
    }
}
