//! Pages that an action moved: found by holding the world before it against that after it.

use alloc::vec;
use alloc::vec::Vec;

use crate::event::{EventKind, PageRef};
use crate::explain::Explanation;
use crate::explain::question::{Found, Question};
use crate::explain::replay::Replay;
use crate::explain::value::Value;
use crate::explain::verdict::{Change, Next, PageMover, Verdict, name_of_mode};
use crate::explain::watch::Wanted;
use crate::history::History;
use crate::ids::{NodeId, ProcIdx, VirtAddr};
use crate::input::{Action, MemPolicy, MoveFlags};
use crate::mempolicy::vma_policy_mof;
use crate::world::World;

/// So many actions are replayed in one go to see whether they moved a page.
const ACTIONS: usize = 8;

impl History {
    /// The last event of a world before `seq` that answers a question. Actions that could have
    /// moved a page count only if they did. They may split mappings, so the page is followed by its
    /// address.
    #[inline]
    pub(crate) fn last_before(&self, question: &mut Question, world: &World, seq: u64) -> Found {
        let (mut world, mut seq) = (world, seq);
        let mut before;
        for _ in 0..ACTIONS {
            let found = world.last_event(*question, seq);
            let (Question::PagePlace(page), Found::Event(event)) = (*question, found) else { return found };
            if !matches!(event.kind, EventKind::ActionApplied { .. }) {
                return found;
            }
            let Some(replay) = self.replay(event.seq, Wanted::All) else { return Found::Never };
            let Some(addr) = replay.after.addr_of(page) else { return Found::Never };
            if replay.nodes_of(page.process, addr).is_some() {
                return found;
            }
            let Some(earlier) = replay.before.page_of_addr(page.process, addr) else { return Found::Never };
            *question = Question::PagePlace(earlier);
            seq = event.seq;
            before = replay.before;
            world = &before;
        }
        Found::NotSince(seq)
    }

    /// Why an action moved a page. None if it did not.
    #[inline]
    pub(crate) fn explain_page_action(&self, seq: u64, page: PageRef) -> Option<Explanation> {
        let addr = self.world().addr_of(page)?;
        let replay = self.replay(seq, Wanted::All)?;
        let [from, to] = replay.nodes_of(page.process, addr)?;
        let EventKind::ActionApplied { action, .. } = replay.event.kind else { return None };
        let (mover, asked) = mover(&self.world().setup.actions.get(action as usize)?.action)?;
        let next = replay.after.next_of_moved(replay.after.page_of_addr(page.process, addr)?, to);
        let operands = [from, to].map(Value::Node).into_iter().chain(asked).collect();
        let verdict = Verdict::PageMoved(mover);
        Some(Explanation { event: Some(replay.event), checks: Vec::new(), verdict, operands, next })
    }
}

impl Replay {
    /// The nodes of a page before and after, if these differ.
    #[inline]
    fn nodes_of(&self, process: ProcIdx, addr: VirtAddr) -> Option<[NodeId; 2]> {
        let node = |world: &World| world.page(world.page_of_addr(process, addr)?)?.node;
        let nodes = [node(&self.before)?, node(&self.after)?];
        (nodes[0] != nodes[1]).then_some(nodes)
    }
}

impl World {
    /// Whether an action could have moved a page.
    #[inline]
    pub(crate) fn may_have_moved(&self, action: u32, page: PageRef) -> bool {
        let Some(timed) = self.setup.actions.get(action as usize) else { return false };
        let vmas = self.mms.get(page.process.index()).map(|mm| &mm.vmas);
        let is_shared = vmas.and_then(|vmas| vmas.get(page.vma.index())).is_some_and(|vma| vma.is_shared());
        match timed.action {
            Action::Mbind { range, .. } | Action::MovePages { range, .. } => range.process == page.process || is_shared,
            Action::MigratePages { process, .. } | Action::SetMems { process, .. } => {
                process == page.process || is_shared
            }
            _ => false,
        }
    }

    #[inline]
    fn addr_of(&self, page: PageRef) -> Option<VirtAddr> {
        self.page(page).map(|page| page.addr)
    }

    #[inline]
    fn page_of_addr(&self, process: ProcIdx, addr: VirtAddr) -> Option<PageRef> {
        self.mms.get(process.index())?;
        self.page_at(process.index(), addr).map(|at| self.page_ref(at))
    }

    #[inline]
    fn next_of_moved(&self, page: PageRef, to: NodeId) -> Option<Next> {
        let task = self.scanner_of(page.process)?;
        if vma_policy_mof(self.get_vma_policy(task, page.at())) {
            return Next::new(Change::FaultFromElsewhere, &[Value::Node(to)]);
        }
        Next::new(Change::PolicyWithBalancing, &[])
    }
}

/// The call and what it was asked for.
#[inline]
fn mover(action: &Action) -> Option<(PageMover, Vec<Value>)> {
    Some(match *action {
        Action::Mbind { policy: MemPolicy { mode, nodes, .. }, flags, .. } => {
            (PageMover::Mbind, vec![Value::Name(name_of_mode(mode)), Value::Nodes(nodes), name_of(flags)])
        }
        Action::MigratePages { from, to, .. } => (PageMover::MigratePages, vec![Value::Nodes(from), Value::Nodes(to)]),
        Action::MovePages { flags, .. } => (PageMover::MovePages, vec![name_of(flags)]),
        Action::SetMems { mems, .. } => (PageMover::SetMems, vec![Value::Nodes(mems)]),
        _ => return None,
    })
}

/// Only these two move pages.
#[inline]
fn name_of(flags: MoveFlags) -> Value {
    Value::Name(if flags.has(MoveFlags::MOVE_ALL) { "MPOL_MF_MOVE_ALL" } else { "MPOL_MF_MOVE" })
}
