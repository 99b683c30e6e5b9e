//! Scheduling domains (`build_sched_domains`, `sd_init`, `build_overlap_sched_groups`;
//! kernel/sched/topology.c, 6.12): for each CPU the circles in which load is balanced, from the
//! core outwards.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use crate::topology::Topology;

/// CPU places, ascending.
pub(crate) type CpuMask = Arc<[usize]>;
/// The groups of a domain, in the order in which they are looked at.
type Ring = Arc<[Arc<SchedGroup>]>;

/// From this distance on, tasks are not pulled across nodes at wake-up, fork and exec
/// (`node_reclaim_distance`).
const NODE_RECLAIM_DISTANCE: u8 = 30;

/// What the CPUs of a domain have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum DomainLevel {
    /// Hardware threads of one core.
    Smt,
    /// One last-level cache.
    Mc,
    /// One package, which is one node here.
    Pkg,
    /// Nodes up to this distance.
    Numa(u8),
}

impl DomainLevel {
    /// `SD_NUMA`, and with it `SD_SERIALIZE` and `SD_OVERLAP`.
    pub(crate) fn is_numa(self) -> bool {
        matches!(self, Self::Numa(_))
    }

    /// `SD_SHARE_LLC`.
    pub(crate) fn shares_llc(self) -> bool {
        matches!(self, Self::Smt | Self::Mc)
    }

    /// How much busier another group must be, in per cent, before it is relieved.
    pub(crate) fn imbalance_pct(self) -> u64 {
        if self == Self::Smt { 110 } else { 117 }
    }

    /// Failed rounds after which hot tasks are moved all the same.
    pub(crate) fn cache_nice_tries(self) -> u32 {
        match self {
            Self::Smt => 0,
            Self::Mc | Self::Pkg => 1,
            Self::Numa(_) => 2,
        }
    }

    /// Failed rounds after which the running task is pushed away (`need_active_balance`).
    pub(crate) fn active_balance_tries(self) -> u32 {
        self.cache_nice_tries() + 2
    }

    /// `SD_BALANCE_FORK`, `SD_BALANCE_EXEC`, `SD_WAKE_AFFINE`.
    pub(crate) fn balances_fork(self) -> bool {
        match self {
            Self::Smt | Self::Mc | Self::Pkg => true,
            Self::Numa(distance) => distance <= NODE_RECLAIM_DISTANCE,
        }
    }
}

/// One domain of one CPU (`struct sched_domain`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SchedDomain {
    pub(crate) level: DomainLevel,
    pub(crate) span: CpuMask,
    /// Tasks by which nodes may differ before it counts.
    pub(crate) imb_numa_nr: usize,
    ring: Arc<[Arc<SchedGroup>]>,
    /// Where the group of the CPU itself is in the ring.
    own: usize,
}

impl SchedDomain {
    /// The group of the CPU itself.
    pub(crate) fn local_group(&self) -> &SchedGroup {
        &self.ring[self.own]
    }

    /// All groups, that of the CPU first.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &SchedGroup> {
        let (before, from) = self.ring.split_at(self.own);
        from.iter().chain(before).map(AsRef::as_ref)
    }

    /// Shortest time between two passes of an idle CPU; the longest is twice that.
    pub(crate) fn min_interval_ms(&self) -> u32 {
        self.span.len() as u32
    }
}

/// CPUs that a domain treats as one (`struct sched_group`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SchedGroup {
    pub(crate) cpus: CpuMask,
    /// Those of its CPUs that balance for it (`group_balance_mask`).
    pub(crate) balance_mask: CpuMask,
    pub(crate) kind: GroupKind,
    /// Cores, also those of which only some threads belong to it.
    pub(crate) cores: usize,
}

/// What a group is in the level below (its `flags`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum GroupKind {
    /// A single CPU.
    Cpu,
    /// A core with several threads: `SD_SHARE_CPUCAPACITY` and `SD_PREFER_SIBLING`.
    Core,
    /// Several cores: `SD_PREFER_SIBLING`.
    Cores,
    /// Several nodes.
    Nodes,
}

impl GroupKind {
    /// `SD_PREFER_SIBLING`.
    pub(crate) fn prefers_sibling(self) -> bool {
        matches!(self, Self::Core | Self::Cores)
    }
}

/// The domains of all CPUs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Domains {
    by_cpu: Vec<Vec<SchedDomain>>,
}

impl Domains {
    /// `build_sched_domains`.
    pub(crate) fn new(topology: &Topology) -> Self {
        let levels = levels(topology);
        let nr_cpus = topology.nr_cpus();
        let mut builder =
            Builder { topology, levels: &levels, rings: vec![Vec::new(); nr_cpus], groups: vec![Vec::new(); nr_cpus] };
        let by_cpu = (0..nr_cpus).map(|cpu| builder.domains_of(cpu)).collect();
        Self { by_cpu }
    }

