//! `hintfault run`.

use std::io::Write;

use hintfault::World;
use hintfault::ids::NodeId;
use hintfault::time::{Ns, Tick};
use hintfault::view::{MmView, TaskView, VmaView};
use hintfault_procfs::{NumactlVersion, print_numa_maps, print_numactl, print_sched_numa, print_vmstat};

use crate::args::RunArgs;
use crate::error::Error;
use crate::events::{Names, line};
use crate::input;

pub(crate) const DEFAULT_RUN: Ns = Ns::from_ms(10_000);

pub(crate) fn run(args: &RunArgs, out: &mut dyn Write) -> Result<(), Error> {
    let scenario = input::scenario(&args.scenario)?;
    let setup = |source| Error::Setup { path: args.scenario.clone(), source };
    let mut world = World::new(&scenario).map_err(setup)?;
    let end = match (args.ticks, args.until) {
        (Some(ticks), _) => world.time_of_tick(Tick(ticks)),
        (None, Some(ms)) => Ns::from_ms(ms),
        (None, None) => DEFAULT_RUN,
    };
    if args.events {
        run_and_tell(&mut world, end, out)?;
    } else {
        world.run_until(end);
    }
    let texts = texts(args, &world);
    match texts.as_slice() {
        [] if args.events => Ok(()),
        [] => summary(&world, out),
        [(_, text)] => Ok(write!(out, "{text}")?),
        texts => {
            for (title, text) in texts {
                write!(out, "# {title}\n{text}")?;
            }
            Ok(())
        }
    }
}

/// Runs tick by tick, since only so many events are kept.
fn run_and_tell(world: &mut World, end: Ns, out: &mut dyn Write) -> Result<(), Error> {
    let names = Names::of(world);
    let mut next_seq = 0;
    while world.clock().now < end {
        let next_tick = Tick(world.clock().tick.0 + 1);
        world.run_until(world.time_of_tick(next_tick).min(end));
        for event in world.events(next_seq, usize::MAX) {
            if event.seq > next_seq {
                writeln!(out, "# {} events were too many to be kept", event.seq - next_seq)?;
            }
            next_seq = event.seq + 1;
            writeln!(out, "{}", line(&event, &names))?;
        }
    }
    Ok(())
}

/// The texts that are asked for, each with its title.
fn texts(args: &RunArgs, world: &World) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let machine = world.machine();
    let mms = world.mms();
    if args.hardware {
        texts.push(("numactl --hardware".to_owned(), print_numactl(&machine, NumactlVersion::UpTo2_0_18)));
    }
    if args.vmstat {
        texts.push(("/proc/vmstat".to_owned(), print_vmstat(&world.vmstat())));
    }
    if args.numa_maps {
        let maps = mms.iter().map(|mm| (format!("/proc/{}/numa_maps", mm.pid), print_numa_maps(mm, &machine)));
        texts.extend(maps);
    }
    if args.sched {
        texts.extend(world.tasks().iter().map(|task| {
            let mm = &mms[task.process.index()];
            (format!("/proc/{}/task/{}/sched", mm.pid, task.tid), print_sched_numa(task, mm, &machine))
        }));
    }
    texts
}

fn summary(world: &World, out: &mut dyn Write) -> Result<(), Error> {
    let clock = world.clock();
    writeln!(out, "{}, tick {}, {} events", clock.now, clock.tick.0, clock.events)?;
    let nodes: Vec<NodeId> = world.machine().nodes.iter().map(|node| node.id).collect();
    let tasks = world.tasks();
    for mm in world.mms() {
        writeln!(out, "\n{} (pid {}), {} passes of the scanner", mm.name, mm.pid, mm.scan_seq)?;
        for task in tasks.iter().filter(|task| task.process == mm.process) {
            write_task(task, out)?;
        }
        write_regions(&mm, &nodes, out)?;
    }
    let vmstat = world.vmstat();
    writeln!(
        out,
        "\n{} entries marked, {} hinting faults ({} local), {} pages migrated",
        vmstat.numa_pte_updates, vmstat.numa_hint_faults, vmstat.numa_hint_faults_local, vmstat.numa_pages_migrated
    )?;
    Ok(())
}

fn write_task(task: &TaskView, out: &mut dyn Write) -> Result<(), Error> {
    let preferred = task.preferred_nid.map_or_else(|| "none".to_owned(), |node| node.to_string());
    writeln!(
        out,
        "  thread {} ({}): cpu {} on node {}, preferred node {preferred}, scan period {} ms, {} accesses local, {} remote",
        task.tid, task.name, task.cpu, task.node, task.scan_period_ms, task.accesses.local, task.accesses.remote
    )?;
    Ok(())
}

fn write_regions(mm: &MmView, nodes: &[NodeId], out: &mut dyn Write) -> Result<(), Error> {
    for vma in &mm.vmas {
        writeln!(
            out,
            "  {:#x} {}: {} of {} pages present{}",
            vma.start.0,
            vma.name,
            present(vma),
            vma.pages,
            by_node(vma, nodes)
        )?;
    }
    Ok(())
}

fn present(vma: &VmaView) -> u64 {
    vma.node_pages.iter().sum()
}

fn by_node(vma: &VmaView, nodes: &[NodeId]) -> String {
    let held = nodes.iter().zip(&vma.node_pages).filter(|(_, pages)| **pages > 0);
    let mut text: String = held.map(|(node, pages)| format!(", {pages} on node {node}")).collect();
    if vma.hint_pages > 0 {
        text += &format!(", {} hint entries", vma.hint_pages);
    }
    text
}
