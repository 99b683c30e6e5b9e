//! What a hinting fault teaches: private or shared, and whether two tasks form a group.

use crate::event::{EventKind, FaultVerdict};
use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::fault::{Fault, low_bits, pid_match};
use crate::explain::replay::Replay;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, Verdict};
use crate::ids::{CpuId, NodeId, Tid};
use crate::mm::folio::LAST_CPUPID_UNSET;
use crate::numab::cpupid::{cpupid_match_pid, cpupid_to_cpu};
use crate::numab::fault::is_private;
use crate::numab::group::ACTIVE_NODE_FRACTION;
use crate::world::World;

impl Replay {
    /// A group is founded or joined in the middle of a fault.
    #[inline]
    pub(crate) fn explain_group(&self, gid: Tid, chain: &mut Chain) -> End {
        let world = self.at_fault();
        for event in self.events() {
            if let EventKind::HintFault { page, .. } = event.kind {
                let fault = world.fault_on(self.task(), page.at());
                world.ask_sharing(&fault, chain);
            }
        }
        let joined = self.after.tasks[self.task()].numa.group;
        let tasks = joined.map_or(1, |group| self.after.groups[group].nr_tasks);
        (Verdict::Group(gid), Next::new(Change::LargerGroup, &[Value::Count(tasks.into())]))
    }
}

impl World {
    /// The tests of `task_numa_fault`.
    #[inline]
    pub(crate) fn ask_task_numa_fault(&self, fault: &Fault, verdict: FaultVerdict, chain: &mut Chain) {
        let mode = self.sysctl.numa_balancing;
        if !chain.ask(Test::FaultsCounted, mode != 0, &[Value::Count(mode.into()), Value::Count(0)]) {
            return;
        }
        let mem_node = if verdict == FaultVerdict::Migrated { fault.this_node } else { fault.page_node };
        let private = self.ask_sharing(fault, chain);
        if !private && !fault.flags.fault_local {
            self.ask_active_nodes(fault, mem_node, chain);
        }
        let (now, retry) = (self.jiffies(), self.tasks[fault.task].numa.migrate_retry);
        let due = now.is_after(retry);
        if chain.ask(Test::RetryDue, due, &[Value::Jiffies(now), Value::Jiffies(retry)]) {
            self.ask_new_pass(fault.task, chain);
        }
    }

    #[inline]
    pub(crate) fn ask_new_pass(&self, task: usize, chain: &mut Chain) -> bool {
        let (seq, own) = (self.mm_of(task).numa_scan_seq, self.tasks[task].numa.scan_seq);
        chain.ask(Test::NewPass, seq != own, &[Value::Pass(seq), Value::Pass(own)])
    }

    /// Whether a fault counts as private, and what groups come of it if not.
    #[inline]
    fn ask_sharing(&self, fault: &Fault, chain: &mut Chain) -> bool {
        let (tid, last) = (self.tasks[fault.task].tid, fault.last_cpupid);
        let unset = last == LAST_CPUPID_UNSET;
        let same = cpupid_match_pid(tid, last);
        let private = chain.ask(Test::FirstRecorded, unset, &[last, LAST_CPUPID_UNSET].map(Value::Cpupid))
            || chain.ask(Test::SameThread, same, &pid_match(tid, last));
        debug_assert_eq!(private, is_private(tid, last));
        if private {
            return true;
        }
        chain.is(Test::MayGroup, !fault.flags.no_group) && self.ask_group(fault, chain)
    }

    /// `task_numa_group`. True if the fault counts as private after all.
    #[inline]
    fn ask_group(&self, fault: &Fault, chain: &mut Chain) -> bool {
        let task = fault.task;
        let own = self.numa_group(task);
        let gid = |group: Option<usize>| group.map_or(Value::Nothing, |group| Value::Tid(self.groups[group].gid));
        chain.ask(Test::OwnGroup, own.is_some(), &[gid(own), Value::Nothing]);
        let Some(other) = self.ask_other(fault.last_cpupid, chain) else { return false };
        // Whoever has no group has just founded one, of one task, behind all others.
        let theirs = self.numa_group(other);
        if !chain.ask(Test::OtherHasGroup, theirs.is_some(), &[gid(theirs), Value::Nothing]) {
            return false;
        }
        let Some(theirs) = theirs else { return false };
        let (place, own_tasks) = own.map_or((self.groups.len(), 1), |own| (own, self.groups[own].nr_tasks));
        let places = [place as u64, theirs as u64].map(Value::Count);
        if chain.ask(Test::SameGroup, place == theirs, &places) {
            return false;
        }
        let their_tasks = self.groups[theirs].nr_tasks;
        let sizes = [own_tasks, their_tasks].map(|tasks| Value::Count(tasks.into()));
        if chain.ask(Test::OwnGroupLarger, own_tasks > their_tasks, &sizes) {
            return false;
        }
        let first = place < theirs;
        if own_tasks == their_tasks && chain.ask(Test::OwnGroupFirst, first, &[places[1], places[0]]) {
            return false;
        }
        let (mm, their_mm) = (self.tasks[task].mm, self.tasks[other].mm);
        let processes = [their_mm, mm].map(|mm| Value::Count(mm as u64));
        let joins = chain.ask(Test::SameProcess, mm == their_mm, &processes)
            || chain.is(Test::SharedMemory, fault.flags.shared);
        !joins
    }

    /// Whether the thread of a `last_cpupid` still runs where it did.
    #[inline]
    fn ask_other(&self, last_cpupid: u32, chain: &mut Chain) -> Option<usize> {
        let cpu = cpupid_to_cpu(last_cpupid);
        let id = CpuId(cpu as u16);
        let running = self.setup.topology.cpu_index(id).and_then(|cpu| self.rqs[cpu].curr);
        let tid = running.map(|task| self.tasks[task].tid);
        let operands = [
            tid.map_or(Value::Nothing, |tid| low_bits(tid.0)),
            low_bits(last_cpupid),
            Value::Cpu(id),
            tid.map_or(Value::Nothing, Value::Tid),
        ];
        let other = self.task_running_on(last_cpupid);
        chain.ask(Test::OtherStillThere, other.is_some(), &operands);
        other
    }

    /// Whether a shared remote fault counts as local, since the group is meant to spread.
    #[inline]
    fn ask_active_nodes(&self, fault: &Fault, mem_node: NodeId, chain: &mut Chain) {
        let Some(group) = self.numa_group(fault.task) else { return };
        let active = self.groups[group].active_nodes;
        if !chain.ask(Test::GroupSpread, active > 1, &[Value::Count(active.into()), Value::Count(1)]) {
            return;
        }
        for node in [fault.this_node, mem_node] {
            let faults = self.group_faults_cpu(group, node) * ACTIVE_NODE_FRACTION;
            let max = self.groups[group].max_faults_cpu;
            let operands = [Value::Count(faults), Value::Count(max), Value::Node(node)];
            if !chain.ask(Test::NodeActive, self.numa_is_active_node(group, node), &operands) {
                return;
            }
        }
    }
}
