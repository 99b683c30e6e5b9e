//! How busy groups of CPUs are, and which one to relieve by how much (`update_sg_lb_stats`,
//! `sched_balance_find_src_group`, `calculate_imbalance`; kernel/sched/fair.c, 6.12).

use crate::sched::balance::{CpuIdleType, LbEnv};
use crate::sched::domains::{GroupKind, SchedDomain, SchedGroup, adjust_numa_imbalance};
use crate::sched::pelt::CPU_CAPACITY;
use crate::world::World;

/// How busy a group is, in rising order (`enum group_type`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) enum GroupType {
    #[default]
    HasSpare,
    FullyBusy,
    /// A core whose threads run tasks, while another core is idle.
    SmtBalance,
    Overloaded,
}

/// Sums over a group (`struct sg_lb_stats`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct GroupStats {
    pub(crate) kind: GroupType,
    pub(crate) load: u64,
    pub(crate) util: u64,
    pub(crate) runnable: u64,
    pub(crate) capacity: u64,
    /// Load by capacity; 0 where it does not count.
    pub(crate) avg_load: u64,
    pub(crate) sum_nr_running: usize,
    pub(crate) idle_cpus: usize,
    pub(crate) weight: usize,
    pub(crate) nr_numa_running: usize,
    pub(crate) nr_preferred_running: usize,
}

impl GroupStats {
    /// `group_is_overloaded`.
    fn is_overloaded(&self, pct: u64) -> bool {
        self.sum_nr_running > self.weight
            && (self.capacity * 100 < self.util * pct || self.capacity * pct < self.runnable * 100)
    }

    /// `group_has_capacity`.
    fn has_capacity(&self, pct: u64) -> bool {
        self.sum_nr_running < self.weight
            || (self.capacity * pct >= self.runnable * 100 && self.capacity * 100 > self.util * pct)
    }

    /// `group_classify`, but for what the balancing CPU adds.
    fn classify(&self, pct: u64) -> GroupType {
        if self.is_overloaded(pct) {
            GroupType::Overloaded
        } else if self.has_capacity(pct) {
            GroupType::HasSpare
        } else {
            GroupType::FullyBusy
        }
    }

    fn load_by_capacity(&self) -> u64 {
        self.load * CPU_CAPACITY / self.capacity
    }
}

/// Which tasks of a group or a queue may be pulled away (`enum fbq_type`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum FbqType {
    /// Some have no preferred node.
    Regular,
    /// Some are not on their preferred node.
    Remote,
    /// All are where they want to be.
    All,
}

/// `fbq_classify_group` and `fbq_classify_rq`.
pub(crate) fn fbq_classify(tasks: usize, nr_numa_running: usize, nr_preferred_running: usize) -> FbqType {
    if tasks > nr_numa_running {
        FbqType::Regular
    } else if tasks > nr_preferred_running {
        FbqType::Remote
    } else {
        FbqType::All
    }
}

/// What the amount to move is counted in (`enum migration_type`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MigrationType {
    Load,
    Util,
    Task,
}

/// How much to move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Imbalance {
    pub(crate) migration: MigrationType,
    pub(crate) amount: u64,
}

/// The group to relieve, and by how much.
pub(crate) struct Busiest<'a> {
    pub(crate) group: &'a SchedGroup,
    pub(crate) fbq_type: FbqType,
    pub(crate) imbalance: Imbalance,
}

