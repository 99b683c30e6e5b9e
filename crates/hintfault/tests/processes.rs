//! Fork, exec, clone, exit.

mod common;

use common::{machine, process, region, scenario, thread, visit};
use hintfault::event::{EventKind, PageRef};
use hintfault::ids::{CpuId, NodeSet, PageIdx, Pid, ProcIdx, TaskIdx, Tid, VmaIdx};
use hintfault::input::{
    Access, Action, Backing, Pattern, Process, ProcessStart, Program, RegionKind, Repeat, Scenario, Step, Thp, Thread,
    TimedAction,
};
use hintfault::time::{Hz, Ns};
use hintfault::view::{PteState, TaskState};
use hintfault::{Refusal, SetupError, World};

const SEQUENTIAL: Pattern = Pattern::Sequential { stride: 1 };

fn compute(ms: u64) -> Step {
    Step::Compute { duration: Ns::from_ms(ms) }
}

fn sleep(ms: u64) -> Step {
    Step::Sleep { duration: Ns::from_ms(ms) }
}

fn once(thread: Thread) -> Thread {
    Thread { program: Program { repeat: Repeat::Once, ..thread.program }, ..thread }
}

fn unborn(thread: Thread) -> Thread {
    Thread { start: Ns::NEVER, ..thread }
}

/// A process that comes to be when the one before forks it.
fn child(of: &Process, threads: Vec<Thread>) -> Process {
    let mut regions = of.regions.clone();
    regions.iter_mut().for_each(|region| region.populate.clear());
    let pid = Pid(threads[0].tid.0);
    let threads = threads.into_iter().map(unborn).collect();
    let start = ProcessStart::ByFork { parent: ProcIdx(0) };
    Process { name: "child".to_owned(), pid, regions, threads, start, mems: NodeSet(0) }
}

fn fork(process: u16) -> Step {
    Step::Fork { process: ProcIdx(process) }
}

/// A parent on node 0 with `pages` pages forks a child on node 1.
fn family(pages: u32, parent: Vec<Step>, of_child: Vec<Step>) -> Scenario {
    let parent = process(vec![region(0x1000_0000, pages, pages)], vec![once(thread(1000, 0, parent))]);
    let child = child(&parent, vec![once(thread(1001, 2, of_child))]);
    scenario(machine(2, 20), vec![parent, child])
}

fn used(world: &World) -> u64 {
    world.machine().nodes.iter().map(|node| node.memory_pages - node.free_pages).sum()
}

fn entry(world: &World, process: u16, page: u32) -> (PteState, u8) {
    let page = PageRef { process: ProcIdx(process), vma: VmaIdx(0), page: PageIdx(page) };
    let page = world.page(page).expect("in the region");
    (page.entry, page.node.map_or(u8::MAX, |node| node.0))
}

#[test]
fn a_fork_shares_pages_until_one_side_writes() {
    let steps = vec![compute(1), fork(1), sleep(5), visit(0, 100, SEQUENTIAL, Access::Write), sleep(100)];
    let mut world =
        World::new(&family(1000, steps, vec![visit(0, 300, SEQUENTIAL, Access::Write), sleep(100)])).unwrap();
    assert_eq!(world.tasks()[1].state, TaskState::New);
    world.run_until(Ns(1_006_000));
    assert_eq!((world.mms()[1].rss_pages, world.mms()[1].mm_users), (1000, 1));
    assert_eq!(entry(&world, 0, 999), (PteState::ReadOnly, 0));
    assert_eq!(entry(&world, 1, 999), (PteState::ReadOnly, 0));
    world.run_until(Ns::from_ms(4));
    // The child copies what it writes to its node.
    assert_eq!((used(&world), entry(&world, 1, 299)), (1300, (PteState::Writable, 1)));
    world.run_until(Ns::from_ms(50));
    // The parent writes what nobody else has any more: it keeps its pages.
    assert_eq!((used(&world), entry(&world, 0, 99)), (1300, (PteState::Writable, 0)));
    assert_eq!((world.vmstat().pgreuse, world.vmstat().nr_anon_pages), (100, 1300));
    world.run_until(Ns::from_ms(200));
    assert_eq!((used(&world), world.vmstat().nr_anon_pages), (0, 0));
}

