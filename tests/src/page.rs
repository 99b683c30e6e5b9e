//! The page as a test sees it: what a user can press and read.

use std::time::{Duration, Instant};

use fantoccini::actions::{Actions, InputSource, PointerAction, TouchActions};
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::site::PageSite;

const WAIT_LIMIT: Duration = Duration::from_secs(90);
const TOUCH_STEPS: u32 = 5;
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A page in a browser.
pub struct Page {
    client: Client,
}

/// The views of a phone.
pub const VIEWS: [&str; 5] = ["machine", "space", "why", "policy", "timeline"];

/// What must be equal wherever the same scenario is at the same tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// `data-tick`.
    pub tick: u64,
    /// `data-digest`: the engine's own digest.
    pub digest: String,
    /// Name and value of every counter, in the page's order.
    pub counters: Vec<(String, u64)>,
}

impl Page {
    /// Opens `site` with `fragment` (empty, or beginning with `#`) and waits for the first frame.
    pub async fn open(client: &Client, site: &PageSite, fragment: &str) -> Self {
        let page = Self { client: client.clone() };
        page.go(&format!("{}{fragment}", site.url())).await;
        page
    }

    /// Opens any address of the page and waits for the first frame.
    pub async fn open_at(client: &Client, url: &str) -> Self {
        let page = Self { client: client.clone() };
        page.go(url).await;
        page
    }

    /// Loads `url` anew, even if it differs from the present one in the fragment only.
    pub async fn go(&self, url: &str) {
        self.client.goto("about:blank").await.expect("an empty page");
        self.client.goto(url).await.expect("the page loads");
        self.wait_for("the first frame", "return document.documentElement.dataset.ready === 'true'").await;
    }

    /// Is away from the page for so long.
    pub async fn leave_for(&self, time: Duration) {
        self.client.goto("about:blank").await.expect("an empty page");
        sleep(time).await;
    }

    /// Waits until this page has another window beside it, changes over to that, and returns its text.
    pub async fn text_of_new_window(&self) -> String {
        let deadline = Instant::now() + WAIT_LIMIT;
        let mut windows = self.windows().await;
        while windows.len() < 2 {
            assert!(Instant::now() < deadline, "waited in vain for a window; {}", self.describe().await);
            sleep(POLL_INTERVAL).await;
            windows = self.windows().await;
        }
        let own = self.client.window().await.expect("a window");
        let other = windows.into_iter().find(|window| *window != own).expect("another window");
        self.client.switch_to_window(other).await.expect("to the other window");
        self.wait_for("a text", "return document.querySelector('h1') !== null").await;
        let text = self.text_of("body").await.unwrap_or_default();
        self.client.close_window().await.expect("the window closes");
        self.client.switch_to_window(own).await.expect("back to the page");
        text
    }

    async fn windows(&self) -> Vec<WindowHandle> {
        self.client.windows().await.expect("a list of windows")
    }

    /// Loads something else than the page, and waits for its heading.
    pub async fn go_to_document(&self, url: &str) {
        self.client.goto(url).await.expect("the document loads");
        self.wait_for("a heading", "return document.querySelector('h1') !== null").await;
    }

    /// What becomes of a promise, as text.
    pub async fn read_promise(&self, promise: &str) -> String {
        let script = format!(
            "delete document.documentElement.dataset.kept;
             {promise}.then((value) => {{ document.documentElement.dataset.kept = String(value); }});
             return true"
        );
        self.read(&script).await;
        self.wait_for(promise, "return 'kept' in document.documentElement.dataset").await;
        self.data("kept").await
    }

    /// Runs `script`, which must return a value.
    pub async fn read(&self, script: &str) -> Value {
        self.read_with(script, Vec::new()).await
    }

