//! Fault statistics in the samples of a recording, and the placements that lie between them.

use hintfault::steps::MemFaults;

use crate::recording::series::FaultSeries;
use crate::recording::{RecordedTopology, Recording};

/// A row of the statistics of a thread: shared, private by node number.
pub(super) fn task_row(topology: &RecordedTopology, series: &FaultSeries, row: usize) -> MemFaults {
    by_number(topology, &series.task_shared[row], &series.task_private[row])
}

/// The same of its group.
pub(super) fn group_row(topology: &RecordedTopology, series: &FaultSeries, row: usize) -> MemFaults {
    by_number(topology, &series.group_shared[row], &series.group_private[row])
}

fn by_number(topology: &RecordedTopology, shared: &[u64], private: &[u64]) -> MemFaults {
    let count = topology.nodes.iter().map(|node| usize::from(node.id) + 1).max().unwrap_or(0);
    let mut figures = vec![[0; 2]; count];
    for (node, (&shared, &private)) in topology.nodes.iter().zip(shared.iter().zip(private)) {
        figures[usize::from(node.id)] = [shared, private];
    }
    figures
}

/// A change of a thread's statistics between two samples: a placement, nearly always one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Change {
    /// Its row in the statistics.
    pub(super) row: usize,
    /// The sample that shows it first.
    pub(super) sample: usize,
    /// Time of the sample before.
    pub(super) after_ms: f64,
    /// Time of that sample.
    pub(super) until_ms: f64,
}

/// Changes of a thread's own statistics.
pub(super) fn changes(recording: &Recording, thread: &str) -> Vec<Change> {
    let Some(series) = recording.series.numa_faults.get(thread) else { return Vec::new() };
    let times = &recording.series.t_ms;
    let has_changed = |row: usize| {
        let figures = |row| task_row(&recording.topology, series, row);
        figures(row) != figures(row - 1)
    };
    let rows = (1..series.t_ms.len()).filter(|&row| has_changed(row));
    rows.filter_map(|row| {
        let sample = times.iter().position(|&t_ms| (t_ms - series.t_ms[row]).abs() < 0.001)?;
        let after_ms = times[sample.checked_sub(1)?];
        Some(Change { row, sample, after_ms, until_ms: times[sample] })
    })
    .collect()
}

/// What must have come since the placement before, for the figures to be what they are: half of
/// the old figure, rounded down, goes. None where less is left than that.
pub(super) fn fresh_faults(old: &MemFaults, new: &MemFaults) -> Option<MemFaults> {
    let fresh = |(old, new): (&[u64; 2], &[u64; 2])| {
        let of = |kind: usize| new[kind].checked_sub(old[kind] - old[kind] / 2);
        Some([of(0)?, of(1)?])
    };
    old.iter().zip(new).map(fresh).collect()
}
