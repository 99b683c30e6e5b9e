//! One CPU's run queue with the pick of EEVDF (kernel/sched/fair.c, 6.12).

use alloc::vec::Vec;

use crate::ids::NodeId;
use crate::sched::pelt::{Contribution, SchedAvg};
use crate::sched::task::{Placement, SchedEntity, Task};
use crate::time::{Jiffies, Ns};

/// Nice-0 base slice before scaling with the number of CPUs (`sysctl_sched_base_slice`, 6.12).
const BASE_SLICE_NS: u64 = 700_000;
/// Weight of nice 0 (`NICE_0_LOAD`).
pub(crate) const NICE_0_LOAD: u64 = 1024;

/// `sysctl_sched_base_slice` of a machine with so many CPUs (`update_sysctl`).
pub(crate) fn base_slice(nr_cpus: usize) -> Ns {
    let factor = 1 + (nr_cpus.clamp(1, 8) as u64).ilog2();
    Ns(BASE_SLICE_NS * u64::from(factor))
}

/// `calc_delta_fair`: virtual time that a task of this weight makes in so much CPU time.
pub(crate) fn calc_delta_fair(delta: Ns, weight: u64) -> i64 {
    if weight == NICE_0_LOAD {
        return delta.0 as i64;
    }
    (u128::from(delta.0) * u128::from(NICE_0_LOAD) / u128::from(weight)) as i64
}

/// Tasks of one CPU.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunQueue {
    /// Who runs; none when the CPU is idle.
    pub(crate) curr: Option<usize>,
    /// Load of all tasks of the CPU, those that sleep included.
    pub(crate) avg: SchedAvg,
    /// What balancing remembers for each domain of the CPU.
    pub(crate) domains: Vec<DomainBalance>,
    /// When one of the domains is due next.
    pub(crate) next_balance: Jiffies,
    /// Who waits, ascending by task.
    waiting: Vec<usize>,
    /// Weight of the running task and of all that wait.
    load_weight: u64,
    /// Mean virtual runtime when the queue was last not empty.
    last_avg_vruntime: i64,
    next_stamp: u64,
}

/// What balancing remembers for one domain of one CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct DomainBalance {
    pub(crate) last_balance: Jiffies,
    pub(crate) balance_interval_ms: u32,
    pub(crate) nr_balance_failed: u32,
}

impl RunQueue {
    /// An empty queue with what balancing knows at the start.
    pub(crate) fn new(domains: Vec<DomainBalance>, now: Jiffies) -> Self {
        Self { domains, next_balance: now, ..Self::default() }
    }

    pub(crate) fn waiting(&self) -> &[usize] {
        &self.waiting
    }

    /// `nr_running`: the running task and all that wait.
    pub(crate) fn nr_running(&self) -> usize {
        self.waiting.len() + usize::from(self.curr.is_some())
    }

    /// `idle_cpu`.
    pub(crate) fn is_idle(&self) -> bool {
        self.nr_running() == 0
    }

    /// All tasks of the queue, the running one last.
    pub(crate) fn queued(&self) -> impl Iterator<Item = usize> {
        self.waiting.iter().chain(&self.curr).copied()
    }

    /// `nr_numa_running`: tasks that have a preferred node.
    pub(crate) fn nr_numa_running(&self, tasks: &[Task]) -> usize {
        self.queued().filter(|&task| tasks[task].numa.preferred_nid.is_some()).count()
    }

    /// `nr_preferred_running`: tasks whose preferred node is this one, the CPU's.
    pub(crate) fn nr_preferred_running(&self, tasks: &[Task], nid: NodeId) -> usize {
        self.queued().filter(|&task| tasks[task].numa.preferred_nid == Some(nid)).count()
    }

    /// Adds a task that waits; it comes last among those that balancing may take.
    pub(crate) fn push_waiting(&mut self, task: usize, se: &mut SchedEntity) {
        let place = self.waiting.partition_point(|&other| other < task);
        assert!(self.waiting.get(place) != Some(&task), "task queued twice");
        self.waiting.insert(place, task);
        self.load_weight += se.weight;
        self.touch(se);
    }

    /// Takes out a task that waits.
    pub(crate) fn remove_waiting(&mut self, task: usize, se: &SchedEntity) {
        let place = self.waiting.binary_search(&task);
        assert!(place.is_ok(), "task is not queued here");
        self.waiting.retain(|&other| other != task);
        self.load_weight -= se.weight;
    }