#[test]
fn who_is_left_alone_with_a_page_reuses_it() {
    let steps = vec![fork(1), sleep(20), visit(0, 100, SEQUENTIAL, Access::Write), sleep(100)];
    let mut world = World::new(&family(1000, steps, vec![compute(1)])).unwrap();
    world.run_until(Ns::from_ms(50));
    assert_eq!((used(&world), world.vmstat().pgreuse, world.vmstat().numa_hit), (1000, 100, 0));
}

#[test]
fn grandchildren_share_what_their_parents_share() {
    let mut scenario = family(
        600,
        vec![fork(1), sleep(40)],
        vec![visit(0, 200, SEQUENTIAL, Access::Write), fork(2), visit(0, 300, SEQUENTIAL, Access::Write), sleep(40)],
    );
    let steps = vec![sleep(3), visit(0, 400, SEQUENTIAL, Access::Write), sleep(10)];
    let mut grandchild = child(&scenario.processes[0], vec![once(thread(1002, 3, steps))]);
    grandchild.start = ProcessStart::ByFork { parent: ProcIdx(1) };
    scenario.processes.push(grandchild);
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(12));
    // 600 of the first, 200 + 100 and 200 copies of the second, then 400 of the third, of which
    // 200 were its parent's old ones, left to it alone.
    assert_eq!(used(&world), 600 + 200 + 300 + 400 - 200);
    world.run_until(Ns::from_ms(100));
    assert_eq!((used(&world), world.vmstat().nr_anon_pages), (0, 0));
}

#[test]
fn shared_pages_are_not_scanned_and_become_so_when_the_child_is_gone() {
    let far = |pages| visit(0, pages, Pattern::Random, Access::Read);
    let mut scenario = family(1000, vec![far(1000), fork(1), far(4_000)], vec![sleep(4000)]);
    scenario.processes[0].threads[0] = Thread {
        program: Program { steps: vec![fork(1), far(1000)], repeat: Repeat::Forever },
        ..thread(1000, 2, Vec::new())
    };
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(3900));
    assert_eq!(world.vmstat().numa_pte_updates, 0);
    world.run_until(Ns::from_ms(9000));
    assert_eq!(world.mms()[0].vmas[0].node_pages, [0, 1000]);
}

#[test]
fn a_page_of_two_moves_for_both() {
    // Marked before the fork, faulted on after it.
    let far = visit(0, 2000, SEQUENTIAL, Access::Read);
    let steps = vec![compute(1010), fork(1), far, sleep(1000)];
    let mut scenario = family(2000, steps, vec![sleep(1000)]);
    scenario.processes[0].threads[0].affinity = vec![CpuId(2)];
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(1060));
    let moved = world.vmstat().numa_pages_migrated;
    assert!(moved > 1000, "{moved}");
    assert_eq!((world.mms()[0].vmas[0].node_pages[1], world.mms()[1].vmas[0].node_pages[1]), (moved, moved));
    assert_eq!((used(&world), entry(&world, 1, 1999)), (2000, (PteState::ReadOnly, 1)));
}

#[test]
fn a_huge_page_of_two_is_split_by_a_write() {
    let mut scenario = family(
        1024,
        vec![fork(1), sleep(50)],
        vec![visit(0, 1, SEQUENTIAL, Access::Write), visit(0, 1024, SEQUENTIAL, Access::Read), sleep(10)],
    );
    for process in &mut scenario.processes {
        process.regions[0].thp = Thp::Always;
    }
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(8));
    assert_eq!((used(&world), world.vmstat().thp_split_pmd), (1025, 2));
    world.run_until(Ns::from_ms(100));
    assert_eq!(used(&world), 0);
}

#[test]
fn shared_memory_is_faulted_in_by_the_child() {
    let mut scenario = family(100, vec![fork(1), sleep(50)], vec![visit(0, 100, SEQUENTIAL, Access::Write), sleep(10)]);
    for process in &mut scenario.processes {
        process.regions[0].kind = RegionKind::Shared { key: 3, backing: Backing::Shmem };
    }
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(5));
    assert_eq!((used(&world), world.mms()[1].rss_pages, world.vmstat().pgfault), (100, 100, 100));
}

