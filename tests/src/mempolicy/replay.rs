//! Doing what a case did, and comparing.

use std::fmt::Debug;

use hintfault::Refusal;
use hintfault::ids::{CpuId, NodeId, NodeSet, PAGE_SIZE, PageIdx, ProcIdx, TaskIdx, VirtAddr};
use hintfault::input::Access;
use hintfault::steps::{MaskRoom, Steps, UserMask};

use super::Mismatch;
use super::case::{Case, Header, Mask, Op};
use super::machine::{Mapped, boot, set_inodes};

const TASK: TaskIdx = TaskIdx(0);
const PROCESS: ProcIdx = ProcIdx(0);
/// Words of the recorder's masks, enough for the longest that the kernel reads.
const MASK_WORDS: usize = 1024;
/// An address below all regions.
const UNMAPPED: VirtAddr = VirtAddr(0x1_0000);
/// The start of a call that is not at a page.
const MISALIGNED: u64 = 100;
/// What `move_pages` left as it was.
const NOT_WRITTEN: i32 = -999;

/// Replays a case. None if everything agrees with either of its results.
pub(super) fn replay(
    header: &Header,
    case: &Case,
    huge_zero_node: &mut Option<NodeId>,
) -> Result<Option<Mismatch>, String> {
    let before = *huge_zero_node;
    let first = run(header, case, case.case, huge_zero_node)?;
    let Some(alt) = case.alt.as_ref().filter(|_| first.is_some()) else { return Ok(first) };
    *huge_zero_node = before;
    let second = run(header, alt, case.case, huge_zero_node)?;
    Ok(if second.is_none() { None } else { first })
}

fn run(
    header: &Header,
    case: &Case,
    number: u64,
    huge_zero_node: &mut Option<NodeId>,
) -> Result<Option<Mismatch>, String> {
    let (mut steps, regions) = boot(header, case)?;
    set_inodes(&mut steps, &case.ino);
    steps.set_huge_zero_node(*huge_zero_node);
    let mut replay = Replay { steps, regions, case: number, mismatch: None };
    for (place, op) in case.ops.iter().enumerate() {
        replay.call(place, op)?;
    }
    replay.compare_end(case);
    *huge_zero_node = replay.steps.huge_zero_node();
    Ok(replay.mismatch)
}

struct Replay {
    steps: Steps,
    regions: Vec<Mapped>,
    case: u64,
    /// The first one.
    mismatch: Option<Mismatch>,
}

impl Replay {
    fn compare<T: PartialEq + Debug>(&mut self, op: Option<usize>, what: &str, recorded: &T, found: &T) {
        if recorded == found || self.mismatch.is_some() {
            return;
        }
        let (recorded, found) = (format!("{recorded:?}"), format!("{found:?}"));
        self.mismatch = Some(Mismatch { case: self.case, op, what: what.to_owned(), recorded, found });
    }

    fn region(&self, region: u16) -> Result<Mapped, String> {
        self.regions.get(usize::from(region)).copied().ok_or_else(|| format!("no region {region}"))
    }

    /// Address and length.
    fn range(&self, region: u16, first: u32, pages: u32) -> Result<(u64, u64), String> {
        let region = self.region(region)?;
        Ok((region.addr(first), u64::from(pages) * u64::from(region.unit) * PAGE_SIZE))
    }

    fn call(&mut self, place: usize, op: &Op) -> Result<(), String> {
        match op {
            Op::Map { .. } => {}
            Op::Cpu(cpu) => self.steps.set_cpu(TASK, CpuId(*cpu)),
            Op::CpusetMems(mems) => self.steps.set_mems(TASK, NodeSet(*mems)),
            Op::SetMempolicy { mode, mask, errno } => {
                let outcome = with_mask(mask, |mask| self.steps.set_mempolicy(TASK, *mode, mask));
                self.compare(Some(place), "set_mempolicy errno", errno, &number(&outcome));
            }
            Op::Mbind { region, first, pages, mode, mask, flags, errno, aligned } => {
                let (start, len) = self.range(*region, *first, *pages)?;
                let start = if *aligned { start } else { start + MISALIGNED };
                let outcome = with_mask(mask, |mask| self.steps.mbind(TASK, (start, len), *mode, mask, *flags));
                self.compare(Some(place), "mbind errno", errno, &number(&outcome));
            }
            Op::HomeNode { region, first, pages, node, flags, errno } => {
                let range = self.range(*region, *first, *pages)?;
                let outcome = self.steps.set_mempolicy_home_node(TASK, range, *node, *flags);
                self.compare(Some(place), "set_mempolicy_home_node errno", errno, &number(&outcome));
            }
            Op::Touch { region, writes, pages } => {
                let (unit, access) = (self.region(*region)?.unit, if *writes { Access::Write } else { Access::Read });
                pages.iter().for_each(|page| self.steps.touch(TASK, *region, PageIdx(page * unit), access));
            }
            Op::GetMempolicy { .. } => self.get_mempolicy(place, op)?,
            Op::MigratePages { from, to, errno } => {
                let outcome = with_mask(from, |old| with_mask(to, |new| self.steps.migrate_pages(TASK, old, new)));
                self.compare(Some(place), "migrate_pages errno", errno, &number(&outcome));
            }
            Op::MovePages { .. } => self.move_pages(place, op)?,
        }
        Ok(())
    }

