//! Summing up a pass: which node a task belongs to and how fast to scan on
//! (`task_numa_placement`, `update_task_scan_period`, `numa_migrate_preferred`;
//! kernel/sched/fair.c, 6.12).

use crate::calls::Function;
use crate::event::EventKind;
use crate::explain::watch::Site;
use crate::ids::NodeId;
use crate::numab::scan_period::task_scan_min;
use crate::numab::stats::{FaultStat, NR_NUMA_HINT_FAULT_TYPES, task_faults_idx};
use crate::sched::pelt::LOAD_AVG_MAX;
use crate::time::Ns;
use crate::world::World;

/// Parts into which a period is divided for adjusting it.
const NUMA_PERIOD_SLOTS: u64 = 10;
/// Slots of local or private faults from which on scanning slows down.
pub(crate) const NUMA_PERIOD_THRESHOLD: u64 = 7;

/// Runtime and wall time since the last placement (`numa_get_avg_runtime`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct AvgRuntime {
    runtime: u64,
    period: u64,
}

/// What `update_task_scan_period` reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PeriodInputs {
    pub(crate) scan_period_ms: u32,
    pub(crate) scan_period_max_ms: u32,
    /// `task_scan_min` and `task_scan_max` as they are now.
    pub(crate) limits_ms: (u32, u32),
    /// `numa_faults_locality`: remote, local, failed.
    pub(crate) locality: [u64; 3],
    pub(crate) shared: u64,
    pub(crate) private: u64,
}

/// How the scan period goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NextPeriod {
    /// Doubled, and the next scan is put off by it: nothing local or shared was learnt, or
    /// migrations failed.
    Postponed(u32),
    /// Adjusted by how local and how private the faults were.
    Adjusted(u32),
}

impl NextPeriod {
    /// The period in ms.
    pub(crate) fn ms(self) -> u32 {
        match self {
            Self::Postponed(ms) | Self::Adjusted(ms) => ms,
        }
    }
}

/// `update_task_scan_period` (6.12), all but its storing.
pub(crate) fn next_scan_period(inputs: &PeriodInputs) -> NextPeriod {
    if inputs.is_nothing_learnt() || inputs.has_failures() {
        let doubled = inputs.scan_period_ms.wrapping_shl(1);
        return NextPeriod::Postponed(inputs.scan_period_max_ms.min(doubled));
    }
    let (min, max) = inputs.limits_ms;
    NextPeriod::Adjusted(inputs.unclamped_ms().clamp(min, max))
}

impl PeriodInputs {
    /// Neither local nor shared faults: nothing says that scanning helps.
    pub(crate) fn is_nothing_learnt(&self) -> bool {
        self.locality[1] + self.shared == 0
    }

    /// Pages could not be moved.
    pub(crate) fn has_failures(&self) -> bool {
        self.locality[2] > 0
    }

    /// Tenths of the faults that were local, and that were private, if there were any.
    pub(crate) fn slots(&self) -> (u64, u64) {
        let [remote, local, _] = self.locality;
        let of = |part: u64, rest: u64| part * NUMA_PERIOD_SLOTS / (part + rest);
        (of(local, remote), of(self.private, self.shared))
    }

    /// The period by how local and how private the faults were, before it is cut.
    pub(crate) fn unclamped_ms(&self) -> u32 {
        let slot = i64::from(self.scan_period_ms.div_ceil(NUMA_PERIOD_SLOTS as u32));
        let (local_slots, private_slots) = self.slots();
        let slower_by = |slots: u64| (slots - NUMA_PERIOD_THRESHOLD).max(1) as i64 * slot;
        let diff = if private_slots >= NUMA_PERIOD_THRESHOLD {
            slower_by(private_slots)
        } else if local_slots >= NUMA_PERIOD_THRESHOLD {
            slower_by(local_slots)
        } else {
            -((NUMA_PERIOD_THRESHOLD - local_slots.max(private_slots)) as i64 * slot)
        };
        // The kernel stores the sum as unsigned before it clamps.
        (i64::from(self.scan_period_ms) + diff) as u32
    }
}

/// One decayed figure: half of the old one, cut off, goes; the new faults come.
fn decayed_diff(new: u64, old: u64) -> u64 {
    new.wrapping_sub(old / 2)
}

