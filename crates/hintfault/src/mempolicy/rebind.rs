//! What becomes of a policy when the nodes that its process may use change
//! (`mpol_rebind_policy`, mm/mempolicy.c; `bitmap_remap`, lib/bitmap.c; 6.12).

use crate::ids::NodeSet;
use crate::input::{ModeFlags, PolicyMode};
use crate::mempolicy::{Mempolicy, mpol_relative_nodemask};

impl Mempolicy {
    /// `mpol_rebind_policy`. That balancing counts as a flag for what `w` holds, but not here,
    /// is the kernel's doing.
    #[inline(never)]
    pub(crate) fn rebind(&mut self, mems: NodeSet) {
        let keeps = !self.stores_user_nodemask() && self.w == mems;
        match self.mode {
            PolicyMode::Default | PolicyMode::Local => {}
            _ if keeps => {}
            PolicyMode::Preferred | PolicyMode::PreferredMany => self.w = mems,
            PolicyMode::Bind | PolicyMode::Interleave | PolicyMode::WeightedInterleave => self.rebind_nodemask(mems),
        }
    }

    /// `mpol_rebind_nodemask`.
    fn rebind_nodemask(&mut self, mems: NodeSet) {
        let nodes = if self.flags.has(ModeFlags::STATIC_NODES) {
            self.w.and(mems)
        } else if self.flags.has(ModeFlags::RELATIVE_NODES) {
            mpol_relative_nodemask(self.w, mems)
        } else {
            let old = core::mem::replace(&mut self.w, mems);
            nodes_remap(self.nodes, old, mems)
        };
        self.nodes = if nodes.is_empty() { mems } else { nodes };
    }
}

/// `nodes_remap`: members of `old` go to those of `new` by rank, counted round and round.
#[inline(never)]
pub(crate) fn nodes_remap(nodes: NodeSet, old: NodeSet, new: NodeSet) -> NodeSet {
    let image = |node| match old.contains(node) {
        true => new.nth_round(old.rank(node)).unwrap_or(node),
        false => node,
    };
    nodes.iter().map(image).fold(NodeSet(0), NodeSet::with)
}
