//! The tick that led to a scan: `task_tick_numa` from the state before it.

use hintfault::event::ScanQueued;
use hintfault::steps::{MmState, TaskState};
use hintfault::time::{Jiffies, Ns};

use super::machine::{Lab, Place};
use super::scans::task_before;
use crate::conformance::Checks;
use crate::recording::events::ScanRow;

/// The tick before a scan used up one period; before that the stamp was a period lower. Where
/// it was 0, the period became the one to start with.
pub(super) fn compare(lab: &mut Lab, row: &ScanRow, place: Place, now: Jiffies, checks: &mut Checks) {
    let after = task_before(row);
    let used_ms = period_used(lab, &after);
    let period = Ns::from_ms(u64::from(used_ms));
    let name = format!("{} {:.3}", row.thread, row.t_ms);
    let Some(before) = after.node_stamp.0.checked_sub(period.0) else {
        checks.add("tick", &name, Err(format!("the stamp {} is less than a period", after.node_stamp)));
        return;
    };
    let mm = lab.steps.mm(place.process);
    // At the tick the scan was due, or it would not have been queued.
    lab.steps.set_mm(place.process, &MmState { next_scan: now, ..mm });
    let state = TaskState { node_stamp: Ns(before), scan_period_ms: used_ms, ..after };
    lab.steps.set_task(place.task, &state);
    let queued = lab.steps.task_tick_numa(place.task);
    let task = lab.steps.task(place.task);
    checks.equal("tick", &name, &(queued, task), &(Some(ScanQueued::Yes), after));
    lab.steps.set_mm(place.process, &mm);
}

/// The period that the tick used up: the one before a first tick, else the one there is.
fn period_used(lab: &Lab, after: &TaskState) -> u32 {
    let scan_delay_ms = lab.scenario.sysctl.scan_delay_ms;
    let is_first = after.node_stamp == Ns::from_ms(u64::from(scan_delay_ms));
    if is_first { scan_delay_ms } else { after.scan_period_ms }
}
