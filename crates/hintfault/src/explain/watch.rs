//! Seeing a decision while it is made. A world that somebody watches keeps itself, as it was just
//! before each decision of the occasion that is replayed. Nobody watches an ordinary run.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::explain::check::Chain;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::ids::VirtAddr;
use crate::numab::scan::{ScanWork, Stage};
use crate::sched::detach::Pull;
use crate::world::World;

/// Which decision is about to be made, and for which task, by place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Site {
    /// `task_tick_numa`, with a period used up.
    Tick(usize),
    /// `task_numa_work`.
    Work(usize),
    /// A step of the scan.
    Scan(usize, ScanWork),
    /// `task_numa_placement` after a new pass.
    Placement(usize),
    /// `task_numa_migrate`.
    Migrate(usize),
    /// Where a sleeper wakes up.
    Wake(usize),
    /// Whether the load balancer takes a waiting task.
    Detach(Pull),
    /// The load balancer pushes a task away.
    Push { task: usize, dst: usize, level: usize },
    /// A task is about to belong to another CPU.
    Move { task: usize, to: usize },
}

/// What somebody wants to see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// Every decision.
    All,
    /// The latest step of a task's scan that began in a window at or before an address.
    Window(usize, VirtAddr),
}

/// A world just before a decision.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) site: Site,
    pub(crate) world: World,
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) wanted: Wanted,
    /// In order of time.
    pub(crate) moments: Vec<Moment>,
    /// Tests that were noted while they were made.
    pub(crate) trail: Chain,
}

impl Watch {
    #[inline]
    pub(crate) fn new(wanted: Wanted) -> Box<Self> {
        Box::new(Self { wanted, moments: Vec::new(), trail: Chain::default() })
    }

    #[inline]
    fn keep(&mut self, site: Site, world: &World) {
        match (self.wanted, site) {
            (Wanted::All, Site::Migrate(_)) => self.trail = Chain::default(),
            (Wanted::All, _) => {}
            (Wanted::Window(task, addr), Site::Scan(of, ScanWork { stage: Stage::Window(window), .. }))
                if task == of && window.at <= addr && window.at < window.end =>
            {
                self.moments.clear();
            }
            (Wanted::Window(..), _) => return,
        }
        self.moments.push(Moment { site, world: world.copy() });
    }
}

/// Who watches a world, if anybody. A copy of the world is not watched.
#[derive(Debug, Default)]
pub(crate) struct Watcher(Option<Box<Watch>>);

impl Clone for Watcher {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Watcher {
    #[inline]
    pub(crate) fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

impl World {
    /// Begins to watch.
    pub(crate) fn watch_with(&mut self, watch: Box<Watch>) {
        self.watch.0 = Some(watch);
    }

    /// Ends watching.
    pub(crate) fn take_watch(&mut self) -> Option<Box<Watch>> {
        self.watch.0.take()
    }

    /// A decision is about to be made.
    #[inline]
    pub(crate) fn about_to(&mut self, site: Site) {
        if self.watch.is_some() {
            self.keep_moment(site);
        }
    }

    #[cold]
    fn keep_moment(&mut self, site: Site) {
        let Some(mut watch) = self.take_watch() else { return };
        watch.keep(site, self);
        self.watch_with(watch);
    }

    /// A test was made that leaves no trace in the state; only for code that seldom runs.
    #[inline]
    pub(crate) fn note(&mut self, test: Test, outcome: bool, operands: &[Value]) {
        if self.watch.is_some() {
            self.keep_test(test, outcome, operands);
        }
    }

    #[cold]
    fn keep_test(&mut self, test: Test, outcome: bool, operands: &[Value]) {
        if let Some(watch) = &mut self.watch.0 {
            watch.trail.ask(test, outcome, operands);
        }
    }
}
