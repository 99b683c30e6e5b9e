//! Ticks, wake-ups and switching between tasks (kernel/sched/core.c, fair.c, 6.12).

use crate::sched::pelt::OnRq;
use crate::sched::rq::base_slice;
use crate::sched::task::State;
use crate::time::Ns;
use crate::world::World;

impl World {
    /// `sched_tick` on one CPU: accounts the running task, lets the balancer look at it, and
    /// switches when its slice is used up.
    pub(crate) fn sched_tick(&mut self, cpu: usize) {
        let Some(task) = self.rqs[cpu].curr else { return };
        self.settle(task);
        let slice_is_up = self.update_curr(cpu);
        self.task_tick_numa(task);
        if slice_is_up && !self.rqs[cpu].waiting().is_empty() {
            self.schedule(cpu);
        }
        self.resume_user_mode_work(cpu);
        self.arm(cpu);
    }

    /// `update_curr`: brings runtime and virtual runtime of the running task up to date.
    /// True when its slice is used up.
    pub(crate) fn update_curr(&mut self, cpu: usize) -> bool {
        let Some(task) = self.rqs[cpu].curr else { return false };
        let (now, slice) = (self.now, base_slice(self.setup.topology.nr_cpus()));
        let se = &mut self.tasks[task].se;
        let delta = now - se.exec_start;
        se.exec_start = now;
        se.sum_exec_runtime = se.sum_exec_runtime + delta;
        se.vruntime += delta.0 as i64;
        se.avg.update(now, OnRq::Yes);
        if se.vruntime < se.deadline {
            return false;
        }
        se.deadline = se.vruntime + slice.0 as i64;
        true
    }

    /// `schedule`: the running task, if it still wants to run, waits; the best one runs.
    pub(crate) fn schedule(&mut self, cpu: usize) {
        self.update_curr(cpu);
        let next = self.rqs[cpu].pick_eevdf(&self.tasks);
        if next == self.rqs[cpu].curr {
            return;
        }
        self.put_prev_task(cpu);
        let Some(next) = next else { return };
        self.rqs[cpu].remove_waiting(next);
        self.set_next_task(cpu, next);
    }

    fn put_prev_task(&mut self, cpu: usize) {
        let Some(prev) = self.rqs[cpu].curr.take() else { return };
        self.settle(prev);
        self.rqs[cpu].push_waiting(prev);
    }

    fn set_next_task(&mut self, cpu: usize, task: usize) {
        assert!(self.rqs[cpu].curr.is_none(), "two tasks on one CPU");
        let now = self.now;
        let next = &mut self.tasks[task];
        assert_eq!((next.state, next.cpu), (State::Queued, cpu), "runs where it is queued");
        next.se.avg.update(now, OnRq::Yes);
        next.se.exec_start = now;
        next.exec.since = now;
        self.rqs[cpu].curr = Some(task);
    }

    /// `try_to_wake_up`, also for a thread that starts: queues it on its CPU.
    pub(crate) fn try_to_wake_up(&mut self, task: usize) {
        let now = self.now;
        let woken = &mut self.tasks[task];
        assert!(matches!(woken.state, State::New | State::Sleeping), "waking what does not sleep");
        if woken.state == State::New {
            // A new entity counts as fully loaded from the start (`init_entity_runnable_average`).
            woken.se.avg.start_full(now);
        }
        woken.se.avg.update(now, OnRq::No);
        woken.state = State::Queued;
        let cpu = woken.cpu;
        self.enqueue_task(cpu, task);
        self.resume_user_mode_work(cpu);
        self.arm(cpu);
    }

    /// Queues a task that is ready to run, and lets it run if nobody does or it is the better
    /// pick.
    pub(crate) fn enqueue_task(&mut self, cpu: usize, task: usize) {
        if let Some(curr) = self.rqs[cpu].curr {
            self.settle(curr);
            self.update_curr(cpu);
        }
        let slice = base_slice(self.setup.topology.nr_cpus());
        self.rqs[cpu].place_entity(&mut self.tasks, task, slice);
        self.rqs[cpu].push_waiting(task);
        self.schedule(cpu);
    }

    /// Takes a task off its queue, running or waiting, and lets the next one run.
    pub(crate) fn dequeue_task(&mut self, task: usize) {
        let cpu = self.tasks[task].cpu;
        let limit = Ns((2 * base_slice(self.setup.topology.nr_cpus()).0).max(self.hz().tick_ns()));
        let now = self.now;
        if let Some(curr) = self.rqs[cpu].curr {
            self.settle(curr);
            self.update_curr(cpu);
        }
        self.rqs[cpu].update_entity_lag(&mut self.tasks, task, limit);
        if self.rqs[cpu].curr == Some(task) {
            self.rqs[cpu].curr = None;
        } else {
            self.tasks[task].se.avg.update(now, OnRq::Yes);
            self.rqs[cpu].remove_waiting(task);
        }
        if self.rqs[cpu].curr.is_none() {
            self.schedule(cpu);
        }
        self.resume_user_mode_work(cpu);
        self.arm(cpu);
    }

    /// Puts a queued task onto another CPU.
    pub(crate) fn move_queued_task(&mut self, task: usize, to: usize) {
        assert_eq!(self.tasks[task].state, State::Queued, "only queued tasks move");
        self.update_scan_period(task, to);
        self.dequeue_task(task);
        self.tasks[task].cpu = to;
        self.enqueue_task(to, task);
        self.resume_user_mode_work(to);
        self.arm(to);
    }
}
