//! The kernel functions that make the tests: where they are and what they decide.

use crate::{Words, words};

/// A function of the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Its source file in Linux 6.12.
    pub file: &'static str,
    /// What it decides, in one line.
    pub decides: Words,
    /// The section of `docs/explain.md` that lists its tests.
    pub section: &'static str,
}

/// The function of a name.
#[must_use]
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

const FAIR: &str = "kernel/sched/fair.c";
const MEMORY: &str = "mm/memory.c";
const MIGRATE: &str = "mm/migrate.c";
const FORK: &str = "kernel/fork.c";
const EXEC: &str = "fs/exec.c";
const HUGE: &str = "mm/huge_memory.c";

const FAULT: &str = "the-hinting-fault";
const TEACHES: &str = "what-a-fault-teaches";
const SUMMING_UP: &str = "summing-up";
const MOVING: &str = "moving-a-task";
const OTHER_MOVES: &str = "other-moves";
const TICKS: &str = "ticks";
const SCANS: &str = "scans";
const ENTRIES: &str = "entries";
const ALLOCATION: &str = "memory";
const BIRTHS: &str = "births-and-ends";

const fn of(name: &'static str, file: &'static str, section: &'static str, decides: Words) -> Function {
    Function { name, file, decides, section }
}

/// Every function that a test names.
pub static FUNCTIONS: &[Function] = &[
    of(
        "numa_migrate_check",
        MEMORY,
        FAULT,
        words(
            "notes what kind of hinting fault it is: local, shared, good for a group",
            "判断提示缺页的种类：本地、共享、能否用于建组",
        ),
    ),
    of(
        "mpol_misplaced",
        "mm/mempolicy.c",
        FAULT,
        words("asks the memory policy whether the page is on the wrong node", "按内存策略判断页是否放错了节点"),
    ),
    of(
        "should_numa_migrate_memory",
        FAIR,
        FAULT,
        words("decides whether a page follows the task that touched it", "决定页是否跟随访问它的任务"),
    ),
    of(
        "migrate_misplaced_folio_prepare",
        MIGRATE,
        FAULT,
        words("checks that the page can be moved and that there is room", "检查页能否迁移、目标节点是否有空间"),
    ),
    of(
        "migrate_balanced_pgdat",
        MIGRATE,
        FAULT,
        words(
            "checks that a zone of the destination stays above its high watermark",
            "检查目标节点是否有内存区仍高于高水线",
        ),
    ),
    of(
        "migrate_misplaced_folio",
        MIGRATE,
        FAULT,
        words("takes a page on the destination and copies", "在目标节点分配页并复制"),
    ),
    of(
        "task_numa_fault",
        FAIR,
        TEACHES,
        words("counts the fault for the task and its group", "把这次缺页计入任务和它的组"),
    ),
    of(
        "task_numa_group",
        FAIR,
        TEACHES,
        words("has tasks that share pages found or join a group", "让共享页的任务建组或入组"),
    ),
    of(
        "numa_is_active_node",
        FAIR,
        TEACHES,
        words("tells whether a group uses a node much", "判断组是否经常使用某个节点"),
    ),
    of(
        "task_numa_placement",
        FAIR,
        SUMMING_UP,
        words("sums up a pass: the preferred node and how fast to scan on", "汇总一轮扫描：首选节点以及之后的扫描速度"),
    ),
    of(
        "numa_nearest_node",
        "mm/mempolicy.c",
        SUMMING_UP,
        words("replaces a node without CPUs by the nearest with some", "把没有 CPU 的节点换成最近的有 CPU 的节点"),
    ),
    of(
        "preferred_group_nid",
        FAIR,
        SUMMING_UP,
        words("picks the node around which a group gathers, by the topology", "按拓扑选出组应聚集的节点"),
    ),
    of(
        "update_task_scan_period",
        FAIR,
        SUMMING_UP,
        words(
            "makes scans rarer where they teach little, more frequent where pages are remote",
            "扫描收获少时放慢，页多在远端时加快",
        ),
    ),
    of(
        "numa_migrate_preferred",
        FAIR,
        MOVING,
        words("tries to move a task to its preferred node", "尝试把任务移到首选节点"),
    ),
    of(
        "task_numa_migrate",
        FAIR,
        MOVING,
        words("looks for the best CPU for a task on nodes with its memory", "在有任务内存的节点上寻找最合适的 CPU"),
    ),
    of(
        "numa_classify",
        FAIR,
        MOVING,
        words("tells whether a node has CPU time to spare", "判断节点是否有空余的 CPU 时间"),
    ),
    of("task_numa_find_cpu", FAIR, MOVING, words("looks at the CPUs of one node", "查看一个节点的各个 CPU")),
    of(
        "load_too_imbalanced",
        FAIR,
        MOVING,
        words("refuses moves that pull the loads apart", "拒绝会加剧负载不均的迁移"),
    ),
    of(
        "task_numa_compare",
        FAIR,
        MOVING,
        words(
            "weighs a move to a CPU, or an exchange with the task there",
            "衡量移到某个 CPU 或与那里的任务互换的收益",
        ),
    ),
    of(
        "select_task_rq",
        "kernel/sched/core.c",
        OTHER_MOVES,
        words("chooses the CPU on which a task wakes up", "选择任务唤醒时所在的 CPU"),
    ),
    of(
        "select_idle_sibling",
        FAIR,
        OTHER_MOVES,
        words("looks for an idle CPU near the one where the task slept", "在任务睡眠前的 CPU 附近寻找空闲 CPU"),
    ),
    of(
        "affine_move_task",
        "kernel/sched/core.c",
        OTHER_MOVES,
        words("moves a task off a CPU that it may not use any more", "把任务从不再允许使用的 CPU 上移走"),
    ),
    of(
        "cpumask_any_and_distribute",
        "lib/cpumask.c",
        OTHER_MOVES,
        words("picks allowed CPUs in turn, so that tasks spread", "轮流选择允许的 CPU，使任务分散"),
    ),
    of(
        "detach_tasks",
        FAIR,
        OTHER_MOVES,
        words(
            "takes waiting tasks off a busy CPU until the imbalance is made up for",
            "从繁忙的 CPU 取走等待的任务，直到补足不均衡",
        ),
    ),
    of(
        "can_migrate_task",
        FAIR,
        OTHER_MOVES,
        words("tells whether the load balancer may take a task", "判断负载均衡能否移走任务"),
    ),
    of(
        "migrate_degrades_locality",
        FAIR,
        OTHER_MOVES,
        words("tells whether a task would get further from its memory", "判断任务是否会离内存更远"),
    ),
    of(
        "task_hot",
        FAIR,
        OTHER_MOVES,
        words("tells whether a task ran so lately that its cache is warm", "判断任务是否刚运行过、缓存尚热"),
    ),
    of(
        "need_active_balance",
        FAIR,
        OTHER_MOVES,
        words("tells whether a CPU must be interrupted to give a task away", "判断是否必须打断 CPU 以让出任务"),
    ),
    of(
        "update_scan_period",
        FAIR,
        OTHER_MOVES,
        words("has a task that leaves its node scan fast again", "让离开节点的任务重新快速扫描"),
    ),
    of(
        "task_tick_numa",
        FAIR,
        TICKS,
        words("queues a scan once a period of CPU time is used up", "用完一个周期的 CPU 时间后让扫描排队"),
    ),
    of(
        "task_numa_work",
        FAIR,
        SCANS,
        words("scans the next part of the address space, mapping by mapping", "逐个映射扫描地址空间的下一部分"),
    ),
    of(
        "vma_is_accessed",
        FAIR,
        SCANS,
        words("passes over mappings in which the thread did not fault lately", "跳过线程近来没有缺页的映射"),
    ),
    of(
        "change_pte_range",
        "mm/mprotect.c",
        ENTRIES,
        words("turns entries of a page table into hint entries", "把页表中的表项变为提示项"),
    ),
    of(
        "change_huge_pmd",
        HUGE,
        ENTRIES,
        words("turns the entry of a huge page into a hint entry", "把大页的表项变为提示项"),
    ),
    of("handle_pte_fault", MEMORY, ALLOCATION, words("tells which kind of page fault it is", "判断是哪一种缺页")),
    of(
        "do_fault",
        MEMORY,
        ALLOCATION,
        words("serves faults of files and shared memory", "处理文件映射和共享内存的缺页"),
    ),
    of("do_huge_pmd_anonymous_page", HUGE, ALLOCATION, words("tries a huge page first", "先尝试大页")),
    of(
        "get_page_from_freelist",
        "mm/page_alloc.c",
        ALLOCATION,
        words(
            "takes a page from the first allowed zone that is above its watermark",
            "从第一个允许且高于水位线的内存区取页",
        ),
    ),
    of("do_wp_page", MEMORY, ALLOCATION, words("serves a write to a read-only entry", "处理对只读页表项的写入")),
    of(
        "copy_process",
        FORK,
        BIRTHS,
        words("makes a new task of its creator: what it inherits", "由创建者复制出新任务：决定继承什么"),
    ),
    of(
        "init_numa_balancing",
        FAIR,
        BIRTHS,
        words("sets what the balancing knows of a new task", "初始化新任务的 NUMA 平衡状态"),
    ),
    of(
        "sched_balance_find_dst_group",
        FAIR,
        BIRTHS,
        words("chooses the group of CPUs where a new task starts", "为新任务选择起始的 CPU 组"),
    ),
    of("sched_balance_find_dst_group_cpu", FAIR, BIRTHS, words("chooses the CPU of that group", "在该组中选择 CPU")),
    of(
        "de_thread",
        EXEC,
        BIRTHS,
        words("ends all other threads before execve goes on", "在 execve 继续之前结束其他所有线程"),
    ),
    of(
        "mmput",
        FORK,
        BIRTHS,
        words(
            "gives an address space back, with the last user its memory",
            "归还地址空间；最后一个使用者归还时释放内存",
        ),
    ),
    of(
        "task_numa_free",
        FAIR,
        BIRTHS,
        words("takes a task's faults out of its group and forgets them", "从组中减去任务的缺页计数并清除记录"),
    ),
];