    /// The domains of a CPU, the smallest first (`for_each_domain`).
    pub(crate) fn of(&self, cpu: usize) -> &[SchedDomain] {
        &self.by_cpu[cpu]
    }

    /// `sd_numa`: the smallest domain of a CPU that spans nodes.
    pub(crate) fn sd_numa(&self, cpu: usize) -> Option<&SchedDomain> {
        self.by_cpu[cpu].iter().find(|domain| domain.level.is_numa())
    }
}

/// `adjust_numa_imbalance`: small differences between nodes do not count while the destination
/// runs few tasks.
pub(crate) fn adjust_numa_imbalance(imbalance: u64, dst_running: usize, imb_numa_nr: usize) -> u64 {
    const NUMA_IMBALANCE_MIN: u64 = 2;
    if dst_running <= imb_numa_nr && imbalance <= NUMA_IMBALANCE_MIN { 0 } else { imbalance }
}

/// One level of the topology with its mask for each CPU (`sched_domain_topology_level`).
struct Level {
    level: DomainLevel,
    masks: Vec<CpuMask>,
}

fn levels(topology: &Topology) -> Vec<Level> {
    let cpus = 0..topology.nr_cpus();
    let mut levels = vec![
        Level { level: DomainLevel::Smt, masks: cpus.clone().map(|cpu| topology.core_of(cpu).clone()).collect() },
        Level { level: DomainLevel::Mc, masks: cpus.map(|cpu| topology.llc_of(cpu).clone()).collect() },
    ];
    for (place, &distance) in topology.numa_distances().iter().enumerate() {
        let level = if place == 0 { DomainLevel::Pkg } else { DomainLevel::Numa(distance) };
        levels.push(Level { level, masks: masks_within(topology, distance) });
    }
    levels
}

/// For each CPU those of all nodes up to a distance.
fn masks_within(topology: &Topology, distance: u8) -> Vec<CpuMask> {
    let mut masks = vec![CpuMask::from([]); topology.nr_cpus()];
    for from in topology.cpu_nodes() {
        let is_near = |&cpu: &usize| topology.distance(from, topology.node_of(cpu)) <= distance;
        let mask: CpuMask = (0..topology.nr_cpus()).filter(is_near).collect();
        topology.node_cpus(from).iter().for_each(|&cpu| masks[cpu] = mask.clone());
    }
    masks
}

/// Groups and rings that several CPUs share are kept once, with their level, by their first CPU.
struct Builder<'a> {
    topology: &'a Topology,
    levels: &'a [Level],
    rings: Vec<Vec<(usize, Ring)>>,
    groups: Vec<Vec<(usize, Arc<SchedGroup>)>>,
}

