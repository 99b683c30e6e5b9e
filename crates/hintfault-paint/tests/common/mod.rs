//! Hand-made views for the tests of pictures.
#![allow(dead_code)]

use hintfault::event::PageRef;
use hintfault::ids::{CpuId, NodeId, PageIdx, Pid, ProcIdx, TaskIdx, VirtAddr, VmaIdx};
use hintfault::input::{Prot, RegionKind, Thp};
use hintfault::time::{Jiffies, Ns};
use hintfault::view::{Cell, CpuView, MachineView, MmView, NodeView, VmaView, WindowView};
use hintfault_paint::{Scale, Viewport};

/// Free addresses between two VMAs.
const HOLE_PAGES: u64 = 16;

/// An address space with VMAs of these sizes.
pub(crate) fn address_space(sizes: &[u32]) -> MmView {
    let mut next = VirtAddr(0x7f00_0000_0000);
    let mut vmas = Vec::new();
    for (place, &pages) in sizes.iter().enumerate() {
        let start = next;
        let end = start.add_pages(u64::from(pages));
        next = end.add_pages(HOLE_PAGES);
        vmas.push(vma(VmaIdx(place as u16), [start, end], pages));
    }
    MmView {
        process: ProcIdx(0),
        pid: Pid(1000),
        name: "db".to_owned(),
        scan_seq: 0,
        scan_offset: VirtAddr(0),
        next_scan: Jiffies(0),
        mm_users: 1,
        rss_pages: 0,
        vmas,
    }
}

fn vma(index: VmaIdx, [start, end]: [VirtAddr; 2], pages: u32) -> VmaView {
    VmaView {
        index,
        name: format!("region{index}"),
        start,
        end,
        pages,
        kind: RegionKind::Anon,
        prot: Prot { read: true, write: true, exec: false },
        policy: "default".to_owned(),
        thp: Thp::Never,
        node_pages: Vec::new(),
        hint_pages: 0,
        numab: None,
        last_skip: None,
        last_window: None,
    }
}

/// Marks pages `first..end` of a VMA as the window that was scanned last.
pub(crate) fn set_window(mm: &mut MmView, vma: u16, pages: core::ops::Range<u64>) {
    let vma = &mut mm.vmas[usize::from(vma)];
    vma.last_window = Some(WindowView {
        start: vma.start.add_pages(pages.start),
        end: vma.start.add_pages(pages.end),
        updated: 12,
        time: Ns::from_ms(1),
    });
}

/// What a page is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Page {
    Absent,
    On(u8),
    HintOn(u8),
    HugeOn(u8),
}

/// Sums up pages into cells as the engine does, from a function that knows every page.
pub(crate) fn sum_up(pages: u32, first: PageIdx, pages_per_cell: u32, out: &mut [Cell], page: impl Fn(u32) -> Page) {
    for (cell, place) in out.iter_mut().zip(0u32..) {
        let start = first.0.saturating_add(place.saturating_mul(pages_per_cell)).min(pages);
        let end = start.saturating_add(pages_per_cell).min(pages);
        *cell = summed(start..end, &page);
    }
}

fn summed(range: core::ops::Range<u32>, page: &impl Fn(u32) -> Page) -> Cell {
    let mut on = [0u32; 64];
    let mut cell = Cell { pages: range.end - range.start, ..Cell::default() };
    for index in range {
        let (node, hint) = match page(index) {
            Page::Absent => continue,
            Page::On(node) => (node, 0),
            Page::HintOn(node) => (node, 1),
            Page::HugeOn(node) => {
                cell.huge += 1;
                (node, 0)
            }
        };
        on[usize::from(node)] += 1;
        cell.present += 1;
        cell.hint += hint;
    }
    let most = (0..64).rev().max_by_key(|node| on[*node]).unwrap_or(0);
    Cell { node: NodeId(most as u8), node_pages: on[most], ..cell }
}

/// A machine of nodes with so many CPUs and pages; every second CPU is busy.
pub(crate) fn machine(nodes: &[(u16, u64)], distances: Vec<Vec<u8>>) -> MachineView {
    let mut next_cpu = 0;
    let nodes = nodes.iter().zip(0u8..).map(|(&(cpus, memory_pages), id)| {
        let first = next_cpu;
        next_cpu += cpus;
        NodeView {
            id: NodeId(id),
            cpus: (first..next_cpu).map(cpu).collect(),
            memory_pages,
            free_pages: memory_pages / 2,
            process_pages: vec![memory_pages / 4, memory_pages / 16, 1.min(memory_pages)],
        }
    });
    MachineView { nodes: nodes.collect(), distances }
}

fn cpu(id: u16) -> CpuView {
    let busy = id.is_multiple_of(2);
    CpuView { id: CpuId(id), running: busy.then_some(TaskIdx(id)), waiting: if busy { id % 5 } else { 0 } }
}

/// Distances of a ring of so many nodes, with longer ways back to node 0.
pub(crate) fn ring(count: usize) -> Vec<Vec<u8>> {
    let hops = |a: usize, b: usize| a.abs_diff(b).min(count - a.abs_diff(b));
    let distance = |a: usize, b: usize| match hops(a, b) {
        0 => 10,
        hops => 10 + 6 * hops as u8 + u8::from(b == 0),
    };
    (0..count).map(|a| (0..count).map(|b| distance(a, b)).collect()).collect()
}

/// A picture of that size on an ordinary screen.
pub(crate) fn viewport(width_px: u32, height_px: u32) -> Viewport {
    scaled_viewport(width_px, height_px, Scale::ONE)
}

/// A picture of that size in device pixels.
pub(crate) fn scaled_viewport(width_px: u32, height_px: u32, scale: Scale) -> Viewport {
    Viewport::new(width_px, height_px, scale).expect("small enough")
}

/// A page of the first process.
pub(crate) fn page_ref(vma: u16, page: u32) -> PageRef {
    PageRef { process: ProcIdx(0), vma: VmaIdx(vma), page: PageIdx(page) }
}
