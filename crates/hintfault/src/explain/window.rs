//! Why a window ended, and why an entry in it was marked or left.

use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, Verdict};
use crate::ids::{HPAGE_PMD_NR, NodeId, PageIdx};
use crate::mm::bits::Bits512;
use crate::mm::mprotect::{NUMA_BALANCING_NORMAL, PteRule, change_huge_pmd, has_file_lru_folios, is_cow_mapping};
use crate::mm::vma::TableRange;
use crate::numab::scan::ScanWork;
use crate::numab::scan_window::OpenWindow;
use crate::world::World;

impl World {
    /// How a scan goes on at the end of a window.
    #[inline]
    pub(crate) fn explain_window(&self, task: usize, work: &ScanWork, window: OpenWindow, chain: &mut Chain) -> End {
        let crossed = window.end.pages_since(window.start) as i64;
        let charged = if window.updated > 0 { crossed } else { 0 };
        let left = [work.pages - charged, work.virtpages - crossed];
        let end = self.mm_of(task).vmas[window.vma].end();
        if chain.ask(Test::PagesLeft, left[0] > 0, &[Value::Signed(left[0]), Value::Count(0)])
            && chain.ask(Test::CrossingLeft, left[1] > 0, &[Value::Signed(left[1]), Value::Count(0)])
        {
            chain.ask(Test::MappingDone, window.end == end, &[window.end, end].map(Value::Address));
        }
        (Verdict::Window(window.updated), Next::new(Change::ScanGoesOn, &[Value::Address(window.end)]))
    }

    /// Why the entry of one page became a hint entry or did not, asked of the world just before
    /// a scan comes to its page table. `window` says which part of the table is scanned.
    #[inline]
    pub(crate) fn explain_entry(
        &self,
        task: usize,
        vma: usize,
        page: PageIdx,
        window: Option<OpenWindow>,
        chain: &mut Chain,
    ) -> End {
        let mm = self.mm_of(task);
        let of = &mm.vmas[vma];
        let slot = of.slot(page);
        let (table, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
        let is_whole = window.is_none_or(|window| {
            let Some(first) = u64::from(page.0).checked_sub(bit.into()) else { return false };
            let (at, end) = (window.at.pages_since(of.start), window.end.pages_since(of.start));
            at <= first && first + u64::from(HPAGE_PMD_NR) <= end
        });
        if of.table(table).is_huge() && is_whole && of.covers_table(table) {
            return self.explain_huge_entry(task, vma, table, chain);
        }
        let (markable, target) = (self.markable(), self.scan_target_node(task, vma));
        let object = &self.objects[of.object];
        let mut entry = Bits512::range(bit, bit + 1);
        for rule in PteRule::ALL {
            entry = rule.narrow(entry, of, object, table, target, markable);
            let (test, operands) = self.pte_rule(rule, task, vma, slot, target);
            if chain.ask(test, entry.is_empty(), &operands[..]) {
                return (Verdict::Kept, next_of_rule(rule, self.node_of_task(task)));
            }
        }
        (Verdict::Marked, Next::new(Change::PageTouched, &[]))
    }

    #[inline]
    fn pte_rule(
        &self,
        rule: PteRule,
        task: usize,
        vma: usize,
        slot: u32,
        target: Option<NodeId>,
    ) -> (Test, alloc::vec::Vec<Value>) {
        let of = &self.mm_of(task).vmas[vma];
        let (table, bit) = (of.table((slot / HPAGE_PMD_NR) as usize), slot % HPAGE_PMD_NR);
        let object = &self.objects[of.object];
        let flags = |flags: &[bool]| flags.iter().map(|&flag| Value::Flag(flag)).collect();
        match rule {
            PteRule::Empty => (Test::EntryEmpty, flags(&[!table.is_present(bit)])),
            PteRule::AlreadyHint => (Test::AlreadyHint, flags(&[table.is_hint(bit)])),
            PteRule::ZeroPage => (Test::ZeroPage, flags(&[object.node(slot).is_none()])),
            PteRule::SharedCow => (Test::SharedCow, flags(&[is_cow_mapping(of), object.is_had_by_others(slot)])),
            PteRule::DirtyPage => (Test::DirtyPage, flags(&[has_file_lru_folios(of), object.is_dirty(slot)])),
            PteRule::OnTargetNode => (Test::OnTargetNode, [object.node(slot), target].map(Value::node).to_vec()),
            PteRule::NormalModeOff => (Test::NormalModeOff, self.normal_mode().to_vec()),
        }
    }

    #[inline]
    fn normal_mode(&self) -> [Value; 2] {
        [Value::Count((self.sysctl.numa_balancing & NUMA_BALANCING_NORMAL).into()), Value::Count(0)]
    }

    #[inline]
    fn explain_huge_entry(&self, task: usize, vma: usize, table: usize, chain: &mut Chain) -> End {
        let of = &self.mm_of(task).vmas[vma];
        let whole = TableRange { table, lo: 0, hi: HPAGE_PMD_NR };
        let marked = change_huge_pmd(of, &self.objects[of.object], whole, self.markable()).updated > 0;
        if chain.is(Test::HugeAlreadyHint, !of.table(table).hint().is_empty()) {
            return (Verdict::Kept, Next::new(Change::PageTouched, &[]));
        }
        if chain.ask(Test::HugeNormalModeOff, !marked, &self.normal_mode()) {
            return (Verdict::Kept, Next::new(Change::BalancingTurnedOn, &[]));
        }
        (Verdict::Marked, Next::new(Change::PageTouched, &[]))
    }
}

#[inline]
fn next_of_rule(rule: PteRule, cpu_node: NodeId) -> Option<Next> {
    match rule {
        PteRule::Empty | PteRule::AlreadyHint | PteRule::ZeroPage => Next::new(Change::PageTouched, &[]),
        PteRule::SharedCow | PteRule::DirtyPage => Next::new(Change::FilePageMovable, &[]),
        PteRule::OnTargetNode => Next::new(Change::RunsElsewhere, &[Value::Node(cpu_node)]),
        PteRule::NormalModeOff => Next::new(Change::BalancingTurnedOn, &[]),
    }
}
