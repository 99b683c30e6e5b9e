//! Why a tick queued a scan, why a scan began, and why it passed over a mapping.

use crate::event::{Event, EventKind, ScanQueued, ScanVerdict, SkipReason};
use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, Verdict};
use crate::ids::PageIdx;
use crate::input::RegionKind;
use crate::mempolicy::vma_policy_mof;
use crate::mm::PageAt;
use crate::numab::cpupid::pid_bit;
use crate::numab::scan::{ReasonToScan, ScanWork, UNCONDITIONAL_PASSES, has_file};
use crate::sched::task::NumaWork;
use crate::time::{Jiffies, Ns};
use crate::world::World;

const NOT_NEGATIVE: Value = Value::Count(0);

impl World {
    /// The chain of `task_tick_numa`, asked of the world just before it.
    #[inline]
    pub(crate) fn explain_tick(&self, task: usize, chain: &mut Chain) -> End {
        let (numa, mode) = (&self.tasks[task].numa, self.sysctl.numa_balancing);
        if !chain.ask(Test::BalancingOn, mode != 0, &[Value::Count(mode.into()), NOT_NEGATIVE]) {
            return (Verdict::TickPasses, Next::new(Change::BalancingTurnedOn, &[]));
        }
        if chain.is(Test::ScanPending, numa.work == NumaWork::Queued) {
            return (
                Verdict::TickPasses,
                Next::new(Change::ScanGoesOn, &[Value::Address(self.mm_of(task).numa_scan_offset)]),
            );
        }
        let (now, stamp) = (self.tasks[task].se.sum_exec_runtime, numa.node_stamp);
        let wanted = stamp + Ns::from_ms(numa.scan_period_ms.into());
        let times =
            [Value::Runtime(now), Value::Runtime(wanted), Value::Runtime(stamp), Value::Ms(numa.scan_period_ms)];
        if !chain.ask(Test::PeriodUsedUp, now > wanted, &times) {
            let missing = Value::Runtime(wanted.saturating_since(now) + Ns(1));
            return (Verdict::TickPasses, Next::new(Change::MoreRuntime, &[missing]));
        }
        let start = [Value::Runtime(stamp), Value::Runtime(Ns::ZERO), Value::Ms(self.task_scan_start(task))];
        chain.ask(Test::FirstPeriod, stamp == Ns::ZERO, &start);
        let (ahead, next_scan) = self.scan_ahead(task);
        if chain.ask(Test::ScanAhead, ahead, &[Value::Jiffies(next_scan), Value::Jiffies(self.jiffies())]) {
            return (Verdict::Queued(ScanQueued::NotDue), self.at(next_scan));
        }
        (Verdict::Queued(ScanQueued::Yes), Next::new(Change::OtherScansFirst, &[]))
    }

    #[inline]
    fn scan_ahead(&self, task: usize) -> (bool, Jiffies) {
        let next_scan = self.mm_of(task).numa_next_scan;
        (self.jiffies().is_before(next_scan), next_scan)
    }

    #[inline]
    fn at(&self, jiffies: Jiffies) -> Option<Next> {
        Next::new(Change::ClockReaches, &[Value::Jiffies(jiffies)])
    }

    /// The chain at the beginning of `task_numa_work`, asked of the world just before it.
    #[inline]
    pub(crate) fn explain_work(&self, task: usize, chain: &mut Chain) -> End {
        let (ahead, next_scan) = self.scan_ahead(task);
        let unset = next_scan == Jiffies(0);
        let armed =
            if unset { self.jiffies().plus(self.hz().msecs_to_jiffies(self.sysctl.scan_delay_ms)) } else { next_scan };
        let ahead = if unset { self.jiffies().is_before(armed) } else { ahead };
        chain.ask(Test::TimerUnset, unset, &[next_scan, Jiffies(0)].map(Value::Jiffies));
        if !chain.ask(Test::WorkAhead, ahead, &[armed, self.jiffies()].map(Value::Jiffies)) {
            return (Verdict::Begin(ScanVerdict::Scan), Next::new(Change::OtherScansFirst, &[]));
        }
        let verdict = if unset { ScanVerdict::TimerArmed } else { ScanVerdict::NotDue };
        (Verdict::Begin(verdict), self.at(armed))
    }

