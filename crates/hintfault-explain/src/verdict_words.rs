//! How chains end, and what could change that.

use hintfault::Refusal;
use hintfault::event::{FaultVerdict, MoveCause, ScanQueued, ScanVerdict, SkipReason};
use hintfault::explain::{EndCause, PageMover, PolicyOf, Verdict};
use hintfault::ids::{CpuId, NodeId, Tid, VirtAddr};
use hintfault::input::PolicyMode;

use crate::{Words, words, words_of_refusal};

/// What a verdict says in one plain sentence, with places for its operands.
#[must_use]
pub fn words_of_verdict(verdict: Verdict) -> Words {
    match verdict {
        Verdict::Given => {
            words("Nothing to test: it follows from what went before", "没有需要判断的条件，它由之前发生的事情决定")
        }
        Verdict::Fault(verdict) => of_fault(verdict),
        Verdict::Group(_) => words("The task is now in group {0}", "任务现在属于组 {0}"),
        Verdict::Placement { max_nid, .. } => of_placement(max_nid),
        Verdict::Preferred(None) => words("The task has no preferred node any more", "任务不再有首选节点"),
        Verdict::Preferred(_) => words("Preferred node from now on: {0}", "任务的首选节点改为 {0}"),
        Verdict::NoPlacement => words("Preferred node and scan period stay for now", "首选节点和扫描周期暂时不变"),
        Verdict::Moved(_, cause) => of_move(cause),
        Verdict::Stays(_) => words("The task stays on CPU {0} (node {1})", "任务留在 CPU {0}（节点 {1}）"),
        Verdict::Queued(ScanQueued::Yes) => {
            words("A scan is queued: a period of CPU time is used up", "任务用完了一个周期的 CPU 时间，扫描开始排队")
        }
        Verdict::Queued(ScanQueued::NotDue) => words("No scan: it is not time yet", "还没到扫描的时间，不扫描"),
        Verdict::TickPasses => words("The tick starts no scan", "这个滴答不会引起扫描"),
        Verdict::Begin(ScanVerdict::Scan) => words("The scan begins", "扫描开始"),
        Verdict::Begin(ScanVerdict::TimerArmed) => {
            words("No scan yet: the timer is set for the first one", "还不扫描，只设定第一次扫描的时间")
        }
        Verdict::Begin(ScanVerdict::NotDue) => words("No scan: it is not time yet", "还没到扫描的时间，不扫描"),
        Verdict::Skip(reason) => of_skip(reason),
        Verdict::Enter => words("The mapping is scanned", "扫描该映射"),
        Verdict::Window(_) => words("{0} of {1} pages became hint entries", "{1} 页中有 {0} 页变为提示项"),
        Verdict::Marked => words("The entry becomes a hint entry", "该页表项变为提示项"),
        Verdict::Kept => words("The entry stays as it is", "该页表项保持不变"),
        Verdict::Touched(_) => words(
            "Placed on node {0} when a task on node {1} touched it first; no memory policy was in force",
            "节点 {1} 上的任务首次访问该页，当时没有内存策略，页分配在节点 {0}",
        ),
        Verdict::TouchedUnder(_, of, _) => of_touch_under(of),
        Verdict::PageMoved(mover) => of_page_move(mover),
        Verdict::Reused => words(
            "The page is writable again; who last asked for it is forgotten",
            "页重新可写；上次访问者的记录被清除",
        ),
        Verdict::OutOfMemory => words("No memory is left: the process is killed", "所有节点都没有内存了，进程被终止"),
        Verdict::Waits => words(
            "It is a hint entry: the next touch faults, and then it is decided whether the page moves",
            "它是提示项：下一次访问会触发 NUMA 提示缺页，届时决定该页是否迁移",
        ),
        Verdict::ScanPauses(_) => words("The scan stops; the next one goes on at {0}", "扫描停止；下次从 {0} 继续"),
        Verdict::PassDone(_) => words(
            "The pass is complete; the next scan begins pass {0} from the start",
            "本轮扫描完成；下次从头开始第 {0} 轮",
        ),
        Verdict::Applied => words("The action took effect", "操作已生效"),
        Verdict::Refused(rule) => words_of_refusal(rule),
        Verdict::Ended(cause) => of_end(cause),
        Verdict::Forked(_) => words(
            "A process came to be on CPU {0} (node {1}), without preferred node, group or records of faults",
            "新进程诞生于 CPU {0}（节点 {1}），没有首选节点、组和缺页记录",
        ),
        Verdict::Cloned(_) => words(
            "A thread came to be on CPU {0} (node {1}), with its creator's preferred node, without group or records of faults",
            "新线程诞生于 CPU {0}（节点 {1}），沿用创建者的首选节点，没有组和缺页记录",
        ),
        Verdict::Execed => words(
            "The task goes on in a fresh address space: its first scan only sets the timer; preferred node and scan period stay",
            "任务在全新的地址空间中继续：首次扫描只设置定时；首选节点和扫描周期保留",
        ),
    }
}

