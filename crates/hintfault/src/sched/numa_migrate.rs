//! Bringing a task to its preferred node (`task_numa_migrate` and what it asks;
//! kernel/sched/fair.c, core.c, 6.12).
//!
//! An attempt is over before anything else happens, so the mark by which the kernel keeps two
//! attempts from choosing one CPU (`numa_migrate_on`) is only ever set on this attempt's own
//! best CPU.

use crate::calls::Function;
use crate::event::{EventKind, MoveCause};
use crate::explain::watch::Site;
use crate::explain::{Test, Value};
use crate::ids::NodeId;
use crate::sched::domains::adjust_numa_imbalance;
use crate::sched::pelt::CPU_CAPACITY;
use crate::topology::NumaTopologyType;
use crate::world::World;

/// `numa_classify`'s answer (`enum numa_type`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum NumaType {
    HasSpare,
    #[default]
    FullyBusy,
    Overloaded,
}

/// Sums over the CPUs of a node (`struct numa_stats`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct NumaStats {
    pub(crate) load: u64,
    pub(crate) runnable: u64,
    pub(crate) util: u64,
    pub(crate) compute_capacity: u64,
    pub(crate) nr_running: usize,
    pub(crate) weight: usize,
    pub(crate) node_type: NumaType,
    /// An idle CPU that the task may use, at best on an idle core.
    pub(crate) idle_cpu: Option<usize>,
}

/// What is known of an attempt so far (`struct task_numa_env`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TaskNumaEnv {
    pub(crate) task: usize,
    pub(crate) src_cpu: usize,
    pub(crate) src_nid: NodeId,
    pub(crate) dst_cpu: usize,
    pub(crate) dst_nid: NodeId,
    pub(crate) src_stats: NumaStats,
    pub(crate) dst_stats: NumaStats,
    pub(crate) imbalance_pct: u64,
    pub(crate) imb_numa_nr: usize,
    pub(crate) dist: u8,
    pub(crate) best_task: Option<usize>,
    pub(crate) best_imp: i64,
    pub(crate) best_cpu: Option<usize>,
}

/// How much better a node is for the task alone and for its group, in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Improvement {
    pub(crate) task: i64,
    pub(crate) group: i64,
}

/// Whether a free place on the destination may be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MayMove {
    Yes,
    /// The nodes would be out of balance: only an exchange will do.
    No,
}

/// `numa_classify`.
pub(crate) fn numa_classify(imbalance_pct: u64, stats: &NumaStats) -> NumaType {
    let NumaStats { compute_capacity: capacity, util, runnable, nr_running, weight, .. } = *stats;
    if nr_running > weight && (capacity * 100 < util * imbalance_pct || capacity * imbalance_pct < runnable * 100) {
        return NumaType::Overloaded;
    }
    let has_time = capacity * 100 > util * imbalance_pct && capacity * imbalance_pct > runnable * 100;
    if nr_running < weight || has_time { NumaType::HasSpare } else { NumaType::FullyBusy }
}

impl TaskNumaEnv {
    /// `load_too_imbalanced`: whether the two nodes would be further apart than they are.
    pub(crate) fn load_too_imbalanced(&self, src_load: i64, dst_load: i64) -> bool {
        let src_capacity = self.src_stats.compute_capacity as i64;
        let dst_capacity = self.dst_stats.compute_capacity as i64;
        let apart = |src: i64, dst: i64| (dst * src_capacity - src * dst_capacity).abs();
        apart(src_load, dst_load) > apart(self.src_stats.load as i64, self.dst_stats.load as i64)
    }

    /// The first part of `task_numa_find_cpu`, where the destination has room: whether one task
    /// more there is still no imbalance.
    fn has_room_for_one_more(&self) -> bool {
        let src_running = self.src_stats.nr_running.saturating_sub(1);
        let dst_running = self.dst_stats.nr_running + 1;
        let imbalance = dst_running.saturating_sub(src_running) as u64;
        adjust_numa_imbalance(imbalance, dst_running, self.imb_numa_nr) == 0
    }
}

