//! Why a hinting fault moved a page or left it.

use crate::event::{FaultVerdict, PageRef};
use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, Verdict};
use crate::ids::{HPAGE_PMD_NR, NodeId, NodeSet, Tid};
use crate::input::{Access, Backing, RegionKind};
use crate::mempolicy::{mpol_misplaced, vma_policy_mof};
use crate::mm::PageAt;
use crate::mm::page_alloc::Order;
use crate::numab::cpupid::{cpupid_match_pid, cpupid_pid_unset};
use crate::numab::fault::{FaultFlags, GroupBalance, Migration, MigrationQuestion, should_numa_migrate_memory};
use crate::world::World;

/// The low bits of an id that a `last_cpupid` holds.
#[inline]
pub(crate) fn low_bits(value: u32) -> Value {
    Value::Count(u64::from(value & 0xFF))
}

/// The four figures of a comparison of a thread with a `last_cpupid`.
#[inline]
pub(crate) fn pid_match(tid: Tid, last_cpupid: u32) -> [Value; 4] {
    [low_bits(last_cpupid), low_bits(tid.0), Value::Tid(tid), Value::Cpupid(last_cpupid)]
}

impl PageRef {
    #[inline]
    pub(crate) fn at(self) -> PageAt {
        PageAt { mm: self.process.index(), vma: self.vma.index(), page: self.page }
    }
}

/// A fault that is being explained.
#[derive(Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) task: usize,
    pub(crate) at: PageAt,
    pub(crate) order: Order,
    pub(crate) page_node: NodeId,
    pub(crate) this_node: NodeId,
    pub(crate) last_cpupid: u32,
    pub(crate) flags: FaultFlags,
}

impl World {
    /// The chain of `do_numa_page`, asked of the world just before it.
    #[inline]
    pub(crate) fn explain_fault(&self, task: usize, page: PageRef, chain: &mut Chain) -> End {
        let fault = self.fault_on(task, page.at());
        self.ask_migrate_check(&fault, chain);
        let target = self.ask_mpol_misplaced(&fault, chain);
        let verdict = match target {
            Ok(()) => self.ask_migration(&fault, chain).err().unwrap_or(FaultVerdict::Migrated),
            Err(reason) => reason,
        };
        let next = self.next_of_fault(&fault, verdict);
        self.ask_task_numa_fault(&fault, verdict, chain);
        (Verdict::Fault(verdict), next)
    }

    #[inline]
    pub(crate) fn fault_on(&self, task: usize, at: PageAt) -> Fault {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let object = &self.objects[vma.object];
        let this_node = self.node_of_task(task);
        let page_node = object.node(vma.slot(at.page)).unwrap_or(this_node);
        let flags = FaultFlags {
            fault_local: page_node == this_node,
            no_group: self.writable_after_fault(at) == Access::Read,
            shared: self.folio_likely_mapped_shared(at) && vma.is_shared(),
            migration: Migration::NotWanted,
        };
        let order = if vma.table(vma.table_of(at.page)).is_huge() { Order::Huge } else { Order::Base };
        let last_cpupid = object.last_cpupid(vma.slot(at.page));
        Fault { task, at, order, page_node, this_node, last_cpupid, flags }
    }

    #[inline]
    fn ask_migrate_check(&self, fault: &Fault, chain: &mut Chain) {
        let shared_mapping = self.mms[fault.at.mm].vmas[fault.at.vma].is_shared();
        let mapped_shared = self.folio_likely_mapped_shared(fault.at);
        chain.is(Test::EntryWritable, !fault.flags.no_group);
        let operands = [Value::Flag(mapped_shared), Value::Flag(shared_mapping)];
        chain.ask(Test::MappedShared, fault.flags.shared, &operands);
        let nodes = [Value::Node(fault.page_node), Value::Node(fault.this_node)];
        chain.ask(Test::FaultLocal, fault.flags.fault_local, &nodes);
    }

