//! Scenarios for the engine's tests.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

#[cfg(feature = "explain")]
pub mod chains;
pub mod policies;

use hintfault::World;
use hintfault::ids::{CpuId, NodeId, NodeSet, PageIdx, Pid, ProcIdx, Tid, VirtAddr};
use hintfault::input::{
    Access, Action, Costs, Machine, Node, Pattern, Populate, Process, ProcessStart, Program, Prot, Region, RegionKind,
    RemoteAccess, Repeat, Scenario, Sharing, Step, Sysctl, Thp, Thread, TimedAction,
};
use hintfault::time::{Hz, Ns};
use proptest::prelude::*;

pub const COSTS: Costs = Costs {
    local_access_ns: 900,
    remote_access: RemoteAccess::ByDistance,
    mark_pte_ns: 30,
    visit_pte_ns: 5,
    visit_empty_pte_ns: 1,
    visit_vma_ns: 200,
    scan_begin_ns: 1000,
    scan_window_ns: 1000,
    hint_fault_ns: 1000,
    migrate_page_ns: 4000,
    migrate_huge_page_ns: 200_000,
    wp_fault_ns: 700,
    first_touch_ns: 1000,
    first_touch_huge_ns: 100_000,
    saturation_threads: 0,
};

pub const SYSCTL: Sysctl = Sysctl {
    numa_balancing: 1,
    scan_delay_ms: 1000,
    scan_period_min_ms: 1000,
    scan_period_max_ms: 60_000,
    scan_size_mb: 256,
};

/// `nodes` nodes of two CPUs and 1 GiB each, all `distance` apart.
pub fn machine(nodes: u8, distance: u8) -> Machine {
    let node = |id: u8| Node {
        id: NodeId(id),
        cpus: vec![CpuId(u16::from(id) * 2), CpuId(u16::from(id) * 2 + 1)],
        cpus_per_llc: 0,
        threads_per_core: 1,
        memory_pages: 262_144,
        used_pages: 0,
        zones: Vec::new(),
        interleave_weight: 1,
    };
    let row = |from: u8| (0..nodes).map(|to| if from == to { 10 } else { distance }).collect();
    Machine {
        nodes: (0..nodes).map(node).collect(),
        distances: (0..nodes).map(row).collect(),
        hz: Hz::Hz250,
        uptime: Ns::ZERO,
        costs: COSTS,
    }
}

/// A private anonymous region with its first `populated` pages on node 0.
pub fn region(start: u64, pages: u32, populated: u32) -> Region {
    let run = Populate { first: PageIdx(0), pages: populated, node: NodeId(0), sharing: Sharing::Exclusive };
    Region {
        name: format!("r{start:x}"),
        start: VirtAddr(start),
        pages,
        kind: RegionKind::Anon,
        prot: Prot { read: true, write: true, exec: false },
        policy: None,
        home_node: None,
        thp: Thp::Never,
        populate: if populated > 0 { vec![run] } else { Vec::new() },
    }
}

/// One pass over a region.
pub fn visit(region: u16, pages: u32, pattern: Pattern, access: Access) -> Step {
    Step::Access {
        region,
        first: PageIdx(0),
        pages,
        pattern,
        access,
        compute_ns: 300,
        passes: 1,
        visits: 0,
        write_every: 0,
        until: Ns::NEVER,
    }
}

pub fn thread(tid: u32, cpu: u16, steps: Vec<Step>) -> Thread {
    Thread {
        name: format!("t{tid}"),
        tid: Tid(tid),
        affinity: vec![CpuId(cpu)],
        nice: 0,
        start: Ns::ZERO,
        runtime: Ns::ZERO,
        policy: None,
        program: Program { steps, repeat: Repeat::Forever },
    }
}

pub fn process(regions: Vec<Region>, threads: Vec<Thread>) -> Process {
    Process {
        name: "p".to_owned(),
        pid: Pid(threads[0].tid.0),
        regions,
        threads,
        start: ProcessStart::Forked { next_scan_jiffies: Hz::Hz250.initial_jiffies().0 + 250 },
        mems: NodeSet(0),
    }
}

