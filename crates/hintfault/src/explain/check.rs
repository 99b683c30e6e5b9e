//! A test of the kernel as it was made once: with its operands and what came out.

use alloc::vec::Vec;

use crate::explain::test::{Relation, Test};
use crate::ids::{CpuId, NodeId, NodeSet, Tid, VirtAddr};
use crate::time::{Jiffies, Ns};

/// One operand of a test, or a figure that belongs to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value {
    /// No node, no task, no group: -1 or a null pointer in the kernel.
    Nothing,
    /// A node.
    Node(NodeId),
    /// A set of nodes.
    Nodes(NodeSet),
    /// A CPU.
    Cpu(CpuId),
    /// A thread.
    Tid(Tid),
    /// A `last_cpupid`.
    Cpupid(u32),
    /// A number of pages, faults, tasks, thousandths or whatever the test counts.
    Count(u64),
    /// The same where it may be negative.
    Signed(i64),
    /// A pass of the scanner.
    Pass(i32),
    /// A time in ms.
    Ms(u32),
    /// CPU time in ns.
    Runtime(Ns),
    /// The kernel's clock.
    Jiffies(Jiffies),
    /// An address.
    Address(VirtAddr),
    /// Whether something is so.
    Flag(bool),
}

impl Value {
    /// A node, or nothing.
    pub(crate) fn node(node: Option<NodeId>) -> Self {
        node.map_or(Self::Nothing, Self::Node)
    }

    /// A number to compare by; -1 for nothing.
    #[must_use]
    pub fn number(self) -> i128 {
        match self {
            Self::Nothing => -1,
            Self::Node(node) => node.0.into(),
            Self::Nodes(nodes) => nodes.0.into(),
            Self::Cpu(cpu) => cpu.0.into(),
            Self::Tid(tid) => tid.0.into(),
            Self::Cpupid(value) | Self::Ms(value) => value.into(),
            Self::Count(value) => value.into(),
            Self::Signed(value) => value.into(),
            Self::Pass(pass) => pass.into(),
            Self::Runtime(time) => time.0.into(),
            Self::Jiffies(jiffies) => jiffies.0.into(),
            Self::Address(addr) => addr.0.into(),
            Self::Flag(flag) => flag.into(),
        }
    }
}

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
    pub(crate) fn ask(&mut self, test: Test, outcome: bool, operands: &[Value]) -> bool {
        self.0.push(Check { test, operands: operands.to_vec(), outcome });
        outcome
    }

    /// Adds a test of something that is so or not.
    pub(crate) fn is(&mut self, test: Test, outcome: bool) -> bool {
        self.ask(test, outcome, &[Value::Flag(outcome)])
    }
}
