//! Memory policies, written as `numa_maps` shows them.

use hintfault::ids::{NodeId, NodeSet};
use hintfault::input::{MemPolicy, ModeFlags, PolicyMode};

use super::machine::Facts;
use crate::failure::{Path, Report, Text};
use crate::limits::MAX_NODES;
use crate::quantity::CpuList;

/// Modes by their names in the kernel (`policy_modes`, mm/mempolicy.c).
const MODES: [(&str, PolicyMode); 6] = [
    ("prefer", PolicyMode::Preferred),
    ("bind", PolicyMode::Bind),
    ("interleave", PolicyMode::Interleave),
    ("weighted interleave", PolicyMode::WeightedInterleave),
    ("local", PolicyMode::Local),
    ("prefer (many)", PolicyMode::PreferredMany),
];

/// A policy; none when nothing is written, or `default`.
pub(super) fn check(written: Option<&str>, facts: &Facts, path: &Path, report: &mut Report) -> Option<MemPolicy> {
    let written = written?;
    if written == "default" {
        return None;
    }
    let policy = match parse(written) {
        Ok(policy) => policy,
        Err(message) => {
            report.push(path, message.en, message.zh);
            return None;
        }
    };
    let missing = policy.nodes.iter().find(|&node| !facts.memory_nodes.contains(node));
    if let Some(node) = missing.filter(|_| facts.complete) {
        report.push(path, format!("node {node} has no memory"), format!("节点 {node} 没有内存"));
        return None;
    }
    missing.is_none().then_some(policy)
}

fn parse(written: &str) -> Result<MemPolicy, Text> {
    let (head, nodes) = written.split_once(':').unwrap_or((written, ""));
    let (name, flag) = head.split_once('=').unwrap_or((head, ""));
    let mode = MODES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode).ok_or_else(bad_form)?;
    let may_balance = matches!(mode, PolicyMode::Bind | PolicyMode::PreferredMany);
    let flags = match flag {
        "" if !head.contains('=') => ModeFlags::NONE,
        "balancing" if may_balance => ModeFlags::NUMA_BALANCING,
        "balancing" => return Err(no_balancing()),
        _ => return Err(bad_form()),
    };
    let nodes = parse_nodes(nodes)?;
    if nodes.is_empty() != (mode == PolicyMode::Local) {
        return Err(bad_form());
    }
    Ok(MemPolicy::new(mode, nodes).with(flags))
}

fn parse_nodes(text: &str) -> Result<NodeSet, Text> {
    if text.is_empty() {
        return Ok(NodeSet::default());
    }
    let numbers = CpuList::Text(text.to_owned()).cpus().map_err(|_| bad_form())?;
    if numbers.iter().any(|&node| usize::from(node) >= MAX_NODES) {
        return Err(bad_form());
    }
    let nodes: Vec<NodeId> = numbers.into_iter().map(|node| NodeId(node as u8)).collect();
    Ok(NodeSet::of(&nodes))
}

fn bad_form() -> Text {
    Text::new(
        "write a policy as numa_maps shows it: \"bind:0-1\", \"bind=balancing:0\", \"prefer:1\", \
         \"prefer (many):0,2\", \"interleave:0-3\", \"weighted interleave:0-1\", \"local\", \"default\"",
        "请按 numa_maps 的写法写策略：\"bind:0-1\"、\"bind=balancing:0\"、\"prefer:1\"、\"prefer (many):0,2\"、\
         \"interleave:0-3\"、\"weighted interleave:0-1\"、\"local\"、\"default\"",
    )
}

fn no_balancing() -> Text {
    Text::new(
        "the kernel takes =balancing with bind and prefer (many) only",
        "内核只允许 bind 和 prefer (many) 使用 =balancing",
    )
}
