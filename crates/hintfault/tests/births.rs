//! Fork, clone, exec and exit: what a task begins with, keeps and leaves behind, as it is told.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{crowd, free, machine, misplaced, process, region, scenario, thread, visit, wide};
use hintfault::event::Event;
use hintfault::explain::{Change, Check, EndCause, Explanation, Test, Value, Verdict};
use hintfault::ids::{CpuId, NodeId, NodeSet, Pid, ProcIdx, Tid};
use hintfault::input::{
    Access, Action, MemPolicy, Pattern, PolicyMode, Process, ProcessStart, Program, Repeat, Scenario, Step, Thread,
    TimedAction,
};
use hintfault::time::{Jiffies, Ns};
use hintfault::{EventClass, History};

fn history(scenario: &Scenario, until_ms: u64) -> History {
    let mut history = History::new(scenario).expect("a sound scenario");
    history.run_ticks(until_ms * 1_000_000 / history.world().clock().tick_ns);
    history
}

fn told(history: &History, class: EventClass) -> Vec<(Event, Explanation)> {
    let events = history.world().events(0, usize::MAX);
    let meant = events.into_iter().filter(|event| EventClass::of(&event.kind) == class);
    meant.map(|event| (event, history.explain(event.seq).expect("it happened"))).collect()
}

fn told_once(history: &History, class: EventClass) -> Explanation {
    let mut all = told(history, class);
    assert_eq!(all.len(), 1);
    all.remove(0).1
}

fn outcomes(explanation: &Explanation) -> Vec<(Test, bool)> {
    explanation.checks.iter().map(|check| (check.test, check.outcome)).collect()
}

fn find(explanation: &Explanation, test: Test) -> &Check {
    explanation.checks.iter().find(|check| check.test == test).unwrap_or_else(|| panic!("{test:?} {explanation:#?}"))
}

fn at(ms: u64, action: Action) -> TimedAction {
    TimedAction { at: Ns::from_ms(ms), action }
}

fn compute(ms: u64) -> Step {
    Step::Compute { duration: Ns::from_ms(ms) }
}

fn once(thread: Thread) -> Thread {
    Thread { program: Program { repeat: Repeat::Once, ..thread.program }, ..thread }
}

fn unborn(thread: Thread) -> Thread {
    Thread { start: Ns::NEVER, ..thread }
}

/// A process with one thread that comes to be in this way.
fn later(start: ProcessStart, thread: Thread) -> Process {
    let mut regions = vec![region(0x1000_0000, 500, 500)];
    regions[0].populate.clear();
    Process { start, pid: Pid(thread.tid.0), ..process(regions, vec![unborn(thread)]) }
}

const BY_FORK: ProcessStart = ProcessStart::ByFork { parent: ProcIdx(0) };

/// A parent on CPU 0 that forks a child at 5 ms.
fn fork_of(child: Thread) -> Scenario {
    let steps = vec![compute(5), Step::Fork { process: ProcIdx(1) }, compute(1000)];
    let parent = process(vec![region(0x1000_0000, 500, 500)], vec![once(thread(1000, 0, steps))]);
    scenario(machine(2, 20), vec![parent, later(BY_FORK, child)])
}

#[test]
fn a_fork_begins_with_nothing() {
    let history = history(&fork_of(thread(1001, 2, vec![compute(10)])), 20);
    let why = told_once(&history, EventClass::Fork);
    let expected = [
        (Test::PolicyInherited, false),
        (Test::OnlyUser, true),
        (Test::SharesMemory, false),
        (Test::OneCpuAllowed, true),
    ];
    assert_eq!(outcomes(&why), expected);
    assert_eq!(why.verdict, Verdict::Forked(CpuId(2)));
    assert_eq!(why.operands, [Value::Cpu(CpuId(2)), Value::Node(NodeId(1))]);
    assert_eq!(find(&why, Test::SharesMemory).operands[1..], [Value::Nothing, Value::Runtime(Ns::from_ms(1000))]);
    assert_eq!(why.next.as_ref().map(|next| next.change), Some(Change::AffinityForbids));
    // The parent's passes begin anew: its timer is set a scan delay from the fork on.
    let Value::Jiffies(Jiffies(next)) = find(&why, Test::OnlyUser).operands[2] else { panic!("{why:#?}") };
    let now = history.world().clock().jiffies.0;
    assert!((now + 240..now + 251).contains(&next), "{next} {now}");
}

#[test]
fn a_policy_is_inherited_unless_the_scenario_gives_one() {
    let policy = Some(MemPolicy::new(PolicyMode::Bind, NodeSet(1)));
    for (of_parent, of_child) in [(false, false), (true, false), (true, true)] {
        let mut scenario = fork_of(thread(1001, 2, vec![compute(10)]));
        scenario.processes[0].threads[0].policy = policy.filter(|_| of_parent);
        scenario.processes[1].threads[0].policy = policy.filter(|_| of_child);
        let why = told_once(&history(&scenario, 20), EventClass::Fork);
        assert_eq!(why.checks[0].operands, [of_parent, !of_child].map(Value::Flag));
        assert_eq!(why.checks[0].outcome, of_parent && !of_child);
    }
}

