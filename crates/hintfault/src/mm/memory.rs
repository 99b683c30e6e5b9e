//! Page faults other than hinting faults (mm/memory.c, 6.12).

use crate::calls::Function;
use crate::event::EventKind;
use crate::event::PageRef;
use crate::ids::{NodeId, PAGE_SHIFT, PageIdx, ProcIdx, VmaIdx};
use crate::input::{Access, Backing, RegionKind, Thp};
use crate::mempolicy::Mempolicy;
use crate::mempolicy::alloc::{Place, alloc_pages_mpol, interleave_index};
use crate::mm::PageAt;
use crate::mm::folio::LAST_CPUPID_UNSET;
use crate::mm::page_alloc::Order;
use crate::time::Ns;
use crate::workload::reach::Reach;
use crate::world::World;

/// Pages that a read fault on a file or shared memory maps at once (`fault_around_bytes`).
const FAULT_AROUND_PAGES: u32 = 16;

/// What an access to a page needs before it can go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FaultKind {
    /// The page is absent.
    Absent,
    /// The page is there, but its entry is a hint entry.
    Hint,
    /// The page is there, but may only be read.
    WriteProtect,
}

impl World {
    /// Which fault an access takes; none if it passes.
    pub(crate) fn fault_kind(&self, at: PageAt, access: Access) -> Option<FaultKind> {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let range = vma.table_range(at.page.0, at.page.0 + 1);
        let table = vma.table(range.table);
        if !table.is_present(range.lo) {
            return Some(FaultKind::Absent);
        }
        if table.is_hint(range.lo) {
            return Some(FaultKind::Hint);
        }
        let writes = access == Access::Write && vma.prot.write;
        (writes && !table.is_writable(range.lo)).then_some(FaultKind::WriteProtect)
    }

    /// `handle_pte_fault` (6.12): resolves a fault and says how long that took.
    pub(crate) fn handle_pte_fault(&mut self, task: usize, at: PageAt, kind: FaultKind, access: Access) -> Ns {
        self.calls.count(Function::HandleMmFault);
        self.vmstat.pgfault += 1;
        let vma = &self.mms[at.mm].vmas[at.vma];
        let is_huge = vma.table(vma.table_of(at.page)).is_huge();
        match kind {
            FaultKind::Absent if vma.is_shared() => self.do_fault(task, at, access),
            FaultKind::Absent => self.do_anonymous_page(task, at, access),
            FaultKind::Hint if is_huge => self.do_huge_pmd_numa_page(task, at),
            FaultKind::Hint => self.do_numa_page(task, at),
            FaultKind::WriteProtect if is_huge => self.wp_huge_pmd(task, at),
            FaultKind::WriteProtect => self.do_wp_page(task, at),
        }
    }

    /// `do_anonymous_page` (6.12): a write gets a page of its own; a read only maps the zero
    /// page. Where a whole huge page fits and is wanted, a write gets one.
    fn do_anonymous_page(&mut self, task: usize, at: PageAt, access: Access) -> Ns {
        if let Some(cost) = self.do_huge_pmd_anonymous_page(task, at, access) {
            return cost;
        }
        self.calls.count(Function::DoAnonymousPage);
        let cost = Ns(u64::from(self.setup.costs.first_touch_ns));
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        if access == Access::Read && vma.kind == RegionKind::Anon {
            vma.map(at.page, Access::Read);
            return cost;
        }
        self.vmf_anon_prepare(at);
        if self.alloc_folio(task, at) {
            let vma = &mut self.mms[at.mm].vmas[at.vma];
            vma.map(at.page, vma.default_access());
            self.mms[at.mm].rss_pages += 1;
            self.vmstat.nr_anon_pages += 1;
        }
        cost
    }

