//! From a scenario to a machine at time 0.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use crate::error::SetupError;
use crate::eventlog::EventLog;
use crate::ids::{NodeId, PAGE_SIZE, Tid, VirtAddr};
use crate::input::{
    Access, Action, Costs, Machine, Process, ProcessStart, Program, Region, RemoteAccess, Repeat, Scenario, Sharing,
    Step, Sysctl, Thread, TimedAction,
};
use crate::mm::Mm;
use crate::mm::page_alloc::Memory;
use crate::mm::vma::Vma;
use crate::numab::scan_period::task_scan_max;
use crate::sched::rq::RunQueue;
use crate::sched::task::{Activity, Execution, SchedEntity, State, Task, TaskNuma};
use crate::time::{Hz, Jiffies, Ns};
use crate::topology::{LOCAL_DISTANCE, Topology};
use crate::view::Vmstat;
use crate::workload::Cursor;
use crate::world::World;
use crate::world::timers::Timers;

/// What never changes during a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Setup {
    pub(crate) topology: Topology,
    pub(crate) costs: Costs,
    pub(crate) hz: Hz,
    pub(crate) uptime: Ns,
    pub(crate) zero_page_node: NodeId,
    /// Programs by task.
    pub(crate) programs: Vec<Program>,
    pub(crate) actions: Vec<TimedAction>,
    pub(crate) process_names: Vec<String>,
    pub(crate) thread_names: Vec<String>,
    /// Names by process and region.
    pub(crate) region_names: Vec<Vec<String>>,
    /// `access_ns[cpu_node * nr_node_ids + node]`.
    access_ns: Vec<u32>,
    seed: u64,
    tids: Vec<u32>,
}

impl Setup {
    /// Cost of an access from a node's CPUs, by node of the memory, in ns.
    pub(crate) fn access_ns(&self, cpu_node: NodeId) -> &[u32] {
        let count = self.topology.nr_node_ids();
        &self.access_ns[cpu_node.index() * count..(cpu_node.index() + 1) * count]
    }

    pub(crate) fn random_seed(&self, task: usize) -> u64 {
        self.seed ^ u64::from(self.tids[task]) << 32
    }
}

impl World {
    /// A machine at the start of a scenario, with what happens at that very moment done.
    ///
    /// # Errors
    /// When the scenario breaks a rule that the engine relies on.
    pub fn new(scenario: &Scenario) -> Result<Self, SetupError> {
        let topology = Topology::new(&scenario.machine)?;
        check_counts(scenario)?;
        check_sysctls(scenario)?;
        let mut memory = initial_memory(&scenario.machine, &topology)?;
        let mut mms = Vec::new();
        for (index, process) in scenario.processes.iter().enumerate() {
            mms.push(new_mm(index, process, &topology, &mut memory)?);
        }
        let tasks = new_tasks(scenario, &topology, &mms)?;
        let setup = Arc::new(new_setup(scenario, topology));
        let nr_anon_pages = mms.iter().map(Mm::rss_pages).sum();
        let vmstat = Vmstat { nr_anon_pages, ..Vmstat::default() };
        let rqs = vec![RunQueue::default(); setup.topology.nr_cpus()];
        let timers = first_timers(scenario, &setup, &tasks);
        let log = EventLog::default();
        let mut world =
            Self { setup, now: Ns::ZERO, sysctl: scenario.sysctl, mms, tasks, rqs, memory, vmstat, timers, log };
        world.run_until(Ns::ZERO);
        Ok(world)
    }
}

fn check_counts(scenario: &Scenario) -> Result<(), SetupError> {
    let limit = usize::from(u16::MAX);
    let threads: usize = scenario.processes.iter().map(|p| p.threads.len()).sum();
    if scenario.processes.len() > limit || scenario.processes.iter().any(|p| p.regions.len() > limit) {
        return Err(SetupError::TooMany("processes or regions"));
    }
    if threads > limit || threads == 0 {
        return Err(SetupError::TooMany("threads, or none at all"));
    }
    if !scenario.actions.is_sorted_by_key(|action| action.at) {
        return Err(SetupError::Actions);
    }
    Ok(())
}

fn check_sysctls(scenario: &Scenario) -> Result<(), SetupError> {
    let later = scenario.actions.iter().filter_map(|timed| match &timed.action {
        Action::SetSysctl(sysctl) => Some(sysctl),
        Action::SetAffinity { .. } | Action::Kill { .. } => None,
    });
    let bad = |sysctl: &Sysctl| sysctl.scan_size_mb == 0 || sysctl.scan_size_mb >= 1 << 24;
    if later.chain([&scenario.sysctl]).any(bad) {
        return Err(SetupError::ScanSize);
    }
    Ok(())
}

