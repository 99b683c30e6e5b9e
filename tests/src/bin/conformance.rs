//! Compares recordings of the real kernel with the engine; `cargo xtask conformance` runs it.

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use hintfault_tests::conformance::report::{Verdict, run_line};
use hintfault_tests::conformance::{known, run_folder, table, why};
use hintfault_tests::{mempolicy, recording};

/// What was asked for.
struct Request {
    folder: PathBuf,
    writes: Writes,
}

/// Whether the table in the documentation is brought up to date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writes {
    Nothing,
    Table,
    Causes,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    if words.first().is_some_and(|word| word == "--mempolicy") {
        return verdict(replay_cases(&words[1..]));
    }
    verdict(request().and_then(|request| run(&request)))
}

fn verdict(outcome: Result<ExitCode, Box<dyn Error>>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Replays files of memory-policy cases, the project's own if none is named: a line a file, each
/// difference on a line of its own, and the sum.
fn replay_cases(named: &[OsString]) -> Result<ExitCode, Box<dyn Error>> {
    let files = if named.is_empty() { mempolicy::own_files()? } else { named.iter().map(PathBuf::from).collect() };
    let (mut exact, mut cases) = (0, 0);
    for file in files {
        let result = mempolicy::replay_file(&file)?;
        println!("{} {}/{} exact", file.display(), result.exact, result.cases);
        result.mismatches.iter().for_each(|mismatch| println!("  {mismatch}"));
        exact += result.exact;
        cases += result.cases;
    }
    println!("mempolicy {exact}/{cases} exact");
    Ok(if exact == cases && cases > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn request() -> Result<Request, Box<dyn Error>> {
    let mut request = Request { folder: recording::folder(), writes: Writes::Nothing };
    let mut words = env::args_os().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--runs") => request.folder = words.next().ok_or("--runs needs a folder")?.into(),
            Some("--write") => request.writes = Writes::Table,
            Some("--why") => request.writes = Writes::Causes,
            _ => {
                let known = "--runs DIR, --write, --why and --mempolicy [FILE...]";
                return Err(format!("unknown word {word:?}; known are {known}").into());
            }
        }
    }
    if request.writes != Writes::Nothing && request.folder != recording::folder() {
        return Err("the tables are about the project's own recordings: --write and --why go without --runs".into());
    }
    Ok(request)
}

fn run(request: &Request) -> Result<ExitCode, Box<dyn Error>> {
    if request.writes == Writes::Causes {
        return write_causes(request);
    }
    let known = known::read(&known::file())?;
    let results = run_folder(&request.folder)?;
    if results.is_empty() {
        return Err(format!("{}: no recorded run (ID.sN.json or ID.sN.json.gz)", request.folder.display()).into());
    }
    for result in &results {
        println!("{}", run_line(result, &known));
    }
    let verdict = Verdict::new(&results, &known);
    for line in verdict.unlisted.iter().chain(&verdict.stale) {
        eprintln!("{line}");
    }
    if request.writes == Writes::Table {
        let document = table::document();
        let text = fs::read_to_string(&document)?;
        let text = table::updated(&text, &results, &known).ok_or("the document has no place for the table")?;
        fs::write(&document, text)?;
    }
    println!("{verdict}");
    Ok(if verdict.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says in the documentation what the figures hang on that are out of tolerance.
fn write_causes(request: &Request) -> Result<ExitCode, Box<dyn Error>> {
    let explained = why::explain_folder(&request.folder)?;
    let document = table::notes();
    let text = fs::read_to_string(&document)?;
    let text = why::updated(&text, &explained).ok_or("the notes have no place for the causes")?;
    fs::write(&document, text)?;
    println!("{} figures out of tolerance", explained.len());
    Ok(ExitCode::SUCCESS)
}
