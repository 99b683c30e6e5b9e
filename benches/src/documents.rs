use serde_json::{Value, json};

const NODES: u64 = 4;
const CPUS_PER_NODE: u64 = 16;
const GIB_PAGES: u64 = 1 << 18;

/// Where the pages of a thread are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placement {
    /// On the node that its thread is bound to.
    Local,
    /// On the next node.
    Remote,
}

/// How the threads are divided into processes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// One process, in which every thread has a region of its own.
    Threads,
    /// One process a thread. The scanner then leaves local pages alone.
    Processes,
}

/// 64 GiB on four nodes with 64 CPUs: 64 threads, each bound to a node, go over 1 GiB each.
#[must_use]
pub fn server(layout: Layout, placement: Placement) -> Value {
    let threads: Vec<Value> = (0..NODES * CPUS_PER_NODE).map(|n| thread(n, layout)).collect();
    let regions: Vec<Value> = (0..NODES * CPUS_PER_NODE).map(|n| region(n, placement)).collect();
    let processes = match layout {
        Layout::Threads => json!([{ "name": "server", "start": "forked", "regions": regions, "threads": threads }]),
        Layout::Processes => threads
            .iter()
            .zip(&regions)
            .map(|(thread, region)| {
                json!({ "name": "worker", "start": "forked", "regions": [region], "threads": [thread] })
            })
            .collect(),
    };
    json!({ "version": 1, "machine": { "nodes": nodes() }, "processes": processes })
}

fn nodes() -> Vec<Value> {
    let node =
        |n| json!({ "cpus": format!("{}-{}", n * CPUS_PER_NODE, (n + 1) * CPUS_PER_NODE - 1), "memory": "32 GiB" });
    (0..NODES).map(node).collect()
}

fn region(n: u64, placement: Placement) -> Value {
    let home = n / CPUS_PER_NODE;
    let node = match placement {
        Placement::Local => home,
        Placement::Remote => (home + 1) % NODES,
    };
    json!({ "name": format!("slice {n}"), "size": "1 GiB", "populate": [{ "node": node }] })
}

fn thread(n: u64, layout: Layout) -> Value {
    let first = n / CPUS_PER_NODE * CPUS_PER_NODE;
    let mut thread = json!({
        "name": format!("worker {n}"),
        "affinity": format!("{first}-{}", first + CPUS_PER_NODE - 1),
        "program": [{ "write": format!("slice {n}") }],
    });
    if layout == Layout::Processes {
        thread["name"] = json!("worker");
    }
    thread
}

/// 4 GiB in four regions, a million pages, which four threads of another node go over: as soon as they are marked,
/// they move.
#[must_use]
pub fn million() -> Value {
    let part = |n: u64| format!("part {n}");
    let region = |n| json!({ "name": part(n), "size": "1 GiB", "populate": [{ "node": 0 }] });
    let thread = |n| json!({ "name": format!("million {n}"), "affinity": "4-7", "program": [{ "write": part(n) }] });
    json!({
        "version": 1,
        "machine": { "nodes": [{ "cpus": "0-3", "memory": "8 GiB" }, { "cpus": "4-7", "memory": "8 GiB" }] },
        "kernel": { "scan_size_mb": 1024 },
        "processes": [{
            "name": "million",
            "start": "forked",
            "regions": (0..4).map(region).collect::<Vec<Value>>(),
            "threads": (0..4).map(thread).collect::<Vec<Value>>(),
        }],
    })
}

/// One process on two nodes that holds `gib` GiB on the node it runs on, and is scanned 4 GiB at a time at next to no cost. With a second
/// thread, which only sleeps, local pages are marked too.
#[must_use]
pub fn scanned(gib: u64, threads: Marking, program: Value) -> Value {
    let mut all = vec![json!({ "name": "main", "affinity": "0", "program": [program] })];
    if threads == Marking::LocalToo {
        all.push(json!({ "name": "sleeper", "affinity": "2", "program": [{ "sleep_ms": 80_000_000 }] }));
    }
    json!({
        "version": 1,
        "machine": {
            "nodes": [{ "cpus": "0-1", "memory": "64 GiB" }, { "cpus": "2-3", "memory": "64 GiB" }],
            "costs": { "mark_pte_ns": 1, "visit_pte_ns": 1, "hint_fault_ns": 100, "migrate_page_ns": 100 },
        },
        "kernel": { "scan_size_mb": 4096, "scan_delay_ms": 100, "scan_period_min_ms": 100 },
        "processes": [{
            "name": "scanned",
            "start": "forked",
            "regions": [{ "name": "memory", "size": gib * GIB_PAGES * 4096, "populate": [{ "node": 0 }] }],
            "threads": all,
        }],
    })
}

/// What the scanner finds to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Marking {
    /// A process with one user: its local pages stay as they are.
    RemoteOnly,
    /// A process with two threads: every page is marked.
    LocalToo,
}
