//! What things cost on the recorded machine.

use hintfault::input::{Costs, RemoteAccess};

/// Read off the recordings: 16,384 pages are marked in 9.60 ms and looked at in 3.92 ms, VMAs
/// that are passed over follow each other every 1.8 us, the first comes 19 us after the tick, a
/// window of 3 pages takes 3.5 us and one of 379 pages, 12 of them present, 15 us longer. A pass
/// that migrates every page takes 30.8 us a page longer than one that does not, of which the
/// recordings' notes give 7.5 us to the fault and 21.5 us to the migration. Memory of all nodes
/// is equally fast.
pub const RECORDED_COSTS: Costs = Costs {
    local_access_ns: 100,
    remote_access: RemoteAccess::Uniform,
    saturation_threads: 0,
    mark_pte_ns: 586,
    visit_pte_ns: 239,
    visit_empty_pte_ns: 34,
    visit_vma_ns: 1800,
    scan_begin_ns: 17_200,
    scan_window_ns: 3500,
    hint_fault_ns: 7500,
    migrate_page_ns: 21_500,
    migrate_huge_page_ns: 2_290_000,
    wp_fault_ns: 1800,
    first_touch_ns: 8000,
    first_touch_huge_ns: 1_400_000,
};

/// What a visit of the recorded program computes, beside the access itself: a loop of two
/// instructions of 2 ns each a unit of `delay`, and the program around it. One-thread runs take
/// 4 `delay` + 133 ns a visit for `delay` 442, + 140 for 976, + 143 for 2426; the part that grows
/// is the tick's. Random places take 35 ns longer.
#[must_use]
pub fn visit_compute_ns(delay: u64, is_random: bool) -> u32 {
    let loop_ns = 4 * delay;
    let visit_ns = loop_ns + loop_ns * 35 / 10_000 + 128 + if is_random { 35 } else { 0 };
    u32::try_from(visit_ns).expect("a short loop") - RECORDED_COSTS.local_access_ns
}
