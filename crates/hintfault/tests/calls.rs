//! The counters of the call tree against the events of the same run.

mod common;

use hintfault::event::{EventKind, FaultVerdict, MoveCause, ScanQueued};
use hintfault::input::{Prot, Scenario};
use hintfault::time::{Ns, Tick};
use hintfault::{History, World};

fn ran(scenario: &Scenario, ticks: u64) -> World {
    let mut world = World::new(scenario).expect("starts");
    world.run_ticks(ticks);
    world
}

fn total(world: &World, name: &str) -> u64 {
    world.calls().find(|call| call.name == name).unwrap_or_else(|| panic!("no {name}")).total
}

fn lately(world: &World) -> Vec<u64> {
    world.calls().map(|call| call.lately).collect()
}

fn events(world: &World, is_meant: impl Fn(&EventKind) -> bool) -> u64 {
    let events = world.events(0, usize::MAX);
    assert_eq!(events[0].seq, 0, "all events are there");
    events.iter().filter(|event| is_meant(&event.kind)).count() as u64
}

#[test]
fn counts_are_those_of_the_events() {
    use EventKind as K;
    let mut some_placements = false;
    for (scenario, ticks) in [(common::crowd(), 1200), (common::free_crowd(), 700), (common::thread_moved(3000), 1200)]
    {
        let world = ran(&scenario, ticks);
        let faults = events(&world, |kind| matches!(kind, K::HintFault { .. }));
        assert_eq!(total(&world, "do_numa_page") + total(&world, "do_huge_pmd_numa_page"), faults);
        for name in ["numa_migrate_check", "mpol_misplaced", "task_numa_fault"] {
            assert_eq!(total(&world, name), faults, "{name}");
        }
        let tried = |kind: &K| {
            matches!(
                kind,
                K::HintFault {
                    verdict: FaultVerdict::Migrated | FaultVerdict::NodeFull | FaultVerdict::IsolationFailed,
                    ..
                }
            )
        };
        assert_eq!(total(&world, "migrate_misplaced_folio_prepare"), events(&world, tried));
        let migrated = |kind: &K| matches!(kind, K::HintFault { verdict: FaultVerdict::Migrated, .. });
        assert_eq!(total(&world, "migrate_misplaced_folio"), events(&world, migrated));
        let asked = |kind: &K| matches!(kind, K::HintFault { verdict, .. } if !matches!(verdict, FaultVerdict::Local | FaultVerdict::PolicyForbids));
        assert_eq!(total(&world, "should_numa_migrate_memory"), events(&world, asked));
        let queued = |kind: &K| matches!(kind, K::PeriodConsumed { scan: ScanQueued::Yes, .. });
        assert_eq!(total(&world, "task_work_add"), events(&world, queued));
        assert_eq!(total(&world, "task_numa_work"), events(&world, |kind| matches!(kind, K::ScanBegin { .. })));
        assert_eq!(total(&world, "change_prot_numa"), events(&world, |kind| matches!(kind, K::ScanWindow { .. })));
        let placements = events(&world, |kind| matches!(kind, K::Placement { .. }));
        assert_eq!(total(&world, "task_numa_placement"), placements);
        assert_eq!(total(&world, "update_task_scan_period"), placements);
        let moved = |kind: &K| matches!(kind, K::TaskMoved { cause: MoveCause::NumaMove, .. });
        assert_eq!(total(&world, "migrate_task_to"), events(&world, moved));
        let swapped = |kind: &K| matches!(kind, K::TaskMoved { cause: MoveCause::NumaSwap, .. });
        assert_eq!(total(&world, "migrate_swap") * 2, events(&world, swapped));
        let stuck = events(&world, |kind| matches!(kind, K::TaskStuck { .. }));
        assert!(total(&world, "task_numa_migrate") >= stuck + total(&world, "migrate_task_to"));
        assert_eq!(total(&world, "handle_mm_fault"), world.vmstat().pgfault);
        assert!(faults > 0, "the scenario does something");
        some_placements |= placements > 0;
    }
    assert!(some_placements);
}

#[test]
fn skipped_mappings_are_counted_by_reason() {
    let mut scenario = common::thread_moved(2000);
    let mut guard = common::region(0x7F00_0000_0000, 512, 100);
    guard.prot = Prot { read: false, write: false, exec: false };
    scenario.processes[0].regions.push(guard);
    let world = ran(&scenario, 1200);
    let reasons = ["unsuitable", "shared_ro", "scan_delay", "pid_inactive", "ignore_pid_inactive", "seq_completed"];
    let skips = events(&world, |kind| matches!(kind, EventKind::SkipVma { .. }));
    assert!(skips > 0);
    assert_eq!(total(&world, "inaccessible"), skips);
    assert_eq!(reasons.map(|reason| total(&world, reason)), [0; 6]);
}

#[test]
fn a_running_task_is_looked_at_on_every_tick_unless_balancing_is_off() {
    let mut scenario = common::thread_moved(200);
    let world = ran(&scenario, 500);
    assert_eq!([total(&world, "task_tick_fair"), total(&world, "task_tick_numa")], [500, 500]);
    scenario.sysctl.numa_balancing = 0;
    let world = ran(&scenario, 500);
    assert_eq!([total(&world, "task_tick_fair"), total(&world, "task_tick_numa")], [500, 0]);
}

#[test]
fn what_ran_lately_is_what_ran_since_the_tick_before() {
    let scenario = common::crowd();
    let mut world = World::new(&scenario).expect("a sound scenario");
    let mut before: Vec<u64> = world.calls().map(|call| call.total).collect();
    for _ in 0..400 {
        world.run_ticks(1);
        let now: Vec<u64> = world.calls().map(|call| call.total).collect();
        let ran: Vec<u64> = now.iter().zip(&before).map(|(now, before)| now - before).collect();
        assert_eq!(lately(&world), ran);
        before = now;
    }
    world.run_until(world.clock().now + Ns(1_000_000));
    let ran: Vec<u64> = world.calls().zip(&before).map(|(call, before)| call.total - before).collect();
    assert_eq!(lately(&world), ran);
}

#[test]
fn counts_go_back_with_the_run() {
    let mut history = History::new(&common::crowd()).expect("a sound scenario");
    history.seek(Tick(900));
    history.seek(Tick(300));
    let world = ran(&common::crowd(), 300);
    assert!(history.world().calls().eq(world.calls()));
}
