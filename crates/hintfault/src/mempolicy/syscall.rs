//! The system calls with their arguments as they come (`kernel_set_mempolicy`, `kernel_mbind`,
//! `kernel_get_mempolicy`, ...; mm/mempolicy.c, 6.12). The order of the checks is the kernel's;
//! actions and recorded calls both go through here.

use crate::ids::{NodeId, NodeSet, PAGE_SIZE, VirtAddr};
use crate::input::{MemPolicy, ModeFlags, MoveFlags, PolicyMode};
use crate::mempolicy::alloc::Interleaving;
use crate::mempolicy::mbind::MOVES;
use crate::mempolicy::migrate::Status;
use crate::mempolicy::{Mempolicy, mpol_new, mpol_set_nodemask, sanitize_mpol_flags};
use crate::refusal::Refusal;
use crate::world::World;

/// Highest possible node number and one (`MAX_NUMNODES`).
const MAX_NUMNODES: u64 = 1024;
/// Bits in a page, which no mask may be longer than.
const BITS_PER_PAGE: u64 = PAGE_SIZE * 8;

/// A node mask in the memory of the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(not(feature = "steps"), allow(unreachable_pub, reason = "only the suite calls with masks of its own"))]
pub struct UserMask<'a> {
    /// Words that can be read; none for a NULL pointer.
    pub words: Option<&'a [u64]>,
    /// `maxnode`: the kernel reads one bit less.
    pub maxnode: u64,
}

impl UserMask<'_> {
    /// `get_nodes`. Nodes from 64 on cannot be; where the kernel would keep them, they are lost.
    #[inline(never)]
    pub(crate) fn get_nodes(self) -> Result<NodeSet, Refusal> {
        let mut maxnode = self.maxnode.wrapping_sub(1);
        let Some(words) = self.words.filter(|_| maxnode != 0) else { return Ok(NodeSet(0)) };
        if maxnode > BITS_PER_PAGE {
            return Err(Refusal::MaskTooLong);
        }
        let word = |index: u64| words.get(index as usize).copied().ok_or(Refusal::MaskUnreadable);
        while maxnode > MAX_NUMNODES {
            // Whole words from the top down, also the last one with its bits from `maxnode` on.
            if word((maxnode - 1) / 64)? != 0 {
                return Err(Refusal::MaskBeyondNodes);
            }
            maxnode = (maxnode - 64).max(MAX_NUMNODES);
        }
        word((maxnode - 1) / 64)?;
        let low = word(0)?;
        Ok(NodeSet(if maxnode < 64 { low & ((1 << maxnode) - 1) } else { low }))
    }
}

/// Splits a mode word (`sanitize_mpol_flags`).
fn mode_and_flags(mode: u64) -> Result<(PolicyMode, ModeFlags), Refusal> {
    // The kernel takes it as an `int`.
    let word = mode as u32;
    let flags = ModeFlags((word & u32::from(ModeFlags::ALL.0)) as u16);
    let number = (word & !u32::from(ModeFlags::ALL.0)) as usize;
    let mode = PolicyMode::ALL.get(number).copied().ok_or(Refusal::UnknownMode)?;
    sanitize_mpol_flags(mode, flags)?;
    Ok((mode, flags))
}

/// The word that a mode and its flags make.
pub(crate) fn mode_word(policy: MemPolicy) -> u64 {
    u64::from(policy.mode as u16 | policy.flags.0)
}

/// The end of a range that begins at a page; none if it is empty. A length that rounds up to
/// nothing is empty too.
fn end_of(start: u64, len: u64) -> Result<Option<u64>, Refusal> {
    if !start.is_multiple_of(PAGE_SIZE) {
        return Err(Refusal::Unaligned);
    }
    let len = len.wrapping_add(PAGE_SIZE - 1) & !(PAGE_SIZE - 1);
    let end = start.wrapping_add(len);
    if end < start {
        return Err(Refusal::RangeWraps);
    }
    Ok((end > start).then_some(end))
}

