//! Tasks that come to a queue, leave it, or change it (`enqueue_task_fair`,
//! `dequeue_task_fair`, `set_task_cpu`; kernel/sched/fair.c, core.c, 6.12).

use crate::event::{EventKind, MoveCause};
use crate::explain::watch::Site;
use crate::sched::pelt::{Contribution, SchedAvg};
use crate::sched::task::{Placement, State};
use crate::time::Ns;
use crate::world::World;

impl World {
    /// Queues a task that is ready to run on its CPU. Who runs there is decided later.
    pub(crate) fn enqueue_task(&mut self, task: usize) {
        let (cpu, slice) = (self.tasks[task].cpu, self.base_slice());
        assert_eq!(self.tasks[task].state, State::Queued, "only who is ready is queued");
        self.update_curr(cpu);
        self.rqs[cpu].place_entity(&mut self.tasks, task, slice);
        self.rqs[cpu].push_waiting(task, &mut self.tasks[task].se);
    }

    /// Takes a task off its queue, running or waiting, and notes with which claim it comes back.
    /// Who runs now is decided later.
    fn dequeue_task(&mut self, task: usize) {
        let (cpu, now) = (self.tasks[task].cpu, self.now);
        let longest = Ns((2 * self.base_slice().0).max(self.hz().tick_ns()));
        self.update_curr(cpu);
        self.rqs[cpu].update_entity_lag(&mut self.tasks, task, longest);
        if self.rqs[cpu].curr == Some(task) {
            self.settle(task);
            self.rqs[cpu].take_curr(&self.tasks[task].se);
            return;
        }
        let se = &mut self.tasks[task].se;
        se.avg.update(now, Contribution::WAITING, se.weight);
        self.rqs[cpu].remove_waiting(task, se);
    }

    /// A task goes to sleep.
    pub(crate) fn dequeue_sleeping(&mut self, task: usize) {
        self.dequeue_task(task);
        let sleeping = &mut self.tasks[task];
        sleeping.state = State::Sleeping;
        sleeping.se.placement = Placement::Woken;
        self.resched(self.tasks[task].cpu);
    }

    /// A task leaves its CPU for good, from whatever state.
    pub(crate) fn dequeue_dead(&mut self, task: usize) {
        let (cpu, before) = (self.tasks[task].cpu, self.tasks[task].state);
        match before {
            State::Queued => self.dequeue_task(task),
            State::Sleeping => self.sync_entity_load_avg(task),
            State::New => {}
            State::Dead | State::Unborn => unreachable!("nobody ends twice"),
        }
        self.tasks[task].state = State::Dead;
        if before != State::New {
            let se = &self.tasks[task].se;
            self.rqs[cpu].avg.detach(&se.avg, se.weight);
        }
        if before == State::Queued {
            self.resched(cpu);
        }
    }

    /// `sync_entity_load_avg`: what a sleeping task and its CPU have forgotten since.
    pub(crate) fn sync_entity_load_avg(&mut self, task: usize) {
        let (cpu, now) = (self.tasks[task].cpu, self.now);
        self.update_curr(cpu);
        let se = &mut self.tasks[task].se;
        se.avg.update(now, Contribution::NONE, se.weight);
    }

    /// `wake_up_new_task`: what a task that starts is taken for.
    pub(crate) fn attach_new_task(&mut self, task: usize, cpu: usize) {
        self.update_curr(cpu);
        let avg = &mut self.rqs[cpu].avg;
        let starting = &mut self.tasks[task];
        starting.cpu = cpu;
        starting.se.avg = SchedAvg::new_task(starting.se.weight, avg);
        avg.attach(&mut starting.se.avg, starting.se.weight);
    }

    /// `set_task_cpu`: a task that is on no queue belongs to another CPU from now on, with its
    /// load. Its averages must be up to date.
    pub(crate) fn set_task_cpu(&mut self, task: usize, to: usize) {
        let from = self.tasks[task].cpu;
        assert_ne!(from, to, "a move goes to another CPU");
        assert!(self.tasks[task].cpus_allowed.binary_search(&to).is_ok(), "a move to a forbidden CPU");
        self.about_to(Site::Move { task, to });
        self.update_scan_period(task, to);
        self.update_curr(to);
        let moved = &mut self.tasks[task];
        self.rqs[from].avg.detach(&moved.se.avg, moved.se.weight);
        self.rqs[to].avg.attach(&mut moved.se.avg, moved.se.weight);
        moved.cpu = to;
    }

    /// Moves a task from one queue to another. Who runs on either is decided later.
    pub(crate) fn requeue_task(&mut self, task: usize, to: usize) {
        self.detach_task(task, to);
        self.enqueue_task(task);
    }

    /// `detach_task`: takes a queued task off its queue to take it elsewhere.
    pub(crate) fn detach_task(&mut self, task: usize, to: usize) {
        assert_eq!(self.tasks[task].state, State::Queued, "only queued tasks move");
        self.dequeue_task(task);
        let se = &mut self.tasks[task].se;
        se.placement = Placement::Moved(se.deadline - se.vruntime);
        self.set_task_cpu(task, to);
    }

    /// `move_queued_task`: puts a queued task, running or not, onto another CPU, where it runs if
    /// it is the best.
    pub(crate) fn move_queued_task(&mut self, task: usize, to: usize) {
        let from = self.tasks[task].cpu;
        self.requeue_task(task, to);
        self.resched(to);
        self.resched(from);
    }

    pub(crate) fn emit_moved(&mut self, task: usize, from: usize, cause: MoveCause) {
        let topology = &self.setup.topology;
        let to = self.tasks[task].cpu;
        self.moves.add_task(topology.node_of(from), topology.node_of(to));
        let (from, to) = (topology.cpu_id(from), topology.cpu_id(to));
        self.emit(task, EventKind::TaskMoved { from, to, cause });
    }
}
