//! Memory policies.

use hintfault::Refusal;
use hintfault::ids::NodeSet;
use hintfault::input::{MemPolicy, PolicyMode};

use super::machine::Facts;
use crate::failure::{Path, Report, Text};
use crate::mpol::parse_policy;

/// A policy that the kernel takes; none when nothing is written, or `default`.
pub(super) fn check(written: Option<&str>, facts: &Facts, path: &Path, report: &mut Report) -> Option<MemPolicy> {
    let policy = match parse_policy(written?) {
        Ok(policy) => policy,
        Err(message) => {
            report.push_text(path, message);
            return None;
        }
    };
    let mems = facts.memory_nodes;
    if let Err(refusal) = policy.check(mems).map_err(|refusal| refused(refusal, policy, mems)) {
        if facts.complete {
            report.push_text(path, refusal);
        }
        return None;
    }
    Some(policy).filter(|policy| policy.mode != PolicyMode::Default)
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
        _ => (String::from("it makes no sense"), "没有意义".into()),
    };
    Text::new(
        format!("the kernel refuses this with {errno} ({id}): {en}"),
        format!("内核会以 {errno} 拒绝（{id}）：{zh}"),
    )
}
