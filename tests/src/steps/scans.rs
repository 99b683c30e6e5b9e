//! Every recorded `task_numa_work`, in order: the tick before it, whether it was due, the VMAs
//! it passed over and why, its windows, and all that it left behind. What the recording does not
//! hold (`vma_numab_state`) is carried from scan to scan, as the engine left it.

use hintfault::event::{EventKind, ScanVerdict, SkipReason};
use hintfault::ids::{CpuId, NodeId, PAGE_SIZE, PageIdx, ProcIdx, VirtAddr, VmaIdx};
use hintfault::input::{Populate, Region, Sharing};
use hintfault::steps::{Activity, MmState, ScanStep, Steps, TaskState};
use hintfault::time::Jiffies;

use super::clock::{Clock, JIFFIES_SLACK, began_at, jiffies, ran};
use super::machine::{Lab, Place};
use super::placements::bucket;
use super::scan_rows::{Deed, RecordedScan, What, is_in, recorded_scans};
use super::{marks, ticks};
use crate::conformance::{Checks, same};
use crate::free::threads::ns;
use crate::recording::events::ScanRow;
use crate::recording::{RecordedRegion, Recording};

/// Recorded stamps are rounded to this many ns.
pub(super) const STAMP_ROUNDING: u64 = 1000;
/// What rounding to 1 us can make of a runtime difference, times 32.
const STAMP_TOLERANCE: u64 = 40_000;

/// A tick between the kernel's last look at the runtime and its return shows in the recorded
/// runtime, but was not charged. The stamp is lower by so much for each ns of it.
const SCAN_CHARGE: u64 = 32;
const TICK_NS: u64 = 4_000_000;
/// How evenly ticks come.
const TICK_JITTER_NS: u64 = 10_000;

/// Compares all scans of a run.
pub(super) fn compare(recording: &Recording, checks: &mut Checks) {
    let scans = recorded_scans(recording);
    let mut replay = Replay::new(recording, &scans);
    for moment in timeline(recording, &scans) {
        match moment {
            Moment::Fault(fault) => replay.fault(fault),
            Moment::SomeFault(row) => replay.some_fault(row),
            Moment::Begin(scan) => replay.begin(scan, checks),
            Moment::Deed(scan, deed) => replay.follow(scan, deed, checks),
            Moment::End(scan) => replay.end(scan, checks),
        }
    }
}

/// One entry of the merged order of all scans, which can overlap.
#[derive(Clone, Copy)]
enum Moment {
    Fault(usize),
    /// Faults of an interval may have been up to here.
    SomeFault(usize),
    Begin(usize),
    Deed(usize, usize),
    End(usize),
}

fn timeline(recording: &Recording, scans: &[RecordedScan<'_>]) -> Vec<Moment> {
    let known = &recording.events.fault_addr;
    let known_until_ms = faults_known_until_ms(recording);
    let mut moments: Vec<(f64, Moment)> =
        known.iter().enumerate().map(|(fault, row)| (row.t_ms, Moment::Fault(fault))).collect();
    for (place, row) in recording.events.faults.iter().enumerate() {
        let (begin, end) = bucket(row.t_ms);
        if end > known_until_ms {
            moments.push((begin.max(known_until_ms), Moment::SomeFault(place)));
            moments.push((end, Moment::SomeFault(place)));
        }
    }
    for (place, scan) in scans.iter().enumerate() {
        moments.push((scan.row.t_ms, Moment::Begin(place)));
        // The end of a window is noted before the end of its scan, whatever rounding says.
        let end = scan.end_ms();
        let within = |deed: &Deed<'_>| deed.t_ms.clamp(scan.row.t_ms, end);
        moments.extend(scan.deeds.iter().enumerate().map(|(n, deed)| (within(deed), Moment::Deed(place, n))));
        moments.push((end, Moment::End(place)));
    }
    moments.sort_by(|a, b| a.0.total_cmp(&b.0));
    moments.into_iter().map(|(_, moment)| moment).collect()
}

/// Up to when the address of every fault is recorded.
fn faults_known_until_ms(recording: &Recording) -> f64 {
    let known = &recording.events.fault_addr;
    let all: u64 = recording.events.faults.iter().map(|row| row.faults).sum();
    match known.last() {
        Some(_) if u64::try_from(known.len()) == Ok(all) => f64::MAX,
        Some(last) => last.t_ms,
        None => f64::MIN,
    }
}

struct Replay<'a> {
    recording: &'a Recording,
    lab: Lab,
    clock: Clock,
    scans: &'a [RecordedScan<'a>],
    /// By scan: how it goes, while it does.
    under_way: Vec<Option<UnderWay>>,
    is_single_threaded: bool,
    /// Up to when the address of every fault is recorded.
    faults_known_until_ms: f64,
}

