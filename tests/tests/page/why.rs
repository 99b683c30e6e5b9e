//! The Why panel: what moved a page or a task, which test decided, what stands first.

use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;

async fn select_page(page: &Page, number: u64) {
    page.open_tab("inspector-why").await;
    page.choose("choose-page", &number.to_string()).await;
}

/// Presses what may come late or be switched off at first.
async fn press(page: &Page, test_id: &str) {
    let script = format!("return document.querySelector('[data-testid=\"{test_id}\"]')?.disabled === false");
    page.wait_for(test_id, &script).await;
    page.press(test_id).await;
}

/// A page that mbind() moved.
pub(super) async fn names_the_action_that_moved_a_page(page: &Page, _site: &PageSite) {
    page.step_to(2).await;
    page.open_tab("inspector-policy").await;
    page.choose("choose-vma", "0").await;
    page.choose("policy-mode", "bind").await;
    press(page, "policy-node-1").await;
    page.wait_for(
        "the preview",
        "return /MPOL_MF_MOVE/.test(document.querySelector('[data-testid=policy-call]')?.textContent)",
    )
    .await;
    press(page, "policy-apply").await;
    page.wait_for(
        "the action",
        "return /tick 2/.test(document.querySelector('[data-testid=action-list]')?.textContent)",
    )
    .await;
    select_page(page, 77).await;
    page.wait_for(
        "the call that moved it",
        "const words = document.querySelector('.why [data-verdict=page_moved_mbind]')?.textContent ?? '';
         return /^Moved from node 0 to node 1 by an action: mbind\\(MPOL_BIND, nodes 1 *, MPOL_MF_MOVE\\)$/.test(
             words.replace(/\\s+/g, ' ').trim())",
    )
    .await;
    let order = "const sections = [...document.querySelectorAll('.why')];
        const ahead = sections.map((section) => section.querySelector('[data-unknown]') !== null);
        return ahead[0] === false && ahead.indexOf(true) !== -1 && ahead.slice(ahead.indexOf(true)).every(Boolean)";
    page.wait_for("what has happened before what has not", order).await;
    page.wait_for(
        "what would let it move again",
        "return /MPOL_F_NUMA_BALANCING/.test(document.querySelector('.why .change')?.textContent)",
    )
    .await;
}

/// Answers with one reason are one answer.
pub(super) async fn says_nothing_twice(page: &Page, _site: &PageSite) {
    select_page(page, 77).await;
    page.wait_for("one answer", "return document.querySelectorAll('.why').length === 1").await;
    page.wait_for("two questions", "return document.querySelectorAll('.why h3').length === 2").await;
}

/// The two-reference filter in words, not in colours alone.
pub(super) async fn marks_the_test_that_decided(page: &Page, _site: &PageSite) {
    page.choose("event-kind", "hint_fault").await;
    page.press("event-forward").await;
    page.wait_for("a fault", "return Number(document.documentElement.dataset.tick) >= 251").await;
    page.open_tab("inspector-why").await;
    page.open_tab("lower-events").await;
    let fault = "const fault = document.querySelector('[data-kind=\"hint_fault\"] button');
        fault?.click(); return fault !== null";
    page.wait_for("the fault in the log", fault).await;
    let decided = "const lines = [...document.querySelectorAll('.checks [data-decides]')];
        return lines.length === 1 && lines[0].dataset.test === 'last_pid_unset'
            && /^✓ yes\\s+This test decides/.test(lines[0].textContent.trim())";
    page.wait_for("the test that decided", decided).await;
}

/// When did this task change nodes, and why: by the panel of the task alone.
pub(super) async fn lists_when_a_task_changed_nodes(page: &Page, _site: &PageSite) {
    page.step_to(3).await;
    page.open_tab("inspector-policy").await;
    page.choose("choose-task", "1000").await;
    for control in ["cpu-0", "cpu-2", "affinity-apply"] {
        press(page, control).await;
    }
    page.wait_for("the action", "return document.querySelector('[data-testid=action-list] li') !== null").await;
    page.step_to(9).await;
    page.open_tab("inspector-why").await;
    page.wait_for(
        "the move",
        "const rows = [...document.querySelectorAll('.node-moves li')].map((row) => row.textContent.replace(/\\s+/g, ' '));
         return rows.length === 1 && /node 1 *→ *node 0/.test(rows[0]) && /sched_setaffinity/.test(rows[0])",
    )
    .await;
    page.read("document.querySelector('.node-moves li button').click(); return true").await;
    page.wait_for("the time of the move", "return Number(document.documentElement.dataset.tick) < 9").await;
    page.wait_for("the list of the same task", "return document.querySelectorAll('.node-moves li').length === 1").await;
    page.read("document.querySelector('.node-moves [data-cause=affinity]').click(); return true").await;
    page.wait_for("its tests", "return document.querySelector('.why [data-verdict=moved_affinity]') !== null").await;
}
