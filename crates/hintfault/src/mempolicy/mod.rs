//! Memory policies (mm/mempolicy.c, 6.12): what one is, how it comes to be, and where a hinting
//! fault wants a page under it.

pub(crate) mod alloc;
#[cfg(feature = "steps")]
pub(crate) mod get;
pub(crate) mod mbind;
pub(crate) mod migrate;
mod rebind;
pub(crate) mod shared;
pub(crate) mod syscall;
mod text;

use crate::event::FaultVerdict;
use crate::ids::{NodeId, NodeSet};
use crate::input::{MemPolicy, ModeFlags, PolicyMode};
use crate::refusal::Refusal;

pub(crate) use text::mpol_to_str;

/// `struct mempolicy`. The default policy has none; its mode is never `Default`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mempolicy {
    pub(crate) mode: PolicyMode,
    pub(crate) flags: ModeFlags,
    pub(crate) nodes: NodeSet,
    pub(crate) home_node: Option<NodeId>,
    /// One field for two things: `user_nodemask` where a mode flag is set, else
    /// `cpuset_mems_allowed`.
    pub(crate) w: NodeSet,
}

impl Mempolicy {
    /// `mpol_store_user_nodemask`.
    fn stores_user_nodemask(&self) -> bool {
        self.flags.has(ModeFlags::ALL)
    }

    /// Nothing but this node.
    fn strictly_on(node: NodeId) -> Self {
        let nodes = NodeSet::of(&[node]);
        Self { mode: PolicyMode::Bind, flags: ModeFlags::NONE, nodes, home_node: None, w: nodes }
    }

    /// `MPOL_F_MOF`.
    pub(crate) fn migrates_on_fault(&self) -> bool {
        self.flags.has(ModeFlags::NUMA_BALANCING)
    }
}

impl MemPolicy {
    /// Whether the kernel takes this policy from a process that may use these nodes, all of
    /// which have memory.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn check(self, mems_allowed: NodeSet) -> Result<(), Refusal> {
        create(self, mems_allowed).map(|_| ())
    }
}

/// A policy out of what the user says, for a process that may use these nodes with memory; none
/// for the default one.
///
/// # Errors
/// The rule that refuses it.
pub(crate) fn create(policy: MemPolicy, mems_allowed: NodeSet) -> Result<Option<Mempolicy>, Refusal> {
    sanitize_mpol_flags(policy.mode, policy.flags)?;
    mpol_new(policy)?.map(|new| mpol_set_nodemask(new, policy.nodes, mems_allowed)).transpose()
}

/// `sanitize_mpol_flags` for a mode that there is.
pub(crate) fn sanitize_mpol_flags(mode: PolicyMode, flags: ModeFlags) -> Result<(), Refusal> {
    if flags.has(ModeFlags::STATIC_NODES) && flags.has(ModeFlags::RELATIVE_NODES) {
        return Err(Refusal::StaticAndRelative);
    }
    let may_balance = matches!(mode, PolicyMode::Bind | PolicyMode::PreferredMany);
    if flags.has(ModeFlags::NUMA_BALANCING) && !may_balance {
        return Err(Refusal::BalancingMode);
    }
    Ok(())
}

/// `mpol_new`: whether mode and nodes go together. `Preferred` without nodes becomes `Local`.
#[inline(never)]
pub(crate) fn mpol_new(policy: MemPolicy) -> Result<Option<Mempolicy>, Refusal> {
    let MemPolicy { mut mode, flags, nodes } = policy;
    let has_node_flags = flags.has(ModeFlags::STATIC_NODES.and(ModeFlags::RELATIVE_NODES));
    match mode {
        PolicyMode::Default if nodes.is_empty() => return Ok(None),
        PolicyMode::Default => return Err(Refusal::DefaultWithNodes),
        PolicyMode::Local if !nodes.is_empty() => return Err(Refusal::LocalWithNodes),
        PolicyMode::Preferred | PolicyMode::Local if nodes.is_empty() => {
            if has_node_flags {
                return Err(Refusal::NodeFlagsWithoutNodes);
            }
            mode = PolicyMode::Local;
        }
        _ if nodes.is_empty() => return Err(Refusal::ModeNeedsNodes),
        _ => {}
    }
    Ok(Some(Mempolicy { mode, flags, nodes: NodeSet(0), home_node: None, w: NodeSet(0) }))
}

/// `mpol_set_nodemask`: what the nodes come to within those that the process may use.
pub(crate) fn mpol_set_nodemask(new: Mempolicy, user: NodeSet, mems_allowed: NodeSet) -> Result<Mempolicy, Refusal> {
    if new.mode == PolicyMode::Local {
        return Ok(new);
    }
    let nodes = match new.flags.has(ModeFlags::RELATIVE_NODES) {
        true => mpol_relative_nodemask(user, mems_allowed),
        false => user.and(mems_allowed),
    };
    let first = nodes.iter().next().ok_or(Refusal::NoAllowedNode)?;
    let nodes = if new.mode == PolicyMode::Preferred { NodeSet::of(&[first]) } else { nodes };
    let w = if new.stores_user_nodemask() { user } else { mems_allowed };
    Ok(Mempolicy { nodes, w, ..new })
}

/// `mpol_relative_nodemask`: the members of `rel` whose ranks are in `orig`, counted round and
/// round.
#[inline(never)]
fn mpol_relative_nodemask(orig: NodeSet, rel: NodeSet) -> NodeSet {
    let members = orig.iter().filter_map(|rank| rel.nth_round(u32::from(rank.0)));
    members.fold(NodeSet(0), NodeSet::with)
}

/// `mpol_equal`; none is the default policy.
#[inline(never)]
pub(crate) fn mpol_equal(a: Option<Mempolicy>, b: Option<Mempolicy>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return a.is_none() && b.is_none() };
    (a.mode, a.flags, a.home_node) == (b.mode, b.flags, b.home_node)
        && (!a.stores_user_nodemask() || a.w == b.w)
        && (a.mode == PolicyMode::Local || a.nodes == b.nodes)
}

/// `vma_policy_mof` (6.12): whether pages under this policy may migrate on a fault, which
/// decides whether the scanner looks at the mapping at all. None is the default policy.
pub(crate) fn vma_policy_mof(policy: Option<Mempolicy>) -> bool {
    policy.is_none_or(|policy| policy.migrates_on_fault())
}

/// `mpol_misplaced` (6.12): where a page found on `page_node` by a task on `this_node` should
/// go. `should_numa_migrate_memory` is asked where the policy moves pages towards the node that
/// references them.
///
/// # Errors
/// Why the page stays.
pub(crate) fn mpol_misplaced(
    policy: Option<Mempolicy>,
    page_node: NodeId,
    this_node: NodeId,
    should_numa_migrate_memory: impl FnOnce() -> Result<(), FaultVerdict>,
) -> Result<NodeId, FaultVerdict> {
    if !vma_policy_mof(policy) {
        return Err(FaultVerdict::PolicyForbids);
    }
    match policy {
        // The default policy prefers the node of the CPU; a page that is there is not asked for.
        None if page_node == this_node => return Err(FaultVerdict::Local),
        Some(policy) if !policy.nodes.contains(this_node) => return Err(FaultVerdict::OutsidePolicy),
        _ => {}
    }
    let allowed = should_numa_migrate_memory();
    if page_node == this_node {
        return Err(FaultVerdict::Local);
    }
    allowed.map(|()| this_node)
}

#[cfg(test)]
mod tests;
