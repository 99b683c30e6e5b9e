//! Where nodes, CPUs, memory and links are in the picture of the machine.

use hintfault::ids::{CpuId, NodeId};
use hintfault::view::{MachineView, NodeView};

use crate::geometry::{Point, Rect, Scale, Viewport};

/// Between node boxes, in CSS pixels: room for a link with its distance.
const GAP_CSS_PX: [u32; 2] = [56, 36];
/// The same where no links are drawn: room for a node's name that lies on its box.
const CROWDED_GAP_CSS_PX: [u32; 2] = [14, 26];
/// With more links than this, lines would only be a tangle, and none is drawn.
pub(crate) const LINKS_DRAWN: usize = 12;
/// Inside a node box, in CSS pixels.
const PADDING_CSS_PX: u32 = 8;
/// Room for a node's name, in CSS pixels.
const NAME_CSS_PX: u32 = 30;
/// Room for the words above a node's memory, in CSS pixels.
const MEMORY_LABEL_CSS_PX: u32 = 20;
/// Boxes lower than this have no text, in CSS pixels.
const TEXT_FROM_CSS_PX: u32 = 84;
/// Sizes that a CPU may have, and the gap between CPUs, in CSS pixels.
const CPU_CSS_PX: [[u32; 3]; 17] = [
    [112, 44, 8],
    [112, 34, 6],
    [88, 34, 6],
    [72, 34, 6],
    [56, 34, 6],
    // One line of text instead of two.
    [128, 20, 6],
    [112, 20, 4],
    [88, 20, 4],
    [72, 20, 4],
    [44, 34, 4],
    [40, 34, 4],
    [28, 24, 4],
    [18, 16, 3],
    [10, 9, 2],
    [5, 5, 1],
    [3, 3, 1],
    [2, 2, 1],
];
/// Sides of cells of memory, in CSS pixels, gap included.
const MEMORY_CELLS_CSS_PX: [u32; 8] = [14, 12, 10, 9, 8, 7, 6, 5];

/// Where everything is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MachineLayout {
    /// The nodes, in the machine's order.
    pub nodes: Vec<NodeBox>,
    /// Every pair of nodes.
    pub links: Vec<Link>,
}

/// Where one node is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeBox {
    /// The node.
    pub id: NodeId,
    /// Its box.
    pub rect: Rect,
    /// Room for its name; none where it is too tight.
    pub label: Option<Rect>,
    /// Its CPUs, ascending; none where not even dots fit.
    pub cpus: Vec<(CpuId, Rect)>,
    /// Room for words on its memory; none where it is too tight.
    pub memory_label: Option<Rect>,
    /// Its memory.
    pub memory: MemoryGrid,
}

/// Cells of memory, row by row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryGrid {
    /// The box around the cells.
    pub rect: Rect,
    /// From one cell to the next, in both directions.
    pub pitch: u32,
    /// Of these, empty.
    pub gap: u32,
    /// Cells a row.
    pub columns: u32,
    /// Cells in all.
    pub cells: u32,
    /// Pages a cell, the same power of two for all nodes.
    pub pages_per_cell: u64,
}

/// How far two nodes are from each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// One of them.
    pub a: NodeId,
    /// The other.
    pub b: NodeId,
    /// From a to b.
    pub distance: u8,
    /// From b to a.
    pub distance_back: u8,
    /// Whether it is a shortest way out of one of the two.
    pub reach: Reach,
    /// Where it leaves the box of `a`.
    pub from: Point,
    /// Where it meets the box of `b`.
    pub to: Point,
}

/// Whether a link is one that the machine is likely to have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// A shortest way out of one of its ends; these are drawn unless they are many.
    Direct,
    /// Further than the nearest neighbour from both ends.
    Indirect,
}

impl MemoryGrid {
    /// Where a cell is, without its gap.
    #[must_use]
    pub const fn cell_rect(&self, cell: u32) -> Rect {
        let side = self.pitch - self.gap;
        Rect::new(
            self.rect.x + cell % self.columns * self.pitch,
            self.rect.y + cell / self.columns * self.pitch,
            side,
            side,
        )
    }
}

/// Finds a place for everything in the machine.
#[must_use]
pub fn layout_machine(machine: &MachineView, viewport: &Viewport) -> MachineLayout {
    let gaps = if direct_links(machine) > LINKS_DRAWN { CROWDED_GAP_CSS_PX } else { GAP_CSS_PX };
    let rects = node_rects(machine.nodes.len(), gaps, viewport);
    let scale = viewport.scale();
    let Some(first) = rects.first() else {
        return MachineLayout { nodes: Vec::new(), links: Vec::new() };
    };
    let cpu_size = CpuSize::new(machine, *first, scale);
    let frames = rects.iter().map(|rect| NodeFrame::new(*rect, cpu_size, scale));
    let frames: Vec<NodeFrame> = frames.collect();
    let frame = &frames[0];
    let memory = memory_scale(machine, frame.memory, scale);
    let nodes = machine.nodes.iter().zip(&frames);
    let nodes = nodes.map(|(node, frame)| frame.node_box(node, cpu_size, memory));
    MachineLayout { nodes: nodes.collect(), links: links(machine, &rects) }
}

