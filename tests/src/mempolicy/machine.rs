//! The recorded machine with the one process of a case.

use hintfault::ids::{CpuId, NodeId, NodeSet, PAGE_SIZE, Pid, ProcIdx, Tid, VirtAddr};
use hintfault::input::{
    Backing, Machine, Node, Process, ProcessStart, Program, Prot, Region, RegionKind, Repeat, Scenario, Step, Sysctl,
    Thp, Thread,
};
use hintfault::steps::Steps;
use hintfault::time::{Hz, Ns};

use super::case::{Case, Header, Op};
use crate::least_costs::LEAST_COSTS;

/// Base pages in a page of a region with huge pages.
pub(super) const HUGE: u32 = 512;

/// A region of the case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mapped {
    pub(super) start: u64,
    pub(super) pages: u32,
    /// Base pages in one of its pages.
    pub(super) unit: u32,
}

impl Mapped {
    /// Address of a page, which may lie behind the end.
    pub(super) fn addr(self, page: u32) -> u64 {
        self.start + u64::from(page) * u64::from(self.unit) * PAGE_SIZE
    }
}

/// The machine before the first call.
pub(super) fn boot(header: &Header, case: &Case) -> Result<(Steps, Vec<Mapped>), String> {
    let mut regions = Vec::new();
    let mut mapped = Vec::new();
    for op in &case.ops {
        let Op::Map { region: number, kind, pages, start_page } = op else { continue };
        let unit = if kind == "private_thp" { HUGE } else { 1 };
        let start = start_page * PAGE_SIZE;
        regions.push(region(*number, kind, VirtAddr(start), pages * unit)?);
        mapped.push(Mapped { start, pages: *pages, unit });
    }
    let scenario = Scenario {
        machine: machine(header),
        sysctl: Sysctl {
            numa_balancing: 0,
            scan_delay_ms: 1000,
            scan_period_min_ms: 1000,
            scan_period_max_ms: 60_000,
            scan_size_mb: 256,
        },
        processes: vec![process(header, regions)],
        actions: Vec::new(),
        seed: 0,
    };
    let mut steps = Steps::new(&scenario).map_err(|error| error.to_string())?;
    for (&node, order) in &header.topology.fallback_order {
        steps.set_fallback_order(NodeId(node), order.iter().map(|&node| NodeId(node)).collect());
    }
    Ok((steps, mapped))
}

/// Tells the inodes of shared regions.
pub(super) fn set_inodes(steps: &mut Steps, inodes: &[u64]) {
    for (region, &inode) in (0..).zip(inodes).filter(|(_, inode)| **inode != 0) {
        steps.set_inode(ProcIdx(0), region, inode);
    }
}

fn region(number: u16, kind: &str, start: VirtAddr, pages: u32) -> Result<Region, String> {
    let (kind, thp) = match kind {
        "private" => (RegionKind::Anon, Thp::Never),
        "shared" => (RegionKind::Shared { key: number, backing: Backing::Shmem }, Thp::Never),
        "private_thp" => (RegionKind::Anon, Thp::Madvise),
        unknown => return Err(format!("unknown kind of region {unknown:?}")),
    };
    Ok(Region {
        name: format!("region {number}"),
        start,
        pages,
        kind,
        prot: Prot { read: true, write: true, exec: false },
        policy: None,
        home_node: None,
        thp,
        populate: Vec::new(),
    })
}

fn machine(header: &Header) -> Machine {
    let node = |recorded: &super::case::Node| Node {
        id: NodeId(recorded.id),
        cpus: recorded.cpus.iter().map(|&cpu| CpuId(cpu)).collect(),
        cpus_per_llc: 0,
        threads_per_core: 0,
        memory_pages: recorded.mem_total_kb / 4,
        used_pages: 0,
        zones: Vec::new(),
        interleave_weight: header.weights.get(usize::from(recorded.id)).copied().unwrap_or(1),
    };
    Machine {
        nodes: header.topology.nodes.iter().map(node).collect(),
        distances: header.topology.distance.clone(),
        hz: Hz::Hz250,
        uptime: Ns::ZERO,
        costs: LEAST_COSTS,
    }
}

/// One process with one thread, which is only called upon.
fn process(header: &Header, regions: Vec<Region>) -> Process {
    let mut affinity: Vec<CpuId> =
        header.topology.nodes.iter().flat_map(|node| &node.cpus).map(|&cpu| CpuId(cpu)).collect();
    affinity.sort_unstable();
    let thread = Thread {
        name: "caller".to_owned(),
        tid: Tid(1000),
        affinity,
        nice: 0,
        start: Ns::NEVER,
        runtime: Ns::ZERO,
        policy: None,
        program: Program { steps: vec![Step::Compute { duration: Ns::from_ms(1) }], repeat: Repeat::Once },
    };
    Process {
        name: "case".to_owned(),
        pid: Pid(1000),
        regions,
        threads: vec![thread],
        start: ProcessStart::Forked { next_scan_jiffies: 0 },
        mems: NodeSet(0),
    }
}
