//! Address spaces at the start of a recorded run.

use std::ops::Range;

use hintfault::ids::{NodeId, NodeSet, PageIdx};
use hintfault::input::{Backing, MemPolicy, ModeFlags, PolicyMode, Populate, Region, RegionKind, Sharing, Thp};

use super::threads::{is_heap_or_stack, is_thread_stack, lead_ms};
use crate::recording::maps::{self, pages_by_node};
use crate::recording::workload::{MappingKind, ScenarioRegion};
use crate::recording::{RecordedProcess, Recording};

/// The regions of a process as they were when it was set up, ascending.
#[must_use]
pub fn regions(recording: &Recording, process: &RecordedProcess) -> Vec<Region> {
    let lines = process.vmas_at_start.iter().zip(&process.numa_maps_at_start);
    lines.map(|(maps, numa_maps)| region(recording, maps, numa_maps)).collect()
}

fn region(recording: &Recording, maps_line: &str, numa_maps_line: &str) -> Region {
    let mut region = maps::region(maps_line, numa_maps_line);
    region.policy = policy(numa_maps_line);
    let Some((key, asked)) = workload_region(recording, region.start.0) else { return region };
    if matches!(asked.kind, MappingKind::ShAnon | MappingKind::ShFile) {
        region.kind = RegionKind::Shared { key, backing: Backing::Shmem };
    }
    if asked.thp {
        region.thp = Thp::Always;
    }
    if lead_ms(recording) > 0.0 {
        region.populate.clear();
        return region;
    }
    region.populate = populate(recording, asked, region.pages, numa_maps_line);
    region
}

/// The region of the workload at an address, with its number.
#[must_use]
pub fn workload_region(recording: &Recording, addr: u64) -> Option<(u16, &ScenarioRegion)> {
    let place = recording.regions.iter().position(|region| region.addr == addr)?;
    let asked = recording.scenario.regions.iter().find(|asked| asked.name == recording.regions[place].name)?;
    Some((u16::try_from(place).expect("few regions"), asked))
}

/// Where the pages of a region lie: in parts as they were first touched, where that gives the
/// numbers of `numa_maps`; else spread evenly in these numbers, as interleaving does.
fn populate(recording: &Recording, asked: &ScenarioRegion, pages: u32, numa_maps_line: &str) -> Vec<Populate> {
    let counts = pages_by_node(numa_maps_line);
    let present: u32 = counts.iter().map(|&(_, count)| count).sum();
    if present == 0 {
        return Vec::new();
    }
    if let [(node, count)] = counts[..] {
        return vec![run(0, count, node)];
    }
    let parts = touched_parts(recording, asked, pages);
    let sums_up = |&(node, count): &(NodeId, u32)| {
        parts.iter().filter(|part| part.node == node).map(|part| part.pages).sum::<u32>() == count
    };
    if counts.iter().all(sums_up) { parts } else { spread_evenly(&counts, present) }
}

fn run(first: u32, pages: u32, node: NodeId) -> Populate {
    Populate { first: PageIdx(first), pages, node, sharing: Sharing::Exclusive }
}

/// Equal parts, each on the node of the CPU that touched it first.
fn touched_parts(recording: &Recording, asked: &ScenarioRegion, pages: u32) -> Vec<Populate> {
    let parts = u32::try_from(asked.touch_cpus.len()).expect("few parts");
    let node_of = |cpu: u16| {
        let node = recording.topology.nodes.iter().find(|node| node.cpus.contains(&cpu));
        NodeId(node.expect("a CPU of some node").id)
    };
    let part = |(place, &cpu): (u32, &u16)| {
        let (from, to) = (pages * place / parts, pages * (place + 1) / parts);
        run(from, to - from, node_of(cpu))
    };
    (0..parts).zip(&asked.touch_cpus).map(part).collect()
}

/// Page by page, each on the node that lags most behind its share.
fn spread_evenly(counts: &[(NodeId, u32)], present: u32) -> Vec<Populate> {
    let mut given = vec![0u32; counts.len()];
    let mut runs: Vec<Populate> = Vec::new();
    for page in 0..present {
        let lag = |place: &usize| {
            i64::from(counts[*place].1) * i64::from(page + 1) - i64::from(given[*place]) * i64::from(present)
        };
        let place = (0..counts.len()).max_by_key(|place| (lag(place), usize::MAX - place)).expect("some node");
        given[place] += 1;
        match runs.last_mut() {
            Some(last) if last.node == counts[place].0 => last.pages += 1,
            _ => runs.push(run(page, 1, counts[place].0)),
        }
    }
    runs
}

