//! Every rule of a document, and that all broken ones are told at once.

mod common;

use common::{SMALL, document, error_paths};
use hintfault::ids::{CpuId, NodeId, PageIdx, Pid, ProcIdx, Tid, VirtAddr};
use hintfault::input::{Access, Action, Pattern, ProcessStart, Repeat, Scenario, Sharing, Step};
use hintfault::time::{Hz, Ns};
use hintfault_scenario::validate;

/// As little as can run.
const BARE: &str = "version = 1\nprocesses = [{ name = \"p\", threads = [{ program = [{ compute_ms = 1 }] }] }]\n";

fn scenario(text: &str) -> Scenario {
    validate(&document(text)).unwrap_or_else(|failure| panic!("{failure}\n{text}"))
}

/// The small scenario with one piece of its text replaced.
fn with(old: &str, new: &str) -> String {
    assert!(SMALL.contains(old), "{old}");
    SMALL.replacen(old, new, 1)
}

#[test]
fn a_dozen_lines_make_a_scenario() {
    let scenario = scenario(SMALL);
    let machine = &scenario.machine;
    assert_eq!((machine.hz, machine.uptime), (Hz::Hz250, Ns::from_ms(60_000)));
    assert_eq!(machine.distances, [[10, 20], [20, 10]]);
    assert_eq!(machine.nodes[1].cpus, [CpuId(2), CpuId(3)]);
    assert_eq!((machine.nodes[1].id, machine.nodes[1].memory_pages), (NodeId(1), 16_384));
    let sysctl = scenario.sysctl;
    assert_eq!((sysctl.numa_balancing, sysctl.scan_delay_ms, sysctl.scan_size_mb), (1, 1000, 256));
    assert_eq!((sysctl.scan_period_min_ms, sysctl.scan_period_max_ms), (1000, 60_000));
    let process = &scenario.processes[0];
    assert_eq!((process.pid, process.start), (Pid(1000), ProcessStart::Exec));
    assert_eq!((process.regions[0].start, process.regions[0].pages), (VirtAddr(1 << 44), 256));
    let thread = &process.threads[0];
    assert_eq!((thread.name.as_str(), thread.tid), ("p", Tid(1000)));
    assert_eq!(thread.affinity, [CpuId(2)]);
    assert_eq!(thread.program.repeat, Repeat::Forever);
    let step = Step::Access {
        region: 0,
        first: PageIdx(0),
        pages: 256,
        pattern: Pattern::Sequential { stride: 1 },
        access: Access::Write,
        compute_ns: 0,
        passes: 1,
        visits: 0,
        write_every: 0,
        until: Ns::NEVER,
    };
    assert_eq!(thread.program.steps, [step]);
}

#[test]
fn without_a_machine_there_are_two_nodes_of_16_gib() {
    let scenario = scenario(BARE);
    let pages: Vec<u64> = scenario.machine.nodes.iter().map(|node| node.memory_pages).collect();
    assert_eq!(pages, [4_194_304, 4_194_304]);
    assert_eq!(scenario.processes[0].threads[0].affinity, [0, 1, 2, 3].map(CpuId));
}

#[test]
fn caches_cores_and_nice_values_are_bounded_by_what_can_be() {
    let machine = |node: &str| format!("{BARE}machine.nodes = [{{ cpus = \"0-3\", memory = \"1 GiB\", {node} }}]");
    let scenario = scenario(&machine("cpus_per_llc = 2, threads_per_core = 2"));
    let node = &scenario.machine.nodes[0];
    assert_eq!((node.cpus_per_llc, node.threads_per_core, scenario.processes[0].threads[0].nice), (2, 2, 0));
    for (node, field) in [("cpus_per_llc = 5", "cpus_per_llc"), ("threads_per_core = 0", "threads_per_core")] {
        assert_eq!(error_paths(&machine(node)), [format!("machine.nodes[0].{field}")]);
    }
    for (nice, is_valid) in [(-21, false), (-20, true), (19, true), (20, false)] {
        let mut document = document(BARE);
        document.processes[0].threads[0].nice = Some(nice);
        assert_eq!(validate(&document).is_ok(), is_valid, "{nice}");
    }
}

#[test]
fn balancing_is_off_where_there_is_one_node() {
    let one = scenario(&format!("{BARE}machine.nodes = [{{ cpus = \"0\", memory = \"1 GiB\" }}]"));
    assert_eq!(one.sysctl.numa_balancing, 0);
}

