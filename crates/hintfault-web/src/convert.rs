//! Numbers and objects across the boundary. JS numbers are doubles: whatever is exact in Rust and
//! may not be there travels as text.

use hintfault_scenario::Text;
use hintfault_scenario::json::Writer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::ScenarioFailure;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON)]
    fn parse(text: &str) -> JsValue;
}

/// The largest integer up to which doubles hold every integer (`Number.MAX_SAFE_INTEGER`).
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// What `write` writes as plain objects, by way of JSON: one call across the boundary instead of
/// one for each field.
pub(crate) fn to_js(write: impl FnOnce(&mut Writer)) -> JsValue {
    let mut out = Writer::default();
    write(&mut out);
    from_json(out)
}

/// What was written as plain objects.
pub(crate) fn from_json(written: Writer) -> JsValue {
    parse(&written.finish())
}

/// A field with the same words in both languages.
pub(crate) fn words(out: &mut Writer, name: &str, words: &Text) {
    out.name(name);
    both(out, words);
}

/// The same words in both languages.
pub(crate) fn both(out: &mut Writer, words: &Text) {
    out.table(|out| {
        out.label("en", &words.en);
        out.label("zh", &words.zh);
    });
}

/// A whole number from 0 to `max` out of a JS number.
pub(crate) fn whole(value: f64, path: &str, max: u64) -> Result<u64, ScenarioFailure> {
    let bound = max.min(MAX_SAFE_INTEGER);
    if value.fract() == 0.0 && (0.0..=bound as f64).contains(&value) {
        return Ok(value as u64);
    }
    // The value itself is not told: what prints fractions would be a large part of the program.
    Err(ScenarioFailure::one(
        path,
        format!("must be a whole number from 0 to {bound}"),
        format!("应为 0 到 {bound} 之间的整数"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_takes_the_bounds_and_nothing_beyond() {
        assert_eq!(whole(0.0, "n", 10), Ok(0));
        assert_eq!(whole(10.0, "n", 10), Ok(10));
        for bad in [-1.0, 0.5, 11.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let failure = whole(bad, "n", 10).expect_err("out of range");
            assert_eq!(failure.0.errors[0].path, "n", "{bad}");
        }
    }

    #[test]
    fn whole_never_promises_more_than_a_double_holds() {
        assert_eq!(whole(MAX_SAFE_INTEGER as f64, "n", u64::MAX), Ok((1 << 53) - 1));
        assert!(whole((MAX_SAFE_INTEGER + 1) as f64, "n", u64::MAX).is_err());
    }
}
