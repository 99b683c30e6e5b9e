//! Threads and processes that come to be during a run (`copy_process`, kernel/fork.c;
//! `init_numa_balancing`, kernel/sched/fair.c; 6.12).

use crate::event::EventKind;
use crate::ids::{ProcIdx, TaskIdx, Tid};
use crate::sched::task::{Activity, State, Task, TaskNuma};
use crate::time::Ns;
use crate::world::World;

impl World {
    /// `clone` with `CLONE_VM`: a thread of the creator's process comes to be and starts.
    pub(crate) fn clone_thread(&mut self, creator: usize, task: usize) {
        if self.tasks[task].state != State::Unborn {
            return;
        }
        let mm = self.tasks[creator].mm;
        assert_eq!(self.tasks[task].mm, mm, "a thread of another process");
        self.init_numa_balancing(creator, task);
        let stagger = self.thread_stagger(creator);
        let preferred_nid = self.tasks[creator].numa.preferred_nid;
        let numa = &mut self.tasks[task].numa;
        (numa.node_stamp, numa.preferred_nid) = (stagger, preferred_nid);
        self.mms[mm].mm_users += 1;
        self.mms[mm].nr_threads += 1;
        self.emit(creator, EventKind::Clone { child: TaskIdx(task as u16) });
        self.start_new_task(creator, task);
    }

    /// `fork`: a process comes to be with a copy of the creator's address space. Returns how long
    /// that takes.
    pub(crate) fn fork_process(&mut self, creator: usize, child: usize) -> Ns {
        let (task, parent) = (self.setup.first_task(child), self.tasks[creator].mm);
        if self.tasks[task].state != State::Unborn {
            return Ns::ZERO;
        }
        self.settle_threads(parent);
        self.init_numa_balancing(creator, task);
        let cost = self.dup_mm(parent, child);
        self.rearm_threads(parent);
        let process = ProcIdx(child as u16);
        self.emit(creator, EventKind::Fork { process, child: TaskIdx(task as u16) });
        self.start_new_task(creator, task);
        cost
    }

    /// `init_numa_balancing` for both kinds. A process of one thread begins its passes anew when
    /// it creates another.
    fn init_numa_balancing(&mut self, creator: usize, task: usize) {
        let next_scan = self.jiffies().plus(self.hz().msecs_to_jiffies(self.sysctl.scan_delay_ms));
        let mm = &mut self.mms[self.tasks[creator].mm];
        if mm.mm_users == 1 {
            (mm.numa_next_scan, mm.numa_scan_seq) = (next_scan, 0);
        }
        let scan_seq = mm.numa_scan_seq;
        let of_creator = &self.tasks[creator].numa;
        let (scan_period_max_ms, locality) = (of_creator.scan_period_max_ms, of_creator.locality);
        let fresh = TaskNuma::new(self.sysctl.scan_delay_ms, scan_seq);
        self.tasks[task].numa = TaskNuma { scan_period_max_ms, locality, ..fresh };
    }

    /// The head start in runtime of an additional thread. (The kernel mixes milliseconds and
    /// nanoseconds here; the milliseconds win.)
    fn thread_stagger(&self, creator: usize) -> Ns {
        let longest = self.task_scan_max(creator);
        Ns(u64::from(longest.min(self.staggered_period(creator))) + 2 * self.hz().tick_ns())
    }

    /// The creator's period for every user of the address space, in ns.
    pub(crate) fn staggered_period(&self, creator: usize) -> u32 {
        let users = self.mm_of(creator).mm_users;
        self.tasks[creator].numa.scan_period_ms.wrapping_mul(users).wrapping_mul(1_000_000)
    }

    /// `wake_up_new_task`, near the creator. What the scenario does not say it inherits.
    fn start_new_task(&mut self, creator: usize, task: usize) {
        let Task { policy, interleaving, cpu, mm, .. } = self.tasks[creator];
        let mems = self.mms[mm].mems_allowed;
        let new = &mut self.tasks[task];
        match &mut new.policy {
            Some(own) => own.rebind(mems),
            None => (new.policy, new.interleaving) = (policy, interleaving),
        }
        self.place_new_task(task, cpu);
        self.enqueue_task(task);
        self.resched(self.tasks[task].cpu);
        self.do_signal_stop(task);
    }

    /// Brings all running threads of a process up to now.
    fn settle_threads(&mut self, mm: usize) {
        for cpu in 0..self.rqs.len() {
            if let Some(task) = self.rqs[cpu].curr.filter(|&task| self.tasks[task].mm == mm) {
                self.settle(task);
            }
        }
    }

    /// Looks ahead again for all running threads of a process.
    fn rearm_threads(&mut self, mm: usize) {
        for cpu in 0..self.rqs.len() {
            if self.rqs[cpu].curr.is_some_and(|task| self.tasks[task].mm == mm) {
                self.arm(cpu);
            }
        }
    }

    /// `fork` as a step of a program. The caller is in the kernel while that lasts.
    pub(crate) fn fork_by_step(&mut self, task: usize, child: usize) {
        self.tasks[task].exec.activity = Activity::Fault;
        let cost = self.fork_process(task, child);
        let exec = &mut self.tasks[task].exec;
        exec.left = cost;
        exec.system.fault = exec.system.fault + cost;
        self.rearm(task);
    }

    /// Whether a thread has begun and not ended.
    pub(crate) fn is_alive(&self, task: usize) -> bool {
        !matches!(self.tasks[task].state, State::New | State::Unborn | State::Dead)
    }

    /// The first thread of a process that is there.
    pub(crate) fn first_living(&self, process: usize) -> Option<usize> {
        (0..self.tasks.len()).find(|&task| self.tasks[task].mm == process && self.is_alive(task))
    }

    pub(crate) fn find_living(&self, tid: Tid) -> Option<usize> {
        (0..self.tasks.len()).find(|&task| self.tasks[task].tid == tid && self.is_alive(task))
    }

    pub(crate) fn fork_by_action(&mut self, child: usize) {
        let parent = self.setup.parent_of(child).and_then(|parent| self.first_living(parent));
        if let Some(creator) = parent {
            self.fork_process(creator, child);
        }
    }

    pub(crate) fn clone_by_action(&mut self, tid: Tid) {
        let Some(task) = self.tasks.iter().position(|task| task.tid == tid) else { return };
        if let Some(creator) = self.first_living(self.tasks[task].mm) {
            self.clone_thread(creator, task);
        }
    }

    pub(crate) fn exec_by_action(&mut self, tid: Tid, process: usize) {
        if let Some(task) = self.find_living(tid) {
            self.exec_process(task, process);
        }
    }

    pub(crate) fn exit_by_action(&mut self, tid: Tid) {
        if let Some(task) = self.find_living(tid) {
            self.do_exit(task);
        }
    }
}