#[test]
fn a_lone_forker_begins_its_passes_anew() {
    let steps = vec![compute(2300), fork(1), compute(1000)];
    let mut scenario = family(1000, steps, vec![sleep(1000)]);
    scenario.processes[0].threads[0].affinity = vec![CpuId(2)];
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(2290));
    assert_eq!(world.mms()[0].scan_seq, 2);
    world.run_until(Ns::from_ms(2330));
    let (parent, child) = (&world.mms()[0], &world.mms()[1]);
    assert_eq!((parent.scan_seq, child.scan_seq), (0, 0));
    let armed = world.jiffies_at(Ns::from_ms(2300)) + 250;
    assert!(parent.next_scan.0.abs_diff(armed) <= 3 && parent.next_scan == child.next_scan);
    assert!(child.vmas.iter().all(|vma| vma.numab.is_none()) && parent.vmas[0].numab.is_some());
}

trait JiffiesAt {
    fn jiffies_at(&self, at: Ns) -> u64;
}

impl JiffiesAt for World {
    fn jiffies_at(&self, at: Ns) -> u64 {
        Hz::Hz250.initial_jiffies().0 + at.0 / Hz::Hz250.tick_ns()
    }
}

#[test]
fn a_thread_is_created_with_the_kernels_stagger() {
    let main = thread(1000, 0, vec![compute(5), Step::Clone { thread: 1 }, compute(1000)]);
    let worker = unborn(thread(1001, 2, vec![compute(1)]));
    let first = process(vec![region(0x1000_0000, 1000, 1000)], vec![main, worker]);
    let mut world = World::new(&scenario(machine(2, 20), vec![first])).unwrap();
    assert_eq!(world.mms()[0].mm_users, 1);
    world.run_until(Ns::from_ms(12));
    let created = &world.tasks()[1];
    assert_eq!((world.mms()[0].mm_users, created.state), (2, TaskState::Running));
    // task_scan_max of a small process is 60 s, taken for nanoseconds, and two ticks.
    assert_eq!((created.node_stamp, created.scan_period_ms), (Ns(60_000 + 8_000_000), 1000));
    assert_eq!(created.runtime, Ns::from_ms(7));
}

fn execs() -> Scenario {
    let main = once(thread(
        1000,
        2,
        vec![visit(0, 1000, SEQUENTIAL, Access::Write), compute(1500), Step::Exec { process: ProcIdx(1) }],
    ));
    let other = thread(1001, 3, vec![compute(1)]);
    let shell = process(vec![region(0x1000_0000, 1000, 1000)], vec![main, other]);
    let steps = vec![visit(0, 500, SEQUENTIAL, Access::Write)];
    let mut image = process(vec![region(0x2000_0000, 500, 0)], vec![unborn(thread(2000, 0, steps))]);
    image.start = ProcessStart::ByExec;
    scenario(machine(2, 20), vec![shell, image])
}

#[test]
fn exec_begins_a_fresh_address_space() {
    let mut world = World::new(&execs()).unwrap();
    world.run_until(Ns::from_ms(1600));
    let (tasks, mms) = (world.tasks(), world.mms());
    assert_eq!(
        [tasks[0].state, tasks[1].state, tasks[2].state],
        [TaskState::Dead, TaskState::Dead, TaskState::Running]
    );
    assert_eq!((tasks[2].tid, mms[1].pid, mms[0].mm_users, mms[1].mm_users), (Tid(1000), Pid(1000), 0, 1));
    assert_eq!((used(&world), mms[1].rss_pages), (500, 500));
    assert!(tasks[2].runtime > Ns::from_ms(1500), "CPU time is the thread's, not the program's");
    // The first work item only arms the timer.
    assert_eq!((mms[1].scan_seq, mms[1].next_scan.0), (0, 0));
    world.run_until(Ns::from_ms(2600));
    assert!(world.mms()[1].next_scan.0 > 0);
}