fn initial_memory(machine: &Machine, topology: &Topology) -> Result<Memory, SetupError> {
    let mut managed = vec![0; topology.nr_node_ids()];
    for node in &machine.nodes {
        managed[node.id.index()] = node.memory_pages;
    }
    if managed.iter().all(|&pages| pages == 0) {
        return Err(SetupError::Nodes);
    }
    let mut memory = Memory::new(topology, &managed);
    for node in &machine.nodes {
        if !memory.reserve(node.id, node.used_pages) {
            return Err(SetupError::NodeFull(node.id));
        }
    }
    Ok(memory)
}

fn new_mm(index: usize, process: &Process, topology: &Topology, memory: &mut Memory) -> Result<Mm, SetupError> {
    check_regions(index, process)?;
    let mut vmas = Vec::new();
    for region in &process.regions {
        vmas.push(
            new_vma(region, topology, memory).map_err(|node| node.unwrap_or(SetupError::Regions { process: index }))?,
        );
    }
    let numa_next_scan = match process.start {
        ProcessStart::Exec => Jiffies(0),
        ProcessStart::Forked { next_scan_jiffies } => Jiffies(next_scan_jiffies),
    };
    let threads = process.threads.len() as u32;
    Ok(Mm {
        pid: process.pid,
        vmas,
        numa_next_scan,
        numa_scan_offset: VirtAddr(0),
        numa_scan_seq: 0,
        mm_users: threads,
        nr_threads: threads,
    })
}

fn check_regions(index: usize, process: &Process) -> Result<(), SetupError> {
    const TASK_SIZE: u64 = 1 << 47;
    let mut end = VirtAddr(0);
    for region in &process.regions {
        let length = u64::from(region.pages) * PAGE_SIZE;
        let fits = region.start.0.checked_add(length).is_some_and(|end| end <= TASK_SIZE);
        let aligned = region.start.0.is_multiple_of(PAGE_SIZE) && region.pages < u32::MAX - 1024;
        if !fits || !aligned || region.pages == 0 || region.start < end {
            return Err(SetupError::Regions { process: index });
        }
        end = VirtAddr(region.start.0 + length);
    }
    Ok(())
}

/// A region with the pages that are there from the start. On failure says which node is full,
/// or nothing if the pages themselves are wrong.
fn new_vma(region: &Region, topology: &Topology, memory: &mut Memory) -> Result<Vma, Option<SetupError>> {
    let mut vma = Vma::new(region.start, region.pages, region.kind, region.prot, topology.nr_node_ids());
    let mut free_from = 0;
    for run in &region.populate {
        let end = run.first.0.checked_add(run.pages).filter(|&end| end <= region.pages).ok_or(None)?;
        if run.first.0 < free_from || !topology.online().contains(&run.node) {
            return Err(None);
        }
        free_from = end;
        if !memory.reserve(run.node, u64::from(run.pages)) {
            return Err(Some(SetupError::NodeFull(run.node)));
        }
        vma.populate(run.first.0, run.pages, run.node);
        if run.sharing == Sharing::MappedElsewhere {
            vma.share_with_others(run.first.0, run.pages);
        }
    }
    Ok(vma)
}

fn new_tasks(scenario: &Scenario, topology: &Topology, mms: &[Mm]) -> Result<Vec<Task>, SetupError> {
    check_tids(scenario)?;
    let mut tasks = Vec::new();
    for (mm, process) in scenario.processes.iter().enumerate() {
        for (place, thread) in process.threads.iter().enumerate() {
            check_program(thread, process, &scenario.machine.costs)?;
            let mut task = new_task(thread, mm, topology)?;
            task.numa = TaskNuma::new(scenario.sysctl.scan_delay_ms, 0);
            if place > 0 {
                task.numa.node_stamp = thread_stagger(scenario, &mms[mm]);
            }
            tasks.push(task);
        }
    }
    Ok(tasks)
}

fn check_tids(scenario: &Scenario) -> Result<(), SetupError> {
    let threads = scenario.processes.iter().flat_map(|process| &process.threads);
    let mut tids: Vec<Tid> = threads.map(|thread| thread.tid).collect();
    tids.sort_unstable();
    let twice = tids.windows(2).find(|pair| pair[0] == pair[1]);
    twice.map_or(Ok(()), |pair| Err(SetupError::DuplicateTid(pair[0])))
}

/// The head start in runtime that `init_numa_balancing` gives an additional thread, so that
/// the threads of a process do not scan all at once. (The kernel mixes milliseconds and
/// nanoseconds here; the milliseconds win.)
fn thread_stagger(scenario: &Scenario, mm: &Mm) -> Ns {
    let max_ms = task_scan_max(&scenario.sysctl, mm.rss_pages(), None);
    let period = scenario.sysctl.scan_delay_ms.wrapping_mul(mm.mm_users).wrapping_mul(1_000_000);
    Ns(u64::from(max_ms.min(period)) + 2 * scenario.machine.hz.tick_ns())
}

