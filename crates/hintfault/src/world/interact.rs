//! Where running tasks meet the rest: bringing them up to date, finding out when they next do
//! something visible, and doing it.

use crate::ids::PageIdx;
use crate::input::Step;
use crate::mm::PageAt;
use crate::numab::scan::ScanProgress;
use crate::sched::task::{Activity, NumaWork, State};
use crate::time::Ns;
use crate::workload::walk::{Surroundings, Walk, WalkEnd, next_access, next_page, walk};
use crate::world::World;

impl World {
    /// Brings a running task's place in its program up to now. Nothing else changes by it.
    pub(crate) fn settle(&mut self, task: usize) {
        self.settle_for(task, self.now - self.tasks[task].exec.since);
    }

    /// Settles a task that has run for so long since the last time. How its program goes on, if
    /// that had to be found out.
    fn settle_for(&mut self, task: usize, elapsed: Ns) -> Option<WalkEnd> {
        #[cfg(feature = "shared-clock")]
        if self.stands_still(self.tasks[task].cpu) {
            self.tasks[task].exec.since = self.now;
            return None;
        }
        if elapsed == Ns::ZERO {
            return None;
        }
        let exec = &mut self.tasks[task].exec;
        let since = exec.since;
        if exec.is_scanning() {
            exec.left = exec.left - elapsed;
            exec.since = self.now;
            return None;
        }
        let foreseen = self.outlook.of(self.tasks[task].cpu, since, elapsed);
        let done = foreseen.unwrap_or_else(|| self.walk_task(task, elapsed));
        assert_eq!(done.used, elapsed, "something was missed on the way");
        let exec = &mut self.tasks[task].exec;
        exec.since = self.now;
        if elapsed >= exec.left {
            exec.activity = Activity::User;
        }
        self.store_walk(task, done);
        Some(done.end)
    }

    fn store_walk(&mut self, task: usize, walk: Walk) {
        let exec = &mut self.tasks[task].exec;
        exec.cursor = walk.cursor;
        exec.left = walk.left;
        exec.local_accesses += walk.local;
        exec.remote_accesses += walk.remote;
        exec.stall = exec.stall + walk.stall;
    }

    /// What a task does in so much CPU time from where it stands, without doing it.
    pub(crate) fn walk_task(&self, task: usize, budget: Ns) -> Walk {
        let exec = &self.tasks[task].exec;
        walk(&self.surroundings(task), exec.cursor, exec.left, budget)
    }

