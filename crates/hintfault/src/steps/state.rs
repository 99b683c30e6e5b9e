//! State that is set before a function and read after it.

use alloc::string::String;
use alloc::vec::Vec;

use super::Steps;
use crate::ids::{CpuId, NodeId, NodeSet, ProcIdx, TaskIdx, VirtAddr, VmaIdx};
use crate::input::{Populate, Region};
use crate::mm::folio::Object;
use crate::mm::populate::populate;
use crate::mm::vma::{Vma, tables_for};
use crate::numab::cpupid::pid_bit;
use crate::time::{Jiffies, Ns};

/// What the balancer keeps of a task, but its fault statistics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaskState {
    /// Where it runs.
    pub cpu: CpuId,
    /// `sum_exec_runtime`.
    pub runtime: Ns,
    /// `node_stamp`.
    pub node_stamp: Ns,
    /// `numa_scan_period`.
    pub scan_period_ms: u32,
    /// `numa_scan_period_max`.
    pub scan_period_max_ms: u32,
    /// `numa_scan_seq`.
    pub scan_seq: i32,
    /// `numa_preferred_nid`.
    pub preferred_nid: Option<NodeId>,
}

/// What the balancer keeps of an address space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MmState {
    /// `numa_scan_seq`.
    pub scan_seq: i32,
    /// `numa_scan_offset`.
    pub scan_offset: VirtAddr,
    /// `numa_next_scan`.
    pub next_scan: Jiffies,
    /// `mm_users`.
    pub mm_users: u32,
    /// Live threads.
    pub nr_threads: u32,
    /// Pages that count as resident.
    pub rss_pages: u64,
}

impl Steps {
    /// Says which nodes belong to slower tiers than those with CPUs.
    pub fn set_slow_nodes(&mut self, nodes: NodeSet) {
        self.world.slow_nodes = nodes;
    }

    /// `update_scan_period`: a task with fault statistics is about to move to another CPU.
    ///
    /// # Panics
    /// When the machine has no such CPU.
    pub fn update_scan_period(&mut self, task: TaskIdx, cpu: CpuId) {
        let place = self.world.setup.topology.cpu_index(cpu);
        self.world.allocate_faults(task.index());
        self.world.update_scan_period(task.index(), place.unwrap_or_else(|| panic!("no CPU {cpu}")));
    }

    /// A task as it is.
    #[must_use]
    pub fn task(&self, task: TaskIdx) -> TaskState {
        let task = &self.world.tasks[task.index()];
        TaskState {
            cpu: self.world.setup.topology.cpu_id(task.cpu),
            runtime: task.se.sum_exec_runtime,
            node_stamp: task.numa.node_stamp,
            scan_period_ms: task.numa.scan_period_ms,
            scan_period_max_ms: task.numa.scan_period_max_ms,
            scan_seq: task.numa.scan_seq,
            preferred_nid: task.numa.preferred_nid,
        }
    }

    /// Sets a task.
    ///
    /// # Panics
    /// When the machine has no such CPU.
    pub fn set_task(&mut self, task: TaskIdx, state: &TaskState) {
        let cpu = self.world.setup.topology.cpu_index(state.cpu);
        let task = &mut self.world.tasks[task.index()];
        task.cpu = cpu.unwrap_or_else(|| panic!("no CPU {}", state.cpu.0));
        task.se.sum_exec_runtime = state.runtime;
        task.numa.node_stamp = state.node_stamp;
        task.numa.scan_period_ms = state.scan_period_ms;
        task.numa.scan_period_max_ms = state.scan_period_max_ms;
        task.numa.scan_seq = state.scan_seq;
        task.numa.preferred_nid = state.preferred_nid;
    }

    /// An address space as it is.
    #[must_use]
    pub fn mm(&self, process: ProcIdx) -> MmState {
        let mm = &self.world.mms[process.index()];
        MmState {
            scan_seq: mm.numa_scan_seq,
            scan_offset: mm.numa_scan_offset,
            next_scan: mm.numa_next_scan,
            mm_users: mm.mm_users,
            nr_threads: mm.nr_threads,
            rss_pages: mm.rss_pages,
        }
    }

    /// Sets an address space.
    pub fn set_mm(&mut self, process: ProcIdx, state: &MmState) {
        let mm = &mut self.world.mms[process.index()];
        mm.numa_scan_seq = state.scan_seq;
        mm.numa_scan_offset = state.scan_offset;
        mm.numa_next_scan = state.next_scan;
        mm.mm_users = state.mm_users;
        mm.nr_threads = state.nr_threads;
        mm.rss_pages = state.rss_pages;
    }

    /// Gives a VMA these pages and no others, none of them a hint entry. What the scanner keeps
    /// about the VMA stays.
    pub fn set_pages(&mut self, process: ProcIdx, vma: VmaIdx, runs: &[Populate]) {
        let old = &self.world.mms[process.index()].vmas[vma.index()];
        let region = Region {
            name: String::new(),
            start: old.start,
            pages: old.pages,
            kind: old.kind,
            prot: old.prot,
            policy: None,
            home_node: None,
            thp: old.thp,
            populate: Vec::new(),
        };
        let (place, numab, policy) = (old.object, old.numab, old.policy);
        let (tables, _) = tables_for(region.start, region.pages);
        let mut object = Object::new(tables, self.world.setup.topology.nr_node_ids());
        object.inode = self.world.objects[place].inode;
        object.policy = self.world.objects[place].policy.clone();
        for &(mm, vma) in self.world.objects[place].mappings() {
            object.add_mapping(mm, vma);
        }
        let mut fresh = Vma::new(vma.0, &region, place, policy);
        for &run in runs {
            populate(&mut fresh, &mut object, run);
        }
        fresh.numab = numab;
        self.world.mms[process.index()].vmas[vma.index()] = fresh;
        self.world.objects[place] = object;
    }

    /// `vma_set_access_pid_bit`: a task faults in a VMA.
    pub fn vma_set_access_pid_bit(&mut self, task: TaskIdx, vma: VmaIdx) {
        let task = &self.world.tasks[task.index()];
        self.world.mms[task.mm].vmas[vma.index()].vma_set_access_pid_bit(task.tid);
    }

    /// Says whether a task counts as having faulted in a VMA lately, where the scanner already
    /// keeps something about it.
    pub fn set_pid_active(&mut self, task: TaskIdx, vma: VmaIdx, active: Activity) {
        let task = &self.world.tasks[task.index()];
        let bit = pid_bit(task.tid);
        let Some(numab) = &mut self.world.mms[task.mm].vmas[vma.index()].numab else { return };
        for pids in &mut numab.pids_active {
            match active {
                Activity::Active => *pids |= bit,
                Activity::Inactive => *pids &= !bit,
            }
        }
    }
}

/// Whether a task faulted in a VMA within the time that counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activity {
    /// It did.
    Active,
    /// It did not.
    Inactive,
}
