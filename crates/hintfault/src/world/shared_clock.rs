//! A machine whose CPUs share one clock, as the emulator does on which the kernel was recorded:
//! a single host thread runs the busy CPUs in turn, each from one tick to the next, and time
//! goes on for all of them. Only the conformance suite needs it.

use alloc::vec;
use alloc::vec::Vec;

use crate::error::SetupError;
use crate::ids::{CpuId, HPAGE_PMD_NR, PageIdx, ProcIdx, VmaIdx};
use crate::input::Scenario;
use crate::mm::PageAt;
use crate::mm::page_alloc::Order;
use crate::time::Ns;
use crate::world::World;
use crate::world::timers::Occasion;

/// How long a process that others move pages of runs on average before it gives its turn back:
/// fits the pace at which pages moved in the recorded runs of two processes with shared memory.
const SHORT_TURN: Ns = Ns(150_000);

/// A stretch of time in which something outside the scenario has the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stall {
    /// When it begins.
    pub at: Ns,
    /// For how long.
    pub duration: Ns,
    /// On which CPU it runs, whose thread has to wait.
    pub cpu: CpuId,
}

/// Whose turn it is.
#[derive(Clone, Debug)]
pub(crate) struct SharedClock {
    /// The CPU that executes; the others stand still, and all of them do in a stall.
    turn: Option<usize>,
    /// The CPU that had the last turn.
    last: usize,
    /// When the stall under way ends, and on which CPU it is.
    stalled: Option<(Ns, Option<usize>)>,
    /// Stalls to come, latest first.
    stalls: Vec<Stall>,
    /// CPUs that missed a tick while they stood still.
    missed_tick: Vec<bool>,
    /// For each CPU, those that must have had a turn before it can go on.
    waits_for: Vec<Vec<usize>>,
    /// Whether the next CPU that is waited for only has a short turn.
    is_next_turn_short: bool,
    /// When a short turn ends.
    turn_ends: Ns,
    /// CPUs that get no turn as long as others can use it.
    passed_over: Vec<bool>,
    /// Pages that cannot be isolated, by object and slot.
    batched: Vec<(usize, u32)>,
}

impl World {
    /// A machine whose CPUs execute in turn, and none of them during the stalls, which must not
    /// overlap.
    ///
    /// # Errors
    /// When the scenario breaks a rule that the engine relies on.
    pub fn on_shared_clock(scenario: &Scenario, mut stalls: Vec<Stall>) -> Result<Self, SetupError> {
        let mut world = Self::new(scenario)?;
        stalls.sort_unstable_by_key(|stall| core::cmp::Reverse(stall.at));
        let nr_cpus = world.rqs.len();
        let missed_tick = vec![false; nr_cpus];
        world.shared_clock = Some(SharedClock {
            turn: None,
            last: nr_cpus - 1,
            stalled: None,
            stalls,
            missed_tick,
            waits_for: vec![Vec::new(); nr_cpus],
            turn_ends: Ns::NEVER,
            is_next_turn_short: false,
            passed_over: vec![false; nr_cpus],
            batched: Vec::new(),
        });
        for cpu in 0..nr_cpus {
            world.arm(cpu);
        }
        world.pass_turn();
        Ok(world)
    }

    /// From now on these CPUs, and no others, get a turn only when no other busy CPU can use it.
    pub fn pass_over(&mut self, cpus: &[CpuId]) {
        let is_named = |cpu: usize| cpus.contains(&self.setup.topology.cpu_id(cpu));
        let named = (0..self.rqs.len()).map(is_named).collect();
        if let Some(clock) = &mut self.shared_clock {
            clock.passed_over = named;
        }
    }

    /// Leaves pages of a region in the batch of the CPU that touched them last, from which nobody
    /// puts them on a list (`folio_add_lru`), so that they cannot be isolated and moved.
    pub fn leave_in_lru_batch(&mut self, process: ProcIdx, vma: VmaIdx, pages: core::ops::Range<u32>) {
        let vma = &self.mms[process.index()].vmas[vma.index()];
        let slots: Vec<(usize, u32)> = pages.map(|page| (vma.object, vma.slot(PageIdx(page)))).collect();
        if let Some(clock) = &mut self.shared_clock {
            clock.batched.extend(slots);
        }
    }

