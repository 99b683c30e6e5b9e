//! Changing a running machine: policies, CPUs, settings, and taking it back.

use crate::access::{check, load_axe};
use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;

const ALL_PAGES: &str = "16,384";
const TAB: &str = "\u{e004}";
const SPACE: &str = " ";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";

/// "Make these pages stay on node 1", as with a pointer.
pub(super) async fn makes_pages_stay_on_a_node(page: &Page, _site: &PageSite) {
    page.step_to(2).await;
    page.open_tab("inspector-policy").await;
    page.choose("choose-vma", "0").await;
    page.choose("policy-mode", "bind").await;
    press(page, "policy-node-0").await;
    expect_text(page, "policy-places", "node 0").await;
    press(page, "policy-node-0").await;
    press(page, "policy-node-1").await;
    expect_text(page, "policy-places", "node 1").await;
    expect_text(page, "policy-scanned", "passes over").await;
    expect_text(page, "policy-numactl", "numactl --membind=1").await;
    expect_text(page, "policy-call", "MPOL_BIND").await;
    expect_text(page, "policy-call", "MPOL_MF_MOVE").await;
    press(page, "policy-apply").await;
    expect_text(page, "policy-now", "bind:1").await;
    expect_text(page, "action-list", "tick 2").await;
    expect_text(page, "action-list", "bind:1").await;
    page.open_tab("lower-vmas").await;
    expect_text(page, "vma-list", &format!("N1\n      {ALL_PAGES}")).await;
    page.scrub_to(600).await;
    assert_eq!(page.counter("numa_pte_updates").await, 0, "the scanner passes over it");
}

/// The same without a pointer.
pub(super) async fn does_it_by_keyboard(page: &Page, _site: &PageSite) {
    page.key("4").await;
    wait_for_control(page, "subject-memory").await;
    tab_to(page, "choose-vma").await;
    page.type_keys(DOWN).await;
    page.wait_for("a VMA", "return /buffer/.test(document.querySelector('[data-testid=selection]').textContent)").await;
    wait_for_control(page, "policy-mode").await;
    tab_to(page, "policy-mode").await;
    page.type_keys("b").await;
    wait_for_control(page, "policy-node-1").await;
    tab_to(page, "policy-node-1").await;
    page.type_keys(SPACE).await;
    expect_text(page, "policy-places", "node 1").await;
    tab_to(page, "policy-apply").await;
    page.type_keys(ENTER).await;
    expect_text(page, "policy-now", "bind:1").await;
}

pub(super) async fn takes_edits_back(page: &Page, _site: &PageSite) {
    page.step_to(3).await;
    let before = page.digest().await;
    open_task(page).await;
    press(page, "cpu-0").await;
    press(page, "cpu-2").await;
    expect_value(page, "affinity", "0").await;
    press(page, "affinity-apply").await;
    expect_text(page, "action-list", "may run on CPUs 0").await;
    let intro = "const words = document.querySelector('.intro').textContent;
        return /just moved/.test(words) && /You have changed this run/.test(words)";
    page.wait_for("what the scenario says, and that it was changed", intro).await;
    page.step_to(5).await;
    let after = page.digest().await;
    press(page, "undo").await;
    page.wait_for_tick(3).await;
    expect_digest(page, &before).await;
    press(page, "redo").await;
    page.wait_for_tick(5).await;
    expect_digest(page, &after).await;
    // The keys do what the buttons do.
    page.type_keys("\u{e009}z").await;
    page.wait_for_tick(3).await;
    expect_digest(page, &before).await;
    page.type_keys("\u{e009}\u{e008}z").await;
    page.wait_for_tick(5).await;
    expect_digest(page, &after).await;
}

/// Going back and editing is another run; the first one is still there.
pub(super) async fn forks_when_the_past_is_edited(page: &Page, _site: &PageSite) {
    page.step_to(4).await;
    open_task(page).await;
    page.fill("affinity", "0-1").await;
    press(page, "affinity-apply").await;
    expect_text(page, "action-list", "tick 4").await;
    page.step_to(6).await;
    page.press("home").await;
    page.wait_for_tick(0).await;
    page.step_to(2).await;
    page.fill("affinity", "3").await;
    press(page, "affinity-apply").await;
    expect_text(page, "edit-dropped", "no longer part of it: 1").await;
    expect_text(page, "action-list", "tick 2").await;
    assert!(!text(page, "action-list").await.contains("tick 4"));
    press(page, "undo").await;
    expect_text(page, "action-list", "tick 4").await;
    page.step_to(6).await;
    page.open_tab("inspector-policy").await;
    press(page, "action-remove-0").await;
    page.wait_for("no action", "return document.querySelector('[data-testid=action-list]') === null").await;
    assert_eq!(page.tick().await, 6);
}

