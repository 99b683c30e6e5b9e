//! `perf bench numa mem` (tools/perf/bench/numa.c, 6.12): what its workers do to memory.
//!
//! Every process has private memory that its threads share (`-P`), every thread private memory
//! of its own (`-T`), and all processes one shared piece (`-G`). In each loop a thread goes over
//! the three in turn: clearing them in order, or at random places (the random walk), reading
//! and writing. All begin at once, and end after so many seconds or loops.
//!
//! The walk clears or reads 8 KiB at a time; here that is two independent visits of a page. At
//! the end of the time a loop is not finished.

use hintfault::ids::PAGE_SIZE;
use hintfault::time::Ns;

use super::perf_tests::TESTS;
use super::{
    Setting, barrier, clear, clone_all, cpus_by_node, exit_process, parse_command, process, region, repeated, thread,
};
use crate::document::{
    Document, Pattern, Policy, Populate, Process, Region, RegionKind, Start, Step, Thp, Thread, ThreadStart,
};
use crate::failure::{Failure, Text};
use crate::quantity::{CpuList, Millis};

/// The parameters that matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Params {
    /// `-p`: processes.
    pub nr_proc: u64,
    /// `-t`: threads of each.
    pub nr_threads: u64,
    /// `-G`: bytes that all processes share.
    pub bytes_global: u64,
    /// `-P`: bytes that the threads of a process share.
    pub bytes_process: u64,
    /// `-T`: bytes of each thread.
    pub bytes_thread: u64,
    /// `-l`: loops at most; none for no limit.
    pub nr_loops: Option<u64>,
    /// `-s`: seconds at most; none for no limit.
    pub nr_secs: Option<u64>,
    /// How memory is gone over.
    pub walk: Walk,
    /// Whether it is written.
    pub access: Access,
    /// `-0`: all memory is first touched on the node of CPU 0.
    pub init_cpu0: bool,
    /// `-H`, `--thp`: whether private memory gets huge pages. Without it the system's setting
    /// counts, taken to be `always`.
    pub thp: bool,
    /// `-S`: all threads begin at once.
    pub serialize_startup: bool,
    /// `-m`: perf ends when every process runs on one node.
    pub measure_convergence: bool,
    /// `-C`: CPUs of the first tasks.
    pub cpus: Vec<Vec<u16>>,
    /// `-M`: nodes that the memory of the first tasks is bound to.
    pub nodes: Vec<u64>,
}

/// The order of a loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Walk {
    /// From the first page to the last (`bzero`).
    Clear,
    /// In order, but every task begins elsewhere.
    Forwards,
    /// At random places.
    Random,
}

/// What is done to a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// It is only read.
    Read,
    /// It is written.
    Write,
}

/// The names of the built-in tests (`perf bench numa mem -a`).
pub fn names() -> impl Iterator<Item = &'static str> {
    TESTS.iter().map(|(name, _)| *name)
}

/// The command line of a built-in test.
#[must_use]
pub fn command_of(name: &str) -> Option<&'static str> {
    TESTS.iter().find(|(test, _)| *test == name).map(|(_, command)| *command)
}

/// The scenario of a built-in test; none if there is no test of this name.
///
/// # Errors
/// When the machine lacks CPUs or nodes that the test names.
pub fn built_in(name: &str, setting: &Setting) -> Option<Result<Document, Failure>> {
    let command = command_of(name)?;
    Some(parse_command(command).and_then(|params| perf_bench(name, &params, setting)))
}

/// The scenario of a run of `perf bench numa mem`.
///
/// # Errors
/// When the machine lacks CPUs or nodes that are named, or nothing would be done.
pub fn perf_bench(name: &str, params: &Params, setting: &Setting) -> Result<Document, Failure> {
    let cpus = cpus_by_node(&setting.machine)?;
    check_places(params, &cpus)?;
    let plan = Plan { params, setting, node_of_cpu0: cpus[0].0 };
    let processes = (0..params.nr_proc).map(|number| plan.process(number)).collect();
    let title = format!("perf bench numa mem: {name}");
    let summary = Text::new(
        format!("{} processes of {} threads.", params.nr_proc, params.nr_threads),
        format!("{} 个进程，每个进程 {} 个线程。", params.nr_proc, params.nr_threads),
    );
    Ok(setting.document(Text::new(title.as_str(), title.as_str()), summary, processes))
}

fn check_places(params: &Params, nodes: &[(u64, Vec<u16>)]) -> Result<(), Failure> {
    let has_cpu = |cpu: &u16| nodes.iter().any(|(_, cpus)| cpus.contains(cpu));
    if let Some(cpu) = params.cpus.iter().flatten().find(|cpu| !has_cpu(cpu)) {
        let message = Text::new(format!("the machine has no CPU {cpu}"), format!("机器没有 CPU {cpu}"));
        return Err(Failure::one("-C", message));
    }
    if let Some(node) = params.nodes.iter().find(|node| !nodes.iter().any(|(id, _)| id == *node)) {
        let message =
            Text::new(format!("the machine has no node {node} with CPUs"), format!("机器没有带 CPU 的节点 {node}"));
        return Err(Failure::one("-M", message));
    }
    Ok(())
}

