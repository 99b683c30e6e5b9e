//! How much moved from where to where.

mod common;

use common::{crowd, thread_moved};
use hintfault::World;
use hintfault::event::{EventKind, FaultVerdict};
use hintfault::ids::{CpuId, NodeId};
use hintfault::input::{Action, Scenario, TimedAction};
use hintfault::time::Ns;
use hintfault::view::NodeMoves;

fn run(scenario: &Scenario, ms: u64) -> World {
    let mut world = World::new(scenario).expect("a sound scenario");
    world.run_until(Ns::from_ms(ms));
    world
}

#[test]
fn pages_that_follow_a_thread_are_counted_by_pair_of_nodes() {
    let scenario = thread_moved(2000);
    assert_eq!(run(&scenario, 0).node_moves(), []);
    let moves = run(&scenario, 4000).node_moves();
    assert_eq!(moves, [NodeMoves { from: NodeId(0), to: NodeId(1), pages: 2000, tasks: 0 }]);
}

#[test]
fn moves_are_those_of_counters_and_events() {
    let mut scenario = crowd();
    let tid = scenario.processes[0].threads[0].tid;
    let set =
        |ms, cpu| TimedAction { at: Ns::from_ms(ms), action: Action::SetAffinity { tid, cpus: vec![CpuId(cpu)] } };
    scenario.actions = vec![set(1000, 2), set(1500, 3), set(2000, 0)];
    let world = run(&scenario, 6000);
    let (moves, events) = (world.node_moves(), world.events(0, usize::MAX));
    assert!(moves.is_sorted_by_key(|moved| (moved.from, moved.to)), "{moves:?}");
    let pages: u64 = moves.iter().map(|moved| moved.pages).sum();
    assert!(pages > 0);
    assert_eq!(pages, world.vmstat().pgmigrate_success);
    for moved in &moves {
        let is_page = |kind: &EventKind| {
            matches!(*kind, EventKind::HintFault { page_node, cpu_node, verdict: FaultVerdict::Migrated, .. }
                if (page_node, cpu_node) == (moved.from, moved.to))
        };
        let node = |cpu: CpuId| NodeId((cpu.0 / 2) as u8);
        let is_task = |kind: &EventKind| matches!(*kind, EventKind::TaskMoved { from, to, .. } if (node(from), node(to)) == (moved.from, moved.to));
        let count = |wanted: &dyn Fn(&EventKind) -> bool| events.iter().filter(|event| wanted(&event.kind)).count();
        assert_eq!([count(&is_page), count(&is_task)], [moved.pages, moved.tasks].map(|n| n as usize), "{moved:?}");
    }
    assert!(moves.iter().any(|moved| moved.tasks > 0), "{moves:?}");
}
