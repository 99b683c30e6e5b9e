//! Numbers and objects across the boundary. JS numbers are doubles: whatever is exact in Rust and
//! may not be there travels as text.

use hintfault::time::Ns;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::failure::ScenarioFailure;

/// The largest integer up to which doubles hold every integer (`Number.MAX_SAFE_INTEGER`).
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A plain object: maps become objects, what is missing becomes null.
pub(crate) fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}

/// Milliseconds as a fraction, exact to the nanosecond for runs of up to 100 days.
pub(crate) fn ms(time: Ns) -> f64 {
    time.0 as f64 / 1e6
}

/// A count as a JS number, rounded above 2^53.
pub(crate) fn count(value: u64) -> f64 {
    value as f64
}

/// A whole number from 0 to `max` out of a JS number.
pub(crate) fn whole(value: f64, path: &str, max: u64) -> Result<u64, ScenarioFailure> {
    let bound = max.min(MAX_SAFE_INTEGER);
    if value.fract() == 0.0 && (0.0..=count(bound)).contains(&value) {
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
            assert_eq!(failure.errors[0].path, "n", "{bad}");
        }
    }

    #[test]
    fn whole_never_promises_more_than_a_double_holds() {
        assert_eq!(whole(count(MAX_SAFE_INTEGER), "n", u64::MAX), Ok((1 << 53) - 1));
        assert!(whole(count(MAX_SAFE_INTEGER + 1), "n", u64::MAX).is_err());
    }

    #[test]
    fn times_keep_their_nanoseconds() {
        assert_eq!(ms(Ns(3_333_333)), 3.333_333);
    }
}
