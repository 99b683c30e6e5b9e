//! Nodes, CPUs, distances, costs.

use hintfault::ids::{CpuId, NodeId, NodeSet, PAGE_SIZE};
use hintfault::input;
use hintfault::time::{Hz, Jiffies, Ns, Tick};

use super::check_ms;
use crate::document::{Costs, Machine, Node, RemoteAccess, Zone, ZoneKind};
use crate::failure::{Path, Report};
use crate::limits::{
    MAX_ACCESS_NS, MAX_COST_NS, MAX_CPUS, MAX_NODE_BYTES, MAX_NODES, MAX_THREADS, MAX_UPTIME_MS, MEMORY_RESERVE,
    MIN_MACHINE_BYTES,
};
use crate::order::NumberSet;
use crate::quantity::{CpuList, Millis, Size};

const LOCAL_DISTANCE: u64 = 10;
/// What the kernel takes for remote nodes when the firmware tells nothing (`REMOTE_DISTANCE`).
const REMOTE_DISTANCE: u64 = 20;
/// 255 means unreachable.
const MAX_DISTANCE: u64 = 254;
const DEFAULT_HZ: u64 = 250;
const DEFAULT_UPTIME: Millis = Millis(Ns::from_ms(60_000));

/// What the other parts of a document refer to.
pub(super) struct Facts {
    /// All CPUs, ascending.
    pub(super) cpus: Vec<CpuId>,
    /// Free base pages by node number; none where there is no node.
    pub(super) free_pages: Vec<Option<u64>>,
    /// Nodes that have memory.
    pub(super) memory_nodes: NodeSet,
    /// Base pages that a workload may fill altogether.
    pub(super) usable_pages: u64,
    /// Whether the machine is as its author meant it, so that references can be checked.
    pub(super) complete: bool,
    /// One visit of a page at distance 10.
    pub(super) local_access_ns: u64,
    hz: Hz,
    uptime: Ns,
}

impl Facts {
    /// Whether the machine has this node.
    pub(super) fn has_node(&self, node: u64) -> bool {
        usize::try_from(node).ok().and_then(|node| self.free_pages.get(node)).is_some_and(Option::is_some)
    }

    /// Nodes with memory that a process may use; no nodes of a cpuset stand for all.
    pub(super) fn mems_allowed(&self, mems: NodeSet) -> NodeSet {
        if mems.is_empty() { self.memory_nodes } else { mems.and(self.memory_nodes) }
    }

    /// Jiffies at the start of the scenario.
    pub(super) fn start_jiffies(&self) -> Jiffies {
        self.hz.initial_jiffies().plus(self.uptime.0 / self.hz.tick_ns())
    }

    /// `msecs_to_jiffies` at this machine's tick rate.
    pub(super) fn msecs_to_jiffies(&self, ms: u32) -> u64 {
        self.hz.msecs_to_jiffies(ms)
    }

    /// When a tick begins. Ticks are counted from boot, and the scenario may start between two.
    pub(super) fn tick_start(&self, tick: Tick) -> Ns {
        let since_tick = self.uptime.0 % self.hz.tick_ns();
        Ns((tick.0 * self.hz.tick_ns()).saturating_sub(since_tick))
    }
}

pub(super) fn check(machine: &Machine, report: &mut Report) -> (input::Machine, Facts) {
    let path = Path::root("machine");
    let errors_before = report.len();
    let nodes = check_nodes(machine, &path.field("nodes"), report);
    let distances = check_distances(&machine.distances, nodes.len(), &path.field("distances"), report);
    let hz = check_hz(machine.hz, &path.field("hz"), report);
    let uptime = machine.uptime_ms.or(Some(DEFAULT_UPTIME));
    let uptime = check_ms(&path.field("uptime_ms"), uptime, MAX_UPTIME_MS, report);
    let costs = check_costs(&machine.costs, &path.field("costs"), report);
    let mut cpus = NumberSet::below(MAX_CPUS);
    let mut free_pages = vec![None; MAX_NODES];
    for node in &nodes {
        node.cpus.iter().for_each(|cpu| cpus.insert(cpu.0));
        free_pages[node.id.index()] = Some(node.memory_pages - node.used_pages);
    }
    let memory_nodes: Vec<NodeId> = nodes.iter().filter(|node| node.memory_pages > 0).map(|node| node.id).collect();
    let facts = Facts {
        cpus: cpus.ascending().into_iter().map(CpuId).collect(),
        free_pages,
        memory_nodes: NodeSet::of(&memory_nodes),
        usable_pages: usable_pages(&nodes),
        complete: report.len() == errors_before,
        local_access_ns: u64::from(costs.local_access_ns),
        hz,
        uptime,
    };
    (input::Machine { nodes, distances, hz, uptime, costs }, facts)
}

