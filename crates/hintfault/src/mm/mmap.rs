//! Splitting and joining mappings (`vma_modify`, `vma_merge_existing_range`, mm/vma.c;
//! `anon_vma_prepare`, mm/rmap.c; 6.12). Pages stay where they are: all parts of a region map
//! the same object, each its own range of it.

use alloc::vec::Vec;

use crate::ids::{HPAGE_PMD_NR, PageIdx, VirtAddr};
use crate::mempolicy::{Mempolicy, mpol_equal};
use crate::mm::vma::{AnonVma, Vma};
use crate::mm::{Mm, PageAt};
use crate::numab::scan::Stage;
use crate::sched::task::Activity;
use crate::world::World;

impl Mm {
    /// `anon_vma_prepare`: gives a private mapping an `anon_vma`, that of a neighbour if it may
    /// be used (`find_mergeable_anon_vma`).
    pub(crate) fn anon_vma_prepare(&mut self, place: usize) {
        let vma = &self.vmas[place];
        if vma.is_shared() || vma.anon_vma.is_some() {
            return;
        }
        let reusable = |other: usize| {
            let (lo, hi) = (&self.vmas[place.min(other)], self.vmas.get(place.max(other))?);
            let alike = are_neighbours(lo, hi) && mpol_equal(lo.policy, hi.policy);
            self.vmas[other].anon_vma.filter(|anon_vma| alike && !anon_vma.forked)
        };
        let before = || place.checked_sub(1).and_then(reusable);
        let found = reusable(place + 1).or_else(before);
        self.anon_vmas += u32::from(found.is_none());
        let id = self.anon_vmas;
        self.vmas[place].anon_vma = found.or(Some(AnonVma { id, forked: false }));
    }

    /// Whether the neighbour `other` can take in a part of `vma` that gets this policy.
    fn can_vma_merge(&self, vma: usize, other: usize, policy: Option<Mempolicy>) -> bool {
        let (lo, hi) = (&self.vmas[vma.min(other)], &self.vmas[vma.max(other)]);
        let fits = is_mergeable_anon_vma(self.vmas[vma].anon_vma, self.vmas[other].anon_vma);
        are_neighbours(lo, hi) && mpol_equal(self.vmas[other].policy, policy) && fits
    }

    /// `vma_modify_policy`: makes `start..end` of a VMA one that can get another policy, joined
    /// with those beside it that have that policy already. Returns its place.
    fn vma_modify_policy(&mut self, at: usize, start: VirtAddr, end: VirtAddr, policy: Option<Mempolicy>) -> usize {
        let (from_start, to_end) = (start == self.vmas[at].start, end == self.vmas[at].end());
        let left = from_start && at > 0 && self.can_vma_merge(at, at - 1, policy);
        let mut right = to_end && at + 1 < self.vmas.len() && self.can_vma_merge(at, at + 1, policy);
        if left && right {
            let (prev, next) = (self.vmas[at - 1].anon_vma, self.vmas[at + 1].anon_vma);
            right = prev.is_none() || next.is_none() || prev == next;
        }
        // What is split off is a fresh VMA, which the scanner has not seen; one that only gives
        // a part away stays what it is.
        let joins = left || right;
        let mut at = at;
        if !from_start {
            let whole = &mut self.vmas[at];
            let pages = start.pages_since(whole.start) as u32;
            let part = whole.split_off(pages);
            whole.forget_scans_unless(joins);
            at += 1;
            self.vmas.insert(at, part);
        }
        if !to_end {
            let part = &mut self.vmas[at];
            let mut rest = part.split_off(end.pages_since(start) as u32);
            rest.forget_scans_unless(joins);
            self.vmas.insert(at + 1, rest);
        }
        if left {
            self.join_next(at - 1, at - 1);
            at -= 1;
        }
        if right {
            let survivor = if left { at } else { at + 1 };
            self.join_next(at, survivor);
        }
        at
    }