    /// Like [`Page::read`], with arguments.
    pub async fn read_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error:?}"))
    }

    /// Polls until `script` returns true.
    pub async fn wait_for(&self, what: &str, script: &str) {
        let deadline = Instant::now() + WAIT_LIMIT;
        while !self.holds(script).await {
            if Instant::now() >= deadline {
                panic!("waited in vain for {what}; {}", self.describe().await);
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Whether `script` returns true. WebKit's driver cannot say while one document goes and another comes.
    async fn holds(&self, script: &str) -> bool {
        match self.client.execute(script, Vec::new()).await {
            Ok(value) => value == Value::Bool(true),
            Err(error) if error.to_string().contains("Could not parse script result") => false,
            Err(error) => panic!("{script}: {error:?}"),
        }
    }

    /// Waits until the dialog of this name is open.
    pub async fn wait_for_dialog(&self, name: &str) {
        let open = format!("return document.getElementById('{name}-dialog')?.open === true");
        self.wait_for(&format!("the dialog {name}"), &open).await;
    }

    /// On a phone: shows a view instead of the others.
    pub async fn go_to_view(&self, view: &str) {
        self.press(&format!("go-{view}")).await;
        let chosen =
            format!("return document.querySelector('[data-testid=go-{view}]').getAttribute('aria-current') === 'page'");
        self.wait_for("the view", &chosen).await;
    }

    /// Closes the dialog that is open, and waits until the page knows.
    pub async fn close_dialog(&self) {
        self.read("document.querySelector('dialog[open]').close(); return true").await;
        self.wait_for_frames().await;
    }

    /// Waits until what was done before is drawn.
    pub async fn wait_for_frames(&self) {
        let begin = "let left = 4;
            const count = () => {
                left -= 1;
                window.framesLeft = left;
                if (left > 0) requestAnimationFrame(count);
            };
            count();
            return true";
        self.read(begin).await;
        self.wait_for("frames", "return window.framesLeft === 0").await;
    }

    /// Presses the control with this `data-testid`, as a pointer would.
    pub async fn press(&self, test_id: &str) {
        self.wait_for_control(test_id).await;
        self.wait_until_still(test_id).await;
        let selector = format!("[data-testid=\"{test_id}\"]");
        let element =
            self.client.find(Locator::Css(&selector)).await.unwrap_or_else(|error| panic!("{test_id}: {error:?}"));
        element.click().await.unwrap_or_else(|error| panic!("press {test_id}: {error:?}"));
    }

    /// Waits until the control with this `data-testid` is on the screen, as a user would.
    async fn wait_for_control(&self, test_id: &str) {
        let script = format!(
            "const control = document.querySelector('[data-testid=\"{test_id}\"]');
             return control !== null && control.getClientRects().length > 0"
        );
        self.wait_for(&format!("{test_id} to appear"), &script).await;
    }

    /// Waits until a control has stood in one place for three frames, so that what was done before is drawn: a
    /// driver asks where a control is and presses there afterwards, whatever is there by then.
    async fn wait_until_still(&self, test_id: &str) {
        let begin = "const [id] = arguments;
            const tops = [];
            window.stillness = tops;
            const look = () => {
                const control = document.querySelector(`[data-testid=\"${id}\"]`);
                if (control === null) return;
                const { left, top, width, height } = control.getBoundingClientRect();
                const there = document.elementFromPoint(left + width / 2, top + height / 2);
                // What is out of sight, or below what stays at the edge of a form, has to be brought forth.
                if (!control.contains(there)) control.scrollIntoView({ block: 'center' });
                tops.push(control.getBoundingClientRect().top);
                if (window.stillness === tops) requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
            return true";
        let is_still = "const tops = window.stillness.slice(-3);
            const still = tops.length === 3 && tops.every((top) => top === tops[0]);
            if (still) window.stillness = null;
            return still";
        self.read_with(begin, vec![json!(test_id)]).await;
        self.wait_for(&format!("{test_id} to stand still"), is_still).await;
    }

    /// Types into the control with this `data-testid`, after emptying it.
    pub async fn fill(&self, test_id: &str, text: &str) {
        self.set_value(test_id, text, "input").await;
    }

    /// Sets a range or a select and says so to the page.
    pub async fn choose(&self, test_id: &str, value: &str) {
        self.set_value(test_id, value, "input").await;
        self.read_with(
            "const control = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
             control.dispatchEvent(new Event('change', { bubbles: true }));
             return true;",
            vec![json!(test_id)],
        )
        .await;
    }

    async fn set_value(&self, test_id: &str, value: &str, event: &str) {
        self.wait_for_control(test_id).await;
        let found = self
            .read_with(
                "const control = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
                 if (!control) return false;
                 control.value = arguments[1];
                 control.dispatchEvent(new Event(arguments[2], { bubbles: true }));
                 return true;",
                vec![json!(test_id), json!(value), json!(event)],
            )
            .await;
        assert_eq!(found, Value::Bool(true), "no control {test_id}");
    }

    /// Makes the window so large, in CSS pixels with its frame.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("a window of that size");
    }

    /// Goes on in a frame of this size that shows `url`.
    pub async fn frame(&self, url: &str, width: u32, height: u32) {
        self.read_with(
            "const frame = document.createElement('iframe');
             frame.id = 'phone';
             frame.src = arguments[0];
             frame.style = `position: fixed; inset: 0; z-index: 99; border: 0;
                 width: ${arguments[1]}px; height: ${arguments[2]}px`;
             document.body.append(frame);
             return true",
            vec![json!(url), json!(width), json!(height)],
        )
        .await;
        let frame = self.client.find(Locator::Css("#phone")).await.expect("the frame");
        frame.enter_frame().await.expect("into the frame");
        self.wait_for("the first frame", "return document.documentElement?.dataset.ready === 'true'").await;
    }

    /// Back to the page around the frame, which is removed.
    pub async fn leave_frame(&self) {
        self.client.enter_parent_frame().await.expect("out of the frame");
        self.read("document.getElementById('phone').remove(); return true").await;
    }

    /// Puts a finger at the first point of each path and moves it to the second, all at once. Points are
    /// CSS pixels from a control's upper left corner.
    pub async fn touch(&self, test_id: &str, paths: &[[(f64, f64); 2]]) {
        let corner = self
            .read_with(
                "const { left, top } = document.querySelector(`[data-testid=\"${arguments[0]}\"]`).getBoundingClientRect();
                 return [left, top]",
                vec![json!(test_id)],
            )
            .await;
        let corner = (corner[0].as_f64().expect("a place"), corner[1].as_f64().expect("a place"));
        let fingers = paths.iter().enumerate().map(|(at, path)| finger(at, *path, corner));
        let actions = fingers.fold(Actions::default(), |actions, finger| actions.and(finger));
        self.client.perform_actions(actions).await.expect("fingers");
    }

    /// Presses a key while nothing in particular has the focus. `\u{e014}` is the right arrow.
    pub async fn key(&self, keys: &str) {
        let body = self.client.find(Locator::Css("body")).await.expect("a body");
        body.send_keys(keys).await.expect("keys reach the page");
    }

    /// Presses keys where the focus is.
    pub async fn type_keys(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("an element has the focus");
        focused.send_keys(keys).await.expect("keys reach the page");
    }

    /// The text of the first element that `selector` finds, or `None`.
    pub async fn text_of(&self, selector: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.textContent ?? null";
        let text = self.read_with(script, vec![json!(selector)]).await;
        text.as_str().map(str::to_owned)
    }

    /// The state that the page shows.
    pub async fn state(&self) -> State {
        State { tick: self.tick().await, digest: self.digest().await, counters: self.counters().await }
    }

    /// `data-tick`.
    pub async fn tick(&self) -> u64 {
        let text = self.data("tick").await;
        text.parse().unwrap_or_else(|_| panic!("data-tick is {text:?}"))
    }

    /// `data-digest`.
    pub async fn digest(&self) -> String {
        self.data("digest").await
    }

    /// Presses Share and returns the fragment of the link, with its `#`.
    pub async fn share(&self) -> String {
        self.press("share").await;
        self.wait_for(
            "the link",
            "return document.querySelector('[data-testid=\"share-url\"]')?.value.includes('#') === true",
        )
        .await;
        let url = self.read("return document.querySelector('[data-testid=\"share-url\"]').value").await;
        let url = url.as_str().unwrap_or_default();
        let (_, fragment) = url.split_once('#').expect("the link has a fragment");
        format!("#{fragment}")
    }

    /// A `data-` attribute of the root element.
    pub async fn data(&self, name: &str) -> String {
        let script = "return document.documentElement.dataset[arguments[0]] ?? ''";
        let text = self.read_with(script, vec![json!(name)]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Chooses a tab by its test id, unless it is chosen already.
    pub async fn open_tab(&self, id: &str) {
        let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`).ariaSelected";
        self.open_drawer_for(id).await;
        if self.read_with(script, vec![json!(id)]).await != json!("true") {
            self.press(id).await;
        }
        let chosen = format!("return document.querySelector('[data-testid=\"{id}\"]').ariaSelected === 'true'");
        self.wait_for("the tab", &chosen).await;
    }

    /// In a window of medium width the inspector is a drawer.
    async fn open_drawer_for(&self, id: &str) {
        let script =
            "const shown = (id) => document.querySelector(`[data-testid=\"${id}\"]`).getClientRects().length > 0;
             return !shown(arguments[0]) && shown('drawer')";
        if self.read_with(script, vec![json!(id)]).await == json!(true) {
            self.press("drawer").await;
        }
    }

    /// Every counter on the page.
    pub async fn counters(&self) -> Vec<(String, u64)> {
        self.open_tab("inspector-text").await;
        let script = "return [...document.querySelectorAll('[data-counter]')]
            .map((cell) => [cell.dataset.counter, cell.textContent])";
        let cells = self.read(script).await;
        let cells = cells.as_array().expect("a list of counters");
        cells.iter().map(counter_of).collect()
    }

    /// One counter, by its name in `/proc/vmstat`.
    pub async fn counter(&self, name: &str) -> u64 {
        let counters = self.counters().await;
        let found = counters.iter().find(|(counter, _)| counter == name);
        found.unwrap_or_else(|| panic!("no counter {name} in {counters:?}")).1
    }

    /// Presses one tick until the page is at `tick`.
    pub async fn step_to(&self, tick: u64) {
        while self.tick().await < tick {
            let before = self.tick().await;
            self.press("tick-forward").await;
            self.wait_for_tick(before + 1).await;
        }
    }

    /// Moves the scrubber.
    pub async fn scrub_to(&self, tick: u64) {
        self.choose("scrubber", &tick.to_string()).await;
        self.wait_for_tick(tick).await;
    }

    /// Waits until the page is at `tick`.
    pub async fn wait_for_tick(&self, tick: u64) {
        let script = format!("return document.documentElement.dataset.tick === '{tick}'");
        self.wait_for(&format!("tick {tick}"), &script).await;
    }

    /// Waits until a `data-` attribute of the root element is `value`.
    pub async fn wait_for_data(&self, name: &str, value: &str) {
        let script = format!("return document.documentElement.dataset.{name} === '{value}'");
        self.wait_for(&format!("{name} = {value}"), &script).await;
    }

    /// How many pixels of a canvas have which colour, most frequent first.
    pub async fn colours(&self, test_id: &str) -> Vec<([u8; 4], u64)> {
        let script = "
            const canvas = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const counts = new Map();
            for (const pixel of new Uint32Array(data.buffer)) {
              counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
            }
            return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 64);";
        let pairs = self.read_with(script, vec![json!(test_id)]).await;
        let pairs = pairs.as_array().expect("a list of colours");
        pairs.iter().map(colour_of).collect()
    }

    /// What went wrong in the page so far.
    pub async fn faults(&self) -> Vec<String> {
        let faults = self.read("return window.hintfaultFaults").await;
        let faults = faults.as_array().expect("the probe is loaded");
        faults.iter().map(ToString::to_string).collect()
    }

    /// Takes back faults that a test has caused on purpose, and returns them.
    pub async fn forget_faults(&self) -> Vec<String> {
        let faults = self.faults().await;
        self.read("window.hintfaultFaults.length = 0; return true").await;
        faults
    }

    /// The hosts that the page asked for something.
    pub async fn hosts(&self) -> Vec<String> {
        let script = "return [...new Set(performance.getEntriesByType('resource')
            .map((entry) => new URL(entry.name).host))]";
        let hosts = self.read(script).await;
        let hosts = hosts.as_array().expect("a list of hosts");
        hosts.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    async fn describe(&self) -> String {
        let script = "return JSON.stringify({
            data: { ...document.documentElement.dataset },
            faults: window.hintfaultFaults ?? null,
            message: document.querySelector('[data-testid=\"message\"]')?.textContent ?? null })";
        self.read(script).await.as_str().unwrap_or_default().to_owned()
    }
}

fn counter_of(cell: &Value) -> (String, u64) {
    let name = cell[0].as_str().expect("a counter has a name");
    let text = cell[1].as_str().expect("a counter has a text");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let value = digits.parse().unwrap_or_else(|_| panic!("{name} is {text:?}"));
    (name.to_owned(), value)
}

/// A finger that comes down, moves in a few steps as a real one does, and leaves.
fn finger(at: usize, [from, to]: [(f64, f64); 2], (left, top): (f64, f64)) -> TouchActions {
    let part = |start: f64, end: f64, step: u32| start + (end - start) * f64::from(step) / f64::from(TOUCH_STEPS);
    let moved = |step: u32, milliseconds: u64| PointerAction::MoveTo {
        duration: Some(Duration::from_millis(milliseconds)),
        x: (left + part(from.0, to.0, step)).round(),
        y: (top + part(from.1, to.1, step)).round(),
    };
    let down = TouchActions::new(format!("finger {at}")).then(moved(0, 0)).then(PointerAction::Down { button: 0 });
    let there = (1..=TOUCH_STEPS).fold(down, |finger, step| finger.then(moved(step, 100)));
    there.then(PointerAction::Up { button: 0 })
}

/// A pixel was read as one little-endian number.
fn colour_of(pair: &Value) -> ([u8; 4], u64) {
    let pixel = pair[0].as_u64().expect("a pixel");
    let pixel = u32::try_from(pixel).expect("a pixel has 32 bits");
    (pixel.to_le_bytes(), pair[1].as_u64().expect("a count"))
}
