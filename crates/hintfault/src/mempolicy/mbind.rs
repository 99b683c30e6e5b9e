//! Policies of address ranges (`do_mbind`, `queue_pages_range`, `mbind_range`,
//! `set_mempolicy_home_node`; mm/mempolicy.c, 6.12).

use alloc::vec::Vec;

use crate::ids::{NodeId, NodeSet, PageIdx, VirtAddr};
use crate::input::{MoveFlags, PolicyMode, RegionKind};
use crate::mempolicy::migrate::Target;
use crate::mempolicy::{Mempolicy, mpol_equal};
use crate::mm::PageAt;
use crate::mm::bits::Bits512;
use crate::refusal::Refusal;
use crate::world::World;

/// `MPOL_MF_MOVE | MPOL_MF_MOVE_ALL`.
pub(crate) const MOVES: MoveFlags = MoveFlags::MOVE.and(MoveFlags::MOVE_ALL);

/// Whether a range may have parts that are not mapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holes {
    Refused,
    /// `MPOL_MF_DISCONTIG_OK`.
    Fine,
}

/// Pages to be moved, by address, and how many could not be queued.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    pub(crate) pages: Vec<VirtAddr>,
    pub(crate) failed: u32,
}

impl World {
    /// `queue_pages_range`: goes over what is mapped in a range, and queues the pages that lie on
    /// some of these nodes as the flags say.
    ///
    /// # Errors
    /// A hole, or with `STRICT` alone the first page on these nodes.
    pub(crate) fn queue_pages_range(
        &self,
        mm: usize,
        (start, end): (VirtAddr, VirtAddr),
        nodes: NodeSet,
        flags: MoveFlags,
        holes: Holes,
    ) -> Result<Queue, Refusal> {
        let mut queue = Queue::default();
        let vmas = &self.mms[mm].vmas;
        let first = self.mms[mm].find_vma(start).filter(|&vma| vmas[vma].start < end);
        let first = first.ok_or(Refusal::RangeHasHole)?;
        if holes == Holes::Refused && start < vmas[first].start {
            return Err(Refusal::RangeHasHole);
        }
        for place in (first..vmas.len()).take_while(|&place| vmas[place].start < end) {
            let vma = &vmas[place];
            let joins_next = vmas.get(place + 1).is_some_and(|next| next.start == vma.end());
            if holes == Holes::Refused && vma.end() < end && !joins_next {
                return Err(Refusal::RangeHasHole);
            }
            let migratable = vma.kind != RegionKind::Unmigratable;
            let is_strict = flags.has(MoveFlags::STRICT);
            if (migratable || is_strict) && flags != MoveFlags::NONE {
                let pages = (start.max(vma.start).pages_since(vma.start), end.min(vma.end()).pages_since(vma.start));
                self.queue_folios(
                    PageAt { mm, vma: place, page: PageIdx(pages.0 as u32) },
                    pages.1 as u32,
                    nodes,
                    flags,
                    &mut queue,
                )?;
            }
        }
        Ok(queue)
    }

    /// `queue_folios_pte_range` and `queue_folios_pmd` for pages of one VMA up to `end`.
    #[inline(never)]
    fn queue_folios(
        &self,
        first: PageAt,
        end: u32,
        nodes: NodeSet,
        flags: MoveFlags,
        queue: &mut Queue,
    ) -> Result<(), Refusal> {
        let vma = &self.mms[first.mm].vmas[first.vma];
        let mut at = first.page.0;
        while at < end {
            let range = vma.table_range(at, end);
            let (table, chunk) = (vma.table(range.table), self.objects[vma.object].chunk(range.table));
            let present = Bits512::range(range.lo, range.hi).and(table.present());
            let misplaced = |&bit: &u32| chunk.node(bit).is_some_and(|node| nodes.contains(node));
            let folios = if table.is_huge() { 1 } else { usize::MAX };
            for bit in present.ones().filter(misplaced).take(folios) {
                let page = PageIdx(at + bit - range.lo);
                let moves = flags.has(MOVES) && vma.kind != RegionKind::Unmigratable;
                if moves && self.migrate_folio_add(PageAt { page, ..first }, flags) {
                    queue.pages.push(vma.addr(page));
                } else if !flags.has(MOVES) {
                    return Err(Refusal::PageMisplaced);
                } else {
                    queue.failed += u32::from(!moves);
                }
            }
            at += range.len();
        }
        Ok(())
    }

