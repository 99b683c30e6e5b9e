//! What the browsers must give too: digests of runs and one picture, made natively. The same files
//! are read by `tests/web.rs`. `HINTFAULT_BLESS=1` writes them anew; look at the picture.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;

use hintfault::History;
use hintfault::event::PageRef;
use hintfault::ids::{PageIdx, ProcIdx, VmaIdx};
use hintfault::time::Tick;
use hintfault_scenario::json::Writer;
use serde_json::Value;

use crate::drawing::Easel;
use crate::request::SpaceRequest;
use crate::sharing;

/// Ticks at which every preset's digest is kept: the start, the first scan, and far behind it.
const DIGEST_TICKS: [u64; 4] = [0, 260, 700, 3000];
/// When the picture is taken: pages of the default scenario are on their way.
const PICTURE_TICK: u64 = 300;

fn golden_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn is_blessing() -> bool {
    std::env::var_os("HINTFAULT_BLESS").is_some()
}

fn history(document: &str) -> History {
    let (_, scenario) = sharing::open(document).expect("presets are valid");
    History::new(&scenario).expect("presets start")
}

fn digests() -> String {
    let mut lines = String::new();
    for preset in &hintfault_scenario::presets::ALL {
        let mut history = history(preset.text);
        for tick in DIGEST_TICKS {
            history.seek(Tick(tick));
            lines += &format!("{} {tick} {:016x}\n", preset.id, history.world().digest());
        }
    }
    lines
}

#[test]
fn digests_are_the_golden_ones() {
    let path = golden_path("digests.txt");
    let ours = digests();
    if is_blessing() {
        std::fs::write(&path, &ours).expect("golden folder is writable");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("golden file"), ours);
}

/// What the browsers read out of the same file.
fn request() -> SpaceRequest {
    let json: Value = serde_json::from_str(include_str!("../tests/golden/space.json")).expect("JSON");
    let number = |name: &str| json[name].as_f64().expect(name);
    let index = |name: &str| json["selected"][name].as_u64().expect(name);
    SpaceRequest {
        process: 0,
        width: number("width"),
        height: number("height"),
        dark: json["dark"].as_bool().expect("dark"),
        textured: false,
        scale: number("scale"),
        flash: json["flash"].as_bool().expect("flash"),
        flash_ms: None,
        zoom: None,
        selected: Some(PageRef {
            process: ProcIdx(index("process") as u16),
            vma: VmaIdx(index("vma") as u16),
            page: PageIdx(index("page") as u32),
        }),
    }
}

#[test]
fn the_picture_is_the_golden_one() {
    let mut history = history(hintfault_scenario::presets::ALL[0].text);
    history.seek(Tick(PICTURE_TICK));
    let mut easel = Easel::default();
    easel.paint_space(history.world(), &request(), &mut Writer::default()).expect("small enough");
    let frame = easel.frame();
    let size = (frame.width_px(), frame.height_px());
    if is_blessing() {
        write_png(size, frame.pixels());
    }
    let (golden_size, golden) = read_png();
    assert_eq!(size, golden_size);
    assert!(frame.pixels() == golden, "pixels differ");
}

fn write_png((width, height): (u32, u32), pixels: &[u8]) {
    let file = File::create(golden_path("space.png")).expect("golden folder is writable");
    let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().expect("header");
    writer.write_image_data(pixels).expect("pixels");
}

fn read_png() -> ((u32, u32), Vec<u8>) {
    let file = File::open(golden_path("space.png")).expect("golden file");
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    ((info.width, info.height), pixels)
}