    /// Another task stands in the place of one of this queue, with all that it had.
    pub(crate) fn rename(&mut self, old: usize, new: usize) {
        if self.curr == Some(old) {
            self.curr = Some(new);
        }
        if self.waiting.binary_search(&old).is_ok() {
            self.waiting.retain(|&other| other != old);
            let place = self.waiting.partition_point(|&other| other < new);
            self.waiting.insert(place, new);
        }
    }

    /// `set_next_entity`: gives the CPU to a task that waits.
    pub(crate) fn set_next(&mut self, task: usize, se: &mut SchedEntity) {
        assert!(self.curr.is_none(), "two tasks on one CPU");
        self.remove_waiting(task, se);
        self.load_weight += se.weight;
        self.curr = Some(task);
        se.protected_deadline = Some(se.deadline);
        self.touch(se);
    }

    /// `put_prev_entity`: the running task, which still wants to run, waits.
    pub(crate) fn put_prev(&mut self) -> Option<usize> {
        let prev = self.curr.take()?;
        let place = self.waiting.partition_point(|&other| other < prev);
        self.waiting.insert(place, prev);
        Some(prev)
    }

    /// The running task leaves the queue.
    pub(crate) fn take_curr(&mut self, se: &SchedEntity) {
        assert!(self.curr.is_some(), "nobody runs");
        self.curr = None;
        self.load_weight -= se.weight;
    }

    /// Puts a task to the front of `cfs_tasks`, where balancing looks last.
    pub(crate) fn touch(&mut self, se: &mut SchedEntity) {
        se.list_stamp = self.next_stamp;
        self.next_stamp += 1;
    }

    /// What the queue as it is adds to its load.
    pub(crate) fn contribution(&self) -> Contribution {
        Contribution {
            load: self.load_weight,
            runnable: self.nr_running() as u64,
            running: u64::from(self.curr.is_some()),
        }
    }

    /// `avg_vruntime`: mean virtual runtime of all queued tasks by weight, rounded down.
    pub(crate) fn avg_vruntime(&mut self, tasks: &[Task]) -> i64 {
        if self.load_weight > 0 {
            let weighted = |task: usize| i128::from(tasks[task].se.vruntime) * i128::from(tasks[task].se.weight);
            let sum: i128 = self.queued().map(weighted).sum();
            self.last_avg_vruntime = sum.div_euclid(i128::from(self.load_weight)) as i64;
        }
        self.last_avg_vruntime
    }

    /// `place_entity`: virtual runtime and deadline of a task that is about to be queued. It
    /// keeps the lag it left with, stretched since its own weight shifts the mean.
    pub(crate) fn place_entity(&mut self, tasks: &mut [Task], task: usize, slice: Ns) {
        let others = self.load_weight as i64;
        let mean = self.avg_vruntime(tasks);
        let se = &mut tasks[task].se;
        let lag = if others == 0 { 0 } else { se.vlag * (others + se.weight as i64) / others };
        se.vruntime = mean - lag;
        let whole_slice = calc_delta_fair(slice, se.weight);
        se.deadline = se.vruntime
            + match se.placement {
                Placement::Initial => whole_slice / 2,
                Placement::Woken => whole_slice,
                Placement::Moved(left) => left,
            };
    }

    /// `update_entity_lag`: how far a task that leaves the queue lags behind the mean.
    pub(crate) fn update_entity_lag(&mut self, tasks: &mut [Task], task: usize, longest: Ns) {
        let mean = self.avg_vruntime(tasks);
        let se = &mut tasks[task].se;
        let limit = calc_delta_fair(longest, se.weight);
        se.vlag = (mean - se.vruntime).clamp(-limit, limit);
    }

    /// `pick_eevdf`: the earliest deadline of those that are not ahead of the mean; the one that
    /// has waited longest on ties. The running task goes on while it is not ahead and its slice
    /// lasts.
    pub(crate) fn pick_eevdf(&mut self, tasks: &[Task]) -> Option<usize> {
        if self.waiting.is_empty() {
            return self.curr;
        }
        let mean = self.avg_vruntime(tasks);
        if let Some(curr) = self.curr {
            let se = &tasks[curr].se;
            if se.vruntime <= mean && se.protected_deadline == Some(se.deadline) {
                return Some(curr);
            }
        }
        let eligible = self.queued().filter(|&task| tasks[task].se.vruntime <= mean);
        eligible.min_by_key(|&task| (tasks[task].se.deadline, tasks[task].se.list_stamp))
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

    #[test]
    fn virtual_time_runs_slower_for_heavy_tasks() {
        let after_1_ms = [15, 1024, 88_761].map(|weight| calc_delta_fair(Ns::from_ms(1), weight));
        assert_eq!(after_1_ms, [68_266_666, 1_000_000, 11_536]);
    }
}
