//! Actions on policies and on where pages are. What the kernel refuses among them, it refuses
//! during the run: the event tells.

use hintfault::ids::{NodeId, PageIdx};
use hintfault::input::{self, MoveFlags, PageRange};

use super::actions::{find_process, find_thread};
use super::machine::Facts;
use super::policy::{self, check_nodes};
use super::process::Workload;
use crate::document::{Action, Mbind, MovePages, NodeWeight, Policy, SetHomeNode};
use crate::failure::{Path, Report};
use crate::limits::{MAX_NODES, MAX_TOTAL_PAGES};
use crate::memory::move_flags;

/// How many of these actions are written.
pub(super) fn count(action: &Action) -> usize {
    let calls = [
        action.set_mempolicy.is_some(),
        action.mbind.is_some(),
        action.set_mempolicy_home_node.is_some(),
        action.migrate_pages.is_some(),
        action.move_pages.is_some(),
        action.cpuset_mems.is_some(),
        !action.weighted_interleave.is_empty(),
    ];
    calls.iter().filter(|&&is_there| is_there).count()
}

/// The first that is written.
pub(super) fn check(
    action: &Action,
    facts: &Facts,
    workload: &Workload,
    path: &Path,
    report: &mut Report,
) -> Option<input::Action> {
    if let Some(call) = &action.set_mempolicy {
        let path = path.field("set_mempolicy");
        let thread = find_thread(call.tid, workload, &path.field("tid"), report);
        let policy = read_policy(&call.policy, &path, report);
        return Some(input::Action::SetMempolicy { tid: thread?.tid, policy: policy? });
    }
    if let Some(call) = &action.mbind {
        return check_mbind(call, workload, &path.field("mbind"), report);
    }
    if let Some(call) = &action.set_mempolicy_home_node {
        return check_home_node(call, workload, &path.field("set_mempolicy_home_node"), report);
    }
    if let Some(call) = &action.migrate_pages {
        let path = path.field("migrate_pages");
        let process = find_process(call.pid, workload, &path.field("pid"), report);
        let from = check_nodes(&call.from, &path.field("from"), report);
        let to = check_nodes(&call.to, &path.field("to"), report);
        return Some(input::Action::MigratePages { process: process?, from: from?, to: to? });
    }
    if let Some(call) = &action.move_pages {
        return check_move_pages(call, workload, &path.field("move_pages"), report);
    }
    if let Some(call) = &action.cpuset_mems {
        let path = path.field("cpuset_mems");
        let process = find_process(call.pid, workload, &path.field("pid"), report);
        let mems = policy::check_mems(call.mems.as_ref(), facts, &path.field("mems"), report);
        return Some(input::Action::SetMems { process: process?, mems });
    }
    check_weights(&action.weighted_interleave, facts, &path.field("weighted_interleave"), report)
}

fn read_policy(written: &Policy, path: &Path, report: &mut Report) -> Option<input::MemPolicy> {
    let path = path.field("policy");
    policy::check_no_home_node(Some(written), &path, report);
    policy::read(written, &path, report)
}

fn check_mbind(call: &Mbind, workload: &Workload, path: &Path, report: &mut Report) -> Option<input::Action> {
    let range = check_range((call.pid, &call.region), (call.first, call.pages), workload, path, report);
    let policy = read_policy(&call.policy, path, report);
    Some(input::Action::Mbind { range: range?, policy: policy?, flags: move_flags(&call.flags) })
}

fn check_home_node(call: &SetHomeNode, workload: &Workload, path: &Path, report: &mut Report) -> Option<input::Action> {
    let range = check_range((call.pid, &call.region), (call.first, call.pages), workload, path, report);
    let node = check_node(call.node, path, report);
    Some(input::Action::SetHomeNode { range: range?, node })
}

fn check_move_pages(call: &MovePages, workload: &Workload, path: &Path, report: &mut Report) -> Option<input::Action> {
    let range = check_range((call.pid, &call.region), (call.first, call.pages), workload, path, report);
    let node = check_node(call.node, path, report);
    let flags = if call.flags.is_empty() { MoveFlags::MOVE } else { move_flags(&call.flags) };
    Some(input::Action::MovePages { range: range?, node, flags })
}

/// A number that a node can have.
fn check_node(node: u64, path: &Path, report: &mut Report) -> NodeId {
    NodeId(report.in_range(&path.field("node"), node, 0, MAX_NODES as u64 - 1) as u8)
}

/// Pages from one of a region on.
fn check_range(
    (pid, region): (u64, &str),
    (first, pages): (Option<u64>, Option<u64>),
    workload: &Workload,
    path: &Path,
    report: &mut Report,
) -> Option<PageRange> {
    let process = find_process(pid, workload, &path.field("pid"), report)?;
    let regions = &workload.processes[process.index()].regions;
    let Some(place) = regions.iter().position(|of| of.name == region) else {
        report.push(
            &path.field("region"),
            format!("the process has no region \"{region}\""),
            format!("该进程没有区域“{region}”"),
        );
        return None;
    };
    let of = u64::from(regions[place].pages);
    let first = report.in_range(&path.field("first"), first.unwrap_or(0), 0, of - 1);
    let pages = report.in_range(&path.field("pages"), pages.unwrap_or(of - first), 1, MAX_TOTAL_PAGES);
    Some(PageRange { process, region: place as u16, first: PageIdx(first as u32), pages: pages as u32 })
}

fn check_weights(weights: &[NodeWeight], facts: &Facts, path: &Path, report: &mut Report) -> Option<input::Action> {
    report.at_most(path, weights.len(), MAX_NODES);
    let mut checked = Vec::new();
    for (index, entry) in weights.iter().take(MAX_NODES).enumerate() {
        let path = path.index(index);
        if facts.complete && !facts.has_node(entry.node) {
            let node = entry.node;
            report.push(&path.field("node"), format!("there is no node {node}"), format!("没有节点 {node}"));
            continue;
        }
        let weight = report.in_range(&path.field("weight"), entry.weight, 0, u64::from(u8::MAX));
        checked.push((NodeId(entry.node as u8), weight as u8));
    }
    Some(input::Action::SetWeights { weights: checked })
}
