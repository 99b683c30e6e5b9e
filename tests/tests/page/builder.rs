//! Putting scenarios together, files, what the browser keeps, and the page inside another one.

use crate::access::{check, load_axe};
use hintfault_tests::page::Page;
use hintfault_tests::site::PageSite;
use serde_json::{Value, json};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const RIGHT: &str = "\u{e014}";
const NUMACTL: &str = "available: 2 nodes (0-1)
node 0 cpus: 0 1 2 3
node 0 size: 8192 MB
node 1 cpus: 4 5 6 7
node 1 size: 8192 MB
node distances:
node   0   1
  0:  10  32
  1:  32  10
";

/// The machines to choose from, each with its last node and what that has.
const KNOWN_MACHINES: [(&str, usize, &str); 7] = [
    ("vm", 1, "2 GiB"),
    ("xeon4", 3, "128 GiB"),
    ("epyc4", 3, "64 GiB"),
    ("epyc8", 7, "64 GiB"),
    ("xeon8", 7, "192 GiB"),
    ("cxl", 2, "128 GiB"),
    ("xeon2", 1, "96 GiB"),
];

/// A scenario from nothing, as with a pointer: a machine, a process more, a region, a program.
pub(super) async fn builds_a_scenario_from_nothing(page: &Page, _site: &PageSite) {
    open_new(page).await;
    for (machine, last_node, memory) in KNOWN_MACHINES {
        page.choose("b-machine", machine).await;
        expect_value(page, &format!("b-machine.nodes[{last_node}].memory"), memory).await;
        expect_text(page, "b-problems", "Nothing is wrong").await;
    }
    expect_text(page, "b-drawing", "32 CPUs").await;
    open_section(page, "settings").await;
    page.fill("b-title.en", "Two of a kind").await;
    page.fill("b-kernel.scan_size_mb", "64").await;
    open_section(page, "processes").await;
    page.press("b-processes-add").await;
    expect_value(page, "b-processes[1].name", "app 2").await;
    page.fill("b-processes[1].regions[0].size", "32 MiB").await;
    page.press("b-processes[1].regions-add").await;
    page.choose("b-processes[1].regions[1].populate", "1").await;
    page.choose("b-processes[1].regions[1].policy", "bind").await;
    page.fill("b-processes[1].threads[0].count", "3").await;
    page.press("b-processes[1].threads[0].program-add").await;
    page.choose("b-processes[1].threads[0].program[1].kind", "read").await;
    page.choose("b-processes[1].threads[0].program[1].read", "region").await;
    page.choose("b-processes[1].threads[0].program[1].pattern", "hot_cold").await;
    page.fill("b-processes[1].threads[0].program[1].hot_percent", "75").await;
    expect_text(page, "b-problems", "Nothing is wrong").await;
    expect_text(page, "b-drawing", "threads: 4").await;
    page.press("b-run").await;
    wait_until_closed(page).await;
    page.wait_for_data("tick", "0").await;
    assert_eq!(page.read("return document.querySelector('[data-testid=scenario]').value").await, json!(""));
    page.step_to(2).await;
    let tasks = page.read("return document.querySelectorAll('[data-task]').length").await;
    assert_eq!(tasks, json!(4));
}

pub(super) async fn builds_by_keyboard(page: &Page, _site: &PageSite) {
    tab_to(page, "build").await;
    page.type_keys(ENTER).await;
    wait_for_focus(page, "b-new").await;
    page.type_keys(ENTER).await;
    tab_to(page, "b-section-machine").await;
    page.type_keys(RIGHT).await;
    wait_for_control(page, "b-seed").await;
    page.type_keys(RIGHT).await;
    wait_for_control(page, "b-processes[0].name").await;
    tab_to(page, "b-processes[0].regions[0].size").await;
    // Whatever the browser marks in a field that Tab leads to: from the end, what was there goes.
    page.type_keys(&["\u{e010}", &"\u{e003}".repeat("64 MiB".len()), "8 MiB"].concat()).await;
    expect_text(page, "b-drawing", "8 MiB of 2 GiB").await;
    tab_to(page, "b-processes[0].regions-add").await;
    page.type_keys(ENTER).await;
    wait_for_control(page, "b-processes[0].regions[1].size").await;
    page.type_keys("\u{e009}\u{e007}").await;
    wait_until_closed(page).await;
    page.step_to(1).await;
    page.open_tab("lower-vmas").await;
    expect_text(page, "vma-list", "8 MiB").await;
}

