//! Questions about a page, a mapping or a task: the last event that answers them, or why there
//! is none yet.

use crate::event::{Event, EventKind, PageRef, ScanQueued, SkipReason};
use crate::explain::check::Chain;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, Verdict};
use crate::explain::{End, Explanation};
use crate::history::History;
use crate::ids::{HPAGE_PMD_NR, ProcIdx, TaskIdx, VmaIdx};
use crate::sched::task::{NumaWork, State};
use crate::world::World;

/// What somebody wants to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// Why a page is where it is: its first touch, its last hinting fault or the action that moved it.
    PagePlace(PageRef),
    /// Why a page was scanned or passed over.
    PageScan(PageRef),
    /// Why a mapping was scanned or passed over.
    VmaScan(ProcIdx, VmaIdx),
    /// Why a task's preferred node changed or not.
    TaskNode(TaskIdx),
    /// Why a task came to another CPU or not.
    TaskCpu(TaskIdx),
    /// Why a task's scan period changed or not.
    TaskPeriod(TaskIdx),
}

impl Question {
    /// A word for it that stays.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::PagePlace(_) => "page_place",
            Self::PageScan(_) => "page_scan",
            Self::VmaScan(..) => "vma_scan",
            Self::TaskNode(_) => "task_node",
            Self::TaskCpu(_) => "task_cpu",
            Self::TaskPeriod(_) => "task_period",
        }
    }
}

/// How far a search has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// The last event that answers the question.
    Event(Event),
    /// The log reaches back to this event only; what was before must be replayed
    /// ([`History::look_before`]).
    NotSince(u64),
    /// There is none.
    Never,
}

impl History {
    /// The last event that answers a question, among those that the log keeps.
    #[inline]
    #[must_use]
    pub fn last_event(&self, question: Question) -> Found {
        self.last_before(&mut { question }, self.world(), self.world().log.next_seq())
    }

    /// Goes on with a search before an event. Replays at most from one checkpoint to the next.
    #[inline]
    #[must_use]
    pub fn look_before(&self, question: Question, seq: u64) -> Found {
        match self.world_before(seq) {
            Some(world) => self.last_before(&mut { question }, &world, seq),
            None => Found::Never,
        }
    }

    /// The world at an event. None for the first.
    #[inline]
    fn world_before(&self, seq: u64) -> Option<World> {
        let mut world = self.checkpoint_before(seq.checked_sub(1)?).copy();
        while world.log.next_seq() < seq {
            world.step();
        }
        Some(world)
    }

    /// The last event that answers a question, back to the start. May replay the whole run, a
    /// stretch between checkpoints at a time.
    #[inline]
    #[must_use]
    pub fn search(&self, question: Question) -> Option<Event> {
        match self.search_within(question, usize::MAX) {
            Found::Event(event) => Some(event),
            Found::NotSince(_) | Found::Never => None,
        }
    }

    /// The same, but behind what the log keeps only so many stretches back.
    #[inline]
    #[must_use]
    pub fn search_within(&self, question: Question, stretches: usize) -> Found {
        let (mut question, mut seq) = (question, self.world().log.next_seq());
        let mut earlier = None;
        for stretch in 0.. {
            let world = earlier.as_ref().unwrap_or(self.world());
            let found = self.last_before(&mut question, world, seq);
            let Found::NotSince(first) = found else { return found };
            if stretch == stretches {
                return found;
            }
            seq = first;
            earlier = self.world_before(seq);
            if earlier.is_none() {
                break;
            }
        }
        Found::Never
    }

    /// The answer to a question by what was found. None if there is no such page, mapping or task.
    #[inline]
    #[must_use]
    pub fn answer(&self, question: Question, found: Found) -> Option<Explanation> {
        let Found::Event(event) = found else { return self.explain_now(question) };
        let about_page = match question {
            Question::PageScan(page) => self.explain_entry(event.seq, page.page),
            Question::PagePlace(page) => self.explain_page_action(event.seq, page),
            _ => None,
        };
        about_page.or_else(|| self.explain(event.seq))
    }

