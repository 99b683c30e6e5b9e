//! Documents in and out: fragments, `numactl --hardware` text.

use core::mem::take;

use hintfault::input::Scenario;
use hintfault::time::Tick;
use hintfault_scenario::codec::Shared;
use hintfault_scenario::json::Writer;
use hintfault_scenario::{Document, Text, codec, numactl, to_json};

use crate::convert::both;
use crate::failure::ScenarioFailure;

/// Reads a document and checks it.
pub(crate) fn open(text: &str) -> Result<(Document, Scenario), ScenarioFailure> {
    let document = hintfault_scenario::parse(text)?;
    let scenario = hintfault_scenario::validate(&document)?;
    Ok((document, scenario))
}

/// What a run depends on, but for its actions, as text.
pub(crate) fn without_actions(document: &mut Document) -> String {
    let (actions, title, summary) =
        (take(&mut document.actions), take(&mut document.title), take(&mut document.summary));
    let text = to_json(document);
    (document.actions, document.title, document.summary) = (actions, title, summary);
    text
}

/// `Playground.importNumactl()`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NumactlImport {
    pub(crate) document: String,
    notes: Vec<Text>,
}

impl NumactlImport {
    pub(crate) fn write(&self, out: &mut Writer) {
        out.table(|out| {
            out.label("document", &self.document);
            out.name("notes").list(&self.notes, both);
        });
    }
}

/// The machine that `numactl --hardware` printed, under the workload of a document. The result is
/// checked, so that what cannot run is told now.
pub(crate) fn from_numactl(text: &str, document: &str) -> Result<NumactlImport, ScenarioFailure> {
    let workload = hintfault_scenario::parse(document)?;
    let spec = numactl::parse_numactl(text)?;
    let document = hintfault_scenario::replace_machine(&workload, &spec)?;
    hintfault_scenario::validate(&document)?;
    Ok(NumactlImport { document: to_json(&document), notes: spec.notes })
}

/// `Playground.readFragment()`.
pub(crate) fn write_shared(out: &mut Writer, shared: &Shared) {
    out.table(|out| {
        out.label("document", &to_json(&shared.document));
        out.count("tick", shared.tick.0);
        out.optional("selection", shared.selection.as_ref(), |out, selection| out.text(selection));
        out.optional("other", shared.other.as_ref(), |out, other| out.text(&to_json(other)));
    });
}

/// Reads a fragment, without its `#`, from the text that was in it.
pub(crate) fn read_fragment(fragment: &str, body: &str) -> Result<Shared, ScenarioFailure> {
    Ok(codec::read(fragment, body)?)
}

/// What a fragment is made of.
pub(crate) fn fragment_body(
    document: &Document,
    tick: Tick,
    selection: Option<&str>,
    other: Option<&str>,
) -> Result<String, ScenarioFailure> {
    let other = other.map(hintfault_scenario::parse).transpose()?;
    Ok(codec::body(document, tick, selection, other.as_ref())?)
}