#[test]
fn every_error_is_told_at_once() {
    let text = r#"
        version = 1
        machine.hz = 50
        machine.distances = [[10, 9], [20, 11]]
        kernel.scan_size_mb = 0
        [[processes]]
        name = ""
        regions = [
            { name = "a", size = "64 MB" },
            { name = "a", size = 4097, start = "7f00", prot = "rx" },
        ]
        threads = [{ affinity = "9", program = [{ read = "b", stride = 0 }, {}] }]
        [[actions]]
        kill = 5
    "#;
    let wanted = [
        "machine.distances[0][1]",
        "machine.distances[1][1]",
        "machine.hz",
        "kernel.scan_size_mb",
        "processes[0].name",
        "processes[0].regions[0].size",
        "processes[0].regions[1].size",
        "processes[0].regions[1].start",
        "processes[0].regions[1].prot",
        "processes[0].regions[1].name",
        "processes[0].threads[0].program[0].stride",
        "processes[0].threads[0].program[0].read",
        "processes[0].threads[0].program[1]",
        "actions[0]",
        "actions[0].kill",
    ];
    assert_eq!(error_paths(text), wanted);
}

#[test]
fn something_must_run() {
    assert_eq!(error_paths("version = 1"), ["processes"]);
}

#[test]
fn each_rule_names_its_field() {
    let machine = |old, new: &str, path| (with(old, new), path);
    let cases = [
        machine("\"0-1\"", "\"0-2\"", "machine.nodes[1].cpus"),
        machine("\"0-1\"", "\"0-1024\"", "machine.nodes[0].cpus"),
        machine("\"0-1\"", "\"1-0\"", "machine.nodes[0].cpus"),
        machine("\"0-1\"", "\"0,0\"", "machine.nodes[0].cpus"),
        machine("\"0-1\"", "\"+0\"", "machine.nodes[0].cpus"),
        machine("{ cpus = \"0-1\", memory = \"64 MiB\" }", "{}", "machine.nodes[0]"),
        machine("memory = \"64 MiB\"", "memory = \"1025 GiB\"", "machine.nodes[0].memory"),
        machine("memory = \"64 MiB\"", "memory = 4097", "machine.nodes[0].memory"),
        machine("memory = \"64 MiB\"", "memory = \"1 GiB\", used = \"2 GiB\"", "machine.nodes[0].used"),
        machine("cpus = \"2-3\"", "id = 64, cpus = \"2-3\"", "machine.nodes[1].id"),
        machine("cpus = \"2-3\"", "id = 0, cpus = \"2-3\"", "machine.nodes[1].id"),
        machine("[machine]", "[machine]\nuptime_ms = 315360000001", "machine.uptime_ms"),
        machine("[machine]", "[machine]\ndistances = [[10]]", "machine.distances"),
        machine("[machine]", "[machine]\ndistances = [[10, 255], [20, 10]]", "machine.distances[0][1]"),
        machine("[machine]", "[machine]\ncosts.mark_pte_ns = 1000000001", "machine.costs.mark_pte_ns"),
        machine("[machine]", "[machine]\ncosts.local_access_ns = 100000001", "machine.costs.local_access_ns"),
        machine("[machine]", "kernel.version = \"6.1\"\n[machine]", "kernel.version"),
        machine("[machine]", "kernel.numa_balancing = 2\n[machine]", "kernel.numa_balancing"),
        machine("[machine]", "kernel.scan_delay_ms = 86400001\n[machine]", "kernel.scan_delay_ms"),
        machine("[machine]", "kernel.scan_size_mb = 1048577\n[machine]", "kernel.scan_size_mb"),
        machine("[machine]", "seed = 9007199254740992\n[machine]", "seed"),
        machine("name = \"p\"", "name = \"p\\n\"", "processes[0].name"),
        machine("name = \"p\"", "name = \"p\"\npid = 4194305", "processes[0].pid"),
        machine("name = \"p\"", "name = \"p\"\nnext_scan_jiffies = 1", "processes[0].next_scan_jiffies"),
        machine("\"1 MiB\"", "0", "processes[0].regions[0].size"),
        machine("\"1 MiB\"", "\"129 GiB\"", "processes[0].regions[0].size"),
        machine("\"1 MiB\"", "\"1 MiB\", start = \"0x1001000001\"", "processes[0].regions[0].start"),
        machine("\"1 MiB\"", "\"1 MiB\", start = \"0xf000\"", "processes[0].regions[0].start"),
        machine("\"1 MiB\"", "\"1 MiB\", start = \"0x7fffffff0000\"", "processes[0].regions[0].start"),
        machine("affinity = \"2\"", "affinity = \"2,4\"", "processes[0].threads[0].affinity"),
        machine("affinity = \"2\"", "affinity = []", "processes[0].threads[0].affinity"),
        machine("affinity = \"2\"", "tid = 7", "processes[0].threads[0].tid"),
        machine("affinity = \"2\"", "count = 0", "processes[0].threads[0].count"),
        machine("affinity = \"2\"", "count = 4097", "processes[0].threads[0].count"),
        machine("affinity = \"2\"", "start_ms = 86400001", "processes[0].threads[0].start_ms"),
        machine("{ write = \"r\" }", "", "processes[0].threads[0].program"),
        machine("{ write = \"r\" }", "{ sleep_ms = 0 }", "processes[0].threads[0].program[0].sleep_ms"),
        machine("{ write = \"r\" }", "{ compute_ms = 1, pages = 1 }", "processes[0].threads[0].program[0].pages"),
        machine("write = \"r\"", "write = \"r\", first = 256", "processes[0].threads[0].program[0].first"),
        machine("write = \"r\"", "write = \"r\", first = 255, pages = 2", "processes[0].threads[0].program[0].pages"),
        machine("write = \"r\"", "write = \"r\", passes = 0", "processes[0].threads[0].program[0].passes"),
        machine(
            "write = \"r\"",
            "write = \"r\", pattern = \"random\", stride = 2",
            "processes[0].threads[0].program[0].stride",
        ),
        machine("\"1 MiB\"", "\"1 MiB\", prot = \"r--\"", "processes[0].threads[0].program[0].write"),
    ];
    for (text, path) in cases {
        assert_eq!(error_paths(&text), [path], "{text}");
    }
}