    /// The tests of one mapping in `task_numa_work`, asked of the world just before them. The
    /// world then goes through them itself, to be held against.
    #[inline]
    pub(crate) fn explain_vma(&self, task: usize, mut work: ScanWork, vma: usize, chain: &mut Chain) -> End {
        let mut after = self.copy();
        let skip = after.vma_skip_reason(task, &mut work, vma);
        let verdict = skip.map_or(Verdict::Enter, Verdict::Skip);
        let next = self.next_of_vma(&after, task, vma, skip);
        self.ask_fixed(task, vma, chain);
        if !matches!(skip, Some(SkipReason::Unsuitable | SkipReason::SharedRo | SkipReason::Inaccessible)) {
            after.ask_age_and_threads(task, &work, vma, skip, chain);
        }
        (verdict, next)
    }

    /// How a scan ends, asked of the world just before it leaves the loop over the mappings.
    #[inline]
    pub(crate) fn explain_scan_end(
        &self,
        task: usize,
        work: &ScanWork,
        vma: Option<usize>,
        event: &Event,
        chain: &mut Chain,
    ) -> End {
        for (test, left) in [(Test::PagesLeft, work.pages), (Test::CrossingLeft, work.virtpages)] {
            chain.ask(test, left > 0, &[Value::Signed(left), NOT_NEGATIVE]);
        }
        chain.is(Test::CameToEnd, vma.is_none());
        let (now, start) = (self.tasks[task].se.sum_exec_runtime, work.runtime);
        chain.ask(Test::TookTime, now != start, &[now, start].map(Value::Runtime));
        let EventKind::ScanEnd { scan_seq, next_scan, .. } = event.kind else { return (Verdict::Given, None) };
        let verdict = if vma.is_none() { Verdict::PassDone(scan_seq) } else { Verdict::ScanPauses(work.start) };
        (verdict, self.at(next_scan))
    }

    /// The tests that only look at what the mapping is.
    #[inline]
    fn ask_fixed(&self, task: usize, vma: usize, chain: &mut Chain) {
        let first = PageAt { mm: self.tasks[task].mm, vma, page: PageIdx(0) };
        let mof = vma_policy_mof(self.get_vma_policy(task, first));
        let vma = &self.mm_of(task).vmas[vma];
        if chain.is(Test::Unmigratable, vma.kind == RegionKind::Unmigratable) || !chain.is(Test::VmaPolicyMigrates, mof)
        {
            return;
        }
        let (prot, file) = (vma.prot, has_file(vma));
        let read_only = [file, prot.read, !prot.write];
        if chain.ask(Test::FileReadOnly, file && prot.read && !prot.write, &read_only.map(Value::Flag)) {
            return;
        }
        let none = [!prot.read, !prot.write, !prot.exec];
        chain.ask(Test::NoAccessRights, none == [true; 3], &none.map(Value::Flag));
    }

    /// The tests that change with time. Asked after them, since the first look at a mapping
    /// sets what they read.
    #[inline]
    fn ask_age_and_threads(
        &self,
        task: usize,
        work: &ScanWork,
        vma: usize,
        skip: Option<SkipReason>,
        chain: &mut Chain,
    ) {
        let mm = self.mm_of(task);
        let Some(numab) = mm.vmas[vma].numab else { return };
        let seq = mm.numa_scan_seq;
        let young = skip == Some(SkipReason::ScanDelay);
        let age = [Value::Jiffies(numab.next_scan), Value::Jiffies(self.jiffies())];
        if !chain.ask(Test::FirstPass, seq == 0, &[Value::Pass(seq), Value::Pass(0)])
            && chain.ask(Test::VmaTooYoung, young, &age)
        {
            return;
        }
        let done = skip == Some(SkipReason::SeqCompleted);
        if chain.ask(Test::DoneInPass, done, &[numab.prev_scan_seq, seq].map(Value::Pass)) {
            return;
        }
        if !chain.is(Test::ForcedSweep, work.pids_forced) {
            self.ask_vma_is_accessed(task, vma, chain);
        }
    }

