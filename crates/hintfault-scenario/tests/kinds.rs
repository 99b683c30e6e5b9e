//! Zones, huge pages, shared memory, policies, and the look at an address space.

mod common;

use common::{SMALL, document, error_paths};
use hintfault::ids::{NodeId, NodeSet, ProcIdx};
use hintfault::input::{
    Action, Backing, MemPolicy, ModeFlags, PolicyMode, RegionKind, Scenario, Thp, TimedAction, Zone, ZoneKind,
};
use hintfault::time::Ns;
use hintfault_scenario::document::Policy;
use hintfault_scenario::numactl::parse_numactl;
use hintfault_scenario::{replace_machine, validate};

const KINDS: &str = include_str!("golden/kinds.toml");

fn scenario(text: &str) -> Scenario {
    validate(&document(text)).unwrap_or_else(|failure| panic!("{failure}\n{text}"))
}

/// The golden document with one piece of its text replaced.
fn with(old: &str, new: &str) -> String {
    assert!(KINDS.contains(old), "{old}");
    KINDS.replacen(old, new, 1)
}

#[test]
fn every_kind_reaches_the_engine() {
    let scenario = scenario(KINDS);
    let node = &scenario.machine.nodes[0];
    let zone = |kind, mib: u64| Zone { kind, managed_pages: mib << 8 };
    assert_eq!(node.zones, [zone(ZoneKind::Dma, 16), zone(ZoneKind::Normal, 944), zone(ZoneKind::Movable, 64)]);
    assert_eq!((node.interleave_weight, scenario.machine.nodes[1].interleave_weight), (3, 1));
    let costs = scenario.machine.costs;
    assert_eq!((costs.migrate_huge_page_ns, costs.first_touch_huge_ns), (200_000, 90_000));
    let regions = &scenario.processes[0].regions;
    assert_eq!([regions[0].thp, regions[1].thp], [Thp::Always, Thp::Never]);
    assert_eq!(regions[1].kind, RegionKind::Shared { key: 0, backing: Backing::Shmem });
    assert_eq!(regions[2].kind, RegionKind::Shared { key: 1, backing: Backing::PageCache });
    assert_eq!(scenario.processes[1].regions[0].kind, regions[1].kind);
    let nodes = NodeSet::of(&[NodeId(0), NodeId(1)]);
    let policy = |mode, flags| Some(MemPolicy::new(mode, nodes).with(flags));
    assert_eq!(regions[1].policy, policy(PolicyMode::WeightedInterleave, ModeFlags::NONE));
    assert_eq!(scenario.processes[0].threads[0].policy, policy(PolicyMode::Bind, ModeFlags::NUMA_BALANCING));
    let hold = Action::HoldMm { process: ProcIdx(0), duration: Ns::from_ms(40) };
    assert_eq!(scenario.actions, [TimedAction { at: Ns::from_ms(1500), action: hold }]);
}

#[test]
fn each_rule_names_its_field() {
    let cases = [
        ("\"16 MiB\" },\n        {", "\"8 MiB\" },\n        {", "machine.nodes[0].zones"),
        ("kind = \"movable\"", "kind = \"dma\"", "machine.nodes[0].zones[2].kind"),
        ("interleave_weight = 3", "interleave_weight = 0", "machine.nodes[0].interleave_weight"),
        ("first_touch_huge_ns = 90_000", "first_touch_huge_ns = 1_000_000_001", "machine.costs.first_touch_huge_ns"),
        ("costs = {", "costs = { saturation_threads = 0,", "machine.costs.saturation_threads"),
        ("kind = \"shared_file\"", "kind = \"private_file\", thp = \"always\"", "processes[0].regions[2].thp"),
        ("kind = \"shared_file\"", "object = \"o\"", "processes[0].regions[2].object"),
        ("kind = \"shared_file\"", "kind = \"shared_file\", object = \"\"", "processes[0].regions[2].object"),
        ("kind = \"shared_file\"", "kind = \"shared_file\", object = \"ring\"", "processes[0].regions[2].kind"),
        (
            "\"ring\", size = \"8 MiB\", kind = \"shared\", object = \"ring\" }",
            "\"ring\", size = \"4 MiB\", kind = \"shared\", object = \"ring\" }",
            "processes[1].regions[0].size",
        ),
        (
            "\"shared\", object = \"ring\" }",
            "\"shared\", start = \"0x10001000\", object = \"ring\" }",
            "processes[1].regions[0].start",
        ),
        ("pid = 2000, duration", "pid = 7, duration", "actions[0].hold_mm.pid"),
        ("duration_ms = 40", "duration_ms = 86400001", "actions[0].hold_mm.duration_ms"),
    ];
    for (old, new, path) in cases {
        let paths = error_paths(&with(old, new));
        assert!(paths.contains(&path.to_owned()), "{new}: {paths:?}");
    }
}

#[test]
fn policies_are_written_as_numa_maps_shows_them() {
    let policy = |text: &str| {
        let text = with("policy = \"bind=balancing:0-1\"", &format!("policy = \"{text}\""));
        scenario(&text).processes[0].threads[0].policy.map(|policy| (policy.mode, policy.nodes.0, policy.flags))
    };
    let (off, on) = (ModeFlags::NONE, ModeFlags::NUMA_BALANCING);
    assert_eq!(policy("default"), None);
    assert_eq!(policy("local"), Some((PolicyMode::Local, 0, off)));
    assert_eq!(policy("prefer:1"), Some((PolicyMode::Preferred, 2, off)));
    assert_eq!(policy("prefer (many)=balancing:0-1"), Some((PolicyMode::PreferredMany, 3, on)));
    assert_eq!(policy("interleave:0,1"), Some((PolicyMode::Interleave, 3, off)));
    assert_eq!(policy("bind=static:1,9"), Some((PolicyMode::Bind, 514, ModeFlags::STATIC_NODES)));
    for wrong in
        ["", "bind", "bind:", "bind:x", "local:0", "prefer=balancing:0", "bind=static|relative:0", "bind:2", "bind:99"]
    {
        let text = with("policy = \"bind=balancing:0-1\"", &format!("policy = \"{wrong}\""));
        assert_eq!(error_paths(&text), ["processes[0].threads[0].policy"], "{wrong}");
    }
}

#[test]
fn memory_without_a_name_belongs_to_its_region() {
    let two = SMALL.replace(
        "regions = [{ name = \"r\", size = \"1 MiB\" }]",
        "regions = [{ name = \"r\", size = 4096, kind = \"shared\" }, { name = \"s\", size = 8192, kind = \"shared\" }]",
    );
    let kinds: Vec<RegionKind> = scenario(&two).processes[0].regions.iter().map(|region| region.kind).collect();
    assert_ne!(kinds[0], kinds[1]);
}

#[test]
fn another_machine_takes_the_policies_along() {
    let text = "available: 3 nodes (0,2,3)\nnode 0 cpus: 0 1\nnode 0 size: 2000 MB\nnode 2 cpus: 2 3\n\
                node 2 size: 2000 MB\nnode 3 cpus: 4 5\nnode 3 size: 2000 MB\n";
    let spec = parse_numactl(text).unwrap_or_else(|failure| panic!("{failure}"));
    let replaced = replace_machine(&document(KINDS), &spec).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(replaced.processes[0].threads[0].policy, Some(Policy::Text("bind=balancing:0,2".into())));
    assert_eq!(replaced.processes[0].regions[1].policy, Some(Policy::Text("weighted interleave:0,2".into())));
}
