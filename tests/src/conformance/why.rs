//! What the figures of free runs that are out of tolerance hang on, found by simulating the runs
//! again with small changes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::for_each_scenario;
use crate::free::{self, Figure, Variation};
use crate::recording::{ReadError, Recording, run_name};

const BEGIN: &str = "<!-- written by cargo xtask conformance --why -->";
const END: &str = "<!-- end -->";

/// Under which change a figure comes within tolerance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// The run begins elsewhere in a tick.
    Start,
    /// Visits take a little longer.
    Speed,
    /// Busy CPUs get the shares of the machine that they were recorded to have.
    Turns,
    /// Under none of them, but one of the repeats is out of what the others allow as well.
    Repeats,
    /// Under none of them, while the repeats agree.
    Unknown,
}

/// A figure that is out of tolerance.
#[derive(Clone, PartialEq, Debug)]
pub struct Explained {
    /// `ID.sN`.
    pub run: String,
    /// The figure in the plain simulation.
    pub figure: Figure,
    /// What it hangs on.
    pub cause: Cause,
}

/// Explains all figures of a folder's runs that are out of tolerance, in the order of the runs.
///
/// # Errors
/// If a file cannot be read.
pub fn explain_folder(folder: &Path) -> Result<Vec<Explained>, ReadError> {
    let mut explained = for_each_scenario(folder, explain_scenario)?;
    explained.sort_by(|a, b| (&a.run, &a.figure.name).cmp(&(&b.run, &b.figure.name)));
    Ok(explained)
}

fn explain_scenario(files: &[PathBuf]) -> Result<Vec<Explained>, ReadError> {
    let repeats: Vec<Recording> = files.iter().map(|file| Recording::try_read(file)).collect::<Result<_, _>>()?;
    let explain = |(file, recording): (&PathBuf, &Recording)| {
        let run = run_name(file).unwrap_or(&recording.id);
        explain_run(recording, &repeats)
            .into_iter()
            .map(|(figure, cause)| Explained { run: run.to_owned(), figure, cause })
            .collect::<Vec<_>>()
    };
    Ok(files.iter().zip(&repeats).flat_map(explain).collect())
}

fn explain_run(recording: &Recording, repeats: &[Recording]) -> Vec<(Figure, Cause)> {
    let plain = free::compare(recording, repeats, Variation::None);
    let mut left: Vec<Figure> = plain.into_iter().filter(|figure| !figure.is_within()).collect();
    let mut found = Vec::new();
    for variation in Variation::ALL {
        if left.is_empty() {
            break;
        }
        let varied = free::compare(recording, repeats, variation);
        let is_good = |figure: &Figure| varied.iter().any(|other| other.name == figure.name && other.is_within());
        let (good, bad): (Vec<Figure>, Vec<Figure>) = left.into_iter().partition(is_good);
        found.extend(good.into_iter().map(|figure| (figure, cause_of(variation))));
        left = bad;
    }
    found.extend(left.into_iter().map(|figure| {
        let cause = if figure.repeats_differ() { Cause::Repeats } else { Cause::Unknown };
        (figure, cause)
    }));
    found
}

fn cause_of(variation: Variation) -> Cause {
    match variation {
        Variation::Start(_) => Cause::Start,
        Variation::Speed(_) => Cause::Speed,
        Variation::Turns(_) => Cause::Turns,
        Variation::None => Cause::Unknown,
    }
}

/// A document with its table of causes brought up to date; none where it has no place for one.
#[must_use]
pub fn updated(document: &str, explained: &[Explained]) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n{END}{after}", text(explained)))
}

fn text(explained: &[Explained]) -> String {
    const CAUSES: [Cause; 5] = [Cause::Start, Cause::Speed, Cause::Turns, Cause::Repeats, Cause::Unknown];
    let mut scenarios: BTreeMap<&str, Vec<&Explained>> = BTreeMap::new();
    for one in explained {
        scenarios.entry(scenario_of(&one.run)).or_default().push(one);
    }
    let mut text = String::from("| scenario | out of tolerance | start | speed | turns | repeats | none |\n");
    text.push_str("|---|---|---|---|---|---|---|\n");
    let mut row = |name: &str, of: &[&Explained]| {
        let counts = CAUSES.map(|cause| of.iter().filter(|one| one.cause == cause).count().to_string());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {name} | {} | {} |", of.len(), counts.join(" | "));
    };
    for (scenario, of) in &scenarios {
        row(scenario, of);
    }
    row("all", &explained.iter().collect::<Vec<_>>());
    text.push('\n');
    for (scenario, of) in &scenarios {
        let unknown = of.iter().filter(|one| one.cause == Cause::Unknown);
        text.push_str(&unexplained(scenario, unknown));
    }
    text
}

/// Figures by name, with what the runs gave and what was allowed.
fn unexplained<'a>(scenario: &str, figures: impl Iterator<Item = &'a &'a Explained>) -> String {
    let mut by_name: BTreeMap<&str, Vec<&Explained>> = BTreeMap::new();
    for one in figures {
        by_name.entry(&one.figure.name).or_default().push(one);
    }
    let mut text = String::new();
    for (name, of) in by_name {
        let values: Vec<String> = of.iter().map(|one| format!("{:.0}", one.figure.value)).collect();
        let allowed = of[0].figure.allowed;
        let _ = writeln!(
            text,
            "* `{scenario}` {name}: {}, allowed {:.0} to {:.0}",
            values.join(", "),
            allowed.low,
            allowed.high
        );
    }
    text
}

fn scenario_of(run: &str) -> &str {
    run.rsplit_once(".s").map_or(run, |(scenario, _)| scenario)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::table;

    #[test]
    fn scenarios_with_figures_of_no_cause_are_followed_one_by_one() {
        let notes = std::fs::read_to_string(table::notes()).expect("the notes");
        let (_, written) = notes.split_once(BEGIN).expect("causes");
        let (causes, followed) = written.split_once(END).expect("an end");
        let listed = causes.lines().filter_map(|line| line.strip_prefix("* `")?.split('`').next());
        let missing: Vec<&str> = listed.filter(|scenario| !followed.contains(&format!("`{scenario}`"))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
