//! The scanner: when it runs and which mappings it enters (`task_tick_numa`, `task_numa_work`,
//! `vma_is_accessed`; kernel/sched/fair.c, 6.12).
//!
//! A scan takes time, during which ticks fall, other threads run and may even scan too. So it
//! is a state machine that the run loop drives; each step does what the kernel does between
//! two points where others could see it, and says how long that takes.

use crate::calls::Function;
use crate::event::{EventKind, ScanQueued, ScanVerdict, SkipReason};
use crate::explain::watch::Site;
use crate::ids::{PAGE_SHIFT, PMD_SIZE, PageIdx, ProcIdx, VirtAddr, VmaIdx};
use crate::input::RegionKind;
use crate::mempolicy::{Mempolicy, vma_policy_mof};
use crate::mm::PageAt;
use crate::mm::vma::{NumabState, Vma, Window};
use crate::numab::cpupid::pid_bit;
use crate::numab::scan_period::{task_scan_max, task_scan_start};
use crate::numab::scan_window::OpenWindow;
use crate::sched::task::NumaWork;
use crate::time::{Jiffies, Ns};
use crate::world::World;

/// Runtime charged for the scan itself, as a factor: scanning takes at most about 3 %.
const SCAN_CHARGE: u64 = 32;
/// Address space that a scan may cross for each page that it may change.
const VIRTUAL_FACTOR: i64 = 8;
/// The window of `pids_active`, in units of the scan delay.
const VMA_PID_RESET_DELAYS: u32 = 4;

/// Passes in which every VMA is scanned.
pub(crate) const UNCONDITIONAL_PASSES: i32 = 2;

/// Why a thread scans a VMA.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ReasonToScan {
    FirstPasses,
    ThreadActive,
    AlreadyBegun,
    LongUnscanned,
}

/// A scan under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ScanWork {
    /// Jiffies at its beginning.
    now: Jiffies,
    /// `sum_exec_runtime` at its beginning.
    pub(crate) runtime: Ns,
    /// Pages that may still be charged.
    pub(crate) pages: i64,
    /// Pages of address space that may still be crossed.
    pub(crate) virtpages: i64,
    /// The local variable `start`: where the next window begins.
    pub(crate) start: VirtAddr,
    pids_skipped: bool,
    pub(crate) pids_forced: bool,
    pub(crate) stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// At the label `retry_pids`.
    Retry,
    /// About to test this VMA.
    Enter(usize),
    /// In a window of this VMA.
    Window(OpenWindow),
    /// The VMA loop has ended; the VMA it ended in, none if it ran off the end.
    Out(Option<usize>),
}

/// How a scan goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScanProgress {
    /// After so much CPU time.
    Continue(Ns),
    /// `task_numa_work` has returned.
    Done,
}

impl World {
    /// `task_tick_numa` (6.12): on a tick, whether the running task has used up a scan period
    /// of CPU time, and if so whether a scan is due.
    pub(crate) fn task_tick_numa(&mut self, task: usize) {
        let numa = &self.tasks[task].numa;
        if self.sysctl.numa_balancing == 0 {
            return;
        }
        self.calls.count(Function::TaskTickNuma);
        if numa.work == NumaWork::Queued {
            return;
        }
        let now = self.tasks[task].se.sum_exec_runtime;
        let old_period_ms = numa.scan_period_ms;
        let period = Ns::from_ms(u64::from(old_period_ms));
        if now <= numa.node_stamp + period {
            return;
        }
        self.about_to(Site::Tick(task));
        let numa = &self.tasks[task].numa;
        if numa.node_stamp == Ns::ZERO {
            self.tasks[task].numa.scan_period_ms = self.task_scan_start(task);
        }
        let due = !self.jiffies().is_before(self.mm_of(task).numa_next_scan);
        let numa = &mut self.tasks[task].numa;
        numa.node_stamp = numa.node_stamp + period;
        assert!(numa.node_stamp < now, "more runtime consumed than used");
        let scan = if due { ScanQueued::Yes } else { ScanQueued::NotDue };
        if due {
            numa.work = NumaWork::Queued;
        }
        self.emit(task, EventKind::PeriodConsumed { scan_period_ms: old_period_ms, scan });
    }

    /// `task_scan_start` for a task as it is.
    pub(crate) fn task_scan_start(&self, task: usize) -> u32 {
        task_scan_start(&self.sysctl, self.mm_of(task).rss_pages, self.group_sharing(task))
    }

    /// `task_scan_max` for a task as it is.
    pub(crate) fn task_scan_max(&self, task: usize) -> u32 {
        task_scan_max(&self.sysctl, self.mm_of(task).rss_pages, self.group_sharing(task))
    }

