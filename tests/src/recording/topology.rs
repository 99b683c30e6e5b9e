//! The machine of a recording as the guest saw it.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Nodes and distances.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedTopology {
    /// The nodes, ascending.
    pub nodes: Vec<RecordedNode>,
    /// SLIT distances.
    pub distance: Vec<Vec<u8>>,
    /// `/sys/devices/system/node/has_cpu`.
    pub has_cpu: String,
    /// `/sys/devices/system/node/has_memory`.
    pub has_memory: String,
    /// `/sys/devices/system/node/online`.
    pub online: String,
    /// Nodes of each memory tier.
    pub memory_tiers: BTreeMap<String, String>,
    /// Scheduling domains of CPU 0, lowest first.
    pub sched_domains_cpu0: Vec<RecordedDomain>,
    /// For each node, the order in which it takes memory from nodes.
    pub fallback_order: BTreeMap<u8, Vec<u8>>,
    /// What the emulator was asked for.
    pub requested: RequestedTopology,
}

/// One node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedNode {
    /// Its number.
    pub id: u8,
    /// Its CPUs.
    pub cpus: Vec<u16>,
    /// `MemTotal` in kB.
    pub mem_total_kb: u64,
    /// `MemFree` in kB before anything was set up.
    pub mem_free_kb_boot: u64,
    /// `MemFree` in kB once everything was set up.
    pub mem_free_kb_ready: u64,
    /// `MemFree` in kB at the end.
    pub mem_free_kb_end: u64,
    /// Its weight for weighted interleaving at boot.
    pub weighted_interleave_weight: u8,
    /// HMAT read latency in ns, where there is one.
    #[serde(default)]
    pub access0_read_latency: Option<u32>,
    /// HMAT read bandwidth in MB/s, where there is one.
    #[serde(default)]
    pub access0_read_bandwidth: Option<u32>,
}

/// A scheduling domain.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedDomain {
    /// Its level.
    pub name: String,
    /// Its flags.
    pub flags: Vec<String>,
}

/// What the emulator was asked for; its nodes may have other numbers than the guest's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestedTopology {
    /// Number of nodes.
    pub nodes: u32,
    /// CPUs of each.
    pub cpus: Vec<u32>,
    /// Memory of each in MiB.
    pub mb: Vec<u32>,
    /// SLIT distances.
    pub dist: Vec<Vec<u8>>,
    /// Latency and bandwidth, where they differ.
    #[serde(default)]
    pub hmat: Option<RequestedHmat>,
}

/// Latencies and bandwidths.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestedHmat {
    /// For each node, the node whose CPUs are nearest.
    pub initiator: Vec<u8>,
    /// Rows of initiator, target, latency in ns, bandwidth in MB/s.
    pub lb: Vec<[u32; 4]>,
}