    /// Whether a page is still in such a batch.
    pub(crate) fn is_in_lru_batch(&self, at: PageAt) -> bool {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let page = (vma.object, vma.slot(at.page));
        self.shared_clock.as_ref().is_some_and(|clock| clock.batched.contains(&page))
    }

    /// Whether a CPU stands still.
    pub(crate) fn stands_still(&self, cpu: usize) -> bool {
        self.shared_clock.as_ref().is_some_and(|clock| clock.turn != Some(cpu))
    }

    /// Notes a tick that a CPU cannot take now. False where it can.
    pub(crate) fn misses_tick(&mut self, cpu: usize) -> bool {
        if self.rqs[cpu].curr.is_none() || !self.stands_still(cpu) {
            return false;
        }
        if let Some(clock) = &mut self.shared_clock {
            clock.missed_tick[cpu] = true;
        }
        true
    }

    /// The beginning or the end of the next stall, or the early end of a turn.
    pub(crate) fn next_stall(&self) -> Ns {
        let Some(clock) = &self.shared_clock else { return Ns::NEVER };
        match (&clock.stalled, clock.stalls.last()) {
            (Some((end, _)), _) => *end,
            (None, Some(stall)) => stall.at.min(clock.turn_ends),
            (None, None) => clock.turn_ends,
        }
    }

    /// What the clock does before the next occasion: stalls, and at a tick, before it reaches
    /// the first CPU, the next turn. True if that was all there is to do now.
    pub(crate) fn step_of_shared_clock(&mut self) -> bool {
        let (at, occasion) = self.timers.next();
        let stall = self.next_stall();
        if stall <= at {
            self.now = stall;
            self.pass_stall();
            return true;
        }
        if occasion == Occasion::Tick(0) {
            self.now = at;
            self.rotate_turn();
        }
        false
    }

    /// Begins or ends a stall, or ends a short turn.
    fn pass_stall(&mut self) {
        let is_early = self.shared_clock.as_ref().is_some_and(|clock| clock.turn_ends <= self.now);
        self.end_turn();
        if is_early {
            self.pass_turn();
            return;
        }
        let Some(clock) = &mut self.shared_clock else { return };
        if let Some((_, cpu)) = clock.stalled.take() {
            self.resume_after_stall(cpu);
            self.pass_turn();
            return;
        }
        let Some(stall) = clock.stalls.pop() else { return };
        let cpu = self.setup.topology.cpu_index(stall.cpu);
        clock.stalled = Some((self.now + stall.duration, cpu));
        if let Some(cpu) = cpu {
            self.update_curr(cpu);
        }
    }

    /// The thread that had to wait has used no CPU time.
    fn resume_after_stall(&mut self, cpu: Option<usize>) {
        let now = self.now;
        if let Some(task) = cpu.and_then(|cpu| self.rqs[cpu].curr) {
            self.tasks[task].se.exec_start = now;
        }
    }

    /// `flush_tlb_range` and the like: all other CPUs that run threads of an address space must
    /// answer an interrupt first, which they do in their turn.
    pub(crate) fn flush_tlb(&mut self, task: usize, mm: usize) {
        let own = self.tasks[task].cpu;
        let runs_it = |cpu: &usize| self.rqs[*cpu].curr.is_some_and(|curr| self.tasks[curr].mm == mm);
        let others: Vec<usize> = (0..self.rqs.len()).filter(|&cpu| cpu != own).filter(runs_it).collect();
        if let Some(clock) = &mut self.shared_clock {
            clock.waits_for[own].extend(others);
        }
    }