    /// Why nothing has happened yet, or will happen next: the tests as they would be made now.
    /// None if there is no such page, mapping or task.
    #[inline]
    #[must_use]
    pub fn explain_now(&self, question: Question) -> Option<Explanation> {
        let mut chain = Chain::default();
        let end = self.world().explain_now(question, &mut chain)?;
        Some(self.explained(None, chain, end))
    }
}

impl World {
    /// The last event before `seq` that answers a question.
    #[inline]
    pub(crate) fn last_event(&self, question: Question, seq: u64) -> Found {
        let first = self.log.first_seq();
        let mut events = (first..seq).rev().map(|seq| self.log.get(seq));
        match events.find(|event| self.answers(question, event)) {
            Some(event) => Found::Event(event),
            None if first == 0 => Found::Never,
            None => Found::NotSince(first),
        }
    }

    #[inline]
    fn answers(&self, question: Question, event: &Event) -> bool {
        let of_vma = |process, vma| match event.kind {
            EventKind::SkipVma { process: p, vma: v, .. } | EventKind::ScanWindow { process: p, vma: v, .. } => {
                (p, v) == (process, vma)
            }
            _ => false,
        };
        match question {
            Question::PagePlace(page) => match event.kind {
                EventKind::FirstTouch { page: touched, .. } | EventKind::HintFault { page: touched, .. } => {
                    self.is_same_memory(page, touched)
                }
                EventKind::ActionApplied { action, .. } => self.may_have_moved(action, page),
                _ => false,
            },
            Question::PageScan(page) => of_vma(page.process, page.vma) && self.is_in_window(page, &event.kind),
            Question::VmaScan(process, vma) => of_vma(process, vma),
            Question::TaskNode(task) => {
                event.task == task && matches!(event.kind, EventKind::Placement { .. } | EventKind::SetPreferred { .. })
            }
            Question::TaskCpu(task) => {
                event.task == task && matches!(event.kind, EventKind::TaskMoved { .. } | EventKind::TaskStuck { .. })
            }
            Question::TaskPeriod(task) => event.task == task && matches!(event.kind, EventKind::Placement { .. }),
        }
    }

    /// Whether two pages of mappings show the same memory, as a shared or a huge page does.
    #[inline]
    fn is_same_memory(&self, a: PageRef, b: PageRef) -> bool {
        let vma_of = |page: PageRef| self.mms.get(page.process.index())?.vmas.get(page.vma.index());
        let (Some(vma_a), Some(vma_b)) = (vma_of(a), vma_of(b)) else { return a == b };
        if vma_a.object != vma_b.object || a.page.0 >= vma_a.pages {
            return false;
        }
        let (slot_a, slot_b) = (vma_a.slot(a.page), vma_b.slot(b.page));
        let (table_a, table_b) = (slot_a / HPAGE_PMD_NR, slot_b / HPAGE_PMD_NR);
        slot_a == slot_b || table_a == table_b && self.objects[vma_a.object].chunk(table_a as usize).is_huge()
    }

    /// A mapping that was passed over concerns all its pages.
    #[inline]
    fn is_in_window(&self, page: PageRef, kind: &EventKind) -> bool {
        let EventKind::ScanWindow { start, end, .. } = *kind else { return true };
        let Some(vma) = self.mms.get(page.process.index()).and_then(|mm| mm.vmas.get(page.vma.index())) else {
            return false;
        };
        (start..end).contains(&vma.addr(page.page))
    }

    #[inline]
    fn explain_now(&self, question: Question, chain: &mut Chain) -> Option<End> {
        match question {
            Question::PagePlace(page) | Question::PageScan(page) => self.explain_page_now(page, chain),
            Question::VmaScan(process, vma) => {
                self.mms.get(process.index())?.vmas.get(vma.index())?;
                let scanned = || (Verdict::Enter, Next::new(Change::MappingChanges, &[]));
                Some(self.explain_vma_now(process, vma, chain).unwrap_or_else(scanned))
            }
            Question::TaskNode(task) | Question::TaskPeriod(task) => {
                self.tasks.get(task.index())?;
                Some((Verdict::NoPlacement, self.ask_placement_now(task.index(), chain)))
            }
            Question::TaskCpu(task) => {
                let cpu = self.setup.topology.cpu_id(self.tasks.get(task.index())?.cpu);
                let next = if self.ask_migrate_preferred(task.index(), chain) {
                    self.ask_retry_now(task.index(), chain)
                } else {
                    self.next_of_placement(task.index())
                };
                Some((Verdict::Stays(cpu), next))
            }
        }
    }

