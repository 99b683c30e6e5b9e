//! Programs: loops, slices, patterns, barriers.

mod common;

use common::{SMALL, document, error_paths};
use hintfault::ids::PageIdx;
use hintfault::input::{Access, Pattern, Program, Repeat, Step};
use hintfault::time::Ns;
use hintfault_scenario::validate;

const PROGRAMS: &str = include_str!("golden/programs.toml");

fn program(text: &str, thread: usize) -> Program {
    let scenario = validate(&document(text)).unwrap_or_else(|failure| panic!("{failure}\n{text}"));
    scenario.processes[0].threads[thread].program.clone()
}

fn small(steps: &str) -> String {
    SMALL.replace("{ write = \"r\" }", steps)
}

#[test]
fn loops_become_jumps_and_slices_ranges() {
    let program = program(PROGRAMS, 2);
    assert_eq!(program.repeat, Repeat::Once);
    let until = Ns::from_ms(5000);
    let visit = |region, access, pattern, visits, until| Step::Access {
        region,
        first: PageIdx(if region == 0 { 8192 } else { 0 }),
        pages: 4096,
        pattern,
        access,
        compute_ns: 0,
        passes: 1,
        visits,
        write_every: 0,
        until,
    };
    let sequential = Pattern::Sequential { stride: 1 };
    let hot = Pattern::HotCold { hot_pages: 64, hot_percent: 95 };
    let mut every_fourth = visit(0, Access::Write, sequential, 0, until);
    if let Step::Access { write_every, .. } = &mut every_fourth {
        *write_every = 4;
    }
    let expected = [
        visit(0, Access::Write, sequential, 0, Ns::NEVER),
        Step::Barrier { group: 0, threads: 0 },
        every_fourth,
        visit(1, Access::Read, Pattern::Zipf, 200, until),
        visit(1, Access::Write, hot, 20, until),
        Step::Again { from: 3, times: 3, until, depth: 1 },
        Step::Barrier { group: 1, threads: 0 },
        Step::Again { from: 2, times: 0, until, depth: 0 },
    ];
    assert_eq!(program.steps[..8], expected);
    assert_eq!(program.steps[9], Step::Exit);
}

#[test]
fn each_rule_names_its_field() {
    let step = "processes[0].threads[0].program[0]";
    let cases = [
        ("{ read = \"r\", write_every = 2 }", "write_every"),
        ("{ write = \"r\", write_every = 0 }", "write_every"),
        ("{ write = \"r\", visits = 9 }", "visits"),
        ("{ write = \"r\", pattern = \"zipf\", visits = 9, passes = 2 }", "visits"),
        ("{ write = \"r\", pattern = \"random\", hot_pages = 2 }", "hot_pages"),
        ("{ write = \"r\", pattern = \"hot_cold\", hot_pages = 257 }", "hot_pages"),
        ("{ write = \"r\", pattern = \"hot_cold\", hot_percent = 101 }", "hot_percent"),
        ("{ write = \"r\", pattern = \"zipf\", stride = 2 }", "stride"),
        ("{ write = \"r\", times = 2 }", "times"),
        ("{ compute_ms = 1, until_ms = 2 }", "until_ms"),
        ("{ barrier = \"b\", share = \"slice\" }", "share"),
        ("{ barrier = \"\" }, { compute_ms = 1 }", "barrier"),
        ("{ loop = [{ barrier = \"b\" }] }, { compute_ms = 1 }", "loop"),
        ("{ loop = [{ write = \"r\", until_ms = 3 }] }, { compute_ms = 1 }", "loop"),
        ("{ barrier = \"b\", threads = 0 }, { compute_ms = 1 }", "threads"),
        ("{ write = \"r\", threads = 2 }", "threads"),
        ("{ loop = [{ write = \"x\" }] }, { compute_ms = 1 }", "loop[0].write"),
    ];
    for (steps, field) in cases {
        assert_eq!(error_paths(&small(steps)), [format!("{step}.{field}")], "{steps}");
    }
    let two = "{ compute_ms = 1, loop = [{ compute_ms = 1 }] }";
    assert_eq!(error_paths(&small(two)), [step]);
    let brief = "{ write = \"r\", until_ms = 3 }";
    assert_eq!(error_paths(&small(brief)), ["processes[0].threads[0].program"]);
    let mut document = document(&small("{ compute_ms = 1 }"));
    let steps = &mut document.processes[0].threads[0].program;
    for _ in 0..5 {
        *steps = vec![hintfault_scenario::document::Step { steps: std::mem::take(steps), ..Default::default() }];
    }
    let failure = validate(&document).expect_err("too deep");
    assert_eq!(common::paths(&failure), [format!("{step}{}", ".loop[0]".repeat(4))]);
}

#[test]
fn a_slice_needs_a_page_for_each() {
    let text = small("{ write = \"r\", pages = 3, share = \"slice\" }").replace("affinity", "count = 4, affinity");
    assert_eq!(error_paths(&text), ["processes[0].threads[0].program[0].share"]);
}
