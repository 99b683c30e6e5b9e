//! What holds for every view in every size.

mod common;

use common::{address_space, machine, scaled_viewport};
use hintfault::event::PageRef;
use hintfault::ids::{NodeId, PageIdx, VmaIdx};
use hintfault::time::Ns;
use hintfault::view::{Cell, MmView, WindowView};
use hintfault_paint::{
    Flash, Frame, MAX_PIXELS, Point, Rect, Scale, SizeError, SpaceLayout, SpaceMarks, SpacePainter, Strip, Texture,
    Theme, Viewport, Zoom, layout_machine, layout_space, paint_machine, paint_space,
};
use proptest::prelude::*;

/// Scenarios have no more pages in a region.
const MOST_PAGES: u32 = 1 << 25;

fn viewports() -> impl Strategy<Value = Viewport> {
    (0u32..700, 0u32..500, Scale::MIN_64THS..=Scale::MAX_64THS)
        .prop_map(|(width, height, scale)| scaled_viewport(width, height, Scale::from_64ths(scale).expect("in range")))
}

fn sizes() -> impl Strategy<Value = Vec<u32>> {
    let size = prop_oneof![1u32..20, 1u32..5000, 1..=MOST_PAGES, Just(u32::MAX)];
    prop_oneof![
        prop::collection::vec(size.clone(), 0..4),
        prop::collection::vec(size, 0..60),
        prop::collection::vec(1u32..50, 0..3000),
    ]
}

/// An address space whose scanner stands anywhere and has scanned anything.
fn spaces() -> impl Strategy<Value = MmView> {
    (sizes(), any::<prop::sample::Index>(), any::<u32>(), any::<u32>()).prop_map(|(sizes, vma, offset, length)| {
        let mut mm = address_space(&sizes);
        if sizes.is_empty() {
            return mm;
        }
        let vma = &mut mm.vmas[vma.index(sizes.len())];
        mm.scan_offset = vma.start.add_pages(u64::from(offset) % (u64::from(vma.pages) + 20));
        vma.last_window = Some(WindowView {
            start: mm.scan_offset,
            end: mm.scan_offset.add_pages(u64::from(length)),
            updated: length,
            time: Ns(u64::from(offset)),
        });
        mm
    })
}

fn zooms() -> impl Strategy<Value = Option<Zoom>> {
    prop::option::of((0u16..6, any::<u32>(), any::<u32>()).prop_map(|(vma, first, pages)| Zoom {
        vma: VmaIdx(vma),
        first: PageIdx(first >> (first % 32)),
        pages: pages >> (pages % 32),
    }))
}

fn cell() -> impl Strategy<Value = Cell> {
    any::<(u32, u32, u32, u8, u32)>().prop_map(|(pages, present, hint, node, node_pages)| Cell {
        huge: 0,
        pages,
        present,
        hint,
        node: NodeId(node),
        node_pages,
    })
}

fn disjoint(rects: &[Rect]) -> bool {
    let pair = |(place, rect): (usize, &Rect)| rects[place + 1..].iter().all(|other| !rect.overlaps(other));
    rects.iter().enumerate().all(pair)
}

/// First, last and some cells in between.
fn some_cells(strip: &Strip) -> impl Iterator<Item = u32> {
    let cells = strip.cells();
    let step = (cells / 50).max(1) as usize;
    (0..cells).step_by(step).chain([cells - 1])
}

