//! What is compared of a run, recorded or simulated, in one form.

use std::collections::BTreeMap;

use hintfault::event::{EventKind, MoveCause, ScanVerdict};
use hintfault::ids::{NodeId, NodeSet, ProcIdx, VmaIdx};
use hintfault::input::Scenario;
use hintfault::time::Ns;
use hintfault::view::{TaskView, Vmstat};
use hintfault::{TieringKnobs, World};

use super::memory::left_in_batch;
use super::scenario::{scenario, stalls};
use super::threads::{at, lead_ms, workload_share};
use super::variation::Variation;
use crate::recording::Recording;
use crate::steps::machine::slow_nodes;

/// Counters that are compared. Those of tiers are left out: every run has zeros or needs mode 2.
pub const COUNTERS: [&str; 10] = [
    "numa_pte_updates",
    "numa_huge_pte_updates",
    "numa_hint_faults",
    "numa_hint_faults_local",
    "numa_pages_migrated",
    "pgmigrate_success",
    "pgmigrate_fail",
    "numa_hit",
    "numa_local",
    "pgfault",
];

/// How far a run goes before its events are read: the engine keeps the last 65,536.
const SLICE: Ns = Ns::from_ms(100);

/// A run as far as it is compared.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Times of the samples in ms since the start, ascending.
    pub t_ms: Vec<f64>,
    /// Counters at the samples, by name.
    pub counters: BTreeMap<&'static str, Vec<i64>>,
    /// Pages by node of each region of the workload, over time.
    pub regions: BTreeMap<String, PagesOverTime>,
    /// Threads of the workload by name.
    pub threads: BTreeMap<String, ThreadEnd>,
    /// What happened how often.
    pub events: BTreeMap<&'static str, u64>,
    /// Beginnings of scans that ran, in ms.
    pub scans_ms: Vec<f64>,
}

/// Pages of a region.
#[derive(Clone, Debug, Default)]
pub struct PagesOverTime {
    /// When, in ms.
    pub t_ms: Vec<f64>,
    /// By node, in the order of the machine's nodes.
    pub pages: Vec<Vec<u64>>,
}

/// A thread at the end of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ThreadEnd {
    /// Node of its CPU.
    pub node: i32,
    /// Preferred node; -1 is none.
    pub preferred: i32,
    /// Group; 0 is none.
    pub group: u32,
    /// Passes over its address space.
    pub mm_scan_seq: i32,
    /// Pages that its faults moved.
    pub pages_migrated: u64,
    /// Pages visited.
    pub touches: u64,
}

/// What was recorded.
#[must_use]
pub fn recorded(run: &Recording) -> Observed {
    let counters = COUNTERS.iter().filter_map(|&name| Some((name, run.series.vmstat_delta.get(name)?.clone())));
    let zeros = || vec![0; run.series.t_ms.len()];
    let mut counters: BTreeMap<&'static str, Vec<i64>> = counters.collect();
    for name in COUNTERS {
        counters.entry(name).or_insert_with(zeros);
    }
    let regions =
        run.series.region_pages.iter().map(|(name, series)| {
            (name.clone(), PagesOverTime { t_ms: series.t_ms.clone(), pages: series.nodes.clone() })
        });
    let ran = run.events.scan.iter().filter(|scan| {
        scan.after_next_scan_jiffies_lo32 != scan.next_scan_jiffies_lo32 && run.end.group_id.contains_key(&scan.thread)
    });
    let mut scans_ms: Vec<f64> = ran.map(|scan| scan.t_ms).collect();
    scans_ms.sort_by(f64::total_cmp);
    let events = &run.events;
    let count = |rows: usize| rows as u64;
    Observed {
        t_ms: run.series.t_ms.clone(),
        counters,
        regions: regions.collect(),
        threads: run
            .procs
            .iter()
            .flat_map(|process| &process.threads)
            .map(|thread| (thread.id.clone(), recorded_end(run, &thread.id)))
            .collect(),
        events: BTreeMap::from([
            ("windows", count(events.prot.len())),
            ("skips", events.skip.1),
            ("set_preferred", count(events.set_preferred.len())),
            ("move", count(events.moves.len())),
            ("swap", count(events.swap.len())),
            ("stick", count(events.stick.len())),
        ]),
        scans_ms,
    }
}

