//! The whole machine at one moment, and the loop that moves it on.

mod actions;
mod barrier;
mod contention;
mod digest;
mod exec;
mod fork;
mod interact;
mod pause;
pub(crate) mod policies;
mod policy_actions;
mod programs;
pub(crate) mod run;
mod setup;
#[cfg(feature = "shared-clock")]
pub(crate) mod shared_clock;
pub(crate) mod structs;
pub(crate) mod timers;
mod trial;
mod views;

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::calls::Calls;
use crate::event::{Event, EventKind};
use crate::eventlog::EventLog;
#[cfg(feature = "explain")]
use crate::explain::watch::Watcher;
use crate::ids::{NodeId, NodeSet, ProcIdx, TaskIdx};
use crate::input::Sysctl;
use crate::mm::Mm;
use crate::mm::folio::Object;
use crate::mm::page_alloc::Memory;
use crate::moves::Moves;
use crate::numab::group::NumaGroup;
use crate::refusal::Refusal;
use crate::sched::rq::RunQueue;
use crate::sched::task::Task;
use crate::time::{Hz, Jiffies, Ns};
use crate::view::Vmstat;
use crate::workload::outlook::Outlook;
use crate::world::setup::Setup;
use crate::world::timers::Timers;
pub use crate::world::trial::Trial;

/// A simulated machine. Cloning costs little: clones share all pages until one of them writes.
#[derive(Clone, Debug)]
pub struct World {
    /// What never changes.
    pub(crate) setup: Arc<Setup>,
    /// Up to where everything has happened.
    pub(crate) now: Ns,
    pub(crate) sysctl: Sysctl,
    pub(crate) mms: Vec<Mm>,
    /// What is mapped, by place.
    pub(crate) objects: Vec<Object>,
    /// In order of creation; groups without members stay in the list.
    pub(crate) groups: Vec<NumaGroup>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) rqs: Vec<RunQueue>,
    /// What the running tasks will do before they are armed again.
    pub(crate) outlook: Outlook,
    pub(crate) memory: Memory,
    pub(crate) vmstat: Vmstat,
    pub(crate) moves: Moves,
    /// Where the huge zero page is, once somebody has read it.
    pub(crate) huge_zero_node: Option<NodeId>,
    /// Where the last task went that had to leave its CPU.
    pub(crate) distribute_cpu_mask_prev: usize,
    pub(crate) timers: Timers,
    /// What visits cost until the next tick, laid out as in the set-up; empty for as there.
    access_ns: Vec<u32>,
    /// Who wants to see decisions while they are made; only set while one is being explained.
    #[cfg(feature = "explain")]
    pub(crate) watch: Watcher,
    pub(crate) log: EventLog,
    pub(crate) calls: Calls,
    /// Of the actions so far.
    pub(crate) action_outcomes: Vec<Option<Refusal>>,
    #[cfg(feature = "shared-clock")]
    shared_clock: Option<shared_clock::SharedClock>,
    /// Nodes of slower tiers; scenarios have none yet.
    #[cfg(feature = "steps")]
    pub(crate) slow_nodes: NodeSet,
    #[cfg(feature = "steps")]
    pub(crate) tiering: Option<crate::numab::tiering::Tiering>,
}

impl World {
    /// A copy; the code for it is long and needed once.
    #[inline(never)]
    pub(crate) fn copy(&self) -> Self {
        self.clone()
    }

    /// The kernel's jiffies now.
    pub(crate) fn jiffies(&self) -> Jiffies {
        let setup = &self.setup;
        let ticks = (setup.uptime + self.now).0 / self.hz().tick_ns();
        setup.hz.initial_jiffies().plus(ticks)
    }

    /// Nodes of slower tiers than the CPUs' (not `node_is_toptier`).
    #[cfg(feature = "steps")]
    pub(crate) fn slow_nodes(&self) -> NodeSet {
        self.slow_nodes
    }

    /// Nodes of slower tiers than the CPUs': none.
    #[cfg(not(feature = "steps"))]
    pub(crate) fn slow_nodes(&self) -> NodeSet {
        NodeSet::default()
    }

    pub(crate) fn hz(&self) -> Hz {
        self.setup.hz
    }

    pub(crate) fn mm_of(&self, task: usize) -> &Mm {
        &self.mms[self.tasks[task].mm]
    }

    pub(crate) fn process_of(&self, task: usize) -> ProcIdx {
        ProcIdx(self.tasks[task].mm as u16)
    }

    /// `numa_node_id()` for a task.
    pub(crate) fn node_of_task(&self, task: usize) -> NodeId {
        self.setup.topology.node_of(self.tasks[task].cpu)
    }

    /// Records that something happened to a task just now.
    pub(crate) fn emit(&mut self, task: usize, kind: EventKind) {
        let cpu = self.setup.topology.cpu_id(self.tasks[task].cpu);
        let event = Event { seq: self.log.next_seq(), time: self.now, cpu, task: TaskIdx(task as u16), kind };
        self.calls.count_event(&event.kind);
        if let EventKind::ActionApplied { refused, .. } = event.kind {
            self.action_outcomes.push(refused);
        }
        self.log.push(event);
    }
}
