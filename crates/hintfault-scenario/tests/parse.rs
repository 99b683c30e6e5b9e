//! Text to document and back, and texts that mean harm.

mod common;

use common::{SMALL, document, error_paths, paths};
use hintfault::time::Ns;
use hintfault_scenario::quantity::Millis;
use hintfault_scenario::{limits, parse, presets, to_json};
use proptest::prelude::*;
use serde_json::Value;

#[test]
fn json_and_toml_say_the_same() {
    let toml = document(SMALL);
    let json = to_json(&toml);
    assert!(json.starts_with('{'));
    assert_eq!(document(&json), toml);
    for preset in presets::ALL {
        let document = preset.document().expect(preset.id);
        assert_eq!(parse(&to_json(&document)), Ok(document));
    }
}

/// The text that each preset is written in.
fn toml_of(id: &str) -> String {
    std::fs::read_to_string(format!("{}/presets/{id}.toml", env!("CARGO_MANIFEST_DIR"))).expect(id)
}

#[test]
fn presets_are_what_their_files_say() {
    for preset in presets::ALL {
        assert_eq!(parse(preset.text), parse(&toml_of(preset.id)), "{}", preset.id);
    }
}

#[test]
fn json_is_written_one_field_a_line() {
    let title = "a \"quoted: {title}, [with] \\\\ all\"";
    let empty = "processes = [{ name = \"p\" }]\nactions = [{ sysctl = {} }]";
    let text = format!("version = 1\n{empty}\nmachine.distances = [[10, 20], [], [20, 10]]\ntitle.en = '{title}'");
    let json = to_json(&document(&text));
    assert_eq!(parse(&json).expect("reads").title.en, title);
    let value: Value = serde_json::from_str(&json).expect("JSON");
    let (mut ours, mut theirs) = (json.clone(), serde_json::to_string_pretty(&value).expect("writes"));
    // serde_json orders the fields by name.
    let sorted = |text: &mut String| {
        let mut lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches(',')).collect();
        lines.sort_unstable();
        *text = lines.join("\n");
    };
    sorted(&mut ours);
    sorted(&mut theirs);
    assert_eq!(ours, theirs);
    assert!(json.contains("\"sysctl\": {}") && json.contains("\"name\": \"p\""), "{json}");
}

#[test]
fn only_what_the_author_wrote_is_written() {
    assert_eq!(to_json(&document("version = 1")), "{\n  \"version\": 1\n}");
}

#[test]
fn errors_of_reading_name_the_field() {
    let cases = [
        ("", "version"),
        ("version = 2\nfuture = true", "version"),
        ("version = 1\nsead = 1", "sead"),
        ("version = 1\nseed = -1", "seed"),
        ("version = 1\n[machine]\nnodes = [{ cpu = \"0\" }]", "machine.nodes[0].cpu"),
        ("version = 1\n[machine]\nnodes = [{ cpus = 5 }]", "machine.nodes[0].cpus"),
        ("version = 1\n[machine]\nnodes = [{ memory = 1.5 }]", "machine.nodes[0].memory"),
        ("version = 1\n[machine]\nuptime_ms = -1", "machine.uptime_ms"),
        ("version = 1\n[machine]\nuptime_ms = 1e300", "machine.uptime_ms"),
        ("version = 1\n[[processes]]\nname = \"p\"", "processes[0].threads"),
        ("version = 1\nactions = [{ at_ms = 1, kill = [] }]", "actions[0].kill"),
        ("{\"version\": 1, \"machine\": {\"hz\": \"250\"}}", "machine.hz"),
        ("{\"version\": 1, \"kernel\": []}", "kernel"),
        ("{\"version\": 1, \"machine\": {\"nodes\": [[0, \"0\"]]}}", "machine.nodes[0]"),
    ];
    for (text, path) in cases {
        assert_eq!(error_paths(text), [path], "{text}");
    }
}

#[test]
fn malformed_text_is_told_with_its_line() {
    for text in ["version = 1\nseed = 1 1", "version = 1\nversion = 1", "{\n\"version\": 1,}"] {
        let failure = parse(text).expect_err(text);
        assert_eq!(paths(&failure), [""]);
        assert!(failure.to_string().contains("line 2"), "{failure}");
    }
    for text in ["{\"version\": 1, \"version\": 1}", "{\"version\": 1} {}", "version = nan"] {
        paths(&parse(text).expect_err(text));
    }
}

