//! The kernel's structures, field by field, against the views of the same machine.

mod common;

use hintfault::event::EventKind;
use hintfault::ids::{NodeId, NodeSet, PageIdx, ProcIdx, TaskIdx, VmaIdx};
use hintfault::input::{MemPolicy, ModeFlags, PolicyMode};
use hintfault::time::Ns;
use hintfault::view::PteState;
use hintfault::{EventClass, EventFilter, KernelStruct, LAST_CPUPID_UNSET, Subject, Unit, World};

fn value(structs: &[KernelStruct], name: &str, field: &str) -> i64 {
    let found = structs.iter().find(|each| each.name == name).unwrap_or_else(|| panic!("no {name}"));
    let place = found.fields.iter().position(|&(each, _)| each == field).unwrap_or_else(|| panic!("no {field}"));
    found.values[place]
}

fn names(structs: &[KernelStruct]) -> Vec<&'static str> {
    structs.iter().map(|each| each.name).collect()
}

fn page_of(task: u16, page: u32) -> Subject {
    Subject { task: Some(TaskIdx(task)), process: None, vma: Some(VmaIdx(0)), page: Some(PageIdx(page)) }
}

#[test]
fn fields_have_the_values_of_the_views() {
    let mut scanned = 0;
    for scenario in [common::crowd(), common::free_crowd(), common::thread_moved(2000)] {
        let mut world = World::new(&scenario).unwrap();
        world.run_ticks(900);
        scanned += compare_with_views(&world);
    }
    assert!(scanned > 0, "the scenarios do something");
}

/// Compares all tasks; how many of their first mappings have been scanned.
fn compare_with_views(world: &World) -> u32 {
    let mut scanned = 0;
    for (index, task) in (0..).zip(world.tasks()) {
        let structs = world.structs(page_of(index, 3));
        let of_task = |field: &str| value(&structs, "task_struct", field);
        assert_eq!(of_task("cpu"), i64::from(task.cpu.0));
        assert_eq!(of_task("pid"), i64::from(task.tid.0));
        assert_eq!(of_task("numa_scan_seq"), i64::from(task.scan_seq));
        assert_eq!(of_task("numa_scan_period"), i64::from(task.scan_period_ms));
        assert_eq!(of_task("numa_scan_period_max"), i64::from(task.scan_period_max_ms));
        assert_eq!(of_task("node_stamp"), task.node_stamp.0 as i64);
        assert_eq!(of_task("numa_preferred_nid"), task.preferred_nid.map_or(-1, |nid| i64::from(nid.0)));
        assert_eq!(of_task("total_numa_faults"), task.total_numa_faults as i64);
        assert_eq!(of_task("numa_pages_migrated"), task.pages_migrated as i64);
        for (place, faults) in task.faults_locality.iter().enumerate() {
            assert_eq!(of_task(&format!("numa_faults_locality[{place}]")), *faults as i64);
        }
        assert_eq!(of_task("nr_cpus_allowed"), task.affinity.len() as i64);
        let mm = &world.mms()[task.process.index()];
        let of_mm = |field: &str| value(&structs, "mm_struct", field);
        assert_eq!((of_task("tgid"), of_mm("map_count")), (i64::from(mm.pid.0), mm.vmas.len() as i64));
        assert_eq!((of_mm("numa_scan_seq"), of_mm("mm_users")), (i64::from(mm.scan_seq), i64::from(mm.mm_users)));
        assert_eq!(
            (of_mm("numa_scan_offset"), of_mm("numa_next_scan")),
            (mm.scan_offset.0 as i64, mm.next_scan.0 as i64)
        );
        assert_eq!(of_mm("rss_stat"), mm.rss_pages as i64);
        let vma = &mm.vmas[0];
        assert_eq!(value(&structs, "vm_area_struct", "vm_start"), vma.start.0 as i64);
        assert_eq!(value(&structs, "vm_area_struct", "vm_end"), vma.end.0 as i64);
        assert_eq!(value(&structs, "vm_area_struct", "vm_flags") & 0b111, 0b011);
        assert_eq!(value(&structs, "vm_area_struct", "numab_state"), i64::from(vma.numab.is_some()));
        let Some(numab) = vma.numab else { continue };
        scanned += 1;
        assert_eq!(value(&structs, "vma_numab_state", "next_scan"), numab.next_scan.0 as i64);
        assert_eq!(value(&structs, "vma_numab_state", "pids_active[0]"), numab.pids_active[0] as i64);
        assert_eq!(value(&structs, "vma_numab_state", "pids_active[1]"), numab.pids_active[1] as i64);
        assert_eq!(value(&structs, "vma_numab_state", "prev_scan_seq"), i64::from(numab.prev_scan_seq));
    }
    scanned
}