/// The kernel takes the smaller of two numbers in different units and adds two ticks.
#[test]
fn a_clone_has_a_head_start_and_its_creators_preferred_node() {
    let main = thread(1000, 0, vec![compute(5), Step::Clone { thread: 1 }, compute(1000)]);
    let regions = vec![region(0x1000_0000, 500, 500)];
    let threads = vec![main, unborn(thread(1001, 3, vec![compute(10)]))];
    let why = told_once(&history(&scenario(machine(2, 20), vec![process(regions, threads)]), 20), EventClass::Clone);
    let expected = [
        (Test::PolicyInherited, false),
        (Test::OnlyUser, true),
        (Test::SharesMemory, true),
        (Test::StaggerCut, true),
        (Test::OneCpuAllowed, true),
    ];
    assert_eq!(outcomes(&why), expected);
    let [Value::Count(period), Value::Count(longest), Value::Runtime(stamp)] =
        find(&why, Test::StaggerCut).operands[..]
    else {
        panic!("{why:#?}")
    };
    assert_eq!((period, longest, stamp), (1_000_000_000, 60_000, Ns(60_000 + 8_000_000)));
    let first_scan = Value::Runtime(stamp + Ns::from_ms(1000));
    assert_eq!(find(&why, Test::SharesMemory).operands[1..], [Value::Nothing, first_scan]);
    assert_eq!(why.verdict, Verdict::Cloned(CpuId(3)));
}

/// Where the choice of a CPU ends by its tests: an idle CPU of the last group that was chosen,
/// or the creator's own.
fn told_cpu(why: &Explanation) -> Option<Value> {
    let last = why.checks.iter().rev().find(|check| check.test == Test::IdleCpuInGroup && check.outcome);
    last.map(|check| check.operands[0])
}

#[test]
fn a_child_goes_where_the_domains_say() {
    let mut seen = BTreeSet::new();
    for others in 0..14u16 {
        let cpus = if others < 5 { 4 } else { 2 };
        // From the tenth on both nodes are busy.
        let used = if others < 10 { cpus } else { 2 * cpus };
        let visits = |region| visit(region, 500, Pattern::Sequential { stride: 1 }, Access::Write);
        let mut threads: Vec<Thread> =
            (0..others).map(|n| thread(1100 + u32::from(n), n % used, vec![visits(0)])).collect();
        threads.insert(0, free(thread(1000, 0, vec![visits(0)]), 2 * cpus));
        let parent = process(vec![region(0x1000_0000, 500, 500)], threads);
        let child = later(BY_FORK, free(thread(2000, 0, vec![visits(0)]), 2 * cpus));
        let mut scenario = scenario(wide(2, cpus), vec![parent, child]);
        scenario.actions = vec![at(200, Action::Fork { process: ProcIdx(1) })];
        let why = told_once(&history(&scenario, 300), EventClass::Fork);
        let Verdict::Forked(cpu) = why.verdict else { panic!("{why:#?}") };
        assert!(!find(&why, Test::OneCpuAllowed).outcome);
        if let Some(told) = told_cpu(&why) {
            assert_eq!(told, Value::Cpu(cpu), "{why:#?}");
        }
        assert!(why.checks.iter().all(|check| check.recompute() == check.outcome), "{why:#?}");
        seen.extend(why.checks.iter().map(|check| check.test));
    }
    for test in
        [Test::OwnGroupFuller, Test::NodesNearlyEven, Test::MoreIdleThere, Test::LessLoadThere, Test::IdleCpuInGroup]
    {
        assert!(seen.contains(&test), "{test:?} {seen:?}");
    }
}

/// A creator on node 0 with its memory on node 1: bound, it only prefers that node; free, it has
/// gone there.
#[test]
fn a_clone_follows_its_preferred_node() {
    for (is_free, decides) in [(false, Test::PrefersThere), (true, Test::PrefersHere)] {
        let mut scenario = misplaced(wide(2, 2), &[0], &[1]);
        if !is_free {
            scenario.actions.clear();
        }
        let sibling = unborn(free(thread(1001, 0, scenario.processes[0].threads[0].program.steps.clone()), 4));
        scenario.processes[0].threads.push(sibling);
        scenario.actions.push(at(8000, Action::Clone { tid: Tid(1001) }));
        let why = told_once(&history(&scenario, 8100), EventClass::Clone);
        let Verdict::Cloned(cpu) = why.verdict else { panic!("{why:#?}") };
        let preferred = find(&why, Test::SharesMemory).operands[1];
        assert_eq!((preferred, cpu.0 / 2), (Value::Node(NodeId(1)), 1), "{why:#?}");
        assert!(find(&why, decides).outcome, "{why:#?}");
    }
}

