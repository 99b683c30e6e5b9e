//! Costs for comparisons in which time plays no part.

use hintfault::input::{Costs, RemoteAccess};

/// Time is set, not spent: everything costs the least that is something.
pub(crate) const LEAST_COSTS: Costs = Costs {
    local_access_ns: 1,
    remote_access: RemoteAccess::Uniform,
    mark_pte_ns: 1,
    visit_pte_ns: 1,
    visit_empty_pte_ns: 1,
    visit_vma_ns: 1,
    scan_begin_ns: 1,
    scan_window_ns: 1,
    hint_fault_ns: 1,
    migrate_page_ns: 1,
    migrate_huge_page_ns: 1,
    wp_fault_ns: 1,
    first_touch_ns: 1,
    first_touch_huge_ns: 1,
    saturation_threads: 0,
};
