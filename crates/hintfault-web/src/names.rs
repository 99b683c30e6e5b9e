//! What things are called in sentences: the names of the scenario, by the indices in events.

use hintfault::event::PageRef;
use hintfault::ids::{CpuId, NodeId, ProcIdx, TaskIdx, VirtAddr, VmaIdx};
use hintfault::input::{Process, Scenario};
use hintfault::time::Ns;

/// The names of a scenario. An index that the scenario does not know is shown as a question mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Names {
    tasks: Vec<String>,
    processes: Vec<ProcessNames>,
    cpus: Vec<(CpuId, NodeId)>,
    /// Places in the document, in order of time.
    actions: Vec<usize>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct ProcessNames {
    name: String,
    regions: Vec<(String, VirtAddr)>,
}

const UNKNOWN: &str = "?";

impl Names {
    /// Collects the names of a scenario.
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let threads = scenario.processes.iter().flat_map(|process| &process.threads);
        let nodes = scenario.machine.nodes.iter();
        Self {
            tasks: threads.map(|thread| thread.name.clone()).collect(),
            processes: scenario.processes.iter().map(process_names).collect(),
            actions: Vec::new(),
            cpus: nodes.flat_map(|node| node.cpus.iter().map(|&cpu| (cpu, node.id))).collect(),
        }
    }

    /// With the places in the document of actions in order of time.
    pub(crate) fn with_actions(mut self, in_time: &[(Ns, usize)]) -> Self {
        for (_, index) in in_time {
            self.actions.push(*index);
        }
        self
    }

    /// An action's place in the document.
    pub(crate) fn action(&self, action: u32) -> usize {
        self.actions.get(action as usize).copied().unwrap_or(action as usize)
    }

    /// A CPU's node.
    pub(crate) fn node_of(&self, cpu: CpuId) -> Option<NodeId> {
        self.cpus.iter().find(|(of, _)| *of == cpu).map(|&(_, node)| node)
    }

    /// A thread's name.
    pub(crate) fn task(&self, task: TaskIdx) -> &str {
        self.tasks.get(task.index()).map_or(UNKNOWN, String::as_str)
    }

    /// A process's name.
    pub(crate) fn process(&self, process: ProcIdx) -> &str {
        self.processes.get(process.index()).map_or(UNKNOWN, |process| process.name.as_str())
    }

    /// A region's name.
    pub(crate) fn vma(&self, process: ProcIdx, vma: VmaIdx) -> &str {
        self.region(process, vma).map_or(UNKNOWN, |(name, _)| name.as_str())
    }

    /// A page's address.
    pub(crate) fn address(&self, page: PageRef) -> VirtAddr {
        let start = self.region(page.process, page.vma).map_or(VirtAddr(0), |(_, start)| *start);
        start.add_pages(u64::from(page.page.0))
    }

    fn region(&self, process: ProcIdx, vma: VmaIdx) -> Option<&(String, VirtAddr)> {
        self.processes.get(process.index())?.regions.get(vma.index())
    }
}

fn process_names(process: &Process) -> ProcessNames {
    let regions = process.regions.iter().map(|region| (region.name.clone(), region.start));
    ProcessNames { name: process.name.clone(), regions: regions.collect() }
}