fn new_task(thread: &Thread, mm: usize, topology: &Topology) -> Result<Task, SetupError> {
    let places: Option<Vec<usize>> = thread.affinity.iter().map(|&cpu| topology.cpu_index(cpu)).collect();
    let cpus_allowed = places.filter(|cpus| !cpus.is_empty()).ok_or(SetupError::Affinity(thread.tid))?;
    let se = SchedEntity { sum_exec_runtime: thread.runtime, ..SchedEntity::default() };
    let exec = Execution {
        activity: Activity::User,
        cursor: Cursor::default(),
        left: Ns::ZERO,
        interrupted_visit: Ns::ZERO,
        since: Ns::ZERO,
        local_accesses: 0,
        remote_accesses: 0,
        stall: Ns::ZERO,
    };
    let numa = TaskNuma::new(0, 0);
    Ok(Task { tid: thread.tid, mm, cpu: cpus_allowed[0], cpus_allowed, state: State::New, se, numa, exec })
}

/// A program must have steps, stay inside its regions with the rights it needs, and take time
/// in every round.
fn check_program(thread: &Thread, process: &Process, costs: &Costs) -> Result<(), SetupError> {
    let steps = &thread.program.steps;
    let well_formed =
        steps.len() < usize::from(u16::MAX) && steps.iter().all(|step| is_step_sound(step, process, costs));
    let takes_time = thread.program.repeat == Repeat::Once || steps.iter().any(takes_time);
    if well_formed && takes_time { Ok(()) } else { Err(SetupError::Program(thread.tid)) }
}

fn is_step_sound(step: &Step, process: &Process, costs: &Costs) -> bool {
    let Step::Access { region, first, pages, pattern, access, compute_ns, passes } = *step else {
        return true;
    };
    let Some(region) = process.regions.get(usize::from(region)) else { return false };
    let inside = first.0.checked_add(pages).is_some_and(|end| end <= region.pages);
    let allowed = match access {
        Access::Read => region.prot.read,
        Access::Write => region.prot.write,
    };
    let stride_is_positive = !matches!(pattern, crate::input::Pattern::Sequential { stride: 0 });
    let costs_time = costs.local_access_ns > 0 || compute_ns > 0;
    inside && allowed && stride_is_positive && costs_time && pages > 0 && passes > 0
}

fn takes_time(step: &Step) -> bool {
    match *step {
        Step::Access { .. } => true,
        Step::Compute { duration } | Step::Sleep { duration } => duration > Ns::ZERO,
    }
}

fn new_setup(scenario: &Scenario, topology: Topology) -> Setup {
    let machine = &scenario.machine;
    let threads = || scenario.processes.iter().flat_map(|process| &process.threads);
    let with_memory = topology.online().iter().copied().find(|&node| topology.has_memory(node));
    Setup {
        access_ns: access_costs(&topology, &machine.costs),
        zero_page_node: with_memory.unwrap_or_default(),
        costs: machine.costs,
        hz: machine.hz,
        uptime: machine.uptime,
        programs: threads().map(|thread| thread.program.clone()).collect(),
        actions: scenario.actions.clone(),
        process_names: scenario.processes.iter().map(|process| process.name.clone()).collect(),
        thread_names: threads().map(|thread| thread.name.clone()).collect(),
        region_names: scenario.processes.iter().map(region_names).collect(),
        seed: scenario.seed,
        tids: threads().map(|thread| thread.tid.0).collect(),
        topology,
    }
}

fn region_names(process: &Process) -> Vec<String> {
    process.regions.iter().map(|region| region.name.clone()).collect()
}

/// Cost of an access from each node to each, row by row.
fn access_costs(topology: &Topology, costs: &Costs) -> Vec<u32> {
    let count = topology.nr_node_ids() as u8;
    let cost = |from: u8, to: u8| {
        let distance = match costs.remote_access {
            RemoteAccess::ByDistance => topology.distance(NodeId(from), NodeId(to)),
            RemoteAccess::Uniform => LOCAL_DISTANCE,
        };
        (u64::from(costs.local_access_ns) * u64::from(distance) / u64::from(LOCAL_DISTANCE)) as u32
    };
    (0..count).flat_map(|from| (0..count).map(move |to| cost(from, to))).collect()
}

fn first_timers(scenario: &Scenario, setup: &Setup, tasks: &[Task]) -> Timers {
    let tick_ns = setup.hz.tick_ns();
    let since_tick = setup.uptime.0 % tick_ns;
    let actions = scenario.actions.iter().map(|action| action.at).collect();
    let mut timers = Timers::new(Ns(tick_ns - since_tick), tick_ns, setup.topology.nr_cpus(), actions);
    let threads = scenario.processes.iter().flat_map(|process| &process.threads);
    for (task, thread) in (0..tasks.len()).zip(threads) {
        timers.add_wakeup(thread.start, task);
    }
    timers
}
