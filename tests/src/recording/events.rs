//! Tables of recorded events.

use serde::Deserialize;

use super::table::{buckets, first_rows, hex, row, rows};

/// Length of the intervals over which frequent events are summed.
pub const BUCKET_MS: u32 = 50;

/// What happened in a run. Times are ms since the workload was started; threads are named
/// `process.thread`, and `m` and the process where it is a main thread that only waits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// Calls of `task_numa_work`, in order of their return.
    #[serde(deserialize_with = "rows")]
    pub scan: Vec<ScanRow>,
    /// Calls of `change_prot_numa`, in order of their return.
    #[serde(deserialize_with = "rows")]
    pub prot: Vec<ProtRow>,
    /// The first VMAs that were passed over, and how many there were in all.
    #[serde(deserialize_with = "first_rows")]
    pub skip: (Vec<SkipRow>, u64),
    /// All of them, counted.
    #[serde(deserialize_with = "rows")]
    pub skip_folded: Vec<SkipFoldedRow>,
    /// `task_numa_fault`, summed.
    #[serde(deserialize_with = "buckets")]
    pub faults: Vec<FaultRow>,
    /// The first of them, one by one.
    #[serde(deserialize_with = "rows")]
    pub first_faults: Vec<FirstFaultRow>,
    /// Addresses of hinting faults, where they were recorded.
    #[serde(default, deserialize_with = "rows")]
    pub fault_addr: Vec<FaultAddrRow>,
    /// `should_numa_migrate_memory`, summed.
    #[serde(deserialize_with = "buckets")]
    pub should_migrate: Vec<ShouldMigrateRow>,
    /// `mm_migrate_pages`, summed.
    #[serde(deserialize_with = "buckets")]
    pub migrate_pages: Vec<MigratePagesRow>,
    /// Calls that set the preferred node.
    #[serde(deserialize_with = "rows")]
    pub set_preferred: Vec<SetPreferredRow>,
    /// `sched_move_numa`.
    #[serde(rename = "move", deserialize_with = "rows")]
    pub moves: Vec<MoveRow>,
    /// `sched_swap_numa`.
    #[serde(deserialize_with = "rows")]
    pub swap: Vec<PartnerRow>,
    /// `sched_stick_numa`.
    #[serde(deserialize_with = "rows")]
    pub stick: Vec<PartnerRow>,
    /// Every move between CPUs.
    #[serde(deserialize_with = "rows")]
    pub cpu_migrate: Vec<CpuMigrateRow>,
}

row! {
    /// One call of `task_numa_work`, with the state before and after.
    ScanRow {
        /// When it began.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// Where it ran.
        cpu: u16,
        /// `numa_scan_period` before.
        scan_period_ms: u32,
        /// `numa_scan_period_max` before.
        scan_period_max_ms: u32,
        /// `numa_scan_seq` of the task.
        task_scan_seq: i32,
        /// `numa_scan_seq` of the address space before.
        mm_scan_seq: i32,
        /// `numa_scan_offset` before.
        #[serde(deserialize_with = "hex")]
        scan_offset: u64,
        /// Low half of `numa_next_scan` before.
        next_scan_jiffies_lo32: u32,
        /// `node_stamp` before, in ms of runtime.
        node_stamp_ms: f64,
        /// `sum_exec_runtime` before.
        runtime_ms: f64,
        /// The preferred node; -1 is none.
        preferred_nid: i32,
        /// `total_numa_faults`.
        total_numa_faults: u64,
        /// `numa_faults_locality`.
        faults_locality_remote_local_failed: [u64; 3],
        /// From its entry to its return.
        cost_ms: f64,
        /// `numa_scan_period` after.
        after_scan_period_ms: u32,
        /// `numa_scan_seq` of the address space after.
        after_mm_scan_seq: i32,
        /// `numa_scan_offset` after.
        #[serde(deserialize_with = "hex")]
        after_scan_offset: u64,
        /// Low half of `numa_next_scan` after.
        after_next_scan_jiffies_lo32: u32,
        /// `node_stamp` after, in ms of runtime.
        after_node_stamp_ms: f64,
        /// `sum_exec_runtime` after.
        after_runtime_ms: f64,
    }
}

row! {
    /// One call of `change_prot_numa`.
    ProtRow {
        /// When it was done.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// First address.
        #[serde(deserialize_with = "hex")]
        start: u64,
        /// Pages of the window.
        pages: u64,
        /// Entries that became hint entries, 512 for a huge page.
        nr_updated: u32,
    }
}

row! {
    /// One `sched_skip_vma_numa`.
    SkipRow {
        /// When.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// First address of the VMA.
        #[serde(deserialize_with = "hex")]
        vma_start: u64,
        /// Its length.
        pages: u64,
        /// The reason as the tracepoint prints it.
        reason: String,
    }
}

