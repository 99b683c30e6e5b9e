//! Memory policies while a machine runs: set, changed, split, joined and bound anew.

mod common;

use common::policies::{action, add_actions};
use common::{any_family, machine, process, region, scenario, thread, visit};
use hintfault::event::EventKind;
use hintfault::ids::{NodeId, NodeSet, PageIdx, ProcIdx, Tid};
use hintfault::input::{
    Access, Action, MemPolicy, ModeFlags, MoveFlags, PageRange, Pattern, PolicyMode, Scenario, Thp, TimedAction,
};
use hintfault::time::Ns;
use hintfault::{Refusal, World};
use proptest::prelude::*;

prop_compose! {
    /// A family of processes, some with huge pages, whose policies change all the time.
    fn busy()(
        family in any_family(),
        actions in prop::collection::vec((0u64..900_000, action()), 1..25),
    ) -> Scenario {
        let mut scenario = family;
        add_actions(&mut scenario, actions);
        scenario
    }
}

/// The VMAs of each region follow each other from its start to its end.
fn regions_are_covered(world: &World, scenario: &Scenario) {
    for mm in world.mms().iter().filter(|mm| !mm.vmas.is_empty()) {
        let regions = &scenario.processes[mm.process.index()].regions;
        for region in regions {
            let parts: Vec<_> = mm.vmas.iter().filter(|vma| vma.name == region.name).collect();
            let mut at = region.start;
            for part in &parts {
                assert_eq!((part.start, part.end), (at, at.add_pages(part.pages.into())));
                at = part.end;
            }
            assert_eq!(at, region.start.add_pages(region.pages.into()), "{}", region.name);
        }
    }
}

