//! The mappings of a process.

use hintfault::ids::{NodeId, NodeSet, PAGE_SHIFT, PAGE_SIZE, PMD_SIZE, PageIdx, VirtAddr};
use hintfault::input;

use super::machine::Facts;
use super::pages::{Run, check_run};
use super::{check_name, policy};
use crate::document::{Populate, Region, RegionKind, Sharing, Thp};
use crate::failure::{Path, Report};
use crate::limits::{END_ADDRESS, MAX_POPULATES, MAX_REGIONS, MAX_TOTAL_PAGES, MIN_ADDRESS};
use crate::order::into_ascending;

/// Where the first region lies that has no `start`.
const FIRST_ADDRESS: u64 = 0x1000_0000_0000;
const DEFAULT_PROT: &str = "rw-";

/// The regions of a process, and what its programs need to know of them.
pub(super) struct Regions {
    /// Ascending by address.
    pub(super) checked: Vec<input::Region>,
    /// Pages that come into being, for each of them.
    pub(super) touched: Vec<Vec<Run>>,
}

impl Regions {
    /// The place of a region in address order.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.checked.iter().position(|region| region.name == name)
    }
}

/// Pages that are still free by node number, while processes are read.
pub(super) type FreePages = Vec<Option<u64>>;

pub(super) fn check_all(
    regions: &[Region],
    mems: NodeSet,
    facts: &Facts,
    free: &mut FreePages,
    path: &Path,
    report: &mut Report,
) -> Regions {
    let mut placed = Vec::new();
    let mut next_start = FIRST_ADDRESS;
    for (index, region) in regions.iter().take(MAX_REGIONS).enumerate() {
        let checked = check_region(region, next_start, mems, facts, free, &path.index(index), report);
        let end = checked.start.add_pages(u64::from(checked.pages));
        // Behind a gap, so that the kernel would not merge the two.
        next_start = end.0.next_multiple_of(PMD_SIZE) + PMD_SIZE;
        placed.push((index, checked));
    }
    let placed = into_ascending(placed, |(_, region)| region.start.0);
    check_overlaps(&placed, path, report);
    check_names(&placed, path, report);
    let checked: Vec<_> = placed.into_iter().map(|(_, region)| region).collect();
    let touched = checked.iter().map(|region| region.populate.iter().map(run_of).collect()).collect();
    Regions { checked, touched }
}

fn check_names(placed: &[(usize, input::Region)], path: &Path, report: &mut Report) {
    for (place, (index, region)) in placed.iter().enumerate() {
        if placed[..place].iter().any(|(_, before)| before.name == region.name) {
            let en = format!("another region is called \"{}\" too", region.name);
            let zh = format!("已有同名区域“{}”", region.name);
            report.push(&path.index(*index).field("name"), en, zh);
        }
    }
}

fn run_of(populate: &input::Populate) -> Run {
    Run { first: populate.first.0, end: populate.first.0 + populate.pages }
}

fn check_overlaps(placed: &[(usize, input::Region)], path: &Path, report: &mut Report) {
    for pair in placed.windows(2) {
        let [(_, before), (index, region)] = pair else {
            continue;
        };
        if before.start.add_pages(u64::from(before.pages)) > region.start {
            let en = format!("overlaps region \"{}\"", before.name);
            let zh = format!("与区域“{}”重叠", before.name);
            report.push(&path.index(*index).field("start"), en, zh);
        }
    }
}

fn check_region(
    region: &Region,
    next_start: u64,
    mems: NodeSet,
    facts: &Facts,
    free: &mut FreePages,
    path: &Path,
    report: &mut Report,
) -> input::Region {
    check_name(&path.field("name"), &region.name, report);
    let pages = check_pages(region, &path.field("size"), report);
    let start = check_start(region, next_start, pages, &path.field("start"), report);
    let prot = check_prot(region, &path.field("prot"), report);
    let policy_path = path.field("policy");
    let policy = policy::check(region.policy.as_ref(), mems, facts, &policy_path, report);
    let populate = check_populate(&region.populate, pages, facts, free, &path.field("populate"), report);
    input::Region {
        name: region.name.clone(),
        start: VirtAddr(start),
        pages,
        kind: check_kind(region, path, report),
        prot,
        policy,
        home_node: policy::check_home_node(region.policy.as_ref(), facts, &policy_path, report),
        thp: check_thp(region, &path.field("thp"), report),
        populate,
    }
}

/// The key of shared memory is given later, when all regions are known.
fn check_kind(region: &Region, path: &Path, report: &mut Report) -> input::RegionKind {
    let shared = |backing| input::RegionKind::Shared { key: 0, backing };
    let kind = match region.kind {
        None | Some(RegionKind::Anon) => input::RegionKind::Anon,
        Some(RegionKind::PrivateFile) => input::RegionKind::PrivateFile,
        Some(RegionKind::Shared) => shared(input::Backing::Shmem),
        Some(RegionKind::SharedFile) => shared(input::Backing::PageCache),
        Some(RegionKind::Unmigratable) => input::RegionKind::Unmigratable,
    };
    let Some(object) = &region.object else { return kind };
    let path = path.field("object");
    check_name(&path, object, report);
    if !matches!(kind, input::RegionKind::Shared { .. }) {
        let zh = "只能用于 shared 和 shared_file 区域";
        report.push(&path, "belongs to the kinds shared and shared_file only", zh);
    }
    kind
}

