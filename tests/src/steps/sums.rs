//! Whether a recording agrees with itself: counters of the kernel against the events they count.
//! No engine is needed for that; a recording that fails here is no measure for one.

use super::samples::{group_row, task_row};
use crate::conformance::Checks;
use crate::recording::Recording;

const REASON_NUMA_MISPLACED: u8 = 5;
const TNF_MIGRATED: u8 = 0x01;

/// Compares end values with sums over events.
pub(super) fn compare(recording: &Recording, checks: &mut Checks) {
    let vmstat = |name: &str| recording.end.vmstat_delta.get(name).copied().unwrap_or(0);
    let events = &recording.events;
    let moved = events.migrate_pages.iter().filter(|row| row.reason == REASON_NUMA_MISPLACED);
    let moved: u64 = moved.map(|row| row.succeeded).sum();
    let marked: u64 = events.prot.iter().map(|row| u64::from(row.nr_updated)).sum();
    let faults: u64 = events.faults.iter().map(|row| row.faults).sum();
    for (name, sum) in [("numa_pages_migrated", moved), ("numa_pte_updates", marked), ("numa_hint_faults", faults)] {
        let counter = u64::try_from(vmstat(name)).unwrap_or(u64::MAX);
        checks.add("sums", name, agree(sum, counter));
    }
    for (thread, series) in &recording.series.threads {
        let of_thread = events.faults.iter().filter(|row| row.thread == *thread && row.flags & TNF_MIGRATED != 0);
        let pages: u64 = of_thread.map(|row| row.pages).sum();
        let counted = series.pages_migrated.last().copied().unwrap_or(0);
        checks.add("sums", &format!("pages_migrated {thread}"), agree(pages, counted));
    }
    compare_groups(recording, checks);
}

fn agree(events: u64, counter: u64) -> Result<(), String> {
    if events == counter { Ok(()) } else { Err(format!("{events} in events, {counter} counted")) }
}

/// The figures of a group are the sums of its members' figures, in every sample.
fn compare_groups(recording: &Recording, checks: &mut Checks) {
    let series = &recording.series;
    for thread in series.numa_faults.keys() {
        let groups = &series.threads[thread].group_id;
        let bad: Vec<f64> = (0..groups.len())
            .filter(|&sample| groups[sample] != 0 && !is_sum_of_members(recording, thread, sample))
            .map(|sample| series.t_ms[sample])
            .collect();
        if groups.iter().any(|&group| group != 0) {
            let outcome = if bad.is_empty() { Ok(()) } else { Err(format!("not at {bad:?} ms")) };
            checks.add("sums", &format!("group {thread}"), outcome);
        }
    }
}

fn is_sum_of_members(recording: &Recording, thread: &str, sample: usize) -> bool {
    let (series, topology) = (&recording.series, &recording.topology);
    let row_of = |thread: &str| {
        let faults = &series.numa_faults[thread];
        (faults, faults.t_ms.iter().rposition(|&at| at <= series.t_ms[sample]).unwrap_or(0))
    };
    let (faults, row) = row_of(thread);
    let group = group_row(topology, faults, row);
    let gid = series.threads[thread].group_id[sample];
    let mut sum = vec![[0; 2]; group.len()];
    for (member, _) in series.threads.iter().filter(|(_, of)| of.group_id[sample] == gid) {
        let (faults, row) = row_of(member);
        for (sum, own) in sum.iter_mut().zip(task_row(topology, faults, row)) {
            *sum = [sum[0] + own[0], sum[1] + own[1]];
        }
    }
    sum == group
}