struct UnderWay {
    now: Jiffies,
    /// Which VMAs count as used by the thread, where that is not known from faults.
    activities: Vec<Activity>,
    /// What the engine did instead, once it did something else.
    deviation: Option<String>,
}

impl<'a> Replay<'a> {
    fn new(recording: &'a Recording, scans: &'a [RecordedScan<'a>]) -> Self {
        let lab = Lab::new(recording);
        let is_single_threaded = lab.threads.len() == 1;
        let under_way = scans.iter().map(|_| None).collect();
        let faults_known_until_ms = faults_known_until_ms(recording);
        Self {
            recording,
            lab,
            clock: Clock::new(recording),
            scans,
            under_way,
            is_single_threaded,
            faults_known_until_ms,
        }
    }

    fn place(&self, scan: usize) -> Place {
        self.lab.threads[&self.scans[scan].row.thread]
    }

    fn begin(&mut self, scan: usize, checks: &mut Checks) {
        let (recorded, place) = (&self.scans[scan], self.place(scan));
        let name = recorded.place();
        let carried = self.lab.steps.mm(place.process);
        let before = (recorded.row.mm_scan_seq, recorded.row.scan_offset);
        checks.equal("carried", &name, &(carried.scan_seq, carried.scan_offset.0), &before);
        let now = self.now(scan);
        self.lab.steps.set_jiffies(now);
        self.set_mm(scan);
        ticks::compare(&mut self.lab, recorded.row, place, now, checks);
        let task = task_before(recorded.row);
        self.lab.steps.set_task(place.task, &task);
        let mm = self.lab.steps.mm(place.process);
        let verdict = self.lab.steps.task_numa_work(place.task);
        let due = if ran(recorded.row) { ScanVerdict::Scan } else { ScanVerdict::NotDue };
        checks.equal("due", &name, &verdict, &Some(due));
        if verdict != Some(ScanVerdict::Scan) {
            let after = (self.lab.steps.task(place.task), self.lab.steps.mm(place.process));
            checks.equal("not-due", &name, &after, &(task, mm));
            return;
        }
        self.check_next_scan(scan, &name, checks);
        self.lab.steps.set_runtime(place.task, ns(recorded.row.after_runtime_ms));
        let activities = self.activities(scan);
        self.under_way[scan] = Some(UnderWay { now, activities, deviation: None });
    }

    /// Jiffies when a scan began.
    fn now(&self, scan: usize) -> Jiffies {
        let row = self.scans[scan].row;
        let exact = if self.is_single_threaded { self.clock.exact(row.t_ms) } else { None };
        let near = self.clock.near_other(row.t_ms);
        // Where a placement of another thread put off the next scan, the row says nothing.
        let told = began_at(row).filter(|&told| near.is_none_or(|near| told.0.abs_diff(near.0) <= JIFFIES_SLACK));
        exact.or(told).or(near).unwrap_or_else(|| panic!("no scan ran that would tell jiffies"))
    }

    /// Sets the address space as it was before a scan.
    fn set_mm(&mut self, scan: usize) {
        let (row, process) = (self.scans[scan].row, self.place(scan).process);
        let mm = self.lab.steps.mm(process);
        let state = MmState {
            scan_seq: row.mm_scan_seq,
            scan_offset: VirtAddr(row.scan_offset),
            next_scan: jiffies(row.next_scan_jiffies_lo32),
            rss_pages: self.resident(process, row.t_ms).unwrap_or(mm.rss_pages),
            ..mm
        };
        self.lab.steps.set_mm(process, &state);
    }

    /// Resident pages of a process while its memory is being touched for the first time, which
    /// goes on at an even pace.
    fn resident(&self, process: ProcIdx, t_ms: f64) -> Option<u64> {
        let mapped =
            |region: &&RecordedRegion| self.lab.regions(process).iter().any(|mapped| mapped.start.0 == region.addr);
        let regions = self.recording.regions.iter().filter(mapped);
        let missing: f64 = regions
            .map(|region| {
                let left = (region.touch_end_ms - t_ms) / (region.touch_end_ms - region.touch_start_ms);
                f64::from(region.pages) * left.clamp(0.0, 1.0)
            })
            .sum();
        let all: u64 = self.lab.regions(process).iter().map(populated).sum();
        (missing > 0.0).then(|| all - whole(missing))
    }

    fn check_next_scan(&self, scan: usize, name: &str, checks: &mut Checks) {
        let row = self.scans[scan].row;
        let engine = self.lab.steps.mm(self.place(scan).process).next_scan;
        checks.equal("next-scan", name, &engine, &jiffies(row.after_next_scan_jiffies_lo32));
    }

    /// Which VMAs count as used by the thread: not those that the scan passed over for being
    /// inactive. Where a fault was is recorded only for the first faults of few runs; any other
    /// fault may have been in each VMA. So a VMA that was entered must have been used lately
    /// enough by the engine's reckoning too, if no other rule let the scan in.
    fn activities(&self, scan: usize) -> Vec<Activity> {
        let (recorded, place) = (&self.scans[scan], self.place(scan));
        if recorded.row.t_ms <= self.faults_known_until_ms {
            return Vec::new();
        }
        let regions = self.lab.regions(place.process);
        let mut activities = recorded.activities(regions);
        if !recorded.has_all_skips {
            let forced = recorded.activities_if_forced(regions);
            if !self.leads_there(scan, &activities) && self.leads_there(scan, &forced) {
                activities = forced;
            }
        }
        activities
    }

    /// Whether a scan ends as recorded if these VMAs are active. Tried on a copy.
    fn leads_there(&self, scan: usize, activities: &[Activity]) -> bool {
        let (recorded, place) = (&self.scans[scan], self.place(scan));
        let mut steps = self.lab.steps.clone();
        set_activities(&mut steps, recorded, place, activities);
        for deed in recorded.deeds.iter().filter(|deed| deed.what.is_window()) {
            self.set_pages(&mut steps, scan, deed);
            let window = loop {
                match steps.next_of_scan(place.task) {
                    ScanStep::Over => return false,
                    ScanStep::Did(kind) if matches!(kind, EventKind::ScanWindow { .. }) => break kind,
                    ScanStep::Did(_) => {}
                }
            };
            if !self.deed(place, window).is(&deed.what) {
                return false;
            }
        }
        while let ScanStep::Did(kind) = steps.next_of_scan(place.task) {
            if matches!(kind, EventKind::ScanWindow { .. }) {
                return false;
            }
        }
        let mm = steps.mm(place.process);
        (mm.scan_seq, mm.scan_offset.0) == (recorded.row.after_mm_scan_seq, recorded.row.after_scan_offset)
    }

    /// Faults of a thread somewhere in its process: they may have been in any VMA.
    fn some_fault(&mut self, row: usize) {
        let place = self.lab.threads[&self.recording.events.faults[row].thread];
        for vma in 0..self.lab.regions(place.process).len() {
            self.lab.steps.vma_set_access_pid_bit(place.task, vma_idx(vma));
        }
    }

    /// A fault at a recorded address.
    fn fault(&mut self, fault: usize) {
        let row = &self.recording.events.fault_addr[fault];
        let place = self.lab.threads[&row.thread];
        let vma = self.lab.regions(place.process).iter().position(|region| is_in(region, row.page_addr));
        let vma = vma_idx(vma.expect("a fault in a region"));
        self.lab.steps.vma_set_access_pid_bit(place.task, vma);
    }

    /// Lets the engine's scan do its next thing, which should be the recorded one.
    fn follow(&mut self, scan: usize, deed: usize, checks: &mut Checks) {
        let (recorded, place) = (&self.scans[scan], self.place(scan));
        let Some(under_way) = self.under_way[scan].take() else { return };
        if under_way.deviation.is_some() {
            self.under_way[scan] = Some(under_way);
            return;
        }
        let deed = recorded.deeds[deed];
        let passed = (deed.t_ms - recorded.row.t_ms + 0.1) / 4.0;
        self.lab.steps.set_jiffies(under_way.now.plus(whole(passed)));
        set_activities(&mut self.lab.steps, recorded, place, &under_way.activities);
        self.check_marks(scan, &deed, checks);
        let mut steps = self.lab.steps.clone();
        self.set_pages(&mut steps, scan, &deed);
        self.lab.steps = steps;
        let deviation = self.deviation(recorded, place, &deed);
        self.under_way[scan] = Some(UnderWay { deviation, ..under_way });
    }

    /// Compares how many entries a window marks, where that is known. Tried on a copy.
    fn check_marks(&self, scan: usize, deed: &Deed<'_>, checks: &mut Checks) {
        let (recorded, place) = (&self.scans[scan], self.place(scan));
        let Some(known) = marks::whole_region(self.recording, recorded, deed) else { return };
        let What::Window { start, updated, .. } = deed.what else { return };
        let marked = |mm_users| {
            let mut steps = self.lab.steps.clone();
            let mm = steps.mm(place.process);
            steps.set_mm(place.process, &MmState { mm_users: mm.mm_users + mm_users, ..mm });
            let vma = self.lab.regions(place.process).iter().position(|region| region.start.0 == start)?;
            steps.set_pages(place.process, vma_idx(vma), &known.runs);
            loop {
                match steps.next_of_scan(place.task) {
                    ScanStep::Did(EventKind::ScanWindow { updated, .. }) => return Some(u64::from(updated)),
                    ScanStep::Did(_) => {}
                    ScanStep::Over => return None,
                }
            }
        };
        let (Some(alone), Some(read)) = (marked(0), marked(u32::from(known.is_read))) else { return };
        let range = alone.saturating_sub(known.leftover)..=read;
        let outcome = if range.contains(&u64::from(updated)) {
            Ok(())
        } else {
            Err(format!("engine {range:?}, recorded {updated}"))
        };
        let kind = if range.start() == range.end() { "marks" } else { "marks-within" };
        checks.add(kind, &recorded.place(), outcome);
    }

    /// What the engine does instead of the recorded thing, if it does.
    fn deviation(&mut self, recorded: &RecordedScan<'_>, place: Place, deed: &Deed<'_>) -> Option<String> {
        loop {
            let step = self.lab.steps.next_of_scan(place.task);
            let engine = match step {
                ScanStep::Over => return Some(format!("over before {deed}")),
                ScanStep::Did(kind) => self.deed(place, kind),
            };
            let is_missing = !recorded.has_all_skips && matches!(engine, EngineDeed::Skip { .. });
            if engine.is(&deed.what) {
                return None;
            }
            if !is_missing {
                return Some(format!("{engine:?} instead of {deed}"));
            }
        }
    }

    fn deed(&self, place: Place, kind: EventKind) -> EngineDeed {
        let start = |vma: VmaIdx| self.lab.regions(place.process)[vma.index()].start.0;
        match kind {
            EventKind::SkipVma { vma, reason, .. } => EngineDeed::Skip { start: start(vma), reason },
            EventKind::ScanWindow { start, end, updated, .. } => {
                EngineDeed::Window { start: start.0, end: end.0, updated }
            }
            other => unreachable!("{other:?} in a scan"),
        }
    }

    /// Puts as many pages that can be marked into a window as were marked there. Which pages
    /// these were is not recorded.
    fn set_pages(&self, steps: &mut Steps, scan: usize, deed: &Deed<'_>) {
        let What::Window { start, updated, .. } = deed.what else { return };
        let (row, process) = (self.scans[scan].row, self.place(scan).process);
        let regions = self.lab.regions(process);
        let found = regions
            .iter()
            .position(|region| (region.start.0..region.start.0 + u64::from(region.pages) * PAGE_SIZE).contains(&start));
        let Some(vma) = found else { return };
        let first = u32::try_from((start - regions[vma].start.0) / PAGE_SIZE).expect("inside a region");
        let run = Populate {
            first: PageIdx(first),
            pages: updated,
            node: self.lab.markable_node(row.cpu),
            sharing: Sharing::Exclusive,
        };
        let runs = [run];
        steps.set_pages(process, vma_idx(vma), if updated > 0 { &runs } else { &[] });
    }

    fn end(&mut self, scan: usize, checks: &mut Checks) {
        let (recorded, place) = (&self.scans[scan], self.place(scan));
        let (row, name) = (recorded.row, recorded.place());
        let Some(under_way) = self.under_way[scan].take() else { return };
        self.move_during(recorded, place);
        set_activities(&mut self.lab.steps, recorded, place, &under_way.activities);
        let excess = self.finish(recorded, place);
        let deviation = under_way.deviation.or(excess);
        checks.add("order", &name, deviation.map_or(Ok(()), Err));
        let (task, mm) = (self.lab.steps.task(place.task), self.lab.steps.mm(place.process));
        let left = (mm.scan_seq, mm.scan_offset.0);
        checks.equal("after", &name, &left, &(row.after_mm_scan_seq, row.after_scan_offset));
        checks.equal("period", &name, &task.scan_period_ms, &row.after_scan_period_ms);
        let stamp = ns(row.after_node_stamp_ms);
        let is_near = |stamp: u64, tolerance: u64| task.node_stamp.0.abs_diff(stamp) <= tolerance;
        let is_right =
            is_near(stamp.0, STAMP_TOLERANCE) || is_near(stamp.0 + SCAN_CHARGE * TICK_NS, SCAN_CHARGE * TICK_JITTER_NS);
        checks.add("node-stamp", &name, if is_right { Ok(()) } else { same(&task.node_stamp, &stamp) });
    }

    /// Moves the scanning thread to the CPUs it came to during its scan.
    fn move_during(&mut self, recorded: &RecordedScan<'_>, place: Place) {
        let moves = self.recording.events.cpu_migrate.iter().filter(|row| {
            row.thread == recorded.row.thread && recorded.row.t_ms < row.t_ms && row.t_ms <= recorded.end_ms()
        });
        for row in moves {
            self.lab.steps.update_scan_period(place.task, CpuId(row.to_cpu));
            let task = self.lab.steps.task(place.task);
            self.lab.steps.set_task(place.task, &TaskState { cpu: CpuId(row.to_cpu), ..task });
        }
    }

    /// Runs a scan to its end, which should come at once.
    fn finish(&mut self, recorded: &RecordedScan<'_>, place: Place) -> Option<String> {
        let mut deviation = None;
        while let ScanStep::Did(kind) = self.lab.steps.next_of_scan(place.task) {
            let engine = self.deed(place, kind);
            let is_missing = !recorded.has_all_skips && matches!(engine, EngineDeed::Skip { .. });
            if !is_missing && deviation.is_none() {
                deviation = Some(format!("{engine:?} after the last one"));
            }
        }
        deviation
    }
}

/// What the engine's scan did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum EngineDeed {
    Skip { start: u64, reason: SkipReason },
    Window { start: u64, end: u64, updated: u32 },
}

