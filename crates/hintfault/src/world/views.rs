//! Looking at a machine. A look changes nothing.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::event::{Event, PageRef};
use crate::ids::{CpuId, NodeId, PageIdx, ProcIdx, TaskIdx, VmaIdx};
use crate::mempolicy::mpol_to_str;
use crate::mm::PageAt;
use crate::mm::folio::{FolioChunk, Object};
use crate::mm::page_alloc::NumaStat;
use crate::mm::pte::PteTable;
use crate::mm::vma::{NumabState, Vma, Window};
use crate::numab::stats::{FaultStat, task_faults_idx};
use crate::refusal::Refusal;
use crate::sched::task::{State, Task};
use crate::time::{Ns, Tick};
use crate::view::{
    AccessCounts, Cell, ClockView, CpuView, MachineView, MmView, NodeFaultsView, NodeMoves, NodeView, NumabView,
    PageView, PteState, TaskState, TaskView, VmaView, Vmstat, WindowView,
};
use crate::world::World;

impl World {
    /// Where the run stands.
    #[must_use]
    pub fn clock(&self) -> ClockView {
        ClockView {
            now: self.now,
            tick: Tick(self.timers.ticks()),
            jiffies: self.jiffies(),
            tick_ns: self.hz().tick_ns(),
            events: self.log.next_seq(),
        }
    }

    /// The machine with who runs where and how full it is.
    #[must_use]
    pub fn machine(&self) -> MachineView {
        let topology = &self.setup.topology;
        let online = topology.online();
        let row = |&a: &NodeId| online.iter().map(|&b| topology.distance(a, b)).collect();
        MachineView {
            nodes: online.iter().map(|&node| self.node_view(node)).collect(),
            distances: online.iter().map(row).collect(),
        }
    }

    /// What has moved between nodes since the start, by pair of nodes, ascending; pairs without any
    /// are left out.
    #[must_use]
    pub fn node_moves(&self) -> Vec<NodeMoves> {
        self.moves.list().to_vec()
    }

    fn node_view(&self, node: NodeId) -> NodeView {
        let pages_of =
            |mm: usize| -> u64 { (0..self.mms[mm].vmas.len()).map(|vma| self.mapped_on(mm, vma, node)).sum() };
        NodeView {
            id: node,
            cpus: self.setup.topology.node_cpus(node).iter().map(|&cpu| self.cpu_view(cpu)).collect(),
            memory_pages: self.memory.managed_pages(node),
            free_pages: self.memory.free_pages(node),
            process_pages: (0..self.mms.len()).map(pages_of).collect(),
        }
    }

    /// Pages of a node that a VMA maps. Those of a private mapping are all of its object's.
    fn mapped_on(&self, mm: usize, vma: usize, node: NodeId) -> u64 {
        let vma = &self.mms[mm].vmas[vma];
        let object = &self.objects[vma.object];
        if object.mappings().len() == 1 && !vma.is_shared() {
            return u64::from(object.node_pages()[node.index()]);
        }
        let on_node = |(table, chunk): (&PteTable, &FolioChunk)| {
            table.present().ones().filter(|&bit| chunk.node(bit) == Some(node)).count() as u64
        };
        vma.tables().zip(object.chunks()).map(on_node).sum()
    }

    fn cpu_view(&self, cpu: usize) -> CpuView {
        let rq = &self.rqs[cpu];
        CpuView {
            id: self.setup.topology.cpu_id(cpu),
            running: rq.curr.map(|task| TaskIdx(task as u16)),
            waiting: rq.waiting().len() as u16,
        }
    }

    /// All threads, in the order of the scenario.
    #[must_use]
    pub fn tasks(&self) -> Vec<TaskView> {
        (0..self.tasks.len()).map(|task| self.task_view(task)).collect()
    }

    pub(crate) fn task_state(&self, task: &Task) -> TaskState {
        match task.state {
            State::New | State::Unborn => TaskState::New,
            State::Queued => TaskState::Running,
            State::Sleeping if self.mms[task.mm].stopped => TaskState::Stopped,
            State::Sleeping => TaskState::Sleeping,
            State::Dead => TaskState::Dead,
        }
    }

    fn task_view(&self, index: usize) -> TaskView {
        let task = &self.tasks[index];
        let now = self.exec_now(index);
        TaskView {
            index: TaskIdx(index as u16),
            process: ProcIdx(task.mm as u16),
            tid: task.tid,
            name: self.setup.thread_names[index].clone(),
            state: self.task_state(task),
            cpu: self.setup.topology.cpu_id(task.cpu),
            node: self.node_of_task(index),
            affinity: task.cpus_allowed.iter().map(|&cpu| self.setup.topology.cpu_id(cpu)).collect::<Vec<CpuId>>(),
            policy: mpol_to_str(task.policy),
            runtime: now.runtime,
            node_stamp: task.numa.node_stamp,
            scan_period_ms: task.numa.scan_period_ms,
            scan_period_max_ms: task.numa.scan_period_max_ms,
            scan_seq: task.numa.scan_seq,
            preferred_nid: task.numa.preferred_nid,
            total_numa_faults: task.numa.total_faults,
            pages_migrated: task.numa.pages_migrated,
            group: task.numa.group.map(|group| self.groups[group].gid),
            faults_locality: task.numa.locality,
            faults: self.faults_view(task),
            accesses: now.accesses,
            system: task.exec.system,
            ended: task.exec.ended,
            step: now.step,
            step_visits: now.step_visits,
        }
    }

