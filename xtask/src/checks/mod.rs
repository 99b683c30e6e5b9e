//! What `test`, `lint`, `fmt` and `bless` run.

mod list;
mod runner;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::command::Output;
use crate::project::Project;
use crate::setup::{self, Purpose};
use runner::Check;

/// Set by [`bless`]; golden tests that see it rewrite their files.
const BLESS_VARIABLE: &str = "HINTFAULT_BLESS";

/// Installs what is missing and runs every check, however many fail.
#[must_use]
pub fn run_everything(project: &Project) -> ExitCode {
    match setup::ensure(project, Purpose::Test) {
        Ok(tools) => runner::run_all(list::everything(project, &tools), &log_dir(project)),
        Err(error) => runner::nothing_ran(&error),
    }
}

/// Runs the checks that need neither browser nor npm packages.
#[must_use]
pub fn run_fast(project: &Project) -> ExitCode {
    runner::run_all(list::fast(project), &log_dir(project))
}

/// Runs clippy, Biome and tsc.
///
/// # Errors
/// If npm packages are missing and cannot be installed.
pub fn run_lints(project: &Project) -> Result<ExitCode> {
    setup::ensure(project, Purpose::Lint)?;
    Ok(runner::run_all(list::lints(project), &log_dir(project)))
}

/// Formats Rust and TypeScript.
///
/// # Errors
/// If npm packages cannot be installed or a formatter fails.
pub fn format(project: &Project) -> Result<()> {
    setup::ensure(project, Purpose::Lint)?;
    Output::Shown.run(cargo(project).args(["fmt", "--all"]))?;
    Output::Shown.run(&mut list::npm_script(project, "format"))
}

/// Runs the native tests with leave to rewrite their golden files.
///
/// # Errors
/// If a test fails all the same.
pub fn bless(project: &Project) -> Result<()> {
    Output::Shown.run(list::native_tests(project).env(BLESS_VARIABLE, "1"))
}

fn cargo(project: &Project) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&project.root);
    command
}

fn log_dir(project: &Project) -> PathBuf {
    project.root.join("target/xtask-logs")
}
