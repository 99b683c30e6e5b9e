//! The scenarios that come with Hintfault are valid, complete in both languages, and show what
//! they say.

use std::path::Path;
use std::{env, fs};

use hintfault::event::{EventKind, MoveCause};
use hintfault::input::{ProcessStart, Scenario};
use hintfault::time::Ns;
use hintfault::view::Outcome;
use hintfault::{Refusal, World};
use hintfault_scenario::{presets, validate};
use serde_json::{Value, json};

fn scenario(id: &str) -> Scenario {
    let document = presets::find(id).expect(id).document().expect(id);
    validate(&document).unwrap_or_else(|failure| panic!("{id}: {failure}"))
}

#[test]
fn all_are_valid_and_speak_both_languages() {
    for preset in presets::ALL {
        scenario(preset.id);
        let document = preset.document().expect(preset.id);
        for text in [&document.title, &document.summary] {
            assert!(!text.en.is_empty() && !text.zh.is_empty(), "{}", preset.id);
            assert!(!text.zh.is_ascii(), "{}", preset.id);
        }
    }
}

/// `HINTFAULT_BLESS=1` writes the file anew.
#[test]
fn the_page_has_the_same_presets() {
    let document = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let all = presets::ALL.map(|preset| json!({ "id": preset.id, "document": document(preset.text) }));
    let wanted = serde_json::to_string_pretty(&all).expect("text") + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/presets.json");
    if env::var_os("HINTFAULT_BLESS").is_some() {
        fs::write(&file, &wanted).expect("writes");
    }
    let found = fs::read_to_string(&file).expect("www/presets.json");
    assert!(found == wanted, "presets.json is out of date: HINTFAULT_BLESS=1 cargo test -p hintfault-scenario");
}

#[test]
fn ids_are_the_names_that_links_use() {
    let ids = presets::ALL.map(|preset| preset.id);
    let wanted = [
        "thread-moved",
        "to-and-fro",
        "thread-to-memory",
        "threads-swap",
        "two-nodes-private",
        "shared",
        "already-local",
        "off",
        "many-vmas",
        "bind-balancing",
        "weighted-interleave",
        "mbind-move",
        "balancing-pays",
        "balancing-costs",
    ];
    assert_eq!(ids, wanted);
    assert_eq!(presets::find("no-such-preset"), None);
}

#[test]
fn in_the_default_scenario_all_pages_are_behind_the_thread() {
    let scenario = scenario("thread-moved");
    let process = &scenario.processes[0];
    let (region, thread) = (&process.regions[0], &process.threads[0]);
    let node_of_thread = scenario.machine.nodes.iter().find(|n| n.cpus.contains(&thread.affinity[0]));
    assert_eq!(node_of_thread.map(|node| node.id.0), Some(1));
    assert_eq!((region.pages, region.populate[0].pages, region.populate[0].node.0), (16_384, 16_384, 0));
    assert!(matches!(process.start, ProcessStart::Forked { .. }), "or the first scan comes later");
    assert_eq!(scenario.sysctl.numa_balancing, 1);
}

#[test]
fn off_is_the_default_scenario_without_balancing() {
    let mut off = scenario("off");
    assert_eq!(off.sysctl.numa_balancing, 0);
    off.sysctl.numa_balancing = 1;
    assert_eq!(off, scenario("thread-moved"));
}

/// The world of a preset with a setting of `numa_balancing`, at a time.
fn world_at(id: &str, numa_balancing: u8, at_ms: u64) -> World {
    let mut scenario = scenario(id);
    scenario.sysctl.numa_balancing = numa_balancing;
    let mut world = World::new(&scenario).expect("valid");
    world.run_until(Ns::from_ms(at_ms));
    world
}

/// What all threads came to with a setting of `numa_balancing`.
fn outcome(id: &str, numa_balancing: u8) -> Outcome {
    Outcome::of(&world_at(id, numa_balancing, 20_000).tasks())
}

fn work(Outcome { accesses, .. }: Outcome) -> u64 {
    accesses.local + accesses.remote
}

fn end_ms(outcome: Outcome) -> u64 {
    outcome.elapsed.expect("all threads end").0 / 1_000_000
}

#[test]
fn balancing_pays_where_memory_stayed_behind() {
    let [off, on] = [0, 1].map(|setting| outcome("balancing-pays", setting));
    assert_eq!([off, on].map(end_ms), [9889, 6455]);
    assert_eq!(work(on), work(off), "the same work");
    assert_eq!([off, on].map(|each| each.local_permille()), [Some(500), Some(949)]);
}

/// In hundredths of a second, as the lesson writes it.
fn hundredths(time: Ns) -> u64 {
    (time.0 + 5_000_000) / 10_000_000
}

fn cost(Outcome { system, .. }: Outcome) -> Ns {
    Ns(system.scan.0 + system.fault.0 + system.migrate.0)
}

