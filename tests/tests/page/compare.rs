//! Two settings of a scenario side by side.

use hintfault_scenario::codec;
use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;
use serde_json::Value;

use super::access;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// Opens a preset and compares it with balancing off.
async fn compare(page: &Page, preset: &str) {
    page.choose("scenario", preset).await;
    page.press("compare").await;
    wait_until_level(page).await;
}

/// Both runs stand still at the same tick.
async fn wait_until_level(page: &Page) {
    page.wait_for(
        "both runs to rest at the same tick",
        "return document.querySelector('[data-testid=\"compare-view\"]')?.dataset.level === 'true'
             && document.documentElement.dataset.ready === 'true'",
    )
    .await;
}

async fn run_to_the_end(page: &Page) {
    page.press("compare-run").await;
    page.wait_for(
        "the work to be done in both",
        "return ['a', 'b'].every((side) => /\\d s$/.test(document.querySelector(
             `[data-figure=\"elapsed\"] [data-side=\"${side}\"]`)?.textContent ?? ''))
             && document.querySelector('[data-testid=\"compare-run\"]').disabled",
    )
    .await;
    wait_until_level(page).await;
}

/// A figure of the table as a number; none where it has no value.
async fn figure(page: &Page, name: &str, side: &str) -> Option<f64> {
    let text = page.text_of(&format!("[data-figure=\"{name}\"] [data-side=\"{side}\"]")).await.expect("a cell");
    let digits: String = text.replace('\u{2212}', "-").chars().filter(|c| matches!(c, '0'..='9' | '.' | '-')).collect();
    digits.parse().ok()
}

async fn verdict(page: &Page) -> String {
    page.text_of("[data-testid=\"compare-verdict\"]").await.expect("a verdict")
}

async fn other_digest(page: &Page) -> Value {
    wait_until_level(page).await;
    page.read("return document.querySelector('[data-testid=\"compare-view\"]').dataset.other").await
}

/// Empties a field and types into it, key by key.
async fn retype(page: &Page, test_id: &str, text: &str) {
    let there = format!(
        "const field = document.querySelector('[data-testid=\"{test_id}\"]');
         field?.focus();
         field?.select();
         return field !== null"
    );
    page.wait_for(test_id, &there).await;
    page.type_keys(text).await;
}

async fn press_with_keyboard(page: &Page, test_id: &str) {
    let there = format!("return document.querySelector('[data-testid=\"{test_id}\"]') !== null");
    page.wait_for(test_id, &there).await;
    page.read(&format!("document.querySelector('[data-testid=\"{test_id}\"]').focus(); return true")).await;
    page.type_keys(ENTER).await;
}

pub(super) async fn shows_what_balancing_is_worth(page: &Page, _site: &PageSite) {
    compare(page, "balancing-pays").await;
    assert!(verdict(page).await.contains("Nothing has run"));
    run_to_the_end(page).await;
    assert_eq!(figure(page, "elapsed", "a").await, Some(6.455));
    assert_eq!(figure(page, "elapsed", "b").await, Some(9.889));
    assert_eq!(figure(page, "elapsed", "difference").await, Some(-3.434));
    assert_eq!(figure(page, "elapsed", "relative").await, Some(-35.0));
    assert_eq!(figure(page, "work", "difference").await, Some(0.0));
    assert_eq!(figure(page, "local", "a").await, Some(94.9));
    assert_eq!(figure(page, "local", "b").await, Some(50.0));
    assert_eq!(figure(page, "migrated", "a").await, Some(16_384.0));
    assert_eq!(figure(page, "overhead", "b").await, Some(0.0));
    let words = verdict(page).await;
    assert!(words.contains("6.46 s with balancing instead of 9.89 s without: 35 % less time"), "{words}");
    assert_eq!(page.text_of("[data-testid=\"compare-said\"]").await, Some(words));
    leads_back_to_the_last_pictures(page).await;
    page.press("compare-close").await;
    page.wait_for_data("comparing", "false").await;
    assert_eq!(page.counter("numa_pages_migrated").await, 16_384);
}

