//! Who runs where and for how long, and that threads come to their memory where memory cannot
//! come to them.

mod common;

use common::{free, machine, misplaced, process, region, scenario, thread, visit, wide};
use hintfault::World;
use hintfault::event::{Event, EventKind, MoveCause};
use hintfault::ids::{CpuId, NodeId, TaskIdx, Tid};
use hintfault::input::{Access, Action, Pattern, Repeat, Scenario, Step, Thread, TimedAction};
use hintfault::time::Ns;
use hintfault::view::TaskState;
use proptest::prelude::*;

fn busy(tid: u32, cpu: u16) -> Thread {
    thread(tid, cpu, vec![Step::Compute { duration: Ns(1_000_000_000) }])
}

fn runtimes_ms(world: &World) -> Vec<u64> {
    world.tasks().iter().map(|task| task.runtime.0 / 1_000_000).collect()
}

fn run(scenario: &Scenario, ms: u64) -> World {
    let mut world = World::new(scenario).expect("a sound scenario");
    world.run_until(Ns::from_ms(ms));
    world
}

fn moves(world: &World, wanted: MoveCause) -> Vec<(TaskIdx, CpuId, CpuId)> {
    let moved = |event: &Event| match event.kind {
        EventKind::TaskMoved { from, to, cause } if cause == wanted => Some((event.task, from, to)),
        _ => None,
    };
    world.events(0, usize::MAX).iter().filter_map(moved).collect()
}

#[test]
fn one_cpu_is_shared_by_weight() {
    let mut threads = vec![busy(1, 0), busy(2, 0), busy(3, 0)];
    threads[1].nice = 5;
    threads[2].nice = -5;
    let world = run(&scenario(machine(1, 20), vec![process(vec![], threads)]), 10_000);
    let weights = [1024, 335, 3121];
    for (ms, weight) in runtimes_ms(&world).into_iter().zip(weights) {
        let share = 10_000 * weight / weights.iter().sum::<u64>();
        assert!(ms.abs_diff(share) <= 12, "{ms} ms instead of {share}");
    }
    assert_eq!(world.tasks().iter().map(|task| task.runtime.0).sum::<u64>(), 10_000_000_000);
}

#[test]
fn a_switch_comes_at_the_first_tick_after_the_slice() {
    // Two CPUs: a slice is 1.4 ms, so each tick of 4 ms switches.
    let threads = vec![busy(1, 0), busy(2, 0)];
    let mut world = World::new(&scenario(machine(1, 20), vec![process(vec![], threads)])).unwrap();
    let mut running = Vec::new();
    for tick in 1..=6 {
        world.run_until(Ns::from_ms(tick * 4 + 1));
        running.push(world.machine().nodes[0].cpus[0].running);
    }
    assert!(running.windows(2).all(|pair| pair[0] != pair[1]), "{running:?}");
}

#[test]
fn as_many_free_threads_as_cpus_get_one_each() {
    for (nodes, cpus) in [(1, 4), (2, 4), (4, 3)] {
        let count = u16::from(nodes) * cpus;
        let threads = (0..count).map(|n| free(busy(1 + u32::from(n), 0), count)).collect();
        let world = run(&scenario(wide(nodes, cpus), vec![process(vec![], threads)]), 1000);
        assert_eq!(runtimes_ms(&world), vec![1000; usize::from(count)], "{nodes} nodes of {cpus} CPUs");
    }
}

#[test]
fn crowded_threads_spread_once_they_may() {
    let threads: Vec<Thread> = (1..=8).map(|tid| busy(tid, 0)).collect();
    let mut scenario = scenario(wide(2, 4), vec![process(vec![], threads)]);
    let cpus: Vec<CpuId> = (0..8).map(CpuId).collect();
    let free_at_once =
        |tid| TimedAction { at: Ns::from_ms(100), action: Action::SetAffinity { tid: Tid(tid), cpus: cpus.clone() } };
    scenario.actions = (1..=8).map(free_at_once).collect();
    let mut world = run(&scenario, 2000);
    let before = runtimes_ms(&world);
    world.run_until(Ns::from_ms(3000));
    let after = runtimes_ms(&world);
    assert!(before.iter().zip(&after).all(|(before, after)| after - before == 1000), "{before:?} {after:?}");
    assert!(moves(&world, MoveCause::LoadBalance).len() >= 7);
}

