//! Slow memory: which of its pages are hot enough to be moved to the node of a CPU
//! (`should_numa_migrate_memory`, `numa_promotion_adjust_threshold`, `numa_promotion_rate_limit`;
//! kernel/sched/fair.c, 6.12). Scenarios have no slow memory yet; the conformance suite has.

use alloc::vec;
use alloc::vec::Vec;

use crate::event::FaultVerdict;
use crate::ids::{NodeId, NodeSet};
use crate::mm::bits::Bits512;
use crate::mm::folio::LAST_CPUPID_UNSET;
use crate::numab::fault::MigrationQuestion;
use crate::world::World;

/// `sysctl_numa_balancing_mode` bit that moves hot pages of slow memory to fast memory.
const NUMA_BALANCING_MEMORY_TIERING: u8 = 2;
/// Pages in a MiB, as a shift: rates are given in MB a second.
const PAGES_PER_MB_SHIFT: u32 = 8;

/// Settings of promotion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TieringKnobs {
    /// `hot_threshold_ms`.
    pub hot_threshold_ms: u32,
    /// `numa_balancing_promote_rate_limit_MBps`.
    pub promote_rate_limit_mbps: u32,
}

/// What promotion remembers.
#[derive(Clone, Debug)]
pub(crate) struct Tiering {
    knobs: TieringKnobs,
    /// By node number.
    nodes: Vec<NodePromotion>,
}

/// `pglist_data.nbp_*` of a node that pages are promoted to, and its `pgpromote_candidate`.
#[derive(Clone, Copy, Debug, Default)]
struct NodePromotion {
    candidates: u64,
    rl_start_ms: u32,
    rl_candidates: u64,
    /// 0 stands for the hot threshold.
    threshold_ms: u32,
    th_start_ms: u32,
    th_candidates: u64,
}

impl NodePromotion {
    /// `numa_promotion_adjust_threshold`.
    fn adjust_threshold(&mut self, now_ms: u32, scan_period_max_ms: u32, rate_limit: u64, hot_threshold_ms: u32) {
        const STEPS: u32 = 16;
        if now_ms.wrapping_sub(self.th_start_ms) <= scan_period_max_ms {
            return;
        }
        let reference = rate_limit * u64::from(scan_period_max_ms) / 1000;
        let seen = self.candidates - self.th_candidates;
        let unit = hot_threshold_ms * 2 / STEPS;
        let mut threshold_ms = if self.threshold_ms == 0 { hot_threshold_ms } else { self.threshold_ms };
        if seen > reference * 11 / 10 {
            threshold_ms = threshold_ms.saturating_sub(unit).max(unit);
        } else if seen < reference * 9 / 10 {
            threshold_ms = (threshold_ms + unit).min(hot_threshold_ms * 2);
        }
        *self = Self { threshold_ms, th_start_ms: now_ms, th_candidates: self.candidates, ..*self };
    }

    /// `numa_promotion_rate_limit`: whether this is one candidate too many.
    fn is_over_limit(&mut self, now_ms: u32, rate_limit: u64, pages: u64) -> bool {
        self.candidates += pages;
        if now_ms.wrapping_sub(self.rl_start_ms) > 1000 {
            self.rl_start_ms = now_ms;
            self.rl_candidates = self.candidates;
        }
        self.candidates - self.rl_candidates >= rate_limit
    }
}

impl World {
    /// Makes nodes slow ones (not `node_is_toptier`), and says how their pages are promoted. The
    /// first interval for adjusting the threshold begins now, as when the mode is switched on.
    pub fn set_slow_nodes(&mut self, nodes: NodeSet, knobs: TieringKnobs) {
        let fresh = NodePromotion { th_start_ms: self.access_time_ms(), ..NodePromotion::default() };
        self.slow_nodes = nodes;
        self.tiering = Some(Tiering { knobs, nodes: vec![fresh; self.setup.topology.nr_node_ids()] });
    }

    /// Whether a page is on a slow node whose accesses are timed.
    pub(crate) fn is_access_timed(&self, node: NodeId) -> bool {
        self.sysctl.numa_balancing & NUMA_BALANCING_MEMORY_TIERING != 0 && self.slow_nodes.contains(node)
    }

    /// `jiffies_to_msecs(jiffies)`, the time that is stored for slow pages.
    fn access_time_ms(&self) -> u32 {
        (self.jiffies().0 * (self.hz().tick_ns() / 1_000_000)) as u32
    }