/// What the kernel would refuse is told beside the field, with its errno, and cannot be applied.
pub(super) async fn refuses_what_the_kernel_refuses(page: &Page, _site: &PageSite) {
    page.open_tab("inspector-policy").await;
    page.choose("choose-vma", "0").await;
    page.choose("policy-mode", "bind").await;
    expect_text(page, "policy-form", "EINVAL").await;
    page.fill("policy-nodes", "5").await;
    expect_text(page, "policy-nodes-problem", "0-1").await;
    page.fill("policy-nodes", "0,x").await;
    expect_text(page, "policy-nodes-problem", "x").await;
    expect_disabled(page, "policy-apply", true).await;
    page.fill("policy-nodes", "0-1").await;
    press(page, "flag-static").await;
    press(page, "flag-relative").await;
    expect_text(page, "flags-problem", "EINVAL").await;
    expect_text(page, "flags-problem", "static").await;
    press(page, "flag-relative").await;
    expect_disabled(page, "policy-apply", false).await;
    // Without MOVE, STRICT asks where the pages are: on node 0.
    press(page, "flag-static").await;
    page.fill("policy-nodes", "1").await;
    press(page, "policy-strict").await;
    page.choose("policy-move", "").await;
    expect_text(page, "policy-problem", "EIO").await;
}

pub(super) async fn writes_settings(page: &Page, _site: &PageSite) {
    page.open_tab("inspector-policy").await;
    wait_for_control(page, "subject-machine").await;
    page.open_tab("subject-machine").await;
    page.fill("knob-scan_size_mb", "0").await;
    expect_text(page, "knob-scan_size_mb-problem", "1,048,576").await;
    expect_disabled(page, "machine-apply", true).await;
    page.fill("knob-scan_size_mb", "16").await;
    page.fill("knob-numa_balancing", "1").await;
    press(page, "machine-apply").await;
    expect_text(page, "action-list", "scan_size_mb = 16").await;
    expect_value(page, "knob-scan_size_mb", "16").await;
    let digest = page.digest().await;
    let link = page.share().await;
    assert!(link.len() > 20, "{link}");
    // What the link is shown in lies over the forms, until somebody presses beside it.
    page.press("lower-calls").await;
    page.wait_for("the link to go", "return document.querySelector('[data-testid=share-url]') === null").await;
    press(page, "undo").await;
    expect_value(page, "knob-scan_size_mb", "256").await;
    assert_ne!(page.digest().await, "");
    assert_eq!(page.tick().await, 0);
    press(page, "redo").await;
    expect_digest(page, &digest).await;
}

pub(super) async fn moves_and_ends_processes(page: &Page, _site: &PageSite) {
    page.step_to(1).await;
    page.open_tab("inspector-policy").await;
    wait_for_control(page, "subject-process").await;
    page.open_tab("subject-process").await;
    press(page, "migrate-from-0").await;
    press(page, "migrate-to-1").await;
    press(page, "migrate-apply").await;
    expect_text(page, "action-list", "move to nodes 1").await;
    page.open_tab("lower-vmas").await;
    expect_text(page, "vma-list", &format!("N1\n      {ALL_PAGES}")).await;
    press(page, "process-kill").await;
    expect_text(page, "action-list", "is killed").await;
    page.wait_for("the end", "return /ended/.test(document.querySelector('[data-task]').textContent)").await;
}

pub(super) async fn stops_and_continues_processes(page: &Page, _site: &PageSite) {
    page.step_to(2).await;
    page.open_tab("inspector-policy").await;
    wait_for_control(page, "subject-process").await;
    page.open_tab("subject-process").await;
    press(page, "process-stop").await;
    expect_text(page, "action-list", "is stopped").await;
    expect_text(page, "task-list", "stopped").await;
    let runtime = "return document.querySelector('[data-task=\"1000\"] dl').textContent.match(/[\\d.]+ s/)[0]";
    let stopped_at = page.read(runtime).await;
    page.step_to(40).await;
    assert_eq!(page.read(runtime).await, stopped_at, "it does not run");
    press(page, "process-cont").await;
    expect_text(page, "action-list", "goes on").await;
    expect_text(page, "task-list", "running").await;
    let away = "return document.querySelector('[data-testid=process-stop]') !== null";
    page.wait_for("a process that can be stopped again", away).await;
    press(page, "undo").await;
    expect_text(page, "task-list", "stopped").await;
    wait_for_control(page, "process-cont").await;
}