#[test]
fn a_queue_that_runs_dry_is_filled_from_the_next() {
    let mut threads = vec![busy(1, 0), busy(2, 0), thread(3, 1, vec![Step::Compute { duration: Ns(50_500_000) }])];
    threads[2].program.repeat = Repeat::Once;
    let mut scenario = scenario(machine(1, 20), vec![process(vec![], threads)]);
    let free = Action::SetAffinity { tid: Tid(2), cpus: vec![CpuId(0), CpuId(1)] };
    scenario.actions = vec![TimedAction { at: Ns::from_ms(10), action: free }];
    let world = run(&scenario, 1000);
    assert_eq!(moves(&world, MoveCause::LoadBalance), [(TaskIdx(1), CpuId(0), CpuId(1))]);
    let idle_ms = 2000 - runtimes_ms(&world).iter().sum::<u64>();
    assert!(idle_ms <= 4, "no CPU stands idle for longer than the running task is hot: {idle_ms} ms");
}

#[test]
fn affinity_moves_those_that_run_where_they_may_not_and_no_others() {
    let threads = vec![busy(1, 0), busy(2, 1)];
    let mut scenario = scenario(wide(2, 2), vec![process(vec![], threads)]);
    let set = |ms, tid, cpus: &[u16]| TimedAction {
        at: Ns::from_ms(ms),
        action: Action::SetAffinity { tid: Tid(tid), cpus: cpus.iter().copied().map(CpuId).collect() },
    };
    scenario.actions = vec![set(10, 1, &[0, 3]), set(20, 2, &[2, 3]), set(30, 1, &[2, 3])];
    let world = run(&scenario, 35);
    let moved = moves(&world, MoveCause::Affinity);
    assert_eq!(moved, [(TaskIdx(1), CpuId(1), CpuId(2)), (TaskIdx(0), CpuId(0), CpuId(3))]);
}

#[test]
fn a_thread_comes_to_memory_that_cannot_come_to_it() {
    let world = run(&misplaced(wide(2, 2), &[0], &[1]), 8000);
    let task = &world.tasks()[0];
    assert_eq!((task.preferred_nid, task.node), (Some(NodeId(1)), NodeId(1)));
    assert_eq!(moves(&world, MoveCause::NumaMove), [(TaskIdx(0), CpuId(0), CpuId(2))]);
    assert_eq!(world.vmstat().numa_pages_migrated, 0);
}

#[test]
fn two_threads_exchange_their_places_on_a_full_machine() {
    let mut scenario = misplaced(wide(2, 1), &[0, 1], &[1, 0]);
    scenario.sysctl.scan_period_max_ms = 2000;
    let world = run(&scenario, 20_000);
    let nodes: Vec<NodeId> = world.tasks().iter().map(|task| task.node).collect();
    assert_eq!(nodes, [NodeId(1), NodeId(0)]);
    let swaps = moves(&world, MoveCause::NumaSwap);
    assert_eq!(swaps.len() % 2, 0);
    assert!(!swaps.is_empty(), "they came there by an exchange");
}

#[test]
fn a_thread_stays_where_its_node_is_taken_by_others_for_good() {
    let mut scenario = misplaced(wide(2, 1), &[0, 1], &[1, 1]);
    scenario.actions.pop();
    let world = run(&scenario, 8000);
    assert_eq!(world.tasks()[0].cpu, CpuId(0));
    assert!(moves(&world, MoveCause::NumaMove).is_empty() && moves(&world, MoveCause::NumaSwap).is_empty());
    let stuck = |event: &Event| matches!(event.kind, EventKind::TaskStuck { cpu: CpuId(0) });
    assert!(world.events(0, usize::MAX).iter().filter(|event| stuck(event)).count() > 1);
}

