//! The conformance suite: recordings of the real kernel against the engine. *Steps* compare
//! single kernel functions from recorded states, *free runs* whole scenarios from their start.

pub mod free;
pub mod known;
pub mod report;
pub mod table;

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::recording::spread::Spread;
use crate::recording::{ReadError, Recording, read_json, run_name, runs_in};
use crate::steps;

/// One comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// What was compared.
    pub kind: &'static str,
    /// Where in the run: mostly thread and time.
    pub place: String,
    /// What differs, if anything does.
    pub outcome: Result<(), String>,
}

impl Check {
    /// What names it in lists: kind and place.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.kind, self.place)
    }
}

/// The comparisons of one run under way.
#[derive(Debug, Default)]
pub struct Checks(pub Vec<Check>);

impl Checks {
    /// Adds a comparison.
    pub fn add(&mut self, kind: &'static str, place: &str, outcome: Result<(), String>) {
        self.0.push(Check { kind, place: place.to_owned(), outcome });
    }

    /// Adds the comparison of two values that must be equal.
    pub fn equal<T: PartialEq + Debug>(&mut self, kind: &'static str, place: &str, engine: &T, recorded: &T) {
        self.add(kind, place, same(engine, recorded));
    }
}

/// Whether the engine's value is the recorded one.
///
/// # Errors
/// What they are, if not.
pub fn same<T: PartialEq + Debug>(engine: &T, recorded: &T) -> Result<(), String> {
    if engine == recorded { Ok(()) } else { Err(format!("engine {engine:?}, recorded {recorded:?}")) }
}

/// What came out for one run.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// `ID.sN`.
    pub run: String,
    /// Comparisons of single kernel functions.
    pub steps: Vec<Check>,
    /// Figures of the whole run against their tolerance.
    pub free: Vec<Check>,
}

/// Compares all runs in a folder on as many threads as there are CPUs. The results are in the
/// order of the names.
///
/// # Errors
/// If a file cannot be read.
pub fn run_folder(folder: &Path) -> Result<Vec<RunResult>, ReadError> {
    let files = runs_in(folder)?;
    let spread = spread_of(folder)?;
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = run_file(file, spread.as_ref());
            results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(result);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut results = results.into_iter().collect::<Result<Vec<RunResult>, ReadError>>()?;
    results.sort_by(|a, b| a.run.cmp(&b.run));
    Ok(results)
}

/// What differs between repeats, if the folder or the one above says so.
fn spread_of(folder: &Path) -> Result<Option<Spread>, ReadError> {
    let places = [Some(folder), folder.parent()].into_iter().flatten();
    let files: Vec<PathBuf> = places.flat_map(|at| [at.join("spread.json"), at.join("spread.json.gz")]).collect();
    files.iter().find(|file| file.is_file()).map(|file| read_json(file)).transpose()
}

fn run_file(file: &Path, spread: Option<&Spread>) -> Result<RunResult, ReadError> {
    let recording = Recording::try_read(file)?;
    let run = run_name(file).unwrap_or(&recording.id).to_owned();
    let steps = guarded(|| steps::compare(&recording));
    let free = guarded(|| spread.map(|spread| free::compare(&recording, spread)).unwrap_or_default());
    Ok(RunResult { run, steps, free })
}

/// An engine that stops at an assertion has not done as the kernel did.
fn guarded(compare: impl FnOnce() -> Vec<Check>) -> Vec<Check> {
    let stopped = |_| {
        let outcome = Err("stopped at an assertion, see above".to_owned());
        vec![Check { kind: "run", place: "all".to_owned(), outcome }]
    };
    catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(stopped)
}
