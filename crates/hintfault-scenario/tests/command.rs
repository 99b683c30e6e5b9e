//! Command lines of numactl. What numactl 2.0.16 did with each line of the tables was recorded on
//! four nodes of two CPUs each; what it lets through and the kernel refuses is refused here.

mod common;

use common::{document, paths};
use hintfault::Refusal;
use hintfault::ids::{CpuId, NodeId, NodeSet, VirtAddr};
use hintfault::input::{Machine, MemPolicy, ModeFlags, MoveFlags, PolicyMode, Thread};
use hintfault_scenario::command::{
    CommandError, CommandLine, Rule, Surroundings, home_node_call, mbind_call, parse_command, print_command,
    set_mempolicy_call, start_under,
};
use hintfault_scenario::{Failure, validate};
use proptest::prelude::*;

const FOUR: &str = r#"
version = 1
[machine]
nodes = [
    { cpus = "0-1", memory = "64 MiB" },
    { cpus = "2-3", memory = "64 MiB" },
    { cpus = "4-5", memory = "64 MiB" },
    { cpus = "6-7", memory = "64 MiB" },
]
[[processes]]
name = "p"
regions = [{ name = "r", size = "1 MiB" }]
threads = [{ program = [{ write = "r" }] }]
"#;

fn machine(nodes: &str) -> Machine {
    let begin = FOUR.find("nodes = [").expect("nodes");
    let end = FOUR.find("[[processes]]").expect("processes");
    let text = format!("{}nodes = [{nodes}]\n{}", &FOUR[..begin], &FOUR[end..]);
    validate(&document(&text)).unwrap_or_else(|failure| panic!("{failure}")).machine
}

fn four() -> Machine {
    validate(&document(FOUR)).expect("valid").machine
}

fn set(nodes: &[u8]) -> NodeSet {
    NodeSet::of(&nodes.iter().copied().map(NodeId).collect::<Vec<_>>())
}

fn parse(line: &str, mems: &[u8]) -> Result<CommandLine, CommandError> {
    parse_command(line, &Surroundings::new(&four(), set(mems)))
}

/// The policy as text and the CPUs of a line.
fn meaning(line: &str, mems: &[u8]) -> (String, Vec<u16>) {
    let parsed = parse(line, mems).unwrap_or_else(|error| panic!("{line}: {error}"));
    let cpus = parsed.cpus.unwrap_or_default();
    (parsed.policy.map(|policy| policy.to_string()).unwrap_or_default(), cpus.iter().map(|cpu| cpu.0).collect())
}

fn refusal(line: &str, mems: &[u8]) -> (Rule, usize) {
    let error = parse(line, mems).expect_err(line);
    let text = error.text();
    assert!(!text.en.contains("{}") && !text.zh.contains("{}") && !text.zh.is_ascii(), "{error:?}");
    paths(&Failure::from(error.clone()));
    (error.rule, error.at)
}

#[test]
fn each_option_means_what_numactl_makes_of_it() {
    let lines = [
        ("-m 0,2-3 true", "bind:0,2-3"),
        ("--membind=1 ls", "bind:1"),
        ("--mem 1 ls", "bind:1"),
        ("-m1 ls", "bind:1"),
        ("-bm 1 ls", "bind=balancing:1"),
        ("-b -b -m 0 ls", "bind=balancing:0"),
        ("--balancing --membind=0-1 ls", "bind=balancing:0-1"),
        ("-i all echo -m", "interleave:0-3"),
        ("--int=1 ls", "interleave:1"),
        ("-w 0-1 ls", "weighted interleave:0-1"),
        ("-p 2 true", "prefer:2"),
        ("-p +1 true", "prefer:1"),
        ("-P 1-2 true", "prefer (many):1-2"),
        ("--preferred-=1 ls", "prefer (many):1"),
        ("-l true", "local"),
        ("--localalloc true", "local"),
        ("-a -m 3 ls", "bind:3"),
        ("numactl -m 1 true", "bind:1"),
        ("/usr/bin/numactl -m 1 true", "bind:1"),
        ("true -m 1", ""),
        ("-N 1 -m same ls", "bind:1"),
        ("-i 0 -N same ls", "interleave:0"),
        ("-- -m 1", ""),
        ("- -m 1", ""),
        ("-t -m 0 ls", "bind:0"),
        ("", ""),
        ("-a ls", ""),
    ];
    for (line, expected) in lines {
        assert_eq!(meaning(line, &[]).0, expected, "{line}");
    }
}

