//! System calls as C spells them, which can say what numactl cannot.

use core::fmt::Write as _;

use hintfault::ids::{NodeId, PAGE_SIZE, VirtAddr};
use hintfault::input::{MemPolicy, ModeFlags, MoveFlags, PolicyMode};

/// One more bit than a mask of 64 nodes has: the kernel reads one less than it is told.
const MAXNODE: u32 = 65;

const MODE_FLAGS: [(&str, u32); 3] = [
    ("MPOL_F_STATIC_NODES", ModeFlags::STATIC_NODES.0 as u32),
    ("MPOL_F_RELATIVE_NODES", ModeFlags::RELATIVE_NODES.0 as u32),
    ("MPOL_F_NUMA_BALANCING", ModeFlags::NUMA_BALANCING.0 as u32),
];

const MOVE_FLAGS: [(&str, u32); 3] = [
    ("MPOL_MF_STRICT", MoveFlags::STRICT.0),
    ("MPOL_MF_MOVE", MoveFlags::MOVE.0),
    ("MPOL_MF_MOVE_ALL", MoveFlags::MOVE_ALL.0),
];

const fn mode_name(mode: PolicyMode) -> &'static str {
    match mode {
        PolicyMode::Default => "MPOL_DEFAULT",
        PolicyMode::Preferred => "MPOL_PREFERRED",
        PolicyMode::Bind => "MPOL_BIND",
        PolicyMode::Interleave => "MPOL_INTERLEAVE",
        PolicyMode::Local => "MPOL_LOCAL",
        PolicyMode::PreferredMany => "MPOL_PREFERRED_MANY",
        PolicyMode::WeightedInterleave => "MPOL_WEIGHTED_INTERLEAVE",
    }
}

/// `set_mempolicy` with this policy, for the calling thread.
#[must_use]
pub fn set_mempolicy_call(policy: MemPolicy) -> String {
    let (mask, arguments) = policy_arguments(policy);
    format!("{mask}set_mempolicy({arguments});")
}

/// `mbind` with this policy for so many pages from an address on.
#[must_use]
pub fn mbind_call(start: VirtAddr, pages: u64, policy: MemPolicy, flags: MoveFlags) -> String {
    let (mask, arguments) = policy_arguments(policy);
    let flags = match flags.0 {
        0 => "0".to_owned(),
        bits => or_ed("", &MOVE_FLAGS, bits),
    };
    format!("{mask}mbind({}, {arguments}, {flags});", range(start, pages))
}

/// `set_mempolicy_home_node` for so many pages from an address on. The C library has no function
/// for it.
#[must_use]
pub fn home_node_call(start: VirtAddr, pages: u64, node: NodeId) -> String {
    format!("syscall(SYS_set_mempolicy_home_node, {}, {node}UL, 0UL);", range(start, pages))
}

fn range(start: VirtAddr, pages: u64) -> String {
    format!("(void *){start}, {:#x}UL", pages * PAGE_SIZE)
}

/// The mask as a variable, if there is one, and mode, mask and its length.
fn policy_arguments(policy: MemPolicy) -> (String, String) {
    let mode = or_ed(mode_name(policy.mode), &MODE_FLAGS, u32::from(policy.flags.0));
    if policy.nodes.is_empty() {
        return (String::new(), format!("{mode}, NULL, 0"));
    }
    let (nodes, bits) = (policy.nodes, policy.nodes.0);
    (format!("unsigned long nodes = {bits:#x}; /* {nodes} */\n"), format!("{mode}, &nodes, {MAXNODE}"))
}

fn or_ed(first: &str, names: &[(&str, u32)], bits: u32) -> String {
    let mut text = first.to_owned();
    for (name, _) in names.iter().filter(|(_, bit)| bits & bit != 0) {
        let bar = if text.is_empty() { "" } else { " | " };
        let _ = write!(text, "{bar}{name}");
    }
    text
}
