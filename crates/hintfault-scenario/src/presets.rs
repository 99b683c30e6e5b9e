//! Scenarios that come with Hintfault.

use crate::document::Document;
use crate::failure::Failure;
use crate::parse::parse;

/// A scenario that comes with Hintfault. Its title and summary stand in its document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preset {
    /// What the command line and links to it call it.
    pub id: &'static str,
    /// The document as JSON.
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

macro_rules! preset {
    ($id:literal) => {
        Preset { id: $id, text: include_str!(concat!(env!("OUT_DIR"), "/", $id, ".json")) }
    };
}

/// All of them. The first is what the page opens with. They are written in TOML, in `presets/`.
pub const ALL: [Preset; 14] = [
    preset!("thread-moved"),
    preset!("to-and-fro"),
    preset!("thread-to-memory"),
    preset!("threads-swap"),
    preset!("two-nodes-private"),
    preset!("shared"),
    preset!("already-local"),
    preset!("off"),
    preset!("many-vmas"),
    preset!("bind-balancing"),
    preset!("weighted-interleave"),
    preset!("mbind-move"),
    preset!("balancing-pays"),
    preset!("balancing-costs"),
];

/// The preset of this name.
#[must_use]
pub fn find(id: &str) -> Option<&'static Preset> {
    ALL.iter().find(|preset| preset.id == id)
}
