//! What actions would come to, were they done now.

use hintfault::input::{Action, MemPolicy, PageRange, Scenario, TimedAction};
use hintfault::{Refusal, Trial, World};
use hintfault_scenario::Text;
use hintfault_scenario::command::{Surroundings, home_node_call, mbind_call, print_command, set_mempolicy_call};
use hintfault_scenario::json::Writer;

use crate::convert::words;

/// The actions that an edit adds at a tick: the last so many of that moment.
pub(crate) fn added(scenario: &Scenario, world: &World, tick: hintfault::time::Tick, count: usize) -> Vec<Action> {
    let at = world.time_of_tick(tick);
    let then: Vec<&TimedAction> = scenario.actions.iter().filter(|timed| timed.at == at).collect();
    let first = then.len().saturating_sub(count);
    then[first..].iter().map(|timed| timed.action.clone()).collect()
}

/// `Playground.previewEdit()`.
pub(crate) fn write(
    out: &mut Writer,
    scenario: &Scenario,
    actions: &[Action],
    outcome: Result<Option<Trial>, Refusal>,
) {
    out.table(|out| {
        out.name("refused");
        match outcome.as_ref().err() {
            Some(refusal) => refused(out, *refusal),
            None => out.null(),
        }
        if let Ok(Some(trial)) = &outcome {
            out.label("policy", &trial.policy);
            out.name("scanned").flag(trial.scanned);
            out.name("nodes").list(&trial.nodes, |out, node| match node {
                Some(node) => out.whole(node.0.into()),
                None => out.null(),
            });
        }
        out.label("call", &calls(scenario, actions).join("\n"));
        if let Some((policy, process)) = actions.iter().find_map(|action| policy_of(scenario, action)) {
            let around = Surroundings::new(&scenario.machine, scenario.processes[process].mems);
            numactl(out, policy, &around);
        }
    });
}

/// An error and the rule that it comes from.
pub(crate) fn refused(out: &mut Writer, refusal: Refusal) {
    out.table(|out| {
        out.label("errno", refusal.errno().name());
        out.label("rule", refusal.id());
    });
}

/// Nothing is said for the default policy, which numactl leaves alone.
fn numactl(out: &mut Writer, policy: MemPolicy, around: &Surroundings) {
    let line: Result<String, Text> = print_command(Some(policy), None, around);
    match &line {
        Ok(line) => out.label("numactl", line),
        Err(why) => words(out, "numactlNote", why),
    }
}

fn policy_of(scenario: &Scenario, action: &Action) -> Option<(MemPolicy, usize)> {
    match *action {
        Action::SetMempolicy { tid, policy } => {
            let has = |process: &hintfault::input::Process| process.threads.iter().any(|thread| thread.tid == tid);
            Some((policy, scenario.processes.iter().position(has)?))
        }
        Action::Mbind { range, policy, .. } => Some((policy, range.process.index())),
        _ => None,
    }
}

/// The calls in C, each once.
fn calls(scenario: &Scenario, actions: &[Action]) -> Vec<String> {
    let mut calls: Vec<String> = actions.iter().filter_map(|action| call(scenario, action)).collect();
    calls.dedup();
    calls
}

fn call(scenario: &Scenario, action: &Action) -> Option<String> {
    let start = |range: &PageRange| {
        let region = &scenario.processes[range.process.index()].regions[usize::from(range.region)];
        region.start.add_pages(range.first.0.into())
    };
    match action {
        Action::SetMempolicy { policy, .. } => Some(set_mempolicy_call(*policy)),
        Action::Mbind { range, policy, flags } => Some(mbind_call(start(range), range.pages.into(), *policy, *flags)),
        Action::SetHomeNode { range, node } => Some(home_node_call(start(range), range.pages.into(), *node)),
        _ => None,
    }
}
