//! What comes out: plain structs that describe the machine at one moment. They are copies, and
//! nothing of the engine's own structures shows in them.

use alloc::string::String;
use alloc::vec::Vec;

use crate::event::SkipReason;
use crate::ids::{CpuId, NodeId, NodeSet, PageIdx, Pid, ProcIdx, TaskIdx, Tid, VirtAddr, VmaIdx};
use crate::input::{Prot, RegionKind, Thp};
use crate::time::{Jiffies, Ns, Tick};

/// Where a run stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockView {
    /// Time since the start of the scenario.
    pub now: Ns,
    /// Ticks since then.
    pub tick: Tick,
    /// The kernel's jiffies.
    pub jiffies: Jiffies,
    /// Length of a tick in ns.
    pub tick_ns: u64,
    /// Events so far; the next one gets this number.
    pub events: u64,
}

/// The machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MachineView {
    /// Online nodes, ascending.
    pub nodes: Vec<NodeView>,
    /// Distances in the order of `nodes`.
    pub distances: Vec<Vec<u8>>,
}

/// One node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeView {
    /// Its number.
    pub id: NodeId,
    /// Its CPUs, ascending.
    pub cpus: Vec<CpuView>,
    /// All its memory in base pages.
    pub memory_pages: u64,
    /// Free base pages.
    pub free_pages: u64,
    /// Base pages of each process on this node, in the order of the scenario.
    pub process_pages: Vec<u64>,
}

/// One CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CpuView {
    /// Its number.
    pub id: CpuId,
    /// Who runs on it; none when idle.
    pub running: Option<TaskIdx>,
    /// Tasks that wait for it.
    pub waiting: u16,
}

/// What has moved from one node to another since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeMoves {
    /// The node it left.
    pub from: NodeId,
    /// The node it came to.
    pub to: NodeId,
    /// Base pages.
    pub pages: u64,
    /// Times that a task came from a CPU of the one to a CPU of the other.
    pub tasks: u64,
}

/// State of a task, as `ps` abbreviates it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskState {
    /// Has not started yet.
    New,
    /// Runs or waits for its CPU (R).
    Running,
    /// Sleeps (S).
    Sleeping,
    /// Its process is stopped (T).
    Stopped,
    /// Has ended (X).
    Dead,
}

/// One task: what `/proc/PID/task/TID/sched` tells and the fields that drive scanning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskView {
    /// Its place among all threads.
    pub index: TaskIdx,
    /// Its process.
    pub process: ProcIdx,
    /// Thread id.
    pub tid: Tid,
    /// Name from the scenario.
    pub name: String,
    /// State.
    pub state: TaskState,
    /// CPU it runs on or last ran on.
    pub cpu: CpuId,
    /// That CPU's node.
    pub node: NodeId,
    /// CPUs it may use.
    pub affinity: Vec<CpuId>,
    /// The task's own policy, as `numa_maps` prints policies.
    pub policy: String,
    /// `sum_exec_runtime`.
    pub runtime: Ns,
    /// `node_stamp`: runtime at which the last period was used up.
    pub node_stamp: Ns,
    /// `numa_scan_period` in ms.
    pub scan_period_ms: u32,
    /// `numa_scan_period_max` in ms.
    pub scan_period_max_ms: u32,
    /// `numa_scan_seq`: pass of the last placement.
    pub scan_seq: i32,
    /// `numa_preferred_nid`.
    pub preferred_nid: Option<NodeId>,
    /// `total_numa_faults`.
    pub total_numa_faults: u64,
    /// `numa_pages_migrated` of the task.
    pub pages_migrated: u64,
    /// `numa_group_id`: the thread that created the task's group; none without group.
    pub group: Option<Tid>,
    /// `numa_faults_locality`: remote, local, failed since the last placement.
    pub faults_locality: [u64; 3],
    /// Statistics per node; empty before the first fault.
    pub faults: Vec<NodeFaultsView>,
    /// Accesses done, to memory of the own node and of others.
    pub accesses: AccessCounts,
    /// CPU time in the kernel.
    pub system: SystemTime,
    /// When it ended; none as long as it lives.
    pub ended: Option<Ns>,
    /// The step of the program it is in, and the pages visited in that step's pass.
    pub step: u16,
    /// Visits done in the current step.
    pub step_visits: u64,
}

/// `numa_faults` of a task on one node; each pair is (shared, private).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeFaultsView {
    /// The node.
    pub node: NodeId,
    /// `NUMA_MEM`: decayed, by where the page is.
    pub mem: [u64; 2],
    /// `NUMA_CPU`: decayed and weighted with CPU time, by where the task ran.
    pub cpu: [u64; 2],
    /// `NUMA_MEMBUF`: since the last placement.
    pub mem_buffer: [u64; 2],
    /// `NUMA_CPUBUF`: since the last placement.
    pub cpu_buffer: [u64; 2],
    /// `NUMA_MEM` of the task's group; zeroes without one.
    pub group_mem: [u64; 2],
}

