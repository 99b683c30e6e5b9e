//! How much has moved from node to node since the start. The kernel counts moved pages only as a
//! whole; looking at a machine, one wants to know from where to where.

use alloc::vec::Vec;

use crate::ids::NodeId;
use crate::view::NodeMoves;

/// Moves by pair of nodes, ascending; pairs without any are left out.
#[derive(Clone, Default, Debug)]
pub(crate) struct Moves(Vec<NodeMoves>);

impl Moves {
    /// Counts base pages that went to another node.
    pub(crate) fn add_pages(&mut self, from: NodeId, to: NodeId, pages: u64) {
        if from != to {
            self.of(from, to).pages += pages;
        }
    }

    /// Counts a task that came to another CPU, if that is on another node.
    pub(crate) fn add_task(&mut self, from: NodeId, to: NodeId) {
        if from != to {
            self.of(from, to).tasks += 1;
        }
    }

    pub(crate) fn list(&self) -> &[NodeMoves] {
        &self.0
    }

    fn of(&mut self, from: NodeId, to: NodeId) -> &mut NodeMoves {
        let place = self.0.partition_point(|known| (known.from, known.to) < (from, to));
        if self.0.get(place).is_none_or(|known| (known.from, known.to) != (from, to)) {
            self.0.insert(place, NodeMoves { from, to, pages: 0, tasks: 0 });
        }
        &mut self.0[place]
    }
}
