//! The conformance suite: recordings of the real kernel against the engine. *Steps* compare
//! single kernel functions from recorded states, *free runs* whole scenarios from their start.

pub mod free;
pub mod known;
pub mod report;
pub mod table;
pub mod why;

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::recording::{ReadError, Recording, run_name, runs_in};
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

/// Compares all runs in a folder. The results are in the order of the names.
///
/// # Errors
/// If a file cannot be read.
pub fn run_folder(folder: &Path) -> Result<Vec<RunResult>, ReadError> {
    let mut results = for_each_scenario(folder, run_scenario)?;
    results.sort_by(|a, b| a.run.cmp(&b.run));
    Ok(results)
}

/// Does something with the files of each scenario, on as many threads as there are CPUs. The
/// results come in any order.
fn for_each_scenario<T: Send>(
    folder: &Path,
    work_on: impl Fn(&[PathBuf]) -> Result<Vec<T>, ReadError> + Sync,
) -> Result<Vec<T>, ReadError> {
    let scenarios = scenarios_in(folder)?;
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(files) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = work_on(files);
            results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(result);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let results = results.into_iter().collect::<Result<Vec<Vec<T>>, ReadError>>()?;
    Ok(results.into_iter().flatten().collect())
}

/// The files of a folder by scenario, repeats together.
fn scenarios_in(folder: &Path) -> Result<Vec<Vec<PathBuf>>, ReadError> {
    let id = |path: &Path| run_name(path).and_then(|name| name.rsplit_once(".s")).map(|(id, _)| id.to_owned());
    let mut scenarios: Vec<Vec<PathBuf>> = Vec::new();
    for file in runs_in(folder)? {
        match scenarios.last_mut() {
            Some(files) if id(&files[0]) == id(&file) => files.push(file),
            _ => scenarios.push(vec![file]),
        }
    }
    Ok(scenarios)
}

/// All repeats of a scenario: what differs between them is what a simulation may differ by.
fn run_scenario(files: &[PathBuf]) -> Result<Vec<RunResult>, ReadError> {
    let repeats: Vec<Recording> = files.iter().map(|file| Recording::try_read(file)).collect::<Result<_, _>>()?;
    let result = |(file, recording): (&PathBuf, &Recording)| RunResult {
        run: run_name(file).unwrap_or(&recording.id).to_owned(),
        steps: guarded(|| steps::compare(recording)),
        free: guarded(|| free::compare(recording, &repeats)),
    };
    Ok(files.iter().zip(&repeats).map(result).collect())
}

/// An engine that stops at an assertion has not done as the kernel did.
fn guarded(compare: impl FnOnce() -> Vec<Check>) -> Vec<Check> {
    let stopped = |_| {
        let outcome = Err("stopped at an assertion, see above".to_owned());
        vec![Check { kind: "run", place: "all".to_owned(), outcome }]
    };
    catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(stopped)
}