#[test]
fn populated_pages_must_fit_and_be_named_once() {
    let populate = |list: &str| with("\"1 MiB\"", &format!("\"1 MiB\", populate = [{list}]"));
    let path = |rest: &str| vec![format!("processes[0].regions[0].populate{rest}")];
    assert_eq!(error_paths(&populate("{ node = 2 }")), path("[0].node"));
    assert_eq!(error_paths(&populate("{ node = 0 }, { node = 1, first = 255 }")), path("[1]"));
    let overlapping = "{ node = 0, first = 9, pages = 9 }, { node = 1, pages = 10 }";
    assert_eq!(error_paths(&populate(overlapping)), path("[1]"));
    let full = populate("{ node = 0 }").replacen("\"64 MiB\"", "\"64 MiB\", used = \"65000 KiB\"", 1);
    assert_eq!(error_paths(&full), path("[0].node"));
    let apart = "{ node = 1, first = 128, sharing = \"mapped_elsewhere\" }, { node = 0, pages = 128 }";
    let populate = scenario(&populate(apart)).processes[0].regions[0].populate.clone();
    assert_eq!((populate[1].first, populate[1].pages), (PageIdx(128), 128));
    assert_eq!((populate[1].node, populate[1].sharing), (NodeId(1), Sharing::MappedElsewhere));
    assert_eq!((populate[0].node, populate[0].sharing), (NodeId(0), Sharing::Exclusive));
}

#[test]
fn what_the_workload_touches_leaves_a_sixteenth_of_the_machine_free() {
    // 128 MiB are 32,768 pages; 30,720 of them may be filled.
    let sized = |pages: u64| with("\"1 MiB\"", &format!("\"{pages} pages\""));
    scenario(&sized(30_720));
    assert_eq!(error_paths(&sized(30_721)), ["processes"]);
    // Mapped without being touched is free.
    scenario(&sized(40_000).replace("write = \"r\"", "write = \"r\", pages = 30720"));
    // Two steps over the same pages fill them once.
    let twice = "write = \"r\", pages = 30720 }, { read = \"r\", first = 720, pages = 30000";
    scenario(&sized(40_000).replace("write = \"r\"", twice));
}

