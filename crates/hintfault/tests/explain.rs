//! Chains of tests, held against what happened.

mod common;

use common::chains::{can_change, sound};
use common::{any_family, any_scenario, crowd, free_crowd, misplaced, thread_moved, wide};
use std::collections::BTreeSet;

use hintfault::event::{Event, EventKind, MoveCause, PageRef};
use hintfault::explain::{Change, Found, PageMover, PolicyOf, Question, Test, Value, Verdict};
use hintfault::ids::{CpuId, NodeId, NodeSet, PageIdx, Pid, ProcIdx, Tid, VmaIdx};
use hintfault::input::{
    Access, Action, Backing, MemPolicy, ModeFlags, MoveFlags, PageRange, PolicyMode, Prot, RegionKind, Scenario, Step,
    Thp, TimedAction,
};
use hintfault::time::Ns;
use hintfault::{EVENTS_KEPT, EventClass, EventFilter, History};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

fn history(scenario: &Scenario, until_ms: u64) -> History {
    let mut history = History::new(scenario).expect("a sound scenario");
    let tick_ns = history.world().clock().tick_ns;
    history.run_ticks(until_ms * 1_000_000 / tick_ns);
    history
}

/// Of each kind at most so many events, spread over the log.
fn sample(history: &History, per_class: usize) -> Vec<Event> {
    let events = history.world().events(0, usize::MAX);
    let of_class = |&class: &EventClass| -> Vec<Event> {
        let of: Vec<Event> = events.iter().filter(|event| EventClass::of(&event.kind) == class).copied().collect();
        let stride = of.len().div_ceil(per_class).max(1);
        of.into_iter().step_by(stride).collect()
    };
    EventClass::ALL.iter().flat_map(of_class).collect()
}

fn explain_some(history: &History, per_class: usize) {
    for event in sample(history, per_class) {
        sound(&event, &history.explain(event.seq).expect("it happened"));
    }
}

fn kind(place: u16) -> impl Strategy<Value = RegionKind> {
    let shared = move |backing| RegionKind::Shared { key: place, backing };
    prop_oneof![
        4 => Just(RegionKind::Anon),
        2 => Just(shared(Backing::Shmem)),
        1 => Just(shared(Backing::PageCache)),
        1 => Just(RegionKind::PrivateFile),
        1 => Just(RegionKind::Unmigratable),
    ]
}

fn policy() -> impl Strategy<Value = Option<MemPolicy>> {
    use PolicyMode::{Bind, Interleave, Local, Preferred, PreferredMany};
    let of = |mode, nodes, flags| Some(MemPolicy::new(mode, NodeSet(nodes)).with(flags));
    prop_oneof![
        5 => Just(None),
        2 => Just(of(Bind, 1, ModeFlags::NUMA_BALANCING)),
        1 => Just(of(Bind, 3, ModeFlags::NUMA_BALANCING)),
        1 => Just(of(PreferredMany, 1, ModeFlags::NUMA_BALANCING)),
        1 => Just(of(Bind, 1, ModeFlags::NONE)),
        1 => Just(of(Interleave, 3, ModeFlags::NONE)),
        1 => Just(of(Preferred, 1, ModeFlags::NONE)),
        1 => Just(of(Local, 0, ModeFlags::NONE)),
    ]
}

fn prot() -> impl Strategy<Value = Prot> {
    let of = |read, write, exec| Prot { read, write, exec };
    prop_oneof![6 => Just(of(true, true, false)), 2 => Just(of(true, false, true)), 1 => Just(of(false, false, false))]
}

