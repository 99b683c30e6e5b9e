//! The texts against the kernel's formats, and back again where there is a way back.

use hintfault::ids::{CpuId, NodeId, Pid, ProcIdx, TaskIdx, Tid, VirtAddr, VmaIdx};
use hintfault::input::{Prot, RegionKind, Thp};
use hintfault::time::{Jiffies, Ns};
use hintfault::view::{
    AccessCounts, CpuView, MachineView, MmView, NodeFaultsView, NodeView, TaskState, TaskView, VmaView, Vmstat,
};
use hintfault_procfs::{
    NumactlVersion, parse_vmstat, print_node_meminfo, print_numa_maps, print_numactl, print_sched_numa, print_vmstat,
    vmstat_values,
};
use hintfault_scenario::numactl::parse_numactl;
use proptest::prelude::*;

fn node(id: u8, cpus: &[u16], memory_pages: u64, free_pages: u64) -> NodeView {
    let cpu = |&id: &u16| CpuView { id: CpuId(id), running: None, waiting: 0 };
    let cpus = cpus.iter().map(cpu).collect();
    NodeView { id: NodeId(id), cpus, memory_pages, free_pages, process_pages: Vec::new() }
}

fn two_nodes() -> MachineView {
    let nodes = vec![
        node(0, &[0, 1, 2, 3], (16_037 << 8) + 255, (15_311 << 8) + 1),
        node(1, &[4, 5, 6, 7], 16_127 << 8, 15_920 << 8),
    ];
    MachineView { nodes, distances: vec![vec![10, 20], vec![20, 10]] }
}

#[test]
fn numactl_prints_each_version_of_the_table() {
    let wanted = "\
available: 2 nodes (0-1)
node 0 cpus: 0 1 2 3
node 0 size: 16037 MB
node 0 free: 15311 MB
node 1 cpus: 4 5 6 7
node 1 size: 16127 MB
node 1 free: 15920 MB
node distances:
node   0   1 \n  0:  10  20 \n  1:  20  10 \n";
    assert_eq!(print_numactl(&two_nodes(), NumactlVersion::UpTo2_0_18), wanted);
    let wide = print_numactl(&two_nodes(), NumactlVersion::From2_0_19);
    assert!(wide.ends_with("node distances:\nnode     0    1 \n   0:   10   20 \n   1:   20   10 \n"), "{wide}");
}

#[test]
fn three_digits_keep_the_blank_of_the_sign() {
    let mut machine = two_nodes();
    machine.distances = vec![vec![10, 254], vec![254, 10]];
    let text = print_numactl(&machine, NumactlVersion::UpTo2_0_18);
    assert!(text.contains("\n  0:  10  254 \n"), "{text}");
}

#[test]
fn meminfo_is_aligned_like_the_kernels() {
    let text = print_node_meminfo(&node(1, &[], 257_323, 100));
    let wanted = "\
Node 1 MemTotal:        1029292 kB
Node 1 MemFree:             400 kB
Node 1 MemUsed:         1028892 kB
";
    assert_eq!(text, wanted);
}

#[test]
fn vmstat_has_the_kernels_order() {
    let text = print_vmstat(&Vmstat { nr_free_pages: 5, numa_pages_migrated: 7, ..Vmstat::default() });
    assert!(text.starts_with("nr_free_pages 5\nnuma_hit 0\nnuma_miss 0\nnuma_foreign 0\nnuma_local 0\nnuma_other 0\n"));
    assert!(text.ends_with(
        "pgfault 0\npgreuse 0\nnuma_pte_updates 0\nnuma_huge_pte_updates 0\nnuma_hint_faults 0\n\
         numa_hint_faults_local 0\nnuma_pages_migrated 7\npgmigrate_success 0\npgmigrate_fail 0\n"
    ));
}

#[test]
fn vmstat_of_a_real_machine_has_other_lines_too() {
    let vmstat = parse_vmstat("nr_free_pages 17\nnr_zone_inactive_anon 3\n\nnr_unstable 0\n").expect("reads");
    assert_eq!(vmstat, Vmstat { nr_free_pages: 17, ..Vmstat::default() });
    for (text, line) in [("pgfault", 1), ("a 1\npgfault -1", 2), ("pgfault 1 2", 1), ("a 99999999999999999999", 1)] {
        assert_eq!(parse_vmstat(text).expect_err(text).line, line);
    }
}

fn vma(name: &str, start: u64, kind: RegionKind, node_pages: [u64; 2]) -> VmaView {
    VmaView {
        index: VmaIdx(0),
        name: name.to_owned(),
        start: VirtAddr(start),
        end: VirtAddr(start + 4096),
        pages: 1,
        kind,
        prot: Prot { read: true, write: true, exec: false },
        policy: "default".to_owned(),
        thp: Thp::Never,
        node_pages: node_pages.to_vec(),
        hint_pages: 0,
        numab: None,
        last_skip: None,
        last_window: None,
    }
}

fn mm(vmas: Vec<VmaView>) -> MmView {
    MmView {
        process: ProcIdx(0),
        pid: Pid(1000),
        name: "p".to_owned(),
        scan_seq: 7,
        scan_offset: VirtAddr(0),
        next_scan: Jiffies(0),
        mm_users: 1,
        rss_pages: 0,
        vmas,
    }
}

