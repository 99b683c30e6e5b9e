//! How a policy is printed (`mpol_to_str`, mm/mempolicy.c, 6.12).

use alloc::string::{String, ToString};
use core::fmt;

use crate::input::{MemPolicy, ModeFlags, PolicyMode};
use crate::mempolicy::Mempolicy;

/// Characters that `numa_maps` has room for.
const ROOM: usize = 63;

impl PolicyMode {
    /// What the kernel calls it in `numa_maps` (`policy_modes`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Preferred => "prefer",
            Self::Bind => "bind",
            Self::Interleave => "interleave",
            Self::Local => "local",
            Self::PreferredMany => "prefer (many)",
            Self::WeightedInterleave => "weighted interleave",
        }
    }
}

impl ModeFlags {
    /// The flags by the names that `numa_maps` has for them.
    pub const NAMED: [(&'static str, Self); 3] =
        [("static", Self::STATIC_NODES), ("relative", Self::RELATIVE_NODES), ("balancing", Self::NUMA_BALANCING)];
}

/// As `numa_maps` shows policies, with these nodes: `bind=static|balancing:0,2-3`.
impl fmt::Display for MemPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mode.name())?;
        let mut before = "=";
        for (name, _) in ModeFlags::NAMED.iter().filter(|(_, flag)| self.flags.has(*flag)) {
            write!(f, "{before}{name}")?;
            before = "|";
        }
        if self.nodes.is_empty() { Ok(()) } else { write!(f, ":{}", self.nodes) }
    }
}

/// `mpol_to_str` (6.12): the text that `numa_maps` prints.
pub(crate) fn mpol_to_str(policy: Option<Mempolicy>) -> String {
    let printed = policy.map_or(MemPolicy::new(PolicyMode::Default, Default::default()), |policy| MemPolicy {
        mode: policy.mode,
        flags: policy.flags,
        nodes: policy.nodes,
    });
    let mut text = printed.to_string();
    text.truncate(ROOM);
    text
}
