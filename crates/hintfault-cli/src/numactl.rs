//! `hintfault numactl`: machines from its output, and what its command lines mean.

use std::io::Write;

use hintfault::ids::{CpuId, NodeSet};
use hintfault::input::{MemPolicy, Scenario};
use hintfault_explain::{Language, line_of_refusal};
use hintfault_scenario::command::{CommandError, Rule, Surroundings, parse_command, print_command, set_mempolicy_call};
use hintfault_scenario::numactl::parse_numactl;
use hintfault_scenario::{Text, parse_policy, replace_machine, to_json, validate};

use crate::args::NumactlArgs;
use crate::error::Error;
use crate::events::cpu_list;
use crate::input;

pub(crate) fn numactl(args: &NumactlArgs, out: &mut dyn Write) -> Result<(), Error> {
    match (&args.output, &args.explain) {
        (_, Some(line)) => explain(line, args, out),
        (output, None) => import(output.as_deref().unwrap_or("-"), &args.scenario, out),
    }
}

/// Prints the scenario on the machine of `numactl --hardware` output; what had to be assumed
/// goes to standard error, so that the document can be redirected into a file.
fn import(output: &str, scenario: &str, out: &mut dyn Write) -> Result<(), Error> {
    let text = input::read(output)?;
    let spec = parse_numactl(&text).map_err(|failure| Error::refused(output, failure))?;
    let document = input::document(scenario)?;
    let refused = |failure| Error::refused(scenario, failure);
    let replaced = replace_machine(&document, &spec).map_err(refused)?;
    validate(&replaced).map_err(refused)?;
    for note in &spec.notes {
        eprintln!("{output}: {}", note.en);
    }
    Ok(writeln!(out, "{}", to_json(&replaced))?)
}

/// What a command line does, or the line and the call for a policy.
fn explain(line: &str, args: &NumactlArgs, out: &mut dyn Write) -> Result<(), Error> {
    let scenario = input::scenario(&args.scenario)?;
    let mems = scenario.processes.first().map_or(NodeSet::default(), |process| process.mems);
    let around = Surroundings::new(&scenario.machine, mems);
    let language = args.lang.language();
    if let Ok(policy) = parse_policy(line.trim()) {
        check(policy, &scenario, mems, line, language)?;
        return tell(Some(policy), None, &around, language, out);
    }
    let parsed = parse_command(line, &around).map_err(|error| refused(line, &error, language))?;
    tell(parsed.policy, parsed.cpus.as_deref(), &around, language, out)?;
    if !parsed.command.is_empty() {
        writeln!(out, "command: {}", parsed.command.join(" "))?;
    }
    for note in &parsed.notes {
        writeln!(out, "note: {}", in_language(note, language))?;
    }
    Ok(())
}

fn check(policy: MemPolicy, scenario: &Scenario, mems: NodeSet, line: &str, language: Language) -> Result<(), Error> {
    let nodes = scenario.machine.nodes.iter().filter(|node| node.memory_pages > 0).map(|node| node.id);
    let with_memory = nodes.fold(NodeSet::default(), NodeSet::with);
    let allowed = if mems.is_empty() { with_memory } else { with_memory.and(mems) };
    policy
        .check(allowed)
        .map_err(|rule| Error::Rule { line: line.to_owned(), sentence: line_of_refusal(rule, language) })
}

fn tell(
    policy: Option<MemPolicy>,
    cpus: Option<&[CpuId]>,
    around: &Surroundings,
    language: Language,
    out: &mut dyn Write,
) -> Result<(), Error> {
    match policy {
        Some(policy) => {
            writeln!(out, "policy: {policy}")?;
            for line in set_mempolicy_call(policy).lines() {
                writeln!(out, "C: {line}")?;
            }
        }
        None => writeln!(out, "policy: default")?,
    }
    if let Some(cpus) = cpus {
        writeln!(out, "cpus: {}", cpu_list(cpus))?;
    }
    match print_command(policy, cpus, around) {
        Ok(line) => writeln!(out, "numactl: {}", if line.is_empty() { "(no option)" } else { &line })?,
        Err(unsaid) => writeln!(out, "numactl: {}", in_language(&unsaid, language))?,
    }
    Ok(())
}

fn in_language(text: &Text, language: Language) -> &str {
    match language {
        Language::En => &text.en,
        Language::Zh => &text.zh,
    }
}

/// The line with a mark below the place, and what is wrong there.
fn refused(line: &str, error: &CommandError, language: Language) -> Error {
    let text = error.text();
    let sentence = match error.rule {
        Rule::Kernel(rule) => line_of_refusal(rule, language),
        _ => in_language(&text, language).to_owned(),
    };
    let mark = " ".repeat(error.at);
    Error::Rule { line: line.to_owned(), sentence: format!("\n  {line}\n  {mark}^ {sentence}") }
}
