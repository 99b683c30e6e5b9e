//! Threads and their programs in a recorded run.

use hintfault::ids::{CpuId, PageIdx, Tid};
use hintfault::input::{
    Access, Action, Pattern, Populate, Program, Region, RegionKind, Repeat, Step, Thread, TimedAction,
};
use hintfault::time::{Hz, Ns};

use super::costs::{RECORDED_COSTS, visit_compute_ns};
use super::memory::workload_region;
use crate::recording::maps::pages_by_node;
use crate::recording::workload::{Cpus, Phase, ReadWrite, ScenarioThread, VisitPattern};
use crate::recording::{RecordedProcess, RecordedThread, Recording};

/// The recorded program gives each thread a stack of 64 KiB.
const THREAD_STACK_PAGES: u32 = 16;
/// Visits between two looks at the pages of the program itself. The recorded one needs them at
/// each visit: a thread that gets its turn after such pages were marked faults on them at once.
const VISITS_BETWEEN: u32 = 16;
/// What a visit of such a page computes.
const OWN_COMPUTE_NS: u32 = 1;

/// Milliseconds as recorded, in ns.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "recorded times are small and positive")]
#[must_use]
pub fn ns(ms: f64) -> Ns {
    Ns((ms * 1e6).round() as u64)
}

/// How long before the start a simulation begins, in ms. Where the kernel scanned while the
/// process was still set up, it begins with that; else with what was there after it.
#[must_use]
pub fn lead_ms(recording: &Recording) -> f64 {
    let threads: Vec<_> = recording.procs.iter().flat_map(|process| &process.threads).collect();
    let was_scanned = recording.events.scan.iter().any(|scan| scan.t_ms < 0.0);
    match recording.procs[..] {
        [ref process] if threads.len() == 1 && was_scanned => -process.fork_ms,
        _ => 0.0,
    }
}

/// A recorded moment on the clock of the simulation.
#[must_use]
pub fn at(recording: &Recording, t_ms: f64) -> Ns {
    ns((t_ms + lead_ms(recording)).max(0.0))
}

/// The threads of a process; a main thread that only waits comes first.
#[must_use]
pub fn threads(recording: &Recording, process: &RecordedProcess, regions: &[Region]) -> Vec<Thread> {
    let asked = &recording.scenario.procs[usize::from(process.id)];
    let mut threads = Vec::new();
    if process.threads.iter().all(|thread| thread.tid != process.pid) {
        threads.push(waiting_main(process, asked.cpu));
    }
    for (place, (thread, asked)) in process.threads.iter().zip(&asked.threads).enumerate() {
        let own_pages = match process.threads.len() {
            1 => own_page_steps(recording, process, regions),
            _ => common_page_steps(recording, regions, place),
        };
        threads.push(working_thread(recording, thread, asked, own_pages, regions));
    }
    threads
}

fn waiting_main(process: &RecordedProcess, cpu: u16) -> Thread {
    Thread {
        name: format!("m{}", process.id),
        tid: Tid(process.pid),
        affinity: vec![CpuId(cpu)],
        nice: 0,
        start: Ns::ZERO,
        runtime: Ns::ZERO,
        policy: None,
        program: Program { steps: vec![Step::Sleep { duration: Ns::from_ms(1_000_000) }], repeat: Repeat::Once },
    }
}

