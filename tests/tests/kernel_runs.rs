//! Recorded runs of the real kernel, reproduced from their start.

use std::path::PathBuf;

use hintfault::World;
use hintfault::event::{Event, EventKind};
use hintfault::ids::{ProcIdx, VmaIdx};
use hintfault::input::Scenario;
use hintfault::time::Ns;
use hintfault_tests::free::scenario::scenario;
use hintfault_tests::free::threads::ns;
use hintfault_tests::recording::Recording;

/// Two ticks: how far a scan may be from its recorded time.
const SCAN_TIME_TOLERANCE: Ns = Ns::from_ms(8);

struct FreeRun {
    recording: Recording,
    scenario: Scenario,
    world: World,
    /// All events but faults, which are too many to keep.
    events: Vec<Event>,
    /// Pages of the workload's region that faults moved.
    region_migrations: u64,
}

fn run(repeat: u32) -> FreeRun {
    let name = format!("recordings/01-one-64m.s{repeat}.json.gz");
    let recording = Recording::read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name));
    let scenario = scenario(&recording);
    let mut run = FreeRun {
        world: World::new(&scenario).expect("a sound scenario"),
        recording,
        scenario,
        events: Vec::new(),
        region_migrations: 0,
    };
    let region = run.region();
    let end = run.recording.scenario.opt.duration_ms;
    let mut seen = 0;
    for ms in (0..=end).step_by(20) {
        run.world.run_until(Ns::from_ms(ms));
        let fresh = run.world.events(seen, usize::MAX);
        assert!(fresh.first().is_none_or(|event| event.seq == seen), "events were lost");
        seen += fresh.len() as u64;
        for event in fresh {
            match event.kind {
                EventKind::HintFault { page, verdict, .. } => {
                    let moved = verdict == hintfault::event::FaultVerdict::Migrated;
                    run.region_migrations += u64::from(moved && page.vma == region);
                }
                _ => run.events.push(event),
            }
        }
    }
    run
}

impl FreeRun {
    fn region(&self) -> VmaIdx {
        let start = self.recording.regions[0].addr;
        let place = self.scenario.processes[0].regions.iter().position(|region| region.start.0 == start);
        VmaIdx(u16::try_from(place.expect("the region is mapped")).expect("few regions"))
    }

    fn start_of(&self, vma: VmaIdx) -> u64 {
        self.scenario.processes[0].regions[vma.index()].start.0
    }
}

fn reproduces(repeat: u32) {
    let run = run(repeat);
    let placement = &run.world.mms()[0].vmas[run.region().index()].node_pages;
    assert_eq!(placement, &run.recording.end.region_pages["r0"], "final placement");
    assert_eq!(run.region_migrations, 16_384, "pages of the region that moved");
    scans_match(&run);
    windows_match(&run);
    skips_match(&run);
    counters_match(&run);
}

fn scans_match(run: &FreeRun) {
    let begins = run.events.iter().filter(|event| matches!(event.kind, EventKind::ScanBegin { .. }));
    let simulated: Vec<&Event> = begins.collect();
    let recorded = run.recording.events.scans();
    assert_eq!(simulated.len(), recorded.len(), "number of scans");
    for (event, row) in simulated.iter().zip(&recorded) {
        let EventKind::ScanBegin { scan_seq, offset, .. } = event.kind else { unreachable!() };
        assert_eq!((scan_seq, offset.0), (row.mm_scan_seq, row.scan_offset), "scan at {} ms", row.t_ms);
        let distance = event.time.0.abs_diff(ns(row.t_ms).0);
        assert!(distance <= SCAN_TIME_TOLERANCE.0, "scan at {} instead of {} ms", event.time, row.t_ms);
    }
}

fn windows_match(run: &FreeRun) {
    let windows = run.events.iter().filter_map(|event| match event.kind {
        EventKind::ScanWindow { start, end, updated, .. } => Some((start.0, end.0, updated)),
        _ => None,
    });
    let recorded = run.recording.events.prot.iter().map(|row| {
        let start = row.start;
        (start, start + row.pages * hintfault::ids::PAGE_SIZE, row.nr_updated)
    });
    assert_eq!(windows.collect::<Vec<_>>(), recorded.collect::<Vec<_>>(), "windows");
}

fn skips_match(run: &FreeRun) {
    let skips = run.events.iter().filter_map(|event| match event.kind {
        EventKind::SkipVma { process: ProcIdx(0), vma, reason } => {
            Some((run.start_of(vma), reason.as_str().to_owned()))
        }
        _ => None,
    });
    let (recorded, _) = &run.recording.events.skip;
    let recorded = recorded.iter().map(|row| (row.vma_start, row.reason.clone()));
    assert_eq!(skips.collect::<Vec<_>>(), recorded.collect::<Vec<_>>(), "VMAs passed over");
}

fn counters_match(run: &FreeRun) {
    let stat = run.world.vmstat();
    let recorded = |name: &str| u64::try_from(run.recording.end.vmstat_delta[name]).expect("a counter that grows");
    assert_eq!(stat.numa_pte_updates, recorded("numa_pte_updates"));
    assert_eq!(stat.numa_hint_faults, recorded("numa_hint_faults"));
    assert_eq!(stat.numa_hint_faults_local, recorded("numa_hint_faults_local"));
    assert_eq!(stat.numa_pages_migrated, recorded("numa_pages_migrated"));
    assert_eq!(stat.pgmigrate_success, recorded("pgmigrate_success"));
}

#[test]
fn one_thread_64_mib_first_repeat() {
    reproduces(1);
}

#[test]
fn one_thread_64_mib_second_repeat() {
    reproduces(2);
}

#[test]
fn one_thread_64_mib_third_repeat() {
    reproduces(3);
}