    /// The flush before a page moves (`try_to_migrate`). A hint entry needs none (`pte_accessible`),
    /// unless a scan of that address space is under way, whose own flush is still to come
    /// (`mm_tlb_flush_pending`). A huge entry always needs one (`pmdp_invalidate`).
    pub(crate) fn flush_before_move(&mut self, task: usize, at: PageAt, order: Order) {
        if self.shared_clock.is_none() {
            return;
        }
        let vma = &self.mms[at.mm].vmas[at.vma];
        let (slot, object) = (vma.slot(at.page), vma.object);
        let (chunk, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
        for (mm, vma) in self.objects[object].mappings().to_vec() {
            let table = self.mms[mm].vmas[vma].table(chunk);
            let is_accessible = !table.is_hint(bit) || order == Order::Huge;
            if table.is_present(bit) && (is_accessible || self.is_being_scanned(mm)) {
                self.flush_tlb(task, mm);
                self.shorten_next_turn(mm != at.mm);
            }
        }
    }

    /// A process that uses a page while another one moves it waits for the end of that
    /// (`migration_entry_wait`), so it soon gives its turn back.
    fn shorten_next_turn(&mut self, uses_moving_page: bool) {
        if let Some(clock) = &mut self.shared_clock {
            clock.is_next_turn_short = uses_moving_page && clock.waits_for.iter().any(|waits| !waits.is_empty());
        }
    }

    fn is_being_scanned(&self, mm: usize) -> bool {
        let curr = self.rqs.iter().filter_map(|rq| rq.curr);
        curr.into_iter().any(|task| self.tasks[task].mm == mm && self.tasks[task].exec.is_scanning())
    }

    /// At a tick the next busy CPU has its turn.
    fn rotate_turn(&mut self) {
        self.end_turn();
        // All that missed ticks get the one that is due now, when their turn comes.
        if let Some(clock) = &mut self.shared_clock {
            clock.missed_tick.fill(false);
        }
        self.pass_turn();
    }

    fn end_turn(&mut self) {
        let Some(cpu) = self.shared_clock.as_ref().and_then(|clock| clock.turn) else { return };
        if let Some(task) = self.rqs[cpu].curr {
            self.settle(task);
        }
        if let Some(clock) = &mut self.shared_clock {
            clock.turn = None;
            clock.turn_ends = Ns::NEVER;
        }
        self.arm(cpu);
    }

    /// Gives the turn to the next busy CPU where the one that has it is idle, or none has it.
    pub(crate) fn pass_turn(&mut self) {
        loop {
            let Some(clock) = &self.shared_clock else { return };
            if clock.stalled.is_some() || clock.turn.is_some_and(|cpu| self.can_execute(cpu)) {
                return;
            }
            let nr_cpus = self.rqs.len();
            let after = || (1..=nr_cpus).map(|step| (clock.last + step) % nr_cpus);
            let can_execute = |cpu: &usize| self.can_execute(*cpu);
            let next = after().filter(|&cpu| !clock.passed_over[cpu]).find(can_execute);
            let next = next.or_else(|| after().find(can_execute));
            let Some(cpu) = next else {
                self.end_turn();
                return;
            };
            self.end_turn();
            self.begin_turn(cpu);
        }
    }

    /// Whether a CPU is busy and waits for no other that is busy.
    fn can_execute(&self, cpu: usize) -> bool {
        let waits = || self.shared_clock.iter().flat_map(|clock| &clock.waits_for[cpu]);
        self.rqs[cpu].curr.is_some() && waits().all(|&other| self.rqs[other].curr.is_none())
    }

    fn begin_turn(&mut self, cpu: usize) {
        if let Some(task) = self.rqs[cpu].curr {
            self.settle(task);
        }
        let Some(clock) = &mut self.shared_clock else { return };
        clock.turn = Some(cpu);
        clock.last = cpu;
        if core::mem::take(&mut clock.is_next_turn_short) {
            clock.turn_ends = self.now + SHORT_TURN;
        }
        clock.waits_for[cpu].clear();
        clock.waits_for.iter_mut().for_each(|waits| waits.retain(|&other| other != cpu));
        if core::mem::take(&mut clock.missed_tick[cpu]) {
            self.sched_tick(cpu);
        } else {
            self.arm(cpu);
        }
    }
}
