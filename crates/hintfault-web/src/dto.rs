//! The plain objects that the page receives for clock, machine, tasks, address spaces and pages.
//! Field by field those of `hintfault::view`, in JS spelling and units.

use hintfault::input::RegionKind;
use hintfault::view;
use serde::Serialize;

use crate::convert::{count, ms};

/// `Playground.clock()`.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Clock {
    now_ms: f64,
    tick: f64,
    tick_ms: f64,
    jiffies: String,
    events: f64,
}

impl From<view::ClockView> for Clock {
    fn from(clock: view::ClockView) -> Self {
        Self {
            now_ms: ms(clock.now),
            tick: count(clock.tick.0),
            tick_ms: count(clock.tick_ns) / 1e6,
            jiffies: clock.jiffies.0.to_string(),
            events: count(clock.events),
        }
    }
}

/// `Playground.machine()`.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    nodes: Vec<Node>,
    distances: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: u8,
    cpus: Vec<Cpu>,
    memory_pages: f64,
    free_pages: f64,
    process_pages: Vec<f64>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Cpu {
    id: u16,
    running: Option<u16>,
    waiting: u16,
}

impl From<view::MachineView> for Machine {
    fn from(machine: view::MachineView) -> Self {
        let nodes = machine.nodes.iter().map(node).collect();
        Self { nodes, distances: machine.distances }
    }
}

fn node(node: &view::NodeView) -> Node {
    let cpu = |cpu: &view::CpuView| Cpu { id: cpu.id.0, running: cpu.running.map(|task| task.0), waiting: cpu.waiting };
    Node {
        id: node.id.0,
        cpus: node.cpus.iter().map(cpu).collect(),
        memory_pages: count(node.memory_pages),
        free_pages: count(node.free_pages),
        process_pages: counts(&node.process_pages),
    }
}

fn counts(values: &[u64]) -> Vec<f64> {
    values.iter().copied().map(count).collect()
}

/// One of `Playground.tasks()`.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Task {
    index: u16,
    process: u16,
    tid: u32,
    name: String,
    state: &'static str,
    cpu: u16,
    node: u8,
    affinity: Vec<u16>,
    runtime_ms: f64,
    node_stamp_ms: f64,
    scan_period_ms: u32,
    scan_period_max_ms: u32,
    scan_seq: i32,
    preferred_nid: Option<u8>,
    total_numa_faults: f64,
    pages_migrated: f64,
    faults_locality: Vec<f64>,
    faults: Vec<NodeFaults>,
    accesses: Accesses,
    step: u16,
    step_visits: f64,
}

/// Pairs are (shared, private).
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeFaults {
    node: u8,
    mem: Vec<f64>,
    cpu: Vec<f64>,
    mem_buffer: Vec<f64>,
    cpu_buffer: Vec<f64>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Accesses {
    local: f64,
    remote: f64,
    stall_ms: f64,
}

impl From<view::TaskView> for Task {
    fn from(task: view::TaskView) -> Self {
        Self {
            index: task.index.0,
            process: task.process.0,
            tid: task.tid.0,
            state: task_state(task.state),
            cpu: task.cpu.0,
            node: task.node.0,
            affinity: task.affinity.iter().map(|cpu| cpu.0).collect(),
            runtime_ms: ms(task.runtime),
            node_stamp_ms: ms(task.node_stamp),
            scan_period_ms: task.scan_period_ms,
            scan_period_max_ms: task.scan_period_max_ms,
            scan_seq: task.scan_seq,
            preferred_nid: task.preferred_nid.map(|nid| nid.0),
            total_numa_faults: count(task.total_numa_faults),
            pages_migrated: count(task.pages_migrated),
            faults_locality: counts(&task.faults_locality),
            faults: task.faults.iter().map(node_faults).collect(),
            accesses: accesses(task.accesses),
            step: task.step,
            step_visits: count(task.step_visits),
            name: task.name,
        }
    }
}

/// The letter that `ps` prints, except for a task that has not started.
fn task_state(state: view::TaskState) -> &'static str {
    match state {
        view::TaskState::New => "new",
        view::TaskState::Running => "R",
        view::TaskState::Sleeping => "S",
        view::TaskState::Dead => "X",
    }
}

fn node_faults(faults: &view::NodeFaultsView) -> NodeFaults {
    NodeFaults {
        node: faults.node.0,
        mem: counts(&faults.mem),
        cpu: counts(&faults.cpu),
        mem_buffer: counts(&faults.mem_buffer),
        cpu_buffer: counts(&faults.cpu_buffer),
    }
}

