//! Debian packages: browsers, their drivers, and the fall-back's compiler.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::{Purpose, announced, is_on_path};
use crate::cache::Cache;
use crate::command::{expect_success, output_of};

const LIMIT: Duration = Duration::from_secs(15 * 60);

/// A package that a purpose needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Package {
    name: &'static str,
    /// The package is there if one of these is on `PATH`.
    programs: &'static [&'static str],
    why: &'static str,
}

const BROWSERS: [Package; 5] = [
    Package { name: "chromium", programs: &["chromium"], why: "runs wasm and page tests in Blink" },
    Package { name: "chromium-driver", programs: &["chromedriver"], why: "lets the tests drive Chromium" },
    Package { name: "firefox-esr", programs: &["firefox-esr", "firefox"], why: "runs wasm and page tests in Gecko" },
    Package { name: "webkit2gtk-driver", programs: &["WebKitWebDriver"], why: "runs page tests in WebKit" },
    Package { name: "xvfb", programs: &["Xvfb"], why: "gives WebKit a screen, since it has no headless mode" },
];

/// The compiler whose standard library can be built for wasm32 without rustup's server.
pub(super) const FALL_BACK_COMPILER: [Package; 2] = [
    Package { name: "rustc-web", programs: &[], why: "compiles for wasm32 where rustup cannot fetch the target" },
    Package { name: "rust-web-src", programs: &[], why: "source of the standard library for wasm32" },
];

/// The browser packages that `purpose` needs and the machine lacks.
pub(super) fn missing(purpose: Purpose) -> Vec<Package> {
    if purpose < Purpose::Test {
        return Vec::new();
    }
    BROWSERS.into_iter().filter(|package| !package.programs.iter().any(|program| is_on_path(program))).collect()
}

/// Installs `packages`, or says how to do it by hand.
pub(super) fn install(cache: &Cache, packages: &[Package]) -> Result<()> {
    if !is_on_path("apt-get") {
        bail!(
            "this machine has no apt-get; install these by its own means so that they are on PATH:\n{}",
            reasons(packages)
        );
    }
    if !is_root() {
        bail!("Debian packages need root; run by hand:\n{}", by_hand(packages));
    }
    for package in packages {
        println!("setup: {} {}", package.name, package.why);
    }
    announced(&names(packages), "from Debian", || update_and_install(cache, packages))
        .map_err(|error| error.context(format!("apt-get failed; run by hand:\n{}", by_hand(packages))))
}

/// The exact commands for somebody who is not root.
pub(super) fn by_hand(packages: &[Package]) -> String {
    format!("  sudo apt-get update\n  sudo apt-get install --no-install-recommends {}", names(packages))
}

fn update_and_install(cache: &Cache, packages: &[Package]) -> Result<()> {
    let log = cache.log("apt");
    expect_success(apt_get().arg("update"), &log, LIMIT)?;
    let mut install = apt_get();
    install.args(["install", "--yes", "--no-install-recommends"]).args(packages.iter().map(|package| package.name));
    expect_success(&mut install, &log, LIMIT)
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Another apt-get (unattended upgrades on a new machine) may hold the lock for a while.
        .args(["-o", "DPkg::Lock::Timeout=300"]);
    command
}

fn is_root() -> bool {
    output_of(Command::new("id").arg("-u")).as_deref() == Some("0")
}

fn names(packages: &[Package]) -> String {
    let names: Vec<&str> = packages.iter().map(|package| package.name).collect();
    names.join(" ")
}

fn reasons(packages: &[Package]) -> String {
    let lines: Vec<String> = packages
        .iter()
        .map(|package| format!("  {} ({}): {}", package.name, package.programs.join(" or "), package.why))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_need_browsers() {
        assert!(missing(Purpose::Lint).is_empty());
        assert!(missing(Purpose::Play).is_empty());
    }

    #[test]
    fn by_hand_is_a_command_that_can_be_pasted() {
        let text = by_hand(&BROWSERS);
        assert!(text.contains(
            "sudo apt-get install --no-install-recommends chromium chromium-driver firefox-esr webkit2gtk-driver xvfb"
        ));
    }

    #[test]
    fn reasons_name_the_programs_looked_for() {
        assert!(reasons(&BROWSERS).contains("firefox-esr (firefox-esr or firefox): "));
    }
}