/// Every error stands at its field and leads there from the list; nothing that is wrong can run.
pub(super) async fn tells_errors_at_their_fields(page: &Page, _site: &PageSite) {
    let before = page.digest().await;
    open_new(page).await;
    page.fill("b-machine.nodes[0].memory", "1 Gib").await;
    expect_text(page, "b-machine.nodes[0].memory-problem", "1 Gib").await;
    page.fill("b-machine.distances[0][1]", "7").await;
    expect_text(page, "b-machine.distances-problem", "7").await;
    expect_value(page, "b-machine.distances[1][0]", "7").await;
    page.fill("b-machine.distances[0][1]", "21").await;
    open_section(page, "processes").await;
    page.fill("b-processes[0].threads[0].affinity", "9").await;
    expect_text(page, "b-section-machine", "wrong").await;
    page.fill("b-processes[0].threads[0].count", "0.5").await;
    expect_text(page, "b-processes[0].threads[0].count-problem", "0.5").await;
    expect_value(page, "b-processes[0].threads[0].count", "0.5").await;
    // The list leads to the first field, which another section shows.
    page.press("b-run").await;
    wait_for_control(page, "b-processes[0].threads[0].count").await;
    page.fill("b-processes[0].threads[0].count", "2").await;
    page.press("b-run").await;
    wait_for_focus(page, "b-machine.nodes[0].memory").await;
    page.fill("b-machine.nodes[0].memory", "1 GiB").await;
    open_section(page, "processes").await;
    expect_text(page, "b-processes[0].threads[0].affinity-problem", "9").await;
    page.choose("b-processes[0].threads[0].affinity-node", "0-1").await;
    expect_text(page, "b-problems", "Nothing is wrong").await;
    page.choose("b-processes[0].policy", "bind").await;
    page.fill("b-processes[0].policy-nodes", "5").await;
    expect_text(page, "b-processes[0].policy-problem", "5").await;
    // What ran goes on.
    page.press("b-close").await;
    wait_until_closed(page).await;
    assert_eq!(page.digest().await, before);
}

/// The text and the forms are two sides of one draft; what the forms cannot show is never lost.
pub(super) async fn keeps_text_and_forms_alike(page: &Page, _site: &PageSite) {
    open_new(page).await;
    open_section(page, "text").await;
    let text = value_of(page, "b-text").await;
    page.fill("b-text", &text.replace("64 MiB", "48 MiB")).await;
    open_section(page, "processes").await;
    expect_value(page, "b-processes[0].regions[0].size", "48 MiB").await;
    page.fill("b-processes[0].regions[0].size", "24 MiB").await;
    open_section(page, "text").await;
    assert!(value_of(page, "b-text").await.contains("24 MiB"));
    page.fill("b-text", "{ \"version\": 1, ").await;
    expect_text(page, "b-problems", "1 wrong").await;
    open_section(page, "machine").await;
    page.wait_for("forms that rest", "return document.querySelector('.builder fieldset').disabled").await;
    open_section(page, "text").await;
    assert_eq!(value_of(page, "b-text").await, "{ \"version\": 1, ");
    page.press("b-mend").await;
    expect_text(page, "b-problems", "Nothing is wrong").await;
    // Any shape of a text leaves the forms standing.
    let crowd = format!("{{\"version\": 1, \"machine\": {{\"nodes\": [{}]}}}}", ["{}"; 20_000].join(","));
    for text in HOSTILE.into_iter().chain([crowd.as_str()]) {
        page.fill("b-text", text).await;
        // What is told is told of this text, not of the one before.
        page.wait_for_frames().await;
        expect_text(page, "b-problems", "wrong;").await;
        for section in ["machine", "settings", "processes", "text"] {
            open_section(page, section).await;
        }
    }
    page.press("b-undo").await;
    page.press("b-redo").await;
    expect_text(page, "b-problems", "wrong;").await;
}

const HOSTILE: [&str; 7] = [
    "{}",
    "{\"version\": 2}",
    "{\"version\": 1, \"machine\": [], \"processes\": {\"name\": 1}}",
    "{\"version\": 1, \"machine\": {\"nodes\": 7, \"distances\": [1]}, \"processes\": [null, 3, []]}",
    "{\"version\": 1, \"processes\": [{\"regions\": \"x\", \"threads\": [{\"program\": [{\"loop\": [{\"loop\": 1}]}, 2]}]}]}",
    "{\"version\": 1, \"processes\": [{\"__proto__\": {\"name\": \"x\"}, \"policy\": {\"mode\": []}}]}",
    "{\"version\": 1, \"machine\": {\"nodes\": [{\"id\": 1e9, \"cpus\": \"0-9999\"}]}, \"title\": \"<script>alert(1)</script>\"}",
];

