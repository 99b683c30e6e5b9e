//! The scenario document, version 1: what stands in a file, a link and a preset. It holds what
//! its author wrote; defaults are filled in by [`validate`](crate::validate()).

use serde::{Deserialize, Serialize};

use crate::failure::Text;
pub use crate::operands::{Exec, HoldMm, Thp, ThreadStart, Zone, ZoneKind};
use crate::quantity::{Address, CpuList, Millis, Size};
pub use crate::steps::{Exit, Pattern, Share, Step};

/// The version of the format that this crate writes.
pub const VERSION: u64 = 1;

/// A whole scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The version of the format: 1.
    pub version: u64,
    /// What the scenario is called.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// What it shows, in a sentence or two.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub summary: Text,
    /// Nodes, CPUs, distances, speed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub machine: Machine,
    /// The kernel's settings at the start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kernel: Kernel,
    /// What runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub processes: Vec<Process>,
    /// What somebody does during the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// Where every random sequence starts; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The machine.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Machine {
    /// The nodes, ascending by number; none stands for two nodes of two CPUs and 16 GiB each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Node>,
    /// SLIT distances, one row for each node; none stands for 10 and 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub distances: Vec<Vec<u64>>,
    /// Scheduler ticks a second: 100, 250, 300 or 1000; default 250.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hz: Option<u64>,
    /// How long the machine has been up when the scenario starts; default one minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime_ms: Option<Millis>,
    /// What everything costs in time.
    #[serde(skip_serializing_if = "is_default")]
    pub costs: Costs,
}

/// One node.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Node {
    /// Its number; default one more than that of the node before, 0 for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Its CPUs; none for a memory-only node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<CpuList>,
    /// CPUs that share a last-level cache; default all of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus_per_llc: Option<u64>,
    /// Hardware threads of a core; default 1. Where `cpus` is as many ranges of equal length, a
    /// core is one CPU of each range; else the CPUs of a core follow each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads_per_core: Option<u64>,
    /// Its memory; none for a node that has only CPUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Size>,
    /// Memory that something outside the scenario holds from the start; default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<Size>,
    /// How its memory is divided; default a single NORMAL zone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<Zone>,
    /// Its weight for weighted interleaving, 1 to 255; default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interleave_weight: Option<u64>,
}

/// What everything costs, in nanoseconds. Defaults: [`Costs::CURRENT_SERVER`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Costs {
    /// A visit of one page at distance 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_access_ns: Option<u64>,
    /// Whether memory further away is slower; default by distance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_access: Option<RemoteAccess>,
    /// The scanner makes one hint entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark_pte_ns: Option<u64>,
    /// The scanner looks at one entry and leaves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_pte_ns: Option<u64>,
    /// The scanner looks at one empty entry of a page table that has others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_empty_pte_ns: Option<u64>,
    /// The scanner tests one VMA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_vma_ns: Option<u64>,
    /// One scan, up to its first VMA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_begin_ns: Option<u64>,
    /// One window of a scan, on top of its entries: the call, the flush of the TLB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_window_ns: Option<u64>,
    /// A hinting fault without migration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint_fault_ns: Option<u64>,
    /// Moving one base page, on top of the fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrate_page_ns: Option<u64>,
    /// Moving one huge page, on top of the fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrate_huge_page_ns: Option<u64>,
    /// A write-protect fault that reuses the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wp_fault_ns: Option<u64>,
    /// First touch of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_touch_ns: Option<u64>,
    /// First touch of a huge page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_touch_huge_ns: Option<u64>,
}

/// Whether memory further away is slower.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteAccess {
    /// In proportion to the SLIT distance.
    ByDistance,
    /// All memory costs the same.
    Uniform,
}

