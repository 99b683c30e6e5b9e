//! Links: what goes in comes out, old ones keep loading, damaged ones are refused.

mod common;

use common::{SMALL, document, paths};
use hintfault::time::Tick;
use hintfault_scenario::codec::{Shared, decode, encode};
use hintfault_scenario::{Document, limits, parse, presets};
use proptest::prelude::*;

fn presets() -> impl Strategy<Value = Document> {
    let documents: Vec<Document> = presets::ALL.iter().map(|preset| preset.document().expect(preset.id)).collect();
    prop::sample::select(documents)
}

/// Links that were made before, each with what it carries. They must load for ever: never
/// change one, add new ones (`hintfault url FILE` makes them).
const GOLDEN: [(&str, &str, u64, Option<&str>); 9] = [
    (include_str!("golden/small.fragment"), SMALL, 0, None),
    (include_str!("golden/full.fragment"), FULL, 812, Some("page:0/1/77")),
    (include_str!("golden/scheduling.fragment"), SCHEDULING, 3, None),
    (include_str!("golden/kinds.fragment"), KINDS, 5, None),
    (include_str!("golden/programs.fragment"), PROGRAMS, 0, None),
    (include_str!("golden/births.fragment"), BIRTHS, 0, None),
    (include_str!("golden/contention.fragment"), CONTENTION, 9, None),
    (include_str!("golden/policies.fragment"), POLICIES, 4, None),
    (include_str!("golden/pauses.fragment"), PAUSES, 20, None),
];
const FULL: &str = include_str!("golden/full.toml");
const SCHEDULING: &str = include_str!("golden/scheduling.toml");
const PROGRAMS: &str = include_str!("golden/programs.toml");
const BIRTHS: &str = include_str!("golden/births.toml");
const CONTENTION: &str = include_str!("golden/contention.toml");
const POLICIES: &str = include_str!("golden/policies.toml");
const PAUSES: &str = include_str!("golden/pauses.toml");
const KINDS: &str = include_str!("golden/kinds.toml");

#[test]
fn old_links_keep_loading() {
    for (fragment, text, tick, selection) in GOLDEN {
        let shared = decode(fragment.trim_end()).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(shared.document, document(text));
        assert_eq!((shared.tick, shared.selection.as_deref()), (Tick(tick), selection));
    }
}

#[test]
fn a_document_with_every_field_is_valid() {
    for text in [FULL, SCHEDULING, KINDS, PROGRAMS, BIRTHS, CONTENTION, POLICIES, PAUSES] {
        hintfault_scenario::validate(&document(text)).unwrap_or_else(|failure| panic!("{failure}"));
    }
}

#[test]
fn a_link_of_the_default_scenario_fits_in_a_message() {
    let document = presets::ALL[0].document().expect("valid");
    let fragment = encode(&document, Tick(812), None, None).expect("fits");
    assert!(fragment.len() < 900, "{}", fragment.len());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(fragment.chars().all(is_plain), "{fragment}");
}

#[test]
fn cut_links_are_refused() {
    let fragment = encode(&document(SMALL), Tick(1), Some("s"), None).expect("fits");
    for length in 0..fragment.len() {
        assert_eq!(paths(&decode(&fragment[..length]).expect_err("cut")), ["link"]);
    }
}

#[test]
fn other_versions_are_named() {
    let fragment = encode(&document(SMALL), Tick(0), None, None).expect("fits");
    let failure = decode(&fragment.replacen('a', "b", 1)).expect_err("version b");
    assert!(failure.to_string().contains("'b'"), "{failure}");
}

#[test]
fn inflation_is_bounded() {
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 64 << 20], 9);
    let failure = decode(&fragment_of(&bomb)).expect_err("too long");
    assert!(failure.to_string().contains("1048576"), "{failure}");
    let long = "a".repeat(limits::MAX_FRAGMENT_BYTES + 1);
    assert!(decode(&long).expect_err("too long").to_string().contains("524288"));
}

