//! System calls about memory policies, and what they lead to.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::Steps;
use crate::ids::{CpuId, NodeId, NodeSet, PageIdx, ProcIdx, TaskIdx, VirtAddr};
use crate::input::{Access, MoveFlags};
pub use crate::mempolicy::get::MaskRoom;
use crate::mempolicy::get::{MPOL_F_ADDR, MPOL_F_NODE};
use crate::mempolicy::migrate::PageError;
pub use crate::mempolicy::syscall::UserMask;
use crate::refusal::{Errno, Refusal};

/// One VMA.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VmaPart {
    /// Its region.
    pub region: u16,
    /// Where in the region it begins.
    pub first: PageIdx,
    /// The policy as `numa_maps` shows it.
    pub policy: String,
}

impl Steps {
    /// Sets in which order an allocation that starts at a node tries the nodes with memory.
    pub fn set_fallback_order(&mut self, start: NodeId, nodes: Vec<NodeId>) {
        self.world.memory.set_zonelist(start, nodes);
    }

    /// Sets the number of the inode behind a region of shared memory.
    pub fn set_inode(&mut self, process: ProcIdx, region: u16, inode: u64) {
        let vma = self.world.mms[process.index()].vma_of(region, PageIdx(0));
        let object = self.world.mms[process.index()].vmas[vma].object;
        self.world.objects[object].inode = inode;
    }

    /// Where the huge zero page is, if there is one.
    #[must_use]
    pub fn huge_zero_node(&self) -> Option<NodeId> {
        self.world.huge_zero_node
    }

    /// Says where the huge zero page is.
    pub fn set_huge_zero_node(&mut self, node: Option<NodeId>) {
        self.world.huge_zero_node = node;
    }

    /// Puts a task on another CPU.
    ///
    /// # Panics
    /// When the machine has no such CPU.
    pub fn set_cpu(&mut self, task: TaskIdx, cpu: CpuId) {
        let place = self.world.setup.topology.cpu_index(cpu);
        self.world.tasks[task.index()].cpu = place.unwrap_or_else(|| panic!("no CPU {cpu}"));
    }

    /// An access to a page of a region, with all faults that it takes.
    pub fn touch(&mut self, task: TaskIdx, region: u16, page: PageIdx, access: Access) {
        let at = self.world.page_of_region(self.world.tasks[task.index()].mm, region, page);
        while let Some(kind) = self.world.fault_kind(at, access) {
            self.world.handle_pte_fault(task.index(), at, kind, access);
        }
    }

    /// `set_mempolicy`.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn set_mempolicy(&mut self, task: TaskIdx, mode: u64, mask: UserMask<'_>) -> Result<(), Refusal> {
        self.world.sys_set_mempolicy(task.index(), mode, mask)
    }

    /// `mbind` of an address and a length.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn mbind(
        &mut self,
        task: TaskIdx,
        range: (u64, u64),
        mode: u64,
        mask: UserMask<'_>,
        flags: u32,
    ) -> Result<(), Refusal> {
        self.world.sys_mbind(task.index(), range, mode, mask, MoveFlags(flags))
    }

    /// `set_mempolicy_home_node`.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn set_mempolicy_home_node(
        &mut self,
        task: TaskIdx,
        range: (u64, u64),
        node: u64,
        flags: u64,
    ) -> Result<(), Refusal> {
        self.world.sys_set_mempolicy_home_node(task.index(), range, node, flags)
    }

    /// `get_mempolicy`: the mode word or a node, and the nodes.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn get_mempolicy(
        &mut self,
        task: TaskIdx,
        room: MaskRoom,
        addr: VirtAddr,
        flags: u64,
    ) -> Result<(u32, NodeSet), Refusal> {
        let answer = self.world.sys_get_mempolicy(task.index(), room, addr, flags);
        let reads = matches!(answer, Ok(_) | Err(Refusal::MaskTooLongToCopy));
        if !reads || flags & (MPOL_F_ADDR | MPOL_F_NODE) != MPOL_F_ADDR | MPOL_F_NODE {
            return answer;
        }
        let at = self.world.page_at(self.world.tasks[task.index()].mm, addr).ok_or(Refusal::AddressNotMapped)?;
        let vma = &self.world.mms[at.mm].vmas[at.vma];
        let (region, page) = (vma.region, PageIdx(vma.region_page + at.page.0));
        self.touch(task, region, page, Access::Read);
        self.world.sys_get_mempolicy(task.index(), room, addr, flags)
    }

    /// `migrate_pages` of the caller's own process: how many pages were not moved.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn migrate_pages(&mut self, task: TaskIdx, old: UserMask<'_>, new: UserMask<'_>) -> Result<u32, Refusal> {
        let mm = self.world.tasks[task.index()].mm;
        let mems = self.world.mms[mm].mems_allowed;
        self.world.sys_migrate_pages(task.index(), mm, old, new, mems)
    }

    /// `move_pages` of the caller's own process: how many pages were not moved, and what is told
    /// of each, a node or a negative error; none where nothing is told.
    pub fn move_pages(
        &mut self,
        task: TaskIdx,
        moves: &[(VirtAddr, Option<NodeId>)],
        flags: u32,
    ) -> (Result<u32, Refusal>, Vec<Option<i32>>) {
        let mm = self.world.tasks[task.index()].mm;
        let mut status = vec![None; moves.len()];
        let outcome = self.world.sys_move_pages(task.index(), mm, moves, MoveFlags(flags), &mut status);
        (outcome, status.into_iter().map(|status| status.map(status_number)).collect())
    }

    /// What `move_pages` without destinations tells of a page: its node, or a negative error.
    #[must_use]
    pub fn page_status(&self, process: ProcIdx, addr: VirtAddr) -> i32 {
        status_number(self.world.page_status(process.index(), addr).map(|(_, node)| node))
    }

    /// The process moves to a cpuset with these nodes; none for all.
    pub fn set_mems(&mut self, task: TaskIdx, mems: NodeSet) {
        self.world.set_mems_allowed(task.index(), self.world.tasks[task.index()].mm, mems);
    }

    /// The VMAs of a process.
    #[must_use]
    pub fn vmas(&self, process: ProcIdx) -> Vec<VmaPart> {
        let vmas = &self.world.mms[process.index()].vmas;
        let part = |place: usize| VmaPart {
            region: vmas[place].region,
            first: PageIdx(vmas[place].region_page),
            policy: self.world.numa_maps_policy(process.index(), place),
        };
        (0..vmas.len()).map(part).collect()
    }
}

fn status_number(status: Result<NodeId, PageError>) -> i32 {
    let errno = match status {
        Ok(node) => return node.0.into(),
        Err(PageError::Absent) => Errno::Enoent,
        Err(PageError::Unmapped) => Errno::Efault,
        Err(PageError::Shared) => Errno::Eacces,
    };
    -i32::from(errno.number())
}
