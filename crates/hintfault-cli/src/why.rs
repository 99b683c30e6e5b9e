//! `hintfault why`.

use std::io::Write;

use hintfault::event::PageRef;
use hintfault::explain::{Explanation, Found, Question};
use hintfault::ids::{PageIdx, ProcIdx, TaskIdx, VmaIdx};
use hintfault::time::{Ns, Tick};
use hintfault::view::MmView;
use hintfault::{History, World};
use hintfault_explain::lines;

use crate::args::{Lang, WhyArgs};
use crate::error::Error;
use crate::events::{Names, line};
use crate::input;
use crate::run::DEFAULT_RUN;

const PAGE_FORM: &str = "PROCESS/REGION/PAGE";
const VMA_FORM: &str = "PROCESS/REGION";

pub(crate) fn why(args: &WhyArgs, out: &mut dyn Write) -> Result<(), Error> {
    let scenario = input::scenario(&args.scenario)?;
    let mut history = History::new(&scenario).map_err(|source| Error::Setup { path: args.scenario.clone(), source })?;
    // Processes may be gone at the end.
    let names = Names::of(history.world(), &scenario);
    let places = history.world().mms();
    run(&mut history, args);
    if let Some(seq) = args.event {
        return event(&history, seq, args, &names, out);
    }
    let mut told = None;
    for (place, question) in questions(args, history.world(), &places)?.into_iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        writeln!(out, "# {}", title(question, args.lang))?;
        let event = history.search(question);
        if event.is_some() && event == told {
            writeln!(out, "{}", as_above(args.lang))?;
            continue;
        }
        told = told.or(event);
        match history.answer(question, event.map_or(Found::Never, Found::Event)) {
            Some(explanation) => write(&explanation, args.lang, &names, out)?,
            None => writeln!(out, "{}", gone(args.lang))?,
        }
    }
    Ok(())
}

/// Runs to the moment that is asked about; to an event without one only as far as needed.
fn run(history: &mut History, args: &WhyArgs) {
    let ticks = match (args.ticks, args.at) {
        (Some(ticks), _) => ticks,
        (None, at) => ticks_up_to(history.world(), at.map_or(DEFAULT_RUN, Ns::from_ms)),
    };
    let is_open = args.ticks.is_none() && args.at.is_none();
    while history.world().clock().tick.0 < ticks {
        let has_happened = args.event.is_some_and(|seq| seq < history.world().clock().events);
        if is_open && has_happened {
            return;
        }
        let left = ticks - history.world().clock().tick.0;
        history.run_ticks(left.min(16));
    }
}

fn ticks_up_to(world: &World, until: Ns) -> u64 {
    let first = world.time_of_tick(Tick(1));
    if until < first { 0 } else { (until - first).0 / world.clock().tick_ns + 1 }
}

fn event(history: &History, seq: u64, args: &WhyArgs, names: &Names, out: &mut dyn Write) -> Result<(), Error> {
    let explanation = history.explain(seq).ok_or(Error::NoEvent(seq, history.world().clock().events))?;
    let explanation = match args.entry {
        Some(page) => history.explain_entry(seq, PageIdx(page)).ok_or(Error::NoEntry(seq, page))?,
        None => explanation,
    };
    write(&explanation, args.lang, names, out)
}

/// The questions that the arguments stand for.
fn questions(args: &WhyArgs, world: &World, places: &[MmView]) -> Result<Vec<Question>, Error> {
    if let Some(text) = &args.page {
        let malformed = || Error::Malformed(text.clone(), PAGE_FORM);
        let (region, page) = text.rsplit_once('/').ok_or_else(malformed)?;
        let page = PageIdx(page.parse().map_err(|_| malformed())?);
        let (mm, vma) = region_of(region, PAGE_FORM, places)?;
        let pages = places[mm.index()].vmas[vma.index()].pages;
        if page.0 >= pages {
            return Err(unknown("page", &page.to_string(), vec![format!("0 to {}", pages - 1)]));
        }
        let page = PageRef { process: mm, vma, page };
        return Ok(vec![Question::PagePlace(page), Question::PageScan(page)]);
    }
    if let Some(text) = &args.vma {
        let (process, vma) = region_of(text, VMA_FORM, places)?;
        return Ok(vec![Question::VmaScan(process, vma)]);
    }
    let (tid, tasks) = (args.task.unwrap_or_default(), world.tasks());
    let Some(task) = tasks.iter().find(|task| task.tid.0 == tid) else {
        let known = tasks.iter().map(|task| task.tid.to_string()).collect();
        return Err(unknown("thread", &tid.to_string(), known));
    };
    let index: TaskIdx = task.index;
    Ok(vec![Question::TaskNode(index), Question::TaskCpu(index), Question::TaskPeriod(index)])
}

/// A region by the names, or the process id, of `PROCESS/REGION`.
fn region_of(text: &str, form: &'static str, places: &[MmView]) -> Result<(ProcIdx, VmaIdx), Error> {
    let malformed = || Error::Malformed(text.to_owned(), form);
    let (process, region) = text.split_once('/').ok_or_else(malformed)?;
    let is_meant = |mm: &&MmView| mm.name == process || mm.pid.to_string() == process;
    let Some(mm) = places.iter().find(is_meant) else {
        return Err(unknown("process", process, places.iter().map(|mm| mm.name.clone()).collect()));
    };
    let Some(vma) = mm.vmas.iter().find(|vma| vma.name == region) else {
        return Err(unknown("region", region, mm.vmas.iter().map(|vma| vma.name.clone()).collect()));
    };
    Ok((mm.process, vma.index))
}

fn unknown(kind: &'static str, name: &str, known: Vec<String>) -> Error {
    Error::Unknown { kind, name: name.to_owned(), known: known.join(", ") }
}

const fn title(question: Question, lang: Lang) -> &'static str {
    match (question, lang) {
        (Question::PagePlace(_), Lang::En) => "the page's place",
        (Question::PagePlace(_), Lang::Zh) => "页面的位置",
        (Question::PageScan(_) | Question::VmaScan(..), Lang::En) => "the last scan",
        (Question::PageScan(_) | Question::VmaScan(..), Lang::Zh) => "最近一次扫描",
        (Question::TaskNode(_), Lang::En) => "the preferred node",
        (Question::TaskNode(_), Lang::Zh) => "首选节点",
        (Question::TaskCpu(_), Lang::En) => "the CPU",
        (Question::TaskCpu(_), Lang::Zh) => "CPU",
        (Question::TaskPeriod(_), Lang::En) => "the scan period",
        (Question::TaskPeriod(_), Lang::Zh) => "扫描周期",
    }
}

const fn as_above(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "as above",
        Lang::Zh => "同上",
    }
}

const fn gone(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "it is gone: its process has ended",
        Lang::Zh => "已经不存在：所属进程已结束",
    }
}

fn write(explanation: &Explanation, lang: Lang, names: &Names, out: &mut dyn Write) -> Result<(), Error> {
    match (&explanation.event, lang) {
        (Some(event), _) => writeln!(out, "{}", line(event, names))?,
        (None, Lang::En) => writeln!(out, "nothing has happened yet")?,
        (None, Lang::Zh) => writeln!(out, "还没有发生过")?,
    }
    for text in lines(explanation, lang.language()) {
        writeln!(out, "{text}")?;
    }
    Ok(())
}
