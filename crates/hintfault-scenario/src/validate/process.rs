//! Processes and threads.

use hintfault::ids::{CpuId, NodeSet, Pid, ProcIdx, Tid};
use hintfault::input::{self, MemPolicy};
use hintfault::time::Ns;

use super::birth::{check_parent, is_created};
use super::machine::Facts;
use super::objects::Objects;
use super::pages::{Run, union_pages};
use super::program::{Around, Template};
use super::region::{self, FreePages, Regions};
use super::{check_ms, check_name, policy, program};
use crate::document::{Document, Policy, Process, Start, Thread, ThreadStart};
use crate::failure::{Path, Report};
use crate::limits::{
    MAX_DURATION_MS, MAX_PID, MAX_PROCESSES, MAX_REGIONS, MAX_SAFE_INTEGER, MAX_THREADS, MAX_TOTAL_PAGES,
    MAX_TOTAL_STEPS, MAX_UPTIME_MS,
};
use crate::quantity::CpuList;

/// The first id that is given to a process without one.
const FIRST_PID: u64 = 1000;

/// Everything that runs.
pub(super) struct Workload {
    pub(super) processes: Vec<input::Process>,
}

/// Counts what all processes share.
struct Totals {
    free: FreePages,
    ids: Vec<u64>,
    next_id: u64,
    threads: usize,
    steps: usize,
    regions: usize,
    pages: u64,
    touched_pages: u64,
    objects: Objects,
    barriers: Vec<String>,
    /// What each process touches, by region.
    touched: Vec<Vec<Vec<Run>>>,
}

impl Totals {
    /// The id that is wanted or else the next free one.
    fn take_id(&mut self, wanted: Option<u64>, path: &Path, report: &mut Report) -> u64 {
        let id = report.in_range(path, wanted.unwrap_or(self.next_id), 1, MAX_PID);
        if self.ids.contains(&id) {
            let en = format!("{id} is another thread's id already");
            report.push(path, en, format!("编号 {id} 已被另一个线程使用"));
        }
        self.ids.push(id);
        self.next_id = self.next_id.max(id + 1);
        id
    }
}

pub(super) fn check_all(document: &Document, facts: &Facts, sysctl: &input::Sysctl, report: &mut Report) -> Workload {
    let path = Path::root("processes");
    if document.processes.is_empty() {
        report.push(&path, "a scenario needs at least one process", "场景至少要有一个进程");
    }
    report.at_most(&path, document.processes.len(), MAX_PROCESSES);
    let mut totals = Totals {
        free: facts.free_pages.clone(),
        ids: Vec::new(),
        next_id: FIRST_PID,
        threads: 0,
        steps: 0,
        regions: 0,
        pages: 0,
        touched_pages: 0,
        objects: Objects::default(),
        barriers: Vec::new(),
        touched: Vec::new(),
    };
    let listed = document.processes.iter().take(MAX_PROCESSES).enumerate();
    let mut processes: Vec<input::Process> = Vec::new();
    for (index, _) in listed {
        let place = Place { all: &document.processes, own: index, before: &processes };
        let checked = check_process(place, facts, sysctl, &mut totals, &path.index(index), report);
        processes.push(checked);
    }
    check_totals(&totals, facts, &path, report);
    Workload { processes }
}

fn check_totals(totals: &Totals, facts: &Facts, path: &Path, report: &mut Report) {
    let counts = [
        ("threads", "线程", totals.threads as u64, MAX_THREADS as u64),
        ("regions", "区域", totals.regions as u64, MAX_REGIONS as u64),
        ("steps", "步骤", totals.steps as u64, MAX_TOTAL_STEPS as u64),
        ("pages", "页", totals.pages, MAX_TOTAL_PAGES),
    ];
    for (en, zh, count, most) in counts {
        if count > most {
            report.push(
                path,
                format!("{count} {en} altogether are too many: at most {most} are possible"),
                format!("总共 {count} 个{zh}，太多了，最多 {most} 个"),
            );
        }
    }
    let (touched, usable) = (totals.touched_pages, facts.usable_pages);
    if facts.complete && touched > usable {
        report.push(
            path,
            format!("{touched} pages come into being, and the machine has room for {usable}"),
            format!("共会用到 {touched} 页，而机器只容得下 {usable} 页"),
        );
    }
}

/// A process among the others.
struct Place<'a> {
    all: &'a [Process],
    own: usize,
    /// Those that have been checked.
    before: &'a [input::Process],
}

