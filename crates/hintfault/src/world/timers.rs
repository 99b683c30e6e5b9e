//! What happens next. Each CPU has its own position in time; the earliest of the next tick,
//! wake-up, action and interaction comes first, ties by (time, kind, id).

use alloc::vec;
use alloc::vec::Vec;

use crate::time::Ns;

/// Something that is due. The order of the variants decides ties.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Occasion {
    /// The scheduler tick on a CPU.
    Tick(usize),
    /// A thread starts or wakes up.
    WakeUp(usize),
    /// A reference on an address space is given back.
    Release(usize),
    /// An action of the scenario.
    Action(usize),
    /// The running task of a CPU does something that others can see.
    Interaction(usize),
}

/// When things are due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Timers {
    /// The tick that is due next, and on which CPU it is due first.
    tick_at: Ns,
    tick_cpu: usize,
    tick_ns: u64,
    nr_cpus: usize,
    /// Ticks that are over on all CPUs.
    ticks: u64,
    /// Latest first, so that the next one is at the end.
    wakeups: Vec<(Ns, usize)>,
    /// Latest first, like `wakeups`.
    releases: Vec<(Ns, usize)>,
    /// Times of the actions, ascending, and which is next.
    actions: Vec<Ns>,
    next_action: usize,
    /// When the first wake-up, release or action is due.
    others_at: Ns,
    interactions: Tournament,
}

impl Timers {
    /// Nothing is due but ticks, the first at `first_tick`, and the actions.
    pub(crate) fn new(first_tick: Ns, tick_ns: u64, nr_cpus: usize, actions: Vec<Ns>) -> Self {
        assert!(tick_ns > 0 && nr_cpus > 0, "a machine that ticks");
        assert!(actions.is_sorted(), "actions in order of time");
        let others_at = actions.first().map_or(Ns::NEVER, |&at| at);
        Self {
            tick_at: first_tick,
            tick_cpu: 0,
            tick_ns,
            nr_cpus,
            ticks: 0,
            wakeups: Vec::new(),
            releases: Vec::new(),
            actions,
            next_action: 0,
            others_at,
            interactions: Tournament::new(nr_cpus),
        }
    }

    /// What is due next, and when. There is always a tick to come.
    pub(crate) fn next(&self) -> (Ns, Occasion) {
        let (interaction_at, cpu) = self.interactions.first();
        if interaction_at < self.tick_at.min(self.others_at) {
            return (interaction_at, Occasion::Interaction(cpu));
        }
        let mut next = (self.tick_at, Occasion::Tick(self.tick_cpu));
        if let Some(&(at, task)) = self.wakeups.last() {
            next = next.min((at, Occasion::WakeUp(task)));
        }
        if let Some(&(at, process)) = self.releases.last() {
            next = next.min((at, Occasion::Release(process)));
        }
        if let Some(&at) = self.actions.get(self.next_action) {
            next = next.min((at, Occasion::Action(self.next_action)));
        }
        next.min((interaction_at, Occasion::Interaction(cpu)))
    }

    fn note_others(&mut self) {
        let lists = [&self.wakeups, &self.releases].map(|list| list.last().map_or(Ns::NEVER, |&(at, _)| at));
        let action = self.actions.get(self.next_action).map_or(Ns::NEVER, |&at| at);
        self.others_at = lists[0].min(lists[1]).min(action);
    }

    /// Takes the tick that is due off the list.
    pub(crate) fn pass_tick(&mut self) {
        self.tick_cpu += 1;
        if self.tick_cpu == self.nr_cpus {
            self.tick_cpu = 0;
            self.ticks += 1;
            self.tick_at = self.tick_at + Ns(self.tick_ns);
        }
    }

    /// Takes the wake-up that is due off the list.
    pub(crate) fn pass_wakeup(&mut self) {
        self.wakeups.pop();
        self.note_others();
    }

    /// Takes the release that is due off the list.
    pub(crate) fn pass_release(&mut self) {
        self.releases.pop();
        self.note_others();
    }

    pub(crate) fn add_release(&mut self, at: Ns, process: usize) {
        let place = self.releases.partition_point(|&later| later > (at, process));
        self.releases.insert(place, (at, process));
        self.note_others();
    }

    /// Takes the action that is due off the list.
    pub(crate) fn pass_action(&mut self) {
        self.next_action += 1;
        self.note_others();
    }

    /// Other actions lie ahead; those that were are the same.
    #[inline]
    pub(crate) fn replace_actions(&mut self, other: &Self) {
        let past = ..self.next_action;
        assert_eq!(self.actions.get(past), other.actions.get(past), "the past does not change");
        self.actions.clone_from(&other.actions);
        self.note_others();
    }

    pub(crate) fn add_wakeup(&mut self, at: Ns, task: usize) {
        assert!(self.wakeups.iter().all(|&(_, other)| other != task), "a task wakes up once");
        let place = self.wakeups.partition_point(|&later| later > (at, task));
        self.wakeups.insert(place, (at, task));
        self.note_others();
    }

    /// When a timer wakes a task, if one is set.
    pub(crate) fn wakeup_of(&self, task: usize) -> Option<Ns> {
        self.wakeups.iter().find(|&&(_, other)| other == task).map(|&(at, _)| at)
    }