fn working_thread(
    recording: &Recording,
    thread: &RecordedThread,
    asked: &ScenarioThread,
    own_pages: Vec<Step>,
    regions: &[Region],
) -> Thread {
    let mut steps = Vec::new();
    let is_set_up = lead_ms(recording) == 0.0;
    if !is_set_up {
        steps.extend(set_up_steps(recording, thread, regions));
    }
    steps.extend(own_pages.iter().copied());
    for (place, phase) in asked.phases.iter().enumerate() {
        match asked.phases.get(place + 1) {
            Some(next) if does_the_same(phase, next) => {}
            Some(_) => steps.extend(limited_steps(recording, thread, phase, regions)),
            None if is_set_up && asked.phases.iter().all(|other| does_the_same(other, phase)) => {
                steps.extend(phase_steps(recording, phase, regions, 1));
            }
            None => steps.extend(phase_steps(recording, phase, regions, u32::MAX)),
        }
    }
    if is_set_up {
        steps = with_looks_between(&steps, &own_pages);
    }
    Thread {
        name: thread.id.clone(),
        tid: Tid(thread.tid),
        affinity: if is_set_up { start_cpus(recording, thread, &asked.phases[0]) } else { set_up_cpu(recording) },
        nice: 0,
        start: if is_set_up { at(recording, thread.start_ms) } else { Ns::ZERO },
        runtime: if is_set_up { runtime_at_start(recording, thread) } else { Ns::ZERO },
        policy: None,
        program: Program { steps, repeat: Repeat::Forever },
    }
}

fn does_the_same(a: &Phase, b: &Phase) -> bool {
    (a.delay, a.rw, a.pattern, &a.regions) == (b.delay, b.rw, b.pattern, &b.regions)
}

fn set_up_cpu(recording: &Recording) -> Vec<CpuId> {
    vec![CpuId(recording.scenario.procs[0].cpu)]
}

/// First touches of all regions as fast as recorded, then waiting for the start.
fn set_up_steps(recording: &Recording, thread: &RecordedThread, regions: &[Region]) -> Vec<Step> {
    let mut steps = Vec::new();
    for recorded in &recording.regions {
        let place = regions.iter().position(|region| region.start.0 == recorded.addr).expect("the region is mapped");
        let took = ns(recorded.touch_end_ms - recorded.touch_start_ms).0 / u64::from(recorded.pages);
        let rest = took.saturating_sub(u64::from(RECORDED_COSTS.first_touch_ns + RECORDED_COSTS.local_access_ns));
        steps.push(Step::Access {
            region: u16::try_from(place).expect("few regions"),
            first: PageIdx(0),
            pages: recorded.pages,
            pattern: Pattern::Sequential { stride: 1 },
            access: Access::Write,
            compute_ns: u32::try_from(rest).expect("a short time"),
            passes: 1,
            visits: 0,
            write_every: 0,
            until: Ns::NEVER,
        });
    }
    let touched_ms = recording.regions.iter().map(|region| region.touch_end_ms).fold(f64::MIN, f64::max);
    steps.push(Step::Sleep { duration: ns(thread.start_ms - touched_ms) });
    steps
}

/// A phase that other work follows: as many visits as it had time for.
fn limited_steps(recording: &Recording, thread: &RecordedThread, phase: &Phase, regions: &[Region]) -> Vec<Step> {
    let until = f64::from(u32::try_from(phase.until_ms.unwrap_or_default()).expect("a short run"));
    let last = recording.series.t_ms.iter().rposition(|&t_ms| t_ms < until).expect("a sample of the phase");
    let visit_ns = u64::from(visit_compute_ns(phase.delay, false) + RECORDED_COSTS.local_access_ns);
    let rest = ns(until - recording.series.t_ms[last]).0 / visit_ns;
    let visits = recording.series.threads[&thread.id].touches[last] + rest;
    let small = |count: u64| u32::try_from(count).expect("a short run");
    let mut steps = Vec::new();
    for step in phase_steps(recording, phase, regions, 1) {
        let Step::Access { first, pages, .. } = step else { continue };
        let (passes, left) = (small(visits / u64::from(pages)), small(visits % u64::from(pages)));
        steps.push(part_of(step, first, pages, passes));
        steps.push(part_of(step, first, left.max(1), 1));
    }
    steps
}

/// The same visits of other pages.
fn part_of(mut step: Step, from: PageIdx, count: u32, times: u32) -> Step {
    if let Step::Access { first, pages, passes, .. } = &mut step {
        (*first, *pages, *passes) = (from, count, times);
    }
    step
}