fn check_strip(layout: &SpaceLayout, strip: &Strip) -> Result<(), TestCaseError> {
    prop_assert!(strip.pages > 0 && strip.pages_per_cell.is_power_of_two());
    for cell in some_cells(strip) {
        let rect = strip.cell_rect(cell);
        prop_assert!(!rect.is_empty() && strip.rect.encloses(&rect), "{strip:?} {cell}");
        let (first, pages) = strip.cell_pages(cell);
        let last = PageIdx(first.0 + (pages - 1));
        prop_assert_eq!((strip.cell_of(first), strip.cell_of(last)), (Some(cell), Some(cell)));
        let corner = Point { x: rect.right() - 1, y: rect.bottom() - 1 };
        for point in [Point { x: rect.x, y: rect.y }, rect.centre(), corner] {
            let hit = layout.hit(point).expect("a cell is hit");
            prop_assert_eq!((hit.page.vma, hit.page.page, hit.pages), (strip.vma, first, pages));
        }
        let page = PageRef { process: layout.process, vma: strip.vma, page: last };
        prop_assert_eq!(layout.cell_rect(page), Some(rect));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn every_cell_lies_in_its_strip_and_is_hit(mm in spaces(), viewport in viewports(), zoom in zooms()) {
        let layout = layout_space(&mm, &viewport, zoom);
        for strip in &layout.strips {
            prop_assert!(viewport.rect().encloses(&strip.rect), "{:?}", strip.rect);
            prop_assert!(strip.label.is_none_or(|label| viewport.rect().encloses(&label)));
            check_strip(&layout, strip)?;
        }
        let labels = layout.strips.iter().filter_map(|strip| strip.label);
        let rects: Vec<Rect> = layout.strips.iter().map(|strip| strip.rect).chain(labels).collect();
        prop_assert!(rects.len() > 500 || disjoint(&rects));
    }

    #[test]
    fn every_region_is_shown_or_counted(mm in spaces(), viewport in viewports()) {
        let layout = layout_space(&mm, &viewport, None);
        prop_assert_eq!(layout.strips.len() + layout.hidden as usize, mm.vmas.len());
        for (strip, vma) in layout.strips.iter().zip(&mm.vmas) {
            prop_assert_eq!((strip.vma, strip.first), (vma.index, PageIdx(0)));
            prop_assert_eq!(strip.pages, vma.pages.min(1 << 31));
        }
    }

    #[test]
    fn a_zoom_shows_what_it_names(pages in 1u32..100_000, first in 0u32..100_000, count in 1u32..1000) {
        let mm = address_space(&[5, pages]);
        let zoom = Zoom { vma: VmaIdx(1), first: PageIdx(first), pages: count };
        let layout = layout_space(&mm, &scaled_viewport(400, 300, Scale::ONE), Some(zoom));
        let shown: Vec<_> = layout.strips.iter().map(|s| (s.vma.0, s.first.0, s.pages)).collect();
        if first >= pages {
            prop_assert!(shown.is_empty());
        } else {
            prop_assert_eq!(shown, vec![(1, first, count.min(pages - first))]);
        }
    }

    #[test]
    fn marks_lie_in_their_strip(mm in spaces(), viewport in viewports(), zoom in zooms()) {
        let layout = layout_space(&mm, &viewport, zoom);
        if let Some(mark) = layout.offset_mark(&mm) {
            let strip = layout.strip(mark.vma).expect("shown");
            prop_assert!(strip.rect.encloses(&mark.cell));
        }
        if let Some(mark) = layout.window_mark(&mm) {
            let strip = layout.strip(mark.vma).expect("shown");
            prop_assert!(strip.rect.encloses(&mark.rect) && mark.pages > 0);
            prop_assert!(strip.first <= mark.first);
        }
    }

    #[test]
    fn any_cells_in_any_space_paint_a_full_buffer(
        mm in spaces(), viewport in viewports(), zoom in zooms(),
        some in prop::collection::vec(cell(), 1..20), strength: u8, page: u32, from: u8,
    ) {
        let layout = layout_space(&mm, &viewport, zoom);
        let page = common::page_ref(0, page >> (page % 32));
        let flashes = [Flash { page, strength, from: Some(NodeId(from)) }];
        let marks = SpaceMarks { theme: Theme::Dark, texture: Texture::ByNode, flashes: &flashes, selected: Some(page) };
        let mut frame = Frame::default();
        paint_space(&mut frame, &viewport, (&mm, &layout), &marks, |_, _, _, out: &mut [Cell]| {
            for (cell, place) in out.iter_mut().zip(0..) {
                *cell = some[place % some.len()];
            }
        });
        let bytes = viewport.width_px() as usize * viewport.height_px() as usize * 4;
        prop_assert_eq!(frame.pixels().len(), bytes);
        let mut alphas = frame.pixels().chunks_exact(4).map(|pixel| pixel[3]);
        prop_assert!(alphas.all(|alpha| alpha == 0 || alpha == 255));
    }

    #[test]
    fn a_picture_after_another_is_the_same_as_a_first(
        mm in spaces(), viewport in viewports(), pages in 1u32..3,
        states in prop::collection::vec((prop::collection::vec(cell(), 1..6), 0u16..3, any::<bool>()), 2..6),
    ) {
        let mut painter = SpacePainter::default();
        let (mut after, mut first) = (Frame::default(), Frame::default());
        for (some, vma, is_zoomed) in states {
            let zoom = Zoom { vma: VmaIdx(vma), first: PageIdx(0), pages };
            let layout = layout_space(&mm, &viewport, is_zoomed.then_some(zoom));
            let theme = if vma == 0 { Theme::Dark } else { Theme::Light };
            let texture = if vma == 1 { Texture::ByNode } else { Texture::Plain };
            let page = common::page_ref(vma, u32::from(vma));
            let flashes = [Flash { page, strength: 200, from: None }];
            let marks = SpaceMarks { theme, texture, flashes: &flashes, selected: Some(page) };
            let fill = |_: VmaIdx, _: PageIdx, _: u32, out: &mut [Cell]| {
                for (cell, place) in out.iter_mut().zip(0..) {
                    *cell = some[place / 7 % some.len()];
                }
            };
            painter.paint(&mut after, &viewport, (&mm, &layout), &marks, fill);
            paint_space(&mut first, &viewport, (&mm, &layout), &marks, fill);
            prop_assert!(after == first);
        }
    }

    #[test]
    fn machines_of_any_shape_fit(
        nodes in prop::collection::vec((0u16..200, prop_oneof![0u64..5000, 0u64..1 << 30]), 0..20),
        distance in 11u8..=254, rows in 0usize..21, viewport in viewports(),
    ) {
        let distances = vec![vec![distance; rows]; rows];
        let machine = machine(&nodes, distances);
        let layout = layout_machine(&machine, &viewport);
        prop_assert_eq!(layout.nodes.len(), machine.nodes.len());
        let rects: Vec<Rect> = layout.nodes.iter().map(|node| node.rect).collect();
        prop_assert!(disjoint(&rects));
        for node in &layout.nodes {
            prop_assert!(viewport.rect().encloses(&node.rect));
            let cpus: Vec<Rect> = node.cpus.iter().map(|(_, rect)| *rect).collect();
            prop_assert!(disjoint(&cpus) && cpus.iter().all(|cpu| node.rect.encloses(cpu)));
            for cell in 0..node.memory.cells {
                prop_assert!(node.memory.rect.encloses(&node.memory.cell_rect(cell)));
            }
            prop_assert!(node.memory.cells == 0 || node.rect.encloses(&node.memory.rect));
        }
        let mut frame = Frame::default();
        paint_machine(&mut frame, &viewport, (&machine, &layout), Theme::Light);
        let bytes = viewport.width_px() as usize * viewport.height_px() as usize * 4;
        prop_assert_eq!(frame.pixels().len(), bytes);
    }
}

#[test]
fn pictures_beyond_the_bound_are_refused() {
    let side = 1 << 12;
    assert!(Viewport::new(side, side, Scale::ONE).is_ok(), "{MAX_PIXELS} pixels");
    let refused = SizeError::Pixels { width_px: side + 1, height_px: side };
    assert_eq!(Viewport::new(side + 1, side, Scale::ONE), Err(refused));
    assert!(Viewport::new(u32::MAX, 0, Scale::ONE).is_err());
    assert_eq!(Scale::from_64ths(15), Err(SizeError::Scale { scale_64ths: 15 }));
    assert!(Scale::from_64ths(513).is_err());
}

#[test]
fn one_page_is_one_cell_where_there_is_room() {
    let viewport = scaled_viewport(640, 400, Scale::ONE);
    let layout = layout_space(&address_space(&[16_384]), &viewport, None);
    assert_eq!(layout.strips[0].pages_per_cell, 1);
    let layout = layout_space(&address_space(&[1 << 20]), &viewport, None);
    assert!(layout.strips[0].pages_per_cell > 1 && layout.strips[0].label.is_some());
}
