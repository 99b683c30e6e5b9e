//! How tasks come to be, become others and end: what a new task has from its creator
//! (`copy_process`, kernel/fork.c; `init_numa_balancing`, kernel/sched/fair.c), what `execve`
//! takes away (fs/exec.c), what a task leaves behind (`task_numa_free`). 6.12.

use alloc::vec::Vec;

use crate::event::EventKind;
use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::replay::Replay;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, EndCause, Next, Verdict};
use crate::numab::group::NumaGroup;
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
        self.ask_init_numa_balancing(child, shares, chain);
        chain.0.extend(self.watch.trail.0.iter().cloned());
        let cpu = self.after.setup.topology.cpu_id(born.cpu);
        let verdict = if shares { Verdict::Cloned(cpu) } else { Verdict::Forked(cpu) };
        (verdict, Next::new(Change::AffinityForbids, &[Value::Cpu(cpu)]))
    }

    /// `init_numa_balancing`; a thread of the same process gets a head start.
    #[inline]
    fn ask_init_numa_balancing(&self, child: usize, shares: bool, chain: &mut Chain) {
        let (world, creator) = (&self.before, self.task());
        let users = world.mm_of(creator).mm_users;
        let next_scan = self.after.mms[world.tasks[creator].mm].numa_next_scan;
        let figures = [Value::Count(users.into()), Value::Count(1), Value::Jiffies(next_scan)];
        chain.ask(Test::OnlyUser, users == 1, &figures);
        let numa = &self.after.tasks[child].numa;
        let first_scan = numa.node_stamp + Ns::from_ms(numa.scan_period_ms.into());
        let figures = [Value::Flag(shares), Value::node(numa.preferred_nid), Value::Runtime(first_scan)];
        if chain.ask(Test::SharesMemory, shares, &figures) {
            let [period, longest] = [world.staggered_period(creator), world.task_scan_max(creator)].map(u64::from);
            let figures = [Value::Count(period), Value::Count(longest), Value::Runtime(numa.node_stamp)];
            chain.ask(Test::StaggerCut, period >= longest, &figures);
        }
    }

    /// The chain of `execve`.
    #[inline]
    pub(crate) fn explain_exec(&self, chain: &mut Chain) -> End {
        let ended = self.gone().len() - 1;
        chain.ask(Test::OtherThreads, ended > 0, &[ended as u64, 0].map(Value::Count));
        self.ask_what_goes(false, chain);
        (Verdict::Execed, None)
    }

    /// The chain of `do_exit`.
    #[inline]
    pub(crate) fn explain_exit(&self, chain: &mut Chain) -> End {
        self.ask_what_goes(true, chain);
        (Verdict::Ended(self.end_cause()), None)
    }

    /// `mmput`, whose last caller frees the address space, and `task_numa_free`.
    fn ask_what_goes(&self, is_end: bool, chain: &mut Chain) {
        let (world, gone) = (&self.before, self.gone());
        let of = &world.tasks[self.task()];
        let in_process = gone.iter().filter(|&&task| world.tasks[task].mm == of.mm).count() as u64;
        let left = u64::from(world.mms[of.mm].nr_threads) - in_process;
        chain.ask(Test::LastUser, left == 0, &[left, 0].map(Value::Count));
        if !chain.is(Test::FaultRecords, !of.numa.faults.is_empty()) {
            return;
        }
        let (mut group, mut figures) = (Value::Nothing, [0; 3]);
        if let Some(place) = of.numa.group {
            let NumaGroup { gid, total_faults, nr_tasks, .. } = world.groups[place];
            (group, figures) = (Value::Tid(gid), [of.numa.total_faults, total_faults, nr_tasks.into()]);
            for task in gone.iter().map(|&task| &world.tasks[task].numa).filter(|numa| numa.group == Some(place)) {
                figures[1] -= task.total_faults;
                figures[2] -= 1;
            }
        }
        let [own, kept, tasks] = figures.map(Value::Count);
        chain.ask(Test::LeavesGroup, group != Value::Nothing, &[group, Value::Nothing, own, kept, tasks]);
        chain.is(Test::FreedForGood, is_end);
    }

    /// The threads that ended on this occasion before the event, and the one that it is about.
    fn gone(&self) -> Vec<usize> {
        let earlier = self.events().filter(|event| event.seq < self.event.seq && event.kind == EventKind::TaskExit);
        earlier.map(|event| event.task.index()).chain([self.task()]).collect()
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