/// The boxes of `count` nodes in reading order, in as many columns as make them largest.
fn node_rects(count: usize, gaps: [u32; 2], viewport: &Viewport) -> Vec<Rect> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let grids = (1..=count).map(|columns| Grid::new(columns, count, gaps, viewport));
    let Some(grid) = grids.max_by_key(Grid::worth) else {
        return Vec::new();
    };
    (0..count).map(|place| grid.rect(place)).collect()
}

struct Grid {
    columns: u32,
    gaps: [u32; 2],
    size: [u32; 2],
}

impl Grid {
    fn new(columns: u32, count: u32, gaps: [u32; 2], viewport: &Viewport) -> Self {
        let parts = [columns, count.div_ceil(columns)];
        let extents = [viewport.width_px(), viewport.height_px()];
        let [across, down] = [0, 1].map(|axis| {
            // A third of the picture at most is gaps, however many nodes there are.
            let gap = viewport.scale().px(gaps[axis]).min(extents[axis] / (3 * parts[axis]));
            (gap, (extents[axis] - gap * (parts[axis] - 1)) / parts[axis])
        });
        Self { columns, gaps: [across.0, down.0], size: [across.1, down.1] }
    }

    /// How large boxes are; wide ones are better than high ones, and on ties fewer columns.
    fn worth(&self) -> (u32, u32) {
        let [width, height] = self.size;
        (width.saturating_mul(3).min(height.saturating_mul(4)), u32::MAX - self.columns)
    }

    fn rect(&self, place: u32) -> Rect {
        let x = place % self.columns * (self.size[0] + self.gaps[0]);
        let y = place / self.columns * (self.size[1] + self.gaps[1]);
        Rect::new(x, y, self.size[0], self.size[1])
    }
}

/// What a node box is divided into; the same for all nodes but for its place.
struct NodeFrame {
    rect: Rect,
    label: Option<Rect>,
    cpus: Rect,
    memory_label: Option<Rect>,
    memory: Rect,
}

impl NodeFrame {
    fn new(rect: Rect, cpu_size: CpuSize, scale: Scale) -> Self {
        let (label, below) = name_and_rest(rect, scale);
        let (cpus, below) = split(below, cpu_size.area_height);
        let has_text = label.is_some();
        let words_height = if has_text { scale.px(MEMORY_LABEL_CSS_PX) } else { scale.px(2) };
        let (words, memory) = split(below, words_height);
        Self { rect, label, cpus, memory_label: has_text.then_some(words), memory }
    }

    fn node_box(&self, node: &NodeView, cpu_size: CpuSize, memory: MemoryScale) -> NodeBox {
        let ids = node.cpus.iter().map(|cpu| cpu.id).zip(0..);
        NodeBox {
            id: node.id,
            rect: self.rect,
            label: self.label,
            cpus: ids.filter_map(|(id, place)| Some((id, cpu_size.rect(self.cpus, place)?))).collect(),
            memory_label: self.memory_label,
            memory: memory.grid(self.memory, node.memory_pages),
        }
    }
}

/// Where a node's name goes, and the box below it without its padding.
fn name_and_rest(rect: Rect, scale: Scale) -> (Option<Rect>, Rect) {
    if rect.height < scale.px(TEXT_FROM_CSS_PX) {
        return (None, rect.inset(scale.px(2)));
    }
    let padding = scale.px(PADDING_CSS_PX);
    let (name, below) = split(rect.inset(padding), scale.px(NAME_CSS_PX) - padding);
    (Some(name), below)
}

/// The upper part of this height, and what is left.
fn split(rect: Rect, height: u32) -> (Rect, Rect) {
    let height = height.min(rect.height);
    let lower = Rect { y: rect.y + height, height: rect.height - height, ..rect };
    (Rect { height, ..rect }, lower)
}

/// How CPUs are arranged; the same in all nodes. Without columns there is no room for them.
#[derive(Clone, Copy)]
struct CpuSize {
    size: [u32; 2],
    gap: u32,
    columns: u32,
    /// What the CPUs of the largest node take.
    area_height: u32,
}

impl CpuSize {
    /// The largest at which the CPUs of every node fit into half of what is below the name.
    fn new(machine: &MachineView, rect: Rect, scale: Scale) -> Self {
        let area = name_and_rest(rect, scale).1;
        let most = machine.nodes.iter().map(|node| node.cpus.len()).max().unwrap_or(0);
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let fitting = CPU_CSS_PX.iter().find_map(|size| {
            let [width, height, gap] = size.map(|css_px| scale.px(css_px));
            let columns = (area.width + gap) / (width + gap);
            let rows = (columns > 0).then(|| most.div_ceil(columns))?;
            let area_height = (rows * (height + gap)).saturating_sub(gap);
            let fits = area_height <= area.height / 2;
            fits.then_some(Self { size: [width, height], gap, columns, area_height })
        });
        fitting.unwrap_or(Self { size: [0, 0], gap: 0, columns: 0, area_height: 0 })
    }

