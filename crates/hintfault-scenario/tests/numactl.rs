//! Machines from pasted text, and documents that are put on them.

mod common;

use common::{SMALL, document, paths};
use hintfault::ids::{CpuId, NodeId};
use hintfault::input::Action;
use hintfault_scenario::numactl::{MachineSpec, parse_numactl};
use hintfault_scenario::{Document, presets, replace_machine, validate};
use proptest::prelude::*;

const TWO_NODES: &str = "\
available: 2 nodes (0-1)
node 0 cpus: 0 1 2 3
node 0 size: 16037 MB
node 0 free: 15311 MB
node 1 cpus: 4 5 6 7
node 1 size: 16127 MB
node 1 free: 15920 MB
node distances:
node   0   1 
  0:  10  20 
  1:  20  10 
";

const EIGHT_NODES: &str = include_str!("numactl/eight-nodes.txt");
const TIERED: &str = include_str!("numactl/memory-only.txt");

fn spec(text: &str) -> MachineSpec {
    parse_numactl(text).unwrap_or_else(|failure| panic!("{failure}\n{text}"))
}

#[test]
fn two_nodes_are_read_in_full() {
    let spec = spec(TWO_NODES);
    assert_eq!(spec.nodes.len(), 2);
    let node = &spec.nodes[1];
    assert_eq!((node.id, node.size_mib, node.free_mib), (1, 16_127, 15_920));
    assert_eq!(node.cpus, [4, 5, 6, 7]);
    assert_eq!(spec.distances, [[10, 20], [20, 10]]);
    assert_eq!(spec.notes, []);
}

#[test]
fn the_format_of_2_0_19_says_the_same() {
    let wide = TWO_NODES
        .replace("node   0   1 ", "node     0    1 ")
        .replace("  0:  10  20 ", "   0:   10   20 ")
        .replace("  1:  20  10 ", "   1:   20   10 ");
    assert_eq!(spec(&wide), spec(TWO_NODES));
}

#[test]
fn pasted_text_may_come_with_what_was_around_it() {
    let crlf = TWO_NODES.replace('\n', "\r\n").replace(' ', "\t");
    assert_eq!(spec(&crlf), spec(TWO_NODES));
    let prompts = format!("user@host:~$ numactl --hardware\n\n{TWO_NODES}user@host:~$ \n");
    assert_eq!(spec(&prompts), spec(TWO_NODES));
    let wrapped = TWO_NODES.replace("cpus: 0 1 2 3", "cpus: 0 1\n2\n3");
    assert_eq!(spec(&wrapped), spec(TWO_NODES));
}

#[test]
fn eight_nodes_keep_their_unequal_distances() {
    let spec = spec(EIGHT_NODES);
    assert_eq!(spec.nodes.len(), 8);
    assert_eq!(spec.distances[0], [10, 16, 32, 32, 32, 32, 32, 32]);
    assert_eq!(spec.distances[7], [32, 32, 32, 32, 32, 32, 16, 10]);
    assert_eq!((spec.distances[2][5], spec.distances[5][2]), (28, 32));
    assert_eq!(spec.nodes[7].cpus, [56, 57, 58, 59, 60, 61, 62, 63]);
}

#[test]
fn nodes_may_have_only_memory_or_only_cpus_and_any_number() {
    let spec = spec(TIERED);
    let shape: Vec<(u8, usize, u64)> =
        spec.nodes.iter().map(|node| (node.id, node.cpus.len(), node.size_mib)).collect();
    assert_eq!(shape, [(0, 4, 32_068), (1, 4, 0), (8, 0, 131_072)]);
    assert_eq!(spec.distances[0], [10, 21, 17]);
    assert_eq!(spec.notes, []);
}

