//! The latest events, in chunks that clones share.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::event::{Event, EventKind, ScanVerdict};

const CHUNK: usize = 1024;
const CHUNKS: usize = 64;

/// Events that are kept: older ones go, in chunks.
pub const EVENTS_KEPT: usize = CHUNK * CHUNKS;

/// Landmarks that wait to be taken at most.
const FRESH: usize = 1 << 16;

/// The last events of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventLog {
    chunks: VecDeque<Arc<Vec<Event>>>,
    /// Number of the first event that is kept.
    first_seq: u64,
    next_seq: u64,
    fresh: Option<Fresh>,
}

/// Events by which one finds one's way in a run: all but those of single pages and of the inside of
/// a scan, which come by the thousand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fresh {
    pub(crate) events: Vec<Event>,
    /// Those for which there was no room.
    pub(crate) lost: u64,
}

fn is_landmark(kind: &EventKind) -> bool {
    !matches!(
        kind,
        EventKind::FirstTouch { .. }
            | EventKind::HintFault { .. }
            | EventKind::WriteProtectFault { .. }
            | EventKind::PeriodConsumed { .. }
            | EventKind::ScanBegin { verdict: ScanVerdict::TimerArmed | ScanVerdict::NotDue, .. }
            | EventKind::ScanWindow { .. }
            | EventKind::ScanEnd { .. }
    )
}

impl EventLog {
    pub(crate) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    pub(crate) fn push(&mut self, event: Event) {
        assert_eq!(event.seq, self.next_seq, "events are numbered without gaps");
        if self.chunks.back().is_none_or(|chunk| chunk.len() == CHUNK) {
            if self.chunks.len() == CHUNKS {
                self.chunks.pop_front();
                self.first_seq += CHUNK as u64;
            }
            self.chunks.push_back(Arc::new(Vec::with_capacity(CHUNK)));
        }
        if let Some(chunk) = self.chunks.back_mut() {
            Arc::make_mut(chunk).push(event);
        }
        self.next_seq += 1;
        if let Some(fresh) = self.fresh.as_mut().filter(|_| is_landmark(&event.kind)) {
            if fresh.events.len() < FRESH {
                fresh.events.push(event);
            } else {
                fresh.lost += 1;
            }
        }
    }

    /// The landmarks since the last time; from now on they are kept for the next.
    pub(crate) fn take_fresh(&mut self) -> Fresh {
        self.fresh.replace(Fresh::default()).unwrap_or_default()
    }

    /// At most `max` events from `from` on; those that are gone are left out.
    pub(crate) fn range(&self, from: u64, max: usize) -> Vec<Event> {
        let start = from.max(self.first_seq);
        let end = start.saturating_add(max as u64).min(self.next_seq);
        (start..end).map(|seq| self.get(seq)).collect()
    }

    /// Number of the first event that is kept.
    #[cfg(feature = "explain")]
    pub(crate) fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// An event that is kept.
    pub(crate) fn get(&self, seq: u64) -> Event {
        assert!((self.first_seq..self.next_seq).contains(&seq), "event is not kept");
        let place = (seq - self.first_seq) as usize;
        self.chunks[place / CHUNK][place % CHUNK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventKind;
    use crate::ids::{CpuId, TaskIdx};
    use crate::time::Ns;

    fn log_of(count: u64) -> EventLog {
        let mut log = EventLog::default();
        for seq in 0..count {
            log.push(Event { seq, time: Ns(seq), cpu: CpuId(0), task: TaskIdx(0), kind: EventKind::TaskExit });
        }
        log
    }

    #[test]
    fn old_events_go_and_numbers_stay() {
        let log = log_of(EVENTS_KEPT as u64 + 1);
        let all = log.range(0, usize::MAX);
        assert_eq!((all[0].seq, all.len()), (CHUNK as u64, EVENTS_KEPT - CHUNK + 1));
        assert_eq!(log.range(5000, 2).iter().map(|e| e.seq).collect::<Vec<_>>(), [5000, 5001]);
        assert!(log.range(1 << 40, 5).is_empty());
    }

    #[test]
    fn landmarks_are_given_once_and_never_without_bound() {
        let mut log = log_of(2);
        assert!(log.take_fresh().events.is_empty(), "nobody had asked before");
        for seq in 2..FRESH as u64 + 5 {
            log.push(Event { seq, time: Ns(seq), cpu: CpuId(0), task: TaskIdx(0), kind: EventKind::TaskExit });
        }
        let fresh = log.take_fresh();
        assert_eq!((fresh.events[0].seq, fresh.events.len(), fresh.lost), (2, FRESH, 3));
        let fresh = log.take_fresh();
        assert_eq!((fresh.events.len(), fresh.lost), (0, 0));
    }

    #[test]
    fn a_clone_does_not_see_later_events() {
        let mut log = log_of(3);
        let before = log.clone();
        log.push(Event { seq: 3, time: Ns(9), cpu: CpuId(0), task: TaskIdx(0), kind: EventKind::TaskExit });
        assert_eq!((before.range(0, 9).len(), log.range(0, 9).len()), (3, 4));
    }
}
