//! Moves, scans, actions and ends: the test that decided is the one that is shown.

mod common;

use common::{
    crowd, free, free_crowd, machine, misplaced, process, region, scenario, thread, thread_moved, visit, wide,
};
use hintfault::event::{Event, EventKind, MoveCause};
use hintfault::explain::{Change, Check, EndCause, Explanation, Test, Value, Verdict};
use hintfault::ids::{CpuId, ProcIdx, Tid};
use hintfault::input::{Access, Action, Pattern, Scenario, Step, TimedAction};
use hintfault::time::Ns;
use hintfault::{EventClass, EventFilter, History, Refusal};

fn history(scenario: &Scenario, until_ms: u64) -> History {
    let mut history = History::new(scenario).expect("a sound scenario");
    let tick_ns = history.world().clock().tick_ns;
    history.run_ticks(until_ms * 1_000_000 / tick_ns);
    history
}

fn told(history: &History, is_meant: impl Fn(&Event) -> bool) -> Vec<(Event, Explanation)> {
    let events = history.world().events(0, usize::MAX);
    let meant = events.into_iter().filter(is_meant);
    meant.map(|event| (event, history.explain(event.seq).expect("it happened"))).collect()
}

fn moved_by(event: &Event, by: MoveCause) -> bool {
    matches!(event.kind, EventKind::TaskMoved { cause, .. } if cause == by)
}

fn find(explanation: &Explanation, test: Test) -> Option<&Check> {
    explanation.checks.iter().find(|check| check.test == test)
}

fn outcomes(explanation: &Explanation) -> Vec<(Test, bool)> {
    explanation.checks.iter().map(|check| (check.test, check.outcome)).collect()
}

fn action(at_ms: u64, action: Action) -> TimedAction {
    TimedAction { at: Ns::from_ms(at_ms), action }
}

#[test]
fn affinity_sends_a_task_to_the_next_cpu_in_turn() {
    let mut scenario = thread_moved(600);
    let tid = scenario.processes[0].threads[0].tid;
    let to = |cpu: u16| Action::SetAffinity { tid, cpus: vec![CpuId(cpu)] };
    scenario.actions = vec![action(50, to(0)), action(100, to(3)), action(150, to(1))];
    let moves = told(&history(&scenario, 300), |event| moved_by(event, MoveCause::Affinity));
    assert_eq!(moves.len(), 3);
    let turns: Vec<bool> = moves.iter().map(|(_, why)| find(why, Test::NextInTurn).expect("asked").outcome).collect();
    assert_eq!(turns[1..], [true, false], "3 lies behind 0, 1 does not lie behind 3");
    for (event, why) in &moves {
        let EventKind::TaskMoved { from, to, cause } = event.kind else { unreachable!() };
        assert_eq!(why.verdict, Verdict::Moved(to, cause));
        assert_eq!(why.checks[0].test, Test::CpuStillAllowed);
        assert_eq!(why.checks[0].operands, [Value::Flag(false), Value::Cpu(from)]);
        assert_eq!(
            why.next.as_ref().map(|next| (next.change, next.operands.clone())),
            Some((Change::AffinityAllows, vec![Value::Cpu(from)]))
        );
    }
}

/// A thread that sleeps on CPU 0 while another one, which came there, keeps it busy.
#[test]
fn a_sleeper_wakes_up_where_a_cpu_is_idle() {
    let busy = |region: u16| visit(region, 200, Pattern::Sequential { stride: 1 }, Access::Write);
    let sleeper = free(thread(1000, 0, vec![busy(0), Step::Sleep { duration: Ns::from_ms(7) }]), 2);
    let other = thread(1001, 0, vec![busy(1)]);
    let regions = vec![region(0x1000_0000, 200, 200), region(0x2000_0000, 200, 200)];
    let scenario = scenario(machine(1, 10), vec![process(regions, vec![sleeper, other])]);
    let moves = told(&history(&scenario, 400), |event| moved_by(event, MoveCause::Wakeup));
    assert!(!moves.is_empty());
    for (event, why) in moves {
        let EventKind::TaskMoved { from, to, .. } = event.kind else { unreachable!() };
        let expected = [(Test::OneCpuAllowed, false), (Test::PrevCpuFree, false), (Test::IdleCoreNear, true)];
        assert_eq!(outcomes(&why)[..3], expected);
        assert_eq!(find(&why, Test::PrevCpuFree).expect("asked").operands[2], Value::Cpu(from));
        assert_eq!(find(&why, Test::IdleCoreNear).expect("asked").operands[0], Value::Cpu(to));
        assert_eq!(why.next.expect("known").change, Change::CpuIdleThen);
    }
}

