//! The scanner one step at a time.

use super::Steps;
use crate::event::{EventKind, ScanQueued, ScanVerdict};
use crate::ids::TaskIdx;
use crate::numab::scan::ScanProgress;
use crate::sched::task::NumaWork;
use crate::time::Ns;

/// How far a scan has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScanStep {
    /// The next thing that it did: a VMA passed over or a window.
    Did(EventKind),
    /// It is over, and `task_numa_work` has returned.
    Over,
}

impl Steps {
    /// `task_tick_numa`: whether the tick uses up a period, and if so whether it queues the work.
    pub fn task_tick_numa(&mut self, task: TaskIdx) -> Option<ScanQueued> {
        self.world.tasks[task.index()].numa.work = NumaWork::Idle;
        self.world.task_tick_numa(task.index());
        self.world.tasks[task.index()].numa.work = NumaWork::Idle;
        self.fresh_events().into_iter().find_map(|kind| match kind {
            EventKind::PeriodConsumed { scan, .. } => Some(scan),
            _ => None,
        })
    }

    /// The beginning of `task_numa_work`, up to its VMAs. Returns what it decided.
    ///
    /// # Panics
    /// When a scan of this task is under way.
    pub fn task_numa_work(&mut self, task: TaskIdx) -> Option<ScanVerdict> {
        assert!(self.scans[task.index()].is_none(), "one scan a task");
        self.world.tasks[task.index()].numa.work = NumaWork::Queued;
        self.scans[task.index()] = self.world.task_numa_work(task.index());
        self.fresh_events().into_iter().find_map(|kind| match kind {
            EventKind::ScanBegin { verdict, .. } => Some(verdict),
            _ => None,
        })
    }

    /// Goes on with the scan of a task, if there is one, to the next thing that it does.
    pub fn next_of_scan(&mut self, task: TaskIdx) -> ScanStep {
        let Some(mut work) = self.scans[task.index()].take() else { return ScanStep::Over };
        loop {
            let progress = self.world.step_scan(task.index(), &mut work);
            let done = self.fresh_events().into_iter().find(is_of_vma);
            if progress == ScanProgress::Done {
                assert_eq!(done, None, "the end of a scan enters no VMA");
                return ScanStep::Over;
            }
            if let Some(kind) = done {
                self.scans[task.index()] = Some(work);
                return ScanStep::Did(kind);
            }
        }
    }

    /// Sets the runtime of a task, also while it scans.
    pub fn set_runtime(&mut self, task: TaskIdx, runtime: Ns) {
        self.world.tasks[task.index()].se.sum_exec_runtime = runtime;
    }
}

fn is_of_vma(kind: &EventKind) -> bool {
    matches!(kind, EventKind::SkipVma { .. } | EventKind::ScanWindow { .. })
}
