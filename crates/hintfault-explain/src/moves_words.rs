//! When a task changed nodes: the words of that list.

use hintfault::event::MoveCause;

use crate::{Words, words};

/// The parts of the list by the names that the page gives them.
pub static MOVES: &[(&str, Words)] = &[
    ("title", words("When did this task change nodes, and why?", "这个任务什么时候换过节点，为什么换？")),
    ("changes", words("Changes of node so far, the newest first: {0}", "至今共换过 {0} 次节点，最近的在最前")),
    ("none", words("It has not changed nodes since the run began.", "从运行开始至今没有换过节点。")),
    ("earlier", words("{0} earlier ones are not listed.", "更早的 {0} 次未列出。")),
    ("between", words("node {0} → node {1}", "节点 {0} → 节点 {1}")),
];

/// Who moved a task, in short.
#[must_use]
pub const fn words_of_cause(cause: MoveCause) -> Words {
    match cause {
        MoveCause::Affinity => {
            words("action: sched_setaffinity() forbade its CPU", "操作：sched_setaffinity() 不再允许它用原来的 CPU")
        }
        MoveCause::NumaMove => words(
            "NUMA balancing: task_numa_migrate() to an idle CPU near its memory",
            "NUMA 平衡：task_numa_migrate() 把它移到离内存更近的空闲 CPU",
        ),
        MoveCause::NumaSwap => words(
            "NUMA balancing: task_numa_migrate() swapped it with another task",
            "NUMA 平衡：task_numa_migrate() 让它与另一个任务互换",
        ),
        MoveCause::LoadBalance => words("load balancer: its CPU had too much to do", "负载均衡：原来的 CPU 上任务过多"),
        MoveCause::Wakeup => words("wake-up: it woke on another CPU than it slept on", "唤醒：醒来时换到了别的 CPU"),
    }
}

/// Everybody who moves tasks.
pub const CAUSES: [MoveCause; 5] =
    [MoveCause::Affinity, MoveCause::NumaMove, MoveCause::NumaSwap, MoveCause::LoadBalance, MoveCause::Wakeup];
