//! What is done to a running machine: the scenario's actions, and threads that end.

use crate::event::EventKind;
use crate::ids::ProcIdx;
use crate::input::{Action, Sysctl};
use crate::refusal::Refusal;
use crate::sched::task::State;
use crate::time::Ns;
use crate::world::World;
use crate::world::policy_actions::is_policy_action;

impl World {
    pub(crate) fn apply_action(&mut self, index: usize) {
        let setup = self.setup.clone();
        let action = &setup.actions[index].action;
        // Any running task stands for the machine in the record; the first one will do.
        let outcome = is_policy_action(action).then(|| self.policy_action(action));
        let refused = outcome.map_or_else(|| self.refusal(action), Result::err);
        self.emit(0, EventKind::ActionApplied { action: index as u32, refused });
        if refused.is_some() || outcome.is_some() {
            return;
        }
        match *action {
            Action::SetAffinity { tid, ref cpus } => {
                let topology = &self.setup.topology;
                let places = cpus.iter().filter_map(|&cpu| topology.cpu_index(cpu)).collect();
                self.sched_setaffinity(tid, places);
            }
            Action::SetSysctl(sysctl) => self.set_sysctl(sysctl),
            Action::HoldMm { process, duration } => self.hold_mm(process.index(), duration),
            Action::Kill { process } => self.kill(process.index()),
            Action::Stop { process } => self.stop_process(process.index()),
            Action::Continue { process } => self.continue_process(process.index()),
            Action::Sleep { tid, duration } => self.sleep_by_action(tid, duration),
            Action::Fork { process } => self.fork_by_action(process.index()),
            Action::Clone { tid } => self.clone_by_action(tid),
            Action::Exec { tid, process } => self.exec_by_action(tid, process.index()),
            Action::Exit { tid } => self.exit_by_action(tid),
            _ => unreachable!("done as a system call"),
        }
    }

    /// Why the kernel would refuse an action now. What is wrong at any time, set-up has refused.
    pub(super) fn refusal(&self, action: &Action) -> Option<Refusal> {
        let gone_unless = |there: bool| (!there).then_some(Refusal::NoSuchTask);
        let has_mm = |process: usize| self.mms[process].nr_threads > 0;
        let lives = |process: usize| self.first_living(process).is_some();
        match *action {
            Action::SetAffinity { tid, .. } => {
                let exists = |state| !matches!(state, State::Unborn | State::Dead);
                gone_unless(self.tasks.iter().any(|task| task.tid == tid && exists(task.state)))
            }
            Action::Exec { tid, .. } | Action::Exit { tid } | Action::Sleep { tid, .. } => {
                gone_unless(self.find_living(tid).is_some())
            }
            Action::Stop { process } | Action::Continue { process } => gone_unless(lives(process.index())),
            Action::HoldMm { process, .. } | Action::Kill { process } => gone_unless(has_mm(process.index())),
            Action::Fork { process } => {
                let parent = self.setup.parent_of(process.index());
                let born = self.tasks[self.setup.first_task(process.index())].state != State::Unborn;
                gone_unless(parent.is_some_and(lives)).or(born.then_some(Refusal::AlreadyThere))
            }
            Action::Clone { tid } => {
                let thread = self.tasks.iter().find(|task| task.tid == tid);
                let born = thread.is_some_and(|task| task.state != State::Unborn);
                gone_unless(thread.is_some_and(|task| lives(task.mm))).or(born.then_some(Refusal::AlreadyThere))
            }
            _ => None,
        }
    }

    fn set_sysctl(&mut self, sysctl: Sysctl) {
        assert!(sysctl.scan_size_mb > 0, "checked at set-up");
        self.sysctl = sysctl;
    }

    /// Somebody takes a reference on an address space for a while (`get_task_mm`).
    fn hold_mm(&mut self, process: usize, duration: Ns) {
        let mm = &mut self.mms[process];
        if mm.nr_threads == 0 || duration == Ns::ZERO {
            return;
        }
        mm.mm_users += 1;
        self.timers.add_release(self.now + duration, process);
    }

    /// `mmput`.
    pub(crate) fn release_mm(&mut self, process: usize) {
        let mm = &mut self.mms[process];
        assert!(mm.mm_users > mm.nr_threads, "a reference that nobody holds");
        mm.mm_users -= 1;
    }

    pub(crate) fn kill(&mut self, process: usize) {
        for task in 0..self.tasks.len() {
            if self.tasks[task].mm == process && !matches!(self.tasks[task].state, State::Dead | State::Unborn) {
                self.do_exit(task);
            }
        }
    }

    /// `do_exit` (kernel/exit.c, 6.12): a thread ends; the last one of a process frees its
    /// memory.
    pub(crate) fn do_exit(&mut self, task: usize) {
        if matches!(self.tasks[task].state, State::New | State::Sleeping) {
            self.timers.cancel_wakeup(task);
        }
        self.tasks[task].exec.ended = Some(self.now);
        self.dequeue_dead(task);
        self.emit(task, EventKind::TaskExit);
        self.leave_group(task);
        let mm = &mut self.mms[self.tasks[task].mm];
        mm.mm_users -= 1;
        mm.nr_threads -= 1;
        if mm.nr_threads == 0 {
            self.exit_mmap(self.tasks[task].mm);
        }
        self.open_barriers_without(task);
    }

    /// `exit_mmap` (mm/mmap.c, 6.12): unmaps everything; memory that nobody else maps is free
    /// again.
    pub(crate) fn exit_mmap(&mut self, mm: usize) {
        let vmas = core::mem::take(&mut self.mms[mm].vmas);
        self.mms[mm].rss_pages = 0;
        for vma in &vmas {
            if self.objects[vma.object].remove_mappings(mm) {
                self.free_object(vma.object);
            }
        }
    }

    /// No node has a page left. The kernel would pick a victim by size; here the process that
    /// asked is killed.
    pub(crate) fn out_of_memory(&mut self, task: usize) {
        let process = self.tasks[task].mm;
        self.emit(task, EventKind::OutOfMemory { process: ProcIdx(process as u16) });
        self.kill(process);
    }
}
