//! `/proc/PID/task/TID/sched`.

use core::fmt::Write as _;

use hintfault::view::{MachineView, MmView, NodeFaultsView, TaskView};

/// The NUMA part of `/proc/PID/task/TID/sched`, which is the end of the file. `mm` is the
/// task's address space.
#[must_use]
pub fn print_sched_numa(task: &TaskView, mm: &MmView, machine: &MachineView) -> String {
    assert_eq!(task.process, mm.process, "the task's own address space");
    let preferred = task.preferred_nid.map_or(-1, |node| i64::from(node.0));
    let mut text = String::new();
    let _ = writeln!(text, "{:<45}:{:21}", "mm->numa_scan_seq", mm.scan_seq);
    let _ = writeln!(text, "{:<45}:{:21}", "numa_pages_migrated", task.pages_migrated);
    let _ = writeln!(text, "{:<45}:{preferred:21}", "numa_preferred_nid");
    let _ = writeln!(text, "{:<45}:{:21}", "total_numa_faults", task.total_numa_faults);
    let group = task.group.map_or(0, |gid| gid.0);
    let _ = writeln!(text, "current_node={}, numa_group_id={group}", task.node);
    for node in &machine.nodes {
        let faults = task.faults.iter().find(|faults| faults.node == node.id);
        let [shared, private] = faults.map_or([0, 0], |faults: &NodeFaultsView| faults.mem);
        let [group_shared, group_private] = faults.map_or([0, 0], |faults| faults.group_mem);
        let _ = writeln!(
            text,
            "numa_faults node={} task_private={private} task_shared={shared} \
             group_private={group_private} group_shared={group_shared}",
            node.id
        );
    }
    text
}