#[test]
fn visits_and_waits_always_take_time() {
    let free = with("[machine]", "[machine]\ncosts.local_access_ns = 0");
    let path = "processes[0].threads[0].program[0].compute_ns";
    assert_eq!(error_paths(&free), [path]);
    let nine = free.replace("write = \"r\"", "write = \"r\", compute_ns = 9");
    assert_eq!(error_paths(&nine), [path]);
    scenario(&free.replace("write = \"r\"", "write = \"r\", compute_ns = 10"));
    scenario(&with("write = \"r\"", "sleep_ms = 0.001"));
}

#[test]
fn regions_are_laid_out_with_gaps_and_ordered_by_address() {
    let text = r#"
        version = 1
        [[processes]]
        name = "p"
        regions = [
            { name = "high", size = "4 MiB" },
            { name = "next", size = "4 KiB" },
            { name = "low", size = "4 KiB", start = "0x400000" },
        ]
        threads = [{ program = [{ read = "high" }, { read = "low" }] }]
    "#;
    let scenario = scenario(text);
    let process = &scenario.processes[0];
    let names: Vec<&str> = process.regions.iter().map(|region| region.name.as_str()).collect();
    assert_eq!(names, ["low", "high", "next"]);
    assert_eq!(process.regions[2].start, VirtAddr(0x1000_0060_0000));
    let regions = process.threads[0].program.steps.iter().map(|step| match step {
        Step::Access { region, .. } => *region,
        _ => panic!("{step:?}"),
    });
    assert_eq!(regions.collect::<Vec<_>>(), [1, 0]);
    let overlapping = text.replace("0x400000", "0x1000003ff000");
    assert_eq!(error_paths(&overlapping), ["processes[0].regions[2].start"]);
}

#[test]
fn count_makes_threads_with_ascending_ids() {
    let text = r#"
        version = 1
        [[processes]]
        name = "a"
        pid = 2000
        threads = [{ count = 2, program = [{ compute_ms = 1 }] }, { name = "t", count = 2, tid = 2010, program = [{ compute_ms = 1 }] }]
        [[processes]]
        name = "b"
        threads = [{ program = [{ compute_ms = 1 }] }]
    "#;
    let threads = |text: &str| -> Vec<(String, u32)> {
        let processes = scenario(text).processes;
        let threads = processes.iter().flat_map(|process| &process.threads);
        threads.map(|thread| (thread.name.clone(), thread.tid.0)).collect()
    };
    let wanted = [("a-1", 2000), ("a-2", 2001), ("t-1", 2010), ("t-2", 2011), ("b", 2012)];
    assert_eq!(threads(text), wanted.map(|(name, tid)| (name.to_owned(), tid)));
    let twice = text.replace("2010", "1999");
    assert_eq!(error_paths(&twice), ["processes[0].threads[1].tid"]);
}

#[test]
fn a_forked_process_is_scanned_a_delay_after_the_start() {
    let forked = with("name = \"p\"", "name = \"p\"\nstart = \"forked\"");
    // INITIAL_JIFFIES + 60 s of uptime + 1 s of delay at 250 ticks a second.
    let next_scan_jiffies = 4_294_892_296 + 15_000 + 250;
    assert_eq!(scenario(&forked).processes[0].start, ProcessStart::Forked { next_scan_jiffies });
    let explicit = with("name = \"p\"", "name = \"p\"\nstart = \"forked\"\nnext_scan_jiffies = 7");
    let next_scan_jiffies = 7;
    assert_eq!(scenario(&explicit).processes[0].start, ProcessStart::Forked { next_scan_jiffies });
}

#[test]
fn actions_are_ordered_by_time_and_settings_add_up() {
    let text = format!(
        "{SMALL}\n{}",
        r#"
        [[actions]]
        at_tick = 3
        sysctl = { scan_size_mb = 64 }
        [[actions]]
        at_ms = 8
        sysctl = { numa_balancing = 0 }
        [[actions]]
        at_ms = 12.5
        sched_setaffinity = { tid = 1000, cpus = "0-1" }
        [[actions]]
        at_ms = 20
        kill = 1000
        "#
    );
    let actions = scenario(&text).actions;
    let times: Vec<Ns> = actions.iter().map(|action| action.at).collect();
    assert_eq!(times, [8_000_000, 12_000_000, 12_500_000, 20_000_000].map(Ns));
    let Action::SetSysctl(sysctl) = &actions[1].action else { panic!("{actions:?}") };
    assert_eq!((sysctl.numa_balancing, sysctl.scan_size_mb), (0, 64));
    let cpus = vec![CpuId(0), CpuId(1)];
    assert_eq!(actions[2].action, Action::SetAffinity { tid: Tid(1000), cpus });
    assert_eq!(actions[3].action, Action::Kill { process: ProcIdx(0) });
}