pub(super) async fn takes_a_pasted_machine(page: &Page, _site: &PageSite) {
    open_new(page).await;
    page.press("b-numactl-open").await;
    page.fill("b-numactl", "node 0 cpus: x").await;
    page.press("b-numactl-take").await;
    expect_text(page, "b-numactl-problem", "line 1").await;
    page.fill("b-numactl", NUMACTL).await;
    page.press("b-numactl-take").await;
    expect_value(page, "b-machine.distances[0][1]", "32").await;
    expect_text(page, "b-drawing", "4 CPUs").await;
    // The thread is on the node that took the place of its own.
    open_section(page, "processes").await;
    expect_value(page, "b-processes[0].threads[0].affinity", "4").await;
    page.press("b-undo").await;
    expect_value(page, "b-processes[0].threads[0].affinity", "2").await;
}

/// What was saved, opened again, is the same scenario; a file that is none is refused in words.
pub(super) async fn saves_and_opens_files(page: &Page, _site: &PageSite) {
    catch_downloads(page).await;
    open_new(page).await;
    open_section(page, "settings").await;
    page.fill("b-title.en", "Round / trip").await;
    page.press("b-save").await;
    let (name, text) = downloaded(page).await;
    assert_eq!(name, "Round-trip.json");
    page.press("b-run").await;
    wait_until_closed(page).await;
    page.wait_for("a digest", "return document.documentElement.dataset.digest !== ''").await;
    let digest = page.digest().await;
    page.choose("scenario", "two-nodes-private").await;
    drop_file(page, "saved.json", &text).await;
    page.wait_for(
        "the text of the file",
        "return document.querySelector('[data-testid=open-text]').value.includes('Round / trip')",
    )
    .await;
    page.press("open-load").await;
    page.wait_for_data("digest", &digest).await;
    // A newer version, TOML, and far too much of anything.
    for (text, words) in [
        ("{\"version\": 2, \"processes\": []}", "version 2 is not known"),
        ("version = 1\n[[processes]]\nname = \"db\"\n", "JSON"),
        (&"x".repeat(1_048_577), "at most 1,048,576"),
    ] {
        drop_file(page, "other", text).await;
        if text.len() < 1000 {
            page.wait_for(
                "the text",
                &format!("return document.querySelector('[data-testid=open-text]').value.startsWith({:?})", &text[..9]),
            )
            .await;
            page.press("open-load").await;
        }
        expect_text(page, "open-errors", words).await;
    }
    assert_eq!(page.digest().await, digest);
}

/// The user's own scenario comes back after the page was closed, where it stood.
pub(super) async fn offers_to_go_on(page: &Page, site: &PageSite) {
    page.step_to(1).await;
    page.go(&site.url()).await;
    wait_for_keeping(page).await;
    assert!(!has(page, "offer").await, "a preset is not offered");
    open_new(page).await;
    open_section(page, "settings").await;
    page.fill("b-title.en", "Mine").await;
    page.press("b-run").await;
    wait_until_closed(page).await;
    page.step_to(3).await;
    page.wait_for(
        "the scenario to be kept",
        "return (localStorage.getItem('hintfault.scenario') ?? '').includes('\"t\":3')",
    )
    .await;
    let digest = page.digest().await;
    page.go(&site.url()).await;
    expect_text(page, "offer", "Go on with “Mine”, tick 3?").await;
    page.press("offer-take").await;
    page.wait_for_data("digest", &digest).await;
    assert!(!has(page, "offer").await);
    // A link says itself what is to be shown.
    let fragment = page.share().await;
    page.go(&format!("{}{fragment}", site.url())).await;
    page.wait_for_tick(3).await;
    wait_for_keeping(page).await;
    assert!(!has(page, "offer").await, "a link is not talked over");
    page.go(&site.url()).await;
    page.press("offer-discard").await;
    page.wait_for("the offer to go", "return document.querySelector('[data-testid=offer]') === null").await;
    page.go(&site.url()).await;
    wait_for_keeping(page).await;
    assert!(!has(page, "offer").await, "it was discarded");
    page.read("localStorage.setItem('hintfault.scenario', '{\"d\":{\"version\":9},\"t\":1}'); return true").await;
    page.go(&site.url()).await;
    page.press("offer-take").await;
    expect_text(page, "message", "version 9").await;
    page.step_to(1).await;
}

