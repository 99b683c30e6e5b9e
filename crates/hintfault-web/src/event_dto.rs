//! Events as plain objects: the fields that every event has, what it says, and what it is about.

use hintfault::EventClass;
use hintfault::event::{Event, EventKind, PageRef};
use hintfault::ids::NodeId;
use hintfault_scenario::json::Writer;

use crate::names::Names;
use crate::runs::Run;
use crate::words;

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

/// One of `Playground.events()`. What an event does not have is left out.
pub(crate) fn event(out: &mut Writer, event: &Event, names: &Names) {
    out.table(|out| fields(out, event, names));
}

/// One of `Playground.eventRuns()`: the newest event of a run, and what it tells of the others.
pub(crate) fn run(out: &mut Writer, run: &Run, names: &Names) {
    out.table(|out| {
        fields(out, &run.newest, names);
        out.count("firstSeq", run.first_seq);
        out.count("count", run.count);
    });
}

/// What every event has.
pub(crate) fn fields(out: &mut Writer, event: &Event, names: &Names) {
    out.count("seq", event.seq);
    out.name("timeMs").ms(event.time);
    out.count("cpu", event.cpu.0);
    out.count("task", event.task.0);
    out.label("kind", EventClass::of(&event.kind).as_str());
    words::write(out, event, names);
    let Subject { page, process, vma, from_node, node, verdict } = subject(event.kind, names);
    if let Some(page) = page {
        out.table_field("page", |out| {
            out.count("process", page.process.0);
            out.count("vma", page.vma.0);
            out.count("page", page.page.0);
        });
    }
    let indices =
        [("process", process), ("vma", vma), ("fromNode", from_node.map(u16::from)), ("node", node.map(u16::from))];
    for (name, index) in indices {
        if let Some(index) = index {
            out.count(name, index);
        }
    }
    if let Some(verdict) = verdict {
        out.label("verdict", verdict);
    }
    if let EventKind::Fork { child, .. } | EventKind::Clone { child } | EventKind::Exec { successor: child, .. } =
        event.kind
    {
        out.count("child", child.0);
    }
    if let EventKind::ActionApplied { action, refused } = event.kind {
        out.count("action", names.action(action) as u64);
        if let Some(rule) = refused {
            out.label("errno", rule.errno().name());
            out.label("rule", rule.id());
        }
    }
}

fn subject(kind: EventKind, names: &Names) -> Subject {
    let node = |node: NodeId| Some(node.0);
    match kind {
        EventKind::FirstTouch { page, node: on } => Subject { node: node(on), ..about_page(page) },
        EventKind::HintFault { page, page_node, cpu_node, verdict, .. } => Subject {
            from_node: node(page_node),
            node: node(cpu_node),
            verdict: Some(verdict.as_str()),
            ..about_page(page)
        },
        EventKind::WriteProtectFault { page } => about_page(page),
        EventKind::Fork { process, .. }
        | EventKind::Exec { process, .. }
        | EventKind::ScanBegin { process, .. }
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
        EventKind::TaskMoved { from, to, .. } => {
            let [from_node, node] = [from, to].map(|cpu| names.node_of(cpu).map(|node| node.0));
            Subject { from_node, node, ..Subject::default() }
        }
        EventKind::PeriodConsumed { .. }
        | EventKind::JoinGroup { .. }
        | EventKind::TaskStuck { .. }
        | EventKind::Clone { .. }
        | EventKind::TaskExit => Subject::default(),
        EventKind::ActionApplied { refused, .. } => {
            Subject { verdict: refused.map(|rule| rule.errno().name()), ..Subject::default() }
        }
    }
}

fn about_page(page: PageRef) -> Subject {
    Subject { page: Some(page), process: Some(page.process.0), vma: Some(page.vma.0), ..Subject::default() }
}
