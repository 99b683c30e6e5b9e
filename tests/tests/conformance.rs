//! The conformance suite holds, and the table in the documentation says what it shows.

use std::fs;

use hintfault_tests::conformance::known;
use hintfault_tests::conformance::report::Verdict;
use hintfault_tests::conformance::{run_folder, table};
use hintfault_tests::recording::folder;

#[test]
fn recordings_and_engine_agree_and_the_table_is_current() {
    let known = known::read(&known::file()).unwrap_or_else(|error| panic!("{error}"));
    let results = run_folder(&folder()).unwrap_or_else(|error| panic!("{error}"));
    let verdict = Verdict::new(&results, &known);
    assert!(verdict.is_good(), "not listed: {:#?}\nlisted but good: {:#?}", verdict.unlisted, verdict.stale);
    let document = fs::read_to_string(table::document()).expect("docs/conformance.md");
    let current = table::updated(&document, &results, &known).expect("a place for the table");
    assert!(document == current, "run `cargo xtask conformance --write`, and look at what changed");
}
