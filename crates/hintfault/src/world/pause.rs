//! Threads that are kept from running: stopped by a signal, or asleep (`do_signal_stop`,
//! kernel/signal.c; `hrtimer_nanosleep`, kernel/time/hrtimer.c; 6.12).

use crate::ids::Tid;
use crate::sched::task::State;
use crate::time::Ns;
use crate::world::World;

impl World {
    /// `SIGSTOP`: no thread of the process runs until it is continued.
    pub(crate) fn stop_process(&mut self, process: usize) {
        self.mms[process].stopped = true;
        for task in 0..self.tasks.len() {
            if self.tasks[task].mm == process {
                self.do_signal_stop(task);
            }
        }
        let runs = |task: usize| self.tasks[task].mm == process;
        assert!(!self.rqs.iter().any(|rq| rq.queued().any(runs)), "a stopped process runs");
    }

    /// A thread of a stopped process leaves its queue.
    pub(crate) fn do_signal_stop(&mut self, task: usize) {
        if self.mm_of(task).stopped && self.tasks[task].state == State::Queued {
            self.dequeue_sleeping(task);
        }
    }

    /// `SIGCONT`. What a thread waited for may have come in the meantime.
    pub(crate) fn continue_process(&mut self, process: usize) {
        self.mms[process].stopped = false;
        for task in 0..self.tasks.len() {
            let waits = matches!(self.tasks[task].state, State::New | State::Sleeping);
            if waits && self.tasks[task].mm == process {
                self.wake_if_free(task);
            }
        }
    }

    /// Wakes a thread unless something else still keeps it: its timer, a barrier, a stop.
    pub(crate) fn wake_if_free(&mut self, task: usize) {
        if self.timers.wakeup_of(task).is_none() {
            self.wake_by_timer(task);
        }
    }

    /// Wakes a thread whose time has come, unless a barrier or a stop still keeps it.
    pub(crate) fn wake_by_timer(&mut self, task: usize) {
        let waiting = &self.tasks[task];
        if waiting.exec.barrier.is_none() && !self.mms[waiting.mm].stopped {
            self.try_to_wake_up(task);
        }
    }

    /// A thread sleeps for so long, from where it is in its program. One that sleeps already
    /// does so at least as long.
    pub(crate) fn sleep_by_action(&mut self, tid: Tid, duration: Ns) {
        let Some(task) = self.find_living(tid) else { return };
        let until = self.now + duration;
        let until = self.timers.wakeup_of(task).map_or(until, |at| at.max(until));
        self.timers.cancel_wakeup(task);
        self.timers.add_wakeup(until, task);
        if self.tasks[task].state == State::Queued {
            self.dequeue_sleeping(task);
        }
    }
}