impl Builder<'_> {
    fn domains_of(&mut self, cpu: usize) -> Vec<SchedDomain> {
        let all = self.topology.nr_cpus();
        let spans: Vec<CpuMask> = self.levels.iter().map(|level| level.masks[cpu].clone()).collect();
        let top = spans.iter().position(|span| span.len() == all).unwrap_or(spans.len() - 1);
        let weights: Vec<usize> = spans.iter().map(|span| span.len()).collect();
        let imb_numa_nr = self.imb_numa_nr(&weights[..=top]);
        let mut kept: Vec<SchedDomain> = Vec::new();
        for level in 0..=top {
            let span = &spans[level];
            // One CPU, or nothing that the level below has not (`sd_parent_degenerate`).
            if span.len() == 1 || kept.last().is_some_and(|below| below.span == *span) {
                continue;
            }
            let (ring, own) = self.ring(level, cpu);
            let imb_numa_nr = imb_numa_nr[level];
            kept.push(SchedDomain { level: self.levels[level].level, span: span.clone(), imb_numa_nr, ring, own });
        }
        kept
    }

    /// How many tasks nodes may differ by, at each level, from the weights of a CPU's domains.
    fn imb_numa_nr(&self, weights: &[usize]) -> Vec<usize> {
        let level = |place: usize| self.levels[place].level;
        let (mut imb, mut imb_span) = (0, 1);
        let mut result = Vec::new();
        for (place, &weight) in weights.iter().enumerate() {
            if !level(place).shares_llc() && level(place - 1).shares_llc() {
                let nr_llcs = weight / weights[place - 1];
                imb = if nr_llcs == 1 { weight >> 3 } else { nr_llcs }.max(1);
                let numa = (place..weights.len()).find(|&above| level(above).is_numa());
                imb_span = weights[numa.unwrap_or(place)];
                result.push(imb);
            } else {
                result.push(imb * (weight / imb_span).max(1));
            }
        }
        result
    }

    fn ring(&mut self, level: usize, cpu: usize) -> (Ring, usize) {
        if self.levels[level].level.is_numa() {
            return (self.build_groups(level, cpu), 0);
        }
        let span = &self.levels[level].masks[cpu];
        // Below the nodes, the masks of a level do not overlap.
        let first = span[0];
        let kept = self.rings[first].iter().find(|(of, _)| *of == level).map(|(_, ring)| ring.clone());
        let ring = kept.unwrap_or_else(|| {
            let ring = self.build_groups(level, first);
            self.rings[first].push((level, ring.clone()));
            ring
        });
        let own = ring.iter().position(|group| group.cpus.binary_search(&cpu).is_ok());
        assert!(own.is_some(), "a CPU belongs to its own domain");
        (ring, own.unwrap_or_default())
    }

    /// `build_sched_groups` and `build_overlap_sched_groups`: from a CPU on around its span, the
    /// domains below of all that are not covered yet.
    fn build_groups(&mut self, level: usize, cpu: usize) -> Ring {
        let span = self.levels[level].masks[cpu].clone();
        let start = span.partition_point(|&other| other < cpu);
        let mut covered = vec![false; self.topology.nr_cpus()];
        let mut groups = Vec::new();
        for &other in span[start..].iter().chain(&span[..start]) {
            if covered[other] {
                continue;
            }
            let group = self.group(level, self.child_mask(level, other, &span));
            group.cpus.iter().for_each(|&member| covered[member] = true);
            groups.push(group);
        }
        Arc::from(groups)
    }

    /// The domain below of a CPU, or the largest one further below that fits into the span
    /// (`find_descended_sibling`).
    fn child_mask(&self, level: usize, cpu: usize, span: &[usize]) -> CpuMask {
        let below = self.levels[..level].iter().rev().map(|level| &level.masks[cpu]);
        let mut fitting = below.filter(|mask| mask.iter().all(|member| span.binary_search(member).is_ok()));
        fitting.next().cloned().unwrap_or_else(|| CpuMask::from([cpu]))
    }

    fn group(&mut self, level: usize, cpus: CpuMask) -> Arc<SchedGroup> {
        let first = cpus[0];
        if let Some((_, group)) = self.groups[first].iter().find(|(of, group)| *of == level && group.cpus == cpus) {
            return group.clone();
        }
        let group = Arc::new(SchedGroup {
            balance_mask: self.balance_mask(level, &cpus),
            kind: self.group_kind(&cpus),
            cores: self.count_cores(&cpus),
            cpus,
        });
        self.groups[first].push((level, group.clone()));
        group
    }

    /// `build_balance_mask`: members whose own domain below is this very group.
    fn balance_mask(&self, level: usize, cpus: &CpuMask) -> CpuMask {
        if !self.levels[level].level.is_numa() {
            return cpus.clone();
        }
        let own = |&cpu: &usize| self.child_mask(level, cpu, &self.levels[level].masks[cpu]) == *cpus;
        let mask: Vec<usize> = cpus.iter().copied().filter(own).collect();
        if mask.is_empty() { cpus.clone() } else { CpuMask::from(mask) }
    }

    fn group_kind(&self, cpus: &CpuMask) -> GroupKind {
        let first = cpus[0];
        if cpus.len() == 1 {
            GroupKind::Cpu
        } else if cpus == self.topology.core_of(first) {
            GroupKind::Core
        } else if cpus.len() <= self.topology.node_cpus(self.topology.node_of(first)).len() {
            GroupKind::Cores
        } else {
            GroupKind::Nodes
        }
    }

    fn count_cores(&self, cpus: &CpuMask) -> usize {
        let is_first = |&&cpu: &&usize| {
            let core = self.topology.core_of(cpu);
            core.iter().find(|thread| cpus.binary_search(thread).is_ok()) == Some(&cpu)
        };
        cpus.iter().filter(is_first).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched::testing::{equal_distances, nodes_of, topology};
    use proptest::prelude::*;

    fn domains(nodes: (usize, u16, u16, u16), distances: &[&[u8]]) -> Domains {
        Domains::new(&topology(&nodes_of(nodes.0, nodes.1, nodes.2, nodes.3), distances))
    }

    const TWO: &[&[u8]] = &[&[10, 20], &[20, 10]];
    const RING: &[&[u8]] = &[&[10, 20, 30, 20], &[20, 10, 20, 30], &[30, 20, 10, 20], &[20, 30, 20, 10]];

    fn allowed_imbalance(domains: &Domains) -> Vec<usize> {
        domains.of(0).iter().filter(|domain| domain.level.is_numa()).map(|domain| domain.imb_numa_nr).collect()
    }

    #[test]
    fn the_table_of_allowed_imbalances_holds() {
        let rows = [((8, 16, 2), 2), ((4, 0, 1), 1), ((64, 0, 1), 8), ((128, 16, 1), 8), ((4, 1, 1), 4)];
        for ((cpus, llc, threads), imb_numa_nr) in rows {
            let cpus = cpus * threads;
            assert_eq!(allowed_imbalance(&domains((2, cpus, llc, threads), TWO)), [imb_numa_nr], "{cpus} / {llc}");
        }
        assert_eq!(allowed_imbalance(&domains((4, 4, 0, 1), RING)), [1, 1]);
        let distance = |a: usize, b: usize| if a == b { 10 } else { [16, 32][usize::from(a / 2 != b / 2)] };
        let rows: [[u8; 8]; 8] = core::array::from_fn(|a| core::array::from_fn(|b| distance(a, b)));
        let rows = rows.each_ref().map(<[u8; 8]>::as_slice);
        assert_eq!(allowed_imbalance(&domains((8, 8, 0, 1), &rows)), [1, 4]);
    }

    #[test]
    fn levels_that_add_nothing_are_left_out() {
        let levels = |domains: &Domains| -> Vec<(DomainLevel, usize)> {
            domains.of(0).iter().map(|domain| (domain.level, domain.span.len())).collect()
        };
        use DomainLevel::{Mc, Numa, Pkg, Smt};
        assert_eq!(levels(&domains((2, 16, 0, 2), TWO)), [(Smt, 2), (Mc, 16), (Numa(20), 32)]);
        assert_eq!(levels(&domains((2, 8, 4, 1), TWO)), [(Mc, 4), (Pkg, 8), (Numa(20), 16)]);
        assert_eq!(levels(&domains((2, 4, 1, 1), TWO)), [(Pkg, 4), (Numa(20), 8)]);
        assert_eq!(levels(&domains((4, 4, 0, 1), RING)), [(Mc, 4), (Numa(20), 12), (Numa(30), 16)]);
        assert_eq!(levels(&domains((1, 1, 0, 1), &[&[10]])), []);
        assert!(domains((1, 4, 0, 1), &[&[10]]).sd_numa(2).is_none());
    }

    #[test]
    fn groups_of_a_ring_overlap() {
        let domains = domains((4, 1, 0, 1), RING);
        let groups = |level: usize| -> Vec<Vec<usize>> {
            domains.of(1)[level].groups().map(|group| group.cpus.to_vec()).collect()
        };
        assert_eq!(groups(0), [[1], [2], [0]]);
        assert_eq!(groups(1), [[0, 1, 2], [0, 2, 3]], "the second starts at the first CPU that is left");
        let masks: Vec<&[usize]> = domains.of(1)[1].groups().map(|group| &group.balance_mask[..]).collect();
        assert_eq!(masks, [[1], [3]], "only a CPU with that very domain balances for the group");
    }

    #[test]
    fn groups_say_what_they_are() {
        let domains = domains((2, 8, 4, 2), TWO);
        let kinds: Vec<(GroupKind, usize)> =
            domains.of(5).iter().map(|domain| (domain.local_group().kind, domain.local_group().cores)).collect();
        use GroupKind::{Core, Cores, Cpu};
        assert_eq!(kinds, [(Cpu, 1), (Core, 1), (Cores, 2), (Cores, 4)]);
    }

    #[test]
    fn small_imbalances_between_nodes_are_overlooked() {
        assert_eq!(adjust_numa_imbalance(2, 1, 1), 0);
        assert_eq!(adjust_numa_imbalance(3, 1, 1), 3);
        assert_eq!(adjust_numa_imbalance(1, 2, 1), 1);
    }

    proptest! {
        #[test]
        fn groups_cover_the_span_and_hold_the_cpu_first(
            nodes in 1usize..5, cpus in 1u16..9, llc in 0u16..5, threads in 1u16..3, distance in 11u8..60,
        ) {
            let distances = equal_distances(nodes, distance);
            let rows: Vec<&[u8]> = distances.iter().map(Vec::as_slice).collect();
            let domains = Domains::new(&topology(&nodes_of(nodes, cpus, llc, threads), &rows));
            for cpu in 0..nodes * usize::from(cpus) {
                for domain in domains.of(cpu) {
                    prop_assert!(domain.local_group().cpus.contains(&cpu) && domain.span.len() > 1);
                    let mut covered: Vec<usize> = domain.groups().flat_map(|group| group.cpus.to_vec()).collect();
                    covered.sort_unstable();
                    covered.dedup();
                    prop_assert_eq!(&covered[..], &domain.span[..]);
                }
            }
        }
    }
}
