//! The first hinting faults of a run, one by one: whether the page was wanted on the task's
//! node, whether it was local, and who had last asked for it where its address is known.

use std::collections::BTreeMap;

use hintfault::event::FaultVerdict;
use hintfault::ids::{CpuId, HPAGE_PMD_NR, NodeId, PageIdx, VmaIdx};
use hintfault::input::{Access, Populate, Region, RegionKind, Sharing, Thp};
use hintfault::steps::{FaultAfter, Steps, TaskState};

use super::machine::{Lab, Place};
use super::scan_rows::is_in;
use crate::conformance::{Checks, same};
use crate::recording::Recording;
use crate::recording::events::{BUCKET_MS, FirstFaultRow};

const TNF_MIGRATED: u8 = 0x01;
const TNF_FAULT_LOCAL: u8 = 0x08;
const TNF_MIGRATE_FAIL: u8 = 0x10;
const LAST_CPUPID_UNSET: u32 = 0x1F_FFFF;
/// First faults that are recorded one by one.
const FIRST_FAULTS: usize = 200;
/// Passes from which on a task no longer gets every page that it asks for first.
const LATE_PASS: i32 = 5;
const MEMORY_TIERING: u8 = 2;

/// Compares the first faults of a run.
pub(super) fn compare(recording: &Recording, checks: &mut Checks) {
    if recording.knobs.numa_balancing & MEMORY_TIERING != 0 && recording.topology.memory_tiers.len() > 1 {
        // What a fault on a slower tier does in mode 2 depends on the time since the scan.
        return;
    }
    let lab = Lab::new(recording);
    let mut sums = Sums::default();
    for row in &recording.events.first_faults {
        let private = compare_fault(&lab, recording, row, checks);
        sums.add(&lab, row, private);
    }
    sums.compare(recording, checks);
    super::chain::compare(recording, lab, checks);
}

/// What a fault decided, as far as it is recorded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Outcome {
    /// The page should move to the task's node, whether it then could or not.
    wanted: bool,
    local: bool,
}

impl Outcome {
    fn recorded(row: &FirstFaultRow) -> Self {
        let has = |flags| row.flags & flags != 0;
        Self { wanted: has(TNF_MIGRATED | TNF_MIGRATE_FAIL), local: has(TNF_FAULT_LOCAL) }
    }

    fn of(after: &FaultAfter) -> Self {
        let wanted = matches!(after.verdict, FaultVerdict::Migrated | FaultVerdict::NodeFull);
        Self { wanted, local: after.counted.is_some_and(|counted| counted.is_local) }
    }
}

/// Runs a fault under every state that the recording allows for. Returns whether it is private.
fn compare_fault(lab: &Lab, recording: &Recording, row: &FirstFaultRow, checks: &mut Checks) -> bool {
    let place = lab.threads[&row.thread];
    let mut outcomes = Vec::new();
    let mut is_private = false;
    for vma in candidate_vmas(lab.regions(place.process), row.pages) {
        for (scan_seq, preferred_nid) in candidate_states(recording, row) {
            let state = TaskState { cpu: CpuId(row.cpu), scan_seq, preferred_nid, ..lab.steps.task(place.task) };
            for node in candidate_nodes(lab, row) {
                let after = fault(lab, row, PageBefore { place, vma, node }, &state);
                outcomes.push(Outcome::of(&after));
                if may_be_balanced(recording, row, &after) {
                    outcomes.push(Outcome { wanted: false, ..Outcome::of(&after) });
                }
                is_private = is_private_fault(&after);
            }
        }
    }
    outcomes.sort();
    outcomes.dedup();
    let recorded = Outcome::recorded(row);
    let kind = if outcomes.len() == 1 { "fault" } else { "fault-within" };
    let outcome =
        if outcomes.contains(&recorded) { Ok(()) } else { Err(format!("engine {outcomes:?}, recorded {recorded:?}")) };
    checks.add(kind, &format!("{} {:.3}", row.thread, row.t_ms), outcome);
    is_private
}

