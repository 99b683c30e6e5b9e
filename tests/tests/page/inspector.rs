//! The inspector: why, structures; the call tree; finding; lessons.

use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;
use serde_json::json;

/// Goes to the first hinting fault of the default scenario.
async fn run_to_first_fault(page: &Page) {
    page.choose("event-kind", "hint_fault").await;
    page.press("event-forward").await;
    page.wait_for("a fault", "return Number(document.documentElement.dataset.tick) >= 251").await;
}

async fn select_page(page: &Page, number: u64) {
    page.open_tab("inspector-why").await;
    page.choose("choose-page", &number.to_string()).await;
    page.wait_for(
        "the selection",
        "return /\\d/.test(document.querySelector('[data-testid=\"selection\"]').textContent)",
    )
    .await;
}

pub(super) async fn tells_why_a_page_has_not_moved(page: &Page, _site: &PageSite) {
    select_page(page, 77).await;
    page.wait_for(
        "why nothing has happened yet",
        "return document.querySelector('[data-question~=\"page_place\"] [data-unknown=\"not_yet\"]') !== null",
    )
    .await;
    assert!(page.text_of("[data-question~=\"page_place\"] .checks li").await.is_some(), "no test is shown");
}

pub(super) async fn tells_why_a_page_has_moved(page: &Page, _site: &PageSite) {
    run_to_first_fault(page).await;
    page.open_tab("inspector-why").await;
    page.open_tab("lower-events").await;
    let fault = "const fault = document.querySelector('[data-kind=\"hint_fault\"] button');
        fault?.click(); return fault !== null";
    page.wait_for("the fault in the log", fault).await;
    page.wait_for("the verdict", "return document.querySelector('[data-verdict=\"fault_migrated\"]') !== null").await;
    let script = "return [...document.querySelectorAll('.checks [data-test]')].map((line) =>
        [line.dataset.test, line.querySelector('.function').textContent, line.className])";
    let chain = page.read(script).await;
    let chain = chain.as_array().expect("a chain");
    let place = |name: &str| chain.iter().position(|check| check[1] == name);
    let (policy, filter) = (place("mpol_misplaced"), place("should_numa_migrate_memory"));
    assert!(policy.is_some() && policy < filter, "not in the kernel's order: {chain:?}");
    let last_pid = chain.iter().find(|check| check[0] == "last_pid_unset").expect("the test of last_cpupid");
    assert_eq!(last_pid[2], "holds");
}

pub(super) async fn tells_what_a_function_decides(page: &Page, _site: &PageSite) {
    run_to_first_fault(page).await;
    page.open_tab("inspector-why").await;
    page.press("why-newest").await;
    page.wait_for("a chain", "return document.querySelector('.checks .function') !== null").await;
    page.read("document.querySelector('.checks .function').click(); return true").await;
    let about = "const about = document.querySelector('.checks .about');
        return about !== null && /mm|kernel/.test(about.textContent) && about.querySelector('a') !== null";
    page.wait_for("what it decides", about).await;
    let address = page.read("return document.querySelector('.checks .about a').href").await;
    let address = address.as_str().expect("a link").to_owned();
    let found = page
        .read_with(
            "const [address] = arguments; window.docs = null;
             fetch(address).then((answer) => answer.text()).then((text) => {
                 window.docs = text.includes(`id=\"${address.split('#')[1]}\"`); });
             return true",
            vec![json!(address)],
        )
        .await;
    assert_eq!(found, json!(true));
    page.wait_for("the document with that heading", "return window.docs === true").await;
}

pub(super) async fn shows_structures_and_what_changed(page: &Page, _site: &PageSite) {
    page.open_tab("inspector-structs").await;
    page.wait_for(
        "task_struct and mm_struct",
        "return ['task_struct', 'mm_struct'].every((name) => document.querySelector(`[data-struct=\"${name}\"]`))",
    )
    .await;
    page.press("tick-forward").await;
    page.wait_for(
        "CPU time that has changed",
        "return document.querySelector('[data-field=\"se.sum_exec_runtime\"].changed') !== null",
    )
    .await;
    let meaning = page.text_of("[data-field=\"numa_scan_period\"] .meaning").await;
    assert!(meaning.is_some_and(|text| text.len() > 10), "a field without its meaning");
    page.choose("choose-page", "77").await;
    page.wait_for("the page's structures", "return document.querySelector('[data-struct=\"folio\"]') !== null").await;
}

pub(super) async fn lights_the_call_tree(page: &Page, _site: &PageSite) {
    page.open_tab("lower-calls").await;
    assert!(page.text_of("[data-call=\"do_numa_page\"].lit").await.is_none());
    run_to_first_fault(page).await;
    page.wait_for("a lit do_numa_page", "return document.querySelector('[data-call=\"do_numa_page\"].lit') !== null")
        .await;
    let count = page.text_of("[data-call=\"task_numa_work\"] .call-count").await;
    assert_eq!(count.as_deref().map(str::trim), Some("1"));
}