fn usable_pages(nodes: &[input::Node]) -> u64 {
    let memory: u64 = nodes.iter().map(|node| node.memory_pages).sum();
    let used: u64 = nodes.iter().map(|node| node.used_pages).sum();
    memory.saturating_sub(used).saturating_sub(memory.div_ceil(MEMORY_RESERVE))
}

fn default_nodes() -> Vec<Node> {
    let node = |cpus: &str| Node {
        cpus: Some(CpuList::Text(cpus.to_owned())),
        memory: Some(Size::mib(16 << 10)),
        ..Node::default()
    };
    vec![node("0-1"), node("2-3")]
}

fn check_nodes(machine: &Machine, path: &Path, report: &mut Report) -> Vec<input::Node> {
    let defaults = default_nodes();
    let listed = if machine.nodes.is_empty() { &defaults } else { &machine.nodes };
    report.at_most(path, listed.len(), MAX_NODES);
    let mut nodes = Vec::new();
    let mut owners = vec![None; MAX_CPUS];
    let mut next_id = 0;
    for (index, node) in listed.iter().take(MAX_NODES).enumerate() {
        let path = path.index(index);
        let id = check_node_id(node.id, next_id, &path.field("id"), report);
        next_id = id + 1;
        let node = check_node(node, id, &path, report);
        for &cpu in &node.cpus {
            if let Some(other) = owners[cpu.index()].replace(node.id) {
                let en = format!("CPU {cpu} is in node {other} already");
                let zh = format!("CPU {cpu} 已属于节点 {other}");
                report.push(&path.field("cpus"), en, zh);
            }
        }
        nodes.push(node);
    }
    check_whole(&nodes, path, report);
    nodes
}

fn check_node_id(id: Option<u64>, next: u64, path: &Path, report: &mut Report) -> u64 {
    let id = id.unwrap_or(next);
    let most = MAX_NODES as u64 - 1;
    if (next..=most).contains(&id) {
        return id;
    }
    report.push(
        path,
        format!("node {id}: numbers must ascend and go up to {most}"),
        format!("节点 {id}：编号必须递增，最大为 {most}"),
    );
    next.min(most)
}

fn check_node(node: &Node, id: u64, path: &Path, report: &mut Report) -> input::Node {
    let cpus = node.cpus.as_ref().map_or(Ok(Vec::new()), CpuList::cpus);
    let cpus = cpus.unwrap_or_else(|message| {
        report.push(&path.field("cpus"), message.en, message.zh);
        Vec::new()
    });
    let memory_pages = check_memory(node.memory.as_ref(), &path.field("memory"), report);
    let mut used_pages = check_memory(node.used.as_ref(), &path.field("used"), report);
    if used_pages > memory_pages {
        report.push(&path.field("used"), "more than the node's memory", "超过了该节点的内存");
        used_pages = memory_pages;
    }
    let zones = check_zones(&node.zones, memory_pages, &path.field("zones"), report);
    let weight = node.interleave_weight.unwrap_or(1);
    let weight = report.in_range(&path.field("interleave_weight"), weight, 1, u64::from(u8::MAX));
    let interleave_weight = u8::try_from(weight).unwrap_or(1);
    if cpus.is_empty() && memory_pages == 0 {
        report.push(path, "a node needs CPUs or memory", "节点至少要有 CPU 或内存");
    }
    input::Node {
        id: NodeId(id as u8),
        cpus_per_llc: check_sharers(node.cpus_per_llc, &cpus, &path.field("cpus_per_llc"), report).unwrap_or(0),
        threads_per_core: check_sharers(node.threads_per_core, &cpus, &path.field("threads_per_core"), report)
            .unwrap_or(1),
        cpus: cpus.into_iter().map(CpuId).collect(),
        memory_pages,
        used_pages,
        zones,
        interleave_weight,
    }
}

