//! What the page gets instead of a result: every problem with the place where it is, in both
//! languages, as a plain object.

use hintfault_scenario::{Failure, Text};
use wasm_bindgen::JsValue;

use crate::convert::to_js;

/// All problems of one call. A path is one in the document, or the name of an argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ScenarioFailure(pub(crate) Failure);

impl ScenarioFailure {
    /// A single problem.
    pub(crate) fn one(path: &str, message: impl Into<String>, message_zh: impl Into<String>) -> Self {
        Self(Failure::one(path, Text::new(message, message_zh)))
    }
}

impl From<ScenarioFailure> for JsValue {
    fn from(failure: ScenarioFailure) -> Self {
        to_js(|out| {
            out.table(|out| {
                out.name("errors").list(&failure.0.errors, |out, problem| {
                    out.table(|out| {
                        out.label("path", &problem.path);
                        out.label("message", &problem.message.en);
                        out.label("messageZh", &problem.message.zh);
                    });
                });
            });
        })
    }
}

impl From<Failure> for ScenarioFailure {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}
