//! Balancing load between CPUs, when a CPU goes idle and from time to time
//! (`sched_balance_domains`, `sched_balance_rq`, `sched_balance_newidle`;
//! kernel/sched/fair.c, 6.12).

use alloc::vec::Vec;

use crate::event::MoveCause;
use crate::explain::watch::Site;
use crate::sched::balance_stats::{Busiest, FbqType, Imbalance, MigrationType, fbq_classify};
use crate::sched::detach::Pinned;
use crate::sched::domains::{DomainLevel, SchedDomain, SchedGroup};
use crate::sched::pelt::CPU_CAPACITY;
use crate::sched::rq::DomainBalance;
use crate::time::Jiffies;
use crate::world::World;

/// Why a CPU balances (`enum cpu_idle_type`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CpuIdleType {
    Busy,
    Idle,
    NewlyIdle,
}

/// One pass over one domain (`struct lb_env`).
pub(crate) struct LbEnv<'a> {
    pub(crate) domain: &'a SchedDomain,
    /// Place of the domain among those of the CPU.
    pub(crate) level: usize,
    pub(crate) dst_cpu: usize,
    /// The CPU that balances, and whose domain it is.
    pub(crate) own_cpu: usize,
    pub(crate) idle: CpuIdleType,
    pub(crate) nr_balance_failed: u32,
    /// CPUs that turned out to have only tasks bound to them.
    pub(crate) excluded: Vec<usize>,
}

/// How a pass ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pass {
    /// Another CPU balances for the group.
    NotMine,
    /// Nothing needs to be moved, or nothing can.
    Balanced,
    /// Tasks were moved, or should have been.
    Tried { moved: usize },
}

/// Longer intervals are cut to a tenth of a second for each CPU.
const MAX_INTERVAL_PER_SECOND: u64 = 10;
const BUSY_FACTOR: u32 = 16;

impl DomainBalance {
    /// The domains of a CPU at the start, just balanced.
    pub(crate) fn start(domains: &[SchedDomain], now: Jiffies) -> Vec<Self> {
        let fresh = |domain: &SchedDomain| Self {
            last_balance: now,
            balance_interval_ms: domain.min_interval_ms(),
            nr_balance_failed: 0,
        };
        domains.iter().map(fresh).collect()
    }
}

impl World {
    /// `sched_balance_trigger`: balances the domains of a CPU that are due.
    pub(crate) fn sched_balance_trigger(&mut self, cpu: usize) {
        let now = self.jiffies();
        if self.rqs[cpu].domains.is_empty() || now.is_before(self.rqs[cpu].next_balance) {
            return;
        }
        self.sched_balance_domains(cpu, now);
    }

    /// `sched_balance_domains`.
    fn sched_balance_domains(&mut self, cpu: usize, now: Jiffies) {
        const MINUTE_S: u64 = 60;
        let setup = self.setup.clone();
        let mut next = now.plus(MINUTE_S * self.hz().get());
        for (level, domain) in setup.domains.of(cpu).iter().enumerate() {
            let idle = if self.rqs[cpu].is_idle() { CpuIdleType::Idle } else { CpuIdleType::Busy };
            let due = self.next_balance_of(cpu, level, idle);
            let mut is_mine = true;
            if !now.is_before(due) {
                is_mine = self.sched_balance_rq(cpu, domain, level, idle) != Pass::NotMine;
                self.rqs[cpu].domains[level].last_balance = now;
            }
            let due = self.next_balance_of(cpu, level, idle);
            if due.is_before(next) {
                next = due;
            }
            if !is_mine {
                break;
            }
        }
        self.rqs[cpu].next_balance = next;
    }

    /// When a domain is due: `get_sd_balance_interval` after the last time.
    fn next_balance_of(&self, cpu: usize, level: usize, idle: CpuIdleType) -> Jiffies {
        let state = &self.rqs[cpu].domains[level];
        let hz = self.hz();
        let longest = (hz.get() * self.rqs.len() as u64 / MAX_INTERVAL_PER_SECOND).max(1);
        let ticks = match idle {
            // One tick less, so that CPUs do not stay in step with each other.
            CpuIdleType::Busy => hz.msecs_to_jiffies(state.balance_interval_ms * BUSY_FACTOR).saturating_sub(1),
            CpuIdleType::Idle | CpuIdleType::NewlyIdle => hz.msecs_to_jiffies(state.balance_interval_ms),
        };
        state.last_balance.plus(ticks.clamp(1, longest))
    }

