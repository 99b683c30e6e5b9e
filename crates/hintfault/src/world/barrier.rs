//! Threads that wait for each other. Whoever comes last wakes the others; they go to where they
//! slept, or to an idle CPU nearby, as if a timer had woken them.

use crate::sched::task::State;
use crate::world::World;

impl World {
    /// A thread has come to a barrier: it sleeps, or it is the last and all go on.
    pub(crate) fn wait_at_barrier(&mut self, task: usize, group: u16) {
        let exec = &mut self.tasks[task].exec;
        exec.cursor.next_step();
        exec.barrier = Some(group);
        if self.open_barrier(group) {
            return;
        }
        self.dequeue_sleeping(task);
    }

    /// Lets all threads at a barrier go on if all have come.
    fn open_barrier(&mut self, group: u16) -> bool {
        let setup = self.setup.clone();
        let is_coming = |task: usize| {
            let task = &self.tasks[task];
            !matches!(task.state, State::Dead | State::Unborn) && task.exec.barrier != Some(group)
        };
        if setup.barrier_tasks(group).any(is_coming) {
            return false;
        }
        for task in setup.barrier_tasks(group) {
            let waiting = &mut self.tasks[task];
            if waiting.exec.barrier.take().is_some() && waiting.state == State::Sleeping {
                self.try_to_wake_up(task);
            }
        }
        true
    }

    /// Somebody has died whom others may have waited for.
    pub(crate) fn open_barriers_without(&mut self, task: usize) {
        self.tasks[task].exec.barrier = None;
        let setup = self.setup.clone();
        for group in setup.barriers_of(task) {
            self.open_barrier(group);
        }
    }
}
