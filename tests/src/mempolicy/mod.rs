//! Recorded cases of memory policy (format `numa-mempolicy-cases/1`): random system calls on the
//! real kernel with what they answered and where every page came to lie, replayed on the engine.

mod case;
mod machine;
mod replay;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use hintfault::ids::NodeId;
use thiserror::Error;

pub use case::{Case, Header, Op};

/// What keeps a file from being replayed.
#[derive(Debug, Error)]
pub enum CaseError {
    /// It cannot be read.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
    /// A line is not what it should be.
    #[error("{file}:{line}: {message}")]
    Line {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

/// Where kernel and engine differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mismatch {
    /// Number of the case.
    pub case: u64,
    /// Place of the call in the case; none for the state at the end.
    pub op: Option<usize>,
    /// What was compared.
    pub what: String,
    /// What the kernel did.
    pub recorded: String,
    /// What the engine did.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, op, what, recorded, found } = self;
        let place = op.map_or_else(|| "at the end".to_owned(), |op| format!("op {op}"));
        write!(f, "case {case} {place}: {what}: the kernel {recorded}, the engine {found}")
    }
}

/// What replaying a file showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileResult {
    /// Cases in it.
    pub cases: usize,
    /// Cases in which everything agrees.
    pub exact: usize,
    /// The first difference of each of the others.
    pub mismatches: Vec<Mismatch>,
}

/// The project's own files, by name.
///
/// # Errors
/// When the folder cannot be read.
pub fn own_files() -> Result<Vec<PathBuf>, CaseError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/mempolicy");
    let failed = |error| CaseError::Io(folder.clone(), error);
    let entries = fs::read_dir(&folder).map_err(failed)?;
    let mut files = entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect::<Result<Vec<_>, CaseError>>()?;
    files.sort();
    Ok(files)
}

/// Replays a file, plain or compressed by gzip, case by case in its order.
///
/// # Errors
/// When it cannot be read or is not of this format.
pub fn replay_file(file: &Path) -> Result<FileResult, CaseError> {
    let mut result = FileResult { cases: 0, exact: 0, mismatches: Vec::new() };
    let mut header: Option<Header> = None;
    // It is there until the machine is booted anew.
    let mut huge_zero_node: Option<NodeId> = None;
    for (place, line) in lines(file)?.enumerate() {
        let line = line.map_err(|error| CaseError::Io(file.to_owned(), error))?;
        let wrong = |message: String| CaseError::Line { file: file.to_owned(), line: place + 1, message };
        if line.trim().is_empty() {
            continue;
        }
        let Some(header) = &header else {
            header = Some(Header::parse(&line).map_err(wrong)?);
            continue;
        };
        let case = Case::parse(&line).map_err(wrong)?;
        result.cases += 1;
        match replay::replay(header, &case, &mut huge_zero_node).map_err(wrong)? {
            None => result.exact += 1,
            Some(mismatch) => result.mismatches.push(mismatch),
        }
    }
    Ok(result)
}

fn lines(file: &Path) -> Result<impl Iterator<Item = io::Result<String>>, CaseError> {
    let opened = File::open(file).map_err(|error| CaseError::Io(file.to_owned(), error))?;
    let is_compressed = file.extension().is_some_and(|extension| extension == "gz");
    let content: Box<dyn Read> = if is_compressed { Box::new(GzDecoder::new(opened)) } else { Box::new(opened) };
    Ok(BufReader::new(content).lines())
}