impl World {
    /// `task_numa_placement` (6.12): once a pass, decays the statistics, adds what came since,
    /// chooses the preferred node and adjusts the scan period.
    pub(crate) fn task_numa_placement(&mut self, task: usize) {
        let seq = self.mm_of(task).numa_scan_seq;
        if self.tasks[task].numa.scan_seq == seq {
            return;
        }
        self.about_to(Site::Placement(task));
        let old_period_ms = self.tasks[task].numa.scan_period_ms;
        let (max_nid, types) = self.sum_up_pass(task);
        let nearest = max_nid.map(|nid| self.setup.topology.nearest_cpu_node(nid));
        let wanted = nearest.map(|nid| self.preferred_group_nid(task, nid));
        if wanted.is_some() && wanted != self.tasks[task].numa.preferred_nid {
            self.sched_setnuma(task, wanted);
        }
        self.update_task_scan_period(task, types[0], types[1]);
        let new_period_ms = self.tasks[task].numa.scan_period_ms;
        self.emit(task, EventKind::Placement { max_nid, old_period_ms, new_period_ms });
    }

    /// All of `task_numa_placement` that comes before its choice. Returns the node with most faults,
    /// and the new faults by kind.
    pub(crate) fn sum_up_pass(&mut self, task: usize) -> (Option<NodeId>, [u64; 2]) {
        self.tasks[task].numa.scan_seq = self.mm_of(task).numa_scan_seq;
        self.tasks[task].numa.scan_period_max_ms = self.task_scan_max(task);
        let avg = self.numa_get_avg_runtime(task);
        let summed = self.fold_fault_buffers(task, avg);
        if let Some(group) = self.tasks[task].numa.group {
            self.numa_group_count_active_nodes(group);
        }
        summed
    }

    /// The loop over nodes of `task_numa_placement`. Returns the node with most faults, and the
    /// new faults by kind.
    fn fold_fault_buffers(&mut self, task: usize, avg: AvgRuntime) -> (Option<NodeId>, [u64; 2]) {
        let setup = self.setup.clone();
        let total = self.tasks[task].numa.locality[0] + self.tasks[task].numa.locality[1];
        let (mut max_faults, mut max_nid, mut types) = (0, None, [0; NR_NUMA_HINT_FAULT_TYPES]);
        for &nid in setup.topology.online() {
            let mut faults = 0;
            for (private, sum) in types.iter_mut().enumerate() {
                let (fresh, mem) = self.fold_node(task, nid, private, avg, total);
                *sum += fresh;
                faults += mem;
            }
            if faults > max_faults {
                (max_faults, max_nid) = (faults, Some(nid));
            }
        }
        (max_nid, types)
    }

    /// One node and kind, for the task and its group. Returns the fresh faults and the decayed
    /// figure, the group's if there is one.
    fn fold_node(&mut self, task: usize, nid: NodeId, private: usize, avg: AvgRuntime, total: u64) -> (u64, u64) {
        let nr_node_ids = self.setup.topology.nr_node_ids();
        let index = |stat| task_faults_idx(stat, nr_node_ids, nid, private);
        let numa = &mut self.tasks[task].numa;
        let fresh = core::mem::take(&mut numa.faults[index(FaultStat::MemBuf)]);
        let fresh_cpu = core::mem::take(&mut numa.faults[index(FaultStat::CpuBuf)]);
        let share = (avg.runtime << 16) / (avg.period + 1);
        let weight = share.wrapping_mul(fresh_cpu) / (total + 1);
        let mem = &mut numa.faults[index(FaultStat::Mem)];
        let diff = decayed_diff(fresh, *mem);
        *mem = mem.wrapping_add(diff);
        let mem = *mem;
        let cpu = &mut numa.faults[index(FaultStat::Cpu)];
        let cpu_diff = decayed_diff(weight, *cpu);
        *cpu = cpu.wrapping_add(cpu_diff);
        numa.total_faults = numa.total_faults.wrapping_add(diff);
        let Some(group) = numa.group else { return (fresh, mem) };
        let group = &mut self.groups[group];
        let add = |sum: &mut u64, diff: u64| *sum = sum.wrapping_add(diff);
        add(&mut group.faults[index(FaultStat::Mem)], diff);
        add(&mut group.faults[index(FaultStat::Cpu)], cpu_diff);
        add(&mut group.total_faults, diff);
        (fresh, group.faults[index(FaultStat::Mem)])
    }

    /// `numa_get_avg_runtime` (6.12).
    fn numa_get_avg_runtime(&mut self, task: usize) -> AvgRuntime {
        let se = self.tasks[task].se;
        let numa = &mut self.tasks[task].numa;
        let avg = if numa.last_placement == Ns::ZERO {
            AvgRuntime { runtime: se.avg.load_sum(), period: LOAD_AVG_MAX }
        } else {
            AvgRuntime {
                runtime: (se.sum_exec_runtime - numa.last_sum_exec_runtime).0,
                period: se.exec_start.saturating_since(numa.last_placement).0,
            }
        };
        numa.last_sum_exec_runtime = se.sum_exec_runtime;
        numa.last_placement = se.exec_start;
        avg
    }

