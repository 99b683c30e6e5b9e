//! How chains end, and what could change that.

use hintfault::event::{FaultVerdict, MoveCause, ScanQueued, ScanVerdict, SkipReason};
use hintfault::explain::{Change, Verdict};

use crate::{Words, words};

/// What a verdict says, with places for what it carries.
#[must_use]
pub const fn words_of_verdict(verdict: Verdict) -> Words {
    match verdict {
        Verdict::Given => words("nothing to test: it follows from what went before", "无需判断：由之前的事情决定"),
        Verdict::Fault(verdict) => of_fault(verdict),
        Verdict::Group(_) => words("the task is now in group {0}", "任务现在属于组 {0}"),
        Verdict::Placement { .. } => {
            words("node with most faults: {0}; scan period from now on: {1}", "缺页最多的节点：{0}；扫描周期变为 {1}")
        }
        Verdict::Preferred(_) => words("preferred node from now on: {0}", "首选节点变为：{0}"),
        Verdict::NoPlacement => words("preferred node and scan period stay for now", "首选节点和扫描周期暂时不变"),
        Verdict::Moved(_, cause) => of_move(cause),
        Verdict::Stays(_) => words("the task stays on CPU {0}", "任务留在 CPU {0}"),
        Verdict::Queued(ScanQueued::Yes) => words("a scan is queued", "扫描进入排队"),
        Verdict::Queued(ScanQueued::NotDue) => words("no scan: it is not time yet", "不扫描：还没到时间"),
        Verdict::TickPasses => words("the tick changes nothing", "这个滴答不改变什么"),
        Verdict::Begin(ScanVerdict::Scan) => words("the scan begins", "扫描开始"),
        Verdict::Begin(ScanVerdict::TimerArmed) => words("the timer is set, nothing else", "只设置定时，不扫描"),
        Verdict::Begin(ScanVerdict::NotDue) => words("no scan: it is not time yet", "不扫描：还没到时间"),
        Verdict::Skip(reason) => of_skip(reason),
        Verdict::Enter => words("the mapping is scanned", "扫描该映射"),
        Verdict::Window(_) => words("{0} entries became hint entries", "{0} 个页表项变为提示项"),
        Verdict::Marked => words("the entry becomes a hint entry", "该页表项变为提示项"),
        Verdict::Kept => words("the entry stays as it is", "该页表项保持不变"),
        Verdict::Touched(_) => words("the page gets memory on node {0}", "页在节点 {0} 上获得内存"),
        Verdict::Reused => words(
            "the page is writable again; who last asked for it is forgotten",
            "页重新可写；上次访问者的记录被清除",
        ),
        Verdict::OutOfMemory => words("no memory is left: the process is killed", "没有内存了：进程被终止"),
        Verdict::Waits => words("the entry waits for the next touch", "该页表项等待下一次访问"),
    }
}

const fn of_fault(verdict: FaultVerdict) -> Words {
    match verdict {
        FaultVerdict::Local => words("the page stays: it is where the task runs", "页不动：它就在任务所在的节点"),
        FaultVerdict::Migrated => words("the page moves to the task's node", "页迁移到任务所在的节点"),
        FaultVerdict::PolicyForbids => {
            words("the page stays: its policy does not move pages on faults", "页不动：策略不允许缺页迁移")
        }
        FaultVerdict::OutsidePolicy => {
            words("the page stays: the task runs outside its policy's nodes", "页不动：任务运行在策略节点之外")
        }
        FaultVerdict::NoMemoryThere => {
            words("the page stays: the task's node has no memory", "页不动：任务所在节点没有内存")
        }
        FaultVerdict::LastCpuElsewhere => {
            words("the page stays: the fault before came from another node", "页不动：上一次有记录的缺页来自别的节点")
        }
        FaultVerdict::SlowTierFirst => words(
            "the page stays: the first fault on slow memory only notes who it was",
            "页不动：慢速内存上的第一次缺页只做记录",
        ),
        FaultVerdict::GroupBalanced => {
            words("the page stays: the group uses both nodes alike", "页不动：组对两个节点的使用相当")
        }
        FaultVerdict::NodeFull => words("the page stays: the destination is too full", "页不动：目标节点太满"),
        FaultVerdict::IsolationFailed => {
            words("the page stays: it cannot be taken off its list", "页不动：无法从链表隔离")
        }
    }
}

