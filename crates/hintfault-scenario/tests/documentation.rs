//! The documentation of the format against the format.

mod common;

use common::document;
use hintfault_scenario::document::{
    Action, Costs, CpusetMems, Document, Exec, HoldMm, Kernel, Machine, Mbind, MigratePages, MovePages, Node,
    NodeWeight, PolicyFields, Populate, Process, Region, SchedSetaffinity, SetHomeNode, SetMempolicy, Sleep, Step,
    Sysctl, Thread, Zone,
};
use hintfault_scenario::{Text, limits, validate};

const DOC: &str = include_str!("../../../docs/scenario-format.md");
const BUILDER_FORM: &str = include_str!("../../../www/builder/settings-form.ts");
const FULL: &str = include_str!("golden/full.toml");
const LATER: [&str; 7] = [
    include_str!("golden/scheduling.toml"),
    include_str!("golden/kinds.toml"),
    include_str!("golden/programs.toml"),
    include_str!("golden/births.toml"),
    include_str!("golden/contention.toml"),
    include_str!("golden/policies.toml"),
    include_str!("golden/pauses.toml"),
];

fn all_fields() -> Vec<&'static str> {
    [
        Document::FIELDS,
        Text::FIELDS,
        Machine::FIELDS,
        Node::FIELDS,
        Costs::FIELDS,
        Kernel::FIELDS,
        Process::FIELDS,
        Region::FIELDS,
        Populate::FIELDS,
        Thread::FIELDS,
        Step::FIELDS,
        Action::FIELDS,
        SchedSetaffinity::FIELDS,
        Sysctl::FIELDS,
        Zone::FIELDS,
        HoldMm::FIELDS,
        Sleep::FIELDS,
        Exec::FIELDS,
        PolicyFields::FIELDS,
        SetMempolicy::FIELDS,
        Mbind::FIELDS,
        SetHomeNode::FIELDS,
        MigratePages::FIELDS,
        MovePages::FIELDS,
        CpusetMems::FIELDS,
        NodeWeight::FIELDS,
    ]
    .concat()
}

/// Whether a text names a field, not just a word that contains its name.
fn names(text: &str, field: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(field)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + field.len()..].starts_with(is_part))
}

/// Everything that stands between backquotes.
fn code_in(text: &str) -> String {
    text.split('`').skip(1).step_by(2).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_field_is_documented() {
    let code = code_in(&DOC.replace("```", "`"));
    let missing: Vec<&str> = all_fields().into_iter().filter(|field| !names(&code, field)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_golden_documents_have_every_field() {
    let is_missing = |field: &&str| !names(FULL, field) && !LATER.iter().any(|text| names(text, field));
    let missing: Vec<&str> = all_fields().into_iter().filter(is_missing).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_examples_are_valid() {
    let examples = DOC.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let scenarios = examples.map(|text| validate(&document(text)).unwrap_or_else(|failure| panic!("{failure}")));
    let sizes: Vec<_> =
        scenarios.map(|scenario| (scenario.processes[0].regions.len(), scenario.actions.len())).collect();
    assert_eq!(sizes, [(2, 2), (2, 2)]);
}

/// Costs in nanoseconds by default.
fn default_costs() -> [(&'static str, u32); 13] {
    let costs = Costs::CURRENT_SERVER;
    [
        ("local_access_ns", costs.local_access_ns),
        ("mark_pte_ns", costs.mark_pte_ns),
        ("visit_pte_ns", costs.visit_pte_ns),
        ("visit_empty_pte_ns", costs.visit_empty_pte_ns),
        ("visit_vma_ns", costs.visit_vma_ns),
        ("scan_begin_ns", costs.scan_begin_ns),
        ("scan_window_ns", costs.scan_window_ns),
        ("hint_fault_ns", costs.hint_fault_ns),
        ("migrate_page_ns", costs.migrate_page_ns),
        ("wp_fault_ns", costs.wp_fault_ns),
        ("first_touch_ns", costs.first_touch_ns),
        ("migrate_huge_page_ns", costs.migrate_huge_page_ns),
        ("first_touch_huge_ns", costs.first_touch_huge_ns),
    ]
}

#[test]
fn defaults_of_costs_are_the_documented_ones() {
    for (name, default) in default_costs() {
        let row = DOC.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).expect(name);
        assert_eq!(row.split('|').nth(3).map(str::trim), Some(default.to_string().as_str()), "{row}");
    }
}

#[test]
fn forms_of_the_page_show_the_default_costs() {
    for (name, default) in default_costs() {
        let row = format!("[\"{name}\", \"{default}\"],");
        assert!(BUILDER_FORM.contains(&row), "{row}");
    }
}

#[test]
fn limits_are_the_documented_ones() {
    let rows = [
        format!("| nodes | {0}, numbered below {0} |", limits::MAX_NODES),
        format!("| CPUs | {0}, numbered below {0} |", limits::MAX_CPUS),
        format!("| nesting, fields of a table | {} levels, {} |", limits::MAX_DEPTH, limits::MAX_FIELDS),
        format!(
            "| processes, regions, threads | {}, {}, {}, all together |",
            limits::MAX_PROCESSES,
            limits::MAX_REGIONS,
            limits::MAX_THREADS
        ),
        format!("| steps | {} a program, {} of all threads |", limits::MAX_STEPS, limits::MAX_TOTAL_STEPS),
        format!("| barriers | {} |", limits::MAX_BARRIERS),
        format!("| entries of `populate` | {} a region |", limits::MAX_POPULATES),
        format!("| actions | {} |", limits::MAX_ACTIONS),
        format!(
            "| names, titles, summaries | {}, {}, {} characters |",
            limits::MAX_NAME_CHARS,
            limits::MAX_TITLE_CHARS,
            limits::MAX_SUMMARY_CHARS
        ),
        format!("| a visit | at least {} ns with `compute_ns` |", limits::MIN_VISIT_NS),
        format!("ticks up to {} |", limits::MAX_TICK),
        format!("| `scan_size_mb` | `scan_size_mb` | 1 to {} |", limits::MAX_SCAN_SIZE_MB),
    ];
    for row in rows {
        assert!(DOC.contains(&row), "{row}");
    }
    assert_eq!(limits::MAX_TOTAL_PAGES, 1 << 25);
    assert_eq!((limits::MAX_TEXT_BYTES, limits::MAX_FRAGMENT_BYTES), (1 << 20, 512 << 10));
}