#[test]
fn lists_are_read_as_numactl_reads_them() {
    let lists: [(&str, &[u8], &str); 24] = [
        ("'!0-1'", &[], "2-3"),
        ("\\!0", &[], "1-3"),
        ("!+0-1", &[], "2-3"),
        ("0-3,1", &[], "0-3"),
        ("1,1", &[], "1"),
        ("3-2", &[], "3"),
        ("' 1'", &[], "1"),
        ("'0, 1'", &[], "0-1"),
        ("0x1", &[], "1"),
        ("0,all", &[], "0-3"),
        ("1-+3", &[], "1-3"),
        ("++1", &[], "1"),
        ("0-1,+1", &[], "0-1"),
        ("all", &[2, 3], "2-3"),
        ("+0", &[2, 3], "2"),
        ("+1", &[2, 3], "3"),
        ("+0,1", &[2, 3], "2-3"),
        ("!2", &[2, 3], "0-1,3"),
        ("!+0", &[2, 3], "0-1,3"),
        ("+all", &[0, 1, 3], "0-1,3"),
        ("0-3", &[0, 1, 3], "0-1,3"),
        ("+1-2", &[0, 1, 3], "1,3"),
        ("+2-1", &[0, 1, 3], "3"),
        ("0-0x3", &[0, 1, 3], "0-1,3"),
    ];
    for (list, mems, nodes) in lists {
        assert_eq!(meaning(&format!("-i {list} ls"), mems).0, format!("interleave:{nodes}"), "{list} {mems:?}");
    }
    assert_eq!(meaning("-a -m 0,2 ls", &[2, 3]).0, "bind:0,2");
    assert_eq!(meaning("-a -m all ls", &[2, 3]).0, "bind:0-3");
    assert_eq!(meaning("-a -m +2 ls", &[2, 3]).0, "bind:2");
}

#[test]
fn cpus_are_bound_by_node_or_number() {
    let lines: [(&str, &[u8], &[u16]); 11] = [
        ("-N 1 ls", &[], &[2, 3]),
        ("-N 0,1-2 ls", &[], &[0, 1, 2, 3, 4, 5]),
        ("-N '!0' ls", &[], &[2, 3, 4, 5, 6, 7]),
        ("-N +0 ls", &[2, 3], &[4, 5]),
        ("--cpubind 1 ls", &[], &[2, 3]),
        ("-c 1 ls", &[], &[2, 3]),
        ("-C '!0-3' ls", &[], &[4, 5, 6, 7]),
        ("-C +1,2 ls", &[], &[1, 2]),
        ("--physcpubind=+0-4,7 ls", &[], &[0, 1, 2, 3, 4, 7]),
        ("-N 0 -C 2-3 ls", &[], &[2, 3]),
        ("-lN2 ls", &[], &[4, 5]),
    ];
    for (line, mems, cpus) in lines {
        assert_eq!(meaning(line, mems).1, cpus, "{line}");
    }
}

