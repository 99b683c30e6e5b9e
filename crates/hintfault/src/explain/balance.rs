//! Moves that the balancing of memory did not ask for: wake-ups, `sched_setaffinity`, the load
//! balancer; and what any move does to a task's scan period.

use alloc::vec::Vec;

use crate::event::MoveCause;
use crate::explain::End;
use crate::explain::check::Chain;
use crate::explain::replay::Replay;
use crate::explain::test::Test;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, Verdict};
use crate::explain::watch::{Moment, Site};
use crate::ids::CpuId;
use crate::sched::balance::{CpuIdleType, LbEnv};
use crate::sched::detach::{Locality, Pull, share_fits, shr_bound};
use crate::world::World;

impl Replay {
    /// The chain of a move by anybody but `task_numa_migrate`.
    #[inline]
    pub(crate) fn explain_moved(&self, [from, to]: [CpuId; 2], cause: MoveCause, chain: &mut Chain) -> End {
        let task = self.task();
        let next = match cause {
            MoveCause::Affinity => {
                self.ask_affinity(task, chain);
                Next::new(Change::AffinityAllows, &[Value::Cpu(from)])
            }
            MoveCause::Wakeup => Next::new(Change::CpuIdleThen, &[Value::Cpu(from)]),
            _ => Next::new(Change::AffinityForbids, &[Value::Cpu(to)]),
        };
        let decided = self.moments().find(|moment| match moment.site {
            Site::Wake(of) => of == task,
            Site::Detach(pull) => pull.task == task,
            Site::Push { task: of, .. } => of == task,
            _ => false,
        });
        if let Some(Moment { site, world }) = decided {
            match *site {
                Site::Detach(pull) => world.ask_pull(&pull, chain),
                Site::Push { dst, level, .. } => world.ask_push(dst, level, chain),
                _ => world.ask_wakeup(task, chain),
            }
        }
        self.ask_scan_period(chain);
        (Verdict::Moved(to, cause), next)
    }

    /// Asks with the affinity that has just been set.
    #[inline]
    fn ask_affinity(&self, task: usize, chain: &mut Chain) {
        let (before, after) = (&self.before, &self.after);
        let (from, to) = (before.tasks[task].cpu, after.tasks[task].cpu);
        let cpu_id = |cpu| before.setup.topology.cpu_id(cpu);
        let stays = after.is_allowed(task, from);
        chain.ask(Test::CpuStillAllowed, stays, &[Value::Flag(stays), Value::Cpu(cpu_id(from))]);
        let last = before.distribute_cpu_mask_prev;
        chain.ask(Test::NextInTurn, to > last, &[to, last].map(|cpu| Value::Cpu(cpu_id(cpu))));
    }

    /// `update_scan_period` of the move.
    #[inline]
    pub(crate) fn ask_scan_period(&self, chain: &mut Chain) {
        let moved = self.moments().find_map(|moment| match moment.site {
            Site::Move { task, to } if task == self.task() => Some((&moment.world, to)),
            _ => None,
        });
        if let Some((world, to)) = moved {
            world.ask_update_scan_period(self.task(), to, chain);
        }
    }
}

impl World {
    #[inline]
    fn cpu_or_nothing(&self, cpu: Option<usize>) -> [Value; 2] {
        [cpu.map_or(Value::Nothing, |cpu| Value::Cpu(self.setup.topology.cpu_id(cpu))), Value::Nothing]
    }

    /// `select_task_rq` of a wake-up.
    #[inline]
    fn ask_wakeup(&self, task: usize, chain: &mut Chain) {
        let prev = self.tasks[task].cpu;
        let id = |cpu| Value::Cpu(self.setup.topology.cpu_id(cpu));
        let allowed = self.tasks[task].cpus_allowed.len();
        if chain.ask(Test::OneCpuAllowed, allowed == 1, &[Value::Count(allowed as u64), Value::Count(1)]) {
            return;
        }
        let free = [Value::Flag(self.rqs[prev].is_idle()), Value::Flag(self.is_allowed(task, prev)), id(prev)];
        if chain.ask(Test::PrevCpuFree, self.is_free_for(task, prev), &free) {
            return;
        }
        let (core, cpu) = (self.idle_core_near(task, prev), self.idle_cpu_near(task, prev));
        let _ = chain.ask(Test::IdleCoreNear, core.is_some(), &self.cpu_or_nothing(core))
            || chain.ask(Test::IdleCpuNear, cpu.is_some(), &self.cpu_or_nothing(cpu));
        let found = core.or(cpu).unwrap_or(prev);
        let may = self.is_allowed(task, found);
        chain.ask(Test::FoundCpuAllowed, may, &[Value::Flag(may), id(found)]);
    }

