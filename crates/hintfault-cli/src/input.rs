//! Where scenarios come from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use hintfault::input::Scenario;
use hintfault_scenario::bench::autonuma::{Program, autonuma};
use hintfault_scenario::bench::{Setting, perf_bench};
use hintfault_scenario::limits::MAX_TEXT_BYTES;
use hintfault_scenario::{Document, Failure, codec, parse, presets, validate};

use crate::error::Error;

/// The text of a file, or of standard input for `-`. Reads little more than a scenario may be
/// long, so that the parser can tell that a file is too long without all of it in memory.
pub(crate) fn read(path: &str) -> Result<String, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let most = MAX_TEXT_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if path == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(failed)?;
    }
    // A character may have been cut at the bound; the length is refused first anyway.
    if bytes.len() > MAX_TEXT_BYTES {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|error| failed(std::io::Error::new(std::io::ErrorKind::InvalidData, error)))
}

/// The document that a name stands for: a fragment, standard input, a preset or a file.
pub(crate) fn document(name: &str) -> Result<Document, Error> {
    let refused = |failure| Error::refused(name, failure);
    if let Some(fragment) = name.strip_prefix('#') {
        return codec::decode(fragment).map(|shared| shared.document).map_err(refused);
    }
    if let Some(preset) = presets::find(name) {
        return preset.document().map_err(refused);
    }
    if let Some(benchmark) = benchmark(name) {
        return benchmark.map_err(refused);
    }
    if name != "-" && !Path::new(name).exists() {
        return Err(Error::NoScenario(name.to_owned(), presets::ALL.map(|preset| preset.id).join(", ")));
    }
    parse(&read(name)?).map_err(refused)
}

/// The benchmark of a name, with the factor that divides its memory behind `@`.
fn benchmark(name: &str) -> Option<Result<Document, Failure>> {
    let (name, scale) = name.split_once('@').unwrap_or((name, "1"));
    let setting = || Setting::four_nodes(scale.parse().unwrap_or(0));
    if let Some(program) = Program::find(name) {
        return Some(setting().and_then(|setting| autonuma(program, &setting)));
    }
    perf_bench::command_of(name)?;
    match setting() {
        Ok(setting) => perf_bench::built_in(name, &setting),
        Err(failure) => Some(Err(failure)),
    }
}

/// The checked scenario that a name stands for.
pub(crate) fn scenario(name: &str) -> Result<Scenario, Error> {
    validate(&document(name)?).map_err(|failure| Error::refused(name, failure))
}
