//! What a recording says about each scan: the row of the scan, and what it did in order.

use std::fmt;

use hintfault::ids::PAGE_SIZE;
use hintfault::input::Region;
use hintfault::steps::Activity;

use crate::recording::Recording;
use crate::recording::events::ScanRow;

/// One scan and what it did.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct RecordedScan<'a> {
    pub(super) row: &'a ScanRow,
    /// In order.
    pub(super) deeds: Vec<Deed<'a>>,
    /// Whether VMAs that it passed over may be missing.
    pub(super) has_all_skips: bool,
}

/// One thing that a scan did.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Deed<'a> {
    pub(super) t_ms: f64,
    pub(super) what: What<'a>,
}

/// What it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What<'a> {
    /// It passed over the VMA that begins here.
    Skip { start: u64, reason: &'a str },
    /// It went through a window.
    Window { start: u64, end: u64, updated: u32 },
}

impl RecordedScan<'_> {
    /// When it returned.
    pub(super) fn end_ms(&self) -> f64 {
        self.row.t_ms + self.row.cost_ms
    }

    /// Which VMAs seem to have been used by the thread: those that were scanned, or passed over
    /// for another reason.
    pub(super) fn activities(&self, regions: &[Region]) -> Vec<Activity> {
        let is_active = |region: &Region| {
            let mut deeds = self.deeds.iter().filter(|deed| is_in(region, deed.what.start()));
            match self.has_all_skips {
                true => !deeds.any(|deed| deed.what.is_inactive()),
                false => deeds.any(|deed| deed.what.is_window()),
            }
        };
        regions.iter().map(|region| if is_active(region) { Activity::Active } else { Activity::Inactive }).collect()
    }

    /// The same if the last VMA was only scanned because none was active (the forced pass).
    pub(super) fn activities_if_forced(&self, regions: &[Region]) -> Vec<Activity> {
        let mut activities = self.activities(regions);
        let last = self.deeds.iter().rfind(|deed| deed.what.is_window());
        let forced = last.and_then(|deed| regions.iter().position(|region| is_in(region, deed.what.start())));
        if let Some(vma) = forced {
            activities[vma] = Activity::Inactive;
        }
        activities
    }

    /// How reports call it.
    pub(super) fn place(&self) -> String {
        format!("{} {:.3}", self.row.thread, self.row.t_ms)
    }
}

impl What<'_> {
    pub(super) fn start(&self) -> u64 {
        match *self {
            Self::Skip { start, .. } | Self::Window { start, .. } => start,
        }
    }

    pub(super) fn is_window(&self) -> bool {
        matches!(self, Self::Window { .. })
    }

    fn is_inactive(&self) -> bool {
        matches!(self, Self::Skip { reason: "pid_inactive", .. })
    }
}

/// Whether an address lies in a region.
pub(super) fn is_in(region: &Region, address: u64) -> bool {
    (region.start.0..region.start.0 + u64::from(region.pages) * PAGE_SIZE).contains(&address)
}

impl fmt::Display for Deed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            What::Skip { start, reason } => write!(f, "{reason} {start:x}"),
            What::Window { start, end, updated } => write!(f, "window {start:x}-{end:x} with {updated} marked"),
        }
    }
}

/// The scans of a run in order of their beginning.
pub(super) fn recorded_scans(recording: &Recording) -> Vec<RecordedScan<'_>> {
    let (skips, total) = &recording.events.skip;
    let all_skips = u64::try_from(skips.len()).is_ok_and(|len| len == *total);
    let skips_until = if all_skips { f64::MAX } else { skips.last().map_or(f64::MIN, |row| row.t_ms) };
    let scan = |row| {
        let deeds = deeds_of(recording, row);
        RecordedScan { row, deeds, has_all_skips: row.t_ms + row.cost_ms < skips_until }
    };
    recording.events.scans().into_iter().map(scan).collect()
}

/// Rounding of times: a row may seem to be this much after the end of its scan.
const ROUNDING_MS: f64 = 0.0015;

fn deeds_of<'a>(recording: &'a Recording, scan: &ScanRow) -> Vec<Deed<'a>> {
    let (from, to) = (scan.t_ms - ROUNDING_MS, scan.t_ms + scan.cost_ms + ROUNDING_MS);
    let (skips, _) = &recording.events.skip;
    let inside = |t_ms: f64, thread: &str| thread == scan.thread && from <= t_ms && t_ms <= to;
    let skips = skips
        .iter()
        .filter(|row| inside(row.t_ms, &row.thread))
        .map(|row| Deed { t_ms: row.t_ms, what: What::Skip { start: row.vma_start, reason: &row.reason } });
    let windows = recording.events.prot.iter().filter(|row| inside(row.t_ms, &row.thread)).map(|row| Deed {
        t_ms: row.t_ms,
        what: What::Window { start: row.start, end: row.start + row.pages * PAGE_SIZE, updated: row.nr_updated },
    });
    let mut deeds: Vec<Deed<'_>> = skips.chain(windows).collect();
    deeds.sort_by(|a, b| a.t_ms.total_cmp(&b.t_ms));
    deeds
}
