//! Asking for policies (`do_get_mempolicy`, mm/mempolicy.c, 6.12).

use crate::ids::{NodeSet, VirtAddr};
use crate::mempolicy::Mempolicy;
use crate::refusal::Refusal;
use crate::world::World;

/// `MPOL_F_NODE`.
pub(crate) const MPOL_F_NODE: u64 = 1;
/// `MPOL_F_ADDR`.
pub(crate) const MPOL_F_ADDR: u64 = 2;
/// `MPOL_F_MEMS_ALLOWED`.
pub(crate) const MPOL_F_MEMS_ALLOWED: u64 = 4;

/// A mask that cannot be longer (`copy_nodes_to_user`).
const MAX_MAXNODE: u64 = 32769;

/// Where the mask goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MaskRoom {
    /// Whether there is a pointer to it at all.
    pub given: bool,
    /// Its length in bits.
    pub maxnode: u64,
}

impl World {
    /// `get_mempolicy`: the mode with its flags, or a node, and the nodes. The page at the address
    /// must be there if its node is wanted.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub(crate) fn sys_get_mempolicy(
        &self,
        task: usize,
        room: MaskRoom,
        addr: VirtAddr,
        flags: u64,
    ) -> Result<(u32, NodeSet), Refusal> {
        if room.given && room.maxnode < self.setup.topology.nr_node_ids() as u64 {
            return Err(Refusal::MaskTooShort);
        }
        let answer = self.do_get_mempolicy(task, addr, flags)?;
        if room.given && room.maxnode > MAX_MAXNODE {
            return Err(Refusal::MaskTooLongToCopy);
        }
        Ok(answer)
    }

    fn do_get_mempolicy(&self, task: usize, addr: VirtAddr, flags: u64) -> Result<(u32, NodeSet), Refusal> {
        let has = |flag| flags & flag != 0;
        if flags & !(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED) != 0 {
            return Err(Refusal::GetMempolicyFlags);
        }
        if has(MPOL_F_MEMS_ALLOWED) {
            let alone = !has(MPOL_F_NODE | MPOL_F_ADDR);
            return if alone { Ok((0, self.mm_of(task).mems_allowed)) } else { Err(Refusal::MemsAllowedAlone) };
        }
        let (policy, page) = if has(MPOL_F_ADDR) {
            let at = self.page_at(self.tasks[task].mm, addr).ok_or(Refusal::AddressNotMapped)?;
            (self.vma_policy(at), Some(at))
        } else if addr != VirtAddr(0) {
            return Err(Refusal::AddressWithoutFlag);
        } else {
            (self.tasks[task].policy, None)
        };
        let word = match page {
            Some(at) if has(MPOL_F_NODE) => self.lookup_node(at),
            None if has(MPOL_F_NODE) => self.interleave_node(task, policy)?,
            _ => policy.map_or(0, |policy| u32::from(policy.mode as u16 | policy.flags.0)),
        };
        Ok((word, policy.map_or(NodeSet(0), get_policy_nodemask)))
    }

    /// `lookup_node` for a page that is there.
    fn lookup_node(&self, at: crate::mm::PageAt) -> u32 {
        let vma = &self.mms[at.mm].vmas[at.vma];
        let zero = match vma.table(vma.table_of(at.page)).is_huge() {
            true => self.huge_zero_node,
            false => None,
        };
        let node = self.objects[vma.object].node(vma.slot(at.page)).or(zero);
        node.unwrap_or(self.setup.zero_page_node).0.into()
    }

    /// The node whose turn it is.
    fn interleave_node(&self, task: usize, policy: Option<Mempolicy>) -> Result<u32, Refusal> {
        let task = &self.tasks[task];
        let policy = policy.filter(Mempolicy::interleaves).ok_or(Refusal::NodeNeedsInterleave)?;
        if policy.mode == crate::input::PolicyMode::WeightedInterleave && task.interleaving.weight > 0 {
            return Ok(task.interleaving.prev.into());
        }
        let next = task.interleaving.next_node(policy.nodes).unwrap_or_default();
        Ok(next.0.into())
    }
}

/// `get_policy_nodemask`, or the user's mask where that is kept.
fn get_policy_nodemask(policy: Mempolicy) -> NodeSet {
    if policy.stores_user_nodemask() { policy.w } else { policy.nodes }
}
