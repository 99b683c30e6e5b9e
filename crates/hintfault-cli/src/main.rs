//! The `hintfault` command: runs, checks and shares scenarios without a browser.
//!
//! Exit status: 0 on success, 1 when an input was refused or could not be read, 2 for a command
//! line that is wrong.

mod actions;
mod args;
mod error;
mod events;
mod input;
mod numactl;
mod run;
mod why;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use hintfault::time::Tick;
use hintfault_scenario::bench::{Setting, parse_command};
use hintfault_scenario::{bench, codec, presets, to_json, validate};

use crate::args::{Args, Command};
use crate::error::Error;

fn main() -> ExitCode {
    match execute(Args::parse().command, &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe may stop reading, as `head` does.
        Err(Error::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hintfault: {error}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command, out: &mut dyn Write) -> Result<(), Error> {
    match command {
        Command::Run(args) => run::run(&args, out),
        Command::Why(args) => why::why(&args, out),
        Command::Check { scenario } => check(&scenario, out),
        Command::Json { scenario } => {
            let json = to_json(&input::document(&scenario)?);
            Ok(writeln!(out, "{json}")?)
        }
        Command::Presets => list_presets(out),
        Command::PerfBench { options, scale, machine } => perf_bench(&options, scale, machine.as_deref(), out),
        Command::Url { scenario, tick } => {
            let document = input::document(&scenario)?;
            let refused = |failure| Error::refused(&scenario, failure);
            validate(&document).map_err(refused)?;
            let fragment = codec::encode(&document, Tick(tick), None, None).map_err(refused)?;
            Ok(writeln!(out, "#{fragment}")?)
        }
        Command::Numactl(args) => numactl::numactl(&args, out),
    }
}

fn perf_bench(options: &str, scale: u64, machine: Option<&str>, out: &mut dyn Write) -> Result<(), Error> {
    let refused = |failure| Error::refused("perf bench numa mem", failure);
    let params = parse_command(options).map_err(refused)?;
    let setting = match machine {
        Some(name) => Setting::new(input::document(name)?.machine, scale),
        None => Setting::four_nodes(scale),
    };
    let document = setting.and_then(|setting| bench::perf_bench::perf_bench(options.trim(), &params, &setting));
    let document = document.map_err(refused)?;
    validate(&document).map_err(refused)?;
    Ok(writeln!(out, "{}", to_json(&document))?)
}

fn check(scenario: &str, out: &mut dyn Write) -> Result<(), Error> {
    let checked = input::scenario(scenario)?;
    let threads: usize = checked.processes.iter().map(|process| process.threads.len()).sum();
    let pages: u64 =
        checked.processes.iter().flat_map(|process| &process.regions).map(|region| u64::from(region.pages)).sum();
    let (nodes, processes) = (checked.machine.nodes.len(), checked.processes.len());
    let actions = checked.actions.len();
    writeln!(
        out,
        "{scenario}: valid: {nodes} nodes, {processes} processes, {threads} threads, {pages} pages, {actions} actions"
    )?;
    Ok(())
}

fn list_presets(out: &mut dyn Write) -> Result<(), Error> {
    for preset in presets::ALL {
        let document = preset.document().map_err(|failure| Error::refused(preset.id, failure))?;
        writeln!(out, "{:18} {}", preset.id, document.title.en)?;
        writeln!(out, "{:18} {}", "", document.title.zh)?;
    }
    let programs = bench::autonuma::Program::ALL.map(bench::autonuma::Program::name);
    writeln!(out, "\nautonumabench, to be divided as in numa01@16: {}", programs.join(", "))?;
    let tests: Vec<&str> = bench::perf_bench::names().collect();
    writeln!(out, "perf bench numa mem, likewise: {}", tests.join(", "))?;
    Ok(())
}
