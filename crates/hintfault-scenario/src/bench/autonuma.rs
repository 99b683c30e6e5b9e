//! The four programs of `autonumabench` (A. Arcangeli, 2012): `numa01`, `numa01_THREAD_ALLOC`,
//! `numa02`, `numa02_SMT`, without hard bindings.

use super::{Setting, barrier, clear, clone_all, cpus_by_node, exit_process, huge_region, process, repeated, thread};
use crate::document::{Document, Process, Share, Start, Step, Thread, ThreadStart};
use crate::failure::{Failure, Text};

/// The programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Program {
    /// Two processes; half of the CPUs' number of threads in each clear all of 3 GiB 50 times.
    Numa01,
    /// The same, but each thread clears its own part 1000 times, after it has cleared all once.
    Numa01ThreadAlloc,
    /// One process; as many threads as CPUs each clear their part of 1 GiB 800 times.
    Numa02,
    /// The same with half as many threads.
    Numa02Smt,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Numa01, Self::Numa01ThreadAlloc, Self::Numa02, Self::Numa02Smt];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Numa01 => "numa01",
            Self::Numa01ThreadAlloc => "numa01_THREAD_ALLOC",
            Self::Numa02 => "numa02",
            Self::Numa02Smt => "numa02_SMT",
        }
    }

    /// The program of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|program| program.name() == name)
    }
}

const NUMA01_BYTES: u64 = 3 << 30;
const NUMA02_BYTES: u64 = 1 << 30;
/// `TOTALSIZE / SIZE`.
const NUMA02_ROUNDS: u64 = 800;

/// The scenario of a program.
///
/// # Errors
/// When the machine has no CPU.
pub fn autonuma(program: Program, setting: &Setting) -> Result<Document, Failure> {
    let cpus: u64 = cpus_by_node(&setting.machine)?.iter().map(|(_, cpus)| cpus.len() as u64).sum();
    let processes = match program {
        Program::Numa01 | Program::Numa01ThreadAlloc => numa01(program, setting, (cpus / 2).max(1)),
        Program::Numa02 => vec![numa02(setting, cpus)],
        Program::Numa02Smt => vec![numa02(setting, (cpus / 2).max(1))],
    };
    let name = program.name();
    let (en, zh) = match program {
        Program::Numa01 => (
            "Two processes of many threads, each of which goes over all memory of its process.",
            "两个多线程进程，每个线程都访问本进程的全部内存。",
        ),
        Program::Numa01ThreadAlloc => (
            "Two processes of many threads, each of which goes over a part of its own.",
            "两个多线程进程，每个线程只访问属于自己的那一部分内存。",
        ),
        Program::Numa02 => (
            "One process; every thread goes over a part of its own.",
            "一个进程，每个线程只访问属于自己的那一部分内存。",
        ),
        Program::Numa02Smt => (
            "One process with a thread for every other CPU; each goes over a part of its own.",
            "一个进程，线程数为 CPU 数的一半，每个线程只访问属于自己的那一部分内存。",
        ),
    };
    let title = format!("autonumabench {name}");
    Ok(setting.document(Text::new(title.as_str(), title.as_str()), Text::new(en, zh), processes))
}

/// Every thread first clears all memory of its process, then its part over and over.
fn numa01(program: Program, setting: &Setting, threads: u64) -> Vec<Process> {
    let own_part = program == Program::Numa01ThreadAlloc;
    let share = own_part.then_some(Share::Slice);
    let rounds = setting.rounds(if own_part { 1000 } else { 50 });
    let pages = setting.pages(NUMA01_BYTES).max(threads);
    let one = |number: usize, start: Start| {
        let round = Step { share, ..clear("memory") };
        let steps = vec![clear("memory"), repeated(vec![round], Some(rounds), None)];
        let name = format!("{}-{number}", program.name());
        let regions = vec![huge_region("memory", pages)];
        Process { start: Some(start), ..workers(name, regions, steps, threads) }
    };
    // The second is forked before either of them allocates.
    vec![one(1, Start::Exec), one(2, Start::Forked)]
}

fn numa02(setting: &Setting, threads: u64) -> Process {
    let pages = setting.pages(NUMA02_BYTES).max(threads);
    let round = Step { share: Some(Share::Slice), ..clear("memory") };
    let steps = vec![repeated(vec![round], Some(setting.rounds(NUMA02_ROUNDS)), None)];
    workers("numa02".to_owned(), vec![huge_region("memory", pages)], steps, threads)
}

/// A main thread that creates the others and waits for them (`pthread_join`).
fn workers(name: String, regions: Vec<crate::document::Region>, steps: Vec<Step>, threads: u64) -> Process {
    let done = format!("{name} done");
    let main = vec![clone_all("worker"), barrier(done.clone(), threads + 1), exit_process()];
    let program = [steps, vec![barrier(done, threads + 1)]].concat();
    let worker =
        Thread { count: Some(threads), start: Some(ThreadStart::ByClone), ..thread("worker".to_owned(), program) };
    process(name, regions, vec![thread("main".to_owned(), main), worker])
}
