//! From a page to those who map it (mm/rmap.c, include/linux/mm.h, 6.12).

use alloc::vec::Vec;

use crate::ids::HPAGE_PMD_NR;
use crate::input::Access;
use crate::mm::PageAt;
use crate::mm::family::sharers;
use crate::world::World;

impl World {
    /// `folio_likely_mapped_shared` for a base page or a huge page mapped as one: whether more
    /// than one entry maps it.
    pub(crate) fn folio_likely_mapped_shared(&self, at: PageAt) -> bool {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), &self.objects[vma.object]);
        let (chunk, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
        let folios = object.chunk(chunk);
        if folios.mapped_elsewhere().get(bit) || folios.shared().get(bit) {
            return true;
        }
        object.mappings().len() > 1 && self.mapcount(vma.object, slot) > 1
    }

    /// Entries that map the page of an object.
    fn mapcount(&self, object: usize, slot: u32) -> usize {
        let (chunk, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
        let maps = |&&(mm, vma): &&(usize, usize)| self.mms[mm].vmas[vma].table(chunk).is_present(bit);
        self.objects[object].mappings().iter().filter(maps).count()
    }

    /// `remove_migration_ptes` for the mappings other than `at`: after a page has moved, hint
    /// entries elsewhere are ordinary ones again.
    pub(crate) fn restore_other_mappings(&mut self, at: PageAt) {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), vma.object);
        let (chunk, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
        let objects = &self.objects;
        let all = sharers(objects, object, slot).flat_map(|object| objects[object].mappings());
        let mappings: Vec<(usize, usize)> = all.copied().collect();
        for (mm, index) in mappings {
            let vma = &mut self.mms[mm].vmas[index];
            if (mm, index) == (at.mm, at.vma) || !vma.table(chunk).is_hint(bit) {
                continue;
            }
            // What a fork left shared may only be read.
            let access = if vma.is_shared() { vma.default_access() } else { Access::Read };
            match vma.page_at(slot) {
                _ if vma.table(chunk).is_huge() => vma.restore_huge(chunk, access),
                Some(page) => vma.restore(page, access),
                None => unreachable!("hint entries lie in the region"),
            }
        }
    }

    /// Whether somebody else could notice what happens to the pages of an object.
    pub(crate) fn is_used_by_others(&self, task: usize, object: usize) -> bool {
        let (object, mm) = (&self.objects[object], self.mm_of(task));
        object.mappings().len() > 1 || mm.nr_threads > 1 || !object.relatives().is_empty()
    }

    /// Brings all other running threads that map an object up to now, before something about
    /// its pages changes that they could see.
    pub(crate) fn settle_others(&mut self, task: usize, object: usize) {
        if !self.is_used_by_others(task, object) {
            return;
        }
        for cpu in 0..self.rqs.len() {
            if let Some(other) = self.other_user(task, object, cpu) {
                self.settle(other);
            }
        }
    }

    /// Looks ahead again for all other running threads that map an object, after such a change.
    pub(crate) fn rearm_others(&mut self, task: usize, object: usize) {
        if !self.is_used_by_others(task, object) {
            return;
        }
        for cpu in 0..self.rqs.len() {
            if self.other_user(task, object, cpu).is_some() {
                self.arm(cpu);
            }
        }
    }

    fn other_user(&self, task: usize, object: usize, cpu: usize) -> Option<usize> {
        let other = self.rqs[cpu].curr?;
        let mm = self.tasks[other].mm;
        let in_mm = |object: usize| self.objects[object].mappings().iter().any(|&(of, _)| of == mm);
        let maps = || in_mm(object) || self.objects[object].relatives().iter().any(|&other| in_mm(other));
        (other != task && (mm == self.tasks[task].mm || maps())).then_some(other)
    }
}
