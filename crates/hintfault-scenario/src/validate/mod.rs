//! From document to what the engine runs. Every check goes on after an error with a value that
//! does no harm, so that one look at the report shows everything that is wrong.

mod access;
mod actions;
mod birth;
mod kernel;
mod machine;
mod memory;
mod objects;
mod pages;
mod policy;
mod process;
mod program;
mod region;

use hintfault::input::Scenario;

use crate::document::{Document, VERSION};
use crate::failure::{Failure, Path, Report, Text};
use crate::limits::{MAX_NAME_CHARS, MAX_SAFE_INTEGER, MAX_SUMMARY_CHARS, MAX_TITLE_CHARS, MAX_UPTIME_MS};
use crate::quantity::Millis;

/// Checks a document and fills in its defaults. What comes out never makes the engine fail.
///
/// # Errors
/// Every error of the document, each with the path of its field.
pub fn validate(document: &Document) -> Result<Scenario, Failure> {
    let mut report = Report::default();
    let version = Path::root("version");
    report.in_range(&version, document.version, VERSION, VERSION);
    check_text(&Path::root("title"), &document.title, MAX_TITLE_CHARS, &mut report);
    check_text(&Path::root("summary"), &document.summary, MAX_SUMMARY_CHARS, &mut report);
    let (machine, facts) = machine::check(&document.machine, &mut report);
    let sysctl = kernel::check(&document.kernel, machine.nodes.len(), &mut report);
    let workload = process::check_all(document, &facts, &sysctl, &mut report);
    let actions = actions::check_all(document, &facts, &sysctl, &workload, &mut report);
    let seed = document.seed.unwrap_or(0);
    let seed = report.in_range(&Path::root("seed"), seed, 0, MAX_SAFE_INTEGER);
    let processes = workload.processes;
    report.finish(Scenario { machine, sysctl, processes, actions, seed })
}

fn check_text(path: &Path, text: &Text, most: usize, report: &mut Report) {
    for (field, words) in [("en", &text.en), ("zh", &text.zh)] {
        if words.chars().count() > most {
            report.push(
                &path.field(field),
                format!("too long: at most {most} characters are possible"),
                format!("太长，最多 {most} 个字符"),
            );
        }
    }
}

fn check_name(path: &Path, name: &str, report: &mut Report) {
    let length = name.chars().count();
    if length == 0 || length > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        report.push(
            path,
            format!("a name has 1 to {MAX_NAME_CHARS} characters, none of them a control character"),
            format!("名称应有 1 到 {MAX_NAME_CHARS} 个字符，且不能含控制字符"),
        );
    }
}

/// A time that is checked against a bound in milliseconds; zero when it is too long.
fn check_ms(path: &Path, time: Option<Millis>, most_ms: u64, report: &mut Report) -> hintfault::time::Ns {
    debug_assert!(most_ms <= MAX_UPTIME_MS, "later times overflow when added");
    let time = time.unwrap_or_default().0;
    if time <= hintfault::time::Ns::from_ms(most_ms) {
        return time;
    }
    report.push(path, format!("too long: at most {most_ms} ms are possible"), format!("太长，最多 {most_ms} ms"));
    hintfault::time::Ns::ZERO
}

/// A count that fits in 32 bits; `fallback` when it is missing or too large.
fn check_u32(path: &Path, value: Option<u64>, fallback: u32, least: u32, report: &mut Report) -> u32 {
    let Some(value) = value else { return fallback };
    let value = report.in_range(path, value, u64::from(least), u64::from(u32::MAX));
    u32::try_from(value).unwrap_or(fallback)
}
