//! Executing a program in bulk. A walk only reads; whoever asked for it stores the outcome.

use crate::ids::{NodeId, PageIdx};
use crate::input::{Access, Pattern, Program, Repeat, Step};
use crate::mm::Mm;
use crate::mm::folio::Object;
use crate::mm::vma::Vma;
use crate::rng::Stream;
use crate::time::Ns;
use crate::workload::Cursor;
use crate::workload::pattern::{neighbours, page_of_visit};
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
    /// Where zero pages lie, which belong to no node's account.
    pub(crate) zero_page_node: NodeId,
    /// Random numbers of this thread; one stream a step is derived from it.
    pub(crate) random_seed: u64,
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
    /// What comes next is more than plain execution: a fault, a sleep, the end.
    Stop,
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
            walk.cursor = Cursor { step: 0, visits: 0, round: walk.cursor.round + 1 };
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
            Step::Sleep { .. } => Progress::End(WalkEnd::Stop),
            Step::Compute { duration } => {
                if self.used == budget {
                    return Progress::End(WalkEnd::OutOfTime);
                }
                self.next_step();
                self.spend(duration, budget);
                Progress::On
            }
            Step::Access { pages, passes, .. } => {
                if self.cursor.visits >= u64::from(pages) * u64::from(passes) {
                    self.next_step();
                    return Progress::On;
                }
                self.visit_pages(around, step, budget)
            }
        }
    }

    fn next_step(&mut self) {
        self.cursor.step += 1;
        self.cursor.visits = 0;
    }

    /// Uses time for one item; what the budget does not cover stays in `left`.
    fn spend(&mut self, duration: Ns, budget: Ns) {
        let now = duration.min(budget - self.used);
        self.used = self.used + now;
        self.left = duration - now;
    }

    fn visit_pages(&mut self, around: &Surroundings<'_>, step: &Step, budget: Ns) -> Progress {
        let Step::Access { compute_ns, .. } = *step else {
            unreachable!("only access steps visit pages");
        };
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
        let whole = run.visits.min((budget - self.used).0 / visit_ns);
        self.used = self.used + Ns(whole * visit_ns);
        let mut visits = whole;
        if whole < run.visits && self.used < budget {
            self.spend(Ns(visit_ns), budget);
            visits += 1;
        }
        self.extend_reach(around, step, page, visits);
        self.count(around, run.node, visits, access_ns);
        Progress::On
    }

    fn extend_reach(&mut self, around: &Surroundings<'_>, step: &Step, page: PageIdx, visits: u64) {
        let Step::Access { region, .. } = *step else {
            unreachable!("only access steps visit pages");
        };
        let vma = &around.mm.vmas[usize::from(region)];
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
        let local_ns = around.access_ns[around.cpu_node.index()];
        self.stall = self.stall + Ns(visits * u64::from(access_ns.saturating_sub(local_ns)));
    }
}

/// The page that an access step visits next.
pub(crate) fn next_page(random_seed: u64, cursor: Cursor, step: &Step) -> PageIdx {
    let Step::Access { first, pages, pattern, passes, .. } = *step else {
        unreachable!("only access steps visit pages");
    };
    let stream = Stream::new(random_seed, u64::from(cursor.step));
    let before = cursor.round.wrapping_mul(u64::from(pages) * u64::from(passes));
    let visit = match pattern {
        Pattern::Random => before.wrapping_add(cursor.visits),
        Pattern::Sequential { .. } => cursor.visits,
    };
    PageIdx(first.0 + page_of_visit(pattern, pages, visit, stream))
}

/// The visits from the cursor on that need no fault and go to one node; none if the first
/// does need one.
fn accessible_run(around: &Surroundings<'_>, cursor: Cursor, step: &Step, page: PageIdx) -> Option<Run> {
    let Step::Access { region, pages, pattern, access, passes, .. } = *step else {
        unreachable!("only access steps visit pages");
    };
    let vma = &around.mm.vmas[usize::from(region)];
    if vma.is_all_accessible(access)
        && let Some(node) = sole_node(vma, &around.objects[vma.object])
    {
        let visits = u64::from(pages) * u64::from(passes) - cursor.visits;
        return Some(Run { visits, node });
    }
    let limit = neighbours(pattern, pages, cursor.visits);
    neighbouring_run(around, vma, page, limit, access)
}

/// The node that holds every page of a region, if one does.
fn sole_node(vma: &Vma, object: &Object) -> Option<NodeId> {
    let counts = object.node_pages();
    let place = counts.iter().position(|&pages| pages > 0)?;
    (counts[place] == vma.pages).then_some(NodeId(place as u8))
}

fn neighbouring_run(around: &Surroundings<'_>, vma: &Vma, first: PageIdx, limit: u32, access: Access) -> Option<Run> {
    let end = first.0 + limit;
    let mut node = None;
    let mut at = first.0;
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
    node.map(|node| Run { visits: u64::from(at - first.0), node })
}