#[test]
fn everything_can_be_done_from_outside() {
    let idle = vec![sleep(7)];
    let mut scenario = family(1000, idle.clone(), idle);
    scenario.processes[0].threads[0].program.repeat = Repeat::Forever;
    scenario.processes[1].threads[0].program.repeat = Repeat::Forever;
    scenario.processes[0].threads.push(unborn(thread(1003, 1, vec![compute(1)])));
    let mut image = process(vec![region(0x2000_0000, 500, 0)], vec![unborn(thread(2000, 0, vec![compute(1)]))]);
    image.start = ProcessStart::ByExec;
    scenario.processes.push(image);
    let actions = [
        Action::Clone { tid: Tid(1003) },
        Action::Fork { process: ProcIdx(1) },
        Action::Exec { tid: Tid(1001), process: ProcIdx(2) },
        Action::Exit { tid: Tid(1003) },
    ];
    scenario.actions = (1..).zip(actions).map(|(n, action)| TimedAction { at: Ns::from_ms(n * 10), action }).collect();
    let mut world = World::new(&scenario).unwrap();
    let mut live = Vec::new();
    for n in 1..5 {
        world.run_until(Ns::from_ms(n * 10 + 9));
        live.push(world.mms().iter().map(|mm| mm.mm_users).collect::<Vec<_>>());
    }
    assert_eq!(live, [[2, 0, 0], [2, 1, 0], [2, 0, 1], [1, 0, 1]]);
    let events = world.events(0, usize::MAX);
    let births: Vec<(u16, EventKind)> = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Clone { .. } | EventKind::Fork { .. } | EventKind::Exec { .. }))
        .map(|event| (event.task.0, event.kind))
        .collect();
    // Tasks by place: parent, its second thread, child, image.
    let expected = [
        (0, EventKind::Clone { child: TaskIdx(1) }),
        (0, EventKind::Fork { process: ProcIdx(1), child: TaskIdx(2) }),
        (2, EventKind::Exec { process: ProcIdx(2), successor: TaskIdx(3) }),
    ];
    assert_eq!(births, expected);
}

#[test]
fn births_that_cannot_be_are_refused() {
    let sound = family(10, vec![fork(1)], vec![compute(1)]);
    let mut cases = Vec::new();
    let mut case = |change: &dyn Fn(&mut Scenario)| {
        let mut scenario = sound.clone();
        change(&mut scenario);
        cases.push(World::new(&scenario).err());
    };
    case(&|s| s.processes[1].threads[0].start = Ns::ZERO);
    case(&|s| s.processes[1].start = ProcessStart::ByFork { parent: ProcIdx(1) });
    case(&|s| s.processes[1].regions[0].pages = 9);
    case(&|s| s.processes[0].threads[0].program.steps = vec![fork(0)]);
    case(&|s| s.processes[0].threads[0].program.steps = vec![Step::Clone { thread: 0 }]);
    case(&|s| s.processes[0].threads[0].program.steps = vec![Step::Exec { process: ProcIdx(1) }]);
    let (regions, program) = (Some(SetupError::Regions { process: 1 }), Some(SetupError::Program(Tid(1000))));
    assert_eq!(cases[..3], [regions.clone(), regions.clone(), regions]);
    assert_eq!(cases[3..], [program.clone(), program.clone(), program]);
}

#[test]
fn what_the_kernel_would_refuse_is_refused_with_its_errno() {
    let mut first = process(vec![region(0x1000_0000, 10, 10)], vec![thread(1000, 0, vec![compute(5)])]);
    first.threads[0].program.repeat = Repeat::Forever;
    let mut scenario = scenario(machine(2, 21), vec![first]);
    let (tid, process) = (Tid(1000), ProcIdx(0));
    let affinity = Action::SetAffinity { tid, cpus: vec![CpuId(1)] };
    let hold = Action::HoldMm { process, duration: Ns::from_ms(1) };
    let actions =
        [affinity.clone(), Action::Kill { process }, affinity, hold, Action::Kill { process }, Action::Exit { tid }];
    let timed = (1..).zip(actions).map(|(ms, action)| TimedAction { at: Ns::from_ms(ms * 10), action });
    scenario.actions = timed.collect();
    let mut world = World::new(&scenario).expect("sound");
    world.run_until(Ns::from_ms(100));
    let refusals: Vec<Option<Refusal>> = world
        .events(0, usize::MAX)
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::ActionApplied { refused, .. } => Some(refused),
            _ => None,
        })
        .collect();
    let gone = Some(Refusal::NoSuchTask);
    assert_eq!(refusals, [None, None, gone, gone, gone, gone]);
}
