//! Scenarios after benchmarks: their structure, that all of them run, and command lines.

use hintfault::World;
use hintfault::ids::{CpuId, NodeId, NodeSet};
use hintfault::input::{Pattern, PolicyMode, RegionKind, Scenario, Step, Thp};
use hintfault::time::{Ns, Tick};
use hintfault::view::{Convergence, Outcome};
use hintfault_scenario::bench::autonuma::{Program, autonuma};
use hintfault_scenario::bench::perf_bench::{Access, Params, Walk, built_in, names, perf_bench};
use hintfault_scenario::bench::{MAX_SCALE, Setting, parse_command};
use hintfault_scenario::{Document, codec, validate};
use proptest::prelude::*;

fn setting(scale: u64) -> Setting {
    Setting::four_nodes(scale).unwrap_or_else(|failure| panic!("{failure}"))
}

fn checked(document: &Document) -> Scenario {
    validate(document).unwrap_or_else(|failure| panic!("{failure}"))
}

fn perf(name: &str, scale: u64) -> Scenario {
    let document = built_in(name, &setting(scale)).expect(name);
    checked(&document.unwrap_or_else(|failure| panic!("{failure}")))
}

#[test]
fn every_benchmark_runs_and_fits_in_a_link() {
    let perf_tests = names().map(|name| built_in(name, &setting(512)).expect(name));
    let programs = Program::ALL.map(|program| autonuma(program, &setting(512)));
    for document in perf_tests.chain(programs) {
        let document = document.unwrap_or_else(|failure| panic!("{failure}"));
        let mut world = World::new(&checked(&document)).unwrap_or_else(|error| panic!("{error}"));
        world.run_until(Ns::from_ms(200));
        let outcome = Outcome::of(&world.tasks());
        assert!(outcome.accesses.local + outcome.accesses.remote > 0, "{}", document.title.en);
        let fragment = codec::encode(&document, Tick(0), None, None).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(codec::decode(&fragment).map(|shared| shared.document), Ok(document));
    }
}

#[test]
fn perf_has_the_tests_of_its_suite() {
    assert_eq!(names().count(), 45);
    let all: Vec<&str> = names().collect();
    assert!(
        ["RAM-bw-cross", "1x3-convergence", "8x4-convergence-NOTHP", "4x4-bw-process"].iter().all(|n| all.contains(n))
    );
    assert!(built_in("5x6-bw-process", &setting(1)).is_none());
}

#[test]
fn processes_share_what_g_says_and_threads_what_p_says() {
    let scenario = perf("4x4-bw-process", 1);
    assert_eq!((scenario.processes.len(), scenario.processes[0].threads.len()), (4, 5));
    let regions = &scenario.processes[3].regions;
    let kinds: Vec<(u32, bool, Thp)> = regions
        .iter()
        .map(|region| (region.pages, matches!(region.kind, RegionKind::Shared { .. }), region.thp))
        .collect();
    // One MB in all for -G, and 512 MB for -P.
    assert!(kinds.contains(&(256, true, Thp::Never)) && kinds.contains(&(131_072, false, Thp::Always)));
    let keys: Vec<RegionKind> =
        scenario.processes.iter().flat_map(|process| &process.regions).map(|region| region.kind).collect();
    assert_eq!(keys.iter().filter(|kind| **kind == keys[0]).count(), 4);
    // -0: everything is on the node of CPU 0.
    assert!(regions.iter().all(|region| region.populate[0].node == NodeId(0)));
    let steps = &scenario.processes[1].threads[2].program.steps;
    let visits = |step: &Step| matches!(step, Step::Access { pattern: Pattern::Random, .. });
    assert_eq!(steps.iter().filter(|step| visits(step)).count(), 2);
    assert!(matches!(steps[0], Step::Barrier { threads: 16, .. }));
    assert!(matches!(steps[3], Step::Again { until, .. } if until == Ns::from_ms(20_000)));
}

#[test]
fn tasks_are_bound_in_their_order() {
    let scenario = perf("RAM-bw-cross", 8);
    let worker = |process: usize| &scenario.processes[process].threads[1];
    assert_eq!([worker(0), worker(1)].map(|thread| thread.affinity.clone()), [[CpuId(0)], [CpuId(8)]]);
    let policies = [worker(0), worker(1)].map(|thread| thread.policy.map(|policy| (policy.mode, policy.nodes)));
    assert_eq!(policies, [1, 0].map(|node| Some((PolicyMode::Bind, NodeSet::of(&[NodeId(node)])))));
    // Memory comes where the first thread of a process binds it.
    let mut world = World::new(&scenario).unwrap_or_else(|error| panic!("{error}"));
    world.run_until(Ns::from_ms(500));
    let on_nodes = |process: usize| world.mms()[process].vmas.last().map(|vma| vma.node_pages.clone());
    assert_eq!([on_nodes(0), on_nodes(1)], [Some(vec![0, 32_768, 0, 0]), Some(vec![32_768, 0, 0, 0])]);
}

#[test]
fn all_threads_begin_at_once_and_end_in_time() {
    let document = "-p 2 -t 2 -P 64 -T 32 -s 1 -zZ";
    let params = parse_command(document).unwrap_or_else(|failure| panic!("{failure}"));
    let document = perf_bench("x", &params, &setting(4)).unwrap_or_else(|failure| panic!("{failure}"));
    let mut world = World::new(&checked(&document)).unwrap_or_else(|error| panic!("{error}"));
    world.run_until(Ns::from_ms(500));
    assert_eq!(Convergence::of(&world.tasks()).nodes.len(), 2);
    world.run_until(Ns::from_ms(1100));
    let end = Outcome::of(&world.tasks()).elapsed.expect("all have ended");
    assert!((1000..1010).contains(&(end.0 / 1_000_000)), "{end}");
}

