//! Scan periods between two scans without a placement in between: only moves to other nodes
//! change them (`update_scan_period`). And the stamp that a new thread starts with.

use std::collections::BTreeSet;

use hintfault::ids::{CpuId, NodeId};
use hintfault::steps::{Steps, TaskState};
use hintfault::time::Ns;

use super::machine::{Lab, Place};
use super::placements::bucket;
use super::scans::{STAMP_ROUNDING, task_before};
use crate::conformance::Checks;
use crate::recording::Recording;
use crate::recording::events::{CpuMigrateRow, ScanRow};

/// Compares the threads of a run.
pub(super) fn compare(recording: &Recording, checks: &mut Checks) {
    let lab = Lab::new(recording);
    for (thread, &place) in &lab.threads {
        let rows = recording.events.scans().into_iter().filter(|row| row.thread == *thread);
        let rows: Vec<&ScanRow> = rows.collect();
        if let Some(first) = rows.first() {
            compare_stagger(&lab, place, first, checks);
        }
        for pair in rows.windows(2) {
            compare_kept(recording, &lab, (pair[0], pair[1]), checks);
        }
    }
}

/// `init_numa_balancing`: before a thread's first scan its stamp is what it started with plus
/// whole periods.
fn compare_stagger(lab: &Lab, place: Place, first: &ScanRow, checks: &mut Checks) {
    let scan_delay_ms = lab.scenario.sysctl.scan_delay_ms;
    let is_new = first.task_scan_seq == 0 && first.scan_period_ms == scan_delay_ms && scan_delay_ms > 0;
    if !is_new {
        return;
    }
    let period = Ns::from_ms(u64::from(scan_delay_ms)).0;
    let stamp = task_before(first).node_stamp.0;
    let started = lab.steps.task(place.task).node_stamp.0;
    let excess = stamp.checked_sub(started).map(|used| used % period);
    let is_whole = excess.is_some_and(|excess| excess <= STAMP_ROUNDING || excess >= period - STAMP_ROUNDING);
    let outcome = if is_whole { Ok(()) } else { Err(format!("engine starts at {started} ns, recorded {stamp} ns")) };
    checks.add("stagger", &format!("{} {:.3}", first.thread, first.t_ms), outcome);
}

/// The period before a scan is that after the one before, but for moves.
fn compare_kept(recording: &Recording, lab: &Lab, (before, after): (&ScanRow, &ScanRow), checks: &mut Checks) {
    if before.task_scan_seq != after.task_scan_seq {
        return;
    }
    let moves: Vec<&CpuMigrateRow> = recording
        .events
        .cpu_migrate
        .iter()
        .filter(|row| row.thread == before.thread && before.t_ms + before.cost_ms < row.t_ms && row.t_ms < after.t_ms)
        .collect();
    let mut periods = BTreeSet::from([before.after_scan_period_ms]);
    for row in moves {
        periods = periods.into_iter().flat_map(|ms| after_move(recording, lab, before, row, ms)).collect();
    }
    let outcome = if periods.contains(&after.scan_period_ms) {
        Ok(())
    } else {
        Err(format!("engine {periods:?}, recorded {}", after.scan_period_ms))
    };
    let kind = if periods.len() == 1 { "period-kept" } else { "period-kept-within" };
    checks.add(kind, &format!("{} {:.3}", after.thread, after.t_ms), outcome);
}

/// Periods that a move may have left: it does nothing to a thread that has not had a fault yet,
/// which is only known as far as sums over intervals tell.
fn after_move(recording: &Recording, lab: &Lab, scan: &ScanRow, row: &CpuMigrateRow, period_ms: u32) -> Vec<u32> {
    let place = lab.threads[&row.thread];
    let mut steps: Steps = lab.steps.clone();
    let state = TaskState {
        cpu: CpuId(row.from_cpu),
        scan_period_ms: period_ms,
        scan_seq: scan.task_scan_seq,
        preferred_nid: preferred_at(recording, row),
        ..steps.task(place.task)
    };
    steps.set_task(place.task, &state);
    steps.update_scan_period(place.task, CpuId(row.to_cpu));
    let moved = steps.task(place.task).scan_period_ms;
    let of_thread = || recording.events.faults.iter().filter(|fault| fault.thread == row.thread);
    if of_thread().any(|fault| bucket(fault.t_ms).1 <= row.t_ms) {
        return vec![moved];
    }
    if of_thread().any(|fault| bucket(fault.t_ms).0 <= row.t_ms) { vec![period_ms, moved] } else { vec![period_ms] }
}

fn preferred_at(recording: &Recording, row: &CpuMigrateRow) -> Option<NodeId> {
    let mut sets = recording.events.set_preferred.iter().rev();
    let last = sets.find(|set| set.thread == row.thread && set.t_ms <= row.t_ms)?;
    u8::try_from(last.nid).ok().map(NodeId)
}
