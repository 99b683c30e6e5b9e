//! Huge pages, shared mappings, policies and groups.

mod common;

use common::{machine, process, region, scenario, thread, visit};
use hintfault::World;
use hintfault::event::{EventKind, FaultVerdict};
use hintfault::ids::{NodeId, NodeSet, PageIdx, ProcIdx};
use hintfault::input::{
    Access, Action, Backing, MemPolicy, ModeFlags, Pattern, PolicyMode, Region, RegionKind, Scenario, Thp, TimedAction,
};
use hintfault::time::Ns;

const SEQUENTIAL: Pattern = Pattern::Sequential { stride: 1 };

fn shared(mut region: Region, backing: Backing) -> Region {
    region.kind = RegionKind::Shared { key: 1, backing };
    region
}

fn policy(mode: PolicyMode, nodes: &[u8], flags: ModeFlags) -> Option<MemPolicy> {
    let nodes: Vec<NodeId> = nodes.iter().map(|&n| NodeId(n)).collect();
    Some(MemPolicy::new(mode, NodeSet::of(&nodes)).with(flags))
}

fn totals_hold(world: &World) {
    for node in world.machine().nodes {
        assert!(node.free_pages <= node.memory_pages, "node {}", node.id);
    }
}

#[test]
fn huge_pages_fault_and_move_as_one() {
    let mut scenario = common::thread_moved(8192);
    scenario.processes[0].regions[0].thp = Thp::Always;
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(4500));
    let stat = world.vmstat();
    assert_eq!((stat.thp_migration_success, stat.numa_pages_migrated), (16, 8192));
    assert_eq!(world.mms()[0].vmas[0].node_pages, [0, 8192]);
    // A lone thread's base pages are not marked again once they are local; huge ones are.
    assert_eq!((stat.numa_pte_updates, stat.numa_huge_pte_updates), (2 * 8192, 32));
    assert_eq!((stat.numa_hint_faults, stat.numa_hint_faults_local, stat.pgreuse), (32, 16, 0));
    assert_eq!(world.tasks()[0].pages_migrated, 8192);
}

#[test]
fn first_touches_get_huge_pages_where_they_fit() {
    let mut scenario = common::thread_moved(2000);
    let own = &mut scenario.processes[0].regions[0];
    (own.populate, own.thp) = (Vec::new(), Thp::Always);
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(100));
    let stat = world.vmstat();
    assert_eq!((stat.thp_fault_alloc, stat.pgfault), (3, 3 + 2000 - 3 * 512));
    assert_eq!(stat.numa_hit, stat.pgfault, "one allocation a fault, whatever its size");
    assert!(
        world
            .page(hintfault::event::PageRef { process: ProcIdx(0), vma: hintfault::ids::VmaIdx(0), page: PageIdx(5) })
            .unwrap()
            .huge
    );
}

fn two_processes(backing: Backing, second: Access) -> Scenario {
    let pages = 2000;
    let first = process(
        vec![shared(region(0x1000_0000, pages, pages), backing)],
        vec![thread(1000, 0, vec![visit(0, pages, SEQUENTIAL, Access::Write)])],
    );
    let mut far = shared(region(0x1000_0000, pages, 0), backing);
    far.prot.write = second == Access::Write;
    let second = process(vec![far], vec![thread(1001, 2, vec![visit(0, pages, SEQUENTIAL, second)])]);
    scenario(machine(2, 20), vec![first, second])
}

#[test]
fn processes_that_share_memory_form_a_group() {
    let mut world = World::new(&two_processes(Backing::Shmem, Access::Write)).unwrap();
    world.run_until(Ns::from_ms(12_000));
    let tasks = world.tasks();
    assert!(tasks[0].group.is_some() && tasks[0].group == tasks[1].group, "one group");
    assert_eq!(world.vmstat().pgreuse, 0, "shared memory stays writable when it moves");
    let nodes: u64 = world.mms()[1].vmas[0].node_pages.iter().sum();
    assert_eq!((nodes, world.mms()[0].rss_pages), (2000, 2000));
    totals_hold(&world);
}

#[test]
fn a_reader_maps_what_is_there_sixteen_pages_at_a_time_and_is_not_scanned() {
    let mut world = World::new(&two_processes(Backing::Shmem, Access::Read)).unwrap();
    world.run_until(Ns::from_ms(500));
    assert_eq!(world.vmstat().pgfault, 2000 / 16);
    world.run_until(Ns::from_ms(8000));
    let skipped = world.mms()[1].vmas[0].last_skip.unwrap().as_str();
    assert_eq!(skipped, "shared_ro");
}

#[test]
fn dirty_pages_of_a_file_are_not_marked() {
    let mut scenario = two_processes(Backing::PageCache, Access::Write);
    scenario.processes[0].regions[0].populate.clear();
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(5000));
    assert_eq!((world.vmstat().numa_pte_updates, world.mms()[0].rss_pages), (0, 2000));
}

