//! Executing a program in bulk. A walk only reads; whoever asked for it stores the outcome.

use crate::ids::{HPAGE_PMD_NR, NodeId, PageIdx};
use crate::input::{Access, Pattern, Program, Repeat, Step};
use crate::mm::Mm;
use crate::mm::folio::Object;
use crate::mm::vma::Vma;
use crate::rng::Stream;
use crate::time::Ns;
use crate::workload::Cursor;
use crate::workload::pattern::{neighbours, page_of_visit, within_pass};
use crate::workload::reach::Reach;

/// What a walk needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) program: &'a Program,
    pub(crate) mm: &'a Mm,
    pub(crate) objects: &'a [Object],
    /// Node of the CPU.
    pub(crate) cpu_node: NodeId,
    /// Cost of an access by node, from that CPU, in ns.
    pub(crate) access_ns: &'a [u32],
    /// What local memory costs that nobody else uses.
    pub(crate) local_ns: u32,
    /// Where zero pages lie, which belong to no node's account.
    pub(crate) zero_page_node: NodeId,
    /// Time of the run at which the walk begins.
    pub(crate) start: Ns,
    /// Random numbers of this thread; one stream a step is derived from it.
    pub(crate) random_seed: u64,
}

impl<'a> Surroundings<'a> {
    /// The VMA that holds a page of a region.
    fn vma(&self, region: u16, page: PageIdx) -> &'a Vma {
        &self.mm.vmas[self.mm.vma_of(region, page)]
    }
}

/// How far a walk came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Walk {
    pub(crate) cursor: Cursor,
    /// Time left of the visit that is under way.
    pub(crate) left: Ns,
    pub(crate) used: Ns,
    pub(crate) local: u64,
    pub(crate) remote: u64,
    pub(crate) stall: Ns,
    pub(crate) end: WalkEnd,
    /// Pages that it depends on.
    pub(crate) reach: Reach,
}

/// Why a walk ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WalkEnd {
    /// The time was used up.
    OutOfTime,
    /// What comes next is more than plain execution: a fault, a sleep, a barrier, the end.
    Stop,
}

/// Which pages of a region may be accessed without a look at their entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Open {
    All,
    Some,
}

/// Neighbouring pages that an access passes without a fault, all on one node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Run {
    visits: u64,
    node: NodeId,
}

/// Walks on from `cursor` with `left` of a visit still to do, for at most `budget` of CPU time.
pub(crate) fn walk(around: &Surroundings<'_>, cursor: Cursor, left: Ns, budget: Ns) -> Walk {
    let used = left.min(budget);
    let mut walk = Walk {
        cursor,
        left: left - used,
        used,
        local: 0,
        remote: 0,
        stall: Ns::ZERO,
        end: WalkEnd::OutOfTime,
        reach: Reach::NOTHING,
    };
    while walk.left == Ns::ZERO {
        let Some(step) = around.program.steps.get(usize::from(walk.cursor.step)) else {
            if around.program.repeat == Repeat::Once {
                walk.end = WalkEnd::Stop;
                break;
            }
            walk.cursor.go_back(0);
            continue;
        };
        if let Progress::End(end) = walk.take_step(around, step, budget) {
            walk.end = end;
            break;
        }
    }
    assert!(walk.used <= budget, "walked beyond its time");
    walk
}

enum Progress {
    On,
    End(WalkEnd),
}

impl Walk {
    fn take_step(&mut self, around: &Surroundings<'_>, step: &Step, budget: Ns) -> Progress {
        match *step {
            Step::Compute { duration } => {
                if self.used == budget {
                    return Progress::End(WalkEnd::OutOfTime);
                }
                self.cursor.next_step();
                self.spend(duration, budget);
                Progress::On
            }
            Step::Again { from, times, until, depth } => {
                let late = around.start + self.used >= until;
                self.cursor.end_round(from, times, usize::from(depth), late);
                Progress::On
            }
            Step::Access { until, .. } => {
                let late = around.start + self.used >= until;
                if late || self.cursor.visits >= total_visits(step) {
                    self.cursor.next_step();
                    return Progress::On;
                }
                self.visit_pages(around, step, budget)
            }
            _ => Progress::End(WalkEnd::Stop),
        }
    }

