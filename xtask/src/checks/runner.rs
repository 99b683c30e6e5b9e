//! Runs checks one after the other, reports every failure, counts what ran.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result};

use crate::command::{Ending, PROGRAM_LIMIT, describe, run_logged, tail};
use crate::counts::{self, Counts};

type Code<'a> = Box<dyn Fn(&Path) -> Result<String> + 'a>;

/// Something that passes or fails.
pub(super) struct Check<'a> {
    name: String,
    work: Work<'a>,
}

enum Work<'a> {
    /// A program that counts as one test.
    Command(Command),
    /// A program that runs tests and prints how many.
    Tests(Command),
    /// Our own code, which counts as one test; gets the log, returns what to show.
    Code(Code<'a>),
}

/// What became of a check.
#[derive(Debug)]
struct Outcome {
    counts: Counts,
    /// What to show if it passed.
    note: String,
    /// What to show if it failed.
    failure: Option<String>,
}

impl<'a> Check<'a> {
    pub(super) fn command(name: &str, command: Command) -> Self {
        Self::new(name, Work::Command(command))
    }

    pub(super) fn tests(name: &str, command: Command) -> Self {
        Self::new(name, Work::Tests(command))
    }

    pub(super) fn code(name: &str, code: impl Fn(&Path) -> Result<String> + 'a) -> Self {
        Self::new(name, Work::Code(Box::new(code)))
    }

    fn new(name: &str, work: Work<'a>) -> Self {
        Self { name: name.to_owned(), work }
    }

    fn run(self, log: &Path) -> Outcome {
        let outcome = match self.work {
            Work::Command(mut command) => run_command(&mut command, log),
            Work::Tests(mut command) => run_tests(&mut command, log),
            Work::Code(code) => code(log).map(Outcome::passed),
        };
        outcome.unwrap_or_else(|error| Outcome::failed(format!("{error:#}")))
    }
}

impl Outcome {
    fn passed(note: String) -> Self {
        Self { counts: Counts { passed: 1, failed: 0 }, note, failure: None }
    }

    fn failed(failure: String) -> Self {
        Self { counts: Counts { passed: 0, failed: 1 }, note: String::new(), failure: Some(failure) }
    }
}

