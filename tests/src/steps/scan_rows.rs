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

    /// Whether a VMA seems to have been used by the thread: it was scanned, or the reason to pass
    /// over it was another one.
    pub(super) fn activity(&self, region: &Region) -> Activity {
        let is_inactive = |deed: &Deed<'_>| match deed.what {
            What::Skip { start, reason } => start == region.start.0 && reason == "pid_inactive",
            What::Window { .. } => false,
        };
        let is_scanned = |deed: &Deed<'_>| match deed.what {
            What::Window { start, .. } => {
                (region.start.0..region.start.0 + u64::from(region.pages) * PAGE_SIZE).contains(&start)
            }
            What::Skip { .. } => false,
        };
        let is_active =
            if self.has_all_skips { !self.deeds.iter().any(is_inactive) } else { self.deeds.iter().any(is_scanned) };
        if is_active { Activity::Active } else { Activity::Inactive }
    }

    /// How reports call it.
    pub(super) fn place(&self) -> String {
        format!("{} {:.3}", self.row.thread, self.row.t_ms)
    }
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
