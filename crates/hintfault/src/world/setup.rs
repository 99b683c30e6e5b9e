//! From a scenario to a machine at time 0.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use crate::calls::Calls;
use crate::error::SetupError;
use crate::eventlog::EventLog;
#[cfg(feature = "explain")]
use crate::explain::watch::Watcher;
use crate::ids::{NodeId, NodeSet, PAGE_SIZE, PageIdx, ProcIdx, Tid, VirtAddr};
use crate::input::{
    Action, Costs, Machine, Node, Process, ProcessStart, Program, Region, RegionKind, RemoteAccess, Scenario, Step,
    Sysctl, Thread, TimedAction,
};
use crate::mempolicy::alloc::Interleaving;
use crate::mm::Mm;
use crate::mm::folio::Object;
use crate::mm::page_alloc::Memory;
use crate::mm::populate::populate;
use crate::mm::vma::{AnonVma, Vma, tables_for};
use crate::moves::Moves;
use crate::numab::scan_period::task_scan_max;
use crate::order::ascending;
use crate::sched::domains::Domains;
use crate::sched::rq::{DomainBalance, RunQueue};
use crate::sched::task::{Activity, Execution, SchedEntity, State, Task, TaskNuma, weight_of_nice};
use crate::time::{Hz, Jiffies, Ns};
use crate::topology::{LOCAL_DISTANCE, Topology};
use crate::view::{SystemTime, Vmstat};
use crate::workload::Cursor;
use crate::workload::outlook::Outlook;
use crate::world::World;
use crate::world::policies::{check_weights, effective_mems, new_policy, region_policy};
use crate::world::programs::{check_program, check_start};
use crate::world::timers::Timers;

/// What never changes during a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Setup {
    pub(crate) topology: Topology,
    pub(crate) domains: Domains,
    pub(crate) costs: Costs,
    pub(crate) hz: Hz,
    pub(crate) uptime: Ns,
    pub(crate) zero_page_node: NodeId,
    /// Base pages that something outside the scenario holds, by node number.
    pub(crate) used_pages: Vec<u64>,
    /// Programs by task.
    pub(crate) programs: Vec<Program>,
    /// Tasks by the barriers in their programs, ascending by both.
    barriers: Vec<(u16, usize)>,
    /// By process.
    first_tasks: Vec<usize>,
    parents: Vec<Option<ProcIdx>>,
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

    /// The first task of a process.
    pub(crate) fn first_task(&self, process: usize) -> usize {
        self.first_tasks[process]
    }

    /// The process that forks this one, if one does.
    pub(crate) fn parent_of(&self, process: usize) -> Option<usize> {
        self.parents[process].map(ProcIdx::index)
    }

    /// Tasks that have this barrier in their programs.
    pub(crate) fn barrier_tasks(&self, group: u16) -> impl Iterator<Item = usize> {
        self.barriers.iter().filter(move |(of, _)| *of == group).map(|&(_, task)| task)
    }

    /// Barriers in the program of a task.
    pub(crate) fn barriers_of(&self, task: usize) -> impl Iterator<Item = u16> {
        self.barriers.iter().filter(move |(_, other)| *other == task).map(|&(group, _)| group)
    }

    /// The same for all nodes, row by row.
    pub(crate) fn all_access_ns(&self) -> &[u32] {
        &self.access_ns
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
        let mut world = Self::unstarted(scenario)?;
        world.run_until(Ns::ZERO);
        Ok(world)
    }

    /// A machine at the start of a scenario, before anything has happened.
    pub(crate) fn unstarted(scenario: &Scenario) -> Result<Self, SetupError> {
        let topology = Topology::new(&scenario.machine)?;
        check_counts(scenario)?;
        check_sysctls(scenario)?;
        check_weights(scenario, &topology)?;
        let memory = initial_memory(&scenario.machine, &topology)?;
        let AddressSpaces { mms, objects, memory } = address_spaces(scenario, &topology, memory)?;
        let tasks = new_tasks(scenario, &topology, &mms, memory.nodes())?;
        let setup = Arc::new(new_setup(scenario, topology));
        let nr_anon_pages = objects.iter().map(|object| u64::from(object.resident())).sum();
        let timers = first_timers(scenario, &setup, &tasks);
        let outlook = Outlook::new(setup.topology.nr_cpus());
        let mut world = Self {
            rqs: Vec::new(),
            outlook,
            setup,
            now: Ns::ZERO,
            sysctl: scenario.sysctl,
            mms,
            objects,
            groups: Vec::new(),
            tasks,
            memory,
            huge_zero_node: None,
            vmstat: Vmstat { nr_anon_pages, ..Vmstat::default() },
            moves: Moves::default(),
            distribute_cpu_mask_prev: 0,
            timers,
            access_ns: Vec::new(),
            #[cfg(feature = "explain")]
            watch: Watcher::default(),
            log: EventLog::default(),
            calls: Calls::new(),
            action_outcomes: Vec::new(),
            #[cfg(feature = "shared-clock")]
            shared_clock: None,
            #[cfg(feature = "steps")]
            slow_nodes: NodeSet::default(),
            #[cfg(feature = "steps")]
            tiering: None,
        };
        let (jiffies, domains) = (world.jiffies(), &world.setup.domains);
        let rq = |cpu: usize| RunQueue::new(DomainBalance::start(domains.of(cpu), jiffies), jiffies);
        world.rqs = (0..world.setup.topology.nr_cpus()).map(rq).collect();
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
        _ => None,
    });
    let bad = |sysctl: &Sysctl| sysctl.scan_size_mb == 0 || sysctl.scan_size_mb >= 1 << 24;
    if later.chain([&scenario.sysctl]).any(bad) {
        return Err(SetupError::ScanSize);
    }
    Ok(())
}