/// A draft that was not run is still there after the page was closed.
pub(super) async fn keeps_the_draft(page: &Page, site: &PageSite) {
    open_new(page).await;
    open_section(page, "settings").await;
    page.fill("b-title.en", "A first thought").await;
    page.press("b-close").await;
    wait_until_closed(page).await;
    // Another draft: what is typed into the same field is a change of its own.
    open_new(page).await;
    open_section(page, "settings").await;
    page.fill("b-title.en", "A second thought").await;
    page.press("b-undo").await;
    expect_value(page, "b-title.en", "My scenario").await;
    page.fill("b-title.en", "Half a thought").await;
    page.wait_for("the draft to be kept", "return (localStorage.getItem('hintfault.draft') ?? '').includes('Half')")
        .await;
    page.go(&site.url()).await;
    open_new(page).await;
    page.press("b-offer-take").await;
    open_section(page, "settings").await;
    expect_value(page, "b-title.en", "Half a thought").await;
}

/// A browser that keeps nothing is told of quietly; all else works.
pub(super) async fn works_without_storage(page: &Page, _site: &PageSite) {
    page.read(
        "const refuse = () => { throw new DOMException('full', 'QuotaExceededError') };
         Storage.prototype.setItem = refuse;
         Storage.prototype.getItem = refuse;
         Storage.prototype.removeItem = refuse;
         return true",
    )
    .await;
    open_new(page).await;
    open_section(page, "settings").await;
    page.fill("b-title.en", "Nowhere").await;
    page.wait_for(
        "a quiet note",
        "return /not kept in the browser/.test(document.querySelector('.b-stays').textContent)",
    )
    .await;
    page.press("b-run").await;
    wait_until_closed(page).await;
    page.step_to(2).await;
    page.press("theme").await;
}

/// In another page: views and transport, and the way out.
pub(super) async fn is_shown_in_other_pages(page: &Page, site: &PageSite) {
    page.step_to(2).await;
    let digest = page.digest().await;
    let fragment = page.share().await;
    wait_for_control(page, "embed-snippet").await;
    let snippet = value_of(page, "embed-snippet").await;
    let address = snippet.split('"').nth(1).expect("an address").to_owned();
    assert!(snippet.starts_with("<iframe src=") && address.ends_with(&format!("?embed=1{fragment}")), "{snippet}");
    page.go(&address).await;
    page.wait_for_data("digest", &digest).await;
    for gone in ["scenario", "share", "open", "new"] {
        assert!(!has(page, gone).await, "{gone}");
    }
    page.step_to(3).await;
    let out = page.read("return document.querySelector('[data-testid=unembed]').href").await;
    assert_eq!(out, json!(site.url()));
    // As a frame of a page of the same site.
    page.go(&site.url()).await;
    page.read_with("document.body.insertAdjacentHTML('beforeend', arguments[0]); return true", vec![json!(snippet)])
        .await;
    page.wait_for(
        "the page in the frame",
        "const inner = document.querySelector('iframe')?.contentDocument?.documentElement;
         return inner?.dataset.ready === 'true' && inner.dataset.tick === '2'",
    )
    .await;
}

pub(super) async fn has_no_serious_finding_anywhere(page: &Page, _site: &PageSite) {
    load_axe(page).await;
    for scheme in ["light", "dark"] {
        while page.data("scheme").await != scheme {
            page.press("theme").await;
        }
        page.press("lang").await;
        page.wait_for_data("lang", if scheme == "light" { "zh" } else { "en" }).await;
        open_new(page).await;
        page.press("b-numactl-open").await;
        check(page, "machine").await;
        open_section(page, "settings").await;
        check(page, "settings").await;
        open_section(page, "processes").await;
        page.choose("b-processes[0].policy", "bind").await;
        page.fill("b-processes[0].regions[0].size", "much").await;
        page.wait_for("an error", "return document.querySelector('.b-foot.wrong') !== null").await;
        check(page, "processes with an error").await;
        open_section(page, "text").await;
        check(page, "text").await;
        page.press("b-close").await;
        wait_until_closed(page).await;
    }
    page.share().await;
    wait_for_control(page, "embed-snippet").await;
    check(page, "the snippet for other pages").await;
}

