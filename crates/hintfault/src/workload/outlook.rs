//! What the running task of each CPU will do before it is looked at again.

use alloc::vec;
use alloc::vec::Vec;

use crate::time::Ns;
use crate::workload::reach::Reach;
use crate::workload::walk::Walk;

/// One look ahead for each CPU. It holds as long as nothing within its reach changes, and
/// whoever changes something there settles the task first.
#[derive(Clone, Debug)]
pub(crate) struct Outlook {
    /// Apart from the walks: a change of a page whose object others reach into goes over all.
    reaches: Vec<Reach>,
    /// How many CPUs reach into an object, by object.
    reaching: Vec<u32>,
    /// How many may reach anything.
    reaching_anything: u32,
    /// From when on, and what.
    walks: Vec<Option<(Ns, Walk)>>,
}

impl Outlook {
    pub(crate) fn new(nr_cpus: usize) -> Self {
        Self {
            reaches: vec![Reach::NOTHING; nr_cpus],
            reaching: vec![nr_cpus as u32],
            reaching_anything: 0,
            walks: vec![None; nr_cpus],
        }
    }

    /// The task of a CPU is as somebody left it long ago; it may use any page.
    pub(crate) fn forget(&mut self, cpu: usize) {
        self.set_reach(cpu, Reach::ANYTHING);
        self.walks[cpu] = None;
    }

    /// The task of a CPU uses no memory before it is looked at again.
    pub(crate) fn expect_nothing(&mut self, cpu: usize) {
        self.set_reach(cpu, Reach::NOTHING);
        self.walks[cpu] = None;
    }

    /// From `since` on, the task of a CPU does this.
    pub(crate) fn expect(&mut self, cpu: usize, since: Ns, walk: Walk) {
        self.set_reach(cpu, walk.reach);
        self.walks[cpu] = Some((since, walk));
    }

    /// What was expected of so much time from `since` on, if just that was looked at.
    pub(crate) fn of(&self, cpu: usize, since: Ns, elapsed: Ns) -> Option<Walk> {
        let (from, walk) = self.walks[cpu]?;
        (from == since && walk.used == elapsed).then_some(walk)
    }

    fn set_reach(&mut self, cpu: usize, reach: Reach) {
        let old = core::mem::replace(&mut self.reaches[cpu], reach);
        if old.object() != reach.object() {
            *self.count(old) -= 1;
            *self.count(reach) += 1;
        }
    }

    /// The counter of those who reach into the same object.
    fn count(&mut self, reach: Reach) -> &mut u32 {
        let Some(object) = reach.object() else { return &mut self.reaching_anything };
        if object >= self.reaching.len() {
            self.reaching.resize(object + 1, 0);
        }
        &mut self.reaching[object]
    }

    /// The CPUs but `cpu` whose tasks are about to use some of these pages. Mostly none, and
    /// then this takes neither time nor memory.
    pub(crate) fn others(&self, cpu: usize, pages: Reach) -> Vec<usize> {
        let reach_object = pages.object().and_then(|object| self.reaching.get(object)).copied().unwrap_or(0);
        let own = u32::from(self.reaches[cpu].object() == pages.object());
        if reach_object == own && self.reaching_anything == 0 {
            return Vec::new();
        }
        let meets = |&other: &usize| other != cpu && self.reaches[other].meets(pages);
        (0..self.reaches.len()).filter(meets).collect()
    }
}
