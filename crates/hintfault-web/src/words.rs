//! Events as short plain sentences, in English and Chinese. Kernel identifiers stay as they are.

use hintfault::Refusal;
use hintfault::event::{Event, EventKind, FaultVerdict, MoveCause, PageRef, ScanQueued, ScanVerdict, SkipReason};
use hintfault::ids::{NodeId, ProcIdx, VirtAddr, VmaIdx};
use hintfault::time::Jiffies;
use hintfault_scenario::Text;

use crate::names::Names;

fn text(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en, zh)
}

/// Says what happened.
pub(crate) fn sentence(event: &Event, names: &Names) -> Text {
    let task = names.task(event.task);
    match event.kind {
        EventKind::FirstTouch { page, node } => first_touch(task, &Place::of(page, names), node),
        EventKind::PeriodConsumed { scan_period_ms, scan } => period_consumed(task, scan_period_ms, scan),
        EventKind::ScanBegin { verdict, process, scan_seq, offset } => {
            scan_begin(names.process(process), verdict, scan_seq, offset)
        }
        EventKind::SkipVma { process, vma, reason } => skip_vma(names.vma(process, vma), reason),
        EventKind::ScanWindow { process, vma, start, end, updated } => {
            scan_window(names.vma(process, vma), start, end, updated)
        }
        EventKind::ScanEnd { process, scan_seq, offset, next_scan } => {
            scan_end(names.process(process), scan_seq, offset, next_scan)
        }
        EventKind::HintFault { page, page_node, cpu_node, verdict, .. } => {
            hint_fault(task, &Place::of(page, names), [page_node, cpu_node], verdict)
        }
        EventKind::WriteProtectFault { page } => write_protect(task, &Place::of(page, names)),
        EventKind::Placement { max_nid, old_period_ms, new_period_ms } => {
            placement(task, max_nid, [old_period_ms, new_period_ms])
        }
        EventKind::SetPreferred { nid } => set_preferred(task, nid),
        EventKind::JoinGroup { gid, nr_tasks } => join_group(task, gid.0, nr_tasks),
        EventKind::TaskMoved { from, to, cause } => task_moved(task, [from.0, to.0], cause),
        EventKind::TaskStuck { cpu } => text(
            format!("No CPU was found for {task} on a better node; it stays on CPU {cpu}."),
            format!("没有为 {task} 找到更合适节点上的 CPU，它留在 CPU {cpu}。"),
        ),
        EventKind::ActionApplied { action, refused } => action_applied(names.action(action), refused),
        EventKind::OutOfMemory { process } => out_of_memory(names.process(process)),
        EventKind::Fork { process, .. } => {
            let process = names.process(process);
            text(
                format!("{task} created the process {process} (fork)."),
                format!("{task} 创建了进程 {process}（fork）。"),
            )
        }
        EventKind::Clone { child } => {
            let child = names.task(child);
            text(format!("{task} created the thread {child} (clone)."), format!("{task} 创建了线程 {child}（clone）。"))
        }
        EventKind::Exec { process, .. } => {
            let process = names.process(process);
            text(format!("{task} became {process} (execve)."), format!("{task} 变成了 {process}（execve）。"))
        }
        EventKind::TaskExit => text(format!("{task} ended."), format!("{task} 已结束。")),
    }
}

fn action_applied(action: usize, refused: Option<Refusal>) -> Text {
    let Some(errno) = refused.map(|rule| rule.errno().name()) else {
        return text(
            format!("actions[{action}] of the scenario took effect."),
            format!("场景中的 actions[{action}] 生效。"),
        );
    };
    text(
        format!("actions[{action}] of the scenario was refused: {errno}."),
        format!("场景中的 actions[{action}] 被拒绝：{errno}。"),
    )
}

/// A page as sentences name it.
struct Place<'a> {
    address: VirtAddr,
    vma: &'a str,
}

impl<'a> Place<'a> {
    fn of(page: PageRef, names: &'a Names) -> Self {
        let vma: (ProcIdx, VmaIdx) = (page.process, page.vma);
        Self { address: names.address(page), vma: names.vma(vma.0, vma.1) }
    }
}

fn first_touch(task: &str, Place { address, vma }: &Place<'_>, node: NodeId) -> Text {
    text(
        format!("{task} touched page {address} of {vma} for the first time; its memory is on node {node}."),
        format!("{task} 首次访问 {vma} 的页 {address}，内存分配在节点 {node}。"),
    )
}

