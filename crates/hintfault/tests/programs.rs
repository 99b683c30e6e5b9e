//! What programs do: phases, loops, barriers, ends.

mod common;

use common::{machine, process, region, scenario, thread, visit};
use hintfault::ids::Tid;
use hintfault::input::{Access, Pattern, Program, Repeat, Scenario, Step, Thread};
use hintfault::time::Ns;
use hintfault::view::TaskState;
use hintfault::{SetupError, World};

const SEQUENTIAL: Pattern = Pattern::Sequential { stride: 1 };

fn of(threads: Vec<Thread>) -> Scenario {
    scenario(machine(2, 20), vec![process(vec![region(0x1000_0000, 1000, 1000)], threads)])
}

fn once(thread: Thread) -> Thread {
    Thread { program: Program { repeat: Repeat::Once, ..thread.program }, ..thread }
}

fn compute(ms: u64) -> Step {
    Step::Compute { duration: Ns::from_ms(ms) }
}

fn accesses(world: &World, task: usize) -> u64 {
    let accesses = world.tasks()[task].accesses;
    accesses.local + accesses.remote
}

#[test]
fn a_step_ends_with_its_time() {
    let mut step = visit(0, 1000, SEQUENTIAL, Access::Write);
    if let Step::Access { passes, until, .. } = &mut step {
        (*passes, *until) = (1_000_000, Ns::from_ms(12));
    }
    let mut world = World::new(&of(vec![once(thread(9, 0, vec![step, compute(5)]))])).unwrap();
    world.run_until(Ns::from_ms(50));
    // 900 ns for local memory and 300 ns of computing; the last visit begins before the time.
    assert_eq!((accesses(&world, 0), world.tasks()[0].state), (10_000, TaskState::Dead));
    assert_eq!(world.tasks()[0].runtime, Ns::from_ms(17));
}

#[test]
fn loops_count_their_rounds_and_start_over() {
    let steps = vec![
        visit(0, 10, SEQUENTIAL, Access::Write),
        visit(0, 1, SEQUENTIAL, Access::Write),
        Step::Again { from: 1, times: 5, until: Ns::NEVER, depth: 1 },
        Step::Again { from: 0, times: 3, until: Ns::NEVER, depth: 0 },
    ];
    let mut world = World::new(&of(vec![once(thread(9, 0, steps))])).unwrap();
    world.run_until(Ns::from_ms(50));
    assert_eq!(accesses(&world, 0), 3 * (10 + 5));
}

#[test]
fn every_third_visit_writes() {
    let mut step = visit(0, 999, SEQUENTIAL, Access::Write);
    if let Step::Access { write_every, .. } = &mut step {
        *write_every = 3;
    }
    let mut scenario = of(vec![once(thread(9, 0, vec![step]))]);
    scenario.processes[0].regions[0].populate.clear();
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(50));
    // Reads map the zero page, writes get memory.
    assert_eq!((world.vmstat().numa_hit, world.vmstat().pgfault), (333, 999));
}

#[test]
fn threads_wait_for_the_slowest() {
    let steps = |ms| vec![compute(ms), Step::Barrier { group: 0, threads: 0 }, compute(1)];
    let threads = vec![thread(9, 0, steps(1)), thread(10, 1, steps(7)), thread(11, 2, steps(3))];
    let mut world = World::new(&of(threads)).unwrap();
    world.run_until(Ns::from_ms(6));
    let states = |world: &World| world.tasks().iter().map(|task| task.state).collect::<Vec<_>>();
    assert_eq!(states(&world), [TaskState::Sleeping, TaskState::Running, TaskState::Sleeping]);
    world.run_until(Ns::from_ms(80));
    for task in world.tasks() {
        let rounds = task.runtime.0 / 1_000_000 / [2, 8, 4][task.index.index()];
        assert!((9..=10).contains(&rounds), "{}: {rounds}", task.tid);
    }
}

#[test]
fn nobody_waits_for_the_dead() {
    let waiter = thread(9, 0, vec![compute(1), Step::Barrier { group: 4, threads: 0 }]);
    let mortal = thread(10, 1, vec![compute(3), Step::Exit, Step::Barrier { group: 4, threads: 0 }]);
    let mut world = World::new(&of(vec![waiter, mortal])).unwrap();
    world.run_until(Ns::from_ms(20));
    assert_eq!(world.tasks()[1].state, TaskState::Dead);
    assert_eq!(world.tasks()[0].runtime, Ns::from_ms(18), "1 ms, then on from 3 ms");
}

#[test]
fn a_barrier_for_so_many_waits_for_those_who_are_not_there_yet() {
    let step = Step::Barrier { group: 0, threads: 3 };
    let mut threads: Vec<Thread> = (9..12).map(|tid| once(thread(tid, 0, vec![step, compute(1)]))).collect();
    threads[2].start = Ns::from_ms(40);
    let mut world = World::new(&of(threads)).unwrap();
    world.run_until(Ns::from_ms(39));
    assert!(world.tasks().iter().all(|task| task.runtime == Ns::ZERO));
    world.run_until(Ns::from_ms(60));
    assert!(world.tasks().iter().all(|task| task.runtime == Ns::from_ms(1)));
}

#[test]
fn random_numbers_differ_from_round_to_round() {
    let mut step = visit(0, 1000, Pattern::Random, Access::Write);
    if let Step::Access { visits, .. } = &mut step {
        *visits = 1;
    }
    let mut scenario = of(vec![thread(9, 0, vec![step])]);
    scenario.processes[0].regions[0].populate.clear();
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(30));
    assert!(world.mms()[0].rss_pages > 900, "{}", world.mms()[0].rss_pages);
}

#[test]
fn programs_that_could_stand_still_are_refused() {
    let late = |from, until| Step::Again { from, times: 0, until, depth: 0 };
    let mut brief = visit(0, 10, SEQUENTIAL, Access::Write);
    if let Step::Access { until, .. } = &mut brief {
        *until = Ns::from_ms(3);
    }
    let programs = [
        vec![brief],
        vec![Step::Barrier { group: 0, threads: 0 }],
        vec![brief, late(0, Ns::NEVER), compute(1)],
        vec![brief, late(0, Ns::from_ms(4)), compute(1)],
        vec![compute(1), late(1, Ns::NEVER)],
        vec![compute(1), late(0, Ns::NEVER), compute(1), late(0, Ns::NEVER)],
    ];
    for steps in programs {
        let outcome = World::new(&of(vec![thread(9, 0, steps.clone())])).err();
        assert_eq!(outcome, Some(SetupError::Program(Tid(9))), "{steps:?}");
    }
    let sound = vec![brief, late(0, Ns::from_ms(3)), compute(1)];
    let mut world = World::new(&of(vec![thread(9, 0, sound)])).unwrap();
    world.run_until(Ns::from_ms(10));
    assert_eq!(world.tasks()[0].state, TaskState::Running);
}
