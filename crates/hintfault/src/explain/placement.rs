//! How a pass was summed up: which node a task prefers and how fast it scans on.

use crate::explain::check::Chain;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, Verdict};
use crate::ids::NodeId;
use crate::numab::placement::{NUMA_PERIOD_THRESHOLD, PeriodInputs, next_scan_period};
use crate::numab::stats::{FaultStat, task_faults_idx};
use crate::world::World;

/// What `task_numa_placement` decides.
pub(crate) struct Placed {
    pub(crate) max_nid: Option<NodeId>,
    pub(crate) wanted: Option<NodeId>,
    pub(crate) period_ms: u32,
}

impl Placed {
    #[inline]
    pub(crate) fn verdict(&self) -> Verdict {
        Verdict::Placement { max_nid: self.max_nid, period_ms: self.period_ms }
    }
}

impl World {
    /// The chain of `task_numa_placement` with a new pass, asked of the world just before it.
    #[inline]
    pub(crate) fn explain_placement(&self, task: usize, chain: &mut Chain) -> Placed {
        self.ask_new_pass(task, chain);
        let mut summed = self.copy();
        let (max_nid, [shared, private]) = summed.sum_up_pass(task);
        self.ask_nodes(&summed, task, chain);
        let wanted = summed.ask_preferred(task, max_nid, chain);
        let inputs = summed.period_inputs(task, shared, private);
        ask_period(&inputs, chain);
        Placed { max_nid, wanted, period_ms: next_scan_period(&inputs).ms() }
    }

    /// What could have the next pass summed up.
    #[inline]
    pub(crate) fn next_of_placement(&self, task: usize) -> Option<Next> {
        Next::new(Change::FaultInNewPass, &[Value::Pass(self.mm_of(task).numa_scan_seq)])
    }

    /// Node by node: new faults, and the average that they lead to.
    #[inline]
    fn ask_nodes(&self, summed: &Self, task: usize, chain: &mut Chain) {
        let topology = &self.setup.topology;
        let index = |nid, private| task_faults_idx(FaultStat::MemBuf, topology.nr_node_ids(), nid, private);
        let mut most = 0;
        for &nid in topology.online() {
            let fresh: u64 = [0, 1].map(|private| self.tasks[task].numa.faults[index(nid, private)]).iter().sum();
            let faults = match summed.numa_group(task) {
                Some(group) => summed.group_sum(group, FaultStat::Mem, nid),
                None => summed.task_faults(task, nid),
            };
            let operands = [Value::Count(faults), Value::Count(most), Value::Node(nid), Value::Count(fresh)];
            if chain.ask(Test::MostFaults, faults > most, &operands) {
                most = faults;
            }
        }
    }

    #[inline]
    fn ask_preferred(&self, task: usize, max_nid: Option<NodeId>, chain: &mut Chain) -> Option<NodeId> {
        let most = max_nid?;
        let nearest = self.setup.topology.nearest_cpu_node(most);
        chain.ask(Test::NodeHasCpus, most == nearest, &[most, nearest].map(Value::Node));
        let wanted = self.preferred_group_nid(task, nearest);
        if self.numa_group(task).is_some() {
            chain.ask(Test::GroupNodeSame, wanted == nearest, &[wanted, nearest].map(Value::Node));
        }
        let preferred = self.tasks[task].numa.preferred_nid;
        let operands = [Value::Node(wanted), Value::node(preferred)];
        chain.ask(Test::PreferredDiffers, Some(wanted) != preferred, &operands);
        Some(wanted)
    }
}

/// `update_task_scan_period`.
#[inline]
fn ask_period(inputs: &PeriodInputs, chain: &mut Chain) {
    let [remote, local, failed] = inputs.locality;
    let (shared, private) = (inputs.shared, inputs.private);
    let learnt = [local + shared, 0, local, shared].map(Value::Count);
    if chain.ask(Test::NothingToLearn, inputs.is_nothing_learnt(), &learnt)
        || chain.ask(Test::MovesFailed, inputs.has_failures(), &[failed, 0].map(Value::Count))
    {
        return;
    }
    let (local_slots, private_slots) = inputs.slots();
    let by_private = [private_slots, NUMA_PERIOD_THRESHOLD, private, shared].map(Value::Count);
    let by_local = [local_slots, NUMA_PERIOD_THRESHOLD, local, remote].map(Value::Count);
    let _ = chain.ask(Test::MostlyPrivate, private_slots >= NUMA_PERIOD_THRESHOLD, &by_private)
        || chain.ask(Test::MostlyLocal, local_slots >= NUMA_PERIOD_THRESHOLD, &by_local);
    let (min, max) = inputs.limits_ms;
    let sum = inputs.unclamped_ms();
    chain.ask(Test::PeriodWithin, (min..=max).contains(&sum), &[sum, min, max].map(Value::Ms));
}