    pub(crate) fn cancel_wakeup(&mut self, task: usize) {
        self.wakeups.retain(|&(_, other)| other != task);
        self.note_others();
    }

    /// Another task wakes up in the place of one that sleeps.
    pub(crate) fn rename_sleeper(&mut self, old: usize, new: usize) {
        let found = self.wakeups.iter().position(|&(_, task)| task == old);
        if let Some(place) = found {
            let (at, _) = self.wakeups.remove(place);
            self.add_wakeup(at, new);
        }
    }

    /// Sets when the running task of a CPU interacts next.
    pub(crate) fn set_interaction(&mut self, cpu: usize, at: Ns) {
        self.interactions.set(cpu, at);
    }

    /// Ticks that are over on all CPUs.
    pub(crate) fn ticks(&self) -> u64 {
        self.ticks
    }

    /// When the next tick reaches this CPU.
    pub(crate) fn next_tick(&self, cpu: usize) -> Ns {
        let done_here = cpu < self.tick_cpu;
        self.tick_at + Ns(if done_here { self.tick_ns } else { 0 })
    }

    /// The next moment at which anything but an interaction happens that concerns this CPU.
    pub(crate) fn next_outside_interactions(&self, cpu: usize) -> Ns {
        self.next_tick(cpu).min(self.others_at)
    }

    /// The first tick at this moment or after it.
    #[inline]
    pub(crate) fn tick_from(&self, at: Ns) -> u64 {
        let due = self.ticks + 1;
        if at > self.tick_at {
            return due + (at - self.tick_at).0.div_ceil(self.tick_ns);
        }
        due.saturating_sub((self.tick_at - at).0 / self.tick_ns)
    }

    /// When the tick with this number is, counted like `ticks`.
    pub(crate) fn time_of_tick(&self, tick: u64) -> Ns {
        let due = self.ticks + 1;
        if tick >= due {
            self.tick_at + Ns((tick - due).saturating_mul(self.tick_ns))
        } else {
            self.tick_at.saturating_since(Ns((due - tick) * self.tick_ns))
        }
    }
}

/// The earliest of a fixed number of times, found in one look and kept in a few steps.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Tournament {
    /// A binary tree in an array: the root at 1, leaves from `leaves` on. Each node holds the
    /// leaf that wins below it.
    winner: Vec<usize>,
    time: Vec<Ns>,
    leaves: usize,
}

impl Tournament {
    fn new(count: usize) -> Self {
        let leaves = count.next_power_of_two();
        let mut winner = vec![0; 2 * leaves];
        for (leaf, slot) in winner[leaves..].iter_mut().enumerate() {
            *slot = leaf;
        }
        for node in (1..leaves).rev() {
            winner[node] = winner[2 * node];
        }
        Self { winner, time: vec![Ns::NEVER; leaves], leaves }
    }

    fn first(&self) -> (Ns, usize) {
        let leaf = self.winner[1];
        (self.time[leaf], leaf)
    }

    fn set(&mut self, leaf: usize, at: Ns) {
        if self.time[leaf] == at {
            return;
        }
        self.time[leaf] = at;
        let mut node = (self.leaves + leaf) / 2;
        while node > 0 {
            let (left, right) = (self.winner[2 * node], self.winner[2 * node + 1]);
            self.winner[node] = if self.time[right] < self.time[left] { right } else { left };
            node /= 2;
        }
        assert!(self.first().0 <= at, "the earliest is not later than what was set");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_tournament_finds_the_earliest_and_lowest(
            count in 1usize..70,
            changes in prop::collection::vec((0usize..70, 0u64..20), 1..60),
        ) {
            let mut tournament = Tournament::new(count);
            let mut times = vec![Ns::NEVER; count];
            for (cpu, at) in changes {
                let cpu = cpu % count;
                tournament.set(cpu, Ns(at));
                times[cpu] = Ns(at);
                let expected = times.iter().enumerate().map(|(i, &t)| (t, i)).min();
                prop_assert_eq!(Some(tournament.first()), expected);
            }
        }
    }

    #[test]
    fn ties_go_by_kind_then_id() {
        let mut timers = Timers::new(Ns(10), 10, 2, vec![Ns(10)]);
        timers.set_interaction(1, Ns(10));
        timers.add_wakeup(Ns(10), 3);
        assert_eq!(timers.next(), (Ns(10), Occasion::Tick(0)));
        timers.pass_tick();
        assert_eq!(timers.next(), (Ns(10), Occasion::Tick(1)));
        timers.pass_tick();
        assert_eq!(timers.next(), (Ns(10), Occasion::WakeUp(3)));
        timers.pass_wakeup();
        assert_eq!(timers.next(), (Ns(10), Occasion::Action(0)));
        timers.pass_action();
        assert_eq!(timers.next(), (Ns(10), Occasion::Interaction(1)));
        assert_eq!((timers.ticks(), timers.time_of_tick(1), timers.time_of_tick(4)), (1, Ns(10), Ns(40)));
        assert_eq!([0, 1, 10, 11, 20, 21, 30, 31].map(|at| timers.tick_from(Ns(at))), [0, 1, 1, 2, 2, 3, 3, 4]);
    }
}
