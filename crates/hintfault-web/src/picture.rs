//! Where everything is in a picture, in CSS pixels, for text and pointer.

use hintfault::event;
use hintfault::view::MmView;
use hintfault_paint::{
    Hit, Link, MachineLayout, NodeBox, OffsetMark, Point, Reach, Rect, SpaceLayout, Strip, WindowMark,
};
use serde::Serialize;

use crate::convert::count;

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

    /// A length in CSS pixels.
    fn length(self, px: u32) -> f64 {
        f64::from(px) / self.scale
    }

    /// The device pixel at a CSS coordinate; none left of or above the picture.
    pub(crate) fn to_px(self, css: f64) -> Option<u32> {
        in_u32((css * self.scale).floor())
    }

    /// The nearest number of device pixels.
    pub(crate) fn to_px_rounded(self, css: f64) -> Option<u32> {
        in_u32((css * self.scale).round())
    }

    fn rect(self, rect: Rect) -> Area {
        Area {
            x: self.length(rect.x),
            y: self.length(rect.y),
            width: self.length(rect.width),
            height: self.length(rect.height),
        }
    }
}

fn in_u32(value: f64) -> Option<u32> {
    (0.0..=f64::from(u32::MAX)).contains(&value).then_some(value as u32)
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// What `Playground.paintSpace` gives.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct SpacePicture {
    strips: Vec<StripPicture>,
    hidden: u32,
    offset: Option<OffsetPicture>,
    window: Option<WindowPicture>,
    selected: Option<Area>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StripPicture {
    vma: u16,
    #[serde(flatten)]
    area: Area,
    first_page: u32,
    pages: u32,
    pages_per_cell: u32,
    cell_width: f64,
    cell_height: f64,
    columns: u32,
    label: Option<Area>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct OffsetPicture {
    vma: u16,
    page: u32,
    x: f64,
    y: f64,
    addr: String,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WindowPicture {
    vma: u16,
    #[serde(flatten)]
    area: Area,
    first_page: u32,
    pages: u32,
    start: String,
    end: String,
    updated: u32,
}

impl SpacePicture {
    /// Converts a layout and its marks.
    pub(crate) fn new(mm: &MmView, layout: &SpaceLayout, selected: Option<event::PageRef>, css: CssPx) -> Self {
        let selected = selected.and_then(|page| layout.cell_rect(page));
        Self {
            strips: layout.strips.iter().map(|strip| strip_picture(strip, css)).collect(),
            hidden: layout.hidden,
            offset: layout.offset_mark(mm).map(|mark| offset_picture(mm, &mark, css)),
            window: layout.window_mark(mm).map(|mark| window_picture(&mark, css)),
            selected: selected.map(|cell| css.rect(cell)),
        }
    }
}

fn strip_picture(strip: &Strip, css: CssPx) -> StripPicture {
    StripPicture {
        vma: strip.vma.0,
        area: css.rect(strip.rect),
        first_page: strip.first.0,
        pages: strip.pages,
        pages_per_cell: strip.pages_per_cell,
        cell_width: css.length(strip.pitch),
        cell_height: css.length(strip.pitch),
        columns: strip.columns,
        label: strip.label.map(|label| css.rect(label)),
    }
}

fn offset_picture(mm: &MmView, mark: &OffsetMark, css: CssPx) -> OffsetPicture {
    OffsetPicture {
        vma: mark.vma.0,
        page: mark.page.0,
        x: css.length(mark.cell.x),
        y: css.length(mark.cell.bottom()),
        addr: mm.scan_offset.to_string(),
    }
}

fn window_picture(mark: &WindowMark, css: CssPx) -> WindowPicture {
    WindowPicture {
        vma: mark.vma.0,
        area: css.rect(mark.rect),
        first_page: mark.first.0,
        pages: mark.pages,
        start: mark.window.start.to_string(),
        end: mark.window.end.to_string(),
        updated: mark.window.updated,
    }
}

/// What `Playground.spaceHit` gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct SpaceHit {
    process: u16,
    vma: u16,
    page: u32,
    pages: u32,
}

impl From<Hit> for SpaceHit {
    fn from(hit: Hit) -> Self {
        Self { process: hit.page.process.0, vma: hit.page.vma.0, page: hit.page.page.0, pages: hit.pages }
    }
}

/// What `Playground.paintMachine` gives.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct MachinePicture {
    nodes: Vec<NodePicture>,
    links: Vec<LinkPicture>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NodePicture {
    id: u8,
    #[serde(flatten)]
    area: Area,
    label: Option<Area>,
    cpus: Vec<CpuPicture>,
    memory_label: Option<Area>,
    memory: MemoryPicture,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct CpuPicture {
    id: u16,
    #[serde(flatten)]
    area: Area,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MemoryPicture {
    #[serde(flatten)]
    area: Area,
    columns: u32,
    cells: u32,
    cell_width: f64,
    cell_height: f64,
    pages_per_cell: f64,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkPicture {
    a: u8,
    b: u8,
    distance: u8,
    distance_back: u8,
    direct: bool,
    x1: f64,
    y1: f64,
    x2: f64,
    y2: f64,
}

impl MachinePicture {
    /// Converts a layout.
    pub(crate) fn new(layout: &MachineLayout, css: CssPx) -> Self {
        Self {
            nodes: layout.nodes.iter().map(|node| node_picture(node, css)).collect(),
            links: layout.links.iter().map(|link| link_picture(link, css)).collect(),
        }
    }
}

fn node_picture(node: &NodeBox, css: CssPx) -> NodePicture {
    let cpus = node.cpus.iter().map(|(id, rect)| CpuPicture { id: id.0, area: css.rect(*rect) });
    let memory = &node.memory;
    NodePicture {
        id: node.id.0,
        area: css.rect(node.rect),
        label: node.label.map(|label| css.rect(label)),
        cpus: cpus.collect(),
        memory_label: node.memory_label.map(|label| css.rect(label)),
        memory: MemoryPicture {
            area: css.rect(memory.rect),
            columns: memory.columns,
            cells: memory.cells,
            cell_width: css.length(memory.pitch),
            cell_height: css.length(memory.pitch),
            pages_per_cell: count(memory.pages_per_cell),
        },
    }
}

fn link_picture(link: &Link, css: CssPx) -> LinkPicture {
    let point = |Point { x, y }: Point| (css.length(x), css.length(y));
    let ((x1, y1), (x2, y2)) = (point(link.from), point(link.to));
    LinkPicture {
        a: link.a.0,
        b: link.b.0,
        distance: link.distance,
        distance_back: link.distance_back,
        direct: link.reach == Reach::Direct,
        x1,
        y1,
        x2,
        y2,
    }
}