fn initial_memory(machine: &Machine, topology: &Topology) -> Result<Memory, SetupError> {
    let zones_add_up = |node: &Node| {
        let sum: u64 = node.zones.iter().map(|zone| zone.managed_pages).sum();
        let ascending = node.zones.windows(2).all(|pair| pair[0].kind < pair[1].kind);
        node.zones.is_empty() || (sum == node.memory_pages && ascending)
    };
    if machine.nodes.iter().all(|node| node.memory_pages == 0) || !machine.nodes.iter().all(zones_add_up) {
        return Err(SetupError::Nodes);
    }
    let mut memory = Memory::new(topology, machine);
    for node in &machine.nodes {
        if !memory.reserve(node.id, node.used_pages) {
            return Err(SetupError::NodeFull(node.id));
        }
    }
    Ok(memory)
}

/// Address spaces under construction, with what they map.
struct AddressSpaces {
    mms: Vec<Mm>,
    objects: Vec<Object>,
    memory: Memory,
}

fn address_spaces(scenario: &Scenario, topology: &Topology, memory: Memory) -> Result<AddressSpaces, SetupError> {
    let mut spaces = AddressSpaces { mms: Vec::new(), objects: Vec::new(), memory };
    let mut shared: Vec<(u16, usize)> = Vec::new();
    for (index, process) in scenario.processes.iter().enumerate() {
        check_regions(index, process)?;
        check_start(index, process, &scenario.processes)?;
        let mut vmas = Vec::new();
        if parent(process).is_some() {
            spaces.mms.push(new_mm(process, vmas));
            continue;
        }
        let mems = effective_mems(process.mems, spaces.memory.nodes());
        for (place, region) in process.regions.iter().enumerate() {
            let object = object_of(region, topology, &mut shared, &mut spaces.objects);
            if process.start != ProcessStart::ByExec {
                spaces.objects[object].add_mapping(index, place);
            }
            let error = SetupError::Regions { process: index };
            let mut vma =
                new_vma(place, region, object, topology, &mut spaces).map_err(|node| node.unwrap_or(error))?;
            vma.policy = region_policy(region, mems, topology)?;
            if vma.is_shmem() && vma.policy.is_some() {
                let lo = vma.slot(PageIdx(0));
                spaces.objects[object].policy.set(lo, lo + vma.pages, vma.policy);
            }
            vmas.push(vma);
        }
        spaces.mms.push(Mm { mems_allowed: mems, ..new_mm(process, vmas) });
    }
    Ok(spaces)
}

