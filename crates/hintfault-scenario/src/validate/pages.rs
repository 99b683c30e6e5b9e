//! Runs of pages of a region.

use crate::failure::{Path, Report};
use crate::order::into_ascending;

/// Pages from `first` up to, not including, `end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Run {
    pub(super) first: u32,
    pub(super) end: u32,
}

impl Run {
    pub(super) fn pages(self) -> u32 {
        self.end - self.first
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.first < other.end && other.first < self.end
    }
}

/// Pages `first` and `pages` of a region, both optional; none after an error.
pub(super) fn check_run(
    first: Option<u64>,
    pages: Option<u64>,
    of: u32,
    path: &Path,
    report: &mut Report,
) -> Option<Run> {
    let of = u64::from(of);
    let first = first.unwrap_or(0);
    if first >= of {
        report.push(
            &path.field("first"),
            format!("page {first} lies behind the region, which has {of}"),
            format!("第 {first} 页超出了区域，区域只有 {of} 页"),
        );
        return None;
    }
    let most = of - first;
    let pages = pages.unwrap_or(most);
    if pages == 0 || pages > most {
        report.push(
            &path.field("pages"),
            format!("{pages} pages from page {first} on are not possible: 1 to {most} are"),
            format!("从第 {first} 页起不能取 {pages} 页，应为 1 到 {most} 页"),
        );
        return None;
    }
    Some(Run { first: first as u32, end: (first + pages) as u32 })
}

/// How many pages lie in at least one of the runs.
pub(super) fn union_pages(runs: Vec<Run>) -> u64 {
    let mut total = 0;
    let mut covered = 0;
    for run in into_ascending(runs, |run| u64::from(run.first)) {
        let first = run.first.max(covered);
        total += u64::from(run.end.saturating_sub(first));
        covered = covered.max(run.end);
    }
    total
}