pub(super) async fn fits_a_phone(page: &Page, _site: &PageSite) {
    page.resize(400, 800).await;
    page.press("build").await;
    wait_for_control(page, "b-run").await;
    page.press("b-new").await;
    for section in ["machine", "settings", "processes", "text"] {
        open_section(page, section).await;
        let wide = page
            .read("const body = document.getElementById('b-section-body'); return body.scrollWidth - body.clientWidth")
            .await;
        assert_eq!(wide, json!(0), "{section} is wider than the screen");
    }
    open_section(page, "processes").await;
    page.fill("b-processes[0].regions[0].size", "16 MiB").await;
    page.press("b-run").await;
    wait_until_closed(page).await;
    page.step_to(1).await;
}

/// Where the window has no room for it, the builder itself begins anew.
async fn open_new(page: &Page) {
    wait_for_control(page, "new").await;
    let has_room = page.read("return document.querySelector('[data-testid=new]').getClientRects().length > 0").await;
    page.press(if has_room == Value::Bool(true) { "new" } else { "build" }).await;
    page.wait_for("the draft", "return document.getElementById('builder-dialog')?.open === true").await;
    if has_room == Value::Bool(false) {
        page.press("b-new").await;
    }
}

async fn open_section(page: &Page, section: &str) {
    page.open_tab(&format!("b-section-{section}")).await;
}

async fn wait_until_closed(page: &Page) {
    page.wait_for("the builder to close", "return !document.getElementById('builder-dialog').open").await;
}

/// Notes what would be saved, in place of the browser's own dialog.
async fn catch_downloads(page: &Page) {
    page.read(
        "window.saved = null;
         const blobs = new Map();
         const make = URL.createObjectURL;
         URL.createObjectURL = (blob) => { const url = make(blob); blobs.set(url, blob); return url; };
         HTMLAnchorElement.prototype.click = function () {
             blobs.get(this.href).text().then((text) => { window.saved = [this.download, text]; });
         };
         return true",
    )
    .await;
}

async fn downloaded(page: &Page) -> (String, String) {
    page.wait_for("a file", "return window.saved !== null").await;
    let saved = page.read("return window.saved").await;
    let text = |at: usize| saved[at].as_str().expect("a text").to_owned();
    (text(0), text(1))
}

async fn drop_file(page: &Page, name: &str, text: &str) {
    wait_for_keeping(page).await;
    let script = "const data = new DataTransfer();
         data.items.add(new File([arguments[1]], arguments[0]));
         const drop = new Event('drop', { bubbles: true, cancelable: true });
         Object.defineProperty(drop, 'dataTransfer', { value: data });
         document.body.dispatchEvent(drop);
         return drop.defaultPrevented";
    let taken = page.read_with(script, vec![json!(name), json!(text)]).await;
    assert_eq!(taken, Value::Bool(true), "nobody took the file");
}

/// What offers earlier work, and takes files, comes after the first picture.
async fn wait_for_keeping(page: &Page) {
    page.wait_for_data("keeping", "true").await;
}

async fn has(page: &Page, test_id: &str) -> bool {
    let script = format!("return document.querySelector('[data-testid=\"{test_id}\"]') !== null");
    page.read(&script).await == Value::Bool(true)
}

async fn value_of(page: &Page, test_id: &str) -> String {
    let script = format!("return document.querySelector('[data-testid=\"{test_id}\"]').value");
    page.read(&script).await.as_str().unwrap_or_default().to_owned()
}

async fn expect_text(page: &Page, test_id: &str, part: &str) {
    let script = format!(
        "return document.querySelector('[data-testid=\"{test_id}\"]')?.textContent.replace(/\\s+/g, ' ').includes({part:?}) === true"
    );
    page.wait_for(&format!("{part:?} in {test_id}"), &script).await;
}

async fn expect_value(page: &Page, test_id: &str, value: &str) {
    let script = format!("return document.querySelector('[data-testid=\"{test_id}\"]')?.value === {value:?}");
    page.wait_for(&format!("{test_id} = {value}"), &script).await;
}

async fn wait_for_control(page: &Page, test_id: &str) {
    let script = format!("return document.querySelector('[data-testid=\"{test_id}\"]') !== null");
    page.wait_for(test_id, &script).await;
}

async fn wait_for_focus(page: &Page, test_id: &str) {
    let script = format!("return document.activeElement?.dataset.testid === {test_id:?}");
    page.wait_for(&format!("the focus in {test_id}"), &script).await;
}

/// Presses Tab until a control has the focus.
async fn tab_to(page: &Page, test_id: &str) {
    for _ in 0..150 {
        if page.read("return document.activeElement?.dataset.testid ?? ''").await == json!(test_id) {
            return;
        }
        page.type_keys(TAB).await;
    }
    panic!("Tab does not lead to {test_id}");
}