fn check_process(
    place: Place<'_>,
    facts: &Facts,
    sysctl: &input::Sysctl,
    totals: &mut Totals,
    path: &Path,
    report: &mut Report,
) -> input::Process {
    let process = &place.all[place.own];
    check_name(&path.field("name"), &process.name, report);
    let parent = check_parent(place.all, place.own, path, report);
    let start = check_start(process, parent, facts, sysctl, path, report);
    let mems = check_mems(process, facts, path, report);
    let allowed = facts.mems_allowed(parent.map_or(mems, |parent| place.before[parent].mems));
    let policy = check_policy(process.policy.as_ref(), None, allowed, facts, path, report);
    let mut regions = match parent {
        Some(parent) => regions_of_child(&place.before[parent], &totals.touched[parent]),
        None => check_regions(process, allowed, facts, totals, path, report),
    };
    totals.regions += process.regions.len().max(regions.checked.len());
    totals.pages += regions.checked.iter().map(|region| u64::from(region.pages)).sum::<u64>();
    let pid = totals.take_id(process.pid, &path.field("pid"), report);
    let threads_path = path.field("threads");
    if process.threads.is_empty() {
        report.push(&threads_path, "a process needs at least one thread", "进程至少要有一个线程");
    }
    let mut threads = Vec::new();
    for (index, thread) in process.threads.iter().enumerate() {
        let path = threads_path.index(index);
        let barriers = &mut totals.barriers;
        let mut around = Around { facts, regions: &mut regions, barriers, processes: place.all, own: place.own };
        let program = program::check(thread, &mut around, &path, report);
        if index == 0 && thread.start == Some(ThreadStart::ByClone) {
            let (en, zh) = ("the main thread comes with its process", "主线程随进程一起产生");
            report.push(&path.field("start"), en, zh);
        }
        let main = (index == 0).then_some(pid);
        let mut template = check_thread(thread, process, &program, facts, &path, report);
        template.policy = check_policy(thread.policy.as_ref(), policy, allowed, facts, &path, report);
        add_threads(thread, (template, program), main, totals, &mut threads, &path, report);
    }
    let touched = regions.touched.iter().map(|runs| union_pages(runs.clone()));
    totals.touched_pages += touched.sum::<u64>();
    totals.touched.push(regions.touched);
    let pid = Pid(pid as u32);
    input::Process { name: process.name.clone(), pid, regions: regions.checked, threads, start, mems }
}

/// `cpuset.mems`, which a process that is created has from its creator.
fn check_mems(process: &Process, facts: &Facts, path: &Path, report: &mut Report) -> NodeSet {
    let path = path.field("mems");
    if process.mems.is_some() && matches!(process.start, Some(Start::ByFork | Start::ByExec)) {
        report.push(&path, "comes from the process that creates this one", "由创建它的进程决定");
    }
    policy::check_mems(process.mems.as_ref(), facts, &path, report)
}

/// The policy of a task: its own if one is written, else `inherited`.
fn check_policy(
    written: Option<&Policy>,
    inherited: Option<MemPolicy>,
    allowed: NodeSet,
    facts: &Facts,
    path: &Path,
    report: &mut Report,
) -> Option<MemPolicy> {
    if written.is_none() {
        return inherited;
    }
    let path = path.field("policy");
    policy::check_no_home_node(written, &path, report);
    policy::check(written, allowed, facts, &path, report)
}

fn check_regions(
    process: &Process,
    allowed: NodeSet,
    facts: &Facts,
    totals: &mut Totals,
    path: &Path,
    report: &mut Report,
) -> Regions {
    let path = path.field("regions");
    let mut regions = region::check_all(&process.regions, allowed, facts, &mut totals.free, &path, report);
    totals.objects.check(&process.regions, &mut regions, &path, report);
    for (index, region) in process.regions.iter().enumerate() {
        if process.start == Some(Start::ByExec) && !region.populate.is_empty() {
            let path = path.index(index).field("populate");
            report.push(&path, "after an exec no page is there yet", "exec 之后还没有任何页面");
        }
    }
    regions
}

/// A child begins with what its parent has, and may keep all of it while the parent gets copies.
fn regions_of_child(parent: &input::Process, touched: &[Vec<Run>]) -> Regions {
    let mut checked = parent.regions.clone();
    checked.iter_mut().for_each(|region| region.populate.clear());
    Regions { checked, touched: touched.to_vec() }
}

fn check_start(
    process: &Process,
    parent: Option<usize>,
    facts: &Facts,
    sysctl: &input::Sysctl,
    path: &Path,
    report: &mut Report,
) -> input::ProcessStart {
    let path = path.field("next_scan_jiffies");
    let armed_at_start = facts.start_jiffies().plus(facts.msecs_to_jiffies(sysctl.scan_delay_ms)).0;
    match (process.start, process.next_scan_jiffies) {
        (Some(Start::Forked), jiffies) => {
            let jiffies = jiffies.unwrap_or(armed_at_start);
            let next_scan_jiffies = report.in_range(&path, jiffies, 0, MAX_SAFE_INTEGER);
            input::ProcessStart::Forked { next_scan_jiffies }
        }
        (Some(Start::ByFork), None) => parent
            .map_or(input::ProcessStart::Exec, |parent| input::ProcessStart::ByFork { parent: ProcIdx(parent as u16) }),
        (Some(Start::ByExec), None) => input::ProcessStart::ByExec,
        (None | Some(Start::Exec), None) => input::ProcessStart::Exec,
        (_, Some(_)) => {
            report.push(&path, "belongs to start = \"forked\"", "只能与 start = \"forked\" 一起使用");
            input::ProcessStart::Exec
        }
    }
}