impl EngineDeed {
    fn is(&self, recorded: &What<'_>) -> bool {
        match (*self, *recorded) {
            (Self::Skip { start, reason }, What::Skip { start: at, reason: why }) => {
                start == at && reason.as_str() == why
            }
            (Self::Window { start, end, updated }, What::Window { start: from, end: to, updated: marked }) => {
                (start, end, updated) == (from, to, marked)
            }
            _ => false,
        }
    }
}

/// The scanning task as it was.
pub(super) fn task_before(row: &ScanRow) -> TaskState {
    TaskState {
        cpu: CpuId(row.cpu),
        runtime: ns(row.runtime_ms),
        node_stamp: ns(row.node_stamp_ms),
        scan_period_ms: row.scan_period_ms,
        scan_period_max_ms: row.scan_period_max_ms,
        scan_seq: row.task_scan_seq,
        preferred_nid: u8::try_from(row.preferred_nid).ok().map(NodeId),
    }
}

/// Says which VMAs count as used by the thread. Where all skips are recorded, one that does may
/// only do so if the engine thinks it may: the bit is not set.
fn set_activities(steps: &mut Steps, recorded: &RecordedScan<'_>, place: Place, activities: &[Activity]) {
    for (vma, &activity) in activities.iter().enumerate() {
        if activity == Activity::Inactive || !recorded.has_all_skips {
            steps.set_pid_active(place.task, vma_idx(vma), activity);
        }
    }
}

/// Pages of a region that are there once everything is set up.
fn populated(region: &Region) -> u64 {
    region.populate.iter().map(|run| u64::from(run.pages)).sum()
}

fn vma_idx(place: usize) -> VmaIdx {
    VmaIdx(u16::try_from(place).expect("few regions"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few ticks")]
fn whole(ticks: f64) -> u64 {
    ticks.max(0.0) as u64
}