    /// Makes two neighbours one, which goes on as one of them.
    fn join_next(&mut self, at: usize, survivor: usize) {
        let next = self.vmas.remove(at + 1);
        let vma = &mut self.vmas[at];
        vma.join(&next);
        vma.anon_vma = vma.anon_vma.or(next.anon_vma);
        if survivor > at {
            (vma.policy, vma.numab) = (next.policy, next.numab);
            (vma.last_skip, vma.last_window) = (next.last_skip, next.last_window);
        }
    }
}

/// Whether two VMAs are parts of one region that follow each other.
fn are_neighbours(lo: &Vma, hi: &Vma) -> bool {
    lo.region == hi.region && lo.region_page + lo.pages == hi.region_page
}

/// `is_mergeable_anon_vma`: what is changed against the neighbour that would take it in.
fn is_mergeable_anon_vma(changed: Option<AnonVma>, neighbour: Option<AnonVma>) -> bool {
    changed == neighbour || (changed.is_none() && neighbour.is_some_and(|anon_vma| !anon_vma.forked))
}

impl World {
    /// [`Mm::vma_modify_policy`], with all that stands in the way or points at the VMAs.
    pub(crate) fn vma_modify_policy(
        &mut self,
        mm: usize,
        vma: usize,
        (start, end): (VirtAddr, VirtAddr),
        policy: Option<Mempolicy>,
    ) -> usize {
        for cut in [start, end] {
            self.vma_adjust_trans_huge(mm, vma, cut);
        }
        let scans = self.scan_places(mm);
        let at = self.mms[mm].vma_modify_policy(vma, start, end, policy);
        self.find_scan_places(mm, &scans);
        self.map_objects_anew(mm);
        at
    }

    /// `vma_adjust_trans_huge`: a huge page that a cut goes through is split.
    fn vma_adjust_trans_huge(&mut self, mm: usize, vma: usize, cut: VirtAddr) {
        let of = &self.mms[mm].vmas[vma];
        if cut <= of.start || cut >= of.end() {
            return;
        }
        let slot = of.slot(PageIdx(cut.pages_since(of.start) as u32));
        let table = (slot / HPAGE_PMD_NR) as usize;
        if !slot.is_multiple_of(HPAGE_PMD_NR) && of.table(table).is_huge() {
            self.split_huge_pmd(mm, vma, table);
        }
    }

    /// Notes anew who maps the objects of a process.
    fn map_objects_anew(&mut self, mm: usize) {
        for vma in &self.mms[mm].vmas {
            self.objects[vma.object].remove_mappings(mm);
        }
        for (place, vma) in self.mms[mm].vmas.iter().enumerate() {
            self.objects[vma.object].add_mapping(mm, place);
        }
    }

    /// Where in an address space scans are. The kernel would let them end first.
    fn scan_places(&self, mm: usize) -> Vec<(usize, VirtAddr)> {
        let place = |(index, task): (usize, &crate::sched::task::Task)| {
            let Activity::Scan(work) = &task.exec.activity else { return None };
            let addr = match work.stage {
                Stage::Enter(vma) => self.mms[mm].vmas.get(vma)?.start,
                Stage::Window(window) if window.at < window.end => window.at,
                Stage::Window(window) => VirtAddr(window.end.0 - 1),
                Stage::Retry | Stage::Out(_) => return None,
            };
            Some((index, addr))
        };
        self.tasks.iter().enumerate().filter(|(_, task)| task.mm == mm).filter_map(place).collect()
    }

    fn find_scan_places(&mut self, mm: usize, scans: &[(usize, VirtAddr)]) {
        for &(task, addr) in scans {
            let found = self.mms[mm].find_vma(addr);
            let Activity::Scan(work) = &mut self.tasks[task].exec.activity else { continue };
            match (&mut work.stage, found) {
                (Stage::Enter(vma), Some(found)) => *vma = found,
                (Stage::Window(window), Some(found)) => {
                    window.vma = found;
                    window.end = window.end.min(self.mms[mm].vmas[found].end());
                }
                _ => {}
            }
        }
    }

    /// `anon_vma_prepare` for a fault.
    pub(crate) fn vmf_anon_prepare(&mut self, at: PageAt) {
        self.mms[at.mm].anon_vma_prepare(at.vma);
    }
}