    /// `update_task_scan_period` (6.12).
    fn update_task_scan_period(&mut self, task: usize, shared: u64, private: u64) {
        self.calls.count(Function::UpdateTaskScanPeriod);
        let next = next_scan_period(&self.period_inputs(task, shared, private));
        let numa = &mut self.tasks[task].numa;
        numa.scan_period_ms = next.ms();
        numa.locality = [0; 3];
        if let NextPeriod::Postponed(ms) = next {
            let next_scan = self.jiffies().plus(self.hz().msecs_to_jiffies(ms));
            self.mms[self.tasks[task].mm].numa_next_scan = next_scan;
        }
    }

    /// What `update_task_scan_period` reads of a task as it is.
    pub(crate) fn period_inputs(&self, task: usize, shared: u64, private: u64) -> PeriodInputs {
        let min_ms = task_scan_min(&self.sysctl, self.mm_of(task).rss_pages);
        let numa = &self.tasks[task].numa;
        PeriodInputs {
            scan_period_ms: numa.scan_period_ms,
            scan_period_max_ms: numa.scan_period_max_ms,
            limits_ms: (min_ms, self.task_scan_max(task)),
            locality: numa.locality,
            shared,
            private,
        }
    }

    /// `update_scan_period` (6.12): a task is about to move to another CPU. Away from its
    /// preferred node, or without one, it starts to scan anew; between other nodes not.
    pub(crate) fn update_scan_period(&mut self, task: usize, new_cpu: usize) {
        let (src, dst) = (self.node_of_task(task), self.setup.topology.node_of(new_cpu));
        let numa = &self.tasks[task].numa;
        if self.sysctl.numa_balancing == 0 || numa.faults.is_empty() || src == dst {
            return;
        }
        let preferred = numa.preferred_nid;
        let comes_home = preferred == Some(dst);
        let was_away = preferred.is_some() && preferred != Some(src);
        if numa.scan_seq != 0 && (comes_home || was_away) {
            return;
        }
        self.tasks[task].numa.scan_period_ms = self.task_scan_start(task);
    }

    /// `sched_setnuma` (kernel/sched/core.c, 6.12).
    pub(crate) fn sched_setnuma(&mut self, task: usize, nid: Option<NodeId>) {
        self.tasks[task].numa.preferred_nid = nid;
        self.emit(task, EventKind::SetPreferred { nid });
    }

    /// `numa_migrate_preferred` (6.12): tries to bring a task to its preferred node, and notes
    /// when to try again.
    pub(crate) fn numa_migrate_preferred(&mut self, task: usize) {
        self.calls.count(Function::NumaMigratePreferred);
        const TRIES_PER_PERIOD: u64 = 16;
        let numa = &self.tasks[task].numa;
        if numa.preferred_nid.is_none() || numa.faults.is_empty() {
            return;
        }
        let hz = self.hz();
        let interval = hz.get().min(hz.msecs_to_jiffies(numa.scan_period_ms) / TRIES_PER_PERIOD);
        self.tasks[task].numa.migrate_retry = self.jiffies().plus(interval);
        if self.tasks[task].numa.preferred_nid != Some(self.node_of_task(task)) {
            self.task_numa_migrate(task);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(period: u32, local: u64, remote: u64, failed: u64, private: u64, shared: u64) -> NextPeriod {
        next_scan_period(&PeriodInputs {
            scan_period_ms: period,
            scan_period_max_ms: 15_000,
            limits_ms: (250, 15_000),
            locality: [remote, local, failed],
            shared,
            private,
        })
    }

    #[test]
    fn periods_follow_the_worked_examples() {
        use NextPeriod::{Adjusted, Postponed};
        assert_eq!(next(1000, 900, 100, 0, 950, 50), Adjusted(1200));
        assert_eq!(next(1000, 100, 900, 0, 1000, 0), Adjusted(1300));
        assert_eq!(next(1000, 100, 900, 0, 700, 300), Adjusted(1100));
        assert_eq!(next(1000, 800, 200, 0, 300, 700), Adjusted(1100));
        assert_eq!(next(1000, 300, 700, 0, 400, 600), Adjusted(700));
        assert_eq!(next(300, 50, 50, 0, 10, 90), Adjusted(250));
        assert_eq!(next(1000, 0, 500, 0, 500, 0), Postponed(2000));
        assert_eq!(next(1000, 0, 500, 0, 499, 1), Adjusted(1200));
        assert_eq!(next(1000, 500, 500, 12, 900, 100), Postponed(2000));
        assert_eq!(next(14_000, 1000, 0, 0, 1000, 0), Adjusted(15_000));
    }

    #[test]
    fn an_idle_figure_decays_to_one_and_stays() {
        let mut figure = 600u64;
        for expected in [300, 150, 75, 38, 19, 10, 5, 3, 2, 1, 1] {
            figure = figure.wrapping_add(decayed_diff(0, figure));
            assert_eq!(figure, expected);
        }
    }
}
