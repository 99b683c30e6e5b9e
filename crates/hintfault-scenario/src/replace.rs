//! Another machine under the same workload.
//!
//! CPUs and nodes of the workload are mapped by place, not by number: threads that shared a
//! node share one afterwards, and memory that was remote stays remote if the new machine has
//! as many nodes.
//!
//! - The i-th node with CPUs becomes the i-th node with CPUs of the new machine, and the i-th
//!   memory-only node the i-th memory-only node; when there are fewer, counting starts over.
//!   Without memory-only nodes their pages go by place among all nodes with memory.
//! - The j-th CPU of a node becomes the j-th CPU of that node's successor, counting round. All
//!   CPUs of a node become all CPUs of its successor.
//! - Pages on a successor without memory go to the node with memory nearest to it.
//! - Policies name the successors of their nodes.
//! - A thread without `affinity` may still use every CPU.

use hintfault::ids::{NodeId, NodeSet};
use hintfault::input::{self, MemPolicy, ModeFlags, Scenario};

use crate::document::{Action, Document, Machine, Node, Policy};
use crate::failure::{Failure, Text};
use crate::limits::MAX_CPUS;
use crate::mpol::nodes_of;
use crate::numactl::{MachineSpec, NodeSpec};
use crate::order::NumberSet;
use crate::quantity::{CpuList, Size};
use crate::validate::validate;

/// The document with the machine of `spec` in place of its own; speed, tick rate and uptime
/// stay. What `spec` was assumed to be stands in its notes.
///
/// # Errors
/// When the document itself is not valid, or when `spec` has no CPU or no memory.
pub fn replace_machine(document: &Document, spec: &MachineSpec) -> Result<Document, Failure> {
    let scenario = validate(document)?;
    check_spec(spec)?;
    let successors = Successors::new(&scenario, spec);
    let mut replaced = document.clone();
    replaced.machine = Machine {
        nodes: spec.nodes.iter().map(node_from).collect(),
        distances: spec.distances.iter().map(|row| row.iter().map(|&d| u64::from(d)).collect()).collect(),
        ..document.machine.clone()
    };
    for process in &mut replaced.processes {
        for populate in process.regions.iter_mut().flat_map(|region| &mut region.populate) {
            populate.node = successors.memory_node(populate.node)?;
        }
        let of_regions = process.regions.iter_mut().map(|region| &mut region.policy);
        let of_threads = process.threads.iter_mut().map(|thread| &mut thread.policy);
        for policy in of_regions.chain(of_threads).chain([&mut process.policy]).flatten() {
            successors.rename_policy(policy)?;
        }
        process.mems.iter_mut().try_for_each(|mems| successors.rename_list(mems))?;
        for affinity in process.threads.iter_mut().filter_map(|thread| thread.affinity.as_mut()) {
            *affinity = successors.cpus(affinity)?;
        }
    }
    for action in &mut replaced.actions {
        if let Some(call) = &mut action.sched_setaffinity {
            call.cpus = successors.cpus(&call.cpus)?;
        }
        successors.rename_in_action(action)?;
    }
    Ok(replaced)
}

fn check_spec(spec: &MachineSpec) -> Result<(), Failure> {
    if spec.nodes.iter().all(|node| node.cpus.is_empty()) {
        return Err(Failure::one("cpus", Text::new("the machine has no CPU", "机器没有 CPU")));
    }
    if spec.nodes.iter().flat_map(|node| &node.cpus).any(|&cpu| usize::from(cpu) >= MAX_CPUS) {
        let most = MAX_CPUS - 1;
        let message = Text::new(format!("CPU numbers go up to {most}"), format!("CPU 编号最大为 {most}"));
        return Err(Failure::one("cpus", message));
    }
    if spec.nodes.iter().all(|node| node.size_mib == 0) {
        return Err(Failure::one("size", Text::new("the machine has no memory", "机器没有内存")));
    }
    Ok(())
}

fn node_from(node: &NodeSpec) -> Node {
    let used_mib = node.size_mib - node.free_mib.min(node.size_mib);
    Node {
        id: Some(u64::from(node.id)),
        cpus: (!node.cpus.is_empty()).then(|| CpuList::from_ascending(&node.cpus)),
        memory: (node.size_mib > 0).then(|| Size::mib(node.size_mib)),
        used: (used_mib > 0).then(|| Size::mib(used_mib)),
        ..Node::default()
    }
}

struct Successors<'a> {
    /// Old nodes with their CPUs and the node that follows.
    nodes: Vec<(&'a input::Node, &'a NodeSpec)>,
    /// For each old node the new one that takes its pages.
    memory: Vec<(u64, u64)>,
}