impl World {
    /// `set_mempolicy`.
    #[inline(never)]
    pub(crate) fn sys_set_mempolicy(&mut self, task: usize, mode: u64, mask: UserMask<'_>) -> Result<(), Refusal> {
        let (mode, flags) = mode_and_flags(mode)?;
        let nodes = mask.get_nodes()?;
        let mems = self.mm_of(task).mems_allowed;
        let policy = mpol_new(MemPolicy { mode, flags, nodes })?;
        let policy = policy.map(|new| mpol_set_nodemask(new, nodes, mems)).transpose()?;
        let interleaves = policy.is_some_and(|new| new.interleaves());
        let task = &mut self.tasks[task];
        task.policy = policy;
        if interleaves {
            task.interleaving = Interleaving::START;
        }
        Ok(())
    }

    /// `mbind`.
    #[inline(never)]
    pub(crate) fn sys_mbind(
        &mut self,
        task: usize,
        (start, len): (u64, u64),
        mode: u64,
        mask: UserMask<'_>,
        mut flags: MoveFlags,
    ) -> Result<(), Refusal> {
        let (mode, mode_flags) = mode_and_flags(mode)?;
        let nodes = mask.get_nodes()?;
        if flags.0 & !(MoveFlags::STRICT.and(MOVES).0) != 0 {
            return Err(Refusal::MbindFlags);
        }
        if mode == PolicyMode::Default {
            flags = MoveFlags(flags.0 & !MoveFlags::STRICT.0);
        }
        let Some(end) = end_of(start, len)? else { return Ok(()) };
        let policy = mpol_new(MemPolicy { mode, flags: mode_flags, nodes })?;
        let mems = self.mm_of(task).mems_allowed;
        let policy = policy.map(|new| mpol_set_nodemask(new, nodes, mems)).transpose()?;
        self.mbind_pages(task, (VirtAddr(start), VirtAddr(end)), nodes, policy, flags)
    }

    /// `set_mempolicy_home_node`.
    #[inline(never)]
    pub(crate) fn sys_set_mempolicy_home_node(
        &mut self,
        task: usize,
        (start, len): (u64, u64),
        node: u64,
        flags: u64,
    ) -> Result<(), Refusal> {
        if !start.is_multiple_of(PAGE_SIZE) {
            return Err(Refusal::Unaligned);
        }
        if flags != 0 {
            return Err(Refusal::HomeNodeFlags);
        }
        let node = NodeId(u8::try_from(node).unwrap_or(u8::MAX));
        if !self.setup.topology.online().contains(&node) {
            return Err(Refusal::HomeNodeOffline);
        }
        let Some(end) = end_of(start, len)? else { return Ok(()) };
        self.set_home_node(self.tasks[task].mm, (VirtAddr(start), VirtAddr(end)), node)
    }

    /// `migrate_pages` of a process by a caller who may use the nodes `caller_mems`. Returns how
    /// many pages could not be moved.
    #[inline(never)]
    pub(crate) fn sys_migrate_pages(
        &mut self,
        task: usize,
        mm: usize,
        old: UserMask<'_>,
        new: UserMask<'_>,
        caller_mems: NodeSet,
    ) -> Result<u32, Refusal> {
        let (old, new) = (old.get_nodes()?, new.get_nodes()?.and(caller_mems));
        if new.is_empty() {
            return Err(Refusal::NoAllowedDestination);
        }
        Ok(self.do_migrate_pages(task, mm, old, new))
    }

    /// `move_pages` of a process with destinations. Returns how many pages could not be moved.
    pub(crate) fn sys_move_pages(
        &mut self,
        task: usize,
        mm: usize,
        moves: &[(VirtAddr, Option<NodeId>)],
        flags: MoveFlags,
        status: &mut [Status],
    ) -> Result<u32, Refusal> {
        if flags.0 & !MOVES.0 != 0 {
            return Err(Refusal::MovePagesFlags);
        }
        self.do_pages_move(task, mm, moves, flags, status)
    }
}

impl Mempolicy {
    /// Whether it spreads pages in turn.
    pub(crate) fn interleaves(&self) -> bool {
        matches!(self.mode, PolicyMode::Interleave | PolicyMode::WeightedInterleave)
    }
}
