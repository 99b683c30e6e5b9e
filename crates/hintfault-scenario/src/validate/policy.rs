//! Memory policies.

use hintfault::Refusal;
use hintfault::ids::{NodeId, NodeSet};
use hintfault::input::{MemPolicy, PolicyMode};

use super::machine::Facts;
use crate::document::{Policy, PolicyFields};
use crate::failure::{Path, Report, Text};
use crate::mpol::nodes_of;
use crate::quantity::CpuList;

/// Mode, flags and nodes; none if they cannot be read.
pub(super) fn read(written: &Policy, path: &Path, report: &mut Report) -> Option<MemPolicy> {
    let path = match written {
        Policy::Text(_) => path.clone(),
        Policy::Fields(_) => path.field("nodes"),
    };
    written.get().map_err(|message| report.push_text(&path, message)).ok()
}

/// A policy that the kernel takes from a process that may use the nodes `mems`, which have
/// memory; none when nothing is written, or `default`.
pub(super) fn check(
    written: Option<&Policy>,
    mems: NodeSet,
    facts: &Facts,
    path: &Path,
    report: &mut Report,
) -> Option<MemPolicy> {
    let policy = read(written?, path, report)?;
    if let Err(refusal) = policy.check(mems) {
        if facts.complete {
            report.push_text(path, refused(refusal, policy, mems));
        }
        return None;
    }
    Some(policy).filter(|policy| policy.mode != PolicyMode::Default)
}

/// The home node of a policy.
pub(super) fn check_home_node(
    written: Option<&Policy>,
    facts: &Facts,
    path: &Path,
    report: &mut Report,
) -> Option<NodeId> {
    let home = home_node(written)?;
    let policy = written?.get().ok()?;
    let refusal = match policy.mode {
        _ if facts.complete && !facts.has_node(home) => Refusal::HomeNodeOffline,
        PolicyMode::Bind | PolicyMode::PreferredMany => return Some(NodeId(home as u8)),
        PolicyMode::Default => Refusal::HomeNodeWithoutPolicy,
        _ => Refusal::HomeNodeMode,
    };
    report.push_text(&path.field("home_node"), refused(refusal, policy, facts.memory_nodes));
    None
}

fn home_node(written: Option<&Policy>) -> Option<u64> {
    match written {
        Some(Policy::Fields(PolicyFields { home_node, .. })) => *home_node,
        _ => None,
    }
}

/// Reports a home node where none can be: tasks have none, and calls set it by one of their own.
pub(super) fn check_no_home_node(written: Option<&Policy>, path: &Path, report: &mut Report) {
    if home_node(written).is_some() {
        report.push(
            &path.field("home_node"),
            "only policies of regions have one; set_mempolicy_home_node sets it during the run",
            "只有区域的策略才有；运行中请用 set_mempolicy_home_node 设置",
        );
    }
}

/// Nodes that a process may use: those of its cpuset that have memory. No list stands for all.
pub(super) fn check_mems(list: Option<&CpuList>, facts: &Facts, path: &Path, report: &mut Report) -> NodeSet {
    let Some(nodes) = list.and_then(|list| check_nodes(list, path, report)) else {
        return NodeSet::default();
    };
    if facts.complete && nodes.and(facts.memory_nodes).is_empty() {
        let mems = facts.memory_nodes;
        report.push(
            path,
            format!("none of these nodes has memory; those that have are {mems}"),
            format!("这些节点都没有内存；有内存的是 {mems}"),
        );
        return NodeSet::default();
    }
    nodes
}

/// A list of nodes, whether they are there or not.
pub(super) fn check_nodes(list: &CpuList, path: &Path, report: &mut Report) -> Option<NodeSet> {
    nodes_of(list).map_err(|message| report.push_text(path, message)).ok()
}

/// Why the kernel does not take a policy from a process that may use the nodes `mems`.
fn refused(refusal: Refusal, policy: MemPolicy, mems: NodeSet) -> Text {
    let (errno, id, mode, nodes) = (refusal.errno().name(), refusal.id(), policy.mode.name(), policy.nodes);
    let (en, zh) = match refusal {
        Refusal::StaticAndRelative => {
            ("static and relative exclude each other".into(), "static 与 relative 不能同时使用".into())
        }
        Refusal::BalancingMode => (
            format!("balancing goes with bind and prefer (many), not with {mode}"),
            format!("balancing 只能用于 bind 和 prefer (many)，不能用于 {mode}"),
        ),
        Refusal::DefaultWithNodes | Refusal::LocalWithNodes => {
            (format!("{mode} takes no nodes, but {nodes} is named"), format!("{mode} 不带节点，却给出了 {nodes}"))
        }
        Refusal::NodeFlagsWithoutNodes => {
            ("static and relative need nodes".into(), "static 和 relative 需要节点".into())
        }
        Refusal::ModeNeedsNodes => (format!("{mode} needs nodes"), format!("{mode} 需要节点")),
        Refusal::NoAllowedNode => (
            format!("none of the nodes {nodes} has memory that the process may use; those that have are {mems}"),
            format!("节点 {nodes} 中没有一个有进程可用的内存；有的是 {mems}"),
        ),
        Refusal::HomeNodeMode | Refusal::HomeNodeWithoutPolicy => (
            format!("bind and prefer (many) have a home node, {mode} has none"),
            format!("bind 和 prefer (many) 才有 home node，{mode} 没有"),
        ),
        // The one that is left: `HomeNodeOffline`.
        _ => ("there is no such node".into(), "没有这个节点".into()),
    };
    Text::new(
        format!("the kernel refuses this with {errno} ({id}): {en}"),
        format!("内核会以 {errno} 拒绝（{id}）：{zh}"),
    )
}
