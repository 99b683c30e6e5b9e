//! The scenario document, version 1: what stands in a file, a link and a preset. It holds what
//! its author wrote; defaults are filled in by [`validate`](crate::validate()).

use crate::failure::Text;
pub use crate::memory::{
    CpusetMems, Mbind, MigratePages, MoveFlag, MovePages, NodeWeight, Policy, PolicyFields, PolicyFlag, PolicyMode,
    SetHomeNode, SetMempolicy,
};
pub use crate::operands::{Exec, HoldMm, Sleep, Thp, ThreadStart, Zone, ZoneKind};
use crate::quantity::{Address, CpuList, Millis, Size};
use crate::reader::{choice, table};
pub use crate::steps::{Exit, Pattern, Share, Step};

/// The version of the format that this crate writes.
pub const VERSION: u64 = 1;

/// A whole scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// The version of the format: 1.
    pub version: u64,
    /// What the scenario is called.
    pub title: Text,
    /// What it shows, in a sentence or two.
    pub summary: Text,
    /// Nodes, CPUs, distances, speed.
    pub machine: Machine,
    /// The kernel's settings at the start.
    pub kernel: Kernel,
    /// What runs.
    pub processes: Vec<Process>,
    /// What somebody does during the run.
    pub actions: Vec<Action>,
    /// Where every random sequence starts; default 0.
    pub seed: Option<u64>,
}

table!(Document: version title summary machine kernel processes actions seed);

/// The machine.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Machine {
    /// The nodes, ascending by number; none stands for two nodes of two CPUs and 16 GiB each.
    pub nodes: Vec<Node>,
    /// SLIT distances, one row for each node; none stands for 10 and 20.
    pub distances: Vec<Vec<u64>>,
    /// Scheduler ticks a second: 100, 250, 300 or 1000; default 250.
    pub hz: Option<u64>,
    /// How long the machine has been up when the scenario starts; default one minute.
    pub uptime_ms: Option<Millis>,
    /// What everything costs in time.
    pub costs: Costs,
}

table!(Machine: nodes distances hz uptime_ms costs);

/// One node.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Node {
    /// Its number; default one more than that of the node before, 0 for the first.
    pub id: Option<u64>,
    /// Its CPUs; none for a memory-only node.
    pub cpus: Option<CpuList>,
    /// CPUs that share a last-level cache; default all of the node.
    pub cpus_per_llc: Option<u64>,
    /// Hardware threads of a core; default 1. Where `cpus` is as many ranges of equal length, a
    /// core is one CPU of each range; else the CPUs of a core follow each other.
    pub threads_per_core: Option<u64>,
    /// Its memory; none for a node that has only CPUs.
    pub memory: Option<Size>,
    /// Memory that something outside the scenario holds from the start; default none.
    pub used: Option<Size>,
    /// How its memory is divided; default a single NORMAL zone.
    pub zones: Vec<Zone>,
    /// Its weight for weighted interleaving, 1 to 255; default 1.
    pub interleave_weight: Option<u64>,
}

table!(Node: id cpus cpus_per_llc threads_per_core memory used zones interleave_weight);

/// What everything costs, in nanoseconds. Defaults: [`Costs::CURRENT_SERVER`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Costs {
    /// A visit of one page at distance 10.
    pub local_access_ns: Option<u64>,
    /// Whether memory further away is slower; default by distance.
    pub remote_access: Option<RemoteAccess>,
    /// The scanner makes one hint entry.
    pub mark_pte_ns: Option<u64>,
    /// The scanner looks at one entry and leaves it.
    pub visit_pte_ns: Option<u64>,
    /// The scanner looks at one empty entry of a page table that has others.
    pub visit_empty_pte_ns: Option<u64>,
    /// The scanner tests one VMA.
    pub visit_vma_ns: Option<u64>,
    /// One scan, up to its first VMA.
    pub scan_begin_ns: Option<u64>,
    /// One window of a scan, on top of its entries: the call, the flush of the TLB.
    pub scan_window_ns: Option<u64>,
    /// A hinting fault without migration.
    pub hint_fault_ns: Option<u64>,
    /// Moving one base page, on top of the fault.
    pub migrate_page_ns: Option<u64>,
    /// Moving one huge page, on top of the fault.
    pub migrate_huge_page_ns: Option<u64>,
    /// A write-protect fault that reuses the page.
    pub wp_fault_ns: Option<u64>,
    /// First touch of a page.
    pub first_touch_ns: Option<u64>,
    /// First touch of a huge page.
    pub first_touch_huge_ns: Option<u64>,
    /// So many threads get one node's memory at full speed; default any number.
    pub saturation_threads: Option<u64>,
}

