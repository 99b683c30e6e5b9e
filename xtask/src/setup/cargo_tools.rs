//! Tools from crates.io, each in its own folder of the cache.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::{Purpose, Site, announced};
use crate::cache::CacheLock;
use crate::command::expect_success;
use crate::project::CargoTool;

const LIMIT: Duration = Duration::from_secs(20 * 60);
/// One build folder for all tools, since they share many libraries; removed at the end.
const BUILD_DIR: &str = "build-tools";

/// A tool and the purpose from which on it is needed.
pub(super) struct Wanted<'a> {
    name: &'static str,
    why: &'static str,
    since: Purpose,
    pin: &'a CargoTool,
}

impl Wanted<'_> {
    fn key(&self) -> String {
        format!("{}-{}", self.name, self.pin.version)
    }
}

fn all<'a>(site: &Site<'a>) -> [Wanted<'a>; 3] {
    let pins = &site.project.config.tools;
    [
        Wanted {
            name: "wasm-pack",
            why: "builds the engine for the page and runs its tests in browsers",
            since: Purpose::Play,
            pin: &pins.wasm_pack,
        },
        Wanted {
            name: "wasm-bindgen-cli",
            why: "makes the JavaScript side of the engine",
            since: Purpose::Play,
            pin: &pins.wasm_bindgen_cli,
        },
        Wanted {
            name: "geckodriver",
            why: "lets the tests drive Firefox",
            since: Purpose::Test,
            pin: &pins.geckodriver,
        },
    ]
}

/// The tools that `purpose` needs and the cache lacks.
pub(super) fn missing<'a>(site: &Site<'a>, purpose: Purpose) -> Vec<Wanted<'a>> {
    all(site).into_iter().filter(|tool| tool.since <= purpose && !site.cache.has(&tool.key())).collect()
}

/// Installs the tools that are missing for `purpose`.
pub(super) fn install(site: &Site, purpose: Purpose, lock: &CacheLock) -> Result<()> {
    let tools = missing(site, purpose);
    if tools.is_empty() {
        return Ok(());
    }
    for tool in &tools {
        let what = format!("{} {}", tool.name, tool.pin.version);
        announced(&what, tool.why, || install_one(site, tool, lock))?;
    }
    site.cache.discard(BUILD_DIR)
}

/// The folders to put on `PATH`.
pub(super) fn folders(site: &Site) -> Vec<PathBuf> {
    all(site).iter().map(|tool| site.cache.path(&tool.key()).join("bin")).collect()
}

/// Where geckodriver is once it is installed.
pub(super) fn geckodriver(site: &Site) -> PathBuf {
    let [_, _, tool] = all(site);
    site.cache.path(&tool.key()).join("bin/geckodriver")
}

fn install_one(site: &Site, tool: &Wanted, lock: &CacheLock) -> Result<()> {
    let log = site.cache.log(tool.name);
    site.cache.install(&tool.key(), lock, |stage| {
        let mut command = cargo_install(tool, stage, &site.cache.path(BUILD_DIR));
        expect_success(&mut command, &log, LIMIT)
    })
}

/// The tools run for seconds, so compiling them fast matters more than what they are compiled to.
fn cargo_install(tool: &Wanted, stage: &Path, build_dir: &Path) -> Command {
    let mut command = Command::new("cargo");
    command
        // Away from the checkout, whose cargo settings are not meant for these.
        .current_dir(stage)
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .args(["install", tool.name, "--version", &tool.pin.version, "--no-track"])
        .arg("--root")
        .arg(stage)
        .arg("--target-dir")
        .arg(build_dir);
    if tool.pin.locked {
        command.arg("--locked");
    }
    command
}