pub fn scenario(machine: Machine, processes: Vec<Process>) -> Scenario {
    Scenario { machine, sysctl: SYSCTL, processes, actions: Vec::new(), seed: 7 }
}

/// A thread on node 1 whose pages are all on node 0.
pub fn thread_moved(pages: u32) -> Scenario {
    let steps = vec![visit(0, pages, Pattern::Sequential { stride: 1 }, Access::Write)];
    scenario(machine(2, 20), vec![process(vec![region(0x1000_0000, pages, pages)], vec![thread(1000, 2, steps)])])
}

/// Four threads on two nodes that share one region, with a small one of their own each, and
/// two threads on one CPU.
pub fn crowd() -> Scenario {
    let steps = |own: u16| {
        vec![
            visit(0, 3000, Pattern::Random, Access::Write),
            visit(own, 200, Pattern::Sequential { stride: 7 }, Access::Read),
            Step::Compute { duration: Ns(100_000) },
            Step::Sleep { duration: Ns(20_000_000) },
        ]
    };
    let regions = vec![
        region(0x1000_0000, 3000, 2500),
        region(0x2000_1000, 300, 0),
        region(0x3000_0000, 700, 700),
        region(0x4000_0000, 200, 100),
        region(0x5000_0000, 200, 200),
    ];
    let threads = vec![
        thread(1000, 0, steps(1)),
        thread(1001, 2, steps(2)),
        thread(1002, 2, steps(3)),
        thread(1003, 3, steps(4)),
    ];
    let mut scenario = scenario(machine(2, 21), vec![process(regions, threads)]);
    scenario.sysctl.scan_size_mb = 4;
    scenario.sysctl.scan_period_min_ms = 100;
    scenario
}

/// The same thread, free to use all of so many CPUs.
pub fn free(thread: Thread, cpus: u16) -> Thread {
    Thread { affinity: (0..cpus).map(CpuId).collect(), ..thread }
}

/// Seven threads of two processes on four CPUs, most of them free, of different weights, some of
/// which sleep.
pub fn free_crowd() -> Scenario {
    let steps = |own: u16, sleep_ns: u64| {
        vec![
            visit(0, 1500, Pattern::Random, Access::Write),
            visit(own, 400, Pattern::Sequential { stride: 3 }, Access::Write),
            Step::Sleep { duration: Ns(sleep_ns) },
        ]
    };
    let regions = || vec![region(0x1000_0000, 1500, 1000), region(0x2000_0000, 400, 400), region(0x3000_0000, 400, 0)];
    let threads = |first: u32| -> Vec<Thread> {
        (0..3).map(|n| free(thread(first + n, 0, steps(1 + n as u16 % 2, u64::from(n) * 700_000 + 1)), 4)).collect()
    };
    let mut first = process(regions(), threads(1000));
    first.threads[1].nice = 5;
    first.threads[2].start = Ns(1_234_567);
    let mut second = process(regions(), threads(2000));
    second.threads[0].nice = -3;
    second.threads.push(thread(2003, 3, vec![Step::Compute { duration: Ns(5_000_000) }]));
    let mut scenario = scenario(machine(2, 21), vec![first, second]);
    scenario.sysctl.scan_size_mb = 2;
    scenario.sysctl.scan_period_min_ms = 50;
    scenario.sysctl.scan_delay_ms = 50;
    scenario
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let hot = (1u32..2000, 0u8..101).prop_map(|(hot_pages, hot_percent)| Pattern::HotCold { hot_pages, hot_percent });
    prop_oneof![
        Just(Pattern::Random),
        Just(Pattern::Zipf),
        hot,
        (1u32..600).prop_map(|stride| Pattern::Sequential { stride })
    ]
}

fn access() -> impl Strategy<Value = Access> {
    prop_oneof![Just(Access::Read), Just(Access::Write)]
}

