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
    /// Apart from the walks, since every change of a page goes over all of them.
    reaches: Vec<Reach>,
    /// From when on, and what.
    walks: Vec<Option<(Ns, Walk)>>,
}

impl Outlook {
    pub(crate) fn new(nr_cpus: usize) -> Self {
        Self { reaches: vec![Reach::NOTHING; nr_cpus], walks: vec![None; nr_cpus] }
    }

    /// The task of a CPU is as somebody left it long ago; it may use any page.
    pub(crate) fn forget(&mut self, cpu: usize) {
        self.reaches[cpu] = Reach::ANYTHING;
        self.walks[cpu] = None;
    }

    /// The task of a CPU uses no memory before it is looked at again.
    pub(crate) fn expect_nothing(&mut self, cpu: usize) {
        self.reaches[cpu] = Reach::NOTHING;
        self.walks[cpu] = None;
    }

    /// From `since` on, the task of a CPU does this.
    pub(crate) fn expect(&mut self, cpu: usize, since: Ns, walk: Walk) {
        self.reaches[cpu] = walk.reach;
        self.walks[cpu] = Some((since, walk));
    }

    /// What was expected of so much time from `since` on, if just that was looked at.
    pub(crate) fn of(&self, cpu: usize, since: Ns, elapsed: Ns) -> Option<Walk> {
        let (from, walk) = self.walks[cpu]?;
        (from == since && walk.used == elapsed).then_some(walk)
    }

    /// The CPUs whose tasks are about to use some of these pages. Mostly none, and then this
    /// takes no memory.
    pub(crate) fn users(&self, pages: Reach) -> Vec<usize> {
        let count = self.reaches.iter().fold(0, |count, reach| count + u32::from(reach.meets(pages)));
        if count == 0 {
            return Vec::new();
        }
        let users = self.reaches.iter().enumerate().filter(|(_, reach)| reach.meets(pages));
        users.map(|(cpu, _)| cpu).collect()
    }
}
