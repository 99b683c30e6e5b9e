//! From an event back to the decision that led to it.

use crate::event::{Event, EventKind, MoveCause};
use crate::explain::check::Chain;
use crate::explain::verdict::Verdict;
use crate::explain::watch::{Moment, Site, Wanted, Watch};
use crate::explain::{End, Explanation};
use crate::history::History;
use crate::ids::PageIdx;
use crate::numab::scan::{ScanWork, Stage};
use crate::time::Ns;
use crate::world::World;

/// The occasion that led to an event, replayed.
pub(crate) struct Replay {
    pub(crate) event: Event,
    /// The world before it.
    pub(crate) before: World,
    /// The world after it.
    pub(crate) after: World,
    pub(crate) watch: Watch,
}

impl History {
    /// Explains an event. None if it has not happened (yet).
    #[inline]
    #[must_use]
    pub fn explain(&self, seq: u64) -> Option<Explanation> {
        let replay = self.replay(seq, Wanted::All)?;
        let mut chain = Chain::default();
        let end = replay.explain(&mut chain);
        Some(self.explained(Some(replay.event), chain, end))
    }

    /// Explains what a window did to one page of it. None if the event has not happened or is no
    /// window over the page.
    #[inline]
    #[must_use]
    pub fn explain_entry(&self, seq: u64, page: PageIdx) -> Option<Explanation> {
        let whole = self.replay(seq, Wanted::All)?;
        let EventKind::ScanWindow { process, vma, start, end, .. } = whole.event.kind else { return None };
        let of = whole.before.mms.get(process.index())?.vmas.get(vma.index())?;
        let addr = of.start.add_pages(page.0.into());
        if !(start..end).contains(&addr) {
            return None;
        }
        let since = whole.begin_of_window();
        let replay = self.replay_since(whole.event, since, Wanted::Window(whole.task(), addr));
        let mut chain = Chain::default();
        let end = replay.explain_entry(page, &mut chain);
        Some(self.explained(Some(replay.event), chain, end))
    }

    /// Replays the occasion of an event.
    #[inline]
    pub(crate) fn replay(&self, seq: u64, wanted: Wanted) -> Option<Replay> {
        let event = self.event(seq)?;
        Some(self.replay_since(event, event.time, wanted))
    }

    /// Replays up to an event, and watches from a moment on.
    #[inline]
    fn replay_since(&self, event: Event, since: Ns, wanted: Wanted) -> Replay {
        let mut before = self.checkpoint_at(event.seq, since).copy();
        if since > Ns::ZERO {
            before.run_until(Ns(since.0 - 1));
        }
        let mut watch = Watch::new(wanted);
        loop {
            let mut after = before.copy();
            if wanted == Wanted::All {
                watch = Watch::new(wanted);
            }
            after.watch_with(watch);
            after.step();
            let Some(seen) = after.take_watch() else { unreachable!("a watch stays") };
            if after.log.next_seq() > event.seq {
                return Replay { event, before, after, watch: *seen };
            }
            (watch, before) = (seen, after);
        }
    }

    /// An event of this run, also one that the log has lost.
    #[inline]
    #[must_use]
    pub fn event(&self, seq: u64) -> Option<Event> {
        let log = &self.world().log;
        if seq >= log.next_seq() {
            return None;
        }
        if seq >= log.first_seq() {
            return Some(log.get(seq));
        }
        let mut world = self.checkpoint_before(seq).copy();
        while world.log.next_seq() <= seq {
            world.step();
        }
        Some(world.log.get(seq))
    }
}

impl Replay {
    #[inline]
    fn explain(&self, chain: &mut Chain) -> End {
        match self.event.kind {
            EventKind::HintFault { page, .. } => self.at_fault().explain_fault(self.task(), page, chain),
            EventKind::JoinGroup { gid, .. } => self.explain_group(gid, chain),
            EventKind::PeriodConsumed { .. }
            | EventKind::ScanBegin { .. }
            | EventKind::SkipVma { .. }
            | EventKind::ScanWindow { .. }
            | EventKind::Placement { .. }
            | EventKind::SetPreferred { .. }
            | EventKind::TaskStuck { .. } => self.explain_moment(chain),
            EventKind::TaskMoved { cause: MoveCause::NumaMove | MoveCause::NumaSwap, .. } => {
                let end = self.explain_moment(chain);
                self.ask_scan_period(chain);
                end
            }
            EventKind::TaskMoved { from, to, cause } => self.explain_moved([from, to], cause, chain),
            EventKind::FirstTouch { page, .. } => self.at_fault().explain_first_touch(self.task(), page, chain),
            EventKind::WriteProtectFault { page } => self.at_fault().explain_reuse(page, chain),
            EventKind::OutOfMemory { .. } => self.explain_out_of_memory(chain),
            EventKind::ScanEnd { .. } => self.explain_moment(chain),
            EventKind::ActionApplied { refused: None, .. } => (Verdict::Applied, None),
            EventKind::ActionApplied { refused: Some(rule), .. } => (Verdict::Refused(rule), None),
            EventKind::TaskExit => self.explain_exit(chain),
            EventKind::Fork { child, .. } | EventKind::Clone { child } => self.explain_birth(child.index(), chain),
            EventKind::Exec { .. } => self.explain_exec(chain),
        }
    }