/// Accesses of a task by locality.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AccessCounts {
    /// To pages of the node it ran on.
    pub local: u64,
    /// To pages of other nodes.
    pub remote: u64,
    /// Time spent waiting for memory beyond what local memory would have cost.
    pub stall: Ns,
}

/// CPU time that a task spent in the kernel. What is under way counts as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SystemTime {
    /// In `task_numa_work`.
    pub scan: Ns,
    /// In faults, and copying page tables at a fork.
    pub fault: Ns,
    /// Moving pages, on top of the faults that asked for them.
    pub migrate: Ns,
}

/// What a run came to, for some tasks together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// Accesses done.
    pub accesses: AccessCounts,
    /// CPU time in all.
    pub runtime: Ns,
    /// CPU time in the kernel.
    pub system: SystemTime,
    /// When the last of them ended; none as long as one that has begun lives.
    pub elapsed: Option<Ns>,
}

impl Outcome {
    /// Accesses to memory of the own node, in thousandths of all, rounded down; none without
    /// any access.
    #[must_use]
    pub fn local_permille(&self) -> Option<u64> {
        let AccessCounts { local, remote, .. } = self.accesses;
        (local * 1000).checked_div(local + remote)
    }

    /// Adds up tasks.
    #[must_use]
    pub fn of<'a>(tasks: impl IntoIterator<Item = &'a TaskView>) -> Self {
        let mut sum = Self { elapsed: Some(Ns::ZERO), ..Self::default() };
        for task in tasks {
            sum.add(task);
        }
        sum
    }

    fn add(&mut self, task: &TaskView) {
        self.accesses.local += task.accesses.local;
        self.accesses.remote += task.accesses.remote;
        let times = [
            (&mut self.accesses.stall, task.accesses.stall),
            (&mut self.runtime, task.runtime),
            (&mut self.system.scan, task.system.scan),
            (&mut self.system.fault, task.system.fault),
            (&mut self.system.migrate, task.system.migrate),
        ];
        for (sum, own) in times {
            *sum = *sum + own;
        }
        self.elapsed = match (self.elapsed, task.ended, task.state) {
            (elapsed, _, TaskState::New) => elapsed,
            (Some(elapsed), Some(ended), _) => Some(elapsed.max(ended)),
            _ => None,
        };
    }
}

/// How far processes have gathered on nodes, as `perf bench numa mem` measures it: over the
/// threads that run or wait for a CPU, since perf leaves out the main thread, which sleeps.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Convergence {
    /// For each process with such threads, how many nodes they are on.
    pub nodes: Vec<(ProcIdx, u32)>,
}

impl Convergence {
    /// Of these tasks.
    #[must_use]
    pub fn of(tasks: &[TaskView]) -> Self {
        let mut seen: Vec<(ProcIdx, NodeSet)> = Vec::new();
        for task in tasks.iter().filter(|task| task.state == TaskState::Running) {
            let node = NodeSet::of(&[task.node]);
            match seen.iter_mut().find(|(process, _)| *process == task.process) {
                Some((_, nodes)) => nodes.0 |= node.0,
                None => seen.push((task.process, node)),
            }
        }
        Self { nodes: seen.into_iter().map(|(process, nodes)| (process, nodes.len())).collect() }
    }

    /// Fewest and most nodes of a process; none when nobody runs.
    #[must_use]
    pub fn span(&self) -> Option<(u32, u32)> {
        let nodes = || self.nodes.iter().map(|&(_, nodes)| nodes);
        Some((nodes().min()?, nodes().max()?))
    }

    /// Strong convergence: every process is on a single node.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        self.span() == Some((1, 1))
    }
}

/// An address space.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MmView {
    /// Its process.
    pub process: ProcIdx,
    /// `tgid`.
    pub pid: Pid,
    /// Name from the scenario.
    pub name: String,
    /// `numa_scan_seq`: completed passes.
    pub scan_seq: i32,
    /// `numa_scan_offset`: where the next scan starts.
    pub scan_offset: VirtAddr,
    /// `numa_next_scan`.
    pub next_scan: Jiffies,
    /// `mm_users`: threads, and others that look at it just now.
    pub mm_users: u32,
    /// Present pages.
    pub rss_pages: u64,
    /// Its VMAs, ascending.
    pub vmas: Vec<VmaView>,
}

