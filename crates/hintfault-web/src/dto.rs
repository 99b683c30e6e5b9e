//! The plain objects that the page receives for clock, machine, tasks, address spaces and pages.
//! Field by field those of `hintfault::view`, in JS spelling and units.

use hintfault::ids::{NodeSet, VirtAddr};
use hintfault::input::RegionKind;
use hintfault::{CallCount, KernelStruct, Unit, view};
use hintfault_scenario::json::Writer;

/// `Playground.clock()`.
pub(crate) fn clock(out: &mut Writer, clock: &view::ClockView) {
    out.table(|out| {
        out.name("nowMs").ms(clock.now);
        out.count("tick", clock.tick.0);
        out.name("tickMs").millionths(clock.tick_ns);
        out.shown("jiffies", &clock.jiffies.0);
        out.count("events", clock.events);
    });
}

/// `Playground.machine()`.
pub(crate) fn machine(out: &mut Writer, machine: &view::MachineView, moves: &[view::NodeMoves]) {
    out.table(|out| {
        out.name("nodes").list(&machine.nodes, node);
        out.name("moves").list(moves, |out, moved| {
            out.table(|out| {
                out.count("from", moved.from.0);
                out.count("to", moved.to.0);
                out.count("pages", moved.pages);
                out.count("tasks", moved.tasks);
            });
        });
        out.name("distances").list(&machine.distances, |out, row| {
            out.list(row, |out, &distance| out.whole(distance.into()));
        });
    });
}

fn node(out: &mut Writer, node: &view::NodeView) {
    out.table(|out| {
        out.count("id", node.id.0);
        out.name("cpus").list(&node.cpus, |out, cpu| {
            out.table(|out| {
                out.count("id", cpu.id.0);
                out.optional("running", cpu.running, |out, task| out.whole(task.0.into()));
                out.count("waiting", cpu.waiting);
            });
        });
        out.count("memoryPages", node.memory_pages);
        out.count("freePages", node.free_pages);
        counts(out, "processPages", &node.process_pages);
    });
}

fn counts(out: &mut Writer, name: &str, values: &[u64]) {
    out.name(name).list(values, |out, &value| out.whole(value));
}

/// `Playground.tasks()`.
pub(crate) fn tasks(out: &mut Writer, tasks: &[view::TaskView]) {
    out.list(tasks, task);
}

fn task(out: &mut Writer, task: &view::TaskView) {
    out.table(|out| {
        out.count("index", task.index.0);
        out.count("process", task.process.0);
        out.count("tid", task.tid.0);
        out.label("name", &task.name);
        out.label("state", task_state(task.state));
        out.count("cpu", task.cpu.0);
        out.count("node", task.node.0);
        out.label("policy", &task.policy);
        out.name("affinity").list(&task.affinity, |out, cpu| out.whole(cpu.0.into()));
        out.name("runtimeMs").ms(task.runtime);
        out.name("nodeStampMs").ms(task.node_stamp);
        out.count("scanPeriodMs", task.scan_period_ms);
        out.count("scanPeriodMaxMs", task.scan_period_max_ms);
        out.name("scanSeq").signed(task.scan_seq.into());
        out.optional("preferredNid", task.preferred_nid, |out, nid| out.whole(nid.0.into()));
        out.count("totalNumaFaults", task.total_numa_faults);
        out.count("pagesMigrated", task.pages_migrated);
        counts(out, "faultsLocality", &task.faults_locality);
        out.name("faults").list(&task.faults, node_faults);
        accesses(out, task.accesses);
        out.count("step", task.step);
        out.count("stepVisits", task.step_visits);
    });
}

/// The letter that `ps` prints, except for a task that has not started.
fn task_state(state: view::TaskState) -> &'static str {
    match state {
        view::TaskState::New => "new",
        view::TaskState::Running => "R",
        view::TaskState::Sleeping => "S",
        view::TaskState::Stopped => "T",
        view::TaskState::Dead => "X",
    }
}

/// Pairs are (shared, private).
fn node_faults(out: &mut Writer, faults: &view::NodeFaultsView) {
    out.table(|out| {
        out.count("node", faults.node.0);
        counts(out, "mem", &faults.mem);
        counts(out, "cpu", &faults.cpu);
        counts(out, "memBuffer", &faults.mem_buffer);
        counts(out, "cpuBuffer", &faults.cpu_buffer);
    });
}

fn accesses(out: &mut Writer, accesses: view::AccessCounts) {
    out.table_field("accesses", |out| {
        out.count("local", accesses.local);
        out.count("remote", accesses.remote);
        out.name("stallMs").ms(accesses.stall);
    });
}