/// Breaks up long runs over memory, so that a thread looks at its own pages in between.
fn with_looks_between(steps: &[Step], own_pages: &[Step]) -> Vec<Step> {
    let mut broken = Vec::new();
    for step in steps {
        let Step::Access { first, pages, pattern, passes: 1, .. } = *step else {
            broken.push(*step);
            continue;
        };
        let step = &sooner_done(*step, own_pages);
        match pattern {
            Pattern::Sequential { stride: 1 } if pages > VISITS_BETWEEN => {
                for from in (0..pages).step_by(VISITS_BETWEEN as usize) {
                    let part = VISITS_BETWEEN.min(pages - from);
                    broken.push(part_of(*step, PageIdx(first.0 + from), part, 1));
                    broken.extend(own_pages.iter().copied());
                }
            }
            Pattern::Random => broken.extend(random_with_looks(*step, pages, own_pages, broken.len())),
            _ => broken.push(*step),
        }
    }
    broken
}

/// Visits that leave as much time as the looks between them take.
fn sooner_done(mut step: Step, own_pages: &[Step]) -> Step {
    let looks = own_pages.iter().map(|own| visits_of(own).1).sum::<u64>();
    let looks_ns = u32::try_from(looks).expect("few pages") * (RECORDED_COSTS.local_access_ns + OWN_COMPUTE_NS);
    if let Step::Access { compute_ns, .. } = &mut step {
        *compute_ns = compute_ns.saturating_sub(looks_ns / VISITS_BETWEEN);
    }
    step
}

/// The region that a step visits, and how often.
fn visits_of(step: &Step) -> (u16, u64) {
    match *step {
        Step::Access { region, visits: 0, pages, passes, .. } => (region, u64::from(pages) * u64::from(passes)),
        Step::Access { region, visits, .. } => (region, visits),
        _ => (0, 0),
    }
}

/// How many of a thread's visits are of the workload's regions, each time its program is done,
/// and how many there are. The recorded program counts only the former.
#[must_use]
pub fn workload_share(recording: &Recording, regions: &[Region], thread: &Thread) -> (u64, u64) {
    let is_counted: Vec<bool> =
        regions.iter().map(|region| workload_region(recording, region.start.0).is_some()).collect();
    let steps = &thread.program.steps;
    let loops: Vec<(usize, usize, u32)> = steps.iter().enumerate().filter_map(loop_of).collect();
    let (mut counted, mut all) = (0, 0);
    for (place, step) in steps.iter().enumerate() {
        let around = loops.iter().filter(|(from, end, _)| (*from..*end).contains(&place));
        let rounds: u64 = around.map(|&(.., times)| u64::from(times)).product();
        let (region, visits) = visits_of(step);
        let visits = visits * rounds;
        all += visits;
        counted += if is_counted[usize::from(region)] { visits } else { 0 };
    }
    (counted, all.max(1))
}

/// From where to where a loop goes, and how often.
fn loop_of((end, step): (usize, &Step)) -> Option<(usize, usize, u32)> {
    match *step {
        Step::Again { from, times, .. } => Some((usize::from(from), end, times)),
        _ => None,
    }
}

/// As many visits at random as there are pages.
fn random_with_looks(mut step: Step, pages: u32, own_pages: &[Step], from: usize) -> Vec<Step> {
    if let Step::Access { visits, .. } = &mut step {
        *visits = VISITS_BETWEEN.into();
    }
    let from = u16::try_from(from).expect("a short program");
    let again = Step::Again { from, times: pages / VISITS_BETWEEN, until: Ns::NEVER, depth: 0 };
    [step].into_iter().chain(own_pages.iter().copied()).chain([again]).collect()
}