impl World {
    /// `task_numa_migrate` (6.12) for a running task that has a preferred node.
    pub(crate) fn task_numa_migrate(&mut self, task: usize) {
        self.calls.count(Function::TaskNumaMigrate);
        let setup = self.setup.clone();
        let (src_cpu, src_nid) = (self.tasks[task].cpu, self.node_of_task(task));
        assert_eq!(self.rqs[src_cpu].curr, Some(task), "only who runs takes faults");
        self.about_to(Site::Migrate(task));
        let domain = setup.domains.sd_numa(src_cpu);
        self.note(Test::NumaDomain, domain.is_some(), &[Value::Flag(domain.is_some())]);
        let Some(sd_numa) = domain else {
            self.sched_setnuma(task, Some(src_nid));
            return;
        };
        let Some(preferred) = self.tasks[task].numa.preferred_nid else { return };
        let mut env = TaskNumaEnv {
            task,
            src_cpu,
            src_nid,
            dst_cpu: src_cpu,
            dst_nid: preferred,
            src_stats: NumaStats::default(),
            dst_stats: NumaStats::default(),
            imbalance_pct: 100 + (sd_numa.level.imbalance_pct() - 100) / 2,
            imb_numa_nr: sd_numa.imb_numa_nr,
            dist: setup.topology.distance(src_nid, preferred),
            best_task: None,
            best_imp: 0,
            best_cpu: None,
        };
        env.src_stats = self.update_numa_stats(&env, src_nid, FindIdle::No);
        self.try_preferred_node(&mut env);
        let active_nodes = self.numa_group(task).map_or(0, |group| self.groups[group].active_nodes);
        let found = env.best_cpu.is_some();
        self.note(Test::FoundPlace, found, &[self.cpu_value(env.best_cpu), Value::Nothing]);
        if found {
            let nodes = [active_nodes, 1].map(|nodes| Value::Count(nodes.into()));
            self.note(Test::GroupOnMoreNodes, active_nodes > 1, &nodes);
        }
        if !found || active_nodes > 1 {
            self.try_other_nodes(&mut env, preferred);
        }
        self.follow_group(&env);
        self.carry_out(&env);
    }

    fn try_preferred_node(&mut self, env: &mut TaskNumaEnv) {
        let here = self.weights_of(env, env.src_nid);
        self.try_node(env, self.improvement(env, here));
    }

    /// The loop over the other nodes. The distance it weighs with is that to the node looked at
    /// before, as the kernel does.
    fn try_other_nodes(&mut self, env: &mut TaskNumaEnv, preferred: NodeId) {
        let setup = self.setup.clone();
        let mut here = self.weights_of(env, env.src_nid);
        for nid in setup.topology.cpu_nodes() {
            if nid == env.src_nid || nid == preferred {
                continue;
            }
            let dist = setup.topology.distance(env.src_nid, env.dst_nid);
            let is_new_distance = dist != env.dist;
            let mut next = TaskNumaEnv { dist, dst_nid: nid, ..*env };
            if setup.topology.numa_topology_type() == NumaTopologyType::Backplane && is_new_distance {
                here = self.weights_of(&next, env.src_nid);
            }
            let improvement = self.improvement(&next, here);
            let gain = |gain: i64| [Value::Signed(gain), Value::Count(0), Value::Node(nid)];
            self.note(Test::TaskGains, improvement.task >= 0, &gain(improvement.task));
            if improvement.task < 0 {
                self.note(Test::GroupGains, improvement.group >= 0, &gain(improvement.group));
            }
            if improvement.task < 0 && improvement.group < 0 {
                continue;
            }
            self.try_node(&mut next, improvement);
            *env = next;
        }
    }

    /// Weights of a node for the task and for its group, at the distance looked at.
    fn weights_of(&self, env: &TaskNumaEnv, nid: NodeId) -> Improvement {
        Improvement {
            task: self.task_weight(env.task, nid, env.dist) as i64,
            group: self.group_weight(env.task, nid, env.dist) as i64,
        }
    }

    fn improvement(&self, env: &TaskNumaEnv, here: Improvement) -> Improvement {
        let there = self.weights_of(env, env.dst_nid);
        Improvement { task: there.task - here.task, group: there.group - here.group }
    }

    fn try_node(&mut self, env: &mut TaskNumaEnv, improvement: Improvement) {
        env.dst_stats = self.update_numa_stats(env, env.dst_nid, FindIdle::Yes);
        self.task_numa_find_cpu(env, improvement);
    }

