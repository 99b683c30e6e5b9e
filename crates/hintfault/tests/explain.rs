//! Chains of tests, held against what happened.

mod common;

use common::{any_family, any_scenario, crowd, free_crowd, misplaced, thread_moved, wide};
use std::collections::BTreeSet;

use hintfault::event::{Event, EventKind, FaultVerdict, MoveCause, PageRef, ScanQueued, ScanVerdict, SkipReason};
use hintfault::explain::{Change, Check, Explanation, Found, Question, Test, Value, Verdict};
use hintfault::ids::{CpuId, NodeId, NodeSet, PageIdx, Pid, ProcIdx, Tid, VmaIdx};
use hintfault::input::{Access, Backing, MemPolicy, ModeFlags, PolicyMode, Prot, RegionKind, Scenario, Step, Thp};
use hintfault::time::Ns;
use hintfault::{EVENTS_KEPT, EventClass, EventFilter, History, LAST_CPUPID_UNSET};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

fn history(scenario: &Scenario, until_ms: u64) -> History {
    let mut history = History::new(scenario).expect("a sound scenario");
    let tick_ns = history.world().clock().tick_ns;
    history.run_ticks(until_ms * 1_000_000 / tick_ns);
    history
}

/// Whether a chain ends as the event says.
fn agrees(event: &Event, verdict: Verdict) -> bool {
    match (event.kind, verdict) {
        (EventKind::HintFault { verdict, .. }, found) => found == Verdict::Fault(verdict),
        (EventKind::JoinGroup { gid, .. }, found) => found == Verdict::Group(gid),
        (EventKind::PeriodConsumed { scan, .. }, found) => found == Verdict::Queued(scan),
        (EventKind::ScanBegin { verdict, .. }, found) => found == Verdict::Begin(verdict),
        // Told on the way into the mapping.
        (EventKind::SkipVma { reason: SkipReason::IgnorePidInactive, .. }, found) => found == Verdict::Enter,
        (EventKind::SkipVma { reason, .. }, found) => found == Verdict::Skip(reason),
        (EventKind::ScanWindow { updated, .. }, found) => found == Verdict::Window(updated),
        (EventKind::Placement { max_nid, new_period_ms, .. }, found) => {
            found == Verdict::Placement { max_nid, period_ms: new_period_ms }
        }
        (EventKind::SetPreferred { nid }, found) => found == Verdict::Preferred(nid),
        (EventKind::TaskMoved { to, cause, .. }, found) => found == Verdict::Moved(to, cause),
        (EventKind::TaskStuck { cpu }, found) => found == Verdict::Stays(cpu),
        (EventKind::FirstTouch { node, .. }, found) => found == Verdict::Touched(node),
        (EventKind::WriteProtectFault { .. }, found) => found == Verdict::Reused,
        (EventKind::OutOfMemory { .. }, found) => found == Verdict::OutOfMemory,
        (EventKind::ScanEnd { scan_seq, offset, .. }, found) => {
            found == if offset.0 == 0 { Verdict::PassDone(scan_seq) } else { Verdict::ScanPauses(offset) }
        }
        (EventKind::ActionApplied { refused, .. }, found) => {
            found == refused.map_or(Verdict::Applied, Verdict::Refused)
        }
        (EventKind::TaskExit, found) => matches!(found, Verdict::Ended(_)),
        (EventKind::Fork { .. }, found) => matches!(found, Verdict::Forked(_)),
        (EventKind::Clone { .. }, found) => matches!(found, Verdict::Cloned(_)),
        (EventKind::Exec { .. }, found) => found == Verdict::Execed,
    }
}

/// Whether something could change an answer; `explain.md` gives the reasons why not.
fn can_change(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Given | Verdict::Applied | Verdict::Refused(_) | Verdict::Execed | Verdict::Ended(_) => false,
        Verdict::Fault(_)
        | Verdict::Group(_)
        | Verdict::Placement { .. }
        | Verdict::Preferred(_)
        | Verdict::NoPlacement
        | Verdict::Moved(..)
        | Verdict::Stays(_)
        | Verdict::Queued(_)
        | Verdict::TickPasses
        | Verdict::Begin(_)
        | Verdict::Skip(_)
        | Verdict::Enter
        | Verdict::Window(_)
        | Verdict::Marked
        | Verdict::Kept
        | Verdict::Touched(_)
        | Verdict::Reused
        | Verdict::OutOfMemory
        | Verdict::Waits
        | Verdict::ScanPauses(_)
        | Verdict::PassDone(_)
        | Verdict::Forked(_)
        | Verdict::Cloned(_) => true,
    }
}

