//! How long a scan period may be (`task_nr_scan_windows`, `task_scan_min`, `task_scan_start`,
//! `task_scan_max`; kernel/sched/fair.c, 6.12). All results are in milliseconds.

use crate::input::Sysctl;

/// Scanning is kept at or below this rate, in MiB a second.
const MAX_SCAN_WINDOW: u32 = 2560;

/// What a task's group says about sharing; it stretches the periods of its members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct GroupSharing {
    /// References to the group, normally one a member.
    pub(crate) refcount: u64,
    /// Averaged shared faults on all online nodes.
    pub(crate) shared: u64,
    /// Averaged private faults on all online nodes.
    pub(crate) private: u64,
}

/// `task_nr_scan_windows`: how many scans go over the whole resident memory, given in base
/// pages. The round-up is the kernel's bit trick, which only fits powers of two.
#[must_use]
pub(crate) fn task_nr_scan_windows(sysctl: &Sysctl, rss_pages: u64) -> u32 {
    assert!(sysctl.scan_size_mb > 0, "the kernel would divide by zero");
    let nr_scan_pages = u64::from(sysctl.scan_size_mb) << 8;
    let rss = if rss_pages == 0 { nr_scan_pages } else { rss_pages };
    let rounded = ((rss - 1) | (nr_scan_pages - 1)) + 1;
    (rounded / nr_scan_pages) as u32
}

/// `task_scan_min`: the shortest period.
#[must_use]
pub(crate) fn task_scan_min(sysctl: &Sysctl, rss_pages: u64) -> u32 {
    let windows = if sysctl.scan_size_mb < MAX_SCAN_WINDOW { MAX_SCAN_WINDOW / sysctl.scan_size_mb } else { 1 };
    let floor = 1000 / windows;
    floor.max(sysctl.scan_period_min_ms / task_nr_scan_windows(sysctl, rss_pages))
}

/// `task_scan_start`: the period a task begins with.
#[must_use]
pub(crate) fn task_scan_start(sysctl: &Sysctl, rss_pages: u64, group: Option<GroupSharing>) -> u32 {
    let min = u64::from(task_scan_min(sysctl, rss_pages));
    let period = group.map_or(min, |group| stretched(min, group));
    min.max(period) as u32
}

/// `task_scan_max`: the longest period.
#[must_use]
pub(crate) fn task_scan_max(sysctl: &Sysctl, rss_pages: u64, group: Option<GroupSharing>) -> u32 {
    let min = u64::from(task_scan_min(sysctl, rss_pages));
    let max = u64::from(sysctl.scan_period_max_ms / task_nr_scan_windows(sysctl, rss_pages));
    let stretched = group.map_or(max, |group| max.max(stretched(max, group)));
    min.max(stretched) as u32
}

fn stretched(period: u64, group: GroupSharing) -> u64 {
    period * group.refcount * (group.shared + 1) / (group.private + group.shared + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: Sysctl = Sysctl {
        numa_balancing: 1,
        scan_delay_ms: 1000,
        scan_period_min_ms: 1000,
        scan_period_max_ms: 60_000,
        scan_size_mb: 256,
    };

    #[test]
    fn periods_by_memory_match_the_worked_numbers() {
        let rows = [
            (0, 1, 1000, 60_000),
            (65_536, 1, 1000, 60_000),
            (65_792, 2, 500, 30_000),
            (262_144, 4, 250, 15_000),
            (524_288, 8, 125, 7500),
            (655_360, 10, 100, 6000),
            (2_621_440, 40, 100, 1500),
            (16_777_216, 256, 100, 234),
            (39_321_600, 600, 100, 100),
        ];
        for (rss, windows, min, max) in rows {
            assert_eq!(task_nr_scan_windows(&DEFAULTS, rss), windows, "{rss} pages");
            assert_eq!(task_scan_min(&DEFAULTS, rss), min, "{rss} pages");
            assert_eq!(task_scan_start(&DEFAULTS, rss, None), min, "{rss} pages");
            assert_eq!(task_scan_max(&DEFAULTS, rss, None), max, "{rss} pages");
        }
    }

    #[test]
    fn groups_stretch_by_how_much_is_shared() {
        let periods = |refcount, shared, private| {
            let group = Some(GroupSharing { refcount, shared, private });
            (task_scan_start(&DEFAULTS, 262_144, group), task_scan_max(&DEFAULTS, 262_144, group))
        };
        assert_eq!(periods(4, 3000, 1000), (750, 45_003));
        assert_eq!(periods(8, 0, 9999), (250, 15_000));
        assert_eq!(periods(2, 500, 500), (250, 15_014));
    }

    #[test]
    fn other_scan_sizes_match_the_worked_numbers() {
        for (scan_size_mb, min, max) in [(16, 15, 937), (4096, 1000, 60_000), (1, 0, 58)] {
            let sysctl = Sysctl { scan_size_mb, ..DEFAULTS };
            assert_eq!(task_scan_min(&sysctl, 262_144), min, "{scan_size_mb} MiB");
            assert_eq!(task_scan_max(&sysctl, 262_144, None), max, "{scan_size_mb} MiB");
        }
    }
}
