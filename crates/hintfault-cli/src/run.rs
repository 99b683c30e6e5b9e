//! `hintfault run`.

use std::io::Write;

use hintfault::World;
use hintfault::event::EventKind;
use hintfault::ids::NodeId;
use hintfault::input::Scenario;
use hintfault::time::{Ns, Tick};
use hintfault::view::{Convergence, MmView, Outcome, SystemTime, TaskView, VmaView};
use hintfault_procfs::{NumactlVersion, print_numa_maps, print_numactl, print_sched_numa, print_vmstat};
use hintfault_scenario::command::start_under;
use hintfault_scenario::validate;

use crate::args::RunArgs;
use crate::error::Error;
use crate::events::{Names, line};
use crate::input;

pub(crate) const DEFAULT_RUN: Ns = Ns::from_ms(10_000);

pub(crate) fn run(args: &RunArgs, out: &mut dyn Write) -> Result<(), Error> {
    let scenario = scenario_under_numactl(args)?;
    let setup = |source| Error::Setup { path: args.scenario.clone(), source };
    let mut world = World::new(&scenario).map_err(setup)?;
    let end = match (args.ticks, args.until) {
        (Some(ticks), _) => world.time_of_tick(Tick(ticks)),
        (None, Some(ms)) => Ns::from_ms(ms),
        (None, None) => DEFAULT_RUN,
    };
    if args.events {
        run_and_tell(&mut world, &scenario, end, out)?;
    } else if args.convergence {
        run_to_convergence(args, &mut world, end, out)?;
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

/// The scenario, started under numactl if so asked; what numactl passes over goes to standard error.
fn scenario_under_numactl(args: &RunArgs) -> Result<Scenario, Error> {
    let Some(line) = &args.numactl else { return input::scenario(&args.scenario) };
    let document = input::document(&args.scenario)?;
    let refused = |failure| Error::refused(&args.scenario, failure);
    validate(&document).map_err(refused)?;
    let under = |failure| Error::refused(&format!("numactl {line}"), failure);
    let (document, notes) = start_under(&document, line).map_err(under)?;
    for note in notes {
        eprintln!("numactl {line}: {}", note.en);
    }
    validate(&document).map_err(refused)
}

/// Runs tick by tick, since only so many events are kept.
fn run_and_tell(world: &mut World, scenario: &Scenario, end: Ns, out: &mut dyn Write) -> Result<(), Error> {
    let mut names = Names::of(world, scenario);
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
            // Mappings split and join in actions only.
            if matches!(event.kind, EventKind::ActionApplied { .. }) {
                names = Names::of(world, scenario);
            }
        }
    }
    Ok(())
}

/// Looks once a second, as perf does.
fn run_to_convergence(args: &RunArgs, world: &mut World, end: Ns, out: &mut dyn Write) -> Result<(), Error> {
    let mut converged = None;
    while world.clock().now < end {
        world.run_until(Ns(world.clock().now.0 + 1_000_000_000).min(end));
        let now = world.clock().now;
        let convergence = Convergence::of(&world.tasks());
        let Some((fewest, most)) = convergence.span() else { break };
        converged = if convergence.is_strong() { converged.or(Some(now)) } else { None };
        let nodes: Vec<String> = convergence.nodes.iter().map(|(_, nodes)| nodes.to_string()).collect();
        let word = if converged == Some(now) { ", converged" } else { "" };
        writeln!(out, "{now}: nodes of each process {}, {{{fewest}-{most}}}{word}", nodes.join(" "))?;
        if args.until_converged && converged.is_some() {
            break;
        }
    }
    match converged {
        Some(at) => writeln!(out, "converged after {at}")?,
        None => writeln!(out, "not converged")?,
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
    write_outcome(&Outcome::of(&tasks), out)?;
    let vmstat = world.vmstat();
    writeln!(
        out,
        "\n{} entries marked, {} hinting faults ({} local), {} pages migrated",
        vmstat.numa_pte_updates, vmstat.numa_hint_faults, vmstat.numa_hint_faults_local, vmstat.numa_pages_migrated
    )?;
    Ok(())
}

fn write_outcome(outcome: &Outcome, out: &mut dyn Write) -> Result<(), Error> {
    let Outcome { accesses, runtime, system, elapsed } = outcome;
    let elapsed = elapsed.map_or_else(|| "not all threads have ended".to_owned(), |end| format!("done after {end}"));
    writeln!(out, "\n{elapsed}; {runtime} of CPU time, {} of them waiting for remote memory", accesses.stall)?;
    if let Some(permille) = outcome.local_permille() {
        let all = accesses.local + accesses.remote;
        writeln!(out, "{all} accesses, {}.{} % of them local", permille / 10, permille % 10)?;
    }
    let SystemTime { scan, fault, migrate } = system;
    writeln!(out, "in the kernel: {scan} scanning, {fault} in faults, {migrate} moving pages")?;
    Ok(())
}

fn write_task(task: &TaskView, out: &mut dyn Write) -> Result<(), Error> {
    let preferred = task.preferred_nid.map_or_else(|| "none".to_owned(), |node| node.to_string());
    writeln!(
        out,
        "  thread {} ({}): cpu {} on node {}, preferred node {preferred}, scan period {} ms, {} accesses local, {} remote{}",
        task.tid,
        task.name,
        task.cpu,
        task.node,
        task.scan_period_ms,
        task.accesses.local,
        task.accesses.remote,
        task.ended.map_or_else(String::new, |end| format!(", ended at {end}"))
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