#[test]
fn ticks_are_counted_from_boot() {
    let text = with("[machine]", "[machine]\nuptime_ms = 60001.5");
    let text = format!("{text}\n[[actions]]\nat_tick = 2\nkill = 1000");
    assert_eq!(scenario(&text).actions[0].at, Ns(2 * 4_000_000 - 1_500_000));
    assert_eq!(scenario(&text.replace("at_tick = 2", "at_tick = 0")).actions[0].at, Ns::ZERO);
}

#[test]
fn actions_name_what_is_there() {
    let action = |what: &str| format!("{SMALL}\n[[actions]]\nat_ms = 1\n{what}");
    let cases = [
        ("kill = 1", "actions[0].kill"),
        ("stop = 1", "actions[0].stop"),
        ("cont = 1", "actions[0].cont"),
        ("sleep = { tid = 1, duration_ms = 5 }", "actions[0].sleep.tid"),
        ("sleep = { tid = 1000, duration_ms = 86400001 }", "actions[0].sleep.duration_ms"),
        ("sleep = { tid = 1000 }", "actions[0].sleep.duration_ms"),
        ("stop = 1000\ncont = 1000", "actions[0]"),
        ("sched_setaffinity = { tid = 1, cpus = \"0\" }", "actions[0].sched_setaffinity.tid"),
        ("sched_setaffinity = { tid = 1000, cpus = \"7\" }", "actions[0].sched_setaffinity.cpus"),
        ("sysctl = { scan_size_mb = 0 }", "actions[0].sysctl.scan_size_mb"),
        ("at_tick = 1\nkill = 1000", "actions[0]"),
        ("", "actions[0]"),
    ];
    for (what, path) in cases {
        assert_eq!(error_paths(&action(what)), [path], "{what}");
    }
    let late = action("kill = 1000").replace("at_ms = 1", "at_tick = 86400001");
    assert_eq!(error_paths(&late), ["actions[0].at_tick"]);
}

#[test]
fn lists_are_bounded_before_they_are_multiplied() {
    let steps = "{ compute_ms = 1 }, ".repeat(1025);
    let long = with("{ write = \"r\" }", &steps);
    assert_eq!(error_paths(&long), ["processes[0].threads[0].program"]);
    let steps = "{ compute_ms = 1 }, ".repeat(1024);
    let many = with("{ write = \"r\" }", &steps).replace("affinity = \"2\"", "count = 65");
    assert_eq!(error_paths(&many), ["processes"]);
    let actions = "[[actions]]\nat_ms = 1\nkill = 1000\n".repeat(4097);
    assert_eq!(error_paths(&format!("{SMALL}\n{actions}")), ["actions"]);
    let nodes = "{ memory = \"4 MiB\" }, ".repeat(64);
    let nodes = with("nodes = [", &format!("nodes = [{nodes}"));
    assert!(error_paths(&nodes).contains(&"machine.nodes".to_owned()));
    let regions: String = (0..4097).map(|i| format!("{{ name = \"{i}\", size = 4096 }}, ")).collect();
    let regions = with("\"1 MiB\" }", &format!("\"1 MiB\" }}, {regions}"));
    assert_eq!(error_paths(&regions), ["processes"]);
    let populates = "{ node = 9, pages = 1 }, ".repeat(1025);
    let populates = with("\"1 MiB\"", &format!("\"1 MiB\", populate = [{populates}]"));
    assert!(error_paths(&populates).contains(&"processes[0].regions[0].populate".to_owned()));
    let process = "[[processes]]\nname = \"q\"\nthreads = [{ program = [{ compute_ms = 1 }] }]\n";
    assert_eq!(error_paths(&format!("{SMALL}\n{}", process.repeat(256))), ["processes"]);
    let huge = "{ name = \"a\", size = \"100 GiB\" }, { name = \"b\", size = \"28 GiB\" }, ";
    let huge = with("regions = [", &format!("regions = [{huge}"));
    assert_eq!(error_paths(&huge), ["processes"]);
}
