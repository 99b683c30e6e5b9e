//! Trying out a policy on a copy of the machine: the same calls as those of actions, and the same
//! allocations as those of page faults.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{NodeId, PageIdx, VirtAddr};
use crate::input::{Action, MoveFlags};
use crate::mempolicy::alloc::alloc_pages_mpol;
use crate::mempolicy::{Mempolicy, mpol_to_str, vma_policy_mof};
use crate::mm::PageAt;
use crate::mm::page_alloc::Order;
use crate::refusal::Refusal;
use crate::world::World;
use crate::world::policy_actions::is_policy_action;

/// What a policy would come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trial {
    /// As `numa_maps` would print it.
    pub policy: String,
    /// Whether the scanner would look at the memory (`vma_policy_mof`).
    pub scanned: bool,
    /// Where new pages would come from, page after page; none where there is no room.
    pub nodes: Vec<Option<NodeId>>,
}

/// Whose policy is tried: a thread's, or that of memory as the thread finds it there.
#[derive(Clone, Copy)]
struct Aim {
    task: usize,
    memory: Option<VirtAddr>,
}

impl World {
    /// What would come of actions, were they done now: none if none of them sets a policy. Places
    /// are those of up to `pages` pages, from the first on that the policy is for. For a thread's
    /// policy, they are those of the first mapping that has none of its own. Pages that are there
    /// already are not moved for that; nothing changes.
    ///
    /// # Errors
    /// The rule by which the kernel would refuse the first of them that it refuses.
    pub fn try_actions(&self, actions: &[Action], pages: u32) -> Result<Option<Trial>, Refusal> {
        let mut copy = self.copy();
        for action in actions {
            copy.try_action(action)?;
        }
        let aim = actions.iter().find_map(|action| copy.aim_of(action));
        Ok(aim.and_then(|aim| copy.look(aim, pages)))
    }

    fn try_action(&mut self, action: &Action) -> Result<(), Refusal> {
        if !is_policy_action(action) {
            return self.refusal(action).map_or(Ok(()), Err);
        }
        let mut action = action.clone();
        if let Action::Mbind { flags, .. } = &mut action
            && *flags != MoveFlags::STRICT
        {
            *flags = MoveFlags::NONE;
        }
        self.policy_action(&action)
    }

    fn aim_of(&self, action: &Action) -> Option<Aim> {
        match *action {
            Action::SetMempolicy { tid, .. } => self.find_living(tid).map(|task| Aim { task, memory: None }),
            Action::Mbind { range, .. } => {
                let (task, start, _) = self.caller_and_range(range).ok()?;
                Some(Aim { task, memory: Some(VirtAddr(start)) })
            }
            _ => None,
        }
    }

    /// None where nothing is mapped.
    fn look(mut self, aim: Aim, pages: u32) -> Option<Trial> {
        let mm = self.tasks[aim.task].mm;
        let own = |vma: usize| self.vma_policy(PageAt { mm, vma, page: PageIdx(0) }).is_some();
        let start = aim.memory.or_else(|| {
            let vmas = 0..self.mms[mm].vmas.len();
            vmas.clone().find(|&vma| !own(vma)).or(vmas.clone().next()).map(|vma| self.mms[mm].vmas[vma].start)
        })?;
        let policy = self.policy_under(aim, self.page_at(mm, start)?);
        let mut nodes = Vec::new();
        let mut slot = None;
        for page in 0..pages {
            let Some(at) = self.page_at(mm, start.add_pages(page.into())) else { break };
            let table = (at.vma, self.mms[mm].vmas[at.vma].table_of(at.page));
            let node = match slot {
                Some((of, node)) if of == table => node,
                _ => self.try_page(aim, at),
            };
            slot = self.is_huge_slot(at).then_some((table, node));
            nodes.push(node);
        }
        Some(Trial { policy: mpol_to_str(policy), scanned: vma_policy_mof(policy), nodes })
    }

    /// A thread's own policy, whatever that of the memory is.
    fn policy_under(&self, aim: Aim, at: PageAt) -> Option<Mempolicy> {
        match aim.memory {
            Some(_) => self.get_vma_policy(aim.task, at),
            None => self.tasks[aim.task].policy,
        }
    }

    /// Allocates as a first touch would.
    fn try_page(&mut self, aim: Aim, at: PageAt) -> Option<NodeId> {
        let huge = self.is_huge_slot(at).then_some(Order::Huge);
        huge.into_iter().chain([Order::Base]).find_map(|order| {
            let (policy, place) = self.place_at(aim.task, at, order);
            let policy = if aim.memory.is_some() { policy } else { self.tasks[aim.task].policy };
            alloc_pages_mpol(&mut self.memory, policy, place)
        })
    }
}