fn period_consumed(task: &str, period_ms: u32, scan: ScanQueued) -> Text {
    let period = thousands(u64::from(period_ms));
    match scan {
        ScanQueued::Yes => text(
            format!("{task} used up its scan period of {period} ms; task_numa_work is queued."),
            format!("{task} 用完了 {period} ms 的扫描周期，task_numa_work 已排队。"),
        ),
        ScanQueued::NotDue => text(
            format!("{task} used up its scan period of {period} ms, but numa_next_scan lies ahead."),
            format!("{task} 用完了 {period} ms 的扫描周期，但 numa_next_scan 还未到。"),
        ),
    }
}

fn scan_begin(process: &str, verdict: ScanVerdict, scan_seq: i32, offset: VirtAddr) -> Text {
    match verdict {
        ScanVerdict::Scan => text(
            format!("A scan of {process} begins at {offset} (numa_scan_seq {scan_seq})."),
            format!("从 {offset} 开始扫描 {process}（numa_scan_seq {scan_seq}）。"),
        ),
        ScanVerdict::TimerArmed => text(
            format!("The address space of {process} is new: task_numa_work only sets numa_next_scan."),
            format!("{process} 的地址空间是新建的：task_numa_work 只设置 numa_next_scan。"),
        ),
        ScanVerdict::NotDue => text(
            format!("task_numa_work gives up on {process}: numa_next_scan lies ahead."),
            format!("task_numa_work 未扫描 {process}：numa_next_scan 还未到。"),
        ),
    }
}

fn skip_vma(vma: &str, reason: SkipReason) -> Text {
    let name = reason.as_str();
    let (en, zh) = match reason {
        SkipReason::Unsuitable => ("its pages cannot be migrated on faults", "其中的页不能因缺页而迁移"),
        SkipReason::SharedRo => ("a file mapping that is only read", "只读的文件映射"),
        SkipReason::Inaccessible => ("it has no access rights at all", "没有任何访问权限"),
        SkipReason::ScanDelay => ("it is too young", "建立的时间还太短"),
        SkipReason::PidInactive => ("no thread faulted in it lately", "近期没有线程在此缺页"),
        SkipReason::IgnorePidInactive => {
            return text(
                format!(
                    "{vma} is scanned although no thread faulted in it lately, because its scan had begun ({name})."
                ),
                format!("{vma} 近期没有线程缺页，但扫描已经开始，所以继续扫描（{name}）。"),
            );
        }
        SkipReason::SeqCompleted => ("already done in this pass", "本轮已经扫描过"),
    };
    text(format!("The scanner passed over {vma}: {en} ({name})."), format!("扫描跳过 {vma}：{zh}（{name}）。"))
}

fn scan_window(vma: &str, start: VirtAddr, end: VirtAddr, updated: u32) -> Text {
    let pages = thousands(end.pages_since(start));
    let updated = thousands(u64::from(updated));
    text(
        format!("The scanner went through {start}–{end} of {vma}, {pages} pages, and made {updated} hint entries."),
        format!("扫描了 {vma} 的 {start}–{end}，共 {pages} 页，设置了 {updated} 个提示项。"),
    )
}

fn scan_end(process: &str, scan_seq: i32, offset: VirtAddr, next_scan: Jiffies) -> Text {
    let next_scan = next_scan.0;
    text(
        format!(
            "The scan of {process} ends at {offset} (numa_scan_seq {scan_seq}); the next is due at jiffy {next_scan}."
        ),
        format!("对 {process} 的扫描止于 {offset}（numa_scan_seq {scan_seq}），下次扫描最早在 jiffy {next_scan}。"),
    )
}

fn hint_fault(
    task: &str,
    Place { address, vma }: &Place<'_>,
    [page_node, cpu_node]: [NodeId; 2],
    verdict: FaultVerdict,
) -> Text {
    let (en, zh) = fault_outcome(verdict, page_node, cpu_node);
    text(
        format!("{task} on node {cpu_node} faulted on page {address} of {vma}, which {en}."),
        format!("{task} 在节点 {cpu_node} 上访问 {vma} 的页 {address} 触发提示缺页：{zh}。"),
    )
}

