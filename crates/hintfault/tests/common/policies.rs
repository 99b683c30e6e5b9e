//! Policies, and actions about them.

use hintfault::ids::{NodeId, NodeSet, PageIdx, ProcIdx, Tid};
use hintfault::input::{Action, MemPolicy, ModeFlags, MoveFlags, PageRange, PolicyMode, Scenario, TimedAction};
use hintfault::time::Ns;
use proptest::prelude::*;

fn policy() -> impl Strategy<Value = MemPolicy> {
    let mode = (0usize..7).prop_map(|number| PolicyMode::ALL[number]);
    let flags = prop_oneof![
        4 => Just(ModeFlags::NONE),
        1 => Just(ModeFlags::STATIC_NODES),
        1 => Just(ModeFlags::RELATIVE_NODES),
        1 => Just(ModeFlags::NUMA_BALANCING),
    ];
    (mode, flags, 0u64..8).prop_map(|(mode, flags, nodes)| {
        let takes_none = matches!(mode, PolicyMode::Default | PolicyMode::Local);
        MemPolicy::new(mode, NodeSet(if takes_none { 0 } else { nodes })).with(flags)
    })
}

fn range() -> impl Strategy<Value = PageRange> {
    (0u16..2, 0u16..2, 0u32..2500, 1u32..2000).prop_map(|(process, region, first, pages)| PageRange {
        process: ProcIdx(process),
        region,
        first: PageIdx(first),
        pages,
    })
}

fn move_flags() -> impl Strategy<Value = MoveFlags> {
    prop_oneof![2 => Just(0), 3 => Just(2), 1 => Just(4), 1 => Just(3), 1 => Just(1)].prop_map(MoveFlags)
}

/// What can be done about policies, cpusets and pages, also in vain.
pub fn action() -> impl Strategy<Value = Action> {
    let nodes = || (1u64..8).prop_map(NodeSet);
    let node = || (0u8..3).prop_map(NodeId);
    let process = || (0u16..3).prop_map(ProcIdx);
    prop_oneof![
        2 => (1000u32..1004, policy()).prop_map(|(tid, policy)| Action::SetMempolicy { tid: Tid(tid), policy }),
        5 => (range(), policy(), move_flags())
            .prop_map(|(range, policy, flags)| Action::Mbind { range, policy, flags }),
        1 => (range(), node()).prop_map(|(range, node)| Action::SetHomeNode { range, node }),
        1 => (process(), nodes(), nodes()).prop_map(|(process, from, to)| Action::MigratePages { process, from, to }),
        1 => (range(), node(), Just(MoveFlags::MOVE)).prop_map(|(range, node, flags)| Action::MovePages { range, node, flags }),
        2 => (process(), (0u64..8).prop_map(NodeSet)).prop_map(|(process, mems)| Action::SetMems { process, mems }),
        1 => (0u8..6).prop_map(|weight| Action::SetWeights { weights: vec![(NodeId(0), weight)] }),
    ]
}

/// Adds such actions to those of a scenario, at so many microseconds.
pub fn add_actions(scenario: &mut Scenario, actions: Vec<(u64, Action)>) {
    scenario.actions.extend(actions.into_iter().map(|(us, action)| TimedAction { at: Ns(us * 1000), action }));
    scenario.actions.sort_by_key(|timed| timed.at);
}
