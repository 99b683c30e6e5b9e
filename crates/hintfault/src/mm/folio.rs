//! Memory behind the mappings: for each page where it is and who last asked for it.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::ids::{HPAGE_PMD_NR, NodeId, NodeSet};
use crate::mempolicy::shared::SharedPolicy;
use crate::mm::bits::Bits512;
use crate::mm::cow::CowVec;
use crate::mm::page_alloc::Order;
use crate::topology::MAX_NODES;

/// `last_cpupid` of a page that nobody was recorded on: all 21 bits set.
pub const LAST_CPUPID_UNSET: u32 = 0x1F_FFFF;

const NOWHERE: u8 = u8::MAX;
const TABLE: usize = HPAGE_PMD_NR as usize;

/// 512 pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FolioChunk {
    node: [u8; TABLE],
    last_cpupid: [u32; TABLE],
    mapped_elsewhere: Bits512,
    /// Written since they were read from the file; only the page cache keeps it.
    dirty: Bits512,
    /// Pages that a process born by a fork maps too, in an object of its own.
    shared: Bits512,
    /// Pages without `PageAnonExclusive`: shared since some fork, and not written since.
    not_exclusive: Bits512,
    /// For each shared page one of the objects that have it, the same in all of them: objects
    /// have one page in common if they agree here. None until the first fork.
    owner: Option<Box<[u16; TABLE]>>,
    /// All pages are one huge page. Its `last_cpupid` is that of the first.
    huge: bool,
    node_pages: [u16; MAX_NODES],
}

impl FolioChunk {
    /// No page has memory.
    pub(crate) fn empty() -> Self {
        Self {
            node: [NOWHERE; TABLE],
            last_cpupid: [LAST_CPUPID_UNSET; TABLE],
            mapped_elsewhere: Bits512::default(),
            dirty: Bits512::default(),
            shared: Bits512::default(),
            not_exclusive: Bits512::default(),
            owner: None,
            huge: false,
            node_pages: [0; MAX_NODES],
        }
    }

    /// Pages `lo..hi` on one node, the rest without memory.
    pub(crate) fn populated(lo: u32, hi: u32, node: NodeId) -> Self {
        let mut chunk = Self::empty();
        for slot in &mut chunk.node[lo as usize..hi as usize] {
            *slot = node.0;
        }
        chunk.node_pages[node.index()] = (hi - lo) as u16;
        chunk
    }

    pub(crate) fn node(&self, bit: u32) -> Option<NodeId> {
        let node = self.node[bit as usize];
        (node != NOWHERE).then_some(NodeId(node))
    }

    pub(crate) fn last_cpupid(&self, bit: u32) -> u32 {
        self.last_cpupid[if self.huge { 0 } else { bit as usize }]
    }

    pub(crate) fn mapped_elsewhere(&self) -> &Bits512 {
        &self.mapped_elsewhere
    }

    pub(crate) fn dirty(&self) -> &Bits512 {
        &self.dirty
    }

    /// Pages that relatives have too.
    pub(crate) fn shared(&self) -> &Bits512 {
        &self.shared
    }

    /// Who stands for those that share a page; none if nobody does.
    pub(crate) fn owner(&self, bit: u32) -> Option<u16> {
        let owners = self.owner.as_ref().filter(|_| self.shared.get(bit))?;
        Some(owners[bit as usize])
    }

    pub(crate) fn is_huge(&self) -> bool {
        self.huge
    }

    pub(crate) fn node_pages(&self, node: NodeId) -> u32 {
        u32::from(self.node_pages[node.index()])
    }

    /// Whether every page lies on this node.
    pub(crate) fn is_all_on(&self, node: NodeId) -> bool {
        self.node_pages(node) == HPAGE_PMD_NR
    }

    /// Whether no page has memory.
    pub(crate) fn is_unused(&self) -> bool {
        self.resident() == 0
    }

    fn resident(&self) -> u32 {
        self.node_pages.iter().map(|&n| u32::from(n)).sum()
    }

    /// How many pages from `lo` on, up to `hi`, lie on this node.
    pub(crate) fn same_node_run(&self, lo: u32, hi: u32, node: NodeId) -> u32 {
        if self.node_pages(node) == HPAGE_PMD_NR {
            return hi - lo;
        }
        let pages = &self.node[lo as usize..hi as usize];
        pages.iter().position(|&n| n != node.0).map_or(hi - lo, |run| run as u32)
    }