fn step(regions: u16) -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..regions, 1u32..1500, pattern(), access()).prop_map(|(r, pages, p, a)| visit(r, pages, p, a)),
        2 => (0..regions, 1u32..1500, pattern(), 0u32..9, 1u64..900, 0u64..1200).prop_map(mixed),
        1 => (0u16..2).prop_map(|group| Step::Barrier { group, threads: 0 }),
        1 => (1u64..2_000_000).prop_map(|ns| Step::Sleep { duration: Ns(ns) }),
        1 => (1u64..2_000_000).prop_map(|ns| Step::Compute { duration: Ns(ns) }),
    ]
}

/// Reads and writes in turn, so many visits, up to some time of the run.
fn mixed((region, pages, pattern, every, some_visits, until_ms): (u16, u32, Pattern, u32, u64, u64)) -> Step {
    let mut step = visit(region, pages, pattern, Access::Write);
    if let Step::Access { visits, write_every, until, .. } = &mut step {
        *visits = if matches!(pattern, Pattern::Sequential { .. }) { 0 } else { some_visits };
        *write_every = every;
        *until = if until_ms < 600 { Ns::from_ms(until_ms) } else { Ns::NEVER };
    }
    step
}

/// A program with a loop in a loop, and something that always takes time.
fn program() -> impl Strategy<Value = Vec<Step>> {
    let body = || prop::collection::vec(step(1), 1..3);
    (body(), body(), 1u32..4, 0u64..900).prop_map(|(outer, inner, times, until_ms)| {
        let compute = Step::Compute { duration: Ns(50_000) };
        let (from, until) = (outer.len() as u16, if until_ms < 600 { Ns::from_ms(until_ms) } else { Ns::NEVER });
        let again = |from, depth| Step::Again { from, times, until, depth };
        [outer, inner, vec![compute, again(from, 1), compute, again(0, 0)]].concat()
    })
}

prop_compose! {
    pub fn any_scenario()(
        nodes in 1u8..4,
        lengths in prop::collection::vec((1500u32..3000, 0u32..1500), 1..3),
        threads in prop::collection::vec((program(), 0u16..8), 1..5),
        scan_size_mb in 1u32..9,
        period in 10u32..300,
    ) -> Scenario {
        let at = |place: usize| 0x1000_0000 + place as u64 * 0x1000_1000;
        let regions = lengths.iter().enumerate().map(|(i, &(pages, there))| region(at(i), pages, there)).collect();
        let cpus = u16::from(nodes) * 2;
        let threads = (1000..).zip(threads).map(|(tid, (steps, cpu))| thread(tid, cpu % cpus, steps)).collect();
        let mut scenario = scenario(machine(nodes, 21), vec![process(regions, threads)]);
        scenario.sysctl.scan_size_mb = scan_size_mb;
        scenario.sysctl.scan_period_min_ms = period;
        scenario.sysctl.scan_delay_ms = period;
        scenario
    }
}