/// CPUs at the start. Where a free thread began was decided before, while it was set up.
fn start_cpus(recording: &Recording, thread: &RecordedThread, phase: &Phase) -> Vec<CpuId> {
    match &phase.cpus {
        Cpus::Of(cpus) => cpus.iter().map(|&cpu| CpuId(cpu)).collect(),
        Cpus::All(_) => {
            let settled = first_sample_after(recording, thread.start_ms + 20.0);
            vec![CpuId(recording.series.threads[&thread.id].cpu[settled])]
        }
    }
}

fn first_sample_after(recording: &Recording, t_ms: f64) -> usize {
    recording.series.t_ms.iter().position(|&at| at > t_ms).expect("a sample of the run")
}

/// CPU time used before the start. It is accounted at ticks, so a sample shows that of the last
/// tick before it; where the thread was alone, that gives it exactly.
fn runtime_at_start(recording: &Recording, thread: &RecordedThread) -> Ns {
    let series = &recording.series.threads[&thread.id].runtime_ms;
    let is_alone = recording.procs.iter().map(|process| process.threads.len()).sum::<usize>() == 1;
    let sleeps = recording.scenario.procs[0].threads.iter().any(|thread| thread.phases[0].sleep_us.is_some());
    if !is_alone || sleeps {
        return ns(series[0]);
    }
    let sample = first_sample_after(recording, thread.start_ms + 20.0);
    let clock = ns(recording.t0_monotonic_ms + recording.series.t_ms[sample]).0;
    let last_tick = clock - clock % Hz::Hz250.tick_ns();
    let ran = last_tick - ns(recording.t0_monotonic_ms + thread.start_ms).0;
    Ns(ns(series[sample]).0.saturating_sub(ran))
}

/// What a phase does over and over.
fn phase_steps(recording: &Recording, phase: &Phase, regions: &[Region], passes: u32) -> Vec<Step> {
    let mut steps = Vec::new();
    for name in &phase.regions {
        let recorded = recording.regions.iter().find(|region| region.name == *name).expect("a region of the workload");
        let place = regions.iter().position(|region| region.start.0 == recorded.addr).expect("the region is mapped");
        match (phase.sleep_us, phase.sleep_every) {
            (Some(sleep_us), Some(every)) => {
                let every = u32::try_from(every).expect("a few visits");
                for first in (0..recorded.pages).step_by(every as usize) {
                    steps.push(visit(place, first, every.min(recorded.pages - first), phase, passes));
                    steps.push(Step::Sleep { duration: Ns(sleep_us * 1000) });
                }
            }
            _ => steps.push(visit(place, 0, recorded.pages, phase, passes)),
        }
    }
    steps
}

fn visit(place: usize, first: u32, pages: u32, phase: &Phase, passes: u32) -> Step {
    let is_random = phase.pattern == VisitPattern::Random;
    Step::Access {
        region: u16::try_from(place).expect("few regions"),
        first: PageIdx(first),
        pages,
        pattern: if is_random { Pattern::Random } else { Pattern::Sequential { stride: phase.stride } },
        access: if phase.rw == ReadWrite::Read { Access::Read } else { Access::Write },
        compute_ns: visit_compute_ns(phase.delay, is_random),
        passes,
        visits: 0,
        write_every: 0,
        until: Ns::NEVER,
    }
}

/// Steps that visit the program's own pages (its data, heap, stack) that left their node during
/// the run: those were in use.
fn own_page_steps(recording: &Recording, process: &RecordedProcess, regions: &[Region]) -> Vec<Step> {
    let lines = process.numa_maps_at_start.iter().zip(&process.numa_maps_at_end);
    let is_set_up = lead_ms(recording) == 0.0;
    let mut steps = Vec::new();
    for (place, (start, end)) in lines.enumerate() {
        let region = &regions[place];
        if !region.prot.write || workload_region(recording, region.start.0).is_some() {
            continue;
        }
        let left_at_end = pages_by_node(end);
        for run in &region.populate {
            let stayed = left_at_end.iter().find(|(node, _)| *node == run.node).map_or(0, |&(_, pages)| pages);
            let moved = run.pages.saturating_sub(stayed);
            let used = if is_set_up && uses_all_the_time(start, region, run) { moved.max(1) } else { moved };
            if used > 0 {
                steps.push(use_own(place, run.first, used, Access::Write));
            }
        }
        assert!(start.split(' ').next() == end.split(' ').next(), "the same mappings");
    }
    steps
}