fn queues_are_consistent(world: &World) {
    let tasks = world.tasks();
    let mut queued = [0u16; 64];
    for task in tasks.iter().filter(|task| task.state == TaskState::Running) {
        assert!(task.affinity.contains(&task.cpu), "task {} on a forbidden CPU", task.tid);
        queued[task.cpu.index()] += 1;
    }
    for cpu in world.machine().nodes.iter().flat_map(|node| &node.cpus) {
        assert_eq!(cpu.waiting + u16::from(cpu.running.is_some()), queued[cpu.id.index()], "CPU {}", cpu.id);
        assert!(cpu.running.is_some() || cpu.waiting == 0, "CPU {} idles beside waiting tasks", cpu.id);
        if let Some(running) = cpu.running {
            assert_eq!(tasks[running.index()].cpu, cpu.id);
        }
    }
}

fn any_thread(cpus: u16) -> impl Strategy<Value = Thread> {
    let step = prop_oneof![
        2 => (1u64..30_000_000).prop_map(|ns| Step::Compute { duration: Ns(ns) }),
        1 => (1u64..9_000_000).prop_map(|ns| Step::Sleep { duration: Ns(ns) }),
        1 => (1u32..500, any::<bool>()).prop_map(|(pages, random)| {
            visit(0, pages, if random { Pattern::Random } else { Pattern::Sequential { stride: 1 } }, Access::Write)
        }),
    ];
    let affinity = prop::collection::btree_set(0..cpus, 1..=usize::from(cpus));
    let steps = prop::collection::vec(step, 1..4);
    (steps, affinity, -20i8..20, 0u64..20_000_000).prop_map(|(mut steps, cpus, nice, start)| {
        steps.push(Step::Compute { duration: Ns(1000) });
        let affinity = cpus.into_iter().map(CpuId).collect();
        Thread { affinity, nice, start: Ns(start), ..thread(0, 0, steps) }
    })
}

prop_compose! {
    fn any_crowd()(nodes in 1u8..4, cpus in 1u16..5)(
        machine in Just(wide(nodes, cpus)),
        llc in 0..=cpus,
        threads_per_core in 1..=cpus,
        threads in prop::collection::vec(any_thread(u16::from(nodes) * cpus), 1..12),
        moves in prop::collection::vec((0u64..400, 0u32..12, 0..u16::from(nodes) * cpus), 0..6),
    ) -> Scenario {
        let mut machine = machine;
        for node in &mut machine.nodes {
            node.cpus_per_llc = llc;
            node.threads_per_core = threads_per_core;
        }
        let threads: Vec<Thread> = (1000..).zip(threads).map(|(tid, thread)| Thread { tid: Tid(tid), ..thread }).collect();
        let mut scenario = scenario(machine, vec![process(vec![region(0x1000_0000, 500, 300)], threads)]);
        scenario.sysctl.scan_delay_ms = 20;
        scenario.sysctl.scan_period_min_ms = 20;
        let set = |(ms, task, cpu): (u64, u32, u16)| TimedAction {
            at: Ns::from_ms(ms),
            action: Action::SetAffinity { tid: Tid(1000 + task), cpus: vec![CpuId(cpu)] },
        };
        scenario.actions = moves.into_iter().map(set).collect();
        scenario.actions.sort_by_key(|action| action.at);
        scenario
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn queues_and_runtimes_are_consistent_and_slicing_never_shows(
        scenario in any_crowd(), cuts in prop::collection::vec(1u64..30_000_000, 1..30),
    ) {
        let mut sliced = World::new(&scenario).unwrap();
        let cpus = scenario.machine.nodes.iter().map(|node| node.cpus.len() as u64).sum::<u64>();
        let (mut now, mut runtime) = (0, 0);
        for cut in &cuts {
            now += cut;
            sliced.run_until(Ns(now));
            queues_are_consistent(&sliced);
            let total: u64 = sliced.tasks().iter().map(|task| task.runtime.0).sum();
            prop_assert!(total - runtime <= cut * cpus, "more CPU time than there is");
            runtime = total;
        }
        let mut whole = World::new(&scenario).unwrap();
        whole.run_until(Ns(now));
        prop_assert_eq!(sliced.digest(), whole.digest());
        prop_assert_eq!(sliced.tasks(), whole.tasks());
    }
}
