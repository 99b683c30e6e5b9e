//! What threads do: walking a program over memory in bulk, up to the next thing that others
//! could see.

pub(crate) mod outlook;
pub(crate) mod pattern;
pub(crate) mod reach;
pub(crate) mod walk;

/// A thread's place in its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Cursor {
    /// The step.
    pub(crate) step: u16,
    /// Visits done in this step, over all its passes.
    pub(crate) visits: u64,
    /// How often the whole program was done.
    pub(crate) round: u64,
}
