//! For everyone: from disk, without a network, in the language that was asked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hintfault_tests::browser::{Browser, with_browser};
use hintfault_tests::page::{Page, VIEWS};
use hintfault_tests::site::{PageSite, dist_dir, single_file};
use serde_json::json;
use tempfile::TempDir;

/// The page as one file does all that the page does, and asks nobody for anything.
pub(super) fn check_from_disk(browser: Browser) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("hintfault.html");
    fs::write(&file, single_file()).expect("the file is written");
    with_browser(browser, async |client| {
        let url = format!("file://{}", file.display());
        let page = Page::open_at(&client, &url).await;
        use_everything(&page).await;
        asked_nobody(&page).await;
        open_link(&page, &url).await;
        read_documentation(&page).await;
        asked_nobody(&page).await;
    });
}

/// Since the document was loaded.
async fn asked_nobody(page: &Page) {
    let fetched = page.read("return performance.getEntriesByType('resource').map((entry) => entry.name)").await;
    let others = fetched.as_array().expect("a list").iter().filter(|name| is_request(name.as_str()));
    assert_eq!(others.count(), 0, "{fetched}");
    assert_eq!(page.faults().await, Vec::<String>::new());
}

/// Data addresses are in the file.
fn is_request(name: Option<&str>) -> bool {
    name.is_some_and(|name| !name.starts_with("data:"))
}

/// The colour of node 1, as pixels have it.
const NODE_1: [u8; 4] = [0xE6, 0x9F, 0x00, 0xFF];

/// Steps, the other language, a lesson, the editor, the timeline.
async fn use_everything(page: &Page) {
    page.step_to(2).await;
    page.press("lang").await;
    page.wait_for_data("lang", "zh").await;
    page.press("lang").await;
    page.wait_for_data("lang", "en").await;
    page.press("mark-list").await;
    page.wait_for("marks", "return document.querySelector('[data-testid=\"mark-list\"]').ariaExpanded === 'true'")
        .await;
    page.press("mark-list").await;
    page.open_tab("inspector-policy").await;
    page.press("subject-memory").await;
    page.open_tab("inspector-why").await;
    page.choose("choose-page", "77").await;
    page.wait_for("an explanation", "return document.querySelector('.checks li') !== null").await;
    page.press("lessons").await;
    page.press("lesson-moved").await;
    page.press("lesson-next").await;
    page.wait_for_tick(25).await;
    page.press("lesson-leave").await;
}

/// A link shows what was shared, also where the address may not be rewritten.
async fn open_link(page: &Page, url: &str) {
    page.step_to(30).await;
    let digest = page.digest().await;
    let fragment = page.share().await;
    page.go(&format!("{url}{fragment}")).await;
    page.wait_for_tick(30).await;
    assert_eq!(page.digest().await, digest);
}

async fn read_documentation(page: &Page) {
    page.press("help").await;
    page.press("read-explain").await;
    let text = page.text_of_new_window().await;
    assert!(text.contains("do_numa_page"), "{} characters", text.len());
}

/// Once it was there, the page needs no server.
pub(super) fn check_offline(browser: Browser) {
    with_browser(browser, async |client| {
        let site = PageSite::start();
        let page = Page::open(&client, &site, "").await;
        wait_until_kept(&page).await;
        assert_eq!(site.refused(), Vec::<String>::new());
        site.close();
        let url = site.url();
        page.go(&format!("{url}?lang=zh")).await;
        page.wait_for_data("lang", "zh").await;
        page.press("lang").await;
        page.wait_for_data("lang", "en").await;
        use_everything(&page).await;
        open_link(&page, &url).await;
        page.go_to_document(&format!("{url}docs/explain.html")).await;
    });
}

/// The worker is active once everything lies in its cache.
async fn wait_until_kept(page: &Page) {
    page.read_promise("navigator.serviceWorker.ready").await;
}

/// The next start is that of the new build, as a whole.
pub(super) fn check_new_build(browser: Browser) {
    let folder = TempDir::new().expect("a folder");
    copy_folder(&dist_dir(), folder.path());
    with_browser(browser, async |client| {
        let site = PageSite::start_in(folder.path().to_owned());
        let page = Page::open(&client, &site, "").await;
        wait_until_kept(&page).await;
        rebuild(folder.path());
        // The old build, while its successor gets ready.
        page.go(&site.url()).await;
        assert_eq!(page.data("build").await, "");
        page.read_promise(NEXT_WORKER).await;
        start_until_new(&page, &site.url()).await;
        assert_eq!(page.faults().await, Vec::<String>::new());
        let kept = page.read_promise("caches.keys().then((names) => names.join())").await;
        assert!(kept.contains("another") && !kept.contains(','), "files of the old build are left: {kept}");
    });
}

