//! What each browser is asked to do.

use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;

/// The thread of the default scenario was moved away from this many pages.
const DEFAULT_PAGES: u64 = 16_384;

/// Nodes 0 and 1 as they are drawn.
const NODE_COLOURS: [[u8; 4]; 2] = [[0x00, 0x72, 0xb2, 0xff], [0xe6, 0x9f, 0x00, 0xff]];

const RIGHT_ARROW: &str = "\u{e014}";
const LEFT_ARROW: &str = "\u{e012}";
const HOME: &str = "\u{e011}";

pub(super) async fn opens_paused_at_the_start(page: &Page, _site: &PageSite) {
    let state = page.state().await;
    assert_eq!(state.tick, 0);
    assert_ne!(state.digest, "");
    assert_eq!(page.data("playing").await, "false");
    assert_eq!(page.counter("numa_pages_migrated").await, 0);
}

pub(super) async fn asks_no_other_host(page: &Page, site: &PageSite) {
    page.press("tick-forward").await;
    page.wait_for_tick(1).await;
    let own_host = page.read("return location.host").await;
    assert_eq!(page.hosts().await, [own_host.as_str().expect("a host")]);
    // The page itself, the probe, and at least script, style and engine.
    assert!(site.served() >= 5, "{} files", site.served());
}

pub(super) async fn plays_until_the_pages_have_migrated(page: &Page, _site: &PageSite) {
    play_to_convergence(page).await;
    let state = page.state().await;
    let marked = page.counter("numa_pte_updates").await;
    let faults = page.counter("numa_hint_faults").await;
    assert!(marked >= faults, "{state:?}");
    assert!(faults >= DEFAULT_PAGES, "{state:?}");
}

pub(super) async fn steps_tick_and_event(page: &Page, _site: &PageSite) {
    page.press("tick-forward").await;
    page.wait_for_tick(1).await;
    page.press("tick-back").await;
    page.wait_for_tick(0).await;
    page.open_tab("lower-events").await;
    let before = page.digest().await;
    page.press("event-forward").await;
    page.wait_for(
        "an event in the log",
        "return document.querySelector('[data-testid=\"event-log\"] [data-event-seq]') !== null",
    )
    .await;
    assert_ne!(page.digest().await, before);
}

pub(super) async fn seeks_back_and_forth(page: &Page, _site: &PageSite) {
    page.step_to(3).await;
    let early = page.state().await;
    page.scrub_to(400).await;
    let late = page.state().await;
    assert_ne!(early.digest, late.digest);
    page.scrub_to(3).await;
    assert_eq!(page.state().await, early);
    page.scrub_to(400).await;
    assert_eq!(page.state().await, late);
    page.press("home").await;
    page.wait_for_tick(0).await;
}

pub(super) async fn keys_do_what_buttons_do(page: &Page, _site: &PageSite) {
    page.key(RIGHT_ARROW).await;
    page.wait_for_tick(1).await;
    page.key(RIGHT_ARROW).await;
    page.wait_for_tick(2).await;
    page.key(LEFT_ARROW).await;
    page.wait_for_tick(1).await;
    page.key(HOME).await;
    page.wait_for_tick(0).await;
    page.key(" ").await;
    page.wait_for("Space to play", "return Number(document.documentElement.dataset.tick) > 0").await;
    page.key(" ").await;
    page.wait_for_data("playing", "false").await;
}

pub(super) async fn draws_where_the_pages_are(page: &Page, _site: &PageSite) {
    let [node_0, node_1] = space_pixels(page).await;
    assert!(node_0 > 1_000, "{node_0} pixels of node 0 before");
    assert_eq!(node_1, 0, "pixels of node 1 before");
    play_to_convergence(page).await;
    let [node_0_left, node_1_now] = space_pixels(page).await;
    assert!(node_0_left < node_0 / 4, "{node_0_left} of {node_0} pixels of node 0 left");
    assert!(node_1_now > node_0 / 2, "{node_1_now} pixels of node 1 after");
    let machine = page.colours("canvas-machine").await;
    assert!(machine.len() > 3, "the machine is not drawn: {machine:?}");
}

pub(super) async fn survives_hostile_fragments(page: &Page, site: &PageSite) {
    page.press("tick-forward").await;
    page.wait_for_tick(1).await;
    for fragment in hostile_fragments(&page.share().await) {
        page.go(&format!("{}{fragment}", site.url())).await;
        let shown: String = fragment.chars().take(60).collect();
        let message = page.text_of("[data-testid=\"message\"]").await;
        assert!(message.is_some_and(|text| text.trim().len() > 10), "{shown}: no message");
        let before = page.tick().await;
        page.press("tick-forward").await;
        page.wait_for_tick(before + 1).await;
        assert_eq!(page.faults().await, Vec::<String>::new(), "{shown}");
    }
}

