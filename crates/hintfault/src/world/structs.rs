//! The kernel's structures with the fields that are modelled, under the kernel's names and in its
//! order (include/linux/sched.h, mm_types.h, mempolicy.h; `struct numa_group` in
//! kernel/sched/fair.c; 6.12). Every value is a number, so that little code is needed.

use alloc::vec::Vec;

use crate::ids::{NodeId, PageIdx, ProcIdx, TaskIdx, VmaIdx};
use crate::mempolicy::Mempolicy;
use crate::mm::Mm;
use crate::mm::vma::{NumabState, Vma};
use crate::numab::cpupid::cpupid_to_cpu;
use crate::sched::task::{NumaWork, State, Task};
use crate::view::TaskState;
use crate::world::World;

/// What is looked at. Parts that are not there are left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Subject {
    /// A task.
    pub task: Option<TaskIdx>,
    /// A process; the task's if left out.
    pub process: Option<ProcIdx>,
    /// A mapping of the process.
    pub vma: Option<VmaIdx>,
    /// A page of the mapping.
    pub page: Option<PageIdx>,
}

/// One structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KernelStruct {
    /// Its type.
    pub name: &'static str,
    /// Names of its fields in the kernel's order, and what their values are.
    pub fields: &'static [(&'static str, Unit)],
    /// A value for each field.
    pub values: Vec<i64>,
}

/// What a number means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A count, or a figure without unit.
    Count,
    /// Nanoseconds.
    Ns,
    /// Milliseconds.
    Ms,
    /// Ticks of the kernel's clock.
    Jiffies,
    /// Base pages.
    Pages,
    /// The number of a node; -1 is `NUMA_NO_NODE`.
    Node,
    /// The number of a CPU; -1 is none.
    Cpu,
    /// The id of a task; -1 is none.
    Tid,
    /// Yes (1) or no (0).
    Flag,
    /// A pointer, that to nothing (0) or not (1).
    Pointer,
    /// `MPOL_*`, by number.
    Mode,
    /// `TASK_*`.
    State,
    /// An address.
    Address,
    /// A bit map of 64 bits.
    Bits,
    /// A set of nodes, as 64 bits.
    Nodes,
}

impl Unit {
    /// A word for it, for text interfaces.
    #[must_use]
    #[inline]
    pub fn as_str(self) -> &'static str {
        const WORDS: [&str; 15] = [
            "", "ns", "ms", "jiffies", "pages", "node", "cpu", "tid", "flag", "pointer", "mode", "state", "address",
            "bits", "nodes",
        ];
        WORDS[self as usize]
    }
}

const TASK_STRUCT: &[(&str, Unit)] = &[
    ("cpu", Unit::Cpu),
    ("__state", Unit::State),
    ("on_rq", Unit::Flag),
    ("se.load.weight", Unit::Count),
    ("se.deadline", Unit::Ns),
    ("se.exec_start", Unit::Ns),
    ("se.sum_exec_runtime", Unit::Ns),
    ("se.vruntime", Unit::Ns),
    ("se.vlag", Unit::Ns),
    ("se.avg.load_avg", Unit::Count),
    ("se.avg.util_avg", Unit::Count),
    ("nr_cpus_allowed", Unit::Count),
    ("pid", Unit::Tid),
    ("tgid", Unit::Tid),
    ("mempolicy", Unit::Pointer),
    ("numa_scan_seq", Unit::Count),
    ("numa_scan_period", Unit::Ms),
    ("numa_scan_period_max", Unit::Ms),
    ("numa_preferred_nid", Unit::Node),
    ("numa_migrate_retry", Unit::Jiffies),
    ("node_stamp", Unit::Ns),
    ("last_task_numa_placement", Unit::Ns),
    ("last_sum_exec_runtime", Unit::Ns),
    ("numa_work", Unit::Pointer),
    ("numa_group", Unit::Pointer),
    ("total_numa_faults", Unit::Count),
    ("numa_faults_locality[0]", Unit::Count),
    ("numa_faults_locality[1]", Unit::Count),
    ("numa_faults_locality[2]", Unit::Count),
    ("numa_pages_migrated", Unit::Pages),
];

const NUMA_GROUP: &[(&str, Unit)] = &[
    ("nr_tasks", Unit::Count),
    ("gid", Unit::Tid),
    ("active_nodes", Unit::Count),
    ("total_faults", Unit::Count),
    ("max_faults_cpu", Unit::Count),
];

