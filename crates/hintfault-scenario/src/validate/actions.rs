//! What somebody does during the run.

use hintfault::ids::{ProcIdx, Tid};
use hintfault::input;
use hintfault::time::{Ns, Tick};

use super::birth::{find_child, find_image};
use super::machine::Facts;
use super::process::{Workload, check_cpus};
use super::{check_ms, kernel};
use crate::document::{Action, Document, HoldMm, SchedSetaffinity};
use crate::failure::{Path, Report};
use crate::limits::{MAX_ACTIONS, MAX_DURATION_MS, MAX_TICK};
use crate::order::into_ascending;

/// The actions in order of time; those of one moment stay in the order of the document.
pub(super) fn check_all(
    document: &Document,
    facts: &Facts,
    at_start: &input::Sysctl,
    workload: &Workload,
    report: &mut Report,
) -> Vec<input::TimedAction> {
    let (path, actions) = (Path::root("actions"), &document.actions);
    report.at_most(&path, actions.len(), MAX_ACTIONS);
    let listed = actions.iter().take(MAX_ACTIONS).enumerate();
    let timed = listed.map(|(index, action)| {
        let path = path.index(index);
        (check_moment(action, facts, &path, report), path, action)
    });
    let timed = into_ascending(timed.collect(), |(at, _, _)| at.0);
    let mut sysctl = *at_start;
    let checked = timed.into_iter().filter_map(|(at, path, action)| {
        let action = match check_birth(action, document, workload, &path, report) {
            Some(birth) => birth?,
            None => check_action(action, facts, &mut sysctl, workload, &path, report)?,
        };
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

/// Something comes to be or ends; none if the action is of another kind.
fn check_birth(
    action: &Action,
    document: &Document,
    workload: &Workload,
    path: &Path,
    report: &mut Report,
) -> Option<Option<input::Action>> {
    let others = [action.sched_setaffinity.is_some(), action.sysctl.is_some(), action.kill.is_some()];
    if others.contains(&true) || action.hold_mm.is_some() {
        return None;
    }
    match (&action.fork, action.clone, &action.exec, action.exit) {
        (Some(name), None, None, None) => {
            let process = find_child(name, &document.processes, &path.field("fork"), report);
            Some(process.map(|process| input::Action::Fork { process }))
        }
        (None, Some(tid), None, None) => {
            let thread = find_thread(tid, workload, &path.field("clone"), report);
            let created = thread.filter(|thread| thread.start == Ns::NEVER);
            if thread.is_some() && created.is_none() {
                let (en, zh) = ("this thread is there from the start", "该线程从一开始就存在");
                report.push(&path.field("clone"), en, zh);
            }
            Some(created.map(|thread| input::Action::Clone { tid: thread.tid }))
        }
        (None, None, Some(exec), None) => {
            let path = path.field("exec");
            let thread = find_thread(exec.tid, workload, &path.field("tid"), report);
            let process = find_image(&exec.process, &document.processes, &path.field("process"), report);
            Some(thread.zip(process).map(|(thread, process)| input::Action::Exec { tid: thread.tid, process }))
        }
        (None, None, None, Some(tid)) => {
            let thread = find_thread(tid, workload, &path.field("exit"), report);
            Some(thread.map(|thread| input::Action::Exit { tid: thread.tid }))
        }
        _ => None,
    }
}

fn find_thread<'a>(tid: u64, workload: &'a Workload, path: &Path, report: &mut Report) -> Option<&'a input::Thread> {
    let mut threads = workload.processes.iter().flat_map(|process| &process.threads);
    let found = threads.find(|thread| u64::from(thread.tid.0) == tid);
    if found.is_none() {
        report.push(path, format!("there is no thread {tid}"), format!("没有线程 {tid}"));
    }
    found
}

fn check_action(
    action: &Action,
    facts: &Facts,
    sysctl: &mut input::Sysctl,
    workload: &Workload,
    path: &Path,
    report: &mut Report,
) -> Option<input::Action> {
    let is_birth = action.fork.is_some() || action.clone.is_some() || action.exec.is_some() || action.exit.is_some();
    match (&action.sched_setaffinity, &action.sysctl, action.kill, action.hold_mm) {
        _ if is_birth => {
            report_not_one(path, report);
            None
        }
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
            report_not_one(path, report);
            None
        }
    }
}

fn report_not_one(path: &Path, report: &mut Report) {
    report.push(
        path,
        "an action has exactly one of sched_setaffinity, sysctl, kill, fork, clone, exec, exit, hold_mm",
        "动作必须且只能有 sched_setaffinity、sysctl、kill、fork、clone、exec、exit、hold_mm 之一",
    );
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
