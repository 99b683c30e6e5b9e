//! Pixels of the machine.

use hintfault::view::{CpuView, MachineView, NodeView};

use crate::colour::{Rgb, Theme};
use crate::frame::Frame;
use crate::geometry::{Rect, Scale, Viewport};
use crate::machine_layout::{LINKS_DRAWN, MachineLayout, MemoryGrid, NodeBox, Reach};

/// How much paper the ground of a busy CPU has in it, in 256ths: text must be readable on it.
const BUSY_PAPER: u32 = 208;
/// Waiting tasks that are shown by a mark each.
const WAITING_SHOWN: u32 = 5;

/// Paints the machine as laid out on a picture of that size.
pub fn paint_machine(
    frame: &mut Frame,
    viewport: &Viewport,
    (machine, layout): (&MachineView, &MachineLayout),
    theme: Theme,
) {
    frame.reset(viewport);
    let mut brush = Brush { frame, theme, scale: viewport.scale() };
    brush.links(layout);
    for (node, place) in machine.nodes.iter().zip(&layout.nodes) {
        assert_eq!(node.id, place.id, "layout of another machine");
        brush.node(node, place);
    }
}

struct Brush<'a> {
    frame: &'a mut Frame,
    theme: Theme,
    scale: Scale,
}

impl Brush<'_> {
    /// Draws links as long as the eye can follow them.
    fn links(&mut self, layout: &MachineLayout) {
        let direct = || layout.links.iter().filter(|link| link.reach == Reach::Direct);
        if direct().count() > LINKS_DRAWN {
            return;
        }
        for link in direct() {
            self.frame.line(link.from, link.to, self.scale.px(2), self.theme.outline());
        }
    }

    fn node(&mut self, node: &NodeView, place: &NodeBox) {
        let colour = self.theme.node(node.id);
        self.frame.clear(place.rect);
        self.frame.stroke(place.rect, self.scale.px(1), self.theme.outline());
        let badge = Rect { height: self.scale.px(3).min(place.rect.height), ..place.rect };
        self.frame.fill(badge, colour);
        for (cpu, (_, rect)) in node.cpus.iter().zip(&place.cpus) {
            self.cpu(*rect, cpu, colour);
        }
        self.memory(node, &place.memory, colour);
    }

    fn cpu(&mut self, rect: Rect, cpu: &CpuView, colour: Rgb) {
        if cpu.running.is_none() {
            return self.frame.stroke(rect, self.scale.px(1), self.theme.outline());
        }
        self.frame.fill(rect, colour.mix(self.theme.paper(), BUSY_PAPER));
        self.frame.stroke(rect, self.scale.px(2), colour);
        self.waiting(rect, u32::from(cpu.waiting));
    }

    /// A mark for each waiting task, from the right along the lower edge.
    fn waiting(&mut self, rect: Rect, waiting: u32) {
        let side = self.scale.px(3);
        let inner = rect.inset(self.scale.px(4));
        for mark in 0..waiting.min(WAITING_SHOWN) {
            let from_right = (mark + 1) * side + mark * self.scale.px(2);
            if from_right <= inner.width && side <= inner.height {
                let (x, y) = (inner.right() - from_right, inner.bottom() - side);
                self.frame.fill(Rect::new(x, y, side, side), self.theme.ink());
            }
        }
    }

    /// Memory of the processes in their order, then what others use, then what is free. Each
    /// begins a cell, so that the smallest one is seen.
    fn memory(&mut self, node: &NodeView, grid: &MemoryGrid, colour: Rgb) {
        let mut next = 0;
        for (pages, process) in node.process_pages.iter().zip(0..) {
            next = self.run(grid, next, *pages, Use::Process { process, colour });
        }
        let by_processes = node.process_pages.iter().fold(0, |sum: u64, pages| sum.saturating_add(*pages));
        let used = node.memory_pages.saturating_sub(node.free_pages).saturating_sub(by_processes);
        next = self.run(grid, next, used, Use::Others);
        for cell in next..grid.cells {
            self.free(grid.cell_rect(cell));
        }
    }

    /// Fills cells from `first` on with so many pages; gives the first cell after them.
    fn run(&mut self, grid: &MemoryGrid, first: u32, pages: u64, user: Use) -> u32 {
        let wanted = pages.div_ceil(grid.pages_per_cell);
        let end = u64::from(grid.cells).min(u64::from(first) + wanted) as u32;
        for cell in first..end {
            let before = u64::from(cell - first) * grid.pages_per_cell;
            let filled = (pages - before).min(grid.pages_per_cell);
            let rect = grid.cell_rect(cell);
            let height = (u64::from(rect.height) * filled).div_ceil(grid.pages_per_cell) as u32;
            self.free(rect);
            self.used(Rect { y: rect.bottom() - height, height, ..rect }, user);
        }
        end
    }

    fn free(&mut self, rect: Rect) {
        self.frame.fill(rect, self.theme.empty());
        self.frame.clear(rect.inset(self.scale.px(1)));
    }

    /// Processes are told apart by pattern, since colour means the node.
    fn used(&mut self, rect: Rect, user: Use) {
        let Use::Process { process, colour } = user else {
            return self.frame.fill(rect, self.theme.outline());
        };
        let line = self.scale.px(1);
        let colours = [colour, colour.mix(self.theme.paper(), 160)];
        match process % 4 {
            0 => self.frame.fill(rect, colour),
            1 => self.frame.pattern(rect, colours, |_, y| y / line % 2 == 1),
            2 => self.frame.pattern(rect, colours, |x, _| x / line % 2 == 1),
            _ => self.frame.pattern(rect, colours, |x, y| (x / line + y / line) % 2 == 1),
        }
    }
}

/// Who holds memory.
#[derive(Clone, Copy)]
enum Use {
    Process { process: u32, colour: Rgb },
    Others,
}
