//! Groups of tasks that share memory (`task_numa_group`, `task_numa_free`,
//! `numa_group_count_active_nodes`, `preferred_group_nid`; kernel/sched/fair.c, 6.12).

use alloc::vec::Vec;

use crate::calls::Function;
use crate::event::EventKind;
use crate::ids::{CpuId, NodeId, Tid};
use crate::numab::cpupid::{cpupid_match_pid, cpupid_to_cpu};
use crate::numab::scan_period::GroupSharing;
use crate::numab::stats::{FaultStat, NR_NUMA_HINT_FAULT_TYPES, task_faults_idx};
use crate::world::World;

/// A node is active if it causes more than this fraction of the busiest node's faults.
pub(crate) const ACTIVE_NODE_FRACTION: u64 = 3;

/// `numa_group`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NumaGroup {
    /// Tasks in it; each holds one reference.
    pub(crate) nr_tasks: u32,
    /// Id: the thread that created it.
    pub(crate) gid: Tid,
    pub(crate) active_nodes: u32,
    pub(crate) max_faults_cpu: u64,
    pub(crate) total_faults: u64,
    /// Sums of the members' `Mem` and `Cpu` statistics, laid out like theirs.
    pub(crate) faults: Vec<u64>,
}

/// Whether a task that shares a page may join the group of the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sharing {
    /// `TNF_SHARED`: the page is mapped shared, so tasks of different processes may join.
    AcrossProcesses,
    /// Only threads of one process.
    WithinProcess,
}

impl World {
    /// `task_numa_group` (6.12): a shared fault may bring the task into the group of whoever
    /// last asked for the page, if that thread runs right now where it was then. Returns whether
    /// the fault counts as private after all, since the two may not form a group.
    pub(crate) fn task_numa_group(&mut self, task: usize, cpupid: u32, sharing: Sharing) -> bool {
        self.calls.count(Function::TaskNumaGroup);
        self.create_group(task);
        let Some(other) = self.task_running_on(cpupid) else { return false };
        let (own, theirs) = (self.tasks[task].numa.group, self.tasks[other].numa.group);
        let (Some(own), Some(theirs)) = (own, theirs) else { return false };
        if own == theirs || self.stays_in_group(own, theirs) {
            return false;
        }
        if self.tasks[other].mm != self.tasks[task].mm && sharing == Sharing::WithinProcess {
            return true;
        }
        self.move_to_group(task, theirs);
        false
    }

    /// A group of one for a task that has none.
    fn create_group(&mut self, task: usize) {
        let nr_node_ids = self.setup.topology.nr_node_ids();
        let numa = &mut self.tasks[task].numa;
        if numa.group.is_some() {
            return;
        }
        let summed = NR_NUMA_HINT_FAULT_TYPES * 2 * nr_node_ids;
        let group = NumaGroup {
            nr_tasks: 1,
            gid: self.tasks[task].tid,
            active_nodes: 1,
            max_faults_cpu: 0,
            total_faults: self.tasks[task].numa.total_faults,
            faults: self.tasks[task].numa.faults[..summed].to_vec(),
        };
        self.tasks[task].numa.group = Some(self.groups.len());
        self.groups.push(group);
        self.emit_group(task);
    }

    /// The thread that runs on the CPU of a `last_cpupid`, if it is the one recorded there.
    pub(crate) fn task_running_on(&self, cpupid: u32) -> Option<usize> {
        let cpu = CpuId(u16::try_from(cpupid_to_cpu(cpupid)).ok()?);
        let running = self.rqs[self.setup.topology.cpu_index(cpu)?].curr?;
        cpupid_match_pid(self.tasks[running].tid, cpupid).then_some(running)
    }

    /// Tasks go from the smaller group to the larger. Between equals the kernel compares
    /// addresses; here the one that was created first stays.
    fn stays_in_group(&self, own: usize, theirs: usize) -> bool {
        let (mine, other) = (self.groups[own].nr_tasks, self.groups[theirs].nr_tasks);
        mine > other || (mine == other && own < theirs)
    }

