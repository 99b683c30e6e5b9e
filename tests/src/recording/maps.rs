//! Regions from the kernel's own text: `/proc/PID/maps` says what is mapped, `numa_maps` which
//! pages are there and under which policy.

use hintfault::ids::{NodeId, NodeSet, PAGE_SIZE, PageIdx, VirtAddr};
use hintfault::input::{Backing, MemPolicy, ModeFlags, PolicyMode, Populate, Prot, Region, RegionKind, Sharing, Thp};

use super::events::address;

/// Makes a region of a line of `maps` and the line of `numa_maps` for the same address. Its
/// policy is the one in force, be it the mapping's own or the task's.
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
        kind: kind(&fields, path),
        prot: prot(fields[1]),
        policy: policy(numa_maps_line),
        home_node: None,
        thp: Thp::Never,
        populate: populate(numa_maps_line, pages),
    }
}

fn prot(rights: &str) -> Prot {
    Prot { read: rights.contains('r'), write: rights.contains('w'), exec: rights.contains('x') }
}

/// A device cannot be migrated, nor can `[vvar]`: the scanner passes over both as unsuitable.
/// What is shared lies in memory (`/dev/zero`, `/shm`), one object an inode.
fn kind(fields: &[&str], path: &str) -> RegionKind {
    if path.starts_with("/sys/") || path == "[vvar]" {
        return RegionKind::Unmigratable;
    }
    if fields[1].ends_with('s') {
        return RegionKind::Shared { key: object_key(fields[3], fields[4]), backing: Backing::Shmem };
    }
    if path.starts_with('/') { RegionKind::PrivateFile } else { RegionKind::Anon }
}

/// A number for the object with this device (`major:minor`) and inode.
fn object_key(device: &str, inode: &str) -> u16 {
    let minor = device.split_once(':').and_then(|(_, minor)| u64::from_str_radix(minor, 16).ok());
    let inode = inode.parse::<u64>().ok();
    let (minor, inode) = minor.zip(inode).expect("a device and an inode");
    u16::try_from((minor << 11 ^ inode) % (1 << 16)).expect("16 bits")
}

/// The policy of a line of `numa_maps`: the words between the address and the first field with
/// a value, like `prefer (many)=balancing:0-1`.
///
/// # Panics
/// When it is not known.
#[must_use]
pub fn policy(line: &str) -> Option<MemPolicy> {
    let (_, rest) = line.split_once(' ').expect("an address and more");
    let text = rest.trim_start_matches("prefer (many)").trim_start_matches("weighted interleave");
    let is_spaced = text.len() < rest.len();
    let word = text.split_whitespace().next().filter(|_| !is_spaced || text.starts_with(['=', ':'])).unwrap_or("");
    let named = &rest[..rest.len() - text.len() + word.len()];
    let (mode, nodes) = named.split_once(':').unwrap_or((named, ""));
    let (mode, flag) = mode.split_once('=').unwrap_or((mode, ""));
    let mode = match mode {
        "default" => return None,
        "local" => PolicyMode::Local,
        "prefer" => PolicyMode::Preferred,
        "prefer (many)" => PolicyMode::PreferredMany,
        "bind" => PolicyMode::Bind,
        "interleave" => PolicyMode::Interleave,
        "weighted interleave" => PolicyMode::WeightedInterleave,
        other => panic!("policy {other}"),
    };
    let flags = match flag {
        "" => ModeFlags::NONE,
        "balancing" => ModeFlags::NUMA_BALANCING,
        other => panic!("policy flag {other}"),
    };
    Some(MemPolicy::new(mode, NodeSet::of(&node_list(nodes))).with(flags))
}

/// Nodes of a list like `0-1,3`.
///
/// # Panics
/// When it is not one.
#[must_use]
pub fn node_list(text: &str) -> Vec<NodeId> {
    let number = |text: &str| text.parse::<u8>().unwrap_or_else(|error| panic!("node {text}: {error}"));
    let range = |part: &str| match part.split_once('-') {
        Some((first, last)) => number(first)..=number(last),
        None => number(part)..=number(part),
    };
    text.split(',').filter(|part| !part.is_empty()).flat_map(range).map(NodeId).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Option<MemPolicy> {
        policy(&format!("100000000000 {words} anon=3 dirty=3 N0=3 kernelpagesize_kB=4"))
    }

    #[test]
    fn policies_are_read_with_their_spaces() {
        let of = |mode, nodes: &[u8], flags| {
            let nodes: Vec<NodeId> = nodes.iter().map(|&node| NodeId(node)).collect();
            Some(MemPolicy::new(mode, NodeSet::of(&nodes)).with(flags))
        };
        assert_eq!(read("default"), None);
        assert_eq!(policy("7ffff7ff9000 default"), None);
        assert_eq!(read("local"), of(PolicyMode::Local, &[], ModeFlags::NONE));
        assert_eq!(read("prefer:1"), of(PolicyMode::Preferred, &[1], ModeFlags::NONE));
        assert_eq!(read("bind=balancing:0-1"), of(PolicyMode::Bind, &[0, 1], ModeFlags::NUMA_BALANCING));
        assert_eq!(read("prefer (many):0"), of(PolicyMode::PreferredMany, &[0], ModeFlags::NONE));
        assert_eq!(
            read("prefer (many)=balancing:0-1"),
            of(PolicyMode::PreferredMany, &[0, 1], ModeFlags::NUMA_BALANCING)
        );
        assert_eq!(read("weighted interleave:0,3"), of(PolicyMode::WeightedInterleave, &[0, 3], ModeFlags::NONE));
    }
}
