//! Where everything is in a picture, in CSS pixels, for text and pointer.

use hintfault::event::PageRef;
use hintfault::view::MmView;
use hintfault_paint::{Hit, Link, MachineLayout, NodeBox, OffsetMark, Reach, Rect, SpaceLayout, Strip, WindowMark};
use hintfault_scenario::json::Writer;

/// From device pixels to CSS pixels and back.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct CssPx {
    scale: f64,
}

impl CssPx {
    /// So many device pixels in a CSS pixel; none for what cannot be a scale.
    pub(crate) fn new(scale: f64) -> Option<Self> {
        (scale.is_finite() && scale > 0.0).then_some(Self { scale })
    }

    /// A field with a length in CSS pixels.
    fn length(self, out: &mut Writer, name: &str, px: u32) {
        out.name(name).millionths((f64::from(px) / self.scale * 1e6).round() as u64);
    }

    /// The device pixel at a CSS coordinate; none left of or above the picture.
    pub(crate) fn to_px(self, css: f64) -> Option<u32> {
        in_u32((css * self.scale).floor())
    }

    /// The nearest number of device pixels.
    pub(crate) fn to_px_rounded(self, css: f64) -> Option<u32> {
        in_u32((css * self.scale).round())
    }

    /// The fields of a rectangle.
    fn rect(self, out: &mut Writer, rect: Rect) {
        self.length(out, "x", rect.x);
        self.length(out, "y", rect.y);
        self.length(out, "width", rect.width);
        self.length(out, "height", rect.height);
    }

    fn optional_rect(self, out: &mut Writer, name: &str, rect: Option<Rect>) {
        out.optional(name, rect, |out, rect| out.table(|out| self.rect(out, rect)));
    }
}

fn in_u32(value: f64) -> Option<u32> {
    (0.0..=f64::from(u32::MAX)).contains(&value).then_some(value as u32)
}

/// What `Playground.paintSpace` gives.
pub(crate) fn space(out: &mut Writer, (mm, layout): (&MmView, &SpaceLayout), selected: Option<PageRef>, css: CssPx) {
    out.table(|out| {
        out.name("strips").list(&layout.strips, |out, it| strip(out, it, css));
        out.count("hidden", layout.hidden);
        out.optional("offset", layout.offset_mark(mm), |out, mark| offset(out, mm, &mark, css));
        out.optional("window", layout.window_mark(mm), |out, mark| window(out, &mark, css));
        css.optional_rect(out, "selected", selected.and_then(|page| layout.cell_rect(page)));
    });
}

fn strip(out: &mut Writer, strip: &Strip, css: CssPx) {
    out.table(|out| {
        out.count("vma", strip.vma.0);
        css.rect(out, strip.rect);
        out.count("firstPage", strip.first.0);
        out.count("pages", strip.pages);
        out.count("pagesPerCell", strip.pages_per_cell);
        css.length(out, "cellWidth", strip.pitch);
        css.length(out, "cellHeight", strip.pitch);
        out.count("columns", strip.columns);
        css.optional_rect(out, "label", strip.label);
    });
}

fn offset(out: &mut Writer, mm: &MmView, mark: &OffsetMark, css: CssPx) {
    out.table(|out| {
        out.count("vma", mark.vma.0);
        out.count("page", mark.page.0);
        css.length(out, "x", mark.cell.x);
        css.length(out, "y", mark.cell.bottom());
        out.shown("addr", &mm.scan_offset);
    });
}

fn window(out: &mut Writer, mark: &WindowMark, css: CssPx) {
    out.table(|out| {
        out.count("vma", mark.vma.0);
        css.rect(out, mark.rect);
        out.count("firstPage", mark.first.0);
        out.count("pages", mark.pages);
        out.shown("start", &mark.window.start);
        out.shown("end", &mark.window.end);
        out.count("updated", mark.window.updated);
    });
}

/// What `Playground.spaceHit` gives.
pub(crate) fn hit(out: &mut Writer, hit: Option<Hit>) {
    let Some(Hit { page, pages, .. }) = hit else { return out.null() };
    out.table(|out| {
        out.count("process", page.process.0);
        out.count("vma", page.vma.0);
        out.count("page", page.page.0);
        out.count("pages", pages);
    });
}

/// What `Playground.paintMachine` gives.
pub(crate) fn machine(out: &mut Writer, layout: &MachineLayout, css: CssPx) {
    out.table(|out| {
        out.name("nodes").list(&layout.nodes, |out, it| node(out, it, css));
        out.name("links").list(&layout.links, |out, it| link(out, it, css));
    });
}

fn node(out: &mut Writer, node: &NodeBox, css: CssPx) {
    out.table(|out| {
        out.count("id", node.id.0);
        css.rect(out, node.rect);
        css.optional_rect(out, "label", node.label);
        out.name("cpus").list(&node.cpus, |out, (id, rect)| {
            out.table(|out| {
                out.count("id", id.0);
                css.rect(out, *rect);
            });
        });
        css.optional_rect(out, "memoryLabel", node.memory_label);
        let memory = &node.memory;
        out.table_field("memory", |out| {
            css.rect(out, memory.rect);
            out.count("columns", memory.columns);
            out.count("cells", memory.cells);
            css.length(out, "cellWidth", memory.pitch);
            css.length(out, "cellHeight", memory.pitch);
            out.count("pagesPerCell", memory.pages_per_cell);
        });
    });
}

fn link(out: &mut Writer, link: &Link, css: CssPx) {
    out.table(|out| {
        out.count("a", link.a.0);
        out.count("b", link.b.0);
        out.count("distance", link.distance);
        out.count("distanceBack", link.distance_back);
        out.name("direct").flag(link.reach == Reach::Direct);
        css.length(out, "x1", link.from.x);
        css.length(out, "y1", link.from.y);
        css.length(out, "x2", link.to.x);
        css.length(out, "y2", link.to.y);
    });
}
