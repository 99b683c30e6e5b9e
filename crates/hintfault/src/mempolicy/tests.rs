use super::alloc::{interleave_index, interleave_nid, weighted_interleave_nid};
use super::*;
use crate::ids::VirtAddr;
use crate::mm::page_alloc::Order;
use std::vec::Vec;

fn policy(mode: PolicyMode, nodes: u64, flags: ModeFlags) -> Option<Mempolicy> {
    Some(Mempolicy { mode, flags, nodes: NodeSet(nodes), home_node: None, w: NodeSet(nodes) })
}

#[test]
fn interleaving_follows_the_worked_numbers() {
    let weights = [3u8, 1];
    let order: Vec<u8> = (0..12)
        .filter_map(|index| weighted_interleave_nid(NodeSet(3), index, |n| weights[n.index()]))
        .map(|n| n.0)
        .collect();
    assert_eq!(order, [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
    let addr = VirtAddr(0x7F12_3456_7000);
    let page = addr.pages_since(VirtAddr(0x7F12_0000_0000)) as u32;
    let index = interleave_index(0, 0x7_F120_0000, page, Order::Base);
    assert_eq!(index, 34_110_391_655);
    let node = |nodes| interleave_nid(NodeSet(nodes), index).map(|n| n.0);
    assert_eq!((node(3), node(7), node(15)), (Some(1), Some(2), Some(3)));
    assert_eq!(weighted_interleave_nid(NodeSet(3), index, |n| weights[n.index()]), Some(NodeId(1)));
}

#[test]
fn policies_print_as_in_numa_maps() {
    let (off, on) = (ModeFlags::NONE, ModeFlags::NUMA_BALANCING);
    assert_eq!(mpol_to_str(None), "default");
    assert_eq!(mpol_to_str(policy(PolicyMode::Local, 0, off)), "local");
    assert_eq!(mpol_to_str(policy(PolicyMode::Preferred, 2, off)), "prefer:1");
    assert_eq!(mpol_to_str(policy(PolicyMode::Bind, 3, on)), "bind=balancing:0-1");
    assert_eq!(mpol_to_str(policy(PolicyMode::PreferredMany, 3, off)), "prefer (many):0-1");
    assert_eq!(mpol_to_str(policy(PolicyMode::WeightedInterleave, 3, off)), "weighted interleave:0-1");
}

#[test]
fn explicit_policies_keep_pages_unless_they_balance() {
    let ask = |policy, page, this| mpol_misplaced(policy, NodeId(page), NodeId(this), || Ok(()));
    assert_eq!(ask(None, 0, 1), Ok(NodeId(1)));
    assert_eq!(ask(policy(PolicyMode::Bind, 1, ModeFlags::NONE), 0, 1), Err(FaultVerdict::PolicyForbids));
    let balanced = policy(PolicyMode::Bind, 1, ModeFlags::NUMA_BALANCING);
    assert_eq!(ask(balanced, 0, 1), Err(FaultVerdict::OutsidePolicy));
    assert_eq!(ask(balanced, 1, 0), Ok(NodeId(0)));
}

#[test]
fn a_balanced_bind_asks_even_for_local_pages() {
    let mut asked = 0;
    let balanced = policy(PolicyMode::Bind, 3, ModeFlags::NUMA_BALANCING);
    let outcome = mpol_misplaced(balanced, NodeId(0), NodeId(0), || {
        asked += 1;
        Ok(())
    });
    assert_eq!((outcome, asked), (Err(FaultVerdict::Local), 1));
}
