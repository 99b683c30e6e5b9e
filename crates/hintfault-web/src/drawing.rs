//! Pictures: requests of the page, the state behind them, and the way onto the canvas. Layouts
//! are in device pixels; the page gets CSS pixels.

use hintfault::World;
use hintfault::event::{Event, EventKind, FaultVerdict};
use hintfault::ids::{PageIdx, ProcIdx, VmaIdx};
use hintfault::time::Ns;
use hintfault::view::MmView;
use hintfault_paint::{
    Flash, Frame, Hit, Point, Scale, SizeError, SpaceLayout, SpaceMarks, SpacePainter, Texture, Theme, Viewport, Zoom,
    layout_machine, layout_space, paint_machine,
};
use hintfault_scenario::json::Writer;
use wasm_bindgen::{Clamped, JsValue};
use web_sys::{CanvasRenderingContext2d, ImageData};

use crate::failure::ScenarioFailure;
use crate::picture::{self, CssPx};
use crate::request::{MachineRequest, SpaceRequest, ZoomRequest};

/// Simulated time in which a flash fades, unless the page says otherwise.
const FLASH_MS: f64 = 300.0;
/// The longest time a flash may last.
const MAX_FLASH_MS: f64 = 3_600_000.0;
/// Events that are looked through for flashes; more than are to be seen at once anyway.
const FLASH_EVENTS: u64 = 4096;

/// The pixel buffer, used again for each picture, and where things were in the last one.
#[derive(Debug, Default)]
pub(crate) struct Easel {
    frame: Frame,
    painter: SpacePainter,
    space: Option<(SpaceLayout, CssPx)>,
}

impl Easel {
    /// Paints an address space into the buffer, and writes where everything is.
    pub(crate) fn paint_space(
        &mut self,
        world: &World,
        request: &SpaceRequest,
        out: &mut Writer,
    ) -> Result<(), ScenarioFailure> {
        let (viewport, css) = viewport([request.width, request.height], request.scale)?;
        let process = ProcIdx(request.process);
        let mm = address_space(world, process)?;
        let zoom = request.zoom.map(|zoom| checked_zoom(&mm, zoom)).transpose()?;
        let layout = layout_space(&mm, &viewport, zoom);
        let flashes = flashes(world, request)?;
        let texture = if request.textured { Texture::ByNode } else { Texture::Plain };
        let theme = theme(request.dark);
        let marks = SpaceMarks { theme, texture, flashes: &flashes, selected: request.selected };
        self.painter.paint(&mut self.frame, &viewport, (&mm, &layout), &marks, |vma, first, size, cells| {
            world.cells(process, vma, first, size, cells);
        });
        picture::space(out, (&mm, &layout), marks.selected, css);
        self.space = Some((layout, css));
        Ok(())
    }

    /// What is at a point of the last address space painted.
    pub(crate) fn space_hit(&self, x: f64, y: f64) -> Option<Hit> {
        let (layout, css) = self.space.as_ref()?;
        let point = Point { x: css.to_px(x)?, y: css.to_px(y)? };
        layout.hit(point)
    }

    /// Paints the machine into the buffer, and writes where everything is.
    pub(crate) fn paint_machine(
        &mut self,
        world: &World,
        request: &MachineRequest,
        out: &mut Writer,
    ) -> Result<(), ScenarioFailure> {
        let (viewport, css) = viewport([request.width, request.height], request.scale)?;
        let machine = world.machine();
        let layout = layout_machine(&machine, &viewport);
        paint_machine(&mut self.frame, &viewport, (&machine, &layout), theme(request.dark));
        picture::machine(out, &layout, css);
        Ok(())
    }