/// One that is not counted is so for want of somebody who asked before.
fn is_private_fault(after: &FaultAfter) -> bool {
    after.counted.is_none_or(|counted| counted.is_private)
}

/// `last_cpupid` as recorded.
pub(super) fn last_cpupid(row: &FirstFaultRow) -> u32 {
    u32::try_from(row.last_cpupid).unwrap_or(LAST_CPUPID_UNSET)
}

/// Where the page was before the fault: if it moved, that is not recorded.
fn candidate_nodes(lab: &Lab, row: &FirstFaultRow) -> Vec<NodeId> {
    if row.flags & TNF_MIGRATED == 0 { vec![NodeId(row.node)] } else { lab.origins(row.cpu) }
}

/// The page of a fault.
#[derive(Clone, Copy)]
struct PageBefore {
    place: Place,
    vma: VmaIdx,
    node: NodeId,
}

fn fault(lab: &Lab, row: &FirstFaultRow, page: PageBefore, state: &TaskState) -> FaultAfter {
    let PageBefore { place, vma, node } = page;
    let mut steps: Steps = lab.steps.clone();
    steps.set_task(place.task, state);
    let pages = u32::try_from(row.pages).expect("a base or a huge page");
    let region = &lab.regions(place.process)[vma.index()];
    let lead = u32::try_from((region.start.0 >> 12) % u64::from(HPAGE_PMD_NR)).expect("below 512");
    let first = PageIdx(if pages == 1 { 0 } else { (HPAGE_PMD_NR - lead) % HPAGE_PMD_NR });
    steps.set_pages(place.process, vma, &[Populate { first, pages, node, sharing: Sharing::Exclusive }]);
    steps.set_last_cpupid(place.process, vma, first, last_cpupid(row));
    steps.fault(place.task, vma, first, Access::Read)
}

/// VMAs in which the fault may have been, one for each policy: which it was is not recorded.
/// For a page of the largest kind of VMA there is none but the huge ones.
fn candidate_vmas(regions: &[Region], pages: u64) -> Vec<VmaIdx> {
    let is_scanned = |region: &Region| {
        region.kind != RegionKind::Unmigratable
            && region.policy.is_none_or(|policy| policy.flags.has(hintfault::input::ModeFlags::NUMA_BALANCING))
            && (pages == 1 || region.thp == Thp::Always)
            && (region.prot.read || region.prot.write)
    };
    let mut found: Vec<usize> = Vec::new();
    for (vma, region) in regions.iter().enumerate() {
        if is_scanned(region) && found.iter().all(|&other| regions[other].policy != region.policy) {
            found.push(vma);
        }
    }
    found.into_iter().map(|vma| VmaIdx(u16::try_from(vma).expect("few regions"))).collect()
}

/// Pass counters and preferred nodes that the task may have had.
fn candidate_states(recording: &Recording, row: &FirstFaultRow) -> Vec<(i32, Option<NodeId>)> {
    let series = &recording.series;
    let sample = series.t_ms.iter().position(|&t_ms| t_ms > row.t_ms);
    let seqs = &series.threads.get(&row.thread).map(|thread| &thread.mm_scan_seq);
    let most = seqs.and_then(|seqs| sample.and_then(|sample| seqs.get(sample)).or(seqs.last())).copied();
    let passes = if most.is_some_and(|most| most < LATE_PASS) { vec![0] } else { vec![0, LATE_PASS] };
    passes
        .into_iter()
        .flat_map(|pass| preferred_nodes(recording, row).into_iter().map(move |nid| (pass, nid)))
        .collect()
}

