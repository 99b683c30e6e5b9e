//! Runs the benchmarks and says what they came to, with the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::build::build_page;
use crate::command::{Output, output_of};
use crate::project::Project;
use crate::setup::{self, Purpose};

/// Which benchmarks to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Native ones only.
    Native,
    /// Also those in headless Chromium.
    WithBrowser,
}

/// What Criterion writes about a benchmark.
#[derive(Deserialize)]
struct Described {
    full_id: String,
    group_id: String,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
struct Throughput {
    #[serde(rename = "Elements")]
    elements: f64,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// Runs everything in `scope` and prints one line a figure.
///
/// # Errors
/// If a program fails, or a benchmark leaves no figures.
pub fn bench(project: &Project, scope: Scope) -> Result<()> {
    let results = target_dir(project).join("criterion");
    if results.is_dir() {
        fs::remove_dir_all(&results).with_context(|| format!("remove {}", results.display()))?;
    }
    run_bench(project, &["--bench", "engine", "--", "--noplot"])?;
    println!();
    println!("machine: {}", machine());
    for line in native_figures(&results)? {
        println!("{line}");
    }
    run_bench(project, &["--bench", "memory"])?;
    if scope == Scope::WithBrowser {
        let tools = setup::ensure(project, Purpose::Test)?;
        build_page(project, &tools, Output::Shown)?;
        // Only the browser is measured; what drives it need not be fast.
        for bench in ["browser", "page"] {
            run_bench(project, &["--profile", "dev", "--features", "browser", "--bench", bench])?;
        }
    }
    Ok(())
}

fn run_bench(project: &Project, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("cargo");
    command.current_dir(&project.root).args(["bench", "--quiet", "-p", "hintfault-benches"]).args(arguments);
    Output::Shown.run(&mut command)
}

fn target_dir(project: &Project) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project.root.join("target"), PathBuf::from)
}

/// Processor, number of CPUs and compiler.
fn machine() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let rustc = output_of(Command::new("rustc").arg("--version")).unwrap_or_default();
    format!("{model}, {cpus} CPUs, {rustc}")
}

/// One line for each benchmark below a folder of Criterion's, in order of name.
fn native_figures(results: &Path) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for group in folders(results)? {
        for function in folders(&group)? {
            let new = function.join("new");
            if new.is_dir() {
                lines.push(figure(&new)?);
            }
        }
    }
    if lines.is_empty() {
        bail!("no figures in {}", results.display());
    }
    lines.sort();
    Ok(lines)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| path.is_dir()).collect())
}

fn figure(new: &Path) -> Result<String> {
    let described: Described = read(&new.join("benchmark.json"))?;
    let estimates: Estimates = read(&new.join("estimates.json"))?;
    let ns = estimates.median.point_estimate;
    let each = described.throughput.map(|throughput| throughput.elements / ns);
    let text = match (described.group_id.as_str(), each) {
        // Elements are nanoseconds of the scenario.
        ("whole", Some(ratio)) => format!("{ratio:.1} x real time"),
        (_, Some(per_ns)) => format!("{:.1} million a second", per_ns * 1e3),
        (_, None) => format!("{:.3} ms", ns / 1e6),
    };
    Ok(format!("native: {}: {text}", described.full_id))
}

fn read<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("understand {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion_folder(group: &str, throughput: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join(group).join("one").join("new");
        fs::create_dir_all(&new).unwrap();
        let described = format!(r#"{{"full_id":"{group}/one","group_id":"{group}","throughput":{throughput}}}"#);
        fs::write(new.join("benchmark.json"), described).unwrap();
        fs::write(new.join("estimates.json"), r#"{"median":{"point_estimate":2000000.0}}"#).unwrap();
        folder
    }

    #[test]
    fn figures_come_in_the_unit_of_their_group() {
        let line = |group, throughput| native_figures(criterion_folder(group, throughput).path()).unwrap().remove(0);
        assert_eq!(line("whole", r#"{"Elements":500000000}"#), "native: whole/one: 250.0 x real time");
        assert_eq!(line("scan", r#"{"Elements":4000000}"#), "native: scan/one: 2000.0 million a second");
        assert_eq!(line("seek", "null"), "native: seek/one: 2.000 ms");
    }

    #[test]
    fn no_figures_are_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(native_figures(folder.path()).is_err());
    }
}