    /// Those of `pages` that lie on some node other than `node`; pages without memory do not.
    pub(crate) fn on_other_nodes(&self, pages: &Bits512, node: NodeId) -> Bits512 {
        if self.node_pages(node) == HPAGE_PMD_NR {
            return Bits512::default();
        }
        if self.node_pages(node) == 0 {
            return self.with_memory(pages);
        }
        self.filter(pages, |at| at != NOWHERE && at != node.0)
    }

    /// Those of `pages` that lie on some of these nodes.
    pub(crate) fn on_nodes(&self, pages: &Bits512, nodes: NodeSet) -> Bits512 {
        if nodes.is_empty() {
            return Bits512::default();
        }
        self.filter(pages, |at| at != NOWHERE && nodes.contains(NodeId(at)))
    }

    /// Those of `pages` that have memory.
    pub(crate) fn with_memory(&self, pages: &Bits512) -> Bits512 {
        if self.resident() == HPAGE_PMD_NR {
            return *pages;
        }
        self.filter(pages, |at| at != NOWHERE)
    }

    fn share_all(&mut self, own: u16) {
        let all = self.with_memory(&Bits512::range(0, HPAGE_PMD_NR));
        let newly = all.and_not(&self.shared);
        let owners = self.owner.get_or_insert_with(|| Box::new([own; TABLE]));
        newly.ones().for_each(|bit| owners[bit as usize] = own);
        (self.shared, self.not_exclusive) = (all, all);
    }

    fn filter(&self, pages: &Bits512, keep: impl Fn(u8) -> bool) -> Bits512 {
        let mut kept = *pages;
        for bit in pages.ones() {
            if !keep(self.node[bit as usize]) {
                kept.clear(bit);
            }
        }
        kept
    }
}

/// What mappings map: the pages of a private anonymous region, or of a file or shared object.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    chunks: CowVec<FolioChunk>,
    node_pages: Vec<u32>,
    /// Where it is mapped: process and VMA by place.
    mappings: Vec<(usize, usize)>,
    /// Objects that forks have made of this one, or this one of them, by place.
    relatives: Vec<usize>,
    /// Number of the inode behind shared memory, from which on it interleaves.
    pub(crate) inode: u64,
    /// Policies of shared memory.
    pub(crate) policy: SharedPolicy,
}

impl Object {
    /// An object without memory, long enough for `chunks` page tables.
    pub(crate) fn new(chunks: usize, nr_node_ids: usize) -> Self {
        let chunks = CowVec::filled(chunks, FolioChunk::empty());
        Self {
            chunks,
            node_pages: vec![0; nr_node_ids],
            mappings: Vec::new(),
            relatives: Vec::new(),
            inode: 0,
            policy: SharedPolicy::default(),
        }
    }

    /// Objects that may have pages in common with this one.
    pub(crate) fn relatives(&self) -> &[usize] {
        &self.relatives
    }

    pub(crate) fn add_relative(&mut self, object: usize) {
        self.relatives.push(object);
    }

    pub(crate) fn remove_relative(&mut self, object: usize) {
        self.relatives.retain(|&other| other != object);
    }

    /// The pages for a child of the process: the same ones, from now on shared by both.
    pub(crate) fn share_all(&mut self, own: u16) -> Self {
        for index in 0..self.chunks.len() {
            if !self.chunks.get(index).is_unused() {
                self.chunks.get_mut(index).share_all(own);
            }
        }
        let (chunks, node_pages) = (self.chunks.clone(), self.node_pages.clone());
        Self {
            chunks,
            node_pages,
            mappings: Vec::new(),
            relatives: Vec::new(),
            inode: 0,
            policy: SharedPolicy::default(),
        }
    }

    /// Changes who stands for a shared page; none when only this object is left with it.
    pub(crate) fn set_owner(&mut self, slot: u32, owner: Option<u16>) {
        let (chunk, bit) = self.chunk_mut(slot);
        match (owner, &mut chunk.owner) {
            (Some(owner), Some(owners)) => owners[bit] = owner,
            _ => chunk.shared.clear(bit as u32),
        }
    }

    /// Whether a page may become writable without a look at who else has it.
    pub(crate) fn is_exclusive(&self, slot: u32) -> bool {
        let chunk = self.chunk((slot / HPAGE_PMD_NR) as usize);
        let bit = slot % HPAGE_PMD_NR;
        !chunk.mapped_elsewhere.get(bit) && !chunk.not_exclusive.get(bit)
    }

    /// `SetPageAnonExclusive`, for all of a huge page.
    pub(crate) fn set_exclusive(&mut self, slot: u32) {
        if self.is_exclusive(slot) {
            return;
        }
        let (chunk, bit) = self.chunk_mut(slot);
        if chunk.huge {
            chunk.not_exclusive = Bits512::default();
        } else {
            chunk.not_exclusive.clear(bit as u32);
        }
    }

