//! Many threads at one node's memory.

mod common;

use common::{free_crowd, machine, process, region, scenario, thread, visit};
use hintfault::World;
use hintfault::input::{Access, Pattern, Scenario, Step};
use hintfault::time::Ns;

/// So many threads on node 1 that read node 0's memory.
fn crowd(threads: u32, saturation_threads: u32) -> Scenario {
    let steps = || {
        let step = visit(0, 1000, Pattern::Random, Access::Read);
        let Step::Access { region, first, pages, pattern, access, passes, visits, write_every, until, .. } = step
        else {
            unreachable!("a visit is an access")
        };
        vec![Step::Access { region, first, pages, pattern, access, compute_ns: 0, passes, visits, write_every, until }]
    };
    let threads = (0..threads).map(|n| thread(1000 + n, n as u16, steps())).collect();
    let mut machine = machine(4, 10);
    for row in &mut machine.distances {
        row.fill(20);
    }
    (0..4).for_each(|node| machine.distances[node][node] = 10);
    machine.costs.saturation_threads = saturation_threads;
    let mut scenario = scenario(machine, vec![process(vec![region(0x1000_0000, 1000, 1000)], threads)]);
    scenario.sysctl.numa_balancing = 0;
    scenario
}

fn accesses(scenario: &Scenario) -> u64 {
    let mut world = World::new(scenario).expect("sound");
    world.run_until(Ns::from_ms(400));
    world.tasks().iter().map(|task| task.accesses.local + task.accesses.remote).sum()
}

#[test]
fn beyond_saturation_all_threads_together_get_no_more() {
    let alone = |threads| accesses(&crowd(threads, 0));
    assert_eq!(accesses(&crowd(2, 2)), alone(2), "two are served at full speed");
    let (full, saturated) = (alone(8), accesses(&crowd(8, 2)));
    // Eight threads want what two can get: a quarter each.
    assert!(saturated.abs_diff(full / 4) < full / 40, "{saturated} of {full}");
}

#[test]
fn slicing_does_not_show_with_contention() {
    for mut scenario in [crowd(6, 2), free_crowd(), common::crowd()] {
        scenario.machine.costs.saturation_threads = 1;
        let mut sliced = World::new(&scenario).unwrap();
        (1..900).for_each(|n| sliced.run_until(Ns(n * 777_777)));
        let mut whole = World::new(&scenario).unwrap();
        whole.run_until(Ns(899 * 777_777));
        assert_eq!(sliced.digest(), whole.digest());
        assert_eq!(sliced.tasks(), whole.tasks());
    }
}
