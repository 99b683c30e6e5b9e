//! Processes and threads that come to be during a run.

mod common;

use common::{document, error_paths};
use hintfault::World;
use hintfault::ids::{ProcIdx, Tid};
use hintfault::input::{Action, ProcessStart, Scenario, Step};
use hintfault::time::Ns;
use hintfault::view::TaskState;
use hintfault_scenario::validate;

const BIRTHS: &str = include_str!("golden/births.toml");

fn scenario(text: &str) -> Scenario {
    validate(&document(text)).unwrap_or_else(|failure| panic!("{failure}\n{text}"))
}

fn with(old: &str, new: &str) -> String {
    assert!(BIRTHS.contains(old), "{old}");
    BIRTHS.replacen(old, new, 1)
}

#[test]
fn names_become_places() {
    let scenario = scenario(BIRTHS);
    let [server, snapshot, helper, tool] = &scenario.processes[..] else { panic!("four processes") };
    let steps = &server.threads[0].program.steps;
    assert_eq!(steps[..3], [1, 2, 3].map(|thread| Step::Clone { thread }));
    assert_eq!(steps[4..6], [1, 2].map(|place| Step::Fork { process: ProcIdx(place) }));
    assert_eq!(steps[7], Step::ExitGroup);
    assert_eq!(helper.threads[0].program.steps, [Step::Exec { process: ProcIdx(3) }]);
    assert_eq!(snapshot.start, ProcessStart::ByFork { parent: ProcIdx(0) });
    assert_eq!(tool.start, ProcessStart::ByExec);
    assert_eq!((snapshot.regions.len(), snapshot.regions[0].pages, snapshot.regions[0].populate.len()), (1, 8192, 0));
    let unborn = |thread: &hintfault::input::Thread| thread.start == Ns::NEVER;
    assert!(server.threads[1..].iter().chain(&tool.threads).chain(&snapshot.threads).all(unborn));
    let actions: Vec<_> = scenario.actions.iter().map(|timed| timed.action.clone()).collect();
    let expected = [
        Action::Fork { process: ProcIdx(1) },
        Action::Exec { tid: Tid(3004), process: ProcIdx(3) },
        Action::Clone { tid: Tid(4000) },
        Action::Exit { tid: Tid(3001) },
    ];
    assert_eq!(actions, expected);
}

#[test]
fn they_live_and_end() {
    let mut world = World::new(&scenario(BIRTHS)).expect("valid");
    world.run_until(Ns::from_ms(60));
    let threads: Vec<u32> = world.mms().iter().map(|mm| mm.mm_users).collect();
    assert_eq!(threads, [4, 0, 0, 1], "the snapshot became the tool, the helper had nothing left to become");
    world.run_until(Ns::from_ms(30_000));
    let states: Vec<TaskState> = world.tasks().iter().map(|task| task.state).collect();
    assert_eq!(states[0], TaskState::Dead);
    assert_eq!(world.mms()[3].mm_users, 2);
}

#[test]
fn each_rule_names_its_field() {
    let program = "processes[0].threads[0].program";
    let cases = [
        ("clone = \"worker\"", "clone = \"main\"", &*format!("{program}[0].clone")),
        ("fork = \"snapshot\" }", "fork = \"tool\" }", &format!("{program}[2].fork")),
        ("fork = \"snapshot\" }", "fork = \"snapshot\", pages = 1 }", &format!("{program}[2].pages")),
        ("fork = \"snapshot\" }", "fork = \"snapshot\", exit = \"thread\" }", &format!("{program}[2]")),
        ("fork = \"snapshot\" }", "fork = \"snapshot\", compute_ms = 1 }", &format!("{program}[2]")),
        ("exec = \"tool\"", "exec = \"server\"", "processes[2].threads[0].program[0].exec"),
        ("parent = \"server\"", "parent = \"tool\"", "processes[1].parent"),
        ("parent = \"server\"", "next_scan_jiffies = 3, parent = \"server\"", "processes[1].next_scan_jiffies"),
        ("start = \"by_exec\"", "parent = \"server\"\nstart = \"by_exec\"", "processes[3].parent"),
        (
            "parent = \"server\"",
            "parent = \"server\"\nregions = [{ name = \"r\", size = 4096 }]",
            "processes[1].regions",
        ),
        ("size = \"4 MiB\"", "size = \"4 MiB\", populate = [{ node = 0 }]", "processes[3].regions[0].populate"),
        ("start = \"by_clone\"", "start = \"by_clone\"\nstart_ms = 4", "processes[0].threads[1].start_ms"),
        ("name = \"main\"", "name = \"main\"\nstart = \"by_clone\"", "processes[0].threads[0].start"),
        ("fork = \"snapshot\"\n", "fork = \"nobody\"\n", "actions[1].fork"),
        ("clone = 4000", "clone = 3000", "actions[0].clone"),
        ("clone = 4000", "clone = 3001\nexit = 3000", "actions[0]"),
        ("tid = 3004", "tid = 9", "actions[2].exec.tid"),
        ("process = \"tool\" }", "process = \"server\" }", "actions[2].exec.process"),
        ("exit = 3001", "exit = 9", "actions[3].exit"),
    ];
    for (old, new, path) in cases {
        let new = if new.contains("next_scan") { new.replace(", ", "\n") } else { new.to_owned() };
        let paths = error_paths(&with(old, &new));
        assert!(paths.contains(&path.to_owned()), "{new}: {paths:?}");
    }
}