    /// Takes a page out that others go on having.
    pub(crate) fn take_out(&mut self, slot: u32) {
        let (chunk, bit) = self.chunk_mut(slot);
        let node = NodeId(core::mem::replace(&mut chunk.node[bit], NOWHERE));
        assert!(node.0 != NOWHERE && !chunk.huge, "no base page to take out");
        for bits in [&mut chunk.mapped_elsewhere, &mut chunk.shared, &mut chunk.not_exclusive] {
            bits.clear(bit as u32);
        }
        chunk.node_pages[node.index()] -= 1;
        self.node_pages[node.index()] -= 1;
    }

    /// Where it is mapped: process and VMA by place.
    pub(crate) fn mappings(&self) -> &[(usize, usize)] {
        &self.mappings
    }

    pub(crate) fn add_mapping(&mut self, mm: usize, vma: usize) {
        assert!(!self.mappings.contains(&(mm, vma)), "mapped twice at one place");
        self.mappings.push((mm, vma));
    }

    /// Takes a process out; true when it was there, and nobody maps the object any more.
    pub(crate) fn remove_mappings(&mut self, mm: usize) -> bool {
        let before = self.mappings.len();
        self.mappings.retain(|&(of, _)| of != mm);
        before > 0 && self.mappings.is_empty()
    }

    pub(crate) fn chunk_count(&self) -> usize {
        self.chunks.len()
    }

    pub(crate) fn chunk(&self, index: usize) -> &FolioChunk {
        self.chunks.get(index)
    }

    pub(crate) fn chunks(&self) -> impl Iterator<Item = &FolioChunk> {
        self.chunks.iter()
    }

    pub(crate) fn node(&self, slot: u32) -> Option<NodeId> {
        self.chunk((slot / HPAGE_PMD_NR) as usize).node(slot % HPAGE_PMD_NR)
    }

    pub(crate) fn last_cpupid(&self, slot: u32) -> u32 {
        self.chunk((slot / HPAGE_PMD_NR) as usize).last_cpupid(slot % HPAGE_PMD_NR)
    }

    fn is_mapped_elsewhere(&self, slot: u32) -> bool {
        self.chunk((slot / HPAGE_PMD_NR) as usize).mapped_elsewhere.get(slot % HPAGE_PMD_NR)
    }

    /// Whether a relative has the page too.
    pub(crate) fn is_shared(&self, slot: u32) -> bool {
        self.chunk((slot / HPAGE_PMD_NR) as usize).shared.get(slot % HPAGE_PMD_NR)
    }

    /// Whether somebody else has the page, so that a write needs a copy.
    pub(crate) fn is_had_by_others(&self, slot: u32) -> bool {
        self.is_shared(slot) || self.is_mapped_elsewhere(slot)
    }

    pub(crate) fn is_dirty(&self, slot: u32) -> bool {
        self.chunk((slot / HPAGE_PMD_NR) as usize).dirty.get(slot % HPAGE_PMD_NR)
    }

    /// Pages on each node, by node number.
    pub(crate) fn node_pages(&self) -> &[u32] {
        &self.node_pages
    }

    /// Pages with memory.
    pub(crate) fn resident(&self) -> u32 {
        self.node_pages.iter().sum()
    }

    /// Fills whole chunks `lo..hi`, which must be empty, with base or huge pages of one node.
    pub(crate) fn populate_chunks(&mut self, lo: usize, hi: usize, node: NodeId, order: Order) {
        assert!((lo..hi).all(|i| self.chunk(i).is_unused()), "populating twice");
        let mut chunk = FolioChunk::populated(0, HPAGE_PMD_NR, node);
        chunk.huge = order == Order::Huge;
        self.chunks.fill(lo, hi, chunk);
        self.node_pages[node.index()] += (hi - lo) as u32 * HPAGE_PMD_NR;
    }

    /// Notes that a page of a file was written.
    pub(crate) fn set_dirty(&mut self, slot: u32) {
        let (chunk, bit) = self.chunk_mut(slot);
        chunk.dirty.set(bit as u32);
    }

    /// `split_huge_page`: base pages that inherit `last_cpupid` from the head.
    pub(crate) fn split_huge(&mut self, index: usize) {
        let chunk = self.chunks.get_mut(index);
        assert!(chunk.huge, "nothing to split");
        chunk.huge = false;
        chunk.last_cpupid = [chunk.last_cpupid[0]; TABLE];
    }

