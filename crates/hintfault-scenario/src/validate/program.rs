//! What threads do.

use hintfault::ids::PageIdx;
use hintfault::input;
use hintfault::time::Ns;

use super::machine::Facts;
use super::pages::check_run;
use super::region::Regions;
use super::{check_ms, check_u32};
use crate::document::{Pattern, Repeat, Step, Thread};
use crate::failure::{Path, Report};
use crate::limits::{MAX_COST_NS, MAX_DURATION_MS, MAX_STEPS, MIN_DURATION_NS, MIN_VISIT_NS};
use crate::quantity::Millis;

pub(super) fn check(
    thread: &Thread,
    facts: &Facts,
    regions: &mut Regions,
    path: &Path,
    report: &mut Report,
) -> input::Program {
    let path = path.field("program");
    if thread.program.is_empty() {
        report.push(&path, "a program needs at least one step", "程序至少要有一步");
    }
    report.at_most(&path, thread.program.len(), MAX_STEPS);
    let listed = thread.program.iter().take(MAX_STEPS).enumerate();
    let steps = listed.filter_map(|(index, step)| check_step(step, facts, regions, &path.index(index), report));
    let steps = steps.collect();
    let repeat = match thread.repeat {
        None | Some(Repeat::Forever) => input::Repeat::Forever,
        Some(Repeat::Once) => input::Repeat::Once,
    };
    input::Program { steps, repeat }
}

fn check_step(
    step: &Step,
    facts: &Facts,
    regions: &mut Regions,
    path: &Path,
    report: &mut Report,
) -> Option<input::Step> {
    match (&step.read, &step.write, step.compute_ms, step.sleep_ms) {
        (Some(region), None, None, None) => {
            check_access(step, (region, "read", input::Access::Read), facts, regions, path, report)
        }
        (None, Some(region), None, None) => {
            check_access(step, (region, "write", input::Access::Write), facts, regions, path, report)
        }
        (None, None, Some(time), None) => {
            check_only_time(step, path, report);
            let duration = check_duration(time, &path.field("compute_ms"), report);
            Some(input::Step::Compute { duration })
        }
        (None, None, None, Some(time)) => {
            check_only_time(step, path, report);
            let duration = check_duration(time, &path.field("sleep_ms"), report);
            Some(input::Step::Sleep { duration })
        }
        _ => {
            report.push(
                path,
                "a step has exactly one of read, write, compute_ms, sleep_ms",
                "每一步必须且只能有 read、write、compute_ms、sleep_ms 之一",
            );
            None
        }
    }
}

fn check_duration(time: Millis, path: &Path, report: &mut Report) -> Ns {
    let time = check_ms(path, Some(time), MAX_DURATION_MS, report);
    if time.0 < MIN_DURATION_NS {
        report.push(path, "too short: at least 0.001 ms is needed", "太短，至少 0.001 ms");
    }
    time
}

fn check_only_time(step: &Step, path: &Path, report: &mut Report) {
    let fields = [
        ("first", step.first.is_some()),
        ("pages", step.pages.is_some()),
        ("pattern", step.pattern.is_some()),
        ("stride", step.stride.is_some()),
        ("compute_ns", step.compute_ns.is_some()),
        ("passes", step.passes.is_some()),
    ];
    for (name, _) in fields.into_iter().filter(|(_, is_set)| *is_set) {
        report.push(&path.field(name), "belongs to read and write only", "只能用于 read 和 write");
    }
}

fn check_access(
    step: &Step,
    (name, field, access): (&str, &str, input::Access),
    facts: &Facts,
    regions: &mut Regions,
    path: &Path,
    report: &mut Report,
) -> Option<input::Step> {
    let compute_ns = step.compute_ns.unwrap_or(0);
    let compute_ns = report.in_range(&path.field("compute_ns"), compute_ns, 0, MAX_COST_NS);
    check_visit_time(facts, compute_ns, path, report);
    let passes = check_u32(&path.field("passes"), step.passes, 1, 1, report);
    let pattern = check_pattern(step, path, report);
    let Some(place) = regions.find(name) else {
        report.push(
            &path.field(field),
            format!("the process has no region \"{name}\""),
            format!("该进程没有区域“{name}”"),
        );
        return None;
    };
    check_rights(regions.checked[place].prot, access, &path.field(field), report);
    let run = check_run(step.first, step.pages, regions.checked[place].pages, path, report)?;
    regions.touched[place].push(run);
    Some(input::Step::Access {
        region: place as u16,
        first: PageIdx(run.first),
        pages: run.pages(),
        pattern,
        access,
        compute_ns: compute_ns as u32,
        passes,
    })
}

fn check_visit_time(facts: &Facts, compute_ns: u64, path: &Path, report: &mut Report) {
    if facts.local_access_ns + compute_ns < MIN_VISIT_NS {
        report.push(
            &path.field("compute_ns"),
            format!("a visit takes at least {MIN_VISIT_NS} ns, machine.costs.local_access_ns included"),
            format!("每次访问至少 {MIN_VISIT_NS} ns（含 machine.costs.local_access_ns）"),
        );
    }
}

fn check_pattern(step: &Step, path: &Path, report: &mut Report) -> input::Pattern {
    let stride = check_u32(&path.field("stride"), step.stride, 1, 1, report);
    match step.pattern {
        None | Some(Pattern::Sequential) => input::Pattern::Sequential { stride },
        Some(Pattern::Random) => {
            if step.stride.is_some() {
                let path = path.field("stride");
                report.push(&path, "belongs to the sequential pattern", "只能用于 sequential 方式");
            }
            input::Pattern::Random
        }
    }
}

fn check_rights(prot: input::Prot, access: input::Access, path: &Path, report: &mut Report) {
    let is_allowed = match access {
        input::Access::Read => prot.read,
        input::Access::Write => prot.write,
    };
    if !is_allowed {
        report.push(
            path,
            "the region's prot does not allow this: the process would get SIGSEGV",
            "区域的 prot 不允许这样访问，进程会收到 SIGSEGV",
        );
    }
}
