//! Threads that wait for each other. Whoever comes last wakes the others; they go to where they
//! slept, or to an idle CPU nearby, as if a timer had woken them.

use crate::sched::task::State;
use crate::world::World;

impl World {
    /// A thread has come to a barrier: it sleeps, or it is the last and all go on.
    pub(crate) fn wait_at_barrier(&mut self, task: usize, group: u16, threads: u16) {
        let exec = &mut self.tasks[task].exec;
        exec.cursor.next_step();
        exec.barrier = Some((group, threads));
        if self.open_barrier(group) {
            return;
        }
        self.dequeue_sleeping(task);
    }

    /// Lets all threads at a barrier go on if all have come.
    fn open_barrier(&mut self, group: u16) -> bool {
        let setup = self.setup.clone();
        let waits_for = |task: usize| match self.tasks[task].exec.barrier {
            Some((at, threads)) if at == group => Some(usize::from(threads)),
            _ => None,
        };
        let is_coming = |task: usize| !self.is_gone(task) && waits_for(task).is_none();
        let waiting = setup.barrier_tasks(group).filter_map(waits_for).count();
        let wanted = setup.barrier_tasks(group).filter_map(waits_for).max().unwrap_or(0);
        let opens = if wanted > 0 { waiting >= wanted } else { !setup.barrier_tasks(group).any(is_coming) };
        if !opens {
            return false;
        }
        for task in setup.barrier_tasks(group) {
            let waiting = &mut self.tasks[task];
            let was_here = waiting.exec.barrier.take_if(|(at, _)| *at == group).is_some();
            if was_here && waiting.state == State::Sleeping {
                self.wake_if_free(task);
            }
        }
        true
    }

    fn is_gone(&self, task: usize) -> bool {
        matches!(self.tasks[task].state, State::Dead | State::Unborn)
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
