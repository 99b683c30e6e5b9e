//! A scenario that should run like a recording.

use hintfault::ids::{CpuId, NodeId, PageIdx, Pid, Tid};
use hintfault::input::{
    Access, Costs, Machine, Node, Pattern, Process, ProcessStart, Program, Region, RemoteAccess, Repeat, Scenario,
    Step, Sysctl, Thread,
};
use hintfault::time::{Hz, Ns};

use super::maps::{pages_by_node, region};
use super::workload::Cpus;
use super::{RecordedProcess, RecordedThread, Recording};

/// What things cost on the recorded machine, read off the recordings: 16,384 pages are marked
/// in 9.60 ms and looked at in 3.92 ms, VMAs that are passed over follow each other every
/// 1.8 us, the first comes 19 us after the tick, a window of 3 pages takes 3.5 us and one of
/// 379 pages, 12 of them present, 15 us longer. A pass that migrates every page takes 30.8 us a page
/// longer than one that does not, of which the recordings' notes give 7.5 us to the fault and
/// 21.5 us to the migration. Memory of all nodes is equally fast.
const RECORDED_COSTS: Costs = Costs {
    local_access_ns: 100,
    remote_access: RemoteAccess::Uniform,
    mark_pte_ns: 586,
    visit_pte_ns: 239,
    visit_empty_pte_ns: 34,
    visit_vma_ns: 1800,
    scan_begin_ns: 17_200,
    scan_window_ns: 3500,
    hint_fault_ns: 7500,
    migrate_page_ns: 21_500,
    migrate_huge_page_ns: 1_400_000,
    wp_fault_ns: 1800,
    first_touch_ns: 8000,
    first_touch_huge_ns: 1_400_000,
};

/// The scenario of a recording with one thread that is bound to one CPU and visits one region.
///
/// # Panics
/// When the recording is of another kind.
#[must_use]
pub fn scenario(recording: &Recording) -> Scenario {
    Scenario {
        machine: machine(recording),
        sysctl: sysctl(recording),
        processes: vec![process(recording, &recording.procs[0])],
        actions: Vec::new(),
        seed: 0,
    }
}

fn machine(recording: &Recording) -> Machine {
    let nodes = recording.topology.nodes.iter().map(|node| {
        let memory_pages = node.mem_total_kb / 4;
        Node {
            id: NodeId(node.id),
            cpus: node.cpus.iter().map(|&cpu| CpuId(cpu)).collect(),
            cpus_per_llc: 1,
            threads_per_core: 1,
            memory_pages,
            used_pages: memory_pages - node.mem_free_kb_ready / 4 - workload_pages(recording, node.id),
            zones: Vec::new(),
            interleave_weight: 1,
        }
    });
    Machine {
        nodes: nodes.collect(),
        distances: recording.topology.distance.clone(),
        hz: Hz::Hz250,
        uptime: ns(recording.t0_monotonic_ms),
        costs: RECORDED_COSTS,
    }
}

/// Pages of the workload on a node at the start.
fn workload_pages(recording: &Recording, node: u8) -> u64 {
    let lines = recording.procs.iter().flat_map(|process| &process.numa_maps_at_start);
    let here = lines.flat_map(|line| pages_by_node(line)).filter(|(at, _)| at.0 == node);
    here.map(|(_, pages)| u64::from(pages)).sum()
}

fn sysctl(recording: &Recording) -> Sysctl {
    let knobs = &recording.knobs;
    Sysctl {
        numa_balancing: knobs.numa_balancing,
        scan_delay_ms: knobs.scan_delay_ms,
        scan_period_min_ms: knobs.scan_period_min_ms,
        scan_period_max_ms: knobs.scan_period_max_ms,
        scan_size_mb: knobs.scan_size_mb,
    }
}

fn process(recording: &Recording, recorded: &RecordedProcess) -> Process {
    let lines = recorded.vmas_at_start.iter().zip(&recorded.numa_maps_at_start);
    let regions: Vec<Region> = lines.map(|(maps, numa_maps)| region(maps, numa_maps)).collect();
    let threads = recorded.threads.iter().map(|thread| bound_thread(recording, recorded, thread, &regions)).collect();
    Process {
        name: recording.id.clone(),
        pid: Pid(recorded.pid),
        regions,
        threads,
        start: ProcessStart::Forked { next_scan_jiffies: first_scan_jiffies(recording) },
    }
}

