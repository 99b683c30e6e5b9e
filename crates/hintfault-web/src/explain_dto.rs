//! Explanations as plain objects: ids and figures. The sentences are those of `hintfault-explain`,
//! which the page loads in its language.

use hintfault::History;
use hintfault::explain::{Explanation, Found, Question, Value};
use hintfault_scenario::json::Writer;

use crate::event_dto;
use crate::names::Names;

/// How many stretches between checkpoints are replayed in search of an event that the log has lost.
const STRETCHES: usize = 4;

/// Answers to questions, in their order.
pub(crate) fn answers(out: &mut Writer, history: &History, questions: &[Question], names: &Names) {
    out.list(questions, |out, &question| {
        let found = history.search_within(question, STRETCHES);
        let told = history.answer(question, found);
        let unknown = match (&told, found) {
            (None, _) => Some("gone"),
            (_, Found::Event(_)) => None,
            (_, Found::NotSince(_)) => Some("long_ago"),
            (_, Found::Never) => Some("not_yet"),
        };
        explanation(out, question.id(), told.as_ref(), unknown, names);
    });
}

/// The explanation of an event that has happened, or none.
pub(crate) fn of_event(out: &mut Writer, told: Option<&Explanation>, names: &Names) {
    let unknown = if told.is_none() { Some("no_such_event") } else { None };
    explanation(out, "event", told, unknown, names);
}

fn explanation(out: &mut Writer, question: &str, told: Option<&Explanation>, unknown: Option<&str>, names: &Names) {
    out.table(|out| {
        out.label("question", question);
        out.optional("event", told.and_then(|told| told.event), |out, event| event_dto::event(out, &event, names));
        out.optional("verdict", told, |out, told| with_operands(out, &told.verdict.id().concat(), &told.operands));
        out.name("checks").list(told.map_or(&[][..], |told| &told.checks), |out, check| {
            out.table(|out| {
                // Its place in the list of texts: all the ids would be a kilobyte for everybody.
                out.count("test", check.test as u32);
                operands(out, &check.operands);
                out.name("outcome").flag(check.outcome);
            });
        });
        let next = told.and_then(|told| told.next.as_ref());
        out.optional("next", next, |out, next| with_operands(out, next.change.id(), &next.operands));
        out.optional("unknown", unknown, Writer::text);
    });
}

fn with_operands(out: &mut Writer, id: &str, values: &[Value]) {
    out.table(|out| {
        out.label("id", id);
        operands(out, values);
    });
}

fn operands(out: &mut Writer, values: &[Value]) {
    out.name("operands").list(values, |out, &value| {
        out.table(|out| {
            out.label("kind", kind(value));
            out.name("value");
            number(out, value);
        });
    });
}

fn kind(value: Value) -> &'static str {
    match value {
        Value::Nothing => "none",
        Value::Node(_) => "node",
        Value::Nodes(_) => "nodes",
        Value::Cpu(_) => "cpu",
        Value::Tid(_) => "tid",
        Value::Cpupid(_) => "cpupid",
        Value::Count(_) | Value::Signed(_) => "count",
        Value::Pass(_) => "pass",
        Value::Ms(_) | Value::Runtime(_) => "ms",
        Value::Jiffies(_) => "jiffies",
        Value::Address(_) => "address",
        Value::Flag(_) => "flag",
        Value::Name(_) => "name",
    }
}