/// Whether a line of `numa_maps` is about the heap or the first thread's stack.
pub fn is_heap_or_stack(numa_maps_line: &str) -> bool {
    numa_maps_line.split(' ').any(|word| word == "heap" || word == "stack")
}

/// Whether a run of pages of heap or stack is in use all the time, so that it faults even where
/// it cannot move: the first page of the heap, and a stack that is all on one node. Of a stack on
/// two nodes, the page on the other node is from before the program was bound.
fn uses_all_the_time(numa_maps_line: &str, region: &Region, run: &Populate) -> bool {
    let is_first = region.populate.first() == Some(run);
    is_heap_or_stack(numa_maps_line) && is_first && (region.populate.len() == 1 || numa_maps_line.contains(" heap "))
}

/// Whether this is memory of the program that it writes.
fn is_data(region: &Region) -> bool {
    region.prot.write && region.kind == RegionKind::Anon && !region.populate.is_empty()
}

/// Whether this is the stack of a thread other than the first.
pub fn is_thread_stack(region: &Region) -> bool {
    region.pages == THREAD_STACK_PAGES && is_data(region)
}

/// What each of several threads uses all the time: two pages of the program's data, which they
/// only read, and a page of its own stack. Threads get their stacks from the top down. (The runs
/// with fault addresses show these pages and no others after the first pass.)
fn common_page_steps(recording: &Recording, regions: &[Region], thread: usize) -> Vec<Step> {
    let is_own = |region: &Region| workload_region(recording, region.start.0).is_none();
    let data = regions.iter().position(|region| is_own(region) && is_data(region));
    let is_stack = |place: &usize| is_own(&regions[*place]) && is_thread_stack(&regions[*place]);
    let stack = (0..regions.len()).rev().filter(is_stack).nth(thread);
    let first = |place: usize| regions[place].populate[0].first;
    let data = data.map(|place| use_own(place, first(place), 2, Access::Read));
    let stack = stack.map(|place| use_own(place, first(place), 1, Access::Write));
    data.into_iter().chain(stack).collect()
}

fn use_own(place: usize, first: PageIdx, pages: u32, access: Access) -> Step {
    Step::Access {
        region: u16::try_from(place).expect("few regions"),
        first,
        pages,
        pattern: Pattern::Sequential { stride: 1 },
        access,
        compute_ns: OWN_COMPUTE_NS,
        passes: 1,
        visits: 0,
        write_every: 0,
        until: Ns::NEVER,
    }
}

/// When threads are bound to other CPUs, or to none any more.
#[must_use]
pub fn affinity_changes(recording: &Recording) -> Vec<TimedAction> {
    let all: Vec<CpuId> =
        recording.topology.nodes.iter().flat_map(|node| node.cpus.iter().map(|&cpu| CpuId(cpu))).collect();
    let mut changes = Vec::new();
    for process in &recording.procs {
        let asked = &recording.scenario.procs[usize::from(process.id)];
        for (thread, asked) in process.threads.iter().zip(&asked.threads) {
            let mut when = at(recording, thread.start_ms) + Ns(1000);
            for phase in &asked.phases {
                let cpus = match &phase.cpus {
                    Cpus::Of(cpus) => cpus.iter().map(|&cpu| CpuId(cpu)).collect(),
                    Cpus::All(_) => all.clone(),
                };
                changes.push(TimedAction { at: when, action: Action::SetAffinity { tid: Tid(thread.tid), cpus } });
                when =
                    at(recording, f64::from(u32::try_from(phase.until_ms.unwrap_or_default()).expect("a short run")));
            }
        }
    }
    changes
}