/// When the first scan was due, on the scenario's clock. The recorded kernel's jiffies started
/// later than its monotonic clock; every scan that ran tells by how much.
fn first_scan_jiffies(recording: &Recording) -> u64 {
    let scans = recording.events.scans();
    let first = scans.first().expect("a run that was scanned");
    let at = first.after_next_scan_jiffies_lo32 - first.scan_period_ms.div_ceil(4);
    let ticks = ns(recording.t0_monotonic_ms + first.t_ms).0 / Hz::Hz250.tick_ns();
    let here = Hz::Hz250.initial_jiffies().0 + ticks;
    here - u64::from(at - first.next_scan_jiffies_lo32)
}

fn bound_thread(
    recording: &Recording,
    process: &RecordedProcess,
    thread: &RecordedThread,
    regions: &[Region],
) -> Thread {
    let phase = &recording.scenario.procs[0].threads[0].phases[0];
    let Cpus::Of(cpus) = &phase.cpus else { panic!("a thread that is bound") };
    let mut steps = own_page_steps(process, regions);
    steps.push(visit_step(recording, thread, regions));
    Thread {
        name: thread.id.clone(),
        tid: Tid(thread.tid),
        affinity: cpus.iter().map(|&cpu| CpuId(cpu)).collect(),
        nice: 0,
        start: Ns::ZERO,
        runtime: runtime_at_start(recording, thread),
        policy: None,
        program: Program { steps, repeat: Repeat::Forever },
    }
}

/// CPU time used before the start: runtime is accounted at ticks, so a sample shows that of the
/// last tick before it.
fn runtime_at_start(recording: &Recording, thread: &RecordedThread) -> Ns {
    const SAMPLE: usize = 2;
    let sampled = ns(recording.series.threads[&thread.id].runtime_ms[SAMPLE]).0;
    let clock = ns(recording.t0_monotonic_ms + recording.series.t_ms[SAMPLE]).0;
    let last_tick = clock - clock % Hz::Hz250.tick_ns();
    Ns(sampled - (last_tick - ns(recording.t0_monotonic_ms).0))
}

/// Steps that visit the program's own pages (its data, heap, stack) that were on the wrong
/// node at the start and had moved at the end: those were in use.
fn own_page_steps(process: &RecordedProcess, regions: &[Region]) -> Vec<Step> {
    let lines = process.numa_maps_at_start.iter().zip(&process.numa_maps_at_end);
    let mut steps = Vec::new();
    for (place, (start, end)) in lines.enumerate() {
        let moved = pages_on_first_node(start).saturating_sub(pages_on_first_node(end));
        let is_workload = regions[place].pages > 1024;
        if moved > 0 && !is_workload {
            steps.push(step(place, moved, 1));
        }
    }
    steps
}

fn pages_on_first_node(line: &str) -> u32 {
    pages_by_node(line).iter().filter(|(node, _)| node.0 == 0).map(|&(_, pages)| pages).sum()
}

/// One pass over the region of the workload; the time of a visit is that of the first second,
/// when nothing is marked yet.
fn visit_step(recording: &Recording, thread: &RecordedThread, regions: &[Region]) -> Step {
    let series = &recording.series.threads[&thread.id];
    let (from, to) = (2, 5);
    let span = ns(recording.series.t_ms[to] - recording.series.t_ms[from]).0;
    let visit_ns = span / (series.touches[to] - series.touches[from]);
    let region = &recording.regions[0];
    let place = regions.iter().position(|r| r.start.0 == region.addr);
    let place = place.expect("the region is mapped");
    step(place, region.pages, u32::try_from(visit_ns).expect("a short visit") - RECORDED_COSTS.local_access_ns)
}

fn step(place: usize, pages: u32, compute_ns: u32) -> Step {
    Step::Access {
        region: u16::try_from(place).expect("few regions"),
        first: PageIdx(0),
        pages,
        pattern: Pattern::Sequential { stride: 1 },
        access: Access::Write,
        compute_ns,
        passes: 1,
        visits: 0,
        write_every: 0,
        until: Ns::NEVER,
    }
}

/// Milliseconds as recorded, in ns.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "recorded times are small and positive")]
#[must_use]
pub fn ns(ms: f64) -> Ns {
    Ns((ms * 1e6).round() as u64)
}
