//! The timeline: charts, tracks, runs with an end.

use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;
use serde_json::json;

/// A thread whose CPUs are changed twice; another one ends before its CPUs could be.
const MOVED_TWICE: &str = r#"{
  "version": 1,
  "machine": { "nodes": [
    { "cpus": "0-1", "memory": "1 GiB" }, { "cpus": "2-3", "memory": "1 GiB" } ],
    "distances": [[10, 21], [21, 10]] },
  "processes": [ { "name": "wanderer", "start": "forked",
    "regions": [ { "name": "heap", "size": "4 MiB", "populate": [ { "node": 0 } ] } ],
    "threads": [ { "name": "wanderer", "affinity": "0", "program": [ { "write": "heap", "compute_ns": 20000 } ] },
      { "name": "helper", "affinity": "3", "program": [ { "compute_ms": 0.05 } ] } ] } ],
  "actions": [
    { "at_tick": 100, "sched_setaffinity": { "tid": 1000, "cpus": "2" } },
    { "at_tick": 120, "exit": 1001 },
    { "at_tick": 150, "sched_setaffinity": { "tid": 1001, "cpus": "2" } },
    { "at_tick": 200, "sched_setaffinity": { "tid": 1000, "cpus": "1" } } ] }"#;

pub(super) async fn shows_the_course_of_a_run(page: &Page, _site: &PageSite) {
    wait_for_charts(page).await;
    page.scrub_to(500).await;
    let pages = "document.querySelector('[data-testid=\"timeline-words\"]').textContent";
    page.wait_for(
        "all pages in words",
        &format!("return /node 0 0 pages.*node 1 16,384 pages/.test({pages}) && {pages}.includes('tick 500')"),
    )
    .await;
    show_chart(page, "pages").await;
    assert_eq!(painted(page, "pages").await, [0, 1], "both nodes have had the pages");
    show_chart(page, "work").await;
    let words = page.text_of("[data-testid=\"timeline-words\"]").await.unwrap_or_default();
    assert!(words.contains("local share"), "{words}");
    page.press("chart-pages").await;
    page.wait_for("one chart less", "return document.querySelector('[data-chart=\"pages\"]') === null").await;
    reload(page).await;
    wait_for_charts(page).await;
    page.wait_for("the choice of before", "return document.querySelector('[data-chart=\"work\"]') !== null").await;
    assert_eq!(page.text_of("[data-chart=\"pages\"]").await, None);
}

/// Charts, tracks and scrubber have one axis: the present is at the same place in all of them.
pub(super) async fn has_one_axis(page: &Page, _site: &PageSite) {
    wait_for_charts(page).await;
    page.scrub_to(1000).await;
    show_chart(page, "faults").await;
    let script = "
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        const input = box('[data-testid=\"scrubber\"]');
        const { max, value } = document.querySelector('[data-testid=\"scrubber\"]');
        const share = Number(value) / Number(max);
        const now = box('.tl-now');
        const along = ({ left, width }) => left + share * width;
        const thumb = 16;
        return [ along(box('[data-chart] .u-over')), along(box('[data-testid=\"tracks\"]')),
            input.left + thumb / 2 + share * (input.width - thumb) ].map((x) => x - (now.left + now.width / 2))";
    let off = page.read(script).await;
    for distance in off.as_array().expect("three distances") {
        assert!(distance.as_f64().is_some_and(|px| px.abs() < 1.5), "{off}");
    }
}

