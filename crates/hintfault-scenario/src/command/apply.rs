//! A scenario started under numactl.

use hintfault::ids::{CpuId, NodeSet};
use hintfault::input::{self, Scenario};

use super::{CommandError, CommandLine, Surroundings, parse_command};
use crate::document::{Document, Policy, Process, Start};
use crate::failure::{Failure, Text};
use crate::quantity::{CpuList, excerpt};
use crate::validate::validate;

/// The document with its processes started under a command line of numactl: the policy and the
/// CPUs it sets stand in place of those that their threads begin with. The command behind the
/// options is the name of a process; without one, all processes are started so that are there
/// from the start.
///
/// Also gives what numactl passes over.
///
/// # Errors
/// When the document is not valid, when the line is refused, or when no process has the name.
pub fn start_under(document: &Document, line: &str) -> Result<(Document, Vec<Text>), Failure> {
    let scenario = validate(document)?;
    let parse = |process| parse_command(line, &Surroundings::new(&scenario.machine, mems_of(process, &scenario)));
    // What is refused in one cpuset may do in another, and the command is the same in all.
    let parsed: Vec<Result<CommandLine, CommandError>> = scenario.processes.iter().map(parse).collect();
    let command = match (parsed.iter().flatten().next(), parsed.first()) {
        (Some(line), _) => line.command.clone(),
        (None, Some(Err(error))) => return Err(error.clone().into()),
        (None, _) => Vec::new(),
    };
    let mut started = document.clone();
    let mut notes = None;
    for (process, parsed) in started.processes.iter_mut().zip(parsed) {
        let is_meant = match command.first() {
            Some(name) => process.name == *name,
            None => !matches!(process.start, Some(Start::ByFork | Start::ByExec)),
        };
        if is_meant {
            let line = parsed?;
            set(process, &line);
            notes = Some(line.notes);
        }
    }
    notes.map(|notes| (started, notes)).ok_or_else(|| no_such_process(document))
}

fn no_such_process(document: &Document) -> Failure {
    let names: Vec<&str> = document.processes.iter().map(|process| process.name.as_str()).collect();
    let names = excerpt(&names.join(", "));
    let message = Text::new(
        format!("no process has the name of the command; there are: {names}"),
        format!("没有与命令同名的进程，现有：{names}"),
    );
    Failure::one("", message)
}

/// A child has those of its parent.
fn mems_of(process: &input::Process, scenario: &Scenario) -> NodeSet {
    match process.start {
        input::ProcessStart::ByFork { parent } => mems_of(&scenario.processes[parent.index()], scenario),
        _ => process.mems,
    }
}

fn set(process: &mut Process, line: &CommandLine) {
    if let Some(policy) = line.policy {
        process.policy = Some(Policy::from(policy));
        process.threads.iter_mut().for_each(|thread| thread.policy = None);
    }
    if let Some(cpus) = &line.cpus {
        let numbers: Vec<u16> = cpus.iter().map(|&CpuId(cpu)| cpu).collect();
        process.threads.iter_mut().for_each(|thread| thread.affinity = Some(CpuList::from_ascending(&numbers)));
    }
}