table!(Costs: local_access_ns remote_access mark_pte_ns visit_pte_ns visit_empty_pte_ns visit_vma_ns scan_begin_ns scan_window_ns hint_fault_ns migrate_page_ns migrate_huge_page_ns wp_fault_ns first_touch_ns first_touch_huge_ns saturation_threads);

/// Whether memory further away is slower.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RemoteAccess {
    /// In proportion to the SLIT distance.
    ByDistance,
    /// All memory costs the same.
    Uniform,
}

choice!(RemoteAccess: ByDistance = "by_distance" Uniform = "uniform");

/// The kernel and its balancing settings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Kernel {
    /// Which series behaves like this: `"6.12"`, the only one so far and the default.
    pub version: Option<String>,
    /// `kernel.numa_balancing`: 0 or 1; default 1 with more than one node, else 0.
    pub numa_balancing: Option<u64>,
    /// `scan_delay_ms`; default 1000.
    pub scan_delay_ms: Option<u64>,
    /// `scan_period_min_ms`; default 1000.
    pub scan_period_min_ms: Option<u64>,
    /// `scan_period_max_ms`; default 60000.
    pub scan_period_max_ms: Option<u64>,
    /// `scan_size_mb`; default 256.
    pub scan_size_mb: Option<u64>,
}

table!(Kernel: version numa_balancing scan_delay_ms scan_period_min_ms scan_period_max_ms scan_size_mb);

/// A process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Process {
    /// Shown wherever the process is.
    pub name: String,
    /// `tgid`; default the next free number from 1000 on.
    pub pid: Option<u64>,
    /// How it came to be; default exec.
    pub start: Option<Start>,
    /// For a process that comes to be by a fork: the name of its parent, which stands before it.
    pub parent: Option<String>,
    /// For a forked process: the jiffies for which the fork armed `mm.numa_next_scan`; default
    /// `scan_delay_ms` after the start of the scenario.
    pub next_scan_jiffies: Option<u64>,
    /// `cpuset.mems` of its cpuset; default all nodes.
    pub mems: Option<CpuList>,
    /// The policy of those of its threads that have none of their own; default none.
    pub policy: Option<Policy>,
    /// Its mappings.
    pub regions: Vec<Region>,
    /// Its threads; the first is the main thread.
    pub threads: Vec<Thread>,
}

table!(Process: name pid start parent next_scan_jiffies mems policy regions threads);

/// How a process came to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// Just executed.
    Exec,
    /// Forked, and not executed since.
    Forked,
    /// Not there until its parent forks it.
    ByFork,
    /// Not there until another process executes it, and becomes it.
    ByExec,
}

choice!(Start: Exec = "exec" Forked = "forked" ByFork = "by_fork" ByExec = "by_exec");

/// One mapping (VMA).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Region {
    /// Unique in its process; programs refer to it. `[heap]` and `[stack]` are what `/proc`
    /// calls these.
    pub name: String,
    /// Length, whole pages.
    pub size: Size,
    /// First address; default behind the region before.
    pub start: Option<Address>,
    /// What backs it; default anonymous.
    pub kind: Option<RegionKind>,
    /// Access rights as in `/proc/PID/maps`; default `"rw-"`.
    pub prot: Option<String>,
    /// For shared memory: its name. All regions of this name map the same pages; default memory
    /// that only this region maps.
    pub object: Option<String>,
    /// The mapping's own policy (`mbind`); default none.
    pub policy: Option<Policy>,
    /// Whether first touches get huge pages; default never.
    pub thp: Option<Thp>,
    /// Pages that are there from the start; the others come into being when first touched.
    pub populate: Vec<Populate>,
}

table!(Region: name size start kind prot object policy thp populate);

/// What backs a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegionKind {
    /// Private anonymous memory.
    Anon,
    /// A private mapping of a file.
    PrivateFile,
    /// Memory that several mappings may show: `MAP_SHARED | MAP_ANONYMOUS`, memfd, tmpfs.
    Shared,
    /// A shared mapping of a file on a disk.
    SharedFile,
    /// Something that the scanner leaves alone.
    Unmigratable,
}

choice!(RegionKind: Anon = "anon" PrivateFile = "private_file" Shared = "shared" SharedFile = "shared_file" Unmigratable = "unmigratable");

/// Pages that are there from the start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Populate {
    /// The node that holds them.
    pub node: u64,
    /// First page in the region; default 0.
    pub first: Option<u64>,
    /// How many; default all from `first` on.
    pub pages: Option<u64>,
    /// Whether a process outside the scenario maps them too; default not.
    pub sharing: Option<Sharing>,
}

table!(Populate: node first pages sharing);

