//! Builds the page: wasm-pack, wasm-opt, Vite. And what it weighs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::command::Output;
use crate::docs::write_docs;
use crate::offline::{WORKER, files_of, write_offline};
use crate::project::Project;
use crate::setup::Tools;

/// One file that visitors load.
#[derive(Debug, PartialEq, Eq)]
pub struct Weight {
    /// From the page's folder.
    pub file: PathBuf,
    /// As stored.
    pub bytes: u64,
    /// As a server sends it.
    pub gzip_bytes: u64,
}

/// Builds the static page; what the tools print goes to `output`.
///
/// # Errors
/// If a tool fails or its output is not where it should be.
pub fn build_page(project: &Project, tools: &Tools, output: Output) -> Result<()> {
    output.run(&mut wasm_pack_build(project, tools))?;
    optimise(project, tools, output)?;
    output.run(tools.command(project.npm_program("vite")).current_dir(&project.root).arg("build"))?;
    write_docs(project)?;
    write_offline(&project.dist_dir())
}

/// Makes one file of the page that was built before.
///
/// # Errors
/// If Vite fails, or leaves anything beside that one file.
pub fn build_single_file(project: &Project, tools: &Tools, output: Output) -> Result<()> {
    let config = Path::new("www/single/vite.config.ts");
    let mut vite = tools.command(project.npm_program("vite"));
    output.run(vite.current_dir(&project.root).arg("build").arg("--config").arg(config))?;
    let folder = project.root.join("target/single-file");
    let made = fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))?;
    let names: Vec<_> = made.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?;
    if names != ["index.html"] {
        bail!("one file was to be made, and there are {names:?}");
    }
    let file = project.single_file();
    fs::copy(folder.join("index.html"), &file).with_context(|| format!("write {}", file.display()))?;
    Ok(())
}

/// What visitors load of the page in `dist_dir`, in order of path.
///
/// # Errors
/// If the folder cannot be read.
pub fn weigh(dist_dir: &Path) -> Result<Vec<Weight>> {
    let files = files_of(dist_dir)?;
    let paths = files.iter().map(|file| dist_dir.join(file));
    let weighed = paths.filter(|path| has_extension(path, &["wasm", "js", "mjs", "css"]));
    weighed.map(|path| weigh_file(dist_dir, &path)).collect()
}

/// The sizes as a table, and an error if their sum is over the budget: that of what every visitor
/// loads, or that of what is loaded later by some.
///
/// # Errors
/// If there is nothing to weigh or it weighs too much.
pub fn check_budget(project: &Project) -> Result<String> {
    let weights = weigh(&project.dist_dir())?;
    let table = table(&weights);
    let has_wasm = weights.iter().any(|weight| has_extension(&weight.file, &["wasm"]));
    if !has_wasm {
        bail!("no .wasm in {}\n{table}", project.dist_dir().display());
    }
    let budget = &project.config.budget;
    let (later, first): (Vec<&Weight>, Vec<&Weight>) = weights
        .iter()
        .partition(|weight| weight.file.starts_with(&budget.later_dir) || weight.file == Path::new(WORKER));
    let first = sum_within("every visitor loads", &first, budget.gzip_total_bytes, &table)?;
    let later = sum_within("is loaded later by some", &later, budget.gzip_later_bytes, &table)?;
    Ok(format!("{table}\n{first}\n{later}"))
}

/// The size of the page as one file, and an error if that is over its budget.
///
/// # Errors
/// If it cannot be read or is too large.
pub fn check_single_file(project: &Project) -> Result<String> {
    let file = project.single_file();
    let bytes = fs::metadata(&file).with_context(|| format!("read {}", file.display()))?.len();
    let limit = project.config.budget.single_file_bytes;
    if bytes > limit {
        bail!("{} has {bytes} bytes, {limit} are allowed", file.display());
    }
    Ok(format!("the single file: {bytes} of {limit} bytes"))
}

fn sum_within(what: &str, weights: &[&Weight], limit: u64, table: &str) -> Result<String> {
    let total: u64 = weights.iter().map(|weight| weight.gzip_bytes).sum();
    if total > limit {
        bail!("what {what} has {total} bytes gzipped, {limit} are allowed\n{table}");
    }
    Ok(format!("what {what}: {total} of {limit} bytes gzipped"))
}

fn wasm_pack_build(project: &Project, tools: &Tools) -> Command {
    let web = &project.config.web;
    let mut command = tools.web_command("wasm-pack");
    command
        .current_dir(&project.root)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", web.rustflags.join(" "))
        .arg("build")
        .arg(project.web_crate_dir())
        .args(["--target", &web.target, "--profile", &web.profile])
        .args(["--out-name", &web.out_name, "--out-dir"])
        .arg(project.root.join(&web.out_dir))
        // The tools are in place, and wasm-opt is run below from where set-up put it.
        .args(["--mode", "no-install", "--no-opt", "--no-pack"]);
    command
}