/// Places: the node with most faults, the new scan period, the old one.
const fn of_placement(max_nid: Option<NodeId>) -> Words {
    match max_nid {
        None => words(
            "A pass was summed up, in which the task had no faults; scan period {2}, from now on {1}",
            "汇总了一轮扫描，任务在这一轮没有缺页，扫描周期由 {2} 变为 {1}",
        ),
        Some(_) => words(
            "A pass was summed up: node with most faults {0}; scan period {2}, from now on {1}",
            "汇总了一轮扫描：缺页最多的是节点 {0}，扫描周期由 {2} 变为 {1}",
        ),
    }
}

/// Places: the node of the page, the node of the task, the policy's mode.
const fn of_touch_under(of: PolicyOf) -> Words {
    match of {
        PolicyOf::Mapping => words(
            "Placed on node {0} by the policy of its mapping (mbind: {2}) when a task on node {1} touched it first",
            "节点 {1} 上的任务首次访问该页，映射的内存策略（mbind：{2}）把页分配在节点 {0}",
        ),
        PolicyOf::Task => words(
            "Placed on node {0} by the task's policy (numactl or set_mempolicy: {2}) when it touched the page first on node {1}",
            "节点 {1} 上的任务首次访问该页，任务的内存策略（numactl 或 set_mempolicy：{2}）把页分配在节点 {0}",
        ),
    }
}

/// Places: the nodes before and after, then what the call was asked for.
const fn of_page_move(mover: PageMover) -> Words {
    match mover {
        PageMover::Mbind => words(
            "Moved from node {0} to node {1} by an action: mbind({2}, nodes {3}, {4})",
            "操作 mbind({2}, 节点 {3}, {4}) 把页从节点 {0} 迁移到节点 {1}",
        ),
        PageMover::MigratePages => words(
            "Moved from node {0} to node {1} by an action: migrate_pages(from nodes {2} to nodes {3})",
            "操作 migrate_pages（从节点 {2} 到节点 {3}）把页从节点 {0} 迁移到节点 {1}",
        ),
        PageMover::MovePages => words(
            "Moved from node {0} to node {1} by an action: move_pages(to node {1}, {2})",
            "操作 move_pages（到节点 {1}，{2}）把页从节点 {0} 迁移到节点 {1}",
        ),
        PageMover::SetMems => words(
            "Moved from node {0} to node {1} by an action: cpuset.mems of the process became {2}",
            "操作把进程的 cpuset.mems 改为 {2}，页因此从节点 {0} 迁移到节点 {1}",
        ),
    }
}

const fn of_end(cause: EndCause) -> Words {
    match cause {
        EndCause::Program => words("The thread ended: its program is done", "线程结束：程序已执行完"),
        EndCause::ExitGroup => words(
            "The thread ended: another thread of its process ended them all (exit_group)",
            "线程结束：同进程的另一线程结束了整个进程（exit_group）",
        ),
        EndCause::Exec => words(
            "The thread ended: another thread of its process called execve",
            "线程结束：同进程的另一线程调用了 execve",
        ),
        EndCause::Action => {
            words("The thread ended: an action of the scenario ended it", "线程结束：由场景中的操作结束")
        }
        EndCause::OutOfMemory => {
            words("The thread ended: its process was killed for lack of memory", "线程结束：进程因内存不足被终止")
        }
    }
}

