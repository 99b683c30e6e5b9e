//! How a policy is printed (`mpol_to_str`, mm/mempolicy.c, 6.12).

use alloc::format;
use alloc::string::String;

use crate::input::{ModeFlags, PolicyMode};
use crate::mempolicy::Mempolicy;

/// Characters that `numa_maps` has room for.
const ROOM: usize = 63;

/// `mpol_to_str` (6.12): the text that `numa_maps` prints.
pub(crate) fn mpol_to_str(policy: Option<Mempolicy>) -> String {
    let Some(policy) = policy else { return String::from("default") };
    let name = match policy.mode {
        PolicyMode::Default => "default",
        PolicyMode::Preferred => "prefer",
        PolicyMode::Bind => "bind",
        PolicyMode::Interleave => "interleave",
        PolicyMode::Local => "local",
        PolicyMode::PreferredMany => "prefer (many)",
        PolicyMode::WeightedInterleave => "weighted interleave",
    };
    let has = |flag| policy.flags.has(flag);
    let node_flag = match (has(ModeFlags::STATIC_NODES), has(ModeFlags::RELATIVE_NODES)) {
        (true, _) => "static",
        (_, true) => "relative",
        _ => "",
    };
    let balancing = if has(ModeFlags::NUMA_BALANCING) { "balancing" } else { "" };
    let equals = if has(ModeFlags::ALL) { "=" } else { "" };
    let bar = if node_flag.is_empty() || balancing.is_empty() { "" } else { "|" };
    let colon = if policy.nodes.is_empty() { "" } else { ":" };
    let mut text = format!("{name}{equals}{node_flag}{bar}{balancing}{colon}{}", policy.nodes);
    text.truncate(ROOM);
    text
}
