//! What threads do.

use alloc::vec::Vec;

use crate::ids::{PageIdx, ProcIdx};
use crate::time::Ns;

/// Loops that may be nested.
pub const LOOP_DEPTH: usize = 4;

/// A list of steps; after the last the thread exits or starts again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// The steps, at least one.
    pub steps: Vec<Step>,
    /// What follows the last step.
    pub repeat: Repeat,
}

/// What follows the last step of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// The thread exits.
    Once,
    /// From the first step again, for ever.
    Forever,
}

/// One thing a thread does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Visits pages of one region, all of them `passes` times over.
    Access {
        /// Which region, by its place in the process.
        region: u16,
        /// First page.
        first: PageIdx,
        /// How many pages.
        pages: u32,
        /// In which order.
        pattern: Pattern,
        /// Read or write.
        access: Access,
        /// Time spent computing at each page, on top of the access itself.
        compute_ns: u32,
        /// How often over.
        passes: u32,
        /// Visits in all; 0 for as many as `passes` make. Not with `Sequential`.
        visits: u64,
        /// With `Access::Write`: every so many-th visit writes, the others read. 0 and 1 let
        /// every visit write.
        write_every: u32,
        /// The step is over at this time of the run, whatever is left of it.
        until: Ns,
    },
    /// Computes without touching memory.
    Compute {
        /// For how long (CPU time).
        duration: Ns,
    },
    /// Sleeps.
    Sleep {
        /// For how long (wall time).
        duration: Ns,
    },
    /// The end of a loop: goes back to the step `from`, unless the steps since were done so
    /// often, or it is late. Steps in a loop are done at least once.
    Again {
        /// Where the loop begins; before this step.
        from: u16,
        /// How often the steps are done; 0 for ever.
        times: u32,
        /// No further round begins from this time of the run on.
        until: Ns,
        /// Loops around this one, below [`LOOP_DEPTH`].
        depth: u8,
    },
    /// Waits until enough threads have come to it.
    Barrier {
        /// Which.
        group: u16,
        /// How many go on together; 0 for all living ones with this barrier in their programs.
        threads: u16,
    },
    /// The thread ends.
    Exit,
    /// `exit_group`: the process ends.
    ExitGroup,
    /// `clone`: creates a thread of the own process that starts at [`Ns::NEVER`].
    Clone {
        /// Its place in the process.
        thread: u16,
    },
    /// `fork`: creates a process that is there [by fork](crate::input::ProcessStart::ByFork).
    Fork {
        /// The child.
        process: ProcIdx,
    },
    /// `execve`: the process becomes one that is there
    /// [by exec](crate::input::ProcessStart::ByExec), with this thread as its first.
    Exec {
        /// The new process.
        process: ProcIdx,
    },
}

/// The order in which pages are visited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// From the first page to the last, every `stride`-th; then the ones left out, so that one
    /// pass visits each page once.
    Sequential {
        /// At least 1; 1 visits neighbours in turn.
        stride: u32,
    },
    /// Pages at random, each visit independent; a pass is as many visits as there are pages.
    Random,
    /// At random, the front pages more often: levels of 1, 2, 4, 8, ... pages are visited equally
    /// often, and within a level all pages. So the page at place `r` is about `r` times rarer
    /// than the first, as Zipf's law has it.
    Zipf,
    /// At random: some visits go to the first pages, the others to the rest.
    HotCold {
        /// How many pages are hot, at least 1.
        hot_pages: u32,
        /// How many visits of a hundred go to them.
        hot_percent: u8,
    },
}

/// Read or write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Only reads.
    Read,
    /// Writes.
    Write,
}
