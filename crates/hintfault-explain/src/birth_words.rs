//! What is asked when tasks come to be, become others and end.

use hintfault::explain::Test;

use crate::{Words, words};

/// In the order of [`Test::ALL`].
pub(crate) static BIRTHS: &[(Test, Words)] = &[
    (
        Test::PolicyInherited,
        words(
            "creator has a memory policy ({0}), the new task none of its own ({1}): inherited?",
            "创建者有内存策略（{0}），新任务没有自己的策略（{1}），因而继承吗？",
        ),
    ),
    (
        Test::OnlyUser,
        words(
            "{0} users of the creator's address space, its next scan at jiffies {2}: only {1}, so that its passes begin anew?",
            "创建者的地址空间有 {0} 个使用者，下次扫描在 jiffies {2}，只有 {1} 个、从而重新开始扫描轮次吗？",
        ),
    ),
    (
        Test::SharesMemory,
        words(
            "preferred node {1}, first scan at the earliest after {2} of CPU time: does it share its creator's address space (CLONE_VM)?",
            "新任务与创建者共享地址空间（CLONE_VM）吗（首选节点 {1}，最早用过 {2} CPU 时间后首次扫描）？",
        ),
    ),
    (
        Test::StaggerCut,
        words(
            "head start {0} (period times users in ns), at most {1} (longest period in ms): cut, node_stamp {2}?",
            "错开量 {0}（周期乘使用者数，纳秒），上限 {1}（最长周期，毫秒），被截短、node_stamp 为 {2} 吗？",
        ),
    ),
    (
        Test::OwnGroupFuller,
        words(
            "fullness of the creator's group of CPUs {0}, of the idlest other group {1}: is its own the fuller one?",
            "创建者所在 CPU 组的繁忙级别为 {0}，其他组中最空闲的为 {1}，自己的组更繁忙吗？",
        ),
    ),
    (
        Test::PrefersHere,
        words(
            "preferred node {0}, the creator's group is on node {1}: the same, so that it stays?",
            "创建者所在的 CPU 组在节点 {1}，正是首选节点（{0}）而应留下吗？",
        ),
    ),
    (
        Test::PrefersThere,
        words(
            "preferred node {0}, the other group is on node {1}: the same, so that it goes there?",
            "另一个 CPU 组在节点 {1}，正是首选节点（{0}）而应前往吗？",
        ),
    ),
    (
        Test::NodesNearlyEven,
        words(
            "{2} idle CPUs more or less on the other node, of which {0} count: nearly even, so that it stays?",
            "两节点的空闲 CPU 相差 {2} 个，其中计入 {0} 个，差别很小、因而留下吗？",
        ),
    ),
    (
        Test::MoreIdleThere,
        words(
            "{0} idle CPUs in the other group, {1} in the creator's: more there?",
            "另一组有 {0} 个空闲 CPU，创建者所在的组有 {1} 个，那里更多吗？",
        ),
    ),
    (
        Test::LessLoadThere,
        words(
            "load {1} in the creator's group, {2} in the other: clearly less there?",
            "创建者所在的组负载 {1}，另一组 {2}，那里明显更低吗？",
        ),
    ),
    (
        Test::IdleCpuInGroup,
        words(
            "idle CPU of the group {0}: found one, or else the least loaded?",
            "在组内找到空闲 CPU（{0}）了吗（否则取负载最低的）？",
        ),
    ),
    (
        Test::OtherThreads,
        words("{0} other threads of the process: any to end first?", "进程还有其他线程（{0} 个）要先结束吗？"),
    ),
    (
        Test::LastUser,
        words(
            "{0} threads left with the address space: none, so that its memory is freed?",
            "不再有线程使用该地址空间（剩 {0} 个），因而释放其内存吗？",
        ),
    ),
    (Test::FaultRecords, words("does the task have records of faults?", "任务有缺页记录吗？")),
    (
        Test::LeavesGroup,
        words(
            "group {0}: in one, which loses the task's {2} faults, keeps {3} and has {4} tasks left?",
            "任务属于某个组（{0}；组减去它的 {2} 次缺页，保留 {3} 次，剩 {4} 个任务）吗？",
        ),
    ),
    (
        Test::FreedForGood,
        words(
            "are the records freed for good (or only set to 0, since the task goes on with its preferred node and scan period)?",
            "记录被彻底释放吗（任务继续运行时只清零，首选节点和扫描周期保留）？",
        ),
    ),
];