/// The value in a form that its kind implies.
fn number(out: &mut Writer, value: Value) {
    match value {
        Value::Nothing => out.null(),
        Value::Nodes(nodes) => out.list(nodes.iter(), |out, node| out.whole(node.0.into())),
        Value::Runtime(time) => out.ms(time),
        Value::Jiffies(jiffies) => out.text(&jiffies.0.to_string()),
        Value::Address(addr) => out.text(&addr.to_string()),
        Value::Flag(flag) => out.flag(flag),
        Value::Name(name) => out.text(name),
        _ => out.signed(value.number() as i64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::event::{EventKind, FaultVerdict, PageRef};
    use hintfault::explain::Test;
    use hintfault::ids::{CpuId, NodeId, NodeSet, PageIdx, ProcIdx, TaskIdx, Tid, VirtAddr, VmaIdx};
    use hintfault::time::{Jiffies, Ns, Tick};
    use serde_json::{Value as Json, json};

    fn written(write: impl FnOnce(&mut Writer)) -> Json {
        let mut out = Writer::default();
        write(&mut out);
        serde_json::from_str(&out.finish()).expect("JSON")
    }

    fn run(ticks: u64) -> (History, Names) {
        let text = hintfault_scenario::presets::ALL[0].text;
        let (_, scenario) = crate::sharing::open(text).expect("valid");
        let mut history = History::new(&scenario).expect("starts");
        history.seek(Tick(ticks));
        (history, Names::of(&scenario))
    }

    fn page(page: u32) -> PageRef {
        PageRef { process: ProcIdx(0), vma: VmaIdx(0), page: PageIdx(page) }
    }

    #[test]
    fn an_event_is_told_with_its_figures() {
        let (history, names) = run(1000);
        let is_move = |kind: &EventKind| matches!(kind, EventKind::HintFault { verdict: FaultVerdict::Migrated, .. });
        let events = history.world().events(0, usize::MAX);
        let event = events.iter().find(|event| is_move(&event.kind)).expect("the preset moves pages");
        let told = written(|out| of_event(out, history.explain(event.seq).as_ref(), &names));
        assert_eq!((&told["event"]["seq"], &told["question"]), (&event.seq.into(), &"event".into()));
        let nodes = json!([{ "kind": "node", "value": 0 }, { "kind": "node", "value": 1 }]);
        assert_eq!(told["verdict"], json!({ "id": "fault_migrated", "operands": nodes }));
        let local = Test::ALL.iter().position(|&test| test == Test::FaultLocal).expect("a test");
        let checks = told["checks"].as_array().expect("a list");
        assert!(checks.contains(&json!({ "test": local, "operands": nodes, "outcome": false })), "{told:#}");
        assert_eq!(told["next"]["id"], "fault_from_elsewhere");
        assert_eq!(told["unknown"], Json::Null);
    }

    #[test]
    fn what_has_not_happened_is_told_with_the_tests_of_now() {
        let (history, names) = run(0);
        let scan = written(|out| answers(out, &history, &[Question::VmaScan(ProcIdx(0), VmaIdx(0))], &names));
        assert_eq!((&scan[0]["event"], &scan[0]["unknown"]), (&Json::Null, &"not_yet".into()));
        assert_eq!(scan[0]["verdict"]["id"], "tick_passes");
        assert_eq!(scan[0]["next"]["operands"][0]["kind"], "ms");
        let ahead = written(|out| of_event(out, history.explain(1 << 50).as_ref(), &names));
        assert_eq!((&ahead["verdict"], &ahead["unknown"]), (&Json::Null, &"no_such_event".into()));
        let beyond = Question::PagePlace(PageRef { vma: VmaIdx(9), ..page(0) });
        let gone = written(|out| answers(out, &history, &[beyond, Question::TaskCpu(TaskIdx(99))], &names));
        assert_eq!([&gone[0]["unknown"], &gone[1]["unknown"]], ["gone", "gone"]);
    }

    #[test]
    fn asking_leaves_the_run_where_it_is() {
        let (history, names) = run(700);
        let (digest, events) = (history.world().digest(), history.world().clock().events);
        let task = TaskIdx(0);
        let questions = [
            Question::PagePlace(page(77)),
            Question::PageScan(page(77)),
            Question::VmaScan(ProcIdx(0), VmaIdx(0)),
            Question::TaskNode(task),
            Question::TaskCpu(task),
            Question::TaskPeriod(task),
        ];
        let told = written(|out| answers(out, &history, &questions, &names));
        let asked: Vec<&str> =
            told.as_array().expect("a list").iter().filter_map(|one| one["question"].as_str()).collect();
        assert_eq!(asked, questions.map(Question::id));
        assert_eq!((history.world().digest(), history.world().clock().events), (digest, events));
        assert!(told[0]["checks"].as_array().is_some_and(|checks| checks.len() > 5), "{told:#}");
    }

    #[test]
    fn every_kind_of_figure_keeps_its_value() {
        let values = [
            (Value::Nothing, json!({ "kind": "none", "value": null })),
            (Value::Node(NodeId(3)), json!({ "kind": "node", "value": 3 })),
            (Value::Nodes(NodeSet(0b1010)), json!({ "kind": "nodes", "value": [1, 3] })),
            (Value::Cpu(CpuId(300)), json!({ "kind": "cpu", "value": 300 })),
            (Value::Tid(Tid(1001)), json!({ "kind": "tid", "value": 1001 })),
            (Value::Cpupid(0x1F_FFFF), json!({ "kind": "cpupid", "value": 0x1F_FFFF })),
            (Value::Count(1 << 40), json!({ "kind": "count", "value": 1_u64 << 40 })),
            (Value::Signed(-7), json!({ "kind": "count", "value": -7 })),
            (Value::Pass(-1), json!({ "kind": "pass", "value": -1 })),
            (Value::Ms(60_000), json!({ "kind": "ms", "value": 60_000 })),
            (Value::Runtime(Ns(1_500_000)), json!({ "kind": "ms", "value": 1.5 })),
            (Value::Jiffies(Jiffies(u64::MAX)), json!({ "kind": "jiffies", "value": u64::MAX.to_string() })),
            (Value::Address(VirtAddr(0x7F00)), json!({ "kind": "address", "value": "0x7f00" })),
            (Value::Flag(true), json!({ "kind": "flag", "value": true })),
            (Value::Name("MPOL_BIND"), json!({ "kind": "name", "value": "MPOL_BIND" })),
        ];
        let given = values.each_ref().map(|(value, _)| *value);
        let told = written(|out| out.table(|out| operands(out, &given)));
        assert_eq!(told["operands"], Json::from(values.map(|(_, json)| json).to_vec()));
    }
}