fn accesses(accesses: view::AccessCounts) -> Accesses {
    Accesses { local: count(accesses.local), remote: count(accesses.remote), stall_ms: ms(accesses.stall) }
}

/// One of `Playground.mms()`.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mm {
    process: u16,
    pid: u32,
    name: String,
    scan_seq: i32,
    scan_offset: String,
    next_scan: String,
    mm_users: u32,
    rss_pages: f64,
    vmas: Vec<Vma>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Vma {
    index: u16,
    name: String,
    start: String,
    end: String,
    pages: u32,
    kind: &'static str,
    prot: String,
    policy: String,
    node_pages: Vec<f64>,
    hint_pages: f64,
    numab: Option<Numab>,
    last_skip: Option<&'static str>,
    last_window: Option<Window>,
}

/// `vma_numab_state`; jiffies and bit maps as text, since they are 64 bits wide.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Numab {
    next_scan: String,
    pids_active_reset: String,
    pids_active: Vec<String>,
    start_scan_seq: i32,
    prev_scan_seq: i32,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    start: String,
    end: String,
    updated: u32,
    time_ms: f64,
}

impl From<view::MmView> for Mm {
    fn from(mm: view::MmView) -> Self {
        Self {
            process: mm.process.0,
            pid: mm.pid.0,
            scan_seq: mm.scan_seq,
            scan_offset: mm.scan_offset.to_string(),
            next_scan: mm.next_scan.0.to_string(),
            mm_users: mm.mm_users,
            rss_pages: count(mm.rss_pages),
            vmas: mm.vmas.iter().map(vma).collect(),
            name: mm.name,
        }
    }
}

fn vma(vma: &view::VmaView) -> Vma {
    Vma {
        index: vma.index.0,
        name: vma.name.clone(),
        start: vma.start.to_string(),
        end: vma.end.to_string(),
        pages: vma.pages,
        kind: region_kind(vma.kind),
        prot: prot_text(vma),
        policy: vma.policy.clone(),
        node_pages: counts(&vma.node_pages),
        hint_pages: count(vma.hint_pages),
        numab: vma.numab.map(numab),
        last_skip: vma.last_skip.map(|reason| reason.as_str()),
        last_window: vma.last_window.map(window),
    }
}

fn region_kind(kind: RegionKind) -> &'static str {
    match kind {
        RegionKind::Anon => "anon",
        RegionKind::PrivateFile => "private_file",
        RegionKind::Shared { .. } => "shared",
        RegionKind::Unmigratable => "unmigratable",
    }
}

/// As `/proc/PID/maps` prints it.
fn prot_text(vma: &view::VmaView) -> String {
    let prot = vma.prot;
    let letter = |granted: bool, letter: char| if granted { letter } else { '-' };
    let sharing = if matches!(vma.kind, RegionKind::Shared { .. }) { 's' } else { 'p' };
    [letter(prot.read, 'r'), letter(prot.write, 'w'), letter(prot.exec, 'x'), sharing].iter().collect()
}

fn numab(numab: view::NumabView) -> Numab {
    Numab {
        next_scan: numab.next_scan.0.to_string(),
        pids_active_reset: numab.pids_active_reset.0.to_string(),
        pids_active: numab.pids_active.iter().map(|bits| format!("{bits:#x}")).collect(),
        start_scan_seq: numab.start_scan_seq,
        prev_scan_seq: numab.prev_scan_seq,
    }
}

fn window(window: view::WindowView) -> Window {
    Window {
        start: window.start.to_string(),
        end: window.end.to_string(),
        updated: window.updated,
        time_ms: ms(window.time),
    }
}

/// `Playground.page()`.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    addr: String,
    page: u32,
    node: Option<u8>,
    entry: &'static str,
    last_cpupid: u32,
}

impl From<view::PageView> for Page {
    fn from(page: view::PageView) -> Self {
        Self {
            addr: page.addr.to_string(),
            page: page.page.0,
            node: page.node.map(|node| node.0),
            entry: pte_state(page.entry),
            last_cpupid: page.last_cpupid,
        }
    }
}

fn pte_state(entry: view::PteState) -> &'static str {
    match entry {
        view::PteState::None => "none",
        view::PteState::Writable => "writable",
        view::PteState::ReadOnly => "read_only",
        view::PteState::Hint => "hint",
    }
}

