//! `cargo xtask`: everything that CI and people call.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::bench::{Scope, bench};
use xtask::checks;
use xtask::command::Output;
use xtask::conformance::{self, Table};
use xtask::project::Project;
use xtask::setup::{self, Purpose};

/// Set-up, build, play and test of Hintfault.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Install what is missing, build the page, serve it on 127.0.0.1
    Play {
        /// Port to listen on; the next free one is taken if it is in use
        #[arg(long, default_value_t = xtask::play::DEFAULT_PORT)]
        port: u16,
    },
    /// Install what is missing and build the page into dist/
    Build,
    /// Build the page, then make one file of it that can be opened from disk: dist/hintfault.html
    SingleFile,
    /// Install what is missing and prove everything
    Test {
        /// Native checks only, under a minute
        #[arg(long)]
        fast: bool,
    },
    /// Install what is missing and stop
    Setup {
        /// What the machine shall be ready for
        #[arg(long = "for", value_enum, default_value_t = Purpose::Test)]
        purpose: Purpose,
    },
    /// Measure speed and memory, natively and in headless Chromium
    Bench {
        /// Native benchmarks only
        #[arg(long)]
        native: bool,
    },
    /// Format Rust and TypeScript
    Fmt,
    /// Run clippy, Biome and tsc
    Lint,
    /// Rewrite the golden files from what the tests find now
    Bless,
    /// Compare recordings of the real kernel with the engine
    Conformance {
        /// Folder of recordings (ID.sN.json, ID.sN.json.gz) instead of the project's own
        #[arg(long = "runs")]
        folder: Option<PathBuf>,
        /// Bring the table in docs/conformance.md up to date
        #[arg(long, conflicts_with = "folder")]
        write: bool,
        /// Find out what figures out of tolerance hang on, for docs/conformance-notes.md (minutes)
        #[arg(long, conflicts_with_all = ["folder", "write"])]
        why: bool,
        /// Memory-policy cases instead: these files (.jsonl, .jsonl.gz), or the project's own
        #[arg(long, num_args = 0.., value_name = "FILE", conflicts_with_all = ["folder", "write", "why"])]
        mempolicy: Option<Vec<PathBuf>>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<ExitCode> {
    let project = Project::open()?;
    match verb {
        Verb::Play { port } => xtask::play::play(&project, port)?,
        Verb::Build => {
            let tools = setup::ensure(&project, Purpose::Play)?;
            xtask::build::build_page(&project, &tools, Output::Shown)?;
        }
        Verb::SingleFile => {
            let tools = setup::ensure(&project, Purpose::Play)?;
            xtask::build::build_page(&project, &tools, Output::Shown)?;
            xtask::build::build_single_file(&project, &tools, Output::Shown)?;
            println!("{}", xtask::build::check_single_file(&project)?);
        }
        Verb::Test { fast: true } => return Ok(checks::run_fast(&project)),
        Verb::Test { fast: false } => return Ok(checks::run_everything(&project)),
        Verb::Setup { purpose } => {
            setup::ensure(&project, purpose)?;
            println!("setup: ready");
        }
        Verb::Bench { native: true } => bench(&project, Scope::Native)?,
        Verb::Bench { native: false } => bench(&project, Scope::WithBrowser)?,
        Verb::Fmt => checks::format(&project)?,
        Verb::Lint => return checks::run_lints(&project),
        Verb::Bless => checks::bless(&project)?,
        Verb::Conformance { mempolicy: Some(files), .. } => return conformance::run_mempolicy(&project, &files),
        Verb::Conformance { why: true, .. } => return conformance::run(&project, None, Table::Explained),
        Verb::Conformance { folder, write: true, .. } => {
            return conformance::run(&project, folder.as_deref(), Table::Written);
        }
        Verb::Conformance { folder, write: false, .. } => {
            return conformance::run(&project, folder.as_deref(), Table::Left);
        }
    }
    Ok(ExitCode::SUCCESS)
}