    fn rect(self, area: Rect, place: u32) -> Option<Rect> {
        let row = place.checked_div(self.columns)?;
        let [width, height] = self.size;
        let x = area.x + place % self.columns * (width + self.gap);
        Some(Rect::new(x, area.y + row * (height + self.gap), width, height))
    }
}

#[derive(Clone, Copy)]
struct MemoryScale {
    pitch: u32,
    gap: u32,
    columns: u32,
    pages_per_cell: u64,
}

impl MemoryScale {
    fn grid(self, area: Rect, memory_pages: u64) -> MemoryGrid {
        let cells = memory_pages.div_ceil(self.pages_per_cell);
        let room = u64::from(self.columns) * u64::from(area.height / self.pitch);
        let cells = u32::try_from(cells.min(room)).unwrap_or(u32::MAX);
        // Without room for a single column there are no cells, and nothing is laid out by it.
        let columns = self.columns.max(1);
        let width = cells.min(columns) * self.pitch;
        let height = cells.div_ceil(columns) * self.pitch;
        MemoryGrid {
            rect: Rect { width, height, ..area },
            pitch: self.pitch,
            gap: self.gap,
            columns,
            cells,
            pages_per_cell: self.pages_per_cell,
        }
    }
}

/// As few pages a cell as fit with the smallest cells, then the largest cells that still fit.
fn memory_scale(machine: &MachineView, area: Rect, scale: Scale) -> MemoryScale {
    let most = machine.nodes.iter().map(|node| node.memory_pages).max().unwrap_or(0);
    let pitches = MEMORY_CELLS_CSS_PX.map(|css_px| scale.px(css_px));
    let room = |pitch: u32| u64::from(area.width / pitch) * u64::from(area.height / pitch);
    let smallest = pitches[pitches.len() - 1];
    let least = most.div_ceil(room(smallest).max(1)).max(1);
    let pages_per_cell = least.checked_next_power_of_two().unwrap_or(1 << 63);
    let cells = most.div_ceil(pages_per_cell);
    let pitch = pitches.into_iter().find(|pitch| room(*pitch) >= cells).unwrap_or(smallest);
    MemoryScale { pitch, gap: scale.px(1).min(pitch - 1), columns: area.width / pitch, pages_per_cell }
}

fn links(machine: &MachineView, rects: &[Rect]) -> Vec<Link> {
    let pairs = (0..rects.len()).flat_map(|a| (a + 1..rects.len()).map(move |b| (a, b)));
    pairs.filter_map(|(a, b)| link(machine, rects, [a, b])).collect()
}

/// None for a pair that the distance matrix does not hold.
fn link(machine: &MachineView, rects: &[Rect], [a, b]: [usize; 2]) -> Option<Link> {
    let distance = *machine.distances.get(a)?.get(b)?;
    let distance_back = *machine.distances.get(b)?.get(a)?;
    let direct = is_direct(machine, [a, b]);
    Some(Link {
        a: machine.nodes[a].id,
        b: machine.nodes[b].id,
        distance,
        distance_back,
        reach: if direct { Reach::Direct } else { Reach::Indirect },
        from: edge_towards(rects[a], rects[b].centre()),
        to: edge_towards(rects[b], rects[a].centre()),
    })
}

/// Pairs of nodes of which one is nearest to the other.
fn direct_links(machine: &MachineView) -> usize {
    let count = machine.nodes.len();
    let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| [a, b]));
    pairs.filter(|pair| is_direct(machine, *pair)).count()
}

fn is_direct(machine: &MachineView, [a, b]: [usize; 2]) -> bool {
    let is_nearest = |from: usize, to: usize| {
        let distance = machine.distances.get(from).and_then(|row| row.get(to));
        distance.is_some() && nearest(machine, from) == distance.copied()
    };
    is_nearest(a, b) || is_nearest(b, a)
}

fn nearest(machine: &MachineView, from: usize) -> Option<u8> {
    let row = machine.distances.get(from)?.iter().enumerate();
    row.filter(|(to, _)| *to != from).map(|(_, distance)| *distance).min()
}

/// Where the line from the middle of a box to `target` leaves the box.
fn edge_towards(rect: Rect, target: Point) -> Point {
    let centre = rect.centre();
    let (dx, dy) = (offset(centre.x, target.x), offset(centre.y, target.y));
    let (half_width, half_height) = (i64::from(rect.width / 2), i64::from(rect.height / 2));
    let (across, down) = (dx.abs() * half_height, dy.abs() * half_width);
    let (x, y) = match (dx, dy) {
        (0, 0) => (0, 0),
        _ if across >= down => (dx.signum() * half_width, dy * half_width / dx.abs().max(1)),
        _ => (dx * half_height / dy.abs().max(1), dy.signum() * half_height),
    };
    Point { x: moved(centre.x, x), y: moved(centre.y, y) }
}

fn offset(from: u32, to: u32) -> i64 {
    i64::from(to) - i64::from(from)
}

fn moved(from: u32, by: i64) -> u32 {
    u32::try_from(i64::from(from) + by).unwrap_or(0)
}