    /// `detach_tasks` for one task.
    #[inline]
    fn ask_pull(&self, pull: &Pull, chain: &mut Chain) {
        let Pull { task, src, dst, own, level, idle, nr_balance_failed, left } = *pull;
        let setup = self.setup.clone();
        let domain = &setup.domains.of(own)[level];
        let excluded = Vec::new();
        let env = LbEnv { domain, level, dst_cpu: dst, own_cpu: own, idle, nr_balance_failed, excluded };
        let id = |cpu| Value::Cpu(setup.topology.cpu_id(cpu));
        let running = self.rqs[src].nr_running();
        if idle != CpuIdleType::Busy {
            chain.ask(Test::QueueHasMore, running > 1, &[Value::Count(running as u64), Value::Count(1), id(src)]);
        }
        chain.ask(Test::ImbalanceLeft, left.amount > 0, &[left.amount, 0].map(Value::Count));
        let may = self.is_allowed(task, dst);
        chain.ask(Test::DstAllowed, may, &[Value::Flag(may), id(dst)]);
        chain.is(Test::TaskRuns, self.rqs[src].curr == Some(task));
        if self.ask_loss(&env, task, src, chain) {
            let tries = domain.level.cache_nice_tries();
            let rounds = [nr_balance_failed, tries].map(|rounds| Value::Count(rounds.into()));
            chain.ask(Test::FailedOften, nr_balance_failed > tries, &rounds);
        }
        let share = self.share_of(task, left.migration);
        let figures = [left.amount, shr_bound(share, nr_balance_failed), share].map(Value::Count);
        chain.ask(Test::ShareFits, share_fits(share, nr_balance_failed, left), &figures);
    }

    /// What the task would lose by the move: memory near it, or a warm cache.
    #[inline]
    fn ask_loss(&self, env: &LbEnv<'_>, task: usize, src: usize, chain: &mut Chain) -> bool {
        let topology = &self.setup.topology;
        let locality = self.migrate_degrades_locality(env, task, src);
        let worse = locality == Locality::Worse;
        let nodes = [src, env.dst_cpu].map(|cpu| Value::Node(topology.node_of(cpu)));
        let preferred = Value::node(self.tasks[task].numa.preferred_nid);
        if chain.ask(Test::LosesLocality, worse, &[Value::Flag(worse), nodes[0], nodes[1], preferred]) {
            return true;
        }
        if locality == Locality::Better {
            return false;
        }
        let hot = self.task_hot(env, task);
        let times = [self.tasks[task].se.exec_start, self.now].map(Value::Runtime);
        chain.ask(Test::CacheHot, hot, &[Value::Flag(hot), times[0], times[1]])
    }

    /// `need_active_balance`.
    #[inline]
    fn ask_push(&self, dst: usize, level: usize, chain: &mut Chain) {
        let failed = self.rqs[dst].domains[level].nr_balance_failed;
        let tries = self.setup.domains.of(dst)[level].level.active_balance_tries();
        let rounds = [failed, tries].map(|rounds| Value::Count(rounds.into()));
        chain.ask(Test::FailedTooOften, failed > tries, &rounds);
    }

    /// `update_scan_period`, asked just before a task belongs to another CPU.
    #[inline]
    fn ask_update_scan_period(&self, task: usize, to: usize, chain: &mut Chain) {
        let (src, dst) = (self.node_of_task(task), self.setup.topology.node_of(to));
        let numa = &self.tasks[task].numa;
        let (on, recorded) = (self.sysctl.numa_balancing != 0, !numa.faults.is_empty());
        if !chain.ask(Test::HasRecords, on && recorded, &[on, recorded].map(Value::Flag))
            || !chain.ask(Test::NodeChanges, src != dst, &[src, dst].map(Value::Node))
            || !chain.ask(Test::HasSummedUp, numa.scan_seq != 0, &[numa.scan_seq, 0].map(Value::Pass))
        {
            return;
        }
        let (preferred, home) = (Value::node(numa.preferred_nid), numa.preferred_nid == Some(dst));
        if chain.ask(Test::ComesHome, home, &[Value::Node(dst), preferred]) {
            return;
        }
        let (has, elsewhere) = (numa.preferred_nid.is_some(), numa.preferred_nid != Some(src));
        let figures = [Value::Flag(has), Value::Flag(elsewhere), preferred, Value::Node(src)];
        chain.ask(Test::WasAway, has && elsewhere, &figures);
    }
}
