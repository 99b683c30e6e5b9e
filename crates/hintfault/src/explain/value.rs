//! What tests compare.

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
    /// A name of the kernel's interface.
    Name(&'static str),
}

impl Value {
    /// A node, or nothing.
    #[inline]
    pub(crate) fn node(node: Option<NodeId>) -> Self {
        node.map_or(Self::Nothing, Self::Node)
    }

    /// A number to compare by; -1 for nothing.
    #[inline]
    #[must_use]
    pub fn number(self) -> i128 {
        match self {
            Self::Nothing => -1,
            Self::Name(_) => 0,
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
