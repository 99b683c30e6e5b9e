//! The limits that nobody has to remember: lengths of files and functions, what the top level
//! holds, no paths of somebody's machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

const MAX_FILE_LINES: usize = 500;
const MAX_FUNCTION_LINES: usize = 70;
const USUAL_FUNCTION_LINES: usize = 50;
const USUAL_FUNCTION_PERCENT: usize = 95;

/// What the top level may hold; everything else belongs into one of its folders.
const TOP_LEVEL: [&str; 28] = [
    ".cargo",
    ".ci",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "biome.json",
    "clippy.toml",
    "benches",
    "crates",
    "docs",
    "index.html",
    "package-lock.json",
    "package.json",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "tests",
    "tsconfig.json",
    "vite.config.ts",
    "vitest.config.ts",
    "wasm-pack.toml",
    "www",
    "xtask",
];

/// First folders of paths that exist on one machine only. Slashes are added where they are used, so
/// that this list is not a finding itself.
const MACHINE_FOLDERS: [&str; 3] = ["work", "root", "farm"];

/// What tidy found.
#[derive(Debug, Default)]
pub struct Report {
    /// One line each.
    pub problems: Vec<String>,
    /// How long functions and files are.
    pub summary: String,
}

/// A Rust function and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Function {
    name: String,
    first_line: usize,
    lines: usize,
}

/// Checks every file that git knows or would add.
///
/// # Errors
/// If git or a file cannot be read, or a Rust file cannot be parsed.
pub fn check(root: &Path) -> Result<Report> {
    let mut report = Report::default();
    let mut lengths = Vec::new();
    for file in files(root)? {
        report.problems.extend(top_level_problem(&file));
        let Some(text) = read_text(&root.join(&file))? else {
            continue;
        };
        report.problems.extend(machine_path_problems(&file, &text));
        if !is_source(&file) {
            continue;
        }
        report.problems.extend(file_length_problem(&file, &text));
        if has_extension(&file, "rs") {
            let functions = functions(&text).with_context(|| format!("parse {}", file.display()))?;
            report.problems.extend(functions.iter().filter_map(|function| function_problem(&file, function)));
            lengths.extend(functions.iter().map(|function| function.lines));
        }
    }
    report.problems.extend(share_problem(&lengths));
    report.summary = summary(&mut lengths);
    Ok(report)
}

fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("start git")?;
    if !output.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    }
    let names = String::from_utf8(output.stdout).context("file names that are not UTF-8")?;
    let files = names.split_terminator('\0').map(PathBuf::from);
    // A file that was removed but not yet committed is still listed.
    Ok(files.filter(|file| root.join(file).is_file()).collect())
}

/// The text of a file, or `None` if it is binary.
fn read_text(path: &Path) -> Result<Option<String>> {
    let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
    Ok(String::from_utf8(bytes).ok())
}

fn top_level_problem(file: &Path) -> Option<String> {
    let first = file.components().next()?;
    let name = first.as_os_str().to_string_lossy();
    if TOP_LEVEL.contains(&name.as_ref()) {
        return None;
    }
    Some(format!("{}: {name} does not belong to the top level", file.display()))
}

fn machine_path_problems(file: &Path, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(path) = machine_path(line) {
            problems.push(format!("{}:{}: path of a machine: {path}", file.display(), index + 1));
        }
    }
    problems
}

fn machine_path(line: &str) -> Option<String> {
    MACHINE_FOLDERS
        .iter()
        .map(|folder| format!("/{folder}/"))
        .find(|path| line.match_indices(path.as_str()).any(|(at, _)| begins_a_path(line, at)))
}

/// Whether the slash at `at` is the first of its path: `a/work/b` is relative and `//work/` is a URL's host.
fn begins_a_path(line: &str, at: usize) -> bool {
    match line[..at].chars().next_back() {
        Some(before) => !(before.is_alphanumeric() || "._-/".contains(before)),
        None => true,
    }
}

fn file_length_problem(file: &Path, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > MAX_FILE_LINES).then(|| format!("{}: {lines} lines, {MAX_FILE_LINES} are allowed", file.display()))
}

fn function_problem(file: &Path, function: &Function) -> Option<String> {
    (function.lines > MAX_FUNCTION_LINES).then(|| {
        format!(
            "{}:{}: {} has {} lines, {MAX_FUNCTION_LINES} are allowed",
            file.display(),
            function.first_line,
            function.name,
            function.lines
        )
    })
}

