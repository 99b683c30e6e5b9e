//! The figures of a run, by name, and whether they are within what was recorded.

use std::collections::BTreeMap;

use super::observed::{Observed, PagesOverTime, recorded, simulated};
use super::ranges::{Range, Tolerance};
use super::variation::Variation;
use crate::recording::Recording;
use crate::recording::workload::Cpus;

/// Time between two points at which curves are compared, in ms.
const CURVE_STEP_MS: u32 = 1000;
/// Counters that are compared over time.
const CURVES: [&str; 4] = ["numa_pte_updates", "numa_hint_faults", "numa_hint_faults_local", "numa_pages_migrated"];

/// A figure of a simulated run.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// What the simulation gave.
    pub value: f64,
    /// What was recorded, tolerance included.
    pub allowed: Range,
    /// What each repeat recorded that has the figure.
    pub recorded: Vec<Range>,
    /// How much wider than they are is allowed.
    pub tolerance: Tolerance,
}

impl Figure {
    /// Whether it is within tolerance.
    #[must_use]
    pub fn is_within(&self) -> bool {
        self.allowed.contains(self.value)
    }

    /// Whether one of the repeats would not be within tolerance either, if it were held against
    /// the others in the same way.
    #[must_use]
    pub fn repeats_differ(&self) -> bool {
        (0..self.recorded.len()).any(|one| {
            let others = self.recorded.iter().enumerate().filter(|(place, _)| *place != one);
            let others = others.map(|(_, range)| *range).reduce(Range::or);
            others.is_some_and(|range| !range.widened(self.tolerance).contains(self.recorded[one].high))
        })
    }
}

/// A value at some moment, or between two where the moment lies between samples.
type Values = BTreeMap<String, (Range, Tolerance)>;

/// Simulates a recorded run and holds it against all repeats of its scenario.
#[must_use]
pub fn compare(run: &Recording, repeats: &[Recording], variation: Variation) -> Vec<Figure> {
    let simulation = figures(run, &simulated(run, variation), run.scenario.opt.duration_ms);
    let recordings: Vec<Values> =
        repeats.iter().map(|repeat| figures(repeat, &recorded(repeat), run.scenario.opt.duration_ms)).collect();
    let mut compared = Vec::new();
    for (name, (value, tolerance)) in simulation {
        let ranges: Vec<Range> =
            recordings.iter().filter_map(|values| values.get(&name)).map(|&(range, _)| range).collect();
        let Some(range) = ranges.iter().copied().reduce(Range::or) else { continue };
        let allowed = range.widened(tolerance);
        compared.push(Figure { name, value: value.high, allowed, recorded: ranges, tolerance });
    }
    compared
}

/// Whether a run has threads that may go where they like, so that which of them ends up where is
/// chance.
fn has_free_threads(run: &Recording) -> bool {
    let mut threads = run.scenario.procs.iter().flat_map(|process| &process.threads);
    let threads: Vec<_> = threads.by_ref().collect();
    threads.len() > 1
        && threads.iter().any(|thread| thread.phases.iter().any(|phase| matches!(phase.cpus, Cpus::All(_))))
}

fn figures(run: &Recording, seen: &Observed, duration_ms: u64) -> Values {
    let mut values = Values::new();
    for (name, series) in &seen.counters {
        let last = series.last().copied().unwrap_or_default();
        add(&mut values, format!("final.{name}"), as_float(last), Tolerance::Counts);
    }
    for name in ["windows", "skips", "set_preferred", "move", "swap", "stick"] {
        let count = seen.events.get(name).copied().unwrap_or_default();
        let tolerance = if matches!(name, "windows" | "skips") { Tolerance::Counts } else { Tolerance::One };
        add(&mut values, format!("events.{name}"), as_float(count), tolerance);
    }
    add(&mut values, "events.scan".to_owned(), as_float(seen.scans_ms.len()), Tolerance::One);
    if let Some(&first) = seen.scans_ms.first() {
        add(&mut values, "first_scan_ms".to_owned(), first, Tolerance::Counts);
    }
    for name in ["numa_hint_faults", "numa_pages_migrated"] {
        for (share, label) in [(0.5, "t50"), (0.9, "t90")] {
            if let Some(at) = time_of_share(seen, name, share) {
                add(&mut values, format!("{label}_ms.{name}"), at, Tolerance::Counts);
            }
        }
    }
    let is_free = has_free_threads(run);
    add_curves(&mut values, seen, duration_ms);
    add_regions(&mut values, seen, duration_ms, is_free);
    if is_free {
        add_sorted_threads(&mut values, seen)
    } else {
        add_threads(&mut values, seen)
    }
    values
}

fn add(values: &mut Values, name: String, value: f64, tolerance: Tolerance) {
    values.insert(name, (Range { low: value, high: value }, tolerance));
}

/// Exact up to 2^53.
fn as_float<T: TryInto<i64>>(count: T) -> f64
where
    T::Error: std::fmt::Debug,
{
    let count: i64 = count.try_into().expect("a small count");
    #[expect(clippy::cast_precision_loss, reason = "counts of short runs are small")]
    let value = count as f64;
    value
}

/// The first sample at which a counter has come to a share of its last value.
fn time_of_share(seen: &Observed, name: &str, share: f64) -> Option<f64> {
    let series = &seen.counters[name];
    let last = as_float(*series.last()?);
    let place = series.iter().position(|&value| last > 0.0 && as_float(value) >= last * share)?;
    Some(seen.t_ms[place])
}

