//! What happened, in compact records. Each carries its verdict, so that a list of events reads
//! by itself; the full chain of tests comes from replaying to the event.

use crate::ids::{CpuId, NodeId, PageIdx, ProcIdx, TaskIdx, Tid, VirtAddr, VmaIdx};
use crate::refusal::Refusal;
use crate::time::{Jiffies, Ns};

/// One thing that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// Counts all events of a run from 0, without gaps.
    pub seq: u64,
    /// When it was complete.
    pub time: Ns,
    /// On which CPU.
    pub cpu: CpuId,
    /// In which task's context.
    pub task: TaskIdx,
    /// What it was.
    pub kind: EventKind,
}

/// Which page of which process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageRef {
    /// The process.
    pub process: ProcIdx,
    /// The region.
    pub vma: VmaIdx,
    /// The page in it.
    pub page: PageIdx,
}

/// What can happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// A page was touched for the first time and got memory.
    FirstTouch {
        /// The page.
        page: PageRef,
        /// Where its memory is.
        node: NodeId,
    },
    /// `task_tick_numa` used up one period of runtime.
    PeriodConsumed {
        /// The period in ms.
        scan_period_ms: u32,
        /// Whether a scan was queued.
        scan: ScanQueued,
    },
    /// `task_numa_work` began or gave up at once.
    ScanBegin {
        /// What it decided.
        verdict: ScanVerdict,
        /// The process.
        process: ProcIdx,
        /// `mm.numa_scan_seq`.
        scan_seq: i32,
        /// `mm.numa_scan_offset`.
        offset: VirtAddr,
    },
    /// The scanner passed over a VMA (`sched_skip_vma_numa`).
    SkipVma {
        /// The process.
        process: ProcIdx,
        /// The VMA.
        vma: VmaIdx,
        /// Why.
        reason: SkipReason,
    },
    /// `change_prot_numa` went through one window.
    ScanWindow {
        /// The process.
        process: ProcIdx,
        /// The VMA.
        vma: VmaIdx,
        /// First address.
        start: VirtAddr,
        /// End address, exclusive.
        end: VirtAddr,
        /// Entries turned into hint entries, in base pages.
        updated: u32,
    },
    /// `task_numa_work` returned after a scan.
    ScanEnd {
        /// The process.
        process: ProcIdx,
        /// `mm.numa_scan_seq` now.
        scan_seq: i32,
        /// `mm.numa_scan_offset` now.
        offset: VirtAddr,
        /// Earliest time of the next scan.
        next_scan: Jiffies,
    },
    /// A hinting fault was resolved (`do_numa_page`).
    HintFault {
        /// The page.
        page: PageRef,
        /// Where the page was.
        page_node: NodeId,
        /// Where the task ran.
        cpu_node: NodeId,
        /// `last_cpupid` before the fault; all ones (0x1FFFFF) is unset.
        last_cpupid: u32,
        /// What became of it.
        verdict: FaultVerdict,
    },
    /// A write-protect fault made a migrated page writable again (`wp_page_reuse`).
    WriteProtectFault {
        /// The page.
        page: PageRef,
    },
    /// `task_numa_placement` summed up a pass.
    Placement {
        /// The node with most faults; none without faults.
        max_nid: Option<NodeId>,
        /// Scan period before, in ms.
        old_period_ms: u32,
        /// Scan period after, in ms.
        new_period_ms: u32,
    },
    /// `sched_setnuma` changed the preferred node.
    SetPreferred {
        /// The node from now on; none takes the preference back.
        nid: Option<NodeId>,
    },
    /// A task created or joined a group of tasks that share memory.
    JoinGroup {
        /// The group's id: the thread that created it.
        gid: Tid,
        /// Tasks in it now.
        nr_tasks: u32,
    },
    /// A task came to another CPU.
    TaskMoved {
        /// From here.
        from: CpuId,
        /// To there.
        to: CpuId,
        /// Who moved it.
        cause: MoveCause,
    },
    /// `task_numa_migrate` found no CPU on a better node (`sched_stick_numa`).
    TaskStuck {
        /// Where the task stays.
        cpu: CpuId,
    },
    /// An action of the scenario took effect, or was refused.
    ActionApplied {
        /// Its place in the scenario's list.
        action: u32,
        /// Why it changed nothing; none where it took effect.
        refused: Option<Refusal>,
    },
    /// A process came to be (`fork`).
    Fork {
        /// The child.
        process: ProcIdx,
        /// Its thread.
        child: TaskIdx,
    },
    /// A thread of the same process came to be (`clone`).
    Clone {
        /// The new thread.
        child: TaskIdx,
    },
    /// The task's process became another (`execve`).
    Exec {
        /// Which.
        process: ProcIdx,
        /// Its thread, as which the task goes on.
        successor: TaskIdx,
    },
    /// A thread ended.
    TaskExit,
    /// No node had a page left: the process was killed.
    OutOfMemory {
        /// The process.
        process: ProcIdx,
    },
}