    /// Uses time for one item; what the budget does not cover stays in `left`.
    fn spend(&mut self, duration: Ns, budget: Ns) {
        let now = duration.min(budget - self.used);
        self.used = self.used + now;
        self.left = duration - now;
    }

    fn visit_pages(&mut self, around: &Surroundings<'_>, step: &Step, budget: Ns) -> Progress {
        let Step::Access { region, first, pattern, access, compute_ns, until, .. } = *step else {
            unreachable!("only access steps visit pages");
        };
        let vma = around.vma(region, first);
        let is_open = vma.is_whole() && vma.is_all_accessible(access);
        let is_random = !matches!(pattern, Pattern::Sequential { .. });
        if is_random && !(is_open && sole_node(vma, &around.objects[vma.object]).is_some()) {
            return self.visit_at_random(around, step, budget, if is_open { Open::All } else { Open::Some });
        }
        let page = next_page(around.random_seed, self.cursor, step);
        let Some(run) = accessible_run(around, self.cursor, step, page) else {
            self.extend_reach(around, step, page, 1);
            return Progress::End(WalkEnd::Stop);
        };
        if self.used == budget {
            return Progress::End(WalkEnd::OutOfTime);
        }
        let access_ns = around.access_ns[run.node.index()];
        let visit_ns = u64::from(access_ns) + u64::from(compute_ns);
        assert!(visit_ns > 0, "a visit takes time");
        // A visit that has begun in time is finished.
        let begin_in_time = (until - (around.start + self.used)).0.div_ceil(visit_ns);
        let possible = run.visits.min(begin_in_time);
        let whole = possible.min((budget - self.used).0 / visit_ns);
        self.used = self.used + Ns(whole * visit_ns);
        let mut visits = whole;
        if whole < possible && self.used < budget {
            self.spend(Ns(visit_ns), budget);
            visits += 1;
        }
        self.extend_reach(around, step, page, visits);
        self.count(around, run.node, visits, access_ns);
        Progress::On
    }

