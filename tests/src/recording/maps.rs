//! Regions from the kernel's own text: `/proc/PID/maps` says what is mapped, `numa_maps` which
//! pages are there.

use hintfault::ids::{NodeId, PAGE_SIZE, PageIdx, VirtAddr};
use hintfault::input::{Populate, Prot, Region, RegionKind, Sharing, Thp};

use super::events::address;

/// Makes a region of a line of `maps` and the line of `numa_maps` for the same address.
///
/// # Panics
/// When the lines are not of these formats.
#[must_use]
pub fn region(maps_line: &str, numa_maps_line: &str) -> Region {
    let fields: Vec<&str> = maps_line.split_whitespace().collect();
    let (start, end) = fields[0].split_once('-').expect("a range of addresses");
    let (start, end) = (address(start), address(end));
    let pages = u32::try_from((end - start) / PAGE_SIZE).expect("a region of the workload");
    let path = fields.get(5).copied().unwrap_or_default();
    Region {
        name: format!("{start:x} {path}"),
        start: VirtAddr(start),
        pages,
        kind: kind(fields[1], path),
        prot: prot(fields[1]),
        policy: None,
        thp: Thp::Never,
        populate: populate(numa_maps_line, pages),
    }
}

fn prot(rights: &str) -> Prot {
    Prot { read: rights.contains('r'), write: rights.contains('w'), exec: rights.contains('x') }
}

/// The recorder's shared block is bound to a node, and a device cannot be migrated: the
/// scanner passes over both as unsuitable, and over `[vvar]` too.
fn kind(rights: &str, path: &str) -> RegionKind {
    if rights.ends_with('s') || path == "[vvar]" {
        return RegionKind::Unmigratable;
    }
    if path.starts_with('/') { RegionKind::PrivateFile } else { RegionKind::Anon }
}

/// Pages by node, placed one after the other from the region's start: `numa_maps` tells how
/// many there are, not which.
fn populate(line: &str, pages: u32) -> Vec<Populate> {
    let mut first = 0;
    let mut runs = Vec::new();
    for (node, count) in line.split_whitespace().filter_map(node_pages) {
        runs.push(Populate { first: PageIdx(first), pages: count, node, sharing: Sharing::Exclusive });
        first += count;
    }
    assert!(first <= pages, "more pages than the region has");
    runs
}

/// A field `N<node>=<pages>`.
fn node_pages(field: &str) -> Option<(NodeId, u32)> {
    let (node, pages) = field.strip_prefix('N')?.split_once('=')?;
    Some((NodeId(node.parse().ok()?), pages.parse().ok()?))
}

/// Pages of a line by node.
#[must_use]
pub fn pages_by_node(line: &str) -> Vec<(NodeId, u32)> {
    line.split_whitespace().filter_map(node_pages).collect()
}
