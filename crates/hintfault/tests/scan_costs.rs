//! What a scan costs.

mod common;

use common::thread_moved;
use hintfault::event::EventKind;
use hintfault::ids::CpuId;
use hintfault::time::Ns;
use hintfault::{EventClass, EventFilter, History};

/// How long the first scan takes, and how many windows it has.
fn first_scan(scan_window_ns: u32) -> (Ns, usize) {
    // The windows of a mapping end at addresses that are multiples of 2 MiB, 4 MiB from their
    // beginning at the earliest; the mapping is on the node of its thread, so nothing is marked
    // and the scan goes through all of it.
    let mut scenario = thread_moved(5000);
    scenario.processes[0].threads[0].affinity = vec![CpuId(0)];
    scenario.sysctl.scan_size_mb = 4;
    scenario.machine.costs.scan_window_ns = scan_window_ns;
    let mut history = History::new(&scenario).expect("a sound scenario");
    let ends = EventFilter::kinds(&[EventClass::ScanEnd]);
    let end = history.run_to_event(ends, Ns::from_ms(5000)).expect("it scans");
    let events = history.world().events(0, usize::MAX);
    let begin = events.iter().find(|event| matches!(event.kind, EventKind::ScanBegin { .. })).expect("it began");
    let windows = events.iter().filter(|event| matches!(event.kind, EventKind::ScanWindow { .. })).count();
    (end.time.saturating_since(begin.time), windows)
}

/// `change_prot_numa` is called once a window, so each costs what a call costs; recorded windows
/// of one mapping follow each other 4.1 us later than their entries take.
#[test]
fn every_window_costs_a_call() {
    let ((base, windows), (dearer, same)) = (first_scan(1000), first_scan(2000));
    assert_eq!((windows, same), (5, 5));
    assert_eq!(dearer.saturating_since(base), Ns(5 * 1000));
}
