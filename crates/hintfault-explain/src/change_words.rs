//! What could change how a chain ends.

use hintfault::explain::Change;

use crate::{Words, words};

/// What a change is, with places for its figures.
#[must_use]
pub const fn words_of_change(change: Change) -> Words {
    match change {
        Change::FaultFromElsewhere => {
            words("a thread off node {0} faults on the page", "节点 {0} 之外的线程在该页缺页")
        }
        Change::PolicyWithBalancing => POLICY_WITH_BALANCING,
        Change::RunsOn => words("the task runs on one of the nodes {0}", "任务运行在节点 {0} 之一"),
        Change::SecondFault => {
            words("the next recorded fault comes from node {0} again", "下一次有记录的缺页仍来自节点 {0}")
        }
        Change::GroupShifts => words(
            "the group uses node {0} more, or has less memory there than on {1}",
            "组更多使用节点 {0}，或在那里的内存比节点 {1} 更少",
        ),
        Change::PagesFreed => words("{1} pages become free on node {0}", "节点 {0} 上再空出 {1} 页"),
        Change::FilePageMovable => words(
            "the page is written back (fsync), or only one process maps it",
            "页被写回（fsync），或只剩一个进程映射它",
        ),
        Change::MoreRuntime => MORE_RUNTIME,
        Change::ClockReaches => CLOCK_REACHES,
        Change::NextPass => {
            words("pass {0} of the process begins (mm->numa_scan_seq)", "进程开始第 {0} 轮扫描（mm->numa_scan_seq）")
        }
        Change::MappingChanges => MAPPING_CHANGES,
        Change::MappingMigratable => MAPPING_MIGRATABLE,
        Change::MappingWritable => MAPPING_WRITABLE,
        Change::MappingAccessible => MAPPING_ACCESSIBLE,
        Change::ThreadFaults => words(
            "thread {0} faults in the mapping, or the process comes to pass {1}",
            "线程 {0} 在该映射中缺页，或进程到达第 {1} 轮",
        ),
        Change::RunsElsewhere => words(
            "the thread scans from another node than {0}, or the address space gets a second thread (mm_users > 1)",
            "线程在节点 {0} 之外扫描，或地址空间有了第二个线程（mm_users > 1）",
        ),
        Change::PageTouched => words("a thread touches the page", "有线程访问该页"),
        Change::BalancingTurnedOn => {
            words("kernel.numa_balancing is set to 1 (sysctl)", "用 sysctl 把 kernel.numa_balancing 设为 1")
        }
        Change::FaultAfter => words(
            "a hinting fault after jiffies {0} (numa_migrate_retry)",
            "在 jiffies {0}（numa_migrate_retry）之后发生提示缺页",
        ),
        Change::FaultInNewPass => {
            words("a hinting fault of the task after pass {0} is complete", "第 {0} 轮完成后，任务再发生提示缺页")
        }
        Change::PlaceGetsFree => words(
            "a CPU of node {0} becomes idle, or a task there gains by an exchange",
            "节点 {0} 有 CPU 空闲，或那里的任务能从互换中获益",
        ),
        Change::CpuIdleThen => words("CPU {0} is idle when the task wakes up", "任务唤醒时 CPU {0} 空闲"),
        Change::AffinityForbids => AFFINITY_FORBIDS,
        Change::AffinityAllows => AFFINITY_ALLOWS,
        Change::LargerGroup => words(
            "it shares a page with a task of a group of more than {0} tasks",
            "它与一个超过 {0} 个任务的组中的任务共享页",
        ),
        Change::OtherScansFirst => words(
            "another thread of the process scans first, so that numa_next_scan lies ahead",
            "同进程的另一线程先扫描，使 numa_next_scan 落在将来",
        ),
        Change::PageShared => words(
            "another process still shares the page when it is written: the write copies it",
            "写入时仍有别的进程共享该页：写入会复制该页",
        ),
        Change::ScanGoesOn => words("the next scan goes on at {0}", "下次扫描从 {0} 继续"),
    }
}

// What somebody can set: flags, calls and knobs by their names.

const POLICY_WITH_BALANCING: Words = words(
    "the policy gets MPOL_F_NUMA_BALANCING (numactl --balancing --membind=...; only bind and prefer (many) take it), or the policy goes (MPOL_DEFAULT)",
    "给策略加上 MPOL_F_NUMA_BALANCING（numactl --balancing --membind=...，仅 bind 和 prefer (many) 支持），或撤销策略（MPOL_DEFAULT）",
);

const MAPPING_CHANGES: Words = words(
    "the mapping gets a policy without MPOL_F_NUMA_BALANCING (mbind, or numactl --membind without --balancing)",
    "映射得到不带 MPOL_F_NUMA_BALANCING 的策略（mbind，或 numactl --membind 而不加 --balancing）",
);

const MAPPING_MIGRATABLE: Words = words(
    "the memory is mapped anew without VM_IO, VM_PFNMAP, VM_HUGETLB and VM_MIXEDMAP (no device memory, no hugetlbfs)",
    "重新映射为不带 VM_IO、VM_PFNMAP、VM_HUGETLB、VM_MIXEDMAP 的内存（不用设备内存和 hugetlbfs）",
);

const MAPPING_WRITABLE: Words = words(
    "mprotect() makes the file mapping writable (PROT_WRITE, VM_WRITE)",
    "用 mprotect() 让该文件映射可写（PROT_WRITE，即 VM_WRITE）",
);

const MAPPING_ACCESSIBLE: Words = words(
    "mprotect() gives the mapping PROT_READ, PROT_WRITE or PROT_EXEC",
    "用 mprotect() 给该映射加上 PROT_READ、PROT_WRITE 或 PROT_EXEC",
);

const AFFINITY_FORBIDS: Words = words(
    "sched_setaffinity() keeps the task off CPU {0} (taskset)",
    "用 sched_setaffinity()（taskset）禁止任务使用 CPU {0}",
);

const AFFINITY_ALLOWS: Words = words(
    "sched_setaffinity() allows CPU {0} again (taskset)",
    "用 sched_setaffinity()（taskset）重新允许任务使用 CPU {0}",
);

const MORE_RUNTIME: Words = words(
    "the thread uses {0} more CPU time (the rest of its numa_scan_period; debugfs sched/numa_balancing/scan_period_min_ms and scan_period_max_ms bound it)",
    "线程再用 {0} CPU 时间（numa_scan_period 的剩余部分；上下限是 debugfs 的 sched/numa_balancing/scan_period_min_ms 和 scan_period_max_ms）",
);

const CLOCK_REACHES: Words = words(
    "the clock (jiffies) reaches {0}; shorter waits: scan_delay_ms for new memory, scan_period_min_ms for the next scan (debugfs sched/numa_balancing)",
    "时钟（jiffies）到达 {0}；要缩短等待，新内存看 scan_delay_ms，下次扫描看 scan_period_min_ms（debugfs 的 sched/numa_balancing）",
);
