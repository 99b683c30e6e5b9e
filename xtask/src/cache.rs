//! The one folder outside the clone where tools land, keyed by version, so that a second clone on
//! the machine starts at once.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, Result};

/// The cache folder.
pub struct Cache {
    dir: PathBuf,
}

/// Held while tools are being installed; another set-up waits until it is dropped.
pub struct CacheLock {
    _file: File,
}

impl Cache {
    /// Opens `$XDG_CACHE_HOME/hintfault`, or `~/.cache/hintfault`.
    ///
    /// # Errors
    /// If neither variable is set or the folder cannot be made.
    pub fn open() -> Result<Self> {
        Self::at(base_dir()?.join("hintfault"))
    }

    /// Opens the cache in `dir`.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn at(dir: PathBuf) -> Result<Self> {
        fs::create_dir_all(&dir).with_context(|| format!("make {}", dir.display()))?;
        Ok(Self { dir })
    }

    /// Where the entry `key` is once it is installed.
    #[must_use]
    pub fn path(&self, key: &str) -> PathBuf {
        self.dir.join(key)
    }

    /// Whether the entry `key` is complete.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.path(key).is_dir()
    }

    /// The log of one installation.
    #[must_use]
    pub fn log(&self, name: &str) -> PathBuf {
        self.dir.join("logs").join(format!("{name}.log"))
    }

    /// Waits until no other set-up installs into this cache.
    ///
    /// # Errors
    /// If the lock file cannot be made or locked.
    pub fn lock(&self) -> Result<CacheLock> {
        let path = self.dir.join("lock");
        let file = File::create(&path).with_context(|| format!("open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                println!("setup: waiting for another set-up that is running");
                file.lock().context("wait for the other set-up")?;
            }
            Err(TryLockError::Error(error)) => return Err(error).context("lock the cache"),
        }
        Ok(CacheLock { _file: file })
    }

    /// Makes the entry `key`: `fill` gets an empty folder, which takes the entry's place only if
    /// `fill` succeeds, so that an entry is there whole or not at all.
    ///
    /// # Errors
    /// What `fill` reports, or that folders cannot be made or moved.
    pub fn install(&self, key: &str, _lock: &CacheLock, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let stage = self.dir.join(format!("stage-{key}-{}", process::id()));
        remove_if_there(&stage)?;
        fs::create_dir_all(&stage).with_context(|| format!("make {}", stage.display()))?;
        let filled = fill(&stage);
        if filled.is_err() {
            remove_if_there(&stage)?;
            return filled;
        }
        let place = self.path(key);
        fs::rename(&stage, &place).with_context(|| format!("put {} in place", place.display()))
    }

    /// Removes a folder of the cache that is no entry, such as a build folder.
    ///
    /// # Errors
    /// If it is there and cannot be removed.
    pub fn discard(&self, name: &str) -> Result<()> {
        remove_if_there(&self.dir.join(name))
    }
}

fn base_dir() -> Result<PathBuf> {
    if let Some(dir) = env::var_os("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute()) {
        return Ok(dir.into());
    }
    let home = env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(Path::new(&home).join(".cache"))
}

fn remove_if_there(dir: &Path) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    fs::remove_dir_all(dir).with_context(|| format!("remove {}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("cache")).unwrap();
        (folder, cache)
    }

    fn entries(cache: &Cache) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(&cache.dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_filled_entry_is_there_whole() {
        let (_folder, cache) = cache();
        let lock = cache.lock().unwrap();
        assert!(!cache.has("tool-1"));
        cache.install("tool-1", &lock, |stage| Ok(fs::write(stage.join("program"), "x")?)).unwrap();
        assert!(cache.has("tool-1"));
        assert_eq!(fs::read_to_string(cache.path("tool-1").join("program")).unwrap(), "x");
        assert_eq!(entries(&cache), ["lock", "tool-1"]);
    }

    #[test]
    fn a_failed_entry_leaves_nothing() {
        let (_folder, cache) = cache();
        let lock = cache.lock().unwrap();
        let result = cache.install("tool-1", &lock, |stage| {
            fs::write(stage.join("half"), "x")?;
            bail!("the network is down")
        });
        assert_eq!(result.unwrap_err().to_string(), "the network is down");
        assert_eq!(entries(&cache), ["lock"]);
    }

    #[test]
    fn two_set_ups_exclude_each_other() {
        let (_folder, cache) = cache();
        let lock = cache.lock().unwrap();
        let second = File::create(cache.path("lock")).unwrap();
        assert!(matches!(second.try_lock(), Err(TryLockError::WouldBlock)));
        drop(lock);
        assert!(second.try_lock().is_ok());
    }
}
