//! Frames of the built page in headless Chromium while it plays with a million pages in sight, and how soon it
//! shows something: `cargo bench --profile dev -p hintfault-benches --features browser --bench page`, after
//! `cargo xtask build`.

use std::time::Duration;

use hintfault_benches::documents::million;
use hintfault_tests::browser::{Browser, with_browser};
use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;
use serde_json::Value;

const REPEATS: usize = 3;
const WINDOW_PX: (u32, u32) = (1400, 900);
/// Into the run, where pages move by the thousand.
const BEGIN_TICK: u64 = 250;
const MEASURED: Duration = Duration::from_secs(6);

/// Times every frame from here on: what scripts take, and all that the main thread does until it is free again.
const WATCH: &str = r#"
    const ask = window.requestAnimationFrame.bind(window);
    const times = window.frameTimes = { script: [], whole: [], apart: [] };
    const channel = new MessageChannel();
    channel.port1.onmessage = ({ data }) => times.whole.push(performance.now() - data);
    let last = null;
    window.requestAnimationFrame = (work) => ask((now) => {
        const start = performance.now();
        if (last !== null) times.apart.push(start - last);
        last = start;
        work(now);
        times.script.push(performance.now() - start);
        channel.port2.postMessage(start);
    });
    return true;
"#;

fn main() {
    let runs: Vec<Run> = (0..REPEATS).map(|_| measure()).collect();
    let best = |figure: fn(&Run) -> f64| runs.iter().map(figure).fold(f64::INFINITY, f64::min);
    println!("page: first picture after {:.0} ms", best(|run| run.first_picture_ms));
    println!("page: script of a frame, 95th percentile: {:.1} ms", best(|run| run.script_ms));
    println!("page: main thread of a frame, 95th percentile: {:.1} ms", best(|run| run.whole_ms));
    println!("page: between two frames, median: {:.1} ms", best(|run| run.apart_ms));
}

struct Run {
    first_picture_ms: f64,
    script_ms: f64,
    whole_ms: f64,
    apart_ms: f64,
}

fn measure() -> Run {
    let document = million().to_string();
    with_browser(Browser::Chromium, async |client| {
        client.set_window_size(WINDOW_PX.0, WINDOW_PX.1).await.expect("a window of that size");
        let site = PageSite::start();
        let page = Page::open(&client, &site, "").await;
        let first = page.read("return performance.getEntriesByName('first-picture')[0].startTime").await;
        page.press("open").await;
        page.fill("open-text", &document).await;
        page.press("open-load").await;
        page.wait_for("the scenario", "return document.body.textContent.includes('million')").await;
        page.scrub_to(BEGIN_TICK).await;
        page.read(WATCH).await;
        page.press("play").await;
        tokio::time::sleep(MEASURED).await;
        let times = page.read("return window.frameTimes").await;
        assert!(page.tick().await > BEGIN_TICK, "it plays");
        Run {
            first_picture_ms: first.as_f64().expect("it was shown"),
            script_ms: percentile(&times["script"], 95),
            whole_ms: percentile(&times["whole"], 95),
            apart_ms: percentile(&times["apart"], 50),
        }
    })
}

fn percentile(times: &Value, percent: usize) -> f64 {
    let times = times.as_array().expect("a list of times");
    let mut times: Vec<f64> = times.iter().filter_map(Value::as_f64).collect();
    assert!(times.len() > 20, "only {} frames", times.len());
    times.sort_by(f64::total_cmp);
    times[(times.len() - 1) * percent / 100]
}
