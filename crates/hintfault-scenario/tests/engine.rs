//! Whatever is valid, the engine sets up and runs: no rule of the engine is missing here.

use hintfault::World;
use hintfault::time::Ns;
use hintfault_scenario::document::{
    Action, Costs, CpusetMems, Document, Exit, HoldMm, Kernel, Machine, Mbind, MigratePages, MoveFlag, MovePages, Node,
    NodeWeight, Pattern, Policy, Populate, Process, Region, RegionKind, Repeat, SchedSetaffinity, SetHomeNode,
    SetMempolicy, Share, Sharing, Sleep, Start, Step, Sysctl, Thp, Thread, ThreadStart, Zone, ZoneKind,
};
use hintfault_scenario::quantity::{Amount, CpuList, Millis, Size};
use hintfault_scenario::{Text, presets, validate};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const TICKS: u64 = 500;

#[test]
fn presets_run() {
    for preset in presets::ALL {
        let document = preset.document().expect(preset.id);
        let scenario = validate(&document).expect(preset.id);
        let mut world = World::new(&scenario).expect(preset.id);
        world.run_ticks(TICKS);
        assert_eq!(world.clock().tick.0, TICKS, "{}", preset.id);
    }
}

fn size(pages: u64) -> Size {
    Size(Amount::Text(format!("{pages} pages")))
}

fn maybe<S: Strategy + 'static>(strategy: S) -> impl Strategy<Value = Option<S::Value>>
where
    S::Value: Clone,
{
    prop::option::of(strategy)
}

/// One to three nodes; CPUs 0 to 5 in turn, memory from nothing to 8 MiB.
fn machine() -> impl Strategy<Value = Machine> {
    let node = (0..3_usize, select(vec![0_u64, 64, 700, 1500, 2048]), 0..400_u64, 0..3_u64, 0..4_u64);
    let costs = (maybe(0..2000_u64), maybe(0..3000_u64), maybe(0..100_000_u64));
    let distance = select(vec![11_u64, 20, 21, 31, 254]);
    let hz = select(vec![100, 250, 300, 1000]);
    (prop::collection::vec(node, 1..4), distance, hz, 0..20_000_000_u64, costs).prop_map(
        |(nodes, distance, hz, uptime_ns, (local_access_ns, mark_pte_ns, migrate_page_ns))| {
            let mut next = (0, 0);
            let mut made = Vec::new();
            for (cpus, memory, used, gap, sharing) in nodes {
                let cpus: Vec<u64> = (next.0..next.0 + cpus as u64).collect();
                let id = next.1 + gap;
                next = (next.0 + cpus.len() as u64, id + 1);
                let used = used.min(memory / 2);
                let sharers = |bit: u64| (sharing >> bit & 1 != 0).then_some(cpus.len().max(1) as u64);
                made.push(Node {
                    id: Some(id),
                    cpus_per_llc: sharers(0).map(|count| count.div_ceil(2)),
                    threads_per_core: sharers(1),
                    cpus: Some(CpuList::Ids(cpus)),
                    memory: Some(size(memory)),
                    used: Some(size(used)),
                    zones: zones(memory, sharing),
                    interleave_weight: (sharing == 3).then_some(7),
                });
            }
            let count = made.len();
            let row = |i: usize| (0..count).map(|j| if i == j { 10 } else { distance }).collect();
            Machine {
                distances: (0..count).map(row).collect(),
                nodes: made,
                hz: Some(hz),
                uptime_ms: Some(Millis(Ns(uptime_ns))),
                costs: Costs {
                    local_access_ns,
                    mark_pte_ns,
                    migrate_page_ns,
                    saturation_threads: (uptime_ns % 3 == 0).then_some(1),
                    ..Costs::default()
                },
            }
        },
    )
}

/// A node's memory in one zone, in two, or as it comes.
fn zones(memory: u64, way: u64) -> Vec<Zone> {
    let dma = memory.min(64);
    let zone = |kind, pages: u64| Zone { kind, size: size(pages) };
    match way {
        1 => vec![zone(ZoneKind::Dma32, dma), zone(ZoneKind::Normal, memory - dma)],
        2 => vec![zone(ZoneKind::Normal, dma), zone(ZoneKind::Movable, memory - dma)],
        _ => Vec::new(),
    }
}

fn policy() -> impl Strategy<Value = Option<Policy>> {
    let some = [
        "bind:0",
        "bind=balancing:0",
        "bind=static|balancing:0,7",
        "prefer:0",
        "prefer (many)=relative:1",
        "interleave:0",
        "weighted interleave=relative:0-1",
        "local",
        "default",
    ];
    prop_oneof![3 => Just(None), 1 => select(some.to_vec()).prop_map(|text| Some(Policy::Text(text.to_owned())))]
}

