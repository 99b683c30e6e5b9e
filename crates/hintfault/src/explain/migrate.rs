//! Where a task could go, and why it went there or stayed.

use crate::event::{Event, EventKind, MoveCause};
use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, Verdict};
use crate::ids::CpuId;
use crate::world::World;

/// The last place that an attempt found: a CPU, and who runs there if the two change places.
#[inline]
fn best_place(trail: &Chain) -> Option<(CpuId, bool)> {
    trail.0.iter().rev().filter(|check| check.outcome).find_map(|check| match (check.test, check.operands.as_slice()) {
        (Test::IdleCpuFound, [Value::Cpu(cpu), ..]) => Some((*cpu, false)),
        (Test::CpuIsBest, [_, Value::Cpu(cpu), partner, ..]) => Some((*cpu, *partner != Value::Nothing)),
        _ => None,
    })
}

impl World {
    /// The chain of `task_numa_migrate`, with what was noted while it ran. The world is that
    /// just before it.
    #[inline]
    pub(crate) fn explain_migrate(&self, task: usize, event: &Event, trail: &Chain, chain: &mut Chain) -> End {
        self.ask_migrate_preferred(task, chain);
        chain.0.extend(trail.0.iter().cloned());
        let topology = &self.setup.topology;
        let (here, place) = (self.tasks[task].cpu, best_place(trail));
        let node_of = |cpu: CpuId| topology.cpu_index(cpu).map(|cpu| topology.node_of(cpu));
        let there = place.and_then(|(cpu, _)| node_of(cpu)).unwrap_or(topology.node_of(here));
        if let EventKind::SetPreferred { .. } = event.kind {
            return (Verdict::Preferred(Some(there)), self.next_of_placement(task));
        }
        let here = topology.cpu_id(here);
        match place {
            None => {
                let wanted = Value::node(self.tasks[task].numa.preferred_nid);
                (Verdict::Stays(here), Next::new(Change::PlaceGetsFree, &[wanted]))
            }
            Some((cpu, false)) => (Verdict::Moved(cpu, MoveCause::NumaMove), self.next_of_placement(task)),
            Some((cpu, true)) => {
                let to = if event.task.index() == task { cpu } else { here };
                (Verdict::Moved(to, MoveCause::NumaSwap), self.next_of_placement(task))
            }
        }
    }

    /// The tests of `numa_migrate_preferred`. True if the task is to be moved.
    #[inline]
    pub(crate) fn ask_migrate_preferred(&self, task: usize, chain: &mut Chain) -> bool {
        let preferred = self.tasks[task].numa.preferred_nid;
        let operands = [Value::node(preferred), Value::Nothing];
        if !chain.ask(Test::HasPreferred, preferred.is_some(), &operands) {
            return false;
        }
        let here = self.node_of_task(task);
        !chain.ask(Test::OnPreferred, preferred == Some(here), &[Value::Node(here), Value::node(preferred)])
    }
}
