//! Recordings of the real kernel: reading them, and making scenarios that should behave alike.

pub mod events;
pub mod free_run;
pub mod maps;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

use events::Events;

/// One run of one recorded scenario (format `numa-kernel-run/1`). Times are milliseconds since
/// the workload was started.
#[derive(Clone, Debug, Deserialize)]
pub struct Recording {
    /// The scenario's name.
    pub id: String,
    /// The machine as the guest saw it.
    pub topology: RecordedTopology,
    /// Settings during the run.
    pub knobs: Knobs,
    /// The workload as it was described to the recorder.
    pub scenario: RecordedScenario,
    /// The kernel's monotonic clock when the workload started, in ms.
    pub t0_monotonic_ms: f64,
    /// What ran.
    pub procs: Vec<RecordedProcess>,
    /// The memory it used.
    pub regions: Vec<RecordedRegion>,
    /// Samples.
    pub series: Series,
    /// What happened.
    pub events: Events,
    /// Values at the end.
    #[serde(rename = "final")]
    pub end: Final,
}

/// Nodes and distances.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedTopology {
    /// The nodes, ascending.
    pub nodes: Vec<RecordedNode>,
    /// SLIT distances.
    pub distance: Vec<Vec<u8>>,
}

/// One node.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedNode {
    /// Its number.
    pub id: u8,
    /// Its CPUs.
    pub cpus: Vec<u16>,
    /// `MemTotal` in kB.
    pub mem_total_kb: u64,
    /// `MemFree` in kB once everything was set up.
    pub mem_free_kb_ready: u64,
}

/// sysctl and debugfs values.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Knobs {
    /// `kernel.numa_balancing`.
    pub numa_balancing: u8,
    /// `scan_delay_ms`.
    pub scan_delay_ms: u32,
    /// `scan_period_min_ms`.
    pub scan_period_min_ms: u32,
    /// `scan_period_max_ms`.
    pub scan_period_max_ms: u32,
    /// `scan_size_mb`.
    pub scan_size_mb: u32,
}

/// The workload.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedScenario {
    /// Its processes.
    pub procs: Vec<ScenarioProcess>,
    /// Options of the recorder.
    pub opt: Options,
}

/// One process of the workload.
#[derive(Clone, Debug, Deserialize)]
pub struct ScenarioProcess {
    /// Its threads.
    pub threads: Vec<ScenarioThread>,
}

/// One thread of the workload.
#[derive(Clone, Debug, Deserialize)]
pub struct ScenarioThread {
    /// What it does, one after the other.
    pub phases: Vec<Phase>,
}

/// One thing that a thread does.
#[derive(Clone, Debug, Deserialize)]
pub struct Phase {
    /// CPUs it is bound to, or `"all"`.
    pub cpus: Value,
    /// Names of the regions it visits.
    pub regions: Vec<String>,
}

/// Options of the recorder.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Options {
    /// Length of the run in ms.
    pub duration_ms: u64,
}

/// A process as it ran.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedProcess {
    /// `tgid`.
    pub pid: u32,
    /// Its threads.
    pub threads: Vec<RecordedThread>,
    /// Lines of `/proc/PID/maps` at the start.
    pub vmas_at_start: Vec<String>,
    /// Lines of `/proc/PID/numa_maps` at the start.
    pub numa_maps_at_start: Vec<String>,
    /// Lines of `/proc/PID/numa_maps` at the end.
    pub numa_maps_at_end: Vec<String>,
}

/// A thread as it ran.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedThread {
    /// Its name, `process.thread`.
    pub id: String,
    /// Thread id.
    pub tid: u32,
}

/// A region of memory.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedRegion {
    /// Its name.
    pub name: String,
    /// Its address in hexadecimal.
    pub addr: String,
    /// Its length in pages.
    pub pages: u32,
}

/// Samples over time.
#[derive(Clone, Debug, Deserialize)]
pub struct Series {
    /// When.
    pub t_ms: Vec<f64>,
    /// By thread.
    pub threads: BTreeMap<String, ThreadSeries>,
}

/// Samples of one thread.
#[derive(Clone, Debug, Deserialize)]
pub struct ThreadSeries {
    /// `sum_exec_runtime` in ms.
    pub runtime_ms: Vec<f64>,
    /// Pages visited.
    pub touches: Vec<u64>,
}

/// End values.
#[derive(Clone, Debug, Deserialize)]
pub struct Final {
    /// Counters of `/proc/vmstat`, minus their value at the first sample.
    pub vmstat_delta: BTreeMap<String, i64>,
    /// Pages of each region by node.
    pub region_pages: BTreeMap<String, Vec<u64>>,
}

impl Recording {
    /// Reads a compressed recording.
    ///
    /// # Panics
    /// When the file is not one.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_reader(GzDecoder::new(file)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}