    /// `sched_balance_newidle`: a CPU that is about to go idle takes one task from the nearest
    /// CPU that has more than one. Its idle times are not compared with the cost.
    pub(crate) fn sched_balance_newidle(&mut self, cpu: usize) {
        let is_overloaded = self.rqs.iter().any(|rq| rq.nr_running() > 1);
        if !is_overloaded {
            return;
        }
        let setup = self.setup.clone();
        for (level, domain) in setup.domains.of(cpu).iter().enumerate() {
            self.sched_balance_rq(cpu, domain, level, CpuIdleType::NewlyIdle);
            if !self.rqs[cpu].is_idle() {
                return;
            }
        }
    }

    /// `sched_balance_rq`, with what it remembers afterwards.
    fn sched_balance_rq(&mut self, cpu: usize, domain: &SchedDomain, level: usize, idle: CpuIdleType) -> Pass {
        let nr_balance_failed = self.rqs[cpu].domains[level].nr_balance_failed;
        let mut env =
            LbEnv { domain, level, dst_cpu: cpu, own_cpu: cpu, idle, nr_balance_failed, excluded: Vec::new() };
        let pass = if self.should_we_balance(&env) { self.relieve_busiest(&mut env) } else { Pass::NotMine };
        let (least, most) = (domain.min_interval_ms(), 2 * domain.min_interval_ms());
        let state = &mut self.rqs[cpu].domains[level];
        match pass {
            Pass::Tried { moved } => {
                state.balance_interval_ms = least;
                if moved > 0 {
                    state.nr_balance_failed = 0;
                }
            }
            Pass::NotMine | Pass::Balanced => {
                state.nr_balance_failed = 0;
                if idle != CpuIdleType::NewlyIdle && state.balance_interval_ms < most {
                    state.balance_interval_ms *= 2;
                }
            }
        }
        pass
    }

    /// `should_we_balance`: one CPU balances for its group: the first idle one, at best on an
    /// idle core; the first if none is idle.
    fn should_we_balance(&self, env: &LbEnv<'_>) -> bool {
        if env.idle == CpuIdleType::NewlyIdle {
            return self.rqs[env.dst_cpu].is_idle();
        }
        let mask = &env.domain.local_group().balance_mask;
        let within_core = env.domain.level == DomainLevel::Smt;
        let mut first_on_busy_core = None;
        for &cpu in mask.iter().filter(|&&cpu| self.rqs[cpu].is_idle()) {
            if within_core || self.is_core_idle(cpu) {
                return cpu == env.dst_cpu;
            }
            first_on_busy_core = first_on_busy_core.or(Some(cpu));
        }
        first_on_busy_core == Some(env.dst_cpu) || mask[0] == env.dst_cpu
    }

    /// The part of `sched_balance_rq` that looks for tasks and moves them.
    fn relieve_busiest(&mut self, env: &mut LbEnv<'_>) -> Pass {
        loop {
            let Some(busiest) = self.sched_balance_find_src_group(env) else { return Pass::Balanced };
            let Some(src) = self.sched_balance_find_src_rq(env, &busiest) else { return Pass::Balanced };
            let migration = busiest.imbalance.migration;
            let (moved, pinned) = self.pull_tasks(env, src, busiest.imbalance);
            if moved > 0 {
                return Pass::Tried { moved };
            }
            if pinned == Pinned::All {
                env.excluded.push(src);
                let local = &env.domain.local_group().cpus;
                let is_left = |cpu: &usize| !env.excluded.contains(cpu) && local.binary_search(cpu).is_err();
                if env.domain.span.iter().any(is_left) {
                    continue;
                }
                return Pass::Balanced;
            }
            return self.nothing_moved(env, src, migration);
        }
    }