/// Nothing is left to be seen of a process that has ended; that is said, with the way back.
async fn leads_back_to_the_last_pictures(page: &Page) {
    let ended = page.text_of("[data-testid=\"compare-ended-b\"]").await.unwrap_or_default();
    assert!(ended.contains("9.889 s"), "{ended}");
    let end = page.tick().await;
    page.press("compare-before-end-a").await;
    page.wait_for_tick(1613).await;
    wait_until_level(page).await;
    assert_eq!(page.text_of("[data-testid^=\"compare-ended\"]").await, None);
    page.scrub_to(end).await;
    wait_until_level(page).await;
}

/// What was computed with another setting than is chosen is not shown as if it were with that.
pub(super) async fn figures_go_with_their_setting(page: &Page, _site: &PageSite) {
    compare(page, "balancing-pays").await;
    page.scrub_to(600).await;
    wait_until_level(page).await;
    assert_eq!(figure(page, "migrated", "b").await, Some(0.0));
    page.choose("compare-what", "scan_size_mb").await;
    page.wait_for(
        "the old setting to be named",
        "return document.querySelector('[data-testid=compare-verdict]').textContent.includes('NUMA balancing off')",
    )
    .await;
    assert_eq!(figure(page, "migrated", "b").await, None);
    assert_eq!(figure(page, "migrated", "difference").await, None);
    retype(page, "compare-value", "16").await;
    page.press("compare-apply").await;
    wait_for_change(page, "scan_size_mb = 16").await;
    wait_until_level(page).await;
    assert!(figure(page, "migrated", "b").await > Some(0.0));
    page.choose("compare-what", "policy").await;
    wait_for_change(page, "memory policy default").await;
    wait_until_level(page).await;
    assert!(!verdict(page).await.contains("not computed"));
}

async fn wait_for_focus(page: &Page, test_id: &str) {
    let script = format!("return document.activeElement?.dataset.testid === '{test_id}'");
    page.wait_for(&format!("{test_id} to have the focus"), &script).await;
}

/// Into what a key opens, and back when it is closed.
pub(super) async fn the_focus_goes_along(page: &Page, _site: &PageSite) {
    page.read("document.querySelector('[data-testid=play]').focus(); return true").await;
    page.type_keys("c").await;
    wait_for_focus(page, "compare-title").await;
    page.type_keys("f").await;
    wait_for_focus(page, "share-url").await;
    let marked = "const { value, selectionStart, selectionEnd } = document.activeElement;
        return selectionStart === 0 && selectionEnd === value.length";
    page.wait_for("the link to be marked", marked).await;
    page.type_keys(ESCAPE).await;
    wait_for_focus(page, "compare-title").await;
    page.type_keys("c").await;
    page.wait_for_data("comparing", "false").await;
    wait_for_focus(page, "play").await;
    // Where nothing has the focus, it goes to the button that does the same.
    page.read("document.activeElement.blur(); return true").await;
    page.type_keys("c").await;
    wait_for_focus(page, "compare-title").await;
    press_with_keyboard(page, "compare-close").await;
    wait_for_focus(page, "compare").await;
    page.read("document.activeElement.blur(); return true").await;
    page.type_keys("f").await;
    wait_for_focus(page, "share-url").await;
    press_with_keyboard(page, "share-close").await;
    wait_for_focus(page, "share").await;
}

pub(super) async fn shows_what_balancing_costs(page: &Page, _site: &PageSite) {
    compare(page, "balancing-costs").await;
    run_to_the_end(page).await;
    let (on, off) = (figure(page, "elapsed", "a").await, figure(page, "elapsed", "b").await);
    assert!(on > off && off.is_some(), "{on:?} {off:?}");
    let words = verdict(page).await;
    assert!(words.contains("more time"), "{words}");
}

