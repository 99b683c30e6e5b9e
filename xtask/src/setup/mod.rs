//! Makes a machine ready: finds what is missing, says what it installs and why, installs it.

mod apt;
mod cargo_tools;
mod npm;
mod wasm_target;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::cache::{Cache, CacheLock};
use crate::project::Project;
use wasm_target::WasmTarget;

/// What the machine shall be ready for; each purpose includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Purpose {
    /// Formatting and lints of the front end.
    Lint,
    /// Building and serving the page.
    Play,
    /// Everything, with three browsers.
    Test,
}

/// How to call the tools of a machine that is ready.
pub struct Tools {
    path: OsString,
    web_toolchain: Option<PathBuf>,
    geckodriver: PathBuf,
}

impl Tools {
    /// A command that finds the installed tools on its `PATH`.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env("PATH", &self.path);
        command
    }

    /// Like [`Tools::command`], with the toolchain that has the wasm target.
    #[must_use]
    pub fn web_command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = self.command(program);
        if let Some(toolchain) = &self.web_toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        command
    }

    /// The driver of Firefox.
    #[must_use]
    pub fn geckodriver(&self) -> &Path {
        &self.geckodriver
    }
}

/// What one set-up works with.
struct Site<'a> {
    project: &'a Project,
    cache: &'a Cache,
}

/// Installs what is missing for `purpose`.
///
/// # Errors
/// If something cannot be installed: the message has the commands to run by hand.
pub fn ensure(project: &Project, purpose: Purpose) -> Result<Tools> {
    let cache = Cache::open()?;
    let site = Site { project, cache: &cache };
    if !is_ready(&site, purpose)? {
        let lock = cache.lock()?;
        install_missing(&site, purpose, &lock)?;
        if !is_ready(&site, purpose)? {
            bail!("set-up ended without an error, yet something is still missing");
        }
    }
    tools(&site)
}

fn is_ready(site: &Site, purpose: Purpose) -> Result<bool> {
    let npm_ready = npm::packages_are_current(site)?;
    if purpose < Purpose::Play {
        return Ok(npm_ready);
    }
    Ok(npm_ready
        && cargo_tools::missing(site, purpose).is_empty()
        && apt::missing(purpose).is_empty()
        && wasm_target::find(site.cache).is_some())
}

/// The three kinds wait for different things (the network, the processor), so they run side by side.
fn install_missing(site: &Site, purpose: Purpose, lock: &CacheLock) -> Result<()> {
    let results = thread::scope(|scope| {
        let system = scope.spawn(|| install_system(site, purpose, lock));
        let cargo = scope.spawn(|| cargo_tools::install(site, purpose, lock));
        let npm = scope.spawn(|| npm::install(site));
        [system, cargo, npm].map(|part| part.join())
    });
    let mut messages = Vec::new();
    for result in results {
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => messages.push(format!("{error:#}")),
            Err(_) => messages.push("a part of set-up panicked".to_owned()),
        }
    }
    if messages.is_empty() {
        return Ok(());
    }
    bail!("set-up could not be finished\n{}", messages.join("\n\n"))
}

fn install_system(site: &Site, purpose: Purpose, lock: &CacheLock) -> Result<()> {
    if purpose < Purpose::Play {
        return Ok(());
    }
    let browsers = apt::missing(purpose);
    if !browsers.is_empty() {
        apt::install(site.cache, &browsers)?;
    }
    wasm_target::install(site.cache, lock)
}

fn tools(site: &Site) -> Result<Tools> {
    let mut folders = cargo_tools::folders(site);
    if let Some(path) = env::var_os("PATH") {
        folders.extend(env::split_paths(&path));
    }
    let web_toolchain = match wasm_target::find(site.cache) {
        Some(WasmTarget::Debian { toolchain }) => Some(toolchain),
        Some(WasmTarget::Rustup) | None => None,
    };
    Ok(Tools {
        path: env::join_paths(folders).context("put the tools on PATH")?,
        web_toolchain,
        geckodriver: cargo_tools::geckodriver(site),
    })
}

/// Says what is installed and why, installs it, says how long it took.
fn announced(what: &str, why: &str, install: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("setup: installing {what}: {why}");
    let started = Instant::now();
    install().with_context(|| format!("installing {what}"))?;
    println!("setup: {what}: ready after {} s", started.elapsed().as_secs());
    Ok(())
}

/// Whether `program` is on `PATH`.
fn is_on_path(program: &str) -> bool {
    let Some(path) = env::var_os("PATH") else {
        return false;
    };
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