/// `struct sd_lb_stats`.
struct DomainStats<'a> {
    local: (&'a SchedGroup, GroupStats),
    busiest: (&'a SchedGroup, GroupStats),
    total_load: u64,
    total_capacity: u64,
}

impl World {
    /// Sums that need no balancing CPU: what a new task looks at (`update_sg_wakeup_stats`).
    pub(crate) fn update_sg_wakeup_stats(&self, group: &SchedGroup, domain: &SchedDomain) -> GroupStats {
        let mut stats = self.sum_up_cpus(group, &[]);
        stats.kind = stats.classify(domain.level.imbalance_pct());
        if stats.kind != GroupType::HasSpare {
            stats.avg_load = stats.load_by_capacity();
        }
        stats
    }

    fn sum_up_cpus(&self, group: &SchedGroup, excluded: &[usize]) -> GroupStats {
        let mut stats = GroupStats { weight: group.cpus.len(), ..GroupStats::default() };
        for &cpu in group.cpus.iter() {
            stats.capacity += CPU_CAPACITY;
            if excluded.contains(&cpu) {
                continue;
            }
            let rq = &self.rqs[cpu];
            stats.load += rq.avg.load_avg;
            stats.util += rq.avg.util_avg.min(CPU_CAPACITY);
            stats.runnable += rq.avg.runnable_avg;
            stats.sum_nr_running += rq.nr_running();
            stats.idle_cpus += usize::from(rq.is_idle());
        }
        stats
    }

    /// `update_sg_lb_stats`.
    fn update_sg_lb_stats(&self, env: &LbEnv<'_>, group: &SchedGroup) -> GroupStats {
        let mut stats = self.sum_up_cpus(group, &env.excluded);
        if env.domain.level.is_numa() {
            for &cpu in group.cpus.iter().filter(|cpu| !env.excluded.contains(cpu)) {
                let node = self.setup.topology.node_of(cpu);
                stats.nr_numa_running += self.rqs[cpu].nr_numa_running(&self.tasks);
                stats.nr_preferred_running += self.rqs[cpu].nr_preferred_running(&self.tasks, node);
            }
        }
        stats.kind = stats.classify(env.domain.level.imbalance_pct());
        let is_local = core::ptr::eq(group, env.domain.local_group());
        let shares_core = group.kind == GroupKind::Core && stats.sum_nr_running > 1;
        if !is_local && shares_core && env.idle != CpuIdleType::Busy {
            stats.kind = stats.kind.max(GroupType::SmtBalance);
        }
        if stats.kind == GroupType::Overloaded {
            stats.avg_load = stats.load_by_capacity();
        }
        stats
    }

    /// `update_sd_lb_stats`. None if no other group has a task.
    fn update_sd_lb_stats<'a>(&self, env: &LbEnv<'a>) -> Option<DomainStats<'a>> {
        let mut groups = env.domain.groups().map(|group| (group, self.update_sg_lb_stats(env, group)));
        let local = groups.next()?;
        let (mut total_load, mut total_capacity) = (local.1.load, local.1.capacity);
        let mut busiest = None;
        for (group, stats) in groups {
            total_load += stats.load;
            total_capacity += stats.capacity;
            if stats.sum_nr_running > 0 && busiest.is_none_or(|best| is_busier((group, &stats), best)) {
                busiest = Some((group, stats));
            }
        }
        Some(DomainStats { local, busiest: busiest?, total_load, total_capacity })
    }

    /// `sched_balance_find_src_group`: the group to relieve; none if things are balanced.
    pub(crate) fn sched_balance_find_src_group<'a>(&self, env: &LbEnv<'a>) -> Option<Busiest<'a>> {
        let stats = self.update_sd_lb_stats(env)?;
        if !stats.is_imbalanced(env) {
            return None;
        }
        let imbalance = stats.calculate_imbalance(env);
        let (group, busiest) = stats.busiest;
        let fbq_type = if env.domain.level.is_numa() {
            fbq_classify(busiest.sum_nr_running, busiest.nr_numa_running, busiest.nr_preferred_running)
        } else {
            FbqType::All
        };
        (imbalance.amount > 0).then_some(Busiest { group, fbq_type, imbalance })
    }
}

/// `update_sd_pick_busiest`.
fn is_busier((_, stats): (&SchedGroup, &GroupStats), (best_group, best): (&SchedGroup, GroupStats)) -> bool {
    if stats.kind != best.kind {
        return stats.kind > best.kind;
    }
    let has_fewer_idle = || {
        let by_tasks = stats.idle_cpus == best.idle_cpus && stats.sum_nr_running > best.sum_nr_running;
        stats.idle_cpus < best.idle_cpus || by_tasks
    };
    match stats.kind {
        GroupType::Overloaded => stats.avg_load > best.avg_load,
        GroupType::SmtBalance if stats.idle_cpus > 0 || best.idle_cpus > 0 => has_fewer_idle(),
        GroupType::SmtBalance | GroupType::FullyBusy => best_group.kind != GroupKind::Core,
        GroupType::HasSpare => has_fewer_idle(),
    }
}