pub(super) async fn finds_a_page_by_its_address(page: &Page, _site: &PageSite) {
    page.key("/").await;
    page.fill("find-text", "0x10000004d000").await;
    page.wait_for("a match", "return document.querySelector('[data-testid=\"find-matches\"] button') !== null").await;
    page.read("document.querySelector('[data-testid=\"find-matches\"] button').click(); return true").await;
    page.wait_for(
        "page 77",
        "return document.querySelector('[data-testid=\"selection\"]').textContent.includes('77')
             && document.querySelector('dialog[open]') === null",
    )
    .await;
}

pub(super) async fn leads_through_a_lesson(page: &Page, _site: &PageSite) {
    page.press("lessons").await;
    page.press("lesson-moved").await;
    page.wait_for("the lesson", "return document.querySelector('[data-testid=\"lesson\"]') !== null").await;
    page.press("lesson-next").await;
    page.wait_for_tick(25).await;
    page.press("lesson-next").await;
    let waits = "return document.querySelector('[data-testid=\"lesson-next\"]').disabled";
    page.wait_for("a question that holds the way", waits).await;
    page.press("lesson-option-0").await;
    page.wait_for("the answer", "return document.querySelector('[data-testid=\"lesson-verdict\"] b') !== null").await;
    page.press("lesson-next").await;
    page.wait_for("the end of the scan", "return Number(document.documentElement.dataset.tick) === 251").await;
    page.press("lesson-back").await;
    page.wait_for_tick(25).await;
    page.press("lesson-leave").await;
    page.wait_for("no lesson", "return document.querySelector('[data-testid=\"lesson\"]') === null").await;
}

/// What came of the run, for all threads and for the one that is selected.
pub(super) async fn shows_the_work_done(page: &Page, _site: &PageSite) {
    page.open_tab("inspector-text").await;
    let cell = |key: &str, text: &str| {
        format!("return document.querySelector('[data-work=\"work.{key}\"]')?.textContent === {text:?}")
    };
    page.wait_for("no work yet", &cell("accesses", "0")).await;
    page.wait_for("no share of nothing", &cell("local", "–")).await;
    page.scrub_to(240).await;
    page.wait_for("remote accesses only", &cell("local", "0 %")).await;
    page.wait_for("a run that goes on", &cell("ended", "still running")).await;
    page.scrub_to(1000).await;
    let overhead = "return /^[1-9<][\\d ]*%$/.test(
        document.querySelector('[data-work=\"work.overhead\"]').textContent)";
    page.wait_for("time spent on balancing", overhead).await;
    page.choose("choose-task", "1000").await;
    let columns = "return document.querySelectorAll('[data-testid=work] thead th').length";
    page.wait_for("a column of its own", &format!("{columns} === 3")).await;
    // One thread is all threads.
    let same = "const rows = [...document.querySelectorAll('[data-testid=work] tbody tr')];
        return rows.length > 5 && rows.every(({ cells }) => cells[1].textContent === cells[2].textContent)";
    page.wait_for("the same figures", same).await;
}

pub(super) async fn follows_the_program_of_a_thread(page: &Page, _site: &PageSite) {
    page.scrub_to(30).await;
    page.open_tab("inspector-text").await;
    page.choose("choose-task", "1000").await;
    let here =
        "return /writes buffer/.test(document.querySelector('[data-testid=program] [aria-current=step]')?.textContent)";
    page.wait_for("the step that it is in", here).await;
    assert_eq!(page.read("return document.querySelectorAll('[data-testid=program] li').length").await, 1);
}

/// What the last step's faults light up fades by itself: the picture changes though time stands still.
pub(super) async fn fades_the_faults_of_a_step(page: &Page, _site: &PageSite) {
    page.scrub_to(251).await;
    let watch = "window.pictures = new Set();
        const look = () => {
            const canvas = document.getElementById('canvas-space');
            if (document.documentElement.dataset.tick === '252') window.pictures.add(canvas.toDataURL());
            if (window.pictures.size < 2) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        return true";
    page.read(watch).await;
    page.press("tick-forward").await;
    page.wait_for_tick(252).await;
    if page.read("return matchMedia('(prefers-reduced-motion: reduce)').matches").await == true {
        // It stays until the next step.
        page.wait_for("the picture", "return window.pictures.size > 0").await;
        page.wait_for_frames().await;
        assert_eq!(page.read("return window.pictures.size").await, 1);
    } else {
        page.wait_for("the glow to change", "return window.pictures.size > 1").await;
    }
}
