//! One number for the whole state, equal for equal states on every target.

use crate::ids::{HPAGE_PMD_NR, NodeSet};
use crate::input::Sysctl;
use crate::mempolicy::Mempolicy;
use crate::mm::Mm;
use crate::mm::folio::Object;
use crate::mm::vma::Vma;
use crate::sched::rq::RunQueue;
use crate::sched::task::{Activity, State, Task};
use crate::world::World;

/// FNV-1a over 64-bit words: simple, and the same everywhere.
struct Digest(u64);

impl Digest {
    // Once in the program, not at each of the hundred places that call it.
    #[inline(never)]
    fn word(&mut self, word: u64) {
        for byte in word.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    #[inline(never)]
    fn words(&mut self, words: &[u64]) {
        for &word in words {
            self.word(word);
        }
    }
}

impl World {
    /// A number over the whole state. Runs that agree on it stand at the same point and go on
    /// alike.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut digest = Digest(0xCBF2_9CE4_8422_2325);
        digest.words(&[self.now.0, self.timers.ticks(), self.log.next_seq()]);
        digest_sysctl(&mut digest, self.sysctl);
        for mm in &self.mms {
            digest_mm(&mut digest, mm, &self.objects, self.memory.nodes());
        }
        for group in &self.groups {
            digest.words(&[group.gid.0.into(), group.nr_tasks.into(), group.active_nodes.into(), group.total_faults]);
            digest.words(&group.faults);
        }
        for task in &self.tasks {
            digest_task(&mut digest, task);
        }
        for rq in &self.rqs {
            digest_rq(&mut digest, rq);
        }
        self.access_ns.iter().for_each(|&cost| digest.word(cost.into()));
        for &node in self.setup.topology.online() {
            digest.word(self.memory.free_pages(node));
        }
        let stat = self.vmstat();
        digest.words(&[stat.pgfault, stat.pgreuse, stat.numa_pte_updates, stat.numa_hint_faults]);
        digest.words(&[stat.numa_hint_faults_local, stat.numa_pages_migrated, stat.numa_hit, stat.numa_miss]);
        digest.0
    }
}

fn digest_rq(digest: &mut Digest, rq: &RunQueue) {
    digest.words(&[rq.curr.map_or(u64::MAX, |task| task as u64), rq.next_balance.0]);
    digest.words(&[rq.avg.load_avg, rq.avg.runnable_avg, rq.avg.util_avg]);
    for domain in &rq.domains {
        digest.words(&[domain.last_balance.0, domain.balance_interval_ms.into(), domain.nr_balance_failed.into()]);
    }
}

fn digest_sysctl(digest: &mut Digest, sysctl: Sysctl) {
    digest.words(&[sysctl.numa_balancing.into(), sysctl.scan_delay_ms.into(), sysctl.scan_size_mb.into()]);
    digest.words(&[sysctl.scan_period_min_ms.into(), sysctl.scan_period_max_ms.into()]);
}

fn digest_mm(digest: &mut Digest, mm: &Mm, objects: &[Object], all: NodeSet) {
    if mm.mems_allowed != all {
        digest.word(mm.mems_allowed.0);
    }
    if mm.stopped {
        digest.word(1 << 48);
    }
    digest.words(&[mm.numa_next_scan.0, mm.numa_scan_offset.0, mm.numa_scan_seq as u64, u64::from(mm.mm_users)]);
    for vma in &mm.vmas {
        digest_vma(digest, vma, &objects[vma.object]);
    }
}

/// The default policy leaves no trace.
#[inline(never)]
fn digest_policy(digest: &mut Digest, policy: Mempolicy) {
    let home_node = policy.home_node.map_or(u64::MAX, |node| node.0.into());
    digest.words(&[u64::from(policy.mode as u16 | policy.flags.0), policy.nodes.0, policy.w.0, home_node]);
}

fn digest_vma(digest: &mut Digest, vma: &Vma, object: &Object) {
    vma.policy.iter().for_each(|&policy| digest_policy(digest, policy));
    if !vma.is_whole() {
        digest.words(&[vma.start.0, vma.pages.into(), vma.anon_vma.map_or(0, |anon_vma| anon_vma.id.into())]);
    }
    for &(lo, hi, policy) in object.policy.ranges() {
        digest.word(u64::from(lo) << 32 | u64::from(hi));
        digest_policy(digest, policy);
    }
    if let Some(numab) = vma.numab {
        digest.words(&[numab.next_scan.0, numab.pids_active_reset.0]);
        digest.words(&numab.pids_active);
        digest.words(&[numab.start_scan_seq as u64, numab.prev_scan_seq as u64]);
    }
    for (table, chunk) in vma.tables().zip(object.chunks()) {
        digest.words(table.present().words());
        digest.words(table.hint().words());
        digest.words(table.write().words());
        for bit in table.present().ones() {
            let node = chunk.node(bit).map_or(u64::from(HPAGE_PMD_NR), |node| u64::from(node.0));
            digest.word(node << 32 | u64::from(chunk.last_cpupid(bit)));
            chunk.owner(bit).iter().for_each(|&owner| digest.word(1 << 48 | u64::from(owner)));
        }
    }
}

fn digest_task(digest: &mut Digest, task: &Task) {
    let (se, numa, exec) = (&task.se, &task.numa, &task.exec);
    let state = match task.state {
        State::New => 0,
        State::Queued => 1,
        State::Sleeping => 2,
        State::Dead => 3,
        State::Unborn => 4,
    };
    let activity = match exec.activity {
        Activity::User => 0,
        Activity::Fault => 1,
        Activity::Scan(_) => 2,
    };
    if let Some(policy) = task.policy {
        digest_policy(digest, policy);
        digest.word(u64::from(task.interleaving.prev) << 8 | u64::from(task.interleaving.weight));
    }
    digest.words(&[state, activity, task.cpu as u64, se.sum_exec_runtime.0, se.vruntime as u64, se.avg.load_sum()]);
    digest.words(&[se.deadline as u64, se.vlag as u64, se.avg.load_avg, se.avg.runnable_avg, se.avg.util_avg]);
    task.cpus_allowed.iter().for_each(|&cpu| digest.word(cpu as u64));
    digest.words(&[numa.node_stamp.0, u64::from(numa.scan_period_ms), numa.scan_seq as u64, numa.migrate_retry.0]);
    digest.words(&[numa.total_faults, numa.pages_migrated, numa.preferred_nid.map_or(u64::MAX, |nid| nid.0.into())]);
    digest.word(numa.group.map_or(u64::MAX, |group| group as u64));
    digest.words(&numa.locality);
    digest.words(&numa.faults);
    digest.words(&[exec.cursor.step.into(), exec.cursor.visits, exec.cursor.round, exec.left.0, exec.since.0]);
    let rounds = (1u64..).zip(&exec.cursor.loops).filter(|(_, done)| **done > 0);
    rounds.for_each(|(depth, &done)| digest.word(depth << 32 | u64::from(done)));
    exec.barrier.iter().for_each(|&(group, _)| digest.word(1 << 48 | u64::from(group)));
    digest.words(&[exec.local_accesses, exec.remote_accesses, exec.stall.0]);
}
