//! Where the checkout is and what `wasm-pack.toml` says.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

/// The checkout that xtask works on.
pub struct Project {
    /// The folder with the root `Cargo.toml`.
    pub root: PathBuf,
    /// What `wasm-pack.toml` says.
    pub config: Config,
}

/// `wasm-pack.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How the page's WebAssembly is built.
    pub web: Web,
    /// Pinned versions of the tools that set-up installs.
    pub tools: Tools,
    /// What a visitor may have to load.
    pub budget: Budget,
}

/// How the page's WebAssembly is built.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Web {
    /// Folder of the wasm-bindgen crate, from the root.
    pub crate_dir: PathBuf,
    /// First part of the names of the files that are made.
    pub out_name: String,
    /// wasm-pack's `--target`.
    pub target: String,
    /// The cargo profile.
    pub profile: String,
    /// Where wasm-pack puts its files, from the root.
    pub out_dir: PathBuf,
    /// Where Vite puts the page, from the root.
    pub dist_dir: PathBuf,
    /// Flags for rustc, beside those of the profile.
    pub rustflags: Vec<String>,
    /// Flags for wasm-opt.
    pub wasm_opt: Vec<String>,
}

/// Pinned tools.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tools {
    /// Builds and tests the wasm crate.
    pub wasm_pack: CargoTool,
    /// Makes the JavaScript side of the wasm crate.
    pub wasm_bindgen_cli: CargoTool,
    /// Drives Firefox.
    pub geckodriver: CargoTool,
}

/// A tool from crates.io.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CargoTool {
    /// The exact version.
    pub version: String,
    /// Whether to build with the release's own lock file.
    pub locked: bool,
}

/// What a visitor may have to load.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budget {
    /// Sum over wasm, JavaScript and CSS, each file gzipped, that every visitor loads.
    pub gzip_total_bytes: u64,
    /// Folder of the built page with what is loaded only when a part of the page needs it.
    pub later_dir: PathBuf,
    /// Sum over that folder, each file gzipped.
    pub gzip_later_bytes: u64,
    /// The page as one file, as it is.
    pub single_file_bytes: u64,
}

impl Project {
    /// Finds the checkout that this xtask was built from.
    ///
    /// # Errors
    /// If `wasm-pack.toml` is missing or says something that xtask does not know.
    pub fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
        let file = root.join("wasm-pack.toml");
        let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let config = toml::from_str(&text).with_context(|| format!("in {}", file.display()))?;
        Ok(Self { root: root.to_owned(), config })
    }

    /// The built page.
    #[must_use]
    pub fn dist_dir(&self) -> PathBuf {
        self.root.join(&self.config.web.dist_dir)
    }

    /// The page as one file, once it is made.
    #[must_use]
    pub fn single_file(&self) -> PathBuf {
        self.dist_dir().join("hintfault.html")
    }

    /// The crate that wasm-pack builds.
    #[must_use]
    pub fn web_crate_dir(&self) -> PathBuf {
        self.root.join(&self.config.web.crate_dir)
    }

    /// A program of an npm package of the project.
    #[must_use]
    pub fn npm_program(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_bindgen_cli_has_the_version_of_the_crate() {
        let project = Project::open().unwrap();
        let manifest: toml::Table =
            toml::from_str(&fs::read_to_string(project.root.join("Cargo.toml")).unwrap()).unwrap();
        let pinned = manifest["workspace"]["dependencies"]["wasm-bindgen"].as_str().unwrap();
        assert_eq!(pinned, format!("={}", project.config.tools.wasm_bindgen_cli.version));
    }

    #[test]
    fn the_profile_of_the_page_exists() {
        let project = Project::open().unwrap();
        let manifest: toml::Table =
            toml::from_str(&fs::read_to_string(project.root.join("Cargo.toml")).unwrap()).unwrap();
        let profiles = manifest["profile"].as_table().unwrap();
        assert!(profiles.contains_key(&project.config.web.profile));
    }

    #[test]
    fn an_unknown_field_is_an_error() {
        let text = fs::read_to_string(Project::open().unwrap().root.join("wasm-pack.toml")).unwrap();
        let wrong = text.replace("[budget]", "[budget]\ngzip-total-byte = 1");
        let error = toml::from_str::<Config>(&wrong).unwrap_err();
        assert!(error.message().contains("gzip-total-byte"), "{error}");
    }
}