/// How many CPUs share something: at least one, and no more than the node has.
fn check_sharers(count: Option<u64>, cpus: &[u16], path: &Path, report: &mut Report) -> Option<u16> {
    let most = cpus.len().max(1) as u64;
    count.map(|count| report.in_range(path, count, 1, most) as u16)
}

fn check_memory(size: Option<&Size>, path: &Path, report: &mut Report) -> u64 {
    let Some(size) = size else { return 0 };
    let bytes = match size.bytes() {
        Ok(bytes) => bytes,
        Err(message) => {
            report.push(path, message.en, message.zh);
            return 0;
        }
    };
    if bytes > MAX_NODE_BYTES {
        report.push(path, "too much: at most 1 TiB is possible", "太大，最多 1 TiB");
        return 0;
    }
    if !bytes.is_multiple_of(PAGE_SIZE) {
        report.push(path, "not a whole number of 4 KiB pages", "不是 4 KiB 页的整数倍");
    }
    bytes / PAGE_SIZE
}

/// Zones ascend by address, and together they are the node's memory.
fn check_zones(zones: &[Zone], memory_pages: u64, path: &Path, report: &mut Report) -> Vec<input::Zone> {
    let mut checked: Vec<input::Zone> = Vec::new();
    for (index, zone) in zones.iter().enumerate() {
        let kind = match zone.kind {
            ZoneKind::Dma => input::ZoneKind::Dma,
            ZoneKind::Dma32 => input::ZoneKind::Dma32,
            ZoneKind::Normal => input::ZoneKind::Normal,
            ZoneKind::Movable => input::ZoneKind::Movable,
        };
        let path = path.index(index);
        if checked.last().is_some_and(|before| before.kind >= kind) {
            let en = "zones stand in the order dma, dma32, normal, movable, each once";
            report.push(&path.field("kind"), en, "区域须按 dma、dma32、normal、movable 的顺序排列，每种一次");
        }
        let managed_pages = check_memory(Some(&zone.size), &path.field("size"), report);
        checked.push(input::Zone { kind, managed_pages });
    }
    let sum: u64 = checked.iter().map(|zone| zone.managed_pages).sum();
    if !zones.is_empty() && sum != memory_pages {
        report.push(
            path,
            format!("the zones have {sum} pages, the node {memory_pages}"),
            format!("各区域共 {sum} 页，而该节点有 {memory_pages} 页"),
        );
    }
    checked
}

fn check_whole(nodes: &[input::Node], path: &Path, report: &mut Report) {
    if nodes.iter().all(|node| node.cpus.is_empty()) {
        report.push(path, "the machine needs at least one CPU", "机器至少要有一个 CPU");
    }
    let bytes: u64 = nodes.iter().map(|node| node.memory_pages * PAGE_SIZE).sum();
    if bytes < MIN_MACHINE_BYTES {
        let least = MIN_MACHINE_BYTES >> 20;
        report.push(
            path,
            format!("the machine needs at least {least} MiB of memory"),
            format!("机器至少要有 {least} MiB 内存"),
        );
    }
}

