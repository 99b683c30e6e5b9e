//! Pages that are moved because somebody asks for it (`migrate_pages`, `do_migrate_pages`,
//! `alloc_migration_target_by_mpol`, mm/mempolicy.c; `do_pages_move`, mm/migrate.c; 6.12).

use alloc::vec::Vec;

use crate::ids::{HPAGE_PMD_NR, NodeId, NodeSet, PAGE_SHIFT, PageIdx, VirtAddr};
use crate::input::{MoveFlags, RegionKind};
use crate::mempolicy::Mempolicy;
use crate::mempolicy::alloc::{Place, alloc_pages_mpol};
use crate::mempolicy::mbind::Holes;
use crate::mempolicy::rebind::nodes_remap;
use crate::mm::PageAt;
use crate::mm::page_alloc::Order;
use crate::refusal::Refusal;
use crate::world::World;
use crate::world::policies::effective_mems;

/// The end of all user addresses (`TASK_SIZE`).
const TASK_SIZE: VirtAddr = VirtAddr(1 << 47);

/// Where pages go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// To this node and no other.
    Node(NodeId),
    /// Where this policy has them.
    Policy(Option<Mempolicy>),
}

/// What `move_pages` tells of a page: its node, or an error; none where nothing was told.
pub(crate) type Status = Option<Result<NodeId, PageError>>;

/// Why `move_pages` leaves a page alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PageError {
    /// `ENOENT`: it is not there.
    Absent,
    /// `EFAULT`: nothing is mapped there, or nothing that can move.
    Unmapped,
    /// `EACCES`: others map it too.
    Shared,
}

impl World {
    /// `migrate_pages` for pages of a process, by address. Returns how many could not be moved.
    pub(crate) fn migrate_pages(&mut self, task: usize, mm: usize, pages: &[VirtAddr], target: Target) -> u32 {
        let base = pages.first().map_or(0, |&first| self.index_base(task, mm, first));
        pages.iter().map(|&addr| self.migrate_at(task, mm, addr, target, base)).sum()
    }

    /// What to add to a page's index to come to where interleaving by its address would begin:
    /// exact for the first page that is queued.
    fn index_base(&self, task: usize, mm: usize, first: VirtAddr) -> u64 {
        let Some(at) = self.page_at(mm, first) else { return 0 };
        let order = self.order_at(at);
        let (_, place) = self.place_at(task, at, order);
        place.index.wrapping_sub(self.folio_index(at) >> order.shift())
    }

    #[inline(never)]
    pub(crate) fn page_at(&self, mm: usize, addr: VirtAddr) -> Option<PageAt> {
        self.mms[mm].lookup(addr).map(|(vma, page)| PageAt { mm, vma, page })
    }

    fn order_at(&self, at: PageAt) -> Order {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let is_huge = self.objects[vma.object].chunk(vma.table_of(at.page)).is_huge();
        if is_huge { Order::Huge } else { Order::Base }
    }

    /// `folio.index`: the page of the file, or the page's address.
    fn folio_index(&self, at: PageAt) -> u64 {
        let vma = &self.mms[at.mm].vmas[at.vma];
        if vma.is_shared() { u64::from(vma.region_page + at.page.0) } else { vma.addr(at.page).0 >> PAGE_SHIFT }
    }

    /// Moves the page at an address, a huge one as a whole, or its pages one by one where no huge
    /// page is left. Returns how many could not be moved.
    #[inline(never)]
    fn migrate_at(&mut self, task: usize, mm: usize, addr: VirtAddr, target: Target, base: u64) -> u32 {
        let Some(at) = self.page_at(mm, addr) else { return 1 };
        let order = self.order_at(at);
        if self.migrate_folio(task, at, order, target, base) {
            return 0;
        }
        if order == Order::Base {
            return 1;
        }
        let vma = &self.mms[mm].vmas[at.vma];
        let table = vma.table_of(at.page);
        let head = vma.page_at(table as u32 * HPAGE_PMD_NR).unwrap_or(at.page);
        self.split_huge_pmd(mm, at.vma, table);
        let base_pages = (0..HPAGE_PMD_NR).map(|page| PageAt { page: PageIdx(head.0 + page), ..at });
        base_pages.map(|at| u32::from(!self.migrate_folio(task, at, Order::Base, target, base))).sum()
    }

