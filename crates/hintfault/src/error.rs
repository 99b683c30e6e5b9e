//! Why a scenario cannot be set up. The scenario crate finds all of these before, with the path
//! of the field; here they guard the engine against callers that skip it.

use core::fmt;

use crate::ids::{NodeId, Tid};
use crate::refusal::Refusal;

/// What is wrong with a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SetupError {
    /// No nodes, more than 64, or ids that are not ascending.
    Nodes,
    /// No CPUs, or one in two nodes.
    Cpus,
    /// Not one row and column a node, a local distance other than 10, or a remote one below 11.
    Distances,
    /// A node cannot hold the pages that are there from the start.
    NodeFull(NodeId),
    /// The regions of a process are empty, unaligned, overlapping or not ascending.
    Regions {
        /// The process by its place.
        process: usize,
    },
    /// A thread has no usable CPU.
    Affinity(Tid),
    /// A thread's program is empty, reaches outside its region or never takes time.
    Program(Tid),
    /// A thread's nice value is not one of -20 to 19.
    Nice(Tid),
    /// Two threads have one id.
    DuplicateTid(Tid),
    /// More of something than the engine numbers.
    TooMany(&'static str),
    /// A policy that the kernel would refuse, and why.
    Policy(Refusal),
    /// Actions that are not in order of time.
    Actions,
    /// A scan size of zero, which the kernel would divide by, or one of 16 TiB or more.
    ScanSize,
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nodes => f.write_str("nodes: need 1 to 64 with ascending ids below 64"),
            Self::Cpus => f.write_str("cpus: need at least one, each in one node only"),
            Self::Distances => f.write_str("distances: need a square table, 10 on the diagonal, more elsewhere"),
            Self::NodeFull(node) => write!(f, "node {node} cannot hold its initial pages"),
            Self::Regions { process } => write!(f, "regions of process {process} are malformed"),
            Self::Affinity(tid) => write!(f, "thread {tid} has no usable cpu"),
            Self::Program(tid) => write!(f, "the program of thread {tid} is malformed"),
            Self::Nice(tid) => write!(f, "the nice value of thread {tid} must be -20 to 19"),
            Self::DuplicateTid(tid) => write!(f, "thread id {tid} is used twice"),
            Self::TooMany(what) => write!(f, "too many {what}"),
            Self::Policy(rule) => write!(f, "a memory policy is refused: {}, {}", rule.errno().name(), rule.id()),
            Self::Actions => f.write_str("actions must be in order of time"),
            Self::ScanSize => f.write_str("scan_size_mb must be 1 to 16777215"),
        }
    }
}

impl core::error::Error for SetupError {}
