//! Scan periods: the upper bound that a placement computes, and the step that it makes.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use hintfault::steps::{GroupBefore, MemFaults, PlacementBefore, TaskState};

use super::machine::Lab;
use super::placements::bucket;
use super::samples::{Change, changes, fresh_faults, group_row, task_row};
use crate::conformance::Checks;
use crate::recording::Recording;
use crate::recording::events::ScanRow;

const TNF_FAULT_LOCAL: u8 = 0x08;
const TNF_MIGRATE_FAIL: u8 = 0x10;

/// Compares the periods of all threads of a run.
pub(super) fn compare(recording: &Recording, checks: &mut Checks) {
    let lab = Lab::new(recording);
    for thread in recording.series.threads.keys() {
        let scans = recording.events.scans().into_iter().filter(|row| row.thread == *thread);
        let rows: Vec<&ScanRow> = scans.collect();
        let thread = Thread { recording, lab: &lab, name: thread, changes: changes(recording, thread) };
        for row in rows.iter().filter(|row| row.scan_period_max_ms != 0) {
            thread.compare_max(row, checks);
        }
        for pair in rows.windows(2) {
            thread.compare_step(pair[0], pair[1], checks);
        }
    }
}

struct Thread<'a> {
    recording: &'a Recording,
    lab: &'a Lab,
    name: &'a str,
    changes: Vec<Change>,
}

/// Figures around a placement.
struct Figures {
    old: MemFaults,
    new: MemFaults,
    /// Between which times it was.
    change: Change,
    /// The placement before it.
    since: Option<Change>,
}