    /// The beginning of `task_numa_work` (6.12), up to the first VMA. None when nothing is to
    /// be scanned now.
    pub(crate) fn task_numa_work(&mut self, task: usize) -> Option<ScanWork> {
        assert_eq!(self.tasks[task].numa.work, NumaWork::Queued, "work runs once a queueing");
        self.about_to(Site::Work(task));
        self.tasks[task].numa.work = NumaWork::Idle;
        let (now, hz) = (self.jiffies(), self.hz());
        let scan_delay = hz.msecs_to_jiffies(self.sysctl.scan_delay_ms);
        let mm = &mut self.mms[self.tasks[task].mm];
        let mut verdict = ScanVerdict::NotDue;
        if mm.numa_next_scan == Jiffies(0) {
            mm.numa_next_scan = now.plus(scan_delay);
            verdict = ScanVerdict::TimerArmed;
        }
        if !now.is_before(mm.numa_next_scan) {
            verdict = ScanVerdict::Scan;
        }
        self.emit_scan_begin(task, verdict);
        if verdict != ScanVerdict::Scan {
            return None;
        }
        if self.tasks[task].numa.scan_period_ms == 0 {
            self.tasks[task].numa.scan_period_max_ms = self.task_scan_max(task);
            self.tasks[task].numa.scan_period_ms = self.task_scan_start(task);
        }
        let period = hz.msecs_to_jiffies(self.tasks[task].numa.scan_period_ms);
        let mm = &mut self.mms[self.tasks[task].mm];
        mm.numa_next_scan = now.plus(period);
        let tick = Ns(hz.tick_ns());
        let numa = &mut self.tasks[task].numa;
        numa.node_stamp = numa.node_stamp + tick + tick;
        Some(self.new_scan(task, now))
    }

    pub(crate) fn new_scan(&self, task: usize, now: Jiffies) -> ScanWork {
        let pages = i64::from(self.sysctl.scan_size_mb) << 8;
        ScanWork {
            now,
            runtime: self.tasks[task].se.sum_exec_runtime,
            pages,
            virtpages: pages * VIRTUAL_FACTOR,
            start: VirtAddr(0),
            pids_skipped: false,
            pids_forced: false,
            stage: Stage::Retry,
        }
    }

    fn emit_scan_begin(&mut self, task: usize, verdict: ScanVerdict) {
        let mm = self.mm_of(task);
        let kind = EventKind::ScanBegin {
            verdict,
            process: self.process_of(task),
            scan_seq: mm.numa_scan_seq,
            offset: mm.numa_scan_offset,
        };
        self.emit(task, kind);
    }

    /// The label `retry_pids`: finds the first VMA from the stored offset on; past the last one
    /// the pass is complete and the next begins.
    fn retry(&mut self, task: usize, work: &mut ScanWork) -> Ns {
        let mm_index = self.tasks[task].mm;
        let mm = &mut self.mms[mm_index];
        work.start = mm.numa_scan_offset;
        let mut vma = mm.find_vma(work.start);
        if vma.is_none() {
            self.reset_ptenuma_scan(mm_index);
            work.start = VirtAddr(0);
            vma = self.mms[mm_index].find_vma(work.start);
        }
        work.stage = vma.map_or(Stage::Out(None), Stage::Enter);
        let begin_ns = if work.pids_forced { 0 } else { self.setup.costs.scan_begin_ns };
        Ns(u64::from(begin_ns))
    }

    /// `reset_ptenuma_scan` (6.12): counts a completed pass.
    fn reset_ptenuma_scan(&mut self, mm: usize) {
        self.calls.count(Function::ResetPtenumaScan);
        let mm = &mut self.mms[mm];
        mm.numa_scan_seq = mm.numa_scan_seq.wrapping_add(1);
        mm.numa_scan_offset = VirtAddr(0);
    }

    /// Goes on with a scan until CPU time has to pass or it is done.
    pub(crate) fn continue_scan(&mut self, task: usize, work: &mut ScanWork) -> ScanProgress {
        loop {
            let progress = self.step_scan(task, work);
            if progress != ScanProgress::Continue(Ns::ZERO) {
                return progress;
            }
        }
    }

    /// One stage of a scan.
    pub(crate) fn step_scan(&mut self, task: usize, work: &mut ScanWork) -> ScanProgress {
        self.about_to(Site::Scan(task, *work));
        ScanProgress::Continue(match work.stage {
            Stage::Retry => self.retry(task, work),
            Stage::Enter(vma) => self.enter_vma(task, work, vma),
            Stage::Window(mut window) if window.at < window.end => {
                let cost = self.scan_tables(task, &mut window);
                work.stage = Stage::Window(window);
                cost
            }
            Stage::Window(window) => self.close_window(task, work, window),
            Stage::Out(vma) => {
                if self.leave_scan(task, work, vma) {
                    return ScanProgress::Done;
                }
                Ns::ZERO
            }
        })
    }

