//! Where an allocation goes (`alloc_pages_mpol`, `policy_nodemask`, mm/mempolicy.c, 6.12).

use crate::ids::{NodeId, NodeSet};
use crate::input::PolicyMode;
use crate::mempolicy::Mempolicy;
use crate::mm::page_alloc::{Memory, Order, Request};

/// The interleave index of an address (`get_vma_policy` with an order, 6.12): `pgoff` is the
/// page of the file or of the address space where the VMA begins, `base` an inode number or 0.
pub(crate) fn interleave_index(base: u64, pgoff: u64, page: u32, order: Order) -> u64 {
    base + (pgoff >> order.shift()) + u64::from(page >> order.shift())
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
pub(crate) struct Place {
    pub(crate) cpu_node: NodeId,
    /// Interleave index of the address.
    pub(crate) index: u64,
    pub(crate) order: Order,
    /// Nodes that the cpuset allows.
    pub(crate) mems: NodeSet,
    /// Without an index (`NO_INTERLEAVE_INDEX`), where the task's counter stands.
    pub(crate) counter: Option<NodeId>,
    /// Whether a huge page that the start node has not may come from another.
    pub(crate) direct_reclaim: bool,
}

/// `alloc_pages_mpol` (6.12): allocates under a policy; none is the default one.
pub(crate) fn alloc_pages_mpol(memory: &mut Memory, policy: Option<Mempolicy>, place: Place) -> Option<NodeId> {
    let (request, fallback) = requests(policy, memory, place);
    let found = memory.alloc_pages(request);
    let found = if found.is_none() { fallback.and_then(|request| memory.alloc_pages(request)) } else { found };
    let interleaves = policy.is_some_and(|policy| policy.mode == PolicyMode::Interleave);
    if let Some(node) = found.filter(|&node| interleaves && node == request.start) {
        memory.count_interleave_hit(node);
    }
    found
}

/// What is asked for under a policy, and then if that cannot be had.
pub(crate) fn requests(policy: Option<Mempolicy>, memory: &Memory, place: Place) -> (Request, Option<Request>) {
    let (start, nodemask) = policy_nodemask(policy, memory, place);
    let Place { order, mems, cpu_node, .. } = place;
    let request = Request { start, allowed: nodemask.unwrap_or(mems), mems, order, cpu_node, marks: order.marks() };
    let mode = policy.map(|policy| policy.mode);
    if mode == Some(PolicyMode::PreferredMany) {
        // Without direct reclaim the last reserves are out of reach.
        return (Request { marks: Order::Huge.marks(), ..request }, Some(Request { allowed: mems, ..request }));
    }
    let interleaves = matches!(mode, Some(PolicyMode::Interleave | PolicyMode::WeightedInterleave));
    let tries_start_node = order == Order::Huge && !interleaves && place.counter.is_none();
    if tries_start_node && nodemask.is_none_or(|nodes| nodes.contains(start)) {
        return (Request { allowed: NodeSet::of(&[start]), ..request }, place.direct_reclaim.then_some(request));
    }
    (request, None)
}

/// `policy_nodemask`: the node where the search starts, and those that may serve, unless all may.
fn policy_nodemask(policy: Option<Mempolicy>, memory: &Memory, place: Place) -> (NodeId, Option<NodeSet>) {
    let Some(policy) = policy else { return (place.cpu_node, None) };
    let nodes = policy.nodes;
    let weight = |node: NodeId| memory.weights[node.index()];
    let (start, nodemask) = match policy.mode {
        PolicyMode::Default | PolicyMode::Local => (None, None),
        PolicyMode::Preferred => (nodes.iter().next(), None),
        PolicyMode::Bind => (policy.home_node, Some(nodes).filter(|nodes| !nodes.and(place.mems).is_empty())),
        PolicyMode::PreferredMany => (policy.home_node, Some(nodes)),
        PolicyMode::Interleave => (place.counter.or_else(|| interleave_nid(nodes, place.index)), None),
        PolicyMode::WeightedInterleave => {
            (place.counter.or_else(|| weighted_interleave_nid(nodes, place.index, weight)), None)
        }
    };
    (start.unwrap_or(place.cpu_node), nodemask)
}

/// A task's place in interleaving what has no address (`il_prev`, `il_weight`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Interleaving {
    /// The node of the last turn; beyond all nodes at first.
    pub(crate) prev: u16,
    /// Turns that are left to it.
    pub(crate) weight: u8,
}

impl Interleaving {
    /// As `set_mempolicy` leaves it.
    pub(crate) const START: Self = Self { prev: 1023, weight: 0 };

    /// `next_node_in(il_prev, nodes)`.
    pub(crate) fn next_node(self, nodes: NodeSet) -> Option<NodeId> {
        let higher = nodes.iter().find(|node| u16::from(node.0) > self.prev);
        higher.or_else(|| nodes.iter().next())
    }

    /// `interleave_nodes` or `weighted_interleave_nodes`: the node whose turn it
    /// is; none if the policy does not interleave.
    #[inline(never)]
    pub(crate) fn turn(&mut self, policy: Option<Mempolicy>, weights: &[u8]) -> Option<NodeId> {
        let policy = policy?;
        let next = self.next_node(policy.nodes)?;
        match policy.mode {
            PolicyMode::Interleave => self.prev = next.0.into(),
            PolicyMode::WeightedInterleave => {
                let is_member = self.prev < 64 && policy.nodes.contains(NodeId(self.prev as u8));
                if self.weight == 0 || !is_member {
                    (self.prev, self.weight) = (next.0.into(), weights[next.index()]);
                }
                self.weight -= 1;
            }
            _ => return None,
        }
        Some(NodeId(self.prev as u8))
    }
}
