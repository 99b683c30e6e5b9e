//! `conformance`: recordings of the real kernel against the engine.

use std::path::{self, Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::project::Project;

/// What happens to the tables in `docs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// They stay as they are.
    Left,
    /// The one in `conformance.md` is brought up to date.
    Written,
    /// Instead of a verdict, the causes in `conformance-notes.md` are.
    Explained,
}

/// Builds and runs the suite; its verdict is the exit code.
///
/// # Errors
/// If cargo cannot be started.
pub fn run(project: &Project, folder: Option<&Path>, table: Table) -> Result<ExitCode> {
    let mut command = suite(project);
    if let Some(folder) = folder {
        // The suite runs in the project's folder, whatever the caller's is.
        command.arg("--runs").arg(path::absolute(folder).with_context(|| format!("find {}", folder.display()))?);
    }
    match table {
        Table::Left => {}
        Table::Written => _ = command.arg("--write"),
        Table::Explained => _ = command.arg("--why"),
    }
    finish(command)
}

/// Replays memory-policy cases: those of these files, or the project's own.
///
/// # Errors
/// If cargo cannot be started.
pub fn run_mempolicy(project: &Project, files: &[PathBuf]) -> Result<ExitCode> {
    let mut command = suite(project);
    command.arg("--mempolicy");
    for file in files {
        command.arg(path::absolute(file).with_context(|| format!("find {}", file.display()))?);
    }
    finish(command)
}

fn suite(project: &Project) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&project.root);
    command.args(["run", "--quiet", "--package", "hintfault-tests", "--bin", "conformance", "--"]);
    command
}

fn finish(mut command: Command) -> Result<ExitCode> {
    let status = command.status().context("start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
