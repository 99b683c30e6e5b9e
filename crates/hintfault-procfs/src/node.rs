//! `/sys/devices/system/node/nodeN/`.

use hintfault::view::NodeView;

use crate::kib;

/// The lines of a node's `meminfo` that are modelled: total, free and used memory.
#[must_use]
pub fn print_node_meminfo(node: &NodeView) -> String {
    let lines = [
        ("MemTotal:", node.memory_pages),
        ("MemFree:", node.free_pages),
        ("MemUsed:", node.memory_pages - node.free_pages),
    ];
    lines.map(|(label, pages)| format!("Node {} {label:<15} {:8} kB\n", node.id, kib(pages))).concat()
}