    /// Moves a huge page to another node.
    pub(crate) fn migrate_huge(&mut self, index: usize, to: NodeId) -> NodeId {
        let chunk = self.chunks.get_mut(index);
        assert!(chunk.huge, "not a huge page");
        let from = NodeId(chunk.node[0]);
        assert!(from != to, "nothing to move");
        chunk.node = [to.0; TABLE];
        chunk.node_pages[from.index()] = 0;
        chunk.node_pages[to.index()] = HPAGE_PMD_NR as u16;
        self.node_pages[from.index()] -= HPAGE_PMD_NR;
        self.node_pages[to.index()] += HPAGE_PMD_NR;
        from
    }

    /// Gives a page memory; it must have none.
    pub(crate) fn allocate(&mut self, slot: u32, node: NodeId) {
        let (chunk, bit) = self.chunk_mut(slot);
        assert!(chunk.node[bit] == NOWHERE, "page has memory already");
        chunk.node[bit] = node.0;
        chunk.last_cpupid[bit] = LAST_CPUPID_UNSET;
        chunk.node_pages[node.index()] += 1;
        self.node_pages[node.index()] += 1;
    }

    /// Notes that a process outside the scenario maps the page too.
    pub(crate) fn set_mapped_elsewhere(&mut self, slot: u32) {
        let (chunk, bit) = self.chunk_mut(slot);
        chunk.mapped_elsewhere.set(bit as u32);
    }

    /// Moves a page's contents to another node; `last_cpupid` goes with it.
    pub(crate) fn migrate(&mut self, slot: u32, to: NodeId) -> NodeId {
        let (chunk, bit) = self.chunk_mut(slot);
        let from = NodeId(chunk.node[bit]);
        assert!(from.0 != NOWHERE && from != to, "nothing to move");
        chunk.node[bit] = to.0;
        chunk.node_pages[from.index()] -= 1;
        chunk.node_pages[to.index()] += 1;
        self.node_pages[from.index()] -= 1;
        self.node_pages[to.index()] += 1;
        from
    }

    /// Stores `last_cpupid` and returns the one before.
    pub(crate) fn xchg_last_cpupid(&mut self, slot: u32, cpupid: u32) -> u32 {
        assert!(cpupid <= LAST_CPUPID_UNSET, "more than 21 bits");
        let (chunk, bit) = self.chunk_mut(slot);
        let head = if chunk.huge { 0 } else { bit };
        core::mem::replace(&mut chunk.last_cpupid[head], cpupid)
    }

    fn chunk_mut(&mut self, slot: u32) -> (&mut FolioChunk, usize) {
        let index = (slot / HPAGE_PMD_NR) as usize;
        (self.chunks.get_mut(index), (slot % HPAGE_PMD_NR) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_follow_every_change() {
        let mut object = Object::new(3, 4);
        object.populate_chunks(0, 2, NodeId(1), Order::Base);
        object.allocate(1024, NodeId(3));
        assert_eq!(object.migrate(5, NodeId(0)), NodeId(1));
        assert_eq!(object.node_pages(), &[1, 1023, 0, 1]);
        assert_eq!(object.resident(), 1025);
        let recount: u32 = object.chunks().map(|c| c.node_pages(NodeId(1))).sum();
        assert_eq!(recount, 1023);
    }

    #[test]
    fn runs_and_filters_see_single_pages() {
        let mut object = Object::new(1, 2);
        object.populate_chunks(0, 1, NodeId(0), Order::Base);
        object.migrate(100, NodeId(1));
        let chunk = object.chunk(0);
        assert_eq!(chunk.same_node_run(0, 512, NodeId(0)), 100);
        assert_eq!(chunk.same_node_run(100, 512, NodeId(1)), 1);
        let others: Vec<u32> = chunk.on_other_nodes(&Bits512::range(0, 512), NodeId(0)).ones().collect();
        assert_eq!(others, [100]);
    }

    #[test]
    fn a_huge_page_moves_and_splits_as_a_whole() {
        let mut object = Object::new(2, 2);
        object.populate_chunks(0, 2, NodeId(0), Order::Huge);
        object.xchg_last_cpupid(512, 0x1D2);
        assert_eq!(object.migrate_huge(1, NodeId(1)), NodeId(0));
        assert_eq!(object.node_pages(), &[512, 512]);
        object.split_huge(1);
        assert_eq!((object.last_cpupid(1023), object.chunk(1).is_huge()), (0x1D2, false));
    }

    #[test]
    fn migration_keeps_the_last_cpupid() {
        let mut object = Object::new(1, 2);
        object.allocate(7, NodeId(0));
        assert_eq!(object.xchg_last_cpupid(7, 0x5D2), LAST_CPUPID_UNSET);
        object.migrate(7, NodeId(1));
        assert_eq!(object.last_cpupid(7), 0x5D2);
    }
}
