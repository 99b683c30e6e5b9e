//! Recordings of the real kernel (format `numa-kernel-run/1`): reading them, and making
//! scenarios that should behave alike. Every field has a type, and one that is not known is an
//! error: what nobody reads cannot go unnoticed.

pub mod events;
pub mod maps;
pub mod series;
pub mod spread;
mod table;
pub mod topology;
pub mod workload;

use hintfault::input::Sysctl;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use events::Events;
pub use series::{Series, ThreadSeries};
pub use topology::{RecordedNode, RecordedTopology};
pub use workload::RecordedScenario;

/// One run of one recorded scenario. Times are milliseconds since the workload was started.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// `numa-kernel-run/1`.
    pub format: String,
    /// The scenario's name.
    pub id: String,
    /// What it is, in words.
    pub title: String,
    /// The group of scenarios it belongs to.
    pub group: u32,
    /// What the kernel called itself.
    pub kernel: String,
    /// What measured time.
    pub clocksource: String,
    /// Ticks per second.
    pub jiffies_hz: u32,
    /// The emulator.
    pub machine: Emulator,
    /// The machine as the guest saw it.
    pub topology: RecordedTopology,
    /// Settings during the run.
    pub knobs: Knobs,
    /// Scheduler feature flags.
    pub sched_features: Vec<String>,
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
    /// What was wrong with the recording; normally nothing.
    pub warnings: Vec<String>,
}

/// What the guest ran on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emulator {
    /// Name and version.
    pub emulator: String,
    /// An instruction takes two to this power ns.
    pub icount_shift: u32,
    /// What an instruction takes.
    pub ns_per_instruction: u32,
    /// Which repeat of the scenario, from 1.
    pub seed: u32,
    /// Parameters of the kernel.
    pub cmdline: String,
}

/// sysctl and debugfs values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knobs {
    /// `kernel.numa_balancing`.
    pub numa_balancing: u8,
    /// `kernel.numa_balancing_promote_rate_limit_MBps`.
    #[serde(rename = "promote_rate_limit_MBps")]
    pub promote_rate_limit_mbps: u32,
    /// `scan_delay_ms`.
    pub scan_delay_ms: u32,
    /// `scan_period_min_ms`.
    pub scan_period_min_ms: u32,
    /// `scan_period_max_ms`.
    pub scan_period_max_ms: u32,
    /// `scan_size_mb`.
    pub scan_size_mb: u32,
    /// `hot_threshold_ms`.
    pub hot_threshold_ms: u32,
    /// `/sys/kernel/mm/numa/demotion_enabled`.
    pub demotion_enabled: String,
    /// `/sys/kernel/mm/transparent_hugepage/enabled`.
    pub thp_enabled: String,
    /// `vm.zone_reclaim_mode`.
    pub zone_reclaim_mode: u32,
    /// The preemption model, in parentheses.
    pub numa_balancing_mode_preempt: String,
}

/// A process as it ran.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedProcess {
    /// Its number in the workload.
    pub id: u8,
    /// `tgid`.
    pub pid: u32,
    /// When fork had returned.
    pub fork_ms: f64,
    /// When it was set up.
    pub ready_ms: f64,
    /// Policy calls that failed, with their negative errno.
    pub errors: BTreeMap<String, i32>,
    /// Its threads, without a main thread that only waits.
    pub threads: Vec<RecordedThread>,
    /// Lines of `/proc/PID/maps` at the start.
    pub vmas_at_start: Vec<String>,
    /// Lines of `/proc/PID/maps` at the end, if they changed.
    #[serde(default)]
    pub vmas_at_end: Option<Vec<String>>,
    /// Lines of `/proc/PID/numa_maps` at the start.
    pub numa_maps_at_start: Vec<String>,
    /// Lines of `/proc/PID/numa_maps` at the end.
    pub numa_maps_at_end: Vec<String>,
}

