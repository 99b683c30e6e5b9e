//! What the tests ask by which tasks come to other CPUs.

use hintfault::explain::Test;

use crate::{Words, words};

/// In the order of [`Test::ALL`].
pub(crate) static MOVING: &[(Test, Words)] = &[
    // Moving a task.
    (Test::HasPreferred, words("preferred node {0}: is there one?", "任务有首选节点（{0}）吗？")),
    (
        Test::OnPreferred,
        words("task on node {0}, preferred node {1}: there already?", "任务所在的节点 {0} 就是首选节点（{1}）吗？"),
    ),
    (Test::NumaDomain, words("is the CPU in a scheduling domain that spans nodes?", "该 CPU 处于跨节点的调度域中吗？")),
    (
        Test::TaskGains,
        words(
            "node {2} is worth {0} thousandths more to the task: no loss?",
            "节点 {2} 对任务的收益为千分之 {0}，没有损失吗？",
        ),
    ),
    (
        Test::GroupGains,
        words(
            "node {2} is worth {0} thousandths more to the group: no loss?",
            "节点 {2} 对组的收益为千分之 {0}，没有损失吗？",
        ),
    ),
    (Test::FoundPlace, words("best CPU so far {0}: found one?", "找到更合适的 CPU（{0}）了吗？")),
    (
        Test::GroupOnMoreNodes,
        words("{0} active nodes of the group: look at other nodes too?", "组的活动节点数为 {0}，还要看其他节点吗？"),
    ),
    (
        Test::NodeHasSpare,
        words(
            "node {1}, {2} tasks on {3} CPUs: time to spare?",
            "节点 {1} 在 {3} 个 CPU 上有 {2} 个任务，还有余力吗？",
        ),
    ),
    (
        Test::RoomForOneMore,
        words(
            "{1} tasks there, {2} here: is one more there no imbalance?",
            "目标节点 {1} 个任务，源节点 {2} 个，再多一个仍不算失衡吗？",
        ),
    ),
    (Test::IdleCpuFound, words("idle CPU {0}: found one?", "找到空闲的 CPU（{0}）了吗？")),
    (
        Test::LoadTooImbalanced,
        words(
            "load {1} here and {2} there, the task brings {3}: further apart than before?",
            "源、目标 CPU 的负载为 {1}、{2}，移动负载为 {3} 的任务后会更不均衡吗？",
        ),
    ),
    (
        Test::CpuIsBest,
        words(
            "CPU {1}, thread there {2}, worth {3}: the best so far?",
            "CPU {1}（正在运行的线程：{2}）的收益为 {3}，是目前最好的吗？",
        ),
    ),
    // Other moves.
    (Test::OneCpuAllowed, words("{0} CPUs allowed: only {1}?", "任务只允许用 {1} 个 CPU（现为 {0} 个）吗？")),
    (
        Test::PrevCpuFree,
        words(
            "CPU {2}, where it slept: idle ({0}) and allowed ({1})?",
            "任务睡前所在的 CPU {2} 空闲（{0}）且允许使用（{1}）吗？",
        ),
    ),
    (
        Test::IdleCoreNear,
        words("idle core in the same cache, CPU {0}: found one?", "在同一缓存中找到空闲核心（CPU {0}）了吗？"),
    ),
    (Test::IdleCpuNear, words("idle CPU in the same cache {0}: found one?", "在同一缓存中找到空闲 CPU（{0}）了吗？")),
    (Test::FoundCpuAllowed, words("may the task use CPU {1}?", "任务可以使用 CPU {1} 吗？")),
    (Test::CpuStillAllowed, words("may the task still use CPU {1}?", "任务还可以使用 CPU {1} 吗？")),
    (
        Test::NextInTurn,
        words(
            "allowed CPU {0}, the last task was put on CPU {1}: the next in turn, without starting over?",
            "在允许的 CPU 中轮到 CPU {0}（上次选的是 CPU {1}），是否没有从头开始？",
        ),
    ),
    (Test::QueueHasMore, words("{0} tasks on CPU {2}: more than {1}?", "CPU {2} 上有 {0} 个任务，多于 {1} 个吗？")),
    (Test::ImbalanceLeft, words("imbalance left {0}: any?", "还有未消除的不均衡量（{0}）吗？")),
    (Test::DstAllowed, words("may the task use CPU {1}, which balances?", "任务可以使用发起均衡的 CPU {1} 吗？")),
    (Test::TaskRuns, words("does the task run at the moment?", "任务此刻正在运行吗？")),
    (
        Test::LosesLocality,
        words(
            "from node {1} to node {2}, preferred node {3}: further from its memory?",
            "从节点 {1} 到节点 {2} 会离任务的内存更远（首选节点：{3}）吗？",
        ),
    ),
    (
        Test::CacheHot,
        words(
            "began to run at {1}, now {2}: so lately that the cache is warm?",
            "上次开始运行于 {1}，现在 {2}，刚运行不久，缓存还是热的吗？",
        ),
    ),
    (
        Test::FailedOften,
        words(
            "{0} failed rounds, {1} are borne: taken all the same?",
            "均衡已失败 {0} 轮（可容忍 {1} 轮），仍然要移走任务吗？",
        ),
    ),
    (
        Test::ShareFits,
        words(
            "imbalance left {0}, the task's share {1} of {2}: does it fit?",
            "剩余的不均衡量 {0}，任务的份额按 {1} 计（原为 {2}），合适吗？",
        ),
    ),
    (
        Test::FailedTooOften,
        words(
            "{0} failed rounds, {1} are borne: is a task pushed away?",
            "均衡已失败 {0} 轮（可容忍 {1} 轮），要推走任务吗？",
        ),
    ),
    (
        Test::HasRecords,
        words("balancing on ({0}), records of faults ({1})?", "平衡已开启（{0}）且有缺页记录（{1}）吗？"),
    ),
    (
        Test::NodeChanges,
        words("from node {0} to node {1}: another node?", "这次移动（从节点 {0} 到节点 {1}）换了节点吗？"),
    ),
    (Test::HasSummedUp, words("pass {0} summed up last: any yet?", "任务汇总过某一轮（最近是第 {0} 轮）吗？")),
    (Test::ComesHome, words("to node {0}, preferred node {1}: the same?", "目标节点 {0} 就是首选节点（{1}）吗？")),
    (
        Test::WasAway,
        words(
            "preferred node {2}, away from it on node {3} already (none means no)?",
            "任务此前就不在首选节点（{2}）而在节点 {3} 上吗（没有首选节点则为否）？",
        ),
    ),
];