pub(super) async fn runs_both_on_one_clock(page: &Page, _site: &PageSite) {
    page.step_to(2).await;
    page.press("compare").await;
    wait_until_level(page).await;
    assert_eq!(page.tick().await, 2);
    let early = (page.digest().await, other_digest(page).await);
    page.press("tick-forward").await;
    page.wait_for_tick(3).await;
    assert_ne!(other_digest(page).await, early.1);
    page.press("play").await;
    page.wait_for("both to play", "return Number(document.documentElement.dataset.tick) > 10").await;
    page.press("play").await;
    page.wait_for_data("playing", "false").await;
    page.scrub_to(700).await;
    wait_until_level(page).await;
    assert!(figure(page, "migrated", "a").await > figure(page, "migrated", "b").await);
    page.scrub_to(2).await;
    assert_eq!((other_digest(page).await, page.digest().await), (early.1, early.0));
    // The same change is made in whatever is opened next.
    page.choose("scenario", "shared").await;
    page.wait_for_tick(0).await;
    wait_until_level(page).await;
    let change = page.text_of("[data-testid=\"compare-change\"]").await.unwrap_or_default();
    assert!(change.contains("NUMA balancing off") && change.contains("kernel.numa_balancing"), "{change}");
}

pub(super) async fn finds_where_the_runs_part(page: &Page, _site: &PageSite) {
    page.press("compare").await;
    wait_until_level(page).await;
    page.scrub_to(400).await;
    wait_until_level(page).await;
    let at_rest = page.digest().await;
    // The first scan of the default scenario is due after a second.
    page.wait_for(
        "the first difference",
        "return /from tick 251 /.test(document.querySelector('[data-testid=\"compare-differs\"]').textContent)",
    )
    .await;
    wait_until_level(page).await;
    assert_eq!((page.tick().await, page.digest().await), (400, at_rest), "nothing has moved for that");
    page.press("compare-difference").await;
    page.wait_for_tick(251).await;
    wait_until_level(page).await;
    assert_eq!(page.tick().await, 251);
}

pub(super) async fn a_link_carries_what_is_compared(page: &Page, site: &PageSite) {
    compare(page, "balancing-pays").await;
    page.choose("compare-what", "scan_size_mb").await;
    retype(page, "compare-value", "16").await;
    page.press("compare-apply").await;
    page.wait_for(
        "the change",
        "return document.querySelector('[data-testid=\"compare-change\"]').textContent.includes('scan_size_mb = 16')",
    )
    .await;
    page.scrub_to(300).await;
    let before = (page.digest().await, other_digest(page).await);
    let fragment = page.share().await;
    let shared = codec::decode(fragment.trim_start_matches('#')).expect("a link");
    assert_eq!(shared.other.expect("another document").kernel.scan_size_mb, Some(16));
    page.go(&format!("{}{fragment}", site.url())).await;
    wait_until_level(page).await;
    page.wait_for_tick(300).await;
    assert_eq!((page.digest().await, other_digest(page).await), before);
    let change = page.text_of("[data-testid=\"compare-change\"]").await.unwrap_or_default();
    assert!(change.contains("scan_size_mb = 16"), "{change}");
}

pub(super) async fn refuses_what_cannot_be_compared(page: &Page, _site: &PageSite) {
    page.press("compare").await;
    wait_until_level(page).await;
    page.choose("compare-what", "scan_size_mb").await;
    retype(page, "compare-value", "0").await;
    page.press("compare-apply").await;
    expect_problem(page, "1048576").await;
    page.choose("compare-what", "document").await;
    for (text, named) in [
        ("{\"version\": 1, \"machine\": {\"hz\": \"x\"}}", "machine.hz"),
        ("{\"version\": 99}", "version"),
        (OTHER_HZ, "machine.hz = 100"),
    ] {
        page.fill("compare-text", text).await;
        page.press("compare-apply").await;
        expect_problem(page, named).await;
        let kept = page.read("return document.querySelector('[data-testid=\"compare-text\"]').value").await;
        assert_eq!(kept.as_str(), Some(text));
    }
    wait_for_change(page, "NUMA balancing off").await;
    refuses_to_go_on_beside_other_ticks(page).await;
}

