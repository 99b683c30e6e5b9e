//! The workload of a recording as it was described to the recorder.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// The workload.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedScenario {
    /// Its memory.
    pub regions: Vec<ScenarioRegion>,
    /// Its processes.
    pub procs: Vec<ScenarioProcess>,
    /// Settings written before it started.
    #[serde(default)]
    pub knobs: WrittenKnobs,
    /// Options of the recorder.
    pub opt: Options,
}

/// A region of the workload.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRegion {
    /// Its name.
    pub name: String,
    /// Its size; none where it fills a node.
    #[serde(default)]
    pub kb: Option<u64>,
    /// It is split in equal parts, first touched on these CPUs in turn.
    pub touch_cpus: Vec<u16>,
    /// The process that makes it; the first one unless told.
    #[serde(default)]
    pub proc: u8,
    /// What it maps; anonymous private memory unless told.
    #[serde(default)]
    pub kind: MappingKind,
    /// `MADV_HUGEPAGE`.
    #[serde(default, deserialize_with = "flag")]
    pub thp: bool,
    /// `mlock` after the first touch.
    #[serde(default, deserialize_with = "flag")]
    pub mlock: bool,
    /// `mprotect(PROT_NONE)` after the first touch.
    #[serde(default, deserialize_with = "flag")]
    pub protnone: bool,
    /// `mbind` before the first touch.
    #[serde(default)]
    pub pre_mbind: Option<PolicyCall>,
    /// `mbind` after the first touch.
    #[serde(default)]
    pub post_mbind: Option<PolicyCall>,
    /// The node that it fills.
    #[serde(default)]
    pub fill_node: Option<u8>,
    /// What it leaves free there.
    #[serde(default)]
    pub leave_kb: Option<u64>,
}

/// What a region maps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MappingKind {
    /// Anonymous memory of one process.
    #[default]
    Private,
    /// Shared anonymous memory.
    ShAnon,
    /// A shared file.
    ShFile,
    /// A file mapped read-only.
    FileRo,
}

/// A policy as it was set: the mode's name, then its nodes, then a flag.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct PolicyCall {
    /// `MPOL_*`.
    pub mode: PolicyName,
    /// Its nodes.
    #[serde(default)]
    pub nodes: Vec<u8>,
    /// A mode flag.
    #[serde(default)]
    pub flag: Option<PolicyFlag>,
}

/// Names of modes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the kernel's names")]
pub enum PolicyName {
    Default,
    Local,
    Preferred,
    PreferredMany,
    Bind,
    Interleave,
    WeightedInterleave,
}

/// Names of mode flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum PolicyFlag {
    /// `MPOL_F_NUMA_BALANCING`.
    #[serde(rename = "NUMA_BALANCING")]
    NumaBalancing,
}

/// Settings written before the workload started; what is in force is in the recording's knobs.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the kernel's names")]
pub struct WrittenKnobs {
    pub numa_balancing: Option<u8>,
    pub scan_delay_ms: Option<u32>,
    pub scan_period_min_ms: Option<u32>,
    pub scan_size_mb: Option<u32>,
    pub hot_threshold_ms: Option<u32>,
    pub demotion_enabled: Option<u8>,
    /// Weight of node 0 for weighted interleaving.
    pub weight0: Option<u8>,
    /// Weight of node 1.
    pub weight1: Option<u8>,
}

/// One process of the workload.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioProcess {
    /// The CPU on which it is set up.
    pub cpu: u16,
    /// Its threads.
    pub threads: Vec<ScenarioThread>,
    /// Whether a main thread of its own waits, beside the threads that work.
    #[serde(default = "no_main")]
    pub main: u8,
    /// How long after the start it begins.
    #[serde(default)]
    pub delay_ms: u64,
    /// `set_mempolicy` before anything else.
    #[serde(default)]
    pub pre_policy: Option<PolicyCall>,
}

/// One thread of the workload.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioThread {
    /// What it does, one after the other.
    pub phases: Vec<Phase>,
    /// How long after the start it begins.
    #[serde(default)]
    pub delay_us: u64,
}

/// One thing that a thread does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// CPUs it is bound to.
    pub cpus: Cpus,
    /// Names of the regions it visits.
    pub regions: Vec<String>,
    /// Whether it reads or writes.
    #[serde(default)]
    pub rw: ReadWrite,
    /// In which order it visits pages.
    #[serde(default)]
    pub pattern: VisitPattern,
    /// Pages from one visit to the next.
    #[serde(default = "one")]
    pub stride: u32,
    /// A busy loop of two instructions a unit for each page.
    pub delay: u64,
    /// When the phase ends; the last one lasts.
    #[serde(default)]
    pub until_ms: Option<u64>,
    /// How long it sleeps at a time.
    #[serde(default)]
    pub sleep_us: Option<u64>,
    /// After how many visits it sleeps.
    #[serde(default)]
    pub sleep_every: Option<u64>,
}

/// CPUs that a thread may use.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum Cpus {
    /// These.
    Of(Vec<u16>),
    /// All there are.
    All(All),
}

/// The word `all`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum All {
    /// Every CPU.
    All,
}

/// What a visit does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum ReadWrite {
    /// Reads the page.
    #[serde(rename = "r")]
    Read,
    /// Writes to it.
    #[default]
    #[serde(rename = "w")]
    Write,
}

/// The order of visits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum VisitPattern {
    /// One after the other.
    #[default]
    #[serde(rename = "seq")]
    Sequential,
    /// By chance.
    #[serde(rename = "rand")]
    Random,
}

/// Options of the recorder.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Length of the run in ms.
    pub duration_ms: u64,
    /// Time between samples in ms.
    pub sample_ms: u64,
    /// Time between readings of `numa_maps` in ms.
    pub maps_ms: u64,
    /// The CPU on which samples are taken.
    pub sampler_cpu: u16,
    /// By how much the start was shifted.
    #[serde(default)]
    pub jitter_us: u64,
    /// How long the recorder waited before the start.
    #[serde(default)]
    pub settle_ms: u64,
    /// Whether the address of every hinting fault was recorded.
    #[serde(default, deserialize_with = "flag")]
    pub nmc: bool,
}

fn one() -> u32 {
    1
}

fn no_main() -> u8 {
    0
}

/// A flag written as 0 or 1.
fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    match u8::deserialize(from)? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(D::Error::custom(format_args!("{other} instead of 0 or 1"))),
    }
}
