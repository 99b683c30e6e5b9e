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

/// The operands of `exec`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exec {
    /// The thread.
    pub tid: u64,
    /// The name of the process that its own becomes.
    pub process: String,
}

/// How a thread comes to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadStart {
    /// It is there from the start and becomes runnable at its time.
    AtTime,
    /// Another thread of its process creates it.
    ByClone,
}
