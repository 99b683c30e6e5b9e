//! What things cost by default. `docs/scenario-format.md` names the source of each figure and
//! says which are estimates.

use hintfault::input;

use crate::document::Costs;

/// One cache line from local memory that no cache holds.
const LOCAL_LINE_NS: u32 = 90;
/// Cache lines that a workload touches on a visit of a page: a quarter of its 64.
const LINES_PER_VISIT: u32 = 16;

impl Costs {
    /// The defaults: a current server with two sockets.
    pub const CURRENT_SERVER: input::Costs = input::Costs {
        local_access_ns: LOCAL_LINE_NS * LINES_PER_VISIT,
        remote_access: input::RemoteAccess::ByDistance,
        mark_pte_ns: 17,
        visit_pte_ns: 5,
        visit_empty_pte_ns: 1,
        visit_vma_ns: 200,
        scan_begin_ns: 1_000,
        scan_window_ns: 1_000,
        hint_fault_ns: 1_000,
        migrate_page_ns: 4_000,
        migrate_huge_page_ns: 250_000,
        wp_fault_ns: 700,
        first_touch_ns: 1_000,
        first_touch_huge_ns: 100_000,
        saturation_threads: 0,
    };
}