row! {
    /// All `sched_skip_vma_numa` of a kind.
    SkipFoldedRow {
        /// The thread.
        thread: String,
        /// First address of the VMA.
        #[serde(deserialize_with = "hex")]
        vma_start: u64,
        /// Its length.
        pages: u64,
        /// The reason as the tracepoint prints it.
        reason: String,
        /// The first of them.
        first_ms: f64,
        /// The last of them.
        last_ms: f64,
        /// How many.
        count: u64,
    }
}

row! {
    /// Calls of `task_numa_fault`, summed.
    FaultRow {
        /// Beginning of the interval.
        t_ms: i64,
        /// The thread.
        thread: String,
        /// Node of its CPU.
        cpu_node: u8,
        /// Node of the page after the fault.
        page_node_after: u8,
        /// 1 where the last recorded fault was the task's own, or there was none.
        private: u8,
        /// `TNF_*`.
        flags: u8,
        /// How many.
        faults: u64,
        /// Pages in them.
        pages: u64,
    }
}

row! {
    /// One call of `task_numa_fault`.
    FirstFaultRow {
        /// When.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// Its CPU.
        cpu: u16,
        /// Node of the page after the fault.
        node: u8,
        /// Pages in it.
        pages: u64,
        /// `TNF_*`.
        flags: u8,
        /// `last_cpupid` before the fault; -1 or 0x1FFFFF is unset.
        last_cpupid: i32,
    }
}

row! {
    /// One hinting fault.
    FaultAddrRow {
        /// When.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// The page.
        #[serde(deserialize_with = "hex")]
        page_addr: u64,
    }
}

row! {
    /// Results of `should_numa_migrate_memory`, summed.
    ShouldMigrateRow {
        /// Beginning of the interval.
        t_ms: i64,
        /// The thread.
        thread: String,
        /// Node of the page.
        page_node: u8,
        /// Node of the CPU.
        cpu_node: u8,
        /// How often the answer was no.
        refused: u64,
        /// How often it was yes.
        allowed: u64,
    }
}

row! {
    /// `mm_migrate_pages`, summed.
    MigratePagesRow {
        /// Beginning of the interval.
        t_ms: i64,
        /// The thread.
        thread: String,
        /// 0 compaction, 3 system call, 4 `mbind`, 5 NUMA misplaced, 8 demotion.
        reason: u8,
        /// `MIGRATE_*`.
        mode: u8,
        /// How many.
        calls: u64,
        /// Base pages moved.
        succeeded: u64,
        /// Base pages not moved.
        failed: u64,
        /// Huge pages moved.
        thp_succeeded: u64,
        /// Huge pages not moved.
        thp_failed: u64,
    }
}

row! {
    /// A call that sets the preferred node.
    SetPreferredRow {
        /// When.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// The node; -1 is none.
        nid: i32,
    }
}

row! {
    /// An attempt to move a task (`sched_move_numa`).
    MoveRow {
        /// When.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// From this CPU.
        src_cpu: u16,
        /// Its node.
        src_nid: u8,
        /// To this CPU.
        dst_cpu: u16,
        /// Its node.
        dst_nid: u8,
    }
}

row! {
    /// An attempt to swap tasks, or that nothing was found.
    PartnerRow {
        /// When.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// Its CPU.
        src_cpu: u16,
        /// Its node.
        src_nid: u8,
        /// The other task.
        dst_thread: Option<Partner>,
        /// The other CPU; -1 is none.
        dst_cpu: i32,
        /// Its node; -1 is none.
        dst_nid: i32,
    }
}

row! {
    /// A task came to another CPU.
    CpuMigrateRow {
        /// When.
        t_ms: f64,
        /// The thread.
        thread: String,
        /// From here.
        from_cpu: u16,
        /// To there.
        to_cpu: u16,
    }
}

/// The other task of a swap.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum Partner {
    /// A thread of the workload.
    Thread(String),
    /// Another task, by its id.
    Outside(u32),
}

impl Events {
    /// Calls of `task_numa_work` in order of their beginning.
    #[must_use]
    pub fn scans(&self) -> Vec<&ScanRow> {
        let mut scans: Vec<&ScanRow> = self.scan.iter().collect();
        scans.sort_by(|a, b| a.t_ms.total_cmp(&b.t_ms));
        scans
    }
}

/// A hexadecimal address in the kernel's own text.
///
/// # Panics
/// When it is not one.
#[must_use]
pub fn address(text: &str) -> u64 {
    let digits = text.trim_start_matches("0x");
    u64::from_str_radix(digits, 16).unwrap_or_else(|error| panic!("address {text}: {error}"))
}
