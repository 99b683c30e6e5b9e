//! The standard library for wasm32: from rustup, or else built from Debian's source of it.

use std::env;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use super::{announced, apt};
use crate::cache::{Cache, CacheLock};
use crate::command::{Ending, expect_success, output_of, run_logged};

const TARGET: &str = "wasm32-unknown-unknown";
/// Longer than a slow line needs, shorter than rustup waits for a server that never answers.
const RUSTUP_LIMIT: Duration = Duration::from_secs(30);
const BUILD_LIMIT: Duration = Duration::from_secs(15 * 60);
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// Set to `debian` to prove the fall-back on a machine where rustup works.
const CHOICE_VARIABLE: &str = "HINTFAULT_WASM_TARGET";

/// Where the standard library for wasm32 comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WasmTarget {
    /// The toolchain of `rust-toolchain.toml` has it.
    Rustup,
    /// A toolchain in the cache, made from Debian's compiler.
    Debian {
        /// Its folder, which rustup takes in place of a name.
        toolchain: PathBuf,
    },
}

/// What the machine has.
pub(super) fn find(cache: &Cache) -> Option<WasmTarget> {
    if !is_fall_back_chosen() && rustup_has_target() {
        return Some(WasmTarget::Rustup);
    }
    let key = fall_back_key()?;
    cache.has(&key).then(|| WasmTarget::Debian { toolchain: cache.path(&key) })
}

/// Installs the target if it is missing, and says which way it took.
pub(super) fn install(cache: &Cache, lock: &CacheLock) -> Result<()> {
    if find(cache).is_some() {
        return Ok(());
    }
    if !is_fall_back_chosen() && add_with_rustup(cache)? {
        println!("setup: {TARGET} comes from rustup");
        return Ok(());
    }
    let why = if is_fall_back_chosen() {
        "built from Debian's rustc-web, as HINTFAULT_WASM_TARGET asks"
    } else {
        "built from Debian's rustc-web, since rustup cannot fetch it"
    };
    announced(TARGET, why, || install_fall_back(cache, lock))
}

fn is_fall_back_chosen() -> bool {
    env::var_os(CHOICE_VARIABLE).is_some_and(|choice| choice == "debian")
}

fn rustup_has_target() -> bool {
    let mut command = Command::new("rustc");
    command.args(["--print", "target-libdir", "--target", TARGET]);
    output_of(&mut command).is_some_and(|folder| has_library(Path::new(&folder), "libstd-"))
}

/// Whether rustup could add the target within its time.
fn add_with_rustup(cache: &Cache) -> Result<bool> {
    println!(
        "setup: installing {TARGET} with rustup (at most {} s): the engine is compiled for it",
        RUSTUP_LIMIT.as_secs()
    );
    let mut command = Command::new("rustup");
    command.args(["target", "add", TARGET]);
    let ending = run_logged(&mut command, &cache.log("rustup"), RUSTUP_LIMIT)?;
    Ok(ending == Ending::Success && rustup_has_target())
}

fn install_fall_back(cache: &Cache, lock: &CacheLock) -> Result<()> {
    if fall_back_key().is_none() {
        apt::install(cache, &apt::FALL_BACK_COMPILER)?;
    }
    let key = fall_back_key().ok_or_else(|| anyhow!("{DEBIAN_RUSTC} is not rustc-web's"))?;
    if cache.has(&key) {
        return Ok(());
    }
    let place = cache.path(&key);
    cache.install(&key, lock, |stage| {
        let libraries = build_std(cache, stage)?;
        lay_out(stage, &place, &libraries)?;
        fs::remove_dir_all(stage.join("build")).context("remove the build folder")
    })
}

/// Keyed by the compiler's version, since its standard library fits no other. `None` without rustc-web.
fn fall_back_key() -> Option<String> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status} ${Version}\n", "rustc-web", "rust-web-src"]);
    let answer = output_of(&mut query)?;
    let mut versions = answer.lines().map(|line| line.strip_prefix("installed "));
    let compiler = versions.next()??;
    let source = versions.next()??;
    (compiler == source).then(|| format!("wasm-std-{}", file_name_of(compiler)))
}

fn file_name_of(version: &str) -> String {
    version.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' }).collect()
}