    /// One turn of the VMA loop: the tests, then the first window.
    fn enter_vma(&mut self, task: usize, work: &mut ScanWork, vma: usize) -> Ns {
        let test_ns = Ns(self.setup.costs.visit_vma_ns.into());
        let skip = self.vma_skip_reason(task, work, vma);
        self.mms[self.tasks[task].mm].vmas[vma].last_skip = skip;
        if let Some(reason) = skip {
            self.emit_skip(task, vma, reason);
            work.stage = self.next_vma(task, vma);
            return test_ns;
        }
        test_ns + self.open_window(task, work, vma)
    }

    fn emit_skip(&mut self, task: usize, vma: usize, reason: SkipReason) {
        let (process, vma) = (self.process_of(task), VmaIdx(vma as u16));
        self.emit(task, EventKind::SkipVma { process, vma, reason });
    }

    fn next_vma(&self, task: usize, vma: usize) -> Stage {
        let next = vma + 1;
        if next < self.mm_of(task).vmas.len() { Stage::Enter(next) } else { Stage::Out(None) }
    }

    /// The tests of the VMA loop in the kernel's order; None means that it is scanned.
    pub(crate) fn vma_skip_reason(&mut self, task: usize, work: &mut ScanWork, vma_index: usize) -> Option<SkipReason> {
        let (jiffies, hz, scan_delay_ms) = (self.jiffies(), self.hz(), self.sysctl.scan_delay_ms);
        let first = PageAt { mm: self.tasks[task].mm, vma: vma_index, page: PageIdx(0) };
        let policy = self.get_vma_policy(task, first);
        let mm = &mut self.mms[self.tasks[task].mm];
        let scan_seq = mm.numa_scan_seq;
        let vma = &mut mm.vmas[vma_index];
        if let Some(reason) = fixed_skip_reason(vma, policy) {
            return Some(reason);
        }
        let window = hz.msecs_to_jiffies(VMA_PID_RESET_DELAYS.saturating_mul(scan_delay_ms));
        let numab = vma.numab.get_or_insert_with(|| {
            let next_scan = work.now.plus(hz.msecs_to_jiffies(scan_delay_ms));
            NumabState {
                next_scan,
                pids_active_reset: next_scan.plus(window),
                pids_active: [0; 2],
                start_scan_seq: scan_seq,
                prev_scan_seq: scan_seq.wrapping_sub(1),
            }
        });
        if scan_seq != 0 && jiffies.is_before(numab.next_scan) {
            return Some(SkipReason::ScanDelay);
        }
        if scan_seq != 0 && jiffies.is_after(numab.pids_active_reset) {
            numab.pids_active_reset = numab.pids_active_reset.plus(window);
            numab.pids_active = [numab.pids_active[1], 0];
        }
        if numab.prev_scan_seq == scan_seq {
            mm.numa_scan_offset = vma.end();
            return Some(SkipReason::SeqCompleted);
        }
        if !work.pids_forced && !self.vma_is_accessed(task, vma_index) {
            work.pids_skipped = true;
            return Some(SkipReason::PidInactive);
        }
        None
    }

    /// `vma_is_accessed` (6.12): whether this thread has reason to scan the VMA.
    fn vma_is_accessed(&mut self, task: usize, vma_index: usize) -> bool {
        self.calls.count(Function::VmaIsAccessed);
        let reason = self.reason_to_scan(task, vma_index);
        if reason == Some(ReasonToScan::AlreadyBegun) {
            self.emit_skip(task, vma_index, SkipReason::IgnorePidInactive);
        }
        reason.is_some()
    }

    /// The tests of `vma_is_accessed` in the kernel's order.
    pub(crate) fn reason_to_scan(&self, task: usize, vma_index: usize) -> Option<ReasonToScan> {
        let mm = self.mm_of(task);
        let vma = &mm.vmas[vma_index];
        let numab = vma.numab?;
        if mm.numa_scan_seq.wrapping_sub(numab.start_scan_seq) < UNCONDITIONAL_PASSES {
            return Some(ReasonToScan::FirstPasses);
        }
        let pids = numab.pids_active[0] | numab.pids_active[1];
        if pids & pid_bit(self.tasks[task].tid) != 0 {
            return Some(ReasonToScan::ThreadActive);
        }
        if mm.numa_scan_offset > vma.start {
            return Some(ReasonToScan::AlreadyBegun);
        }
        let threads = i64::from(mm.nr_threads);
        let is_overdue = i64::from(mm.numa_scan_seq) > i64::from(numab.prev_scan_seq) + threads;
        is_overdue.then_some(ReasonToScan::LongUnscanned)
    }