#[test]
fn what_numactl_refuses_is_refused_in_its_place() {
    use Rule::{
        AmbiguousOption, BadList, EmptyList, LateAll, LateBalancing, MissingValue, NeedlessValue, NotForProcesses,
        NothingBefore, OneNode, OpenQuote, OutOfRange, SecondPolicy, UnknownOption,
    };
    let lines: [(&str, &[u8], Rule, usize); 39] = [
        ("-m 0 -i 0 ls", &[], SecondPolicy, 5),
        ("-m 1 -m 2 ls", &[], SecondPolicy, 5),
        ("-l -l ls", &[], SecondPolicy, 3),
        ("-l -p 1 ls", &[], SecondPolicy, 3),
        ("-m 0-1 -b ls", &[], LateBalancing, 7),
        ("-m 3 -a ls", &[], LateAll, 5),
        ("-p 1-2 ls", &[], OneNode, 3),
        ("-p all ls", &[], OneNode, 3),
        ("-p ' !0' ls", &[], BadList, 4),
        ("-p '' ls", &[], EmptyList, 0),
        ("-m", &[], MissingValue, 0),
        ("--localalloc=1 ls", &[], NeedlessValue, 0),
        ("--pre=1 ls", &[], AmbiguousOption, 0),
        ("-lZ ls", &[], UnknownOption, 2),
        ("--foo ls", &[], UnknownOption, 0),
        ("-h", &[], UnknownOption, 0),
        ("-s", &[], NotForProcesses, 0),
        ("--huge ls", &[], NotForProcesses, 0),
        ("-m same ls", &[], NothingBefore, 3),
        ("-C 1 -m same ls", &[], NothingBefore, 8),
        ("-m 5 ls", &[], OutOfRange, 3),
        ("-m 0,64 ls", &[], OutOfRange, 5),
        ("-m 99999999999999999999 ls", &[], OutOfRange, 3),
        ("-m 010 ls", &[], OutOfRange, 3),
        ("-m 0 ls", &[2, 3], OutOfRange, 3),
        ("-m 1-2 ls", &[2, 3], OutOfRange, 3),
        ("-m +2 ls", &[2, 3], OutOfRange, 4),
        ("-i 0-2 ls", &[0, 1, 3], OutOfRange, 5),
        ("-i 1,+2,0 ls", &[0, 1, 3], OutOfRange, 5),
        ("--physcpubind=0-8 ls", &[], OutOfRange, 16),
        ("-m 0, ls", &[], BadList, 5),
        ("-m '1 ' ls", &[], BadList, 5),
        ("-m 0-1-2 ls", &[], BadList, 6),
        ("-m 08 ls", &[], BadList, 4),
        ("-m all,0 ls", &[], BadList, 3),
        ("-m 1,+all ls", &[], BadList, 5),
        ("-m +!0 ls", &[], BadList, 4),
        ("-m netdev:lo ls", &[], BadList, 3),
        ("-m '0", &[], OpenQuote, 3),
    ];
    for (line, mems, rule, at) in lines {
        assert_eq!(refusal(line, mems), (rule, at), "{line}");
    }
    assert_eq!(refusal(&"x".repeat(10_000), &[]).0, Rule::TooLong);
}

#[test]
fn what_the_kernel_refuses_is_refused_too() {
    let machine = machine(
        r#"{ cpus = "0-1", memory = "64 MiB" }, { memory = "64 MiB" }, { cpus = "2-3" },
           { id = 5, cpus = "4", memory = "64 MiB" }"#,
    );
    let around = Surroundings::new(&machine, NodeSet::default());
    let rule = |line: &str| parse_command(line, &around).expect_err(line).rule;
    assert_eq!(rule("-m 2 ls"), Rule::Kernel(Refusal::NoAllowedNode));
    assert_eq!(rule("-N 1 ls"), Rule::NoCpus);
    assert_eq!(rule("-m '!all' ls"), Rule::EmptyList);
    // Three nodes have memory, so `!` knows of nodes 0 to 2.
    let others = parse_command("-m '!0' ls", &around).expect("valid");
    assert_eq!(others.policy, Some(MemPolicy::new(PolicyMode::Bind, set(&[1, 2]))));
}

#[test]
fn what_is_passed_over_is_said() {
    let notes = |line: &str| parse(line, &[]).expect(line).notes.len();
    for (line, count) in [
        ("-b -i 0 ls", 1),
        ("-b ls", 1),
        ("-b -P 0-1 ls", 1),
        ("-b -m 0 ls", 0),
        ("-t ls", 1),
        ("-m 3-1 ls", 1),
        ("-m 1,+1 ls", 1),
        ("-m 1-3 ls", 0),
    ] {
        assert_eq!(notes(line), count, "{line}");
    }
}

#[test]
fn the_command_is_what_follows() {
    let command = |line: &str| parse(line, &[]).expect(line).command;
    assert_eq!(command("-m 1 -N 2 -- echo -l"), ["echo", "-l"]);
    assert_eq!(command("--interleave=all \"my db\" it\\'s"), ["my db", "it's"]);
    assert_eq!(command("-m 1"), Vec::<String>::new());
}

#[test]
fn lines_are_short_where_they_can_be() {
    let around = Surroundings::new(&four(), NodeSet::default());
    let print = |policy, cpus: Option<&[u16]>| {
        let cpus: Option<Vec<CpuId>> = cpus.map(|cpus| cpus.iter().copied().map(CpuId).collect());
        print_command(policy, cpus.as_deref(), &around)
    };
    let policy = |mode, nodes: &[u8]| Some(MemPolicy::new(mode, set(nodes)));
    let bind = policy(PolicyMode::Bind, &[0, 1]);
    assert_eq!(print(None, None).as_deref(), Ok(""));
    assert_eq!(print(bind, Some(&[0, 1])).as_deref(), Ok("--cpunodebind=0 --membind=0-1"));
    let balanced = bind.map(|policy| policy.with(ModeFlags::NUMA_BALANCING));
    assert_eq!(print(balanced, Some(&[1, 2])).as_deref(), Ok("--physcpubind=1-2 --balancing --membind=0-1"));
    let all = policy(PolicyMode::Interleave, &[0, 1, 2, 3]);
    assert_eq!(print(all, None).as_deref(), Ok("--interleave=all"));
    assert_eq!(print(policy(PolicyMode::Local, &[]), None).as_deref(), Ok("--localalloc"));
    let cpuset = Surroundings::new(&four(), set(&[2, 3]));
    let beyond = print_command(policy(PolicyMode::Bind, &[1, 2]), None, &cpuset);
    assert_eq!(beyond.as_deref(), Ok("--all --membind=1-2"));
}

