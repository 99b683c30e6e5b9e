//! Processes and threads that come to be during the run.

use hintfault::ids::ProcIdx;
use hintfault::input;

use super::program::Around;
use crate::document::{Exit, Process, Start, Step, ThreadStart};
use crate::failure::{Path, Report};

/// Steps that create or end something; none if the step is of another kind.
pub(super) fn check_birth(
    step: &Step,
    around: &Around<'_>,
    path: &Path,
    report: &mut Report,
) -> Option<Vec<input::Step>> {
    match (&step.clone, &step.fork, &step.exec, step.exit) {
        (Some(name), None, None, None) => Some(check_clone(name, around, &path.field("clone"), report)),
        (None, Some(name), None, None) => {
            let process = check_fork(name, around, &path.field("fork"), report);
            Some(process.map(|process| input::Step::Fork { process }).into_iter().collect())
        }
        (None, None, Some(name), None) => {
            let process = find_image(name, around.processes, &path.field("exec"), report);
            Some(process.map(|process| input::Step::Exec { process }).into_iter().collect())
        }
        (None, None, None, Some(Exit::Thread)) => Some(vec![input::Step::Exit]),
        (None, None, None, Some(Exit::Process)) => Some(vec![input::Step::ExitGroup]),
        _ => None,
    }
}

/// All threads of a name, which `count` may have made many.
fn check_clone(name: &str, around: &Around<'_>, path: &Path, report: &mut Report) -> Vec<input::Step> {
    let own = &around.processes[around.own];
    let (mut place, mut found) = (0, Vec::new());
    for thread in &own.threads {
        let count = thread.count.unwrap_or(1).min(u64::from(u16::MAX) - place);
        let is_meant = thread.name.as_deref().unwrap_or(&own.name) == name;
        if is_meant && is_created(own, thread.start) {
            // The main thread comes with its process.
            found.extend((place.max(1)..place + count).map(|thread| input::Step::Clone { thread: thread as u16 }));
        }
        place += count;
    }
    if found.is_empty() {
        report.push(
            path,
            format!("the process has no thread \"{name}\" with start = \"by_clone\""),
            format!("该进程没有 start = \"by_clone\" 的线程“{name}”"),
        );
    }
    found
}

/// Whether a thread is not there from the start.
pub(super) fn is_created(process: &Process, start: Option<ThreadStart>) -> bool {
    start == Some(ThreadStart::ByClone) || matches!(process.start, Some(Start::ByFork | Start::ByExec))
}

fn check_fork(name: &str, around: &Around<'_>, path: &Path, report: &mut Report) -> Option<ProcIdx> {
    let child = find(name, Start::ByFork, around.processes, path, report)?;
    let own = &around.processes[around.own].name;
    if around.processes[child.index()].parent.as_ref() != Some(own) {
        report.push(path, format!("\"{name}\" names another parent"), format!("“{name}”的 parent 不是本进程"));
        return None;
    }
    Some(child)
}

/// The process that an exec leads to.
pub(super) fn find_image(name: &str, processes: &[Process], path: &Path, report: &mut Report) -> Option<ProcIdx> {
    find(name, Start::ByExec, processes, path, report)
}

/// The process that a fork leads to.
pub(super) fn find_child(name: &str, processes: &[Process], path: &Path, report: &mut Report) -> Option<ProcIdx> {
    find(name, Start::ByFork, processes, path, report)
}

fn find(name: &str, start: Start, processes: &[Process], path: &Path, report: &mut Report) -> Option<ProcIdx> {
    let mut named = processes.iter().enumerate().filter(|(_, process)| process.name == name);
    let word = if start == Start::ByFork { "by_fork" } else { "by_exec" };
    match (named.next(), named.next()) {
        (Some((place, process)), None) if process.start == Some(start) => Some(ProcIdx(place as u16)),
        (Some(_), Some(_)) => {
            let en = format!("several processes are called \"{name}\"");
            report.push(path, en, format!("有多个进程名为“{name}”"));
            None
        }
        _ => {
            report.push(
                path,
                format!("there is no process \"{name}\" with start = \"{word}\""),
                format!("没有 start = \"{word}\" 的进程“{name}”"),
            );
            None
        }
    }
}

/// The place of a child's parent, which must stand before it.
pub(super) fn check_parent(processes: &[Process], own: usize, path: &Path, report: &mut Report) -> Option<usize> {
    let process = &processes[own];
    let path_of_parent = path.field("parent");
    if process.start != Some(Start::ByFork) {
        if process.parent.is_some() {
            let zh = "只能与 start = \"by_fork\" 一起使用";
            report.push(&path_of_parent, "belongs to start = \"by_fork\"", zh);
        }
        return None;
    }
    if !process.regions.is_empty() {
        let (en, zh) = ("a forked process has the regions of its parent", "由 fork 产生的进程使用其父进程的区域");
        report.push(&path.field("regions"), en, zh);
    }
    let parent = process.parent.as_ref().and_then(|parent| {
        let mut named = processes[..own].iter().enumerate().filter(|(_, process)| process.name == *parent);
        let found = named.next().map(|(place, _)| place);
        found.filter(|_| named.next().is_none())
    });
    if parent.is_none() {
        report.push(
            &path_of_parent,
            "name the parent: exactly one process before this one is called so",
            "请写父进程的名称：在它之前必须恰好有一个同名进程",
        );
    }
    parent
}
