//! A thread as the scheduler and the balancer see it (`struct task_struct`, 6.12).

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::ids::{NodeId, Tid};
use crate::input::MemPolicy;
use crate::numab::scan::ScanWork;
use crate::sched::pelt::SchedAvg;
use crate::time::{Jiffies, Ns};
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
    pub(crate) policy: Option<MemPolicy>,
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
    pub(crate) vruntime: i64,
    pub(crate) deadline: i64,
    pub(crate) vlag: i64,
    pub(crate) avg: SchedAvg,
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
}

/// Whose code a thread executes.
#[derive(Clone, Debug)]
pub(crate) enum Activity {
    /// Its program.
    User,
    /// A fault, until `left` is used up.
    Fault,
    /// `task_numa_work`.
    Scan(Box<ScanWork>),
}
