//! Memory policies (mm/mempolicy.c, 6.12): where a page is allocated, and where a hinting fault
//! wants it.

use alloc::format;
use alloc::string::{String, ToString};

use crate::event::FaultVerdict;
use crate::ids::{HPAGE_PMD_NR, NodeId, NodeSet, PAGE_SHIFT, VirtAddr};
use crate::input::{Balancing, MemPolicy, PolicyMode};
use crate::mm::page_alloc::{Memory, Order, Request};

/// `vma_policy_mof` (6.12): whether pages under this policy may migrate on a fault, which
/// decides whether the scanner looks at the mapping at all. None is the default policy.
pub(crate) fn vma_policy_mof(policy: Option<MemPolicy>) -> bool {
    policy.is_none_or(|policy| policy.balancing == Balancing::On)
}

/// `mpol_misplaced` (6.12): where a page found on `page_node` by a task on `this_node` should
/// go. `should_numa_migrate_memory` is asked where the policy moves pages towards the node that
/// references them.
///
/// # Errors
/// Why the page stays.
pub(crate) fn mpol_misplaced(
    policy: Option<MemPolicy>,
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

/// The interleave index of an address (`get_vma_policy` with an order, 6.12). Anonymous memory
/// counts from address 0, shared memory from the object's own base.
pub(crate) fn interleave_index(vma_start: VirtAddr, addr: VirtAddr, order: Order, base: u64) -> u64 {
    let shift = match order {
        Order::Base => 0,
        Order::Huge => HPAGE_PMD_NR.ilog2(),
    };
    let pgoff = if base == 0 { vma_start.0 >> PAGE_SHIFT } else { 0 };
    base + (pgoff >> shift) + ((addr.0 - vma_start.0) >> (PAGE_SHIFT + shift))
}

/// `interleave_nid`: the index-th member of the set, counting round and round.
fn interleave_nid(nodes: NodeSet, index: u64) -> Option<NodeId> {
    let place = index.checked_rem(u64::from(nodes.len()))?;
    nodes.iter().nth(place as usize)
}

/// `weighted_interleave_nid`: like `interleave_nid` with each member counting `weight` times.
fn weighted_interleave_nid(nodes: NodeSet, index: u64, weight: impl Fn(NodeId) -> u8) -> Option<NodeId> {
    let total: u64 = nodes.iter().map(|node| u64::from(weight(node))).sum();
    let mut left = index.checked_rem(total)?;
    nodes.iter().find(|&node| {
        let here = u64::from(weight(node));
        let found = left < here;
        left = left.saturating_sub(here);
        found
    })
}

/// What an allocation needs to know besides its policy.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) cpu_node: NodeId,
    pub(crate) index: u64,
    pub(crate) order: Order,
    /// Weights for weighted interleaving, by node number.
    pub(crate) weights: &'a [u8],
}

/// `alloc_pages_mpol` (6.12): allocates under a policy; none is the default one.
pub(crate) fn alloc_pages_mpol(memory: &mut Memory, policy: Option<MemPolicy>, place: Place<'_>) -> Option<NodeId> {
    let (request, fallback) = requests(policy, memory.nodes(), place);
    let found = memory.alloc_pages(request);
    let found = if found.is_none() { fallback.and_then(|request| memory.alloc_pages(request)) } else { found };
    let interleaves = policy.is_some_and(|policy| policy.mode == PolicyMode::Interleave);
    if let Some(node) = found.filter(|&node| interleaves && node == request.start) {
        memory.count_interleave_hit(node);
    }
    found
}

/// What is asked for under a policy, and then if that cannot be had. A huge page is taken from
/// the start node or not at all, unless the policy interleaves.
pub(crate) fn requests(policy: Option<MemPolicy>, all: NodeSet, place: Place<'_>) -> (Request, Option<Request>) {
    let (start, allowed) = policy_node(policy, all, place);
    let request = Request { start, allowed, order: place.order, cpu_node: place.cpu_node };
    if place.order == Order::Huge && !is_interleaved(policy) && allowed.contains(start) {
        return (Request { allowed: NodeSet::of(&[start]), ..request }, None);
    }
    let many = policy.is_some_and(|policy| policy.mode == PolicyMode::PreferredMany);
    (request, many.then_some(Request { allowed: all, ..request }))
}

fn is_interleaved(policy: Option<MemPolicy>) -> bool {
    let mode = policy.map(|policy| policy.mode);
    matches!(mode, Some(PolicyMode::Interleave | PolicyMode::WeightedInterleave | PolicyMode::PreferredMany))
}

