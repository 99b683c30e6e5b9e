//! Which of the tests in a chain decided how it ends.

use hintfault::event::{FaultVerdict as F, MoveCause, ScanQueued, ScanVerdict};
use hintfault::explain::{Explanation, Test, Verdict};

/// A test and what came out.
type Answered = (Test, bool);

/// The places of the tests that decided: of each group the last one that came out so, and where a
/// verdict has no groups the last of the chain.
#[must_use]
pub fn deciding(explanation: &Explanation) -> Vec<usize> {
    let checks = &explanation.checks;
    let Some(groups) = deciders(explanation.verdict) else { return checks.len().checked_sub(1).into_iter().collect() };
    let last_of = |group: &&[Answered]| checks.iter().rposition(|check| group.contains(&(check.test, check.outcome)));
    groups.iter().filter_map(last_of).collect()
}

/// The groups of a verdict; none if the kernel stops at the test that decides.
#[must_use]
pub const fn deciders(verdict: Verdict) -> Option<&'static [&'static [Answered]]> {
    Some(match verdict {
        Verdict::Fault(verdict) => of_fault(verdict),
        Verdict::Placement { .. } => &[
            &[(Test::PreferredDiffers, true), (Test::PreferredDiffers, false)],
            &[
                (Test::NothingToLearn, true),
                (Test::MovesFailed, true),
                (Test::MostlyPrivate, true),
                (Test::MostlyLocal, true),
                (Test::MostlyLocal, false),
            ],
        ],
        Verdict::Preferred(_) => {
            &[&[(Test::PreferredDiffers, true), (Test::IdleCpuFound, true), (Test::CpuIsBest, true)]]
        }
        Verdict::Moved(_, cause) => of_move(cause),
        Verdict::Queued(ScanQueued::Yes) => &[&[(Test::ScanAhead, false)]],
        Verdict::Queued(ScanQueued::NotDue) => &[&[(Test::ScanAhead, true)]],
        Verdict::Begin(ScanVerdict::TimerArmed) => &[&[(Test::TimerUnset, true)]],
        Verdict::ScanPauses(_) => &[&[(Test::PagesLeft, false), (Test::CrossingLeft, false)]],
        Verdict::PassDone(_) => &[&[(Test::CameToEnd, true)]],
        // None of the rules held that would have kept the entry, or several things follow at once.
        Verdict::Marked
        | Verdict::Ended(_)
        | Verdict::Forked(_)
        | Verdict::Cloned(_)
        | Verdict::Execed
        | Verdict::Given => &[],
        _ => return None,
    })
}

/// What the fault teaches is asked afterwards and changes nothing for the page.
const fn of_fault(verdict: F) -> &'static [&'static [Answered]] {
    match verdict {
        F::Local => &[&[(Test::FaultLocal, true), (Test::AlreadyThere, true)]],
        F::Migrated => &[&[
            (Test::LastPidUnset, true),
            (Test::LastPidOwn, true),
            (Test::LastNodeSame, true),
            (Test::GroupUsesFarMore, true),
            (Test::GroupShortOfMemory, true),
        ]],
        F::PolicyForbids => &[&[(Test::PolicyMigrates, false)]],
        F::OutsidePolicy => &[&[(Test::NodeInPolicy, false)]],
        F::NoMemoryThere => &[&[(Test::DestinationHasMemory, false)]],
        F::LastCpuElsewhere => &[&[(Test::LastNodeSame, false)]],
        F::SlowTierFirst => &[&[(Test::LastPidUnset, true)]],
        F::GroupBalanced => &[&[(Test::GroupShortOfMemory, false)]],
        F::NodeFull => &[&[(Test::ZoneAboveHigh, false), (Test::FreePageThere, false)]],
        F::IsolationFailed => {
            &[&[(Test::SharedProgramText, true), (Test::DirtyFilePage, true), (Test::Isolated, false)]]
        }
    }
}

/// What a move does to the scan period is asked afterwards.
const fn of_move(cause: MoveCause) -> &'static [&'static [Answered]] {
    match cause {
        MoveCause::Affinity => &[&[(Test::CpuStillAllowed, false)]],
        MoveCause::NumaMove | MoveCause::NumaSwap => &[&[(Test::IdleCpuFound, true), (Test::CpuIsBest, true)]],
        MoveCause::LoadBalance => {
            &[&[(Test::FailedOften, true), (Test::ShareFits, true), (Test::FailedTooOften, true)]]
        }
        MoveCause::Wakeup => &[&[
            (Test::OneCpuAllowed, true),
            (Test::IdleCoreNear, true),
            (Test::IdleCpuNear, true),
            (Test::FoundCpuAllowed, false),
        ]],
    }
}
