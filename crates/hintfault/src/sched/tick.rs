//! The tick and switching between tasks (kernel/sched/core.c, fair.c, 6.12).

use crate::calls::Function;
use crate::sched::pelt::Contribution;
use crate::sched::rq::{base_slice, calc_delta_fair};
use crate::sched::task::State;
use crate::time::Ns;
use crate::world::World;

/// Whether a running task has used up its slice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Slice {
    Lasts,
    UsedUp,
}

impl World {
    /// `sched_tick` on one CPU: accounts the running task, lets the NUMA balancer look at it,
    /// balances load where that is due, and switches when its slice is used up.
    pub(crate) fn sched_tick(&mut self, cpu: usize) {
        if cpu == 0 {
            self.update_contention();
        }
        let slice = match self.rqs[cpu].curr {
            Some(task) => {
                self.settle(task);
                let slice = self.update_curr(cpu);
                self.calls.count(Function::TaskTickFair);
                self.task_tick_numa(task);
                slice
            }
            None => self.update_curr(cpu),
        };
        let queued = self.rqs[cpu].nr_running();
        self.sched_balance_trigger(cpu);
        let rq = &self.rqs[cpu];
        let has_choice = !rq.waiting().is_empty();
        if has_choice && (slice == Slice::UsedUp || rq.nr_running() > queued || rq.curr.is_none()) {
            self.schedule(cpu);
        }
        if self.rqs[cpu].curr.is_some() {
            self.resume_user_mode_work(cpu);
            self.arm(cpu);
        }
    }

    /// `update_curr` and `update_load_avg`: brings runtime, virtual runtime and load of a CPU and
    /// its running task up to date.
    pub(crate) fn update_curr(&mut self, cpu: usize) -> Slice {
        let now = self.now;
        let rq = &mut self.rqs[cpu];
        let contribution = rq.contribution();
        rq.avg.update(now, contribution, 1);
        let Some(task) = rq.curr else { return Slice::Lasts };
        let slice = self.base_slice();
        let se = &mut self.tasks[task].se;
        let delta = now - se.exec_start;
        se.exec_start = now;
        se.sum_exec_runtime = se.sum_exec_runtime + delta;
        se.vruntime += calc_delta_fair(delta, se.weight);
        se.avg.update(now, Contribution::RUNNING, se.weight);
        if se.vruntime < se.deadline {
            return Slice::Lasts;
        }
        se.deadline = se.vruntime + calc_delta_fair(slice, se.weight);
        Slice::UsedUp
    }

    /// `sysctl_sched_base_slice`.
    pub(crate) fn base_slice(&self) -> Ns {
        base_slice(self.setup.topology.nr_cpus())
    }

    /// `schedule`: the running task, if it still wants to run, waits; the best one runs. A CPU
    /// that would go idle first looks for a task elsewhere.
    pub(crate) fn schedule(&mut self, cpu: usize) {
        self.update_curr(cpu);
        let mut next = self.rqs[cpu].pick_eevdf(&self.tasks);
        if next.is_none() {
            self.sched_balance_newidle(cpu);
            next = self.rqs[cpu].pick_eevdf(&self.tasks);
        }
        if next == self.rqs[cpu].curr {
            return;
        }
        if let Some(prev) = self.rqs[cpu].curr {
            self.settle(prev);
            self.rqs[cpu].put_prev();
        }
        if let Some(next) = next {
            self.set_next_task(cpu, next);
        }
    }

    fn set_next_task(&mut self, cpu: usize, task: usize) {
        let now = self.now;
        let next = &mut self.tasks[task];
        assert_eq!((next.state, next.cpu), (State::Queued, cpu), "runs where it is queued");
        next.se.avg.update(now, Contribution::WAITING, next.se.weight);
        next.se.exec_start = now;
        next.exec.since = now;
        self.rqs[cpu].set_next(task, &mut next.se);
        self.outlook.forget(cpu);
    }

    /// After something came to a CPU's queue or left it: the best task runs, and when it
    /// interacts next is known.
    pub(crate) fn resched(&mut self, cpu: usize) {
        if let Some(curr) = self.rqs[cpu].curr {
            self.settle(curr);
        }
        self.schedule(cpu);
        self.resume_user_mode_work(cpu);
        self.arm(cpu);
    }
}
