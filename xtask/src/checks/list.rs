//! The checks, in the order in which they run.

use std::process::Command;

use anyhow::{Result, bail};

use super::{Check, cargo};
use crate::build::{build_page, build_single_file, check_budget, check_single_file};
use crate::command::Output;
use crate::project::Project;
use crate::setup::Tools;
use crate::tidy;

/// The page tests sit behind this feature, so that a plain `cargo test` needs no browser.
const PAGE_FEATURE: &str = "hintfault-tests/page";

pub(super) fn everything<'a>(project: &'a Project, tools: &'a Tools) -> Vec<Check<'a>> {
    let mut checks = vec![rustfmt(project), clippy(project), rustdoc(project)];
    checks.extend(front_end_lints(project));
    checks.push(tidy(project));
    checks.push(Check::tests("native tests", native_tests(project)));
    checks.push(Check::tests("front-end unit tests", npm_script(project, "test")));
    checks.push(wasm_tests_in_chromium(project, tools));
    checks.push(wasm_tests_in_firefox(project, tools));
    checks
        .push(Check::code("web build", |log| build_page(project, tools, Output::Logged(log)).map(|()| String::new())));
    checks.push(Check::code("size budget", |_| check_budget(project)));
    checks.push(Check::code("single file", |log| {
        build_single_file(project, tools, Output::Logged(log))?;
        check_single_file(project)
    }));
    for part in ["chromium", "firefox", "webkit", "across"] {
        checks.push(page_tests(project, tools, part));
    }
    checks
}

pub(super) fn fast(project: &Project) -> Vec<Check<'_>> {
    vec![rustfmt(project), clippy(project), tidy(project), Check::tests("native tests", native_tests(project))]
}

pub(super) fn lints(project: &Project) -> Vec<Check<'_>> {
    let mut checks = vec![clippy(project)];
    checks.extend(front_end_lints(project));
    checks
}

/// All tests that need no browser.
pub(super) fn native_tests(project: &Project) -> Command {
    let mut command = cargo(project);
    command.args(["test", "--workspace", "--no-fail-fast"]);
    command
}

/// A script of `package.json`.
pub(super) fn npm_script(project: &Project, name: &str) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(&project.root).args(["run", "--silent", name]);
    command
}

fn rustfmt(project: &Project) -> Check<'_> {
    let mut command = cargo(project);
    command.args(["fmt", "--all", "--check", "--", "--color", "never"]);
    Check::command("rustfmt", command)
}

fn clippy(project: &Project) -> Check<'_> {
    let mut command = cargo(project);
    command.args(["clippy", "--workspace", "--all-targets", "--features", PAGE_FEATURE]).args(["--", "-D", "warnings"]);
    Check::command("clippy", command)
}

/// Only libraries: the command `hintfault` would overwrite the pages of the crate `hintfault`.
fn rustdoc(project: &Project) -> Check<'_> {
    let mut command = cargo(project);
    command.args(["doc", "--workspace", "--no-deps", "--lib"]).env("RUSTDOCFLAGS", "-D warnings");
    Check::command("rustdoc", command)
}

fn front_end_lints(project: &Project) -> [Check<'_>; 2] {
    [Check::command("Biome", npm_script(project, "lint")), Check::command("tsc", npm_script(project, "typecheck"))]
}

fn tidy(project: &Project) -> Check<'_> {
    Check::code("tidy", |_| tidy_report(project))
}

fn tidy_report(project: &Project) -> Result<String> {
    let report = tidy::check(&project.root)?;
    if report.problems.is_empty() {
        return Ok(report.summary);
    }
    bail!("{}\n{}", report.problems.join("\n"), report.summary)
}

fn wasm_tests_in_chromium<'a>(project: &'a Project, tools: &Tools) -> Check<'a> {
    let mut command = wasm_tests(project, tools);
    command.args(["--chrome", "--chromedriver", "chromedriver"]);
    Check::tests("wasm tests in Chromium", finish_wasm_tests(project, command))
}

fn wasm_tests_in_firefox<'a>(project: &'a Project, tools: &Tools) -> Check<'a> {
    let mut command = wasm_tests(project, tools);
    command.args(["--firefox", "--geckodriver"]).arg(tools.geckodriver());
    Check::tests("wasm tests in Firefox", finish_wasm_tests(project, command))
}

fn wasm_tests(project: &Project, tools: &Tools) -> Command {
    let mut command = tools.web_command("wasm-pack");
    command.current_dir(&project.root).args(["test", "--mode", "no-install", "--headless"]);
    command
}

fn finish_wasm_tests(project: &Project, mut command: Command) -> Command {
    command.arg(project.web_crate_dir());
    command
}

fn page_tests<'a>(project: &'a Project, tools: &Tools, part: &str) -> Check<'a> {
    let mut command = tools.command("cargo");
    command.current_dir(&project.root).args(["test", "--package", "hintfault-tests", "--features", "page"]).args([
        "--test",
        "page",
        "--",
        &format!("{part}::"),
    ]);
    Check::tests(&format!("page tests: {part}"), command)
}
