//! What differs between the repeats of a scenario (format `numa-kernel-spread/1`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{ReadError, folder, read_json};

/// All scenarios.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// `numa-kernel-spread/1`.
    pub format: String,
    /// How to read it.
    pub note: String,
    /// By scenario.
    pub scenarios: BTreeMap<String, ScenarioSpread>,
}

/// One scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioSpread {
    /// What it is, in words.
    pub title: String,
    /// Numbers of its repeats.
    pub repeats: Vec<u32>,
    /// Figures at the end of a run by name.
    pub values: BTreeMap<String, SpreadValue>,
    /// Time between two points of a curve.
    pub curve_step_ms: u32,
    /// Counters over time by name.
    pub curves: BTreeMap<String, Curve>,
}

/// A figure; none where it does not exist.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(untagged)]
pub enum SpreadValue {
    /// One for each repeat.
    Each(Vec<Option<f64>>),
    /// The same in every repeat.
    Same(Option<f64>),
}

/// The least and the largest of all repeats, over time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// The least.
    pub min: Vec<i64>,
    /// The largest.
    pub max: Vec<i64>,
}

impl Spread {
    /// Reads that of the recordings that come with the project.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read() -> Result<Self, ReadError> {
        read_json(&folder().join("spread.json.gz"))
    }
}
