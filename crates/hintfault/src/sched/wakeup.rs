//! Where a task goes that wakes up or starts (`select_task_rq_fair`, `sched_balance_find_dst_*`;
//! kernel/sched/fair.c, 6.12). Sleepers are woken by a timer on the CPU they slept on, so no
//! other waker pulls them (`wake_affine` has nothing to choose from).

use crate::event::MoveCause;
use crate::explain::watch::Site;
use crate::explain::{Test, Value};
use crate::sched::balance_stats::{GroupStats, GroupType};
use crate::sched::domains::{SchedDomain, SchedGroup, adjust_numa_imbalance};
use crate::sched::rq::NICE_0_LOAD;
use crate::sched::task::State;
use crate::world::World;

impl World {
    /// `try_to_wake_up`, and `wake_up_new_task` for a thread that starts.
    pub(crate) fn try_to_wake_up(&mut self, task: usize) {
        match self.tasks[task].state {
            State::New => self.wake_up_new_task(task),
            State::Sleeping => self.wake_sleeping(task),
            State::Queued | State::Dead | State::Unborn => unreachable!("waking what does not sleep"),
        }
        self.enqueue_task(task);
        self.resched(self.tasks[task].cpu);
    }

    /// A thread starts near the first thread of its process, which created it.
    fn wake_up_new_task(&mut self, task: usize) {
        let mm = self.tasks[task].mm;
        let creator = self.tasks[..task].iter().position(|other| other.mm == mm);
        let alive = creator.filter(|&creator| !matches!(self.tasks[creator].state, State::New | State::Unborn));
        if let Some(creator) = alive {
            self.tasks[task].numa.preferred_nid = self.tasks[creator].numa.preferred_nid;
        }
        let parent_cpu = alive.map_or(self.tasks[task].cpu, |creator| self.tasks[creator].cpu);
        self.place_new_task(task, parent_cpu);
    }

    /// Chooses a CPU for a task that starts, seen from its creator's.
    pub(crate) fn place_new_task(&mut self, task: usize, parent_cpu: usize) {
        let cpu = self.select_task_rq_fork(task, parent_cpu);
        self.attach_new_task(task, cpu);
        self.tasks[task].state = State::Queued;
    }

    fn wake_sleeping(&mut self, task: usize) {
        self.sync_entity_load_avg(task);
        self.about_to(Site::Wake(task));
        let (from, cpu) = (self.tasks[task].cpu, self.select_task_rq_wakeup(task));
        if cpu != from {
            self.set_task_cpu(task, cpu);
            self.emit_moved(task, from, MoveCause::Wakeup);
        }
        self.tasks[task].state = State::Queued;
    }

    pub(crate) fn is_allowed(&self, task: usize, cpu: usize) -> bool {
        self.tasks[task].cpus_allowed.binary_search(&cpu).is_ok()
    }

    /// `select_task_rq` for a wake-up: the CPU it slept on or an idle one that shares its cache.
    fn select_task_rq_wakeup(&self, task: usize) -> usize {
        let prev = self.tasks[task].cpu;
        if let [only] = self.tasks[task].cpus_allowed[..] {
            return only;
        }
        let cpu = self.select_idle_sibling(task, prev);
        if self.is_allowed(task, cpu) { cpu } else { self.select_fallback_rq(task, cpu) }
    }

    /// `select_idle_sibling`: the target if it is idle; else the next CPU of an idle core, else
    /// the next idle CPU, in its cache.
    fn select_idle_sibling(&self, task: usize, target: usize) -> usize {
        if self.is_free_for(task, target) {
            return target;
        }
        let idle_core = self.idle_core_near(task, target);
        idle_core.or_else(|| self.idle_cpu_near(task, target)).unwrap_or(target)
    }

    /// Whether a CPU is idle and the task may use it.
    pub(crate) fn is_free_for(&self, task: usize, cpu: usize) -> bool {
        self.rqs[cpu].is_idle() && self.is_allowed(task, cpu)
    }

    /// `select_idle_core`: a CPU of an idle core in the cache of another CPU.
    pub(crate) fn idle_core_near(&self, task: usize, target: usize) -> Option<usize> {
        self.llc_after(target).find(|&cpu| self.is_free_for(task, cpu) && self.is_core_idle(cpu))
    }

    /// `select_idle_cpu`: an idle CPU in the cache of another one.
    pub(crate) fn idle_cpu_near(&self, task: usize, target: usize) -> Option<usize> {
        self.llc_after(target).find(|&cpu| self.is_free_for(task, cpu))
    }