fn check_thp(region: &Region, path: &Path, report: &mut Report) -> input::Thp {
    match (region.thp, region.kind) {
        (None | Some(Thp::Never), _) => input::Thp::Never,
        (Some(Thp::Always), None | Some(RegionKind::Anon)) => input::Thp::Always,
        (Some(Thp::Madvise), None | Some(RegionKind::Anon)) => input::Thp::Madvise,
        (Some(Thp::Always | Thp::Madvise), Some(_)) => {
            report.push(path, "only anonymous regions get huge pages", "只有匿名（anon）区域能用大页");
            input::Thp::Never
        }
    }
}

fn check_pages(region: &Region, path: &Path, report: &mut Report) -> u32 {
    let bytes = match region.size.bytes() {
        Ok(bytes) => bytes,
        Err(message) => {
            report.push(path, message.en, message.zh);
            return 1;
        }
    };
    if bytes == 0 || !bytes.is_multiple_of(PAGE_SIZE) {
        report.push(path, "need whole 4 KiB pages, at least one", "必须是 4 KiB 页的整数倍，至少一页");
        return 1;
    }
    let most_gib = MAX_TOTAL_PAGES >> (30 - PAGE_SHIFT);
    if bytes / PAGE_SIZE > MAX_TOTAL_PAGES {
        report.push(
            path,
            format!("too large: at most {most_gib} GiB are possible"),
            format!("太大，最多 {most_gib} GiB"),
        );
        return 1;
    }
    (bytes / PAGE_SIZE) as u32
}

fn check_start(region: &Region, next_start: u64, pages: u32, path: &Path, report: &mut Report) -> u64 {
    let written = region.start.as_ref().map(|address| address.get());
    let start = match written.unwrap_or(Ok(next_start)) {
        Ok(start) => start,
        Err(message) => {
            report.push(path, message.en, message.zh);
            return next_start;
        }
    };
    if !start.is_multiple_of(PAGE_SIZE) {
        report.push(path, "not a multiple of the page size (0x1000)", "不是页大小 (0x1000) 的整数倍");
    }
    let length = u64::from(pages) * PAGE_SIZE;
    if start < MIN_ADDRESS || start > END_ADDRESS - length {
        report.push(
            path,
            format!("outside of user space, which is {MIN_ADDRESS:#x} to {END_ADDRESS:#x}"),
            format!("超出用户空间范围 {MIN_ADDRESS:#x} 到 {END_ADDRESS:#x}"),
        );
        return FIRST_ADDRESS;
    }
    start
}

fn check_prot(region: &Region, path: &Path, report: &mut Report) -> input::Prot {
    let text = region.prot.as_deref().unwrap_or(DEFAULT_PROT);
    let letters: Vec<char> = text.chars().collect();
    let is_set = |place: usize, letter: char| match letters.get(place) {
        Some('-') => Some(false),
        Some(&found) if found == letter => Some(true),
        _ => None,
    };
    let rights = (is_set(0, 'r'), is_set(1, 'w'), is_set(2, 'x'));
    if let ((Some(read), Some(write), Some(exec)), 3) = (rights, letters.len()) {
        return input::Prot { read, write, exec };
    }
    report.push(
        path,
        "write three letters as in /proc/PID/maps: \"rw-\", \"r-x\", \"---\"",
        "请按 /proc/PID/maps 的写法写三个字母：\"rw-\"、\"r-x\"、\"---\"",
    );
    input::Prot { read: true, write: true, exec: false }
}

fn check_populate(
    list: &[Populate],
    of: u32,
    facts: &Facts,
    free: &mut FreePages,
    path: &Path,
    report: &mut Report,
) -> Vec<input::Populate> {
    let mut checked: Vec<input::Populate> = Vec::new();
    report.at_most(path, list.len(), MAX_POPULATES);
    for (index, populate) in list.iter().take(MAX_POPULATES).enumerate() {
        let path = path.index(index);
        let Some(run) = check_run(populate.first, populate.pages, of, &path, report) else {
            continue;
        };
        if checked.iter().any(|before| run_of(before).overlaps(run)) {
            report.push(&path, "pages that are populated already", "与前面已填充的页重叠");
            continue;
        }
        take_pages(populate.node, run, facts, free, &path, report);
        let sharing = match populate.sharing {
            None | Some(Sharing::Exclusive) => input::Sharing::Exclusive,
            Some(Sharing::MappedElsewhere) => input::Sharing::MappedElsewhere,
        };
        let node = NodeId(u8::try_from(populate.node).unwrap_or(u8::MAX));
        checked.push(input::Populate { first: PageIdx(run.first), pages: run.pages(), node, sharing });
    }
    into_ascending(checked, |populate| u64::from(populate.first.0))
}

fn take_pages(node: u64, run: Run, facts: &Facts, free: &mut FreePages, path: &Path, report: &mut Report) {
    if !facts.complete {
        return;
    }
    let path = path.field("node");
    let entry = usize::try_from(node).ok().and_then(|node| free.get_mut(node));
    let Some(left) = entry.and_then(Option::as_mut) else {
        report.push(&path, format!("there is no node {node}"), format!("没有节点 {node}"));
        return;
    };
    let pages = u64::from(run.pages());
    if pages > *left {
        report.push(
            &path,
            format!("node {node} has {left} free pages left, and {pages} are to be populated"),
            format!("节点 {node} 只剩 {left} 个空闲页，却要填充 {pages} 页"),
        );
    }
    *left = left.saturating_sub(pages);
}
