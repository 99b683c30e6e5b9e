//! Which programs can run: they stay inside their regions with the rights that they need, and
//! time passes in every round of every loop.

use crate::error::SetupError;
use crate::input::{Access, Costs, LOOP_DEPTH, Pattern, Process, Repeat, Step, Thread};
use crate::time::Ns;

/// A program must have steps, stay inside its regions with the rights it needs, and take time
/// in every round.
pub(crate) fn check_program(thread: &Thread, process: &Process, costs: &Costs) -> Result<(), SetupError> {
    let steps = &thread.program.steps;
    let is_sound = |(at, step): (usize, &Step)| is_access_sound(step, process, costs) && is_loop_sound(at, steps);
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
        Step::Again { .. } | Step::Barrier { .. } | Step::Exit => false,
    }
}