fn check_distances(rows: &[Vec<u64>], count: usize, path: &Path, report: &mut Report) -> Vec<Vec<u8>> {
    let default = |from: usize, to: usize| {
        if from == to { LOCAL_DISTANCE } else { REMOTE_DISTANCE }
    };
    let is_square = rows.len() == count && rows.iter().all(|row| row.len() == count);
    if !rows.is_empty() && !is_square {
        report.push(
            path,
            format!("need {count} rows of {count} distances, one for each node"),
            format!("应为 {count} 行、每行 {count} 个距离，每个节点一个"),
        );
    }
    let row = |from: usize, report: &mut Report| {
        let path = path.index(from);
        let distance = |to: usize| match rows.get(from).filter(|_| is_square) {
            Some(row) => check_distance(row[to], from == to, &path.index(to), report),
            None => default(from, to),
        };
        (0..count).map(distance).map(|distance| distance as u8).collect()
    };
    (0..count).map(|from| row(from, report)).collect()
}

fn check_distance(distance: u64, is_local: bool, path: &Path, report: &mut Report) -> u64 {
    if !is_local {
        return report.in_range(path, distance, LOCAL_DISTANCE + 1, MAX_DISTANCE);
    }
    if distance != LOCAL_DISTANCE {
        report.push(path, "the distance of a node to itself is 10", "节点到自身的距离是 10");
    }
    LOCAL_DISTANCE
}

fn check_hz(hz: Option<u64>, path: &Path, report: &mut Report) -> Hz {
    let hz = hz.unwrap_or(DEFAULT_HZ);
    let known = Hz::ALL.into_iter().find(|known| known.get() == hz);
    known.unwrap_or_else(|| {
        report.push(
            path,
            format!("{hz} is not possible: the kernel is built with 100, 250, 300 or 1000"),
            format!("{hz} 不可用：内核只能配置为 100、250、300 或 1000"),
        );
        Hz::Hz250
    })
}

fn check_costs(costs: &Costs, path: &Path, report: &mut Report) -> input::Costs {
    let default = Costs::CURRENT_SERVER;
    let saturation = costs
        .saturation_threads
        .map_or(0, |threads| report.in_range(&path.field("saturation_threads"), threads, 1, MAX_THREADS as u64) as u32);
    let mut cost = |name: &str, value: Option<u64>, default: u32| {
        let most = if name == "local_access_ns" { MAX_ACCESS_NS } else { MAX_COST_NS };
        let value = value.filter(|&value| report.is_in_range(&path.field(name), value, 0, most));
        value.map_or(default, |value| value as u32)
    };
    input::Costs {
        local_access_ns: cost("local_access_ns", costs.local_access_ns, default.local_access_ns),
        remote_access: match costs.remote_access {
            None | Some(RemoteAccess::ByDistance) => input::RemoteAccess::ByDistance,
            Some(RemoteAccess::Uniform) => input::RemoteAccess::Uniform,
        },
        mark_pte_ns: cost("mark_pte_ns", costs.mark_pte_ns, default.mark_pte_ns),
        visit_pte_ns: cost("visit_pte_ns", costs.visit_pte_ns, default.visit_pte_ns),
        visit_empty_pte_ns: cost("visit_empty_pte_ns", costs.visit_empty_pte_ns, default.visit_empty_pte_ns),
        visit_vma_ns: cost("visit_vma_ns", costs.visit_vma_ns, default.visit_vma_ns),
        scan_begin_ns: cost("scan_begin_ns", costs.scan_begin_ns, default.scan_begin_ns),
        scan_window_ns: cost("scan_window_ns", costs.scan_window_ns, default.scan_window_ns),
        hint_fault_ns: cost("hint_fault_ns", costs.hint_fault_ns, default.hint_fault_ns),
        migrate_page_ns: cost("migrate_page_ns", costs.migrate_page_ns, default.migrate_page_ns),
        migrate_huge_page_ns: cost("migrate_huge_page_ns", costs.migrate_huge_page_ns, default.migrate_huge_page_ns),
        wp_fault_ns: cost("wp_fault_ns", costs.wp_fault_ns, default.wp_fault_ns),
        first_touch_ns: cost("first_touch_ns", costs.first_touch_ns, default.first_touch_ns),
        saturation_threads: saturation,
        first_touch_huge_ns: cost("first_touch_huge_ns", costs.first_touch_huge_ns, default.first_touch_huge_ns),
    }
}
