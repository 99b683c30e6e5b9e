//! Builds the page and serves it until stopped.

use anyhow::{Result, bail};

use crate::build::build_page;
use crate::command::Output;
use crate::project::Project;
use crate::serve::{Running, Site};
use crate::setup::{self, Purpose};

/// Where `play` serves unless told otherwise.
pub const DEFAULT_PORT: u16 = 4280;
const PORTS_TRIED: u16 = 50;

/// Installs what is missing, builds, serves, and returns only when the server cannot go on.
///
/// # Errors
/// If set-up or build fail, or if no port is free.
pub fn play(project: &Project, port: u16) -> Result<()> {
    let tools = setup::ensure(project, Purpose::Play)?;
    build_page(project, &tools, Output::Shown)?;
    let running = start(&Site::plain(project.dist_dir()), port)?;
    println!("Hintfault is at {}  (Ctrl-C stops it)", running.url());
    running.wait();
    Ok(())
}

fn start(site: &Site, first_port: u16) -> Result<Running> {
    let last_port = first_port.saturating_add(PORTS_TRIED);
    for port in first_port..=last_port {
        if let Ok(running) = Running::start(site.clone(), port) {
            return Ok(running);
        }
    }
    bail!("no port from {first_port} to {last_port} is free")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_free_port_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::plain(folder.path().to_owned());
        let first = start(&site, 42_800).unwrap();
        let second = start(&site, 42_800).unwrap();
        assert_ne!(first.url(), second.url());
    }
}
