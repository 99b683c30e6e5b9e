//! The recordings that come with the project can be read, every field of them.

use std::collections::BTreeMap;

use hintfault_tests::recording::spread::Spread;
use hintfault_tests::recording::{Recording, folder, run_name, runs_in};

#[test]
fn every_recording_is_of_the_known_format() {
    let files = runs_in(&folder()).expect("the folder of recordings");
    let mut repeats: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let (mut scans, mut faults) = (0, 0);
    for file in &files {
        let run = Recording::try_read(file).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((run.format.as_str(), run.jiffies_hz), ("numa-kernel-run/1", 250));
        let name = format!("{}.s{}", run.id, run.machine.seed);
        assert_eq!(run_name(file), Some(name.as_str()), "the file is named after the run");
        repeats.entry(run.id).or_default().push(run.machine.seed);
        scans += run.events.scan.len();
        faults += run.events.first_faults.len();
    }
    assert_eq!((files.len(), scans, faults), (237, 2372, 34_594));
    let spread = Spread::read().unwrap_or_else(|error| panic!("{error}"));
    let of_spread: BTreeMap<String, Vec<u32>> =
        spread.scenarios.into_iter().map(|(id, scenario)| (id, scenario.repeats)).collect();
    assert_eq!(repeats, of_spread, "repeats of each scenario");
}
