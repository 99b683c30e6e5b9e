//! A process that becomes another (`begin_new_exec`, fs/exec.c; `task_numa_free`,
//! kernel/sched/fair.c; 6.12).

use crate::event::EventKind;
use crate::ids::{ProcIdx, TaskIdx};
use crate::numab::stats::NR_NUMA_HINT_FAULT_TYPES;
use crate::sched::task::{Execution, State};
use crate::time::{Jiffies, Ns};
use crate::world::World;

impl World {
    /// `execve`: all other threads end, the address space is a fresh one, and the thread goes on
    /// as the first of the new process, with its id and place among the tasks of its CPU.
    pub(crate) fn exec_process(&mut self, task: usize, process: usize) {
        let new = self.setup.first_task(process);
        if self.tasks[new].state != State::Unborn {
            return;
        }
        let old = self.tasks[task].mm;
        for other in 0..self.tasks.len() {
            if other != task && self.tasks[other].mm == old && self.is_alive_or_new(other) {
                self.do_exit(other);
            }
        }
        let cpu = self.tasks[task].cpu;
        if self.rqs[cpu].curr == Some(task) {
            self.settle(task);
        }
        self.task_numa_free(task);
        let (process_idx, successor) = (ProcIdx(process as u16), TaskIdx(new as u16));
        self.emit(task, EventKind::Exec { process: process_idx, successor });
        self.hand_over(task, new);
        self.exec_mmap(old, process);
        self.open_barriers_without(task);
        self.rearm(new);
    }

    fn is_alive_or_new(&self, task: usize) -> bool {
        !matches!(self.tasks[task].state, State::Unborn | State::Dead)
    }

    /// `task_numa_free` after a successful exec: the sums begin anew, the buffers stay.
    fn task_numa_free(&mut self, task: usize) {
        self.leave_group(task);
        let summed = NR_NUMA_HINT_FAULT_TYPES * 2 * self.setup.topology.nr_node_ids();
        let numa = &mut self.tasks[task].numa;
        numa.total_faults = 0;
        numa.faults.iter_mut().take(summed).for_each(|figure| *figure = 0);
    }

    /// The new task stands where the old one stood.
    fn hand_over(&mut self, old: usize, new: usize) {
        let mut taken = self.tasks[old].clone();
        taken.mm = self.tasks[new].mm;
        let mems_allowed = self.mms[self.tasks[old].mm].mems_allowed;
        if let Some(mut own) = self.tasks[new].policy {
            own.rebind(mems_allowed);
            taken.policy = Some(own);
        }
        let since = self.now;
        let program_start = Execution { since, ..self.tasks[new].exec.clone() };
        taken.exec = program_start;
        self.rqs[taken.cpu].rename(old, new);
        self.timers.rename_sleeper(old, new);
        let waits = taken.state == State::Sleeping && self.tasks[old].exec.barrier.is_some();
        if waits && self.timers.wakeup_of(new).is_none() {
            // Nobody else would wake it any more.
            self.timers.add_wakeup(self.now, new);
        }
        self.tasks[new] = taken;
        self.tasks[old].state = State::Dead;
        self.tasks[old].exec.ended = Some(self.now);
    }

    /// `exec_mmap`: the old address space goes, with the last user its memory.
    fn exec_mmap(&mut self, old: usize, new: usize) {
        let pid = self.mms[old].pid;
        self.mms[old].mm_users -= 1;
        self.mms[old].nr_threads -= 1;
        if self.mms[old].nr_threads == 0 {
            self.exit_mmap(old);
        }
        let mems_allowed = self.mms[old].mems_allowed;
        let mut vmas = core::mem::take(&mut self.mms[new].image);
        vmas.iter_mut().filter_map(|vma| vma.policy.as_mut()).for_each(|policy| policy.rebind(mems_allowed));
        for (place, vma) in vmas.iter().enumerate() {
            self.objects[vma.object].add_mapping(new, place);
        }
        let stopped = self.mms[old].stopped;
        let mm = &mut self.mms[new];
        (mm.vmas, mm.pid, mm.mm_users, mm.nr_threads, mm.stopped) = (vmas, pid, 1, 1, stopped);
        mm.numa_next_scan = Jiffies(0);
        mm.mems_allowed = mems_allowed;
    }

    /// Threads of the caller's process that `kill` would meet are gone: `exit_group`.
    pub(crate) fn exit_group(&mut self, task: usize) {
        self.kill(self.tasks[task].mm);
    }

    /// `clone`, `fork` and `execve` take the caller past its step first.
    pub(crate) fn pass_step(&mut self, task: usize) {
        let exec = &mut self.tasks[task].exec;
        assert_eq!(exec.left, Ns::ZERO, "in the middle of something");
        exec.cursor.next_step();
    }
}
