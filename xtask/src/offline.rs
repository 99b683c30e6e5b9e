//! What the service worker of the page keeps for when there is no network.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use flate2::Crc;
use serde_json::json;

/// The service worker as Vite makes it. Browsers fetch it once the first picture is there.
pub const WORKER: &str = "offline-worker.js";
/// Stands in the worker where the build's name belongs.
const BUILD_PLACE: &str = "BUILD-OF-THE-PAGE";
/// What the worker reads.
const LIST: &str = "offline.json";
/// The page, which is kept under its folder's name.
const PAGE: &str = "index.html";

/// Lists the files of the built page for its service worker, and tells both which build they are of.
/// Another build has another name, so its worker is another file, and browsers take it up.
///
/// # Errors
/// If a file of the page cannot be read or written, or is not what is expected.
pub fn write_offline(dist_dir: &Path) -> Result<()> {
    let files = files_of(dist_dir)?;
    let build = name_of(dist_dir, &files)?;
    let entry = entry_of(dist_dir)?;
    let kept: Vec<&String> = files.iter().filter(|file| is_kept(file)).collect();
    let list = json!({ "build": build, "entry": entry, "files": kept });
    write(&dist_dir.join(LIST), &list.to_string())?;
    let worker = dist_dir.join(WORKER);
    let source = read(&worker)?;
    if !source.contains(BUILD_PLACE) {
        bail!("{} has no place for the build's name", worker.display());
    }
    write(&worker, &source.replace(BUILD_PLACE, &build))
}

fn is_kept(file: &str) -> bool {
    ![PAGE, WORKER, LIST].contains(&file)
}

/// Paths of all files below a folder, with slashes, in order.
///
/// # Errors
/// If it cannot be read.
pub fn files_of(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    list_into(folder, "", &mut files)?;
    files.sort();
    Ok(files)
}

fn list_into(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let entry = entry.context("read a folder")?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list_into(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}

/// From all bytes of all files: the page's own assets are named by their content, its documents are not.
fn name_of(dist_dir: &Path, files: &[String]) -> Result<String> {
    let mut sum = Crc::new();
    let mut length = 0;
    for file in files {
        let path = dist_dir.join(file);
        let bytes = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        sum.update(file.as_bytes());
        sum.update(&bytes);
        length += bytes.len();
    }
    Ok(format!("{:08x}-{length}", sum.sum()))
}

/// The script that the page begins with: its name has its content's hash in it.
fn entry_of(dist_dir: &Path) -> Result<String> {
    let page = read(&dist_dir.join(PAGE))?;
    let script = page.split("src=\"./").nth(1).and_then(|rest| rest.split('"').next());
    script.map(str::to_owned).context("the page has no script")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(dist: &Path, script: &str) {
        fs::create_dir_all(dist.join("assets/later")).unwrap();
        fs::write(dist.join(PAGE), "<script type=\"module\" src=\"./assets/a-1.js\"></script>").unwrap();
        fs::write(dist.join(WORKER), format!("\"{BUILD_PLACE}\"")).unwrap();
        fs::write(dist.join("assets/a-1.js"), script).unwrap();
        fs::write(dist.join("assets/later/b-2.js"), "2").unwrap();
    }

    fn listed(dist: &Path) -> serde_json::Value {
        write_offline(dist).unwrap();
        serde_json::from_str(&read(&dist.join(LIST)).unwrap()).unwrap()
    }

    #[test]
    fn everything_is_listed_but_the_page_and_the_worker() {
        let folder = tempfile::tempdir().unwrap();
        built(folder.path(), "1");
        let list = listed(folder.path());
        assert_eq!(list["files"], json!(["assets/a-1.js", "assets/later/b-2.js"]));
        assert_eq!(list["entry"], "assets/a-1.js");
        let worker = read(&folder.path().join(WORKER)).unwrap();
        assert_eq!(worker, format!("\"{}\"", list["build"].as_str().unwrap()));
    }

    #[test]
    fn another_build_has_another_name() {
        let folder = tempfile::tempdir().unwrap();
        built(folder.path(), "1");
        let first = listed(folder.path());
        fs::remove_file(folder.path().join(LIST)).unwrap();
        built(folder.path(), "1");
        assert_eq!(listed(folder.path())["build"], first["build"]);
        fs::remove_file(folder.path().join(LIST)).unwrap();
        built(folder.path(), "2");
        assert_ne!(listed(folder.path())["build"], first["build"]);
    }

    #[test]
    fn a_worker_without_a_place_for_the_name_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        built(folder.path(), "1");
        fs::write(folder.path().join(WORKER), "").unwrap();
        assert!(write_offline(folder.path()).is_err());
    }
}
