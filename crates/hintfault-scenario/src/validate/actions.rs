//! What somebody does during the run.

use hintfault::ids::{ProcIdx, Tid};
use hintfault::input;
use hintfault::time::{Ns, Tick};

use super::machine::Facts;
use super::process::{Workload, check_cpus};
use super::{check_ms, kernel};
use crate::document::{Action, HoldMm, SchedSetaffinity};
use crate::failure::{Path, Report};
use crate::limits::{MAX_ACTIONS, MAX_DURATION_MS, MAX_TICK};
use crate::order::into_ascending;

/// The actions in order of time; those of one moment stay in the order of the document.
pub(super) fn check_all(
    actions: &[Action],
    facts: &Facts,
    at_start: &input::Sysctl,
    workload: &Workload,
    report: &mut Report,
) -> Vec<input::TimedAction> {
    let path = Path::root("actions");
    report.at_most(&path, actions.len(), MAX_ACTIONS);
    let listed = actions.iter().take(MAX_ACTIONS).enumerate();
    let timed = listed.map(|(index, action)| {
        let path = path.index(index);
        (check_moment(action, facts, &path, report), path, action)
    });
    let timed = into_ascending(timed.collect(), |(at, _, _)| at.0);
    let mut sysctl = *at_start;
    let checked = timed.into_iter().filter_map(|(at, path, action)| {
        let action = check_action(action, facts, &mut sysctl, workload, &path, report)?;
        Some(input::TimedAction { at, action })
    });
    checked.collect()
}

fn check_moment(action: &Action, facts: &Facts, path: &Path, report: &mut Report) -> Ns {
    match (action.at_ms, action.at_tick) {
        (Some(at), None) => check_ms(&path.field("at_ms"), Some(at), MAX_DURATION_MS, report),
        (None, Some(tick)) => facts.tick_start(Tick(report.in_range(&path.field("at_tick"), tick, 0, MAX_TICK))),
        _ => {
            report.push(path, "an action has at_ms or at_tick", "动作必须有 at_ms 或 at_tick 之一");
            Ns::ZERO
        }
    }
}

fn check_action(
    action: &Action,
    facts: &Facts,
    sysctl: &mut input::Sysctl,
    workload: &Workload,
    path: &Path,
    report: &mut Report,
) -> Option<input::Action> {
    match (&action.sched_setaffinity, &action.sysctl, action.kill, action.hold_mm) {
        (Some(call), None, None, None) => {
            check_affinity(call, facts, workload, &path.field("sched_setaffinity"), report)
        }
        (None, Some(written), None, None) => {
            *sysctl = kernel::write(*sysctl, written, &path.field("sysctl"), report);
            Some(input::Action::SetSysctl(*sysctl))
        }
        (None, None, Some(pid), None) => {
            let process = find_process(pid, workload, &path.field("kill"), report)?;
            Some(input::Action::Kill { process })
        }
        (None, None, None, Some(hold)) => check_hold(hold, workload, &path.field("hold_mm"), report),
        _ => {
            report.push(
                path,
                "an action has exactly one of sched_setaffinity, sysctl, kill, hold_mm",
                "动作必须且只能有 sched_setaffinity、sysctl、kill、hold_mm 之一",
            );
            None
        }
    }
}

fn check_affinity(
    call: &SchedSetaffinity,
    facts: &Facts,
    workload: &Workload,
    path: &Path,
    report: &mut Report,
) -> Option<input::Action> {
    let cpus = check_cpus(&call.cpus, facts, &path.field("cpus"), report);
    let mut threads = workload.processes.iter().flat_map(|process| &process.threads);
    if !threads.any(|thread| u64::from(thread.tid.0) == call.tid) {
        let (en, zh) = (format!("there is no thread {}", call.tid), format!("没有线程 {}", call.tid));
        report.push(&path.field("tid"), en, zh);
        return None;
    }
    Some(input::Action::SetAffinity { tid: Tid(call.tid as u32), cpus })
}

fn check_hold(hold: HoldMm, workload: &Workload, path: &Path, report: &mut Report) -> Option<input::Action> {
    let time = Some(hold.duration_ms);
    let duration = check_ms(&path.field("duration_ms"), time, MAX_DURATION_MS, report);
    let process = find_process(hold.pid, workload, &path.field("pid"), report)?;
    Some(input::Action::HoldMm { process, duration })
}

fn find_process(pid: u64, workload: &Workload, path: &Path, report: &mut Report) -> Option<ProcIdx> {
    let place = workload.processes.iter().position(|process| u64::from(process.pid.0) == pid);
    if place.is_none() {
        report.push(path, format!("there is no process {pid}"), format!("没有进程 {pid}"));
    }
    place.map(|place| ProcIdx(place as u16))
}
