//! One CPU's run queue with the pick of EEVDF (kernel/sched/fair.c, 6.12), all tasks at nice 0.

use alloc::vec::Vec;

use crate::sched::task::Task;
use crate::time::Ns;

/// Nice-0 base slice before scaling with the number of CPUs (`sysctl_sched_base_slice`, 6.12).
const BASE_SLICE_NS: u64 = 700_000;

/// `sysctl_sched_base_slice` of a machine with so many CPUs (`update_sysctl`).
pub(crate) fn base_slice(nr_cpus: usize) -> Ns {
    let factor = 1 + (nr_cpus.clamp(1, 8) as u64).ilog2();
    Ns(BASE_SLICE_NS * u64::from(factor))
}

/// Tasks of one CPU.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunQueue {
    /// Who runs; none when the CPU is idle.
    pub(crate) curr: Option<usize>,
    /// Who waits, ascending by task.
    waiting: Vec<usize>,
    /// Mean virtual runtime when the queue was last not empty.
    last_avg_vruntime: i64,
}

impl RunQueue {
    pub(crate) fn waiting(&self) -> &[usize] {
        &self.waiting
    }

    /// `nr_running`: the running task and all that wait.
    pub(crate) fn nr_running(&self) -> usize {
        self.waiting.len() + usize::from(self.curr.is_some())
    }

    /// Adds a task that waits.
    pub(crate) fn push_waiting(&mut self, task: usize) {
        let place = self.waiting.partition_point(|&other| other < task);
        assert!(self.waiting.get(place) != Some(&task), "task queued twice");
        self.waiting.insert(place, task);
    }

    /// Takes out a task that waits.
    pub(crate) fn remove_waiting(&mut self, task: usize) {
        let place = self.waiting.iter().position(|&other| other == task);
        assert!(place.is_some(), "task is not queued here");
        self.waiting.retain(|&other| other != task);
    }

    /// `avg_vruntime`: mean virtual runtime of all queued tasks, rounded down.
    pub(crate) fn avg_vruntime(&mut self, tasks: &[Task]) -> i64 {
        let queued = self.waiting.iter().chain(&self.curr);
        let sum: i128 = queued.map(|&task| i128::from(tasks[task].se.vruntime)).sum();
        let count = self.nr_running() as i128;
        if count > 0 {
            self.last_avg_vruntime = sum.div_euclid(count) as i64;
        }
        self.last_avg_vruntime
    }

    /// `place_entity`: virtual runtime and deadline of a task that is about to be queued. It
    /// keeps the lag it left with, stretched since its own weight shifts the mean.
    pub(crate) fn place_entity(&mut self, tasks: &mut [Task], task: usize, slice: Ns) {
        let others = self.nr_running() as i64;
        let mean = self.avg_vruntime(tasks);
        let se = &mut tasks[task].se;
        let lag = if others == 0 { 0 } else { se.vlag * (others + 1) / others };
        se.vruntime = mean - lag;
        se.deadline = se.vruntime + slice.0 as i64;
    }

    /// `update_entity_lag`: how far a task that leaves the queue lags behind the mean.
    pub(crate) fn update_entity_lag(&mut self, tasks: &mut [Task], task: usize, limit: Ns) {
        let mean = self.avg_vruntime(tasks);
        let se = &mut tasks[task].se;
        se.vlag = (mean - se.vruntime).clamp(-(limit.0 as i64), limit.0 as i64);
    }

    /// `pick_eevdf` among the waiting and the running: the earliest deadline of those that are
    /// not ahead of the mean; the lower task number on ties.
    pub(crate) fn pick_eevdf(&mut self, tasks: &[Task]) -> Option<usize> {
        let mean = self.avg_vruntime(tasks);
        let queued = self.waiting.iter().chain(&self.curr).copied();
        let eligible = queued.filter(|&task| tasks[task].se.vruntime <= mean);
        eligible.min_by_key(|&task| (tasks[task].se.deadline, task))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slice_grows_with_the_machine_up_to_eight_cpus() {
        let slices: Vec<u64> = [1, 2, 4, 7, 8, 256].map(|n| base_slice(n).0 / 1000).into();
        assert_eq!(slices, [700, 1400, 2100, 2100, 2800, 2800]);
    }
}
