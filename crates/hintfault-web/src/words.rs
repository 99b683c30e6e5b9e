//! What an event says: the id of a sentence and the values for its places. The sentences themselves
//! stand in the page's catalogues (`www/i18n/*.json`, section "event"), one for each id.

use hintfault::EventClass;
use hintfault::event::{Event, EventKind, PageRef, ScanQueued, ScanVerdict};
use hintfault::ids::{NodeId, VirtAddr};
use hintfault_scenario::json::Writer;

use crate::names::Names;

/// A value in a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Value<'a> {
    /// A name.
    Name(&'a str),
    /// A number that stands for something: a node, a CPU, a pass.
    Id(i64),
    /// How many, or how long in ms: the page separates thousands.
    Count(u64),
    /// An address.
    Address(VirtAddr),
}

use Value::{Address, Count, Id, Name};

/// The id of a sentence is the kind of the event, or that and a variant with an underscore between.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Said<'a> {
    variant: &'static str,
    values: Vec<Value<'a>>,
}

/// The fields "says", the id, and "values": counts as numbers, all else as text.
pub(crate) fn write(out: &mut Writer, event: &Event, names: &Names) {
    let Said { variant, values } = said(event, names);
    let kind = EventClass::of(&event.kind).as_str();
    let underscore = if variant.is_empty() { "" } else { "_" };
    out.shown("says", &format_args!("{kind}{underscore}{variant}"));
    out.name("values").list(values, |out, value| match value {
        Name(name) => out.text(name),
        Id(id) => out.quoted(&id),
        Count(count) => out.whole(count),
        Address(address) => out.quoted(&address),
    });
}

fn said<'a>(event: &Event, names: &'a Names) -> Said<'a> {
    let task = Name(names.task(event.task));
    let process = |process| Name(names.process(process));
    let vma = |process, vma| Name(names.vma(process, vma));
    let on_page = |page: PageRef| vec![task, Address(names.address(page)), vma(page.process, page.vma)];
    let (variant, values) = match event.kind {
        EventKind::FirstTouch { page, node } => ("", with_nodes(on_page(page), &[node])),
        EventKind::PeriodConsumed { scan_period_ms, scan } => (queued(scan), vec![task, Count(scan_period_ms.into())]),
        EventKind::ScanBegin { verdict, process: of, scan_seq, offset } => {
            (scan_verdict(verdict), vec![process(of), Address(offset), Id(scan_seq.into())])
        }
        EventKind::SkipVma { process, vma: of, reason } => (reason.as_str(), vec![vma(process, of)]),
        EventKind::ScanWindow { process, vma: of, start, end, updated } => {
            let pages = Count(end.pages_since(start));
            ("", vec![vma(process, of), Address(start), Address(end), pages, Count(updated.into())])
        }
        EventKind::ScanEnd { process: of, scan_seq, offset, next_scan } => {
            ("", vec![process(of), Address(offset), Id(scan_seq.into()), Id(next_scan.0 as i64)])
        }
        EventKind::HintFault { page, page_node, cpu_node, verdict, .. } => {
            (verdict.as_str(), with_nodes(on_page(page), &[page_node, cpu_node]))
        }
        EventKind::WriteProtectFault { page } => ("", on_page(page)),
        EventKind::Placement { max_nid, old_period_ms, new_period_ms } => {
            let values = vec![task, Count(old_period_ms.into()), Count(new_period_ms.into())];
            (unless_there(max_nid, "no_faults"), with_nodes(values, max_nid.as_slice()))
        }
        EventKind::SetPreferred { nid } => (unless_there(nid, "none"), with_nodes(vec![task], nid.as_slice())),
        EventKind::JoinGroup { gid, nr_tasks: 1 } => ("alone", vec![task, Id(gid.0.into())]),
        EventKind::JoinGroup { gid, nr_tasks } => ("", vec![task, Id(gid.0.into()), Id(nr_tasks.into())]),
        EventKind::TaskMoved { from, to, cause } => (cause.as_str(), vec![task, Id(from.0.into()), Id(to.0.into())]),
        EventKind::TaskStuck { cpu } => ("", vec![task, Id(cpu.0.into())]),
        EventKind::ActionApplied { action, refused } => {
            let action = Id(names.action(action) as i64);
            refused.map_or(("", vec![action]), |rule| ("refused", vec![action, Name(rule.errno().name())]))
        }
        EventKind::OutOfMemory { process: of } => ("", vec![process(of)]),
        EventKind::Fork { process: of, .. } | EventKind::Exec { process: of, .. } => ("", vec![task, process(of)]),
        EventKind::Clone { child } => ("", vec![task, Name(names.task(child))]),
        EventKind::TaskExit => ("", vec![task]),
    };
    Said { variant, values }
}

