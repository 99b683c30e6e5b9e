//! The texts that the page loads (`www/texts/why.*.json`), held to the tables. `HINTFAULT_BLESS=1`
//! writes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use hintfault::Refusal;
use hintfault::explain::{Change, Test};
use hintfault_explain::{
    CAUSES, FUNCTIONS, Language, MOVES, Words, deciders, every_verdict, function, words_of_cause, words_of_change,
    words_of_refusal, words_of_test, words_of_verdict,
};
use serde_json::{Map, Value, json};

const DOCUMENTATION: &str = include_str!("../../../docs/explain.md");

fn texts(language: Language) -> Value {
    let text = |words: Words| Value::from(words.in_language(language));
    // In the order of the enumeration: the page gets a test's place in it.
    let tests: Vec<Value> = Test::ALL
        .iter()
        .map(|&test| json!({ "id": test.id(), "function": test.function(), "asks": text(words_of_test(test)) }))
        .collect();
    let verdicts: Map<String, Value> =
        every_verdict().into_iter().map(|verdict| (verdict.id().concat(), text(words_of_verdict(verdict)))).collect();
    let changes: Map<String, Value> =
        Change::ALL.iter().map(|&change| (change.id().to_owned(), text(words_of_change(change)))).collect();
    let functions: Map<String, Value> = FUNCTIONS
        .iter()
        .map(|of| {
            let docs = format!("explain.md#{}", of.section);
            (of.name.to_owned(), json!({ "file": of.file, "decides": text(of.decides), "docs": docs }))
        })
        .collect();
    let refusals: Map<String, Value> =
        Refusal::ALL.iter().map(|&rule| (rule.id().to_owned(), text(words_of_refusal(rule)))).collect();
    let mut moves: Map<String, Value> = MOVES.iter().map(|&(name, words)| (name.to_owned(), text(words))).collect();
    let causes: Map<String, Value> =
        CAUSES.iter().map(|&cause| (cause.as_str().to_owned(), text(words_of_cause(cause)))).collect();
    moves.insert("causes".to_owned(), causes.into());
    json!({
        "tests": tests,
        "deciders": all_deciders(),
        "moves": moves,
        "verdicts": verdicts,
        "changes": changes,
        "functions": functions,
        "refusals": refusals,
    })
}

fn all_deciders() -> Map<String, Value> {
    let test = |&(test, outcome): &(Test, bool)| json!({ "test": test as usize, "outcome": outcome });
    let groups = |groups: &[&[(Test, bool)]]| -> Value {
        groups.iter().map(|group| group.iter().map(test).collect::<Value>()).collect()
    };
    let verdicts = every_verdict().into_iter();
    verdicts.filter_map(|verdict| Some((verdict.id().concat(), groups(deciders(verdict)?)))).collect()
}

#[test]
fn the_page_has_the_texts_of_the_tables() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../www/texts");
    for (name, language) in [("why.en.json", Language::En), ("why.zh.json", Language::Zh)] {
        let wanted = serde_json::to_string_pretty(&texts(language)).expect("texts") + "\n";
        if std::env::var_os("HINTFAULT_BLESS").is_some() {
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(folder.join(name), &wanted).expect("writes");
        }
        let found = fs::read_to_string(folder.join(name)).expect("www/texts");
        assert!(found == wanted, "{name} is out of date: HINTFAULT_BLESS=1 cargo test -p hintfault-explain");
    }
}

#[test]
fn tests_are_found_by_their_place() {
    for (place, &test) in Test::ALL.iter().enumerate() {
        assert_eq!(test as usize, place);
    }
}

#[test]
fn verdicts_have_ids_of_their_own() {
    let ids: BTreeSet<String> = every_verdict().iter().map(|verdict| verdict.id().concat()).collect();
    assert_eq!(ids.len(), every_verdict().len());
    assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !id.ends_with('_')));
}

/// The headings of a document as anchors.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix("### "));
    headings.map(|heading| heading.to_lowercase().replace(' ', "-")).collect()
}

#[test]
fn functions_are_those_of_the_tests_and_stand_in_their_section() {
    let tested: BTreeSet<&str> = Test::ALL.iter().map(|test| test.function()).collect();
    let listed: BTreeSet<&str> = FUNCTIONS.iter().map(|function| function.name).collect();
    assert_eq!(listed, tested);
    assert_eq!(listed.len(), FUNCTIONS.len());
    let anchors = anchors(DOCUMENTATION);
    for name in listed {
        let function = function(name).expect("listed");
        assert!(anchors.contains(function.section), "{name}: {}", function.section);
        let heading = function.section.replace('-', " ");
        let section = DOCUMENTATION.split("\n### ").find(|part| part.to_lowercase().starts_with(&heading));
        assert!(section.expect("found").contains(&format!("`{name}`")), "{name} in {heading}");
        assert!(function.file.ends_with(".c"), "{name}");
    }
}
