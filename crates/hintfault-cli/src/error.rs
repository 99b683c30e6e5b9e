//! What can go wrong, in words.

use hintfault::SetupError;
use hintfault_scenario::Failure;
use thiserror::Error as ThisError;

#[derive(ThisError, Debug)]
pub(crate) enum Error {
    #[error("cannot read {path}: {source}")]
    Read { path: String, source: std::io::Error },
    #[error("\"{0}\" is neither a file nor a preset; presets are: {1}")]
    NoScenario(String, String),
    #[error("{path} is refused:{}", indented(failure))]
    Refused { path: String, failure: Failure },
    #[error("\"{line}\" is refused: {sentence}")]
    Rule { line: String, sentence: String },
    #[error("{path} cannot be set up: {source}")]
    Setup { path: String, source: SetupError },
    #[error("event {0} has not happened: there are {1} events up to then")]
    NoEvent(u64, u64),
    #[error("event {0} is no window of the scanner over page {1}")]
    NoEntry(u64, u32),
    #[error("there is no {kind} \"{name}\"; there are: {known}")]
    Unknown { kind: &'static str, name: String, known: String },
    #[error("\"{0}\" is not written as {1}")]
    Malformed(String, &'static str),
    #[error("cannot write: {0}")]
    Write(#[from] std::io::Error),
}

impl Error {
    pub(crate) fn refused(path: &str, failure: Failure) -> Self {
        Self::Refused { path: path.to_owned(), failure }
    }
}

fn indented(failure: &Failure) -> String {
    failure.errors.iter().map(|error| format!("\n  {error}")).collect()
}