fn with_nodes<'a>(mut values: Vec<Value<'a>>, nodes: &[NodeId]) -> Vec<Value<'a>> {
    values.extend(nodes.iter().map(|node| Id(node.0.into())));
    values
}

fn unless_there(node: Option<NodeId>, variant: &'static str) -> &'static str {
    node.map_or(variant, |_| "")
}

fn queued(scan: ScanQueued) -> &'static str {
    match scan {
        ScanQueued::Yes => "",
        ScanQueued::NotDue => "not_due",
    }
}

fn scan_verdict(verdict: ScanVerdict) -> &'static str {
    match verdict {
        ScanVerdict::Scan => "",
        ScanVerdict::TimerArmed => "timer_armed",
        ScanVerdict::NotDue => "not_due",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::event::{FaultVerdict, MoveCause, SkipReason};
    use hintfault::ids::{CpuId, PageIdx, ProcIdx, TaskIdx, Tid, VmaIdx};
    use hintfault::time::{Jiffies, Ns, Tick};
    use hintfault::{History, Refusal};
    use serde_json::Value as Json;
    use std::collections::BTreeSet;

    const CATALOGUES: [&str; 2] =
        [include_str!("../../../www/i18n/en.json"), include_str!("../../../www/i18n/zh.json")];

    fn names() -> (Names, History) {
        let (_, scenario) = crate::sharing::open(hintfault_scenario::presets::ALL[0].text).expect("valid");
        (Names::of(&scenario), History::new(&scenario).expect("starts"))
    }

    fn event(kind: EventKind) -> Event {
        Event { seq: 0, time: Ns::ZERO, cpu: CpuId(2), task: TaskIdx(0), kind }
    }

    const PAGE: PageRef = PageRef { process: ProcIdx(0), vma: VmaIdx(0), page: PageIdx(2) };

    fn fault(verdict: FaultVerdict) -> EventKind {
        let (page_node, cpu_node) = (NodeId(0), NodeId(1));
        EventKind::HintFault { page: PAGE, page_node, cpu_node, last_cpupid: 0, verdict }
    }

    /// The sentences in a language, by id.
    fn sentences(catalogue: &str) -> serde_json::Map<String, Json> {
        let mut texts: Json = serde_json::from_str(catalogue).expect("JSON");
        serde_json::from_value(texts["event"].take()).expect("a section")
    }

    fn written(event: &Event, names: &Names) -> (String, Vec<Json>) {
        let mut out = Writer::default();
        out.table(|out| write(out, event, names));
        let mut told: Json = serde_json::from_str(&out.finish()).expect("JSON");
        let id = told["says"].as_str().expect("an id").to_owned();
        (id, serde_json::from_value(told["values"].take()).expect("a list"))
    }

    /// As the page puts it, but for thousands.
    fn sentence(event: &Event, names: &Names, catalogue: &str) -> String {
        let (id, values) = written(event, names);
        let texts = sentences(catalogue);
        let text = texts.get(&id).and_then(Json::as_str).unwrap_or_else(|| panic!("no sentence {id}"));
        values.iter().enumerate().fold(text.to_owned(), |text, (place, value)| {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.replace(&format!("{{{place}}}"), &shown)
        })
    }

    fn all_kinds() -> Vec<EventKind> {
        use FaultVerdict as V;
        use SkipReason as S;
        let (process, vma, start, end) = (ProcIdx(0), VmaIdx(0), VirtAddr(0x1000), VirtAddr(0x3000));
        let faults = [
            V::Local,
            V::Migrated,
            V::PolicyForbids,
            V::OutsidePolicy,
            V::NoMemoryThere,
            V::LastCpuElsewhere,
            V::SlowTierFirst,
            V::GroupBalanced,
            V::NodeFull,
            V::IsolationFailed,
        ];
        let reasons = [
            S::Unsuitable,
            S::SharedRo,
            S::Inaccessible,
            S::ScanDelay,
            S::PidInactive,
            S::IgnorePidInactive,
            S::SeqCompleted,
        ];
        let causes =
            [MoveCause::Affinity, MoveCause::NumaMove, MoveCause::NumaSwap, MoveCause::LoadBalance, MoveCause::Wakeup];
        let (scan_seq, offset) = (-1, start);
        let placement = |max_nid| EventKind::Placement { max_nid, old_period_ms: 1000, new_period_ms: 60_000 };
        let mut kinds = vec![
            EventKind::FirstTouch { page: PAGE, node: NodeId(0) },
            EventKind::ScanWindow { process, vma, start, end, updated: 5000 },
            EventKind::ScanEnd { process, scan_seq, offset, next_scan: Jiffies(4_294_667_296) },
            EventKind::WriteProtectFault { page: PAGE },
            placement(Some(NodeId(1))),
            placement(None),
            EventKind::SetPreferred { nid: Some(NodeId(1)) },
            EventKind::SetPreferred { nid: None },
            EventKind::JoinGroup { gid: Tid(7), nr_tasks: 1 },
            EventKind::JoinGroup { gid: Tid(7), nr_tasks: 2 },
            EventKind::TaskStuck { cpu: CpuId(1) },
            EventKind::ActionApplied { action: 0, refused: None },
            EventKind::ActionApplied { action: 0, refused: Some(Refusal::PageMisplaced) },
            EventKind::TaskExit,
            EventKind::Fork { process, child: TaskIdx(0) },
            EventKind::Exec { process, successor: TaskIdx(0) },
            EventKind::Clone { child: TaskIdx(0) },
            EventKind::OutOfMemory { process },
        ];
        kinds.extend(faults.map(fault));
        kinds.extend(reasons.map(|reason| EventKind::SkipVma { process, vma, reason }));
        kinds.extend(causes.map(|cause| EventKind::TaskMoved { from: CpuId(0), to: CpuId(1), cause }));
        let queued = [ScanQueued::Yes, ScanQueued::NotDue];
        kinds.extend(queued.map(|scan| EventKind::PeriodConsumed { scan_period_ms: 1000, scan }));
        let verdicts = [ScanVerdict::Scan, ScanVerdict::TimerArmed, ScanVerdict::NotDue];
        kinds.extend(verdicts.map(|verdict| EventKind::ScanBegin { verdict, process, scan_seq, offset }));
        kinds
    }

    #[test]
    fn a_migration_says_who_what_where() {
        let (names, history) = names();
        let address = history.world().mms()[0].vmas[0].start.add_pages(2);
        let thread = &history.world().tasks()[0].name;
        let [en, zh] = CATALOGUES.map(|texts| sentence(&event(fault(FaultVerdict::Migrated)), &names, texts));
        assert_eq!(
            en,
            format!("{thread} on node 1 faulted on page {address} of buffer, which moved from node 0 to node 1.")
        );
        let page = format!("{thread} 在节点 1 上访问 buffer 的页 {address} 触发 NUMA 提示缺页");
        assert_eq!(zh, format!("{page}：页从节点 0 迁移到节点 1。"));
    }

    #[test]
    fn every_event_has_a_whole_sentence_of_its_own_and_every_sentence_an_event() {
        let (names, _) = names();
        for catalogue in CATALOGUES {
            let texts = all_kinds().into_iter().map(|kind| sentence(&event(kind), &names, catalogue));
            let texts: Vec<String> = texts.collect();
            assert!(texts.iter().all(|text| !text.contains(['{', '}'])), "{texts:?}");
            assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len());
            let ids: BTreeSet<String> = all_kinds().into_iter().map(|kind| written(&event(kind), &names).0).collect();
            assert_eq!(ids, sentences(catalogue).into_iter().map(|(id, _)| id).collect());
        }
    }

    #[test]
    fn counts_are_numbers_and_ids_are_text() {
        let (names, _) = names();
        let (_, values) = written(&event(all_kinds()[2]), &names);
        assert_eq!(values[1..], ["0x1000", "-1", "4294667296"]);
        let (_, values) = written(&event(all_kinds()[1]), &names);
        assert_eq!(values[3..], [2, 5000]);
    }

    #[test]
    fn events_of_a_whole_run_can_be_said() {
        let (names, mut history) = names();
        history.seek(Tick(1000));
        let events = history.world().events(0, usize::MAX);
        assert!(events.len() > 16_384);
        let known = sentences(CATALOGUES[0]);
        for event in &events {
            let (id, values) = written(event, &names);
            assert!(known.contains_key(&id), "{id}");
            assert!(values.iter().all(|value| value != "?"), "{values:?}");
        }
    }

    #[test]
    fn names_that_are_unknown_are_question_marks() {
        let (names, _) = names();
        let page = PageRef { process: ProcIdx(7), ..PAGE };
        let (_, values) = written(&event(EventKind::WriteProtectFault { page }), &names);
        assert_eq!(values[2], "?");
    }
}
