//! Memory policies in documents, and the calls that change them.

mod common;

use common::{document, error_paths};
use hintfault::ids::{NodeId, NodeSet, PageIdx, ProcIdx, Tid};
use hintfault::input::{Action, MemPolicy, ModeFlags, MoveFlags, PageRange, PolicyMode, Scenario, Thp};
use hintfault_scenario::document::Policy;
use hintfault_scenario::numactl::parse_numactl;
use hintfault_scenario::{parse, replace_machine, to_json, validate};

const POLICIES: &str = include_str!("golden/policies.toml");

fn scenario(text: &str) -> Scenario {
    validate(&document(text)).unwrap_or_else(|failure| panic!("{failure}\n{text}"))
}

fn with(old: &str, new: &str) -> String {
    assert!(POLICIES.contains(old), "{old}");
    POLICIES.replacen(old, new, 1)
}

fn set(nodes: &[u8]) -> NodeSet {
    NodeSet::of(&nodes.iter().copied().map(NodeId).collect::<Vec<_>>())
}

fn policy(mode: PolicyMode, nodes: &[u8], flags: ModeFlags) -> MemPolicy {
    MemPolicy::new(mode, set(nodes)).with(flags)
}

#[test]
fn policies_reach_the_engine() {
    let scenario = scenario(POLICIES);
    let [process] = &scenario.processes[..] else { panic!("one process") };
    assert_eq!(process.mems, set(&[0, 1]));
    let [pool, log, scratch] = &process.regions[..] else { panic!("three regions") };
    let fixed = ModeFlags::STATIC_NODES.and(ModeFlags::NUMA_BALANCING);
    assert_eq!(pool.policy, Some(policy(PolicyMode::Bind, &[0, 1, 2], fixed)));
    assert_eq!((pool.home_node, pool.thp), (Some(NodeId(1)), Thp::Madvise));
    assert_eq!(log.policy, Some(policy(PolicyMode::PreferredMany, &[1, 3], ModeFlags::RELATIVE_NODES)));
    assert_eq!((scratch.policy, scratch.home_node), (None, None));
    let of_threads: Vec<_> = process.threads.iter().map(|thread| thread.policy).collect();
    let of_process = policy(PolicyMode::Interleave, &[0, 1], ModeFlags::NONE);
    assert_eq!(of_threads, [Some(of_process), Some(policy(PolicyMode::Local, &[], ModeFlags::NONE)), None]);
}

#[test]
fn calls_reach_the_engine() {
    let scenario = scenario(POLICIES);
    let process = ProcIdx(0);
    let range = |region, first, pages| PageRange { process, region, first: PageIdx(first), pages };
    let none = ModeFlags::NONE;
    let actions: Vec<Action> = scenario.actions.into_iter().map(|timed| timed.action).collect();
    let expected = [
        Action::SetMempolicy { tid: Tid(5001), policy: policy(PolicyMode::Preferred, &[1], ModeFlags::STATIC_NODES) },
        Action::Mbind {
            range: range(2, 16, 64),
            policy: policy(PolicyMode::Bind, &[1], none),
            flags: MoveFlags::MOVE.and(MoveFlags::STRICT),
        },
        Action::Mbind {
            range: range(1, 0, 256),
            policy: policy(PolicyMode::Default, &[], none),
            flags: MoveFlags::NONE,
        },
        Action::SetHomeNode { range: range(0, 0, 512), node: NodeId(0) },
        Action::MigratePages { process, from: set(&[0]), to: set(&[1, 2]) },
        Action::MovePages { range: range(0, 8, 100), node: NodeId(2), flags: MoveFlags::MOVE_ALL },
        Action::SetMems { process, mems: set(&[1, 2]) },
        Action::SetWeights { weights: vec![(NodeId(0), 5), (NodeId(1), 0)] },
        Action::SetMems { process, mems: set(&[]) },
    ];
    assert_eq!(actions, expected);
}

