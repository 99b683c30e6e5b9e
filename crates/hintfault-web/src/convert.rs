//! Numbers and objects across the boundary. JS numbers are doubles: whatever is exact in Rust and
//! may not be there travels as text.

use hintfault::time::Ns;
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::failure::ScenarioFailure;

/// The largest integer up to which doubles hold every integer (`Number.MAX_SAFE_INTEGER`).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A plain object: maps become objects, what is missing becomes null.
pub(crate) fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}

/// Reads a plain object; `path` names the argument in the error.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue, path: &str) -> Result<T, ScenarioFailure> {
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| ScenarioFailure::one(path, format!("not understood: {error}"), format!("无法理解：{error}")))
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
    let bound = count(max).min(MAX_SAFE_INTEGER);
    if value.fract() == 0.0 && (0.0..=bound).contains(&value) {
        return Ok(value as u64);
    }
    Err(ScenarioFailure::one(
        path,
        format!("{value} is not a whole number from 0 to {bound}"),
        format!("{value} 不是 0 到 {bound} 之间的整数"),
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
        assert_eq!(whole(MAX_SAFE_INTEGER, "n", u64::MAX), Ok((1 << 53) - 1));
        assert!(whole(MAX_SAFE_INTEGER + 1.0, "n", u64::MAX).is_err());
    }

    #[test]
    fn times_keep_their_nanoseconds() {
        assert_eq!(ms(Ns(3_333_333)), 3.333_333);
    }
}
