//! Pictures against golden images. `HINTFAULT_BLESS=1` writes them anew; look at every one.

mod common;

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;

use common::{Page, address_space, machine, page_ref, ring, scaled_viewport, set_window, sum_up, viewport};
use hintfault::event::PageRef;
use hintfault::ids::{NodeId, PageIdx, VmaIdx};
use hintfault::view::{Cell, MachineView, MmView};
use hintfault_paint::{
    Flash, Frame, Scale, SpaceMarks, Texture, Theme, Viewport, Zoom, layout_machine, layout_space, paint_machine,
    paint_space,
};

fn golden_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.png"))
}

fn assert_golden(name: &str, frame: &Frame) {
    if std::env::var_os("HINTFAULT_BLESS").is_some() {
        write_png(name, frame);
    }
    let (width_px, height_px, pixels) = read_png(name);
    assert_eq!((frame.width_px(), frame.height_px()), (width_px, height_px), "{name}: size");
    let differing = frame.pixels().chunks_exact(4).zip(pixels.chunks_exact(4));
    let differing = differing.filter(|(ours, golden)| ours != golden).count();
    assert_eq!(differing, 0, "{name}: pixels that differ");
}

fn write_png(name: &str, frame: &Frame) {
    let path = golden_path(name);
    let file = BufWriter::new(File::create(path).expect("golden folder is writable"));
    let mut encoder = png::Encoder::new(file, frame.width_px(), frame.height_px());
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().expect("header");
    writer.write_image_data(frame.pixels()).expect("pixels");
}