/// Every page that is taken is mapped by somebody, or is the huge zero page.
fn pages_are_accounted_for(world: &World) {
    let zero_pages = 512 * world.vmstat().thp_zero_page_alloc;
    let used: u64 = world.machine().nodes.iter().map(|node| node.memory_pages - node.free_pages).sum();
    assert_eq!(world.vmstat().nr_anon_pages + zero_pages, used);
    for mm in world.mms() {
        let mapped: u64 = mm.vmas.iter().flat_map(|vma| &vma.node_pages).sum();
        assert_eq!(mm.rss_pages, mapped, "process {}", mm.pid);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn slicing_never_shows_and_no_page_is_lost(
        scenario in busy(),
        cuts in prop::collection::vec(1u64..40_000_000, 1..30),
    ) {
        common::slicing_never_shows(&scenario, &cuts);
        let mut world = World::new(&scenario).unwrap();
        for ms in [150, 400, 650, 880] {
            world.run_until(Ns::from_ms(ms));
            regions_are_covered(&world, &scenario);
            pages_are_accounted_for(&world);
        }
    }

    /// What a part of a region is bound to holds every page that comes to be there afterwards.
    #[test]
    fn an_allocation_stays_in_its_bind_mask(
        mask in 1u64..8,
        later in 1u64..8,
        huge in any::<bool>(),
        full in 0u8..3,
        (first, pages) in (0u32..1500, 1u32..1500),
    ) {
        let mut scenario = one_visitor(3000);
        scenario.processes[0].regions[0].thp = if huge { Thp::Madvise } else { Thp::Never };
        let node = &mut scenario.machine.nodes[usize::from(full)];
        node.used_pages = node.memory_pages - 600;
        scenario.processes[0].threads[0].start = Ns::from_ms(2);
        // The caller must live; a second thread that waits does.
        let mut caller = thread(2000, 0, vec![common_sleep()]);
        caller.start = Ns::ZERO;
        scenario.processes[0].threads.insert(0, caller);
        let range = PageRange { process: ProcIdx(0), region: 0, first: PageIdx(first), pages };
        let policy = MemPolicy::new(PolicyMode::Bind, NodeSet(mask));
        let bind = Action::Mbind { range, policy, flags: MoveFlags::NONE };
        let mems = Action::SetMems { process: ProcIdx(0), mems: NodeSet(later) };
        scenario.actions = vec![TimedAction { at: Ns::from_ms(1), action: bind }, TimedAction { at: Ns(1_500_000), action: mems }];
        let mut world = World::new(&scenario).unwrap();
        world.run_until(Ns::from_ms(60));
        let bound: Vec<_> = world.mms()[0].vmas.iter().filter(|vma| vma.policy.starts_with("bind")).cloned().collect();
        if world.mms()[0].vmas.is_empty() {
            // All that it may use was full.
            return Ok(());
        }
        prop_assert_eq!(bound.iter().map(|vma| vma.pages).sum::<u32>(), pages.min(3000 - first));
        // The new cpuset takes the place of the old one rank by rank.
        let allowed: Vec<usize> = (0..3).filter(|node| later >> node & 1 == 1).collect();
        let image = |node: usize| allowed[node % allowed.len()];
        let expected: Vec<usize> = (0..3).filter(|node| mask >> node & 1 == 1).map(image).collect();
        for vma in bound {
            for (node, &pages) in vma.node_pages.iter().enumerate() {
                prop_assert!(pages == 0 || expected.contains(&node), "{} pages on node {node}, {}", pages, vma.policy);
            }
            prop_assert!(vma.node_pages.iter().sum::<u64>() > 0);
        }
    }

    #[test]
    fn weights_hold_in_the_limit(weights in prop::collection::vec(1u8..20, 3)) {
        let mut scenario = one_visitor(3000);
        let nodes = NodeSet(7);
        scenario.processes[0].threads[0].policy = Some(MemPolicy::new(PolicyMode::WeightedInterleave, nodes));
        let weights: Vec<_> = (0..).map(NodeId).zip(weights).collect();
        let set = Action::SetWeights { weights: weights.clone() };
        scenario.actions = vec![TimedAction { at: Ns::ZERO, action: set }];
        scenario.processes[0].threads[0].start = Ns::from_ms(1);
        let mut world = World::new(&scenario).unwrap();
        world.run_until(Ns::from_ms(60));
        let vma = &world.mms()[0].vmas[0];
        let sum: u64 = weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
        for (pages, (_, weight)) in vma.node_pages.iter().zip(weights) {
            let share = 3000 * u64::from(weight) / sum;
            prop_assert!(pages.abs_diff(share) <= u64::from(weight) + 1, "{:?}", vma.node_pages);
        }
    }
}

fn common_sleep() -> hintfault::input::Step {
    hintfault::input::Step::Sleep { duration: Ns::from_ms(1000) }
}

/// A thread that writes a fresh region of so many pages once and again.
fn one_visitor(pages: u32) -> Scenario {
    let steps = vec![visit(0, pages, Pattern::Sequential { stride: 1 }, Access::Write)];
    scenario(machine(3, 20), vec![process(vec![region(0x1000_0000, pages, 0)], vec![thread(1000, 0, steps)])])
}

fn at(ms: u64, action: Action) -> TimedAction {
    TimedAction { at: Ns::from_ms(ms), action }
}

fn part(first: u32, pages: u32) -> PageRange {
    PageRange { process: ProcIdx(0), region: 0, first: PageIdx(first), pages }
}

fn refusals(world: &World) -> Vec<Option<Refusal>> {
    let events = world.events(0, usize::MAX);
    let refused = events.iter().filter_map(|event| match event.kind {
        EventKind::ActionApplied { refused, .. } => Some(refused),
        _ => None,
    });
    refused.collect()
}

#[test]
fn a_part_that_gets_its_policy_back_joins_the_rest_again() {
    let mut scenario = one_visitor(1000);
    let bind = MemPolicy::new(PolicyMode::Bind, NodeSet(2));
    let back = MemPolicy::new(PolicyMode::Default, NodeSet(0));
    let mbind = |first, policy| Action::Mbind { range: part(first, 100), policy, flags: MoveFlags::MOVE };
    scenario.actions = vec![at(20, mbind(300, bind)), at(40, mbind(300, back))];
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(30));
    let parts: Vec<_> =
        world.mms()[0].vmas.iter().map(|vma| (vma.pages, vma.policy.clone(), vma.node_pages.clone())).collect();
    let default = || "default".to_owned();
    assert_eq!(
        parts,
        [
            (300, default(), vec![300, 0, 0]),
            (100, "bind:1".to_owned(), vec![0, 100, 0]),
            (600, default(), vec![600, 0, 0])
        ]
    );
    world.run_until(Ns::from_ms(50));
    assert_eq!(world.mms()[0].vmas.len(), 1);
    assert_eq!(world.mms()[0].vmas[0].node_pages, [1000, 0, 0], "the default policy brought the pages back");
    assert_eq!(refusals(&world), [None, None]);
}

