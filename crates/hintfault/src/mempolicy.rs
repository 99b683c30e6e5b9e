//! Memory policies (mm/mempolicy.c, 6.12). Only the default policy is in force so far: prefer
//! the node of the CPU, migrate on fault, towards the referencing node.

use crate::event::FaultVerdict;
use crate::ids::NodeId;

/// A policy in the form that the fault path reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Policy {
    /// No policy was set: `preferred_node_policy[]` of the current node, with
    /// `MPOL_F_MOF | MPOL_F_MORON`.
    Default,
}

impl Policy {
    /// The text that `numa_maps` prints.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
        }
    }
}

/// `vma_policy_mof` (mm/mempolicy.c, 6.12): whether pages under this policy may migrate on a
/// fault, which decides whether the scanner looks at the mapping at all.
pub(crate) const fn vma_policy_mof(policy: Policy) -> bool {
    match policy {
        Policy::Default => true,
    }
}

/// `mpol_misplaced` (mm/mempolicy.c, 6.12): where a page found on `page_node` by a task on
/// `this_node` should go.
///
/// The default policy prefers the current node. A page that lies there is well placed, and
/// nobody asks `should_numa_migrate_memory`; any other page is wanted here if that agrees.
///
/// # Errors
/// Why the page stays.
pub(crate) fn mpol_misplaced(
    policy: Policy,
    page_node: NodeId,
    this_node: NodeId,
    should_numa_migrate_memory: impl FnOnce() -> Result<(), FaultVerdict>,
) -> Result<NodeId, FaultVerdict> {
    match policy {
        Policy::Default if page_node == this_node => Err(FaultVerdict::Local),
        Policy::Default => should_numa_migrate_memory().map(|()| this_node),
    }
}