fn read_png(name: &str) -> (u32, u32, Vec<u8>) {
    let file = File::open(golden_path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    pixels.truncate(info.buffer_size());
    (info.width, info.height, pixels)
}

/// One address space, how its pages are, and what is marked.
struct Scene {
    mm: MmView,
    page: fn(VmaIdx, u32) -> Page,
    zoom: Option<Zoom>,
    flashes: Vec<Flash>,
    selected: Option<PageRef>,
}

impl Scene {
    fn paint(&self, viewport: &Viewport, theme: Theme) -> Frame {
        self.paint_with(viewport, theme, Texture::Plain)
    }

    fn paint_with(&self, viewport: &Viewport, theme: Theme, texture: Texture) -> Frame {
        let layout = layout_space(&self.mm, viewport, self.zoom);
        let marks = SpaceMarks { theme, texture, flashes: &self.flashes, selected: self.selected };
        let mut frame = Frame::default();
        let cells = |vma: VmaIdx, first: PageIdx, size: u32, out: &mut [Cell]| {
            let pages = self.mm.vmas[vma.index()].pages;
            sum_up(pages, first, size, out, |page| (self.page)(vma, page));
        };
        paint_space(&mut frame, viewport, (&self.mm, &layout), &marks, cells);
        frame
    }
}

fn fading_flashes(vma: u16, pages: core::ops::Range<u32>, from: Option<u8>) -> Vec<Flash> {
    let count = pages.end - pages.start;
    let strength = |page: u32| (255 * (page - pages.start + 1) / count) as u8;
    let flash = |page| Flash { page: page_ref(vma, page), strength: strength(page), from: from.map(NodeId) };
    pages.clone().map(flash).collect()
}

/// Half way through the first pass of a scan: some pages have moved, some are marked.
fn thread_moved() -> Scene {
    let mut mm = address_space(&[16_384]);
    set_window(&mut mm, 0, 4096..9000);
    mm.scan_offset = mm.vmas[0].start.add_pages(9000);
    Scene {
        mm,
        page: |_, page| match page {
            0..4500 => Page::On(1),
            4500..9000 => Page::HintOn(0),
            16_000.. => Page::Absent,
            _ => Page::On(0),
        },
        zoom: None,
        flashes: fading_flashes(0, 4200..4500, Some(0)),
        selected: Some(page_ref(0, 12_345)),
    }
}

#[test]
fn space_of_one_large_region_light() {
    assert_golden("space-large-light", &thread_moved().paint(&viewport(640, 400), Theme::Light));
}

#[test]
fn space_of_one_large_region_dark_and_fine() {
    let scale = Scale::from_64ths(128).expect("two");
    let picture = thread_moved().paint(&scaled_viewport(780, 900, scale), Theme::Dark);
    assert_golden("space-large-dark-2x", &picture);
}

/// Pages of eight nodes in runs, every other of them hint entries.
#[test]
fn space_with_a_texture_for_each_node() {
    let scene = Scene {
        mm: address_space(&[1024]),
        page: |_, page| match (page / 64 % 2, (page / 128) as u8) {
            (0, node) => Page::On(node),
            (_, node) => Page::HintOn(node),
        },
        zoom: None,
        flashes: Vec::new(),
        selected: None,
    };
    let picture = |theme| scene.paint_with(&viewport(640, 400), theme, Texture::ByNode);
    assert_golden("space-textured-light", &picture(Theme::Light));
    assert_golden("space-textured-dark", &picture(Theme::Dark));
}

#[test]
fn space_where_a_cell_is_many_pages() {
    let scene = Scene {
        page: |_, page| match page {
            0..100_000 if page % 3 == 0 => Page::HintOn(2),
            0..100_000 => Page::HintOn(1),
            100_000..200_000 if page % 8 < 5 => Page::Absent,
            300_000.. if page % 2 == 0 => Page::HintOn(0),
            _ => Page::On(0),
        },
        mm: address_space(&[500_000, 3, 700]),
        zoom: None,
        flashes: fading_flashes(0, 400_000..410_000, None),
        selected: Some(page_ref(1, 2)),
    };
    assert_golden("space-many-pages-a-cell", &scene.paint(&viewport(520, 360), Theme::Light));
}

#[test]
fn space_of_a_process_with_small_and_large_regions() {
    let mut mm = address_space(&[12, 4, 900, 33, 2048, 1, 8, 34]);
    set_window(&mut mm, 4, 10..700);
    mm.scan_offset = mm.vmas[6].end.add_pages(3);
    let scene = Scene {
        mm,
        page: |vma, page| match (vma.0, page) {
            (2, 500..) | (6, 4..) => Page::Absent,
            (4, 10..700) => Page::HintOn(page as u8 / 16 % 8),
            (vma, _) => Page::On(vma as u8),
        },
        zoom: None,
        flashes: fading_flashes(2, 0..40, None),
        selected: None,
    };
    assert_golden("space-many-regions-dark", &scene.paint(&viewport(600, 620), Theme::Dark));
}

#[test]
fn space_zoomed_to_a_few_pages() {
    let mut scene = thread_moved();
    scene.zoom = Some(Zoom { vma: VmaIdx(0), first: PageIdx(4480), pages: 48 });
    scene.selected = Some(page_ref(0, 4501));
    assert_golden("space-zoomed", &scene.paint(&viewport(400, 200), Theme::Light));
}

#[test]
fn space_with_huge_pages() {
    let mut mm = address_space(&[4096]);
    // The first huge page begins within the VMA.
    mm.vmas[0].start = mm.vmas[0].start.add_pages(412);
    let scene = Scene {
        mm,
        page: |_, page| match page {
            100..1124 => Page::HugeOn(0),
            1124..1636 => Page::HintOn(0),
            1636..2148 => Page::HugeOn(1),
            3500.. => Page::Absent,
            _ => Page::On(1),
        },
        zoom: None,
        flashes: fading_flashes(0, 2200..2300, Some(0)),
        selected: None,
    };
    assert_golden("space-huge-pages", &scene.paint(&viewport(640, 320), Theme::Dark));
}

#[test]
fn space_zoomed_to_single_pages() {
    let mut scene = thread_moved();
    scene.zoom = Some(Zoom { vma: VmaIdx(0), first: PageIdx(4496), pages: 9 });
    scene.selected = Some(page_ref(0, 4501));
    assert_golden("space-single-pages", &scene.paint(&viewport(600, 240), Theme::Light));
}

#[test]
fn space_with_more_regions_than_lines() {
    let sizes: Vec<u32> = (0..120).map(|place| 1 + place * 7).collect();
    let scene = Scene {
        mm: address_space(&sizes),
        page: |vma, _| Page::On((vma.0 % 16) as u8),
        zoom: None,
        flashes: Vec::new(),
        selected: None,
    };
    assert_golden("space-compact", &scene.paint(&viewport(240, 120), Theme::Light));
}

fn painted(machine: &MachineView, viewport: &Viewport, theme: Theme) -> Frame {
    let layout = layout_machine(machine, viewport);
    let mut frame = Frame::default();
    paint_machine(&mut frame, viewport, (machine, &layout), theme);
    frame
}

#[test]
fn machine_of_two_nodes_light() {
    let machine = machine(&[(2, 262_144), (2, 262_144)], vec![vec![10, 21], vec![21, 10]]);
    assert_golden("machine-two-light", &painted(&machine, &viewport(460, 300), Theme::Light));
}

#[test]
fn machine_of_two_nodes_on_a_phone() {
    let machine = machine(&[(2, 262_144), (2, 262_144)], vec![vec![10, 21], vec![21, 10]]);
    let viewport = scaled_viewport(780, 900, Scale::from_64ths(128).expect("two"));
    assert_golden("machine-two-phone-dark", &painted(&machine, &viewport, Theme::Dark));
}

#[test]
fn machine_of_eight_large_nodes_in_a_column() {
    let far = |a: usize| (0..8).map(|b| if a == b { 10 } else { 20 }).collect();
    let machine = machine(&[(64, 1 << 24); 8], (0..8).map(far).collect());
    assert_golden("machine-eight-narrow-light", &painted(&machine, &viewport(284, 290), Theme::Light));
}

#[test]
fn machine_of_eight_unequal_nodes_dark() {
    let nodes = [(16, 1 << 22), (16, 1 << 22), (16, 1 << 21), (16, 0), (16, 1 << 22), (16, 1 << 20)];
    let memory_only = [(0, 1 << 22), (0, 3)];
    let machine = machine(&[&nodes[..], &memory_only[..]].concat(), ring(8));
    assert_golden("machine-eight-dark", &painted(&machine, &viewport(900, 460), Theme::Dark));
}
