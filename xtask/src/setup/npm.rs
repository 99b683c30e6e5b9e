//! Packages from the npm registry: the project's own, and binaryen for wasm-opt.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Purpose, Site, announced};
use crate::cache::CacheLock;
use crate::command::expect_success;

const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Whether `node_modules` is what `package-lock.json` asks for: `npm ci` empties the folder first, so
/// the copy of the lock file that set-up leaves in it is there only if it is current.
pub(super) fn packages_are_current(site: &Site) -> Result<bool> {
    let lock = fs::read(lock_file(site)).context("read package-lock.json")?;
    Ok(fs::read(installed_lock_file(site)).is_ok_and(|installed| installed == lock))
}

/// Whether wasm-opt is in the cache.
pub(super) fn has_binaryen(site: &Site) -> bool {
    site.cache.has(&binaryen_key(site))
}

/// Where wasm-opt is once it is installed.
pub(super) fn binaryen_programs(site: &Site) -> PathBuf {
    site.cache
        .path(&binaryen_key(site))
        .join("node_modules/.bin")
}

/// Installs what is missing for `purpose`.
pub(super) fn install(site: &Site, purpose: Purpose, lock: &CacheLock) -> Result<()> {
    if !packages_are_current(site)? {
        announced("npm packages", "build and check the front end", || {
            install_packages(site)
        })?;
    }
    if purpose < Purpose::Play || has_binaryen(site) {
        return Ok(());
    }
    let key = binaryen_key(site);
    announced(&key, "its wasm-opt makes the page smaller", || {
        site.cache.install(&key, lock, |stage| {
            let mut command = npm("install");
            command
                .current_dir(stage)
                .arg("--prefix")
                .arg(stage)
                .arg(format!(
                    "binaryen@{}",
                    site.project.config.tools.binaryen.version
                ));
            expect_success(&mut command, &site.cache.log("binaryen"), LIMIT)
        })
    })
}

fn install_packages(site: &Site) -> Result<()> {
    let mut command = npm("ci");
    command.current_dir(&site.project.root);
    expect_success(&mut command, &site.cache.log("npm"), LIMIT)?;
    fs::copy(lock_file(site), installed_lock_file(site)).context("note what is installed")?;
    Ok(())
}

fn npm(verb: &str) -> Command {
    let mut command = Command::new("npm");
    command.args([verb, "--no-audit", "--no-fund", "--no-update-notifier"]);
    command
}

fn binaryen_key(site: &Site) -> String {
    format!("binaryen-{}", site.project.config.tools.binaryen.version)
}

fn lock_file(site: &Site) -> PathBuf {
    site.project.root.join("package-lock.json")
}

fn installed_lock_file(site: &Site) -> PathBuf {
    site.project
        .root
        .join("node_modules/.installed-package-lock.json")
}