    /// `update_numa_stats`.
    fn update_numa_stats(&self, env: &TaskNumaEnv, nid: NodeId, find_idle: FindIdle) -> NumaStats {
        let allowed = &self.tasks[env.task].cpus_allowed;
        let mut stats = NumaStats::default();
        let mut idle_core = None;
        for &cpu in self.setup.topology.node_cpus(nid) {
            let rq = &self.rqs[cpu];
            stats.load += rq.avg.load_avg;
            stats.runnable += rq.avg.runnable_avg;
            stats.util += rq.avg.util_avg.min(CPU_CAPACITY);
            stats.compute_capacity += CPU_CAPACITY;
            stats.nr_running += rq.nr_running();
            stats.weight += 1;
            let is_free = rq.is_idle() && Some(cpu) != env.best_cpu && allowed.binary_search(&cpu).is_ok();
            if find_idle == FindIdle::Yes && is_free {
                stats.idle_cpu = stats.idle_cpu.or(Some(cpu));
                idle_core = idle_core.or_else(|| self.is_core_idle(cpu).then_some(cpu));
            }
        }
        stats.idle_cpu = idle_core.or(stats.idle_cpu);
        stats.node_type = numa_classify(env.imbalance_pct, &stats);
        stats
    }

    /// `task_numa_find_cpu`: takes an idle CPU where that is no imbalance, else compares with
    /// whoever runs on each CPU of the node.
    fn task_numa_find_cpu(&mut self, env: &mut TaskNumaEnv, improvement: Improvement) {
        self.calls.count(Function::TaskNumaFindCpu);
        let has_spare = env.dst_stats.node_type == NumaType::HasSpare;
        let (there, weight) = (env.dst_stats.nr_running as u64, env.dst_stats.weight as u64);
        let spare = [Value::Flag(has_spare), Value::Node(env.dst_nid), Value::Count(there), Value::Count(weight)];
        self.note(Test::NodeHasSpare, has_spare, &spare);
        let may_move = if has_spare {
            let has_room = env.has_room_for_one_more();
            let here = env.src_stats.nr_running as u64;
            self.note(
                Test::RoomForOneMore,
                has_room,
                &[Value::Flag(has_room), Value::Count(there), Value::Count(here)],
            );
            if has_room {
                let idle = self.cpu_value(env.dst_stats.idle_cpu);
                self.note(Test::IdleCpuFound, env.dst_stats.idle_cpu.is_some(), &[idle, Value::Nothing]);
            }
            if let Some(idle) = env.dst_stats.idle_cpu.filter(|_| has_room) {
                // Whatever was found before, and however good it was.
                env.dst_cpu = idle;
                self.task_numa_assign(env, None, 0);
                return;
            }
            has_room
        } else {
            let load = self.task_h_load(env.task) as i64;
            let (src_load, dst_load) = (env.src_stats.load as i64 - load, env.dst_stats.load as i64 + load);
            let apart = env.load_too_imbalanced(src_load, dst_load);
            let loads = [src_load, dst_load, load].map(Value::Signed);
            self.note(Test::LoadTooImbalanced, apart, &[Value::Flag(apart), loads[0], loads[1], loads[2]]);
            !apart
        };
        let may_move = if may_move { MayMove::Yes } else { MayMove::No };
        let setup = self.setup.clone();
        for &cpu in setup.topology.node_cpus(env.dst_nid) {
            if self.tasks[env.task].cpus_allowed.binary_search(&cpu).is_err() {
                continue;
            }
            env.dst_cpu = cpu;
            if self.task_numa_compare(env, improvement, may_move) {
                return;
            }
        }
    }

    /// A CPU by place, for whoever explains.
    pub(crate) fn cpu_value(&self, cpu: Option<usize>) -> Value {
        cpu.map_or(Value::Nothing, |cpu| Value::Cpu(self.setup.topology.cpu_id(cpu)))
    }

    /// `task_numa_assign`: what was found is the best so far. No other attempt is under way that
    /// could have chosen the same CPU.
    pub(crate) fn task_numa_assign(&self, env: &mut TaskNumaEnv, partner: Option<usize>, imp: i64) {
        assert_ne!(env.dst_cpu, env.src_cpu, "the best place is elsewhere");
        env.best_task = partner;
        env.best_imp = imp;
        env.best_cpu = Some(env.dst_cpu);
    }

