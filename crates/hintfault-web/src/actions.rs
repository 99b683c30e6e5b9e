//! The document's actions: in which order they happen, what became of them, and what an edit changes.

use hintfault::World;
use hintfault::time::{Ns, Tick};
use hintfault_scenario::json::Writer;
use hintfault_scenario::{Document, write_action};

/// The document's actions in order of time, as the engine numbers them: when, and their place in the
/// document. The document must be one of this machine, and valid.
pub(crate) fn in_time(document: &Document, world: &World) -> Vec<(Ns, usize)> {
    let mut order: Vec<(Ns, usize)> = Vec::new();
    for (index, action) in document.actions.iter().enumerate() {
        let at_tick = || action.at_tick.map_or(Ns::ZERO, |tick| world.time_of_tick(Tick(tick)));
        let at = action.at_ms.map_or_else(at_tick, |at| at.0);
        // Nearly always at the end.
        let place = order.partition_point(|&(other, _)| other <= at);
        order.insert(place, (at, index));
    }
    order
}

/// From when on a run of `new` may differ from one of `old`, which is the same but for its actions.
pub(crate) fn first_difference(old: &Document, new: &Document, world: &World) -> Ns {
    let [mut old, mut new] = [old, new].map(|document| {
        let order = in_time(document, world).into_iter();
        order.map(|(at, index)| {
            let mut text = Writer::default();
            write_action(&document.actions[index], &mut text);
            (at, text.finish())
        })
    });
    loop {
        match (old.next(), new.next()) {
            (None, None) => return Ns::NEVER,
            (Some(old), Some(new)) if old == new => {}
            (old, new) => return [old, new].into_iter().flatten().map(|(at, _)| at).min().unwrap_or(Ns::NEVER),
        }
    }
}

/// `Playground.actions()`.
pub(crate) fn write(out: &mut Writer, document: &Document, world: &World) {
    let outcomes = world.action_outcomes();
    out.list(in_time(document, world).into_iter().enumerate(), |out, (place, (at, index))| {
        out.table(|out| {
            out.count("index", index as u64);
            out.name("atMs").ms(at);
            out.count("tick", world.tick_from(at).0);
            out.name("action");
            write_action(&document.actions[index], out);
            let outcome = outcomes.get(place);
            out.name("applied").flag(matches!(outcome, Some(None)));
            out.optional("refused", outcome.copied().flatten(), |out, rule| {
                out.table(|out| {
                    out.label("errno", rule.errno().name());
                    out.label("rule", rule.id());
                });
            });
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::History;
    use serde_json::Value;

    fn opened(actions: &str) -> (Document, History) {
        let preset = hintfault_scenario::presets::ALL[0].text.trim_end().trim_end_matches('}');
        let (document, scenario) = crate::sharing::open(&format!("{preset},\"actions\":{actions}}}")).expect("valid");
        (document, History::new(&scenario).expect("starts"))
    }

    fn listed(document: &Document, world: &World) -> Value {
        let mut out = Writer::default();
        write(&mut out, document, world);
        serde_json::from_str(&out.finish()).expect("JSON")
    }

    const ACTIONS: &str = r#"[
        {"at_tick": 30, "sysctl": {"scan_size_mb": 64}},
        {"at_ms": 40, "kill": 1000},
        {"at_ms": 200, "kill": 1000},
        {"at_ms": 40.5, "sysctl": {"scan_size_mb": 8}}
    ]"#;

    #[test]
    fn actions_stand_in_order_of_time_with_what_became_of_them() {
        let (document, mut history) = opened(ACTIONS);
        let indices = |list: &Value| -> Vec<u64> {
            list.as_array().expect("a list").iter().map(|each| each["index"].as_u64().expect("a place")).collect()
        };
        let list = listed(&document, history.world());
        assert_eq!(indices(&list), [1, 3, 0, 2]);
        assert!(
            list.as_array().expect("a list").iter().all(|each| each["applied"] == false && each["refused"].is_null())
        );
        assert_eq!((&list[1]["tick"], &list[1]["atMs"]), (&11.into(), &40.5.into()));
        assert_eq!(list[0]["action"], serde_json::json!({"at_ms": 40, "kill": 1000}));
        history.seek(Tick(30));
        let list = listed(&document, history.world());
        assert_eq!([0, 1, 2, 3].map(|place| list[place]["applied"] == true), [true, true, true, false]);
        history.seek(Tick(60));
        let list = listed(&document, history.world());
        assert_eq!(list[3]["refused"], serde_json::json!({"errno": "ESRCH", "rule": "no_such_task"}));
        assert_eq!(list[3]["applied"], false);
        history.seek(Tick(10));
        assert_eq!(listed(&document, history.world())[1]["applied"], false);
    }

    #[test]
    fn an_edit_takes_effect_from_the_first_action_that_differs() {
        let (document, history) = opened(ACTIONS);
        let from = |actions: &str| first_difference(&document, &opened(actions).0, history.world());
        assert_eq!(from(ACTIONS), Ns::NEVER);
        assert_eq!(from("[]"), Ns::from_ms(40));
        assert_eq!(from(&ACTIONS.replace("at_ms\": 200", "at_ms\": 300")), Ns::from_ms(200));
        assert_eq!(from(&ACTIONS.replace("at_tick\": 30", "at_ms\": 120")), Ns::from_ms(120));
        assert_eq!(from(&ACTIONS.replace("8}}", "9}}")), Ns(40_500_000));
        let more = ACTIONS.replace("8}}", "8}}, {\"at_tick\": 3, \"kill\": 1000}");
        assert_eq!(from(&more), Ns::from_ms(12));
    }
}