    /// An entry that waits for a touch waits; any other waits for the scanner.
    #[inline]
    fn explain_page_now(&self, page: PageRef, chain: &mut Chain) -> Option<End> {
        let vma = self.mms.get(page.process.index())?.vmas.get(page.vma.index())?;
        if page.page.0 >= vma.pages {
            return None;
        }
        let range = vma.table_range(page.page.0, page.page.0 + 1);
        let table = vma.table(range.table);
        let touched = || Some((Verdict::Waits, Next::new(Change::PageTouched, &[])));
        if chain.is(Test::EntryEmpty, !table.is_present(range.lo))
            || chain.is(Test::AlreadyHint, table.is_hint(range.lo))
        {
            return touched();
        }
        if let Some(end) = self.explain_vma_now(page.process, page.vma, chain) {
            return Some(end);
        }
        let task = self.scanner_of(page.process)?;
        Some(self.explain_entry(task, page.vma.index(), page.page, None, chain))
    }

    /// What keeps a mapping from being scanned now. None if nothing does.
    #[inline]
    fn explain_vma_now(&self, process: ProcIdx, vma: VmaIdx, chain: &mut Chain) -> Option<End> {
        let Some(task) = self.scanner_of(process) else { return Some((Verdict::Given, None)) };
        let mut world = self.copy();
        if world.rqs[world.tasks[task].cpu].curr == Some(task) {
            world.settle(task);
            let _ = world.update_curr(world.tasks[task].cpu);
        }
        let work = world.new_scan(task, world.jiffies());
        let mut of_vma = Chain::default();
        let end = world.explain_vma(task, work, vma.index(), &mut of_vma);
        let for_good =
            matches!(end.0, Verdict::Skip(SkipReason::Unsuitable | SkipReason::SharedRo | SkipReason::Inaccessible));
        if !for_good {
            let tick = world.explain_tick(task, chain);
            if tick.0 != Verdict::Queued(ScanQueued::Yes) {
                return Some(tick);
            }
        }
        chain.0.append(&mut of_vma.0);
        (end.0 != Verdict::Enter).then_some(end)
    }

    /// The thread of a process that is asked whether it would scan: one that has a scan queued,
    /// else one that runs, else any that lives.
    #[inline]
    pub(crate) fn scanner_of(&self, process: ProcIdx) -> Option<usize> {
        let alive = |&task: &usize| {
            self.tasks[task].mm == process.index() && !matches!(self.tasks[task].state, State::Dead | State::New)
        };
        let rank = |&task: &usize| match &self.tasks[task] {
            of if of.numa.work == NumaWork::Queued => 0,
            of if self.rqs[of.cpu].curr == Some(task) => 1,
            _ => 2,
        };
        (0..self.tasks.len()).filter(alive).min_by_key(rank)
    }

    /// What a hinting fault would ask before it sums up a pass.
    #[inline]
    fn ask_placement_now(&self, task: usize, chain: &mut Chain) -> Option<Next> {
        let next = self.ask_retry_now(task, chain);
        if next.as_ref().is_some_and(|next| next.change == Change::FaultAfter) {
            return next;
        }
        if self.ask_new_pass(task, chain) { next } else { self.next_of_placement(task) }
    }

    #[inline]
    fn ask_retry_now(&self, task: usize, chain: &mut Chain) -> Option<Next> {
        let (now, retry) = (self.jiffies(), self.tasks[task].numa.migrate_retry);
        if chain.ask(Test::RetryDue, now.is_after(retry), &[now, retry].map(Value::Jiffies)) {
            return Next::new(Change::PageTouched, &[]);
        }
        Next::new(Change::FaultAfter, &[Value::Jiffies(retry)])
    }
}
