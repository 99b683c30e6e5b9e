//! Pages that are there before a run begins.

use crate::ids::{HPAGE_PMD_NR, PageIdx};
use crate::input::{Access, Populate, Sharing, Thp};
use crate::mm::folio::Object;
use crate::mm::page_alloc::Order;
use crate::mm::vma::Vma;

/// Gives a run of pages memory where they have none and maps them, whole tables at a time.
/// Returns how many pages got memory.
pub(crate) fn populate(vma: &mut Vma, object: &mut Object, run: Populate) -> u64 {
    let before = object.resident();
    let (mut at, end) = (run.first.0, run.first.0 + run.pages);
    while at < end {
        let range = vma.table_range(at, end);
        if range.is_whole() && object.chunk(range.table).is_unused() {
            let tables = ((end - at) / HPAGE_PMD_NR) as usize;
            let fresh = (0..tables).take_while(|&i| object.chunk(range.table + i).is_unused()).count();
            populate_tables(vma, object, run, range.table, range.table + fresh);
            at += fresh as u32 * HPAGE_PMD_NR;
            continue;
        }
        for page in at..at + range.len() {
            populate_page(vma, object, run, PageIdx(page));
        }
        at += range.len();
    }
    u64::from(object.resident() - before)
}

fn populate_tables(vma: &mut Vma, object: &mut Object, run: Populate, lo: usize, hi: usize) {
    let order = match (vma.thp, run.sharing) {
        // Shared memory has base pages, as where the kernel's `shmem_enabled` is "never".
        (Thp::Always | Thp::Madvise, Sharing::Exclusive) if !vma.is_shared() => Order::Huge,
        _ => Order::Base,
    };
    object.populate_chunks(lo, hi, run.node, order);
    vma.map_tables(lo, hi, order);
    if run.sharing == Sharing::MappedElsewhere {
        for slot in lo as u32 * HPAGE_PMD_NR..hi as u32 * HPAGE_PMD_NR {
            if let Some(page) = vma.page_at(slot) {
                share_with_others(vma, object, page);
            }
        }
    }
}

fn populate_page(vma: &mut Vma, object: &mut Object, run: Populate, page: PageIdx) {
    let slot = vma.slot(page);
    if object.node(slot).is_none() {
        object.allocate(slot, run.node);
    }
    vma.map(page, vma.default_access());
    if run.sharing == Sharing::MappedElsewhere {
        share_with_others(vma, object, page);
    }
}

/// Notes that a process outside the scenario maps a page too. In a copy-on-write mapping it may
/// then only be read.
fn share_with_others(vma: &mut Vma, object: &mut Object, page: PageIdx) {
    object.set_mapped_elsewhere(vma.slot(page));
    if !vma.is_shared() {
        vma.map(page, Access::Read);
    }
}