/// `Playground.vmstat()`: names and order of `/proc/vmstat`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Vmstat {
    nr_free_pages: f64,
    numa_hit: f64,
    numa_miss: f64,
    numa_foreign: f64,
    numa_local: f64,
    numa_other: f64,
    nr_anon_pages: f64,
    pgfault: f64,
    pgreuse: f64,
    numa_pte_updates: f64,
    numa_huge_pte_updates: f64,
    numa_hint_faults: f64,
    numa_hint_faults_local: f64,
    numa_pages_migrated: f64,
    pgmigrate_success: f64,
    pgmigrate_fail: f64,
}

impl From<view::Vmstat> for Vmstat {
    fn from(vmstat: view::Vmstat) -> Self {
        Self {
            nr_free_pages: count(vmstat.nr_free_pages),
            numa_hit: count(vmstat.numa_hit),
            numa_miss: count(vmstat.numa_miss),
            numa_foreign: count(vmstat.numa_foreign),
            numa_local: count(vmstat.numa_local),
            numa_other: count(vmstat.numa_other),
            nr_anon_pages: count(vmstat.nr_anon_pages),
            pgfault: count(vmstat.pgfault),
            pgreuse: count(vmstat.pgreuse),
            numa_pte_updates: count(vmstat.numa_pte_updates),
            numa_huge_pte_updates: count(vmstat.numa_huge_pte_updates),
            numa_hint_faults: count(vmstat.numa_hint_faults),
            numa_hint_faults_local: count(vmstat.numa_hint_faults_local),
            numa_pages_migrated: count(vmstat.numa_pages_migrated),
            pgmigrate_success: count(vmstat.pgmigrate_success),
            pgmigrate_fail: count(vmstat.pgmigrate_fail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::History;
    use hintfault::event::PageRef;
    use hintfault::ids::{PageIdx, ProcIdx, VmaIdx};
    use hintfault::time::Tick;
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// All names of fields in a plain object and in what it holds.
    fn field_names(value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    names.insert(name.clone());
                    field_names(field, names);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| field_names(item, names)),
            _ => {}
        }
    }

    fn mid_run() -> History {
        let text = hintfault_scenario::presets::ALL[0].text;
        let (_, scenario) = crate::sharing::open(text).expect("valid");
        let mut history = History::new(&scenario).expect("starts");
        history.seek(Tick(300));
        history
    }

    #[test]
    fn every_field_is_declared() {
        let history = mid_run();
        let world = history.world();
        let page = PageRef { process: ProcIdx(0), vma: VmaIdx(0), page: PageIdx(0) };
        let tasks: Vec<Task> = world.tasks().into_iter().map(Into::into).collect();
        let mms: Vec<Mm> = world.mms().into_iter().map(Into::into).collect();
        let objects = serde_json::json!([
            Clock::from(world.clock()),
            Machine::from(world.machine()),
            tasks,
            mms,
            world.page(page).map(Page::from),
        ]);
        let mut names = BTreeSet::new();
        field_names(&objects, &mut names);
        assert!(names.len() > 60, "{names:?}");
        let declared = include_str!("types.d.ts");
        let missing = |name: &&String| !declared.contains(&format!("{name}:"));
        assert_eq!(names.iter().filter(missing).collect::<Vec<_>>(), Vec::<&String>::new());
    }

    #[test]
    fn values_keep_their_meaning() {
        let history = mid_run();
        let world = history.world();
        let clock = serde_json::json!(Clock::from(world.clock()));
        assert_eq!((&clock["tick"], &clock["tickMs"]), (&300.0.into(), &4.0.into()));
        assert_eq!(clock["jiffies"], world.clock().jiffies.0.to_string());
        let mms: Vec<Mm> = world.mms().into_iter().map(Into::into).collect();
        let vma = &serde_json::json!(mms)[0]["vmas"][0];
        assert_eq!((&vma["pages"], &vma["prot"]), (&16_384.into(), &"rw-p".into()));
        let on_nodes = [0, 1].map(|node| vma["nodePages"][node].as_f64().expect("a number"));
        assert!(on_nodes[0] > 0.0 && on_nodes[1] > 0.0);
        assert_eq!(on_nodes[0] + on_nodes[1], 16_384.0);
    }

    #[test]
    fn counters_have_the_kernels_order() {
        let vmstat = serde_json::to_string(&Vmstat::from(mid_run().world().vmstat())).expect("plain");
        let place = |name: &str| vmstat.find(&format!("\"{name}\"")).expect(name);
        let order = ["nr_free_pages", "numa_hit", "pgfault", "numa_pte_updates", "pgmigrate_success"];
        assert!(order.map(place).is_sorted());
    }
}
