//! A scenario that should run like a recording.

use hintfault::Stall;
use hintfault::ids::{CpuId, NodeId, NodeSet, Pid, ProcIdx};
use hintfault::input::{Action, Machine, Node, Process, ProcessStart, Scenario, TimedAction, Zone, ZoneKind};
use hintfault::time::Hz;

use super::costs::RECORDED_COSTS;
use super::memory::regions;
use super::threads::{affinity_changes, at, lead_ms, ns, threads};
use crate::recording::maps::pages_by_node;
use crate::recording::{RecordedNode, RecordedProcess, Recording};

/// The scenario of a recording.
///
/// # Panics
/// When the recording contradicts itself.
#[must_use]
pub fn scenario(recording: &Recording) -> Scenario {
    let mut actions = affinity_changes(recording);
    actions.extend(holds(recording));
    actions.sort_by_key(|action| action.at);
    Scenario {
        machine: machine(recording),
        sysctl: recording.sysctl(),
        processes: recording.procs.iter().filter_map(|recorded| process(recording, recorded)).collect(),
        actions,
        seed: u64::from(recording.machine.seed),
    }
}

/// When the sampler had the machine for itself. A sample that reads `numa_maps` takes as long
/// as the first one, before the start, did; what it took longer later on, others ran.
#[must_use]
pub fn stalls(recording: &Recording) -> Vec<Stall> {
    let series = &recording.series;
    let cpu = CpuId(recording.scenario.opt.sampler_cpu);
    let alone_ms = series.sample_cost_ms[0];
    let samples = series.t_ms.iter().zip(&series.sample_cost_ms).filter(|(at, _)| **at >= 0.0);
    let mut stalls: Vec<Stall> = samples
        .map(|(&t_ms, &cost)| Stall { at: at(recording, t_ms), duration: ns(cost.min(alone_ms)), cpu })
        .collect();
    for place in 1..stalls.len() {
        let end = stalls[place - 1].at + stalls[place - 1].duration;
        assert!(end <= stalls[place].at, "samples follow each other");
    }
    stalls.retain(|stall| stall.duration.0 > 0);
    stalls
}

/// A sample that reads `numa_maps` holds the address spaces while it does (`get_task_mm`), so
/// that a scan at that moment marks pages on the own node as well.
fn holds(recording: &Recording) -> Vec<TimedAction> {
    let series = &recording.series;
    let mut moments: Vec<f64> = series.region_pages.values().flat_map(|region| region.t_ms.iter().copied()).collect();
    moments.sort_by(f64::total_cmp);
    moments.dedup();
    let processes = || 0..recording.procs.iter().filter(|process| !process.threads.is_empty()).count();
    let hold = |t_ms: f64, cost_ms: f64, process: usize| {
        let process = ProcIdx(u16::try_from(process).expect("few processes"));
        TimedAction { at: at(recording, t_ms), action: Action::HoldMm { process, duration: ns(cost_ms) } }
    };
    let samples = series.t_ms.iter().zip(&series.sample_cost_ms).filter(|(t_ms, _)| **t_ms >= 0.0);
    let alone_ms = series.sample_cost_ms[0];
    let reads = samples.filter(|(t_ms, _)| moments.iter().any(|moment| (moment - *t_ms).abs() < 0.5));
    reads
        .flat_map(|(&t_ms, &cost_ms)| processes().map(move |process| hold(t_ms, cost_ms.min(alone_ms), process)))
        .collect()
}

fn machine(recording: &Recording) -> Machine {
    let node = |node: &RecordedNode| {
        let memory_pages = node.mem_total_kb / 4;
        let in_use = node.mem_free_kb_ready / 4 + workload_pages(recording, node.id);
        Node {
            id: NodeId(node.id),
            cpus: node.cpus.iter().map(|&cpu| CpuId(cpu)).collect(),
            cpus_per_llc: 0,
            threads_per_core: 1,
            memory_pages,
            used_pages: memory_pages.saturating_sub(in_use),
            zones: zones(node.id, memory_pages),
            interleave_weight: 1,
        }
    };
    Machine {
        nodes: recording.topology.nodes.iter().map(node).collect(),
        distances: recording.topology.distance.clone(),
        hz: Hz::Hz250,
        uptime: ns(recording.t0_monotonic_ms - lead_ms(recording)),
        costs: RECORDED_COSTS,
    }
}

/// The guests have little memory, all of it below 4 GiB, the first node's partly below 16 MiB.
fn zones(node: u8, memory_pages: u64) -> Vec<Zone> {
    const DMA_PAGES: u64 = 3840;
    if memory_pages == 0 {
        return Vec::new();
    }
    let dma = if node == 0 { DMA_PAGES } else { 0 };
    let dma_zone = (dma > 0).then_some(Zone { kind: ZoneKind::Dma, managed_pages: dma });
    dma_zone.into_iter().chain([Zone { kind: ZoneKind::Dma32, managed_pages: memory_pages - dma }]).collect()
}

/// Pages of the workload on a node at the start.
fn workload_pages(recording: &Recording, node: u8) -> u64 {
    let lines = recording
        .procs
        .iter()
        .filter(|process| !process.threads.is_empty())
        .flat_map(|process| &process.numa_maps_at_start);
    let here = lines.flat_map(|line| pages_by_node(line)).filter(|(at, _)| at.0 == node);
    here.map(|(_, pages)| u64::from(pages)).sum()
}

/// A process; one without threads only holds memory.
fn process(recording: &Recording, recorded: &RecordedProcess) -> Option<Process> {
    if recorded.threads.is_empty() {
        return None;
    }
    let regions = regions(recording, recorded);
    Some(Process {
        name: format!("{}.{}", recording.id, recorded.id),
        pid: Pid(recorded.pid),
        threads: threads(recording, recorded, &regions),
        regions,
        start: ProcessStart::Forked { next_scan_jiffies: first_scan_jiffies(recording, recorded) },
        mems: NodeSet(0),
    })
}

/// When the first scan was due, on the scenario's clock. The recorded kernel's jiffies started
/// later than its monotonic clock; every scan that ran tells by how much.
fn first_scan_jiffies(recording: &Recording, process: &RecordedProcess) -> u64 {
    let here = |t_ms: f64| Hz::Hz250.initial_jiffies().0 + ns(recording.t0_monotonic_ms + t_ms).0 / Hz::Hz250.tick_ns();
    let is_own = |thread: &str| process.threads.iter().any(|own| own.id == thread);
    let scans = recording.events.scans();
    let first = scans
        .iter()
        .find(|scan| is_own(&scan.thread) && scan.after_next_scan_jiffies_lo32 != scan.next_scan_jiffies_lo32);
    let Some(first) = first else {
        return here(recording.t0_monotonic_ms.max(0.0)) + 1_000_000;
    };
    let at = first.after_next_scan_jiffies_lo32.wrapping_sub(first.scan_period_ms.div_ceil(4));
    here(first.t_ms) - u64::from(at.wrapping_sub(first.next_scan_jiffies_lo32))
}