pub(super) async fn refuses_bad_text_and_keeps_the_scenario(page: &Page, _site: &PageSite) {
    page.step_to(2).await;
    let before = page.state().await;
    page.press("open").await;
    for (text, named) in BAD_TEXTS {
        page.fill("open-text", text).await;
        page.press("open-load").await;
        let script = format!(
            "return document.querySelector('[data-testid=\"open-errors\"]')?.textContent.includes('{named}') === true"
        );
        page.wait_for(&format!("an error that names {named}"), &script).await;
    }
    assert_eq!(page.state().await, before);
}

pub(super) async fn takes_numactl_text(page: &Page, _site: &PageSite) {
    page.press("open").await;
    page.fill("open-text", NUMACTL_TEXT).await;
    page.press("open-load").await;
    page.wait_for(
        "three nodes in the machine's description",
        "const canvas = document.querySelector('[data-testid=\"canvas-machine\"]');
         const text = document.getElementById(canvas.getAttribute('aria-describedby'))?.textContent ?? '';
         return /node 2/.test(text) && !/node 3/.test(text)",
    )
    .await;
    page.press("tick-forward").await;
    page.wait_for_tick(1).await;
}

pub(super) async fn goes_on_after_a_failure(page: &Page, _site: &PageSite) {
    page.step_to(3).await;
    let before = page.state().await;
    // A canvas that refuses its pixels stands for any failure inside the simulator.
    page.read(
        "window.realPut = CanvasRenderingContext2D.prototype.putImageData;
         CanvasRenderingContext2D.prototype.putImageData = () => { throw new Error('no pixels'); };
         return true",
    )
    .await;
    page.press("tick-forward").await;
    page.wait_for(
        "the message",
        "return document.querySelector('[data-testid=\"message\"]')?.textContent.includes('no pixels') === true",
    )
    .await;
    page.read("CanvasRenderingContext2D.prototype.putImageData = window.realPut; return true").await;
    page.press("resume").await;
    page.wait_for("no message", "return document.querySelector('[data-testid=\"message\"]') === null").await;
    page.wait_for_data("ready", "true").await;
    page.step_to(4).await;
    page.press("tick-back").await;
    page.wait_for_tick(3).await;
    assert_eq!(page.state().await, before);
    let faults = page.forget_faults().await;
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.contains("no pixels")), "{faults:?}");
}

pub(super) async fn speaks_both_languages(page: &Page, _site: &PageSite) {
    assert_eq!(page.data("lang").await, "en");
    page.press("lang").await;
    page.wait_for_data("lang", "zh").await;
    let text = page.text_of("body").await.unwrap_or_default();
    assert!(text.contains("节点") && text.contains("扫描"), "{text}");
    page.press("lang").await;
    page.wait_for_data("lang", "en").await;
}

/// Text that is no scenario, and what the error must name.
const BAD_TEXTS: [(&str, &str); 4] = [
    ("{\"version\": 99}", "version"),
    ("{\"version\": 1, \"unknown_field\": 2}", "unknown_field"),
    ("{\"version\": 1, \"machine\": 7}", "machine"),
    ("available: 3 nodes (0-2)\nnode 0 cpus: 0\nnode 0 size: many MB", "size"),
];

/// Two nodes with CPUs, one with memory only.
const NUMACTL_TEXT: &str = "available: 3 nodes (0-2)
node 0 cpus: 0 1
node 0 size: 4096 MB
node 0 free: 2048 MB
node 1 cpus: 2 3
node 1 size: 4096 MB
node 1 free: 2048 MB
node 2 cpus:
node 2 size: 8192 MB
node 2 free: 8192 MB
node distances:
node   0   1   2
  0:  10  21  17
  1:  21  10  28
  2:  17  28  10
";

/// Links that were cut, changed, or never were links.
fn hostile_fragments(good: &str) -> Vec<String> {
    let half = &good[..good.len() / 2];
    let swapped: String = good.chars().rev().collect();
    vec![
        "#x".to_owned(),
        "#%%%".to_owned(),
        "#<script>alert(1)</script>".to_owned(),
        format!("#{}", "A".repeat(100_000)),
        half.to_owned(),
        format!("#{}", swapped.replace('#', "")),
        format!("{good}AAAA!"),
    ]
}

async fn play_to_convergence(page: &Page) {
    let fastest = page.read("return document.querySelector('[data-testid=\"speed\"]').max").await;
    page.choose("speed", fastest.as_str().expect("speed has a maximum")).await;
    page.open_tab("inspector-text").await;
    page.press("play").await;
    let script = format!(
        "return Number(document.querySelector('[data-counter=\"numa_pages_migrated\"]')
             .textContent.replace(/\\D/g, '')) >= {DEFAULT_PAGES}"
    );
    page.wait_for("all pages to migrate", &script).await;
    page.press("play").await;
    page.wait_for_data("playing", "false").await;
}

/// Pixels of the address space in the colours of nodes 0 and 1.
async fn space_pixels(page: &Page) -> [u64; 2] {
    let colours = page.colours("canvas-space").await;
    NODE_COLOURS.map(|wanted| {
        let same = colours.iter().filter(|(colour, _)| *colour == wanted);
        same.map(|(_, count)| count).sum()
    })
}