    /// `vma_is_accessed`.
    #[inline]
    fn ask_vma_is_accessed(&self, task: usize, vma: usize, chain: &mut Chain) {
        let reason = self.reason_to_scan(task, vma);
        let (mm, tid) = (self.mm_of(task), self.tasks[task].tid);
        let vma = &mm.vmas[vma];
        let Some(numab) = vma.numab else { return };
        let (seq, bit) = (mm.numa_scan_seq, pid_bit(tid));
        let pids = numab.pids_active[0] | numab.pids_active[1];
        let (prev, threads) = (i64::from(numab.prev_scan_seq), i64::from(mm.nr_threads));
        let passes = seq.wrapping_sub(numab.start_scan_seq);
        let tests: [(Test, ReasonToScan, &[Value]); 4] = [
            (
                Test::FirstPasses,
                ReasonToScan::FirstPasses,
                &[
                    Value::Pass(UNCONDITIONAL_PASSES),
                    Value::Pass(passes),
                    Value::Pass(seq),
                    Value::Pass(numab.start_scan_seq),
                ],
            ),
            (
                Test::ThreadActive,
                ReasonToScan::ThreadActive,
                &[Value::Count(pids & bit), NOT_NEGATIVE, Value::Tid(tid)],
            ),
            (
                Test::AlreadyBegun,
                ReasonToScan::AlreadyBegun,
                &[Value::Address(mm.numa_scan_offset), Value::Address(vma.start)],
            ),
            (
                Test::LongUnscanned,
                ReasonToScan::LongUnscanned,
                &[
                    Value::Pass(seq),
                    Value::Signed(prev + threads),
                    Value::Pass(numab.prev_scan_seq),
                    Value::Count(mm.nr_threads.into()),
                ],
            ),
        ];
        for (test, tells, operands) in tests {
            if chain.ask(test, reason == Some(tells), operands) {
                return;
            }
        }
    }

    /// What could have a mapping scanned, or passed over.
    #[inline]
    fn next_of_vma(&self, after: &Self, task: usize, vma: usize, skip: Option<SkipReason>) -> Option<Next> {
        let mm = after.mm_of(task);
        let numab = mm.vmas[vma].numab;
        match skip {
            None => Next::new(Change::MappingChanges, &[]),
            Some(SkipReason::Unsuitable) if mm.vmas[vma].kind == RegionKind::Unmigratable => {
                Next::new(Change::MappingMigratable, &[])
            }
            Some(SkipReason::Unsuitable) => Next::new(Change::PolicyWithBalancing, &[]),
            Some(SkipReason::SharedRo) => Next::new(Change::MappingWritable, &[]),
            Some(SkipReason::Inaccessible) => Next::new(Change::MappingAccessible, &[]),
            Some(SkipReason::ScanDelay) => numab.and_then(|numab| self.at(numab.next_scan)),
            Some(SkipReason::SeqCompleted) => {
                Next::new(Change::NextPass, &[Value::Pass(mm.numa_scan_seq.wrapping_add(1))])
            }
            Some(SkipReason::PidInactive | SkipReason::IgnorePidInactive) => {
                let overdue = numab.map_or(0, |numab| i64::from(numab.prev_scan_seq)) + i64::from(mm.nr_threads) + 1;
                Next::new(Change::ThreadFaults, &[Value::Tid(self.tasks[task].tid), Value::Signed(overdue)])
            }
        }
    }
}
