//! Copying an address space (`dup_mmap`, kernel/fork.c; `copy_page_range`, mm/memory.c; 6.12).

use crate::mm::Mm;
use crate::mm::vma::Vma;
use crate::time::Ns;
use crate::world::World;

impl World {
    /// Gives a process that is born by a fork the mappings of its parent. Private pages belong to
    /// both, and neither may write them any more. Returns how long copying the entries takes.
    pub(crate) fn dup_mm(&mut self, parent: usize, child: usize) -> Ns {
        assert!(self.mms[child].vmas.is_empty(), "the child has mappings already");
        let mut entries = 0;
        for place in 0..self.mms[parent].vmas.len() {
            let vma = &self.mms[parent].vmas[place];
            let shared = vma.is_shared();
            let (object, present) = (vma.object, vma.present_pages());
            entries += if shared { 0 } else { u64::from(present) };
            let before = place.checked_sub(1).filter(|&before| self.mms[parent].vmas[before].object == object);
            let object = match before {
                _ if shared => object,
                // Another part of the same region.
                Some(before) => self.mms[child].vmas[before].object,
                None => self.share_object(object),
            };
            self.objects[object].add_mapping(child, place);
            let mut copy = self.mms[parent].vmas[place].dup(object);
            if let Some(anon_vma) = &mut copy.anon_vma {
                anon_vma.id = place as u32;
            }
            self.mms[child].vmas.push(copy);
        }
        let rss_pages = self.mms[child].vmas.iter().map(|vma| self.resident_of(vma)).sum();
        let Mm { numa_next_scan, numa_scan_offset, numa_scan_seq, mems_allowed, .. } = self.mms[parent];
        let mm = &mut self.mms[child];
        (mm.numa_next_scan, mm.numa_scan_offset, mm.numa_scan_seq) = (numa_next_scan, numa_scan_offset, numa_scan_seq);
        (mm.mm_users, mm.nr_threads, mm.rss_pages) = (1, 1, rss_pages);
        (mm.mems_allowed, mm.anon_vmas) = (mems_allowed, mm.vmas.len() as u32);
        Ns(entries * u64::from(self.setup.costs.visit_pte_ns))
    }

    /// Pages with memory that a fresh copy of a private mapping maps.
    fn resident_of(&self, vma: &Vma) -> u64 {
        if vma.is_shared() || vma.region_page > 0 { 0 } else { u64::from(self.objects[vma.object].resident()) }
    }
}