    /// Asks the world as it was at the last decision before the event.
    #[inline]
    fn explain_moment(&self, chain: &mut Chain) -> End {
        let Some(Moment { site, world }) = self.moment() else { return (Verdict::Given, None) };
        match *site {
            Site::Tick(task) => world.explain_tick(task, chain),
            Site::Work(task) => world.explain_work(task, chain),
            Site::Scan(task, work) => match work.stage {
                Stage::Enter(vma) => world.explain_vma(task, work, vma, chain),
                Stage::Window(window) => world.explain_window(task, &work, window, chain),
                Stage::Out(vma) => world.explain_scan_end(task, &work, vma, &self.event, chain),
                Stage::Retry => (Verdict::Given, None),
            },
            Site::Placement(task) => {
                let placed = world.explain_placement(task, chain);
                match self.event.kind {
                    EventKind::SetPreferred { .. } => {
                        (Verdict::Preferred(placed.wanted), world.next_of_placement(task))
                    }
                    _ => (placed.verdict(), world.next_of_placement(task)),
                }
            }
            Site::Migrate(task) => world.explain_migrate(task, &self.event, &self.watch.trail, chain),
            Site::Wake(_) | Site::Detach(_) | Site::Push { .. } | Site::Move { .. } => (Verdict::Given, None),
        }
    }

    /// The page that was asked for is the one that the task wanted to touch.
    #[inline]
    fn explain_out_of_memory(&self, chain: &mut Chain) -> End {
        let world = self.at_fault();
        match world.page_wanted(self.task()) {
            Some(page) => world.explain_first_touch(self.task(), page, chain),
            None => (Verdict::OutOfMemory, None),
        }
    }

    #[inline]
    fn explain_entry(&self, page: PageIdx, chain: &mut Chain) -> End {
        let Some(Moment { site: Site::Scan(task, ScanWork { stage: Stage::Window(window), .. }), world }) =
            self.moment()
        else {
            return (Verdict::Given, None);
        };
        world.explain_entry(*task, window.vma, page, Some(*window), chain)
    }

    /// When a window began at the latest: with what the same task did before in its scan.
    #[inline]
    fn begin_of_window(&self) -> Ns {
        let log = &self.after.log;
        let is_of_scan = |kind: &EventKind| {
            matches!(kind, EventKind::ScanBegin { .. } | EventKind::SkipVma { .. } | EventKind::ScanWindow { .. })
        };
        let mut earlier = (log.first_seq()..self.event.seq).rev().map(|seq| log.get(seq));
        let before = earlier.find(|before| before.task == self.event.task && is_of_scan(&before.kind));
        before.map_or(Ns::ZERO, |before| before.time)
    }

    #[inline]
    pub(crate) fn task(&self) -> usize {
        self.event.task.index()
    }

    /// The world in which a running task takes a fault: nothing else happens before on that
    /// occasion.
    #[inline]
    pub(crate) fn at_fault(&self) -> World {
        let mut world = self.before.copy();
        world.now = world.timers.next().0;
        world.settle(self.task());
        world
    }

    /// Events of the occasion up to the one in question.
    #[inline]
    pub(crate) fn events(&self) -> impl Iterator<Item = Event> {
        (self.before.log.next_seq()..=self.event.seq).map(|seq| self.after.log.get(seq))
    }

    /// What was seen before the event, the latest first.
    #[inline]
    pub(crate) fn moments(&self) -> impl Iterator<Item = &Moment> {
        self.watch.moments.iter().rev().filter(|moment| moment.world.log.next_seq() <= self.event.seq)
    }

    /// Everything of the occasion.
    #[inline]
    pub(crate) fn whole_occasion(&self) -> impl Iterator<Item = Event> {
        (self.before.log.next_seq()..self.after.log.next_seq()).map(|seq| self.after.log.get(seq))
    }

    /// The last decision before the event.
    #[inline]
    pub(crate) fn moment(&self) -> Option<&Moment> {
        self.moments().find(|moment| !matches!(moment.site, Site::Move { .. }))
    }
}