/// The thread as it will be but for its name and id.
fn check_thread(
    thread: &Thread,
    process: &Process,
    program: &Template,
    facts: &Facts,
    path: &Path,
    report: &mut Report,
) -> input::Thread {
    if let Some(name) = &thread.name {
        check_name(&path.field("name"), name, report);
    }
    let affinity = match &thread.affinity {
        Some(list) => check_cpus(list, facts, &path.field("affinity"), report),
        None => facts.cpus.clone(),
    };
    input::Thread {
        name: thread.name.clone().unwrap_or_else(|| process.name.clone()),
        tid: Tid(0),
        affinity,
        nice: check_nice(thread.nice, &path.field("nice"), report),
        start: check_thread_start(thread, process, path, report),
        runtime: check_ms(&path.field("runtime_ms"), thread.runtime_ms, MAX_UPTIME_MS, report),
        policy: None,
        program: program.program.clone(),
    }
}

/// When a thread becomes runnable; never by itself when another one creates it.
fn check_thread_start(thread: &Thread, process: &Process, path: &Path, report: &mut Report) -> Ns {
    let start = check_ms(&path.field("start_ms"), thread.start_ms, MAX_DURATION_MS, report);
    if !is_created(process, thread.start) {
        return start;
    }
    if thread.start_ms.is_some() {
        let (en, zh) = ("a thread that is created has no time of its own", "由其他线程创建的线程没有自己的启动时间");
        report.push(&path.field("start_ms"), en, zh);
    }
    Ns::NEVER
}

fn check_nice(nice: Option<i64>, path: &Path, report: &mut Report) -> i8 {
    let nice = nice.unwrap_or(0);
    if (-20..=19).contains(&nice) {
        return nice as i8;
    }
    report.push(
        path,
        format!("{nice} is out of range: -20 to 19 is possible"),
        format!("{nice} 超出范围，应在 -20 到 19 之间"),
    );
    0
}

/// CPUs that must be there, at least one.
pub(super) fn check_cpus(list: &CpuList, facts: &Facts, path: &Path, report: &mut Report) -> Vec<CpuId> {
    let cpus: Vec<CpuId> = match list.cpus() {
        Ok(cpus) => cpus.into_iter().map(CpuId).collect(),
        Err(message) => {
            report.push(path, message.en, message.zh);
            return Vec::new();
        }
    };
    if cpus.is_empty() {
        report.push(path, "a thread needs at least one CPU", "线程至少需要一个 CPU");
    }
    let missing = cpus.iter().find(|cpu| facts.cpus.binary_search(cpu).is_err());
    if let Some(cpu) = missing.filter(|_| facts.complete) {
        report.push(path, format!("there is no CPU {cpu}"), format!("没有 CPU {cpu}"));
    }
    cpus
}

/// Adds as many threads like `template` as `thread` asks for.
fn add_threads(
    thread: &Thread,
    (template, program): (input::Thread, Template),
    main: Option<u64>,
    totals: &mut Totals,
    threads: &mut Vec<input::Thread>,
    path: &Path,
    report: &mut Report,
) {
    let most = MAX_THREADS.saturating_sub(totals.threads).max(1);
    let count = report.in_range(&path.field("count"), thread.count.unwrap_or(1), 1, most as u64);
    totals.threads += count as usize;
    totals.steps += count as usize * template.program.steps.len();
    // Refused in the end; until then one copy will do.
    let copies = if totals.steps > MAX_TOTAL_STEPS { 1 } else { count };
    let tid_path = path.field("tid");
    for copy in 0..copies {
        let wanted = thread.tid.map(|tid| tid.saturating_add(copy));
        let id = match main.filter(|_| copy == 0) {
            Some(pid) => check_main_id(pid, thread.tid, &tid_path, report),
            None => totals.take_id(wanted, &tid_path, report),
        };
        let name = match count {
            1 => template.name.clone(),
            _ => format!("{}-{}", template.name, copy + 1),
        };
        let program = program.program_of(copy, count);
        threads.push(input::Thread { name, tid: Tid(id as u32), program, ..template.clone() });
    }
}

fn check_main_id(pid: u64, tid: Option<u64>, path: &Path, report: &mut Report) -> u64 {
    if tid.is_some_and(|tid| tid != pid) {
        report.push(
            path,
            format!("the main thread's id is the process id, {pid}"),
            format!("主线程的编号就是进程号 {pid}"),
        );
    }
    pid
}
