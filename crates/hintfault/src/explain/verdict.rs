//! How a chain of tests ends, and what could make it end differently.

use alloc::vec;
use alloc::vec::Vec;

use crate::event::{Event, EventKind, FaultVerdict, MoveCause, ScanQueued, ScanVerdict, SkipReason};
use crate::explain::value::Value;
use crate::ids::{CpuId, NodeId, Tid, VirtAddr};
use crate::input::PolicyMode;
use crate::refusal::Refusal;
use crate::topology::Topology;

/// How a chain of tests ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// There is nothing to test: it was done from outside, or follows from what went before.
    Given,
    /// What became of a hinting fault.
    Fault(FaultVerdict),
    /// The task founded or joined the group with this id.
    Group(Tid),
    /// A pass was summed up.
    Placement {
        /// The node with most faults.
        max_nid: Option<NodeId>,
        /// The scan period from now on, in ms.
        period_ms: u32,
    },
    /// The preferred node from now on.
    Preferred(Option<NodeId>),
    /// The task stays without its pass being summed up.
    NoPlacement,
    /// The task came to a CPU.
    Moved(CpuId, MoveCause),
    /// The task stays on its CPU.
    Stays(CpuId),
    /// A period was used up.
    Queued(ScanQueued),
    /// The tick changes nothing.
    TickPasses,
    /// What `task_numa_work` decides at its beginning.
    Begin(ScanVerdict),
    /// A mapping is passed over.
    Skip(SkipReason),
    /// A mapping is scanned.
    Enter,
    /// A window was scanned, with so many entries marked.
    Window(u32),
    /// An entry becomes a hint entry.
    Marked,
    /// An entry stays as it is.
    Kept,
    /// A page got memory on this node.
    Touched(NodeId),
    /// A page got memory on this node by a memory policy.
    TouchedUnder(NodeId, PolicyOf, PolicyMode),
    /// An action moved a page.
    PageMoved(PageMover),
    /// A page was made writable again, and who last asked for it forgotten.
    Reused,
    /// No memory is left.
    OutOfMemory,
    /// The page waits for somebody to touch it.
    Waits,
    /// A scan stops and goes on from here.
    ScanPauses(VirtAddr),
    /// A scan has completed a pass; this is the next one.
    PassDone(i32),
    /// An action took effect.
    Applied,
    /// An action was refused by this rule.
    Refused(Refusal),
    /// A thread ended.
    Ended(EndCause),
    /// A process came to be, with its thread on this CPU.
    Forked(CpuId),
    /// A thread came to be on this CPU.
    Cloned(CpuId),
    /// A process became another.
    Execed,
}

/// Whose policy it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PolicyOf {
    /// The mapping's (`mbind`).
    Mapping,
    /// The task's (`set_mempolicy`).
    Task,
}

/// The call that moved a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageMover {
    /// `mbind`.
    Mbind,
    /// `migrate_pages`.
    MigratePages,
    /// `move_pages`.
    MovePages,
    /// A write to `cpuset.mems`.
    SetMems,
}

impl PageMover {
    #[inline]
    const fn id(self) -> &'static str {
        match self {
            Self::Mbind => "mbind",
            Self::MigratePages => "migrate_pages",
            Self::MovePages => "move_pages",
            Self::SetMems => "cpuset_mems",
        }
    }
}

/// As in the kernel's header.
#[inline]
pub(crate) const fn name_of_mode(mode: PolicyMode) -> &'static str {
    match mode {
        PolicyMode::Default => "MPOL_DEFAULT",
        PolicyMode::Preferred => "MPOL_PREFERRED",
        PolicyMode::Bind => "MPOL_BIND",
        PolicyMode::Interleave => "MPOL_INTERLEAVE",
        PolicyMode::Local => "MPOL_LOCAL",
        PolicyMode::PreferredMany => "MPOL_PREFERRED_MANY",
        PolicyMode::WeightedInterleave => "MPOL_WEIGHTED_INTERLEAVE",
    }
}