    /// Visits one page after the other, as far as time, step and access rights go.
    fn visit_at_random(&mut self, around: &Surroundings<'_>, step: &Step, budget: Ns, open: Open) -> Progress {
        let Step::Access { region, first, pages, pattern, compute_ns, until, .. } = *step else {
            unreachable!("only access steps visit pages");
        };
        let vma = around.vma(region, first);
        let object = &around.objects[vma.object];
        let total = total_visits(step);
        let before = self.cursor.round.wrapping_mul(total);
        let stream = Stream::new(around.random_seed, u64::from(self.cursor.step));
        self.extend_reach(around, step, first, total);
        while self.cursor.visits < total && around.start + self.used < until && self.left == Ns::ZERO {
            let visit = before.wrapping_add(self.cursor.visits);
            let page = PageIdx(first.0 + page_of_visit(pattern, pages, visit, stream));
            let slot = vma.region_slot(page);
            let (table, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
            if open == Open::Some {
                let (access, _) = next_access(self.cursor, step);
                let part = if vma.is_whole() { vma } else { around.vma(region, page) };
                if !part.table(table).is_open(bit, access) {
                    return Progress::End(WalkEnd::Stop);
                }
            }
            if self.used == budget {
                return Progress::End(WalkEnd::OutOfTime);
            }
            let node = object.chunk(table).node(bit).unwrap_or(around.zero_page_node);
            let access_ns = around.access_ns[node.index()];
            self.spend(Ns(u64::from(access_ns) + u64::from(compute_ns)), budget);
            self.count(around, node, 1, access_ns);
        }
        Progress::On
    }

    fn extend_reach(&mut self, around: &Surroundings<'_>, step: &Step, page: PageIdx, visits: u64) {
        let Step::Access { region, .. } = *step else {
            unreachable!("only access steps visit pages");
        };
        let vma = around.vma(region, page);
        let more = Reach::of_visits(vma, step, page, self.cursor.visits, visits);
        self.reach = self.reach.and(more);
    }

    fn count(&mut self, around: &Surroundings<'_>, node: NodeId, visits: u64, access_ns: u32) {
        self.cursor.visits += visits;
        if node == around.cpu_node {
            self.local += visits;
        } else {
            self.remote += visits;
        }
        self.stall = self.stall + Ns(visits * u64::from(access_ns.saturating_sub(around.local_ns)));
    }
}

/// Visits of an access step in all.
fn total_visits(step: &Step) -> u64 {
    match *step {
        Step::Access { visits: 0, pages, passes, .. } => u64::from(pages) * u64::from(passes),
        Step::Access { visits, .. } => visits,
        _ => unreachable!("only access steps visit pages"),
    }
}

/// Whether the next visit of an access step reads or writes, and for how many visits that stays
/// so.
pub(crate) fn next_access(cursor: Cursor, step: &Step) -> (Access, u64) {
    let Step::Access { access, write_every, .. } = *step else {
        unreachable!("only access steps visit pages");
    };
    let left = total_visits(step) - cursor.visits;
    let every = u64::from(write_every);
    if access == Access::Read || every <= 1 {
        return (access, left);
    }
    match every - 1 - cursor.visits % every {
        0 => (Access::Write, 1),
        reads => (Access::Read, reads.min(left)),
    }
}

/// The page that an access step visits next.
pub(crate) fn next_page(random_seed: u64, cursor: Cursor, step: &Step) -> PageIdx {
    let Step::Access { first, pages, pattern, .. } = *step else {
        unreachable!("only access steps visit pages");
    };
    if pattern == (Pattern::Sequential { stride: 1 }) {
        return PageIdx(first.0 + within_pass(pages, cursor.visits));
    }
    let stream = Stream::new(random_seed, u64::from(cursor.step));
    let visit = match pattern {
        Pattern::Sequential { .. } => cursor.visits,
        _ => cursor.round.wrapping_mul(total_visits(step)).wrapping_add(cursor.visits),
    };
    PageIdx(first.0 + page_of_visit(pattern, pages, visit, stream))
}

/// The visits from the cursor on that need no fault and go to one node; none if the first
/// does need one.
fn accessible_run(around: &Surroundings<'_>, cursor: Cursor, step: &Step, page: PageIdx) -> Option<Run> {
    let Step::Access { region, pages, pattern, access, .. } = *step else {
        unreachable!("only access steps visit pages");
    };
    let vma = around.vma(region, page);
    let object = &around.objects[vma.object];
    let is_open = vma.is_whole() && vma.is_all_accessible(access);
    if is_open && let Some(node) = sole_node(vma, object) {
        return Some(Run { visits: total_visits(step) - cursor.visits, node });
    }
    let limit = neighbours(pattern, pages, cursor.visits);
    if is_open && limit == 1 {
        return Some(Run { visits: 1, node: object.node(vma.region_slot(page)).unwrap_or(around.zero_page_node) });
    }
    let (access, alike) = if is_open { (access, u64::MAX) } else { next_access(cursor, step) };
    neighbouring_run(around, vma, page, u64::from(limit).min(alike) as u32, access)
}

/// The node that holds every page of a region, if one does.
fn sole_node(vma: &Vma, object: &Object) -> Option<NodeId> {
    let counts = object.node_pages();
    let place = counts.iter().position(|&pages| pages > 0)?;
    (counts[place] == vma.pages).then_some(NodeId(place as u8))
}

fn neighbouring_run(around: &Surroundings<'_>, vma: &Vma, first: PageIdx, limit: u32, access: Access) -> Option<Run> {
    let first = first.0 - vma.region_page;
    let end = (first + limit).min(vma.pages);
    let mut node = None;
    let mut at = first;
    while at < end {
        let range = vma.table_range(at, end);
        let open = vma.table(range.table).accessible_run(range.lo, range.hi, access);
        if open == 0 {
            break;
        }
        let chunk = around.objects[vma.object].chunk(range.table);
        let here = chunk.node(range.lo).unwrap_or(around.zero_page_node);
        if node.is_some_and(|node| node != here) {
            break;
        }
        node = Some(here);
        let same = chunk.same_node_run(range.lo, range.lo + open, here).max(1);
        at += same;
        if same < range.hi - range.lo {
            break;
        }
    }
    node.map(|node| Run { visits: u64::from(at - first), node })
}