    #[inline]
    fn ask_mpol_misplaced(&self, fault: &Fault, chain: &mut Chain) -> Result<(), FaultVerdict> {
        let Fault { task, page_node, this_node, .. } = *fault;
        let policy = self.get_vma_policy(task, fault.at);
        let nodes = [Value::Node(page_node), Value::Node(this_node)];
        let is_there = page_node == this_node;
        let stays = |reason| mpol_misplaced(policy, page_node, this_node, || Err(reason)).map(|_| ());
        if !chain.is(Test::PolicyMigrates, vma_policy_mof(policy)) {
            return stays(FaultVerdict::PolicyForbids);
        }
        match policy {
            None if chain.ask(Test::AlreadyThere, is_there, &nodes) => return stays(FaultVerdict::Local),
            None => return self.ask_should_migrate(fault, chain),
            Some(policy) => {
                let inside = policy.nodes.contains(this_node);
                if !chain.ask(Test::NodeInPolicy, inside, &[Value::Node(this_node), Value::Nodes(policy.nodes)]) {
                    return stays(FaultVerdict::OutsidePolicy);
                }
            }
        }
        self.ask_should_migrate(fault, chain)?;
        if chain.ask(Test::AlreadyThere, is_there, &nodes) { stays(FaultVerdict::Local) } else { Ok(()) }
    }

    #[inline]
    fn ask_should_migrate(&self, fault: &Fault, chain: &mut Chain) -> Result<(), FaultVerdict> {
        let topology = &self.setup.topology;
        let (task, dst) = (fault.task, fault.this_node);
        let memory = [Value::Count(self.memory.managed_pages(dst)), Value::Count(0), Value::Node(dst)];
        if !chain.ask(Test::DestinationHasMemory, topology.has_memory(dst), &memory) {
            return Err(FaultVerdict::NoMemoryThere);
        }
        let q = self.migration_question(task, fault.last_cpupid, fault.page_node, dst);
        let balance = self.group_balance(task, q.src_nid, q.dst_nid);
        self.ask_filters(&q, task, balance, chain);
        let answer = should_numa_migrate_memory(topology, q, balance);
        // A policy with balancing asks of local pages too, and then leaves them there.
        if fault.flags.fault_local { answer.or(Ok(())) } else { answer }
    }

    /// The part of `should_numa_migrate_memory` behind the test for memory.
    #[inline]
    fn ask_filters(&self, q: &MigrationQuestion, task: usize, balance: Option<GroupBalance>, chain: &mut Chain) {
        let last = q.last_cpupid;
        let preferred = [Value::node(q.preferred_nid), Value::Nothing];
        let passes = [Value::Pass(MigrationQuestion::EARLY_PASSES), Value::Pass(q.scan_seq)];
        let early = chain.ask(Test::NoPreferredNode, q.preferred_nid.is_none(), &preferred)
            || chain.ask(Test::EarlyPass, q.is_early_pass(), &passes);
        let unset = [low_bits(last), Value::Count(0xFF), Value::Cpupid(last)];
        let is_unset = chain.ask(Test::LastPidUnset, cpupid_pid_unset(last), &unset);
        if early && is_unset {
            return;
        }
        let own = pid_match(q.tid, last);
        let is_own = cpupid_match_pid(q.tid, last);
        if early && chain.ask(Test::LastPidOwn, is_own, &own) {
            return;
        }
        let last_node = q.last_node(&self.setup.topology);
        let nodes = [Value::node(last_node), Value::Node(q.dst_nid), Value::Cpupid(last)];
        if !is_unset && !chain.ask(Test::LastNodeSame, last_node == Some(q.dst_nid), &nodes) {
            return;
        }
        if !early && chain.ask(Test::LastPidOwn, is_own, &own) {
            return;
        }
        let gid = self.numa_group(task).map_or(Value::Nothing, |group| Value::Tid(self.groups[group].gid));
        chain.ask(Test::HasGroup, balance.is_some(), &[gid, Value::Nothing]);
        if let Some(balance) = balance {
            ask_balance(balance, chain);
        }
    }