/// One VMA.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VmaView {
    /// Its place in the process.
    pub index: VmaIdx,
    /// Name from the scenario.
    pub name: String,
    /// First address.
    pub start: VirtAddr,
    /// End address, exclusive.
    pub end: VirtAddr,
    /// Length in base pages.
    pub pages: u32,
    /// What backs it.
    pub kind: RegionKind,
    /// Access rights.
    pub prot: Prot,
    /// Policy text as in `numa_maps`.
    pub policy: String,
    /// Whether first touches get huge pages.
    pub thp: Thp,
    /// Present pages per online node, in the machine's order of nodes.
    pub node_pages: Vec<u64>,
    /// Hint entries.
    pub hint_pages: u64,
    /// Scanner's state; none before its first visit.
    pub numab: Option<NumabView>,
    /// Why the scanner last passed over it; none if it scanned it, or never came.
    pub last_skip: Option<SkipReason>,
    /// The window that was last scanned here; none if never.
    pub last_window: Option<WindowView>,
}

/// `vma_numab_state`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumabView {
    /// `next_scan`.
    pub next_scan: Jiffies,
    /// `pids_active_reset`.
    pub pids_active_reset: Jiffies,
    /// `pids_active`: previous and current window of time.
    pub pids_active: [u64; 2],
    /// `start_scan_seq`.
    pub start_scan_seq: i32,
    /// `prev_scan_seq`.
    pub prev_scan_seq: i32,
}

/// A window of `change_prot_numa`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WindowView {
    /// First address.
    pub start: VirtAddr,
    /// End address, exclusive.
    pub end: VirtAddr,
    /// Entries turned into hint entries.
    pub updated: u32,
    /// When it was complete.
    pub time: Ns,
}

/// One page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageView {
    /// Its address.
    pub addr: VirtAddr,
    /// Its place in the region.
    pub page: PageIdx,
    /// Where its memory is; none while not present.
    pub node: Option<NodeId>,
    /// Whether its entry is a hint entry (`pte_protnone`).
    pub entry: PteState,
    /// Whether the entry is a huge one, which it shares with 511 other pages.
    pub huge: bool,
    /// `last_cpupid`; all ones (0x1FFFFF) is unset.
    pub last_cpupid: u32,
}

/// What a page-table entry looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PteState {
    /// Empty.
    None,
    /// Present and writable.
    Writable,
    /// Present and read-only.
    ReadOnly,
    /// A hint entry: present, without access rights.
    Hint,
}

/// A run of pages summed up, for drawing. One cell may be one page or many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cell {
    /// Pages that it stands for.
    pub pages: u32,
    /// Of these, present.
    pub present: u32,
    /// Of these, hint entries.
    pub hint: u32,
    /// Of these, mapped by huge entries.
    pub huge: u32,
    /// The node that holds most of the present ones (lowest on ties); meaningless when none is.
    pub node: NodeId,
    /// How many of the present ones it holds.
    pub node_pages: u32,
}

/// `/proc/vmstat`, as far as it is modelled. Units as in the kernel: see each field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Vmstat {
    /// Free base pages on all nodes.
    pub nr_free_pages: u64,
    /// Allocations that got the node they preferred.
    pub numa_hit: u64,
    /// Allocations that got this node though another was preferred.
    pub numa_miss: u64,
    /// Allocations that preferred this node and got another.
    pub numa_foreign: u64,
    /// Interleaved allocations that got the node they were meant for.
    pub numa_interleave: u64,
    /// Allocations on the node of the CPU.
    pub numa_local: u64,
    /// Allocations elsewhere.
    pub numa_other: u64,
    /// Anonymous base pages.
    pub nr_anon_pages: u64,
    /// Faults of every kind.
    pub pgfault: u64,
    /// Write faults that reused the page.
    pub pgreuse: u64,
    /// Entries turned into hint entries, in base pages.
    pub numa_pte_updates: u64,
    /// Huge entries turned into hint entries.
    pub numa_huge_pte_updates: u64,
    /// Hinting faults.
    pub numa_hint_faults: u64,
    /// Of these, on pages of the task's node.
    pub numa_hint_faults_local: u64,
    /// Base pages moved by hinting faults.
    pub numa_pages_migrated: u64,
    /// Base pages moved for any reason.
    pub pgmigrate_success: u64,
    /// Base pages that could not be moved.
    pub pgmigrate_fail: u64,
    /// Huge pages moved for any reason.
    pub thp_migration_success: u64,
    /// Huge pages given on first touch.
    pub thp_fault_alloc: u64,
    /// First touches that wanted a huge page and got a base page.
    pub thp_fault_fallback: u64,
    /// `thp_zero_page_alloc`: the huge zero page was allocated, which reads of untouched huge
    /// pages show. It stays.
    pub thp_zero_page_alloc: u64,
    /// Huge entries split into base ones.
    pub thp_split_pmd: u64,
}
