//! `sched_setaffinity` (kernel/sched/syscalls.c, core.c, 6.12).

use alloc::vec::Vec;

use crate::event::MoveCause;
use crate::ids::Tid;
use crate::sched::task::State;
use crate::world::World;

impl World {
    /// `__set_cpus_allowed_ptr`: a task that runs or waits where it may not any more moves at
    /// once; one that sleeps chooses when it wakes up.
    pub(crate) fn sched_setaffinity(&mut self, tid: Tid, cpus: Vec<usize>) {
        let Some(task) = self.tasks.iter().position(|task| task.tid == tid && task.state != State::Dead) else {
            return;
        };
        if cpus.is_empty() {
            return;
        }
        assert!(cpus.is_sorted(), "CPUs in ascending order");
        let from = self.tasks[task].cpu;
        let stays = cpus.binary_search(&from).is_ok();
        self.tasks[task].cpus_allowed = cpus;
        match self.tasks[task].state {
            State::Queued if !stays => {
                let to = self.cpumask_any_and_distribute(task);
                self.move_queued_task(task, to);
                self.emit_moved(task, from, MoveCause::Affinity);
            }
            // Nobody has seen it yet: it starts from its first CPU.
            State::New | State::Unborn => self.tasks[task].cpu = self.tasks[task].cpus_allowed[0],
            State::Queued | State::Sleeping | State::Dead => {}
        }
    }

    /// `cpumask_any_and_distribute`: the allowed CPU behind the one that was chosen last, so that
    /// tasks moved one after the other do not all land on one.
    fn cpumask_any_and_distribute(&mut self, task: usize) -> usize {
        let allowed = &self.tasks[task].cpus_allowed;
        let behind = allowed.partition_point(|&cpu| cpu <= self.distribute_cpu_mask_prev);
        let next = allowed.get(behind).copied().unwrap_or(allowed[0]);
        self.distribute_cpu_mask_prev = next;
        next
    }
}
