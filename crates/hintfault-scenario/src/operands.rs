//! Small parts of the document: operands of actions, zones, words.

use crate::quantity::{Millis, Size};
use crate::reader::{choice, table};

/// A zone of a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone {
    /// Which.
    pub kind: ZoneKind,
    /// Its `managed` memory.
    pub size: Size,
}

table!(Zone: kind size);

/// Zones as the kernel calls them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

choice!(ZoneKind: Dma = "dma" Dma32 = "dma32" Normal = "normal" Movable = "movable");

/// Whether a region gets transparent huge pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Thp {
    /// Base pages only.
    Never,
    /// On first touch, and where whole ones are populated.
    Always,
    /// Likewise, and from any node where the node that is wanted has none left
    /// (`MADV_HUGEPAGE`).
    Madvise,
}

choice!(Thp: Never = "never" Always = "always" Madvise = "madvise");

/// The operands of `hold_mm`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HoldMm {
    /// The process.
    pub pid: u64,
    /// For how long.
    pub duration_ms: Millis,
}

table!(HoldMm: pid duration_ms);

/// The operands of `sleep`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sleep {
    /// The thread.
    pub tid: u64,
    /// For how long.
    pub duration_ms: Millis,
}

table!(Sleep: tid duration_ms);

/// The operands of `exec`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exec {
    /// The thread.
    pub tid: u64,
    /// The name of the process that its own becomes.
    pub process: String,
}

table!(Exec: tid process);

/// How a thread comes to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ThreadStart {
    /// It is there from the start and becomes runnable at its time.
    AtTime,
    /// Another thread of its process creates it.
    ByClone,
}

choice!(ThreadStart: AtTime = "at_time" ByClone = "by_clone");