fn region(name: usize) -> impl Strategy<Value = Region> {
    use RegionKind::{Anon, PrivateFile, Shared, SharedFile, Unmigratable};
    let kind = select(vec![Anon, Anon, Anon, PrivateFile, Unmigratable, Shared, SharedFile]);
    let prot = select(vec!["rw-", "rw-", "r--", "r-x", "---"]);
    let populate = maybe((0..3_u64, 0..200_u64, maybe(1..600_u64), any::<bool>()));
    let more = (policy(), any::<bool>(), any::<bool>());
    (1..1900_u64, kind, prot, populate, more).prop_map(move |(pages, kind, prot, populate, (policy, huge, named))| {
        Region {
            name: name.to_string(),
            size: size(if named && matches!(kind, Shared | SharedFile) { 700 } else { pages }),
            start: None,
            object: (named && matches!(kind, Shared | SharedFile)).then(|| format!("{kind:?}")),
            policy,
            thp: (huge && kind == Anon).then_some(if pages % 2 == 0 { Thp::Always } else { Thp::Madvise }),
            kind: Some(kind),
            prot: Some(prot.to_owned()),
            populate: populate
                .into_iter()
                .map(|(node, first, pages, shared)| Populate {
                    node,
                    first: Some(first),
                    pages,
                    sharing: Some(if shared { Sharing::MappedElsewhere } else { Sharing::Exclusive }),
                })
                .collect(),
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let access = (
        0..3_usize,
        any::<bool>(),
        any::<bool>(),
        maybe(1..7_u64),
        maybe(0..300_u64),
        maybe(1..400_u64),
        0..30_000_u64,
        1..4_u64,
    );
    let access = access.prop_map(|(region, writes, random, stride, first, pages, compute_ns, passes)| {
        let name = Some(region.to_string());
        let (read, write) = if writes { (None, name) } else { (name, None) };
        Step {
            read,
            write,
            first,
            pages,
            pattern: random.then_some(Pattern::Random),
            stride: stride.filter(|_| !random),
            compute_ns: Some(compute_ns),
            passes: Some(passes),
            ..Step::default()
        }
    });
    let fancy = (0..3_usize, 0..3_usize, 1..9_u64, maybe(1..400_u64), maybe(0..700_u64), any::<bool>()).prop_map(
        |(region, way, write_every, visits, until, slice)| Step {
            write: Some(region.to_string()),
            pattern: Some([Pattern::Random, Pattern::Zipf, Pattern::HotCold][way]),
            write_every: Some(write_every),
            visits,
            hot_percent: (way == 2).then_some(70),
            until_ms: until.map(|ms| Millis(Ns::from_ms(ms))),
            share: slice.then_some(Share::Slice),
            ..Step::default()
        },
    );
    let meet = (0..2_usize).prop_map(|name| Step { barrier: Some(name.to_string()), ..Step::default() });
    let compute = (1_000..9_000_000_u64).prop_map(|ns| Step { compute_ms: Some(Millis(Ns(ns))), ..Step::default() });
    let sleep = (1_000..9_000_000_u64).prop_map(|ns| Step { sleep_ms: Some(Millis(Ns(ns))), ..Step::default() });
    let simple = prop_oneof![6 => access, 3 => fancy, 2 => meet, 2 => compute, 1 => sleep];
    let simple = simple.boxed();
    let body = prop::collection::vec(simple.clone(), 1..3);
    let again = (body, maybe(1..4_u64), maybe(0..900_u64)).prop_map(|(steps, times, until)| Step {
        steps,
        times,
        until_ms: until.map(|ms| Millis(Ns::from_ms(ms))),
        ..Step::default()
    });
    prop_oneof![8 => simple, 1 => again]
}

fn thread() -> impl Strategy<Value = Thread> {
    let program = prop::collection::vec(step(), 1..4);
    let affinity = maybe(prop::collection::btree_set(0..6_u64, 1..3));
    let nice = maybe(-20..20_i64);
    (program, affinity, nice, 1..3_u64, 0..50_000_000_u64, 0..2_000_u64, prop::bool::weighted(0.2), policy()).prop_map(
        |(program, affinity, nice, count, start, runtime_ms, once, policy)| Thread {
            name: None,
            count: Some(count),
            tid: None,
            affinity: affinity.map(|cpus| CpuList::Ids(cpus.into_iter().collect())),
            nice,
            start: None,
            start_ms: Some(Millis(Ns(start))),
            runtime_ms: Some(Millis(Ns::from_ms(runtime_ms))),
            policy,
            program,
            repeat: Some(if once { Repeat::Once } else { Repeat::Forever }),
        },
    )
}

/// Nodes of a cpuset; nodes without memory among them are taken out again.
fn mems() -> impl Strategy<Value = Option<CpuList>> {
    prop::option::weighted(0.3, select(vec!["0", "1", "0-1", "0-9"])).prop_map(|mems| mems.map(nodes))
}

fn nodes(list: &str) -> CpuList {
    CpuList::Text(list.to_owned())
}

fn process() -> impl Strategy<Value = Process> {
    let regions = (region(0), region(1), region(2)).prop_map(|(a, b, c)| vec![a, b, c]);
    let threads = prop::collection::vec(thread(), 1..3);
    (regions, threads, any::<bool>(), mems(), policy()).prop_map(|(regions, threads, forked, mems, policy)| Process {
        name: "p".to_owned(),
        parent: None,
        pid: None,
        start: Some(if forked { Start::Forked } else { Start::Exec }),
        next_scan_jiffies: forked.then_some(0),
        mems,
        policy,
        regions,
        threads,
    })
}

/// A call on memory, which the kernel may well refuse.
fn memory_action() -> impl Strategy<Value = Action> {
    let policy = prop_oneof![
        policy().prop_map(|policy| policy.unwrap_or(Policy::Text("bind:1".to_owned()))),
        select(vec!["bind", "local:0", "bind=static|relative:0", "interleave=balancing:0", "bind:40", "prefer"])
            .prop_map(|text| Policy::Text(text.to_owned())),
    ];
    let flags = prop::sample::subsequence(vec![MoveFlag::Strict, MoveFlag::Move, MoveFlag::MoveAll], 0..3);
    let place = (1000..1004_u64, 0..3_usize, maybe(0..300_u64), maybe(1..2500_u64));
    (0..600_u64, 0..7_usize, place, policy, flags, 0..4_u64).prop_map(
        |(at_tick, kind, (pid, region, first, pages), policy, flags, node)| {
            let region = region.to_string();
            let mut action = Action { at_tick: Some(at_tick), ..Action::default() };
            match kind {
                0 => action.set_mempolicy = Some(SetMempolicy { tid: pid, policy }),
                1 => action.mbind = Some(Mbind { pid, region, first, pages, policy, flags }),
                2 => action.set_mempolicy_home_node = Some(SetHomeNode { pid, region, first, pages, node }),
                3 => action.migrate_pages = Some(MigratePages { pid, from: nodes("0,2"), to: nodes("1-2") }),
                4 => action.move_pages = Some(MovePages { pid, region, first, pages, node, flags }),
                5 => action.cpuset_mems = Some(CpusetMems { pid, mems: (node > 0).then(|| nodes(&node.to_string())) }),
                _ => action.weighted_interleave = vec![NodeWeight { node: 0, weight: node * 80 }],
            }
            action
        },
    )
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![memory_action(), other_action()]
}

fn other_action() -> impl Strategy<Value = Action> {
    let what = (0..7_usize, 0..6_u64, 1000..1005_u64, any::<bool>());
    (0..600_u64, what).prop_map(|(at_tick, (kind, cpu, id, on))| {
        let mut action = Action { at_tick: Some(at_tick), ..Action::default() };
        match kind {
            0 => action.kill = Some(id),
            4 => action.stop = Some(id),
            5 => action.cont = Some(id),
            6 => action.sleep = Some(Sleep { tid: id, duration_ms: Millis(Ns::from_ms(cpu * 20)) }),
            3 => action.hold_mm = Some(HoldMm { pid: id, duration_ms: Millis(Ns::from_ms(cpu * 30)) }),
            1 => action.sched_setaffinity = Some(SchedSetaffinity { tid: id, cpus: CpuList::Ids(vec![cpu]) }),
            _ => {
                let numa_balancing = Some(u64::from(on));
                action.sysctl = Some(Sysctl { numa_balancing, scan_size_mb: Some(1 + cpu), ..Sysctl::default() });
            }
        }
        action
    })
}

fn kernel() -> impl Strategy<Value = Kernel> {
    let ms = || maybe(select(vec![0_u64, 1, 10, 50, 100]));
    (maybe(select(vec![0_u64, 1, 1])), ms(), ms(), ms(), maybe(select(vec![1_u64, 2, 3, 256, 4096]))).prop_map(
        |(numa_balancing, scan_delay_ms, scan_period_min_ms, scan_period_max_ms, scan_size_mb)| Kernel {
            version: None,
            numa_balancing,
            scan_delay_ms,
            scan_period_min_ms,
            scan_period_max_ms,
            scan_size_mb,
        },
    )
}

/// Two processes, a child of the first, and what that child or a thread of the first becomes.
fn family() -> impl Strategy<Value = Vec<Process>> {
    let all = (prop::collection::vec(process(), 1..3), process(), process(), 0..4_usize);
    all.prop_map(|(mut processes, mut child, mut image, way)| {
        let step = |what: usize| match what {
            0 => Step { fork: Some("child".to_owned()), ..Step::default() },
            1 => Step { exec: Some("image".to_owned()), ..Step::default() },
            2 => Step { clone: Some("late".to_owned()), ..Step::default() },
            _ => Step { exit: Some(Exit::Process), ..Step::default() },
        };
        processes.iter_mut().zip(["first", "second"]).for_each(|(process, name)| process.name = name.to_owned());
        (child.name, child.start, child.parent) = ("child".to_owned(), Some(Start::ByFork), Some("first".to_owned()));
        (image.name, image.start) = ("image".to_owned(), Some(Start::ByExec));
        child.regions.clear();
        image.regions.iter_mut().for_each(|region| region.populate.clear());
        for process in [&mut child, &mut image] {
            (process.next_scan_jiffies, process.mems) = (None, None);
            process.threads.iter_mut().for_each(|thread| thread.start_ms = None);
        }
        let late = image.threads[0].clone();
        let late = Thread { name: Some("late".to_owned()), start: Some(ThreadStart::ByClone), start_ms: None, ..late };
        processes[0].threads.push(late);
        let main = &mut processes[0].threads[0].program;
        main.insert(0, step(0));
        main.insert(0, step(2));
        main.push(step(way));
        child.threads[0].program.push(step(1 + way % 2 * 2));
        processes.extend([child, image]);
        processes
    })
}

/// Documents that are valid more often than not.
fn document() -> impl Strategy<Value = Document> {
    let processes = prop_oneof![prop::collection::vec(process(), 1..3), family()];
    let actions = prop::collection::vec(action(), 0..5);
    (machine(), kernel(), processes, actions, any::<Index>()).prop_map(|(machine, kernel, processes, actions, seed)| {
        Document {
            version: 1,
            title: Text::default(),
            summary: Text::default(),
            machine,
            kernel,
            processes,
            actions,
            seed: Some(seed.index(1 << 20) as u64),
        }
    })
}

/// Takes out what the report complains about, as somebody would who wants to see it run.
fn repaired(mut document: Document) -> Document {
    for _ in 0..40 {
        let Err(failure) = validate(&document) else { break };
        let path = failure.errors[0].path.as_str();
        let indices: Vec<usize> =
            path.split(['[', ']']).skip(1).step_by(2).filter_map(|index| index.parse().ok()).collect();
        match indices.as_slice() {
            [action, ..] if path.contains("actions") => drop(document.actions.remove(*action)),
            [process, thread] if path.ends_with("program") => {
                document.processes[*process].threads[*thread].repeat = Some(Repeat::Once);
            }
            [process, thread, step, ..] if path.contains("program") => {
                let program = &mut document.processes[*process].threads[*thread].program;
                program[*step] = Step { compute_ms: Some(Millis(Ns(500_000))), ..Step::default() };
            }
            [process, thread, ..] if path.contains("threads") => {
                let thread = &mut document.processes[*process].threads[*thread];
                (thread.affinity, thread.policy) = (None, None);
            }
            [process, ..] if path.ends_with("regions") => document.processes[*process].regions.clear(),
            [process, region, ..] if path.contains("regions") => {
                let region = &mut document.processes[*process].regions[*region];
                region.populate.clear();
                (region.policy, region.object) = (None, None);
            }
            [process] if path.ends_with("mems") => document.processes[*process].mems = None,
            [process] if path.ends_with("policy") => document.processes[*process].policy = None,
            _ if path == "processes" => document.machine = Machine::default(),
            _ => document.machine = Machine { hz: document.machine.hz, ..Machine::default() },
        }
    }
    document
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn what_is_valid_runs(document in document().prop_map(repaired)) {
        let scenario = validate(&document).map_err(|failure| TestCaseError::reject(failure.to_string()))?;
        let mut world = World::new(&scenario).map_err(|error| TestCaseError::fail(error.to_string()))?;
        world.run_ticks(TICKS);
        prop_assert_eq!(world.clock().tick.0, TICKS);
        for node in world.machine().nodes {
            prop_assert!(node.free_pages <= node.memory_pages);
        }
    }
}
