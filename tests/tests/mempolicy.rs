//! All recorded cases of memory policy agree with the engine.

use hintfault_tests::mempolicy::{own_files, replay_file};

#[test]
fn every_recorded_case_is_exact() {
    let mut cases = 0;
    for file in own_files().unwrap_or_else(|error| panic!("{error}")) {
        let result = replay_file(&file).unwrap_or_else(|error| panic!("{error}"));
        let first: Vec<String> = result.mismatches.iter().take(5).map(ToString::to_string).collect();
        assert!(
            first.is_empty(),
            "{}: {} of {} exact\n{}",
            file.display(),
            result.exact,
            result.cases,
            first.join("\n")
        );
        cases += result.cases;
    }
    assert_eq!(cases, 3900, "cases are missing");
}
