//! Faults whose addresses are recorded (group 17): who last asked for a page follows from all
//! that happened to it before.

use hintfault::ids::{CpuId, NodeId, PAGE_SIZE, PageIdx};
use hintfault::input::{Access, Populate, Sharing};
use hintfault::steps::{FaultAfter, TaskState};

use super::faults::{last_cpupid, vma_of};
use super::machine::Lab;
use crate::conformance::Checks;
use crate::recording::Recording;
use crate::recording::events::FaultAddrRow;

/// Compares `last_cpupid` at each fault in a region of the workload as far as it is recorded, and
/// after that how many faults are shared. All pages are written.
pub(super) fn compare(recording: &Recording, mut lab: Lab, checks: &mut Checks) {
    populate(recording, &mut lab);
    let firsts = &recording.events.first_faults;
    let (mut shared, mut elsewhere) = (0, 0);
    for (place, at) in recording.events.fault_addr.iter().enumerate() {
        let first = firsts.get(place);
        // Threads of these runs are bound to one CPU each.
        let cpu = first.or_else(|| firsts.iter().find(|row| row.thread == at.thread)).map(|row| row.cpu);
        let Some(after) = cpu.and_then(|cpu| fault(recording, &mut lab, at, cpu)) else {
            elsewhere += 1;
            continue;
        };
        shared += u64::from(after.counted.is_some_and(|counted| !counted.is_private));
        if let Some(row) = first {
            let name = format!("{} {:.3}", row.thread, row.t_ms);
            let mem_node = after.counted.map(|counted| counted.mem_node.0);
            let recorded = (&row.thread, last_cpupid(row), Some(row.node));
            checks.equal("last-cpupid", &name, &(&at.thread, after.found_cpupid, mem_node), &recorded);
        }
    }
    if !recording.events.fault_addr.is_empty() {
        let rows = recording.events.faults.iter().filter(|row| row.private == 0);
        let recorded: u64 = rows.map(|row| row.faults).sum();
        let range = shared..=shared + elsewhere;
        let outcome = if range.contains(&recorded) {
            Ok(())
        } else {
            Err(format!("engine {range:?} shared faults, recorded {recorded}"))
        };
        checks.add("shared-faults", "all", outcome);
    }
}

/// A fault in a region of the workload; none for one elsewhere.
fn fault(recording: &Recording, lab: &mut Lab, at: &FaultAddrRow, cpu: u16) -> Option<FaultAfter> {
    let place = lab.threads[&at.thread];
    let region = recording
        .regions
        .iter()
        .find(|region| (region.addr..region.addr + u64::from(region.pages) * PAGE_SIZE).contains(&at.page_addr))?;
    let vma = vma_of(lab, place, at.page_addr)?;
    let page = PageIdx(u32::try_from((at.page_addr - region.addr) / PAGE_SIZE).ok()?);
    let state = TaskState { cpu: CpuId(cpu), scan_seq: 0, ..lab.steps.task(place.task) };
    lab.steps.set_task(place.task, &state);
    Some(lab.steps.fault(place.task, vma, page, Access::Write))
}

/// All pages where they were first touched.
fn populate(recording: &Recording, lab: &mut Lab) {
    for (region, described) in recording.regions.iter().zip(&recording.scenario.regions) {
        let owner = lab.threads.values().find(|place| usize::from(described.proc) == place.process.index()).copied();
        let Some(place) = owner.filter(|_| described.touch_cpus.len() == 1) else { continue };
        let Some(vma) = vma_of(lab, place, region.addr) else { continue };
        let node: NodeId = lab.node_of(described.touch_cpus[0]);
        let run = Populate { first: PageIdx(0), pages: region.pages, node, sharing: Sharing::Exclusive };
        lab.steps.set_pages(place.process, vma, &[run]);
    }
}
