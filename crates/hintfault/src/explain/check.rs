//! A test of the kernel as it was made once: with its operands and what came out.

use alloc::vec::Vec;

use crate::explain::test::{Relation, Test};
use crate::explain::value::Value;
use crate::time::Jiffies;

/// A test that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// Which.
    pub test: Test,
    /// What it compared, then figures that led to these; see [`Test`] for each test's.
    pub operands: Vec<Value>,
    /// Whether it held.
    pub outcome: bool,
}

impl Check {
    /// What the test's relation says about the recorded operands.
    #[inline]
    #[must_use]
    pub fn recompute(&self) -> bool {
        let number = |place: usize| self.operands.get(place).map_or(0, |value| value.number());
        let (a, b) = (number(0), number(1));
        match self.test.relation() {
            Relation::All => self.operands.iter().all(|&operand| operand != Value::Flag(false)),
            Relation::Same => a == b,
            Relation::Differ => a != b,
            Relation::More => a > b,
            Relation::AtLeast => a >= b,
            Relation::Member => b >> a & 1 != 0,
            Relation::After => Jiffies(a as u64).is_after(Jiffies(b as u64)),
            Relation::Within => (b..=number(2)).contains(&a),
        }
    }
}

/// Tests in the order in which they were made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Chain(pub(crate) Vec<Check>);

impl Chain {
    /// Adds a test and hands on what came out.
    #[inline]
    pub(crate) fn ask(&mut self, test: Test, outcome: bool, operands: &[Value]) -> bool {
        self.0.push(Check { test, operands: operands.to_vec(), outcome });
        outcome
    }

    /// Adds a test of something that is so or not.
    #[inline]
    pub(crate) fn is(&mut self, test: Test, outcome: bool) -> bool {
        self.ask(test, outcome, &[Value::Flag(outcome)])
    }
}
