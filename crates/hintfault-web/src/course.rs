//! The course of a run: figures for charts, and events by which one finds one's way.

use hintfault::time::Tick;
use hintfault::{Figure, History, Kept, Landmarks, World};
use hintfault_scenario::json::Writer;
use js_sys::{Array, Float64Array};

use crate::event_dto;
use crate::failure::ScenarioFailure;
use crate::names::Names;

/// `Playground.seriesColumns()`.
pub(crate) fn columns(out: &mut Writer, history: &History) {
    out.list(history.columns(), |out, column| {
        out.table(|out| {
            out.label("figure", column.figure.as_str());
            if let Some(of) = column.of {
                let is_of_node = column.figure == Figure::NodePages;
                out.count(if is_of_node { "node" } else { "task" }, of);
            }
        });
    });
}

/// `Playground.series()`: samples turned into columns.
pub(crate) fn series(rows: &[&[i64]], width: usize, wanted: Option<Vec<u32>>) -> Result<Array, ScenarioFailure> {
    let wanted = checked_columns(width, wanted)?;
    let columns = Array::new();
    let mut column = Vec::new();
    for place in wanted {
        column.clear();
        column.extend(rows.iter().map(|row| row[place as usize] as f64));
        columns.push(&Float64Array::from(column.as_slice()));
    }
    Ok(columns)
}

fn checked_columns(width: usize, wanted: Option<Vec<u32>>) -> Result<Vec<u32>, ScenarioFailure> {
    let Some(wanted) = wanted else { return Ok((0..width as u32).collect()) };
    match wanted.iter().position(|&column| column as usize >= width) {
        None => Ok(wanted),
        Some(place) => Err(ScenarioFailure::one(
            &format!("columns[{place}]"),
            format!("there are only {width} columns"),
            format!("只有 {width} 列"),
        )),
    }
}

/// `Playground.marks()`.
pub(crate) fn marks(out: &mut Writer, marks: &Landmarks, world: &World, names: &Names) {
    out.table(|out| {
        out.name("marks").list(&marks.shown, |out, mark| {
            out.table(|out| {
                event_dto::fields(out, &mark.event, names);
                out.count("tick", world.tick_from(mark.event.time).0);
                out.count("omitted", mark.omitted);
            });
        });
        out.count("omitted", marks.omitted);
    });
}

/// `Playground.replace()`.
pub(crate) fn replaced(out: &mut Writer, kept: Kept, from: Tick, has_come: bool) {
    out.table(|out| {
        let word = match kept {
            Kept::All => "all",
            Kept::Past => "past",
            Kept::Nothing => "nothing",
        };
        out.label("kept", word);
        out.count("fromTick", from.0);
        out.name("done").flag(has_come);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use hintfault::EventFilter;
    use hintfault::time::Ns;
    use serde_json::Value;

    fn moved() -> (History, Names) {
        let (_, scenario) = crate::sharing::open(hintfault_scenario::presets::ALL[0].text).expect("valid");
        let mut history = History::new(&scenario).expect("starts");
        history.seek(Tick(700));
        (history, Names::of(&scenario))
    }

    fn json(write: impl FnOnce(&mut Writer)) -> Value {
        let mut out = Writer::default();
        write(&mut out);
        serde_json::from_str(&out.finish()).expect("JSON")
    }

    #[test]
    fn every_figure_is_declared_and_tells_whose_it_is() {
        let columns = json(|out| columns(out, &moved().0));
        let declared = include_str!("types.d.ts");
        for column in columns.as_array().expect("a list") {
            let figure = column["figure"].as_str().expect("a word");
            assert!(declared.contains(&format!("| \"{figure}\"")), "{figure}");
            let is_of_node = figure == "node_pages";
            let is_of_task = ["task_node", "scan_period_ms", "scan_seq", "local_accesses", "remote_accesses"];
            assert_eq!(column.get("node").is_some(), is_of_node, "{column}");
            assert_eq!(column.get("task").is_some(), is_of_task.contains(&figure), "{column}");
        }
    }

    #[test]
    fn marks_are_events_with_their_tick() {
        let (history, names) = moved();
        let landmarks = history.landmarks(Ns::ZERO, Ns::NEVER, 1000, EventFilter::any());
        let marks = json(|out| marks(out, &landmarks, history.world(), &names));
        assert_eq!(marks["omitted"], 0);
        let list = marks["marks"].as_array().expect("a list");
        let scan = list.iter().find(|mark| mark["kind"] == "scan_begin").expect("a scan");
        let (tick, time_ms) = (scan["tick"].as_f64().expect("a tick"), scan["timeMs"].as_f64().expect("a time"));
        assert!((tick - 1.0) * 4.0 < time_ms && time_ms <= tick * 4.0, "{scan}");
        assert_eq!(scan["says"], "scan_begin", "{scan}");
    }

    #[test]
    fn columns_that_do_not_exist_are_named() {
        assert_eq!(checked_columns(3, None), Ok(vec![0, 1, 2]));
        assert_eq!(checked_columns(3, Some(vec![2, 2])), Ok(vec![2, 2]));
        let failure = checked_columns(3, Some(vec![0, 3])).expect_err("only three");
        assert_eq!(failure.0.errors[0].path, "columns[1]");
    }
}