pub(super) async fn tells_when_a_task_changed_nodes(page: &Page, _site: &PageSite) {
    open_moved_twice(page).await;
    page.scrub_to(300).await;
    page.open_tab("inspector-why").await;
    page.choose("choose-task", "1000").await;
    page.wait_for("its moves", "return document.querySelector('[data-testid=\"mark-kind\"]')?.value === 'task'").await;
    page.press("mark-list").await;
    page.wait_for("two node changes", "return document.querySelectorAll('[data-mark-seq]').length === 2").await;
    page.press("mark-previous").await;
    wait_for_mark(page, 200).await;
    page.press("mark-previous").await;
    wait_for_mark(page, 100).await;
    page.wait_for("the reason", "return document.querySelector('.why .headline')?.textContent.trim().length > 5").await;
    page.press("mark-next").await;
    wait_for_mark(page, 200).await;
    page.choose("mark-kind", "actions").await;
    // Four actions, and the end of a thread by one of them.
    page.wait_for("what was done", "return document.querySelectorAll('[data-mark-seq]').length === 5").await;
    page.wait_for(
        "the refused one",
        "return document.querySelectorAll('[data-mark-seq] b').length === 1 &&
            document.querySelector('[data-mark-seq] b').textContent === 'refused'",
    )
    .await;
}

pub(super) async fn a_click_on_a_mark_goes_there(page: &Page, _site: &PageSite) {
    open_moved_twice(page).await;
    page.scrub_to(300).await;
    page.wait_for("marks", "return document.querySelector('[data-track=\"moves\"]')?.textContent.includes('2')").await;
    let script = "
        const tracks = document.querySelector('[data-testid=\"tracks\"]');
        const { left, top, width } = tracks.getBoundingClientRect();
        const { max } = document.querySelector('[data-testid=\"scrubber\"]');
        const at = { clientX: left + width * 101 / Number(max), clientY: top + 7, button: 0, bubbles: true };
        for (const kind of ['pointermove', 'pointerdown', 'pointerup'])
            tracks.dispatchEvent(new PointerEvent(kind, at));
        return true";
    page.read(script).await;
    wait_for_mark(page, 100).await;
}

pub(super) async fn runs_until_what_was_typed(page: &Page, _site: &PageSite) {
    let problem = "document.querySelector('[data-testid=\"until-problem\"]').textContent.trim()";
    for text in ["soon", "", "1.5", "99999999999"] {
        page.fill("until", text).await;
        page.press("until-go").await;
        page.wait_for(text, &format!("return {problem} !== ''")).await;
        page.fill("until", "7").await;
        page.wait_for("no complaint", &format!("return {problem} === ''")).await;
    }
    assert_eq!(page.tick().await, 0);
    for (text, tick) in [("1.6 s", 400), ("+10", 410), ("200", 200), ("804 ms", 201)] {
        page.fill("until", text).await;
        page.press("until-go").await;
        page.wait_for_tick(tick).await;
    }
}

pub(super) async fn stops_at_outcomes(page: &Page, _site: &PageSite) {
    page.choose("event-kind", "migration").await;
    page.press("event-forward").await;
    page.wait_for(
        "a migration",
        "return document.documentElement.dataset.digest !== '' && Number(document.documentElement.dataset.tick) > 0",
    )
    .await;
    assert_eq!(page.counter("numa_pages_migrated").await, 1);
    page.read(
        "const number = document.querySelector('[data-testid=\"choose-page\"]');
         number.value = '9000';
         number.dispatchEvent(new Event('change', { bubbles: true }));
         return true",
    )
    .await;
    page.wait_for(
        "the page",
        "return /9,?000/.test(document.querySelector('[data-testid=\"selection\"]').textContent)",
    )
    .await;
    page.choose("event-kind", "page-moves").await;
    let before = page.digest().await;
    page.press("event-forward").await;
    page.wait_for(
        "the page to move",
        &format!(
            "const {{ digest }} = document.documentElement.dataset; return digest !== '' && digest !== '{before}'"
        ),
    )
    .await;
    page.open_tab("lower-events").await;
    // Page 9000 of a region that begins at 0x100000000000.
    page.wait_for(
        "its fault among the newest events",
        "const newest = [...document.querySelectorAll('[data-testid=\"event-log\"] li')].slice(0, 4);
         return newest.some(({ textContent }) => /0x100002328000.* moved /.test(textContent))",
    )
    .await;
}

