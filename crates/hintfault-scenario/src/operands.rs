//! Small parts of the document: operands of actions, zones, words.

use serde::{Deserialize, Serialize};

use crate::quantity::{Millis, Size};

/// A zone of a node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Which.
    pub kind: ZoneKind,
    /// Its `managed` memory.
    pub size: Size,
}

/// Zones as the kernel calls them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// Below 16 MiB.
    Dma,
    /// Below 4 GiB.
    Dma32,
    /// The rest.
    Normal,
    /// Memory that may be taken away again.
    Movable,
}

/// Whether a region gets transparent huge pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thp {
    /// Base pages only.
    Never,
    /// On first touch, and where whole ones are populated.
    Always,
}

/// The operands of `hold_mm`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldMm {
    /// The process.
    pub pid: u64,
    /// For how long.
    pub duration_ms: Millis,
}
