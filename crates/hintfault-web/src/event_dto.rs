//! Events as plain objects: the fields that every event has, its sentence, and what it is about.

use hintfault::EventClass;
use hintfault::event::{self, EventKind};
use hintfault::ids::NodeId;
use serde::Serialize;

use crate::convert::{count, ms};
use crate::names::Names;
use crate::runs::Run;
use crate::words::{self, Text};

/// A page as the page names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub(crate) struct PageRef {
    pub(crate) process: u16,
    pub(crate) vma: u16,
    pub(crate) page: u32,
}

impl From<event::PageRef> for PageRef {
    fn from(page: event::PageRef) -> Self {
        Self { process: page.process.0, vma: page.vma.0, page: page.page.0 }
    }
}

impl From<PageRef> for event::PageRef {
    fn from(page: PageRef) -> Self {
        use hintfault::ids::{PageIdx, ProcIdx, VmaIdx};
        Self { process: ProcIdx(page.process), vma: VmaIdx(page.vma), page: PageIdx(page.page) }
    }
}

/// One of `Playground.events()` or `Playground.eventRuns()`. What an event does not have is left out.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    seq: f64,
    time_ms: f64,
    cpu: u16,
    task: u16,
    kind: &'static str,
    text: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<PageRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vma: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_node: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seq: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
}

/// What an event is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Subject {
    page: Option<PageRef>,
    process: Option<u16>,
    vma: Option<u16>,
    from_node: Option<u8>,
    node: Option<u8>,
    verdict: Option<&'static str>,
}

impl Event {
    /// Converts an event and puts it into words.
    pub(crate) fn new(event: &event::Event, names: &Names) -> Self {
        let Subject { page, process, vma, from_node, node, verdict } = subject(event.kind);
        Self {
            seq: count(event.seq),
            time_ms: ms(event.time),
            cpu: event.cpu.0,
            task: event.task.0,
            kind: EventClass::of(&event.kind).as_str(),
            text: words::sentence(event, names),
            page,
            process,
            vma,
            from_node,
            node,
            verdict,
            first_seq: None,
            count: None,
        }
    }

    /// Converts the newest event of a run, and tells of the others.
    pub(crate) fn of_run(run: &Run, names: &Names) -> Self {
        let first_seq = Some(count(run.first_seq));
        Self { first_seq, count: Some(run.count), ..Self::new(&run.newest, names) }
    }
}

fn subject(kind: EventKind) -> Subject {
    let node = |node: NodeId| Some(node.0);
    match kind {
        EventKind::FirstTouch { page, node: on } => Subject { node: node(on), ..about_page(page) },
        EventKind::HintFault { page, page_node, cpu_node, verdict, .. } => Subject {
            from_node: node(page_node),
            node: node(cpu_node),
            verdict: Some(fault_verdict(verdict)),
            ..about_page(page)
        },
        EventKind::WriteProtectFault { page } => about_page(page),
        EventKind::ScanBegin { process, .. }
        | EventKind::ScanEnd { process, .. }
        | EventKind::OutOfMemory { process } => Subject { process: Some(process.0), ..Subject::default() },
        EventKind::SkipVma { process, vma, reason } => {
            Subject { process: Some(process.0), vma: Some(vma.0), verdict: Some(reason.as_str()), ..Subject::default() }
        }
        EventKind::ScanWindow { process, vma, .. } => {
            Subject { process: Some(process.0), vma: Some(vma.0), ..Subject::default() }
        }
        EventKind::SetPreferred { nid } | EventKind::Placement { max_nid: nid, .. } => {
            Subject { node: nid.map(|nid| nid.0), ..Subject::default() }
        }
        EventKind::PeriodConsumed { .. }
        | EventKind::JoinGroup { .. }
        | EventKind::TaskMoved { .. }
        | EventKind::TaskStuck { .. }
        | EventKind::ActionApplied { .. }
        | EventKind::TaskExit => Subject::default(),
    }
}

fn about_page(page: event::PageRef) -> Subject {
    Subject { page: Some(page.into()), process: Some(page.process.0), vma: Some(page.vma.0), ..Subject::default() }
}

fn fault_verdict(verdict: event::FaultVerdict) -> &'static str {
    use event::FaultVerdict as V;
    match verdict {
        V::Local => "local",
        V::Migrated => "migrated",
        V::PolicyForbids => "policy_forbids",
        V::OutsidePolicy => "outside_policy",
        V::NoMemoryThere => "no_memory_there",
        V::LastCpuElsewhere => "last_cpu_elsewhere",
        V::SlowTierFirst => "slow_tier_first",
        V::GroupBalanced => "group_balanced",
        V::NodeFull => "node_full",
        V::IsolationFailed => "isolation_failed",
    }
}
