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

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::time::Tick;
    use serde_json::{Value, json};

    fn previewed(actions: &Value, tick: u64, pages: u32) -> Value {
        let preset = hintfault_scenario::presets::ALL[0].text;
        let (_, before) = crate::sharing::open(preset).expect("valid");
        let world = World::new(&before).expect("starts");
        let text = format!("{},\"actions\":{actions}}}", preset.trim_end().trim_end_matches('}'));
        let (_, scenario) = crate::sharing::open(&text).expect("valid");
        let count = actions.as_array().expect("a list").len();
        let added = added(&scenario, &world, Tick(tick), count);
        let mut out = Writer::default();
        write(&mut out, &scenario, &added, world.try_actions(&added, pages));
        serde_json::from_str(&out.finish()).expect("JSON")
    }

    #[test]
    fn a_policy_is_told_with_its_effect_and_its_calls() {
        let mbind =
            json!({"pid": 1000, "region": "buffer", "first": 8, "pages": 4, "policy": "bind:1", "flags": ["move"]});
        let told = previewed(&json!([{"at_tick": 0, "mbind": mbind}]), 0, 4);
        assert_eq!(told["refused"], Value::Null);
        assert_eq!((&told["policy"], &told["scanned"]), (&json!("bind:1"), &json!(false)));
        assert_eq!(told["nodes"], json!([1, 1, 1, 1]));
        let call = told["call"].as_str().expect("a text");
        assert!(
            call.contains("mbind((void *)0x100000008000, 0x4000UL, MPOL_BIND, &nodes, 65, MPOL_MF_MOVE);"),
            "{call}"
        );
        assert_eq!(told["numactl"], "--membind=1");
    }

    #[test]
    fn what_is_refused_names_its_rule() {
        let call = json!({"tid": 1000, "policy": {"mode": "bind", "flags": ["static", "relative"], "nodes": "0"}});
        let told = previewed(&json!([{"at_tick": 0, "set_mempolicy": call}]), 0, 4);
        assert_eq!(told["refused"], json!({"errno": "EINVAL", "rule": "static_and_relative"}));
        assert_eq!((&told["policy"], &told["nodes"]), (&Value::Null, &Value::Null));
        assert!(told["numactlNote"]["zh"].is_string() && told["numactl"].is_null());
    }

    #[test]
    fn only_the_edit_is_tried_and_each_call_is_told_once() {
        let call = json!({"tid": 1000, "policy": "local"});
        let twice = json!([{"at_tick": 3, "set_mempolicy": call}, {"at_tick": 3, "set_mempolicy": call}]);
        let told = previewed(&twice, 3, 1);
        assert_eq!(told["call"], "set_mempolicy(MPOL_LOCAL, NULL, 0);");
        // At another tick nothing is done.
        assert_eq!(previewed(&twice, 2, 1)["call"], "");
        let killed = previewed(&json!([{"at_tick": 0, "kill": 1000}]), 0, 1);
        assert_eq!((&killed["refused"], &killed["call"], &killed["policy"]), (&Value::Null, &json!(""), &Value::Null));
    }
}