fn sound(event: &Event, explanation: &Explanation) {
    assert_eq!(explanation.event, Some(*event));
    assert_eq!(explanation.next.is_some(), can_change(explanation.verdict), "{event:?}\n{explanation:#?}");
    assert!(agrees(event, explanation.verdict), "{event:?}\n{explanation:#?}");
    for check in &explanation.checks {
        assert_eq!(check.recompute(), check.outcome, "{check:?} of {event:?}");
        assert!(figures_fit(check.test, &check.operands), "{check:?} of {event:?}");
    }
    let follows = verdict_of(event, &explanation.checks);
    assert!(follows.is_none_or(|follows| follows == explanation.verdict), "{follows:?} of {event:?}\n{explanation:#?}");
}

/// What follows from the tests of a chain, for kinds of events where that is all there is to it.
fn verdict_of(event: &Event, checks: &[Check]) -> Option<Verdict> {
    let last = |test: Test| checks.iter().rev().find(|check| check.test == test);
    let holds = |test: Test| last(test).is_some_and(|check| check.outcome);
    Some(match event.kind {
        EventKind::TaskMoved { from, cause, .. } => return moved_by(from, cause, checks),
        EventKind::ScanEnd { scan_seq, offset, .. } => {
            if holds(Test::CameToEnd) {
                Verdict::PassDone(scan_seq)
            } else {
                Verdict::ScanPauses(offset)
            }
        }
        EventKind::HintFault { .. } => Verdict::Fault(fault_of(checks)),
        EventKind::PeriodConsumed { .. } => {
            Verdict::Queued(if holds(Test::ScanAhead) { ScanQueued::NotDue } else { ScanQueued::Yes })
        }
        EventKind::ScanBegin { .. } => Verdict::Begin(match (holds(Test::WorkAhead), holds(Test::TimerUnset)) {
            (false, _) => ScanVerdict::Scan,
            (true, true) => ScanVerdict::TimerArmed,
            (true, false) => ScanVerdict::NotDue,
        }),
        EventKind::SkipVma { .. } => vma_of(checks),
        EventKind::Placement { old_period_ms, .. } => {
            let most = checks.iter().rev().find(|check| check.test == Test::MostFaults && check.outcome);
            let max_nid = most.map(|check| NodeId(check.operands[2].number() as u8));
            let period_ms = match last(Test::PeriodWithin) {
                Some(check) => {
                    let n: Vec<i128> = check.operands.iter().map(|value| value.number()).collect();
                    n[0].clamp(n[1], n[2]) as u32
                }
                // Doubled, up to a longest one that no test shows.
                None => match agreed_period(event) {
                    period if period <= old_period_ms.saturating_mul(2) => period,
                    _ => return None,
                },
            };
            Verdict::Placement { max_nid, period_ms }
        }
        EventKind::FirstTouch { .. } | EventKind::OutOfMemory { .. } => {
            let served = [Test::ZoneAboveLow, Test::ZoneAboveMin, Test::ZoneHasFree];
            let check = checks.last().filter(|check| served.contains(&check.test) && check.outcome);
            check.map_or(Verdict::OutOfMemory, |check| Verdict::Touched(NodeId(check.operands[2].number() as u8)))
        }
        _ => return None,
    })
}

/// Where a move leads by its tests; panics where they forbid it.
fn moved_by(from: CpuId, cause: MoveCause, checks: &[Check]) -> Option<Verdict> {
    let of = |test: Test| checks.iter().find(|check| check.test == test);
    let is = |test: Test| of(test).map(|check| check.outcome);
    let cpu = |test: Test| of(test).filter(|check| check.outcome).map(|check| CpuId(check.operands[0].number() as u16));
    match cause {
        MoveCause::Affinity => {
            assert_eq!(is(Test::CpuStillAllowed), Some(false));
            let next = of(Test::NextInTurn).expect("asked");
            Some(Verdict::Moved(CpuId(next.operands[0].number() as u16), cause))
        }
        MoveCause::Wakeup => {
            assert!(is(Test::OneCpuAllowed) == Some(true) || is(Test::PrevCpuFree) == Some(false));
            let found = cpu(Test::IdleCoreNear).or(cpu(Test::IdleCpuNear))?;
            assert_ne!(found, from);
            (is(Test::FoundCpuAllowed) == Some(true)).then_some(Verdict::Moved(found, cause))
        }
        MoveCause::LoadBalance => {
            if of(Test::FailedTooOften).is_none() {
                let wanted = [(Test::DstAllowed, true), (Test::TaskRuns, false), (Test::ShareFits, true)];
                assert!(wanted.iter().all(|&(test, outcome)| is(test) == Some(outcome)), "{checks:#?}");
                let loses = is(Test::LosesLocality) == Some(true) || is(Test::CacheHot) == Some(true);
                assert_eq!(is(Test::FailedOften), loses.then_some(true), "{checks:#?}");
            }
            assert_ne!(is(Test::FailedTooOften), Some(false));
            None
        }
        MoveCause::NumaMove | MoveCause::NumaSwap => None,
    }
}