    /// The head of the inner loop: where the next window of this VMA begins and ends.
    fn open_window(&mut self, task: usize, work: &mut ScanWork, vma_index: usize) -> Ns {
        let vma = &self.mm_of(task).vmas[vma_index];
        let start = work.start.max(vma.start);
        let end = VirtAddr(align_up(start.0 + ((work.pages as u64) << PAGE_SHIFT), PMD_SIZE)).min(vma.end());
        assert!(start < end, "an empty window");
        work.start = start;
        work.stage = Stage::Window(OpenWindow { vma: vma_index, start, at: start, end, updated: 0 });
        Ns(self.setup.costs.scan_window_ns.into())
    }

    /// The foot of the inner loop: charges the window and decides how to go on.
    fn close_window(&mut self, task: usize, work: &mut ScanWork, window: OpenWindow) -> Ns {
        let pages = window.end.pages_since(window.start) as i64;
        if window.updated > 0 {
            work.pages -= pages;
            #[cfg(feature = "shared-clock")]
            self.flush_tlb(task, self.tasks[task].mm);
        }
        work.virtpages -= pages;
        work.start = window.end;
        self.record_window(task, window);
        if work.pages <= 0 || work.virtpages <= 0 {
            work.stage = Stage::Out(Some(window.vma));
            return Ns::ZERO;
        }
        let mm = &mut self.mms[self.tasks[task].mm];
        if window.end != mm.vmas[window.vma].end() {
            return self.open_window(task, work, window.vma);
        }
        let scan_seq = mm.numa_scan_seq;
        if let Some(numab) = &mut mm.vmas[window.vma].numab {
            numab.prev_scan_seq = scan_seq;
        }
        work.stage = if work.pids_forced { Stage::Out(Some(window.vma)) } else { self.next_vma(task, window.vma) };
        Ns::ZERO
    }

    fn record_window(&mut self, task: usize, window: OpenWindow) {
        let OpenWindow { vma, start, end, updated, .. } = window;
        let (time, process) = (self.now, self.process_of(task));
        self.mms[self.tasks[task].mm].vmas[vma].last_window = Some(Window { start, end, updated, time });
        self.emit(task, EventKind::ScanWindow { process, vma: VmaIdx(vma as u16), start, end, updated });
    }

    /// The end of the VMA loop. A whole sweep that passed over a VMA only because its threads
    /// were inactive is repeated once with that test off. True when the scan is over.
    fn leave_scan(&mut self, task: usize, work: &mut ScanWork, vma: Option<usize>) -> bool {
        if vma.is_none() && !work.pids_forced && work.pids_skipped {
            work.pids_forced = true;
            work.stage = Stage::Retry;
            return false;
        }
        let mm_index = self.tasks[task].mm;
        match vma {
            Some(_) => self.mms[mm_index].numa_scan_offset = work.start,
            None => self.reset_ptenuma_scan(mm_index),
        }
        let runtime = self.tasks[task].se.sum_exec_runtime;
        if runtime != work.runtime {
            let numa = &mut self.tasks[task].numa;
            numa.node_stamp = numa.node_stamp + Ns(SCAN_CHARGE * (runtime - work.runtime).0);
        }
        self.emit_scan_end(task);
        true
    }

    fn emit_scan_end(&mut self, task: usize) {
        let mm = self.mm_of(task);
        let kind = EventKind::ScanEnd {
            process: ProcIdx(self.tasks[task].mm as u16),
            scan_seq: mm.numa_scan_seq,
            offset: mm.numa_scan_offset,
            next_scan: mm.numa_next_scan,
        };
        self.emit(task, kind);
    }
}

/// The tests that only look at what the mapping is, and at the policies.
fn fixed_skip_reason(vma: &Vma, policy: Option<Mempolicy>) -> Option<SkipReason> {
    if vma.kind == RegionKind::Unmigratable || !vma_policy_mof(policy) {
        return Some(SkipReason::Unsuitable);
    }
    let prot = vma.prot;
    if has_file(vma) && prot.read && !prot.write {
        return Some(SkipReason::SharedRo);
    }
    if !prot.read && !prot.write && !prot.exec {
        return Some(SkipReason::Inaccessible);
    }
    None
}

/// Whether a file backs the mapping (`vm_file`).
pub(crate) fn has_file(vma: &Vma) -> bool {
    vma.kind == RegionKind::PrivateFile || vma.is_shared()
}

fn align_up(value: u64, alignment: u64) -> u64 {
    assert!(alignment.is_power_of_two(), "alignment of {alignment}");
    (value + alignment - 1) & !(alignment - 1)
}