/// What ended a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndCause {
    /// Its program.
    Program,
    /// Another thread of its process ended all (`exit_group`).
    ExitGroup,
    /// Another thread of its process became another process (`execve`).
    Exec,
    /// An action of the scenario.
    Action,
    /// No memory was left.
    OutOfMemory,
}

impl Verdict {
    /// Two words for it that stay: what kind it is, and which of several; the second may be empty.
    #[must_use]
    pub const fn id(self) -> [&'static str; 2] {
        match self {
            Self::Given => ["given", ""],
            Self::Fault(verdict) => ["fault_", verdict.as_str()],
            Self::Group(_) => ["group", ""],
            Self::Placement { max_nid: None, .. } => ["placement", "_no_faults"],
            Self::Placement { .. } => ["placement", ""],
            Self::Preferred(None) => ["preferred", "_none"],
            Self::Preferred(_) => ["preferred", ""],
            Self::NoPlacement => ["no_placement", ""],
            Self::Moved(_, cause) => ["moved_", cause.as_str()],
            Self::Stays(_) => ["stays", ""],
            Self::Queued(ScanQueued::Yes) => ["queued", ""],
            Self::Queued(ScanQueued::NotDue) => ["not_queued", ""],
            Self::TickPasses => ["tick_passes", ""],
            Self::Begin(ScanVerdict::Scan) => ["begin", ""],
            Self::Begin(ScanVerdict::TimerArmed) => ["timer_armed", ""],
            Self::Begin(ScanVerdict::NotDue) => ["not_begun", ""],
            Self::Skip(reason) => ["skip_", reason.as_str()],
            Self::Enter => ["enter", ""],
            Self::Window(_) => ["window", ""],
            Self::Marked => ["marked", ""],
            Self::Kept => ["kept", ""],
            Self::Touched(_) => ["touched", ""],
            Self::TouchedUnder(_, PolicyOf::Mapping, _) => ["touched_under_", "mbind"],
            Self::TouchedUnder(_, PolicyOf::Task, _) => ["touched_under_", "task_policy"],
            Self::PageMoved(mover) => ["page_moved_", mover.id()],
            Self::Reused => ["reused", ""],
            Self::OutOfMemory => ["out_of_memory", ""],
            Self::Waits => ["waits", ""],
            Self::ScanPauses(_) => ["scan_pauses", ""],
            Self::PassDone(_) => ["pass_done", ""],
            Self::Applied => ["applied", ""],
            Self::Refused(rule) => ["refused_", rule.id()],
            Self::Ended(EndCause::Program) => ["ended", ""],
            Self::Ended(EndCause::ExitGroup) => ["ended_", "exit_group"],
            Self::Ended(EndCause::Exec) => ["ended_", "exec"],
            Self::Ended(EndCause::Action) => ["ended_", "action"],
            Self::Ended(EndCause::OutOfMemory) => ["ended_", "out_of_memory"],
            Self::Forked(_) => ["forked", ""],
            Self::Cloned(_) => ["cloned", ""],
            Self::Execed => ["execed", ""],
        }
    }

    /// The figures that its sentence needs, of the event that it explains.
    #[inline]
    pub(crate) fn operands(self, event: Option<&Event>, topology: &Topology) -> Vec<Value> {
        let place = |cpu: CpuId| {
            let node = topology.cpu_index(cpu).map(|cpu| topology.node_of(cpu));
            [Value::Cpu(cpu), Value::node(node)]
        };
        let by = |event: &Event| place(event.cpu)[1];
        match (self, event.map(|event| event.kind)) {
            (Self::Fault(_), Some(EventKind::HintFault { page_node, cpu_node, .. })) => {
                vec![Value::Node(page_node), Value::Node(cpu_node)]
            }
            (Self::Group(gid), _) => vec![Value::Tid(gid)],
            (Self::Placement { max_nid, period_ms }, Some(EventKind::Placement { old_period_ms, .. })) => {
                vec![Value::node(max_nid), Value::Ms(period_ms), Value::Ms(old_period_ms)]
            }
            (Self::Preferred(nid), _) => vec![Value::node(nid)],
            (Self::Moved(to, _), Some(EventKind::TaskMoved { from, .. })) => [place(to), place(from)].concat(),
            (Self::Stays(cpu) | Self::Forked(cpu) | Self::Cloned(cpu), _) => place(cpu).to_vec(),
            (Self::Window(updated), Some(EventKind::ScanWindow { start, end, .. })) => {
                [u64::from(updated), end.pages_since(start)].map(Value::Count).to_vec()
            }
            (Self::Touched(node), _) => [Value::Node(node)].into_iter().chain(event.map(by)).collect(),
            (Self::TouchedUnder(node, _, mode), _) => {
                vec![Value::Node(node), event.map_or(Value::Nothing, by), Value::Name(name_of_mode(mode))]
            }
            (Self::ScanPauses(at), _) => vec![Value::Address(at)],
            (Self::PassDone(pass), _) => vec![Value::Pass(pass)],
            _ => Vec::new(),
        }
    }
}

