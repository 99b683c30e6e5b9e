//! Chains of tests, held against what happened.

mod common;

use common::{any_scenario, crowd, free_crowd, thread_moved};
use hintfault::event::{Event, EventKind, SkipReason};
use hintfault::explain::{Explanation, Test, Value, Verdict};
use hintfault::ids::PageIdx;
use hintfault::input::Scenario;
use hintfault::time::Ns;
use hintfault::{EventFilter, History, LAST_CPUPID_UNSET};
use proptest::prelude::*;

fn history(scenario: &Scenario, until_ms: u64) -> History {
    let mut history = History::new(scenario).unwrap();
    let tick_ns = history.world().clock().tick_ns;
    history.run_ticks(until_ms * 1_000_000 / tick_ns);
    history
}

/// Whether a chain ends as the event says.
fn agrees(event: &Event, verdict: Verdict) -> bool {
    match (event.kind, verdict) {
        (EventKind::HintFault { verdict, .. }, found) => found == Verdict::Fault(verdict),
        (EventKind::JoinGroup { gid, .. }, found) => found == Verdict::Group(gid),
        (EventKind::PeriodConsumed { scan, .. }, found) => found == Verdict::Queued(scan),
        (EventKind::ScanBegin { verdict, .. }, found) => found == Verdict::Begin(verdict),
        // Told on the way into the mapping.
        (EventKind::SkipVma { reason: SkipReason::IgnorePidInactive, .. }, found) => found == Verdict::Enter,
        (EventKind::SkipVma { reason, .. }, found) => found == Verdict::Skip(reason),
        (EventKind::ScanWindow { updated, .. }, found) => found == Verdict::Window(updated),
        (EventKind::Placement { max_nid, new_period_ms, .. }, found) => {
            found == Verdict::Placement { max_nid, period_ms: new_period_ms }
        }
        (EventKind::SetPreferred { nid }, found) => found == Verdict::Preferred(nid),
        (EventKind::TaskMoved { to, cause, .. }, found) => found == Verdict::Moved(to, cause),
        (EventKind::TaskStuck { cpu }, found) => found == Verdict::Stays(cpu),
        (EventKind::FirstTouch { node, .. }, found) => found == Verdict::Touched(node),
        (EventKind::WriteProtectFault { .. }, found) => found == Verdict::Reused,
        (EventKind::OutOfMemory { .. }, found) => found == Verdict::OutOfMemory,
        (EventKind::ScanEnd { .. } | EventKind::ActionApplied { .. } | EventKind::TaskExit, found) => {
            found == Verdict::Given
        }
    }
}

fn sound(event: &Event, explanation: &Explanation) {
    assert_eq!(explanation.event, Some(*event));
    assert!(agrees(event, explanation.verdict), "{event:?}\n{explanation:#?}");
    for check in &explanation.checks {
        assert_eq!(check.recompute(), check.outcome, "{check:?} of {event:?}");
        assert!(figures_fit(check.test, &check.operands), "{check:?} of {event:?}");
    }
}

/// Whether figures that led to an operand give that operand.
fn figures_fit(test: Test, operands: &[Value]) -> bool {
    let n: Vec<i128> = operands.iter().map(|value| value.number()).collect();
    match test {
        Test::GroupUsesFarMore => n[1] % 3 == 0,
        Test::GroupShortOfMemory => {
            let (cpu_src, cpu_dst, mem_src, mem_dst) = (n[2], n[3], n[4], n[5]);
            n[0] == cpu_dst * mem_src * 3 && n[1] == cpu_src * mem_dst * 4
        }
        Test::LastPidUnset => n[0] == n[2] & 0xFF && n[1] == 0xFF,
        Test::LastPidOwn | Test::SameThread => n[0] == n[3] & 0xFF && n[1] == n[2] & 0xFF,
        Test::FirstRecorded => n[1] == i128::from(LAST_CPUPID_UNSET),
        Test::OtherStillThere => n[3] == -1 || n[0] == n[3] & 0xFF,
        Test::PeriodUsedUp => n[1] == n[2] + n[3] * 1_000_000,
        Test::FirstPasses => n[1] == n[2] - n[3],
        Test::LongUnscanned => n[1] == n[2] + n[3],
        Test::NothingToLearn => n[0] == n[2] + n[3],
        Test::MostlyPrivate | Test::MostlyLocal => n[0] == n[2] * 10 / (n[2] + n[3]),
        _ => true,
    }
}

/// Explains events here and there, and of each kind the first.
fn explain_some(history: &History, stride: usize) {
    let events = history.world().events(0, usize::MAX);
    let mut seen = std::collections::BTreeSet::new();
    for (place, event) in events.iter().enumerate() {
        let class = hintfault::EventClass::of(&event.kind);
        let is_rare = !matches!(
            event.kind,
            EventKind::HintFault { .. } | EventKind::FirstTouch { .. } | EventKind::WriteProtectFault { .. }
        );
        if seen.insert(class) || place % stride == 0 || is_rare && place % (stride / 8 + 1) == 0 {
            sound(event, &history.explain(event.seq).unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_chain_ends_as_its_event_says(scenario in any_scenario(), stride in 60usize..90) {
        explain_some(&history(&scenario, 800), stride);
    }
}

#[test]
fn crowds_are_explained_too() {
    explain_some(&history(&crowd(), 3000), 40);
    explain_some(&history(&free_crowd(), 1500), 40);
}

#[test]
fn what_has_not_happened_has_no_explanation() {
    let history = history(&thread_moved(600), 1100);
    assert_eq!(history.explain(history.world().clock().events), None);
}

#[test]
fn marked_entries_are_as_many_as_the_window_says() {
    let mut history = History::new(&crowd()).unwrap();
    let windows = EventFilter::kinds(&[hintfault::EventClass::ScanWindow]);
    for _ in 0..6 {
        let event = history.run_to_event(windows, Ns::from_ms(20_000)).unwrap();
        let EventKind::ScanWindow { process, vma, start, end, updated } = event.kind else { unreachable!() };
        let first = history.world().mms()[process.index()].vmas[vma.index()].start;
        let pages = start.pages_since(first) as u32..end.pages_since(first) as u32;
        let every = (pages.len() / 23).max(1);
        if pages.len() > 300 {
            for page in pages.step_by(every) {
                let found = history.explain_entry(event.seq, PageIdx(page)).unwrap();
                assert!(found.checks.iter().all(|check| check.recompute() == check.outcome), "{found:?}");
                assert!(matches!(found.verdict, Verdict::Marked | Verdict::Kept));
            }
            continue;
        }
        let marked = pages
            .filter(|&page| {
                let found = history.explain_entry(event.seq, PageIdx(page)).unwrap();
                found.verdict == Verdict::Marked
            })
            .count();
        assert_eq!(marked, updated as usize, "{event:?}");
    }
}