pub(super) async fn long_runs_show_progress_and_end_on_demand(page: &Page, _site: &PageSite) {
    page.fill("until", "80,000,000").await;
    page.press("until-go").await;
    page.press("job-cancel").await;
    page.wait_for(
        "rest",
        "return document.querySelector('[data-testid=\"job\"]') === null && document.documentElement.dataset.digest !== ''",
    )
    .await;
    let tick = page.tick().await;
    assert!(tick > 0 && tick < 80_000_000, "{tick}");
    // Far back, while the way there is long: it ends exactly there, and is the same run.
    page.scrub_to(40).await;
    let early = page.digest().await;
    page.press("home").await;
    page.wait_for_tick(0).await;
    page.scrub_to(40).await;
    assert_eq!(page.digest().await, early);
}

/// Every place that the scrubber is dragged over asks for a tick; the last one counts.
pub(super) async fn dragging_ends_where_it_ends(page: &Page, _site: &PageSite) {
    page.scrub_to(900).await;
    page.read(
        "const scrubber = document.querySelector('[data-testid=\"scrubber\"]');
         for (let tick = 900; tick >= 300; tick -= 4) {
             scrubber.value = tick;
             scrubber.dispatchEvent(new Event('input', { bubbles: true }));
         }
         return true",
    )
    .await;
    page.wait_for_tick(300).await;
    page.wait_for_data("playing", "false").await;
    let dragged = page.digest().await;
    page.press("home").await;
    page.wait_for_tick(0).await;
    page.scrub_to(300).await;
    assert_eq!(page.digest().await, dragged);
}

pub(super) async fn goes_as_fast_as_it_can(page: &Page, _site: &PageSite) {
    let last = page.read("return document.querySelector('[data-testid=\"speed\"]').max").await;
    page.choose("speed", last.as_str().expect("a number")).await;
    page.press("play").await;
    page.wait_for("many ticks", "return Number(document.documentElement.dataset.tick) > 5000").await;
    page.press("play").await;
    page.wait_for_data("playing", "false").await;
}

async fn wait_for_charts(page: &Page) {
    page.wait_for("the charts", "return document.querySelector('[data-testid=\"tracks\"]') !== null").await;
}

/// Switches a chart on, unless it is.
async fn show_chart(page: &Page, chart: &str) {
    let script = "return document.querySelector(`[data-testid=\"chart-${arguments[0]}\"]`).ariaPressed";
    if page.read_with(script, vec![json!(chart)]).await != json!("true") {
        page.press(&format!("chart-{chart}")).await;
    }
    let drawn = format!("return document.querySelector('[data-chart=\"{chart}\"] canvas') !== null");
    page.wait_for("the chart", &drawn).await;
}

async fn open_moved_twice(page: &Page) {
    page.press("open").await;
    page.fill("open-text", MOVED_TWICE).await;
    page.press("open-load").await;
    page.wait_for("the scenario", "return document.querySelector('dialog[open]') === null").await;
    wait_for_charts(page).await;
}

/// Waits until an event is selected that had happened by `tick`.
async fn wait_for_mark(page: &Page, tick: u64) {
    let script = format!(
        "const at = Number(document.documentElement.dataset.tick);
         return (at === {tick} || at === {tick} + 1) &&
             /^Event/.test(document.querySelector('[data-testid=\"selection\"]').textContent.trim())"
    );
    page.wait_for(&format!("an event at tick {tick}"), &script).await;
}

async fn reload(page: &Page) {
    let url = page.read("return location.href.split('#')[0]").await;
    page.go(url.as_str().expect("an address")).await;
}

/// Nodes whose colours are in a chart.
async fn painted(page: &Page, chart: &str) -> Vec<u64> {
    let script = "
        const canvas = document.querySelector(`[data-chart=\"${arguments[0]}\"] canvas`);
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const pixels = new Uint32Array(data.buffer);
        return [0xffb27200, 0xff009fe6].flatMap((colour, node) => pixels.includes(colour) ? [node] : [])";
    let nodes = page.read_with(script, vec![json!(chart)]).await;
    nodes.as_array().expect("a list").iter().filter_map(serde_json::Value::as_u64).collect()
}