    fn surroundings(&self, task: usize) -> Surroundings<'_> {
        let cpu_node = self.node_of_task(task);
        Surroundings {
            program: &self.setup.programs[task],
            mm: self.mm_of(task),
            objects: &self.objects,
            cpu_node,
            access_ns: self.access_ns(cpu_node),
            local_ns: self.setup.access_ns(cpu_node)[cpu_node.index()],
            zero_page_node: self.setup.zero_page_node,
            start: self.tasks[task].exec.since,
            random_seed: self.setup.random_seed(task),
        }
    }

    /// Sets when the running task of a CPU interacts next. It must have been settled. Beyond
    /// the next tick nobody needs to know: the tick asks again.
    pub(crate) fn arm(&mut self, cpu: usize) {
        let at = match self.rqs[cpu].curr {
            #[cfg(feature = "shared-clock")]
            Some(_) if self.stands_still(cpu) => {
                self.outlook.expect_nothing(cpu);
                Ns::NEVER
            }
            Some(task) => self.next_interaction(cpu, task),
            None => Ns::NEVER,
        };
        self.timers.set_interaction(cpu, at);
    }

    /// Sets anew when a task interacts next, if it runs.
    pub(crate) fn rearm(&mut self, task: usize) {
        let cpu = self.tasks[task].cpu;
        if self.rqs[cpu].curr == Some(task) {
            self.arm(cpu);
        }
    }

    /// A fault ends unseen unless work waits for the return to user mode.
    fn next_interaction(&mut self, cpu: usize, task: usize) -> Ns {
        let task_at = &self.tasks[task];
        let exec = &task_at.exec;
        assert_eq!(exec.since, self.now, "looking ahead from the past");
        let in_kernel = match exec.activity {
            Activity::User => false,
            Activity::Fault => task_at.numa.work == NumaWork::Queued,
            Activity::Scan(_) => true,
        };
        if in_kernel {
            self.outlook.expect_nothing(cpu);
            return self.now + exec.left;
        }
        let ahead = self.walk_task(task, self.timers.next_tick(cpu) - self.now);
        self.outlook.expect(cpu, self.now, ahead);
        match ahead.end {
            WalkEnd::Stop => self.now + ahead.used,
            WalkEnd::OutOfTime => Ns::NEVER,
        }
    }

    /// The running task of a CPU has reached what it was armed for.
    pub(crate) fn interact(&mut self, cpu: usize) {
        let Some(task) = self.rqs[cpu].curr else {
            unreachable!("an idle CPU does not interact");
        };
        let end = self.settle_for(task, self.now - self.tasks[task].exec.since);
        if self.tasks[task].exec.is_scanning() {
            self.scan_on(task);
        } else if self.tasks[task].numa.work == NumaWork::Queued {
            self.resume_user_mode_work(cpu);
        } else if self.is_at_stop(task, end) {
            self.stop(task);
        }
        self.arm(cpu);
    }

    /// `resume_user_mode_work`: a task that is about to run its program first does the scan
    /// that was queued for it.
    pub(crate) fn resume_user_mode_work(&mut self, cpu: usize) {
        let Some(task) = self.rqs[cpu].curr else { return };
        let in_user_mode = matches!(self.tasks[task].exec.activity, Activity::User);
        if !in_user_mode || self.tasks[task].numa.work == NumaWork::Idle {
            return;
        }
        let visit_left = self.tasks[task].exec.left;
        let Some(work) = self.task_numa_work(task) else { return };
        let exec = &mut self.tasks[task].exec;
        exec.interrupted_visit = visit_left;
        exec.left = Ns::ZERO;
        exec.activity = Activity::Scan(work.into());
        self.scan_on(task);
    }

    /// Goes on with a task's scan; when that is over, the program continues where it was.
    fn scan_on(&mut self, task: usize) {
        let exec = &mut self.tasks[task].exec;
        assert_eq!(exec.left, Ns::ZERO, "in the middle of a step");
        let Activity::Scan(mut work) = core::mem::replace(&mut exec.activity, Activity::User) else {
            unreachable!("only scans go on");
        };
        match self.continue_scan(task, &mut work) {
            ScanProgress::Continue(cost) => {
                let exec = &mut self.tasks[task].exec;
                exec.left = cost;
                exec.system.scan = exec.system.scan + cost;
                exec.activity = Activity::Scan(work);
            }
            ScanProgress::Done => {
                let exec = &mut self.tasks[task].exec;
                exec.left = core::mem::take(&mut exec.interrupted_visit);
            }
        }
    }

    /// Whether a program has come to what is more than plain execution. If nobody had to look,
    /// it moves on to the step that needs attention, past those that are done.
    fn is_at_stop(&mut self, task: usize, end: Option<WalkEnd>) -> bool {
        let end = end.unwrap_or_else(|| {
            let ahead = self.walk_task(task, Ns::ZERO);
            self.store_walk(task, ahead);
            ahead.end
        });
        end == WalkEnd::Stop
    }

    fn stop(&mut self, task: usize) {
        let cursor = self.tasks[task].exec.cursor;
        match self.setup.programs[task].steps.get(usize::from(cursor.step)).copied() {
            None | Some(Step::Exit) => self.do_exit(task),
            Some(Step::ExitGroup) => self.exit_group(task),
            Some(Step::Clone { thread }) => {
                self.pass_step(task);
                self.clone_thread(task, self.setup.first_task(self.tasks[task].mm) + usize::from(thread));
            }
            Some(Step::Fork { process }) => {
                self.pass_step(task);
                self.fork_by_step(task, process.index());
            }
            Some(Step::Exec { process }) => {
                self.pass_step(task);
                self.exec_process(task, process.index());
            }
            Some(Step::Barrier { group, threads }) => self.wait_at_barrier(task, group, threads),
            Some(Step::Sleep { duration }) => self.sleep(task, duration),
            Some(step @ Step::Access { .. }) => self.access(task, &step),
            Some(Step::Compute { .. } | Step::Again { .. }) => unreachable!("plain execution needs nobody"),
        }
    }

    fn sleep(&mut self, task: usize, duration: Ns) {
        self.tasks[task].exec.cursor.next_step();
        self.timers.add_wakeup(self.now + duration, task);
        self.dequeue_sleeping(task);
    }

    /// The page that the program of a task touches next, if that comes next.
    #[cfg(feature = "explain")]
    pub(crate) fn page_wanted(&self, task: usize) -> Option<crate::event::PageRef> {
        let cursor = self.walk_task(task, Ns::ZERO).cursor;
        let step = self.setup.programs[task].steps.get(usize::from(cursor.step))?;
        let Step::Access { region, .. } = *step else { return None };
        let page = next_page(self.setup.random_seed(task), cursor, step);
        Some(self.page_ref(self.page_of_region(self.tasks[task].mm, region, page)))
    }

    pub(crate) fn page_of_region(&self, mm: usize, region: u16, page: PageIdx) -> PageAt {
        let vma = self.mms[mm].vma_of(region, page);
        PageAt { mm, vma, page: PageIdx(page.0 - self.mms[mm].vmas[vma].region_page) }
    }

    fn access(&mut self, task: usize, step: &Step) {
        let Step::Access { region, .. } = *step else {
            unreachable!("only accesses fault");
        };
        let cursor = self.tasks[task].exec.cursor;
        let (page, (access, _)) = (next_page(self.setup.random_seed(task), cursor, step), next_access(cursor, step));
        let at = self.page_of_region(self.tasks[task].mm, region, page);
        let Some(kind) = self.fault_kind(at, access) else {
            // Another thread was faster.
            return;
        };
        let cpu = self.tasks[task].cpu;
        // In the fault the task may come to another CPU, on which it then still is in the fault.
        self.tasks[task].exec.activity = Activity::Fault;
        let moved_before = self.tasks[task].exec.system.migrate;
        let cost = self.handle_pte_fault(task, at, kind, access);
        if self.tasks[task].state == State::Queued {
            let exec = &mut self.tasks[task].exec;
            exec.left = cost;
            exec.system.fault = exec.system.fault + (cost - (exec.system.migrate - moved_before));
            if self.tasks[task].cpu != cpu {
                self.rearm(task);
            }
        }
    }
}
