//! The scenarios that come with Hintfault are valid, complete in both languages, and show what
//! they say.

use hintfault::input::{ProcessStart, Scenario};
use hintfault_scenario::{presets, validate};

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

#[test]
fn ids_are_the_names_that_links_use() {
    let ids = presets::ALL.map(|preset| preset.id);
    let wanted = ["thread-moved", "two-nodes-private", "shared", "already-local", "off", "many-vmas"];
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