fn share_problem(lengths: &[usize]) -> Option<String> {
    let usual = lengths.iter().filter(|&&lines| lines <= USUAL_FUNCTION_LINES).count();
    (usual * 100 < lengths.len() * USUAL_FUNCTION_PERCENT).then(|| {
        format!(
            "{usual} of {} functions have at most {USUAL_FUNCTION_LINES} lines, {USUAL_FUNCTION_PERCENT} % should",
            lengths.len()
        )
    })
}

fn summary(lengths: &mut [usize]) -> String {
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
    let longest = lengths.last().copied().unwrap_or(0);
    format!("{} Rust functions, median {median} lines, longest {longest}", lengths.len())
}

fn is_source(file: &Path) -> bool {
    has_extension(file, "rs") || has_extension(file, "ts")
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|end| end == extension)
}

fn functions(text: &str) -> Result<Vec<Function>> {
    let mut finder = Finder::default();
    finder.visit_file(&syn::parse_file(text)?);
    Ok(finder.functions)
}

#[derive(Default)]
struct Finder {
    functions: Vec<Function>,
}

impl Finder {
    /// Counted from the line of `fn` to that of the closing brace: docs and attributes are free.
    fn add(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let first_line = signature.span().start().line;
        let last_line = body.span().end().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            first_line,
            lines: last_line - first_line + 1,
        });
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.add(&node.sig, &node.block);
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.add(&node.sig, &node.block);
        visit::visit_impl_item_fn(self, node);
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(body) = &node.default {
            self.add(&node.sig, body);
        }
        visit::visit_trait_item_fn(self, node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function_of(lines: usize) -> String {
        assert!(lines >= 2);
        format!("/// Doc.\n#[inline]\npub fn long() {{\n{}}}\n", "    ();\n".repeat(lines - 2))
    }

    fn problem_of(text: &str) -> Option<String> {
        let found = functions(text).unwrap();
        function_problem(Path::new("a.rs"), &found[0])
    }

    #[test]
    fn a_function_may_have_the_limit_and_no_line_more() {
        assert_eq!(problem_of(&function_of(MAX_FUNCTION_LINES)), None);
        let problem = problem_of(&function_of(MAX_FUNCTION_LINES + 1));
        assert_eq!(problem.unwrap(), "a.rs:3: long has 71 lines, 70 are allowed");
    }

    #[test]
    fn functions_are_found_wherever_they_are() {
        let text = "mod m { impl S { fn a(&self) {} } }\n\
                    trait T { fn b(&self) {} fn declared_only(&self); }\n\
                    fn c() { fn d() {} }\n\
                    #[cfg(test)] mod tests { fn e() {} }";
        let names: Vec<String> = functions(text).unwrap().into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn a_file_may_have_the_limit_and_no_line_more() {
        let file = Path::new("a.ts");
        assert_eq!(file_length_problem(file, &"\n".repeat(MAX_FILE_LINES)), None);
        assert!(file_length_problem(file, &"\n".repeat(MAX_FILE_LINES + 1)).is_some());
    }

    #[test]
    fn most_functions_are_short() {
        let mut lengths = vec![10; 95];
        lengths.extend([60; 5]);
        assert_eq!(share_problem(&lengths), None);
        lengths.push(60);
        assert!(share_problem(&lengths).is_some());
        assert_eq!(share_problem(&[]), None);
    }

    #[test]
    fn the_top_level_is_closed() {
        assert_eq!(top_level_problem(Path::new("crates/anything/at/all.rs")), None);
        assert_eq!(top_level_problem(Path::new("README.md")), None);
        assert!(top_level_problem(Path::new("notes.md")).is_some());
        assert!(top_level_problem(Path::new("scratch/a.rs")).is_some());
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        for folder in MACHINE_FOLDERS {
            assert!(machine_path(&format!("see \"/{folder}/main\"")).is_some(), "{folder}");
            assert!(machine_path(&format!("/{folder}/")).is_some(), "{folder}");
            assert!(machine_path(&format!("see a/{folder}/b and https://{folder}/x")).is_none(), "{folder}");
        }
        assert_eq!(machine_path("/homework/ and /roots"), None);
    }

    #[test]
    fn this_checkout_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert!(files(root).unwrap().contains(&PathBuf::from("xtask/src/tidy.rs")));
    }
}
