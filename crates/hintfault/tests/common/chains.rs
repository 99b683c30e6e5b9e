//! Chains held against their events.

use hintfault::LAST_CPUPID_UNSET;
use hintfault::event::{Event, EventKind, FaultVerdict, MoveCause, ScanQueued, ScanVerdict, SkipReason};
use hintfault::explain::{Check, Explanation, Test, Value, Verdict};
use hintfault::ids::{CpuId, NodeId};

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
        (EventKind::FirstTouch { node, .. }, Verdict::TouchedUnder(on, ..)) => on == node,
        (EventKind::FirstTouch { node, .. }, found) => found == Verdict::Touched(node),
        (EventKind::WriteProtectFault { .. }, found) => found == Verdict::Reused,
        (EventKind::OutOfMemory { .. }, found) => found == Verdict::OutOfMemory,
        (EventKind::ScanEnd { scan_seq, offset, .. }, found) => {
            found == if offset.0 == 0 { Verdict::PassDone(scan_seq) } else { Verdict::ScanPauses(offset) }
        }
        (EventKind::ActionApplied { refused, .. }, found) => {
            found == refused.map_or(Verdict::Applied, Verdict::Refused)
        }
        (EventKind::TaskExit, found) => matches!(found, Verdict::Ended(_)),
        (EventKind::Fork { .. }, found) => matches!(found, Verdict::Forked(_)),
        (EventKind::Clone { .. }, found) => matches!(found, Verdict::Cloned(_)),
        (EventKind::Exec { .. }, found) => found == Verdict::Execed,
    }
}

/// Whether something could change an answer; `explain.md` gives the reasons why not.
pub fn can_change(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Given | Verdict::Applied | Verdict::Refused(_) | Verdict::Execed | Verdict::Ended(_) => false,
        Verdict::Fault(_)
        | Verdict::Group(_)
        | Verdict::Placement { .. }
        | Verdict::Preferred(_)
        | Verdict::NoPlacement
        | Verdict::Moved(..)
        | Verdict::Stays(_)
        | Verdict::Queued(_)
        | Verdict::TickPasses
        | Verdict::Begin(_)
        | Verdict::Skip(_)
        | Verdict::Enter
        | Verdict::Window(_)
        | Verdict::Marked
        | Verdict::Kept
        | Verdict::Touched(_)
        | Verdict::TouchedUnder(..)
        | Verdict::PageMoved(..)
        | Verdict::Reused
        | Verdict::OutOfMemory
        | Verdict::Waits
        | Verdict::ScanPauses(_)
        | Verdict::PassDone(_)
        | Verdict::Forked(_)
        | Verdict::Cloned(_) => true,
    }
}

pub fn sound(event: &Event, explanation: &Explanation) {
    assert_eq!(explanation.event, Some(*event));
    assert_eq!(explanation.next.is_some(), can_change(explanation.verdict), "{event:?}\n{explanation:#?}");
    assert!(agrees(event, explanation.verdict), "{event:?}\n{explanation:#?}");
    for check in &explanation.checks {
        assert_eq!(check.recompute(), check.outcome, "{check:?} of {event:?}");
        assert!(figures_fit(check.test, &check.operands), "{check:?} of {event:?}");
    }
    let follows = verdict_of(event, &explanation.checks);
    let verdict = without_policy(explanation.verdict);
    assert!(follows.is_none_or(|follows| follows == verdict), "{follows:?} of {event:?}\n{explanation:#?}");
}

/// No test asks whose policy placed a page.
fn without_policy(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::TouchedUnder(node, ..) => Verdict::Touched(node),
        other => other,
    }
}

/// What follows from the tests of a chain, for kinds of events where that is all there is to it.
fn verdict_of(event: &Event, checks: &[Check]) -> Option<Verdict> {
    let last = |test: Test| checks.iter().rev().find(|check| check.test == test);
    let holds = |test: Test| last(test).is_some_and(|check| check.outcome);
    Some(match event.kind {
        EventKind::TaskMoved { from, cause, .. } => return moved_by(from, cause, checks),
        EventKind::ScanEnd { scan_seq, offset, .. } => {
            if holds(Test::CameToEnd) {
                Verdict::PassDone(scan_seq)
            } else {
                Verdict::ScanPauses(offset)
            }
        }
        EventKind::HintFault { .. } => Verdict::Fault(fault_of(checks)),
        EventKind::PeriodConsumed { .. } => {
            Verdict::Queued(if holds(Test::ScanAhead) { ScanQueued::NotDue } else { ScanQueued::Yes })
        }
        EventKind::ScanBegin { .. } => Verdict::Begin(match (holds(Test::WorkAhead), holds(Test::TimerUnset)) {
            (false, _) => ScanVerdict::Scan,
            (true, true) => ScanVerdict::TimerArmed,
            (true, false) => ScanVerdict::NotDue,
        }),
        EventKind::SkipVma { .. } => vma_of(checks),
        EventKind::Placement { old_period_ms, .. } => {
            let most = checks.iter().rev().find(|check| check.test == Test::MostFaults && check.outcome);
            let max_nid = most.map(|check| NodeId(check.operands[2].number() as u8));
            let period_ms = match last(Test::PeriodWithin) {
                Some(check) => {
                    let n: Vec<i128> = check.operands.iter().map(|value| value.number()).collect();
                    n[0].clamp(n[1], n[2]) as u32
                }
                // Doubled, up to a longest one that no test shows.
                None => match agreed_period(event) {
                    period if period <= old_period_ms.saturating_mul(2) => period,
                    _ => return None,
                },
            };
            Verdict::Placement { max_nid, period_ms }
        }
        EventKind::FirstTouch { .. } | EventKind::OutOfMemory { .. } => {
            let served = [Test::ZoneAboveLow, Test::ZoneAboveMin, Test::ZoneHasFree];
            let check = checks.last().filter(|check| served.contains(&check.test) && check.outcome);
            check.map_or(Verdict::OutOfMemory, |check| Verdict::Touched(NodeId(check.operands[2].number() as u8)))
        }
        _ => return None,
    })
}

