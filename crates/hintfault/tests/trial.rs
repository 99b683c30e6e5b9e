//! What is foretold of policies comes true, and foretelling changes nothing.

mod common;

use common::{machine, process, region, scenario, thread, visit};
use hintfault::event::PageRef;
use hintfault::ids::{NodeId, NodeSet, PageIdx, ProcIdx, Tid};
use hintfault::input::{
    Access, Action, MemPolicy, ModeFlags, MoveFlags, PageRange, Pattern, PolicyMode, Scenario, Thp, TimedAction,
};
use hintfault::time::Ns;
use hintfault::{Refusal, World};
use proptest::prelude::*;

const PAGES: u32 = 1200;

/// A thread on node 1 of four that writes a region in order. Node 2 is full.
fn writer(thp: Thp) -> Scenario {
    let steps = vec![visit(0, PAGES, Pattern::Sequential { stride: 1 }, Access::Write)];
    let mut machine = machine(4, 20);
    machine.nodes[2].used_pages = 262_100;
    (machine.nodes[0].interleave_weight, machine.nodes[3].interleave_weight) = (3, 2);
    let regions = vec![region(0x1000_0000, PAGES, 0), region(0x2000_0000, 64, 64)];
    let mut scenario = scenario(machine, vec![process(regions, vec![thread(1000, 2, steps)])]);
    scenario.processes[0].regions[0].thp = thp;
    scenario.sysctl.numa_balancing = 0;
    scenario
}

fn nodes(bits: u64) -> NodeSet {
    NodeSet(bits)
}

fn mbind(policy: MemPolicy, (region, first, pages): (u16, u32, u32), flags: MoveFlags) -> Action {
    Action::Mbind { range: PageRange { process: ProcIdx(0), region, first: PageIdx(first), pages }, policy, flags }
}

fn set_mempolicy(policy: MemPolicy) -> Action {
    Action::SetMempolicy { tid: Tid(1000), policy }
}

/// Where the pages of the first region are, once the action was done at the start and all were written.
fn places_after(mut scenario: Scenario, action: Action) -> Vec<Option<NodeId>> {
    scenario.actions = vec![TimedAction { at: Ns::ZERO, action }];
    let mut world = World::new(&scenario).expect("starts");
    world.run_until(Ns::from_ms(60));
    let mm = world.mms().swap_remove(0);
    let vmas = mm.vmas.iter().filter(|vma| vma.start.0 < 0x2000_0000);
    vmas.flat_map(|vma| {
        let place = |page| PageRef { process: ProcIdx(0), vma: vma.index, page: PageIdx(page) };
        (0..vma.pages).map(|page| world.page(place(page)).expect("a page").node).collect::<Vec<_>>()
    })
    .collect()
}

