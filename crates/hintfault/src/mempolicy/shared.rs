//! The policies that shared memory keeps itself (`struct shared_policy`, mm/mempolicy.c, 6.12).

use alloc::vec::Vec;

use crate::mempolicy::Mempolicy;

/// Policies by ranges of pages, ascending and apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct SharedPolicy {
    ranges: Vec<(u32, u32, Mempolicy)>,
}

impl SharedPolicy {
    /// `mpol_shared_policy_lookup`.
    pub(crate) fn lookup(&self, page: u32) -> Option<Mempolicy> {
        self.ranges.iter().find(|(lo, hi, _)| (*lo..*hi).contains(&page)).map(|&(_, _, policy)| policy)
    }

    /// `mpol_set_shared_policy` for pages `lo..hi`; none takes their policies away.
    pub(crate) fn set(&mut self, lo: u32, hi: u32, policy: Option<Mempolicy>) {
        let mut ranges = Vec::new();
        for &(first, end, old) in &self.ranges {
            for (first, end) in [(first, end.min(lo)), (first.max(hi), end)] {
                if first < end {
                    ranges.push((first, end, old));
                }
            }
        }
        let place = ranges.partition_point(|&(first, _, _)| first < lo);
        if let Some(policy) = policy {
            ranges.insert(place, (lo, hi, policy));
        }
        self.ranges = ranges;
    }

    pub(crate) fn ranges(&self) -> &[(u32, u32, Mempolicy)] {
        &self.ranges
    }
}