#[test]
fn autonuma_takes_as_long_when_it_is_scaled() {
    let elapsed = |scale| {
        let document = autonuma(Program::Numa02, &setting(scale)).unwrap_or_else(|failure| panic!("{failure}"));
        let mut world = World::new(&checked(&document)).unwrap_or_else(|error| panic!("{error}"));
        world.run_until(Ns::from_ms(20_000));
        Outcome::of(&world.tasks()).elapsed.expect("all have ended").0 / 10_000_000
    };
    // 800 rounds over 1 GiB by 32 threads, 450 ns a page: about 2.95 s.
    let (small, large) = (elapsed(16), elapsed(8));
    assert!((290..310).contains(&small) && small.abs_diff(large) < 10, "{small} {large}");
}

#[test]
fn numa01_has_two_processes_that_share_nothing() {
    let scenario = checked(&autonuma(Program::Numa01, &setting(1)).unwrap_or_else(|failure| panic!("{failure}")));
    let threads: Vec<usize> = scenario.processes.iter().map(|process| process.threads.len()).collect();
    assert_eq!((threads, scenario.processes[1].regions[0].pages), (vec![17, 17], 786_432));
    let of = |program, thread: usize| {
        let document = autonuma(program, &setting(1)).unwrap_or_else(|failure| panic!("{failure}"));
        checked(&document).processes[1].threads[thread].program.steps.clone()
    };
    let pages = |step: &Step| match step {
        Step::Access { first, pages, .. } => Some((first.0, *pages)),
        _ => None,
    };
    assert_eq!(of(Program::Numa01, 3).iter().filter_map(pages).collect::<Vec<_>>(), [(0, 786_432); 2]);
    let own = of(Program::Numa01ThreadAlloc, 3);
    assert_eq!(own.iter().filter_map(pages).collect::<Vec<_>>(), [(0, 786_432), (2 * 49_152, 49_152)]);
    assert!(own.iter().any(|step| matches!(step, Step::Again { times: 1000, .. })));
}

#[test]
fn options_are_read_as_perf_reads_them() {
    let read = |text: &str| parse_command(text).unwrap_or_else(|failure| panic!("{failure}"));
    let bare = read("perf bench numa mem");
    let expected = Params {
        nr_proc: 1,
        nr_threads: 1,
        bytes_global: 1 << 20,
        bytes_process: 0,
        bytes_thread: 0,
        nr_loops: None,
        nr_secs: Some(5),
        walk: Walk::Random,
        access: Access::Write,
        init_cpu0: false,
        thp: true,
        serialize_startup: true,
        measure_convergence: false,
        cpus: Vec::new(),
        nodes: Vec::new(),
    };
    assert_eq!(bare, expected);
    let long = read("mem --nr_proc=2 --nr_threads 3 --mb_proc 512 -G0 --thp -1 --no-data_rand_walk -zZ0qcm -l 9");
    let expected = Params {
        nr_proc: 2,
        nr_threads: 3,
        bytes_global: 0,
        bytes_process: 512 << 20,
        nr_loops: Some(9),
        walk: Walk::Clear,
        init_cpu0: true,
        thp: false,
        measure_convergence: true,
        ..bare
    };
    assert_eq!(long, expected);
    assert_eq!(read("-G 8 --no-data_writes").access, Access::Read);
    assert_eq!(read("-G 8 --no-data_rand_walk --no-data_backwards").walk, Walk::Forwards);
    assert_eq!(read("-C 0_2,4-8#2,1x2 -M 1x3,0").cpus, [vec![0, 1], vec![4], vec![6], vec![8], vec![1], vec![1]]);
    assert_eq!(read("-C 0 -M 1x3,0").nodes, [1, 1, 1, 0]);
}

#[test]
fn what_cannot_be_said_is_named() {
    let cases = [
        ("-p 0", "-p"),
        ("-p", "-p"),
        ("-p x", "-p"),
        ("-y", "-y"),
        ("--frob", "--frob"),
        ("file", "file"),
        ("-a", "-a"),
        ("-P 64 -L 8", "-L"),
        ("-u 100", "-u"),
        ("-x 3", "-x"),
        ("-G 0", "-P"),
        ("-s 0", "-s"),
        ("--no-data_rand_walk", "-B"),
        ("--no-data_rand_walk --no-data_backwards -l 4", "-l"),
        ("--no-data_reads --no-data_writes", "-R"),
        ("-0 --no-init_random", "-0"),
        ("-C 4-2", "-C"),
        ("-C 0x9999", "-C"),
        ("-M 64", "-M"),
        ("-s 86401", "-s"),
    ];
    for (text, path) in cases {
        let failure = parse_command(text).expect_err(text);
        assert_eq!(failure.errors[0].path, path, "{text}");
        assert!(!failure.errors[0].message.zh.is_ascii(), "{text}");
    }
    let refused = |text: &str| {
        let params = parse_command(text).unwrap_or_else(|failure| panic!("{failure}"));
        perf_bench("x", &params, &setting(1)).expect_err(text).errors[0].path.clone()
    };
    assert_eq!((refused("-C 40"), refused("-M 4")), ("-C".to_owned(), "-M".to_owned()));
    assert_eq!(Setting::four_nodes(0).expect_err("0").errors[0].path, "scale");
    assert!(Setting::four_nodes(MAX_SCALE).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(words in prop::collection::vec("-{0,2}[a-zA-Z0-9_#x,-]{0,6}", 0..8)) {
        if let Ok(params) = parse_command(&words.join(" "))
            && let Ok(document) = perf_bench("x", &params, &setting(64))
        {
            // What is too large is refused, nothing panics.
            drop(validate(&document));
        }
    }
}