#[test]
fn long_text_is_refused_unread() {
    let longest = format!("version = 1\n#{}", " ".repeat(limits::MAX_TEXT_BYTES - 13));
    assert_eq!(longest.len(), limits::MAX_TEXT_BYTES);
    assert_eq!(parse(&longest), Ok(document("version = 1")));
    let failure = parse(&(longest + " ")).expect_err("too long");
    assert!(failure.to_string().contains("1048576"), "{failure}");
}

#[test]
fn deep_nesting_is_refused() {
    let deep = 100_000;
    let texts = [
        format!("x = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("x = {}1{}", "{a=".repeat(deep), "}".repeat(deep)),
        format!("x = {{ {} = 1 }}", vec!["a"; deep].join(".")),
        format!("{} = 1", vec!["a"; deep].join(".")),
        format!("[{}]\nb = 1", vec!["a"; deep].join(".")),
        format!("[[{}]]\nb = 1", vec!["a"; deep].join(".")),
        format!("{{\"x\":{}{}}}", "[".repeat(deep), "]".repeat(deep)),
        format!("{{\"x\":{}1{}}}", "{\"a\":".repeat(deep), "}".repeat(deep)),
        format!("version = 1\nx = {}{}", "[".repeat(17), "]".repeat(17)),
        (0..65).map(|i| format!("a{i} = 1\n")).collect(),
    ];
    for text in texts {
        paths(&parse(&text).expect_err("deep"));
    }
}

/// A valid text with bytes changed here and there.
fn mangled() -> impl Strategy<Value = String> {
    let texts = presets::ALL.iter().flat_map(|preset| [preset.text.to_owned(), toml_of(preset.id)]);
    let base = prop::sample::select(texts.collect::<Vec<_>>());
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    (base, edits).prop_map(|(base, edits)| {
        let mut bytes = base.as_bytes().to_vec();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Texts that are JSON often, and nearly so otherwise. Names come twice rarely, numbers stay finite.
fn json_like() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[0-9]{1,3}",
        "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{0,3})?([eE][+-]?[0-9]{0,2})?",
        "\"[a-z\u{e9}\u{1f600} \\t]{0,4}\"",
        "\"(\\\\[\"\\\\/bfnrtux]|\\\\u[0-9a-fA-F]{4}|\\\\ud8[0-9]{2}\\\\udc[0-9]{2}){0,3}\"",
        "[a-z]{1,5}",
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(" , "))),
            inner.clone().prop_map(|item| format!("[{item},]")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{{\"a\":{a} ,\n\"b\" : {b}}}")),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_gives_a_document_or_an_error(text in "(?s).{0,400}") {
        if let Err(failure) = parse(&text) {
            paths(&failure);
        }
    }

    #[test]
    fn a_mangled_document_is_read_or_refused_with_words(text in mangled()) {
        let checked = parse(&text).and_then(|document| hintfault_scenario::validate(&document));
        if let Err(failure) = checked {
            paths(&failure);
        }
    }

    #[test]
    fn times_survive_writing(ns in 0..1_u64 << 51) {
        let mut written = document("version = 1");
        written.machine.uptime_ms = Some(Millis(Ns(ns)));
        prop_assert_eq!(parse(&to_json(&written)), Ok(written));
    }

    #[test]
    fn json_is_what_serde_json_takes_for_json(text in json_like()) {
        let whole = format!("{{\"x\": {text}}}");
        let is_json = serde_json::from_str::<Value>(&whole).is_ok();
        // Such a document always fails; whether as JSON or for its field is told by the path.
        let failure = parse(&whole).expect_err("no document");
        prop_assert_eq!(failure.errors.iter().all(|error| !error.path.is_empty()), is_json, "{} {}", whole, failure);
    }

    #[test]
    fn texts_survive_writing(title in "(?s).{0,40}") {
        let mut written = document("version = 1");
        written.title.en = title.clone();
        let json = to_json(&written);
        let value: Value = serde_json::from_str(&json).expect("JSON");
        prop_assert_eq!(value["title"]["en"].as_str().unwrap_or_default(), title);
        prop_assert_eq!(parse(&json), Ok(written));
    }
}