#[test]
fn a_page_shows_where_it_is_and_what_its_entry_allows() {
    let mut world = World::new(&common::thread_moved(2000)).unwrap();
    let mut seen = 0;
    for _ in 0..60 {
        let faults = EventFilter::kinds(&[EventClass::HintFault, EventClass::WriteProtectFault]);
        let event = world.run_to_event(faults, Ns::from_ms(4000)).expect("a fault");
        let (EventKind::HintFault { page, .. } | EventKind::WriteProtectFault { page }) = event.kind else {
            unreachable!("filtered");
        };
        let page = page.page.0;
        let view = world.page(hintfault::event::PageRef { process: ProcIdx(0), vma: VmaIdx(0), page: PageIdx(page) });
        let view = view.expect("a page");
        let structs = world.structs(page_of(0, page));
        let pte = |field: &str| value(&structs, "pte_t", field);
        let entry = (pte("pte_present"), pte("pte_protnone"), pte("pte_write"));
        let expected = match view.entry {
            PteState::None => (0, 0, 0),
            PteState::Writable => (1, 0, 1),
            PteState::ReadOnly => (1, 0, 0),
            PteState::Hint => (1, 1, 0),
        };
        assert_eq!(entry, expected, "page {page}");
        let Some(node) = view.node else {
            assert!(!names(&structs).contains(&"folio"));
            continue;
        };
        assert_eq!(value(&structs, "folio", "nid"), i64::from(node.0));
        assert_eq!(value(&structs, "folio", "_last_cpupid"), i64::from(view.last_cpupid));
        if view.last_cpupid != LAST_CPUPID_UNSET {
            let task = &world.tasks()[0];
            assert_eq!(value(&structs, "folio", "cpupid_to_cpu"), i64::from(task.cpu.0));
            assert_eq!(value(&structs, "folio", "cpupid_to_pid"), i64::from(task.tid.0 & 0xFF));
            seen += 1;
        }
    }
    assert!(seen > 20, "some pages were asked for lately");
}

#[test]
fn policies_show_in_the_kernels_numbers() {
    let mut scenario = common::thread_moved(200);
    let nodes = NodeSet::of(&[NodeId(0), NodeId(1)]);
    let bind = MemPolicy::new(PolicyMode::Bind, nodes).with(ModeFlags::NUMA_BALANCING);
    scenario.processes[0].regions[0].policy = Some(bind);
    scenario.processes[0].threads[0].policy = Some(MemPolicy::new(PolicyMode::Interleave, nodes));
    let world = World::new(&scenario).unwrap();
    let structs = world.structs(page_of(0, 0));
    let expected = ["task_struct", "mempolicy", "mm_struct", "vm_area_struct", "mempolicy", "folio", "pte_t"];
    assert_eq!(names(&structs), expected);
    assert_eq!(structs[1].values, [3, 0, 0b11, -1, 0b11]);
    assert_eq!(structs[4].values[..4], [2, 0x2000, 0b11, -1]);
    assert_eq!(value(&structs, "task_struct", "mempolicy"), 1);
}

#[test]
fn what_is_not_there_is_left_out() {
    let world = World::new(&common::thread_moved(200)).unwrap();
    assert_eq!(world.structs(Subject::default()), []);
    assert_eq!(world.structs(Subject { task: Some(TaskIdx(9)), ..Subject::default() }), []);
    let process = Subject { process: Some(ProcIdx(0)), vma: Some(VmaIdx(7)), ..Subject::default() };
    assert_eq!(names(&world.structs(process)), ["mm_struct"]);
    let beyond = Subject { page: Some(PageIdx(u32::MAX)), ..page_of(0, 0) };
    assert_eq!(names(&world.structs(beyond)), ["task_struct", "mm_struct", "vm_area_struct"]);
}

#[test]
fn units_have_words_of_their_own() {
    let units = [
        Unit::Count,
        Unit::Ns,
        Unit::Ms,
        Unit::Jiffies,
        Unit::Pages,
        Unit::Node,
        Unit::Cpu,
        Unit::Tid,
        Unit::Flag,
        Unit::Pointer,
        Unit::Mode,
        Unit::State,
        Unit::Address,
        Unit::Bits,
        Unit::Nodes,
    ];
    let words = units.map(Unit::as_str);
    assert_eq!(words[1..5], ["ns", "ms", "jiffies", "pages"]);
    assert_eq!((words[8], words[14]), ("flag", "nodes"));
    for (place, word) in words.iter().enumerate() {
        assert!(!words[..place].contains(word), "{word}");
    }
}