fn execs(steps: Vec<Step>) -> Scenario {
    let first = [compute(5), Step::Exec { process: ProcIdx(1) }];
    let threads = vec![once(thread(1000, 0, first.into())), thread(1001, 2, vec![compute(1000)])];
    let old = process(vec![region(0x1000_0000, 500, 500)], threads);
    scenario(machine(2, 20), vec![old, later(ProcessStart::ByExec, once(thread(2000, 0, steps)))])
}

#[test]
fn exec_ends_the_others_and_keeps_the_scan_period() {
    let history = history(&execs(vec![compute(1000)]), 20);
    let why = told_once(&history, EventClass::Exec);
    assert_eq!(outcomes(&why), [(Test::OtherThreads, true), (Test::LastUser, true), (Test::FaultRecords, false)]);
    assert_eq!(why.checks[0].operands[0], Value::Count(1));
    assert_eq!(why.verdict, Verdict::Execed);
    let end = told_once(&history, EventClass::TaskExit);
    assert_eq!(end.verdict, Verdict::Ended(EndCause::Exec));
    assert_eq!(outcomes(&end), [(Test::LastUser, false), (Test::FaultRecords, false)]);
}

#[test]
fn exec_forgets_faults_and_group_but_not_the_preferred_node() {
    let mut scenario = crowd();
    scenario.processes.push(later(ProcessStart::ByExec, thread(2000, 0, vec![compute(1000)])));
    scenario.actions = vec![at(9000, Action::Exec { tid: Tid(1002), process: ProcIdx(1) })];
    let mut history = history(&scenario, 8996);
    let of_task = |history: &History| {
        let task = history.world().tasks().into_iter().find(|task| task.tid == Tid(1002) && task.cpu == CpuId(2));
        task.map(|task| (task.preferred_nid, task.scan_period_ms)).expect("it lives")
    };
    let before = of_task(&history);
    history.run_ticks(2);
    let why = told_once(&history, EventClass::Exec);
    assert!(find(&why, Test::FaultRecords).outcome && !find(&why, Test::FreedForGood).outcome, "{why:#?}");
    assert_eq!(of_task(&history), before);
    assert!(before.0.is_some());
}

#[test]
fn a_group_loses_what_each_of_its_members_knew() {
    let mut scenario = crowd();
    for thread in &mut scenario.processes[0].threads {
        // Writes after a move take back who asked last, and no group forms.
        let Step::Access { access, .. } = &mut thread.program.steps[0] else { unreachable!() };
        *access = Access::Read;
    }
    scenario.actions = vec![at(9000, Action::Kill { process: ProcIdx(0) })];
    let ends = told(&history(&scenario, 9100), EventClass::TaskExit);
    assert_eq!(ends.len(), 4);
    let mut groups = BTreeMap::new();
    for (place, (_, why)) in ends.iter().enumerate() {
        assert_eq!(why.verdict, Verdict::Ended(EndCause::Action));
        assert_eq!(find(why, Test::LastUser).operands[0], Value::Count(3 - place as u64));
        let leaves = find(why, Test::LeavesGroup);
        assert!(leaves.outcome && find(why, Test::FreedForGood).outcome, "{why:#?}");
        let [Value::Tid(gid), _, Value::Count(lost), Value::Count(kept), Value::Count(left)] = leaves.operands[..]
        else {
            panic!("{why:#?}")
        };
        if let Some((kept_before, left_before)) = groups.insert(gid, (kept, left)) {
            assert_eq!((kept_before, left_before), (kept + lost, left + 1), "{why:#?}");
        }
    }
    assert!(groups.len() < ends.len() && groups.values().all(|left| *left == (0, 0)), "{groups:?}");
}

#[test]
fn ends_tell_their_cause() {
    let causes = |scenario: &Scenario| -> Vec<Verdict> {
        told(&history(scenario, 40), EventClass::TaskExit).iter().map(|(_, why)| why.verdict).collect()
    };
    let ended = |causes: &[EndCause]| -> Vec<Verdict> { causes.iter().copied().map(Verdict::Ended).collect() };
    let of = |step: Step| {
        let threads = vec![thread(1000, 0, vec![compute(1000)]), once(thread(1001, 2, vec![compute(5), step]))];
        scenario(machine(2, 20), vec![process(vec![region(0x1000_0000, 500, 500)], threads)])
    };
    assert_eq!(causes(&of(Step::Exit)), ended(&[EndCause::Program]));
    assert_eq!(causes(&of(Step::ExitGroup)), ended(&[EndCause::ExitGroup, EndCause::Program]));
    let mut killed = of(compute(1000));
    killed.actions = vec![at(10, Action::Kill { process: ProcIdx(0) })];
    assert_eq!(causes(&killed), ended(&[EndCause::Action; 2]));
    let mut full = of(visit(0, 500, Pattern::Sequential { stride: 1 }, Access::Write));
    full.processes[0].regions[0].populate.clear();
    full.machine.nodes.iter_mut().for_each(|node| node.used_pages = node.memory_pages);
    assert_eq!(causes(&full), ended(&[EndCause::OutOfMemory; 2]));
}
