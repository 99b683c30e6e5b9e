//! From comparisons to a verdict.

use std::fmt;

use super::known::Known;
use super::{Check, RunResult};

/// How many comparisons held.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Score {
    /// That held.
    pub good: usize,
    /// All.
    pub all: usize,
}

impl Score {
    /// Counts comparisons.
    #[must_use]
    pub fn of(checks: &[Check]) -> Self {
        Self { good: checks.iter().filter(|check| check.outcome.is_ok()).count(), all: checks.len() }
    }
}

impl std::iter::Sum for Score {
    fn sum<I: Iterator<Item = Self>>(scores: I) -> Self {
        scores.fold(Self::default(), |sum, score| Self { good: sum.good + score.good, all: sum.all + score.all })
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.good, self.all))
    }
}

/// What all runs showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Comparisons of single functions.
    pub steps: Score,
    /// Figures of whole runs.
    pub free: Score,
    /// What failed without being listed, one line each.
    pub unlisted: Vec<String>,
    /// Entries of the list that nothing fails under any more, one line each.
    pub stale: Vec<String>,
}

impl Verdict {
    /// Judges runs by the list of known failures.
    #[must_use]
    pub fn new(results: &[RunResult], known: &[Known]) -> Self {
        Self {
            steps: results.iter().map(|result| Score::of(&result.steps)).sum(),
            free: results.iter().map(|result| Score::of(&result.free)).sum(),
            unlisted: failures(results).filter(|failure| !failure.is_listed(known)).map(|f| f.to_string()).collect(),
            stale: known.iter().filter(|known| is_stale(known, results)).map(stale_line).collect(),
        }
    }

    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.unlisted.is_empty() && self.stale.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} exact, free {} within tolerance", self.steps, self.free)
    }
}

/// A comparison that failed.
pub(super) struct Failure<'a> {
    pub(super) run: &'a str,
    pub(super) check: &'a Check,
    pub(super) message: &'a str,
}

impl Failure<'_> {
    pub(super) fn is_listed(&self, known: &[Known]) -> bool {
        known.iter().any(|known| self.is_under(known))
    }

    pub(super) fn is_under(&self, known: &Known) -> bool {
        known.covers(self.run, &self.check.name())
    }
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {}", self.run, self.check.name(), self.message)
    }
}

/// All comparisons that failed.
pub(super) fn failures(results: &[RunResult]) -> impl Iterator<Item = Failure<'_>> {
    results.iter().flat_map(|result| {
        let checks = result.steps.iter().chain(&result.free);
        checks.filter_map(|check| {
            let message = check.outcome.as_ref().err()?;
            Some(Failure { run: &result.run, check, message })
        })
    })
}

/// An entry is stale when its runs are there and nothing fails under it.
fn is_stale(known: &Known, results: &[RunResult]) -> bool {
    results.iter().any(|result| known.is_about(&result.run))
        && !failures(results).any(|failure| failure.is_under(known))
}

fn stale_line(known: &Known) -> String {
    format!("{} | {} | holds now: take it off the list", known.run, known.case)
}

/// The line of one run.
#[must_use]
pub fn run_line(result: &RunResult, known: &[Known]) -> String {
    let one = std::slice::from_ref(result);
    let unlisted = failures(one).filter(|failure| !failure.is_listed(known)).count();
    let listed = failures(one).count() - unlisted;
    let (steps, free) = (Score::of(&result.steps), Score::of(&result.free));
    format!("{:<34} step {steps:<9} free {free:<9} known failures {listed}, others {unlisted}", result.run)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(outcome: Result<(), String>) -> Vec<RunResult> {
        let check = |outcome| Check { kind: "order", place: "0.0 9.000".to_owned(), outcome };
        vec![RunResult { run: "01-a.s1".to_owned(), steps: vec![check(Ok(())), check(outcome)], free: Vec::new() }]
    }

    fn known(run: &str) -> Known {
        Known { run: run.to_owned(), case: "order *".to_owned(), reason: "because".to_owned() }
    }

    #[test]
    fn an_unlisted_failure_is_bad_and_a_listed_one_is_not() {
        let failed = results(Err("differs".to_owned()));
        assert!(!Verdict::new(&failed, &[]).is_good());
        let verdict = Verdict::new(&failed, &[known("01-a.s1")]);
        assert!(verdict.is_good());
        assert_eq!(verdict.to_string(), "step 1/2 exact, free 0/0 within tolerance");
    }

    #[test]
    fn a_known_failure_that_passes_is_bad() {
        let passed = results(Ok(()));
        assert!(Verdict::new(&passed, &[]).is_good());
        assert!(!Verdict::new(&passed, &[known("01-*")]).is_good());
        assert!(Verdict::new(&passed, &[known("02-*")]).is_good(), "about runs that are not there");
    }
}