impl<'a> Successors<'a> {
    fn new(scenario: &'a Scenario, spec: &'a MachineSpec) -> Self {
        let of_kind = |has_cpus: bool| spec.nodes.iter().filter(move |n| n.cpus.is_empty() != has_cpus);
        let with_cpus: Vec<&NodeSpec> = of_kind(true).collect();
        let mut memory_only: Vec<&NodeSpec> = of_kind(false).collect();
        if memory_only.is_empty() {
            memory_only = spec.nodes.iter().filter(|node| node.size_mib > 0).collect();
        }
        let (mut next_with_cpus, mut next_memory_only) = (with_cpus.iter().cycle(), memory_only.iter().cycle());
        let mut nodes = Vec::new();
        for node in &scenario.machine.nodes {
            let next = if node.cpus.is_empty() { next_memory_only.next() } else { next_with_cpus.next() };
            nodes.extend(next.map(|&successor| (node, successor)));
        }
        let memory = nodes.iter().map(|(old, new)| (u64::from(old.id.0), nearest_memory(new, spec)));
        let memory = memory.collect();
        Self { nodes, memory }
    }

    fn memory_node(&self, node: u64) -> Result<u64, Failure> {
        let successor = self.memory.iter().find(|(old, _)| *old == node).map(|(_, new)| *new);
        successor.ok_or_else(|| unmapped(&format!("node {node}")))
    }

    /// The successor of a node; a node that is not there stays.
    fn node(&self, node: u64) -> u64 {
        self.memory_node(node).unwrap_or(node)
    }

    /// The successors of nodes; those that are not there have none.
    fn nodes(&self, nodes: NodeSet) -> NodeSet {
        let successors = nodes.iter().filter_map(|node| self.memory_node(u64::from(node.0)).ok());
        successors.fold(NodeSet::default(), |set, node| set.with(NodeId(node as u8)))
    }

    /// Puts the successors of its nodes into a policy. Relative nodes are ranks, not numbers.
    fn rename_policy(&self, policy: &mut Policy) -> Result<(), Failure> {
        let old = policy.get().map_err(|message| Failure::one("policy", message))?;
        let renamed = self.nodes(old.nodes);
        let has_nodes = !renamed.is_empty() && !old.flags.has(ModeFlags::RELATIVE_NODES);
        match policy {
            Policy::Text(text) if has_nodes => *text = MemPolicy { nodes: renamed, ..old }.to_string(),
            Policy::Fields(fields) => {
                if has_nodes {
                    fields.nodes = Some(CpuList::Text(renamed.to_string()));
                }
                fields.home_node = fields.home_node.map(|node| self.node(node));
            }
            Policy::Text(_) => {}
        }
        Ok(())
    }

    /// Puts the successors of its nodes into a list.
    fn rename_list(&self, list: &mut CpuList) -> Result<(), Failure> {
        let nodes = nodes_of(list).map_err(|message| Failure::one("mems", message))?;
        *list = CpuList::Text(self.nodes(nodes).to_string());
        Ok(())
    }

    /// Puts the successors of nodes into an action on memory.
    fn rename_in_action(&self, action: &mut Action) -> Result<(), Failure> {
        if let Some(call) = &mut action.set_mempolicy {
            self.rename_policy(&mut call.policy)?;
        }
        if let Some(call) = &mut action.mbind {
            self.rename_policy(&mut call.policy)?;
        }
        if let Some(call) = &mut action.migrate_pages {
            self.rename_list(&mut call.from)?;
            self.rename_list(&mut call.to)?;
        }
        if let Some(mems) = action.cpuset_mems.as_mut().and_then(|call| call.mems.as_mut()) {
            self.rename_list(mems)?;
        }
        let home_node = action.set_mempolicy_home_node.as_mut().map(|call| &mut call.node);
        let destination = action.move_pages.as_mut().map(|call| &mut call.node);
        let weighted = action.weighted_interleave.iter_mut().map(|entry| &mut entry.node);
        home_node.into_iter().chain(destination).chain(weighted).for_each(|node| *node = self.node(*node));
        Ok(())
    }

    fn cpus(&self, list: &CpuList) -> Result<CpuList, Failure> {
        let old = list.cpus().map_err(|message| Failure::one("affinity", message))?;
        let mut found = NumberSet::below(MAX_CPUS);
        for (node, successor) in &self.nodes {
            let is_listed = |cpu: u16| old.binary_search(&cpu).is_ok();
            let places = (0..node.cpus.len()).filter(|&place| is_listed(node.cpus[place].0));
            if places.clone().count() == node.cpus.len() && !node.cpus.is_empty() {
                successor.cpus.iter().for_each(|&cpu| found.insert(cpu));
                continue;
            }
            places.for_each(|place| found.insert(successor.cpus[place % successor.cpus.len()]));
        }
        Ok(CpuList::from_ascending(&found.ascending()))
    }
}

/// The node itself if it has memory, else the nearest that has, the lowest number on ties.
fn nearest_memory(node: &NodeSpec, spec: &MachineSpec) -> u64 {
    if node.size_mib > 0 {
        return u64::from(node.id);
    }
    let row = spec.nodes.iter().position(|other| other.id == node.id).and_then(|row| spec.distances.get(row));
    let distances = row.into_iter().flatten();
    let with_memory = spec.nodes.iter().zip(distances).filter(|(other, _)| other.size_mib > 0);
    let nearest = with_memory.min_by_key(|(other, distance)| (**distance, other.id));
    u64::from(nearest.map_or(node.id, |(other, _)| other.id))
}

fn unmapped(what: &str) -> Failure {
    Failure::one("", Text::new(format!("{what} has no successor"), format!("{what} 没有对应项")))
}
