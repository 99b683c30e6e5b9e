//! A thread as the scheduler and the balancer see it (`struct task_struct`, 6.12).

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::ids::{NodeId, Tid};
use crate::mempolicy::Mempolicy;
use crate::mempolicy::alloc::Interleaving;
use crate::numab::scan::ScanWork;
use crate::sched::pelt::SchedAvg;
use crate::time::{Jiffies, Ns};
use crate::view::SystemTime;
use crate::workload::Cursor;

/// A thread.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) tid: Tid,
    /// Its process by place.
    pub(crate) mm: usize,
    /// CPU it runs on, waits for or last ran on, by place.
    pub(crate) cpu: usize,
    /// `set_mempolicy`; none is the default.
    pub(crate) policy: Option<Mempolicy>,
    pub(crate) interleaving: Interleaving,
    /// Places of the CPUs it may use, ascending.
    pub(crate) cpus_allowed: Vec<usize>,
    pub(crate) state: State,
    pub(crate) se: SchedEntity,
    pub(crate) numa: TaskNuma,
    pub(crate) exec: Execution,
}

/// Whether a thread wants the CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    New,
    /// It comes to be when another thread creates it.
    Unborn,
    /// On a run queue, running or waiting.
    Queued,
    Sleeping,
    Dead,
}

/// `sched_entity`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct SchedEntity {
    /// When the time since was last accounted.
    pub(crate) exec_start: Ns,
    /// CPU time used.
    pub(crate) sum_exec_runtime: Ns,
    /// Share of the CPU beside others; see [`weight_of_nice`].
    pub(crate) weight: u64,
    pub(crate) vruntime: i64,
    pub(crate) deadline: i64,
    pub(crate) vlag: i64,
    /// How its deadline on the next queue follows from its virtual runtime there.
    pub(crate) placement: Placement,
    /// Deadline it had when it got the CPU. Until that is renewed, only the mean can take the
    /// CPU away from it (`RUN_TO_PARITY`).
    pub(crate) protected_deadline: Option<i64>,
    /// Where it stands among those of its queue, the one that waits longest first
    /// (`rq.cfs_tasks`).
    pub(crate) list_stamp: u64,
    pub(crate) avg: SchedAvg,
}

/// What a task brings along to a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Placement {
    /// It starts: half a slice to its first deadline.
    #[default]
    Initial,
    /// It slept: a whole slice.
    Woken,
    /// It moved: so much virtual time is left to its deadline.
    Moved(i64),
}

/// Weights of nice -20 to 19 (`sched_prio_to_weight`, kernel/sched/core.c, 6.12).
const WEIGHTS: [u64; 40] = [
    88_761, 71_755, 56_483, 46_273, 36_291, 29_154, 23_254, 18_705, 14_949, 11_916, 9548, 7620, 6100, 4904, 3906, 3121,
    2501, 1991, 1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
];

/// Weight of a nice value; none outside of -20 to 19.
pub(crate) fn weight_of_nice(nice: i8) -> Option<u64> {
    let place = usize::try_from(i16::from(nice) + 20).ok()?;
    WEIGHTS.get(place).copied()
}

/// The NUMA part of `task_struct`.
#[derive(Clone, Debug)]
pub(crate) struct TaskNuma {
    pub(crate) node_stamp: Ns,
    pub(crate) scan_seq: i32,
    pub(crate) scan_period_ms: u32,
    pub(crate) scan_period_max_ms: u32,
    pub(crate) migrate_retry: Jiffies,
    pub(crate) preferred_nid: Option<NodeId>,
    /// `numa_faults`, laid out as `faults_idx` says; empty until the first fault.
    pub(crate) faults: Vec<u64>,
    pub(crate) total_faults: u64,
    /// `numa_faults_locality`: remote, local, failed.
    pub(crate) locality: [u64; 3],
    pub(crate) pages_migrated: u64,
    pub(crate) last_placement: Ns,
    pub(crate) last_sum_exec_runtime: Ns,
    /// Its group by place.
    pub(crate) group: Option<usize>,
    /// Whether `numa_work` is queued.
    pub(crate) work: NumaWork,
}

/// State of `task_struct.numa_work`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NumaWork {
    Idle,
    /// Runs at the next return to user mode.
    Queued,
}

impl TaskNuma {
    /// `init_numa_balancing` for a task of its own process (kernel/sched/fair.c, 6.12).
    pub(crate) fn new(scan_delay_ms: u32, mm_scan_seq: i32) -> Self {
        Self {
            node_stamp: Ns::ZERO,
            scan_seq: mm_scan_seq,
            scan_period_ms: scan_delay_ms,
            scan_period_max_ms: 0,
            migrate_retry: Jiffies(0),
            preferred_nid: None,
            faults: Vec::new(),
            total_faults: 0,
            locality: [0; 3],
            pages_migrated: 0,
            last_placement: Ns::ZERO,
            last_sum_exec_runtime: Ns::ZERO,
            group: None,
            work: NumaWork::Idle,
        }
    }
}

/// What a thread is in the middle of.
#[derive(Clone, Debug)]
pub(crate) struct Execution {
    pub(crate) activity: Activity,
    /// Place in the program.
    pub(crate) cursor: Cursor,
    /// CPU time until the present item (a visit, a fault, a part of a scan) is done.
    pub(crate) left: Ns,
    /// What was left of a visit when a scan came in between.
    pub(crate) interrupted_visit: Ns,
    /// Moment that `cursor` and `left` describe, while on a CPU.
    pub(crate) since: Ns,
    pub(crate) local_accesses: u64,
    pub(crate) remote_accesses: u64,
    pub(crate) stall: Ns,
    pub(crate) system: SystemTime,
    pub(crate) ended: Option<Ns>,
    /// Time waited for memory up to the last tick that looked.
    pub(crate) memory_time: Ns,
    /// The barrier it waits at, and for how many.
    pub(crate) barrier: Option<(u16, u16)>,
}

impl Execution {
    /// Whether it is in `task_numa_work`.
    pub(crate) fn is_scanning(&self) -> bool {
        matches!(self.activity, Activity::Scan(_))
    }
}

/// Whose code a thread executes.
#[derive(Clone, Debug)]
pub(crate) enum Activity {
    /// Its program.
    User,
    /// A fault, until `left` is used up; then its program, which nobody may have noted yet.
    Fault,
    /// `task_numa_work`.
    Scan(Box<ScanWork>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nice_values_have_the_weights_of_the_kernel() {
        let weights = [-21, -20, -1, 0, 1, 19, 20].map(weight_of_nice);
        assert_eq!(weights, [None, Some(88_761), Some(1277), Some(1024), Some(820), Some(15), None]);
    }

    #[test]
    fn a_step_of_nice_is_about_a_quarter() {
        for pair in WEIGHTS.windows(2) {
            let ratio = pair[0] * 100 / pair[1];
            assert!((116..=129).contains(&ratio), "{pair:?}");
        }
    }
}