/// Places: the node of the page, the node of the task.
const fn of_fault(verdict: FaultVerdict) -> Words {
    match verdict {
        FaultVerdict::Local => {
            words("Stayed on node {0}: it is where it should be", "页留在节点 {0}，它已经在该在的节点上")
        }
        FaultVerdict::Migrated => words(
            "Moved from node {0} to node {1} by NUMA balancing: a task there faulted on it",
            "节点 {1} 上的任务访问了该页，页从节点 {0} 迁移到节点 {1}",
        ),
        FaultVerdict::PolicyForbids => words(
            "Stayed on node {0}: its memory policy lacks MPOL_F_NUMA_BALANCING, so faults do not move its pages",
            "页留在节点 {0}：内存策略没有 MPOL_F_NUMA_BALANCING，缺页时不迁移",
        ),
        FaultVerdict::OutsidePolicy => words(
            "Stayed on node {0}: the task runs on node {1}, outside the policy's nodes",
            "页留在节点 {0}：任务运行在节点 {1}，而策略不包含该节点",
        ),
        FaultVerdict::NoMemoryThere => words(
            "Stayed on node {0}: node {1}, where the task runs, has no memory",
            "页留在节点 {0}：任务所在的节点 {1} 没有内存",
        ),
        FaultVerdict::LastCpuElsewhere => words(
            "Stayed on node {0}: only this fault came from node {1}, the kernel wants two in a row (two-reference filter)",
            "页留在节点 {0}：只有这一次缺页来自节点 {1}，内核要求连续两次（两次引用过滤）",
        ),
        FaultVerdict::SlowTierFirst => words(
            "Stayed on node {0}: the first fault on slow memory only notes who it was",
            "页留在节点 {0}：慢速内存上的第一次缺页只做记录",
        ),
        FaultVerdict::GroupBalanced => words(
            "Stayed on node {0}: the group uses nodes {0} and {1} about alike",
            "页留在节点 {0}：组对节点 {0} 和 {1} 的使用相当",
        ),
        FaultVerdict::NodeFull => words(
            "Stayed on node {0}: node {1} is too full (no zone above its high watermark)",
            "页留在节点 {0}：节点 {1} 太满（没有内存区高于高水位线）",
        ),
        FaultVerdict::IsolationFailed => words(
            "Stayed on node {0}: the page cannot be taken off its list",
            "页留在节点 {0}：无法把页从 LRU 链表上隔离",
        ),
    }
}

const fn of_skip(reason: SkipReason) -> Words {
    match reason {
        SkipReason::Unsuitable => words(
            "Passed over: a policy without MPOL_F_NUMA_BALANCING, or memory that cannot be migrated (unsuitable)",
            "跳过：策略没有 MPOL_F_NUMA_BALANCING，或内存本身不能迁移（unsuitable）",
        ),
        SkipReason::SharedRo => words(
            "Passed over: a file mapping that is readable but not writable (shared_ro)",
            "跳过：文件映射可读而不可写（shared_ro）",
        ),
        SkipReason::Inaccessible => words(
            "Passed over: a mapping with PROT_NONE (inaccessible)",
            "跳过：映射的权限为 PROT_NONE（inaccessible）",
        ),
        SkipReason::ScanDelay => words(
            "Passed over: the mapping is younger than scan_delay_ms (scan_delay)",
            "跳过：映射存在的时间还不到 scan_delay_ms（scan_delay）",
        ),
        SkipReason::PidInactive => words(
            "Passed over: this thread has not faulted in the mapping lately (pid_inactive)",
            "跳过：本线程最近没有在该映射中缺页（pid_inactive）",
        ),
        SkipReason::IgnorePidInactive => words(
            "Scanned although this thread has not faulted here lately: the scan was in the middle of it (ignore_pid_inactive)",
            "本线程最近没有在此缺页，但扫描已到中途，继续扫描（ignore_pid_inactive）",
        ),
        SkipReason::SeqCompleted => words(
            "Passed over: it has been scanned in this pass already (seq_completed)",
            "跳过：本轮已经扫描过（seq_completed）",
        ),
    }
}