/// Whether a consumed period queued a scan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScanQueued {
    /// `task_numa_work` runs when the task returns to user mode.
    Yes,
    /// `numa_next_scan` lies ahead.
    NotDue,
}

/// What `task_numa_work` decided at its beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScanVerdict {
    /// It scans.
    Scan,
    /// The address space was fresh: the timer was armed, nothing else.
    TimerArmed,
    /// `numa_next_scan` lies ahead.
    NotDue,
}

/// Why a VMA was passed over; the names are those of the tracepoint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SkipReason {
    /// Not migratable, or its policy has no migrate-on-fault.
    Unsuitable,
    /// A file mapping that is only read.
    SharedRo,
    /// No access rights at all.
    Inaccessible,
    /// Too young.
    ScanDelay,
    /// No thread has faulted in it lately.
    PidInactive,
    /// Would have been inactive, but had been begun: scanned after all.
    IgnorePidInactive,
    /// Already done in this pass.
    SeqCompleted,
}

impl SkipReason {
    /// The word that `sched_skip_vma_numa` prints.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsuitable => "unsuitable",
            Self::SharedRo => "shared_ro",
            Self::Inaccessible => "inaccessible",
            Self::ScanDelay => "scan_delay",
            Self::PidInactive => "pid_inactive",
            Self::IgnorePidInactive => "ignore_pid_inactive",
            Self::SeqCompleted => "seq_completed",
        }
    }
}

/// What became of a hinting fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FaultVerdict {
    /// The page is where the task runs: nothing to do.
    Local,
    /// The page moved to the task's node.
    Migrated,
    /// The policy in force does not move pages on faults.
    PolicyForbids,
    /// The task runs on a node that its policy does not name.
    OutsidePolicy,
    /// The destination node has no memory.
    NoMemoryThere,
    /// The two-reference filter: the last recorded fault came from another node.
    LastCpuElsewhere,
    /// In mode 1 the first recorded fault on a slow-tier page only stores who it was.
    SlowTierFirst,
    /// The group uses both nodes about equally; moving would not help.
    GroupBalanced,
    /// The destination is too full (`migrate_balanced_pgdat`).
    NodeFull,
    /// The page could not be taken off its list.
    IsolationFailed,
}

impl FaultVerdict {
    /// A word for it that stays.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Migrated => "migrated",
            Self::PolicyForbids => "policy_forbids",
            Self::OutsidePolicy => "outside_policy",
            Self::NoMemoryThere => "no_memory_there",
            Self::LastCpuElsewhere => "last_cpu_elsewhere",
            Self::SlowTierFirst => "slow_tier_first",
            Self::GroupBalanced => "group_balanced",
            Self::NodeFull => "node_full",
            Self::IsolationFailed => "isolation_failed",
        }
    }
}

/// Who moved a task.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MoveCause {
    /// `sched_setaffinity`.
    Affinity,
    /// `task_numa_migrate`, to an idle place.
    NumaMove,
    /// `task_numa_migrate`, in exchange for another task.
    NumaSwap,
    /// The load balancer.
    LoadBalance,
    /// A wake-up.
    Wakeup,
}

impl MoveCause {
    /// A word for it that stays.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Affinity => "affinity",
            Self::NumaMove => "numa_move",
            Self::NumaSwap => "numa_swap",
            Self::LoadBalance => "load_balance",
            Self::Wakeup => "wakeup",
        }
    }
}
