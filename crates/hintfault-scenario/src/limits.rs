//! How large an input may be. Everything is checked against these before memory is taken, so
//! that no document, link or pasted text can exhaust a browser tab.

/// Longest text of a document, of `numactl` output, and of an inflated link: 1 MiB. A document
/// with every list at its limit is smaller than that.
pub const MAX_TEXT_BYTES: usize = 1 << 20;
/// Longest fragment of a link. Deflate makes a document's text several times shorter, and
/// browsers and chat programs cut longer addresses.
pub const MAX_FRAGMENT_BYTES: usize = 1 << 19;
/// Longest command line of numactl: longer than any that says something about 64 nodes and 1024 CPUs.
pub const MAX_COMMAND_BYTES: usize = 1 << 13;
/// Longest text of a memory policy.
pub const MAX_POLICY_BYTES: usize = 1 << 9;
/// Deepest nesting of lists and tables; the schema itself needs eight.
pub const MAX_DEPTH: usize = 16;
/// Fields of one table; the schema's largest has a dozen.
pub const MAX_FIELDS: usize = 64;
/// Errors that are listed one by one.
pub const MAX_REPORTED_ERRORS: usize = 1000;

/// Pages of all regions together: 2^25 are 128 GiB of 4 KiB pages, which takes the engine
/// about 256 MiB of a browser's memory.
pub const MAX_TOTAL_PAGES: u64 = 1 << 25;
/// Nodes, and one more than the highest node number: what the engine's counters hold.
pub const MAX_NODES: usize = 64;
/// CPUs, and one more than the highest CPU number: beyond the largest machines that are sold.
pub const MAX_CPUS: usize = 1024;
/// Processes.
pub const MAX_PROCESSES: usize = 256;
/// Threads of all processes together.
pub const MAX_THREADS: usize = 4096;
/// Regions of all processes together.
pub const MAX_REGIONS: usize = 4096;
/// Steps of one program.
pub const MAX_STEPS: usize = 1024;
/// Steps of all threads together, since `count` multiplies programs.
pub const MAX_TOTAL_STEPS: usize = 1 << 16;
/// Barriers of all programs.
pub const MAX_BARRIERS: usize = 256;
/// Entries of `populate` of one region.
pub const MAX_POPULATES: usize = 1024;
/// Actions.
pub const MAX_ACTIONS: usize = 4096;
/// Characters in the name of a process, thread or region.
pub const MAX_NAME_CHARS: usize = 64;
/// Characters in a title, in one language.
pub const MAX_TITLE_CHARS: usize = 200;
/// Characters in a summary, in one language.
pub const MAX_SUMMARY_CHARS: usize = 2000;
/// Characters in the selection that a link carries.
pub const MAX_SELECTION_CHARS: usize = 256;

/// Memory of one node in bytes: 1 TiB.
pub const MAX_NODE_BYTES: u64 = 1 << 40;
/// Least memory of the whole machine in bytes. Below it the kernel's minimum watermark is more
/// than `1 / MEMORY_RESERVE` of the memory.
pub const MIN_MACHINE_BYTES: u64 = 4 << 20;
/// This fraction of the machine's memory stays free of the workload. The kernel lets nobody go
/// below the minimum watermark, at most a twentieth of all memory. The engine has nothing to
/// reclaim, so a workload that needs more could only end in being killed.
pub const MEMORY_RESERVE: u64 = 16;

/// Highest single cost: a second.
pub const MAX_COST_NS: u64 = 1_000_000_000;
/// Highest `local_access_ns`: a tenth of a second. At the longest distance, 254, that is 2.5 s,
/// which still fits the 32 bits that the engine has for it.
pub const MAX_ACCESS_NS: u64 = 100_000_000;
/// Least time of one visit of a page (`local_access_ns` + `compute_ns`): time must advance, and
/// a tick must not take millions of visits. No memory answers faster.
pub const MIN_VISIT_NS: u64 = 10;
/// Shortest computation or sleep: a microsecond, less than a context switch takes.
pub const MIN_DURATION_NS: u64 = 1_000;
/// Longest duration and latest moment: a day.
pub const MAX_DURATION_MS: u64 = 86_400_000;
/// Latest tick: a day at 1000 Hz.
pub const MAX_TICK: u64 = 86_400_000;
/// Longest uptime and CPU time used before the start: ten years.
pub const MAX_UPTIME_MS: u64 = 315_360_000_000;
/// Largest `scan_size_mb`: 1 TiB, beyond which the kernel's own arithmetic loses bits.
pub const MAX_SCAN_SIZE_MB: u64 = 1 << 20;
/// Largest whole number that JavaScript keeps exactly, so that a document survives a page that
/// reads it: 2^53 - 1.
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
/// Highest process or thread id (`PID_MAX_LIMIT` on 64-bit kernels).
pub const MAX_PID: u64 = 1 << 22;
/// Lowest address that can be mapped (`vm.mmap_min_addr`, as distributions set it).
pub const MIN_ADDRESS: u64 = 1 << 16;
/// End of user space (`TASK_SIZE_MAX` with four levels of page tables): one page below 2^47.
pub const END_ADDRESS: u64 = (1 << 47) - 4096;
