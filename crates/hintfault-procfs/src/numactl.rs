//! `numactl --hardware`.

use core::fmt::Write as _;

use hintfault::ids::NodeId;
use hintfault::view::MachineView;

use crate::mib;

/// Whose output to print; the tables of distances differ in width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumactlVersion {
    /// 2.0.18 and before.
    UpTo2_0_18,
    /// 2.0.19.
    From2_0_19,
}

impl NumactlVersion {
    /// What `% 3d` or `% 4d` makes of a number that is not negative.
    fn number(self, number: impl Into<u32>) -> String {
        let number = number.into();
        match self {
            Self::UpTo2_0_18 => format!("{:>3}", format!(" {number}")),
            Self::From2_0_19 => format!("{:>4}", format!(" {number}")),
        }
    }
}

/// What `numactl --hardware` prints of a machine.
#[must_use]
pub fn print_numactl(machine: &MachineView, version: NumactlVersion) -> String {
    let ids: Vec<NodeId> = machine.nodes.iter().map(|node| node.id).collect();
    let mut text = format!("available: {} nodes ({})\n", ids.len(), node_list(&ids));
    for node in &machine.nodes {
        let id = node.id;
        let cpus: String = node.cpus.iter().map(|cpu| format!(" {}", cpu.id)).collect();
        let (size, free) = (mib(node.memory_pages), mib(node.free_pages));
        let _ = write!(text, "node {id} cpus:{cpus}\nnode {id} size: {size} MB\nnode {id} free: {free} MB\n");
    }
    text + &distances(machine, &ids, version)
}

fn distances(machine: &MachineView, ids: &[NodeId], version: NumactlVersion) -> String {
    let head = match version {
        NumactlVersion::UpTo2_0_18 => "node ",
        NumactlVersion::From2_0_19 => "node  ",
    };
    let cell = |number: u8| version.number(number) + " ";
    let heads: String = ids.iter().map(|id| cell(id.0)).collect();
    let mut text = format!("node distances:\n{head}{heads}\n");
    for (id, row) in ids.iter().zip(&machine.distances) {
        let row: String = row.iter().map(|&distance| cell(distance)).collect();
        let _ = writeln!(text, "{}: {row}", version.number(id.0));
    }
    text
}

/// Ascending nodes as the kernel writes them: `0-1,3`.
fn node_list(ids: &[NodeId]) -> String {
    let runs = ids.chunk_by(|a, b| b.0 - a.0 == 1).map(|run| match run {
        [first, .., last] => format!("{first}-{last}"),
        run => run.iter().map(ToString::to_string).collect(),
    });
    runs.collect::<Vec<_>>().join(",")
}
