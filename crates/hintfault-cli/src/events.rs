//! Events as lines: time in seconds, CPU, thread, kind, then what the kind carries, in the
//! manner of the kernel's tracepoints.

use hintfault::event::{Event, EventKind, FaultVerdict, MoveCause, PageRef, ScanQueued, ScanVerdict};
use hintfault::ids::{CpuId, NodeId, PAGE_SIZE, Pid, ProcIdx, Tid, VirtAddr, VmaIdx};
use hintfault::input::Scenario;
use hintfault::{EventClass, Refusal, World};
use hintfault_explain::{Language, line_of_refusal};

use crate::actions::Actions;

/// What the indices in events stand for.
pub(crate) struct Names {
    tasks: Vec<(String, Tid)>,
    processes: Vec<(Pid, Vec<VirtAddr>)>,
    actions: Actions,
}

impl Names {
    pub(crate) fn of(world: &World, scenario: &Scenario) -> Self {
        let tasks = world.tasks().into_iter().map(|task| (task.name, task.tid)).collect();
        let starts = |mm: hintfault::view::MmView| mm.vmas.iter().map(|vma| vma.start).collect();
        let processes = world.mms().into_iter().map(|mm| (mm.pid, starts(mm))).collect();
        Self { tasks, processes, actions: Actions::of(scenario) }
    }

    fn pid(&self, process: ProcIdx) -> Pid {
        self.processes[process.index()].0
    }

    fn start(&self, process: ProcIdx, vma: VmaIdx) -> VirtAddr {
        self.processes[process.index()].1.get(vma.index()).copied().unwrap_or_default()
    }

    fn place(&self, page: PageRef) -> String {
        let addr = self.start(page.process, page.vma).0 + u64::from(page.page.0) * PAGE_SIZE;
        format!("pid={} addr={addr:#x}", self.pid(page.process))
    }
}

/// The line of an event, without its end.
pub(crate) fn line(event: &Event, names: &Names) -> String {
    let (name, tid) = &names.tasks[event.task.index()];
    let (seconds, nanos) = (event.time.0 / 1_000_000_000, event.time.0 % 1_000_000_000);
    let kind = EventClass::of(&event.kind).as_str();
    let head = format!("{seconds:5}.{nanos:09} [{:03}] {name}-{tid}: {kind}:", event.cpu.0);
    let fields = fields(&event.kind, names);
    if fields.is_empty() { head } else { format!("{head} {fields}") }
}

fn fields(kind: &EventKind, names: &Names) -> String {
    match *kind {
        EventKind::FirstTouch { page, node } => format!("{} node={node}", names.place(page)),
        EventKind::PeriodConsumed { scan_period_ms, scan } => {
            format!("scan_period_ms={scan_period_ms} scan={}", scan_queued(scan))
        }
        EventKind::ScanBegin { verdict, process, scan_seq, offset } => {
            let (pid, verdict) = (names.pid(process), scan_verdict(verdict));
            format!("pid={pid} verdict={verdict} numa_scan_seq={scan_seq} numa_scan_offset={offset}")
        }
        EventKind::SkipVma { process, vma, reason } => {
            format!("pid={} vm_start={} reason={}", names.pid(process), names.start(process, vma), reason.as_str())
        }
        EventKind::ScanWindow { process, start, end, updated, .. } => {
            format!("pid={} start={start} end={end} updated={updated}", names.pid(process))
        }
        EventKind::ScanEnd { process, scan_seq, offset, next_scan } => {
            let (pid, next) = (names.pid(process), next_scan.0);
            format!("pid={pid} numa_scan_seq={scan_seq} numa_scan_offset={offset} numa_next_scan={next}")
        }
        EventKind::HintFault { page, page_node, cpu_node, last_cpupid, verdict } => {
            let (place, verdict) = (names.place(page), fault_verdict(verdict));
            format!("{place} page_nid={page_node} cpu_nid={cpu_node} last_cpupid={last_cpupid:#x} verdict={verdict}")
        }
        EventKind::WriteProtectFault { page } => names.place(page),
        EventKind::Placement { max_nid, old_period_ms, new_period_ms } => {
            let max_nid = nid(max_nid);
            format!("max_nid={max_nid} scan_period_ms={old_period_ms} new_scan_period_ms={new_period_ms}")
        }
        EventKind::SetPreferred { nid: preferred } => format!("nid={}", nid(preferred)),
        EventKind::JoinGroup { gid, nr_tasks } => format!("ngid={gid} nr_tasks={nr_tasks}"),
        EventKind::TaskMoved { from, to, cause } => {
            format!("src_cpu={from} dst_cpu={to} cause={}", move_cause(cause))
        }
        EventKind::TaskStuck { cpu } => format!("src_cpu={cpu}"),
        EventKind::ActionApplied { action, refused } => applied(action, refused, names),
        EventKind::OutOfMemory { process } => format!("pid={}", names.pid(process)),
        EventKind::Fork { process, child } | EventKind::Exec { process, successor: child } => {
            format!("pid={} task={}", names.pid(process), names.tasks[child.index()].0)
        }
        EventKind::Clone { child } => format!("tid={}", names.tasks[child.index()].1),
        EventKind::TaskExit => String::new(),
    }
}

/// What was done, and why the kernel refused it.
fn applied(action: u32, refused: Option<Refusal>, names: &Names) -> String {
    let done = format!("action={action} {}", names.actions.call(action));
    match refused {
        Some(rule) => format!("{done} rule={} {}", rule.id(), line_of_refusal(rule, Language::En)),
        None => done,
    }
}

/// CPUs as the kernel prints lists.
pub(crate) fn cpu_list(cpus: &[CpuId]) -> String {
    let runs = cpus.chunk_by(|a, b| b.0 - a.0 == 1).map(|run| match run {
        [first, .., last] => format!("{first}-{last}"),
        run => run.iter().map(CpuId::to_string).collect(),
    });
    runs.collect::<Vec<_>>().join(",")
}

/// A node, or -1 for none, as the kernel has it.
fn nid(node: Option<NodeId>) -> String {
    node.map_or_else(|| "-1".to_owned(), |node| node.to_string())
}

const fn scan_queued(scan: ScanQueued) -> &'static str {
    match scan {
        ScanQueued::Yes => "queued",
        ScanQueued::NotDue => "not_due",
    }
}

const fn scan_verdict(verdict: ScanVerdict) -> &'static str {
    match verdict {
        ScanVerdict::Scan => "scan",
        ScanVerdict::TimerArmed => "timer_armed",
        ScanVerdict::NotDue => "not_due",
    }
}

const fn fault_verdict(verdict: FaultVerdict) -> &'static str {
    match verdict {
        FaultVerdict::Local => "local",
        FaultVerdict::Migrated => "migrated",
        FaultVerdict::PolicyForbids => "policy_forbids",
        FaultVerdict::OutsidePolicy => "outside_policy",
        FaultVerdict::NoMemoryThere => "no_memory_there",
        FaultVerdict::LastCpuElsewhere => "last_cpu_elsewhere",
        FaultVerdict::SlowTierFirst => "slow_tier_first",
        FaultVerdict::GroupBalanced => "group_balanced",
        FaultVerdict::NodeFull => "node_full",
        FaultVerdict::IsolationFailed => "isolation_failed",
    }
}

const fn move_cause(cause: MoveCause) -> &'static str {
    match cause {
        MoveCause::Affinity => "affinity",
        MoveCause::NumaMove => "numa_move",
        MoveCause::NumaSwap => "numa_swap",
        MoveCause::LoadBalance => "load_balance",
        MoveCause::Wakeup => "wakeup",
    }
}