fn fragment_of(deflated: &[u8]) -> String {
    use base64::Engine as _;
    format!("a{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(deflated))
}

fn fragment_of_json(json: &str) -> String {
    fragment_of(&miniz_oxide::deflate::compress_to_vec_zlib(json.as_bytes(), 6))
}

#[test]
fn contents_are_checked_like_any_text() {
    let cases = [
        ("{}", "link"),
        ("[]", "link"),
        ("{\"d\": {\"version\": 1}, \"t\": -1}", "t"),
        ("{\"d\": {\"version\": 1}, \"s\": 1}", "s"),
        ("{\"d\": {\"version\": 1}, \"t\": 86400001}", "tick"),
        ("{\"d\": {\"version\": 1, \"hz\": 1}}", "hz"),
        ("{\"d\": {\"version\": 1, \"machine\": {\"hz\": \"\"}}}", "machine.hz"),
        ("{\"d\": {\"version\": 1}, \"b\": {\"version\": 1, \"machine\": {\"hz\": \"\"}}}", "B: machine.hz"),
    ];
    for (json, path) in cases {
        assert_eq!(paths(&decode(&fragment_of_json(json)).expect_err(json)), [path], "{json}");
    }
    let long = format!("{{\"d\": {{\"version\": 1}}, \"s\": \"{}\"}}", "x".repeat(257));
    assert_eq!(paths(&decode(&fragment_of_json(&long)).expect_err("long")), ["selection"]);
}

#[test]
fn what_could_not_be_read_is_not_written() {
    let small = document(SMALL);
    assert_eq!(paths(&encode(&small, Tick(86_400_001), None, None).expect_err("late")), ["tick"]);
    let long = "x".repeat(257);
    assert_eq!(paths(&encode(&small, Tick(0), Some(&long), None).expect_err("long")), ["selection"]);
    // Text that deflates well, so that only the length of the JSON is at fault.
    let steps = "{sleep_ms=1},".repeat(75_000);
    let large = parse(&SMALL.replace("{ write = \"r\" }", &steps)).expect("reads");
    assert_eq!(paths(&encode(&large, Tick(0), None, None).expect_err("large")), ["link"]);
}

proptest! {
    #[test]
    fn decode_undoes_encode(document in presets(), tick in 0..=limits::MAX_TICK, selection in prop::option::of("\\PC{0,40}")) {
        let fragment = encode(&document, Tick(tick), selection.as_deref(), None).expect("fits");
        prop_assert_eq!(decode(&fragment), Ok(Shared { document, tick: Tick(tick), selection, other: None }));
    }

    #[test]
    fn what_is_compared_comes_out_again(document in presets(), other in presets(), tick in 0..=limits::MAX_TICK) {
        let fragment = encode(&document, Tick(tick), None, Some(&other)).expect("fits");
        prop_assert_eq!(decode(&fragment), Ok(Shared { document, tick: Tick(tick), selection: None, other: Some(other) }));
    }

    #[test]
    fn garbage_is_refused(text in "\\PC{0,200}") {
        paths(&decode(&text).expect_err("garbage"));
    }

    #[test]
    fn garbage_in_the_right_dress_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        paths(&decode(&fragment_of(&bytes)).expect_err("garbage"));
        let deflated = miniz_oxide::deflate::compress_to_vec_zlib(&bytes, 6);
        paths(&decode(&fragment_of(&deflated)).expect_err("garbage"));
    }

    #[test]
    fn a_changed_character_is_noticed(document in presets(), place in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
        let fragment = encode(&document, Tick(5), None, None).expect("fits");
        let place = place.index(fragment.len());
        let mut changed = fragment.clone();
        changed.replace_range(place..=place, &to);
        // The last character may hold bits that mean nothing, or be the same.
        match decode(&changed) {
            Ok(shared) => prop_assert_eq!(shared.document, document),
            Err(failure) => prop_assert_eq!(paths(&failure), ["link"]),
        }
    }
}