    fn move_to_group(&mut self, task: usize, to: usize) {
        assert!(self.tasks[task].numa.group != Some(to), "a group is not left for itself");
        self.leave_group(task);
        let numa = &mut self.tasks[task].numa;
        numa.group = Some(to);
        let group = &mut self.groups[to];
        for (sum, own) in group.faults.iter_mut().zip(&numa.faults) {
            *sum += own;
        }
        group.total_faults += numa.total_faults;
        group.nr_tasks += 1;
        self.emit_group(task);
    }

    /// `task_numa_free` for the group: takes the task's figures out of it.
    pub(crate) fn leave_group(&mut self, task: usize) {
        let numa = &mut self.tasks[task].numa;
        let Some(group) = numa.group.take() else { return };
        let group = &mut self.groups[group];
        for (sum, own) in group.faults.iter_mut().zip(&numa.faults) {
            assert!(*sum >= *own, "a group knows less than a member");
            *sum -= own;
        }
        group.total_faults -= numa.total_faults;
        group.nr_tasks -= 1;
    }

    fn emit_group(&mut self, task: usize) {
        let Some(group) = self.tasks[task].numa.group else { return };
        let NumaGroup { gid, nr_tasks, .. } = self.groups[group];
        self.emit(task, EventKind::JoinGroup { gid, nr_tasks });
    }

    /// `group_faults_cpu`: CPU faults of a group on a node.
    pub(crate) fn group_faults_cpu(&self, group: usize, nid: NodeId) -> u64 {
        self.group_sum(group, FaultStat::Cpu, nid)
    }

    /// `group_faults` of a task's group by the place of the page.
    pub(crate) fn group_sum(&self, group: usize, stat: FaultStat, nid: NodeId) -> u64 {
        let nr_node_ids = self.setup.topology.nr_node_ids();
        let figure = |private| self.groups[group].faults[task_faults_idx(stat, nr_node_ids, nid, private)];
        figure(0) + figure(1)
    }

    /// Averaged faults of a group on a node by the place of the page: shared, private.
    pub(crate) fn group_mem(&self, group: usize, nid: NodeId) -> [u64; 2] {
        let nr_node_ids = self.setup.topology.nr_node_ids();
        [0, 1].map(|private| self.groups[group].faults[task_faults_idx(FaultStat::Mem, nr_node_ids, nid, private)])
    }

    /// What the scan-period formulas need to know of a task's group.
    pub(crate) fn group_sharing(&self, task: usize) -> Option<GroupSharing> {
        let group = &self.groups[self.tasks[task].numa.group?];
        let nr_node_ids = self.setup.topology.nr_node_ids();
        let sum = |private| -> u64 {
            let online = self.setup.topology.online().iter();
            online.map(|&nid| group.faults[task_faults_idx(FaultStat::Mem, nr_node_ids, nid, private)]).sum()
        };
        Some(GroupSharing { refcount: u64::from(group.nr_tasks), shared: sum(0), private: sum(1) })
    }

    /// `numa_group_count_active_nodes` (6.12).
    pub(crate) fn numa_group_count_active_nodes(&mut self, group: usize) {
        let topology = &self.setup.topology;
        let with_cpus: Vec<NodeId> = topology.online().iter().copied().filter(|&n| topology.has_cpus(n)).collect();
        let faults: Vec<u64> = with_cpus.iter().map(|&nid| self.group_faults_cpu(group, nid)).collect();
        let max = faults.iter().copied().max().unwrap_or(0);
        let active = faults.iter().filter(|&&faults| faults * ACTIVE_NODE_FRACTION > max).count();
        self.groups[group].max_faults_cpu = max;
        self.groups[group].active_nodes = active as u32;
    }

    /// `numa_is_active_node` (6.12).
    pub(crate) fn numa_is_active_node(&self, group: usize, nid: NodeId) -> bool {
        self.group_faults_cpu(group, nid) * ACTIVE_NODE_FRACTION > self.groups[group].max_faults_cpu
    }
}
