//! What several tests need.
#![allow(dead_code, reason = "not every test file uses all of it")]

use hintfault_scenario::{Document, Failure, parse, validate};

/// A scenario of a dozen lines that is valid.
pub(crate) const SMALL: &str = r#"
version = 1
[machine]
nodes = [{ cpus = "0-1", memory = "64 MiB" }, { cpus = "2-3", memory = "64 MiB" }]
[[processes]]
name = "p"
regions = [{ name = "r", size = "1 MiB" }]
threads = [{ affinity = "2", program = [{ write = "r" }] }]
"#;

/// The document of a text that is well formed.
pub(crate) fn document(text: &str) -> Document {
    parse(text).unwrap_or_else(|failure| panic!("{failure}\n{text}"))
}

/// The paths of all errors that a text causes, whether in reading or in checking.
pub(crate) fn error_paths(text: &str) -> Vec<String> {
    let failure = parse(text).and_then(|document| validate(&document)).expect_err(text);
    paths(&failure)
}

/// The paths of a failure, after a look at its words.
pub(crate) fn paths(failure: &Failure) -> Vec<String> {
    assert!(!failure.errors.is_empty());
    for error in &failure.errors {
        assert!(!error.message.en.is_empty() && !error.message.zh.is_empty(), "{error:?}");
        assert!(!error.message.zh.is_ascii(), "{error:?}");
    }
    failure.errors.iter().map(|error| error.path.clone()).collect()
}
