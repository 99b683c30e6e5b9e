//! From policy and CPUs to a command line.

use core::fmt::Display;

use hintfault::ids::{CpuId, NodeSet};
use hintfault::input::{MemPolicy, ModeFlags, PolicyMode};

use super::Surroundings;
use super::options::{Kind, long_name};
use crate::failure::Text;
use crate::quantity::format_list;

/// The options with which numactl starts a command under a policy and on these CPUs, without
/// `numactl` itself: `--cpunodebind=0 --membind=0-1`. None stands for what is set without any.
///
/// # Errors
/// What numactl has no option for. [`set_mempolicy_call`](super::set_mempolicy_call) can say every
/// policy.
pub fn print_command(policy: Option<MemPolicy>, cpus: Option<&[CpuId]>, around: &Surroundings) -> Result<String, Text> {
    let policy = policy.filter(|policy| policy.mode != PolicyMode::Default);
    let policy = policy.map(|policy| policy_option(policy, around)).transpose()?;
    let cpus = cpus.map(|cpus| cpus_option(cpus, around)).transpose()?;
    let needs_all = policy.as_ref().is_some_and(|(_, needs_all)| *needs_all);
    let all = needs_all.then(|| "--all".to_owned());
    let options: Vec<String> = [all, cpus, policy.map(|(option, _)| option)].into_iter().flatten().collect();
    Ok(options.join(" "))
}

/// The options of a policy, and whether its nodes go beyond the cpuset.
fn policy_option(policy: MemPolicy, around: &Surroundings) -> Result<(String, bool), Text> {
    let MemPolicy { mode, flags, nodes } = policy;
    if flags.has(ModeFlags::STATIC_NODES) || flags.has(ModeFlags::RELATIVE_NODES) {
        return Err(Text::new(
            "numactl sets neither MPOL_F_STATIC_NODES nor MPOL_F_RELATIVE_NODES: its +0-1 becomes plain numbers at once",
            "numactl 不能设置 MPOL_F_STATIC_NODES 和 MPOL_F_RELATIVE_NODES：它的 +0-1 会立即换成普通编号",
        ));
    }
    if flags.has(ModeFlags::NUMA_BALANCING) && mode != PolicyMode::Bind {
        return Err(Text::new(
            "numactl sets MPOL_F_NUMA_BALANCING with --membind only",
            "numactl 只在 --membind 时设置 MPOL_F_NUMA_BALANCING",
        ));
    }
    if policy.check(around.mems_allowed()).is_err() {
        return Err(Text::new("the kernel refuses this policy", "内核会拒绝这个策略"));
    }
    if mode == PolicyMode::Local || nodes.is_empty() {
        return Ok((format!("--{}", long_name(Kind::Local)), false));
    }
    if mode == PolicyMode::Preferred && nodes.len() > 1 {
        return Err(Text::new(
            "numactl --preferred takes a single node; of several the kernel takes the lowest",
            "numactl --preferred 只接受一个节点；给出多个时内核只取编号最小的",
        ));
    }
    let (list, needs_all) = node_list(nodes, around)?;
    let balancing = if flags.has(ModeFlags::NUMA_BALANCING) { "--balancing " } else { "" };
    Ok((format!("{balancing}{}", option(Kind::Nodes(mode), list)), needs_all))
}

/// The nodes as a list, and whether they go beyond the cpuset.
fn node_list(nodes: NodeSet, around: &Surroundings) -> Result<(String, bool), Text> {
    let all = around.all();
    if let Some(node) = nodes.iter().find(|node| !all.contains(*node)) {
        return Err(Text::new(
            format!("numactl refuses to name node {node}, which is not there"),
            format!("节点 {node} 不存在，numactl 会拒绝"),
        ));
    }
    let needs_all = nodes.and(around.allowed) != nodes;
    let whole = if needs_all { all } else { around.allowed };
    let is_all = nodes == whole && nodes.len() > 1;
    Ok((if is_all { "all".to_owned() } else { nodes.to_string() }, needs_all))
}

/// By nodes where the CPUs are all those of some nodes that may be named, else by number.
fn cpus_option(cpus: &[CpuId], around: &Surroundings) -> Result<String, Text> {
    let known = around.cpus_of(around.all());
    if cpus.is_empty() || cpus.iter().any(|cpu| !known.contains(cpu)) {
        return Err(Text::new("some of the CPUs are not there, or none is named", "有的 CPU 不存在，或没有指明 CPU"));
    }
    let is_whole = |of: &[CpuId]| !of.is_empty() && of.iter().all(|cpu| cpus.contains(cpu));
    let whole = around.nodes.iter().filter(|(_, of)| is_whole(of)).map(|(node, _)| *node);
    let whole = whole.fold(NodeSet::default(), NodeSet::with).and(around.allowed);
    if around.cpus_of(whole) == cpus {
        return Ok(option(Kind::NodeCpus, whole));
    }
    let numbers: Vec<u16> = cpus.iter().map(|cpu| cpu.0).collect();
    Ok(option(Kind::Cpus, format_list(&numbers)))
}

fn option(kind: Kind, list: impl Display) -> String {
    format!("--{}={list}", long_name(kind))
}
