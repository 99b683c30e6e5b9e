//! A machine whose CPUs share one clock (feature `shared-clock`).

use std::path::PathBuf;

use hintfault::event::{EventKind, FaultVerdict};
use hintfault::ids::{CpuId, ProcIdx, VmaIdx};
use hintfault::input::Scenario;
use hintfault::time::Ns;
use hintfault::{Stall, World};
use hintfault_tests::free::scenario::{scenario, stalls};
use hintfault_tests::recording::Recording;

const END: Ns = Ns::from_ms(2400);

fn recording(name: &str) -> Recording {
    let file = format!("recordings/{name}.json.gz");
    Recording::read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file))
}

/// Two threads with a region each, bound to CPUs 1 and 2; nothing is scanned.
fn two_busy_threads() -> Scenario {
    let mut two = scenario(&recording("03-two-private-pinned.s1"));
    two.sysctl.numa_balancing = 0;
    two
}

fn world(scenario: &Scenario, stalls: Vec<Stall>) -> World {
    World::on_shared_clock(scenario, stalls).expect("a sound scenario")
}

/// Visits by the threads `0.0` and `0.1`.
fn visits(world: &World) -> [u64; 2] {
    ["0.0", "0.1"].map(|name| {
        let tasks = world.tasks();
        let task = tasks.iter().find(|task| task.name == name).expect("a thread of that name");
        task.accesses.local + task.accesses.remote
    })
}

fn is_about(value: u64, expected: u64) -> bool {
    value.abs_diff(expected) * 50 <= expected
}

#[test]
fn busy_cpus_share_the_time_of_one() {
    let two = two_busy_threads();
    let (mut shared, mut real) = (world(&two, Vec::new()), World::new(&two).expect("a sound scenario"));
    shared.run_until(END);
    real.run_until(END);
    for (shared, real) in visits(&shared).into_iter().zip(visits(&real)) {
        assert!(is_about(shared * 2, real), "{shared} visits on the shared clock, {real} with one for each CPU");
    }
}

#[test]
fn runtime_passes_for_all_while_one_executes() {
    let two = two_busy_threads();
    let mut shared = world(&two, Vec::new());
    shared.run_until(END);
    for task in shared.tasks().iter().filter(|task| task.name.starts_with("0.")) {
        assert!(is_about(task.runtime.0, END.0), "{}: {:?}", task.name, task.runtime);
    }
}

#[test]
fn nobody_executes_in_a_stall_and_only_its_cpu_is_not_charged() {
    let two = two_busy_threads();
    let stall = Stall { at: Ns::from_ms(200), duration: Ns::from_ms(1200), cpu: CpuId(1) };
    let mut stalled = world(&two, vec![stall]);
    stalled.run_until(Ns::from_ms(201));
    let before = visits(&stalled);
    stalled.run_until(Ns::from_ms(1399));
    assert_eq!(visits(&stalled), before);
    stalled.run_until(END);
    let (mut whole, runtime) = (world(&two, Vec::new()), |world: &World, name: &str| {
        world.tasks().iter().find(|task| task.name == name).expect("a thread").runtime
    });
    whole.run_until(END);
    assert!(visits(&stalled)[0] > before[0] && visits(&stalled)[0] < visits(&whole)[0]);
    assert!(is_about(runtime(&stalled, "0.0").0 + stall.duration.0, runtime(&whole, "0.0").0));
    assert!(is_about(runtime(&stalled, "0.1").0, runtime(&whole, "0.1").0));
}

#[test]
fn a_cpu_that_is_passed_over_gets_what_others_leave() {
    let two = two_busy_threads();
    let mut passed = world(&two, Vec::new());
    passed.run_until(Ns::from_ms(400));
    let before = visits(&passed);
    passed.pass_over(&[CpuId(1)]);
    passed.run_until(Ns::from_ms(800));
    let [first, second] = visits(&passed);
    assert_eq!(first, before[0]);
    assert!(second - before[1] > before[1] / 2);
    passed.pass_over(&[]);
    passed.run_until(END);
    assert!(visits(&passed)[0] > first);
}

#[test]
fn pages_in_a_batch_cannot_be_isolated() {
    let one = scenario(&recording("01-one-64m.s1"));
    let place = one.processes[0].regions.iter().position(|region| region.pages == 16_384).expect("the region");
    let (process, vma) = (ProcIdx(0), VmaIdx(u16::try_from(place).expect("few regions")));
    let mut batched = world(&one, Vec::new());
    batched.leave_in_lru_batch(process, vma, 100..103);
    let (mut failed, mut next) = (Vec::new(), 0);
    while batched.clock().now < END {
        batched.run_until(batched.clock().now + Ns::from_ms(100));
        for event in batched.events(next, usize::MAX) {
            next = event.seq + 1;
            if let EventKind::HintFault { page, verdict: FaultVerdict::IsolationFailed, .. } = event.kind {
                failed.push(page.page.0);
            }
        }
    }
    failed.sort_unstable();
    failed.dedup();
    assert_eq!(failed, [100, 101, 102]);
}

/// Who moves pages that another process has in its TLB waits for that process's CPU.
#[test]
fn moving_pages_in_use_elsewhere_goes_on_slowly() {
    let run = recording("08-shanon-2proc.s1");
    let mut shared = world(&scenario(&run), stalls(&run));
    let visits = |world: &World| -> Vec<u64> {
        let threads = world.tasks().into_iter().filter(|task| task.name.ends_with(".0"));
        threads.map(|task| task.accesses.local + task.accesses.remote).collect()
    };
    shared.run_until(Ns::from_ms(1400));
    let (before, moved) = (visits(&shared), shared.vmstat().numa_pages_migrated);
    shared.run_until(Ns::from_ms(1600));
    assert!(shared.vmstat().numa_pages_migrated > moved + 100, "pages are being moved");
    let fresh: Vec<u64> = visits(&shared).iter().zip(before).map(|(now, before)| now - before).collect();
    assert!(fresh[1] * 4 < fresh[0], "the mover made {} visits, the other {}", fresh[1], fresh[0]);
}

#[test]
fn slicing_never_shows() {
    for name in ["03-two-private-pinned.s1", "04-four-shared-free.s2", "08-shanon-2proc.s1"] {
        let run = recording(name);
        let scenario = scenario(&run);
        let (mut whole, mut sliced) = (world(&scenario, stalls(&run)), world(&scenario, stalls(&run)));
        whole.run_until(END);
        let mut slice_ns = 1;
        while sliced.clock().now < END {
            slice_ns = slice_ns * 7 % 9_000_011;
            sliced.run_until((sliced.clock().now + Ns(slice_ns)).min(END));
            let _ = sliced.tasks();
        }
        assert_eq!(sliced.digest(), whole.digest(), "{name}");
        assert_eq!(sliced.vmstat(), whole.vmstat(), "{name}");
    }
}