    /// The CPUs of a cache, beginning behind one of them.
    fn llc_after(&self, target: usize) -> impl Iterator<Item = usize> {
        let llc = self.setup.topology.llc_of(target);
        let start = llc.partition_point(|&cpu| cpu <= target);
        llc[start..].iter().chain(&llc[..start]).copied()
    }

    /// Whether all hardware threads of a CPU's core are idle.
    pub(crate) fn is_core_idle(&self, cpu: usize) -> bool {
        self.setup.topology.core_of(cpu).iter().all(|&thread| self.rqs[thread].is_idle())
    }

    /// `select_fallback_rq`: an allowed CPU of the same node, else any.
    fn select_fallback_rq(&self, task: usize, cpu: usize) -> usize {
        let topology = &self.setup.topology;
        let allowed = &self.tasks[task].cpus_allowed;
        let node = topology.node_of(cpu);
        let near = allowed.iter().copied().find(|&other| topology.node_of(other) == node);
        near.unwrap_or(allowed[0])
    }

    /// `select_task_rq` for a fork, by the slow path over the domains of the creator's CPU
    /// (`sched_balance_find_dst_cpu`).
    fn select_task_rq_fork(&mut self, task: usize, parent_cpu: usize) -> usize {
        let allowed = self.tasks[task].cpus_allowed.len();
        self.note(Test::OneCpuAllowed, allowed == 1, &[Value::Count(allowed as u64), Value::Count(1)]);
        if let [only] = self.tasks[task].cpus_allowed[..] {
            return only;
        }
        let setup = self.setup.clone();
        let mut cpu = parent_cpu;
        let mut domains = fork_domains(setup.domains.of(cpu));
        while let Some((domain, below)) = domains.split_last() {
            domains = below;
            let Some(group) = self.sched_balance_find_dst_group(task, cpu, domain) else { continue };
            let new_cpu = self.sched_balance_find_dst_group_cpu(task, group);
            if new_cpu == cpu {
                continue;
            }
            cpu = new_cpu;
            let smaller = |other: &&SchedDomain| other.span.len() < domain.span.len();
            let count = fork_domains(setup.domains.of(cpu)).iter().take_while(smaller).count();
            domains = &setup.domains.of(cpu)[..count];
        }
        if self.is_allowed(task, cpu) { cpu } else { self.select_fallback_rq(task, cpu) }
    }

    /// `sched_balance_find_dst_group_cpu`: the first idle CPU of a group, else the least loaded.
    fn sched_balance_find_dst_group_cpu(&mut self, task: usize, group: &SchedGroup) -> usize {
        let allowed = || group.cpus.iter().copied().filter(|&cpu| self.is_allowed(task, cpu));
        let idle = allowed().find(|&cpu| self.rqs[cpu].is_idle());
        let least_loaded = || allowed().min_by_key(|&cpu| (self.rqs[cpu].avg.load_avg, cpu));
        let found = idle.or_else(least_loaded).unwrap_or(group.cpus[0]);
        self.note(Test::IdleCpuInGroup, idle.is_some(), &[self.cpu_value(idle), Value::Nothing]);
        found
    }

