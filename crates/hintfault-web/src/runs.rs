//! Events page by page come by the thousand; a run of them is one line of a log.

use hintfault::EventClass;
use hintfault::event::{Event, EventKind, FaultVerdict, PageRef};
use hintfault::ids::{ProcIdx, TaskIdx, VmaIdx};

/// Runs that may go on side by side: a page that moves brings two kinds of faults in turn.
const OPEN_RUNS: usize = 4;

/// Events that differ only in number, time, CPU and page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    /// The last of them.
    pub(crate) newest: Event,
    /// The number of the first.
    pub(crate) first_seq: u64,
    /// How many.
    pub(crate) count: u32,
}

/// What the events of a run have in common.
type Group = (EventClass, TaskIdx, Option<FaultVerdict>, ProcIdx, VmaIdx);

/// None for an event that stands alone.
fn group(event: &Event) -> Option<Group> {
    let (PageRef { process, vma, .. }, verdict) = match event.kind {
        EventKind::FirstTouch { page, .. } | EventKind::WriteProtectFault { page } => (page, None),
        EventKind::HintFault { page, verdict, .. } => (page, Some(verdict)),
        _ => return None,
    };
    Some((EventClass::of(&event.kind), event.task, verdict, process, vma))
}

/// Joins events into runs, which are ordered by their first event. An event that stands alone ends
/// all runs before it.
pub(crate) fn runs(events: &[Event]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for event in events {
        match open_run(&mut runs, event) {
            Some(run) => {
                run.newest = *event;
                run.count += 1;
            }
            None => runs.push(Run { newest: *event, first_seq: event.seq, count: 1 }),
        }
    }
    runs
}

fn open_run<'a>(runs: &'a mut [Run], event: &Event) -> Option<&'a mut Run> {
    let wanted = group(event)?;
    let latest = runs.iter_mut().rev().take(OPEN_RUNS);
    let mut open = latest.map_while(|run| Some((group(&run.newest)?, run)));
    open.find_map(|(group, run)| (group == wanted).then_some(run))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::History;
    use hintfault::ids::{CpuId, PageIdx};
    use hintfault::time::{Ns, Tick};

    fn event(seq: u64, kind: EventKind) -> Event {
        Event { seq, time: Ns(seq), cpu: CpuId(0), task: TaskIdx(0), kind }
    }

    fn touch(seq: u64, vma: u16) -> Event {
        let page = PageRef { process: ProcIdx(0), vma: VmaIdx(vma), page: PageIdx(seq as u32) };
        event(seq, EventKind::WriteProtectFault { page })
    }

    fn counts(events: &[Event]) -> Vec<(u64, u64, u32)> {
        runs(events).iter().map(|run| (run.first_seq, run.newest.seq, run.count)).collect()
    }

    #[test]
    fn runs_go_on_side_by_side() {
        let events = [touch(0, 0), touch(1, 1), touch(2, 0), touch(3, 1), touch(4, 0)];
        assert_eq!(counts(&events), [(0, 4, 3), (1, 3, 2)]);
    }

    #[test]
    fn what_stands_alone_ends_runs_and_never_joins() {
        let alone = |seq| event(seq, EventKind::TaskExit);
        let events = [touch(0, 0), alone(1), alone(2), touch(3, 0), touch(4, 0)];
        assert_eq!(counts(&events), [(0, 0, 1), (1, 1, 1), (2, 2, 1), (3, 4, 2)]);
    }

    #[test]
    fn a_fifth_run_ends_the_first() {
        let events: Vec<Event> = (0..5).map(|vma| touch(vma.into(), vma)).collect();
        let again = |vma: u16| [&events[..], &[touch(5, vma)]].concat();
        assert_eq!(counts(&again(1))[1], (1, 5, 2));
        assert_eq!(counts(&again(0)).len(), 6);
    }

    #[test]
    fn runs_of_a_whole_run_lose_no_event() {
        let text = hintfault_scenario::presets::ALL[0].text;
        let (_, scenario) = crate::sharing::open(text).expect("valid");
        let mut history = History::new(&scenario).expect("starts");
        history.seek(Tick(1000));
        let events = history.world().events(0, usize::MAX);
        let runs = runs(&events);
        assert!(runs.len() < 100, "{}", runs.len());
        assert_eq!(runs.iter().map(|run| run.count as usize).sum::<usize>(), events.len());
    }
}