#[test]
fn numa_maps_has_a_line_for_each_vma() {
    let vmas = vec![
        vma("/bin/my prog=1", 0x40_0000, RegionKind::PrivateFile, [12, 0]),
        vma("[heap]", 0x65_8000, RegionKind::Anon, [0, 33]),
        vma("buffer", 0x7f3a_4000_0000, RegionKind::Anon, [512, 513]),
        vma("untouched", 0x7f3a_c000_0000, RegionKind::Anon, [0, 0]),
        vma("[stack]", 0x7ffd_1b5e_1000, RegionKind::Anon, [4, 0]),
    ];
    let wanted = "\
00400000 default file=/bin/my\\040prog\\0751 mapped=12 N0=12 kernelpagesize_kB=4
00658000 default heap anon=33 N1=33 kernelpagesize_kB=4
7f3a40000000 default anon=1025 N0=512 N1=513 kernelpagesize_kB=4
7f3ac0000000 default
7ffd1b5e1000 default stack anon=4 N0=4 kernelpagesize_kB=4
";
    assert_eq!(print_numa_maps(&mm(vmas), &two_nodes()), wanted);
}

#[test]
fn sched_ends_with_the_numa_part() {
    let faults = NodeFaultsView {
        node: NodeId(1),
        mem: [99, 801],
        cpu: [0, 0],
        mem_buffer: [0, 0],
        cpu_buffer: [0, 0],
        group_mem: [98, 802],
    };
    let mut task = TaskView {
        index: TaskIdx(0),
        process: ProcIdx(0),
        tid: Tid(1000),
        name: "t".to_owned(),
        state: TaskState::Running,
        cpu: CpuId(4),
        node: NodeId(1),
        affinity: vec![CpuId(4)],
        policy: "default".to_owned(),
        runtime: Ns(0),
        node_stamp: Ns(0),
        scan_period_ms: 1000,
        scan_period_max_ms: 60_000,
        scan_seq: 7,
        preferred_nid: Some(NodeId(1)),
        total_numa_faults: 1300,
        pages_migrated: 1536,
        group: Some(Tid(4242)),
        faults_locality: [0, 0, 0],
        faults: vec![faults],
        accesses: AccessCounts::default(),
        system: hintfault::view::SystemTime::default(),
        ended: None,
        step: 0,
        step_visits: 0,
    };
    let wanted = "\
mm->numa_scan_seq                            :                    7
numa_pages_migrated                          :                 1536
numa_preferred_nid                           :                    1
total_numa_faults                            :                 1300
current_node=1, numa_group_id=4242
numa_faults node=0 task_private=0 task_shared=0 group_private=0 group_shared=0
numa_faults node=1 task_private=801 task_shared=99 group_private=802 group_shared=98
";
    assert_eq!(print_sched_numa(&task, &mm(Vec::new()), &two_nodes()), wanted);
    task.preferred_nid = None;
    let text = print_sched_numa(&task, &mm(Vec::new()), &two_nodes());
    assert!(text.contains("numa_preferred_nid                           :                   -1\n"), "{text}");
}

/// Machines of any shape that numactl can describe: whole MiB, each node with CPUs or memory.
fn machines() -> impl Strategy<Value = MachineView> {
    let node = (0..3_u8, 0..5_u16, 0..20_000_u64, 0..=100_u64);
    (prop::collection::vec(node, 1..9), prop::collection::vec(11..=254_u8, 64)).prop_map(|(shapes, distances)| {
        let (mut id, mut cpu) = (0, 0);
        let mut nodes = Vec::new();
        for (gap, cpus, mib, percent) in shapes {
            id += gap;
            let cpus: Vec<u16> = (cpu..cpu + cpus).collect();
            cpu += cpus.len() as u16 + u16::from(gap);
            let mib = if cpus.is_empty() { mib + 1 } else { mib };
            nodes.push(self::node(id, &cpus, mib << 8, (mib * percent / 100) << 8));
            id += 1;
        }
        let distance = |from: usize, to: usize| if from == to { 10 } else { distances[from * 8 + to] };
        let count = nodes.len();
        let distances = (0..count).map(|from| (0..count).map(|to| distance(from, to)).collect()).collect();
        MachineView { nodes, distances }
    })
}

proptest! {
    #[test]
    fn numactl_text_is_read_back(machine in machines(), is_wide in any::<bool>()) {
        let version = if is_wide { NumactlVersion::From2_0_19 } else { NumactlVersion::UpTo2_0_18 };
        let spec = parse_numactl(&print_numactl(&machine, version)).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let read: Vec<NodeView> = spec.nodes.iter()
            .map(|read| node(read.id, &read.cpus, read.size_mib << 8, read.free_mib << 8))
            .collect();
        prop_assert_eq!(MachineView { nodes: read, distances: spec.distances }, machine);
        prop_assert_eq!(spec.notes, vec![]);
    }

    #[test]
    fn vmstat_is_read_back(values in prop::array::uniform16(any::<u64>())) {
        let text: String = vmstat_values(&Vmstat::default()).iter().zip(values)
            .map(|((name, _), value)| format!("{name} {value}\n"))
            .collect();
        let vmstat = parse_vmstat(&text).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(vmstat_values(&vmstat).map(|(_, value)| value), values);
        prop_assert_eq!(print_vmstat(&vmstat), text);
    }
}