fn fault_outcome(verdict: FaultVerdict, page_node: NodeId, cpu_node: NodeId) -> (String, String) {
    let stayed =
        |en: &str, zh: &str| (format!("stays on node {page_node}: {en}"), format!("页留在节点 {page_node}，{zh}"));
    match verdict {
        FaultVerdict::Local => ("is local".to_owned(), "页已在本地".to_owned()),
        FaultVerdict::Migrated => (
            format!("moved from node {page_node} to node {cpu_node}"),
            format!("页从节点 {page_node} 迁移到节点 {cpu_node}"),
        ),
        FaultVerdict::PolicyForbids => {
            stayed("the memory policy moves no pages on faults", "内存策略不允许因缺页而迁移")
        }
        FaultVerdict::OutsidePolicy => {
            stayed("the memory policy does not name the node of the task", "任务所在节点不在内存策略的节点集合中")
        }
        FaultVerdict::NoMemoryThere => stayed("the other node has no memory", "目标节点没有内存"),
        FaultVerdict::LastCpuElsewhere => stayed("the fault before came from another node", "上一次缺页来自别的节点"),
        FaultVerdict::SlowTierFirst => {
            stayed("the first fault on a slow tier only records who asked", "慢速层级上的首次缺页只记录访问者")
        }
        FaultVerdict::GroupBalanced => {
            stayed("its group uses both nodes about equally", "NUMA 组对两个节点的使用大致相当")
        }
        FaultVerdict::NodeFull => stayed("the other node is too full", "目标节点空闲内存不足"),
        FaultVerdict::IsolationFailed => stayed("it could not be isolated from its list", "无法将页从链表中隔离"),
    }
}

fn write_protect(task: &str, Place { address, vma }: &Place<'_>) -> Text {
    text(
        format!("{task} wrote to page {address} of {vma}; its entry is writable again (wp_page_reuse)."),
        format!("{task} 写入 {vma} 的页 {address}，页表项恢复可写（wp_page_reuse）。"),
    )
}

fn placement(task: &str, max_nid: Option<NodeId>, periods_ms: [u32; 2]) -> Text {
    let [old, new] = periods_ms.map(|period_ms| thousands(u64::from(period_ms)));
    let (en, zh) = match max_nid {
        Some(nid) => (format!("most faults on node {nid}"), format!("节点 {nid} 的缺页最多")),
        None => ("no faults".to_owned(), "没有缺页".to_owned()),
    };
    text(
        format!("task_numa_placement for {task}: {en}; scan period {old} → {new} ms."),
        format!("{task} 的 task_numa_placement：{zh}，扫描周期 {old} → {new} ms。"),
    )
}

fn join_group(task: &str, gid: u32, nr_tasks: u32) -> Text {
    match nr_tasks {
        1 => text(
            format!("{task} created NUMA group {gid}, alone so far."),
            format!("{task} 创建了 NUMA 组 {gid}，目前只有它自己。"),
        ),
        _ => text(
            format!("{task} joined NUMA group {gid}, now {nr_tasks} tasks that share memory."),
            format!("{task} 加入 NUMA 组 {gid}，组内现有 {nr_tasks} 个共享内存的任务。"),
        ),
    }
}

fn set_preferred(task: &str, nid: Option<NodeId>) -> Text {
    match nid {
        Some(nid) => text(
            format!("{task} now prefers node {nid} (numa_preferred_nid)."),
            format!("{task} 的首选节点变为节点 {nid}（numa_preferred_nid）。"),
        ),
        None => text(
            format!("{task} prefers no node any more (numa_preferred_nid)."),
            format!("{task} 不再有首选节点（numa_preferred_nid）。"),
        ),
    }
}

fn task_moved(task: &str, [from, to]: [u16; 2], cause: MoveCause) -> Text {
    let (en, zh) = match cause {
        MoveCause::Affinity => ("sched_setaffinity", "sched_setaffinity"),
        MoveCause::NumaMove => ("task_numa_migrate, to an idle place", "task_numa_migrate，移到空闲处"),
        MoveCause::NumaSwap => ("task_numa_migrate, in exchange for another task", "task_numa_migrate，与另一任务交换"),
        MoveCause::LoadBalance => ("load balancing", "负载均衡"),
        MoveCause::Wakeup => ("wake-up", "唤醒"),
    };
    text(
        format!("{task} moved from CPU {from} to CPU {to} ({en})."),
        format!("{task} 从 CPU {from} 移到 CPU {to}（{zh}）。"),
    )
}