const MM_STRUCT: &[(&str, Unit)] = &[
    ("mm_users", Unit::Count),
    ("map_count", Unit::Count),
    ("numa_next_scan", Unit::Jiffies),
    ("numa_scan_offset", Unit::Address),
    ("numa_scan_seq", Unit::Count),
    ("rss_stat", Unit::Pages),
];

const VM_AREA_STRUCT: &[(&str, Unit)] = &[
    ("vm_start", Unit::Address),
    ("vm_end", Unit::Address),
    ("vm_flags", Unit::Bits),
    ("vm_policy", Unit::Pointer),
    ("numab_state", Unit::Pointer),
];

const VMA_NUMAB_STATE: &[(&str, Unit)] = &[
    ("next_scan", Unit::Jiffies),
    ("pids_active_reset", Unit::Jiffies),
    ("pids_active[0]", Unit::Bits),
    ("pids_active[1]", Unit::Bits),
    ("start_scan_seq", Unit::Count),
    ("prev_scan_seq", Unit::Count),
];

const MEMPOLICY: &[(&str, Unit)] = &[
    ("mode", Unit::Mode),
    ("flags", Unit::Bits),
    ("nodes", Unit::Nodes),
    ("home_node", Unit::Node),
    ("w", Unit::Nodes),
];

const FOLIO: &[(&str, Unit)] = &[
    ("nid", Unit::Node),
    ("_last_cpupid", Unit::Bits),
    ("cpupid_to_cpu", Unit::Cpu),
    ("cpupid_to_pid", Unit::Tid),
    ("PG_large", Unit::Flag),
    ("PG_anon_exclusive", Unit::Flag),
];

const PTE: &[(&str, Unit)] = &[
    ("pte_present", Unit::Flag),
    ("pte_protnone", Unit::Flag),
    ("pte_write", Unit::Flag),
    ("pmd_trans_huge", Unit::Flag),
];