pub(super) async fn puts_threads_to_sleep(page: &Page, _site: &PageSite) {
    page.step_to(2).await;
    open_task(page).await;
    page.fill("sleep-ms", "0").await;
    expect_text(page, "sleep-ms-problem", "86,400,000").await;
    expect_disabled(page, "sleep-apply", true).await;
    page.fill("sleep-ms", "40").await;
    press(page, "sleep-apply").await;
    expect_text(page, "action-list", "sleeps for 40 ms").await;
    expect_text(page, "task-list", "sleeping").await;
    page.step_to(11).await;
    expect_text(page, "task-list", "sleeping").await;
    page.step_to(12).await;
    expect_text(page, "task-list", "running").await;
    // Who has ended cannot be changed any more.
    press(page, "task-end").await;
    expect_text(page, "task-list", "ended").await;
    page.wait_for("its forms to go", "return document.querySelector('[data-testid=sleep-form]') === null").await;
}

pub(super) async fn moves_single_pages(page: &Page, _site: &PageSite) {
    page.open_tab("inspector-policy").await;
    page.choose("choose-vma", "0").await;
    wait_for_control(page, "move-form").await;
    page.fill("move-first", "9").await;
    page.fill("move-last", "4").await;
    expect_text(page, "move-last-problem", "16,383").await;
    expect_disabled(page, "move-apply", true).await;
    page.fill("move-last", "11").await;
    page.choose("move-node", "1").await;
    press(page, "move-apply").await;
    expect_text(page, "action-list", "buffer, pages 9 to 11: moved to node 1").await;
    page.open_tab("lower-vmas").await;
    expect_text(page, "vma-list", "N1\n      3").await;
}

/// Presses a control of a form, once there is something to press it for.
async fn press(page: &Page, test_id: &str) {
    wait_for_control(page, test_id).await;
    expect_disabled(page, test_id, false).await;
    page.press(test_id).await;
}

/// What axe-core finds against each form.
pub(super) async fn has_no_serious_finding_in_its_forms(page: &Page, _site: &PageSite) {
    load_axe(page).await;
    page.open_tab("inspector-policy").await;
    page.choose("choose-vma", "0").await;
    page.choose("policy-mode", "weighted interleave").await;
    expect_text(page, "policy-form", "EINVAL").await;
    check(page, "a policy that is refused").await;
    press(page, "policy-node-1").await;
    press(page, "range-some").await;
    expect_text(page, "policy-call", "mbind").await;
    check(page, "the policy of a VMA").await;
    press(page, "policy-apply").await;
    expect_text(page, "action-list", "weighted").await;
    for subject in ["subject-task", "subject-process", "subject-machine"] {
        page.open_tab(subject).await;
        check(page, subject).await;
    }
}

async fn open_task(page: &Page) {
    page.open_tab("inspector-policy").await;
    page.choose("choose-task", "1000").await;
    wait_for_control(page, "affinity").await;
}

async fn text(page: &Page, test_id: &str) -> String {
    page.text_of(&format!("[data-testid=\"{test_id}\"]")).await.unwrap_or_default()
}

async fn expect_text(page: &Page, test_id: &str, part: &str) {
    let words = part.split_whitespace().collect::<Vec<_>>().join(" ");
    let script = format!(
        "return document.querySelector('[data-testid=\"{test_id}\"]')?.textContent.replace(/\\s+/g, ' ').includes({words:?}) === true"
    );
    page.wait_for(&format!("{words:?} in {test_id}"), &script).await;
}

async fn expect_digest(page: &Page, digest: &str) {
    page.wait_for_data("digest", digest).await;
}

async fn expect_value(page: &Page, test_id: &str, value: &str) {
    let script = format!("return document.querySelector('[data-testid=\"{test_id}\"]').value === {value:?}");
    page.wait_for(&format!("{test_id} = {value}"), &script).await;
}

async fn expect_disabled(page: &Page, test_id: &str, disabled: bool) {
    let script = format!("return document.querySelector('[data-testid=\"{test_id}\"]').disabled === {disabled}");
    page.wait_for(&format!("{test_id} disabled: {disabled}"), &script).await;
}

async fn wait_for_control(page: &Page, test_id: &str) {
    let script = format!("return document.querySelector('[data-testid=\"{test_id}\"]') !== null");
    page.wait_for(test_id, &script).await;
}

/// Presses Tab until a control has the focus.
async fn tab_to(page: &Page, test_id: &str) {
    for _ in 0..150 {
        let focused = page.read("return document.activeElement?.dataset.testid ?? ''").await;
        if focused == test_id {
            return;
        }
        page.type_keys(TAB).await;
    }
    panic!("Tab does not lead to {test_id}");
}