    /// The scanner notes when it marked pages of slow nodes (`folio_xchg_access_time`).
    pub(crate) fn note_scan_time(&mut self, object: usize, table: usize, entries: &Bits512) {
        let now = self.access_time_ms() & LAST_CPUPID_UNSET;
        let first = table as u32 * crate::ids::HPAGE_PMD_NR;
        let slots: Vec<u32> = entries.ones().map(|bit| first + bit).collect();
        for slot in slots {
            if self.objects[object].node(slot).is_some_and(|node| self.is_access_timed(node)) {
                self.objects[object].xchg_last_cpupid(slot, now);
            }
        }
    }

    /// The tests of `should_numa_migrate_memory` for a page whose accesses are timed; none leaves
    /// it to the normal ones.
    pub(crate) fn should_promote(&mut self, q: MigrationQuestion, pages: u64) -> Option<Result<(), FaultVerdict>> {
        if !self.is_access_timed(q.src_nid) {
            return None;
        }
        let has_room = self.pgdat_free_space_enough(q.dst_nid);
        let (now_ms, scan_period_max_ms) = (self.access_time_ms(), self.sysctl.scan_period_max_ms);
        let Tiering { knobs, nodes } = self.tiering.as_mut()?;
        let node = &mut nodes[q.dst_nid.index()];
        if has_room {
            node.threshold_ms = 0;
            return Some(Ok(()));
        }
        let rate_limit = u64::from(knobs.promote_rate_limit_mbps.wrapping_shl(PAGES_PER_MB_SHIFT));
        node.adjust_threshold(now_ms, scan_period_max_ms, rate_limit, knobs.hot_threshold_ms);
        let threshold_ms = if node.threshold_ms == 0 { knobs.hot_threshold_ms } else { node.threshold_ms };
        let latency_ms = now_ms.wrapping_sub(q.last_cpupid) & LAST_CPUPID_UNSET;
        if latency_ms >= threshold_ms || node.is_over_limit(now_ms, rate_limit, pages) {
            return Some(Err(FaultVerdict::SlowTierFirst));
        }
        Some(Ok(()))
    }

    /// What a fault on a slow page stores: the time where accesses are timed.
    pub(crate) fn access_note(&self, node: NodeId) -> Option<u32> {
        self.is_access_timed(node).then(|| self.access_time_ms() & LAST_CPUPID_UNSET)
    }

    /// `pgdat_free_space_enough`.
    fn pgdat_free_space_enough(&self, node: NodeId) -> bool {
        const ENOUGH_PAGES: u64 = 1 << 18;
        let enough = ENOUGH_PAGES.max(self.memory.present_pages(node) >> 4);
        self.memory.is_above_promo(node, enough)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_follows_the_worked_example() {
        let (rate_limit, period_ms, hot_ms) = (25_600, 60_000, 1000);
        let mut node = NodePromotion::default();
        let steps = [(2_000_000, 875), (2_000_000, 750), (1_500_000, 750), (1_000_000, 875), (2_000_000, 750)];
        for (round, (candidates, expected)) in (1..).zip(steps) {
            node.candidates += candidates;
            node.adjust_threshold(round * (period_ms + 1), period_ms, rate_limit, hot_ms);
            assert_eq!(node.threshold_ms, expected, "round {round}");
        }
    }

    #[test]
    fn the_threshold_changes_once_a_period() {
        let mut node = NodePromotion { threshold_ms: 500, th_start_ms: 1000, ..NodePromotion::default() };
        node.adjust_threshold(61_000, 60_000, 25_600, 1000);
        assert_eq!(node.threshold_ms, 500);
        node.adjust_threshold(61_001, 60_000, 25_600, 1000);
        assert_eq!((node.threshold_ms, node.th_start_ms), (625, 61_001));
    }

    #[test]
    fn a_window_lets_as_many_pages_pass_as_the_limit_says() {
        let mut node = NodePromotion::default();
        assert!(!node.is_over_limit(2000, 3, 1), "the first of a window is not counted in it");
        let passed = (0..9).filter(|_| !node.is_over_limit(2500, 3, 1)).count();
        assert_eq!(passed, 2);
        assert!(!node.is_over_limit(3001, 3, 1), "a new window");
    }
}
