//! Policies as texts.

use hintfault::ids::{NodeId, NodeSet};
use hintfault::input::{MemPolicy, ModeFlags, PolicyMode};
use hintfault_scenario::parse_policy;
use proptest::prelude::*;

fn policy(mode: PolicyMode, nodes: &[u8], flags: ModeFlags) -> MemPolicy {
    MemPolicy::new(mode, NodeSet::of(&nodes.iter().copied().map(NodeId).collect::<Vec<_>>())).with(flags)
}

#[test]
fn policies_print_as_the_kernel_prints_them() {
    use PolicyMode as Mode;
    let (none, balancing) = (ModeFlags::NONE, ModeFlags::NUMA_BALANCING);
    let (fixed, relative) = (ModeFlags::STATIC_NODES, ModeFlags::RELATIVE_NODES);
    for (policy, text) in [
        (policy(Mode::Default, &[], none), "default"),
        (policy(Mode::Local, &[], none), "local"),
        (policy(Mode::Preferred, &[1], none), "prefer:1"),
        (policy(Mode::Preferred, &[2], fixed), "prefer=static:2"),
        (policy(Mode::Bind, &[0, 1], none), "bind:0-1"),
        (policy(Mode::Bind, &[0, 1], balancing), "bind=balancing:0-1"),
        (policy(Mode::Bind, &[0, 2, 3], fixed.and(balancing)), "bind=static|balancing:0,2-3"),
        (policy(Mode::Interleave, &[0, 1, 2, 3], none), "interleave:0-3"),
        (policy(Mode::Interleave, &[0, 1], relative), "interleave=relative:0-1"),
        (policy(Mode::PreferredMany, &[0, 1], none), "prefer (many):0-1"),
        (policy(Mode::PreferredMany, &[5], relative.and(balancing)), "prefer (many)=relative|balancing:5"),
        (policy(Mode::WeightedInterleave, &[0, 1], none), "weighted interleave:0-1"),
    ] {
        assert_eq!(policy.to_string(), text);
        assert_eq!(parse_policy(text), Ok(policy));
        assert_eq!(parse_policy(&format!("mpol={text}")), Ok(policy));
    }
    assert_eq!(parse_policy("bind=balancing|static:1"), Ok(policy(Mode::Bind, &[1], fixed.and(balancing))));
}

/// Every text that the recorded kernel printed in `numa_maps` during the cases on memory policies.
#[test]
fn texts_of_the_kernel_are_read_and_printed_alike() {
    let texts: Vec<&str> = include_str!("golden/recorded-policies.txt").lines().collect();
    assert!(texts.len() > 300);
    for text in texts {
        assert_eq!(parse_policy(text).map(|policy| policy.to_string()).as_deref(), Ok(text));
    }
}

#[test]
fn what_is_no_policy_is_refused() {
    for text in [
        "",
        ":",
        "=",
        "bind=",
        "bind=:0",
        "bind:",
        "bind:x",
        "bind:64",
        "bind:1-0",
        "bind=static|static:0",
        "Bind:0",
        "bind=static,balancing:0",
        "preferred:0",
        "prefer(many):0",
        "bind:0:1",
        "bind = static:0",
        "mpol=mpol=bind:0",
    ] {
        let message = parse_policy(text).expect_err(text);
        assert!(!message.en.is_empty() && !message.zh.is_ascii(), "{text}");
    }
    assert!(parse_policy(&format!("bind:{}", "0".repeat(1000))).is_err());
}

proptest! {
    #[test]
    fn printed_policies_parse_back(mode in prop::sample::select(PolicyMode::ALL.to_vec()), flags in 0_u16..8, nodes: u64) {
        let policy = MemPolicy::new(mode, NodeSet(nodes)).with(ModeFlags(flags << 13));
        prop_assert_eq!(parse_policy(&policy.to_string()), Ok(policy));
    }

    #[test]
    fn no_text_makes_the_reader_fail(text in prop_oneof![any::<String>(), "[a-z (),|:=0-9-]{0,30}"]) {
        if let Ok(policy) = parse_policy(&text) {
            prop_assert_eq!(parse_policy(&policy.to_string()), Ok(policy));
        }
    }
}