fn recorded_end(run: &Recording, id: &str) -> ThreadEnd {
    let series = &run.series.threads[id];
    ThreadEnd {
        node: run.end.thread_nodes[id],
        preferred: run.end.preferred[id],
        group: run.end.group_id[id],
        mm_scan_seq: run.end.mm_scan_seq[id],
        pages_migrated: series.pages_migrated.last().copied().unwrap_or_default(),
        touches: series.touches.last().copied().unwrap_or_default(),
    }
}

/// The machine of a recording at the start.
fn world(run: &Recording, scenario: &Scenario) -> World {
    let mut world = World::on_shared_clock(scenario, stalls(run)).unwrap_or_else(|error| panic!("{}: {error}", run.id));
    let knobs = TieringKnobs {
        hot_threshold_ms: run.knobs.hot_threshold_ms,
        promote_rate_limit_mbps: run.knobs.promote_rate_limit_mbps,
    };
    world.set_slow_nodes(NodeSet::of(&slow_nodes(run)), knobs);
    let recorded = run.procs.iter().filter(|process| !process.threads.is_empty());
    for (process, (asked, recorded)) in scenario.processes.iter().zip(recorded).enumerate() {
        for (place, region) in asked.regions.iter().enumerate() {
            for pages in left_in_batch(run, recorded, region) {
                world.leave_in_lru_batch(ProcIdx(index(process)), VmaIdx(index(place)), pages);
            }
        }
    }
    world
}

/// What the simulation of a recording does.
///
/// # Panics
/// When the engine refuses the scenario, or loses events.
#[must_use]
pub fn simulated(run: &Recording, variation: Variation) -> Observed {
    let mut scenario = scenario(run);
    variation.change(&mut scenario);
    let mut world = world(run, &scenario);
    let mut seen = Observed::default();
    let mut next_event = 0;
    let places = workload_places(run, &world);
    for &t_ms in &run.series.t_ms {
        let until = at(run, t_ms);
        while world.clock().now < until {
            let end = (world.clock().now + SLICE).min(until);
            variation.run_until(run, &scenario, &mut world, end);
            next_event = seen.take_events(&world, next_event);
        }
        seen.take_sample(&world, t_ms, &places);
    }
    seen.start_at_first_sample(lead_ms(run));
    seen.count_swaps_once();
    seen.threads = world
        .tasks()
        .iter()
        .filter(|task| !task.name.starts_with('m'))
        .map(|task| (task.name.clone(), thread_end(run, &scenario, &world, task)))
        .collect();
    seen
}

fn index(place: usize) -> u16 {
    u16::try_from(place).expect("few of them")
}

/// Regions of the workload: name, process, and place among its mappings.
fn workload_places(run: &Recording, world: &World) -> Vec<(String, usize, VmaIdx)> {
    let mms = world.mms();
    let find = |addr: u64| {
        mms.iter().enumerate().find_map(|(place, mm)| {
            let vma = mm.vmas.iter().find(|vma| vma.start.0 == addr && vma.node_pages.iter().sum::<u64>() > 0)?;
            Some((place, vma.index))
        })
    };
    let regions = run.regions.iter().filter_map(|region| {
        let asked = run.scenario.regions.iter().find(|asked| asked.name == region.name)?;
        let own = run
            .procs
            .iter()
            .filter(|process| !process.threads.is_empty())
            .position(|process| process.id == asked.proc)?;
        let in_own = mms[own].vmas.iter().find(|vma| vma.start.0 == region.addr).map(|vma| (own, vma.index));
        let (mm, vma) = in_own.or_else(|| find(region.addr))?;
        Some((region.name.clone(), mm, vma))
    });
    regions.collect()
}