/// The policy that a line of `numa_maps` shows.
fn policy(numa_maps_line: &str) -> Option<MemPolicy> {
    const MODES: [(&str, PolicyMode); 6] = [
        ("weighted interleave", PolicyMode::WeightedInterleave),
        ("interleave", PolicyMode::Interleave),
        ("prefer (many)", PolicyMode::PreferredMany),
        ("prefer", PolicyMode::Preferred),
        ("bind", PolicyMode::Bind),
        ("local", PolicyMode::Local),
    ];
    let (_, text) = numa_maps_line.split_once(' ')?;
    let (mode, rest) = MODES.iter().find_map(|&(name, mode)| Some((mode, text.strip_prefix(name)?)))?;
    let word = rest.split(' ').next().unwrap_or_default();
    let flags = if word.starts_with("=balancing") { ModeFlags::NUMA_BALANCING } else { ModeFlags::NONE };
    let nodes = word.split_once(':').map(|(_, list)| node_list(list)).unwrap_or_default();
    Some(MemPolicy::new(mode, NodeSet::of(&nodes)).with(flags))
}

/// Nodes as the kernel prints them: `0-1,3`.
fn node_list(text: &str) -> Vec<NodeId> {
    let number = |text: &str| text.parse::<u8>().expect("a node");
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        (number(first)..=number(last)).map(NodeId).collect::<Vec<_>>()
    };
    text.split(',').flat_map(range).collect()
}

/// Pages of a region that stayed in the batch of the CPU that touched them last, by their place.
/// How many is left to chance, so it is taken from the end of the run.
#[must_use]
pub fn left_in_batch(recording: &Recording, process: &RecordedProcess, region: &Region) -> Vec<Range<u32>> {
    match workload_region(recording, region.start.0) {
        Some((place, _)) => {
            let at_end = &recording.end.region_pages[&recording.regions[usize::from(place)].name];
            last_of_parts(recording, at_end, region)
        }
        None if has_failed_moves(recording, process) => own_pages_that_stayed(process, region),
        None => Vec::new(),
    }
}

/// Whether pages of a process could not be moved. Of one that went to another node and came back,
/// pages are where they were without ever having been in a batch.
fn has_failed_moves(recording: &Recording, process: &RecordedProcess) -> bool {
    const TNF_MIGRATE_FAIL: u8 = 0x10;
    let is_own = |id: &String| process.threads.iter().any(|thread| thread.id == *id);
    recording.events.faults.iter().any(|faults| faults.flags & TNF_MIGRATE_FAIL != 0 && is_own(&faults.thread))
}

/// Of a region of which no more than a batch is left where it was: the end of the part that lay
/// there.
fn last_of_parts(recording: &Recording, at_end: &[u64], region: &Region) -> Vec<Range<u32>> {
    const BATCH: u64 = 31;
    let left = |node: NodeId| {
        let order = recording.topology.nodes.iter().position(|other| other.id == node.0).expect("a node");
        at_end[order]
    };
    let mut parts = Vec::new();
    for run in &region.populate {
        let stayed = left(run.node);
        let is_last = region.populate.iter().rfind(|other| other.node == run.node) == Some(run);
        if is_last && stayed <= BATCH && u64::from(run.pages) > BATCH {
            let end = run.first.0 + run.pages;
            parts.push(end - u32::try_from(stayed).expect("few pages")..end);
        }
    }
    parts
}

/// Stacks and the heap are among the last pages that the process touches before it starts, so
/// they mostly stay in a batch: each pass then has one failed migration of each thread on another
/// node. Such a region is all where it was at the end.
fn own_pages_that_stayed(process: &RecordedProcess, region: &Region) -> Vec<Range<u32>> {
    let address = format!("{:x} ", region.start.0);
    let line = process.numa_maps_at_end.iter().find(|line| line.trim_start_matches('0').starts_with(&address));
    let Some(line) = line.filter(|line| is_thread_stack(region) || is_heap_or_stack(line)) else { return Vec::new() };
    let at_end = pages_by_node(line);
    let stayed = |run: &&Populate| at_end.contains(&(run.node, run.pages));
    region.populate.iter().filter(stayed).map(|run| run.first.0..run.first.0 + run.pages).collect()
}
