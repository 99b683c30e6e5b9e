//! What the page gets instead of a result: every problem with the place where it is, in both
//! languages, as a plain object.

use serde::Serialize;
use wasm_bindgen::JsValue;

/// One problem.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Problem {
    /// Where: a path in the document, or the name of an argument.
    pub(crate) path: String,
    /// In English.
    pub(crate) message: String,
    /// In Chinese.
    #[serde(rename = "messageZh")]
    pub(crate) message_zh: String,
}

/// All problems of one call; at least one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct ScenarioFailure {
    /// In the order of the document.
    pub(crate) errors: Vec<Problem>,
}

impl ScenarioFailure {
    /// A single problem.
    pub(crate) fn one(path: &str, message: impl Into<String>, message_zh: impl Into<String>) -> Self {
        let problem = Problem { path: path.to_owned(), message: message.into(), message_zh: message_zh.into() };
        Self { errors: vec![problem] }
    }
}

impl From<ScenarioFailure> for JsValue {
    fn from(failure: ScenarioFailure) -> Self {
        crate::convert::to_js(&failure).unwrap_or_else(|error| error)
    }
}

impl From<hintfault_scenario::Failure> for ScenarioFailure {
    fn from(failure: hintfault_scenario::Failure) -> Self {
        let problem = |problem: hintfault_scenario::Problem| Problem {
            path: problem.path,
            message: problem.message.en,
            message_zh: problem.message.zh,
        };
        Self { errors: failure.errors.into_iter().map(problem).collect() }
    }
}
