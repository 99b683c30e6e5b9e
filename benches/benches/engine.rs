//! Speed of the engine: `cargo bench -p hintfault-benches --bench engine`.

use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use hintfault::time::{Ns, Tick};
use hintfault::{History, World};
use hintfault_benches::documents::{Layout, Marking, Placement, scanned, server};
use hintfault_benches::{scanned_ptes, scenario, world_after};
use serde_json::{Value, json};

/// One piece of work: what it starts from, how long it runs in the scenario.
struct Piece {
    name: &'static str,
    document: Value,
    begin_ms: u64,
    run_ms: u64,
}

impl Piece {
    fn begin(&self) -> World {
        world_after(&self.document, self.begin_ms)
    }

    fn end(&self) -> Ns {
        Ns::from_ms(self.begin_ms + self.run_ms)
    }

    /// What running it comes to, in the unit of the benchmark.
    fn amount(&self, count: impl Fn(&World, &World) -> u64) -> u64 {
        let before = self.begin();
        let mut after = before.clone();
        after.run_until(self.end());
        let amount = count(&before, &after);
        assert!(amount > 0, "{}: nothing to measure", self.name);
        amount
    }
}

fn bench_pieces(criterion: &mut Criterion, group: &str, pieces: Vec<Piece>, count: impl Fn(&World, &World) -> u64) {
    let mut group = criterion.benchmark_group(group);
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(4));
    for piece in pieces {
        group.throughput(Throughput::Elements(piece.amount(&count)));
        let run = |world: &mut World| world.run_until(piece.end());
        group.bench_function(piece.name, |bencher| {
            bencher.iter_batched_ref(|| piece.begin(), run, BatchSize::PerIteration);
        });
    }
    group.finish();
}

/// Page table entries a second.
fn scan(criterion: &mut Criterion) {
    let compute = || json!({ "compute_ms": 1_000 });
    let pieces = vec![
        Piece {
            name: "nothing changes",
            document: scanned(16, Marking::RemoteOnly, compute()),
            begin_ms: 90,
            run_ms: 450,
        },
        Piece {
            name: "every entry changes",
            document: scanned(16, Marking::LocalToo, compute()),
            begin_ms: 90,
            run_ms: 450,
        },
    ];
    let count = |before: &World, after: &World| scanned_ptes(after, before.clock().events);
    bench_pieces(criterion, "scan", pieces, count);
}

/// Hinting faults a second.
fn faults(criterion: &mut Criterion) {
    let visits = || json!({ "write": "memory" });
    let pieces =
        vec![Piece { name: "local", document: scanned(1, Marking::LocalToo, visits()), begin_ms: 150, run_ms: 350 }];
    let count = |before: &World, after: &World| after.vmstat().numa_hint_faults - before.vmstat().numa_hint_faults;
    bench_pieces(criterion, "faults", pieces, count);
}

/// Nanoseconds of the scenario a second.
fn whole(criterion: &mut Criterion) {
    let pieces = vec![
        Piece {
            name: "64 GiB, 64 processes, steady",
            document: server(Layout::Processes, Placement::Local),
            begin_ms: 8000,
            run_ms: 2000,
        },
        Piece {
            name: "64 GiB, 64 threads, steady",
            document: server(Layout::Threads, Placement::Local),
            begin_ms: 8000,
            run_ms: 500,
        },
        Piece {
            name: "64 GiB, 64 threads, fault storm",
            document: server(Layout::Threads, Placement::Remote),
            begin_ms: 1500,
            run_ms: 500,
        },
    ];
    bench_pieces(criterion, "whole", pieces, |before, after| (after.clock().now - before.clock().now).0);
}

/// Seeking to any of the last 100,000 ticks of the default preset.
fn seek(criterion: &mut Criterion) {
    let document = hintfault_scenario::presets::ALL[0].document().expect("a preset");
    let scenario = hintfault_scenario::validate(&document).expect("a valid preset");
    let mut history = History::new(&scenario).expect("a preset that fits");
    history.run_ticks(100_000);
    let mut group = criterion.benchmark_group("seek");
    group.sample_size(30);
    let mut at = 0u64;
    group.bench_function("anywhere in 100,000 ticks", |bencher| {
        bencher.iter(|| {
            at = (at + 61_803) % 100_000;
            history.seek(Tick(at));
        });
    });
    group.bench_function("clone a world of 64 GiB", |bencher| {
        let world = world_after(&server(Layout::Threads, Placement::Local), 0);
        bencher.iter(|| world.clone());
    });
    group.finish();
}

/// Setting up a machine of 64 GiB.
fn setup(criterion: &mut Criterion) {
    let scenario = scenario(&server(Layout::Threads, Placement::Local));
    let mut group = criterion.benchmark_group("setup");
    group.sample_size(10);
    group.bench_function("64 GiB", |bencher| bencher.iter(|| World::new(&scenario)));
    group.finish();
}

criterion_group!(benches, scan, faults, whole, seek, setup);
criterion_main!(benches);