/// Whether pages are mapped elsewhere too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sharing {
    /// Only here.
    Exclusive,
    /// By a process outside the scenario too.
    MappedElsewhere,
}

choice!(Sharing: Exclusive = "exclusive" MappedElsewhere = "mapped_elsewhere");

/// One thread, or several that do the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thread {
    /// Shown wherever the thread is; default the name of the process.
    pub name: Option<String>,
    /// How many threads of this kind; default 1.
    pub count: Option<u64>,
    /// Thread id of the first; default the process id for the main thread, else the next free.
    pub tid: Option<u64>,
    /// CPUs it may use; default all.
    pub affinity: Option<CpuList>,
    /// Nice value, -20 to 19; default 0.
    pub nice: Option<i64>,
    /// How it comes to be; default at its time.
    pub start: Option<ThreadStart>,
    /// When it becomes runnable; default 0.
    pub start_ms: Option<Millis>,
    /// CPU time it had used before; default 0.
    pub runtime_ms: Option<Millis>,
    /// The task's policy (`set_mempolicy`); default the process's.
    pub policy: Option<Policy>,
    /// What it does.
    pub program: Vec<Step>,
    /// What follows the last step; default from the first again.
    pub repeat: Option<Repeat>,
}

table!(Thread: name count tid affinity nice start start_ms runtime_ms policy program repeat);

/// What follows the last step of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// The thread exits.
    Once,
    /// The first step again.
    Forever,
}

choice!(Repeat: Once = "once" Forever = "forever");

/// Something done at a moment: one of `at_ms` and `at_tick`, and one of the others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Action {
    /// When, in time since the start.
    pub at_ms: Option<Millis>,
    /// When, by the scheduler tick.
    pub at_tick: Option<u64>,
    /// Restricts a thread to CPUs.
    pub sched_setaffinity: Option<SchedSetaffinity>,
    /// Writes the settings that it names; the others stay.
    pub sysctl: Option<Sysctl>,
    /// Ends the process with this id.
    pub kill: Option<u64>,
    /// Stops the process with this id.
    pub stop: Option<u64>,
    /// Continues the process with this id.
    pub cont: Option<u64>,
    /// A thread sleeps.
    pub sleep: Option<Sleep>,
    /// The first living thread of its parent forks the process of this name.
    pub fork: Option<String>,
    /// The first living thread of its process creates the thread with this id.
    pub clone: Option<u64>,
    /// A thread executes another program.
    pub exec: Option<Exec>,
    /// Ends the thread with this id.
    pub exit: Option<u64>,
    /// Somebody looks at an address space for a while.
    pub hold_mm: Option<HoldMm>,
    /// A thread sets its policy.
    pub set_mempolicy: Option<SetMempolicy>,
    /// The first living thread of a process sets the policy of some of its memory.
    pub mbind: Option<Mbind>,
    /// The first living thread of a process sets where policies begin to search.
    pub set_mempolicy_home_node: Option<SetHomeNode>,
    /// Somebody moves pages of a process from nodes to nodes.
    pub migrate_pages: Option<MigratePages>,
    /// Somebody moves some pages of a process to a node.
    pub move_pages: Option<MovePages>,
    /// Somebody writes `cpuset.mems` of a process's cpuset.
    pub cpuset_mems: Option<CpusetMems>,
    /// Somebody writes weights for weighted interleaving.
    pub weighted_interleave: Vec<NodeWeight>,
}

table!(Action: at_ms at_tick sched_setaffinity sysctl kill stop cont sleep fork clone exec exit hold_mm set_mempolicy mbind set_mempolicy_home_node migrate_pages move_pages cpuset_mems weighted_interleave);

/// Fields of [`Action`] that say when, the first ones.
pub(crate) const ACTION_MOMENTS: usize = 2;

/// The operands of `sched_setaffinity`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SchedSetaffinity {
    /// The thread.
    pub tid: u64,
    /// The CPUs, at least one.
    pub cpus: CpuList,
}

table!(SchedSetaffinity: tid cpus);

/// Settings written during the run, named as in [`Kernel`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sysctl {
    /// `kernel.numa_balancing`.
    pub numa_balancing: Option<u64>,
    /// `scan_delay_ms`.
    pub scan_delay_ms: Option<u64>,
    /// `scan_period_min_ms`.
    pub scan_period_min_ms: Option<u64>,
    /// `scan_period_max_ms`.
    pub scan_period_max_ms: Option<u64>,
    /// `scan_size_mb`.
    pub scan_size_mb: Option<u64>,
}

table!(Sysctl: numa_balancing scan_delay_ms scan_period_min_ms scan_period_max_ms scan_size_mb);
