//! Which programs can run: they stay inside their regions with the rights that they need, and
//! time passes in every round of every loop.

use crate::error::SetupError;
use crate::input::{Access, Costs, LOOP_DEPTH, Pattern, Process, ProcessStart, Region, Repeat, Scenario, Step, Thread};
use crate::time::Ns;

/// A program must have steps, stay inside its regions with the rights it needs, and take time
/// in every round.
pub(crate) fn check_program(
    thread: &Thread,
    (index, process): (usize, &Process),
    scenario: &Scenario,
) -> Result<(), SetupError> {
    let steps = &thread.program.steps;
    let costs = &scenario.machine.costs;
    let is_sound = |(at, step): (usize, &Step)| {
        is_access_sound(step, process, costs)
            && is_loop_sound(at, steps)
            && is_birth_sound(step, index, &scenario.processes)
    };
    let well_formed = steps.len() < usize::from(u16::MAX) && steps.iter().enumerate().all(is_sound);
    let takes_time = thread.program.repeat == Repeat::Once || steps.iter().any(|step| takes_time(step, Ns::NEVER));
    if well_formed && takes_time { Ok(()) } else { Err(SetupError::Program(thread.tid)) }
}

fn is_access_sound(step: &Step, process: &Process, costs: &Costs) -> bool {
    let Step::Access { region, first, pages, pattern, access, compute_ns, passes, visits, .. } = *step else {
        return true;
    };
    let Some(region) = process.regions.get(usize::from(region)) else { return false };
    let inside = first.0.checked_add(pages).is_some_and(|end| end <= region.pages);
    let allowed = match access {
        Access::Read => region.prot.read,
        Access::Write => region.prot.write,
    };
    let pattern_is_sound = match pattern {
        Pattern::Sequential { stride } => stride > 0 && visits == 0,
        Pattern::HotCold { hot_pages, hot_percent } => hot_pages > 0 && hot_percent <= 100,
        Pattern::Random | Pattern::Zipf => true,
    };
    let costs_time = costs.local_access_ns > 0 || compute_ns > 0;
    inside && allowed && pattern_is_sound && costs_time && pages > 0 && passes > 0
}

/// Who is created is there to be created, by this process.
fn is_birth_sound(step: &Step, own: usize, processes: &[Process]) -> bool {
    match *step {
        Step::Clone { thread } => {
            let created = processes[own].threads.get(usize::from(thread));
            thread > 0 && created.is_some_and(|created| created.start == Ns::NEVER)
        }
        Step::Fork { process } => {
            let start = processes.get(process.index()).map(|child| child.start);
            start.is_some_and(|start| matches!(start, ProcessStart::ByFork { parent } if parent.index() == own))
        }
        Step::Exec { process } => {
            processes.get(process.index()).is_some_and(|image| image.start == ProcessStart::ByExec)
        }
        _ => true,
    }
}

/// A process that comes to be during the run has nothing before: no pages, no thread that starts
/// by itself. Regions of a child are its parent's.
pub(crate) fn check_start(index: usize, process: &Process, processes: &[Process]) -> Result<(), SetupError> {
    let of_parent = match process.start {
        ProcessStart::Exec | ProcessStart::Forked { .. } => return Ok(()),
        ProcessStart::ByExec => true,
        ProcessStart::ByFork { parent } => {
            let regions =
                processes.get(parent.index()).filter(|_| parent.index() < index).map(|parent| &parent.regions);
            let is_alike = |(own, parent): (&Region, &Region)| {
                (own.start, own.pages, own.prot, own.kind) == (parent.start, parent.pages, parent.prot, parent.kind)
            };
            regions.is_some_and(|regions| {
                regions.len() == process.regions.len() && process.regions.iter().zip(regions).all(is_alike)
            })
        }
    };
    let is_empty = process.regions.iter().all(|region| region.populate.is_empty());
    let sleeps = process.threads.iter().all(|thread| thread.start == Ns::NEVER);
    if of_parent && is_empty && sleeps && !process.threads.is_empty() {
        return Ok(());
    }
    Err(SetupError::Regions { process: index })
}

/// A loop goes back, is not nested too deep, and lasts: as long as it goes on, one of its steps
/// takes time.
fn is_loop_sound(at: usize, steps: &[Step]) -> bool {
    let Step::Again { from, until, depth, .. } = steps[at] else { return true };
    let Some(body) = steps.get(usize::from(from)..at) else { return false };
    let is_inner = |step: &Step| !matches!(*step, Step::Again { depth: inner, .. } if inner <= depth);
    usize::from(depth) < LOOP_DEPTH && body.iter().all(is_inner) && body.iter().any(|step| takes_time(step, until))
}

/// Whether a step takes time whenever it is done before `until`.
fn takes_time(step: &Step, until: Ns) -> bool {
    match *step {
        Step::Access { until: own, .. } => own >= until,
        Step::Compute { duration } | Step::Sleep { duration } => duration > Ns::ZERO,
        _ => false,
    }
}
