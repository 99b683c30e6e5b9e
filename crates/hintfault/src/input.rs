//! What goes in: the scenario in plain, checked types. The document format with its limits and
//! messages is the business of `hintfault-scenario`; what stands here is what the engine runs.

mod policy;
mod program;

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{CpuId, NodeId, NodeSet, PageIdx, Pid, ProcIdx, Tid, VirtAddr};
pub use crate::input::policy::{MemPolicy, ModeFlags, MoveFlags, PageRange, PolicyMode};
pub use crate::input::program::{Access, LOOP_DEPTH, Pattern, Program, Repeat, Step};
use crate::time::{Hz, Ns};

/// Everything that a run depends on. Equal scenarios give equal bytes on every target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// The machine.
    pub machine: Machine,
    /// The kernel's settings at the start.
    pub sysctl: Sysctl,
    /// What runs, in order of creation.
    pub processes: Vec<Process>,
    /// What somebody does during the run, in order of time.
    pub actions: Vec<TimedAction>,
    /// Where every random sequence starts.
    pub seed: u64,
}

/// Nodes, CPUs, distances and speed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Machine {
    /// The online nodes, ascending by id. Ids need not be contiguous.
    pub nodes: Vec<Node>,
    /// SLIT distances in the order of `nodes`: `distances[i][j]` from the i-th to the j-th.
    pub distances: Vec<Vec<u8>>,
    /// Scheduler ticks a second.
    pub hz: Hz,
    /// How long the machine was up when the scenario starts. Fixes where ticks fall and what
    /// jiffies read.
    pub uptime: Ns,
    /// What everything costs in time.
    pub costs: Costs,
}

/// One NUMA node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// Its number.
    pub id: NodeId,
    /// Its CPUs, ascending; none for a memory-only node.
    pub cpus: Vec<CpuId>,
    /// CPUs that share a last-level cache; 0 for all of the node.
    pub cpus_per_llc: u16,
    /// Hardware threads of a core, 0 or 1 for none but the core itself. Where `cpus` is as many
    /// ranges of equal length, a core is one CPU of each range, as most firmware numbers them;
    /// else the CPUs of a core follow each other.
    pub threads_per_core: u16,
    /// Its memory in base pages; 0 for a node without memory.
    pub memory_pages: u64,
    /// Base pages that something outside the scenario holds from the start.
    pub used_pages: u64,
    /// How the memory is divided into zones, ascending by kind, `memory_pages` in all. Empty
    /// means a single NORMAL zone.
    pub zones: Vec<Zone>,
    /// Weight for weighted interleaving
    /// (`/sys/kernel/mm/mempolicy/weighted_interleave/nodeN`), at least 1.
    pub interleave_weight: u8,
}

/// A zone of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Zone {
    /// Which.
    pub kind: ZoneKind,
    /// `managed` pages.
    pub managed_pages: u64,
}

/// Zones in the kernel's order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ZoneKind {
    /// Below 16 MiB.
    Dma,
    /// Below 4 GiB.
    Dma32,
    /// The rest.
    Normal,
    /// Memory that may be taken away again.
    Movable,
}

/// Time that things take, in nanoseconds unless the name says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Costs {
    /// One access of a workload to a page at distance 10. An access stands for all that a
    /// visit of a page touches. Other distances cost in proportion (`distance / 10`).
    pub local_access_ns: u32,
    /// Whether distance counts at all. The recorded machine has no slower remote memory.
    pub remote_access: RemoteAccess,
    /// The scanner turns one entry into a hint entry.
    pub mark_pte_ns: u32,
    /// The scanner looks at one present entry and leaves it.
    pub visit_pte_ns: u32,
    /// The scanner looks at one empty entry of a page table that has others. Tables without
    /// entries are passed over at the cost of one.
    pub visit_empty_pte_ns: u32,
    /// The scanner tests one VMA, whether it then scans it or not.
    pub visit_vma_ns: u32,
    /// A scan from the tick that led to it up to its first VMA.
    pub scan_begin_ns: u32,
    /// One window of `change_prot_numa`, on top of its entries: the call, the flush of the TLB.
    pub scan_window_ns: u32,
    /// A hinting fault without migration.
    pub hint_fault_ns: u32,
    /// Moving one base page to another node, on top of the fault.
    pub migrate_page_ns: u32,
    /// Moving one huge page to another node, on top of the fault.
    pub migrate_huge_page_ns: u32,
    /// A write-protect fault that reuses the page.
    pub wp_fault_ns: u32,
    /// First touch of a page: the fault, the allocation, the clearing.
    pub first_touch_ns: u32,
    /// First touch of a huge page.
    pub first_touch_huge_ns: u32,
    /// So many threads that wait for one node's memory all the time get it at full speed; with
    /// more, visits there take longer in proportion. 0 for any number.
    pub saturation_threads: u32,
}

