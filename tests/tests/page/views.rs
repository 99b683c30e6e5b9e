//! Machine and address space: zooming, keys, what moves, figures.

use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;

const DEFAULT_PAGES: u64 = 16_384;

/// What lies over the pixels comes a little later than the first picture.
async fn wait_for_views(page: &Page) {
    page.wait_for("the views", "return document.querySelector('[data-testid=zoom-in]') !== null").await;
}

/// First and last page shown.
async fn seen(page: &Page) -> (u64, u64) {
    let words = page.text_of("[data-testid=seen]").await.expect("what is seen");
    let numbers = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let Some((first, rest)) = words.split_once('–') else { return (0, DEFAULT_PAGES - 1) };
    let (last, _) = rest.split_once(" of ").expect("how many there are");
    (numbers(first).parse().expect("a number"), numbers(last).parse().expect("a number"))
}

/// Does something to a canvas, at a point given in shares of its size.
async fn at(page: &Page, canvas: &str, event: &str) {
    let script = format!(
        "const canvas = document.querySelector('[data-testid={canvas}]');
         const box = canvas.getBoundingClientRect();
         const at = (x, y) => ({{ clientX: box.left + x, clientY: box.top + y, bubbles: true, cancelable: true }});
         {event}
         return true"
    );
    page.read(&script).await;
}

async fn wait_for_seen(page: &Page, what: &str, holds: &str) {
    let script = format!(
        "const words = document.querySelector('[data-testid=seen]').textContent.replaceAll(',', '');
         const [first, last] = (/(\\d+)–(\\d+)/.exec(words) ?? [0, 0, {DEFAULT_PAGES} - 1]).slice(1).map(Number);
         return {holds}"
    );
    page.wait_for(what, &script).await;
}

pub(super) async fn zooms_to_a_single_page_and_back(page: &Page, _site: &PageSite) {
    page.resize(1500, 1200).await;
    wait_for_views(page).await;
    page.press("zoom-in").await;
    wait_for_seen(page, "fewer pages", "last - first < 16383").await;
    at(page, "canvas-space", "canvas.dispatchEvent(new WheelEvent('wheel', { ...at(200, 60), deltaY: -600 }));").await;
    wait_for_seen(page, "still fewer", "last - first < 6000").await;
    let (first, last) = seen(page).await;
    assert!(first > 0 && last < DEFAULT_PAGES, "{first} to {last}");
    at(
        page,
        "canvas-space",
        "const options = { pointerId: 1, isPrimary: true, button: 0 };
         canvas.setPointerCapture = () => undefined;
         canvas.dispatchEvent(new PointerEvent('pointerdown', { ...at(200, 60), ...options }));
         canvas.dispatchEvent(new PointerEvent('pointermove', { ...at(200, 40), ...options }));
         canvas.dispatchEvent(new PointerEvent('pointerup', { ...at(200, 40), ...options }));",
    )
    .await;
    wait_for_seen(page, "later pages", &format!("first > {first}")).await;
    for _ in 0..40 {
        let (first, last) = seen(page).await;
        if first == last {
            break;
        }
        page.press("zoom-in").await;
        wait_for_seen(page, "fewer pages", &format!("last - first < {}", last - first)).await;
    }
    let (first, last) = seen(page).await;
    assert_eq!(first, last);
    let words = page.text_of(".pte").await.expect("the page in words");
    assert!(words.contains("node 0") && words.contains("writable"), "{words}");
    page.press("zoom-all").await;
    wait_for_seen(page, "all of it", "first === 0 && last === 16383").await;
}

pub(super) async fn goes_over_pages_with_keys(page: &Page, _site: &PageSite) {
    wait_for_views(page).await;
    let press = async |key: &str| {
        let script = format!(
            "document.querySelector('[data-testid=canvas-space]')
                 .dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }}));
             return true"
        );
        page.read(&script).await;
    };
    let said = "document.getElementById('space-cursor').textContent";
    page.read("document.querySelector('[data-testid=canvas-space]').focus(); return true").await;
    while seen(page).await.1 > 2000 {
        let (first, last) = seen(page).await;
        press("PageUp").await;
        wait_for_seen(page, "fewer pages", &format!("last - first < {}", last - first)).await;
    }
    press("ArrowRight").await;
    page.wait_for("the cursor", &format!("return {said} !== ''")).await;
    let before = page.text_of("#space-cursor").await.expect("it is said");
    press("ArrowRight").await;
    page.wait_for("the next page", &format!("return {said} !== {before:?}")).await;
    assert_eq!(page.tick().await, 0, "the arrow was for the page alone");
    press("Enter").await;
    page.wait_for("the selection", "return document.querySelector('[data-testid=choose-page]').value !== ''").await;
    let chosen = page.read("return document.querySelector('[data-testid=choose-page]').value").await;
    let said = page.text_of("#space-cursor").await.expect("it is said").replace(',', "");
    let chosen = chosen.as_str().expect("a number");
    assert!(said.contains(&format!("page {chosen} ")), "{chosen}: {said}");
}

pub(super) async fn counts_what_moves_between_nodes(page: &Page, _site: &PageSite) {
    wait_for_views(page).await;
    let text = page.text_of("#machine-moves").await.expect("the counts");
    assert!(!text.contains(char::is_numeric), "{text}");
    page.scrub_to(1000).await;
    page.wait_for("the count", "return document.getElementById('machine-moves').textContent.includes('16,384 pages')")
        .await;
    page.press("home").await;
    page.wait_for_tick(0).await;
    page.wait_for("nothing", "return !document.getElementById('machine-moves').textContent.includes('pages')").await;
}

pub(super) async fn opens_the_figures_of_a_node(page: &Page, _site: &PageSite) {
    wait_for_views(page).await;
    page.press("node-1").await;
    page.wait_for("the figures", "return document.querySelector('[data-testid=node-card]') !== null").await;
    let words = page.text_of("[data-testid=node-card]").await.expect("figures");
    assert!(words.contains("1 of 2 busy") && words.contains("1 GiB of 1 GiB free"), "{words}");
    page.press("node-1").await;
    page.wait_for("their end", "return document.querySelector('[data-testid=node-card]') === null").await;
}

/// What stands over the CPU that the worker runs on.
const TAG_OF_WORKER: &str =
    "[...document.querySelectorAll('#machine-overlay .cpu-tag')].find((tag) => tag.textContent.includes('worker'))";

pub(super) async fn selects_the_task_that_runs_on_a_cpu(page: &Page, _site: &PageSite) {
    page.resize(1400, 900).await;
    wait_for_views(page).await;
    page.wait_for("the worker on a CPU", &format!("return {TAG_OF_WORKER} !== undefined")).await;
    // Until what lies over the machine has its last place.
    page.wait_for_frames().await;
    let click = format!(
        "const cpu = {TAG_OF_WORKER}.getBoundingClientRect();
         canvas.dispatchEvent(new MouseEvent('click', at(cpu.left - box.left + 9, cpu.top - box.top + 9)));"
    );
    at(page, "canvas-machine", &click).await;
    page.wait_for("the task", "return document.querySelector('[data-testid=choose-task]').value === '1000'").await;
}
