//! The project's packages from the npm registry.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Site, announced};
use crate::command::expect_success;

const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Whether `node_modules` is what `package-lock.json` asks for: `npm ci` empties the folder first, so
/// the copy of the lock file that set-up leaves in it is there only if it is current.
pub(super) fn packages_are_current(site: &Site) -> Result<bool> {
    let lock = fs::read(lock_file(site)).context("read package-lock.json")?;
    Ok(fs::read(installed_lock_file(site)).is_ok_and(|installed| installed == lock))
}

/// Installs the packages unless they are current.
pub(super) fn install(site: &Site) -> Result<()> {
    if packages_are_current(site)? {
        return Ok(());
    }
    let why = "build and check the front end, make the wasm smaller";
    announced("npm packages", why, || install_packages(site))
}

fn install_packages(site: &Site) -> Result<()> {
    let mut command = Command::new("npm");
    command.current_dir(&site.project.root).args(["ci", "--no-audit", "--no-fund", "--no-update-notifier"]);
    expect_success(&mut command, &site.cache.log("npm"), LIMIT)?;
    fs::copy(lock_file(site), installed_lock_file(site)).context("note what is installed")?;
    Ok(())
}

fn lock_file(site: &Site) -> PathBuf {
    site.project.root.join("package-lock.json")
}

fn installed_lock_file(site: &Site) -> PathBuf {
    let name = "node_modules/.installed-package-lock.json";
    site.project.root.join(name)
}
