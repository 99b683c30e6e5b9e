//! The built page on a server of its own, as unfriendly as a real host may be: deep under the root,
//! and with a policy that forbids every other host.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use xtask::serve::{Running, Site};

const PREFIX: &str = "/some/where/deep/";
const PROBE_FILE: &str = "hintfault-probe.js";
const PROBE: &str = include_str!("probe.js");
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
                      style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:";

/// A server of the built page.
pub struct PageSite {
    running: Running,
}

impl PageSite {
    /// Serves the built page on any free port.
    ///
    /// # Panics
    /// If the page is not built or no port is free.
    #[must_use]
    pub fn start() -> Self {
        Self::start_in(dist_dir())
    }

    /// The same for a page in another folder.
    ///
    /// # Panics
    /// If there is none or no port is free.
    #[must_use]
    pub fn start_in(dir: PathBuf) -> Self {
        assert!(dir.join("index.html").is_file(), "the page is not built: run cargo xtask build");
        let site = Site {
            dir,
            prefix: PREFIX.to_owned(),
            headers: vec![("Content-Security-Policy".to_owned(), POLICY.to_owned())],
            extra_files: BTreeMap::from([(PROBE_FILE.to_owned(), PROBE.to_owned())]),
            head_html: format!("<script src=\"{PROBE_FILE}\"></script>"),
        };
        let running = Running::start(site, 0).expect("a free port");
        Self { running }
    }

    /// The address of the page without a fragment.
    #[must_use]
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// Serves nothing any more.
    pub fn close(&self) {
        self.running.close();
    }

    /// What the page asked for that is not there. Browsers ask for an icon on their own.
    #[must_use]
    pub fn refused(&self) -> Vec<String> {
        self.running
            .answered()
            .into_iter()
            .filter(|answered| answered.status != 200 && answered.url != "/favicon.ico")
            .map(|answered| format!("{} {}", answered.status, answered.url))
            .collect()
    }

    /// How many requests were answered with a file.
    #[must_use]
    pub fn served(&self) -> usize {
        let answered = self.running.answered();
        answered.iter().filter(|one| one.status == 200).count()
    }
}

/// The page as one file, with the probe in it, as text.
///
/// # Panics
/// If it is not made.
#[must_use]
pub fn single_file() -> String {
    let file = dist_dir().join("hintfault.html");
    let html = fs::read_to_string(file).expect("the single file is not made: run cargo xtask single-file");
    // Before the page's policy, which allows no script but its own.
    html.replacen("<head>", &format!("<head><script>{PROBE}</script>"), 1)
}

/// The folder of the built page.
#[must_use]
pub fn dist_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist")
}
