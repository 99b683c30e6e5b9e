//! Samples over time.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Samples over time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// When; the first sample is after the set-up and before the start.
    pub t_ms: Vec<f64>,
    /// How long each took on its CPU.
    pub sample_cost_ms: Vec<f64>,
    /// Counters of `/proc/vmstat` minus their first value; `nr_free_pages` as it is.
    pub vmstat_delta: BTreeMap<String, Vec<i64>>,
    /// By thread.
    pub threads: BTreeMap<String, ThreadSeries>,
    /// Fault statistics by thread.
    pub numa_faults: BTreeMap<String, FaultSeries>,
    /// Pages by region.
    pub region_pages: BTreeMap<String, RegionSeries>,
    /// Free pages by node.
    pub free_pages: FreeSeries,
}

/// Samples of one thread.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadSeries {
    /// The CPU it was on.
    pub cpu: Vec<u16>,
    /// That CPU's node.
    pub node: Vec<u8>,
    /// `R`, `S` or `D`.
    pub state: Vec<String>,
    /// Pages visited.
    pub touches: Vec<u64>,
    /// Passes done.
    pub passes: Vec<u64>,
    /// Which phase it was in.
    pub phase: Vec<u32>,
    /// `sum_exec_runtime` in ms.
    pub runtime_ms: Vec<f64>,
    /// Moves between CPUs.
    pub nr_migrations: Vec<u64>,
    /// Its load average.
    pub load_avg: Vec<u64>,
    /// Passes over its address space.
    pub mm_scan_seq: Vec<i32>,
    /// `numa_pages_migrated`.
    pub pages_migrated: Vec<u64>,
    /// Its preferred node; -1 is none.
    pub preferred_nid: Vec<i32>,
    /// `total_numa_faults`.
    pub total_numa_faults: Vec<u64>,
    /// Its group; 0 is none.
    pub group_id: Vec<u32>,
}

/// Averaged fault statistics of one thread and its group by node, a row at each change.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultSeries {
    /// When the rows were seen first.
    pub t_ms: Vec<f64>,
    /// The task's private faults.
    pub task_private: Vec<Vec<u64>>,
    /// The task's shared faults.
    pub task_shared: Vec<Vec<u64>>,
    /// Its group's private faults.
    pub group_private: Vec<Vec<u64>>,
    /// Its group's shared faults.
    pub group_shared: Vec<Vec<u64>>,
}

/// Samples of one region.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionSeries {
    /// When.
    pub t_ms: Vec<f64>,
    /// Pages by node.
    pub nodes: Vec<Vec<u64>>,
    /// The text of its policy, at changes.
    pub policy: Vec<(f64, String)>,
}

/// Free pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeSeries {
    /// When.
    pub t_ms: Vec<f64>,
    /// By node.
    pub pages: BTreeMap<u8, Vec<u64>>,
}