fn out_of_memory(process: &str) -> Text {
    text(
        format!("No node had memory left, so {process} was killed (out of memory)."),
        format!("所有节点的内存都已耗尽，{process} 被终止（out of memory）。"),
    )
}

/// A number with its thousands separated, as both languages write it.
fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::History;
    use hintfault::ids::{CpuId, PageIdx, TaskIdx};
    use hintfault::time::{Ns, Tick};

    fn names() -> (Names, History) {
        let (_, scenario) = crate::sharing::open(hintfault_scenario::presets::ALL[0].text).expect("valid");
        (Names::of(&scenario), History::new(&scenario).expect("starts"))
    }

    fn event(kind: EventKind) -> Event {
        Event { seq: 0, time: Ns::ZERO, cpu: CpuId(2), task: TaskIdx(0), kind }
    }

    const PAGE: PageRef = PageRef { process: ProcIdx(0), vma: VmaIdx(0), page: PageIdx(2) };

    fn fault(verdict: FaultVerdict) -> EventKind {
        let (page_node, cpu_node) = (NodeId(0), NodeId(1));
        EventKind::HintFault { page: PAGE, page_node, cpu_node, last_cpupid: 0, verdict }
    }

    #[test]
    fn a_migration_says_who_what_where() {
        let (names, history) = names();
        let address = history.world().mms()[0].vmas[0].start.add_pages(2);
        let thread = &history.world().tasks()[0].name;
        let text = sentence(&event(fault(FaultVerdict::Migrated)), &names);
        let en = "faulted on page {A} of buffer, which moved from node 0 to node 1.";
        let en = en.replace("{A}", &address.to_string());
        assert_eq!(text.en, format!("{thread} on node 1 {en}"));
        let zh = format!("{thread} 在节点 1 上访问 buffer 的页 {address} 触发提示缺页");
        assert_eq!(text.zh, format!("{zh}：页从节点 0 迁移到节点 1。"));
    }

    #[test]
    fn every_verdict_has_words_of_its_own() {
        use FaultVerdict as V;
        let (names, _) = names();
        let verdicts = [
            V::Local,
            V::Migrated,
            V::PolicyForbids,
            V::NoMemoryThere,
            V::LastCpuElsewhere,
            V::SlowTierFirst,
            V::GroupBalanced,
            V::NodeFull,
            V::IsolationFailed,
        ];
        let texts = verdicts.map(|verdict| sentence(&event(fault(verdict)), &names));
        for (place, text) in texts.iter().enumerate() {
            let others = texts.iter().skip(place + 1);
            assert!(others.clone().all(|other| other.en != text.en && other.zh != text.zh), "{text:?}");
        }
    }

    #[test]
    fn sentences_of_a_whole_run_are_whole() {
        let (names, mut history) = names();
        history.seek(Tick(1000));
        let events = history.world().events(0, usize::MAX);
        assert!(events.len() > 16_384);
        for event in &events {
            let text = sentence(event, &names);
            assert!(text.en.ends_with('.') && text.zh.ends_with('。'), "{text:?}");
            assert!(!text.zh.contains([';', ':', '(', '?']), "{text:?}");
            assert!(!text.en.contains('?'), "{text:?}");
        }
    }

    #[test]
    fn births_name_who_and_whom() {
        let (names, history) = names();
        let (task, process) = (&history.world().tasks()[0].name, &history.world().mms()[0].name);
        let said = |kind| sentence(&event(kind), &names);
        let fork = said(EventKind::Fork { process: ProcIdx(0), child: TaskIdx(0) });
        assert_eq!(fork.en, format!("{task} created the process {process} (fork)."));
        let exec = said(EventKind::Exec { process: ProcIdx(0), successor: TaskIdx(0) });
        assert_eq!(exec.zh, format!("{task} 变成了 {process}（execve）。"));
        let clone = said(EventKind::Clone { child: TaskIdx(0) });
        assert_eq!(clone.en, format!("{task} created the thread {task} (clone)."));
    }

    #[test]
    fn names_that_are_unknown_are_question_marks() {
        let (names, _) = names();
        let page = PageRef { process: ProcIdx(7), ..PAGE };
        let text = sentence(&event(EventKind::WriteProtectFault { page }), &names);
        assert!(text.en.contains(" of ?;"), "{text:?}");
    }

    #[test]
    fn thousands_are_separated() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (16_384_000, "16,384,000")] {
            assert_eq!(thousands(value), text);
        }
    }
}