/// Runs all checks; the last line says how many tests passed and failed.
pub(super) fn run_all(checks: Vec<Check>, log_dir: &Path) -> ExitCode {
    let mut total = Counts::default();
    let mut failures = Vec::new();
    for check in checks {
        let name = check.name.clone();
        let started = Instant::now();
        println!("{name} ...");
        let outcome = run_afresh(check, log_dir);
        print_outcome(&name, &outcome, started.elapsed());
        total += outcome.counts;
        failures.extend(outcome.failure.map(|failure| (name, failure)));
    }
    for (name, failure) in &failures {
        println!("\n==== {name} failed ====\n{failure}");
    }
    print_closing_line(total);
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The report of a run that could not begin.
pub(super) fn nothing_ran(error: &Error) -> ExitCode {
    println!("==== set-up failed ====\n{error:#}");
    print_closing_line(Counts { passed: 0, failed: 1 });
    ExitCode::FAILURE
}

fn run_afresh(check: Check, log_dir: &Path) -> Outcome {
    let log = log_dir.join(format!("{}.log", file_name_of(&check.name)));
    match clear(&log) {
        Ok(()) => check.run(&log),
        Err(error) => Outcome::failed(format!("{error:#}")),
    }
}

fn print_outcome(name: &str, outcome: &Outcome, elapsed: Duration) {
    let verdict = if outcome.failure.is_some() { "FAILED" } else { "ok" };
    let counts = outcome.counts;
    println!("{name}: {verdict}, {} passed, {} failed, {:.1} s", counts.passed, counts.failed, elapsed.as_secs_f64());
    if !outcome.note.is_empty() {
        println!("{}", outcome.note);
    }
}

fn print_closing_line(total: Counts) {
    println!("\n{} passed, {} failed", total.passed, total.failed);
}

fn run_command(command: &mut Command, log: &Path) -> Result<Outcome> {
    let ending = run_logged(command, log, PROGRAM_LIMIT)?;
    Ok(match ending {
        Ending::Success => Outcome::passed(String::new()),
        Ending::Failure(_) | Ending::TimedOut => Outcome::failed(failure_text(command, ending, log)),
    })
}

fn run_tests(command: &mut Command, log: &Path) -> Result<Outcome> {
    let ending = run_logged(command, log, PROGRAM_LIMIT)?;
    let output = fs::read(log).with_context(|| format!("read {}", log.display()))?;
    let counts = counts::read(&String::from_utf8_lossy(&output));
    Ok(judge(ending, counts, || failure_text(command, ending, log)))
}

/// A runner that succeeds without a test has proven nothing, and one that fails without a failed
/// test (it did not compile, it crashed) has failed all the same.
fn judge(ending: Ending, counts: Counts, describe_failure: impl Fn() -> String) -> Outcome {
    let failed = |counts: Counts, failure: String| Outcome {
        counts: Counts { passed: counts.passed, failed: counts.failed.max(1) },
        note: String::new(),
        failure: Some(failure),
    };
    if ending != Ending::Success {
        return failed(counts, describe_failure());
    }
    if counts.failed > 0 || counts.passed == 0 {
        return failed(counts, format!("no test ran, or one failed unnoticed\n{}", describe_failure()));
    }
    Outcome { counts, note: String::new(), failure: None }
}

fn failure_text(command: &Command, ending: Ending, log: &Path) -> String {
    let how = match ending {
        Ending::Success => "exit status: 0".to_owned(),
        Ending::Failure(status) => status.to_string(),
        Ending::TimedOut => format!("stopped after {} s", PROGRAM_LIMIT.as_secs()),
    };
    format!("{}: {how}\n{}\n(all of it in {})", describe(command), tail(log), log.display())
}

fn clear(log: &Path) -> Result<()> {
    if log.exists() {
        fs::remove_file(log).with_context(|| format!("remove {}", log.display()))?;
    }
    Ok(())
}

fn file_name_of(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn outcome_of(check: Check) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        run_afresh(check, folder.path())
    }

    fn counts(passed: u64, failed: u64) -> Counts {
        Counts { passed, failed }
    }

    #[test]
    fn tests_are_counted_from_their_output() {
        let outcome = outcome_of(Check::tests("t", shell("echo 'test result: ok. 3 passed; 0 failed'")));
        assert_eq!((outcome.counts, outcome.failure), (counts(3, 0), None));
    }

    #[test]
    fn failed_tests_are_counted_and_shown() {
        let script = "echo 'test result: FAILED. 3 passed; 2 failed'; exit 101";
        let outcome = outcome_of(Check::tests("t", shell(script)));
        assert_eq!(outcome.counts, counts(3, 2));
        assert!(outcome.failure.unwrap().contains("3 passed; 2 failed"));
    }

    #[test]
    fn a_runner_that_breaks_is_one_failure() {
        let outcome = outcome_of(Check::tests("t", shell("echo could not compile; exit 101")));
        assert_eq!(outcome.counts, counts(0, 1));
    }

    #[test]
    fn a_runner_that_runs_nothing_fails() {
        let outcome = outcome_of(Check::tests("t", shell("echo 'test result: ok. 0 passed; 0 failed'")));
        assert_eq!(outcome.counts, counts(0, 1));
        assert!(outcome.failure.is_some());
    }

    #[test]
    fn a_plain_check_counts_as_one() {
        assert_eq!(outcome_of(Check::command("c", shell("true"))).counts, counts(1, 0));
        assert_eq!(outcome_of(Check::command("c", shell("false"))).counts, counts(0, 1));
        let missing = Check::command("c", Command::new("no-such-program-at-all"));
        assert_eq!(outcome_of(missing).counts, counts(0, 1));
    }

    #[test]
    fn an_old_log_does_not_count_again() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let check = Check::tests("t", shell("echo 'test result: ok. 3 passed; 0 failed'"));
            assert_eq!(run_afresh(check, folder.path()).counts, counts(3, 0));
        }
    }

    #[test]
    fn all_checks_run_whatever_fails() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("ran");
        let checks = vec![
            Check::command("first", shell("false")),
            Check::code("second", |_| {
                fs::write(&mark, "")?;
                Ok(String::new())
            }),
        ];
        assert_eq!(run_all(checks, folder.path()), ExitCode::FAILURE);
        assert!(mark.exists());
    }
}