/// The values of the samples around a moment.
fn around(t_ms: &[f64], at: f64, value: impl Fn(usize) -> f64) -> Range {
    let after = t_ms.partition_point(|&t| t < at).min(t_ms.len() - 1);
    let before = t_ms.partition_point(|&t| t <= at).saturating_sub(1);
    Range::of([value(before), value(after)])
}

fn moments(duration_ms: u64) -> impl Iterator<Item = u32> {
    let duration = u32::try_from(duration_ms).expect("short runs");
    (CURVE_STEP_MS..duration).step_by(CURVE_STEP_MS as usize)
}

fn add_curves(values: &mut Values, seen: &Observed, duration_ms: u64) {
    for at in moments(duration_ms) {
        for name in CURVES {
            let series = &seen.counters[name];
            let range = around(&seen.t_ms, f64::from(at), |place| as_float(series[place]));
            values.insert(format!("at {at} ms.{name}"), (range, Tolerance::Counts));
        }
    }
}

/// Pages by node; of a run with free threads, regions by how much lies on their main node.
fn add_regions(values: &mut Values, seen: &Observed, duration_ms: u64, is_free: bool) {
    let last = |region: &PagesOverTime| region.pages.last().cloned().unwrap_or_default();
    if is_free {
        let mut shares: Vec<Vec<u64>> = seen.regions.values().map(last).collect();
        shares.iter_mut().for_each(|pages| pages.sort_unstable_by_key(|&pages| std::cmp::Reverse(pages)));
        shares.sort_unstable_by_key(|pages| std::cmp::Reverse(pages.clone()));
        for (place, pages) in shares.iter().enumerate() {
            for (rank, &pages) in pages.iter().enumerate() {
                add(values, format!("regions sorted.{place}.share{rank}"), as_float(pages), Tolerance::Counts);
            }
        }
        return;
    }
    for (name, region) in &seen.regions {
        for (node, &pages) in last(region).iter().enumerate() {
            add(values, format!("region.{name}.node{node}"), as_float(pages), Tolerance::Counts);
            for at in moments(duration_ms) {
                let range = around(&region.t_ms, f64::from(at), |place| as_float(region.pages[place][node]));
                values.insert(format!("at {at} ms.region.{name}.node{node}"), (range, Tolerance::Counts));
            }
        }
    }
}

fn add_threads(values: &mut Values, seen: &Observed) {
    for (id, thread) in &seen.threads {
        add(values, format!("thread.{id}.node"), thread.node.into(), Tolerance::None);
        add(values, format!("thread.{id}.preferred"), thread.preferred.into(), Tolerance::None);
        add(values, format!("thread.{id}.mm_scan_seq"), thread.mm_scan_seq.into(), Tolerance::One);
        add(values, format!("thread.{id}.pages_migrated"), as_float(thread.pages_migrated), Tolerance::Counts);
        add(values, format!("thread.{id}.touches"), as_float(thread.touches), Tolerance::Relative);
    }
    add_groups(values, seen);
}

fn add_groups(values: &mut Values, seen: &Observed) {
    let mut sizes: BTreeMap<u32, u32> = BTreeMap::new();
    for thread in seen.threads.values().filter(|thread| thread.group != 0) {
        *sizes.entry(thread.group).or_default() += 1;
    }
    let largest = sizes.values().max().copied().unwrap_or_default();
    add(values, "groups.grouped_threads".to_owned(), sizes.values().sum::<u32>().into(), Tolerance::None);
    add(values, "groups.largest".to_owned(), largest.into(), Tolerance::None);
}

/// Of free threads, sorted values: which thread got which is chance.
fn add_sorted_threads(values: &mut Values, seen: &Observed) {
    let threads: Vec<_> = seen.threads.values().collect();
    let sorted = |of: fn(&super::observed::ThreadEnd) -> i64| {
        let mut list: Vec<i64> = threads.iter().map(|thread| of(thread)).collect();
        list.sort_unstable();
        list
    };
    let per_node = |of: fn(&super::observed::ThreadEnd) -> i32| {
        let mut counts: BTreeMap<i32, i64> = BTreeMap::new();
        threads.iter().for_each(|thread| *counts.entry(of(thread)).or_default() += 1);
        let mut counts: Vec<i64> = counts.into_values().collect();
        counts.resize(threads.len(), 0);
        counts.sort_unstable_by_key(|&count| std::cmp::Reverse(count));
        counts
    };
    let lists = [
        ("touches", sorted(|thread| i64::try_from(thread.touches).expect("short runs")), Tolerance::Relative),
        (
            "pages_migrated",
            sorted(|thread| i64::try_from(thread.pages_migrated).expect("short runs")),
            Tolerance::Counts,
        ),
        ("mm_scan_seq", sorted(|thread| thread.mm_scan_seq.into()), Tolerance::One),
        ("per node", per_node(|thread| thread.node), Tolerance::None),
        ("per preferred node", per_node(|thread| thread.preferred), Tolerance::None),
    ];
    for (name, list, tolerance) in lists {
        for (rank, value) in list.into_iter().enumerate() {
            add(values, format!("threads sorted.{name}.{rank}"), as_float(value), tolerance);
        }
    }
    add_groups(values, seen);
}