/// wasm-opt takes longer than all the rest of a build in which nothing changed, so its last input and
/// output are kept, and it runs only for another input or other flags.
fn optimise(project: &Project, tools: &Tools, output: Output) -> Result<()> {
    let web = &project.config.web;
    let wasm = project.root.join(&web.out_dir).join(format!("{}_bg.wasm", web.out_name));
    let kept = project.root.join("target/xtask-wasm-opt");
    let input = fs::read(&wasm).with_context(|| format!("read {}", wasm.display()))?;
    let key = [web.wasm_opt.join(" ").as_bytes(), b"\n", &input].concat();
    let (kept_key, kept_output) = (kept.join("input"), kept.join("output.wasm"));
    let is_kept = fs::read(&kept_key).is_ok_and(|kept| kept == key);
    if !is_kept {
        reset(&kept)?;
        let mut command = tools.command(project.npm_program("wasm-opt"));
        output.run(command.args(&web.wasm_opt).arg(&wasm).arg("--output").arg(&kept_output))?;
        fs::write(&kept_key, key).with_context(|| format!("write {}", kept_key.display()))?;
    }
    fs::copy(&kept_output, &wasm).with_context(|| format!("replace {}", wasm.display()))?;
    Ok(())
}

fn reset(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))
}

fn weigh_file(dist_dir: &Path, path: &Path) -> Result<Weight> {
    let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes).context("compress")?;
    let packed = encoder.finish().context("compress")?;
    Ok(Weight {
        file: path.strip_prefix(dist_dir).unwrap_or(path).to_owned(),
        bytes: bytes.len() as u64,
        gzip_bytes: packed.len() as u64,
    })
}

fn table(weights: &[Weight]) -> String {
    let lines: Vec<String> = weights
        .iter()
        .map(|weight| format!("{:>9} bytes, {:>9} gzipped  {}", weight.bytes, weight.gzip_bytes, weight.file.display()))
        .collect();
    lines.join("\n")
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(|end| end.to_str()).is_some_and(|end| extensions.contains(&end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    /// Bytes that gzip cannot shrink.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u32;
        (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state as u8
            })
            .collect()
    }

    fn project_with(dist: &Path) -> Project {
        let mut project = Project::open().unwrap();
        project.config.web.dist_dir = dist.to_owned();
        project
    }

    #[test]
    fn only_what_visitors_load_is_weighed() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("assets")).unwrap();
        fs::write(folder.path().join("index.html"), noise(1000)).unwrap();
        fs::write(folder.path().join("assets/b.wasm"), noise(2000)).unwrap();
        fs::write(folder.path().join("assets/a.js"), "x".repeat(2000)).unwrap();
        let weights = weigh(folder.path()).unwrap();
        let files: Vec<_> = weights.iter().map(|weight| weight.file.to_str().unwrap()).collect();
        assert_eq!(files, ["assets/a.js", "assets/b.wasm"]);
        assert_eq!(weights[0].bytes, 2000);
        assert!(weights[0].gzip_bytes < 100 && weights[1].gzip_bytes >= 2000);
    }

    #[test]
    fn the_budget_is_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let project = project_with(folder.path());
        let limit = usize::try_from(project.config.budget.gzip_total_bytes).unwrap();
        fs::write(folder.path().join("a.wasm"), noise(limit - 1000)).unwrap();
        assert!(check_budget(&project).unwrap().contains("a.wasm"));
        fs::write(folder.path().join("b.css"), noise(1100)).unwrap();
        assert!(check_budget(&project).unwrap_err().to_string().contains("are allowed"));
    }

    #[test]
    fn what_comes_later_has_a_budget_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let project = project_with(folder.path());
        let later = folder.path().join(&project.config.budget.later_dir);
        let limit = usize::try_from(project.config.budget.gzip_later_bytes).unwrap();
        fs::create_dir_all(&later).unwrap();
        fs::write(folder.path().join("a.wasm"), noise(1000)).unwrap();
        fs::write(later.join("b.js"), noise(limit - 1000)).unwrap();
        assert!(check_budget(&project).unwrap().contains("loads: 10"));
        fs::write(later.join("c.js"), noise(1100)).unwrap();
        assert!(check_budget(&project).unwrap_err().to_string().contains("later"));
    }

    #[test]
    fn the_single_file_has_a_budget_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let project = project_with(folder.path());
        assert!(check_single_file(&project).is_err());
        let limit = usize::try_from(project.config.budget.single_file_bytes).unwrap();
        fs::write(project.single_file(), "x".repeat(limit)).unwrap();
        assert!(check_single_file(&project).is_ok());
        fs::write(project.single_file(), "x".repeat(limit + 1)).unwrap();
        assert!(check_single_file(&project).unwrap_err().to_string().contains("are allowed"));
    }

    #[test]
    fn a_page_without_the_engine_is_no_page() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.js"), "1").unwrap();
        assert!(check_budget(&project_with(folder.path())).is_err());
    }
}
