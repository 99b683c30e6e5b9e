//! How tasks come to be, become others and end: what a new task has from its creator
//! (`copy_process`, kernel/fork.c; `init_numa_balancing`, kernel/sched/fair.c), what `execve`
//! takes away (fs/exec.c), what a task leaves behind (`task_numa_free`). 6.12.

use crate::event::EventKind;
use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::replay::Replay;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, EndCause, Next, Verdict};
use crate::ids::TaskIdx;
use crate::time::Ns;
use crate::world::timers::Occasion;

impl Replay {
    /// The chain of `fork` and `clone`. The choice of a CPU was noted while it was made.
    #[inline]
    pub(crate) fn explain_birth(&self, child: usize, chain: &mut Chain) -> End {
        let born = &self.after.tasks[child];
        let creator = self.task();
        let flags = [self.before.tasks[creator].policy.is_some(), self.before.tasks[child].policy.is_none()];
        chain.ask(Test::PolicyInherited, flags == [true; 2], &flags.map(Value::Flag));
        let shares = born.mm == self.before.tasks[creator].mm;
        self.ask_init_numa_balancing(creator, shares.then_some(born.numa.node_stamp), chain);
        chain.0.extend(self.watch.trail.0.iter().cloned());
        let cpu = self.after.setup.topology.cpu_id(born.cpu);
        let first_scan = born.numa.node_stamp + Ns::from_ms(born.numa.scan_period_ms.into());
        let preferred = born.numa.preferred_nid;
        let verdict =
            if shares { Verdict::Cloned { cpu, preferred, first_scan } } else { Verdict::Forked { cpu, first_scan } };
        (verdict, Next::new(Change::AffinityForbids, &[Value::Cpu(cpu)]))
    }

    /// `init_numa_balancing`; a thread of the same process gets a head start.
    #[inline]
    fn ask_init_numa_balancing(&self, creator: usize, node_stamp: Option<Ns>, chain: &mut Chain) {
        let world = &self.before;
        let users = world.mm_of(creator).mm_users;
        let next_scan = self.after.mms[world.tasks[creator].mm].numa_next_scan;
        let figures = [Value::Count(users.into()), Value::Count(1), Value::Jiffies(next_scan)];
        chain.ask(Test::OnlyUser, users == 1, &figures);
        chain.is(Test::SharesMemory, node_stamp.is_some());
        let Some(node_stamp) = node_stamp else { return };
        let [period, longest] = [world.staggered_period(creator), world.task_scan_max(creator)].map(u64::from);
        let figures = [Value::Count(period), Value::Count(longest), Value::Runtime(node_stamp)];
        chain.ask(Test::StaggerCut, period >= longest, &figures);
    }

    /// The chain of `execve`.
    #[inline]
    pub(crate) fn explain_exec(&self, successor: usize, chain: &mut Chain) -> End {
        let ended = self.exits().count();
        chain.ask(Test::OtherThreads, ended > 0, &[ended as u64, 0].map(Value::Count));
        self.ask_mmput(chain);
        if self.ask_task_numa_free(chain) {
            chain.is(Test::FreedForGood, false);
        }
        let numa = &self.after.tasks[successor].numa;
        (Verdict::Execed { preferred: numa.preferred_nid, period_ms: numa.scan_period_ms }, None)
    }

    /// The chain of `do_exit`.
    #[inline]
    pub(crate) fn explain_exit(&self, chain: &mut Chain) -> End {
        self.ask_mmput(chain);
        if self.ask_task_numa_free(chain) {
            chain.is(Test::FreedForGood, true);
        }
        (Verdict::Ended(self.end_cause()), None)
    }

    /// Whether the address space goes with its last thread.
    #[inline]
    fn ask_mmput(&self, chain: &mut Chain) {
        let mm = self.before.tasks[self.task()].mm;
        let gone = self.gone().filter(|&task| self.before.tasks[task].mm == mm).count();
        let left = (self.before.mms[mm].nr_threads as usize).saturating_sub(gone);
        chain.ask(Test::LastUser, left == 0, &[left as u64, 0].map(Value::Count));
    }

    /// `task_numa_free`. False if there is nothing to free.
    #[inline]
    fn ask_task_numa_free(&self, chain: &mut Chain) -> bool {
        let world = &self.before;
        let numa = &world.tasks[self.task()].numa;
        if !chain.is(Test::FaultRecords, !numa.faults.is_empty()) {
            return false;
        }
        let Some(place) = numa.group else {
            chain.ask(Test::LeavesGroup, false, &[Value::Nothing; 2]);
            return true;
        };
        let group = &world.groups[place];
        let left = || self.gone().filter(|&task| world.tasks[task].numa.group == Some(place));
        let lost: u64 = left().map(|task| world.tasks[task].numa.total_faults).sum();
        let figures = [
            Value::Tid(group.gid),
            Value::Nothing,
            Value::Count(numa.total_faults),
            Value::Count(group.total_faults - lost),
            Value::Count(u64::from(group.nr_tasks) - left().count() as u64),
        ];
        chain.ask(Test::LeavesGroup, true, &figures);
        true
    }

    /// Threads that ended on this occasion before the event.
    #[inline]
    fn exits(&self) -> impl Iterator<Item = TaskIdx> {
        let before = self.event.seq;
        self.events()
            .filter(move |event| event.seq < before && event.kind == EventKind::TaskExit)
            .map(|event| event.task)
    }

    /// These, and the task that the event is about.
    #[inline]
    fn gone(&self) -> impl Iterator<Item = usize> {
        self.exits().map(TaskIdx::index).chain([self.task()])
    }

    /// What ended a thread.
    #[inline]
    fn end_cause(&self) -> EndCause {
        let kinds = || self.whole_occasion().map(|event| event.kind);
        if kinds().any(|kind| matches!(kind, EventKind::OutOfMemory { .. })) {
            return EndCause::OutOfMemory;
        }
        if kinds().any(|kind| matches!(kind, EventKind::Exec { .. })) {
            return EndCause::Exec;
        }
        match self.before.timers.next().1 {
            Occasion::Interaction(cpu) if self.before.rqs[cpu].curr == Some(self.task()) => EndCause::Program,
            Occasion::Interaction(_) => EndCause::ExitGroup,
            _ => EndCause::Action,
        }
    }
}
