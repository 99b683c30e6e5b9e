//! Actions about memory policies, cpusets and the places of pages, as system calls.

use alloc::vec;
use alloc::vec::Vec;

use crate::ids::{NodeId, NodeSet, PAGE_SIZE, VirtAddr};
use crate::input::{Action, MemPolicy, MoveFlags, PageRange};
use crate::mempolicy::syscall::{UserMask, mode_word};
use crate::refusal::Refusal;
use crate::world::World;

/// `maxnode` for masks of one word.
const MAXNODE: u64 = 65;

fn with_mask<T>(nodes: NodeSet, call: impl FnOnce(UserMask<'_>) -> T) -> T {
    call(UserMask { words: Some(&[nodes.0]), maxnode: MAXNODE })
}

/// Whether an action is one of those here.
pub(crate) fn is_policy_action(action: &Action) -> bool {
    matches!(
        action,
        Action::SetMempolicy { .. }
            | Action::Mbind { .. }
            | Action::SetHomeNode { .. }
            | Action::MigratePages { .. }
            | Action::MovePages { .. }
            | Action::SetMems { .. }
            | Action::SetWeights { .. }
    )
}

impl World {
    /// Does what such an action asks for. All running threads are settled meanwhile, since any of
    /// them may notice.
    #[inline(never)]
    pub(crate) fn policy_action(&mut self, action: &Action) -> Result<(), Refusal> {
        self.settle_all();
        let outcome = self.call_policy_action(action);
        self.arm_all();
        outcome
    }

    fn call_policy_action(&mut self, action: &Action) -> Result<(), Refusal> {
        match *action {
            Action::SetMempolicy { tid, policy } => {
                let caller = self.find_living(tid).ok_or(Refusal::NoSuchTask);
                caller.and_then(|task| {
                    with_mask(policy.nodes, |mask| self.sys_set_mempolicy(task, mode_word(policy), mask))
                })
            }
            Action::Mbind { range, policy, flags } => self.mbind_by_action(range, policy, flags),
            Action::SetHomeNode { range, node } => self
                .caller_and_range(range)
                .and_then(|(task, start, len)| self.sys_set_mempolicy_home_node(task, (start, len), node.0.into(), 0)),
            Action::MigratePages { process, from, to } => self.process_there(process.index()).and_then(|task| {
                let (mm, all) = (process.index(), self.memory.nodes());
                let call = |old: UserMask<'_>| with_mask(to, |new| self.sys_migrate_pages(task, mm, old, new, all));
                with_mask(from, call).map(|_| ())
            }),
            Action::MovePages { range, node, flags } => self.move_pages_by_action(range, node, flags),
            Action::SetMems { process, mems } => {
                self.process_there(process.index()).map(|task| self.set_mems_allowed(task, process.index(), mems))
            }
            Action::SetWeights { ref weights } => {
                for &(node, weight) in weights {
                    self.memory.weights[node.index()] = weight.max(1);
                }
                Ok(())
            }
            _ => unreachable!("another kind of action"),
        }
    }

    fn mbind_by_action(&mut self, range: PageRange, policy: MemPolicy, flags: MoveFlags) -> Result<(), Refusal> {
        let (task, start, len) = self.caller_and_range(range)?;
        with_mask(policy.nodes, |mask| self.sys_mbind(task, (start, len), mode_word(policy), mask, flags))
    }

    fn move_pages_by_action(&mut self, range: PageRange, node: NodeId, flags: MoveFlags) -> Result<(), Refusal> {
        let process = range.process.index();
        let task = self.process_there(process)?;
        let (start, _) = self.addresses(range)?;
        let page = |n: u32| (VirtAddr(start + u64::from(n) * PAGE_SIZE), Some(node));
        let moves: Vec<_> = (0..range.pages).map(page).collect();
        let mut status = vec![None; moves.len()];
        self.sys_move_pages(task, process, &moves, flags, &mut status).map(|_| ())
    }

    /// The first living thread of a process, which is the caller.
    pub(super) fn caller_and_range(&self, range: PageRange) -> Result<(usize, u64, u64), Refusal> {
        let task = self.first_living(range.process.index()).ok_or(Refusal::NoSuchTask)?;
        let (start, len) = self.addresses(range)?;
        Ok((task, start, len))
    }

    /// First address and length.
    fn addresses(&self, range: PageRange) -> Result<(u64, u64), Refusal> {
        let mm = &self.mms[range.process.index()];
        let vma = mm.vmas.iter().find(|vma| vma.region == range.region).ok_or(Refusal::RangeHasHole)?;
        let start = vma.start.add_pages(range.first.0.into()).0;
        Ok((start, u64::from(range.pages) * PAGE_SIZE))
    }

    /// A thread of a process that is there.
    fn process_there(&self, process: usize) -> Result<usize, Refusal> {
        if self.mms.get(process).is_none_or(|mm| mm.nr_threads == 0) {
            return Err(Refusal::NoSuchTask);
        }
        Ok(self.first_living(process).unwrap_or_else(|| self.setup.first_task(process)))
    }
}