    /// What a thread has done up to now, also between two points where it was settled.
    fn exec_now(&self, index: usize) -> ExecNow {
        let task = &self.tasks[index];
        let exec = &task.exec;
        let mut now = ExecNow {
            runtime: task.se.sum_exec_runtime,
            accesses: AccessCounts { local: exec.local_accesses, remote: exec.remote_accesses, stall: exec.stall },
            step: exec.cursor.step,
            step_visits: exec.cursor.visits,
        };
        if self.rqs[task.cpu].curr != Some(index) {
            return now;
        }
        now.runtime = now.runtime + (self.now - task.se.exec_start);
        #[cfg(feature = "shared-clock")]
        if self.stands_still(task.cpu) {
            return now;
        }
        if !exec.is_scanning() {
            let walk = self.walk_task(index, self.now - exec.since);
            now.accesses.local += walk.local;
            now.accesses.remote += walk.remote;
            now.accesses.stall = now.accesses.stall + walk.stall;
            now.step = walk.cursor.step;
            now.step_visits = walk.cursor.visits;
        }
        now
    }

    /// Accesses that a thread has done up to now.
    pub(crate) fn accesses_now(&self, index: usize) -> AccessCounts {
        let exec = &self.tasks[index].exec;
        if exec.since < self.now {
            return self.exec_now(index).accesses;
        }
        AccessCounts { local: exec.local_accesses, remote: exec.remote_accesses, stall: exec.stall }
    }

    fn faults_view(&self, task: &Task) -> Vec<NodeFaultsView> {
        if task.numa.faults.is_empty() {
            return Vec::new();
        }
        let topology = &self.setup.topology;
        let view = |&node: &NodeId| {
            let pair = |stat| {
                [0, 1].map(|private| task.numa.faults[task_faults_idx(stat, topology.nr_node_ids(), node, private)])
            };
            NodeFaultsView {
                node,
                mem: pair(FaultStat::Mem),
                cpu: pair(FaultStat::Cpu),
                mem_buffer: pair(FaultStat::MemBuf),
                cpu_buffer: pair(FaultStat::CpuBuf),
                group_mem: task.numa.group.map_or([0; 2], |group| self.group_mem(group, node)),
            }
        };
        topology.online().iter().map(view).collect()
    }

    /// All address spaces, in the order of the scenario.
    #[must_use]
    pub fn mms(&self) -> Vec<MmView> {
        (0..self.mms.len()).map(|mm| self.mm_view(mm)).collect()
    }

    fn mm_view(&self, index: usize) -> MmView {
        let mm = &self.mms[index];
        MmView {
            process: ProcIdx(index as u16),
            pid: mm.pid,
            name: self.setup.process_names[index].clone(),
            scan_seq: mm.numa_scan_seq,
            scan_offset: mm.numa_scan_offset,
            next_scan: mm.numa_next_scan,
            mm_users: mm.mm_users,
            rss_pages: mm.rss_pages,
            vmas: (0..mm.vmas.len()).map(|vma| self.vma_view(index, vma)).collect(),
        }
    }

    fn vma_view(&self, mm: usize, index: usize) -> VmaView {
        let vma = &self.mms[mm].vmas[index];
        let node_pages = |&node: &NodeId| self.mapped_on(mm, index, node);
        VmaView {
            index: VmaIdx(index as u16),
            name: self.setup.region_names[mm][usize::from(vma.region)].clone(),
            start: vma.start,
            end: vma.end(),
            pages: vma.pages,
            kind: vma.kind,
            prot: vma.prot,
            policy: self.numa_maps_policy(mm, index),
            thp: vma.thp,
            node_pages: self.setup.topology.online().iter().map(node_pages).collect(),
            hint_pages: vma.hint_pages().into(),
            numab: vma.numab.map(numab_view),
            last_skip: vma.last_skip,
            last_window: vma.last_window.map(window_view),
        }
    }

    /// The policy as `numa_maps` shows it: that of the main thread where the mapping has none.
    pub(crate) fn numa_maps_policy(&self, mm: usize, vma: usize) -> String {
        let first = PageAt { mm, vma, page: PageIdx(0) };
        mpol_to_str(self.get_vma_policy(self.setup.first_task(mm), first))
    }

