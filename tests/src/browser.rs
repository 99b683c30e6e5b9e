//! Three browsers, one way to drive them.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::driver::{Driver, capabilities};

const TEST_LIMIT: Duration = Duration::from_secs(180);
const CONNECT_LIMIT: Duration = Duration::from_secs(60);

/// A browser by its engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    /// Blink.
    Chromium,
    /// Gecko.
    Firefox,
    /// WebKitGTK's MiniBrowser.
    WebKit,
}

impl Browser {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];
}

/// Runs `test` in a new profile of `browser` and returns what it returns; driver and browser are gone
/// afterwards, also if it panics.
///
/// # Panics
/// If `test` does, if it takes too long, or if the browser does not start.
pub fn with_browser<T>(browser: Browser, test: impl AsyncFnOnce(Client) -> T) -> T {
    let driver = Driver::start(browser);
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = connect(&runtime, browser, &driver.url());
    let outcome =
        catch_unwind(AssertUnwindSafe(|| runtime.block_on(async { timeout(TEST_LIMIT, test(client.clone())).await })));
    if let Err(error) = runtime.block_on(client.close()) {
        eprintln!("{browser:?} did not close: {error}");
    }
    match outcome {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => panic!("{browser:?}: not done after {} s", TEST_LIMIT.as_secs()),
        Err(panic) => resume_unwind(panic),
    }
}

/// On a machine that is busy with other things the first session of a driver may fail to begin.
const CONNECT_ATTEMPTS: usize = 3;

fn connect(runtime: &Runtime, browser: Browser, url: &str) -> Client {
    let mut failures = Vec::new();
    for _ in 0..CONNECT_ATTEMPTS {
        match try_to_connect(runtime, browser, url) {
            Ok(client) => return client,
            Err(failure) => failures.push(failure),
        }
    }
    panic!("{browser:?} did not start: {failures:?}");
}

fn try_to_connect(runtime: &Runtime, browser: Browser, url: &str) -> Result<Client, String> {
    let serde_json::Value::Object(capabilities) = capabilities(browser) else {
        unreachable!("capabilities are an object");
    };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let connected = runtime.block_on(async { timeout(CONNECT_LIMIT, builder.connect(url)).await });
    let in_time = connected.map_err(|_| format!("not in {} s", CONNECT_LIMIT.as_secs()))?;
    in_time.map_err(|error| error.to_string())
}