/// `Playground.outcome()`.
pub(crate) fn outcomes(out: &mut Writer, tasks: &[view::TaskView]) {
    out.table(|out| {
        out.name("all");
        outcome(out, &view::Outcome::of(tasks));
        out.name("tasks").list(tasks, |out, task| outcome(out, &view::Outcome::of([task])));
    });
}

fn outcome(out: &mut Writer, outcome: &view::Outcome) {
    out.table(|out| {
        out.count("local", outcome.accesses.local);
        out.count("remote", outcome.accesses.remote);
        let times = [
            ("stallMs", outcome.accesses.stall),
            ("runtimeMs", outcome.runtime),
            ("scanMs", outcome.system.scan),
            ("faultMs", outcome.system.fault),
            ("migrateMs", outcome.system.migrate),
        ];
        for (name, time) in times {
            out.name(name).ms(time);
        }
        out.optional("elapsedMs", outcome.elapsed, Writer::ms);
    });
}

/// `Playground.mms()`.
pub(crate) fn mms(out: &mut Writer, mms: &[view::MmView]) {
    out.list(mms, mm);
}

fn mm(out: &mut Writer, mm: &view::MmView) {
    out.table(|out| {
        out.count("process", mm.process.0);
        out.count("pid", mm.pid.0);
        out.label("name", &mm.name);
        out.name("scanSeq").signed(mm.scan_seq.into());
        out.shown("scanOffset", &mm.scan_offset);
        out.shown("nextScan", &mm.next_scan.0);
        out.count("mmUsers", mm.mm_users);
        out.count("rssPages", mm.rss_pages);
        out.name("vmas").list(&mm.vmas, vma);
    });
}

fn vma(out: &mut Writer, vma: &view::VmaView) {
    out.table(|out| {
        out.count("index", vma.index.0);
        out.label("name", &vma.name);
        out.shown("start", &vma.start);
        out.shown("end", &vma.end);
        out.count("pages", vma.pages);
        out.label("kind", region_kind(vma.kind));
        out.label("prot", &prot_text(vma));
        out.label("policy", &vma.policy);
        counts(out, "nodePages", &vma.node_pages);
        out.count("hintPages", vma.hint_pages);
        out.optional("numab", vma.numab, numab);
        out.optional("lastSkip", vma.last_skip, |out, reason| out.text(reason.as_str()));
        out.optional("lastWindow", vma.last_window, window);
    });
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

/// `vma_numab_state`; jiffies and bit maps as text, since they are 64 bits wide.
fn numab(out: &mut Writer, numab: view::NumabView) {
    out.table(|out| {
        out.shown("nextScan", &numab.next_scan.0);
        out.shown("pidsActiveReset", &numab.pids_active_reset.0);
        out.name("pidsActive").list(numab.pids_active, |out, bits| out.text(&format!("{bits:#x}")));
        out.name("startScanSeq").signed(numab.start_scan_seq.into());
        out.name("prevScanSeq").signed(numab.prev_scan_seq.into());
    });
}

fn window(out: &mut Writer, window: view::WindowView) {
    out.table(|out| {
        out.shown("start", &window.start);
        out.shown("end", &window.end);
        out.count("updated", window.updated);
        out.name("timeMs").ms(window.time);
    });
}

/// `Playground.page()`.
pub(crate) fn page(out: &mut Writer, page: Option<view::PageView>) {
    let Some(page) = page else { return out.null() };
    out.table(|out| {
        out.shown("addr", &page.addr);
        out.count("page", page.page.0);
        out.optional("node", page.node, |out, node| out.whole(node.0.into()));
        out.label("entry", pte_state(page.entry));
        out.count("lastCpupid", page.last_cpupid);
    });
}

fn pte_state(entry: view::PteState) -> &'static str {
    match entry {
        view::PteState::None => "none",
        view::PteState::Writable => "writable",
        view::PteState::ReadOnly => "read_only",
        view::PteState::Hint => "hint",
    }
}

/// `Playground.calls()`.
pub(crate) fn calls(out: &mut Writer, calls: impl Iterator<Item = CallCount>) {
    out.list(calls, |out, call| {
        out.table(|out| {
            out.label("name", call.name);
            out.optional("caller", call.caller, |out, caller| out.whole(caller as u64));
            out.count("total", call.total);
            out.count("lately", call.lately);
        });
    });
}

/// `Playground.structs()`.
pub(crate) fn structs(out: &mut Writer, structs: &[KernelStruct]) {
    out.list(structs, |out, each| {
        out.table(|out| {
            out.label("name", each.name);
            out.name("fields").list(each.fields.iter().zip(&each.values), field);
        });
    });
}

/// Name, value, unit.
fn field(out: &mut Writer, (&(name, unit), &value): (&(&str, Unit), &i64)) {
    out.list([0, 1, 2], |out, place| match (place, unit) {
        (0, _) => out.text(name),
        (2, _) => out.text(unit.as_str()),
        (_, Unit::Bits | Unit::Address) => out.text(&VirtAddr(value as u64).to_string()),
        (_, Unit::Nodes) => out.text(&NodeSet(value as u64).to_string()),
        _ => out.signed(value),
    });
}