    /// `sched_balance_find_dst_group`: the group that a new task should go to; none to stay in
    /// that of the CPU.
    fn sched_balance_find_dst_group<'a>(
        &mut self,
        task: usize,
        cpu: usize,
        domain: &'a SchedDomain,
    ) -> Option<&'a SchedGroup> {
        let usable = |group: &&SchedGroup| group.cpus.iter().any(|&cpu| self.is_allowed(task, cpu));
        let (mut local, mut idlest) = (None, None::<(&SchedGroup, GroupStats)>);
        for group in domain.groups().filter(usable) {
            let stats = self.update_sg_wakeup_stats(group, domain);
            if group.cpus.binary_search(&cpu).is_ok() {
                local = Some((group, stats));
            } else if idlest.is_none_or(|(_, best)| is_idler(&stats, &best)) {
                idlest = Some((group, stats));
            }
        }
        let (group, idlest) = idlest?;
        let Some((local_group, local)) = local else { return Some(group) };
        if local.kind != idlest.kind {
            let kinds = [local.kind, idlest.kind];
            let fuller = kinds[0] > kinds[1];
            self.note(Test::OwnGroupFuller, fuller, &kinds.map(|kind| Value::Count(kind as u64)));
            return fuller.then_some(group);
        }
        let goes = match local.kind {
            GroupType::HasSpare => self.leaves_idle_group(task, domain, (local_group, &local), (group, &idlest)),
            _ => {
                let goes = leaves_busy_group(domain, &local, &idlest);
                let loads = [local.avg_load, idlest.avg_load].map(Value::Count);
                self.note(Test::LessLoadThere, goes, &[Value::Flag(goes), loads[0], loads[1]]);
                goes
            }
        };
        goes.then_some(group)
    }

    /// Both groups have room: whether a new task leaves the local one. Between nodes it follows
    /// its preferred node, and stays close while the nodes differ little.
    fn leaves_idle_group(
        &mut self,
        task: usize,
        domain: &SchedDomain,
        local: (&SchedGroup, &GroupStats),
        idlest: (&SchedGroup, &GroupStats),
    ) -> bool {
        if domain.level.is_numa()
            && let Some(goes) = self.leaves_idle_node(task, domain, local, idlest)
        {
            return goes;
        }
        let idle = [idlest.1.idle_cpus, local.1.idle_cpus];
        self.note(Test::MoreIdleThere, idle[0] > idle[1], &idle.map(|cpus| Value::Count(cpus as u64)));
        idle[0] > idle[1]
    }

    /// What is decided by the nodes of the two groups; none if that is nothing.
    fn leaves_idle_node(
        &mut self,
        task: usize,
        domain: &SchedDomain,
        (local_group, local): (&SchedGroup, &GroupStats),
        (group, idlest): (&SchedGroup, &GroupStats),
    ) -> Option<bool> {
        if self.sysctl.numa_balancing != 0 {
            let preferred = self.tasks[task].numa.preferred_nid;
            for (test, of, goes) in [(Test::PrefersHere, local_group, false), (Test::PrefersThere, group, true)] {
                let node = self.setup.topology.node_of(of.cpus[0]);
                self.note(test, preferred == Some(node), &[Value::node(preferred), Value::Node(node)]);
                if preferred == Some(node) {
                    return Some(goes);
                }
            }
        }
        let usable = local_group.cpus.iter().filter(|&&cpu| self.is_allowed(task, cpu)).count();
        let imbalance = local.idle_cpus.abs_diff(idlest.idle_cpus) as u64;
        let limit = usable.min(domain.imb_numa_nr);
        let counts = adjust_numa_imbalance(imbalance, local.sum_nr_running + 1, limit);
        self.note(Test::NodesNearlyEven, counts == 0, &[counts, 0, imbalance].map(Value::Count));
        (counts == 0).then_some(false)
    }
}

/// The domains up to the largest one in which new tasks are spread.
fn fork_domains(domains: &[SchedDomain]) -> &[SchedDomain] {
    let count = domains.iter().take_while(|domain| domain.level.balances_fork()).count();
    &domains[..count]
}

/// `update_pick_idlest`.
fn is_idler(stats: &GroupStats, best: &GroupStats) -> bool {
    if stats.kind != best.kind {
        return stats.kind < best.kind;
    }
    match stats.kind {
        GroupType::HasSpare => (stats.idle_cpus, best.util) > (best.idle_cpus, stats.util),
        _ => stats.avg_load < best.avg_load,
    }
}

/// No group has room: whether a new task leaves the local one. Across nodes the difference must
/// be larger than a small task.
fn leaves_busy_group(domain: &SchedDomain, local: &GroupStats, idlest: &GroupStats) -> bool {
    let pct = domain.level.imbalance_pct();
    let imbalance = NICE_0_LOAD * (pct - 100) / 100;
    if domain.level.is_numa() && idlest.avg_load + imbalance >= local.avg_load {
        return false;
    }
    idlest.avg_load < local.avg_load + imbalance && 100 * local.avg_load > pct * idlest.avg_load
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(kind: GroupType, idle_cpus: usize, util: u64, avg_load: u64) -> GroupStats {
        GroupStats { kind, idle_cpus, util, avg_load, ..GroupStats::default() }
    }

    #[test]
    fn the_idlest_group_has_most_idle_cpus_then_least_use_then_least_load() {
        use GroupType::{HasSpare, Overloaded};
        let order = [
            stats(HasSpare, 4, 0, 0),
            stats(HasSpare, 3, 100, 0),
            stats(HasSpare, 3, 200, 0),
            stats(Overloaded, 9, 0, 10),
            stats(Overloaded, 9, 0, 20),
        ];
        for (place, better) in order.iter().enumerate() {
            for (other, worse) in order.iter().enumerate() {
                assert_eq!(is_idler(better, worse), place < other, "{place} {other}");
            }
        }
    }
}