/// Figures in words of the lesson "worth", which its `expect` cannot hold.
#[test]
fn the_lesson_on_worth_says_what_balancing_came_to() {
    let at = |ms| Outcome::of(&world_at("balancing-pays", 1, ms).tasks());
    assert_eq!(hundredths(at(1000).accesses.stall), 79, "0.79 s waited for remote memory");
    assert_eq!(hundredths(cost(at(2200))), 11, "0.11 s of CPU time");
    let [off, on] = [0, 1].map(|setting| outcome("balancing-pays", setting));
    assert_eq!(hundredths(cost(on)), 18, "0.18 s of CPU time");
    let saved = hundredths(off.accesses.stall) - hundredths(on.accesses.stall);
    assert_eq!((saved + 50) / 100, 7, "7 s of waiting saved");
    let periods = (1000..=6500).step_by(100).flat_map(|ms| {
        let tasks = world_at("balancing-pays", 1, ms).tasks();
        tasks.into_iter().map(|task| task.scan_period_ms).collect::<Vec<_>>()
    });
    assert_eq!(periods.max(), Some(2600), "periods up to 2600 ms");
}

#[test]
fn balancing_costs_where_everything_is_shared() {
    let [off, on] = [0, 1].map(|setting| outcome("balancing-costs", setting));
    assert_eq!([off, on].map(end_ms), [10_593, 10_663]);
    assert_eq!(work(on), work(off), "the same work");
    assert_eq!([off, on].map(|each| each.local_permille()), [Some(499), Some(503)]);
}

/// Pages by node of each mapping of the first process at a time.
fn node_pages(id: &str, at_ms: u64) -> Vec<Vec<u64>> {
    let mut world = World::new(&scenario(id)).expect("valid");
    world.run_until(Ns::from_ms(at_ms));
    world.mms()[0].vmas.iter().map(|vma| vma.node_pages.clone()).collect()
}

#[test]
fn only_a_balanced_bind_lets_pages_move() {
    assert_eq!(node_pages("bind-balancing", 0), [[8192, 0, 0], [8192, 0, 0]]);
    assert_eq!(node_pages("bind-balancing", 7900), [[8192, 0, 0], [0, 8192, 0]]);
    assert_eq!(node_pages("bind-balancing", 20_000), [[8192, 0, 0], [0, 8192, 0]], "node 2 is not in the policy");
}

#[test]
fn pages_follow_the_thread_to_and_fro() {
    for (at_ms, on_nodes) in [(3900, [0, 1024]), (7900, [1024, 0]), (11_900, [0, 1024]), (15_900, [1024, 0])] {
        assert_eq!(node_pages("to-and-fro", at_ms), [on_nodes], "{at_ms} ms");
    }
}

/// When tasks changed CPUs, in milliseconds, from where to where and by whom.
fn task_moves(id: &str) -> Vec<(u64, u16, u16, MoveCause)> {
    let mut world = World::new(&scenario(id)).expect("valid");
    world.run_until(Ns::from_ms(10_000));
    let events = world.events(0, usize::MAX).into_iter();
    let moves = events.filter_map(|event| match event.kind {
        EventKind::TaskMoved { from, to, cause } => Some((event.time.0 / 1_000_000, from.0, to.0, cause)),
        _ => None,
    });
    moves.collect()
}

#[test]
fn balancing_takes_a_thread_to_its_memory() {
    assert_eq!(task_moves("thread-to-memory"), [(3012, 2, 0, MoveCause::NumaMove)]);
    assert_eq!(node_pages("thread-to-memory", 10_000), [[8192, 0]], "the pages stay");
}

#[test]
fn threads_swap_where_no_cpu_is_idle() {
    let swap = MoveCause::NumaSwap;
    assert_eq!(task_moves("threads-swap"), [(3012, 0, 1, swap), (3012, 1, 0, swap)]);
}

#[test]
fn weights_hold_for_pages_that_come_into_being() {
    assert_eq!(node_pages("weighted-interleave", 3900), [[6144, 2048], [0, 0]]);
    assert_eq!(node_pages("weighted-interleave", 8000), [[6144, 2048], [4096, 4096]]);
}

#[test]
fn mbind_moves_pages_only_when_told_to() {
    assert_eq!(node_pages("mbind-move", 1900), [[16_384, 0]]);
    assert_eq!(node_pages("mbind-move", 2900), [[0, 16_384]]);
    assert_eq!(node_pages("mbind-move", 3900), [[8192, 0], [0, 8192]]);
    let mut world = World::new(&scenario("mbind-move")).expect("valid");
    world.run_until(Ns::from_ms(5000));
    let mut refusals = world.events(0, usize::MAX).into_iter().filter_map(|event| match event.kind {
        EventKind::ActionApplied { action, refused } => Some((action, refused)),
        _ => None,
    });
    let last = refusals.next_back();
    assert_eq!(last, Some((3, Some(Refusal::PageMisplaced))));
    let policies: Vec<String> = world.mms()[0].vmas.iter().map(|vma| vma.policy.clone()).collect();
    assert_eq!(policies, ["bind:0", "bind:1"], "strict changed nothing");
}