macro_rules! changes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal;)*) => {
        /// What could change an answer.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Change {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Change {
            /// All changes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// A word for it that stays.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }
        }
    };
}

changes! {
    /// A thread on another node than this one faults on the page.
    FaultFromElsewhere = "fault_from_elsewhere";
    /// The policy gets the flag for balancing.
    PolicyWithBalancing = "policy_with_balancing";
    /// The task runs on one of these nodes.
    RunsOn = "runs_on";
    /// The next recorded fault comes from this node too.
    SecondFault = "second_fault";
    /// The group uses the first node far more than the second, or has less memory on it.
    GroupShifts = "group_shifts";
    /// So many pages become free on a node: the node, the pages that are missing.
    PagesFreed = "pages_freed";
    /// The page of the file is written back, or only one process maps it.
    FilePageMovable = "file_page_movable";
    /// The thread uses so much more CPU time.
    MoreRuntime = "more_runtime";
    /// The clock reaches this.
    ClockReaches = "clock_reaches";
    /// The process's next pass, which gets this number.
    NextPass = "next_pass";
    /// The mapping gets a policy without the flag for balancing.
    MappingChanges = "mapping_changes";
    /// The memory is mapped anew as memory that can be migrated.
    MappingMigratable = "mapping_migratable";
    /// The mapping of a file becomes writable.
    MappingWritable = "mapping_writable";
    /// The mapping may be read, written or executed.
    MappingAccessible = "mapping_accessible";
    /// This thread faults in the mapping, or the process reaches this pass.
    ThreadFaults = "thread_faults";
    /// The thread runs on another node than this one, or another user joins the process.
    RunsElsewhere = "runs_elsewhere";
    /// Somebody touches the page.
    PageTouched = "page_touched";
    /// The balancing mode gets its normal bit.
    BalancingTurnedOn = "balancing_turned_on";
    /// A fault after the clock has reached this.
    FaultAfter = "fault_after";
    /// A fault after a new pass has ended; this is the pass now.
    FaultInNewPass = "fault_in_new_pass";
    /// A CPU of the node gets idle, or somebody there gains by an exchange.
    PlaceGetsFree = "place_gets_free";
    /// The next scan goes on here.
    ScanGoesOn = "scan_goes_on";
    /// The CPU is idle when the task wakes up.
    CpuIdleThen = "cpu_idle_then";
    /// The task's affinity keeps it off a CPU.
    AffinityForbids = "affinity_forbids";
    /// The task's affinity has a CPU in it.
    AffinityAllows = "affinity_allows";
    /// The task shares a page with a task of a group that has more tasks than this.
    LargerGroup = "larger_group";
    /// Another thread of the process scans first, so that `numa_next_scan` lies ahead.
    OtherScansFirst = "other_scans_first";
    /// Another process shares the page when it is written.
    PageShared = "page_shared";
}

/// What could change the answer next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Next {
    /// What.
    pub change: Change,
    /// Its figures; see [`Change`].
    pub operands: Vec<Value>,
}

impl Next {
    #[inline]
    pub(crate) fn new(change: Change, operands: &[Value]) -> Option<Self> {
        Some(Self { change, operands: operands.to_vec() })
    }
}