struct Plan<'a> {
    params: &'a Params,
    setting: &'a Setting,
    node_of_cpu0: u64,
}

impl Plan<'_> {
    fn process(&self, number: u64) -> Process {
        let params = self.params;
        let done = format!("process {number} done");
        let mut regions = Vec::new();
        if params.bytes_global > 0 {
            let object = Some("global".to_owned());
            regions.push(Region {
                kind: Some(RegionKind::Shared),
                object,
                ..self.memory("global", params.bytes_global)
            });
        }
        if params.bytes_process > 0 {
            regions.push(self.private("process", params.bytes_process));
        }
        for thread in 0..params.nr_threads {
            if params.bytes_thread > 0 {
                regions.push(self.private(&thread_region(thread), params.bytes_thread));
            }
        }
        let mut main = self.first_touch("process", params.bytes_process);
        if number == 0 {
            main.extend(self.first_touch("global", params.bytes_global));
        }
        main.extend([clone_all("worker"), barrier(done.clone(), params.nr_threads + 1), exit_process()]);
        let mut threads = vec![self.placed(thread("main".to_owned(), main), number, 0)];
        threads.extend((0..params.nr_threads).map(|thread| self.worker(number, thread, &done)));
        let name = format!("process {number}");
        Process { start: Some(Start::Forked), ..process(name, regions, threads) }
    }

    fn memory(&self, name: &str, bytes: u64) -> Region {
        let populate = Populate { node: self.node_of_cpu0, first: None, pages: None, sharing: None };
        let populate = if self.params.init_cpu0 { vec![populate] } else { Vec::new() };
        Region { populate, ..region(name, self.setting.pages(bytes)) }
    }

    fn private(&self, name: &str, bytes: u64) -> Region {
        Region { thp: self.params.thp.then_some(Thp::Always), ..self.memory(name, bytes) }
    }

    /// Memory is initialised by whoever allocates it, unless it is there already.
    fn first_touch(&self, name: &str, bytes: u64) -> Vec<Step> {
        if bytes > 0 && !self.params.init_cpu0 { vec![clear(name)] } else { Vec::new() }
    }

    fn worker(&self, process: u64, number: u64, done: &str) -> Thread {
        let params = self.params;
        let own = thread_region(number);
        let mut steps = self.first_touch(&own, params.bytes_thread);
        if params.serialize_startup {
            steps.push(barrier("start".to_owned(), params.nr_proc * params.nr_threads));
        }
        let mut work = self.go_over("global", params.bytes_global, process, params.nr_proc);
        work.extend(self.go_over("process", params.bytes_process, number, params.nr_threads));
        work.extend(self.go_over(&own, params.bytes_thread, 0, 1));
        let until = params.nr_secs.map(|secs| Millis(Ns::from_ms(secs * 1000)));
        let loops = params.nr_loops.map(|loops| self.setting.rounds(loops));
        steps.push(repeated(work, loops, until));
        steps.push(barrier(done.to_owned(), params.nr_threads + 1));
        let worker = Thread { start: Some(ThreadStart::ByClone), ..thread("worker".to_owned(), steps) };
        self.placed(worker, process, number)
    }

    /// With the CPUs and the memory node of a task.
    fn placed(&self, thread: Thread, process: u64, number: u64) -> Thread {
        let task = usize::try_from(process * self.params.nr_threads + number).unwrap_or(usize::MAX);
        Thread {
            affinity: self.params.cpus.get(task).map(|cpus| CpuList::from_ascending(cpus)),
            policy: self.params.nodes.get(task).map(|node| Policy::Text(format!("bind:{node}"))),
            ..thread
        }
    }

    /// One loop over a piece of memory; `nr` of `nr_max` tell where a task begins.
    fn go_over(&self, name: &str, bytes: u64, nr: u64, nr_max: u64) -> Vec<Step> {
        if bytes == 0 {
            return Vec::new();
        }
        let pages = self.setting.pages(bytes);
        let name = Some(name.to_owned());
        let step = match self.params.access {
            Access::Read => Step { read: name, ..Step::default() },
            Access::Write => Step { write: name, ..Step::default() },
        };
        let offset = pages * nr / nr_max;
        match self.params.walk {
            Walk::Random => vec![Step { pattern: Some(Pattern::Random), ..step }],
            Walk::Forwards if offset > 0 => {
                let to_end = Step { first: Some(offset), ..step.clone() };
                vec![to_end, Step { pages: Some(offset), ..step }]
            }
            Walk::Clear | Walk::Forwards => vec![step],
        }
    }
}

fn thread_region(thread: u64) -> String {
    format!("thread {thread}")
}

/// A walk of less than this does not go anywhere.
pub(super) const WALK_BYTES: u64 = 2 * PAGE_SIZE;
