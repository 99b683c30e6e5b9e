//! Reads from a test runner's output how many tests passed and failed.

use std::ops::AddAssign;
use std::sync::LazyLock;

use regex::Regex;

/// How many tests passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Counts {
    /// All tests, whatever became of them.
    #[must_use]
    pub fn total(self) -> u64 {
        self.passed + self.failed
    }
}

/// `cargo test` and `wasm-pack test` end each test binary with one such line.
static CARGO_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"test result: \w+\. (\d+) passed; (\d+) failed"));
/// Vitest: `Tests  1 failed | 12 passed (13)`.
static VITEST_FAILED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^\s*Tests\s.*?(\d+) failed"));
static VITEST_PASSED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^\s*Tests\s.*?(\d+) passed"));
/// Node's own runner: `# pass 12` or `ℹ pass 12`.
static NODE_PASSED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^[#ℹ] pass (\d+)$"));
static NODE_FAILED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^[#ℹ] fail (\d+)$"));
static COLOUR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\x1b\[[0-9;]*m"));

/// Sums what the runners in `output` say.
#[must_use]
pub fn read(output: &str) -> Counts {
    let plain = COLOUR.replace_all(output, "");
    let mut counts = Counts::default();
    for line in CARGO_LINE.captures_iter(&plain) {
        counts += Counts { passed: number(&line[1]), failed: number(&line[2]) };
    }
    counts += Counts {
        passed: sum(&VITEST_PASSED, &plain) + sum(&NODE_PASSED, &plain),
        failed: sum(&VITEST_FAILED, &plain) + sum(&NODE_FAILED, &plain),
    };
    counts
}

fn sum(regex: &Regex, text: &str) -> u64 {
    regex.captures_iter(text).map(|found| number(&found[1])).sum()
}

fn number(digits: &str) -> u64 {
    digits.parse().expect("no runner counts beyond 64 bits")
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant that the tests use")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64) -> Counts {
        Counts { passed, failed }
    }

    #[test]
    fn binaries_add_up() {
        let output = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                      noise\n\
                      test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 filtered out\n";
        assert_eq!(read(output), counts(7, 3));
    }

    #[test]
    fn colours_do_not_hide_a_line() {
        assert_eq!(read("test result: \u{1b}[32mok\u{1b}[0m. 4 passed; 0 failed"), counts(4, 0));
    }

    #[test]
    fn vitest_is_read() {
        let output = " Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 12 passed (13)\n";
        assert_eq!(read(output), counts(12, 1));
        assert_eq!(read("      Tests  12 passed (12)\n"), counts(12, 0));
    }

    #[test]
    fn node_is_read() {
        assert_eq!(read("# tests 9\n# pass 7\n# fail 2\n"), counts(7, 2));
        assert_eq!(read("ℹ pass 7\nℹ fail 0\n"), counts(7, 0));
    }

    #[test]
    fn no_runner_no_tests() {
        assert_eq!(read("error: could not compile").total(), 0);
    }
}
