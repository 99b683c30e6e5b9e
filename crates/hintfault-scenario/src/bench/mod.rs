//! Scenarios after well-known benchmarks: `autonumabench` and `perf bench numa mem`. They do to
//! memory what the programs do, page by page; all sizes can be divided by a factor.

pub mod autonuma;
mod command;
pub mod perf_bench;
mod perf_tests;

pub use command::parse_command;

use hintfault::ids::PAGE_SIZE;

use crate::document::{Costs, Document, Exit, Machine, Node, Process, Region, Repeat, Step, Thp, Thread, VERSION};
use crate::failure::{Failure, Text};
use crate::quantity::{Amount, CpuList, Millis, Size};

/// Clearing a page in local memory. An estimate: 4 KiB at about 9 GB/s, what one core reaches.
const CLEAR_PAGE_NS: u64 = 450;
/// Largest factor that sizes may be divided by.
pub const MAX_SCALE: u64 = 1 << 16;

/// What is asked for: the machine, and by how much all memory is smaller than in the original.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// Nodes, CPUs, distances, costs.
    pub machine: Machine,
    /// Sizes are divided by it and numbers of rounds multiplied, 1 to [`MAX_SCALE`].
    /// Where a benchmark runs for so many seconds, that stays.
    pub scale: u64,
}

impl Setting {
    /// Four nodes of eight CPUs and 16 GiB: perf recommends four nodes and 16 GiB at least.
    ///
    /// # Errors
    /// When the factor is out of range.
    pub fn four_nodes(scale: u64) -> Result<Self, Failure> {
        let node = |cpus: &str| Node {
            cpus: Some(CpuList::Text(cpus.to_owned())),
            memory: Some(Size::mib(16 << 10)),
            ..Node::default()
        };
        let nodes = ["0-7", "8-15", "16-23", "24-31"].map(node).to_vec();
        Self::new(Machine { nodes, ..Machine::default() }, scale)
    }

    /// A setting on some machine. Where it does not say what a visit costs, a page is cleared.
    ///
    /// # Errors
    /// When the factor is out of range.
    pub fn new(machine: Machine, scale: u64) -> Result<Self, Failure> {
        if !(1..=MAX_SCALE).contains(&scale) {
            let (en, zh) = (format!("1 to {MAX_SCALE} is possible"), format!("应在 1 到 {MAX_SCALE} 之间"));
            return Err(Failure::one("scale", Text::new(en, zh)));
        }
        let local_access_ns = machine.costs.local_access_ns.or(Some(CLEAR_PAGE_NS));
        let costs = Costs { local_access_ns, ..machine.costs };
        Ok(Self { machine: Machine { costs, ..machine }, scale })
    }

    /// So many pages are what is left of so many bytes, at least one.
    fn pages(&self, bytes: u64) -> u64 {
        (bytes / self.scale / PAGE_SIZE).max(1)
    }

    /// So many rounds over less memory take as long as `rounds` over all of it.
    fn rounds(&self, rounds: u64) -> u64 {
        (rounds * self.scale).min(u64::from(u32::MAX))
    }

    fn document(&self, title: Text, summary: Text, processes: Vec<Process>) -> Document {
        let machine = self.machine.clone();
        Document {
            version: VERSION,
            title,
            summary,
            machine,
            kernel: Default::default(),
            processes,
            actions: Vec::new(),
            seed: None,
        }
    }
}

/// The CPUs of a machine by node, ascending; nodes without CPUs are left out.
fn cpus_by_node(machine: &Machine) -> Result<Vec<(u64, Vec<u16>)>, Failure> {
    let mut next_id = 0;
    let mut found = Vec::new();
    for node in &machine.nodes {
        let id = node.id.unwrap_or(next_id);
        next_id = id + 1;
        let cpus = node.cpus.as_ref().map_or(Ok(Vec::new()), CpuList::cpus);
        let cpus = cpus.map_err(|message| Failure::one("machine.nodes", message))?;
        if !cpus.is_empty() {
            found.push((id, cpus));
        }
    }
    if found.is_empty() {
        let message = Text::new("the machine has no CPU", "机器没有 CPU");
        return Err(Failure::one("machine.nodes", message));
    }
    Ok(found)
}

fn region(name: &str, pages: u64) -> Region {
    Region {
        name: name.to_owned(),
        size: Size(Amount::Text(format!("{pages} pages"))),
        start: None,
        kind: None,
        prot: None,
        object: None,
        policy: None,
        thp: None,
        populate: Vec::new(),
    }
}

/// A private region in huge pages, as `malloc` of much memory gives where they are always on.
fn huge_region(name: &str, pages: u64) -> Region {
    Region { thp: Some(Thp::Always), ..region(name, pages) }
}

fn process(name: String, regions: Vec<Region>, threads: Vec<Thread>) -> Process {
    Process {
        name,
        pid: None,
        start: None,
        parent: None,
        next_scan_jiffies: None,
        mems: None,
        policy: None,
        regions,
        threads,
    }
}

/// A thread that does its steps once.
fn thread(name: String, program: Vec<Step>) -> Thread {
    Thread {
        name: Some(name),
        count: None,
        tid: None,
        affinity: None,
        nice: None,
        start: None,
        start_ms: None,
        runtime_ms: None,
        policy: None,
        program,
        repeat: Some(Repeat::Once),
    }
}

/// Clears pages in order.
fn clear(region: &str) -> Step {
    Step { write: Some(region.to_owned()), ..Step::default() }
}

fn clone_all(name: &str) -> Step {
    Step { clone: Some(name.to_owned()), ..Step::default() }
}

fn barrier(name: String, threads: u64) -> Step {
    Step { barrier: Some(name), threads: Some(threads), ..Step::default() }
}

fn exit_process() -> Step {
    Step { exit: Some(Exit::Process), ..Step::default() }
}

fn repeated(steps: Vec<Step>, times: Option<u64>, until: Option<Millis>) -> Step {
    Step { steps, times, until_ms: until, ..Step::default() }
}