/// Places: the CPU it came to and its node, the CPU it came from and its node.
const fn of_move(cause: MoveCause) -> Words {
    match cause {
        MoveCause::Affinity => words(
            "Moved from CPU {2} to CPU {0} (node {1}) by sched_setaffinity: it may not run on CPU {2} any more",
            "sched_setaffinity 不再允许任务用 CPU {2}，任务移到 CPU {0}（节点 {1}）",
        ),
        MoveCause::NumaMove => words(
            "Moved from CPU {2} on node {3} to CPU {0} on node {1}, closer to its memory (task_numa_migrate)",
            "task_numa_migrate 把任务从节点 {3} 的 CPU {2} 移到节点 {1} 的 CPU {0}，离它的内存更近",
        ),
        MoveCause::NumaSwap => words(
            "Changed places with a task on another node (task_numa_migrate): from CPU {2} (node {3}) to CPU {0} (node {1})",
            "task_numa_migrate 让任务与另一节点的任务互换，从 CPU {2}（节点 {3}）到 CPU {0}（节点 {1}）",
        ),
        MoveCause::LoadBalance => words(
            "Taken from CPU {2} (node {3}) to CPU {0} (node {1}) by the load balancer",
            "负载均衡把任务从 CPU {2}（节点 {3}）带到 CPU {0}（节点 {1}）",
        ),
        MoveCause::Wakeup => words(
            "Woke up on CPU {0} (node {1}) instead of CPU {2} (node {3})",
            "任务醒来时换到 CPU {0}（节点 {1}），不再用睡前的 CPU {2}（节点 {3}）",
        ),
    }
}

/// A verdict of every kind, to have all their words; the figures in them mean nothing.
#[must_use]
pub fn every_verdict() -> Vec<Verdict> {
    use FaultVerdict as F;
    use SkipReason as S;
    let faults = [
        F::Local,
        F::Migrated,
        F::PolicyForbids,
        F::OutsidePolicy,
        F::NoMemoryThere,
        F::LastCpuElsewhere,
        F::SlowTierFirst,
        F::GroupBalanced,
        F::NodeFull,
        F::IsolationFailed,
    ];
    let skips = [
        S::Unsuitable,
        S::SharedRo,
        S::Inaccessible,
        S::ScanDelay,
        S::PidInactive,
        S::IgnorePidInactive,
        S::SeqCompleted,
    ];
    let causes =
        [MoveCause::Affinity, MoveCause::NumaMove, MoveCause::NumaSwap, MoveCause::LoadBalance, MoveCause::Wakeup];
    let mut all = vec![
        Verdict::Given,
        Verdict::Group(Tid(0)),
        Verdict::Placement { max_nid: None, period_ms: 0 },
        Verdict::Preferred(None),
        Verdict::Placement { max_nid: Some(NodeId(0)), period_ms: 0 },
        Verdict::Preferred(Some(NodeId(0))),
        Verdict::NoPlacement,
        Verdict::Stays(CpuId(0)),
        Verdict::Queued(ScanQueued::Yes),
        Verdict::Queued(ScanQueued::NotDue),
        Verdict::TickPasses,
        Verdict::Begin(ScanVerdict::Scan),
        Verdict::Begin(ScanVerdict::TimerArmed),
        Verdict::Begin(ScanVerdict::NotDue),
        Verdict::Enter,
        Verdict::Window(0),
        Verdict::Marked,
        Verdict::Kept,
        Verdict::Touched(NodeId(0)),
        Verdict::Reused,
        Verdict::OutOfMemory,
        Verdict::Waits,
    ];
    let under = |of| Verdict::TouchedUnder(NodeId(0), of, PolicyMode::Bind);
    all.extend([PolicyOf::Mapping, PolicyOf::Task].map(under));
    let movers = [PageMover::Mbind, PageMover::MigratePages, PageMover::MovePages, PageMover::SetMems];
    all.extend(movers.map(Verdict::PageMoved));
    let ends = [EndCause::Program, EndCause::ExitGroup, EndCause::Exec, EndCause::Action, EndCause::OutOfMemory];
    all.extend(ends.map(Verdict::Ended));
    all.extend([Verdict::ScanPauses(VirtAddr(0)), Verdict::PassDone(0), Verdict::Applied]);
    all.extend([Verdict::Forked(CpuId(0)), Verdict::Cloned(CpuId(0)), Verdict::Execed]);
    all.extend(Refusal::ALL.iter().map(|&rule| Verdict::Refused(rule)));
    all.extend(faults.map(Verdict::Fault));
    all.extend(skips.map(Verdict::Skip));
    all.extend(causes.map(|cause| Verdict::Moved(CpuId(0), cause)));
    all
}
