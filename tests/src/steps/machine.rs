//! The recorded machine with its processes, ready for single steps.

use std::collections::BTreeMap;

use hintfault::ids::{CpuId, NodeId, NodeSet, Pid, ProcIdx, TaskIdx, Tid};
use hintfault::input::{Machine, Node, Process, ProcessStart, Program, Region, Repeat, Scenario, Step, Thp, Thread};
use hintfault::steps::Steps;
use hintfault::time::{Hz, Ns};

use crate::least_costs::LEAST_COSTS;
use crate::recording::maps::{node_list, region};
use crate::recording::{RecordedProcess, Recording};

/// A recorded machine.
pub(super) struct Lab {
    pub(super) steps: Steps,
    pub(super) scenario: Scenario,
    /// By name of the thread.
    pub(super) threads: BTreeMap<String, Place>,
    slow_nodes: Vec<NodeId>,
}

/// Where a recorded thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) process: ProcIdx,
    pub(super) task: TaskIdx,
}

impl Lab {
    pub(super) fn new(recording: &Recording) -> Self {
        let scenario = Scenario {
            machine: machine(recording),
            sysctl: recording.sysctl(),
            processes: recording.procs.iter().map(|recorded| process(recording, recorded)).collect(),
            actions: Vec::new(),
            seed: 0,
        };
        let mut steps = Steps::new(&scenario).unwrap_or_else(|error| panic!("{}: {error}", recording.id));
        let slow_nodes = slow_nodes(recording);
        steps.set_slow_nodes(NodeSet::of(&slow_nodes));
        let mut threads = BTreeMap::new();
        let mut task = 0;
        for (process, recorded) in scenario.processes.iter().enumerate() {
            let process = ProcIdx(u16::try_from(process).expect("few processes"));
            for thread in &recorded.threads {
                threads.insert(thread.name.clone(), Place { process, task: TaskIdx(task) });
                task += 1;
            }
        }
        Self { steps, scenario, threads, slow_nodes }
    }

    /// The regions of a process.
    pub(super) fn regions(&self, process: ProcIdx) -> &[Region] {
        &self.scenario.processes[process.index()].regions
    }

    /// The node of a CPU.
    pub(super) fn node_of(&self, cpu: u16) -> NodeId {
        let node = self.scenario.machine.nodes.iter().find(|node| node.cpus.contains(&CpuId(cpu)));
        node.map(|node| node.id).unwrap_or_else(|| panic!("no CPU {cpu}"))
    }

    /// A node whose pages can be marked by a scan on this CPU, if any are: one of a slower tier
    /// where there are, else another node than the CPU's.
    pub(super) fn markable_node(&self, cpu: u16) -> NodeId {
        let elsewhere = self.other_nodes(cpu).next();
        self.slow_nodes.first().copied().or(elsewhere).expect("a machine of several nodes")
    }

    /// Whether a node belongs to a slower tier.
    pub(super) fn is_slow(&self, node: NodeId) -> bool {
        self.slow_nodes.contains(&node)
    }

    /// Nodes from which a page may have come to a CPU's node, as far as it makes a difference:
    /// all where there are tiers, else any one.
    pub(super) fn origins(&self, cpu: u16) -> Vec<NodeId> {
        let differ = if self.slow_nodes.is_empty() { 1 } else { usize::MAX };
        self.other_nodes(cpu).take(differ).collect()
    }

    /// Nodes with memory other than a CPU's.
    fn other_nodes(&self, cpu: u16) -> impl Iterator<Item = NodeId> {
        let here = self.node_of(cpu);
        let nodes = self.scenario.machine.nodes.iter();
        nodes.filter(move |node| node.memory_pages > 0 && node.id != here).map(|node| node.id)
    }
}

/// Nodes of tiers below the lowest one with CPUs. Tiers are numbered from fast to slow.
pub(crate) fn slow_nodes(recording: &Recording) -> Vec<NodeId> {
    let has_cpus = |id: &NodeId| recording.topology.nodes.iter().any(|node| node.id == id.0 && !node.cpus.is_empty());
    let number = |name: &str| name.trim_start_matches("memory_tier").parse::<u32>().expect("memory_tierN");
    let tiers = &recording.topology.memory_tiers;
    let mut tiers: Vec<(u32, Vec<NodeId>)> =
        tiers.iter().map(|(name, nodes)| (number(name), node_list(nodes))).collect();
    tiers.sort();
    let fast = tiers.iter().rposition(|(_, nodes)| nodes.iter().any(has_cpus)).map_or(0, |last| last + 1);
    tiers.split_off(fast).into_iter().flat_map(|(_, nodes)| nodes).collect()
}

fn machine(recording: &Recording) -> Machine {
    let nodes = recording.topology.nodes.iter().map(|node| Node {
        id: NodeId(node.id),
        cpus: node.cpus.iter().map(|&cpu| CpuId(cpu)).collect(),
        cpus_per_llc: 1,
        threads_per_core: 1,
        // Pages are put where they are needed, whether there is room or not: more than enough,
        // and enough taken that pages can leave.
        memory_pages: node.mem_total_kb,
        used_pages: node.mem_total_kb / 4,
        zones: Vec::new(),
        interleave_weight: 1,
    });
    Machine {
        nodes: nodes.collect(),
        distances: recording.topology.distance.clone(),
        hz: Hz::Hz250,
        uptime: Ns::ZERO,
        costs: LEAST_COSTS,
    }
}

fn process(recording: &Recording, recorded: &RecordedProcess) -> Process {
    let lines = recorded.vmas_at_start.iter().zip(&recorded.numa_maps_at_start);
    let mut regions: Vec<Region> = lines.map(|(maps, numa_maps)| region(maps, numa_maps)).collect();
    let huge = recording.scenario.regions.iter().filter(|region| region.thp);
    for region in huge.filter_map(|region| recording.regions.iter().find(|placed| placed.name == region.name)) {
        for mapped in regions.iter_mut().filter(|mapped| mapped.start.0 == region.addr) {
            mapped.thp = Thp::Always;
        }
    }
    Process {
        name: recording.id.clone(),
        pid: Pid(recorded.pid),
        regions,
        threads: threads(recording, recorded),
        start: ProcessStart::Forked { next_scan_jiffies: 0 },
        mems: NodeSet(0),
    }
}

/// The threads of a process, the waiting main thread first if there is one.
fn threads(recording: &Recording, recorded: &RecordedProcess) -> Vec<Thread> {
    let mut threads = Vec::new();
    if recorded.threads.iter().all(|thread| thread.tid != recorded.pid) {
        threads.push(thread(recording, format!("m{}", recorded.id), recorded.pid));
    }
    threads.extend(recorded.threads.iter().map(|of| thread(recording, of.id.clone(), of.tid)));
    threads
}

/// A thread that never starts by itself.
fn thread(recording: &Recording, name: String, tid: u32) -> Thread {
    let cpus = recording.topology.nodes.iter().flat_map(|node| &node.cpus);
    let mut affinity: Vec<CpuId> = cpus.map(|&cpu| CpuId(cpu)).collect();
    affinity.sort_unstable();
    Thread {
        name,
        tid: Tid(tid),
        affinity,
        nice: 0,
        start: Ns::from_ms(1 << 40),
        runtime: Ns::ZERO,
        policy: None,
        program: Program { steps: vec![Step::Compute { duration: Ns::from_ms(1) }], repeat: Repeat::Forever },
    }
}