#[test]
fn a_refused_call_names_its_rule_and_changes_nothing() {
    let mut scenario = one_visitor(1000);
    let policy = |mode, nodes| MemPolicy::new(mode, NodeSet(nodes));
    let bind = policy(PolicyMode::Bind, 2);
    let mbind = |pages, policy, flags| Action::Mbind { range: part(0, pages), policy, flags };
    let set = |policy| Action::SetMempolicy { tid: Tid(1000), policy };
    let both = ModeFlags::STATIC_NODES.and(ModeFlags::RELATIVE_NODES);
    let actions = vec![
        (mbind(2000, bind, MoveFlags::NONE), Some(Refusal::RangeHasHole)),
        (mbind(1000, bind, MoveFlags::STRICT), Some(Refusal::PageMisplaced)),
        (mbind(1000, bind, MoveFlags(8)), Some(Refusal::MbindFlags)),
        (set(policy(PolicyMode::Bind, 0)), Some(Refusal::ModeNeedsNodes)),
        (set(policy(PolicyMode::Bind, 8)), Some(Refusal::NoAllowedNode)),
        (set(policy(PolicyMode::Local, 1)), Some(Refusal::LocalWithNodes)),
        (set(policy(PolicyMode::Bind, 1).with(both)), Some(Refusal::StaticAndRelative)),
        (set(policy(PolicyMode::Interleave, 1).with(ModeFlags::NUMA_BALANCING)), Some(Refusal::BalancingMode)),
        (Action::SetHomeNode { range: part(0, 10), node: NodeId(1) }, Some(Refusal::HomeNodeWithoutPolicy)),
        (Action::SetHomeNode { range: part(0, 10), node: NodeId(9) }, Some(Refusal::HomeNodeOffline)),
        (
            Action::MovePages { range: part(0, 1), node: NodeId(9), flags: MoveFlags::MOVE },
            Some(Refusal::DestinationWithoutMemory),
        ),
        (set(bind), None),
    ];
    let expected: Vec<_> = actions.iter().map(|&(_, refused)| refused).collect();
    scenario.actions = (20..).zip(actions).map(|(ms, (action, _))| at(ms, action)).collect();
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(60));
    assert_eq!(refusals(&world), expected);
    assert_eq!(world.mms()[0].vmas[0].policy, "bind:1", "the policy of the task, as numa_maps shows it");
    assert_eq!(world.mms()[0].vmas[0].node_pages, [1000, 0, 0]);
}

#[test]
fn a_cpuset_takes_pages_along() {
    let mut scenario = one_visitor(1000);
    scenario.processes[0].mems = NodeSet(1);
    scenario.actions = vec![at(20, Action::SetMems { process: ProcIdx(0), mems: NodeSet(4) })];
    let mut world = World::new(&scenario).unwrap();
    world.run_until(Ns::from_ms(19));
    assert_eq!(world.mms()[0].vmas[0].node_pages, [1000, 0, 0]);
    world.run_until(Ns::from_ms(21));
    assert_eq!(world.mms()[0].vmas[0].node_pages, [0, 0, 1000]);
}