    /// `detach_tasks` and `attach_tasks`. A task that may not go to the balancing CPU but to
    /// another one of its group goes there.
    fn pull_tasks(&mut self, env: &mut LbEnv<'_>, src: usize, imbalance: Imbalance) -> (usize, Pinned) {
        if self.rqs[src].nr_running() <= 1 {
            return (0, Pinned::Some);
        }
        let mut left = imbalance;
        let mut pulled = self.detach_tasks(env, src, &mut left);
        let mut moved = self.attach_tasks(&pulled.tasks, src);
        if let Some(other) = pulled.new_dst_cpu.filter(|_| left.amount > 0) {
            let own = core::mem::replace(&mut env.dst_cpu, other);
            pulled = self.detach_tasks(env, src, &mut left);
            moved += self.attach_tasks(&pulled.tasks, src);
            env.dst_cpu = own;
            if !pulled.tasks.is_empty() {
                self.resched(other);
            }
        }
        (moved, pulled.pinned)
    }

    fn attach_tasks(&mut self, tasks: &[usize], from: usize) -> usize {
        for &task in tasks {
            self.enqueue_task(task);
            self.emit_moved(task, from, MoveCause::LoadBalance);
        }
        tasks.len()
    }

    /// Nothing could be moved though it should have been: after some failures the running task
    /// is pushed away (`need_active_balance`).
    fn nothing_moved(&mut self, env: &LbEnv<'_>, src: usize, migration: MigrationType) -> Pass {
        let state = &mut self.rqs[env.dst_cpu].domains[env.level];
        if env.idle != CpuIdleType::NewlyIdle {
            state.nr_balance_failed += 1;
        }
        let patience = env.domain.level.active_balance_tries();
        if migration != MigrationType::Task || state.nr_balance_failed <= patience {
            return Pass::Tried { moved: 0 };
        }
        let may_come = |task: usize| self.tasks[task].cpus_allowed.binary_search(&env.dst_cpu).is_ok();
        if !self.rqs[src].curr.is_some_and(may_come) {
            return Pass::Balanced;
        }
        self.active_load_balance(env, src);
        Pass::Tried { moved: 0 }
    }

    /// `active_load_balance_cpu_stop`: interrupts the running task and takes the first task of
    /// the queue that may go.
    fn active_load_balance(&mut self, env: &LbEnv<'_>, src: usize) {
        let may_come = |&task: &usize| self.tasks[task].cpus_allowed.binary_search(&env.dst_cpu).is_ok();
        let longest_first = self.rqs[src].queued().filter(may_come);
        let Some(task) = longest_first.min_by_key(|&task| self.tasks[task].se.list_stamp) else { return };
        self.about_to(Site::Push { task, dst: env.dst_cpu, level: env.level });
        self.requeue_task(task, env.dst_cpu);
        self.rqs[env.dst_cpu].domains[env.level].nr_balance_failed = 0;
        self.emit_moved(task, src, MoveCause::LoadBalance);
        self.resched(src);
    }

    /// `sched_balance_find_src_rq`: the queue of the busiest group to take from.
    fn sched_balance_find_src_rq(&self, env: &LbEnv<'_>, busiest: &Busiest<'_>) -> Option<usize> {
        let mut best: Option<(u64, usize)> = None;
        for cpu in candidates(busiest.group, env) {
            let rq = &self.rqs[cpu];
            let count = rq.nr_running();
            if count == 0 || self.fbq_classify_rq(cpu, busiest.fbq_type) > busiest.fbq_type {
                continue;
            }
            let load = rq.avg.load_avg;
            let figure = match busiest.imbalance.migration {
                // A single task that is more than the whole imbalance would only change places.
                MigrationType::Load if count == 1 && load > busiest.imbalance.amount => continue,
                MigrationType::Load => load,
                MigrationType::Util if count == 1 => continue,
                MigrationType::Util => rq.avg.util_avg.min(CPU_CAPACITY),
                MigrationType::Task => count as u64,
            };
            if figure > best.map_or(0, |(figure, _)| figure) {
                best = Some((figure, cpu));
            }
        }
        best.map(|(_, cpu)| cpu)
    }

    /// The class of one queue; not looked at where every class will do.
    fn fbq_classify_rq(&self, cpu: usize, limit: FbqType) -> FbqType {
        if limit == FbqType::All {
            return limit;
        }
        let (rq, node) = (&self.rqs[cpu], self.setup.topology.node_of(cpu));
        fbq_classify(rq.nr_running(), rq.nr_numa_running(&self.tasks), rq.nr_preferred_running(&self.tasks, node))
    }
}

fn candidates<'a>(group: &'a SchedGroup, env: &'a LbEnv<'_>) -> impl Iterator<Item = usize> {
    group.cpus.iter().copied().filter(|cpu| !env.excluded.contains(cpu))
}