/// Whether memory further away is slower.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RemoteAccess {
    /// Cost grows in proportion to the SLIT distance.
    ByDistance,
    /// All memory costs the same, as on an emulated machine.
    Uniform,
}

/// Settings, under the names the kernel gives them in sysctl and debugfs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sysctl {
    /// `kernel.numa_balancing`: bit 0 normal, bit 1 memory tiering; 0 is off.
    pub numa_balancing: u8,
    /// `scan_delay_ms`: before the first scan of an address space.
    pub scan_delay_ms: u32,
    /// `scan_period_min_ms`: shortest time for scanning a task's whole memory.
    pub scan_period_min_ms: u32,
    /// `scan_period_max_ms`: longest time for that.
    pub scan_period_max_ms: u32,
    /// `scan_size_mb`: MiB turned into hint entries in one go.
    pub scan_size_mb: u32,
}

/// A process: an address space and its threads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Process {
    /// Shown wherever the process is.
    pub name: String,
    /// `tgid`.
    pub pid: Pid,
    /// Its mappings, ascending by address and not overlapping.
    pub regions: Vec<Region>,
    /// Its threads; the first is the main thread.
    pub threads: Vec<Thread>,
    /// What the fresh address space knows of scanning.
    pub start: ProcessStart,
    /// `cpuset.mems` of its cpuset; empty for all nodes. A process that comes to be by a fork or
    /// exec has its creator's.
    pub mems: NodeSet,
}

/// How a process came to be, which decides when it is first scanned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProcessStart {
    /// Just executed: the first `task_numa_work` only arms the timer.
    Exec,
    /// Forked and not executed: `numa_next_scan` was armed by `init_numa_balancing`. The value
    /// is the absolute jiffies it was armed for.
    Forked {
        /// `mm.numa_next_scan` in jiffies.
        next_scan_jiffies: u64,
    },
    /// Not there until a thread of another process forks it. Its regions are those of the
    /// parent, without pages; its threads start at [`Ns::NEVER`].
    ByFork {
        /// Which process, before this one in the scenario.
        parent: ProcIdx,
    },
    /// Not there until a thread of another process executes it, which goes on as its first
    /// thread. Its regions have no pages; its threads start at [`Ns::NEVER`].
    ByExec,
}

/// One mapping (VMA).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Region {
    /// Shown wherever the region is; unique in its process.
    pub name: String,
    /// First address, page aligned.
    pub start: VirtAddr,
    /// Length in base pages, at least one.
    pub pages: u32,
    /// What backs it.
    pub kind: RegionKind,
    /// Access rights.
    pub prot: Prot,
    /// The mapping's own policy (`mbind`); none leaves it to the task's.
    pub policy: Option<MemPolicy>,
    /// `set_mempolicy_home_node` after that; only for the modes `Bind` and `PreferredMany`.
    pub home_node: Option<NodeId>,
    /// Whether first touches get huge pages where a whole one fits.
    pub thp: Thp,
    /// Pages that are there from the start, in this order.
    pub populate: Vec<Populate>,
}

/// Transparent huge pages for a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Thp {
    /// Base pages only.
    Never,
    /// Huge pages on first touch, and where whole ones are populated.
    Always,
    /// `MADV_HUGEPAGE`: as `Always`, and a node that has no huge page left does not end the
    /// search.
    Madvise,
}

/// What backs a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegionKind {
    /// Private anonymous memory.
    Anon,
    /// A private mapping of a file (program text and data).
    PrivateFile,
    /// A shared mapping. All regions with the same key map the same pages; they must be equally
    /// long and lie at the same place in their 2 MiB of addresses.
    Shared {
        /// Which object.
        key: u16,
        /// What kind of object.
        backing: Backing,
    },
    /// Something the scanner cannot migrate (`!vma_migratable`, `VM_MIXEDMAP`, hugetlb).
    Unmigratable,
}

/// What a shared mapping shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backing {
    /// `MAP_SHARED | MAP_ANONYMOUS`, memfd, tmpfs: pages count as anonymous memory for reclaim.
    Shmem,
    /// The page cache of a file on a disk: written pages are dirty and not marked.
    PageCache,
}

/// Access rights of a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prot {
    /// `VM_READ`.
    pub read: bool,
    /// `VM_WRITE`.
    pub write: bool,
    /// `VM_EXEC`.
    pub exec: bool,
}

/// Pages that exist at the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Populate {
    /// First page.
    pub first: PageIdx,
    /// How many.
    pub pages: u32,
    /// The node that holds them.
    pub node: NodeId,
    /// Whether another address space maps the same pages too (`folio_likely_mapped_shared`),
    /// which keeps the scanner away from them in a copy-on-write mapping.
    pub sharing: Sharing,
}