    /// `migrate_folio_unmap` and `migrate_folio_move` with a fresh page: all mappings move with
    /// it, and hint entries are ordinary ones afterwards. The pages of everybody who runs must
    /// have been settled.
    fn migrate_folio(&mut self, task: usize, at: PageAt, order: Order, target: Target, base: u64) -> bool {
        let Some(to) = self.alloc_migration_target(task, at, order, target, base) else {
            self.vmstat.pgmigrate_fail += order.pages();
            return false;
        };
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (object, slot, table) = (vma.object, vma.slot(at.page), vma.table_of(at.page));
        let from = self.objects[object].node(slot).unwrap_or(to);
        if from != to {
            match order {
                Order::Base => self.in_all_sharers(object, slot, |object| object.migrate(slot, to)),
                Order::Huge => self.in_all_sharers(object, slot, |object| object.migrate_huge(table, to)),
            };
        }
        self.memory.free(from, order.pages());
        self.remove_migration_ptes(object, slot, None);
        self.vmstat.pgmigrate_success += order.pages();
        self.vmstat.thp_migration_success += u64::from(order == Order::Huge);
        true
    }

    /// `alloc_migration_target_by_mpol`, or `alloc_migration_target` for one node.
    fn alloc_migration_target(
        &mut self,
        task: usize,
        at: PageAt,
        order: Order,
        target: Target,
        base: u64,
    ) -> Option<NodeId> {
        let (policy, mems) = match target {
            Target::Policy(policy) => (policy, self.mm_of(task).mems_allowed),
            Target::Node(node) => (Some(Mempolicy::strictly_on(node)), NodeSet::of(&[node])),
        };
        let index = base.wrapping_add(self.folio_index(at) >> order.shift());
        let place =
            Place { cpu_node: self.node_of_task(task), index, order, mems, counter: None, direct_reclaim: true };
        alloc_pages_mpol(&mut self.memory, policy, place)
    }

    /// `do_migrate_pages`: moves what a process has on some nodes to others, source by source in
    /// an order in which no page moves twice. Returns how many could not be moved.
    pub(crate) fn do_migrate_pages(&mut self, task: usize, mm: usize, from: NodeSet, to: NodeSet) -> u32 {
        let (mut left, mut failed) = (from, 0);
        while let Some((source, dest)) = next_pair(left, from, to) {
            left = NodeSet(left.0 & !NodeSet::of(&[source]).0);
            failed += self.migrate_to_node(task, mm, source, dest);
        }
        failed
    }

    /// `migrate_to_node`.
    fn migrate_to_node(&mut self, task: usize, mm: usize, source: NodeId, dest: NodeId) -> u32 {
        let (all, nodes) = ((VirtAddr(0), TASK_SIZE), NodeSet::of(&[source]));
        let queue = self.queue_pages_range(mm, all, nodes, MoveFlags::MOVE_ALL, Holes::Fine);
        let queue = queue.unwrap_or_default();
        queue.failed + self.migrate_pages(task, mm, &queue.pages, Target::Node(dest))
    }

    /// `do_pages_move`: returns the status of each page, and how many were not moved.
    ///
    /// # Errors
    /// A destination that cannot be; pages before it are moved.
    #[inline(never)]
    pub(crate) fn do_pages_move(
        &mut self,
        task: usize,
        mm: usize,
        moves: &[(VirtAddr, Option<NodeId>)],
        flags: MoveFlags,
        status: &mut [Status],
    ) -> Result<u32, Refusal> {
        let (mut start, mut refused) = (0, None);
        let mut batch: Option<(NodeId, Vec<VirtAddr>)> = None;
        for (place, &(addr, node)) in moves.iter().enumerate() {
            let node = match self.check_destination(mm, node) {
                Ok(node) => node,
                Err(rule) => {
                    refused = Some((place, rule));
                    break;
                }
            };
            if batch.as_ref().is_some_and(|(current, _)| *current != node) {
                let failed = self.finish_batch(task, mm, batch.take(), &mut status[start..place]);
                if failed > 0 {
                    return Ok(failed + (moves.len() - place) as u32);
                }
            }
            if batch.is_none() {
                start = place;
            }
            let pages = &mut batch.get_or_insert((node, Vec::new())).1;
            let Some(known) = self.add_folio_for_migration(mm, addr, node, flags) else {
                pages.push(addr);
                continue;
            };
            status[place] = Some(known);
            let failed = self.finish_batch(task, mm, batch.take(), &mut status[start..place]);
            if failed > 0 {
                return Ok(failed + (moves.len() - place) as u32 - 1);
            }
        }
        let end = refused.map_or(moves.len(), |(place, _)| place);
        let failed = self.finish_batch(task, mm, batch.take(), &mut status[start..end]);
        match refused {
            Some((_, rule)) => Err(rule),
            None => Ok(failed),
        }
    }

