//! What the lessons of the page say is what the engine does.

use hintfault::event::PageRef;
use hintfault::ids::{PageIdx, ProcIdx, VmaIdx};
use hintfault::time::Ns;
use hintfault::{EventClass, EventFilter, History};
use hintfault_procfs::print_vmstat;
use hintfault_scenario::{parse, presets, validate};
use serde_json::Value;

const LESSONS: &str = include_str!("../../www/lessons/lessons.json");
/// As far as the page looks for an event.
const SEARCH: Ns = Ns::from_ms(60_000);

#[test]
fn every_step_finds_its_moment_and_its_figures() {
    let lessons: Value = serde_json::from_str(LESSONS).expect("JSON");
    let lessons = lessons.as_array().expect("a list of lessons");
    assert!(lessons.len() >= 8, "{} lessons", lessons.len());
    let mut held = 0;
    for lesson in lessons {
        held += check_lesson(lesson);
    }
    assert!(held >= lessons.len(), "only {held} figures are held");
}

/// Goes through a lesson as a reader does; returns how many figures were compared.
fn check_lesson(lesson: &Value) -> usize {
    let mut history = start(&lesson["scenario"]);
    let mut held = 0;
    for (place, step) in lesson["steps"].as_array().expect("steps").iter().enumerate() {
        let name = format!("{} step {}", lesson["id"], place + 1);
        for step_move in step["moves"].as_array().into_iter().flatten() {
            go(&mut history, step_move, &name);
        }
        for (counter, wanted) in step["expect"].as_object().into_iter().flatten() {
            assert_eq!(counter_of(&history, counter), wanted.as_u64(), "{name}: {counter}");
            held += 1;
        }
        for (page, wanted) in step["expectNode"].as_object().into_iter().flatten() {
            assert_eq!(node_of(&history, page), wanted.as_u64(), "{name}: node of page {page}");
            held += 1;
        }
    }
    held
}

/// The node of a page, written as it is selected: process, VMA, page.
fn node_of(history: &History, page: &str) -> Option<u64> {
    let places: Vec<u32> = page.split('.').map(|place| place.parse().expect("a number")).collect();
    let [process, vma, page] = places[..] else { panic!("{page} is no page") };
    let page = PageRef { process: ProcIdx(process as u16), vma: VmaIdx(vma as u16), page: PageIdx(page) };
    history.world().page(page)?.node.map(|node| u64::from(node.0))
}

fn start(scenario: &Value) -> History {
    let document = match scenario {
        Value::String(id) => presets::find(id).expect("a preset").document().expect("a document"),
        own => parse(&own.to_string()).expect("a document"),
    };
    let scenario = validate(&document).expect("a scenario");
    History::new(&scenario).expect("a run")
}

fn go(history: &mut History, step_move: &Value, name: &str) {
    if let Some(tick) = step_move["tick"].as_u64() {
        let now = history.world().clock().tick.0;
        assert!(tick > now, "{name} goes from tick {now} to {tick}");
        return history.run_ticks(tick - now);
    }
    let kind = step_move["event"].as_str().expect("a tick or an event");
    let wanted = EventFilter::kinds(&[EventClass::from_str_opt(kind).expect("a kind of event")]);
    for _ in 0..step_move["times"].as_u64().unwrap_or(1) {
        let until = history.world().clock().now + SEARCH;
        assert!(history.run_to_event(wanted, until).is_some(), "{name}: no {kind}");
    }
}

fn counter_of(history: &History, name: &str) -> Option<u64> {
    let text = print_vmstat(&history.world().vmstat());
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.parse().ok()
}
