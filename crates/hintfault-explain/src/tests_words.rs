//! What each test asks.

use hintfault::explain::Test;

use crate::birth_words::BIRTHS;
use crate::moving_words::MOVING;
use crate::{Words, words};

/// The question that a test asks, with places for its operands.
#[must_use]
pub fn words_of_test(test: Test) -> Words {
    let found = TESTS.iter().chain(MOVING).chain(BIRTHS).find(|(of, _)| *of == test);
    found.map_or(words(test.id(), test.id()), |(_, words)| *words)
}

/// In the order of [`Test::ALL`], but for those that move tasks.
pub(crate) static TESTS: &[(Test, Words)] = &[
    // The hinting fault.
    (Test::EntryWritable, words("can the entry be written once it is restored?", "恢复后该页表项可写吗？")),
    (
        Test::MappedShared,
        words(
            "page mapped more than once ({0}) in a shared mapping ({1})?",
            "页被多次映射（{0}）且映射是共享的（{1}）吗？",
        ),
    ),
    (
        Test::FaultLocal,
        words(
            "page on node {0}, task on node {1}: a local fault?",
            "页在节点 {0}，任务在节点 {1}，两者是否相同（本地缺页）？",
        ),
    ),
    (
        Test::PolicyMigrates,
        words(
            "does the policy in force move pages on faults (none at all, or MPOL_F_NUMA_BALANCING)?",
            "生效的内存策略允许在缺页时迁移页（没有策略，或带 MPOL_F_NUMA_BALANCING）吗？",
        ),
    ),
    (
        Test::NodeInPolicy,
        words(
            "task on node {0}: is that one of the policy's nodes {1}?",
            "任务所在的节点 {0} 属于策略给出的节点 {1} 吗？",
        ),
    ),
    (
        Test::AlreadyThere,
        words(
            "page on node {0}, wanted on node {1}: there already?",
            "页在节点 {0}，目标节点为 {1}，是否已经在目标节点上？",
        ),
    ),
    (
        Test::DestinationHasMemory,
        words("node {2} has {0} pages of memory: any at all?", "节点 {2} 有内存（{0} 页）吗？"),
    ),
    (Test::NoPreferredNode, words("preferred node {0}: is there none yet?", "任务还没有首选节点（目前为 {0}）吗？")),
    (
        Test::EarlyPass,
        words("pass {1} of the task: among its first {0}?", "任务处于第 {1} 轮扫描，是否还在最初 {0} 轮之内？"),
    ),
    (
        Test::LastPidUnset,
        words(
            "last_cpupid {2}: has nobody been recorded on the page?",
            "页上还没有记录任何线程（last_cpupid 为 {2}）吗？",
        ),
    ),
    (
        Test::LastPidOwn,
        words(
            "last_cpupid {3} ends in {0}, the id of thread {2} in {1}: the same thread?",
            "last_cpupid {3} 的低位是 {0}，线程 {2} 的低位是 {1}，是同一线程吗？",
        ),
    ),
    (
        Test::LastNodeSame,
        words(
            "last_cpupid {2} names a CPU of node {0}, the fault came from node {1}: the same node (two-reference filter)?",
            "last_cpupid {2} 记录的 CPU 在节点 {0}，这次缺页来自节点 {1}，是同一节点吗（两次引用过滤）？",
        ),
    ),
    (Test::HasGroup, words("group {0}: is the task in one?", "任务属于某个 NUMA 组（组 {0}）吗？")),
    (
        Test::GroupUsesFarMore,
        words(
            "CPU faults of the group: {0} there, three times those here are {1}: far more there?",
            "组的  CPU 缺页数在目标节点为 {0}，源节点的三倍为 {1}，前者更大（目标节点用得多得多）吗？",
        ),
    ),
    (
        Test::GroupShortOfMemory,
        words(
            "CPU faults here {2}, there {3}, memory faults here {4}, there {5}: is {0} more than {1}?",
            "组在源、目标节点上的 CPU 缺页为 {2}、{3}，内存缺页为 {4}、{5}，加权后 {0} 大于 {1}（目标节点更缺内存）吗？",
        ),
    ),
    (
        Test::SharedProgramText,
        words(
            "executable mapping ({0}) of a page mapped more than once ({1})?",
            "可执行映射（{0}）且页被多次映射（{1}）吗？",
        ),
    ),
    (Test::DirtyFilePage, words("was the page of the file written?", "该文件页是脏页吗？")),
    (
        Test::ZoneAboveHigh,
        words(
            "a zone of node {2} has {0} free pages, the high watermark with the page is {1}: above it?",
            "节点 {2} 的一个内存区有 {0} 个空闲页，高水位线加上该页后为 {1}，高于它吗？",
        ),
    ),
    (Test::Isolated, words("could the page be taken off its list?", "页能从链表上隔离出来吗？")),
    (
        Test::FreePageThere,
        words("node {2} has {0} free pages, {1} needed: enough?", "节点 {2} 有 {0} 个空闲页，需要 {1} 个，够吗？"),
    ),
    // What a fault teaches.
    (Test::FaultsCounted, words("balancing mode {0}: on?", "NUMA 平衡（kernel.numa_balancing）开启了吗（模式 {0}）？")),
    (
        Test::FirstRecorded,
        words(
            "last_cpupid {0}: the first recorded fault on the page?",
            "last_cpupid 为 {0}，是页上第一次有记录的缺页吗？",
        ),
    ),
    (
        Test::SameThread,
        words(
            "last_cpupid {3} ends in {0}, the id of thread {2} in {1}: a private fault?",
            "last_cpupid {3} 的低位是 {0}，线程 {2} 的低位是 {1}，是私有缺页吗？",
        ),
    ),
    (Test::MayGroup, words("may the fault found or join a group?", "这次缺页可以建组或入组吗？")),
    (Test::OwnGroup, words("group {0}: does the task have one already?", "任务已经在某个组（组 {0}）里了吗？")),
    (
        Test::OtherStillThere,
        words(
            "thread {3} runs on CPU {2} now, its id ends in {0}, the recorded one in {1}: still there?",
            "CPU {2} 上现在运行线程 {3}，低位是 {0}，记录的是 {1}，还是那个线程吗？",
        ),
    ),
    (Test::OtherHasGroup, words("group {0}: is the other thread in one?", "对方线程属于某个组（组 {0}）吗？")),
    (
        Test::SameGroup,
        words("own group number {0}, the other's {1}: the same?", "自己的组序号 {0}，对方的 {1}，是同一组吗？"),
    ),
    (
        Test::OwnGroupLarger,
        words(
            "{0} tasks in the own group, {1} in the other's: is the own one larger?",
            "自己的组（{0} 个任务）比对方的（{1} 个）更大吗？",
        ),
    ),
    (
        Test::OwnGroupFirst,
        words(
            "equally large groups, the other's number {0}, the own one's {1}: was the own one first?",
            "两组一样大，自己的组（序号 {1}）比对方的（序号 {0}）更早吗？",
        ),
    ),
    (
        Test::SameProcess,
        words(
            "the other is of process {0}, the task of {1}: the same?",
            "对方属于进程 {0}，任务属于进程 {1}，是同一进程吗？",
        ),
    ),
    (Test::SharedMemory, words("is the page shared memory?", "页是共享内存吗？")),
    (Test::GroupSpread, words("{0} active nodes of the group: more than {1}?", "组的活动节点数为 {0}，多于 {1} 吗？")),
    (
        Test::NodeActive,
        words(
            "three times the group's CPU faults on node {2} are {0}, its busiest node has {1}: active?",
            "组在节点 {2} 上的 CPU 缺页数的三倍为 {0}，最忙的节点为 {1}，该节点活跃吗？",
        ),
    ),
    (
        Test::RetryDue,
        words("jiffies {0}, next try after {1}: due?", "jiffies 为 {0}，到了可以再试的时间（{1} 之后）吗？"),
    ),
    // Summing up.
    (
        Test::NewPass,
        words(
            "pass {0} of the process, pass {1} of the task: a new one?",
            "进程处于第 {0} 轮，任务处于第 {1} 轮，是新的一轮吗？",
        ),
    ),
    (
        Test::MostFaults,
        words(
            "node {2}: {0} faults on average with {3} new ones, most so far {1}: more?",
            "节点 {2} 的平均缺页数为 {0}（新增 {3}），超过此前最多的 {1} 吗？",
        ),
    ),
    (
        Test::NodeHasCpus,
        words(
            "node {0} has most, the nearest with CPUs is {1}: the same?",
            "缺页最多的是节点 {0}，最近的有 CPU 的节点是 {1}，相同吗？",
        ),
    ),
    (
        Test::GroupNodeSame,
        words(
            "node {0} for the group, node {1} by most faults: the same?",
            "按组选出节点 {0}，按缺页最多选出节点 {1}，相同吗？",
        ),
    ),
    (
        Test::PreferredDiffers,
        words("node {0} wanted, preferred so far {1}: a change?", "应选节点 {0} 与目前的首选节点（{1}）不同吗？"),
    ),
    (
        Test::NothingToLearn,
        words(
            "{2} local and {3} shared faults in this pass: none at all?",
            "本轮有 {2} 次本地缺页、{3} 次共享缺页，一次都没有吗？",
        ),
    ),
    (Test::MovesFailed, words("{0} pages could not be moved: any?", "有页未能迁移（{0} 页）吗？")),
    (
        Test::MostlyPrivate,
        words(
            "{2} private and {3} shared faults: {0} of 10 private, at least {1}?",
            "私有缺页 {2} 次、共享 {3} 次，私有占十分之 {0}，达到 {1} 吗？",
        ),
    ),
    (
        Test::MostlyLocal,
        words(
            "{2} local and {3} remote faults: {0} of 10 local, at least {1}?",
            "本地缺页 {2} 次、远端 {3} 次，本地占十分之 {0}，达到 {1} 吗？",
        ),
    ),
    (Test::PeriodWithin, words("new period {0}: within {1} and {2}?", "新的扫描周期为 {0}，在 {1} 与 {2} 之间吗？")),
    // Ticks.
    (Test::BalancingOn, words("balancing mode {0}: on?", "NUMA 平衡（kernel.numa_balancing）开启了吗（模式 {0}）？")),
    (Test::ScanPending, words("is a scan queued already?", "任务已有扫描在排队（task_work）吗？")),
    (
        Test::PeriodUsedUp,
        words(
            "CPU time {0}, last counted at {2}, period {3}: beyond {1}?",
            "任务用了 {0} CPU 时间（上次记到 {2}，周期 {3}），超过 {1} 了吗？",
        ),
    ),
    (
        Test::FirstPeriod,
        words(
            "node_stamp {0}: the first period, so that it becomes {2}?",
            "node_stamp 为 {0}，是第一个周期（随后改为 {2}）吗？",
        ),
    ),
    (
        Test::ScanAhead,
        words(
            "next scan at jiffies {0}, now {1}: still ahead?",
            "下次扫描定在 jiffies {0}（现在 {1}），时间还没到吗？",
        ),
    ),
    // Scans.
    (Test::TimerUnset, words("numa_next_scan {0}: never set?", "numa_next_scan（{0}）从未设置过吗？")),
    (
        Test::WorkAhead,
        words(
            "next scan at jiffies {0}, now {1}: still ahead?",
            "下次扫描定在 jiffies {0}（现在 {1}），时间还没到吗？",
        ),
    ),
    (
        Test::Unmigratable,
        words(
            "is this a mapping that cannot be migrated (VM_IO, VM_PFNMAP, VM_HUGETLB or VM_MIXEDMAP)?",
            "映射不能迁移（VM_IO、VM_PFNMAP、VM_HUGETLB 或 VM_MIXEDMAP）吗？",
        ),
    ),
    (
        Test::VmaPolicyMigrates,
        words(
            "does the policy in force move pages on faults (none at all, or MPOL_F_NUMA_BALANCING)?",
            "生效的内存策略允许在缺页时迁移页（没有策略，或带 MPOL_F_NUMA_BALANCING）吗？",
        ),
    ),
    (
        Test::FileReadOnly,
        words(
            "of a file ({0}), readable ({1}), not writable ({2})?",
            "映射来自文件（{0}），并且可读（{1}）、不可写（{2}）吗？",
        ),
    ),
    (
        Test::NoAccessRights,
        words(
            "not readable ({0}), not writable ({1}), not executable ({2})?",
            "映射既不可读（{0}），也不可写（{1}）、不可执行（{2}）吗？",
        ),
    ),
    (Test::FirstPass, words("pass {0} of the process: the first one?", "进程处于第 {0} 轮，是第一轮吗？")),
    (
        Test::VmaTooYoung,
        words(
            "the mapping may be scanned from jiffies {0} on, now {1}: too young?",
            "该映射从 jiffies {0} 起才可扫描（现在 {1}），是否太新？",
        ),
    ),
    (
        Test::DoneInPass,
        words(
            "finished in pass {0}, the process is in {1}: done already?",
            "该映射在第 {0} 轮完成，进程处于第 {1} 轮，本轮已完成吗？",
        ),
    ),
    (Test::ForcedSweep, words("is the sweep repeated with idle mappings?", "这是包括不活跃映射的重复扫描吗？")),
    (
        Test::FirstPasses,
        words(
            "{1} passes since the mapping was first seen: fewer than {0}?",
            "首次见到该映射以来已有 {1} 轮，少于 {0} 轮吗？",
        ),
    ),
    (Test::ThreadActive, words("has thread {2} faulted here lately?", "线程 {2} 最近在这里发生过缺页吗？")),
    (
        Test::AlreadyBegun,
        words(
            "the last scan stopped at {0}, the mapping starts at {1}: in the middle of it?",
            "上次扫描停在 {0}，是在这个映射（始于 {1}）的中间吗？",
        ),
    ),
    (
        Test::LongUnscanned,
        words(
            "pass {0}, finished last in {2}, {3} threads: more than {1}, unscanned for long?",
            "现在是第 {0} 轮，上次在第 {2} 轮扫完，进程有 {3} 个线程，轮次超过 {1}（太久没有扫描）了吗？",
        ),
    ),
    (Test::PagesLeft, words("{0} pages may still be marked: any left?", "本次扫描还有可标记的页数（{0}）吗？")),
    (
        Test::CrossingLeft,
        words("{0} pages of addresses may still be crossed: any left?", "本次扫描还有可越过的地址范围（{0} 页）吗？"),
    ),
    (
        Test::MappingDone,
        words(
            "window up to {0}, mapping up to {1}: is the mapping done?",
            "窗口到 {0}，映射到 {1}，该映射扫描完了吗？",
        ),
    ),
    (Test::CameToEnd, words("has the scan come behind the last mapping?", "扫描越过最后一个映射了吗？")),
    (
        Test::TookTime,
        words(
            "CPU time {0} now, {1} at the beginning: did the scan take time (charged 32 times)?",
            "CPU 时间现为 {0}，开始时为 {1}，扫描用了时间吗（按 32 倍计入）？",
        ),
    ),
    // Entries.
    (Test::EntryEmpty, words("is the entry empty?", "页表项是空的吗？")),
    (Test::AlreadyHint, words("is it a hint entry already?", "页表项已经是提示项了吗？")),
    (Test::ZeroPage, words("does it map the zero page?", "映射的是零页吗？")),
    (
        Test::SharedCow,
        words(
            "private mapping ({0}) of a page that others map too ({1})?",
            "私有映射（{0}）且页也被他人映射（{1}）吗？",
        ),
    ),
    (
        Test::DirtyPage,
        words("page of a file on disk ({0}) that was written ({1})?", "磁盘文件的页（{0}）且是脏页（{1}）吗？"),
    ),
    (
        Test::OnTargetNode,
        words(
            "page on node {0}; pages on node {1} are left to their only user: there already?",
            "页所在的节点 {0} 就是唯一使用者运行的节点（{1}）吗？",
        ),
    ),
    (
        Test::NormalModeOff,
        words("normal bit of the balancing mode {0}: off?", "kernel.numa_balancing 的 bit 0 关闭了吗（值为 {0}）？"),
    ),
    (Test::HugeAlreadyHint, words("is the huge entry a hint entry already?", "该大页表项已经是提示项了吗？")),
    (
        Test::HugeNormalModeOff,
        words("normal bit of the balancing mode {0}: off?", "kernel.numa_balancing 的 bit 0 关闭了吗（值为 {0}）？"),
    ),
    // Memory.
    (Test::PageAbsent, words("is the entry empty?", "页表项是空的吗？")),
    (Test::SharedPageExists, words("does the shared page exist already?", "共享页已经存在吗？")),
    (
        Test::HugePageFits,
        words(
            "huge pages wanted ({0}), private ({1}), a whole one fits ({2}), nothing there yet ({3})?",
            "映射希望用大页（{0}）、是私有的（{1}）、放得下整个大页（{2}），而且那里还是空的（{3}）吗？",
        ),
    ),
    (Test::NodeAllowed, words("node {0}: one of {1}?", "节点 {0} 在允许的节点 {1} 之中吗？")),
    (
        Test::ZoneAboveLow,
        words(
            "a zone of node {2} has {0} free pages, low watermark {1}: above it?",
            "节点 {2} 的一个内存区有 {0} 个空闲页，低水位线 {1}，高于它吗？",
        ),
    ),
    (
        Test::ZoneAboveMin,
        words(
            "a zone of node {2} has {0} free pages, min watermark {1}: above it?",
            "节点 {2} 的一个内存区有 {0} 个空闲页，最低水位线 {1}，高于它吗？",
        ),
    ),
    (
        Test::ZoneHasFree,
        words(
            "a zone of node {2} has {0} free pages, reserves included: more than {1}?",
            "节点 {2} 的一个内存区有 {0} 个空闲页（含保留页），多于 {1} 吗？",
        ),
    ),
    (Test::WriteZeroPage, words("does the entry map the zero page?", "页表项映射的是零页吗？")),
    (
        Test::WriteSharedCow,
        words(
            "private mapping ({0}) of a page that others map too ({1})?",
            "私有映射（{0}）且页也被他人映射（{1}）吗？",
        ),
    ),
];
