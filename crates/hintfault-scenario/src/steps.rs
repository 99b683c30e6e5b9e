//! Steps of programs in the document.

use serde::{Deserialize, Serialize};

use crate::quantity::Millis;

/// One step: exactly one of `read`, `write`, `compute_ms`, `sleep_ms`, `loop`, `barrier`, `clone`,
/// `fork`, `exec`, `exit`. The other fields belong to `read` and `write`, but `times` to `loop` and `until_ms` to all
/// three.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Reads pages of the region of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// Writes pages of the region of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<String>,
    /// Computes for so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_ms: Option<Millis>,
    /// Sleeps for so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sleep_ms: Option<Millis>,
    /// Does these steps over and over, at least once.
    #[serde(rename = "loop", skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// How often the steps of `loop` are done; default without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Waits until all living threads that name this barrier have come to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barrier: Option<String>,
    /// Creates the threads of this name in the same process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clone: Option<String>,
    /// Forks the process of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fork: Option<String>,
    /// Executes another program: the process becomes the one of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec: Option<String>,
    /// Ends the thread, or the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<Exit>,
    /// The step is over at this time of the run; a loop begins no further round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<Millis>,
    /// First page visited; default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// How many pages; default all from `first` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u64>,
    /// In which order; default sequential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    /// For the sequential pattern: every so many pages, then the ones left out; default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stride: Option<u64>,
    /// Time spent computing at each page; default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_ns: Option<u64>,
    /// How often over; default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passes: Option<u64>,
    /// How many visits, in place of `passes`; not for the sequential pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visits: Option<u64>,
    /// For `write`: every so many-th visit writes, the others read; default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_every: Option<u64>,
    /// For the pattern `hot_cold`: how many of the first pages are hot; default a tenth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hot_pages: Option<u64>,
    /// For the pattern `hot_cold`: how many visits of a hundred go to the hot pages; default 90.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hot_percent: Option<u64>,
    /// Which pages a thread takes where `count` makes several; default all take all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
}

/// The order in which pages are visited.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// One after the other.
    Sequential,
    /// Each visit independent.
    Random,
    /// The front pages more often: levels of 1, 2, 4, 8, ... pages equally often.
    Zipf,
    /// Most visits go to the first pages.
    HotCold,
}

/// Who takes which pages of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Every thread takes all of them.
    All,
    /// The threads that `count` makes take equal parts, in their order.
    Slice,
}

/// What ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// The thread.
    Thread,
    /// The process with all its threads (`exit_group`).
    Process,
}
