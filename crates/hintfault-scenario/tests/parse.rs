//! Text to document and back, and texts that mean harm.

mod common;

use common::{SMALL, document, error_paths, paths};
use hintfault_scenario::{limits, parse, presets, to_json};
use proptest::prelude::*;

#[test]
fn json_and_toml_say_the_same() {
    let toml = document(SMALL);
    let json = to_json(&toml).expect("writes");
    assert!(json.starts_with('{'));
    assert_eq!(document(&json), toml);
    for preset in presets::ALL {
        let document = preset.document().expect(preset.id);
        assert_eq!(parse(&to_json(&document).expect("writes")), Ok(document));
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
    let empty = "processes = [{ name = \"p\", threads = [] }]";
    let text = format!("version = 1\n{empty}\nmachine.distances = [[10, 20], [], [20, 10]]\ntitle.en = '{title}'");
    let json = to_json(&document(&text)).expect("writes");
    let document = parse(&json).expect("reads");
    assert_eq!(document.title.en, title);
    assert_eq!(json, serde_json::to_string_pretty(&document).expect("writes"));
}

#[test]
fn only_what_the_author_wrote_is_written() {
    assert_eq!(to_json(&document("version = 1")).expect("writes"), "{\n  \"version\": 1\n}");
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
        let time = hintfault_scenario::quantity::Millis(hintfault::time::Ns(ns));
        let text = serde_json::to_string(&time).expect("writes");
        prop_assert_eq!(serde_json::from_str(&text).ok(), Some(time), "{}", text);
    }
}