fn policy() -> impl Strategy<Value = MemPolicy> {
    (0..PolicyMode::ALL.len(), 0u64..16, 0u16..8)
        .prop_map(|(mode, bits, flags)| MemPolicy::new(PolicyMode::ALL[mode], nodes(bits)).with(ModeFlags(flags << 13)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pages_come_to_lie_where_it_was_foretold(
        policy in policy(), whose in 0..2, first in 0u32..600, huge in any::<bool>(),
    ) {
        let scenario = writer(if huge { Thp::Always } else { Thp::Never });
        let world = World::new(&scenario).expect("starts");
        let before = world.digest();
        let (action, first) = match whose {
            0 => (set_mempolicy(policy), 0),
            _ => (mbind(policy, (0, first, PAGES - first), MoveFlags::MOVE), first),
        };
        let trial = world.try_actions(std::slice::from_ref(&action), PAGES - first);
        prop_assert_eq!(world.digest(), before);
        let places = places_after(scenario, action);
        match trial {
            Ok(trial) => {
                let trial = trial.expect("a policy");
                let foretold = &trial.nodes[..(PAGES - first) as usize];
                if foretold.contains(&None) {
                    // Who finds no room within a binding policy is killed, and nothing of it stays.
                    prop_assert!(places.is_empty());
                    return Ok(());
                }
                prop_assert_eq!(foretold, &places[first as usize..]);
            }
            Err(_) => prop_assert!(places.iter().all(|node| node == &Some(NodeId(1)))),
        }
    }
}

#[test]
fn what_would_be_in_force_is_told() {
    let world = World::new(&writer(Thp::Never)).expect("starts");
    let tried = |mode, bits, flags| {
        let action = mbind(MemPolicy::new(mode, nodes(bits)).with(flags), (0, 0, 8), MoveFlags::NONE);
        let trial = world.try_actions(&[action], 4).expect("taken").expect("a policy");
        (trial.policy, trial.scanned, trial.nodes.len())
    };
    assert_eq!(tried(PolicyMode::Bind, 0b11, ModeFlags::NONE), ("bind:0-1".to_owned(), false, 4));
    assert_eq!(tried(PolicyMode::Bind, 0b10, ModeFlags::NUMA_BALANCING), ("bind=balancing:1".to_owned(), true, 4));
    assert_eq!(tried(PolicyMode::Default, 0, ModeFlags::NONE), ("default".to_owned(), true, 4));
    assert_eq!(tried(PolicyMode::Local, 0, ModeFlags::NONE), ("local".to_owned(), false, 4));
}

#[test]
fn refusals_are_those_of_the_calls() {
    let world = World::new(&writer(Thp::Never)).expect("starts");
    let bind = |bits| MemPolicy::new(PolicyMode::Bind, nodes(bits));
    let both = ModeFlags::STATIC_NODES.and(ModeFlags::RELATIVE_NODES);
    let refused = |action: Action| world.try_actions(&[action], 1).map(|trial| trial.is_some());
    assert_eq!(refused(set_mempolicy(bind(0))), Err(Refusal::ModeNeedsNodes));
    assert_eq!(refused(set_mempolicy(bind(1).with(both))), Err(Refusal::StaticAndRelative));
    // The pages of the second region are on node 0.
    assert_eq!(refused(mbind(bind(2), (1, 0, 64), MoveFlags::STRICT)), Err(Refusal::PageMisplaced));
    assert_eq!(refused(mbind(bind(2), (1, 0, 64), MoveFlags::STRICT.and(MoveFlags::MOVE))), Ok(true));
    assert_eq!(refused(mbind(bind(1), (1, 0, 64), MoveFlags::STRICT)), Ok(true));
    assert_eq!(refused(Action::Exit { tid: Tid(77) }), Err(Refusal::NoSuchTask));
    assert_eq!(refused(Action::Exit { tid: Tid(1000) }), Ok(false));
}

#[test]
fn several_actions_count_together() {
    let world = World::new(&writer(Thp::Never)).expect("starts");
    let weighted = MemPolicy::new(PolicyMode::WeightedInterleave, nodes(0b11));
    let weights = Action::SetWeights { weights: vec![(NodeId(0), 1), (NodeId(1), 2)] };
    let trial = world.try_actions(&[weights, mbind(weighted, (0, 0, 6), MoveFlags::NONE)], 6);
    let nodes: Vec<u8> = trial.expect("taken").expect("a policy").nodes.iter().flatten().map(|node| node.0).collect();
    assert_eq!(nodes.iter().filter(|&&node| node == 1).count(), 4, "{nodes:?}");
    let home = Action::SetHomeNode {
        range: PageRange { process: ProcIdx(0), region: 0, first: PageIdx(0), pages: 6 },
        node: NodeId(1),
    };
    let interleave = mbind(MemPolicy::new(PolicyMode::Interleave, NodeSet(3)), (0, 0, 6), MoveFlags::NONE);
    assert_eq!(world.try_actions(&[interleave, home], 1), Err(Refusal::HomeNodeMode));
}
