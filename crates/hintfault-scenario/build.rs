//! Turns the presets into JSON, so that a build without TOML has them too.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=presets");
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    for entry in fs::read_dir("presets")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            fs::write(json_path(&out_dir, &path)?, as_json(&path)?)?;
        }
    }
    Ok(())
}

fn json_path(out_dir: &Path, preset: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let name = preset.file_stem().ok_or("a preset has a name")?;
    Ok(out_dir.join(name).with_extension("json"))
}

fn as_json(preset: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let value: Value = toml::from_str(&fs::read_to_string(preset)?)?;
    Ok(serde_json::to_string(&value)?)
}