#[test]
fn what_numactl_cannot_say_is_named_and_c_says_it() {
    let around = Surroundings::new(&four(), NodeSet::default());
    let relative = MemPolicy::new(PolicyMode::Bind, set(&[0, 2])).with(ModeFlags::STATIC_NODES);
    let many = MemPolicy::new(PolicyMode::PreferredMany, set(&[1])).with(ModeFlags::NUMA_BALANCING);
    for (policy, call) in [
        (
            relative.with(ModeFlags::STATIC_NODES.and(ModeFlags::NUMA_BALANCING)),
            "unsigned long nodes = 0x5; /* 0,2 */\n\
             set_mempolicy(MPOL_BIND | MPOL_F_STATIC_NODES | MPOL_F_NUMA_BALANCING, &nodes, 65);",
        ),
        (
            many,
            "unsigned long nodes = 0x2; /* 1 */\n\
             set_mempolicy(MPOL_PREFERRED_MANY | MPOL_F_NUMA_BALANCING, &nodes, 65);",
        ),
        (
            MemPolicy::new(PolicyMode::Preferred, set(&[1, 2])),
            "unsigned long nodes = 0x6; /* 1-2 */\nset_mempolicy(MPOL_PREFERRED, &nodes, 65);",
        ),
    ] {
        let unsaid = print_command(Some(policy), None, &around).expect_err("numactl cannot say it");
        assert!(!unsaid.en.is_empty() && !unsaid.zh.is_ascii());
        assert_eq!(set_mempolicy_call(policy), call);
    }
    let default = MemPolicy::new(PolicyMode::Default, NodeSet::default());
    assert_eq!(set_mempolicy_call(default), "set_mempolicy(MPOL_DEFAULT, NULL, 0);");
    assert_eq!(
        mbind_call(VirtAddr(0x1000_0000), 2, relative, MoveFlags::MOVE.and(MoveFlags::STRICT)),
        "unsigned long nodes = 0x5; /* 0,2 */\n\
         mbind((void *)0x10000000, 0x2000UL, MPOL_BIND | MPOL_F_STATIC_NODES, &nodes, 65, MPOL_MF_STRICT | MPOL_MF_MOVE);"
    );
    assert_eq!(
        mbind_call(VirtAddr(0x1000), 1, default, MoveFlags::NONE),
        "mbind((void *)0x1000, 0x1000UL, MPOL_DEFAULT, NULL, 0, 0);"
    );
    assert_eq!(
        home_node_call(VirtAddr(0x1000), 1, NodeId(1)),
        "syscall(SYS_set_mempolicy_home_node, (void *)0x1000, 0x1000UL, 1UL, 0UL);"
    );
}

#[test]
fn scenarios_start_under_a_line() {
    let two = format!(
        "{FOUR}\n[[processes]]\nname = \"q\"\nmems = \"2-3\"\npolicy = \"local\"\nthreads = [\n\
         {{ affinity = \"1\", policy = \"prefer:2\", program = [{{ compute_ms = 1 }}] }}]\n"
    );
    let start = |line: &str| {
        let (document, notes) = start_under(&document(&two), line)?;
        let scenario = validate(&document)?;
        let of = |thread: &Thread| (thread.policy.map(|policy| policy.to_string()), thread.affinity.len());
        let threads: Vec<_> = scenario.processes.iter().map(|process| of(&process.threads[0])).collect();
        Ok::<_, Failure>((threads, notes.len()))
    };
    let bind = |nodes: &str| Some(format!("bind:{nodes}"));
    assert_eq!(start("-m +1"), Ok((vec![(bind("1"), 8), (bind("3"), 1)], 0)));
    assert_eq!(start("-m 2 -N 3 -- q --port=1"), Ok((vec![(None, 8), (bind("2"), 2)], 0)));
    assert_eq!(
        start("-b -C 0-2 q").map(|(threads, notes)| (threads[1].clone(), notes)),
        Ok(((Some("prefer:2".into()), 3), 1))
    );
    assert_eq!(paths(&start("-m 1 r").expect_err("no such process")), [""]);
    assert_eq!(paths(&start("-m 1").expect_err("not in the cpuset of q")), ["character 4"]);
}