    /// `migrate_misplaced_folio_prepare` and the allocation on the destination.
    #[inline]
    fn ask_migration(&self, fault: &Fault, chain: &mut Chain) -> Result<(), FaultVerdict> {
        let (at, node, pages) = (fault.at, fault.this_node, fault.order.pages());
        let prepared = self.migrate_misplaced_folio_prepare(at, node, fault.order);
        let vma = &self.mms[at.mm].vmas[at.vma];
        if let RegionKind::Shared { backing: Backing::PageCache, .. } = vma.kind {
            let (exec, shared) = (vma.prot.exec, self.folio_likely_mapped_shared(at));
            let slot = vma.slot(at.page);
            let dirty = self.objects[vma.object].chunk(vma.table_of(at.page)).dirty().get(slot % HPAGE_PMD_NR);
            if chain.ask(Test::SharedProgramText, exec && shared, &[Value::Flag(exec), Value::Flag(shared)])
                || chain.is(Test::DirtyFilePage, dirty)
            {
                return prepared;
            }
        }
        for zone in self.memory.zones(node).iter().rev() {
            let mark = zone.watermark.high + pages;
            let operands = [
                Value::Count(zone.free_pages),
                Value::Count(mark + zone.lowmem_reserve),
                Value::Node(node),
                Value::Count(pages),
            ];
            if chain.ask(Test::ZoneAboveHigh, zone.is_above(mark), &operands) {
                break;
            }
        }
        if prepared != Err(FaultVerdict::NodeFull) {
            chain.is(Test::Isolated, prepared != Err(FaultVerdict::IsolationFailed));
        }
        prepared?;
        let free = self.memory.free_pages(node);
        let operands = [Value::Count(free), Value::Count(pages), Value::Node(node)];
        if chain.ask(Test::FreePageThere, free >= pages, &operands) { Ok(()) } else { Err(FaultVerdict::NodeFull) }
    }

    /// What could have a page judged differently.
    #[inline]
    fn next_of_fault(&self, fault: &Fault, verdict: FaultVerdict) -> Option<Next> {
        let here = Value::Node(fault.this_node);
        match verdict {
            FaultVerdict::Local | FaultVerdict::Migrated => Next::new(Change::FaultFromElsewhere, &[here]),
            FaultVerdict::PolicyForbids => Next::new(Change::PolicyWithBalancing, &[]),
            FaultVerdict::OutsidePolicy => {
                let policy = self.get_vma_policy(fault.task, fault.at);
                Next::new(Change::RunsOn, &[Value::Nodes(policy.map_or(NodeSet(0), |policy| policy.nodes))])
            }
            FaultVerdict::NoMemoryThere => Next::new(Change::RunsOn, &[Value::Nodes(self.memory.nodes())]),
            FaultVerdict::LastCpuElsewhere | FaultVerdict::SlowTierFirst => Next::new(Change::SecondFault, &[here]),
            FaultVerdict::GroupBalanced => Next::new(Change::GroupShifts, &[here, Value::Node(fault.page_node)]),
            FaultVerdict::NodeFull => {
                let pages = fault.order.pages();
                let zones = self.memory.zones(fault.this_node).iter();
                let missing =
                    zones.map(|z| (z.watermark.high + pages + z.lowmem_reserve + 1).saturating_sub(z.free_pages));
                Next::new(Change::PagesFreed, &[here, Value::Count(missing.min().unwrap_or(pages))])
            }
            FaultVerdict::IsolationFailed => Next::new(Change::FilePageMovable, &[]),
        }
    }
}

#[inline]
fn ask_balance(balance: GroupBalance, chain: &mut Chain) {
    let GroupBalance { cpu_src, cpu_dst, mem_src, mem_dst } = balance;
    let far_more = [cpu_dst, 3 * cpu_src].map(Value::Count);
    if chain.ask(Test::GroupUsesFarMore, balance.is_used_far_more(), &far_more) {
        return;
    }
    let figures = [cpu_dst * mem_src * 3, cpu_src * mem_dst * 4, cpu_src, cpu_dst, mem_src, mem_dst];
    chain.ask(Test::GroupShortOfMemory, balance.is_short_of_memory(), &figures.map(Value::Count));
}