    /// The tests of a destination.
    fn check_destination(&self, mm: usize, node: Option<NodeId>) -> Result<NodeId, Refusal> {
        let with_memory = node.filter(|&node| self.memory.nodes().contains(node));
        let node = with_memory.ok_or(Refusal::DestinationWithoutMemory)?;
        let allowed = self.mms[mm].mems_allowed.contains(node);
        if allowed { Ok(node) } else { Err(Refusal::DestinationOutsideCpuset) }
    }

    /// `move_pages_and_store_status`: returns how many could not be moved.
    fn finish_batch(
        &mut self,
        task: usize,
        mm: usize,
        batch: Option<(NodeId, Vec<VirtAddr>)>,
        status: &mut [Status],
    ) -> u32 {
        let Some((node, pages)) = batch.filter(|(_, pages)| !pages.is_empty()) else { return 0 };
        let failed = self.migrate_pages(task, mm, &pages, Target::Node(node));
        if failed == 0 {
            status.fill(Some(Ok(node)));
        }
        failed
    }

    /// `add_folio_for_migration`: none for a page to be moved, else what is told of it.
    fn add_folio_for_migration(
        &self,
        mm: usize,
        addr: VirtAddr,
        node: NodeId,
        flags: MoveFlags,
    ) -> Option<Result<NodeId, PageError>> {
        match self.page_status(mm, addr) {
            Ok((_, at)) if at == node => Some(Ok(node)),
            Ok((at, _)) => {
                let stays = !flags.has(MoveFlags::MOVE_ALL) && self.folio_likely_mapped_shared(at);
                stays.then_some(Err(PageError::Shared))
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// What `move_pages` without destinations tells of a page.
    pub(crate) fn page_status(&self, mm: usize, addr: VirtAddr) -> Result<(PageAt, NodeId), PageError> {
        let at = self.page_at(mm, addr).ok_or(PageError::Unmapped)?;
        let vma = &self.mms[mm].vmas[at.vma];
        if vma.kind == RegionKind::Unmigratable {
            return Err(PageError::Unmapped);
        }
        let range = vma.table_range(at.page.0, at.page.0 + 1);
        if !vma.table(range.table).is_present(range.lo) {
            return Err(PageError::Absent);
        }
        let node = self.objects[vma.object].node(vma.slot(at.page));
        node.map(|node| (at, node)).ok_or(PageError::Unmapped)
    }

    /// The cpuset of a process has other nodes from now on: policies are bound anew, and pages
    /// move along (`cpuset_attach`, kernel/cgroup/cpuset.c).
    #[inline(never)]
    pub(crate) fn set_mems_allowed(&mut self, task: usize, mm: usize, mems: NodeSet) {
        let new = effective_mems(mems, self.memory.nodes());
        let old = core::mem::replace(&mut self.mms[mm].mems_allowed, new);
        if old == new {
            return;
        }
        for task in self.tasks.iter_mut().filter(|task| task.mm == mm) {
            task.policy.iter_mut().for_each(|policy| policy.rebind(new));
        }
        for vma in &mut self.mms[mm].vmas {
            vma.policy.iter_mut().for_each(|policy| policy.rebind(new));
        }
        self.do_migrate_pages(task, mm, old, new);
    }
}

/// The next pair of nodes: one whose destination is no source any more, else the last.
fn next_pair(left: NodeSet, from: NodeSet, to: NodeSet) -> Option<(NodeId, NodeId)> {
    let mut last = None;
    for source in left.iter() {
        if from.len() != to.len() && to.contains(source) {
            continue;
        }
        let image = nodes_remap(NodeSet::of(&[source]), from, to);
        let Some(dest) = image.iter().next().filter(|&dest| dest != source) else { continue };
        last = Some((source, dest));
        if !left.contains(dest) {
            break;
        }
    }
    last
}
