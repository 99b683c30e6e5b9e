//! numactl's command lines: what one means for a thread on a machine, and the line that gives a
//! thread its policy and CPUs. Follows numactl 2.0.16 to 2.0.19 option by option, with one
//! difference: whatever the kernel would refuse is refused here.

mod apply;
mod call;
mod lists;
mod options;
mod parse;
mod print;
mod refused;
mod words;

use hintfault::ids::{CpuId, NodeId, NodeSet};
use hintfault::input::{Machine, MemPolicy};

use crate::failure::Text;
use crate::limits::MAX_CPUS;
use crate::order::NumberSet;

pub use apply::start_under;
pub use call::{home_node_call, mbind_call, set_mempolicy_call};
pub use parse::parse_command;
pub use print::print_command;
pub use refused::{CommandError, Rule};

/// What a command line is read against: a machine, and the nodes that a process may use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Surroundings {
    /// All nodes with their CPUs, ascending.
    nodes: Vec<(NodeId, Vec<CpuId>)>,
    with_memory: NodeSet,
    allowed: NodeSet,
}

impl Surroundings {
    /// A machine, and `cpuset.mems` of the process; empty for all nodes.
    #[must_use]
    pub fn new(machine: &Machine, mems: NodeSet) -> Self {
        let set = |nodes: &mut dyn Iterator<Item = NodeId>| nodes.fold(NodeSet::default(), NodeSet::with);
        let all = set(&mut machine.nodes.iter().map(|node| node.id));
        Self {
            nodes: machine.nodes.iter().map(|node| (node.id, node.cpus.clone())).collect(),
            with_memory: set(&mut machine.nodes.iter().filter(|node| node.memory_pages > 0).map(|node| node.id)),
            allowed: if mems.is_empty() { all } else { all.and(mems) },
        }
    }

    /// All nodes.
    fn all(&self) -> NodeSet {
        self.nodes.iter().fold(NodeSet::default(), |set, (node, _)| set.with(*node))
    }

    /// The CPUs of these nodes, ascending.
    fn cpus_of(&self, nodes: NodeSet) -> Vec<CpuId> {
        let mut cpus = NumberSet::below(MAX_CPUS);
        let of = self.nodes.iter().filter(|(node, _)| nodes.contains(*node));
        of.flat_map(|(_, cpus)| cpus).for_each(|cpu| cpus.insert(cpu.0));
        cpus.ascending().into_iter().map(CpuId).collect()
    }

    /// The nodes with memory that the process may use, which is what the kernel goes by.
    fn mems_allowed(&self) -> NodeSet {
        self.allowed.and(self.with_memory)
    }
}

/// What a command line says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CommandLine {
    /// The policy; none where no option sets one.
    pub policy: Option<MemPolicy>,
    /// The CPUs, ascending; none where no option binds to any.
    pub cpus: Option<Vec<CpuId>>,
    /// The command that is run, word by word. May be empty.
    pub command: Vec<String>,
    /// What numactl passes over or takes otherwise than it looks.
    pub notes: Vec<Text>,
}
