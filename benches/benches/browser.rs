//! Speed of the engine in headless Chromium, as the page's own build has it:
//! `cargo bench --profile dev -p hintfault-benches --features browser --bench browser`, after `cargo xtask build`.

use std::collections::BTreeMap;
use std::path::Path;

use hintfault_benches::documents::{Layout, Marking, Placement, scanned, server};
use hintfault_tests::browser::{Browser, with_browser};
use serde_json::{Value, json};
use xtask::serve::{Running, Site};

const TICK_MS: u64 = 4;
const REPEATS: usize = 3;

/// Runs a scenario for so many ticks, then measures the next ones.
const MEASURE: &str = r#"
    const [module, document, begin, run] = arguments;
    const done = arguments[arguments.length - 1];
    (async () => {
        const { default: init, Playground } = await import(module);
        await init();
        const playground = new Playground(document);
        playground.runTicks(begin);
        const faults = playground.vmstat().numa_hint_faults;
        const start = performance.now();
        playground.runTicks(run);
        const ms = performance.now() - start;
        done({ ms, faults: playground.vmstat().numa_hint_faults - faults });
    })().catch((error) => done({ error: String(error) }));
"#;

fn main() {
    let pieces = [
        ("64 GiB, 64 processes, steady", server(Layout::Processes, Placement::Local), 8000, 2000),
        ("64 GiB, 64 threads, steady", server(Layout::Threads, Placement::Local), 8000, 500),
        ("64 GiB, 64 threads, fault storm", server(Layout::Threads, Placement::Remote), 1500, 500),
        ("1 GiB, local faults", scanned(1, Marking::LocalToo, json!({ "write": "memory" })), 152, 348),
    ];
    for (name, document, begin_ms, run_ms) in pieces {
        let runs = (0..REPEATS).map(|_| measure(&document, begin_ms / TICK_MS, run_ms / TICK_MS));
        let (ms, faults) = runs.reduce(|best, run| if run.0 < best.0 { run } else { best }).expect("some runs");
        println!(
            "chromium: {name}: {:.1} x real time, {:.2} million faults a second ({run_ms} ms in {ms:.1} ms, {faults} faults)",
            run_ms as f64 / ms,
            faults / ms / 1e3,
        );
    }
}

/// Milliseconds, and faults in them.
fn measure(document: &Value, begin: u64, run: u64) -> (f64, f64) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/wasm");
    let page = BTreeMap::from([("index.html".to_owned(), "<!doctype html><title>bench</title>".to_owned())]);
    let site = Site { extra_files: page, ..Site::plain(dir) };
    let running = Running::start(site, 0).expect("a free port");
    let url = running.url();
    let result = with_browser(Browser::Chromium, async |client| {
        client.goto(&format!("{url}index.html")).await.expect("the empty page");
        let module = format!("{url}hintfault_web.js");
        let arguments = vec![json!(module), json!(document.to_string()), json!(begin), json!(run)];
        client.execute_async(MEASURE, arguments).await.expect("the script runs")
    });
    let figure = |name: &str| result[name].as_f64().unwrap_or_else(|| panic!("no {name} in {result}"));
    (figure("ms"), figure("faults"))
}
