//! Figures over the course of a run, for charts: one sample every so many ticks, taken of the state
//! at the tick, so that it does not matter in which slices the run went on.

use alloc::vec::Vec;

use crate::ids::NodeId;
use crate::time::Tick;
use crate::world::World;

/// Samples kept at most; beyond, every second one goes and the spacing doubles.
const SAMPLES: usize = 2048;
/// Figures kept at most, however many threads there are: 8 MiB.
const FIGURES: usize = 1 << 20;
/// A chart of fewer samples shows nothing.
const MIN_SAMPLES: usize = 16;

/// What a column of samples holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// The figure. Counters count from the start of the run.
    pub figure: Figure,
    /// The node or task that it belongs to, by number.
    pub of: Option<u16>,
}

/// The figures of a sample.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Figure {
    /// When: ticks since the start.
    Tick,
    /// Hinting faults on pages of the task's node.
    HintFaultsLocal,
    /// Hinting faults on pages of other nodes.
    HintFaultsRemote,
    /// `numa_pages_migrated`.
    PagesMigrated,
    /// `numa_pte_updates`.
    PteUpdates,
    /// Base pages on a node that the scenario's processes hold.
    NodePages,
    /// The node on which a task is; -1 while it does not live.
    TaskNode,
    /// `numa_scan_period` of a task in ms.
    ScanPeriodMs,
    /// `numa_scan_seq` of a task.
    ScanSeq,
    /// Accesses of a task to memory of its own node.
    LocalAccesses,
    /// Accesses of a task to memory of other nodes.
    RemoteAccesses,
}

impl Figure {
    /// A word for it, for text interfaces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tick => "tick",
            Self::HintFaultsLocal => "hint_faults_local",
            Self::HintFaultsRemote => "hint_faults_remote",
            Self::PagesMigrated => "pages_migrated",
            Self::PteUpdates => "pte_updates",
            Self::NodePages => "node_pages",
            Self::TaskNode => "task_node",
            Self::ScanPeriodMs => "scan_period_ms",
            Self::ScanSeq => "scan_seq",
            Self::LocalAccesses => "local_accesses",
            Self::RemoteAccesses => "remote_accesses",
        }
    }
}

const OF_MACHINE: [Figure; 5] =
    [Figure::Tick, Figure::HintFaultsLocal, Figure::HintFaultsRemote, Figure::PagesMigrated, Figure::PteUpdates];
const OF_TASK: [Figure; 5] =
    [Figure::TaskNode, Figure::ScanPeriodMs, Figure::ScanSeq, Figure::LocalAccesses, Figure::RemoteAccesses];

/// The columns of a machine's samples, in order.
#[inline]
pub(crate) fn columns(world: &World) -> Vec<Column> {
    let mut columns = Vec::new();
    for figure in OF_MACHINE {
        columns.push(Column { figure, of: None });
    }
    for node in world.setup.topology.online() {
        columns.push(Column { figure: Figure::NodePages, of: Some(node.0.into()) });
    }
    for task in 0..world.tasks.len() {
        for figure in OF_TASK {
            columns.push(Column { figure, of: Some(task as u16) });
        }
    }
    columns
}

/// The samples of a run, up to wherever it ever came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Series {
    width: usize,
    /// One sample after the other; the i-th is that of tick `i * spacing`.
    figures: Vec<i64>,
    spacing: u64,
    capacity: usize,
}

impl Series {
    /// With the sample of a machine at its start.
    #[inline]
    pub(crate) fn new(start: &World) -> Self {
        let width = columns(start).len();
        let fitting = (FIGURES / width).clamp(MIN_SAMPLES, SAMPLES);
        let mut series = Self { width, figures: Vec::new(), spacing: 1, capacity: 1 << fitting.ilog2() };
        series.record(start);
        series
    }

    #[inline]
    fn len(&self) -> usize {
        self.figures.len() / self.width
    }

    /// The tick of the next sample.
    #[inline]
    pub(crate) fn due(&self) -> u64 {
        self.len() as u64 * self.spacing
    }

    /// Takes the sample that is due.
    #[inline]
    pub(crate) fn record(&mut self, world: &World) {
        assert!(world.timers.ticks() == self.due(), "a sample at its tick");
        world.sample(&mut self.figures);
        assert!(self.figures.len().is_multiple_of(self.width), "a figure for each column");
        if self.len() > self.capacity {
            self.thin();
        }
    }

    #[inline]
    fn thin(&mut self) {
        let kept = self.len().div_ceil(2);
        for place in 1..kept {
            let from = 2 * place * self.width;
            self.figures.copy_within(from..from + self.width, place * self.width);
        }
        self.figures.truncate(kept * self.width);
        self.spacing *= 2;
    }

    /// Forgets the samples of a tick and of those after it.
    #[inline]
    pub(crate) fn cut(&mut self, end: Tick) {
        let kept = end.0.div_ceil(self.spacing) as usize;
        self.figures.truncate(kept.saturating_mul(self.width));
    }

    /// Samples of ticks `from..=to`, at most `max` but never less than two: the latest, and those
    /// before it at equal distances that do not move while the run goes on. Each sample is as long
    /// as the columns are many.
    #[inline]
    pub(crate) fn pick(&self, from: Tick, to: Tick, max: usize) -> Vec<&[i64]> {
        let first = from.0.div_ceil(self.spacing) as usize;
        let end = self.len().min((to.0 / self.spacing).saturating_add(1) as usize);
        let count = end.saturating_sub(first);
        let stride = count.div_ceil(max.max(2) - 1).max(1).next_power_of_two();
        let is_picked = |&place: &usize| place.is_multiple_of(stride) || place + 1 == end;
        (first..end).filter(is_picked).map(|place| &self.figures[place * self.width..][..self.width]).collect()
    }
}

impl World {
    /// Appends the figures of this moment, which must be a tick's.
    #[inline]
    fn sample(&self, out: &mut Vec<i64>) {
        let stat = &self.vmstat;
        let mut push = |figure: u64| out.push(figure as i64);
        push(self.timers.ticks());
        push(stat.numa_hint_faults_local);
        push(stat.numa_hint_faults - stat.numa_hint_faults_local);
        push(stat.numa_pages_migrated);
        push(stat.numa_pte_updates);
        for &node in self.setup.topology.online() {
            push(self.process_pages(node));
        }
        for task in 0..self.tasks.len() {
            self.sample_task(task, out);
        }
    }

    /// Base pages on a node that the scenario's processes hold.
    #[inline]
    fn process_pages(&self, node: NodeId) -> u64 {
        let others = self.setup.used_pages[node.index()];
        self.memory.managed_pages(node) - self.memory.free_pages(node) - others
    }

    #[inline]
    fn sample_task(&self, index: usize, out: &mut Vec<i64>) {
        let (numa, accesses) = (&self.tasks[index].numa, self.accesses_now(index));
        out.push(if self.is_alive(index) { i64::from(self.node_of_task(index).0) } else { -1 });
        out.push(numa.scan_period_ms.into());
        out.push(numa.scan_seq.into());
        out.push(accesses.local as i64);
        out.push(accesses.remote as i64);
    }
}
