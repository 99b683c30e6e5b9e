//! Known failures: comparisons that are expected to fail, each with its reason. One that does
//! not fail any more has to be taken off the list.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// What may differ, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// The run, `ID.sN`; a `*` at its end stands for any rest.
    pub run: String,
    /// Kind and place of the comparison, or kinds with `*`.
    pub case: String,
    /// Why.
    pub reason: String,
}

/// Why the list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// The file could not be read.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line is not `run | case | reason`.
    #[error("{}:{line}: expected `run | case | reason`", path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
}

impl Known {
    /// Whether this entry is about a comparison.
    #[must_use]
    pub fn covers(&self, run: &str, case: &str) -> bool {
        matches(&self.run, run) && matches(&self.case, case)
    }

    /// Whether this entry is about a run at all.
    #[must_use]
    pub fn is_about(&self, run: &str) -> bool {
        matches(&self.run, run)
    }
}

/// The list that comes with the recordings.
#[must_use]
pub fn file() -> PathBuf {
    crate::recording::folder().join("known-failures.txt")
}

/// Reads a list. Lines that begin with `#` are remarks.
///
/// # Errors
/// If the file cannot be read or is of another format.
pub fn read(path: &Path) -> Result<Vec<Known>, KnownError> {
    let text = fs::read_to_string(path).map_err(|error| KnownError::File { path: path.to_owned(), error })?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(place, line)| parse(line).ok_or_else(|| KnownError::Line { path: path.to_owned(), line: place + 1 }))
        .collect()
}

fn parse(line: &str) -> Option<Known> {
    let mut fields = line.splitn(3, '|').map(|field| field.trim().to_owned()).filter(|field| !field.is_empty());
    Some(Known { run: fields.next()?, case: fields.next()?, reason: fields.next()? })
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_rest() {
        let known = parse("12-tier2-* | order * | tiers").expect("three fields");
        assert!(known.covers("12-tier2-hot.s1", "order 0.0 904.008"));
        assert!(!known.covers("12-tier1-hot.s1", "order 0.0 904.008"));
        assert!(!known.covers("12-tier2-hot.s1", "after 0.0 904.008"));
        assert_eq!(parse("run | case |"), None);
    }
}
