//! Whether a task should take a CPU of another node, alone or in exchange for the task that runs
//! there (`task_numa_compare`; kernel/sched/fair.c, 6.12).

use crate::calls::Function;
use crate::explain::{Test, Value};
use crate::sched::numa_migrate::{Improvement, MayMove, NumaType, TaskNumaEnv};
use crate::world::World;

/// Exchanges must be worth more than this, in thousandths (`SMALLIMP`).
const SMALLIMP: i64 = 30;

/// Where the task to exchange with would rather be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Preference {
    /// On the node the task comes from: the exchange helps both.
    Source,
    /// Where it is.
    Destination,
    Neither,
}

/// What an exchange is worth to both, from what it is worth by faults: partners that are where
/// they prefer to be are moved a little less readily, those that prefer the other node more.
fn with_preference(imp: i64, preference: Preference) -> i64 {
    match preference {
        Preference::Destination => imp - imp / 16,
        Preference::Source => imp + imp / 8,
        Preference::Neither => imp,
    }
}

impl World {
    /// `task_numa_compare` (6.12). True if no further CPU of the node needs to be looked at.
    pub(crate) fn task_numa_compare(
        &mut self,
        env: &mut TaskNumaEnv,
        improvement: Improvement,
        may_move: MayMove,
    ) -> bool {
        self.calls.count(Function::TaskNumaCompare);
        if env.best_cpu == Some(env.dst_cpu) {
            return false;
        }
        let cur = self.rqs[env.dst_cpu].curr;
        if cur == Some(env.task) {
            return true;
        }
        let has_group = self.numa_group(env.task).is_some();
        let move_imp = if has_group { improvement.group } else { improvement.task };
        let chosen = match cur {
            None => (may_move == MayMove::Yes && move_imp >= env.best_imp).then_some((None, move_imp)),
            Some(cur) => self.weigh_exchange(env, cur, improvement, move_imp, may_move),
        };
        let Some((partner, imp)) = chosen else {
            self.note_cpu(env, cur, None);
            return false;
        };
        if partner.is_none() {
            env.dst_cpu = self.idle_place(env);
        }
        self.note_cpu(env, partner, Some(imp));
        self.task_numa_assign(env, partner, imp);
        self.is_good_enough(env, partner, may_move)
    }

    /// Tells whoever explains what a CPU is worth, if anything.
    fn note_cpu(&mut self, env: &TaskNumaEnv, partner: Option<usize>, imp: Option<i64>) {
        let partner = partner.map_or(Value::Nothing, |task| Value::Tid(self.tasks[task].tid));
        let (cpu, worth) = (self.cpu_value(Some(env.dst_cpu)), imp.map_or(Value::Nothing, Value::Signed));
        self.note(Test::CpuIsBest, imp.is_some(), &[Value::Flag(imp.is_some()), cpu, partner, worth]);
    }

    /// The tests for a task that runs on the destination: whom to exchange with, or nobody if
    /// the task should rather go there beside it, and what that is worth; none to leave it.
    fn weigh_exchange(
        &self,
        env: &TaskNumaEnv,
        cur: usize,
        improvement: Improvement,
        move_imp: i64,
        may_move: MayMove,
    ) -> Option<(Option<usize>, i64)> {
        if self.tasks[cur].cpus_allowed.binary_search(&env.src_cpu).is_err() {
            return None;
        }
        let preference = self.preference_of(env, cur);
        let best = env.best_task.map(|best| self.preference_of(env, best));
        let wants_here = preference == Preference::Source;
        if best == Some(Preference::Source) && !wants_here {
            return None;
        }
        let imp = with_preference(self.exchange_imp(env, cur, improvement)?, preference);
        if may_move == MayMove::Yes && move_imp > imp && move_imp > env.best_imp {
            return Some((None, move_imp));
        }
        if wants_here && best.is_some_and(|best| best != Preference::Source) {
            return Some((Some(cur), imp));
        }
        if imp < SMALLIMP || imp <= env.best_imp + SMALLIMP / 2 {
            return None;
        }
        let load = self.task_h_load(env.task) as i64 - self.task_h_load(cur) as i64;
        let (src_load, dst_load) = (env.src_stats.load as i64 - load, env.dst_stats.load as i64 + load);
        let is_fair = load == 0 || !env.load_too_imbalanced(src_load, dst_load);
        is_fair.then_some((Some(cur), imp))
    }

    fn preference_of(&self, env: &TaskNumaEnv, task: usize) -> Preference {
        match self.tasks[task].numa.preferred_nid {
            Some(nid) if nid == env.src_nid => Preference::Source,
            Some(nid) if nid == env.dst_nid => Preference::Destination,
            _ => Preference::Neither,
        }
    }

    /// What an exchange is worth by faults. None if both are of one group, or neither is of any,
    /// and the destination has room: exchanging would bring nothing that moving does not.
    fn exchange_imp(&self, env: &TaskNumaEnv, cur: usize, improvement: Improvement) -> Option<i64> {
        let (src, dst, dist) = (env.src_nid, env.dst_nid, env.dist);
        let by_task = || self.task_weight(cur, src, dist) as i64 - self.task_weight(cur, dst, dist) as i64;
        let by_group = || self.group_weight(cur, src, dist) as i64 - self.group_weight(cur, dst, dist) as i64;
        let (own, other) = (self.numa_group(env.task), self.numa_group(cur));
        if own == other {
            if env.dst_stats.node_type == NumaType::HasSpare {
                return None;
            }
            let imp = improvement.task + by_task();
            return Some(if other.is_some() { imp - imp / 16 } else { imp });
        }
        let own_imp = if own.is_some() { improvement.group } else { improvement.task };
        let both = own.is_some() && other.is_some();
        Some(own_imp + if both { by_group() } else { by_task() })
    }

    /// The CPU for a move without exchange: the idle one found before, else the one looked at;
    /// the best so far if only that one is idle.
    fn idle_place(&self, env: &TaskNumaEnv) -> usize {
        let cpu = env.dst_stats.idle_cpu.unwrap_or(env.dst_cpu);
        let is_idle = |cpu: &usize| self.rqs[*cpu].is_idle();
        match env.best_cpu.filter(is_idle) {
            Some(best) if !is_idle(&cpu) => best,
            _ => cpu,
        }
    }

    /// An idle CPU, or a partner that gains as well, will do.
    fn is_good_enough(&self, env: &TaskNumaEnv, partner: Option<usize>, may_move: MayMove) -> bool {
        match may_move {
            MayMove::Yes => partner.is_none() && env.best_cpu.is_some_and(|cpu| self.rqs[cpu].is_idle()),
            MayMove::No => env.best_task.is_some_and(|best| self.preference_of(env, best) == Preference::Source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_weigh_as_in_the_worked_example() {
        let imp = 600 + 500 - 450;
        let worth = [Preference::Neither, Preference::Destination, Preference::Source].map(|p| with_preference(imp, p));
        assert_eq!(worth, [650, 610, 731]);
        assert_eq!(with_preference(-650, Preference::Destination), -610, "truncated toward zero");
    }
}