/// Resolves once a worker waits for its turn.
const NEXT_WORKER: &str = "navigator.serviceWorker.getRegistration().then((known) => new Promise((resolve) => {
    const look = () => known.waiting ? resolve(true) : setTimeout(look, 50);
    known.update().catch(() => undefined).then(look);
}))";

/// A worker takes over when no page of the old one is left, which may be a while after it was left:
/// the page is started again with ever longer breaks.
async fn start_until_new(page: &Page, url: &str) {
    for tries in 0..TRIES_OF_START {
        page.leave_for(BREAK * tries).await;
        page.go(url).await;
        if page.data("build").await == "new" {
            return;
        }
    }
    panic!("the old build is still there");
}

/// With `BREAK` more before each, half a minute in all.
const TRIES_OF_START: u32 = 17;
const BREAK: Duration = Duration::from_millis(200);

/// A build that differs in its page, under another name.
fn rebuild(folder: &Path) {
    let list: serde_json::Value = serde_json::from_str(&read(folder.join("offline.json"))).expect("a list of files");
    let old = list["build"].as_str().expect("a build").to_owned();
    for name in ["offline.json", "offline-worker.js"] {
        let text = read(folder.join(name));
        assert!(text.contains(&old), "{name}");
        fs::write(folder.join(name), text.replace(&old, "another")).expect("a new file");
    }
    let page = read(folder.join("index.html")).replace("<html ", "<html data-build=\"new\" ");
    fs::write(folder.join("index.html"), page).expect("a new page");
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the built page") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// `?lang=` wins over what was chosen, stays in links, and follows the reader's choice.
pub(super) async fn speaks_the_language_of_the_address(page: &Page, site: &PageSite) {
    page.go(&format!("{}?lang=zh", site.url())).await;
    assert_eq!(page.data("lang").await, "zh");
    assert_eq!(page.read("return document.documentElement.lang").await, json!("zh-CN"));
    let named = page.read("return document.title + document.querySelector('meta[name=description]').content").await;
    assert!(named.as_str().is_some_and(|text| text.contains("演练场") && text.contains("扫描")), "{named}");
    page.share().await;
    let shared = "return document.querySelector('[data-testid=share-url]').value";
    assert!(page.read(shared).await.as_str().is_some_and(|url| url.contains("?lang=zh#")));
    page.press("lang").await;
    page.wait_for_data("lang", "en").await;
    assert_eq!(page.read("return location.search").await, json!("?lang=en"));
    assert_eq!(page.read("return document.documentElement.lang").await, json!("en"));
    for hostile in ["fr", "%3Cscript%3E", "__proto__", &"z".repeat(5000)] {
        page.go(&format!("{}?lang={hostile}", site.url())).await;
        assert_eq!(page.data("lang").await, "en", "{hostile:.20}");
    }
    page.go(&format!("{}?lang=zh", site.url())).await;
    assert_eq!(page.data("lang").await, "zh", "what the address says comes before what was chosen");
    page.go(&site.url()).await;
    page.share().await;
    assert!(page.read(shared).await.as_str().is_some_and(|url| !url.contains('?')));
}

/// A phone, upright and held sideways.
const PHONES: [(u32, u32); 4] = [(390, 844), (360, 640), (844, 390), (640, 360)];

/// Nothing but the page's length goes beyond the screen, and transport and tabs are always on it.
const CUT_OFF: &str = "
    const shown = (element) => element.getClientRects().length > 0 && element.offsetWidth > 1;
    const box = (selector) => document.querySelector(selector).getBoundingClientRect();
    const beyond = [...document.querySelectorAll('button, select, input, h2')].filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return shown(element) && (left < -1 || right > innerWidth + 1);
    });
    const [transport, tabs] = [box('.transport'), box('.tabs')];
    return [
        document.documentElement.scrollWidth > innerWidth ? 'the page is too wide' : '',
        beyond.map((element) => element.dataset.testid ?? element.textContent.trim()).join(),
        tabs.height > 20 && tabs.bottom <= innerHeight + 1 ? '' : 'no tabs',
        transport.height > 50 && transport.bottom <= tabs.top + 2 ? '' : 'no transport',
    ].filter((words) => words !== '')";

pub(super) async fn fits_on_a_phone(page: &Page, site: &PageSite) {
    // Windows cannot be made so small everywhere, frames can.
    page.resize(1200, 1000).await;
    for (width, height) in PHONES {
        page.frame(&site.url(), width, height).await;
        for view in VIEWS {
            page.go_to_view(view).await;
            assert_eq!(page.read(CUT_OFF).await, json!([]), "{view} at {width} x {height}");
        }
        page.press("tick-forward").await;
        page.wait_for_tick(1).await;
        page.leave_frame().await;
    }
}

