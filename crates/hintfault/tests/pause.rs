//! Processes that are stopped and continued, and threads that are put to sleep.

mod common;

use common::{any_family, any_scenario, free_crowd, machine, process, region, scenario, thread};
use hintfault::event::EventKind;
use hintfault::ids::{ProcIdx, Tid};
use hintfault::input::{Action, Repeat, Scenario, Step, Thread, TimedAction};
use hintfault::time::Ns;
use hintfault::view::TaskState;
use hintfault::{Refusal, World};
use proptest::prelude::*;

const PROCESS: ProcIdx = ProcIdx(0);
const STOP: Action = Action::Stop { process: PROCESS };
const CONTINUE: Action = Action::Continue { process: PROCESS };

fn compute(ms: u64) -> Step {
    Step::Compute { duration: Ns::from_ms(ms) }
}

fn sleep(tid: u32, ms: u64) -> Action {
    Action::Sleep { tid: Tid(tid), duration: Ns::from_ms(ms) }
}

fn once(tid: u32, cpu: u16, steps: Vec<Step>) -> Thread {
    let mut thread = thread(tid, cpu, steps);
    thread.program.repeat = Repeat::Once;
    thread
}

fn with_actions(threads: Vec<Thread>, actions: &[(u64, Action)]) -> Scenario {
    let mut scenario = scenario(machine(2, 21), vec![process(vec![region(0x1000_0000, 10, 10)], threads)]);
    let timed = actions.iter().cloned().map(|(ms, action)| TimedAction { at: Ns::from_ms(ms), action });
    scenario.actions = timed.collect();
    scenario
}

fn states_at(world: &mut World, ms: u64) -> Vec<TaskState> {
    world.run_until(Ns::from_ms(ms));
    world.tasks().iter().map(|task| task.state).collect()
}

fn ended_at(world: &World) -> Vec<Ns> {
    let exits = |event: &hintfault::event::Event| event.kind == EventKind::TaskExit;
    world.events(0, usize::MAX).into_iter().filter(exits).map(|event| event.time).collect()
}

#[test]
fn a_stopped_process_goes_on_where_it_was() {
    let threads = vec![once(1000, 0, vec![compute(20)]), once(1001, 1, vec![compute(30)])];
    let mut world = World::new(&with_actions(threads, &[(5, STOP), (50, CONTINUE)])).expect("sound");
    assert_eq!(states_at(&mut world, 5), [TaskState::Stopped, TaskState::Stopped]);
    assert_eq!(states_at(&mut world, 49), [TaskState::Stopped, TaskState::Stopped]);
    assert!(world.tasks().iter().all(|task| task.runtime == Ns::from_ms(5)));
    assert_eq!(states_at(&mut world, 50), [TaskState::Running, TaskState::Running]);
    world.run_until(Ns::from_ms(100));
    assert_eq!(ended_at(&world), [65, 75].map(Ns::from_ms));
}

#[test]
fn who_slept_when_it_was_stopped_sleeps_on_but_no_longer() {
    let steps = |ms| vec![Step::Sleep { duration: Ns::from_ms(ms) }, compute(1)];
    let threads = vec![once(1000, 0, steps(10)), once(1001, 1, steps(60))];
    let mut world = World::new(&with_actions(threads, &[(5, STOP), (40, CONTINUE)])).expect("sound");
    assert_eq!(states_at(&mut world, 39), [TaskState::Stopped, TaskState::Stopped]);
    assert_eq!(states_at(&mut world, 40), [TaskState::Running, TaskState::Sleeping]);
    world.run_until(Ns::from_ms(100));
    assert_eq!(ended_at(&world), [41, 61].map(Ns::from_ms));
}

#[test]
fn a_barrier_that_opens_for_a_stopped_process_is_passed_when_it_goes_on() {
    let barrier = Step::Barrier { group: 0, threads: 2 };
    let threads = vec![once(1000, 0, vec![barrier, compute(1)]), once(1001, 1, vec![compute(10), barrier, compute(1)])];
    // The first waits already; for it a sleep is over before the second comes.
    let actions = [(2, sleep(1000, 3)), (6, STOP), (30, CONTINUE)];
    let mut world = World::new(&with_actions(threads, &actions)).expect("sound");
    assert_eq!(states_at(&mut world, 5), [TaskState::Sleeping, TaskState::Running]);
    assert_eq!(states_at(&mut world, 29), [TaskState::Stopped, TaskState::Stopped]);
    assert_eq!(states_at(&mut world, 33), [TaskState::Sleeping, TaskState::Running]);
    world.run_until(Ns::from_ms(100));
    assert_eq!(ended_at(&world), [35, 35].map(Ns::from_ms));
}