#[test]
fn a_bound_region_is_passed_over_and_a_balanced_one_is_not() {
    let mut bound = common::thread_moved(1000);
    bound.processes[0].regions[0].policy = policy(PolicyMode::Bind, &[0, 1], ModeFlags::NONE);
    let mut world = World::new(&bound).unwrap();
    world.run_until(Ns::from_ms(3000));
    assert_eq!(world.mms()[0].vmas[0].last_skip.unwrap().as_str(), "unsuitable");
    assert_eq!(world.vmstat().numa_pages_migrated, 0);
    bound.processes[0].regions[0].policy = policy(PolicyMode::Bind, &[0, 1], ModeFlags::NUMA_BALANCING);
    let mut world = World::new(&bound).unwrap();
    world.run_until(Ns::from_ms(3000));
    assert_eq!(world.vmstat().numa_pages_migrated, 1000);
    assert_eq!(world.mms()[0].vmas[0].policy, "bind=balancing:0-1");
}

#[test]
fn outside_its_policy_a_task_faults_and_moves_nothing() {
    let mut scenario = common::thread_moved(1000);
    scenario.processes[0].regions[0].policy = policy(PolicyMode::Bind, &[0], ModeFlags::NUMA_BALANCING);
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(3000));
    let events = world.events(0, usize::MAX);
    let outside = |kind: &EventKind| matches!(kind, EventKind::HintFault { verdict: FaultVerdict::OutsidePolicy, .. });
    assert_eq!(events.iter().filter(|event| outside(&event.kind)).count(), 1000);
    assert_eq!(world.vmstat().numa_pages_migrated, 0);
}

#[test]
fn allocation_follows_the_policy() {
    let cases = [
        (policy(PolicyMode::Interleave, &[0, 1], ModeFlags::NONE), [500, 500]),
        (policy(PolicyMode::WeightedInterleave, &[0, 1], ModeFlags::NONE), [750, 250]),
        (policy(PolicyMode::Bind, &[0], ModeFlags::NONE), [1000, 0]),
        (policy(PolicyMode::Preferred, &[0], ModeFlags::NONE), [1000, 0]),
        (policy(PolicyMode::Local, &[], ModeFlags::NONE), [0, 1000]),
        (None, [0, 1000]),
    ];
    for (policy, expected) in cases {
        let mut scenario = common::thread_moved(1000);
        scenario.machine.nodes[0].interleave_weight = 3;
        scenario.processes[0].regions[0].populate.clear();
        scenario.processes[0].threads[0].policy = policy;
        let mut world = World::new(&scenario).unwrap();
        world.run_until(Ns::from_ms(100));
        assert_eq!(world.mms()[0].vmas[0].node_pages, expected, "{policy:?}");
    }
}

#[test]
fn whoever_looks_at_the_address_space_makes_local_pages_marked() {
    let mut scenario = common::thread_moved(1000);
    scenario.processes[0].regions[0].populate[0].node = NodeId(1);
    let mut quiet = World::new(&scenario).unwrap();
    quiet.run_until(Ns::from_ms(1500));
    let action = Action::HoldMm { process: ProcIdx(0), duration: Ns::from_ms(100) };
    scenario.actions = vec![TimedAction { at: Ns::from_ms(950), action }];
    let mut watched = World::new(&scenario).unwrap();
    watched.run_until(Ns::from_ms(1500));
    assert_eq!((quiet.vmstat().numa_pte_updates, watched.vmstat().numa_pte_updates), (0, 1000));
    assert_eq!(watched.mms()[0].mm_users, 1);
}

#[test]
fn threads_of_both_nodes_become_friends() {
    // Writers would reset who last asked at each page that has moved, and never meet.
    let steps = || vec![visit(0, 1500, Pattern::Random, Access::Read)];
    let threads = vec![thread(1000, 0, steps()), thread(1001, 2, steps())];
    let mut world =
        World::new(&scenario(machine(2, 20), vec![process(vec![region(0x1000_0000, 1500, 1500)], threads)])).unwrap();
    world.run_until(Ns::from_ms(12_000));
    let tasks = world.tasks();
    assert!(tasks[0].group.is_some() && tasks[0].group == tasks[1].group);
    let mut sums = [0u64; 2];
    for node in tasks.iter().flat_map(|task| &task.faults) {
        sums[0] += node.mem[0];
        sums[1] += node.mem[1];
    }
    assert!(sums[0] > 0, "some faults are shared");
}

#[test]
fn shared_memory_is_populated_with_base_pages() {
    let mut scenario = two_processes(Backing::Shmem, Access::Write);
    scenario.processes[0].regions[0].thp = Thp::Always;
    let mut world = World::new(&scenario).unwrap();
    let page = hintfault::event::PageRef { process: ProcIdx(0), vma: hintfault::ids::VmaIdx(0), page: PageIdx(600) };
    assert!(!world.page(page).unwrap().huge);
    world.run_until(Ns::from_ms(3000));
    totals_hold(&world);
}