/// The same, but of two cores with two threads each neither is idle.
#[test]
fn a_sleeper_wakes_up_on_an_idle_thread_where_no_core_is_idle() {
    let busy = |region: u16| visit(region, 200, Pattern::Sequential { stride: 1 }, Access::Write);
    let sleeper = free(thread(1000, 0, vec![busy(0), Step::Sleep { duration: Ns::from_ms(7) }]), 4);
    let others = [thread(1001, 0, vec![busy(1)]), thread(1002, 2, vec![busy(2)])];
    let regions = vec![region(0x1000_0000, 200, 200), region(0x2000_0000, 200, 200), region(0x3000_0000, 200, 200)];
    let mut machine = wide(1, 4);
    machine.nodes[0].threads_per_core = 2;
    let [first, second] = others;
    let scenario = scenario(machine, vec![process(regions, vec![sleeper, first, second])]);
    let moves = told(&history(&scenario, 400), |event| moved_by(event, MoveCause::Wakeup));
    assert!(!moves.is_empty());
    for (event, why) in moves {
        let EventKind::TaskMoved { to, .. } = event.kind else { unreachable!() };
        let found = [Test::IdleCoreNear, Test::IdleCpuNear].map(|test| find(&why, test).expect("asked"));
        assert_eq!(found.map(|check| check.outcome), [false, true]);
        assert_eq!(found.map(|check| check.operands[0]), [Value::Nothing, Value::Cpu(to)]);
    }
}

/// Two tasks on the two threads of a core, beside an idle core: nobody waits that could be taken.
#[test]
fn a_running_task_is_pushed_away_after_some_failures() {
    let busy = |region: u16| vec![visit(region, 200, Pattern::Sequential { stride: 1 }, Access::Write)];
    let threads = vec![thread(1000, 0, busy(0)), thread(1001, 1, busy(1))];
    let regions = vec![region(0x1000_0000, 200, 200), region(0x2000_0000, 200, 200)];
    let mut machine = wide(1, 4);
    machine.nodes[0].threads_per_core = 2;
    let mut scenario = scenario(machine, vec![process(regions, threads)]);
    let cpus: Vec<CpuId> = (0..4).map(CpuId).collect();
    let release = |tid: u32| action(100, Action::SetAffinity { tid: Tid(tid), cpus: cpus.clone() });
    scenario.actions = vec![release(1000), release(1001)];
    let moves = told(&history(&scenario, 3000), |event| moved_by(event, MoveCause::LoadBalance));
    assert!(!moves.is_empty());
    for (_, why) in moves {
        let check = find(&why, Test::FailedTooOften).expect("asked");
        assert_eq!((check.outcome, check.recompute()), (true, true));
    }
}

#[test]
fn a_task_that_leaves_its_preferred_node_scans_anew() {
    let mut scenario = free_crowd();
    let tasks = history(&scenario, 2990).world().tasks();
    let task = tasks.iter().find(|task| task.preferred_nid == Some(task.node)).expect("they settle");
    let away = tasks.iter().find(|other| other.node != task.node).expect("on both nodes").cpu;
    scenario.actions.push(action(3000, Action::SetAffinity { tid: task.tid, cpus: vec![away] }));
    let mut history = history(&scenario, 2990);
    history.run_ticks(10);
    let events = history.world().events(0, usize::MAX);
    let event = events.iter().rfind(|event| moved_by(event, MoveCause::Affinity)).expect("it moves");
    let why = history.explain(event.seq).expect("it happened");
    let check = find(&why, Test::WasAway).expect("asked");
    assert_eq!((check.outcome, check.operands[2]), (false, Value::Node(task.node)));
    assert!(scans_anew(&why));
}