fn thread_end(run: &Recording, scenario: &Scenario, world: &World, task: &TaskView) -> ThreadEnd {
    let machine = world.machine();
    let place =
        |nid: NodeId| machine.nodes.iter().position(|node| node.id == nid).and_then(|place| i32::try_from(place).ok());
    ThreadEnd {
        node: place(task.node).unwrap_or(-1),
        preferred: task.preferred_nid.and_then(place).unwrap_or(-1),
        group: task.group.map_or(0, |tid| tid.0),
        mm_scan_seq: world.mms()[task.process.index()].scan_seq,
        pages_migrated: task.pages_migrated,
        touches: touches(run, scenario, task),
    }
}

/// Visits of the workload's regions, which are all that the recorded program counts.
fn touches(run: &Recording, scenario: &Scenario, task: &TaskView) -> u64 {
    let process = &scenario.processes[task.process.index()];
    let thread = process.threads.iter().find(|thread| thread.name == task.name).expect("a thread of the scenario");
    let (counted, all) = workload_share(run, &process.regions, thread);
    let visits = u128::from(task.accesses.local + task.accesses.remote);
    u64::try_from(visits * u128::from(counted) / u128::from(all)).expect("no more than all")
}

impl Observed {
    /// Counters count from the first sample on, and moments from the start of the workload.
    fn start_at_first_sample(&mut self, lead_ms: f64) {
        for series in self.counters.values_mut() {
            let first = series.first().copied().unwrap_or_default();
            series.iter_mut().for_each(|value| *value -= first);
        }
        self.scans_ms.iter_mut().for_each(|t_ms| *t_ms -= lead_ms);
    }

    /// Both tasks of a swap tell that they moved; the kernel tells of the swap once.
    fn count_swaps_once(&mut self) {
        if let Some(swaps) = self.events.get_mut("swap") {
            assert!(swaps.is_multiple_of(2), "half a swap");
            *swaps /= 2;
        }
    }

    fn take_sample(&mut self, world: &World, at: f64, places: &[(String, usize, VmaIdx)]) {
        self.t_ms.push(at);
        let stat = world.vmstat();
        for name in COUNTERS {
            self.counters.entry(name).or_default().push(counter(&stat, name));
        }
        let mms = world.mms();
        for (name, mm, vma) in places {
            let region = self.regions.entry(name.clone()).or_default();
            region.t_ms.push(at);
            let Some(vma) = mms[*mm].vmas.get(vma.index()) else { continue };
            region.pages.push(vma.node_pages.clone());
        }
    }

    fn take_events(&mut self, world: &World, from: u64) -> u64 {
        let fresh = world.events(from, usize::MAX);
        assert!(fresh.first().is_none_or(|event| event.seq == from), "events were lost");
        for event in &fresh {
            let name = match event.kind {
                EventKind::ScanBegin { verdict: ScanVerdict::Scan, .. } => {
                    self.scans_ms.push(ms(event.time));
                    continue;
                }
                EventKind::ScanWindow { .. } => "windows",
                EventKind::SkipVma { .. } => "skips",
                EventKind::SetPreferred { .. } => "set_preferred",
                EventKind::TaskMoved { cause: MoveCause::NumaMove, .. } => "move",
                EventKind::TaskMoved { cause: MoveCause::NumaSwap, .. } => "swap",
                EventKind::TaskStuck { .. } => "stick",
                _ => continue,
            };
            *self.events.entry(name).or_default() += 1;
        }
        from + fresh.len() as u64
    }
}

#[expect(clippy::cast_precision_loss, reason = "runs take seconds")]
fn ms(time: Ns) -> f64 {
    time.0 as f64 / 1e6
}

fn counter(stat: &Vmstat, name: &str) -> i64 {
    let value = match name {
        "numa_pte_updates" => stat.numa_pte_updates,
        "numa_huge_pte_updates" => stat.numa_huge_pte_updates,
        "numa_hint_faults" => stat.numa_hint_faults,
        "numa_hint_faults_local" => stat.numa_hint_faults_local,
        "numa_pages_migrated" => stat.numa_pages_migrated,
        "pgmigrate_success" => stat.pgmigrate_success,
        "pgmigrate_fail" => stat.pgmigrate_fail,
        "numa_hit" => stat.numa_hit,
        "numa_local" => stat.numa_local,
        "pgfault" => stat.pgfault,
        _ => unreachable!("a counter that is compared"),
    };
    i64::try_from(value).expect("counters of short runs are small")
}
