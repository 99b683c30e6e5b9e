//! Where an allocation goes (`alloc_pages_mpol`, `policy_nodemask`, mm/mempolicy.c, 6.12).

use crate::ids::{HPAGE_PMD_NR, NodeId, NodeSet, PAGE_SHIFT, VirtAddr};
use crate::input::PolicyMode;
use crate::mempolicy::Mempolicy;
use crate::mm::page_alloc::{Memory, Order, Request};

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
pub(super) fn interleave_nid(nodes: NodeSet, index: u64) -> Option<NodeId> {
    let place = index.checked_rem(u64::from(nodes.len()))?;
    nodes.iter().nth(place as usize)
}

/// `weighted_interleave_nid`: like `interleave_nid` with each member counting `weight` times.
pub(super) fn weighted_interleave_nid(nodes: NodeSet, index: u64, weight: impl Fn(NodeId) -> u8) -> Option<NodeId> {
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
pub(crate) fn alloc_pages_mpol(memory: &mut Memory, policy: Option<Mempolicy>, place: Place<'_>) -> Option<NodeId> {
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
pub(crate) fn requests(policy: Option<Mempolicy>, all: NodeSet, place: Place<'_>) -> (Request, Option<Request>) {
    let (start, allowed) = policy_node(policy, all, place);
    let request = Request { start, allowed, order: place.order, cpu_node: place.cpu_node };
    if place.order == Order::Huge && !is_interleaved(policy) && allowed.contains(start) {
        return (Request { allowed: NodeSet::of(&[start]), ..request }, None);
    }
    let many = policy.is_some_and(|policy| policy.mode == PolicyMode::PreferredMany);
    (request, many.then_some(Request { allowed: all, ..request }))
}

fn is_interleaved(policy: Option<Mempolicy>) -> bool {
    let mode = policy.map(|policy| policy.mode);
    matches!(mode, Some(PolicyMode::Interleave | PolicyMode::WeightedInterleave | PolicyMode::PreferredMany))
}

/// `policy_nodemask`: the node where the search starts, and those that may serve.
fn policy_node(policy: Option<Mempolicy>, all: NodeSet, place: Place<'_>) -> (NodeId, NodeSet) {
    let Some(policy) = policy else { return (place.cpu_node, all) };
    let nodes = policy.nodes;
    let weight = |node: NodeId| place.weights.get(node.index()).copied().unwrap_or(1).max(1);
    let first = || nodes.iter().next();
    let (start, allowed) = match policy.mode {
        PolicyMode::Default | PolicyMode::Local => (None, all),
        PolicyMode::Preferred => (first(), all),
        PolicyMode::Bind | PolicyMode::PreferredMany => (None, nodes),
        PolicyMode::Interleave => (interleave_nid(nodes, place.index), all),
        PolicyMode::WeightedInterleave => (weighted_interleave_nid(nodes, place.index, weight), all),
    };
    (start.unwrap_or(place.cpu_node), allowed)
}
