//! Prints how free runs compare: `free [-v] [FILTER...]`.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use hintfault_tests::free::{Figure, compare};
use hintfault_tests::recording::{Recording, folder, run_name, runs_in};

fn main() {
    let mut filters: Vec<String> = std::env::args().skip(1).collect();
    let verbose = filters.iter().any(|word| word == "-v");
    filters.retain(|word| word != "-v");
    let mut scenarios: BTreeMap<String, Vec<Recording>> = BTreeMap::new();
    for file in runs_in(&folder()).expect("recordings") {
        let name = run_name(&file).expect("a run").to_owned();
        if filters.is_empty() || filters.iter().any(|filter| name.starts_with(filter.as_str())) {
            let run = Recording::read(&file);
            scenarios.entry(run.id.clone()).or_default().push(run);
        }
    }
    let jobs: Vec<(&Vec<Recording>, &Recording)> =
        scenarios.values().flat_map(|runs| runs.iter().map(move |run| (runs, run))).collect();
    let results: Mutex<BTreeMap<String, (Vec<Figure>, u128)>> = Mutex::new(BTreeMap::new());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((repeats, run)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let start = Instant::now();
                    let name = format!("{}.s{}", run.id, run.machine.seed);
                    let figures = std::panic::catch_unwind(|| compare(run, repeats)).unwrap_or_default();
                    results.lock().expect("sound").insert(name, (figures, start.elapsed().as_millis()));
                }
            });
        }
    });
    let (mut within, mut total) = (0, 0);
    let mut by_kind: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (name, (figures, took)) in &results.into_inner().expect("sound") {
        let bad: Vec<&Figure> = figures.iter().filter(|figure| !figure.is_within()).collect();
        println!("{name}: {}/{} ({took} ms)", figures.len() - bad.len(), figures.len());
        within += figures.len() - bad.len();
        total += figures.len();
        for figure in figures {
            let kind = if figure.name.starts_with("at ") {
                format!("at.{}", figure.name.split('.').nth(1).unwrap_or_default())
            } else {
                figure.name.clone()
            };
            let entry = by_kind.entry(kind).or_default();
            entry.0 += usize::from(figure.is_within());
            entry.1 += 1;
        }
        if verbose {
            for figure in bad {
                let Figure { name, value, allowed } = figure;
                println!("    {name}: {value} not in {}..{}", allowed.low, allowed.high);
            }
        }
    }
    if !verbose {
        for (kind, (good, all)) in by_kind.iter().filter(|(_, (good, all))| good < all) {
            println!("  {kind}: {good}/{all}");
        }
    }
    println!("free {within}/{total} within tolerance");
}