    /// `migrate_folio_add`: pages that others map too stay without `MOVE_ALL`, which is no
    /// failure.
    fn migrate_folio_add(&self, at: PageAt, flags: MoveFlags) -> bool {
        flags.has(MoveFlags::MOVE_ALL) || !self.folio_likely_mapped_shared(at)
    }

    /// `do_mbind` from the walk on. `nodes` are as the user gave them.
    ///
    /// # Errors
    /// The rule that refuses it. After [`Refusal::PageNotMoved`] the policy is in force.
    pub(crate) fn mbind_pages(
        &mut self,
        task: usize,
        range: (VirtAddr, VirtAddr),
        nodes: NodeSet,
        policy: Option<Mempolicy>,
        flags: MoveFlags,
    ) -> Result<(), Refusal> {
        let mm = self.tasks[task].mm;
        let holes = if policy.is_none() { Holes::Fine } else { Holes::Refused };
        let queue = self.queue_pages_range(mm, range, NodeSet(!nodes.0), flags, holes)?;
        self.mbind_ranges(mm, range, |_| Ok(Some(policy)))?;
        let target = Target::Policy(policy.or(self.tasks[task].policy));
        let failed = queue.failed + self.migrate_pages(task, mm, &queue.pages, target);
        if failed > 0 && flags.has(MoveFlags::STRICT) {
            return Err(Refusal::PageNotMoved);
        }
        Ok(())
    }

    /// `set_mempolicy_home_node` for a range that is sound.
    ///
    /// # Errors
    /// The rule that refuses it; VMAs before the one that is refused have their new home node.
    pub(crate) fn set_home_node(
        &mut self,
        mm: usize,
        range: (VirtAddr, VirtAddr),
        node: NodeId,
    ) -> Result<(), Refusal> {
        let mut found = false;
        self.mbind_ranges(mm, range, |old| {
            let Some(old) = old else { return Ok(None) };
            if !matches!(old.mode, PolicyMode::Bind | PolicyMode::PreferredMany) {
                return Err(Refusal::HomeNodeMode);
            }
            found = true;
            Ok(Some(Some(Mempolicy { home_node: Some(node), ..old })))
        })?;
        if found { Ok(()) } else { Err(Refusal::HomeNodeWithoutPolicy) }
    }

    /// `mbind_range` for each VMA of a range: the part inside gets the policy that comes of the
    /// present one, or stays as it is.
    #[inline(never)]
    fn mbind_ranges(
        &mut self,
        mm: usize,
        (start, end): (VirtAddr, VirtAddr),
        mut change: impl FnMut(Option<Mempolicy>) -> Result<Option<Option<Mempolicy>>, Refusal>,
    ) -> Result<(), Refusal> {
        let mut at = start;
        while let Some(place) = self.mms[mm].find_vma(at).filter(|&place| self.mms[mm].vmas[place].start < end) {
            let vma = &self.mms[mm].vmas[place];
            let part = (vma.start.max(start), vma.end().min(end));
            at = vma.end();
            let old = vma.policy;
            let Some(new) = change(old)?.filter(|&new| !mpol_equal(old, new)) else { continue };
            let place = self.vma_modify_policy(mm, place, part, new);
            self.vma_replace_policy(mm, place, new);
            at = self.mms[mm].vmas[place].end();
        }
        Ok(())
    }

    /// `vma_replace_policy`: of shared memory also the policy that it keeps itself, for all that
    /// the VMA maps.
    pub(crate) fn vma_replace_policy(&mut self, mm: usize, place: usize, policy: Option<Mempolicy>) {
        let vma = &mut self.mms[mm].vmas[place];
        vma.policy = policy;
        if vma.is_shmem() {
            let lo = vma.slot(PageIdx(0));
            self.objects[vma.object].policy.set(lo, lo + vma.pages, policy);
        }
    }
}
