//! How many pages a window marks, where it covers a whole region and the nodes of its pages are
//! known from a reading of `numa_maps` since which none has moved.

use hintfault::ids::{PAGE_SIZE, PageIdx};
use hintfault::input::{Populate, Sharing};

use super::placements::bucket;
use super::scan_rows::{Deed, RecordedScan, What};
use crate::recording::workload::MappingKind;
use crate::recording::{RecordedRegion, Recording};

/// What is known about a whole region when a window goes over it.
pub(super) struct WholeRegion {
    /// Its pages by node.
    pub(super) runs: Vec<Populate>,
    /// Pages of the process that may still be hint entries from before.
    pub(super) leftover: u64,
    /// Whether somebody reads the address space's `numa_maps` during the scan.
    pub(super) is_read: bool,
}

/// The region that a window covers, if what it should mark is known.
pub(super) fn whole_region(recording: &Recording, scan: &RecordedScan<'_>, deed: &Deed<'_>) -> Option<WholeRegion> {
    let What::Window { start, end, .. } = deed.what else { return None };
    let covers =
        |region: &&RecordedRegion| region.addr == start && region.addr + u64::from(region.pages) * PAGE_SIZE == end;
    let region = recording.regions.iter().find(covers)?;
    let described = recording.scenario.regions.iter().find(|described| described.name == region.name)?;
    if described.kind != MappingKind::Private {
        return None;
    }
    let series = recording.series.region_pages.get(&region.name)?;
    let sample = series.t_ms.iter().rposition(|&t_ms| t_ms < scan.row.t_ms)?;
    let sampled_ms = series.t_ms[sample];
    if has_moved(recording, sampled_ms, scan.row.t_ms) {
        return None;
    }
    let runs = runs(recording, &series.nodes[sample]);
    let is_read = series.t_ms.iter().any(|&t_ms| is_sample_during(recording, t_ms, scan));
    Some(WholeRegion { runs, leftover: leftover(recording, scan), is_read })
}

/// Whether pages may have moved between two moments.
fn has_moved(recording: &Recording, from_ms: f64, to_ms: f64) -> bool {
    recording.events.migrate_pages.iter().any(|row| {
        let (begin, end) = bucket(row.t_ms);
        row.succeeded > 0 && begin < to_ms && end > from_ms
    })
}

/// Pages by node, one node after the other: which pages they are does not matter to a window
/// over all of them.
fn runs(recording: &Recording, nodes: &[u64]) -> Vec<Populate> {
    let mut first = 0;
    let mut runs = Vec::new();
    for (node, &count) in recording.topology.nodes.iter().zip(nodes) {
        let pages = u32::try_from(count).expect("pages of a region");
        let node = hintfault::ids::NodeId(node.id);
        runs.push(Populate { first: PageIdx(first), pages, node, sharing: Sharing::Exclusive });
        first += pages;
    }
    runs.retain(|run| run.pages > 0);
    runs
}

/// Whether the sample at a time, which takes a while, falls into a scan.
fn is_sample_during(recording: &Recording, t_ms: f64, scan: &RecordedScan<'_>) -> bool {
    let sample = recording.series.t_ms.iter().position(|&at| (at - t_ms).abs() < 0.001);
    let cost_ms = sample.map_or(0.0, |sample| recording.series.sample_cost_ms[sample]);
    t_ms <= scan.end_ms() && t_ms + cost_ms >= scan.row.t_ms
}

/// Entries marked before a scan in its process, minus those that faulted for certain.
fn leftover(recording: &Recording, scan: &RecordedScan<'_>) -> u64 {
    let process = process_of(&scan.row.thread);
    let windows = recording.events.prot.iter().filter(|row| row.t_ms < scan.row.t_ms);
    let marked: u64 =
        windows.filter(|row| process_of(&row.thread) == process).map(|row| u64::from(row.nr_updated)).sum();
    let faults = recording.events.faults.iter().filter(|row| bucket(row.t_ms).1 <= scan.row.t_ms);
    let faulted: u64 = faults.filter(|row| process_of(&row.thread) == process).map(|row| row.pages).sum();
    marked.saturating_sub(faulted)
}

/// The process in the name of a thread.
pub(super) fn process_of(thread: &str) -> &str {
    let (process, _) = thread.split_once('.').unwrap_or((thread, ""));
    process.trim_start_matches('m')
}
