//! Which waiting tasks may be taken away from a CPU (`detach_tasks`, `can_migrate_task`,
//! `migrate_degrades_locality`; kernel/sched/fair.c, 6.12).

use alloc::vec::Vec;

use crate::explain::watch::Site;
use crate::ids::NodeId;
use crate::order::ascending;
use crate::sched::balance::{CpuIdleType, LbEnv};
use crate::sched::balance_stats::{Imbalance, MigrationType};
use crate::sched::domains::DomainLevel;
use crate::time::Ns;
use crate::world::World;

/// Tasks looked at in one pass at most (`sysctl_sched_nr_migrate`).
const NR_MIGRATE: usize = 32;
/// A task that ran so lately is taken to be in the cache (`sysctl_sched_migration_cost`).
const MIGRATION_COST: Ns = Ns(500_000);

/// Whether all tasks of a queue may not use the balancing CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pinned {
    All,
    Some,
}

/// What a pass took.
pub(crate) struct Pulled {
    /// Tasks, which already belong to their new CPU but are not queued there.
    pub(crate) tasks: Vec<usize>,
    pub(crate) pinned: Pinned,
    /// A CPU of the same group that a task could use, which may not use the balancing one.
    pub(crate) new_dst_cpu: Option<usize>,
}

/// A task that a balancing CPU looks at, and all that the answer depends on beside the state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pull {
    pub(crate) task: usize,
    pub(crate) src: usize,
    pub(crate) dst: usize,
    /// The CPU whose domain it is.
    pub(crate) own: usize,
    pub(crate) level: usize,
    pub(crate) idle: CpuIdleType,
    pub(crate) nr_balance_failed: u32,
    pub(crate) left: Imbalance,
}

/// What a move would do for a task's accesses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Locality {
    Better,
    Neutral,
    Worse,
}

/// `shr_bound`: a task's share as it counts after some failures.
pub(crate) fn shr_bound(share: u64, nr_balance_failed: u32) -> u64 {
    share >> nr_balance_failed.min(u64::BITS - 1)
}

pub(crate) fn share_fits(share: u64, nr_balance_failed: u32, left: Imbalance) -> bool {
    left.migration == MigrationType::Task || shr_bound(share, nr_balance_failed) <= left.amount
}

impl LbEnv<'_> {
    fn pull(&self, task: usize, src: usize, left: Imbalance) -> Pull {
        let &Self { dst_cpu: dst, own_cpu: own, level, idle, nr_balance_failed, .. } = self;
        Pull { task, src, dst, own, level, idle, nr_balance_failed, left }
    }
}

impl World {
    /// `detach_tasks`: takes waiting tasks, the one that has waited longest first, until the
    /// imbalance is made up for. A newly idle CPU takes one.
    pub(crate) fn detach_tasks(&mut self, env: &LbEnv<'_>, src: usize, left: &mut Imbalance) -> Pulled {
        let queued = self.rqs[src].queued().map(|task| (self.tasks[task].se.list_stamp, task));
        let candidates = ascending(queued.collect());
        let mut pulled = Pulled { tasks: Vec::new(), pinned: Pinned::All, new_dst_cpu: None };
        for (_, task) in candidates.into_iter().take(NR_MIGRATE) {
            let must_leave_one = env.idle != CpuIdleType::Busy && self.rqs[src].nr_running() <= 1;
            if must_leave_one || left.amount == 0 {
                break;
            }
            self.about_to(Site::Detach(env.pull(task, src, *left)));
            let cost = self.share_of(task, left.migration);
            let fits = share_fits(cost, env.nr_balance_failed, *left);
            if !self.can_migrate_task(env, task, src, &mut pulled) || !fits {
                self.rqs[src].touch(&mut self.tasks[task].se);
                continue;
            }
            left.amount = left.amount.saturating_sub(cost);
            self.detach_task(task, env.dst_cpu);
            pulled.tasks.push(task);
            if env.idle == CpuIdleType::NewlyIdle {
                break;
            }
        }
        pulled
    }

    /// How much of an imbalance a task makes up for.
    pub(crate) fn share_of(&self, task: usize, migration: MigrationType) -> u64 {
        match migration {
            MigrationType::Load => self.task_h_load(task).max(1),
            MigrationType::Util => self.tasks[task].se.avg.util_avg,
            MigrationType::Task => 1,
        }
    }

    /// `task_h_load` on a flat run queue.
    pub(crate) fn task_h_load(&self, task: usize) -> u64 {
        let queue = self.rqs[self.tasks[task].cpu].avg.load_avg;
        self.tasks[task].se.avg.load_avg * queue / (queue + 1)
    }

    /// `can_migrate_task`.
    fn can_migrate_task(&self, env: &LbEnv<'_>, task: usize, src: usize, pulled: &mut Pulled) -> bool {
        let allowed = &self.tasks[task].cpus_allowed;
        if allowed.binary_search(&env.dst_cpu).is_err() {
            if env.idle != CpuIdleType::NewlyIdle && pulled.new_dst_cpu.is_none() {
                let group = env.domain.local_group().cpus.iter();
                pulled.new_dst_cpu = group.copied().find(|cpu| allowed.binary_search(cpu).is_ok());
            }
            return false;
        }
        pulled.pinned = Pinned::Some;
        if self.rqs[src].curr == Some(task) {
            return false;
        }
        let locality = self.migrate_degrades_locality(env, task, src);
        let stays = match locality {
            Locality::Worse => true,
            Locality::Better => false,
            Locality::Neutral => self.task_hot(env, task),
        };
        !stays || env.nr_balance_failed > env.domain.level.cache_nice_tries()
    }

    /// `task_hot`.
    pub(crate) fn task_hot(&self, env: &LbEnv<'_>, task: usize) -> bool {
        let since = self.now.saturating_since(self.tasks[task].se.exec_start);
        env.domain.level != DomainLevel::Smt && since < MIGRATION_COST
    }

    /// `migrate_degrades_locality`.
    pub(crate) fn migrate_degrades_locality(&self, env: &LbEnv<'_>, task: usize, src: usize) -> Locality {
        let topology = &self.setup.topology;
        let (src_nid, dst_nid) = (topology.node_of(src), topology.node_of(env.dst_cpu));
        let numa = &self.tasks[task].numa;
        let is_off = self.sysctl.numa_balancing == 0 || numa.faults.is_empty();
        if is_off || !env.domain.level.is_numa() || src_nid == dst_nid {
            return Locality::Neutral;
        }
        if numa.preferred_nid == Some(src_nid) {
            let rq = &self.rqs[src];
            let others_could_go = rq.nr_running() > rq.nr_preferred_running(&self.tasks, src_nid);
            return if others_could_go { Locality::Worse } else { Locality::Neutral };
        }
        if numa.preferred_nid == Some(dst_nid) {
            return Locality::Better;
        }
        if env.idle == CpuIdleType::Idle {
            return Locality::Neutral;
        }
        let weight = |nid: NodeId| self.group_or_task_weight(task, nid, topology.distance(src_nid, dst_nid));
        if weight(dst_nid) < weight(src_nid) { Locality::Worse } else { Locality::Better }
    }
}
