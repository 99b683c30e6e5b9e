//! What newcomers stumbled over: where the focus goes, what is in sight, what is said when nothing is found.

use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;
use serde_json::json;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// What of these cannot be seen as a whole, because it is scrolled away or something lies over it.
const OUT_OF_SIGHT: &str = "
    const [ids] = arguments;
    return ids.filter((id) => {
        const part = document.querySelector(`[data-testid=\"${id}\"]`);
        if (part === null) return true;
        const { left, right, top, bottom } = part.getBoundingClientRect();
        const x = (left + right) / 2;
        return [top + 3, bottom - 3].some((y) => {
            const there = document.elementFromPoint(x, y);
            return there === null || !(part.contains(there) || there.contains(part.closest('label') ?? part));
        });
    })";

async fn expect_in_sight(page: &Page, ids: &[&str]) {
    assert_eq!(page.read_with(OUT_OF_SIGHT, vec![json!(ids)]).await, json!([]));
}

/// Everything that a policy needs first, why it is refused, and what came of it, without scrolling.
pub(super) async fn has_the_policy_form_in_sight(page: &Page, site: &PageSite) {
    page.resize(1500, 1000).await;
    page.frame(&site.url(), 1400, 900).await;
    page.open_tab("inspector-policy").await;
    page.choose("choose-vma", "0").await;
    page.choose("policy-mode", "bind").await;
    page.wait_for("the refusal", "return document.getElementById('policy-nodes-problem') !== null").await;
    let fields = ["policy-mode", "policy-node-0", "policy-node-1", "policy-nodes", "policy-apply"];
    expect_in_sight(page, &fields).await;
    expect_in_sight(page, &["policy-nodes-problem"]).await;
    page.press("policy-node-1").await;
    page.wait_for("no refusal", "return document.getElementById('policy-nodes-problem') === null").await;
    expect_in_sight(page, &fields).await;
    page.press("policy-apply").await;
    let told = "return /tick 0/.test(document.querySelector('[data-testid=policy-applied]').textContent)";
    page.wait_for("the confirmation", told).await;
    expect_in_sight(page, &["policy-applied", "policy-apply", "policy-mode", "policy-node-1"]).await;
    page.leave_frame().await;
}

/// The story that the scenario begins with is told as what was before the changes.
pub(super) async fn says_that_a_run_was_changed(page: &Page, _site: &PageSite) {
    page.open_tab("inspector-policy").await;
    page.press("subject-process").await;
    page.press("process-stop").await;
    let told = "const words = document.querySelector('.intro .sentence').textContent;
        return words.startsWith('You have changed this run (changes: 1,') && words.includes('Before that: This thread')";
    page.wait_for("the change", told).await;
    page.press("undo").await;
    let as_it_was = "return document.querySelector('.intro .sentence').textContent.startsWith('This thread')";
    page.wait_for("the story", as_it_was).await;
}

/// Presses a control that has the focus, wherever it is.
async fn enter(page: &Page, id: &str) {
    let focus = format!(
        "const control = document.querySelector('[data-testid=\"{id}\"]');
         if (control === null || control.disabled) return false;
         control.focus();
         if (document.activeElement !== control) return false;
         control.click();
         return true"
    );
    page.wait_for(id, &focus).await;
}

async fn expect_focus(page: &Page, selector: &str) {
    let has_focus = format!("return document.activeElement.matches('{selector}')");
    page.wait_for(&format!("the focus at {selector}"), &has_focus).await;
}

/// Whatever goes away or is switched off by what it does leaves the focus near by.
pub(super) async fn keeps_the_focus(page: &Page, _site: &PageSite) {
    page.resize(1500, 1000).await;
    page.step_to(1).await;
    enter(page, "event-forward").await;
    enter(page, "why-newest").await;
    expect_focus(page, "#inspector-body").await;
    enter(page, "clear-selection").await;
    expect_focus(page, "#view-why").await;
    page.open_tab("inspector-policy").await;
    enter(page, "subject-process").await;
    enter(page, "process-stop").await;
    page.wait_for("an action", "return document.querySelector('[data-action]') !== null").await;
    enter(page, "undo").await;
    expect_focus(page, "#inspector-body").await;
    enter(page, "compare").await;
    enter(page, "compare-run").await;
    let has_run = "const run = document.querySelector('[data-testid=compare-run]');
        return !run.disabled && Number(document.documentElement.dataset.tick) > 100";
    page.wait_for("both runs", has_run).await;
    expect_focus(page, "[data-testid=compare-run]").await;
}

/// A search that finds nothing leaves the run where it was, and says so.
pub(super) async fn comes_back_from_a_vain_search(page: &Page, _site: &PageSite) {
    page.step_to(3).await;
    let before = page.state().await;
    page.choose("event-kind", "refusal").await;
    page.press("event-forward").await;
    let told = "return /back at tick 3/.test(document.querySelector('[data-testid=message]')?.textContent)";
    page.wait_for("the message", told).await;
    page.wait_for_tick(3).await;
    assert_eq!(page.state().await, before);
}

/// Pages are found as the page names them; what is not there is told with its reason.
pub(super) async fn finds_a_page_by_its_name(page: &Page, _site: &PageSite) {
    page.key("/").await;
    expect_focus(page, "[data-testid=find-text]").await;
    page.type_keys("buffer 16384").await;
    let told = "return /pages 0 to 16,383/.test(document.querySelector('[data-testid=find-nothing]').textContent)";
    page.wait_for("the reason", told).await;
    page.type_keys(ESCAPE).await;
    page.wait_for("no dialog", "return document.querySelector('dialog[open]') === null").await;
    page.wait_for_frames().await;
    page.key("/").await;
    expect_focus(page, "[data-testid=find-text]").await;
    // Drivers differ in where they type; a user's keys take the place of what is marked.
    let marked = "const { value, selectionStart, selectionEnd } = document.activeElement;
        return value === 'buffer 16384' && selectionStart === 0 && selectionEnd === value.length";
    page.wait_for("the old text, marked", marked).await;
    page.fill("find-text", "page 77 of buffer").await;
    let found = "return document.querySelector('[data-testid=find-matches] button')?.textContent.includes('buffer 77')";
    page.wait_for("the page", found).await;
    page.type_keys(ENTER).await;
    let selected = "return /Page 77 of buffer/.test(document.querySelector('[data-testid=selection]').textContent)";
    page.wait_for("page 77", selected).await;
    expect_focus(page, "#view-why").await;
}

/// Three nodes have their names in their boxes, none over another.
pub(super) async fn names_three_nodes(page: &Page, site: &PageSite) {
    page.resize(1500, 1000).await;
    page.frame(&site.url(), 1400, 900).await;
    page.choose("scenario", "bind-balancing").await;
    let named = "return document.querySelectorAll('#machine-overlay .node-tag').length === 3
        && document.querySelector('#machine-overlay .node-pill') === null";
    page.wait_for("three names", named).await;
    page.leave_frame().await;
}

/// Somebody looks at the address space, which is an action like any other.
pub(super) async fn reads_numa_maps(page: &Page, _site: &PageSite) {
    page.open_tab("inspector-policy").await;
    page.press("subject-process").await;
    page.fill("hold-ms", "0").await;
    page.wait_for("the bounds", "return document.getElementById('hold-ms-problem') !== null").await;
    page.fill("hold-ms", "250").await;
    page.press("hold-apply").await;
    let listed = "return /numa_maps of worker is read for 250 ms/
        .test(document.querySelector('[data-testid=action-list]')?.textContent)";
    page.wait_for("the action", listed).await;
}