/// The kernel and its balancing settings.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kernel {
    /// Which series behaves like this: `"6.12"`, the only one so far and the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `kernel.numa_balancing`: 0 or 1; default 1 with more than one node, else 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numa_balancing: Option<u64>,
    /// `scan_delay_ms`; default 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_delay_ms: Option<u64>,
    /// `scan_period_min_ms`; default 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_period_min_ms: Option<u64>,
    /// `scan_period_max_ms`; default 60000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_period_max_ms: Option<u64>,
    /// `scan_size_mb`; default 256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_size_mb: Option<u64>,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Shown wherever the process is.
    pub name: String,
    /// `tgid`; default the next free number from 1000 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u64>,
    /// How it came to be; default exec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Start>,
    /// For a process that comes to be by a fork: the name of its parent, which stands before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// For a forked process: the jiffies for which the fork armed `mm.numa_next_scan`; default
    /// `scan_delay_ms` after the start of the scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_scan_jiffies: Option<u64>,
    /// Its mappings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
    /// Its threads; the first is the main thread.
    pub threads: Vec<Thread>,
}

/// How a process came to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// One mapping (VMA).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Unique in its process; programs refer to it. `[heap]` and `[stack]` are what `/proc`
    /// calls these.
    pub name: String,
    /// Length, whole pages.
    pub size: Size,
    /// First address; default behind the region before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Address>,
    /// What backs it; default anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<RegionKind>,
    /// Access rights as in `/proc/PID/maps`; default `"rw-"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prot: Option<String>,
    /// For shared memory: its name. All regions of this name map the same pages; default memory
    /// that only this region maps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The mapping's own policy (`mbind`) as in `numa_maps`: `"bind:0-1"`; default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Whether first touches get huge pages; default never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thp: Option<Thp>,
    /// Pages that are there from the start; the others come into being when first touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub populate: Vec<Populate>,
}

/// What backs a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Pages that are there from the start.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Populate {
    /// The node that holds them.
    pub node: u64,
    /// First page in the region; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// How many; default all from `first` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u64>,
    /// Whether a process outside the scenario maps them too; default not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
}

/// Whether pages are mapped elsewhere too.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Only here.
    Exclusive,
    /// By a process outside the scenario too.
    MappedElsewhere,
}

/// One thread, or several that do the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// Shown wherever the thread is; default the name of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many threads of this kind; default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Thread id of the first; default the process id for the main thread, else the next free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tid: Option<u64>,
    /// CPUs it may use; default all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affinity: Option<CpuList>,
    /// Nice value, -20 to 19; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nice: Option<i64>,
    /// How it comes to be; default at its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<ThreadStart>,
    /// When it becomes runnable; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_ms: Option<Millis>,
    /// CPU time it had used before; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_ms: Option<Millis>,
    /// The task's policy (`set_mempolicy`), written as for regions; default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What it does.
    pub program: Vec<Step>,
    /// What follows the last step; default from the first again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// What follows the last step of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// The thread exits.
    Once,
    /// The first step again.
    Forever,
}

/// Something done at a moment: one of `at_ms` and `at_tick`, and one of `sched_setaffinity`,
/// `sysctl`, `kill`, `fork`, `clone`, `exec`, `exit` and `hold_mm`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Action {
    /// When, in time since the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<Millis>,
    /// When, by the scheduler tick.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_tick: Option<u64>,
    /// Restricts a thread to CPUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sched_setaffinity: Option<SchedSetaffinity>,
    /// Writes the settings that it names; the others stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sysctl: Option<Sysctl>,
    /// Ends the process with this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kill: Option<u64>,
    /// The first living thread of its parent forks the process of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fork: Option<String>,
    /// The first living thread of its process creates the thread with this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clone: Option<u64>,
    /// A thread executes another program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec: Option<Exec>,
    /// Ends the thread with this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<u64>,
    /// Somebody looks at an address space for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_mm: Option<HoldMm>,
}

/// The operands of `sched_setaffinity`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchedSetaffinity {
    /// The thread.
    pub tid: u64,
    /// The CPUs, at least one.
    pub cpus: CpuList,
}

/// Settings written during the run, named as in [`Kernel`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sysctl {
    /// `kernel.numa_balancing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numa_balancing: Option<u64>,
    /// `scan_delay_ms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_delay_ms: Option<u64>,
    /// `scan_period_min_ms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_period_min_ms: Option<u64>,
    /// `scan_period_max_ms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_period_max_ms: Option<u64>,
    /// `scan_size_mb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_size_mb: Option<u64>,
}