    /// Allocates a base page for an address under the policy in force there. False when no
    /// memory is left, and the process is gone.
    #[must_use]
    fn alloc_folio(&mut self, task: usize, at: PageAt) -> bool {
        let Some(node) = self.vma_alloc_folio(task, at, Order::Base) else {
            self.out_of_memory(task);
            return false;
        };
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), vma.object);
        self.objects[object].allocate(slot, node);
        self.emit(task, EventKind::FirstTouch { page: self.page_ref(at), node });
        true
    }

    /// `vma_alloc_folio` (mm/mempolicy.c, 6.12).
    pub(crate) fn vma_alloc_folio(&mut self, task: usize, at: PageAt, order: Order) -> Option<NodeId> {
        let (policy, place) = self.place_at(task, at, order);
        if place.counter.is_some() {
            self.take_turn(task);
        }
        alloc_pages_mpol(&mut self.memory, policy, place)
    }

    /// Something without an address is allocated for a task: where interleaving goes on.
    pub(crate) fn take_turn(&mut self, task: usize) -> Option<NodeId> {
        let task = &mut self.tasks[task];
        task.interleaving.turn(task.policy, &self.memory.weights)
    }

    /// The policy that a mapping has at a page, if it has one of its own (`__get_vma_policy`).
    pub(crate) fn vma_policy(&self, at: PageAt) -> Option<Mempolicy> {
        let vma = &self.mms[at.mm].vmas[at.vma];
        if vma.is_shmem() { self.objects[vma.object].policy.lookup(vma.slot(at.page)) } else { vma.policy }
    }

    /// `get_vma_policy`: the policy in force at a page for a task.
    pub(crate) fn get_vma_policy(&self, task: usize, at: PageAt) -> Option<Mempolicy> {
        self.vma_policy(at).or(self.tasks[task].policy)
    }

    /// The policy for allocating a page, and what the choice depends on besides. The page cache
    /// belongs to no address.
    pub(crate) fn place_at(&self, task: usize, at: PageAt, order: Order) -> (Option<Mempolicy>, Place) {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (base, pgoff) = match vma.kind {
            RegionKind::Shared { .. } => (self.objects[vma.object].inode, vma.region_page.into()),
            _ => (0, vma.start.0 >> PAGE_SHIFT),
        };
        let own = &self.tasks[task];
        let (policy, counter) = match is_page_cache(vma.kind) {
            true => (own.policy, { own.interleaving }.turn(own.policy, &self.memory.weights)),
            false => (self.get_vma_policy(task, at), None),
        };
        let place = Place {
            cpu_node: self.node_of_task(task),
            index: interleave_index(base, pgoff, at.page.0, order),
            order,
            mems: self.mms[own.mm].mems_allowed,
            counter,
            direct_reclaim: vma.thp == Thp::Madvise,
        };
        (policy, place)
    }

    /// `do_fault` for shared memory (6.12): the page may exist already, then it is only mapped.
    fn do_fault(&mut self, task: usize, at: PageAt, access: Access) -> Ns {
        self.calls.count(Function::DoFault);
        let costs = &self.setup.costs;
        let (first_touch_ns, minor_ns) = (costs.first_touch_ns, costs.wp_fault_ns);
        let vma = &self.mms[at.mm].vmas[at.vma];
        let resident = self.objects[vma.object].node(vma.slot(at.page)).is_some();
        if !resident && !self.alloc_folio(task, at) {
            return Ns::ZERO;
        }
        if access == Access::Read && resident {
            self.do_fault_around(at);
        } else {
            self.map_shared_page(at, access);
        }
        Ns(u64::from(if resident { minor_ns } else { first_touch_ns }))
    }

    /// `do_fault_around` (6.12): a read maps all pages around that are there already.
    fn do_fault_around(&mut self, at: PageAt) {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let slot = vma.slot(at.page);
        let first = slot - slot % FAULT_AROUND_PAGES;
        for slot in first..first + FAULT_AROUND_PAGES {
            let vma = &self.mms[at.mm].vmas[at.vma];
            let Some(page) = vma.page_at(slot) else { continue };
            let range = vma.table_range(page.0, page.0 + 1);
            let absent = !vma.table(range.table).is_present(range.lo);
            if absent && self.objects[vma.object].node(slot).is_some() {
                self.map_shared_page(PageAt { page, ..at }, Access::Read);
            }
        }
    }

    /// Maps a page of shared memory. That of a file is mapped for writing only once it is
    /// written, so that the file system hears of it.
    fn map_shared_page(&mut self, at: PageAt, access: Access) {
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), vma.object);
        let rights = match vma.kind {
            RegionKind::Shared { backing: Backing::PageCache, .. } if access == Access::Read => Access::Read,
            _ => vma.default_access(),
        };
        vma.map(at.page, rights);
        if access == Access::Write && is_page_cache(vma.kind) {
            self.objects[object].set_dirty(slot);
        }
        self.mms[at.mm].rss_pages += 1;
    }

    /// `do_wp_page` (6.12): a write to a read-only entry. A page of its own, or of a shared
    /// mapping, is reused (`wp_page_reuse`), which forgets who last asked for it; the zero page
    /// and pages of others are replaced.
    pub(crate) fn do_wp_page(&mut self, task: usize, at: PageAt) -> Ns {
        self.calls.count(Function::DoWpPage);
        let vma = &mut self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), vma.object);
        let is_zero_page = self.objects[object].node(slot).is_none();
        let is_cow = !vma.is_shared() && self.objects[object].is_had_by_others(slot);
        if is_zero_page || is_cow {
            self.wp_page_copy(task, at);
            return Ns(u64::from(self.setup.costs.first_touch_ns));
        }
        vma.map(at.page, Access::Write);
        self.objects[object].xchg_last_cpupid(slot, LAST_CPUPID_UNSET);
        self.objects[object].set_exclusive(slot);
        if is_page_cache(vma.kind) {
            self.objects[object].set_dirty(slot);
        }
        self.vmstat.pgreuse += 1;
        self.emit(task, EventKind::WriteProtectFault { page: self.page_ref(at) });
        Ns(u64::from(self.setup.costs.wp_fault_ns))
    }

    /// `wp_page_copy`: the process gets a page of its own in place of the zero page, or of one
    /// that somebody else maps too and keeps. That page may be on another node, so threads that
    /// read it notice.
    fn wp_page_copy(&mut self, task: usize, at: PageAt) {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), vma.object);
        let page = Reach::slots(object, slot, slot + 1);
        let others = self.settle_others(task, page);
        self.vmf_anon_prepare(at);
        let was_resident = self.objects[object].node(slot).is_some();
        let was_shared = self.objects[object].is_shared(slot);
        if was_shared {
            self.leave_sharers(object, slot);
        }
        if was_resident {
            self.objects[object].take_out(slot);
        }
        if self.alloc_folio(task, at) {
            self.mms[at.mm].vmas[at.vma].map(at.page, Access::Write);
            self.mms[at.mm].rss_pages += u64::from(!was_resident);
            self.vmstat.nr_anon_pages += u64::from(!was_resident || was_shared);
        }
        self.rearm_others(&others);
    }

    pub(crate) fn page_ref(&self, at: PageAt) -> PageRef {
        PageRef { process: ProcIdx(at.mm as u16), vma: VmaIdx(at.vma as u16), page: PageIdx(at.page.0) }
    }
}

fn is_page_cache(kind: RegionKind) -> bool {
    matches!(kind, RegionKind::Shared { backing: Backing::PageCache, .. })
}