/// Two fingers that go apart show fewer pages; one that is moved shows others.
pub(super) async fn zooms_with_two_fingers(page: &Page, _site: &PageSite) {
    page.wait_for("the views", "return document.querySelector('[data-testid=zoom-in]') !== null").await;
    let shown = "(() => { const words = document.querySelector('[data-testid=seen]').textContent.replaceAll(',', '');
        return (/(\\d+)–(\\d+)/.exec(words) ?? [0, 0, 16383]).slice(1).map(Number); })()";
    page.touch("canvas-space", &[[(90.0, 30.0), (20.0, 30.0)], [(110.0, 30.0), (180.0, 30.0)]]).await;
    page.wait_for("fewer pages", &format!("const [first, last] = {shown}; return last - first < 12000")).await;
    let before = page.read(&format!("return {shown}[0]")).await;
    page.touch("canvas-space", &[[(100.0, 40.0), (100.0, 10.0)]]).await;
    page.wait_for("other pages", &format!("return {shown}[0] !== {before}")).await;
}

/// What a step has come to, for those who listen; while time passes by itself, nothing.
pub(super) async fn tells_what_a_step_has_come_to(page: &Page, _site: &PageSite) {
    let words = "document.querySelector('[data-testid=announcer]')";
    page.wait_for("the announcer", &format!("return {words} !== null")).await;
    assert_eq!(page.read(&format!("return {words}.getAttribute('role')")).await, json!("status"));
    page.press("tick-forward").await;
    page.wait_for("the tick in words", &format!("return /tick 1\\./.test({words}.textContent)")).await;
    page.choose("event-kind", "hint_fault").await;
    page.press("event-forward").await;
    page.wait_for("the fault in words", &format!("return /faulted on page/.test({words}.textContent)")).await;
    page.press("home").await;
    page.wait_for("the start in words", &format!("return /tick 0\\.$/.test({words}.textContent)")).await;
}

/// The views' text equivalents say what their pictures show.
pub(super) async fn says_what_the_pictures_show(page: &Page, _site: &PageSite) {
    let described = async |canvas: &str| {
        let script = "const canvas = document.querySelector(`[data-testid=${arguments[0]}]`);
            return canvas.getAttribute('aria-describedby').split(' ')
                .map((id) => document.getElementById(id).textContent).join(' ')";
        page.read_with(script, vec![json!(canvas)]).await.as_str().unwrap_or_default().to_owned()
    };
    page.scrub_to(300).await;
    let machine = described("canvas-machine").await;
    for said in ["Node 0", "cpu 2 runs worker", "Distance from node 0 to node 1: 21", "Pages of the processes here"] {
        assert!(machine.contains(said), "{said}: {machine}");
    }
    let space = described("canvas-space").await;
    for said in ["buffer", "on node 0", "on node 1", "hint entries", "Last scan window: 0x", "Scanner at 0x"] {
        assert!(space.contains(said), "{said}: {space}");
    }
}

/// The help names the keys, those of the views too, and controls say which key does the same.
pub(super) async fn names_every_key(page: &Page, _site: &PageSite) {
    page.key("?").await;
    page.wait_for_dialog("help").await;
    let keys =
        page.read("return [...document.querySelectorAll('#help-dialog kbd')].map((key) => key.textContent)").await;
    let keys: Vec<&str> = keys.as_array().expect("a list").iter().filter_map(serde_json::Value::as_str).collect();
    for key in ["Space", "→", "Shift + →", "←", "Home", "N", "F", "C", "/", "?", "Ctrl + Z", "Ctrl + Enter", "Page Up"]
    {
        assert!(keys.contains(&key), "{key} is missing in {keys:?}");
    }
    page.close_dialog().await;
    for (control, key) in [("play", "Space"), ("tick-forward", "ArrowRight"), ("home", "Home"), ("share", "F")] {
        let script =
            "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`).getAttribute('aria-keyshortcuts')";
        assert_eq!(page.read_with(script, vec![json!(control)]).await, json!(key));
    }
}

/// Nodes can be told apart without their colours, on this visit and on the next.
pub(super) async fn tells_nodes_apart_by_texture(page: &Page, site: &PageSite) {
    let node_1 = async |page: &Page| {
        let colours = page.colours("canvas-space").await;
        colours.iter().find(|(colour, _)| *colour == NODE_1).map_or(0, |(_, count)| *count)
    };
    page.scrub_to(1000).await;
    let plain = node_1(page).await;
    assert!(plain > 1_000, "{plain} pixels of node 1");
    page.press("texture").await;
    let is_pressed = "return document.querySelector('[data-testid=texture]')?.ariaPressed === 'true'";
    page.wait_for("the textures", is_pressed).await;
    let textured = node_1(page).await;
    assert!((plain / 2..plain * 9 / 10).contains(&textured), "{textured} of {plain} pixels without a mark");
    page.go(&site.url()).await;
    page.wait_for("the textures on the next visit", is_pressed).await;
}
