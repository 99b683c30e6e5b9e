//! Scenarios that come with Hintfault.

use crate::document::Document;
use crate::failure::Failure;
use crate::parse::parse;

/// A scenario that comes with Hintfault. Its title and summary stand in its document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preset {
    /// What the command line and links to it call it.
    pub id: &'static str,
    /// The document as TOML, with comments.
    pub text: &'static str,
}

impl Preset {
    /// The document.
    ///
    /// # Errors
    /// None for the presets in [`ALL`].
    pub fn document(&self) -> Result<Document, Failure> {
        parse(self.text)
    }
}

/// All of them. The first is what the page opens with.
pub const ALL: [Preset; 6] = [
    Preset { id: "thread-moved", text: include_str!("../presets/thread-moved.toml") },
    Preset { id: "two-nodes-private", text: include_str!("../presets/two-nodes-private.toml") },
    Preset { id: "shared", text: include_str!("../presets/shared.toml") },
    Preset { id: "already-local", text: include_str!("../presets/already-local.toml") },
    Preset { id: "off", text: include_str!("../presets/off.toml") },
    Preset { id: "many-vmas", text: include_str!("../presets/many-vmas.toml") },
];

/// The preset of this name.
#[must_use]
pub fn find(id: &str) -> Option<&'static Preset> {
    ALL.iter().find(|preset| preset.id == id)
}