const fn of_skip(reason: SkipReason) -> Words {
    match reason {
        SkipReason::Unsuitable => words("passed over: unsuitable", "跳过：不适合（unsuitable）"),
        SkipReason::SharedRo => {
            words("passed over: a file that is only read (shared_ro)", "跳过：只读的文件映射（shared_ro）")
        }
        SkipReason::Inaccessible => words("passed over: inaccessible", "跳过：不可访问（inaccessible）"),
        SkipReason::ScanDelay => words("passed over: too young (scan_delay)", "跳过：太新（scan_delay）"),
        SkipReason::PidInactive => words(
            "passed over: this thread is not active here (pid_inactive)",
            "跳过：本线程在此不活跃（pid_inactive）",
        ),
        SkipReason::IgnorePidInactive => words(
            "scanned although not active: it was begun (ignore_pid_inactive)",
            "虽不活跃但已开始，继续扫描（ignore_pid_inactive）",
        ),
        SkipReason::SeqCompleted => {
            words("passed over: done in this pass (seq_completed)", "跳过：本轮已完成（seq_completed）")
        }
    }
}

const fn of_move(cause: MoveCause) -> Words {
    match cause {
        MoveCause::Affinity => words("the task had to leave its CPU for CPU {0}", "任务必须离开原 CPU，去往 CPU {0}"),
        MoveCause::NumaMove => words("the task moves to CPU {0}", "任务迁移到 CPU {0}"),
        MoveCause::NumaSwap => {
            words("two tasks change places; this one goes to CPU {0}", "两个任务互换；本任务去往 CPU {0}")
        }
        MoveCause::LoadBalance => words("the load balancer takes the task to CPU {0}", "负载均衡把任务带到 CPU {0}"),
        MoveCause::Wakeup => words("the task wakes up on CPU {0}", "任务在 CPU {0} 上唤醒"),
    }
}

/// What a change is, with places for its figures.
#[must_use]
pub const fn words_of_change(change: Change) -> Words {
    match change {
        Change::FaultFromElsewhere => {
            words("a thread off node {0} faults on the page", "节点 {0} 之外的线程在该页缺页")
        }
        Change::PolicyWithBalancing => {
            words("the policy gets MPOL_F_NUMA_BALANCING, or goes", "策略加上 MPOL_F_NUMA_BALANCING，或被撤销")
        }
        Change::RunsOn => words("the task runs on one of the nodes {0}", "任务运行在节点 {0} 之一"),
        Change::SecondFault => {
            words("the next recorded fault comes from node {0} again", "下一次有记录的缺页仍来自节点 {0}")
        }
        Change::GroupShifts => words(
            "the group uses node {0} more, or has less memory there than on {1}",
            "组更多使用节点 {0}，或在那里的内存比节点 {1} 更少",
        ),
        Change::PagesFreed => words("{1} pages become free on node {0}", "节点 {0} 上再空出 {1} 页"),
        Change::FilePageMovable => {
            words("the page is written back, or only one process maps it", "页被写回，或只剩一个进程映射它")
        }
        Change::MoreRuntime => words("the thread uses {0} more CPU time", "线程再使用 {0} CPU 时间"),
        Change::ClockReaches => words("jiffies reach {0}", "jiffies 到达 {0}"),
        Change::NextPass => words("pass {0} begins", "第 {0} 轮开始"),
        Change::MappingChanges => words("the mapping or its policy changes", "映射或其策略改变"),
        Change::ThreadFaults => words(
            "thread {0} faults in the mapping, or the process comes to pass {1}",
            "线程 {0} 在该映射中缺页，或进程到达第 {1} 轮",
        ),
        Change::RunsElsewhere => words(
            "the thread scans from another node than {0}, or the process gets another user",
            "线程在节点 {0} 之外扫描，或进程有了别的使用者",
        ),
        Change::PageTouched => words("somebody touches the page", "有线程访问该页"),
        Change::BalancingTurnedOn => words("kernel.numa_balancing is set to 1", "把 kernel.numa_balancing 设为 1"),
        Change::FaultAfter => words("a hinting fault after jiffies {0}", "jiffies {0} 之后的提示缺页"),
        Change::FaultInNewPass => words("a hinting fault after pass {0} is complete", "第 {0} 轮完成后的提示缺页"),
        Change::PlaceGetsFree => words(
            "a CPU of node {0} becomes idle, or a task there gains by an exchange",
            "节点 {0} 有 CPU 空闲，或那里的任务能从互换中获益",
        ),
        Change::ScanGoesOn => words("the next scan goes on at {0}", "下次扫描从 {0} 继续"),
    }
}