/// Whether a page is mapped elsewhere too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sharing {
    /// Only here.
    Exclusive,
    /// Mapped by a process outside the scenario too.
    MappedElsewhere,
}

/// One thread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thread {
    /// Shown wherever the thread is.
    pub name: String,
    /// `task_struct.pid`, unique on the machine.
    pub tid: Tid,
    /// CPUs it may use, ascending, at least one. The first thread of a process is created on the
    /// first of them, the others where that one runs; from there each goes where there is room.
    pub affinity: Vec<CpuId>,
    /// Nice value, -20 to 19: which share of a CPU it gets beside others.
    pub nice: i8,
    /// When it becomes runnable; [`Ns::NEVER`] for a thread that another one creates.
    pub start: Ns,
    /// CPU time it had used before (`sum_exec_runtime`), for runs that begin in the middle.
    pub runtime: Ns,
    /// The task's policy (`set_mempolicy`); none is the default.
    pub policy: Option<MemPolicy>,
    /// What it does.
    pub program: Program,
}

/// Something done at a moment of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimedAction {
    /// When.
    pub at: Ns,
    /// What.
    pub action: Action,
}

/// What can be done to a running machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// `sched_setaffinity`: restricts a thread to these CPUs, which moves it at once if it is
    /// on another.
    SetAffinity {
        /// The thread.
        tid: Tid,
        /// Ascending, at least one.
        cpus: Vec<CpuId>,
    },
    /// Writes all balancing settings anew.
    SetSysctl(Sysctl),
    /// Somebody looks at an address space for a while (reads its `numa_maps`), which raises its
    /// `mm_users`.
    HoldMm {
        /// Which process, by its place in the scenario.
        process: ProcIdx,
        /// For how long.
        duration: Ns,
    },
    /// Ends a process.
    Kill {
        /// Which, by its place in the scenario.
        process: ProcIdx,
    },
    /// Sends `SIGSTOP` to a process: none of its threads runs until it is continued.
    Stop {
        /// Which, by its place in the scenario.
        process: ProcIdx,
    },
    /// Sends `SIGCONT` to a process.
    Continue {
        /// Which, by its place in the scenario.
        process: ProcIdx,
    },
    /// A thread sleeps, from wherever it is in its program.
    Sleep {
        /// The thread.
        tid: Tid,
        /// For how long; one that sleeps already does so at least as long.
        duration: Ns,
    },
    /// The first living thread of the parent forks this process.
    Fork {
        /// The child, by its place in the scenario.
        process: ProcIdx,
    },
    /// The first living thread of the process creates this one.
    Clone {
        /// The new thread.
        tid: Tid,
    },
    /// A thread executes another program.
    Exec {
        /// The thread.
        tid: Tid,
        /// What becomes of its process.
        process: ProcIdx,
    },
    /// A thread ends.
    Exit {
        /// Which.
        tid: Tid,
    },
    /// A thread calls `set_mempolicy`.
    SetMempolicy {
        /// The thread.
        tid: Tid,
        /// The policy; mode `Default` takes it back.
        policy: MemPolicy,
    },
    /// The first living thread of a process calls `mbind`.
    Mbind {
        /// The process and where.
        range: PageRange,
        /// The policy; mode `Default` takes it back.
        policy: MemPolicy,
        /// Whether pages move.
        flags: MoveFlags,
    },
    /// The first living thread of a process calls `set_mempolicy_home_node`.
    SetHomeNode {
        /// The process and where.
        range: PageRange,
        /// The node from which on `Bind` and `PreferredMany` search.
        node: NodeId,
    },
    /// The administrator calls `migrate_pages` (`migratepages`).
    MigratePages {
        /// The process, by its place in the scenario.
        process: ProcIdx,
        /// Pages on these nodes.
        from: NodeSet,
        /// Go to these.
        to: NodeSet,
    },
    /// The administrator calls `move_pages`.
    MovePages {
        /// The process and which pages.
        range: PageRange,
        /// Where to.
        node: NodeId,
        /// `MOVE` or `MOVE_ALL`.
        flags: MoveFlags,
    },
    /// Somebody writes `cpuset.mems` of the process's own cpuset.
    SetMems {
        /// The process, by its place in the scenario.
        process: ProcIdx,
        /// The nodes; empty for all.
        mems: NodeSet,
    },
    /// Somebody writes `/sys/kernel/mm/mempolicy/weighted_interleave/nodeN`.
    SetWeights {
        /// Nodes with their weights from now on; 0 unsets one, which makes it 1.
        weights: Vec<(NodeId, u8)>,
    },
}
