//! The table in `docs/conformance.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::RunResult;
use super::known::Known;
use super::report::{Score, Verdict, failures};

const BEGIN: &str = "<!-- written by cargo xtask conformance --write -->";
const END: &str = "<!-- end -->";

/// The document that holds the table.
#[must_use]
pub fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md")
}

/// The document that tells why figures are out of tolerance.
#[must_use]
pub fn notes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance-notes.md")
}

/// A document with its table brought up to date; none where it has no place for one.
#[must_use]
pub fn updated(document: &str, results: &[RunResult], known: &[Known]) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n{END}{after}", table(results, known)))
}

fn table(results: &[RunResult], known: &[Known]) -> String {
    let mut text = format!("{} runs: {}.\n\n", results.len(), Verdict::new(results, known));
    text.push_str("| comparison | holds |\n|---|---|\n");
    for (kind, score) in by_kind(results) {
        row(&mut text, &[kind, &score.to_string()]);
    }
    text.push_str("\n| scenario | step | free |\n|---|---|---|\n");
    for (scenario, [steps, free]) in by_scenario(results) {
        row(&mut text, &[scenario, &steps.to_string(), &free.to_string()]);
    }
    text.push_str("\n| known failures | of runs | number | reason |\n|---|---|---|---|\n");
    for ((reason, run, kind), count) in by_reason(results, known) {
        row(&mut text, &[kind, run, &count.to_string(), reason]);
    }
    text
}

fn row(text: &mut String, cells: &[&str]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn by_kind(results: &[RunResult]) -> BTreeMap<&str, Score> {
    let mut kinds: BTreeMap<&str, Score> = BTreeMap::new();
    for check in results.iter().flat_map(|result| result.steps.iter().chain(&result.free)) {
        let score = kinds.entry(check.kind).or_default();
        score.all += 1;
        score.good += usize::from(check.outcome.is_ok());
    }
    kinds
}

fn by_scenario(results: &[RunResult]) -> BTreeMap<&str, [Score; 2]> {
    let mut scenarios: BTreeMap<&str, [Score; 2]> = BTreeMap::new();
    for result in results {
        let scores = scenarios.entry(scenario_of(&result.run)).or_default();
        for (score, checks) in scores.iter_mut().zip([&result.steps, &result.free]) {
            *score = [*score, Score::of(checks)].into_iter().sum();
        }
    }
    scenarios
}

fn by_reason<'a>(results: &'a [RunResult], known: &'a [Known]) -> BTreeMap<(&'a str, &'a str, &'a str), usize> {
    let mut reasons = BTreeMap::new();
    for failure in failures(results) {
        if let Some(entry) = known.iter().find(|known| failure.is_under(known)) {
            let key = (entry.reason.as_str(), scenario_of(&entry.run), failure.check.kind);
            *reasons.entry(key).or_default() += 1;
        }
    }
    reasons
}

fn scenario_of(run: &str) -> &str {
    run.rsplit_once(".s").map_or(run, |(scenario, _)| scenario)
}