    /// A member of a group prefers the node it is about to come to, or stays at when nothing was
    /// found, so that the group comes together.
    fn follow_group(&mut self, env: &TaskNumaEnv) {
        if self.numa_group(env.task).is_none() {
            return;
        }
        let nid = env.best_cpu.map_or(env.src_nid, |cpu| self.setup.topology.node_of(cpu));
        if self.tasks[env.task].numa.preferred_nid != Some(nid) {
            self.sched_setnuma(env.task, Some(nid));
        }
    }

    fn carry_out(&mut self, env: &TaskNumaEnv) {
        match (env.best_cpu, env.best_task) {
            (None, _) => {
                let cpu = self.setup.topology.cpu_id(env.src_cpu);
                self.emit(env.task, EventKind::TaskStuck { cpu });
            }
            (Some(cpu), None) => self.migrate_task_to(env.task, cpu),
            (Some(cpu), Some(partner)) => self.migrate_swap(env.task, partner, cpu),
        }
    }

    /// `migrate_task_to` (kernel/sched/core.c, 6.12): a running task goes to another CPU.
    fn migrate_task_to(&mut self, task: usize, cpu: usize) {
        let from = self.tasks[task].cpu;
        self.requeue_task(task, cpu);
        self.emit_moved(task, from, MoveCause::NumaMove);
        self.resched(cpu);
        self.resched(from);
    }

    /// `migrate_swap` (kernel/sched/core.c, 6.12): two running tasks change places.
    fn migrate_swap(&mut self, task: usize, partner: usize, cpu: usize) {
        self.calls.count(Function::MigrateSwap);
        let from = self.tasks[task].cpu;
        assert_eq!(self.tasks[partner].cpu, cpu, "the partner runs where it was found");
        self.requeue_task(task, cpu);
        self.requeue_task(partner, from);
        self.emit_moved(task, from, MoveCause::NumaSwap);
        self.emit_moved(partner, cpu, MoveCause::NumaSwap);
        self.resched(cpu);
        self.resched(from);
    }
}

/// Whether to look for an idle CPU too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum FindIdle {
    Yes,
    No,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A node of four CPUs.
    pub(crate) fn node(nr_running: usize, load: u64) -> NumaStats {
        NumaStats { nr_running, load, weight: 4, compute_capacity: 4096, ..NumaStats::default() }
    }

    pub(crate) fn env(src_stats: NumaStats, dst_stats: NumaStats) -> TaskNumaEnv {
        TaskNumaEnv {
            task: 0,
            src_cpu: 0,
            src_nid: NodeId(0),
            dst_cpu: 4,
            dst_nid: NodeId(1),
            src_stats,
            dst_stats,
            imbalance_pct: 108,
            imb_numa_nr: 1,
            dist: 20,
            best_task: None,
            best_imp: 0,
            best_cpu: None,
        }
    }

    #[test]
    fn nodes_are_classified_as_in_the_worked_examples() {
        let class =
            |nr_running, util, runnable| numa_classify(108, &NumaStats { util, runnable, ..node(nr_running, 0) });
        assert_eq!(class(3, 4096, 6000), NumaType::HasSpare);
        assert_eq!(class(4, 4000, 4096), NumaType::FullyBusy);
        assert_eq!(class(4, 3000, 3000), NumaType::HasSpare);
        assert_eq!(class(6, 4096, 6000), NumaType::Overloaded);
        assert_eq!(class(6, 3000, 3000), NumaType::HasSpare);
    }

    #[test]
    fn equal_nodes_refuse_what_takes_them_further_apart() {
        const LOAD: u64 = 1023;
        let moves = |src: usize, dst: usize| {
            let env = env(node(src, src as u64 * LOAD), node(dst, dst as u64 * LOAD));
            let (src_load, dst_load) = (env.src_stats.load as i64, env.dst_stats.load as i64);
            !env.load_too_imbalanced(src_load - LOAD as i64, dst_load + LOAD as i64)
        };
        assert!(moves(5, 3) && !moves(4, 4) && moves(5, 4) && !moves(3, 4));
    }

    #[test]
    fn two_on_two_and_one_on_two_may_not_change_sides() {
        let room = |src, dst| env(node(src, 0), node(dst, 0)).has_room_for_one_more();
        assert!(!room(2, 1), "one more would be an imbalance of one, with two running there");
        assert!(room(1, 0) && room(3, 1) && room(4, 2) && !room(3, 2));
    }
}
