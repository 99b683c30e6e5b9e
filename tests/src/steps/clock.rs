//! Jiffies of a recording. Rows carry times, not jiffies; but a scan that ran tells, since it
//! sets `numa_next_scan` a period ahead.

use hintfault::time::{Hz, Jiffies};

use crate::recording::Recording;
use crate::recording::events::ScanRow;

/// How far the guest's jiffies may run away from each other where several CPUs share one clock:
/// five either way.
pub(super) const JIFFIES_SLACK: u64 = 10;

const MS_PER_JIFFY: f64 = 4.0;

/// Jiffies by time.
pub(super) struct Clock {
    /// Times of scans that ran, with their jiffies, ascending.
    known: Vec<(f64, u64)>,
    /// What has to be added to a time before it is cut to whole jiffies, where one figure fits
    /// all scans.
    constant: Option<f64>,
}

impl Clock {
    pub(super) fn new(recording: &Recording) -> Self {
        let scans = recording.events.scans();
        // Those put off by another thread's placement are far from the others.
        let known: Vec<(f64, u64)> = scans.iter().filter_map(|row| Some((row.t_ms, began_at(row)?.0))).collect();
        let of = |&(t_ms, jiffies): &(f64, u64)| ms(jiffies) - t_ms;
        let mut constants: Vec<f64> = known.iter().map(of).collect();
        constants.sort_by(f64::total_cmp);
        let median = constants.get(constants.len() / 2).copied().unwrap_or_default();
        let slack_ms = ms(JIFFIES_SLACK);
        let known: Vec<(f64, u64)> = known.into_iter().filter(|known| (of(known) - median).abs() <= slack_ms).collect();
        let least = known.iter().map(of).fold(f64::MIN, f64::max);
        let most = known.iter().map(of).fold(f64::MAX, f64::min) + MS_PER_JIFFY;
        let constant = (least < most).then_some(f64::midpoint(least, most));
        Self { known, constant }
    }

    /// Jiffies at a time by the guest's clock, where it fits all scans.
    pub(super) fn exact(&self, t_ms: f64) -> Option<Jiffies> {
        Some(Jiffies(whole((t_ms + self.constant?) / MS_PER_JIFFY)))
    }

    /// Jiffies at a time, a few off at most: counted from the nearest scan that ran.
    pub(super) fn near(&self, t_ms: f64) -> Option<Jiffies> {
        let nearest = self.known.iter().min_by(|a, b| (a.0 - t_ms).abs().total_cmp(&(b.0 - t_ms).abs()))?;
        Some(Jiffies(whole((ms(nearest.1) + t_ms - nearest.0) / MS_PER_JIFFY + 0.5)))
    }

    /// As [`Self::near`], from another scan than the one at that very time.
    pub(super) fn near_other(&self, t_ms: f64) -> Option<Jiffies> {
        let others: Vec<(f64, u64)> = self.known.iter().copied().filter(|&(at, _)| (at - t_ms).abs() > 0.0).collect();
        Self { known: others, constant: None }.near(t_ms)
    }
}

/// Jiffies at the beginning of a scan that ran, unless a placement of another thread put the
/// next scan off meanwhile.
pub(super) fn began_at(row: &ScanRow) -> Option<Jiffies> {
    if !ran(row) {
        return None;
    }
    let period_ms = if row.scan_period_ms == 0 { row.after_scan_period_ms } else { row.scan_period_ms };
    let period = Hz::Hz250.msecs_to_jiffies(period_ms);
    Some(Jiffies(jiffies(row.after_next_scan_jiffies_lo32).0 - period))
}

/// Whether a scan was due.
pub(super) fn ran(row: &ScanRow) -> bool {
    row.after_next_scan_jiffies_lo32 != row.next_scan_jiffies_lo32
}

/// All bits of recorded jiffies: they begin five minutes before the low half wraps.
pub(super) fn jiffies(lo32: u32) -> Jiffies {
    let initial = Hz::Hz250.initial_jiffies().0;
    let low = u64::from(lo32);
    Jiffies(if low < initial { low + (1 << 32) } else { low })
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn ms(jiffies: u64) -> f64 {
    jiffies as f64 * MS_PER_JIFFY
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "recorded jiffies are far above 0")]
fn whole(jiffies: f64) -> u64 {
    jiffies.floor() as u64
}