#[test]
fn threads_that_start_in_the_meantime_wait() {
    let mut late = once(1001, 1, vec![compute(1)]);
    late.start = Ns::from_ms(10);
    let mut clone = once(1002, 2, vec![compute(1)]);
    clone.start = Ns::NEVER;
    let threads = vec![once(1000, 0, vec![compute(50)]), late, clone];
    let actions = [(5, STOP), (20, Action::Clone { tid: Tid(1002) }), (40, CONTINUE)];
    let mut world = World::new(&with_actions(threads, &actions)).expect("sound");
    assert_eq!(states_at(&mut world, 39), [TaskState::Stopped, TaskState::New, TaskState::Stopped]);
    world.run_until(Ns::from_ms(100));
    assert_eq!(ended_at(&world), [41, 41, 85].map(Ns::from_ms));
}

#[test]
fn a_thread_sleeps_for_so_long_from_where_it_is() {
    let threads = vec![once(1000, 0, vec![compute(20)]), once(1001, 0, vec![compute(20)])];
    let actions = [(4, sleep(1000, 30)), (10, sleep(1000, 5)), (12, sleep(1000, 40))];
    let mut world = World::new(&with_actions(threads, &actions)).expect("sound");
    assert_eq!(states_at(&mut world, 8), [TaskState::Sleeping, TaskState::Running]);
    let before = world.tasks()[0].runtime;
    assert_eq!(states_at(&mut world, 51), [TaskState::Sleeping, TaskState::Dead]);
    assert_eq!(world.tasks()[0].runtime, before);
    assert_eq!(states_at(&mut world, 52), [TaskState::Running, TaskState::Dead]);
}

#[test]
fn a_stopped_process_can_be_killed() {
    let threads = vec![once(1000, 0, vec![compute(20)])];
    let actions = [(5, STOP), (9, Action::Kill { process: PROCESS }), (12, CONTINUE), (13, STOP), (14, sleep(1000, 1))];
    let mut world = World::new(&with_actions(threads, &actions)).expect("sound");
    assert_eq!(states_at(&mut world, 10), [TaskState::Dead]);
    world.run_until(Ns::from_ms(20));
    let refusals: Vec<Option<Refusal>> = world
        .events(0, usize::MAX)
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::ActionApplied { refused, .. } => Some(refused),
            _ => None,
        })
        .collect();
    let gone = Some(Refusal::NoSuchTask);
    assert_eq!(refusals, [None, None, gone, gone, gone]);
}

#[test]
fn others_take_the_cpus_of_a_stopped_process() {
    let mut scenario = free_crowd();
    scenario.actions = vec![TimedAction { at: Ns::from_ms(100), action: STOP }];
    let mut stopped = World::new(&scenario).expect("sound");
    scenario.actions.clear();
    let mut free = World::new(&scenario).expect("sound");
    for world in [&mut stopped, &mut free] {
        world.run_until(Ns::from_ms(1000));
    }
    let runtime = |world: &World, process| {
        let tasks = world.tasks();
        tasks.iter().filter(|task| task.process == ProcIdx(process)).map(|task| task.runtime.0).sum::<u64>()
    };
    assert!(runtime(&stopped, 1) > runtime(&free, 1));
    assert!(runtime(&stopped, 0) < runtime(&free, 0) / 5);
}

/// Stops, continues and sleeps of whatever there is.
fn pauses() -> impl Strategy<Value = Vec<TimedAction>> {
    let pause = (0u8..3, 0u16..5, 0u32..5, 0u64..200, 1u64..700).prop_map(|(kind, process, thread, ms, at_ms)| {
        let process = ProcIdx(process);
        let action = match kind {
            0 => Action::Stop { process },
            1 => Action::Continue { process },
            _ => sleep(1000 + thread, ms),
        };
        TimedAction { at: Ns::from_ms(at_ms), action }
    });
    prop::collection::vec(pause, 1..12)
}

fn with_pauses(mut scenario: Scenario, pauses: Vec<TimedAction>) -> Scenario {
    let is_there = |action: &TimedAction| match action.action {
        Action::Stop { process } | Action::Continue { process } => process.index() < scenario.processes.len(),
        Action::Sleep { tid, .. } => {
            scenario.processes.iter().flat_map(|process| &process.threads).any(|thread| thread.tid == tid)
        }
        _ => false,
    };
    let there: Vec<TimedAction> = pauses.into_iter().filter(is_there).collect();
    scenario.actions.extend(there);
    scenario.actions.sort_by_key(|action| action.at);
    scenario
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn pauses_do_not_show_in_slices(
        scenario in prop_oneof![any_scenario(), any_family()],
        pauses in pauses(),
        cuts in prop::collection::vec(1u64..40_000_000, 1..30),
    ) {
        let scenario = with_pauses(scenario, pauses);
        common::slicing_never_shows(&scenario, &cuts);
        let mut world = World::new(&scenario).expect("sound");
        world.run_until(Ns::from_ms(950));
        for mm in world.mms() {
            let mapped: u64 = mm.vmas.iter().flat_map(|vma| &vma.node_pages).sum();
            prop_assert_eq!(mm.rss_pages, mapped);
        }
    }
}