fn new_mm(process: &Process, mut vmas: Vec<Vma>) -> Mm {
    let (mut numa_next_scan, mut image) = (Jiffies(0), Vec::new());
    match process.start {
        ProcessStart::Exec | ProcessStart::ByFork { .. } => {}
        ProcessStart::Forked { next_scan_jiffies } => numa_next_scan = Jiffies(next_scan_jiffies),
        ProcessStart::ByExec => image = core::mem::take(&mut vmas),
    }
    let threads = process.threads.iter().filter(|thread| thread.start != Ns::NEVER).count() as u32;
    // Whatever is mapped at the start has memory: the zero page only comes with reads.
    let rss_pages = vmas.iter().map(|vma| u64::from(vma.present_pages())).sum();
    Mm {
        pid: process.pid,
        vmas,
        image,
        numa_next_scan,
        numa_scan_offset: VirtAddr(0),
        numa_scan_seq: 0,
        mm_users: threads,
        nr_threads: threads,
        rss_pages,
        stopped: false,
        // As many as there are VMAs that might have one.
        anon_vmas: process.regions.len() as u32,
        mems_allowed: NodeSet(0),
    }
}

/// The object that a region maps: its own, or the one that others with its key map too.
fn object_of(region: &Region, topology: &Topology, shared: &mut Vec<(u16, usize)>, objects: &mut Vec<Object>) -> usize {
    let key = match region.kind {
        RegionKind::Shared { key, .. } => Some(key),
        _ => None,
    };
    if let Some(&(_, object)) = shared.iter().find(|(of, _)| Some(*of) == key) {
        return object;
    }
    let (tables, _) = tables_for(region.start, region.pages);
    let mut fresh = Object::new(tables, topology.nr_node_ids());
    fresh.inode = key.map_or(0, |key| u64::from(key) + 1);
    objects.push(fresh);
    let object = objects.len() - 1;
    shared.extend(key.map(|key| (key, object)));
    object
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
/// or nothing if the region or its pages are wrong.
fn new_vma(
    place: usize,
    region: &Region,
    object: usize,
    topology: &Topology,
    spaces: &mut AddressSpaces,
) -> Result<Vma, Option<SetupError>> {
    if tables_for(region.start, region.pages).0 != spaces.objects[object].chunk_count() {
        return Err(None);
    }
    let mut vma = Vma::new(place as u16, region, object, None);
    if !region.populate.is_empty() && !vma.is_shared() {
        vma.anon_vma = Some(AnonVma { id: place as u32, forked: false });
    }
    let mut free_from = 0;
    for &run in &region.populate {
        let end = run.first.0.checked_add(run.pages).filter(|&end| end <= region.pages).ok_or(None)?;
        if run.first.0 < free_from || !topology.online().contains(&run.node) {
            return Err(None);
        }
        free_from = end;
        if spaces.memory.free_pages(run.node) < u64::from(run.pages) {
            return Err(Some(SetupError::NodeFull(run.node)));
        }
        let allocated = populate(&mut vma, &mut spaces.objects[object], run);
        if !spaces.memory.reserve(run.node, allocated) {
            return Err(Some(SetupError::NodeFull(run.node)));
        }
    }
    Ok(vma)
}

fn new_tasks(scenario: &Scenario, topology: &Topology, mms: &[Mm], mems: NodeSet) -> Result<Vec<Task>, SetupError> {
    check_tids(scenario)?;
    let mut tasks = Vec::new();
    for (mm, process) in scenario.processes.iter().enumerate() {
        for (place, thread) in process.threads.iter().enumerate() {
            check_program(thread, (mm, process), scenario)?;
            let mut task = new_task(thread, mm, topology, scenario.sysctl.scan_delay_ms)?;
            // Who comes to be later has its creator's nodes then.
            task.policy = new_policy(thread.policy, if mms[mm].vmas.is_empty() { mems } else { mms[mm].mems_allowed })?;
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
    let tids: Vec<Tid> = ascending(threads.map(|thread| thread.tid).collect());
    let twice = tids.windows(2).find(|pair| pair[0] == pair[1]);
    twice.map_or(Ok(()), |pair| Err(SetupError::DuplicateTid(pair[0])))
}

/// The head start in runtime that `init_numa_balancing` gives an additional thread, so that
/// the threads of a process do not scan all at once. (The kernel mixes milliseconds and
/// nanoseconds here; the milliseconds win.)
fn thread_stagger(scenario: &Scenario, mm: &Mm) -> Ns {
    let max_ms = task_scan_max(&scenario.sysctl, mm.rss_pages, None);
    let period = scenario.sysctl.scan_delay_ms.wrapping_mul(mm.mm_users).wrapping_mul(1_000_000);
    Ns(u64::from(max_ms.min(period)) + 2 * scenario.machine.hz.tick_ns())
}

fn new_task(thread: &Thread, mm: usize, topology: &Topology, scan_delay_ms: u32) -> Result<Task, SetupError> {
    let places: Option<Vec<usize>> = thread.affinity.iter().map(|&cpu| topology.cpu_index(cpu)).collect();
    let is_usable = |cpus: &Vec<usize>| !cpus.is_empty() && cpus.is_sorted();
    let cpus_allowed = places.filter(is_usable).ok_or(SetupError::Affinity(thread.tid))?;
    let weight = weight_of_nice(thread.nice).ok_or(SetupError::Nice(thread.tid))?;
    let se = SchedEntity { sum_exec_runtime: thread.runtime, weight, ..SchedEntity::default() };
    let exec = Execution {
        activity: Activity::User,
        cursor: Cursor::default(),
        left: Ns::ZERO,
        interrupted_visit: Ns::ZERO,
        since: Ns::ZERO,
        local_accesses: 0,
        remote_accesses: 0,
        stall: Ns::ZERO,
        system: SystemTime::default(),
        ended: None,
        memory_time: Ns::ZERO,
        barrier: None,
    };
    let numa = TaskNuma::new(scan_delay_ms, 0);
    let (tid, policy, cpu) = (thread.tid, None, cpus_allowed[0]);
    let state = if thread.start == Ns::NEVER { State::Unborn } else { State::New };
    Ok(Task { tid, mm, cpu, policy, interleaving: Interleaving::START, cpus_allowed, state, se, numa, exec })
}

fn new_setup(scenario: &Scenario, topology: Topology) -> Setup {
    let machine = &scenario.machine;
    let threads = || scenario.processes.iter().flat_map(|process| &process.threads);
    let with_memory = topology.online().iter().copied().find(|&node| topology.has_memory(node));
    Setup {
        domains: Domains::new(&topology),
        access_ns: access_costs(&topology, &machine.costs),
        zero_page_node: with_memory.unwrap_or_default(),
        used_pages: used_pages(machine, topology.nr_node_ids()),
        costs: machine.costs,
        hz: machine.hz,
        uptime: machine.uptime,
        programs: threads().map(|thread| thread.program.clone()).collect(),
        barriers: barriers(threads()),
        first_tasks: first_tasks(&scenario.processes),
        parents: scenario.processes.iter().map(parent).collect(),
        actions: scenario.actions.clone(),
        process_names: scenario.processes.iter().map(|process| process.name.clone()).collect(),
        thread_names: threads().map(|thread| thread.name.clone()).collect(),
        region_names: scenario.processes.iter().map(region_names).collect(),
        seed: scenario.seed,
        tids: threads().map(|thread| thread.tid.0).collect(),
        topology,
    }
}

fn first_tasks(processes: &[Process]) -> Vec<usize> {
    let count = |process: usize| processes[..process].iter().map(|process| process.threads.len()).sum();
    (0..processes.len()).map(count).collect()
}

fn parent(process: &Process) -> Option<ProcIdx> {
    match process.start {
        ProcessStart::ByFork { parent } => Some(parent),
        _ => None,
    }
}

fn barriers<'a>(threads: impl Iterator<Item = &'a Thread>) -> Vec<(u16, usize)> {
    let mut barriers = Vec::new();
    for (task, thread) in threads.enumerate() {
        for step in &thread.program.steps {
            match *step {
                Step::Barrier { group, .. } if !barriers.contains(&(group, task)) => barriers.push((group, task)),
                _ => {}
            }
        }
    }
    barriers
}

fn used_pages(machine: &Machine, nr_node_ids: usize) -> Vec<u64> {
    let mut pages = vec![0; nr_node_ids];
    for node in &machine.nodes {
        pages[node.id.index()] = node.used_pages;
    }
    pages
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
    for (task, thread) in (0..tasks.len()).zip(threads).filter(|(_, thread)| thread.start != Ns::NEVER) {
        timers.add_wakeup(thread.start, task);
    }
    timers
}
