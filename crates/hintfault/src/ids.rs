//! Identifiers. Each is a newtype, so that a CPU can never be passed where a node is meant.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub $inner);

        impl $name {
            /// The id as an index into an array that is ordered by it.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id!(
    /// A NUMA node, numbered as the kernel numbers it.
    NodeId(u8)
);
id!(
    /// A logical CPU.
    CpuId(u16)
);
id!(
    /// A thread id, unique on the whole machine (`task_struct.pid`).
    Tid(u32)
);
id!(
    /// A process id (`task_struct.tgid`).
    Pid(u32)
);
id!(
    /// A process by its place in the scenario.
    ProcIdx(u16)
);
id!(
    /// A thread by its place among all threads of the scenario.
    TaskIdx(u16)
);
id!(
    /// A region (VMA) by its place in address order among those of its process.
    VmaIdx(u16)
);
id!(
    /// A page by its place in its region, in units of the 4 KiB base page.
    PageIdx(u32)
);

/// A set of nodes with numbers below 64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct NodeSet(pub u64);

impl NodeSet {
    /// The set of these nodes.
    #[must_use]
    pub fn of(nodes: &[NodeId]) -> Self {
        Self(nodes.iter().fold(0, |set, node| set | 1 << node.0))
    }

    /// Whether a node is in the set.
    #[must_use]
    pub const fn contains(self, node: NodeId) -> bool {
        self.0 >> node.0 & 1 != 0
    }

    /// How many nodes are in the set.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether no node is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Both sets.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The set and a node.
    #[must_use]
    pub const fn with(self, node: NodeId) -> Self {
        Self(self.0 | 1 << node.0)
    }

    /// How many members are lower than a node.
    #[must_use]
    pub const fn rank(self, node: NodeId) -> u32 {
        Self(self.0 & ((1 << node.0) - 1)).len()
    }

    /// The member of this rank, counting on at the lowest behind the highest; none of an empty
    /// set.
    #[must_use]
    pub fn nth_round(self, rank: u32) -> Option<NodeId> {
        let place = rank.checked_rem(self.len())?;
        self.iter().nth(place as usize)
    }

    /// The nodes, ascending.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        let mut left = self.0;
        core::iter::from_fn(move || {
            let lowest = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (lowest < u64::BITS).then_some(NodeId(lowest as u8))
        })
    }
}

/// As the kernel prints sets: `0-2,5`.
impl fmt::Display for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut at = 0;
        let mut separator = "";
        while let Some(first) = (at..64).find(|&n| self.contains(NodeId(n))) {
            let end = (first..64).find(|&n| !self.contains(NodeId(n))).unwrap_or(64);
            match end - first {
                1 => write!(f, "{separator}{first}")?,
                _ => write!(f, "{separator}{first}-{}", end - 1)?,
            }
            (at, separator) = (end, ",");
        }
        Ok(())
    }
}

/// The 4 KiB base page, as a shift.
pub const PAGE_SHIFT: u32 = 12;
/// The 4 KiB base page in bytes.
pub const PAGE_SIZE: u64 = 1 << PAGE_SHIFT;
/// Base pages in a 2 MiB huge page, which is also what one page table maps (`HPAGE_PMD_NR`).
pub const HPAGE_PMD_NR: u32 = 512;
/// Bytes that one page table maps (`PMD_SIZE`).
pub const PMD_SIZE: u64 = PAGE_SIZE * HPAGE_PMD_NR as u64;

/// A user virtual address in bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct VirtAddr(pub u64);

impl VirtAddr {
    /// The address `pages` base pages further on.
    #[must_use]
    pub fn add_pages(self, pages: u64) -> Self {
        Self(self.0 + (pages << PAGE_SHIFT))
    }

    /// Whole base pages from `start` up to this address, which must not lie before it.
    #[must_use]
    pub fn pages_since(self, start: Self) -> u64 {
        assert!(self >= start, "address before its base");
        (self.0 - start.0) >> PAGE_SHIFT
    }
}

impl fmt::Display for VirtAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn sets_print_as_the_kernel_prints_lists() {
        let set = |nodes: &[u8]| nodes.iter().fold(NodeSet(0), |set, &n| NodeSet(set.0 | 1 << n)).to_string();
        assert_eq!(set(&[]), "");
        assert_eq!(set(&[0]), "0");
        assert_eq!(set(&[0, 1, 2, 5, 62, 63]), "0-2,5,62-63");
    }
}
