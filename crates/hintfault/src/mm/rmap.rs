//! From a page to those who map it (mm/rmap.c, include/linux/mm.h, 6.12).

use alloc::vec::Vec;

use crate::ids::HPAGE_PMD_NR;
use crate::input::Access;
use crate::mm::PageAt;
use crate::mm::family::sharers;
use crate::mm::page_alloc::Order;
use crate::workload::reach::Reach;
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

    /// `remove_migration_ptes` for the mappings other than `except`: after a page has moved, hint
    /// entries are ordinary ones again.
    pub(crate) fn remove_migration_ptes(&mut self, object: usize, slot: u32, except: Option<(usize, usize)>) {
        let (chunk, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
        let objects = &self.objects;
        let all = sharers(objects, object, slot).flat_map(|object| objects[object].mappings());
        let mappings: Vec<(usize, usize)> = all.copied().collect();
        for (mm, index) in mappings {
            let vma = &mut self.mms[mm].vmas[index];
            if Some((mm, index)) == except || !vma.table(chunk).is_hint(bit) {
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

    /// Brings all other running threads that are about to use some pages up to now, before
    /// something about these pages changes that they could see. Returns their CPUs, which have
    /// to look ahead again afterwards.
    #[must_use]
    pub(crate) fn settle_others(&mut self, task: usize, pages: Reach) -> Vec<usize> {
        let cpus = self.outlook.others(self.tasks[task].cpu, pages);
        for &cpu in &cpus {
            if let Some(other) = self.rqs[cpu].curr {
                self.settle(other);
            }
        }
        cpus
    }

    /// [`World::settle_others`] for a page of an object, or a huge page, and whoever else has it
    /// since a fork.
    pub(crate) fn settle_sharers(&mut self, task: usize, object: usize, lo: u32, order: Order) -> Vec<usize> {
        if self.objects[object].relatives().is_empty() {
            return self.settle_others(task, Reach::slots(object, lo, lo + order.pages() as u32));
        }
        let objects: Vec<usize> = sharers(&self.objects, object, lo).collect();
        let mut cpus = Vec::new();
        for object in objects {
            cpus.extend(self.settle_others(task, Reach::slots(object, lo, lo + order.pages() as u32)));
        }
        cpus
    }

    /// Looks ahead again for the threads of [`World::settle_others`], after such a change.
    pub(crate) fn rearm_others(&mut self, cpus: &[usize]) {
        for &cpu in cpus {
            self.arm(cpu);
        }
    }
}
