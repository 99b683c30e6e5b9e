//! What must hold in every run, whatever the scenario.

mod common;

use common::{any_family, any_scenario, machine, process, region, scenario, thread, visit};
use hintfault::event::{Event, EventKind, FaultVerdict};
use hintfault::ids::{PageIdx, ProcIdx, VmaIdx};
use hintfault::input::{Access, Action, Pattern, Thp, TimedAction};
use hintfault::time::Ns;
use hintfault::view::Cell;
use hintfault::{EVENTS_KEPT, World};
use proptest::prelude::*;

/// Runs on and adds every event, before any is dropped.
fn run_and_collect(world: &mut World, events: &mut Vec<Event>, until: Ns) {
    while world.clock().now < until {
        let next = Ns(world.clock().now.0 + 4_000_000).min(until);
        world.run_until(next);
        let fresh = world.events(events.len() as u64, EVENTS_KEPT);
        assert!(fresh.first().is_none_or(|event| event.seq == events.len() as u64), "no event is lost");
        events.extend(fresh);
    }
}

fn page_totals_hold(world: &World) {
    let (machine, mms) = (world.machine(), world.mms());
    for (place, node) in machine.nodes.iter().enumerate() {
        let mapped: u64 = mms.iter().flat_map(|mm| &mm.vmas).map(|vma| vma.node_pages[place]).sum();
        assert_eq!(node.free_pages + mapped, node.memory_pages, "node {}", node.id);
        assert_eq!(node.process_pages.iter().sum::<u64>(), mapped);
    }
    assert_eq!(world.vmstat().nr_free_pages, machine.nodes.iter().map(|node| node.free_pages).sum::<u64>());
}

fn cells_add_up(world: &World) {
    for vma in &world.mms()[0].vmas {
        let mut cells = vec![Cell::default(); vma.pages as usize];
        world.cells(ProcIdx(0), vma.index, PageIdx(0), 1, &mut cells);
        let hint: u64 = cells.iter().map(|cell| u64::from(cell.hint)).sum();
        let with_memory: u64 = cells.iter().map(|cell| u64::from(cell.node_pages)).sum();
        assert_eq!((hint, with_memory), (vma.hint_pages, vma.node_pages.iter().sum::<u64>()));
        let mut coarse = vec![Cell::default(); vma.pages.div_ceil(37) as usize + 1];
        world.cells(ProcIdx(0), vma.index, PageIdx(0), 37, &mut coarse);
        assert_eq!(coarse.iter().map(|cell| u64::from(cell.hint)).sum::<u64>(), hint);
    }
}

fn counters_equal_events(world: &World, events: &[Event]) {
    let mut counted = [0u64; 6];
    for event in events {
        match event.kind {
            EventKind::ScanWindow { updated, .. } => counted[0] += u64::from(updated),
            EventKind::HintFault { page_node, cpu_node, verdict, .. } => {
                counted[1] += 1;
                counted[2] += u64::from(page_node == cpu_node);
                counted[3] += u64::from(verdict == FaultVerdict::Migrated);
            }
            EventKind::WriteProtectFault { .. } => counted[4] += 1,
            EventKind::FirstTouch { .. } => counted[5] += 1,
            _ => {}
        }
    }
    let stat = world.vmstat();
    let open_windows = stat.numa_pte_updates - counted[0];
    assert!(open_windows <= 4 * 2048, "only windows under way are missing");
    let expected = [stat.numa_hint_faults, stat.numa_hint_faults_local, stat.numa_pages_migrated, stat.pgreuse];
    assert_eq!(counted[1..5], expected);
    assert_eq!(counted[3] + counted[5], stat.numa_hit + stat.numa_miss, "allocations");
    assert_eq!(stat.numa_hit + stat.numa_miss, stat.numa_local + stat.numa_other);
}

