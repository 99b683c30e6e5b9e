//! Tables of recorded events, read by the names of their columns.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The tables that are compared.
#[derive(Clone, Debug, Deserialize)]
pub struct Events {
    scan: Table,
    prot: Table,
    skip: Table,
}

/// Rows under column names.
#[derive(Clone, Debug, Deserialize)]
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// One call of `task_numa_work`, with the state before and after.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct ScanRow {
    /// When it began, in ms.
    pub t_ms: f64,
    /// The thread.
    pub thread: String,
    /// `numa_scan_period` before, in ms.
    pub scan_period_ms: u32,
    /// `numa_scan_seq` of the address space before.
    pub mm_scan_seq: i32,
    /// `numa_scan_offset` before, in hexadecimal.
    pub scan_offset: String,
    /// Low half of `numa_next_scan` before.
    pub next_scan_jiffies_lo32: u32,
    /// `numa_scan_seq` of the address space after.
    pub after_mm_scan_seq: i32,
    /// `numa_scan_offset` after.
    pub after_scan_offset: String,
    /// Low half of `numa_next_scan` after.
    pub after_next_scan_jiffies_lo32: u32,
    /// `node_stamp` after, in ms of runtime.
    pub after_node_stamp_ms: f64,
}

/// One call of `change_prot_numa`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct ProtRow {
    /// When it was done, in ms.
    pub t_ms: f64,
    /// First address in hexadecimal.
    pub start: String,
    /// Pages of the window.
    pub pages: u64,
    /// Entries that became hint entries.
    pub nr_updated: u32,
}

/// One `sched_skip_vma_numa`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct SkipRow {
    /// When, in ms.
    pub t_ms: f64,
    /// First address of the VMA in hexadecimal.
    pub vma_start: String,
    /// The reason as the tracepoint prints it.
    pub reason: String,
}

impl Events {
    /// Calls of `task_numa_work` in order of their beginning.
    #[must_use]
    pub fn scans(&self) -> Vec<ScanRow> {
        let mut rows: Vec<ScanRow> = self.scan.typed();
        rows.sort_by(|a, b| a.t_ms.total_cmp(&b.t_ms));
        rows
    }

    /// Windows in order.
    #[must_use]
    pub fn windows(&self) -> Vec<ProtRow> {
        self.prot.typed()
    }

    /// VMAs passed over, in order.
    #[must_use]
    pub fn skips(&self) -> Vec<SkipRow> {
        self.skip.typed()
    }
}

impl Table {
    fn typed<T: DeserializeOwned>(&self) -> Vec<T> {
        self.rows.iter().map(|row| self.typed_row(row)).collect()
    }

    fn typed_row<T: DeserializeOwned>(&self, row: &[Value]) -> T {
        let object: Map<String, Value> = self.columns.iter().cloned().zip(row.iter().cloned()).collect();
        serde_json::from_value(Value::Object(object)).unwrap_or_else(|error| panic!("a recorded row: {error}"))
    }
}

/// A hexadecimal address as recorded.
///
/// # Panics
/// When it is not one.
#[must_use]
pub fn address(text: &str) -> u64 {
    let digits = text.trim_start_matches("0x");
    u64::from_str_radix(digits, 16).unwrap_or_else(|error| panic!("address {text}: {error}"))
}