impl Thread<'_> {
    /// `numa_scan_period_max` before a scan: `task_scan_max` at the last placement, under a group
    /// as one of the samples before shows it.
    fn compare_max(&self, row: &ScanRow, checks: &mut Checks) {
        let mut steps = self.lab.steps.clone();
        let task = self.lab.threads[self.name].task;
        let mut found = BTreeSet::new();
        for group in self.groups_until(row.t_ms) {
            found.insert(steps.task_scan_max(task, group.as_ref()));
        }
        self.add("period-max", row, &found, row.scan_period_max_ms, checks);
    }

    fn add(&self, kind: &'static str, row: &ScanRow, engine: &BTreeSet<u32>, recorded: u32, checks: &mut Checks) {
        let kind = match (engine.len(), kind) {
            (1, _) => kind,
            (_, "period-max") => "period-max-within",
            _ => "period-step-within",
        };
        let outcome =
            if engine.contains(&recorded) { Ok(()) } else { Err(format!("engine {engine:?}, recorded {recorded}")) };
        checks.add(kind, &format!("{} {:.3}", self.name, row.t_ms), outcome);
    }

    /// Groups that the thread had in samples up to a time and in the first after it; none where
    /// it had none yet.
    fn groups_until(&self, t_ms: f64) -> Vec<Option<GroupBefore>> {
        let times = &self.recording.series.t_ms;
        let until = times.iter().position(|&at| at > t_ms).unwrap_or(times.len() - 1);
        let mut groups: Vec<Option<GroupBefore>> = vec![None];
        for sample in 0..=until {
            for group in self.groups_near(sample) {
                if !groups.contains(&Some(group.clone())) {
                    groups.push(Some(group));
                }
            }
        }
        groups
    }

    /// The group in a sample, with as many members as in that sample and in the ones next to it:
    /// it may have changed in between.
    fn groups_near(&self, sample: usize) -> Vec<GroupBefore> {
        let series = &self.recording.series;
        let gid = series.threads[self.name].group_id[sample];
        if gid == 0 {
            return Vec::new();
        }
        let faults = &series.numa_faults[self.name];
        let row = faults.t_ms.iter().rposition(|&at| at <= series.t_ms[sample]).unwrap_or(0);
        let mem = group_row(&self.recording.topology, faults, row);
        let members = |sample: usize| {
            let count = series.threads.values().filter(|of| of.group_id.get(sample) == Some(&gid)).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let counts: BTreeSet<u32> = [sample.saturating_sub(1), sample, sample + 1].map(members).into_iter().collect();
        let counts = counts.into_iter().filter(|&count| count > 0);
        counts.map(|nr_tasks| GroupBefore { nr_tasks, mem: mem.clone() }).collect()
    }

    /// The period before one scan and after another, where just one placement and no move to
    /// another node lies between the two.
    fn compare_step(&self, before: &ScanRow, after: &ScanRow, checks: &mut Checks) {
        if before.task_scan_seq == after.task_scan_seq || self.has_changed_node(before.t_ms, after.t_ms) {
            return;
        }
        let Some(figures) = self.figures_between(before, after) else { return };
        let Some(fresh) = fresh_faults(&figures.old, &figures.new) else { return };
        let mut periods = BTreeSet::new();
        for locality in self.localities(before, figures.since, &figures.change, &fresh) {
            for group in self.groups_at(&figures.change) {
                let input = PlacementBefore { mem: figures.old.clone(), fresh: fresh.clone(), locality, group };
                for period_ms in self.periods_before(before, after, &input) {
                    periods.insert(self.period_after(period_ms, &input));
                }
            }
        }
        self.add("period-step", after, &periods, after.scan_period_ms, checks);
    }

    /// The figures before and after a placement between two scans. Their sums tell which they
    /// were; a placement that left them as they were was one all the same. None where there was
    /// more than one.
    fn figures_between(&self, before: &ScanRow, after: &ScanRow) -> Option<Figures> {
        let old = self.figures_with(before)?;
        let new = self.figures_with(after)?;
        let of = |place: usize| {
            let row = place.checked_sub(1).map_or(0, |place| self.changes[place].row);
            task_row(&self.recording.topology, &self.recording.series.numa_faults[self.name], row)
        };
        let samples = &self.recording.series.t_ms;
        let sample = match new.checked_sub(old)? {
            0 => samples.iter().position(|&t_ms| t_ms > before.t_ms)?.max(1),
            1 => self.changes[old].sample,
            _ => return None,
        };
        let (mut after_ms, mut until_ms) = (before.t_ms, after.t_ms);
        if new > old {
            after_ms = after_ms.max(self.changes[old].after_ms);
            until_ms = until_ms.min(self.changes[old].until_ms);
        }
        let change = Change { row: 0, sample, after_ms, until_ms };
        let since = old.checked_sub(1).map(|place| self.changes[place]);
        Some(Figures { old: of(old), new: of(new), change, since })
    }

    /// How many changes lie before a scan: the sum of the figures is that of the scan's row.
    fn figures_with(&self, row: &ScanRow) -> Option<usize> {
        let series = &self.recording.series.numa_faults[self.name];
        let sum = |row: usize| -> u64 { task_row(&self.recording.topology, series, row).iter().flatten().sum() };
        (0..=self.changes.len()).find(|&place| {
            let since = place.checked_sub(1).map(|place| self.changes[place]);
            let is_after = since.is_none_or(|since| since.after_ms < row.t_ms);
            let is_before = self.changes.get(place).is_none_or(|next| next.until_ms > row.t_ms);
            is_after && is_before && sum(since.map_or(0, |since| since.row)) == row.total_numa_faults
        })
    }

    /// The period that the placement found. Before figures that are all 0 there may have been
    /// another placement which nobody sees, that of a pass in which the task had no fault.
    fn periods_before(&self, before: &ScanRow, after: &ScanRow, input: &PlacementBefore) -> Vec<u32> {
        let found = before.after_scan_period_ms;
        let passes = after.task_scan_seq - before.task_scan_seq;
        let had_faults = input.mem.iter().flatten().any(|&figure| figure > 0)
            || before.faults_locality_remote_local_failed != [0; 3];
        if passes < 2 || had_faults {
            return vec![found];
        }
        let none = vec![[0; 2]; input.mem.len()];
        let empty = PlacementBefore { mem: none.clone(), fresh: none, locality: [0; 3], group: input.group.clone() };
        vec![found, self.period_after(found, &empty)]
    }

    fn period_after(&self, period_ms: u32, input: &PlacementBefore) -> u32 {
        let mut steps = self.lab.steps.clone();
        let task = self.lab.threads[self.name].task;
        let state = TaskState { scan_period_ms: period_ms, ..steps.task(task) };
        steps.set_task(task, &state);
        steps.task_numa_placement(task, input).scan_period_ms
    }

    fn has_changed_node(&self, from_ms: f64, to_ms: f64) -> bool {
        self.recording.events.cpu_migrate.iter().any(|row| {
            let is_within = row.thread == self.name && from_ms < row.t_ms && row.t_ms < to_ms;
            is_within && self.lab.node_of(row.from_cpu) != self.lab.node_of(row.to_cpu)
        })
    }

    /// Groups that the thread may have had at a placement.
    fn groups_at(&self, change: &Change) -> Vec<Option<GroupBefore>> {
        let mut groups: Vec<Option<GroupBefore>> = Vec::new();
        let gids = &self.recording.series.threads[self.name].group_id;
        if gids[change.sample - 1] == 0 {
            groups.push(None);
        }
        for sample in [change.sample - 1, change.sample] {
            groups.extend(self.groups_near(sample).into_iter().map(Some));
        }
        groups
    }

    /// What `numa_faults_locality` may have been at a placement: remote and local add up to the
    /// fresh faults; how they are divided is known as far as sums over intervals tell.
    fn localities(&self, scan: &ScanRow, since: Option<Change>, change: &Change, fresh: &MemFaults) -> Vec<[u64; 3]> {
        let all: u64 = fresh.iter().flatten().sum();
        let [seen_remote, seen_local, seen_failed] = self.seen(scan, since);
        let locals = self.pages_with(TNF_FAULT_LOCAL, since, change);
        let failed = self.pages_with(TNF_MIGRATE_FAIL, since, change);
        let has_group = self.recording.series.threads[self.name].group_id[change.sample] != 0;
        // Within a group a remote fault between active nodes counts as local.
        let most = if has_group { all } else { *locals.end() };
        let most = most.min(all.saturating_sub(seen_remote));
        let least = (*locals.start()).max(seen_local).min(most);
        let mut localities = Vec::new();
        for local in steps_of(all, least..=most) {
            if *failed.start() == 0 && seen_failed == 0 {
                localities.push([all - local, local, 0]);
            }
            if *failed.end() > 0 {
                localities.push([all - local, local, 1]);
            }
        }
        localities
    }

    /// What the scan row saw of these counters, if no placement lies before it.
    fn seen(&self, scan: &ScanRow, since: Option<Change>) -> [u64; 3] {
        match since {
            Some(since) if since.until_ms > scan.t_ms => [0; 3],
            _ => scan.faults_locality_remote_local_failed,
        }
    }

    /// Pages of faults with a flag since the last placement: certainly, at most.
    fn pages_with(&self, flag: u8, since: Option<Change>, change: &Change) -> RangeInclusive<u64> {
        let (mut least, mut most) = (0, 0);
        let (from, surely_from) = since.map_or((f64::MIN, f64::MIN), |since| (since.after_ms, since.until_ms));
        let rows = self.recording.events.faults.iter();
        for row in rows.filter(|row| row.thread == self.name && row.flags & flag != 0) {
            let (begin, end) = bucket(row.t_ms);
            if begin >= surely_from && end <= change.after_ms {
                least += row.pages;
            }
            if end > from && begin < change.until_ms {
                most += row.pages;
            }
        }
        least..=most
    }
}

/// Numbers of local faults out of `all` that make a difference: the ends of the range and each
/// tenth in it.
fn steps_of(all: u64, range: RangeInclusive<u64>) -> Vec<u64> {
    let tenths = (0..=10).map(|tenth| (all * tenth).div_ceil(10));
    let inside = tenths.filter(|local| range.contains(local));
    inside.chain([*range.start(), *range.end()]).chain([1].into_iter().filter(|local| range.contains(local))).collect()
}