#[test]
fn the_load_balancer_takes_what_it_may_take() {
    let moves = told(&history(&free_crowd(), 2500), |event| moved_by(event, MoveCause::LoadBalance));
    assert!(moves.len() > 3, "{}", moves.len());
    for (event, why) in moves {
        let EventKind::TaskMoved { to, .. } = event.kind else { unreachable!() };
        assert_eq!(why.next.as_ref().map(|next| next.change), Some(Change::AffinityForbids));
        if let Some(allowed) = find(&why, Test::DstAllowed) {
            assert_eq!(allowed.operands, [Value::Flag(true), Value::Cpu(to)]);
            assert!(find(&why, Test::ImbalanceLeft).is_some_and(|check| check.outcome));
        } else {
            assert!(find(&why, Test::FailedTooOften).is_some_and(|check| check.outcome), "{why:#?}");
        }
    }
}

/// What the tests of `update_scan_period` say of a move: whether the task scans anew.
fn scans_anew(why: &Explanation) -> bool {
    let is = |test: Test, outcome: bool| find(why, test).is_some_and(|check| check.outcome == outcome);
    is(Test::NodeChanges, true) && (is(Test::HasSummedUp, false) || is(Test::WasAway, false))
}

#[test]
fn a_move_leaves_the_scan_period_unless_its_tests_say_otherwise() {
    let mut crossed = misplaced(wide(2, 1), &[0, 1], &[1, 0]);
    crossed.sysctl.scan_period_max_ms = 2000;
    let (mut kept, mut anew) = (0, 0);
    for scenario in [crossed, crowd(), free_crowd(), thread_moved(1200)] {
        let mut history = History::new(&scenario).expect("sound");
        let any = EventFilter::any();
        let mut before = history.world().tasks();
        while let Some(event) = history.run_to_event(any, Ns::from_ms(1500)) {
            let after = history.world().tasks();
            if let EventKind::TaskMoved { .. } = event.kind {
                let why = history.explain(event.seq).expect("it happened");
                assert!(find(&why, Test::HasRecords).is_some(), "{event:?} {why:#?}");
                let index = event.task.index();
                if scans_anew(&why) {
                    anew += 1;
                } else {
                    kept += 1;
                    assert_eq!(before[index].scan_period_ms, after[index].scan_period_ms, "{event:?} {why:#?}");
                }
            }
            before = after;
        }
    }
    assert!(kept > 5 && anew > 0, "{kept} {anew}");
}

#[test]
fn a_scan_pauses_when_its_budget_is_used_up_and_ends_a_pass_behind_the_last_mapping() {
    let mut scenario = thread_moved(4000);
    scenario.sysctl.scan_size_mb = 4;
    let ends = told(&history(&scenario, 4000), |event| matches!(event.kind, EventKind::ScanEnd { .. }));
    let (mut pauses, mut passes) = (0, 0);
    for (event, why) in ends {
        let EventKind::ScanEnd { scan_seq, offset, next_scan, .. } = event.kind else { unreachable!() };
        let left = [Test::PagesLeft, Test::CrossingLeft].map(|test| find(&why, test).expect("asked").outcome);
        assert_eq!(why.next.expect("known").operands, [Value::Jiffies(next_scan)]);
        match why.verdict {
            Verdict::ScanPauses(at) => {
                assert_eq!((at, left.contains(&false)), (offset, true));
                pauses += 1;
            }
            verdict => {
                assert_eq!((verdict, left), (Verdict::PassDone(scan_seq), [true, true]));
                passes += 1;
            }
        }
    }
    assert!(pauses > 1 && passes > 0, "{pauses} {passes}");
}

#[test]
fn actions_tell_their_rule_and_ends_their_cause() {
    let mut scenario = thread_moved(600);
    scenario.actions =
        vec![action(50, Action::Kill { process: ProcIdx(0) }), action(60, Action::Kill { process: ProcIdx(0) })];
    let history = history(&scenario, 100);
    let verdicts: Vec<Verdict> =
        told(&history, |event| matches!(EventClass::of(&event.kind), EventClass::ActionApplied | EventClass::TaskExit))
            .into_iter()
            .map(|(_, why)| why.verdict)
            .collect();
    assert_eq!(verdicts.len(), 3);
    for verdict in [Verdict::Applied, Verdict::Refused(Refusal::NoSuchTask), Verdict::Ended(EndCause::Action)] {
        assert!(verdicts.contains(&verdict), "{verdicts:?}");
    }
}