#[test]
fn they_survive_writing() {
    let document = document(POLICIES);
    assert_eq!(parse(&to_json(&document)), Ok(document));
}

#[test]
fn each_rule_names_its_field() {
    let region = "processes[0].regions[0]";
    let cases = [
        (
            "mode = \"bind\", flags = [\"static\"",
            "mode = \"band\", flags = [\"static\"",
            format!("{region}.policy.mode"),
        ),
        ("flags = [\"static\", \"balancing\"]", "flags = [\"firm\"]", format!("{region}.policy.flags[0]")),
        ("nodes = \"0-2\", home", "nodes = \"0-99\", home", format!("{region}.policy.nodes")),
        ("nodes = \"0-2\", home", "home", format!("{region}.policy")),
        ("nodes = \"0-2\", home", "nodes = \"2\", home", format!("{region}.policy")),
        ("\"static\", \"balancing\"", "\"static\", \"relative\"", format!("{region}.policy")),
        ("home_node = 1", "home_node = 7", format!("{region}.policy.home_node")),
        (
            "mode = \"bind\", flags = [\"static\", \"balancing\"]",
            "mode = \"prefer\"",
            format!("{region}.policy.home_node"),
        ),
        ("home_node = 1 }", "home_node = 1, strict = 1 }", format!("{region}.policy.strict")),
        ("thp = \"madvise\"", "thp = \"madvise\", kind = \"shared\"", format!("{region}.thp")),
        ("mems = \"0-1\"", "mems = \"7\"", "processes[0].mems".to_owned()),
        ("mems = \"0-1\"", "mems = \"x\"", "processes[0].mems".to_owned()),
        ("policy = \"interleave:0-1\"", "policy = 3", "processes[0].policy".to_owned()),
        ("policy = \"interleave:0-1\"", "policy = \"interleave:2\"", "processes[0].policy".to_owned()),
        (
            "policy = { mode = \"local\" }",
            "policy = { mode = \"bind\", nodes = \"0\", home_node = 1 }",
            "processes[0].threads[1].policy.home_node".to_owned(),
        ),
        ("tid = 5001, policy", "tid = 9, policy", "actions[0].set_mempolicy.tid".to_owned()),
        ("\"prefer=static:1\"", "\"bend:1\"", "actions[0].set_mempolicy.policy".to_owned()),
        ("mbind = { pid = 5000", "mbind = { pid = 1", "actions[1].mbind.pid".to_owned()),
        ("region = \"scratch\"", "region = \"none\"", "actions[1].mbind.region".to_owned()),
        ("first = 16", "first = 256", "actions[1].mbind.first".to_owned()),
        ("pages = 64", "pages = 0", "actions[1].mbind.pages".to_owned()),
        ("\"move\", \"strict\"", "\"move\", \"lazy\"", "actions[1].mbind.flags[1]".to_owned()),
        ("pages = 512, node = 0", "pages = 512, node = 64", "actions[3].set_mempolicy_home_node.node".to_owned()),
        ("from = \"0\"", "from = \"0-\"", "actions[4].migrate_pages.from".to_owned()),
        ("node = 2, flags", "node = 99, flags", "actions[5].move_pages.node".to_owned()),
        ("mems = \"1-2\"", "mems = \"5\"", "actions[6].cpuset_mems.mems".to_owned()),
        ("weight = 5", "weight = 256", "actions[7].weighted_interleave[0].weight".to_owned()),
        ("node = 1, weight", "node = 3, weight", "actions[7].weighted_interleave[1].node".to_owned()),
        ("at_ms = 90", "at_ms = 90\nkill = 5000", "actions[8]".to_owned()),
    ];
    for (old, new, path) in cases {
        assert_eq!(error_paths(&with(old, new)), [path], "{new}");
    }
}

