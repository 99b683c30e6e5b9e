//! What axe-core finds against the page, in each of its main states.

use std::fs;

use hintfault_tests::page::{Page, VIEWS};
use hintfault_tests::site::PageSite;
use serde_json::Value;

/// Findings of these weights fail a test.
const HEAVY: [&str; 2] = ["serious", "critical"];

/// Tabs that change what is on the screen.
const TABS: [&str; 7] = [
    "inspector-policy",
    "inspector-structs",
    "inspector-text",
    "inspector-why",
    "lower-vmas",
    "lower-events",
    "lower-calls",
];

pub(super) async fn has_no_serious_finding(page: &Page, _site: &PageSite) {
    load_axe(page).await;
    check(page, "start").await;
    page.press("tick-forward").await;
    page.wait_for_tick(1).await;
    for tab in TABS {
        page.open_tab(tab).await;
        check(page, tab).await;
    }
    page.press("mark-list").await;
    check(page, "marks of the timeline").await;
    for dialog in ["open", "help", "lessons"] {
        page.press(dialog).await;
        page.wait_for_dialog(dialog).await;
        check(page, dialog).await;
        page.close_dialog().await;
    }
}

pub(super) async fn has_no_serious_finding_in_the_dark_and_in_chinese(page: &Page, _site: &PageSite) {
    load_axe(page).await;
    page.press("lang").await;
    page.wait_for_data("lang", "zh").await;
    while page.data("scheme").await != "dark" {
        page.press("theme").await;
    }
    page.press("tick-forward").await;
    page.wait_for_tick(1).await;
    for tab in TABS {
        page.open_tab(tab).await;
        check(page, tab).await;
    }
}

/// One view at a time, in both languages and themes; and the dialogs, which fill the screen.
pub(super) async fn has_no_serious_finding_on_a_phone(page: &Page, site: &PageSite) {
    page.resize(1200, 1000).await;
    page.frame(&site.url(), 390, 844).await;
    load_axe(page).await;
    page.press("tick-forward").await;
    page.wait_for_tick(1).await;
    check_views(page, "light").await;
    for dialog in ["help", "open", "lessons"] {
        page.press(dialog).await;
        page.wait_for_dialog(dialog).await;
        check(page, dialog).await;
        page.close_dialog().await;
    }
    page.key("/").await;
    page.wait_for_dialog("find").await;
    check(page, "find").await;
    page.close_dialog().await;
    page.press("lang").await;
    page.wait_for_data("lang", "zh").await;
    while page.data("scheme").await != "dark" {
        page.press("theme").await;
    }
    check_views(page, "dark, in Chinese").await;
    page.leave_frame().await;
}

async fn check_views(page: &Page, look: &str) {
    for view in VIEWS {
        page.go_to_view(view).await;
        check(page, &format!("{view}, {look}")).await;
    }
}

pub(super) async fn load_axe(page: &Page) {
    let path = xtask::project::Project::open().expect("the project").root.join("node_modules/axe-core/axe.min.js");
    let source = fs::read_to_string(path).expect("axe-core is installed with the page's packages");
    page.read(&format!("{source}; window.axe = axe; return typeof axe.run === 'function'")).await;
    // A button without a name must be found, or else nothing that follows says anything.
    page.read("document.body.append(document.createElement('button')); return true").await;
    let found = heavy_findings(page).await;
    assert!(found.iter().any(|finding| finding["rule"] == "button-name"), "{found:?}");
    page.read("document.body.lastElementChild.remove(); return true").await;
}

/// Fails with what axe says against the whole document.
pub(super) async fn check(page: &Page, state: &str) {
    let heavy = heavy_findings(page).await;
    assert!(heavy.is_empty(), "{state}: {heavy:#?}");
}

async fn heavy_findings(page: &Page) -> Vec<Value> {
    page.wait_for_frames().await;
    // A colour that is just changing into another is neither of them.
    page.wait_for("changes of colour to end", "return document.getAnimations().length === 0").await;
    page.read(
        "window.axeFound = null;
         axe.run(document, { resultTypes: ['violations'] }).then((found) => {
             window.axeFound = found.violations.flatMap((rule) => rule.nodes.map((node) =>
                 ({ rule: rule.id, impact: rule.impact, at: node.target.join(' '), why: node.failureSummary })));
         });
         return true",
    )
    .await;
    page.wait_for("axe", "return window.axeFound !== null").await;
    let found = page.read("return window.axeFound").await;
    found.as_array().expect("a list").iter().filter(|finding| is_heavy(finding)).cloned().collect()
}

fn is_heavy(finding: &Value) -> bool {
    HEAVY.iter().any(|impact| finding["impact"] == **impact)
}
