//! What a run came to.

mod common;

use common::{machine, process, region, scenario, thread, thread_moved};
use hintfault::World;
use hintfault::input::{Program, Repeat, Step};
use hintfault::time::Ns;
use hintfault::view::{Outcome, SystemTime};

#[test]
fn time_adds_up_to_accesses_faults_moves_and_scans() {
    let mut world = World::new(&thread_moved(4000)).unwrap();
    world.run_until(Ns::from_ms(3000));
    let (tasks, stat) = (world.tasks(), world.vmstat());
    let outcome = Outcome::of(&tasks);
    assert_eq!(stat.numa_pages_migrated, 4000);
    let SystemTime { scan, fault, migrate } = outcome.system;
    assert_eq!(migrate, Ns(4000 * 4000));
    assert_eq!(fault, Ns(stat.numa_hint_faults * 1000 + stat.pgreuse * 700));
    // Scans mark 4,000 entries at 30 ns, and do little else.
    assert!((120_000..160_000).contains(&scan.0), "{scan}");
    let (local, remote) = (outcome.accesses.local, outcome.accesses.remote);
    assert_eq!(outcome.accesses.stall, Ns(remote * 900));
    let in_user_mode = local * 1200 + remote * 2100;
    let sum = in_user_mode + scan.0 + fault.0 + migrate.0;
    assert_eq!(outcome.runtime, Ns::from_ms(3000));
    assert!(sum.abs_diff(outcome.runtime.0) < 5000, "{sum}");
    assert_eq!(outcome.local_permille(), Some(local * 1000 / (local + remote)));
    assert_eq!(outcome.elapsed, None);
}

#[test]
fn elapsed_is_the_end_of_the_last_thread() {
    let ends = |tid, cpu, ms| {
        let program = Program { steps: vec![Step::Compute { duration: Ns::from_ms(ms) }], repeat: Repeat::Once };
        hintfault::input::Thread { program, ..thread(tid, cpu, Vec::new()) }
    };
    let threads = vec![ends(9, 0, 7), ends(10, 1, 30), ends(11, 2, 5)];
    let mut world =
        World::new(&scenario(machine(2, 20), vec![process(vec![region(0x1000_0000, 9, 9)], threads)])).unwrap();
    world.run_until(Ns::from_ms(29));
    assert_eq!((Outcome::of(&world.tasks()).elapsed, world.tasks()[0].ended), (None, Some(Ns::from_ms(7))));
    world.run_until(Ns::from_ms(100));
    let outcome = Outcome::of(&world.tasks());
    assert_eq!((outcome.elapsed, outcome.runtime), (Some(Ns::from_ms(30)), Ns::from_ms(42)));
    assert_eq!(outcome.local_permille(), None);
}
