//! Memory that many threads use at once is slower. At each tick the machine looks at how much
//! time threads spent waiting for memory since the one before and where that memory lies, and
//! sets for each node what a visit costs until the next tick. Ticks are the same however a run
//! is divided, so this is too.

use alloc::vec;
use alloc::vec::Vec;

use crate::ids::NodeId;
use crate::input::Step;
use crate::time::Ns;
use crate::world::World;

/// Loads and factors are in units of 1/1024.
const UNIT: u64 = 1024;

impl World {
    /// Sets the costs up to the next tick, if the scenario wants that.
    pub(crate) fn update_contention(&mut self) {
        let threads = u64::from(self.setup.costs.saturation_threads);
        if threads == 0 {
            return;
        }
        self.settle_all();
        let load = self.take_memory_load();
        let factor = |&load: &u64| (load / threads).max(UNIT);
        let factors: Vec<u64> = load.iter().map(factor).collect();
        let costs = self.setup.all_access_ns().iter().zip(factors.iter().cycle());
        let scaled = |(&cost, &factor): (&u32, &u64)| u32::try_from(u64::from(cost) * factor / UNIT);
        self.access_ns = costs.map(|cost| scaled(cost).unwrap_or(u32::MAX)).collect();
        self.arm_all();
    }

    pub(crate) fn arm_all(&mut self) {
        for cpu in 0..self.rqs.len() {
            self.arm(cpu);
        }
    }

    pub(crate) fn settle_all(&mut self) {
        for cpu in 0..self.rqs.len() {
            if let Some(task) = self.rqs[cpu].curr {
                self.settle(task);
            }
        }
    }

    /// How many threads on average waited for the memory of each node since the last tick.
    fn take_memory_load(&mut self) -> Vec<u64> {
        let tick_ns = self.hz().tick_ns();
        let mut load = vec![0; self.setup.topology.nr_node_ids()];
        for task in 0..self.tasks.len() {
            let waited = self.take_memory_time(task).0 * UNIT / tick_ns;
            let Some(object) = self.object_in_use(task).filter(|_| waited > 0) else { continue };
            let object = &self.objects[object];
            let resident = u64::from(object.resident()).max(1);
            for (sum, &pages) in load.iter_mut().zip(object.node_pages()) {
                *sum += waited * u64::from(pages) / resident;
            }
        }
        load
    }

    /// Time that a thread has waited for memory since this was asked last.
    fn take_memory_time(&mut self, task: usize) -> Ns {
        let local_ns = u64::from(self.setup.costs.local_access_ns);
        let exec = &mut self.tasks[task].exec;
        let total = Ns((exec.local_accesses + exec.remote_accesses).saturating_mul(local_ns)) + exec.stall;
        let before = core::mem::replace(&mut exec.memory_time, total);
        total.saturating_since(before)
    }

    /// The memory that a thread is at, or was at last before its present step.
    fn object_in_use(&self, task: usize) -> Option<usize> {
        let steps = &self.setup.programs[task].steps;
        let at = (usize::from(self.tasks[task].exec.cursor.step) + 1).min(steps.len());
        let region = steps[..at].iter().rev().chain(steps[at..].iter().rev()).find_map(|step| match *step {
            Step::Access { region, .. } => Some(region),
            _ => None,
        });
        self.mm_of(task).vmas.iter().find(|vma| Some(vma.region) == region).map(|vma| vma.object)
    }

    /// Cost of an access from a node's CPUs, by node of the memory, in ns.
    pub(crate) fn access_ns(&self, cpu_node: NodeId) -> &[u32] {
        if self.access_ns.is_empty() {
            return self.setup.access_ns(cpu_node);
        }
        let count = self.setup.topology.nr_node_ids();
        &self.access_ns[cpu_node.index() * count..(cpu_node.index() + 1) * count]
    }
}
