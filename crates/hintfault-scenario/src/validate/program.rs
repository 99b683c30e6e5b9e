//! What threads do.

use hintfault::input;
use hintfault::time::Ns;

use super::access::{check_access, check_until};
use super::birth::check_birth;
use super::machine::Facts;
use super::region::Regions;
use super::{check_ms, check_name, check_u32};
use crate::document::{Process, Repeat, Share, Step, Thread};
use crate::failure::{Path, Report};
use crate::limits::{MAX_BARRIERS, MAX_DURATION_MS, MAX_STEPS, MAX_THREADS, MIN_DURATION_NS};
use crate::quantity::Millis;

/// What programs refer to.
pub(super) struct Around<'a> {
    pub(super) facts: &'a Facts,
    pub(super) regions: &'a mut Regions,
    /// Names of the barriers of all processes.
    pub(super) barriers: &'a mut Vec<String>,
    /// All processes, and which of them has the program.
    pub(super) processes: &'a [Process],
    pub(super) own: usize,
}

/// A program, the same for all threads that `count` makes.
#[derive(Clone)]
pub(super) struct Template {
    pub(super) program: input::Program,
    /// Steps whose pages the threads divide among them.
    sliced: Vec<usize>,
}

impl Template {
    /// The program of the thread at place `copy` of `count`.
    pub(super) fn program_of(&self, copy: u64, count: u64) -> input::Program {
        let mut program = self.program.clone();
        for &step in &self.sliced {
            if let input::Step::Access { first, pages, .. } = &mut program.steps[step] {
                let bound = |place: u64| (u64::from(*pages) * place / count) as u32;
                let (begin, end) = (bound(copy), bound(copy + 1));
                first.0 += begin;
                *pages = end - begin;
            }
        }
        program
    }
}

pub(super) fn check(thread: &Thread, around: &mut Around<'_>, path: &Path, report: &mut Report) -> Template {
    let path = path.field("program");
    if thread.program.is_empty() {
        report.push(&path, "a program needs at least one step", "程序至少要有一步");
    }
    let repeat = match thread.repeat {
        None | Some(Repeat::Forever) => input::Repeat::Forever,
        Some(Repeat::Once) => input::Repeat::Once,
    };
    let errors_before = report.len();
    let program = input::Program { steps: Vec::new(), repeat };
    let mut lowering = Lowering {
        template: Template { program, sliced: Vec::new() },
        count: thread.count.unwrap_or(1),
        depth: 0,
        until: Ns::NEVER,
    };
    lowering.add_all(&thread.program, around, &path, report);
    let template = lowering.template;
    let lasts = repeat == input::Repeat::Once || template.program.steps.iter().any(|step| takes_time(step, Ns::NEVER));
    if !lasts && !thread.program.is_empty() && report.len() == errors_before {
        report.push(
            &path,
            "nothing here takes time for ever: add a step without until_ms, or repeat = \"once\"",
            "没有一步会一直耗时：请加一个不带 until_ms 的步骤，或写 repeat = \"once\"",
        );
    }
    template
}

/// Whether a step takes time whenever it is done before `until`.
fn takes_time(step: &input::Step, until: Ns) -> bool {
    match *step {
        input::Step::Access { until: own, .. } => own >= until,
        input::Step::Compute { .. } | input::Step::Sleep { .. } => true,
        _ => false,
    }
}

/// Turns nested steps into a list.
struct Lowering {
    template: Template,
    /// Threads that share the program.
    count: u64,
    /// Loops around.
    depth: usize,
    /// When the loops around are over.
    until: Ns,
}

impl Lowering {
    fn add_all(&mut self, steps: &[Step], around: &mut Around<'_>, path: &Path, report: &mut Report) {
        for (index, step) in steps.iter().enumerate() {
            if self.template.program.steps.len() >= MAX_STEPS {
                report.at_most(path, MAX_STEPS + 1, MAX_STEPS);
                return;
            }
            self.add(step, around, &path.index(index), report);
        }
    }

    fn add(&mut self, step: &Step, around: &mut Around<'_>, path: &Path, report: &mut Report) {
        if !step.steps.is_empty() {
            return self.add_loop(step, around, path, report);
        }
        check_only_loop(step, path, report);
        if is_birth(step)
            && !does_more(step)
            && let Some(checked) = check_birth(step, around, path, report)
        {
            check_no_visit(step, path, report);
            return self.template.program.steps.extend(checked);
        }
        if let Some(checked) = check_step(step, self.until, around, path, report) {
            if step.share == Some(Share::Slice) {
                self.check_slices(&checked, &path.field("share"), report);
                self.template.sliced.push(self.template.program.steps.len());
            }
            self.template.program.steps.push(checked);
        }
    }

    fn check_slices(&self, step: &input::Step, path: &Path, report: &mut Report) {
        let input::Step::Access { pages, .. } = *step else { return };
        if u64::from(pages) < self.count {
            let count = self.count;
            report.push(
                path,
                format!("{pages} pages cannot be divided among {count} threads"),
                format!("{pages} 页不够分给 {count} 个线程"),
            );
        }
    }

