//! Where a page got its memory, and what a write to a read-only entry did.

use crate::event::PageRef;
use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, PolicyOf, Verdict};
use crate::ids::NodeId;
use crate::input::Thp;
use crate::mempolicy::alloc::requests;
use crate::mempolicy::vma_policy_mof;
use crate::mm::PageAt;
use crate::mm::page_alloc::{Mark, Order, Request};
use crate::world::World;

impl World {
    /// The chain of a fault that gives a page memory, asked of the world just before it.
    #[inline]
    pub(crate) fn explain_first_touch(&self, task: usize, page: PageRef, chain: &mut Chain) -> End {
        let at = page.at();
        self.ask_fault_kind(at, chain);
        let (wants, order) = self.ask_huge(at, chain);
        if wants && let Some(node) = self.ask_alloc(task, at, order, chain) {
            return self.touched(task, at, node);
        }
        match self.ask_alloc(task, at, Order::Base, chain) {
            Some(node) => self.touched(task, at, node),
            None => (Verdict::OutOfMemory, next_of_shortage(chain)),
        }
    }

    /// Names the policy that chose the node. Without balancing it also holds the page there.
    #[inline]
    fn touched(&self, task: usize, at: PageAt, node: NodeId) -> End {
        let moves = Next::new(Change::FaultFromElsewhere, &[Value::Node(node)]);
        let Some(policy) = self.place_at(task, at, Order::Base).0 else { return (Verdict::Touched(node), moves) };
        let of = if self.vma_policy(at) == Some(policy) { PolicyOf::Mapping } else { PolicyOf::Task };
        let next = if vma_policy_mof(self.get_vma_policy(task, at)) {
            moves
        } else {
            Next::new(Change::PolicyWithBalancing, &[])
        };
        (Verdict::TouchedUnder(node, of, policy.mode), next)
    }

    /// The chain of `do_wp_page` for a page that is used again.
    #[inline]
    pub(crate) fn explain_reuse(&self, page: PageRef, chain: &mut Chain) -> End {
        self.ask_fault_kind(page.at(), chain);
        (Verdict::Reused, Next::new(Change::PageShared, &[]))
    }

    /// Which fault it is.
    #[inline]
    fn ask_fault_kind(&self, at: PageAt, chain: &mut Chain) {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), &self.objects[vma.object]);
        let range = vma.table_range(at.page.0, at.page.0 + 1);
        if chain.is(Test::PageAbsent, !vma.table(range.table).is_present(range.lo)) {
            if vma.is_shared() {
                chain.is(Test::SharedPageExists, object.node(slot).is_some());
            }
            return;
        }
        if !chain.is(Test::WriteZeroPage, object.node(slot).is_none()) {
            let (private, elsewhere) = (!vma.is_shared(), object.is_had_by_others(slot));
            chain.ask(Test::WriteSharedCow, private && elsewhere, &[private, elsewhere].map(Value::Flag));
        }
    }

    /// Whether a huge page is tried first.
    #[inline]
    fn ask_huge(&self, at: PageAt, chain: &mut Chain) -> (bool, Order) {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let table = vma.table_of(at.page);
        let range = vma.table_range(at.page.0, at.page.0 + 1);
        if vma.table(table).is_present(range.lo) || vma.is_shared() {
            return (false, Order::Base);
        }
        let fits = vma.covers_table(table);
        let flags = [vma.thp != Thp::Never, !vma.is_shared(), fits, vma.table(table).is_empty()];
        let wants = self.wants_huge_page(at);
        chain.ask(Test::HugePageFits, wants, &flags.map(Value::Flag));
        (wants, Order::Huge)
    }

    /// The walk over the fallback list. Returns where a page is found.
    #[inline]
    fn ask_alloc(&self, task: usize, at: PageAt, order: Order, chain: &mut Chain) -> Option<NodeId> {
        let (policy, place) = self.place_at(task, at, order);
        let (request, fallback) = requests(policy, &self.memory, place);
        self.ask_request(request, chain).or_else(|| self.ask_request(fallback?, chain))
    }

    #[inline]
    fn ask_request(&self, request: Request, chain: &mut Chain) -> Option<NodeId> {
        for &mark in request.marks {
            for &node in self.memory.zonelist(request.start) {
                let nodes = request.allowed.and(request.mems);
                let allowed = nodes.contains(node);
                let is_all = nodes == self.memory.nodes();
                if !is_all && !chain.ask(Test::NodeAllowed, allowed, &[Value::Node(node), Value::Nodes(nodes)]) {
                    continue;
                }
                if self.ask_zones(node, mark, request.order, chain) {
                    return Some(node);
                }
            }
        }
        None
    }

    #[inline]
    fn ask_zones(&self, node: NodeId, mark: Option<Mark>, order: Order, chain: &mut Chain) -> bool {
        let extra = order.pages() - 1;
        self.memory.zones(node).iter().any(|zone| {
            let (test, least) = match mark {
                Some(Mark::Low) => (Test::ZoneAboveLow, zone.watermark.low + zone.lowmem_reserve),
                Some(Mark::Min) => (Test::ZoneAboveMin, zone.watermark.min + zone.lowmem_reserve),
                None => (Test::ZoneHasFree, 0),
            };
            let operands = [Value::Count(zone.free_pages), Value::Count(least + extra), Value::Node(node)];
            chain.ask(test, zone.passes(mark, extra), &operands)
        })
    }
}

/// What the zone that was asked last lacks.
#[inline]
fn next_of_shortage(chain: &Chain) -> Option<Next> {
    let is_of_zone = |test| matches!(test, Test::ZoneAboveLow | Test::ZoneAboveMin | Test::ZoneHasFree);
    let check = chain.0.iter().rev().find(|check| is_of_zone(check.test))?;
    let [free, mark, node] = check.operands[..] else { return None };
    let missing = mark.number() - free.number() + 1;
    Next::new(Change::PagesFreed, &[node, Value::Count(missing as u64)])
}
