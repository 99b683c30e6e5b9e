//! Why something happened: the tests that the kernel made, in its order, with their operands and
//! what came out. A run keeps no record of them. They are found by replaying to the event: from
//! the last checkpoint to just before the occasion that led to it, and from there to the decision.
//!
//! Outcomes come from the engine's own predicates. Words for people are the business of
//! `hintfault-explain`.
//!
//! Nearly all functions here are marked inline, so that they are compiled where they are used: the
//! page wants them small, other than the engine, which it wants fast.

mod balance;
mod birth;
mod check;
mod fault;
mod group;
mod memory;
mod migrate;
mod moved;
mod placement;
mod question;
mod replay;
mod scan;
mod test;
mod value;
mod verdict;
pub(crate) mod watch;
mod window;

use alloc::vec::Vec;

use crate::event::Event;
use crate::explain::check::Chain;
use crate::history::History;

pub use check::Check;
pub use question::{Found, Question};
pub use test::{Relation, Test};
pub use value::Value;
pub use verdict::{Change, EndCause, Next, PageMover, PolicyOf, Verdict};

/// Why something happened, or did not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The event; none for what did not happen.
    pub event: Option<Event>,
    /// The tests in the order in which they were made.
    pub checks: Vec<Check>,
    /// How they end.
    pub verdict: Verdict,
    /// The figures of the verdict's sentence.
    pub operands: Vec<Value>,
    /// What could change that next.
    pub next: Option<Next>,
}

impl History {
    /// A chain with its end.
    #[inline]
    fn explained(&self, event: Option<Event>, chain: Chain, (verdict, next): End) -> Explanation {
        let operands = verdict.operands(event.as_ref(), &self.world().setup.topology);
        Explanation { event, checks: chain.0, verdict, operands, next }
    }
}

/// The end of a chain.
pub(crate) type End = (Verdict, Option<Next>);
