//! Memory policies as `set_mempolicy` and `mbind` take them.

use crate::ids::{NodeSet, PageIdx, ProcIdx};

/// A memory policy as the user writes it. What becomes of it depends on the nodes that the
/// process may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemPolicy {
    /// The mode.
    pub mode: PolicyMode,
    /// Mode flags.
    pub flags: ModeFlags,
    /// The nodes; empty for `Default` and `Local`.
    pub nodes: NodeSet,
}

impl MemPolicy {
    /// A policy without flags.
    #[must_use]
    pub const fn new(mode: PolicyMode, nodes: NodeSet) -> Self {
        Self { mode, flags: ModeFlags::NONE, nodes }
    }

    /// The same with these flags.
    #[must_use]
    pub const fn with(self, flags: ModeFlags) -> Self {
        Self { flags, ..self }
    }
}

/// Modes, numbered as in the kernel's interface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum PolicyMode {
    /// `MPOL_DEFAULT`: takes a policy back.
    Default = 0,
    /// `MPOL_PREFERRED`.
    Preferred = 1,
    /// `MPOL_BIND`.
    Bind = 2,
    /// `MPOL_INTERLEAVE`.
    Interleave = 3,
    /// `MPOL_LOCAL`.
    Local = 4,
    /// `MPOL_PREFERRED_MANY`.
    PreferredMany = 5,
    /// `MPOL_WEIGHTED_INTERLEAVE`.
    WeightedInterleave = 6,
}

impl PolicyMode {
    /// All modes, by number.
    pub const ALL: [Self; 7] = [
        Self::Default,
        Self::Preferred,
        Self::Bind,
        Self::Interleave,
        Self::Local,
        Self::PreferredMany,
        Self::WeightedInterleave,
    ];
}

/// `MPOL_MODE_FLAGS`: what may be or-ed into a mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ModeFlags(pub u16);

impl ModeFlags {
    /// None.
    pub const NONE: Self = Self(0);
    /// `MPOL_F_STATIC_NODES`: nodes are meant as numbers, whatever the cpuset becomes.
    pub const STATIC_NODES: Self = Self(0x8000);
    /// `MPOL_F_RELATIVE_NODES`: nodes are meant as ranks among the cpuset's.
    pub const RELATIVE_NODES: Self = Self(0x4000);
    /// `MPOL_F_NUMA_BALANCING`: pages still migrate on hinting faults, within the nodes.
    pub const NUMA_BALANCING: Self = Self(0x2000);
    /// All three.
    pub const ALL: Self = Self(0xE000);

    /// Both.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// Whether some of these flags are set.
    #[must_use]
    pub const fn has(self, some: Self) -> bool {
        self.0 & some.0 != 0
    }
}

/// Flags of `mbind` and `move_pages` (`MPOL_MF_*`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MoveFlags(pub u32);

impl MoveFlags {
    /// None.
    pub const NONE: Self = Self(0);
    /// `MPOL_MF_STRICT`: an error if pages are not where the policy wants them.
    pub const STRICT: Self = Self(1);
    /// `MPOL_MF_MOVE`: moves pages that only this process maps.
    pub const MOVE: Self = Self(2);
    /// `MPOL_MF_MOVE_ALL`: moves pages that others map too.
    pub const MOVE_ALL: Self = Self(4);

    /// Both.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// Whether some of these flags are set.
    #[must_use]
    pub const fn has(self, some: Self) -> bool {
        self.0 & some.0 != 0
    }
}

/// Addresses of one process, from a page of a region on. They may run past the region's end,
/// into the region behind it or into nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageRange {
    /// The process, by its place in the scenario.
    pub process: ProcIdx,
    /// The region, by its place in the process.
    pub region: u16,
    /// First page in the region.
    pub first: PageIdx,
    /// How many.
    pub pages: u32,
}
