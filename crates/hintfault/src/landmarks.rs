//! Events by which one finds one's way in a run, over the whole of it: who moved, when scans began,
//! what was done from outside. Of each kind a bounded number is kept; what had to go is counted.

use alloc::vec::Vec;

use crate::event::{Event, EventKind};
use crate::filter::{EventClass, EventFilter};
use crate::time::Ns;
use crate::topology::Topology;

/// Kept of each kind at most; beyond, every second one goes.
const KEPT: usize = 2048;
/// Tasks that changed their CPU but not their node come after all kinds.
const TRACKS: usize = EventClass::ALL.len() + 1;

/// An event of a run's course.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Landmark {
    /// What happened.
    pub event: Event,
    /// Others of its kind that followed it and are not shown.
    pub omitted: u64,
}

/// What happened in a part of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landmarks {
    /// In order of time.
    pub shown: Vec<Landmark>,
    /// How many more there were.
    pub omitted: u64,
}

/// All landmarks of a run, up to wherever it ever came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LandmarkLog {
    tracks: [Vec<Landmark>; TRACKS],
    /// Number of the first event that may be new.
    next_seq: u64,
    lost: u64,
}

impl LandmarkLog {
    #[inline]
    pub(crate) fn new() -> Self {
        Self { tracks: [const { Vec::new() }; TRACKS], next_seq: 0, lost: 0 }
    }

    /// Takes up what happened up to the event number `end`; what it knows from an earlier pass over
    /// the same time it leaves out.
    #[inline]
    pub(crate) fn extend(&mut self, events: &[Event], lost: u64, end: u64, topology: &Topology) {
        if end <= self.next_seq {
            return;
        }
        let known = events.partition_point(|event| event.seq < self.next_seq);
        for event in &events[known..] {
            self.push(*event, topology);
        }
        self.lost += lost;
        self.next_seq = end;
    }

    #[inline]
    fn push(&mut self, event: Event, topology: &Topology) {
        let track = &mut self.tracks[track_of(&event.kind, topology)];
        track.push(Landmark { event, omitted: 0 });
        if track.len() > KEPT {
            thin(track);
        }
    }

    /// Forgets what happened from a moment on.
    #[inline]
    pub(crate) fn cut(&mut self, end: Ns) {
        self.next_seq = 0;
        for track in &mut self.tracks {
            track.truncate(track.partition_point(|mark| mark.event.time < end));
            self.next_seq = track.last().map_or(0, |mark| mark.event.seq + 1).max(self.next_seq);
        }
    }

    /// Those of some kinds between two moments, at most `max` of them but at least
    /// one. Where there is no room for all, moves of tasks within their nodes go first.
    #[inline]
    pub(crate) fn pick(&self, between: [Ns; 2], max: usize, wanted: EventFilter) -> Landmarks {
        let mut shown = self.merge(TRACKS, between, wanted);
        let all: u64 = shown.iter().map(|mark| 1 + mark.omitted).sum();
        if shown.len() > max {
            shown = self.merge(TRACKS - 1, between, wanted);
        }
        while shown.len() > max.max(1) {
            thin(&mut shown);
        }
        let omitted = all + self.lost - shown.len() as u64;
        Landmarks { shown, omitted }
    }

    /// The first tracks in order of time.
    #[inline]
    fn merge(&self, tracks: usize, [from, to]: [Ns; 2], wanted: EventFilter) -> Vec<Landmark> {
        let mut rest: Vec<&[Landmark]> = self.tracks[..tracks].iter().map(Vec::as_slice).collect();
        let mut merged = Vec::new();
        let seq = |track: &&mut &[Landmark]| track.first().map_or(u64::MAX, |mark| mark.event.seq);
        while let Some(track) = rest.iter_mut().min_by_key(seq)
            && let Some((mark, others)) = track.split_first()
        {
            *track = others;
            if (from..=to).contains(&mark.event.time) && wanted.matches(&mark.event) {
                merged.push(*mark);
            }
        }
        merged
    }
}

#[inline]
fn track_of(kind: &EventKind, topology: &Topology) -> usize {
    let node = |cpu| topology.cpu_index(cpu).map(|place| topology.node_of(place));
    match *kind {
        EventKind::TaskMoved { from, to, .. } if node(from) == node(to) => TRACKS - 1,
        _ => EventClass::of(kind) as usize,
    }
}

/// Drops every second one.
#[inline]
fn thin(track: &mut Vec<Landmark>) {
    let kept = track.len().div_ceil(2);
    for place in 0..kept {
        let mut mark = track[2 * place];
        if let Some(dropped) = track.get(2 * place + 1) {
            mark.omitted += 1 + dropped.omitted;
        }
        track[place] = mark;
    }
    track.truncate(kept);
}
