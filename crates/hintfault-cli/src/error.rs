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
    #[error("{path} cannot be set up: {source}")]
    Setup { path: String, source: SetupError },
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
