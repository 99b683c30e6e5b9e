//! What somebody does during the run.

use hintfault::ids::ProcIdx;
use hintfault::input;
use hintfault::time::{Ns, Tick};

use super::birth::{find_child, find_image};
use super::machine::Facts;
use super::process::{Workload, check_cpus};
use super::{check_ms, kernel, memory};
use crate::document::{ACTION_MOMENTS, Action, Document, HoldMm, SchedSetaffinity, Sleep};
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
    let mut around = Around { facts, workload, sysctl: &mut at_start.clone() };
    let checked = timed.into_iter().filter_map(|(at, path, action)| {
        check_action(action, document, &mut around, &path, report).map(|action| input::TimedAction { at, action })
    });
    checked.collect()
}

/// What actions refer to.
struct Around<'a> {
    facts: &'a Facts,
    workload: &'a Workload,
    /// The settings as the actions before left them.
    sysctl: &'a mut input::Sysctl,
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

/// What is to be done; none if that cannot be said.
fn check_action(
    action: &Action,
    document: &Document,
    around: &mut Around<'_>,
    path: &Path,
    report: &mut Report,
) -> Option<input::Action> {
    let calls = [
        action.sched_setaffinity.is_some(),
        action.sysctl.is_some(),
        action.kill.is_some(),
        action.stop.is_some(),
        action.cont.is_some(),
        action.sleep.is_some(),
        action.fork.is_some(),
        action.clone.is_some(),
        action.exec.is_some(),
        action.exit.is_some(),
        action.hold_mm.is_some(),
    ];
    let count = calls.iter().filter(|&&is_there| is_there).count() + memory::count(action);
    if count != 1 {
        report_not_one(path, report);
        return None;
    }
    let (facts, workload) = (around.facts, around.workload);
    if let Some(call) = &action.sched_setaffinity {
        return check_affinity(call, facts, workload, &path.field("sched_setaffinity"), report);
    }
    if let Some(written) = &action.sysctl {
        *around.sysctl = kernel::write(*around.sysctl, written, &path.field("sysctl"), report);
        return Some(input::Action::SetSysctl(*around.sysctl));
    }
    if memory::count(action) > 0 {
        return memory::check(action, facts, workload, path, report);
    }
    check_signal(action, workload, path, report).or_else(|| check_birth(action, document, workload, path, report))
}

/// A signal to a process, or a while that a thread sleeps or that somebody looks.
fn check_signal(action: &Action, workload: &Workload, path: &Path, report: &mut Report) -> Option<input::Action> {
    let mut find = |pid, field| find_process(pid, workload, &path.field(field), report);
    if let Some(pid) = action.kill {
        return find(pid, "kill").map(|process| input::Action::Kill { process });
    }
    if let Some(pid) = action.stop {
        return find(pid, "stop").map(|process| input::Action::Stop { process });
    }
    if let Some(pid) = action.cont {
        return find(pid, "cont").map(|process| input::Action::Continue { process });
    }
    if let Some(sleep) = action.sleep {
        return check_sleep(sleep, workload, &path.field("sleep"), report);
    }
    check_hold(action.hold_mm?, workload, &path.field("hold_mm"), report)
}

/// Something comes to be or ends.
fn check_birth(
    action: &Action,
    document: &Document,
    workload: &Workload,
    path: &Path,
    report: &mut Report,
) -> Option<input::Action> {
    if let Some(name) = &action.fork {
        let process = find_child(name, &document.processes, &path.field("fork"), report);
        return process.map(|process| input::Action::Fork { process });
    }
    if let Some(tid) = action.clone {
        let path = path.field("clone");
        let thread = find_thread(tid, workload, &path, report)?;
        if thread.start != Ns::NEVER {
            report.push(&path, "this thread is there from the start", "该线程从一开始就存在");
        }
        return Some(input::Action::Clone { tid: thread.tid });
    }
    if let Some(exec) = &action.exec {
        let path = path.field("exec");
        let thread = find_thread(exec.tid, workload, &path.field("tid"), report);
        let process = find_image(&exec.process, &document.processes, &path.field("process"), report);
        return thread.zip(process).map(|(thread, process)| input::Action::Exec { tid: thread.tid, process });
    }
    let thread = find_thread(action.exit?, workload, &path.field("exit"), report)?;
    Some(input::Action::Exit { tid: thread.tid })
}

pub(super) fn find_thread<'a>(
    tid: u64,
    workload: &'a Workload,
    path: &Path,
    report: &mut Report,
) -> Option<&'a input::Thread> {
    let mut threads = workload.processes.iter().flat_map(|process| &process.threads);
    let found = threads.find(|thread| u64::from(thread.tid.0) == tid);
    if found.is_none() {
        report.push(path, format!("there is no thread {tid}"), format!("没有线程 {tid}"));
    }
    found
}

fn report_not_one(path: &Path, report: &mut Report) {
    let calls = Action::FIELDS[ACTION_MOMENTS..].join(", ");
    report.push(path, format!("an action has exactly one of {calls}"), format!("动作必须且只能有 {calls} 之一"));
}

fn check_affinity(
    call: &SchedSetaffinity,
    facts: &Facts,
    workload: &Workload,
    path: &Path,
    report: &mut Report,
) -> Option<input::Action> {
    let cpus = check_cpus(&call.cpus, facts, &path.field("cpus"), report);
    let thread = find_thread(call.tid, workload, &path.field("tid"), report)?;
    Some(input::Action::SetAffinity { tid: thread.tid, cpus })
}

fn check_sleep(sleep: Sleep, workload: &Workload, path: &Path, report: &mut Report) -> Option<input::Action> {
    let duration = check_ms(&path.field("duration_ms"), Some(sleep.duration_ms), MAX_DURATION_MS, report);
    let thread = find_thread(sleep.tid, workload, &path.field("tid"), report)?;
    Some(input::Action::Sleep { tid: thread.tid, duration })
}

fn check_hold(hold: HoldMm, workload: &Workload, path: &Path, report: &mut Report) -> Option<input::Action> {
    let time = Some(hold.duration_ms);
    let duration = check_ms(&path.field("duration_ms"), time, MAX_DURATION_MS, report);
    let process = find_process(hold.pid, workload, &path.field("pid"), report)?;
    Some(input::Action::HoldMm { process, duration })
}

pub(super) fn find_process(pid: u64, workload: &Workload, path: &Path, report: &mut Report) -> Option<ProcIdx> {
    let place = workload.processes.iter().position(|process| u64::from(process.pid.0) == pid);
    if place.is_none() {
        report.push(path, format!("there is no process {pid}"), format!("没有进程 {pid}"));
    }
    place.map(|place| ProcIdx(place as u16))
}