    /// One page; none if there is no such page.
    #[must_use]
    pub fn page(&self, page: PageRef) -> Option<PageView> {
        let vma = self.vma_at(page.process, page.vma)?;
        if page.page.0 >= vma.pages {
            return None;
        }
        let (slot, range) = (vma.slot(page.page), vma.table_range(page.page.0, page.page.0 + 1));
        let table = vma.table(range.table);
        let entry = match (table.is_present(range.lo), table.is_hint(range.lo), table.is_writable(range.lo)) {
            (false, _, _) => PteState::None,
            (true, true, _) => PteState::Hint,
            (true, false, true) => PteState::Writable,
            (true, false, false) => PteState::ReadOnly,
        };
        let object = &self.objects[vma.object];
        let (node, last_cpupid) = (object.node(slot), object.last_cpupid(slot));
        let huge = table.is_huge();
        Some(PageView { addr: vma.addr(page.page), page: page.page, node, entry, huge, last_cpupid })
    }

    fn vma_at(&self, process: ProcIdx, vma: VmaIdx) -> Option<&Vma> {
        self.mms.get(process.index())?.vmas.get(vma.index())
    }

    /// Sums up runs of `pages_per_cell` pages from `first` on, one cell each. Cells beyond the
    /// end of the region are empty, and the last may stand for fewer pages.
    pub fn cells(&self, process: ProcIdx, vma: VmaIdx, first: PageIdx, pages_per_cell: u32, out: &mut [Cell]) {
        out.fill(Cell::default());
        let Some(vma) = self.vma_at(process, vma) else { return };
        let step = u64::from(pages_per_cell.max(1));
        for (place, cell) in (0u64..).zip(out.iter_mut()) {
            let at = u64::from(first.0) + place * step;
            if at >= u64::from(vma.pages) {
                return;
            }
            let end = (at + step).min(u64::from(vma.pages));
            *cell = sum_up(vma, &self.objects[vma.object], at as u32..end as u32, self.setup.topology.online());
        }
    }

    /// What became of the actions so far, in order of time: why each was refused, none if it took
    /// effect.
    #[must_use]
    pub fn action_outcomes(&self) -> &[Option<Refusal>] {
        &self.action_outcomes
    }

    /// Counters of `/proc/vmstat`.
    #[must_use]
    pub fn vmstat(&self) -> Vmstat {
        let online = self.setup.topology.online();
        let sum = |of: fn(&NumaStat) -> u64| self.memory.numastat().iter().map(of).sum();
        Vmstat {
            nr_free_pages: online.iter().map(|&node| self.memory.free_pages(node)).sum(),
            numa_hit: sum(|stat| stat.hit),
            numa_miss: sum(|stat| stat.miss),
            numa_foreign: sum(|stat| stat.foreign),
            numa_interleave: sum(|stat| stat.interleave_hit),
            numa_local: sum(|stat| stat.local),
            numa_other: sum(|stat| stat.other),
            ..self.vmstat
        }
    }

    /// At most `max` events from number `from` on. The latest [`EVENTS_KEPT`] are there, older
    /// ones are left out.
    ///
    /// [`EVENTS_KEPT`]: crate::EVENTS_KEPT
    #[must_use]
    pub fn events(&self, from: u64, max: usize) -> Vec<Event> {
        self.log.range(from, max)
    }
}

struct ExecNow {
    runtime: Ns,
    accesses: AccessCounts,
    step: u16,
    step_visits: u64,
}

fn numab_view(numab: NumabState) -> NumabView {
    let NumabState { next_scan, pids_active_reset, pids_active, start_scan_seq, prev_scan_seq } = numab;
    NumabView { next_scan, pids_active_reset, pids_active, start_scan_seq, prev_scan_seq }
}

fn window_view(window: Window) -> WindowView {
    let Window { start, end, updated, time } = window;
    WindowView { start, end, updated, time }
}

/// Pages `first..end` of a region as one cell.
fn sum_up(vma: &Vma, object: &Object, pages: Range<u32>, online: &[NodeId]) -> Cell {
    let mut cell = Cell { pages: pages.end - pages.start, ..Cell::default() };
    let mut by_node = [0u32; crate::topology::MAX_NODES];
    let mut at = pages.start;
    while at < pages.end {
        let range = vma.table_range(at, pages.end);
        let table = vma.table(range.table);
        let bits = crate::mm::bits::Bits512::range(range.lo, range.hi);
        let present = bits.and(table.present());
        let count = present.count();
        cell.present += count;
        cell.hint += bits.and(table.hint()).count();
        cell.huge += if table.is_huge() { range.len() } else { 0 };
        let chunk = object.chunk(range.table);
        if let Some(node) = online.iter().find(|node| chunk.is_all_on(**node)) {
            by_node[node.index()] += count;
        } else if count == range.len() {
            chunk.count_nodes(range.lo, range.hi, &mut by_node);
        } else {
            for node in present.ones().filter_map(|bit| chunk.node(bit)) {
                by_node[node.index()] += 1;
            }
        }
        at += range.len();
    }
    for &node in online {
        if by_node[node.index()] > cell.node_pages {
            (cell.node, cell.node_pages) = (node, by_node[node.index()]);
        }
    }
    cell
}