impl KernelStruct {
    #[inline]
    fn new(name: &'static str, fields: &'static [(&'static str, Unit)], values: &[i64]) -> Self {
        assert!(fields.len() == values.len(), "a value for each field");
        Self { name, fields, values: values.to_vec() }
    }
}

#[inline]
fn number_of(node: Option<NodeId>) -> i64 {
    node.map_or(-1, |node| node.0.into())
}

impl World {
    /// The structures behind what is looked at: `task_struct`, its `mempolicy` and `numa_group`;
    /// `mm_struct`; `vm_area_struct`, its `vma_numab_state` and `mempolicy`; `folio` and `pte_t` of
    /// the page.
    #[must_use]
    #[inline]
    pub fn structs(&self, subject: Subject) -> Vec<KernelStruct> {
        let mut structs = Vec::new();
        let task = subject.task.and_then(|task| self.tasks.get(task.index()));
        if let Some(task) = task {
            structs.push(self.task_struct(task));
            push_mempolicy(task.policy, &mut structs);
            if let Some(group) = task.numa.group {
                structs.push(self.numa_group_struct(group));
            }
        }
        let process = subject.process.map(ProcIdx::index).or(task.map(|task| task.mm));
        let Some(mm) = process.and_then(|process| self.mms.get(process)) else { return structs };
        structs.push(mm_struct(mm));
        let Some(vma) = subject.vma.and_then(|vma| mm.vmas.get(vma.index())) else { return structs };
        structs.push(vm_area_struct(vma));
        if let Some(numab) = vma.numab {
            structs.push(vma_numab_state(numab));
        }
        push_mempolicy(vma.policy, &mut structs);
        if let Some(page) = subject.page.filter(|page| page.0 < vma.pages) {
            self.push_page(page, vma, &mut structs);
        }
        structs
    }

    #[inline]
    fn task_struct(&self, task: &Task) -> KernelStruct {
        let (se, numa) = (&task.se, &task.numa);
        let values = [
            self.setup.topology.cpu_id(task.cpu).0.into(),
            task_state(self.task_state(task)),
            (task.state == State::Queued).into(),
            se.weight as i64,
            se.deadline,
            se.exec_start.0 as i64,
            se.sum_exec_runtime.0 as i64,
            se.vruntime,
            se.vlag,
            se.avg.load_avg as i64,
            se.avg.util_avg as i64,
            task.cpus_allowed.len() as i64,
            task.tid.0.into(),
            self.mms[task.mm].pid.0.into(),
            task.policy.is_some().into(),
            numa.scan_seq.into(),
            numa.scan_period_ms.into(),
            numa.scan_period_max_ms.into(),
            number_of(numa.preferred_nid),
            numa.migrate_retry.0 as i64,
            numa.node_stamp.0 as i64,
            numa.last_placement.0 as i64,
            numa.last_sum_exec_runtime.0 as i64,
            (numa.work == NumaWork::Queued).into(),
            numa.group.is_some().into(),
            numa.total_faults as i64,
            numa.locality[0] as i64,
            numa.locality[1] as i64,
            numa.locality[2] as i64,
            numa.pages_migrated as i64,
        ];
        KernelStruct::new("task_struct", TASK_STRUCT, &values)
    }

    #[inline]
    fn numa_group_struct(&self, group: usize) -> KernelStruct {
        let group = &self.groups[group];
        let values = [
            group.nr_tasks.into(),
            group.gid.0.into(),
            group.active_nodes.into(),
            group.total_faults as i64,
            group.max_faults_cpu as i64,
        ];
        KernelStruct::new("numa_group", NUMA_GROUP, &values)
    }

    #[inline]
    fn push_page(&self, page: PageIdx, vma: &Vma, structs: &mut Vec<KernelStruct>) {
        let (slot, range) = (vma.slot(page), vma.table_range(page.0, page.0 + 1));
        let (table, object) = (vma.table(range.table), &self.objects[vma.object]);
        if let Some(node) = object.node(slot) {
            let cpupid = object.last_cpupid(slot);
            let values = [
                node.0.into(),
                cpupid.into(),
                cpupid_to_cpu(cpupid).into(),
                (cpupid & 0xFF).into(),
                object.chunk(range.table).is_huge().into(),
                (!vma.is_shared() && object.is_exclusive(slot)).into(),
            ];
            structs.push(KernelStruct::new("folio", FOLIO, &values));
        }
        let (is_present, is_hint) = (table.is_present(range.lo), table.is_hint(range.lo));
        let is_writable = is_present && !is_hint && table.is_writable(range.lo);
        let values = [is_present, is_hint, is_writable, table.is_huge()];
        structs.push(KernelStruct::new("pte_t", PTE, &values.map(i64::from)));
    }
}

/// `TASK_RUNNING`, `TASK_INTERRUPTIBLE`, `TASK_STOPPED`, `TASK_DEAD`, `TASK_NEW`.
#[inline]
fn task_state(state: TaskState) -> i64 {
    match state {
        TaskState::Running => 0,
        TaskState::Sleeping => 1,
        TaskState::Stopped => 0x104,
        TaskState::Dead => 0x80,
        TaskState::New => 0x800,
    }
}

#[inline]
fn mm_struct(mm: &Mm) -> KernelStruct {
    let values = [
        mm.mm_users.into(),
        mm.vmas.len() as i64,
        mm.numa_next_scan.0 as i64,
        mm.numa_scan_offset.0 as i64,
        mm.numa_scan_seq.into(),
        mm.rss_pages as i64,
    ];
    KernelStruct::new("mm_struct", MM_STRUCT, &values)
}

/// Flags: `VM_READ`, `VM_WRITE`, `VM_EXEC`, `VM_SHARED`.
#[inline]
fn vm_area_struct(vma: &Vma) -> KernelStruct {
    let prot = vma.prot;
    let flag = |is_set: bool, bit: u32| i64::from(is_set) << bit;
    let values = [
        vma.start.0 as i64,
        vma.end().0 as i64,
        flag(prot.read, 0) | flag(prot.write, 1) | flag(prot.exec, 2) | flag(vma.is_shared(), 3),
        vma.policy.is_some().into(),
        vma.numab.is_some().into(),
    ];
    KernelStruct::new("vm_area_struct", VM_AREA_STRUCT, &values)
}

#[inline]
fn vma_numab_state(numab: NumabState) -> KernelStruct {
    let values = [
        numab.next_scan.0 as i64,
        numab.pids_active_reset.0 as i64,
        numab.pids_active[0] as i64,
        numab.pids_active[1] as i64,
        numab.start_scan_seq.into(),
        numab.prev_scan_seq.into(),
    ];
    KernelStruct::new("vma_numab_state", VMA_NUMAB_STATE, &values)
}

#[inline]
fn push_mempolicy(policy: Option<Mempolicy>, structs: &mut Vec<KernelStruct>) {
    let Some(policy) = policy else { return };
    let (mode, flags) = (i64::from(policy.mode as u8), i64::from(policy.flags.0));
    let values = [mode, flags, policy.nodes.0 as i64, number_of(policy.home_node), policy.w.0 as i64];
    structs.push(KernelStruct::new("mempolicy", MEMPOLICY, &values));
}