fn agreed_period(event: &Event) -> u32 {
    let EventKind::Placement { new_period_ms, .. } = event.kind else { unreachable!() };
    new_period_ms
}

/// The first test that decides, except that a page which is there already stays whatever else
/// was found.
fn fault_of(checks: &[Check]) -> FaultVerdict {
    let is = |check: &Check, test, outcome| check.test == test && check.outcome == outcome;
    if checks.iter().any(|check| is(check, Test::AlreadyThere, true)) {
        return FaultVerdict::Local;
    }
    for check in checks {
        match (check.test, check.outcome) {
            (Test::PolicyMigrates, false) => return FaultVerdict::PolicyForbids,
            (Test::NodeInPolicy, false) => return FaultVerdict::OutsidePolicy,
            (Test::DestinationHasMemory, false) => return FaultVerdict::NoMemoryThere,
            (Test::LastNodeSame, false) => return FaultVerdict::LastCpuElsewhere,
            (Test::GroupShortOfMemory, false) => return FaultVerdict::GroupBalanced,
            (Test::SharedProgramText | Test::DirtyFilePage, true) | (Test::Isolated, false) => {
                return FaultVerdict::IsolationFailed;
            }
            _ => {}
        }
    }
    let has_room = checks.iter().any(|check| is(check, Test::ZoneAboveHigh, true));
    let has_page = checks.iter().any(|check| is(check, Test::FreePageThere, true));
    if has_room && has_page { FaultVerdict::Migrated } else { FaultVerdict::NodeFull }
}

fn vma_of(checks: &[Check]) -> Verdict {
    let reason = checks.iter().find_map(|check| match (check.test, check.outcome) {
        (Test::Unmigratable, true) | (Test::VmaPolicyMigrates, false) => Some(SkipReason::Unsuitable),
        (Test::FileReadOnly, true) => Some(SkipReason::SharedRo),
        (Test::NoAccessRights, true) => Some(SkipReason::Inaccessible),
        (Test::VmaTooYoung, true) => Some(SkipReason::ScanDelay),
        (Test::DoneInPass, true) => Some(SkipReason::SeqCompleted),
        (Test::LongUnscanned, false) => Some(SkipReason::PidInactive),
        _ => None,
    });
    reason.map_or(Verdict::Enter, Verdict::Skip)
}

/// Whether figures that led to an operand give that operand.
fn figures_fit(test: Test, operands: &[Value]) -> bool {
    let n: Vec<i128> = operands.iter().map(|value| value.number()).collect();
    match test {
        Test::GroupUsesFarMore => n[1] % 3 == 0,
        Test::GroupShortOfMemory => {
            let (cpu_src, cpu_dst, mem_src, mem_dst) = (n[2], n[3], n[4], n[5]);
            n[0] == cpu_dst * mem_src * 3 && n[1] == cpu_src * mem_dst * 4
        }
        Test::LastPidUnset => n[0] == n[2] & 0xFF && n[1] == 0xFF,
        Test::LastPidOwn | Test::SameThread => n[0] == n[3] & 0xFF && n[1] == n[2] & 0xFF,
        Test::FirstRecorded => n[1] == i128::from(LAST_CPUPID_UNSET),
        Test::OtherStillThere => n[3] == -1 || n[0] == n[3] & 0xFF,
        Test::PeriodUsedUp => n[1] == n[2] + n[3] * 1_000_000,
        Test::FirstPasses => n[1] == n[2] - n[3],
        Test::LongUnscanned => n[1] == n[2] + n[3],
        Test::NothingToLearn => n[0] == n[2] + n[3],
        Test::MostlyPrivate | Test::MostlyLocal => n[0] == n[2] * 10 / (n[2] + n[3]),
        _ => true,
    }
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