#[test]
fn what_is_missing_is_assumed_and_said() {
    let without = |parts: &[&str]| -> String {
        TWO_NODES
            .lines()
            .filter(|line| !parts.iter().any(|part| line.contains(part)))
            .map(|line| format!("{line}\n"))
            .collect()
    };
    let no_free = spec(&without(&["1 free"]));
    assert_eq!((no_free.nodes[1].free_mib, no_free.notes.len()), (16_127, 1));
    let no_size = spec(&without(&["1 size"]));
    assert_eq!((no_size.nodes[1].size_mib, no_size.nodes[1].free_mib), (16_384, 15_920));
    assert!(no_size.notes[0].en.contains("16384 MB") && no_size.notes[0].zh.contains("16384 MB"));
    let no_distances = spec(TWO_NODES.split("node distances").next().expect("first"));
    assert_eq!(no_distances.distances, [[10, 20], [20, 10]]);
    assert_eq!(no_distances.notes.len(), 1);
    let no_cpus = spec(&without(&["1 cpus"]));
    assert_eq!((no_cpus.nodes[1].cpus.len(), no_cpus.notes.len()), (0, 1));
    let unknown = spec(&TWO_NODES.replace("15920 MB", "<not available>"));
    assert_eq!((unknown.nodes[1].free_mib, unknown.notes.len()), (16_127, 1));
    let no_head = spec(&without(&["available"]));
    assert_eq!(no_head, spec(TWO_NODES));
    let empty = spec(&TWO_NODES.replace("cpus: 4 5 6 7", "cpus:").replace("16127", "0").replace("15920", "0"));
    assert_eq!((empty.nodes.len(), empty.distances.len(), empty.notes.len()), (1, 1, 1));
    let more_free = spec(&TWO_NODES.replace("15920", "16128"));
    assert_eq!((more_free.nodes[1].free_mib, more_free.notes.len()), (16_127, 1));
}

#[test]
fn wrong_figures_are_named_by_line_and_field() {
    let cases = [
        ("2 nodes", "65 nodes", "line 1, available"),
        ("2 nodes", "3 nodes", "line 1, available"),
        ("(0-1)", "(1-0)", "line 1, available"),
        ("(0-1)", "(0-64)", "line 1, available"),
        ("node 0 cpus: 0", "node 64 cpus: 0", "line 2, node 64 cpus"),
        ("node 0 cpus: 0", "node x cpus: 0", "line 2, node x cpus"),
        ("cpus: 0 1", "cpus: 0 -1", "line 2, node 0 cpus"),
        ("cpus: 0 1", "cpus: 0 1024", "line 2, node 0 cpus"),
        ("cpus: 0 1", "cpus: 0 0", "line 2, node 0 cpus"),
        ("cpus: 4", "cpus: 3", "line 5, node 1 cpus"),
        ("16037 MB", "16037", "line 3, node 0 size"),
        ("16037 MB", "16037 GB", "line 3, node 0 size"),
        ("16037 MB", "1048577 MB", "line 3, node 0 size"),
        ("15311 MB", "99999999999999999999 MB", "line 4, node 0 free"),
        ("node 1 free", "node 0 free", "line 7, node 0 free"),
        ("node   0   1", "node   0   0", "line 9, node distances"),
        ("node   0   1", "node   0   a", "line 9, node distances"),
        ("10  20", "10  255", "line 10, distances of node 0"),
        ("10  20", "10  10", "line 10, distances of node 0"),
        ("10  20", "11  20", "line 10, distances of node 0"),
        ("10  20", "10  9", "line 10, distances of node 0"),
        ("10  20", "10", "line 10, distances of node 0"),
        ("  1:", "  0:", "line 11, distances of node 0"),
        ("  1:", "  77:", "line 11, distances of node 77"),
        ("  1:  20  10 ", "", "node distances"),
        ("node 1", "mode 1", "node 1"),
    ];
    for (old, new, path) in cases {
        let text = if old == "node 1" { TWO_NODES.replace(old, new) } else { TWO_NODES.replacen(old, new, 1) };
        assert_ne!(text, TWO_NODES);
        assert_eq!(paths(&parse_numactl(&text).expect_err(&text)), [path], "{text}");
    }
    for text in ["", "No NUMA available on this system\n", "numactl: command not found"] {
        assert_eq!(paths(&parse_numactl(text).expect_err(text)), [""]);
    }
    let twice = format!("{TWO_NODES}{TWO_NODES}");
    assert_eq!(paths(&parse_numactl(&twice).expect_err("twice")), ["line 12, available"]);
    let failure = parse_numactl(&" ".repeat((1 << 20) + 1)).expect_err("long");
    assert!(failure.to_string().contains("1048576"));
}

fn moved_to(text: &str, preset: &str) -> Document {
    let document = presets::find(preset).expect(preset).document().expect(preset);
    replace_machine(&document, &spec(text)).unwrap_or_else(|failure| panic!("{failure}"))
}

#[test]
fn a_workload_keeps_its_distances_on_another_machine() {
    let scenario = validate(&moved_to(EIGHT_NODES, "thread-moved")).expect("valid");
    // CPU 2 was the first CPU of the second node; the pages were on the first.
    assert_eq!(scenario.processes[0].threads[0].affinity, [CpuId(8)]);
    assert_eq!(scenario.processes[0].regions[0].populate[0].node, NodeId(0));
    assert_eq!(scenario.machine.nodes.len(), 8);
    assert_eq!(scenario.machine.distances[0][1], 16);
    let node = &scenario.machine.nodes[0];
    assert_eq!((node.memory_pages, node.used_pages), (64_315 << 8, (64_315 - 60_011) << 8));
}

