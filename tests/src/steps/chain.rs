//! Faults whose addresses are recorded (group 17): who last asked for a page follows from all
//! that happened to it before.

use hintfault::ids::{CpuId, NodeId, PAGE_SIZE, PageIdx};
use hintfault::input::{Access, Populate, Sharing};
use hintfault::steps::TaskState;

use super::faults::{last_cpupid, vma_of};
use super::machine::Lab;
use crate::conformance::Checks;
use crate::recording::Recording;

/// Compares `last_cpupid` at each fault in a region of the workload. All of its pages are written.
pub(super) fn compare(recording: &Recording, mut lab: Lab, checks: &mut Checks) {
    populate(recording, &mut lab);
    for (at, row) in recording.events.fault_addr.iter().zip(&recording.events.first_faults) {
        let place = lab.threads[&row.thread];
        let region = recording
            .regions
            .iter()
            .find(|region| (region.addr..region.addr + u64::from(region.pages) * PAGE_SIZE).contains(&at.page_addr));
        let name = format!("{} {:.3}", row.thread, row.t_ms);
        checks.equal("fault-thread", &name, &at.thread, &row.thread);
        let (Some(region), Some(vma)) = (region, vma_of(&lab, place, at.page_addr)) else { continue };
        let page = PageIdx(u32::try_from((at.page_addr - region.addr) / PAGE_SIZE).expect("inside the region"));
        let state = TaskState { cpu: CpuId(row.cpu), scan_seq: 0, ..lab.steps.task(place.task) };
        lab.steps.set_task(place.task, &state);
        let after = lab.steps.fault(place.task, vma, page, Access::Write);
        let mem_node = after.counted.map(|counted| counted.mem_node.0);
        checks.equal("last-cpupid", &name, &(after.found_cpupid, mem_node), &(last_cpupid(row), Some(row.node)));
    }
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