    fn get_mempolicy(&mut self, place: usize, op: &Op) -> Result<(), String> {
        let Op::GetMempolicy { flags, region, page, no_mask, maxnode, errno, mode, mask } = op else {
            unreachable!("another call");
        };
        let addr = match (u32::try_from(*page), u16::try_from(*region)) {
            (Ok(page), Ok(region)) => VirtAddr(self.region(region)?.addr(page)),
            _ if *page == -1 => VirtAddr(0),
            _ => UNMAPPED,
        };
        let room = MaskRoom { given: !no_mask, maxnode: *maxnode };
        let outcome = self.steps.get_mempolicy(TASK, room, addr, *flags);
        let nodes = outcome.map_or(0, |(_, nodes)| if *no_mask { 0 } else { nodes.0 });
        let found = (number(&outcome), outcome.map_or(-1, |(word, _)| i64::from(word)), nodes);
        self.compare(Some(place), "get_mempolicy", &(*errno, *mode, *mask), &found);
        Ok(())
    }

    fn move_pages(&mut self, place: usize, op: &Op) -> Result<(), String> {
        let Op::MovePages { region, first, flags, nodes, errno, returned, status } = op else {
            unreachable!("another call");
        };
        let region = self.region(*region)?;
        let destination = |node: &i64| u8::try_from(*node).ok().map(NodeId);
        let moves: Vec<_> =
            (*first..).zip(nodes).map(|(page, node)| (VirtAddr(region.addr(page)), destination(node))).collect();
        let (outcome, told) = self.steps.move_pages(TASK, &moves, *flags);
        let told: Vec<i32> = told.into_iter().map(|status| status.unwrap_or(NOT_WRITTEN)).collect();
        let found = (number(&outcome), outcome.map_or(0, i64::from), told);
        let recorded = (*errno, if *errno == 0 { *returned } else { 0 }, status.clone());
        self.compare(Some(place), "move_pages", &recorded, &found);
        Ok(())
    }

    fn compare_end(&mut self, case: &Case) {
        let page = |region: &Mapped, page| self.steps.page_status(PROCESS, VirtAddr(region.addr(page)));
        let all = |region: &Mapped| (0..region.pages).map(|number| page(region, number)).collect();
        let pages: Vec<Vec<i32>> = self.regions.iter().map(all).collect();
        self.compare(None, "pages", &case.pages, &pages);
        let unit = |region: u16| self.regions[usize::from(region)].unit;
        let parts = self.steps.vmas(PROCESS).into_iter();
        let vmas: Vec<_> = parts.map(|part| (part.region, part.first.0 / unit(part.region), part.policy)).collect();
        self.compare(None, "vmas", &case.vmas, &vmas);
        let room = MaskRoom { given: true, maxnode: 1024 };
        let task = self.steps.get_mempolicy(TASK, room, VirtAddr(0), 0);
        let nodes = format!("{:x}", task.map_or(0, |(_, nodes)| nodes.0));
        let task = (number(&task), task.map_or(-1, |(word, _)| i64::from(word)), nodes);
        self.compare(None, "task policy", &case.task, &task);
        let mems = self.steps.get_mempolicy(TASK, room, VirtAddr(0), 4);
        let mems = format!("{:x}", mems.map_or(0, |(_, nodes)| nodes.0));
        self.compare(None, "mems_allowed", &case.mems_allowed, &mems);
    }
}

fn with_mask<T>(mask: &Mask, call: impl FnOnce(UserMask<'_>) -> T) -> T {
    let words = mask.bits.as_ref().map(|bits| {
        let mut words = bits.clone();
        words.resize(MASK_WORDS.max(bits.len()), 0);
        words
    });
    call(UserMask { words: words.as_deref(), maxnode: mask.maxnode })
}

fn number<T>(outcome: &Result<T, Refusal>) -> i32 {
    outcome.as_ref().err().map_or(0, |rule| rule.errno().number().into())
}
