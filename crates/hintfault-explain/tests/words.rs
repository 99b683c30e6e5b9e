//! Words held against the engine's tests and against runs.

use std::collections::BTreeSet;

use hintfault::event::EventKind;
use hintfault::explain::{Change, Test, Verdict};
use hintfault::ids::PageIdx;
use hintfault::{History, Refusal};
use hintfault_explain::{
    Language, Words, deciding, every_verdict, line_of_refusal, lines, words_of_change, words_of_refusal, words_of_test,
};
use hintfault_scenario::{presets, validate};

const DOCUMENTATION: &str = include_str!("../../../docs/explain.md");

/// The places for figures in a text.
fn places(text: &str) -> BTreeSet<char> {
    text.match_indices('{').filter_map(|(at, _)| text[at + 1..].chars().next()).collect()
}

fn sound(id: &str, words: Words) {
    assert!(!words.en.is_empty() && words.en != id, "{id}");
    assert!(words.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{id}: {}", words.zh);
    assert_eq!(places(words.en), places(words.zh), "{id}");
    assert!(words.en.is_ascii(), "{id}: {}", words.en);
}

#[test]
fn every_test_and_change_has_words_in_both_languages() {
    for &test in Test::ALL {
        sound(test.id(), words_of_test(test));
        assert!(words_of_test(test).en.ends_with('?') && words_of_test(test).zh.ends_with('？'), "{}", test.id());
    }
    for &change in Change::ALL {
        sound(change.id(), words_of_change(change));
    }
}

#[test]
fn every_refusal_has_sentences_in_both_languages() {
    for &rule in Refusal::ALL {
        let words = words_of_refusal(rule);
        sound(rule.id(), words);
        assert!(words.en.ends_with('.') && words.zh.ends_with('。'), "{}", rule.id());
        assert!(words.en.chars().next().is_some_and(|c| c.is_alphabetic()), "{}", rule.id());
        assert_eq!(line_of_refusal(rule, Language::En), format!("{}: {}", rule.errno().name(), words.en));
        assert!(line_of_refusal(rule, Language::Zh).starts_with(rule.errno().name()));
    }
    let sentences: BTreeSet<&str> = Refusal::ALL.iter().map(|&rule| words_of_refusal(rule).en).collect();
    assert_eq!(sentences.len(), Refusal::ALL.len());
}

#[test]
fn ids_are_words_and_unique() {
    let ids: BTreeSet<&str> = Test::ALL.iter().map(|test| test.id()).collect();
    assert_eq!(ids.len(), Test::ALL.len());
    assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
}

/// The first two columns of the rows of a table whose first column holds words like these.
fn rows(heading: &str) -> Vec<(String, String)> {
    let section = DOCUMENTATION.split(heading).nth(1).expect("a section").split("\n## ").next().expect("text");
    let cells = |line: &str| {
        let mut cells = line.split('|').skip(1).map(|cell| cell.trim().trim_matches('`').to_owned());
        Some((cells.next()?, cells.next()?))
    };
    section.lines().filter(|line| line.starts_with("| `")).filter_map(cells).collect()
}

#[test]
fn the_documentation_lists_every_test_and_change() {
    let tests: Vec<_> = Test::ALL.iter().map(|test| (test.id().to_owned(), test.function().to_owned())).collect();
    assert_eq!(rows("## Tests"), tests);
    let changes: Vec<_> = Change::ALL.iter().map(|change| change.id()).collect();
    let listed = rows("## What could change an answer");
    assert_eq!(listed.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), changes);
}

#[test]
fn the_documentation_lists_the_answers_that_nothing_changes() {
    let listed: Vec<String> = rows("## Answers that nothing changes").into_iter().map(|(id, _)| id).collect();
    assert_eq!(listed, ["given", "applied", "refused_*", "execed", "ended"]);
    let ids: Vec<String> = every_verdict().iter().map(|verdict| verdict.id().concat()).collect();
    for id in listed {
        let is_it = |of: &String| id.strip_suffix('*').map_or(*of == id, |kind| of.starts_with(kind));
        assert!(ids.iter().any(is_it), "{id}");
    }
}

#[test]
fn all_places_are_filled_in_runs() {
    for preset in presets::ALL {
        let scenario = validate(&preset.document().expect("sound")).expect("valid");
        let mut history = History::new(&scenario).expect("sets up");
        history.run_ticks(700);
        for event in history.world().events(0, usize::MAX).iter().step_by(1501) {
            let mut explanations = vec![history.explain(event.seq).expect("happened")];
            if let EventKind::ScanWindow { process, vma, start, .. } = event.kind {
                let first = history.world().mms()[process.index()].vmas[vma.index()].start;
                explanations.extend(history.explain_entry(event.seq, PageIdx(start.pages_since(first) as u32)));
            }
            for explanation in explanations {
                let decided = deciding(&explanation);
                assert!(decided.iter().all(|&place| place < explanation.checks.len()), "{explanation:?}");
                let is_fault = matches!(explanation.verdict, Verdict::Fault(_) | Verdict::Moved(..));
                assert!(!is_fault || decided.len() == 1, "{decided:?} {explanation:#?}");
                for language in [Language::En, Language::Zh] {
                    let lines = lines(&explanation, language);
                    assert!(lines.len() > explanation.checks.len());
                    assert!(lines.iter().all(|line| !line.contains('{')), "{lines:#?}");
                }
            }
        }
    }
}