/// `Playground.vmstat()`: names and order of `/proc/vmstat`.
pub(crate) fn vmstat(out: &mut Writer, vmstat: &view::Vmstat) {
    out.table(|out| {
        out.count("nr_free_pages", vmstat.nr_free_pages);
        out.count("numa_hit", vmstat.numa_hit);
        out.count("numa_miss", vmstat.numa_miss);
        out.count("numa_foreign", vmstat.numa_foreign);
        out.count("numa_local", vmstat.numa_local);
        out.count("numa_other", vmstat.numa_other);
        out.count("nr_anon_pages", vmstat.nr_anon_pages);
        out.count("pgfault", vmstat.pgfault);
        out.count("pgreuse", vmstat.pgreuse);
        out.count("numa_pte_updates", vmstat.numa_pte_updates);
        out.count("numa_huge_pte_updates", vmstat.numa_huge_pte_updates);
        out.count("numa_hint_faults", vmstat.numa_hint_faults);
        out.count("numa_hint_faults_local", vmstat.numa_hint_faults_local);
        out.count("numa_pages_migrated", vmstat.numa_pages_migrated);
        out.count("pgmigrate_success", vmstat.pgmigrate_success);
        out.count("pgmigrate_fail", vmstat.pgmigrate_fail);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::event::PageRef;
    use hintfault::ids::{NodeId, PageIdx, ProcIdx, TaskIdx, VmaIdx};
    use hintfault::time::Tick;
    use hintfault::{History, Subject};
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

    fn json(write: impl FnOnce(&mut Writer)) -> Value {
        let mut out = Writer::default();
        write(&mut out);
        serde_json::from_str(&out.finish()).expect("JSON")
    }

    const NODE_MOVES: view::NodeMoves = view::NodeMoves { from: NodeId(0), to: NodeId(1), pages: 7, tasks: 1 };

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
        let objects = json(|out| {
            out.list([0, 1, 2, 3, 4, 5, 6, 7], |out, place| match place {
                0 => clock(out, &world.clock()),
                1 => machine(out, &world.machine(), &[NODE_MOVES]),
                2 => tasks(out, &world.tasks()),
                3 => mms(out, &world.mms()),
                4 => calls(out, world.calls()),
                5 => outcomes(out, &world.tasks()),
                6 => structs(out, &world.structs(Subject { task: Some(TaskIdx(0)), ..Subject::default() })),
                _ => super::page(out, world.page(page)),
            });
        });
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
        let clock = json(|out| clock(out, &world.clock()));
        assert_eq!((&clock["tick"], &clock["tickMs"]), (&300.into(), &4.into()));
        assert_eq!(clock["nowMs"].as_f64(), Some(world.clock().now.0 as f64 / 1e6));
        assert_eq!(clock["jiffies"], world.clock().jiffies.0.to_string());
        let vma = &json(|out| mms(out, &world.mms()))[0]["vmas"][0];
        assert_eq!((&vma["pages"], &vma["prot"]), (&16_384.into(), &"rw-p".into()));
        let on_nodes = [0, 1].map(|node| vma["nodePages"][node].as_f64().expect("a number"));
        assert!(on_nodes[0] > 0.0 && on_nodes[1] > 0.0);
        assert_eq!(on_nodes[0] + on_nodes[1], 16_384.0);
    }

    #[test]
    fn outcomes_are_those_of_the_tasks() {
        let history = mid_run();
        let tasks = history.world().tasks();
        let outcomes = json(|out| outcomes(out, &tasks));
        assert_eq!(outcomes["tasks"].as_array().map(Vec::len), Some(tasks.len()));
        assert_eq!(outcomes["all"]["remote"], tasks.iter().map(|task| task.accesses.remote).sum::<u64>());
        assert_eq!(outcomes["tasks"][0]["scanMs"].as_f64(), Some(tasks[0].system.scan.0 as f64 / 1e6));
        assert!(outcomes["tasks"][0]["migrateMs"].as_f64() > Some(0.0));
        assert!(outcomes["all"]["elapsedMs"].is_null(), "still running");
    }

    #[test]
    fn counters_have_the_kernels_order() {
        let mut out = Writer::default();
        vmstat(&mut out, &mid_run().world().vmstat());
        let vmstat = out.finish();
        let place = |name: &str| vmstat.find(&format!("\"{name}\"")).expect(name);
        let order = ["nr_free_pages", "numa_hit", "pgfault", "numa_pte_updates", "pgmigrate_success"];
        assert!(order.map(place).is_sorted());
    }
}