/// Where a move leads by its tests; panics where they forbid it.
fn moved_by(from: CpuId, cause: MoveCause, checks: &[Check]) -> Option<Verdict> {
    let of = |test: Test| checks.iter().find(|check| check.test == test);
    let is = |test: Test| of(test).map(|check| check.outcome);
    let cpu = |test: Test| of(test).filter(|check| check.outcome).map(|check| CpuId(check.operands[0].number() as u16));
    match cause {
        MoveCause::Affinity => {
            assert_eq!(is(Test::CpuStillAllowed), Some(false));
            let next = of(Test::NextInTurn).expect("asked");
            Some(Verdict::Moved(CpuId(next.operands[0].number() as u16), cause))
        }
        MoveCause::Wakeup => {
            assert!(is(Test::OneCpuAllowed) == Some(true) || is(Test::PrevCpuFree) == Some(false));
            let found = cpu(Test::IdleCoreNear).or(cpu(Test::IdleCpuNear))?;
            assert_ne!(found, from);
            (is(Test::FoundCpuAllowed) == Some(true)).then_some(Verdict::Moved(found, cause))
        }
        MoveCause::LoadBalance => {
            if of(Test::FailedTooOften).is_none() {
                let wanted = [(Test::DstAllowed, true), (Test::TaskRuns, false), (Test::ShareFits, true)];
                assert!(wanted.iter().all(|&(test, outcome)| is(test) == Some(outcome)), "{checks:#?}");
                let loses = is(Test::LosesLocality) == Some(true) || is(Test::CacheHot) == Some(true);
                assert_eq!(is(Test::FailedOften), loses.then_some(true), "{checks:#?}");
            }
            assert_ne!(is(Test::FailedTooOften), Some(false));
            None
        }
        MoveCause::NumaMove | MoveCause::NumaSwap => None,
    }
}

fn agreed_period(event: &Event) -> u32 {
    let EventKind::Placement { new_period_ms, .. } = event.kind else { unreachable!() };
    new_period_ms
}

/// The first test that decides, except that a page which is there already stays whatever else
/// was found.
fn fault_of(checks: &[Check]) -> FaultVerdict {
    let is = |check: &Check, test, outcome| check.test == test && check.outcome == outcome;
    if checks.iter().any(|check| is(check, Test::AlreadyThere, true)) {
        return FaultVerdict::Local;
    }
    for check in checks {
        match (check.test, check.outcome) {
            (Test::PolicyMigrates, false) => return FaultVerdict::PolicyForbids,
            (Test::NodeInPolicy, false) => return FaultVerdict::OutsidePolicy,
            (Test::DestinationHasMemory, false) => return FaultVerdict::NoMemoryThere,
            (Test::LastNodeSame, false) => return FaultVerdict::LastCpuElsewhere,
            (Test::GroupShortOfMemory, false) => return FaultVerdict::GroupBalanced,
            (Test::SharedProgramText | Test::DirtyFilePage, true) | (Test::Isolated, false) => {
                return FaultVerdict::IsolationFailed;
            }
            _ => {}
        }
    }
    let has_room = checks.iter().any(|check| is(check, Test::ZoneAboveHigh, true));
    let has_page = checks.iter().any(|check| is(check, Test::FreePageThere, true));
    if has_room && has_page { FaultVerdict::Migrated } else { FaultVerdict::NodeFull }
}

fn vma_of(checks: &[Check]) -> Verdict {
    let reason = checks.iter().find_map(|check| match (check.test, check.outcome) {
        (Test::Unmigratable, true) | (Test::VmaPolicyMigrates, false) => Some(SkipReason::Unsuitable),
        (Test::FileReadOnly, true) => Some(SkipReason::SharedRo),
        (Test::NoAccessRights, true) => Some(SkipReason::Inaccessible),
        (Test::VmaTooYoung, true) => Some(SkipReason::ScanDelay),
        (Test::DoneInPass, true) => Some(SkipReason::SeqCompleted),
        (Test::LongUnscanned, false) => Some(SkipReason::PidInactive),
        _ => None,
    });
    reason.map_or(Verdict::Enter, Verdict::Skip)
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