/// Builds the standard library by building an empty crate with it; returns where the libraries are.
fn build_std(cache: &Cache, stage: &Path) -> Result<PathBuf> {
    let scratch = stage.join("build");
    fs::create_dir_all(scratch.join("src")).context("make the scratch crate")?;
    fs::write(scratch.join("src/lib.rs"), "").context("write the scratch crate")?;
    let manifest = "[package]\nname = \"scratch\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(scratch.join("Cargo.toml"), manifest).context("write the scratch crate")?;
    let mut command = Command::new("cargo");
    command
        .current_dir(&scratch)
        .env("RUSTC", DEBIAN_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("CARGO_TARGET_DIR")
        .args(["build", "--release", "-Zbuild-std=std,panic_abort,test", "--target", TARGET]);
    expect_success(&mut command, &cache.log("wasm-std"), BUILD_LIMIT)?;
    Ok(scratch.join("target").join(TARGET).join("release/deps"))
}

/// Makes `stage` a toolchain that rustup accepts; its scripts name `place`, where it will be.
fn lay_out(stage: &Path, place: &Path, libraries: &Path) -> Result<()> {
    let sysroot = sysroot()?;
    let rustlib = stage.join("lib/rustlib");
    let wasm_lib = rustlib.join(TARGET).join("lib");
    fs::create_dir_all(&wasm_lib).context("make the wasm library folder")?;
    copy_libraries(libraries, &wasm_lib)?;
    let host = host_triple()?;
    link_tree(&Path::new("/usr/lib/rustlib").join(&host), &rustlib.join(&host))?;
    let lld = Path::new("bin/rust-lld");
    let host_lld = sysroot.join("lib/rustlib").join(&host).join(lld);
    link_if_absent(&host_lld, &rustlib.join(&host).join(lld))?;
    let bin = stage.join("bin");
    fs::create_dir_all(&bin).context("make the toolchain's bin folder")?;
    for program in ["rustc", "rustdoc"] {
        write_wrapper(&bin.join(program), program, place)?;
    }
    link_if_absent(&sysroot.join("bin/cargo"), &bin.join("cargo"))
}

fn sysroot() -> Result<PathBuf> {
    output_of(Command::new("rustc").args(["--print", "sysroot"]))
        .map(PathBuf::from)
        .context("rustc does not say where its sysroot is")
}

fn host_triple() -> Result<String> {
    output_of(Command::new("rustc").args(["--print", "host-tuple"])).context("rustc does not say what it runs on")
}

fn copy_libraries(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("read {}", from.display()))? {
        let path = entry.context("read a folder")?.path();
        let is_scratch = file_starts_with(&path, "libscratch");
        if let (Some("rlib"), false, Some(name)) =
            (path.extension().and_then(|end| end.to_str()), is_scratch, path.file_name())
        {
            fs::copy(&path, to.join(name)).with_context(|| format!("copy {}", path.display()))?;
        }
    }
    if !has_library(to, "libstd-") {
        bail!("the build made no standard library in {}", from.display());
    }
    Ok(())
}

/// Like `cp -rs`: the same folders, with links in place of files.
fn link_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("read {}", from.display()))? {
        let path = entry.context("read a folder")?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        if path.is_dir() {
            link_tree(&path, &to.join(name))?;
        } else {
            link_if_absent(&path, &to.join(name))?;
        }
    }
    Ok(())
}

fn link_if_absent(target: &Path, link: &Path) -> Result<()> {
    if link.exists() {
        return Ok(());
    }
    if let Some(folder) = link.parent() {
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    symlink(target, link).with_context(|| format!("link {}", link.display()))
}

fn write_wrapper(file: &Path, program: &str, place: &Path) -> Result<()> {
    let script = format!("#!/bin/sh\nexec /usr/bin/{program} --sysroot '{}' \"$@\"\n", place.display());
    fs::write(file, script).with_context(|| format!("write {}", file.display()))?;
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(file, executable).with_context(|| format!("make {} executable", file.display()))
}

fn has_library(folder: &Path, start: &str) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| file_starts_with(&entry.path(), start)))
}

fn file_starts_with(path: &Path, start: &str) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_becomes_one_safe_file_name() {
        assert_eq!(file_name_of("1.96.0+dfsg1-1~deb12u2"), "1.96.0-dfsg1-1-deb12u2");
        assert_eq!(file_name_of("1:2/.."), "1-2-..");
    }

    #[test]
    fn a_linked_tree_reads_like_the_original() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        fs::create_dir_all(from.join("deep/er")).unwrap();
        fs::write(from.join("deep/er/file"), "text").unwrap();
        let to = folder.path().join("to");
        link_tree(&from, &to).unwrap();
        link_tree(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("deep/er/file")).unwrap(), "text");
        assert!(to.join("deep/er/file").is_symlink() && !to.join("deep").is_symlink());
    }

    #[test]
    fn libraries_without_std_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(&from).unwrap();
        fs::create_dir_all(&to).unwrap();
        fs::write(from.join("libcore-1.rlib"), "").unwrap();
        assert!(copy_libraries(&from, &to).is_err());
        fs::write(from.join("libstd-1.rlib"), "").unwrap();
        fs::write(from.join("libscratch-1.rlib"), "").unwrap();
        copy_libraries(&from, &to).unwrap();
        assert!(to.join("libstd-1.rlib").exists() && !to.join("libscratch-1.rlib").exists());
    }
}