    fn add_loop(&mut self, step: &Step, around: &mut Around<'_>, path: &Path, report: &mut Report) {
        check_alone(step, path, report);
        if self.depth == input::LOOP_DEPTH {
            let most = input::LOOP_DEPTH;
            report.push(path, format!("loops nest {most} deep at most"), format!("循环最多嵌套 {most} 层"));
            return;
        }
        let times = check_u32(&path.field("times"), step.times, 0, 1, report);
        let outer = self.until;
        self.until = outer.min(check_until(step, path, report));
        self.depth += 1;
        let from = self.template.program.steps.len();
        let errors_before = report.len();
        self.add_all(&step.steps, around, &path.field("loop"), report);
        let body = &self.template.program.steps[from..];
        if !body.iter().any(|step| takes_time(step, self.until)) && report.len() == errors_before {
            report.push(
                &path.field("loop"),
                "no step takes time as long as the loop lasts",
                "循环持续期间没有一步会一直耗时",
            );
        }
        self.depth -= 1;
        let (until, depth) = (self.until, self.depth as u8);
        self.template.program.steps.push(input::Step::Again { from: from as u16, times, until, depth });
        self.until = outer;
    }
}

fn check_step(
    step: &Step,
    until: Ns,
    around: &mut Around<'_>,
    path: &Path,
    report: &mut Report,
) -> Option<input::Step> {
    match (&step.read, &step.write, step.compute_ms, step.sleep_ms, &step.barrier, is_birth(step)) {
        (Some(region), None, None, None, None, false) => {
            check_access(step, (region, "read", input::Access::Read), until, around, path, report)
        }
        (None, Some(region), None, None, None, false) => {
            check_access(step, (region, "write", input::Access::Write), until, around, path, report)
        }
        (None, None, Some(time), None, None, false) => {
            check_no_visit(step, path, report);
            let duration = check_duration(time, &path.field("compute_ms"), report);
            Some(input::Step::Compute { duration })
        }
        (None, None, None, Some(time), None, false) => {
            check_no_visit(step, path, report);
            let duration = check_duration(time, &path.field("sleep_ms"), report);
            Some(input::Step::Sleep { duration })
        }
        (None, None, None, None, Some(name), false) => {
            check_no_visit(step, path, report);
            check_barrier(name, step.threads, around.barriers, path, report)
        }
        _ => {
            report_not_one(path, report);
            None
        }
    }
}

fn report_not_one(path: &Path, report: &mut Report) {
    report.push(
        path,
        "a step has exactly one of read, write, compute_ms, sleep_ms, loop, barrier, clone, fork, exec, exit",
        "每一步必须且只能有 read、write、compute_ms、sleep_ms、loop、barrier、clone、fork、exec、exit 之一",
    );
}

fn check_barrier(
    name: &str,
    threads: Option<u64>,
    barriers: &mut Vec<String>,
    path: &Path,
    report: &mut Report,
) -> Option<input::Step> {
    let threads = threads.map_or(0, |threads| report.in_range(&path.field("threads"), threads, 1, MAX_THREADS as u64));
    let path = &path.field("barrier");
    check_name(path, name, report);
    let known = barriers.iter().position(|known| known == name);
    if known.is_none() && barriers.len() >= MAX_BARRIERS {
        report.at_most(path, MAX_BARRIERS + 1, MAX_BARRIERS);
        return None;
    }
    let place = known.unwrap_or_else(|| {
        barriers.push(name.to_owned());
        barriers.len() - 1
    });
    Some(input::Step::Barrier { group: place as u16, threads: threads as u16 })
}

fn check_duration(time: Millis, path: &Path, report: &mut Report) -> Ns {
    let time = check_ms(path, Some(time), MAX_DURATION_MS, report);
    if time.0 < MIN_DURATION_NS {
        report.push(path, "too short: at least 0.001 ms is needed", "太短，至少 0.001 ms");
    }
    time
}

fn does_more(step: &Step) -> bool {
    let visits = step.read.is_some() || step.write.is_some();
    visits || step.compute_ms.is_some() || step.sleep_ms.is_some() || step.barrier.is_some()
}

/// Whether a step creates or ends something.
fn is_birth(step: &Step) -> bool {
    step.clone.is_some() || step.fork.is_some() || step.exec.is_some() || step.exit.is_some()
}

/// A loop is nothing else.
fn check_alone(step: &Step, path: &Path, report: &mut Report) {
    if does_more(step) || is_birth(step) {
        report_not_one(path, report);
    }
    check_no_visit(&Step { until_ms: None, ..step.clone() }, path, report);
}

fn check_only_loop(step: &Step, path: &Path, report: &mut Report) {
    if step.times.is_some() {
        report.push(&path.field("times"), "belongs to loop only", "只能用于 loop");
    }
    if step.threads.is_some() && step.barrier.is_none() {
        report.push(&path.field("threads"), "belongs to barrier only", "只能用于 barrier");
    }
}

fn check_no_visit(step: &Step, path: &Path, report: &mut Report) {
    let fields = [
        ("first", step.first.is_some()),
        ("pages", step.pages.is_some()),
        ("pattern", step.pattern.is_some()),
        ("stride", step.stride.is_some()),
        ("compute_ns", step.compute_ns.is_some()),
        ("passes", step.passes.is_some()),
        ("visits", step.visits.is_some()),
        ("write_every", step.write_every.is_some()),
        ("hot_pages", step.hot_pages.is_some()),
        ("hot_percent", step.hot_percent.is_some()),
        ("share", step.share.is_some()),
        ("until_ms", step.until_ms.is_some()),
    ];
    for (name, _) in fields.into_iter().filter(|(_, is_set)| *is_set) {
        report.push(&path.field(name), "belongs to read and write only", "只能用于 read 和 write");
    }
}