fn policies() -> impl Strategy<Value = MemPolicy> {
    let flags = prop::sample::subsequence(vec![0x8000_u16, 0x4000, 0x2000], 0..=3);
    let flags = flags.prop_map(|flags| ModeFlags(flags.iter().sum()));
    (prop::sample::select(PolicyMode::ALL.to_vec()), flags, prop_oneof![0_u64..16, any::<u64>()])
        .prop_map(|(mode, flags, nodes)| MemPolicy::new(mode, NodeSet(nodes)).with(flags))
}

/// Text that is nearly a command line.
fn lines() -> impl Strategy<Value = String> {
    let parts = [
        "-m",
        "-i",
        "-N",
        "-C",
        "-b",
        "-a",
        "-l",
        "-p",
        "-P",
        "-w",
        "--membind=",
        "--",
        "0",
        "1",
        "3",
        "-",
        ",",
        "!",
        "+",
        " ",
        "all",
        "same",
        "'",
        "\"",
        "\\",
        "0x",
        "9",
        "é",
        "节",
        "=",
        "--physcpubind",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    /// What a line prints is what it says.
    #[test]
    fn printed_lines_parse_back(policy in policies(), cpus in 0_u8..=255, mems in 0_u64..16, has_cpus in any::<bool>()) {
        let around = Surroundings::new(&four(), NodeSet(mems));
        let cpus: Vec<CpuId> = (0..8).filter(|cpu| cpus >> cpu & 1 != 0).map(CpuId).collect();
        let cpus = has_cpus.then_some(cpus).filter(|cpus| !cpus.is_empty());
        match print_command(Some(policy), cpus.as_deref(), &around) {
            Ok(line) => {
                let parsed = parse_command(&format!("numactl {line} cmd"), &around);
                let parsed = parsed.map_err(|error| TestCaseError::fail(format!("{line}: {error}")))?;
                let says_nothing = policy.mode == PolicyMode::Default;
                // `Preferred` without nodes is `Local` to the kernel as well.
                let is_local = policy.nodes.is_empty() && !says_nothing;
                let expected = if is_local { MemPolicy::new(PolicyMode::Local, NodeSet::default()) } else { policy };
                prop_assert_eq!(parsed.policy, (!says_nothing).then_some(expected));
                prop_assert_eq!(parsed.cpus, cpus);
                prop_assert_eq!(parsed.notes, []);
                prop_assert_eq!(parsed.command, ["cmd"]);
            }
            Err(unsaid) => prop_assert!(!unsaid.en.is_empty() && !unsaid.zh.is_empty()),
        }
    }

    /// Whatever the kernel takes and numactl has options for can be said.
    #[test]
    fn plain_policies_can_be_said(mode in prop::sample::select(PolicyMode::ALL.to_vec()), nodes in 1_u64..16) {
        let nodes = match mode {
            PolicyMode::Default | PolicyMode::Local => 0,
            PolicyMode::Preferred => nodes & nodes.wrapping_neg(),
            _ => nodes,
        };
        let around = Surroundings::new(&four(), NodeSet::default());
        let policy = MemPolicy::new(mode, NodeSet(nodes));
        prop_assert!(print_command(Some(policy), None, &around).is_ok());
    }

    #[test]
    fn no_text_makes_the_parser_fail(line in prop_oneof![lines(), any::<String>()], mems in 0_u64..16) {
        if let Err(error) = parse_command(&line, &Surroundings::new(&four(), NodeSet(mems))) {
            prop_assert!(error.at <= line.chars().count(), "{:?}", error);
            prop_assert!(!error.text().en.is_empty() && !error.text().zh.is_empty());
        }
    }

    /// Nothing that is taken would be refused by the kernel.
    #[test]
    fn what_is_taken_the_kernel_takes(line in lines(), mems in 0_u64..16) {
        let around = Surroundings::new(&four(), NodeSet(mems));
        if let Ok(parsed) = parse_command(&line, &around) {
            let allowed = NodeSet(if mems == 0 { 15 } else { mems });
            prop_assert!(parsed.policy.is_none_or(|policy| policy.check(allowed).is_ok()));
            prop_assert!(parsed.cpus.is_none_or(|cpus| !cpus.is_empty()));
        }
    }
}