/// `policy_nodemask`: the node where the search starts, and those that may serve.
fn policy_node(policy: Option<MemPolicy>, all: NodeSet, place: Place<'_>) -> (NodeId, NodeSet) {
    let Some(policy) = policy else { return (place.cpu_node, all) };
    let nodes = policy.nodes;
    let weight = |node: NodeId| place.weights.get(node.index()).copied().unwrap_or(1).max(1);
    let first = || nodes.iter().next();
    let (start, allowed) = match policy.mode {
        PolicyMode::Local => (None, all),
        PolicyMode::Preferred => (first(), all),
        PolicyMode::Bind | PolicyMode::PreferredMany => (None, nodes),
        PolicyMode::Interleave => (interleave_nid(nodes, place.index), all),
        PolicyMode::WeightedInterleave => (weighted_interleave_nid(nodes, place.index, weight), all),
    };
    (start.unwrap_or(place.cpu_node), allowed)
}

/// `mpol_to_str` (6.12): the text that `numa_maps` prints.
pub(crate) fn mpol_to_str(policy: Option<MemPolicy>) -> String {
    let Some(policy) = policy else { return "default".to_string() };
    let name = match policy.mode {
        PolicyMode::Preferred => "prefer",
        PolicyMode::Bind => "bind",
        PolicyMode::Interleave => "interleave",
        PolicyMode::Local => return "local".to_string(),
        PolicyMode::PreferredMany => "prefer (many)",
        PolicyMode::WeightedInterleave => "weighted interleave",
    };
    let flags = if policy.balancing == Balancing::On { "=balancing" } else { "" };
    format!("{name}{flags}:{}", policy.nodes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn policy(mode: PolicyMode, nodes: u64, balancing: Balancing) -> Option<MemPolicy> {
        Some(MemPolicy { mode, nodes: NodeSet(nodes), balancing })
    }

    #[test]
    fn interleaving_follows_the_worked_numbers() {
        let weights = [3u8, 1];
        let order: Vec<u8> = (0..12)
            .filter_map(|index| weighted_interleave_nid(NodeSet(3), index, |n| weights[n.index()]))
            .map(|n| n.0)
            .collect();
        assert_eq!(order, [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
        let addr = VirtAddr(0x7F12_3456_7000);
        let index = interleave_index(VirtAddr(0x7F12_0000_0000), addr, Order::Base, 0);
        assert_eq!(index, 34_110_391_655);
        let node = |nodes| interleave_nid(NodeSet(nodes), index).map(|n| n.0);
        assert_eq!((node(3), node(7), node(15)), (Some(1), Some(2), Some(3)));
        assert_eq!(weighted_interleave_nid(NodeSet(3), index, |n| weights[n.index()]), Some(NodeId(1)));
    }

    #[test]
    fn policies_print_as_in_numa_maps() {
        use Balancing::{Off, On};
        assert_eq!(mpol_to_str(None), "default");
        assert_eq!(mpol_to_str(policy(PolicyMode::Local, 0, Off)), "local");
        assert_eq!(mpol_to_str(policy(PolicyMode::Preferred, 2, Off)), "prefer:1");
        assert_eq!(mpol_to_str(policy(PolicyMode::Bind, 3, On)), "bind=balancing:0-1");
        assert_eq!(mpol_to_str(policy(PolicyMode::PreferredMany, 3, Off)), "prefer (many):0-1");
        assert_eq!(mpol_to_str(policy(PolicyMode::WeightedInterleave, 3, Off)), "weighted interleave:0-1");
    }

    #[test]
    fn explicit_policies_keep_pages_unless_they_balance() {
        let ask = |policy, page, this| mpol_misplaced(policy, NodeId(page), NodeId(this), || Ok(()));
        assert_eq!(ask(None, 0, 1), Ok(NodeId(1)));
        assert_eq!(ask(policy(PolicyMode::Bind, 1, Balancing::Off), 0, 1), Err(FaultVerdict::PolicyForbids));
        let balanced = policy(PolicyMode::Bind, 1, Balancing::On);
        assert_eq!(ask(balanced, 0, 1), Err(FaultVerdict::OutsidePolicy));
        assert_eq!(ask(balanced, 1, 0), Ok(NodeId(0)));
    }

    #[test]
    fn a_balanced_bind_asks_even_for_local_pages() {
        let mut asked = 0;
        let balanced = policy(PolicyMode::Bind, 3, Balancing::On);
        let outcome = mpol_misplaced(balanced, NodeId(0), NodeId(0), || {
            asked += 1;
            Ok(())
        });
        assert_eq!((outcome, asked), (Err(FaultVerdict::Local), 1));
    }
}
