//! `task_numa_placement` wherever a change of the statistics between two samples shows one.

use std::ops::RangeInclusive;

use hintfault::ids::NodeId;
use hintfault::steps::{GroupBefore, MemFaults, PlacementBefore, TaskState};

use super::machine::Lab;
use super::samples::{Change, changes, fresh_faults, group_row, task_row};
use crate::conformance::Checks;
use crate::recording::Recording;
use crate::recording::events::BUCKET_MS;

/// Compares all placements of a run.
pub(super) fn compare(recording: &Recording, checks: &mut Checks) {
    let lab = Lab::new(recording);
    compare_totals(recording, checks);
    for thread in recording.series.numa_faults.keys() {
        let mut since_ms = (f64::MIN, f64::MIN);
        for change in changes(recording, thread) {
            Placement { recording, lab: &lab, thread, change, since_ms }.compare(checks);
            since_ms = (change.after_ms, change.until_ms);
        }
    }
}

/// `total_numa_faults` is the sum of the figures, in every sample.
fn compare_totals(recording: &Recording, checks: &mut Checks) {
    for (thread, series) in &recording.series.numa_faults {
        let samples = &recording.series.threads[thread];
        let mut bad = Vec::new();
        for (sample, t_ms) in recording.series.t_ms.iter().enumerate() {
            let Some(row) = series.t_ms.iter().rposition(|at| at <= t_ms) else { continue };
            let sum: u64 = task_row(&recording.topology, series, row).iter().flatten().sum();
            if sum != samples.total_numa_faults[sample] {
                bad.push(*t_ms);
            }
        }
        checks.equal("total", thread, &bad, &Vec::new());
    }
}

/// A placement of one thread.
struct Placement<'a> {
    recording: &'a Recording,
    lab: &'a Lab,
    thread: &'a str,
    change: Change,
    /// Between these times lies the one before.
    since_ms: (f64, f64),
}

impl Placement<'_> {
    fn compare(&self, checks: &mut Checks) {
        let name = format!("{} {:.3}", self.thread, self.change.until_ms);
        let series = &self.recording.series.numa_faults[self.thread];
        let of = |row| task_row(&self.recording.topology, series, row);
        let (old, new) = (of(self.change.row - 1), of(self.change.row));
        let Some(fresh) = fresh_faults(&old, &new) else {
            checks.add("decay", &name, Err(format!("less than half of {old:?} is left in {new:?}")));
            return;
        };
        checks.add("fresh", &name, self.fits_faults(&fresh));
        let place = self.lab.threads[self.thread];
        let mut steps = self.lab.steps.clone();
        let preferred_nid = self.preferred_before();
        steps.set_task(place.task, &TaskState { preferred_nid, ..steps.task(place.task) });
        let group = self.group_before();
        let locality = [fresh.iter().flatten().sum(), 0, 0];
        let before = PlacementBefore { mem: old, fresh, locality, group };
        let after = steps.task_numa_placement(place.task, &before);
        let total = self.recording.series.threads[self.thread].total_numa_faults[self.change.sample];
        checks.equal("decay", &name, &(after.mem, after.total_faults), &(new, total));
        if let Some(recorded) = self.group_after().filter(|_| before.group.is_some()) {
            checks.equal("group-sums", &name, &after.group_mem, &Some(recorded));
        }
        if before.group.is_some() || self.is_ungrouped() {
            checks.equal("preferred", &name, &after.preferred_nid, &self.preferred_after(preferred_nid));
        }
    }

    /// Whether the faults that must have come since the last placement did come then, as far as
    /// sums over intervals tell.
    fn fits_faults(&self, fresh: &MemFaults) -> Result<(), String> {
        for (node, figures) in fresh.iter().enumerate() {
            let came: u64 = figures.iter().sum();
            let range = self.faults_on(node);
            if !range.contains(&came) {
                return Err(format!("{came} faults on node {node}, recorded {range:?}"));
            }
        }
        Ok(())
    }

    /// Pages of faults on a node between the placements: certainly, at most.
    fn faults_on(&self, node: usize) -> RangeInclusive<u64> {
        let rows = self.recording.events.faults.iter();
        let rows = rows.filter(|row| row.thread == self.thread && usize::from(row.page_node_after) == node);
        let (mut least, mut most) = (0, 0);
        for row in rows {
            let (begin, end) = bucket(row.t_ms);
            let is_uncounted = self.lab.is_slow(NodeId(row.page_node_after));
            if begin >= self.since_ms.1 && end <= self.change.after_ms && !is_uncounted {
                least += row.pages;
            }
            if end > self.since_ms.0 && begin < self.change.until_ms {
                most += row.pages;
            }
        }
        least..=most
    }

    fn preferred_before(&self) -> Option<NodeId> {
        let samples = &self.recording.series.threads[self.thread];
        node(samples.preferred_nid[self.change.sample - 1])
    }

    /// The preferred node that the placement set: a move that fails may set another one after.
    fn preferred_after(&self, before: Option<NodeId>) -> Option<NodeId> {
        let (from, to) = (self.change.after_ms, self.change.until_ms);
        let mut sets = self.recording.events.set_preferred.iter();
        let first = sets.find(|set| set.thread == self.thread && from < set.t_ms && set.t_ms <= to);
        first.map_or(before, |set| node(set.nid))
    }

    fn is_ungrouped(&self) -> bool {
        let groups = &self.recording.series.threads[self.thread].group_id;
        groups[self.change.sample] == 0 && groups[self.change.sample - 1] == 0
    }

    /// The group in the sample before, if in the sample of the change nothing but this task's
    /// figures has changed in it.
    fn group_before(&self) -> Option<GroupBefore> {
        let series = &self.recording.series;
        let (before, sample) = (self.change.sample - 1, self.change.sample);
        let gid = series.threads[self.thread].group_id[before];
        let members = |sample: usize| -> Vec<&String> {
            series.threads.iter().filter(|(_, of)| of.group_id[sample] == gid).map(|(name, _)| name).collect()
        };
        if gid == 0 || members(before) != members(sample) {
            return None;
        }
        let others_rest = members(sample).into_iter().filter(|&name| name != self.thread).all(|name| {
            let changes = changes(self.recording, name);
            !changes.iter().any(|change| change.sample == sample)
        });
        if !others_rest {
            return None;
        }
        let mem = group_row(&self.recording.topology, &series.numa_faults[self.thread], self.change.row - 1);
        Some(GroupBefore { nr_tasks: u32::try_from(members(before).len()).ok()?, mem })
    }

    fn group_after(&self) -> Option<MemFaults> {
        let series = &self.recording.series;
        let has_group = series.threads[self.thread].group_id[self.change.sample] != 0;
        has_group.then(|| group_row(&self.recording.topology, &series.numa_faults[self.thread], self.change.row))
    }
}

fn node(nid: i32) -> Option<NodeId> {
    u8::try_from(nid).ok().map(NodeId)
}

/// An interval of `events.faults`.
#[expect(clippy::cast_precision_loss, reason = "ms of a run")]
pub(super) fn bucket(t_ms: i64) -> (f64, f64) {
    let begin = t_ms as f64;
    (begin, begin + f64::from(BUCKET_MS))
}