/// The preferred node at a fault; both where one was just set.
fn preferred_nodes(recording: &Recording, row: &FirstFaultRow) -> Vec<Option<NodeId>> {
    const SAME_FAULT_MS: f64 = 0.5;
    let of_thread = recording.events.set_preferred.iter().filter(|set| set.thread == row.thread);
    let (mut nodes, mut settled) = (Vec::new(), None);
    for set in of_thread {
        let nid = u8::try_from(set.nid).ok().map(NodeId);
        if set.t_ms < row.t_ms - SAME_FAULT_MS {
            settled = nid;
        } else if set.t_ms < row.t_ms + SAME_FAULT_MS {
            nodes.push(nid);
        }
    }
    nodes.push(settled);
    nodes
}

/// Whether the task may have had a group, which may then have held the page back.
fn may_be_balanced(recording: &Recording, row: &FirstFaultRow, after: &FaultAfter) -> bool {
    let series = &recording.series;
    let sample = series.t_ms.iter().position(|&t_ms| t_ms > row.t_ms);
    let Some(groups) = series.threads.get(&row.thread).map(|thread| &thread.group_id) else { return false };
    let until = sample.map_or(groups.len(), |sample| sample + 1);
    let has_group = groups[..until].iter().any(|&group| group != 0);
    has_group && !is_private_fault(after)
}

/// A kind of fault in a bucket of time, as `events.faults` sums them.
type Kind = (i64, String, u8, u8, u8, u8);

/// The single faults, summed like `events.faults`.
#[derive(Default)]
struct Sums(BTreeMap<Kind, (u64, u64)>);

impl Sums {
    fn add(&mut self, lab: &Lab, row: &FirstFaultRow, is_private: bool) {
        let cpu_node = lab.node_of(row.cpu).0;
        let key = (bucket_of(row.t_ms), row.thread.clone(), cpu_node, row.node, u8::from(is_private), row.flags);
        let sum = self.0.entry(key).or_default();
        *sum = (sum.0 + 1, sum.1 + row.pages);
    }

    /// Compares the intervals of which every fault is known.
    fn compare(&self, recording: &Recording, checks: &mut Checks) {
        let faults = &recording.events.first_faults;
        let known_until = match faults.last() {
            Some(last) if faults.len() >= FIRST_FAULTS => bucket_of(last.t_ms),
            Some(_) => i64::MAX,
            None => return,
        };
        let mut buckets: BTreeMap<i64, BTreeMap<&Kind, (u64, u64)>> = BTreeMap::new();
        for (key, &sum) in self.0.iter().filter(|(key, _)| key.0 < known_until) {
            buckets.entry(key.0).or_default().insert(key, sum);
        }
        let recorded = recorded_sums(recording);
        for (t_ms, engine) in buckets {
            let recorded: BTreeMap<&Kind, (u64, u64)> =
                recorded.iter().filter(|(key, _)| key.0 == t_ms).map(|(key, &sum)| (key, sum)).collect();
            checks.add("fault-sums", &t_ms.to_string(), same(&engine, &recorded));
        }
    }
}

fn recorded_sums(recording: &Recording) -> BTreeMap<Kind, (u64, u64)> {
    let mut sums: BTreeMap<Kind, (u64, u64)> = BTreeMap::new();
    for row in &recording.events.faults {
        let key = (row.t_ms, row.thread.clone(), row.cpu_node, row.page_node_after, row.private, row.flags);
        let sum = sums.entry(key).or_default();
        *sum = (sum.0 + row.faults, sum.1 + row.pages);
    }
    sums
}

#[expect(clippy::cast_possible_truncation, reason = "ms of a run")]
fn bucket_of(t_ms: f64) -> i64 {
    let length = f64::from(BUCKET_MS);
    ((t_ms / length).floor() * length) as i64
}

/// The region that a page lies in.
pub(super) fn vma_of(lab: &Lab, place: Place, address: u64) -> Option<VmaIdx> {
    let vma = lab.regions(place.process).iter().position(|region| is_in(region, address))?;
    Some(VmaIdx(u16::try_from(vma).expect("few regions")))
}
