//! Policies, cpusets and weights of a scenario, as the kernel makes them at its start.

use crate::error::SetupError;
use crate::ids::NodeSet;
use crate::input::{Action, MemPolicy, PolicyMode, Region, Scenario, TimedAction};
use crate::mempolicy::{self, Mempolicy};
use crate::refusal::Refusal;
use crate::topology::Topology;

/// Weights are set of nodes that there are.
pub(super) fn check_weights(scenario: &Scenario, topology: &Topology) -> Result<(), SetupError> {
    let is_sound = |timed: &TimedAction| match &timed.action {
        Action::SetWeights { weights } => weights.iter().all(|(node, _)| topology.online().contains(node)),
        _ => true,
    };
    if scenario.actions.iter().all(is_sound) { Ok(()) } else { Err(SetupError::Nodes) }
}

/// `cpuset.mems.effective`.
pub(crate) fn effective_mems(mems: NodeSet, all: NodeSet) -> NodeSet {
    let some = mems.and(all);
    if some.is_empty() { all } else { some }
}

/// The policy of a region as `mbind` and then `set_mempolicy_home_node` make it.
pub(super) fn region_policy(
    region: &Region,
    mems: NodeSet,
    topology: &Topology,
) -> Result<Option<Mempolicy>, SetupError> {
    let policy = new_policy(region.policy, mems)?;
    let Some(node) = region.home_node else { return Ok(policy) };
    let refused = |rule| Err(SetupError::Policy(rule));
    match policy {
        _ if !topology.online().contains(&node) => refused(Refusal::HomeNodeOffline),
        None => refused(Refusal::HomeNodeWithoutPolicy),
        Some(policy) if !matches!(policy.mode, PolicyMode::Bind | PolicyMode::PreferredMany) => {
            refused(Refusal::HomeNodeMode)
        }
        Some(policy) => Ok(Some(Mempolicy { home_node: Some(node), ..policy })),
    }
}

/// A policy of the scenario as the kernel makes it.
pub(super) fn new_policy(policy: Option<MemPolicy>, mems: NodeSet) -> Result<Option<Mempolicy>, SetupError> {
    policy.map_or(Ok(None), |policy| mempolicy::create(policy, mems)).map_err(SetupError::Policy)
}
