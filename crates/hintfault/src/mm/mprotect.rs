//! Making hint entries (`change_prot_numa`, mm/mempolicy.c; `change_pte_range`, mm/mprotect.c;
//! `change_huge_pmd`, mm/huge_memory.c; 6.12).

use crate::ids::{NodeId, NodeSet};
use crate::input::{Backing, RegionKind};
use crate::mm::bits::Bits512;
use crate::mm::folio::Object;
use crate::mm::vma::{TableRange, Vma};

/// `sysctl_numa_balancing_mode` bit that lets pages of fast nodes become hint entries.
pub(crate) const NUMA_BALANCING_NORMAL: u8 = 1;

/// Which nodes' pages may become hint entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Markable {
    /// `sysctl_numa_balancing_mode`.
    pub(crate) mode: u8,
    /// Nodes of slower tiers (not `node_is_toptier`).
    pub(crate) slow_nodes: NodeSet,
}

impl Markable {
    fn is_everywhere(self) -> bool {
        self.mode & NUMA_BALANCING_NORMAL != 0
    }
}

/// What the scanner did to part of a page table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PteChange {
    /// Entries that become hint entries.
    pub(crate) entries: Bits512,
    /// How many these are, in base pages.
    pub(crate) updated: u32,
    /// Present entries that were looked at and left as they are.
    pub(crate) visited: u32,
}

/// What keeps an entry from becoming a hint entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PteRule {
    Empty,
    AlreadyHint,
    ZeroPage,
    SharedCow,
    DirtyPage,
    OnTargetNode,
    NormalModeOff,
}

impl PteRule {
    /// In the kernel's order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Empty,
        Self::AlreadyHint,
        Self::ZeroPage,
        Self::SharedCow,
        Self::DirtyPage,
        Self::OnTargetNode,
        Self::NormalModeOff,
    ];

    /// Those of the entries of a table that the rule does not keep.
    #[inline]
    pub(crate) fn narrow(
        self,
        entries: Bits512,
        vma: &Vma,
        object: &Object,
        table: usize,
        target_node: Option<NodeId>,
        markable: Markable,
    ) -> Bits512 {
        let (chunk, ptes) = (object.chunk(table), vma.table(table));
        match self {
            Self::Empty => entries.and(ptes.present()),
            Self::AlreadyHint => entries.and_not(ptes.hint()),
            Self::ZeroPage => chunk.with_memory(&entries),
            Self::SharedCow if is_cow_mapping(vma) => entries.and_not(chunk.mapped_elsewhere()).and_not(chunk.shared()),
            Self::DirtyPage if has_file_lru_folios(vma) => entries.and_not(chunk.dirty()),
            Self::OnTargetNode => target_node.map_or(entries, |node| chunk.on_other_nodes(&entries, node)),
            Self::NormalModeOff if !markable.is_everywhere() => chunk.on_nodes(&entries, markable.slow_nodes),
            Self::SharedCow | Self::DirtyPage | Self::NormalModeOff => entries,
        }
    }
}

/// `change_pte_range` with `MM_CP_PROT_NUMA` (mm/mprotect.c, 6.12): which entries of a range
/// become hint entries. In the kernel's order it passes over empty ones, hint entries, the zero
/// page, shared pages of copy-on-write mappings, dirty pages of files, pages already on the
/// target node, and, unless mode 1 is on, pages of fast nodes.
///
/// `target_node` is the node of the scanning CPU if nobody else uses this private mapping.
pub(crate) fn change_pte_range(
    vma: &Vma,
    object: &Object,
    range: TableRange,
    target_node: Option<NodeId>,
    markable: Markable,
) -> PteChange {
    let in_range = Bits512::range(range.lo, range.hi);
    let present = in_range.and(vma.table(range.table).present());
    let chunk = object.chunk(range.table);
    if target_node.is_some_and(|node| chunk.is_all_on(node)) {
        // What the rules would come to, without going over all of them.
        return PteChange { entries: Bits512::default(), updated: 0, visited: present.count() };
    }
    let mut entries = in_range;
    for rule in PteRule::ALL {
        entries = rule.narrow(entries, vma, object, range.table, target_node, markable);
    }
    let updated = entries.count();
    PteChange { entries, updated, visited: present.count() - updated }
}

/// `change_huge_pmd` (mm/huge_memory.c, 6.12): a huge entry becomes a hint entry unless it is
/// one, whoever uses it and wherever in the markable memory it is.
pub(crate) fn change_huge_pmd(vma: &Vma, object: &Object, range: TableRange, markable: Markable) -> PteChange {
    let table = vma.table(range.table);
    assert!(table.is_huge() && range.is_whole(), "a part of a huge entry");
    let node = object.chunk(range.table).node(0);
    let may_move = markable.is_everywhere() || node.is_some_and(|node| markable.slow_nodes.contains(node));
    // The huge zero page stays what it is.
    let marks = table.hint().is_empty() && may_move && node.is_some();
    let entries = if marks { *table.present() } else { Bits512::default() };
    PteChange { entries, updated: entries.count(), visited: u32::from(!marks) }
}

/// `is_cow_mapping`: private and possibly writable.
pub(crate) fn is_cow_mapping(vma: &Vma) -> bool {
    !vma.is_shared()
}

/// `folio_is_file_lru` for the pages behind a mapping.
pub(crate) fn has_file_lru_folios(vma: &Vma) -> bool {
    matches!(vma.kind, RegionKind::Shared { backing: Backing::PageCache, .. })
}