fn faults_equal_statistics(world: &World) {
    for task in world.tasks() {
        let buffered: u64 = task.faults.iter().flat_map(|node| node.mem_buffer).sum();
        assert_eq!(buffered, task.faults_locality[0] + task.faults_locality[1], "task {}", task.tid);
        let decayed: u64 = task.faults.iter().flat_map(|node| node.mem).sum();
        assert_eq!(decayed, task.total_numa_faults, "task {}", task.tid);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn families_keep_count_of_their_pages(scenario in any_family(), cuts in prop::collection::vec(1u64..40_000_000, 1..30)) {
        common::slicing_never_shows(&scenario, &cuts);
        let mut whole = World::new(&scenario).unwrap();
        let mut events = Vec::new();
        for ms in [300, 600, 950] {
            run_and_collect(&mut whole, &mut events, Ns::from_ms(ms));
            mapped_at_least_once(&whole);
            cells_add_up(&whole);
            faults_equal_statistics(&whole);
        }
        // A huge page is one fault and 512 pages.
        if scenario.processes[0].regions[0].thp == Thp::Never {
            counters_equal_events(&whole, &events);
        }
        let mut ended = scenario.clone();
        ended.actions.extend((0..5).map(|process| {
            TimedAction { at: Ns::from_ms(960), action: Action::Kill { process: ProcIdx(process) } }
        }));
        let mut world = World::new(&ended).unwrap();
        world.run_until(Ns::from_ms(961));
        let used: u64 = world.machine().nodes.iter().map(|node| node.memory_pages - node.free_pages).sum();
        prop_assert_eq!(used, 512 * world.vmstat().thp_zero_page_alloc);
        prop_assert_eq!(world.vmstat().nr_anon_pages, 0);
    }
}

/// Pages that processes share are counted for each of them.
fn mapped_at_least_once(world: &World) {
    let zero_pages = 512 * world.vmstat().thp_zero_page_alloc;
    let mut used = 0;
    for (place, node) in world.machine().nodes.iter().enumerate() {
        let mapped: u64 = world.mms().iter().flat_map(|mm| &mm.vmas).map(|vma| vma.node_pages[place]).sum();
        assert!(node.free_pages + mapped + zero_pages >= node.memory_pages, "node {}", node.id);
        used += node.memory_pages - node.free_pages;
    }
    assert_eq!(world.vmstat().nr_anon_pages + zero_pages, used);
    for mm in world.mms() {
        let mapped: u64 = mm.vmas.iter().flat_map(|vma| &vma.node_pages).sum();
        assert_eq!(mm.rss_pages, mapped, "process {}", mm.pid);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn slicing_never_shows(scenario in any_scenario(), cuts in prop::collection::vec(1u64..40_000_000, 1..30)) {
        common::slicing_never_shows(&scenario, &cuts);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn totals_and_counters_hold(scenario in any_scenario()) {
        let mut world = World::new(&scenario).unwrap();
        let mut events = Vec::new();
        for round in 1..=4u64 {
            run_and_collect(&mut world, &mut events, Ns::from_ms(round * 250));
            page_totals_hold(&world);
            cells_add_up(&world);
            faults_equal_statistics(&world);
        }
        counters_equal_events(&world, &events);
    }
}

#[test]
fn the_default_scenario_converges_and_goes_quiet() {
    let mut world = World::new(&common::thread_moved(16_384)).unwrap();
    world.run_until(Ns::from_ms(4000));
    assert_eq!(world.mms()[0].vmas[0].node_pages, [0, 16_384]);
    let stat = world.vmstat();
    assert_eq!((stat.numa_pages_migrated, stat.numa_hint_faults, stat.pgreuse), (16_384, 16_384, 16_384));
    world.run_until(Ns::from_ms(20_000));
    assert_eq!(world.vmstat().numa_pte_updates, 16_384, "local pages of a lone thread are not marked again");
}

#[test]
fn balancing_off_leaves_everything_where_it_is() {
    let mut scenario = common::thread_moved(2000);
    scenario.sysctl.numa_balancing = 0;
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(5000));
    assert_eq!(world.mms()[0].vmas[0].node_pages, [2000, 0]);
    assert_eq!((world.vmstat().numa_pte_updates, world.clock().events), (0, 0));
}

#[test]
fn a_full_node_refuses_and_the_period_doubles() {
    let mut scenario = common::thread_moved(2000);
    scenario.machine.nodes[1].used_pages = 262_144 - 1000;
    let mut world = World::new(&scenario).unwrap();
    let mut events = Vec::new();
    run_and_collect(&mut world, &mut events, Ns::from_ms(2000));
    let full = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::HintFault { verdict: FaultVerdict::NodeFull, .. }));
    assert_eq!(full.count(), 2000);
    assert_eq!(world.tasks()[0].scan_period_ms, 2000);
    assert_eq!(world.mms()[0].vmas[VmaIdx(0).index()].node_pages, [2000, 0]);
}

#[test]
fn running_out_of_memory_ends_the_process_and_frees_it() {
    let steps = vec![visit(0, 3000, Pattern::Sequential { stride: 1 }, Access::Write)];
    let mut scenario =
        scenario(machine(1, 20), vec![process(vec![region(0x1000_0000, 3000, 0)], vec![thread(9, 0, steps)])]);
    scenario.machine.nodes[0].used_pages = 262_144 - 2000;
    let mut world = World::new(&scenario).unwrap();
    let mut events = Vec::new();
    run_and_collect(&mut world, &mut events, Ns::from_ms(100));
    let killed = events.iter().any(|event| matches!(event.kind, EventKind::OutOfMemory { .. }));
    assert!(killed && world.machine().nodes[0].free_pages == 2000);
}