prop_compose! {
    /// A process that forks two children, of which the first forks one too; one of them becomes
    /// another process, and threads are created and end.
    pub fn any_family()(
        scenario in any_scenario(),
        programs in prop::collection::vec(program(), 4),
        at_ms in prop::collection::vec(1u64..400, 4),
        huge in any::<bool>(),
        cpus in prop::collection::vec(0u16..6, 4),
    ) -> Scenario {
        let mut scenario = scenario;
        let cpu_count = scenario.machine.nodes.len() as u16 * 2;
        for region in scenario.processes[0].regions.iter_mut().filter(|_| huge) {
            region.thp = Thp::Always;
        }
        let sleep = |ms| Step::Sleep { duration: Ns::from_ms(ms) };
        let mut programs = programs.into_iter();
        let mut next = |tid: u32, place: usize, births: Vec<Step>| {
            let steps = [births, programs.next().expect("four programs")].concat();
            Thread { start: Ns::NEVER, ..thread(tid, cpus[place] % cpu_count, steps) }
        };
        let forks = |process, ms| vec![sleep(ms), Step::Fork { process: ProcIdx(process) }];
        let threads = [
            next(2000, 0, forks(2, at_ms[0])),
            next(3000, 1, Vec::new()),
            next(4000, 2, vec![sleep(at_ms[1]), Step::Exec { process: ProcIdx(4) }]),
            next(5000, 3, Vec::new()),
        ];
        let mut empty: Vec<_> = scenario.processes[0].regions.clone();
        empty.iter_mut().for_each(|region| region.populate.clear());
        for (thread, parent) in threads.into_iter().zip([Some(0), Some(1), Some(0), None]) {
            let start = match parent {
                Some(parent) => ProcessStart::ByFork { parent: ProcIdx(parent) },
                None => ProcessStart::ByExec,
            };
            scenario.processes.push(Process { start, ..process(empty.clone(), vec![thread]) });
        }
        let births = [forks(1, at_ms[2]), vec![Step::Fork { process: ProcIdx(3) }], vec![sleep(at_ms[3])]].concat();
        let main = &mut scenario.processes[0].threads[0].program.steps;
        let moved = births.len() as u16;
        for step in main.iter_mut() {
            if let Step::Again { from, .. } = step {
                *from += moved;
            }
        }
        main.splice(0..0, births);
        scenario.actions = [Action::Exit { tid: Tid(1001) }, Action::Kill { process: ProcIdx(0) }]
            .into_iter()
            .zip([500, 900])
            .map(|(action, ms)| TimedAction { at: Ns::from_ms(ms), action })
            .collect();
        scenario
    }
}

/// `nodes` nodes of so many CPUs each.
pub fn wide(nodes: u8, cpus: u16) -> Machine {
    let mut machine = machine(nodes, 20);
    for (place, node) in (0..).zip(&mut machine.nodes) {
        node.cpus = (place * cpus..(place + 1) * cpus).map(CpuId).collect();
    }
    machine
}

/// A region of 500 pages, all on one node.
pub fn region_on(start: u64, node: u8) -> Region {
    let run = Populate { first: PageIdx(0), pages: 500, node: NodeId(node), sharing: Sharing::Exclusive };
    Region { populate: vec![run], ..region(start, 500, 0) }
}

/// Threads that visit a region of their own, on a machine whose nodes have no free page: `cpus`
/// says where each starts, `nodes` where its memory is. From 100 ms on they are free.
pub fn misplaced(machine: Machine, cpus: &[u16], nodes: &[u8]) -> Scenario {
    let regions = (0..).zip(nodes).map(|(place, &node)| region_on(0x1000_0000 + place * 0x1000_0000, node)).collect();
    let steps = |place: u16| vec![visit(place, 500, Pattern::Sequential { stride: 1 }, Access::Write)];
    let threads = (0..).zip(cpus).map(|(place, &cpu)| thread(1000 + u32::from(place), cpu, steps(place))).collect();
    let mut scenario = scenario(machine, vec![process(regions, threads)]);
    let all: Vec<CpuId> = scenario.machine.nodes.iter().flat_map(|node| node.cpus.clone()).collect();
    for (place, node) in (0..).zip(&mut scenario.machine.nodes) {
        let own = nodes.iter().filter(|&&node| node == place).count() as u64 * 500;
        node.used_pages = node.memory_pages - own;
    }
    let release = |place: usize| TimedAction {
        at: Ns::from_ms(100),
        action: Action::SetAffinity { tid: Tid(1000 + place as u32), cpus: all.clone() },
    };
    scenario.actions = (0..cpus.len()).map(release).collect();
    scenario
}

/// Runs a scenario in pieces and at once, which must come to the same.
pub fn slicing_never_shows(scenario: &Scenario, cuts: &[u64]) {
    let mut sliced = World::new(scenario).expect("a scenario that can be set up");
    let mut now = 0;
    for cut in cuts {
        now += cut;
        sliced.run_until(Ns(now));
    }
    let mut whole = World::new(scenario).expect("a scenario that can be set up");
    whole.run_until(Ns(now));
    assert_eq!(sliced.digest(), whole.digest());
    assert_eq!(sliced.tasks(), whole.tasks());
}