impl DomainStats<'_> {
    fn avg_load(&self) -> u64 {
        self.total_load * CPU_CAPACITY / self.total_capacity
    }

    fn prefers_sibling(&self) -> bool {
        self.busiest.0.kind.prefers_sibling()
    }

    /// The tests of `sched_balance_find_src_group` for doing something at all.
    fn is_imbalanced(&self, env: &LbEnv<'_>) -> bool {
        let (local, busiest) = (&self.local.1, &self.busiest.1);
        if local.kind > busiest.kind {
            return false;
        }
        if local.kind == GroupType::Overloaded {
            let pct = env.domain.level.imbalance_pct();
            let is_above = local.avg_load >= busiest.avg_load || local.avg_load >= self.avg_load();
            if is_above || 100 * busiest.avg_load <= pct * local.avg_load {
                return false;
            }
        }
        let has_spare = local.kind == GroupType::HasSpare;
        if has_spare && self.prefers_sibling() && self.sibling_imbalance(env.idle) > 1 {
            return true;
        }
        if busiest.kind == GroupType::Overloaded {
            return true;
        }
        env.idle != CpuIdleType::Busy
            && (busiest.weight == 1 || local.idle_cpus > busiest.idle_cpus + 1)
            && busiest.sum_nr_running != 1
    }

    /// `sibling_imbalance`: by how many tasks the busiest group has more than its share of the
    /// cores.
    fn sibling_imbalance(&self, idle: CpuIdleType) -> u64 {
        let ((local_group, local), (busiest_group, busiest)) = (&self.local, &self.busiest);
        if idle == CpuIdleType::Busy || busiest.sum_nr_running == 0 {
            return 0;
        }
        let (local_cores, busiest_cores) = (local_group.cores, busiest_group.cores);
        if local_cores == busiest_cores {
            return busiest.sum_nr_running.saturating_sub(local.sum_nr_running) as u64;
        }
        let cores = local_cores + busiest_cores;
        let more = (local_cores * busiest.sum_nr_running).saturating_sub(busiest_cores * local.sum_nr_running);
        let imbalance = (2 * more + cores) / (2 * cores);
        let to_empty_group = local.sum_nr_running == 0 && busiest.sum_nr_running > 1;
        if imbalance <= 1 && to_empty_group { 2 } else { imbalance as u64 }
    }

    /// `calculate_imbalance`.
    fn calculate_imbalance(&self, env: &LbEnv<'_>) -> Imbalance {
        let (local, busiest) = (&self.local.1, &self.busiest.1);
        if busiest.kind == GroupType::SmtBalance {
            return Imbalance { migration: MigrationType::Task, amount: 1 };
        }
        if local.kind != GroupType::HasSpare {
            return self.load_imbalance();
        }
        if busiest.kind > GroupType::FullyBusy && !env.domain.level.shares_llc() {
            let spare = local.capacity.saturating_sub(local.util);
            if spare == 0 && env.idle != CpuIdleType::Busy {
                return Imbalance { migration: MigrationType::Task, amount: 1 };
            }
            return Imbalance { migration: MigrationType::Util, amount: spare };
        }
        let by_siblings = busiest.weight == 1 || self.prefers_sibling();
        let mut tasks = if by_siblings {
            self.sibling_imbalance(env.idle)
        } else {
            local.idle_cpus.saturating_sub(busiest.idle_cpus) as u64
        };
        if env.domain.level.is_numa() {
            tasks = adjust_numa_imbalance(tasks, local.sum_nr_running + 1, env.domain.imb_numa_nr);
        }
        Imbalance { migration: MigrationType::Task, amount: tasks >> 1 }
    }

    /// Load that brings both groups to the average of the domain.
    fn load_imbalance(&self) -> Imbalance {
        let (local, busiest, avg_load) = (&self.local.1, &self.busiest.1, self.avg_load());
        let local_load = local.load_by_capacity();
        let is_above = local_load >= busiest.avg_load || local_load >= avg_load;
        if local.kind < GroupType::Overloaded && is_above {
            return Imbalance { migration: MigrationType::Load, amount: 0 };
        }
        let give = busiest.avg_load.saturating_sub(avg_load) * busiest.capacity;
        let take = avg_load.saturating_sub(local_load) * local.capacity;
        Imbalance { migration: MigrationType::Load, amount: give.min(take) / CPU_CAPACITY }
    }
}
