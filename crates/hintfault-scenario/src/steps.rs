//! Steps of programs in the document.

use crate::quantity::Millis;
use crate::reader::{choice, table};

/// One step: exactly one of `read`, `write`, `compute_ms`, `sleep_ms`, `loop`, `barrier`, `clone`,
/// `fork`, `exec`, `exit`. The other fields belong to `read` and `write`, but `times` to `loop` and `until_ms` to all
/// three.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Step {
    /// Reads pages of the region of this name.
    pub read: Option<String>,
    /// Writes pages of the region of this name.
    pub write: Option<String>,
    /// Computes for so long.
    pub compute_ms: Option<Millis>,
    /// Sleeps for so long.
    pub sleep_ms: Option<Millis>,
    /// Does these steps over and over, at least once.
    pub steps: Vec<Step>,
    /// How often the steps of `loop` are done; default without end.
    pub times: Option<u64>,
    /// Waits until all living threads that name this barrier have come to it.
    pub barrier: Option<String>,
    /// With `barrier`: how many threads go on together, in place of all living ones.
    pub threads: Option<u64>,
    /// Creates the threads of this name in the same process.
    pub clone: Option<String>,
    /// Forks the process of this name.
    pub fork: Option<String>,
    /// Executes another program: the process becomes the one of this name.
    pub exec: Option<String>,
    /// Ends the thread, or the process.
    pub exit: Option<Exit>,
    /// The step is over at this time of the run; a loop begins no further round.
    pub until_ms: Option<Millis>,
    /// First page visited; default 0.
    pub first: Option<u64>,
    /// How many pages; default all from `first` on.
    pub pages: Option<u64>,
    /// In which order; default sequential.
    pub pattern: Option<Pattern>,
    /// For the sequential pattern: every so many pages, then the ones left out; default 1.
    pub stride: Option<u64>,
    /// Time spent computing at each page; default 0.
    pub compute_ns: Option<u64>,
    /// How often over; default 1.
    pub passes: Option<u64>,
    /// How many visits, in place of `passes`; not for the sequential pattern.
    pub visits: Option<u64>,
    /// For `write`: every so many-th visit writes, the others read; default 1.
    pub write_every: Option<u64>,
    /// For the pattern `hot_cold`: how many of the first pages are hot; default a tenth.
    pub hot_pages: Option<u64>,
    /// For the pattern `hot_cold`: how many visits of a hundred go to the hot pages; default 90.
    pub hot_percent: Option<u64>,
    /// Which pages a thread takes where `count` makes several; default all take all.
    pub share: Option<Share>,
}

table!(Step: read write compute_ms sleep_ms steps = "loop" times barrier threads clone fork exec exit until_ms first pages pattern stride compute_ns passes visits write_every hot_pages hot_percent share);

/// The order in which pages are visited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

choice!(Pattern: Sequential = "sequential" Random = "random" Zipf = "zipf" HotCold = "hot_cold");

/// Who takes which pages of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Share {
    /// Every thread takes all of them.
    All,
    /// The threads that `count` makes take equal parts, in their order.
    Slice,
}

choice!(Share: All = "all" Slice = "slice");

/// What ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// The thread.
    Thread,
    /// The process with all its threads (`exit_group`).
    Process,
}

choice!(Exit: Thread = "thread" Process = "process");