#[test]
fn what_the_kernel_refuses_is_said_with_errno_and_rule() {
    let message = |old: &str, new: &str| {
        let failure = validate(&document(&with(old, new))).expect_err(new);
        failure.errors[0].message.en.clone()
    };
    let nodes = "flags = [\"static\", \"balancing\"], nodes = \"0-2\", home_node = 1";
    let cases = [
        (nodes, "flags = [\"static\", \"relative\"], nodes = \"0\"", "EINVAL (static_and_relative)"),
        (nodes, "flags = [\"static\"]", "EINVAL (mode_needs_nodes)"),
        (nodes, "nodes = \"2-3\"", "EINVAL (no_allowed_node)"),
        (nodes, "nodes = \"0\", home_node = 3", "EINVAL (home_node_offline)"),
        ("policy = { mode = \"local\" }", "policy = \"local:1\"", "EINVAL (local_with_nodes)"),
        ("policy = { mode = \"local\" }", "policy = \"default:1\"", "EINVAL (default_with_nodes)"),
        ("policy = { mode = \"local\" }", "policy = \"prefer=static\"", "EINVAL (node_flags_without_nodes)"),
        ("policy = { mode = \"local\" }", "policy = \"interleave=balancing:0\"", "EINVAL (balancing_mode)"),
        (
            "mode = \"bind\", flags = [\"static\", \"balancing\"]",
            "mode = \"interleave\"",
            "EOPNOTSUPP (home_node_mode)",
        ),
        (
            &format!("mode = \"bind\", {nodes}"),
            "mode = \"default\", home_node = 0",
            "ENOENT (home_node_without_policy)",
        ),
    ];
    for (old, new, expected) in cases {
        let found = message(old, new);
        assert!(found.contains(expected), "{new}: {found}");
    }
}

#[test]
fn a_child_has_the_mems_of_its_parent() {
    let child = |more: &str| {
        format!(
            "{POLICIES}\n[[processes]]\nname = \"child\"\nstart = \"by_fork\"\nparent = \"db\"\n{more}\n\
             threads = [{{ program = [{{ read = \"log\" }}] }}]\n"
        )
    };
    assert_eq!(error_paths(&child("mems = \"0\"")), ["processes[1].mems"]);
    assert_eq!(error_paths(&child("policy = \"bind:2\"")), ["processes[1].policy"]);
    assert_eq!(
        scenario(&child("policy = \"bind:1\"")).processes[1].threads[0].policy.map(|of| of.nodes),
        Some(set(&[1]))
    );
}

#[test]
fn another_machine_takes_all_nodes_along() {
    let text = "available: 3 nodes (0,2,3)\nnode 0 cpus: 0 1\nnode 0 size: 2000 MB\nnode 0 free: 2000 MB\n\
                node 2 cpus: 2 3\nnode 2 size: 2000 MB\nnode 2 free: 2000 MB\nnode 3 cpus:\nnode 3 size: 2000 MB\n\
                node 3 free: 2000 MB\nnode distances:\nnode 0 2 3\n0: 10 20 20\n2: 20 10 20\n3: 20 20 10\n";
    let spec = parse_numactl(text).unwrap_or_else(|failure| panic!("{failure}"));
    let replaced = replace_machine(&document(POLICIES), &spec).unwrap_or_else(|failure| panic!("{failure}"));
    let json = to_json(&replaced).replace([' ', '\n'], "");
    for expected in [
        r#""mems":"0,2""#,
        r#""policy":"interleave:0,2""#,
        r#""nodes":"0,2-3","home_node":2"#,
        r#""flags":["relative"],"nodes":[1,3]"#,
        r#""policy":"prefer=static:2""#,
        r#""from":"0","to":"2-3""#,
        r#""node":3,"flags":["move_all"]"#,
        r#""mems":"2-3""#,
        r#""weighted_interleave":[{"node":0,"weight":5},{"node":2,"weight":0}]"#,
    ] {
        assert!(json.contains(expected), "{expected}\n{json}");
    }
    validate(&replaced).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_engines_policies_become_texts() {
    let bound = policy(PolicyMode::Bind, &[0, 2], ModeFlags::RELATIVE_NODES);
    assert_eq!(Policy::from(bound).get(), Ok(bound));
}