/// A thread as it ran.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedThread {
    /// Its name, `process.thread`.
    pub id: String,
    /// Thread id.
    pub tid: u32,
    /// When it began with its first phase.
    pub start_ms: f64,
    /// When it ended.
    pub end_ms: f64,
    /// Pages visited.
    pub touches: u64,
    /// Passes over its regions.
    pub passes: u64,
}

/// A region of memory.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRegion {
    /// Its number in the workload.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Where it begins.
    #[serde(deserialize_with = "table::hex")]
    pub addr: u64,
    /// Its length in pages.
    pub pages: u32,
    /// When its pages were first touched.
    pub touch_start_ms: f64,
    /// When they all had been.
    pub touch_end_ms: f64,
}

/// End values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Final {
    /// Counters of `/proc/vmstat`, minus their value at the first sample.
    pub vmstat_delta: BTreeMap<String, i64>,
    /// Pages of each region by node, in the order of the machine's nodes.
    pub region_pages: BTreeMap<String, Vec<u64>>,
    /// By thread, where it ran.
    pub thread_nodes: BTreeMap<String, i32>,
    /// By thread, its preferred node; -1 is none.
    pub preferred: BTreeMap<String, i32>,
    /// By thread, its group; 0 is none.
    pub group_id: BTreeMap<String, u32>,
    /// By thread, passes over its address space.
    pub mm_scan_seq: BTreeMap<String, i32>,
    /// Rows of each table of events.
    pub n_events: BTreeMap<String, u64>,
}

/// Why a recording could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A file or folder could not be opened or read.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is not of the format.
    #[error("{}: {error}", path.display())]
    Format {
        /// Which.
        path: PathBuf,
        /// Where and why.
        error: serde_json::Error,
    },
}

/// The recordings that come with the project.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings")
}

/// Files of recorded runs in a folder (`ID.sN.json`, `ID.sN.json.gz`), by name.
///
/// # Errors
/// If the folder cannot be read.
pub fn runs_in(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let at = |error| ReadError::File { path: folder.to_owned(), error };
    let mut files = Vec::new();
    for entry in folder.read_dir().map_err(at)? {
        let path = entry.map_err(at)?.path();
        if run_name(&path).is_some() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The name of a run, `ID.sN`, by its file.
#[must_use]
pub fn run_name(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".json")?;
    let (_, repeat) = stem.rsplit_once(".s")?;
    repeat.parse::<u32>().is_ok().then_some(stem)
}

/// Reads a file of the formats used here, compressed or not.
///
/// # Errors
/// If it cannot be read, or is of another format.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, ReadError> {
    let in_file = |error| ReadError::File { path: path.to_owned(), error };
    let file = BufReader::new(File::open(path).map_err(in_file)?);
    let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
    let mut source: Box<dyn Read> = if is_compressed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    let mut text = Vec::new();
    source.read_to_end(&mut text).map_err(in_file)?;
    serde_json::from_slice(&text).map_err(|error| ReadError::Format { path: path.to_owned(), error })
}

impl Recording {
    /// The kernel's settings during the run.
    #[must_use]
    pub fn sysctl(&self) -> Sysctl {
        let knobs = &self.knobs;
        Sysctl {
            numa_balancing: knobs.numa_balancing,
            scan_delay_ms: knobs.scan_delay_ms,
            scan_period_min_ms: knobs.scan_period_min_ms,
            scan_period_max_ms: knobs.scan_period_max_ms,
            scan_size_mb: knobs.scan_size_mb,
        }
    }

    /// Reads a recording.
    ///
    /// # Errors
    /// If the file is not one.
    pub fn try_read(path: &Path) -> Result<Self, ReadError> {
        read_json(path)
    }

    /// Reads a recording that must be there.
    ///
    /// # Panics
    /// When the file is not one.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        Self::try_read(path).unwrap_or_else(|error| panic!("{error}"))
    }
}
