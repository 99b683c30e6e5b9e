//! Documents in and out: presets, fragments, `numactl --hardware` text.

use hintfault::input::Scenario;
use hintfault::time::Tick;
use hintfault_scenario::{Document, codec, numactl, presets};
use serde::Serialize;

use crate::convert::count;
use crate::failure::ScenarioFailure;
use crate::words::Text;

/// One of `Playground.presets()`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Preset {
    id: &'static str,
    title: Text,
    summary: Text,
    document: &'static str,
}

/// The scenarios that come with Hintfault.
pub(crate) fn all_presets() -> Result<Vec<Preset>, ScenarioFailure> {
    presets::ALL.iter().map(preset).collect()
}

fn preset(preset: &presets::Preset) -> Result<Preset, ScenarioFailure> {
    let document = preset.document()?;
    Ok(Preset { id: preset.id, title: document.title.into(), summary: document.summary.into(), document: preset.text })
}

/// Reads a document and checks it.
pub(crate) fn open(text: &str) -> Result<(Document, Scenario), ScenarioFailure> {
    let document = hintfault_scenario::parse(text)?;
    let scenario = hintfault_scenario::validate(&document)?;
    Ok((document, scenario))
}

/// The document as canonical text.
pub(crate) fn canonical(document: &Document) -> Result<String, ScenarioFailure> {
    Ok(hintfault_scenario::to_json(document))
}

/// `Playground.importNumactl()`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct NumactlImport {
    pub(crate) document: String,
    notes: Vec<Text>,
}

/// The machine that `numactl --hardware` printed, under the workload of a document. The result is
/// checked, so that what cannot run is told now.
pub(crate) fn from_numactl(text: &str, document: &str) -> Result<NumactlImport, ScenarioFailure> {
    let workload = hintfault_scenario::parse(document)?;
    let spec = numactl::parse_numactl(text)?;
    let notes = spec.notes.iter().cloned().map(Text::from).collect();
    let document = hintfault_scenario::replace_machine(&workload, &spec)?;
    hintfault_scenario::validate(&document)?;
    Ok(NumactlImport { document: canonical(&document)?, notes })
}

/// `Playground.decodeFragment()`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Shared {
    document: String,
    tick: f64,
    selection: Option<String>,
}

/// Reads a fragment, without its `#`.
pub(crate) fn decode(fragment: &str) -> Result<Shared, ScenarioFailure> {
    let shared = codec::decode(fragment)?;
    Ok(Shared { document: canonical(&shared.document)?, tick: count(shared.tick.0), selection: shared.selection })
}

/// Writes a fragment, without its `#`.
pub(crate) fn encode(document: &Document, tick: Tick, selection: Option<&str>) -> Result<String, ScenarioFailure> {
    Ok(codec::encode(document, tick, selection)?)
}