    /// The buffer as last painted.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Puts the buffer onto a canvas, which gets its size.
    pub(crate) fn show(&self, ctx: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        let (width, height) = (self.frame.width_px(), self.frame.height_px());
        if let Some(canvas) = ctx.canvas()
            && (canvas.width(), canvas.height()) != (width, height)
        {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        if width == 0 || height == 0 {
            return Ok(());
        }
        let pixels = Clamped(self.frame.pixels());
        let image = ImageData::new_with_u8_clamped_array_and_sh(pixels, width, height)?;
        ctx.put_image_data(&image, 0.0, 0.0)
    }
}

fn theme(dark: bool) -> Theme {
    if dark { Theme::Dark } else { Theme::Light }
}

/// The picture's size in device pixels, and the way back to CSS pixels.
fn viewport(size: [f64; 2], scale: f64) -> Result<(Viewport, CssPx), ScenarioFailure> {
    let css = CssPx::new(scale).ok_or_else(|| not_a_size("req.scale"))?;
    let [width, height] = size.map(|side| css.to_px_rounded(side));
    let width = width.ok_or_else(|| not_a_size("req.width"))?;
    let height = height.ok_or_else(|| not_a_size("req.height"))?;
    let scale = Scale::from_64ths((scale * 64.0).round() as u32);
    let viewport = scale.and_then(|scale| Viewport::new(width, height, scale));
    Ok((viewport.map_err(|error| too_large(&error))?, css))
}

fn not_a_size(path: &str) -> ScenarioFailure {
    ScenarioFailure::one(path, "is not a possible size", "不是有效的大小")
}

fn too_large(error: &SizeError) -> ScenarioFailure {
    let path = match error {
        SizeError::Pixels { .. } => "req.width",
        SizeError::Scale { .. } => "req.scale",
    };
    ScenarioFailure::one(path, error.to_string(), format!("画面大小超出范围：{error}"))
}

fn address_space(world: &World, process: ProcIdx) -> Result<MmView, ScenarioFailure> {
    let mut mms = world.mms();
    if process.index() >= mms.len() {
        return Err(ScenarioFailure::one(
            "req.process",
            format!("there is no process {process}"),
            format!("不存在进程 {process}"),
        ));
    }
    Ok(mms.swap_remove(process.index()))
}

fn checked_zoom(mm: &MmView, zoom: ZoomRequest) -> Result<Zoom, ScenarioFailure> {
    let vma = mm.vmas.get(usize::from(zoom.vma)).ok_or_else(|| {
        ScenarioFailure::one(
            "req.zoom.vma",
            format!("there is no VMA {}", zoom.vma),
            format!("不存在 VMA {}", zoom.vma),
        )
    })?;
    if zoom.first >= vma.pages || zoom.pages == 0 {
        return Err(ScenarioFailure::one(
            "req.zoom.first",
            format!("shows none of the {} pages", vma.pages),
            format!("不包含 {} 页中的任何一页", vma.pages),
        ));
    }
    Ok(Zoom { vma: VmaIdx(zoom.vma), first: PageIdx(zoom.first), pages: zoom.pages })
}

/// The faults of the last while, weaker the longer ago they are.
fn flashes(world: &World, request: &SpaceRequest) -> Result<Vec<Flash>, ScenarioFailure> {
    if !request.flash {
        return Ok(Vec::new());
    }
    let fade_ms = request.flash_ms.unwrap_or(FLASH_MS);
    if !(0.0..=MAX_FLASH_MS).contains(&fade_ms) {
        return Err(not_a_size("req.flashMs"));
    }
    let fade = Ns((fade_ms * 1e6) as u64);
    let clock = world.clock();
    let from_seq = clock.events.saturating_sub(FLASH_EVENTS);
    let events = world.events(from_seq, FLASH_EVENTS as usize);
    Ok(events.iter().filter_map(|event| flash(event, clock.now, fade)).collect())
}

fn flash(event: &Event, now: Ns, fade: Ns) -> Option<Flash> {
    let (page, from) = match event.kind {
        EventKind::HintFault { page, page_node, verdict, .. } => {
            (page, (verdict == FaultVerdict::Migrated).then_some(page_node))
        }
        EventKind::FirstTouch { page, .. } => (page, None),
        _ => return None,
    };
    let left = fade.0.checked_sub(now.saturating_since(event.time).0)?;
    let strength = u128::from(left) * 255 / u128::from(fade.0.max(1));
    let strength = u8::try_from(strength).unwrap_or(u8::MAX);
    (strength > 0).then_some(Flash { page, strength, from })
}