/// What is compared stays the same when another scenario is opened, but ticks of another length cannot
/// be laid beside it.
async fn refuses_to_go_on_beside_other_ticks(page: &Page) {
    page.fill("compare-text", &OTHER_HZ.replace("100", "250")).await;
    page.press("compare-apply").await;
    wait_for_change(page, "own scenario").await;
    wait_until_level(page).await;
    page.press("open").await;
    page.fill("open-text", OTHER_HZ).await;
    page.press("open-load").await;
    expect_problem(page, "machine.hz = 250").await;
    wait_for_change(page, "NUMA balancing off").await;
    wait_until_level(page).await;
    page.press("tick-forward").await;
    page.wait_for_tick(1).await;
    wait_until_level(page).await;
}

async fn wait_for_change(page: &Page, words: &str) {
    let script = format!(
        "return document.querySelector('[data-testid=\"compare-change\"]').textContent.toLowerCase().includes('{}')",
        words.to_lowercase()
    );
    page.wait_for(&format!("{words} to be compared"), &script).await;
}

/// Its ticks are of another length than those of the default scenario.
const OTHER_HZ: &str = r#"{"version": 1, "machine": {"hz": 100},
    "processes": [{"name": "p", "threads": [{"program": [{"compute_ms": 1}]}]}]}"#;

async fn expect_problem(page: &Page, named: &str) {
    let script = format!(
        "return document.querySelector('[data-testid=\"compare-problems\"]').textContent.replaceAll(',', '').includes('{named}')"
    );
    page.wait_for(&format!("a problem that names {named}"), &script).await;
}

pub(super) async fn is_done_by_keyboard_on_a_phone(page: &Page, _site: &PageSite) {
    page.resize(390, 844).await;
    page.choose("scenario", "balancing-pays").await;
    page.key("c").await;
    wait_until_level(page).await;
    press_with_keyboard(page, "compare-run").await;
    page.wait_for(
        "the end",
        "return document.querySelector('[data-testid=\"compare-verdict\"]').textContent.includes('less time')",
    )
    .await;
    wait_until_level(page).await;
    let fits =
        "return document.querySelector('[data-testid=\"compare-verdict\"]').getBoundingClientRect().right <= innerWidth
        && document.documentElement.scrollWidth <= innerWidth";
    page.wait_for("everything to fit the width", fits).await;
    page.key("c").await;
    page.wait_for_data("comparing", "false").await;
}

pub(super) async fn has_no_serious_finding_side_by_side(page: &Page, _site: &PageSite) {
    access::load_axe(page).await;
    compare(page, "balancing-pays").await;
    run_to_the_end(page).await;
    access::check(page, "compare").await;
    for topic in ["scan_size_mb", "policy", "memory", "document"] {
        page.choose("compare-what", topic).await;
        wait_until_level(page).await;
        access::check(page, topic).await;
    }
    page.press("lang").await;
    page.wait_for_data("lang", "zh").await;
    while page.data("scheme").await != "dark" {
        page.press("theme").await;
    }
    access::check(page, "compare in the dark and in Chinese").await;
}

pub(super) async fn a_lesson_compares(page: &Page, _site: &PageSite) {
    page.press("lessons").await;
    page.press("lesson-worth").await;
    page.press("lesson-next").await;
    page.wait_for_tick(250).await;
    page.press("lesson-next").await;
    wait_until_level(page).await;
    assert_eq!(page.tick().await, 250);
    page.press("lesson-option-1").await;
    page.press("lesson-next").await;
    page.wait_for_tick(550).await;
    wait_until_level(page).await;
    assert_eq!(figure(page, "migrated", "a").await, Some(16_384.0));
    assert_eq!(figure(page, "migrated", "b").await, Some(0.0));
    page.press("lesson-next").await;
    page.wait_for_tick(2600).await;
    wait_until_level(page).await;
    let words = verdict(page).await;
    assert!(words.contains("35 % less time"), "{words}");
    // A step that shows one run only goes back to it.
    for tick in [550, 250, 250] {
        page.press("lesson-back").await;
        page.wait_for_tick(tick).await;
    }
    page.wait_for_data("comparing", "false").await;
}