#[test]
fn pages_go_to_the_nearest_memory_where_the_successor_has_none() {
    let scenario = validate(&moved_to(TIERED, "already-local")).expect("valid");
    assert_eq!(scenario.processes[0].threads[0].affinity, [CpuId(4)]);
    // Node 1 has no memory; node 8 is at 17, node 0 at 21.
    assert_eq!(scenario.processes[0].regions[0].populate[0].node, NodeId(8));
}

#[test]
fn whole_nodes_stay_whole_and_places_count_round() {
    let text = format!("{SMALL}\n[[actions]]\nat_ms = 1\nsched_setaffinity = {{ tid = 1000, cpus = \"0-1,3\" }}");
    let eight = replace_machine(&document(&text), &spec(EIGHT_NODES)).expect("replaces");
    let scenario = validate(&eight).expect("valid");
    let Action::SetAffinity { cpus, .. } = &scenario.actions[0].action else { panic!("{eight:?}") };
    assert_eq!(cpus.iter().map(|cpu| cpu.0).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7, 9]);
    // And back onto a machine with fewer nodes and CPUs.
    let one = "node 0 cpus: 0\nnode 0 size: 1024 MB\n";
    let back = validate(&replace_machine(&eight, &spec(one)).expect("replaces")).expect("valid");
    assert_eq!(back.processes[0].threads[0].affinity, [CpuId(0)]);
}

#[test]
fn memory_only_nodes_follow_memory_only_nodes() {
    let on_tiers = moved_to(TIERED, "thread-moved");
    let mut tiers = on_tiers.clone();
    tiers.processes[0].regions[0].populate[0].node = 8;
    let two = replace_machine(&tiers, &spec(TWO_NODES)).expect("replaces");
    assert_eq!(two.processes[0].regions[0].populate[0].node, 0);
    let again = replace_machine(&tiers, &spec(TIERED)).expect("replaces");
    assert_eq!(again.processes[0].regions[0].populate[0].node, 8);
}

#[test]
fn a_document_that_is_wrong_is_not_moved() {
    let wrong = document(&SMALL.replace("\"2\"", "\"9\""));
    let failure = replace_machine(&wrong, &spec(TWO_NODES)).expect_err("wrong");
    assert_eq!(paths(&failure), ["processes[0].threads[0].affinity"]);
    let no_cpu = spec("node 0 cpus:\nnode 0 size: 9 MB\n");
    assert_eq!(paths(&replace_machine(&document(SMALL), &no_cpu).expect_err("cpu")), ["cpus"]);
    let no_memory = spec("node 0 cpus: 1\nnode 0 size: 0 MB\n");
    assert_eq!(paths(&replace_machine(&document(SMALL), &no_memory).expect_err("memory")), ["size"]);
}

#[test]
fn a_machine_made_by_hand_is_checked_too() {
    let mut machine = spec(TWO_NODES);
    machine.nodes[1].cpus = vec![1024];
    assert_eq!(paths(&replace_machine(&document(SMALL), &machine).expect_err("cpu")), ["cpus"]);
}

/// Real output with characters changed, lines dropped and lines doubled.
fn mangled() -> impl Strategy<Value = String> {
    let base = prop::sample::select(vec![TWO_NODES, EIGHT_NODES, TIERED]);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), "[0-9a-z:() \n-]"), 0..8);
    let drops = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    (base, edits, drops).prop_map(|(base, edits, drops)| {
        let mut text = base.to_owned();
        for (place, character) in edits {
            let place = place.index(text.len());
            text.replace_range(place..=place, &character);
        }
        let mut lines: Vec<&str> = text.lines().collect();
        for place in drops {
            lines.remove(place.index(lines.len()));
        }
        lines.join("\n")
    })
}

proptest! {
    #[test]
    fn any_text_gives_a_machine_or_an_error(text in "(?s).{0,300}") {
        if let Err(failure) = parse_numactl(&text) {
            paths(&failure);
        }
    }

    #[test]
    fn a_machine_that_is_read_can_be_used(text in mangled()) {
        let replaced = parse_numactl(&text).and_then(|spec| replace_machine(&document(SMALL), &spec));
        match replaced {
            Ok(replaced) => {
                let valid = validate(&replaced);
                // Only a machine too small for the workload is refused now.
                if let Err(failure) = valid {
                    let allowed = ["machine.nodes", "processes"];
                    prop_assert!(paths(&failure).iter().all(|path| allowed.contains(&path.as_str())), "{failure}");
                }
            }
            Err(failure) => drop(paths(&failure)),
        }
    }
}