prop_compose! {
    /// Two processes with the same mappings of all kinds, on a machine that may be rather full.
    fn any_kinds()(
        base in any_scenario(),
        regions in (kind(1), kind(2)).prop_flat_map(|kinds| {
            (Just([kinds.0, kinds.1]), prop::collection::vec((policy(), prot(), any::<bool>()), 2))
        }),
        thread_policy in policy(),
        left in prop_oneof![3 => Just(None), 1 => (10u64..16_000).prop_map(Some)],
        mode in prop_oneof![6 => Just(1u8), 1 => Just(2), 1 => Just(0)],
        pinned in any::<bool>(),
    ) -> Scenario {
        let mut scenario = base;
        let nodes = scenario.machine.nodes.len() as u64;
        let fitting = |policy: Option<MemPolicy>| policy.filter(|policy| policy.nodes.0 < 1 << nodes);
        let (kinds, others) = regions;
        for (region, (kind, (policy, prot, huge))) in
            scenario.processes[0].regions.iter_mut().zip(kinds.into_iter().zip(others))
        {
            (region.kind, region.policy, region.prot) = (kind, fitting(policy), prot);
            region.thp = if huge { Thp::Always } else { Thp::Never };
        }
        // Programs touch the first one.
        scenario.processes[0].regions[0].prot = Prot { read: true, write: true, exec: false };
        let cpus: Vec<CpuId> = scenario.machine.nodes.iter().flat_map(|node| node.cpus.clone()).collect();
        let mut second = scenario.processes[0].clone();
        second.pid = Pid(3000);
        for (place, thread) in (0u32..).zip(&mut second.threads) {
            thread.tid = Tid(3000 + place);
            thread.affinity = vec![cpus[(place as usize + cpus.len() / 2) % cpus.len()]];
            thread.policy = fitting(thread_policy);
        }
        for region in &mut second.regions {
            region.populate.clear();
        }
        scenario.processes.push(second);
        if !pinned {
            for thread in scenario.processes.iter_mut().flat_map(|process| &mut process.threads) {
                thread.affinity.clone_from(&cpus);
            }
        }
        if let (Some(last), Some(left)) = (scenario.machine.nodes.last_mut(), left) {
            last.used_pages = last.memory_pages - 3000 - left;
        }
        scenario.sysctl.numa_balancing = mode;
        scenario
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn every_chain_ends_as_its_event_says(scenario in any_scenario(), per_class in 17usize..24) {
        explain_some(&history(&scenario, 2000), per_class);
    }

    #[test]
    fn so_does_every_chain_of_families(scenario in any_family(), per_class in 17usize..24) {
        explain_some(&history(&scenario, 1400), per_class);
    }

    #[test]
    fn so_does_every_chain_of_mappings_of_all_kinds(scenario in any_kinds(), per_class in 17usize..24) {
        explain_some(&history(&scenario, 1800), per_class);
    }

    #[test]
    fn so_does_every_chain_while_policies_change(
        scenario in any_kinds(),
        actions in prop::collection::vec((0u64..900_000, common::policies::action()), 1..12),
        per_class in 17usize..24,
    ) {
        let mut scenario = scenario;
        common::policies::add_actions(&mut scenario, actions);
        explain_some(&history(&scenario, 1200), per_class);
    }
}

/// Tests that no ordinary run makes; most are made in `moves.rs` and `births.rs`.
const SELDOM: &[Test] = &[
    Test::GroupGains,
    Test::GroupOnMoreNodes,
    Test::IdleCpuNear,
    Test::CpuStillAllowed,
    Test::NextInTurn,
    Test::FailedTooOften,
    Test::WasAway,
    Test::StaggerCut,
    Test::OwnGroupFuller,
    Test::PrefersHere,
    Test::PrefersThere,
    Test::NodesNearlyEven,
    Test::MoreIdleThere,
    Test::LessLoadThere,
    Test::IdleCpuInGroup,
    Test::LeavesGroup,
    Test::FreedForGood,
];

#[test]
fn every_test_is_made_somewhere() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut file = thread_moved(1200);
    file.processes[0].regions[0].kind = RegionKind::Shared { key: 1, backing: Backing::PageCache };
    let Step::Access { access, .. } = &mut file.processes[0].threads[0].program.steps[0] else { unreachable!() };
    *access = Access::Read;
    let mut scenarios = vec![crowd(), free_crowd(), file];
    scenarios.extend((0..24).map(|_| any_kinds().new_tree(&mut runner).unwrap().current()));
    scenarios.extend((0..8).map(|_| any_family().new_tree(&mut runner).unwrap().current()));
    let (mut seen, mut causes) = (BTreeSet::new(), BTreeSet::new());
    let lonely = misplaced(wide(2, 2), &[0], &[1]);
    let mut crossed = misplaced(wide(2, 1), &[0, 1], &[1, 0]);
    crossed.sysctl.scan_period_max_ms = 2000;
    let mut stuck = misplaced(wide(2, 1), &[0, 1], &[1, 1]);
    stuck.actions.pop();
    let moving = [(lonely, 8000), (crossed, 20_000), (stuck, 8000)];
    for (scenario, until_ms) in scenarios.into_iter().map(|scenario| (scenario, 2500)).chain(moving) {
        let history = history(&scenario, until_ms);
        for event in sample(&history, 12) {
            let explanation = history.explain(event.seq).unwrap();
            sound(&event, &explanation);
            seen.extend(explanation.checks.iter().map(|check| check.test));
            if let EventKind::TaskMoved { cause, .. } = event.kind {
                causes.insert(cause);
            }
        }
        for event in history.world().events(0, usize::MAX) {
            let EventKind::ScanWindow { process, vma, start, .. } = event.kind else { continue };
            let first = history.world().mms()[process.index()].vmas[vma.index()].start;
            let page = PageIdx(start.pages_since(first) as u32);
            let entry = history.explain_entry(event.seq, page);
            seen.extend(entry.unwrap().checks.iter().map(|check| check.test));
            break;
        }
    }
    let missing: Vec<&Test> = Test::ALL.iter().filter(|test| !seen.contains(test) && !SELDOM.contains(test)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!([MoveCause::NumaMove, MoveCause::NumaSwap].iter().all(|cause| causes.contains(cause)), "{causes:?}");
}

#[test]
fn crowds_are_explained_too() {
    explain_some(&history(&crowd(), 3000), 40);
    explain_some(&history(&free_crowd(), 1500), 40);
}

#[test]
fn what_has_not_happened_has_no_explanation() {
    let history = history(&thread_moved(600), 1100);
    assert_eq!(history.explain(history.world().clock().events), None);
}

#[test]
fn marked_entries_are_as_many_as_the_window_says() {
    let mut history = History::new(&crowd()).unwrap();
    let windows = EventFilter::kinds(&[EventClass::ScanWindow]);
    for _ in 0..6 {
        let event = history.run_to_event(windows, Ns::from_ms(20_000)).unwrap();
        let EventKind::ScanWindow { process, vma, start, end, updated } = event.kind else { unreachable!() };
        let first = history.world().mms()[process.index()].vmas[vma.index()].start;
        let pages = start.pages_since(first) as u32..end.pages_since(first) as u32;
        let every = (pages.len() / 23).max(1);
        if pages.len() > 300 {
            for page in pages.step_by(every) {
                let found = history.explain_entry(event.seq, PageIdx(page)).unwrap();
                assert!(found.checks.iter().all(|check| check.recompute() == check.outcome), "{found:?}");
                assert!(matches!(found.verdict, Verdict::Marked | Verdict::Kept));
            }
            continue;
        }
        let marked = pages
            .filter(|&page| {
                let found = history.explain_entry(event.seq, PageIdx(page)).unwrap();
                found.verdict == Verdict::Marked
            })
            .count();
        assert_eq!(marked, updated as usize, "{event:?}");
    }
}

fn questions(history: &History) -> Vec<Question> {
    let mut questions = Vec::new();
    for mm in history.world().mms() {
        for vma in &mm.vmas {
            questions.push(Question::VmaScan(mm.process, vma.index));
            for page in [0, vma.pages / 3, vma.pages - 1].map(PageIdx) {
                let page = PageRef { process: mm.process, vma: vma.index, page };
                questions.extend([Question::PagePlace(page), Question::PageScan(page)]);
            }
        }
    }
    for task in history.world().tasks() {
        questions.extend([Question::TaskNode, Question::TaskCpu, Question::TaskPeriod].map(|of| of(task.index)));
    }
    questions
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn questions_are_answered_by_the_last_event_or_by_the_present(scenario in any_kinds(), until_ms in 1u64..1500) {
        let history = history(&scenario, until_ms);
        for question in questions(&history) {
            let now = history.explain_now(question);
            let is_alive = match question {
                Question::PagePlace(page) | Question::PageScan(page) => history.world().page(page).is_some(),
                _ => true,
            };
            prop_assert_eq!(now.is_some(), is_alive, "{:?}", question);
            if let Some(now) = &now {
                prop_assert_eq!(now.next.is_some(), can_change(now.verdict), "{:?} {:?}", question, now);
            }
            for check in now.iter().flat_map(|now| &now.checks) {
                prop_assert_eq!(check.recompute(), check.outcome, "{:?} of {:?}", check, question);
            }
            if let Some(event) = history.search(question) {
                sound(&event, &history.explain(event.seq).unwrap());
            }
        }
    }
}

#[test]
fn a_search_finds_what_the_log_has_lost() {
    let pages = EVENTS_KEPT as u32 + 5000;
    let mut scenario = thread_moved(pages);
    scenario.processes[0].regions[0].populate.clear();
    let history = history(&scenario, 400);
    assert!(history.world().events(0, 1)[0].seq > 0, "the log has lost something");
    let page = |page: u32| PageRef { process: ProcIdx(0), vma: VmaIdx(0), page: PageIdx(page) };
    for at in [0, 1, 777, pages - 1] {
        let event = history.search(Question::PagePlace(page(at))).unwrap();
        assert_eq!(event.seq, u64::from(at), "first touches in order");
        assert_eq!(history.event(event.seq), Some(event));
        sound(&event, &history.explain(event.seq).unwrap());
    }
    assert_eq!(history.last_event(Question::PageScan(page(0))), Found::NotSince(history.world().events(0, 1)[0].seq));
    assert_eq!(history.search(Question::PageScan(page(0))), None);
}

#[test]
fn a_lone_threads_local_pages_wait_for_company() {
    let mut scenario = thread_moved(600);
    scenario.processes[0].threads[0].affinity = vec![CpuId(0)];
    let history = history(&scenario, 1100);
    let page = PageRef { process: ProcIdx(0), vma: VmaIdx(0), page: PageIdx(3) };
    let event = history.search(Question::PageScan(page)).unwrap();
    let entry = history.explain_entry(event.seq, page.page).unwrap();
    assert_eq!((entry.verdict, entry.checks.last().unwrap().test), (Verdict::Kept, Test::OnTargetNode));
    assert_eq!(entry.next.unwrap().change, Change::RunsElsewhere);
    assert_eq!(history.search(Question::PagePlace(page)), None);
    let now = history.explain_now(Question::PagePlace(page)).unwrap();
    assert_eq!((now.verdict, now.next.unwrap().change), (Verdict::TickPasses, Change::MoreRuntime));
}

/// Nothing but actions moves pages here; one of them splits the mapping.
#[test]
fn a_page_that_an_action_moved_names_the_call() {
    let mut scenario = thread_moved(600);
    scenario.sysctl.numa_balancing = 0;
    scenario.processes[0].regions[0].populate.clear();
    let first_at = Ns(200_000_000);
    let policy = MemPolicy::new(PolicyMode::Bind, NodeSet(1));
    let range = PageRange { process: ProcIdx(0), region: 0, first: PageIdx(100), pages: 100 };
    let mbind = Action::Mbind { range, policy, flags: MoveFlags::MOVE };
    let migrate = Action::MigratePages { process: ProcIdx(0), from: NodeSet(1), to: NodeSet(2) };
    let later = Ns(400_000_000);
    scenario.actions = vec![TimedAction { at: first_at, action: mbind }, TimedAction { at: later, action: migrate }];
    let page = |vma: u16, page: u32| PageRef { process: ProcIdx(0), vma: VmaIdx(vma), page: PageIdx(page) };
    let ask = |history: &History, page: PageRef| {
        let question = Question::PagePlace(page);
        history.answer(question, history.last_event(question)).expect("there is such a page")
    };
    let before = history(&scenario, 350);
    let moved = ask(&before, page(1, 5));
    let nodes = [NodeId(1), NodeId(0)];
    assert_eq!(moved.verdict, Verdict::PageMoved(PageMover::Mbind));
    assert_eq!(moved.event.map(|event| event.time), Some(first_at));
    assert_eq!(moved.next.map(|next| next.change), Some(Change::PolicyWithBalancing));
    assert_eq!(moved.operands[..2], nodes.map(Value::Node));
    assert_eq!(moved.operands[2..], [Value::Name("MPOL_BIND"), Value::Nodes(NodeSet(1)), Value::Name("MPOL_MF_MOVE")]);
    for (of, left) in [(page(0, 5), 5), (page(2, 7), 207)] {
        let stayed = ask(&before, of);
        assert_eq!((stayed.verdict, stayed.event.map(|event| event.seq)), (Verdict::Touched(NodeId(1)), Some(left)));
    }
    let moved = ask(&history(&scenario, 600), page(1, 5));
    assert_eq!((moved.verdict, moved.checks.len()), (Verdict::PageMoved(PageMover::MigratePages), 0));
    let nodes = [NodeId(0), NodeId(1)].map(Value::Node);
    assert_eq!(moved.operands, [nodes, [1, 2].map(|nodes| Value::Nodes(NodeSet(nodes)))].concat());
}

#[test]
fn a_first_touch_names_the_policy() {
    let mut scenario = thread_moved(600);
    scenario.processes[0].regions[0].populate.clear();
    let policy = MemPolicy::new(PolicyMode::Bind, NodeSet(1));
    scenario.processes[0].regions[0].policy = Some(policy);
    let history = history(&scenario, 200);
    let page = PageRef { process: ProcIdx(0), vma: VmaIdx(0), page: PageIdx(3) };
    let event = history.search(Question::PagePlace(page)).unwrap();
    let told = history.explain(event.seq).unwrap();
    assert_eq!(told.verdict, Verdict::TouchedUnder(NodeId(0), PolicyOf::Mapping, PolicyMode::Bind));
    assert_eq!(told.operands[..2], [NodeId(0), NodeId(1)].map(Value::Node));
    assert_eq!(told.next.map(|next| next.change), Some(Change::PolicyWithBalancing));
}
