//! The class that the page holds.

use hintfault::event::PageRef;
use hintfault::explain::Question;
use hintfault::ids::{PageIdx, ProcIdx, TaskIdx, Tid, VmaIdx};
use hintfault::input::Scenario;
use hintfault::time::{Ns, Tick};
use hintfault::{EVENTS_KEPT, EventClass, EventFilter, History, Kept, SetupError, Subject, World};
use hintfault_scenario::json::Writer;
use hintfault_scenario::limits::MAX_TICK;
use hintfault_scenario::{Document, to_json};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::CanvasRenderingContext2d;

use crate::convert::{from_json, to_js, whole};
use crate::drawing::Easel;
use crate::failure::ScenarioFailure;
use crate::names::Names;
use crate::request::{MachineRequest, SpaceRequest};
use crate::runs;
use crate::{actions, course, dto, event_dto, explain_dto, picture, preview, sharing};

/// Pages whose place a preview shows.
const MAX_PREVIEW_PAGES: u32 = 4096;

/// One simulated machine with its scenario and its past.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Playground {
    document: Document,
    history: History,
    names: Names,
    easel: Easel,
}

#[wasm_bindgen]
impl Playground {
    /// Starts the scenario of a document (JSON) at tick 0, paused.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` with everything that is wrong in the document.
    #[wasm_bindgen(constructor)]
    pub fn new(document: &str) -> Result<Self, JsValue> {
        console_error_panic_hook::set_once();
        let (document, scenario) = sharing::open(document)?;
        let history = start(&scenario)?;
        let names = Names::of(&scenario).with_actions(&actions::in_time(&document, history.world()));
        Ok(Self { history, names, easel: Easel::default(), document })
    }

    /// Reads a document and checks it, without starting anything: costs no memory of a machine.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` with everything that is wrong in the document.
    pub fn check(document: &str) -> Result<(), JsValue> {
        sharing::open(document)?;
        Ok(())
    }

    /// The kinds of events that [`Self::run_to_event`] takes and [`Self::events`] gives.
    #[must_use]
    #[wasm_bindgen(js_name = eventKinds, unchecked_return_type = "string[]")]
    pub fn event_kinds() -> JsValue {
        to_js(|out| out.list(EventClass::ALL, |out, class| out.text(class.as_str())))
    }

    /// Puts the machine that `numactl --hardware` printed under the workload of `document`; gives
    /// the new document.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` that names line and field of the text, or the document's problems.
    #[wasm_bindgen(js_name = fromNumactl)]
    pub fn from_numactl(text: &str, document: &str) -> Result<String, JsValue> {
        Ok(sharing::from_numactl(text, document)?.document)
    }

    /// As [`Self::from_numactl`], together with what had to be assumed.
    ///
    /// # Errors
    /// As [`Self::from_numactl`].
    #[wasm_bindgen(js_name = importNumactl, unchecked_return_type = "NumactlImport")]
    pub fn import_numactl(text: &str, document: &str) -> Result<JsValue, JsValue> {
        let import = sharing::from_numactl(text, document)?;
        Ok(to_js(|out| import.write(out)))
    }

    /// Reads the fragment of a URL, without the leading `#`, from the text that was in it: `body` is
    /// what inflating gave, empty if that failed.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` that says what is wrong with the fragment.
    #[wasm_bindgen(js_name = readFragment, unchecked_return_type = "Shared")]
    pub fn read_fragment(fragment: &str, body: &str) -> Result<JsValue, JsValue> {
        let shared = sharing::read_fragment(fragment, body)?;
        Ok(to_js(|out| sharing::write_shared(out, &shared)))
    }

    /// Document, current tick and selection as the text that the fragment of a URL carries, deflated
    /// and in base64url; with it the document that this one is compared with, if there is one.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` when the selection is too long to be shared, or the other document
    /// is none.
    #[wasm_bindgen(js_name = fragmentBody)]
    pub fn fragment_body(&self, selection: Option<String>, other: Option<String>) -> Result<String, JsValue> {
        let tick = self.world().clock().tick;
        Ok(sharing::fragment_body(&self.document, tick, selection.as_deref(), other.as_deref())?)
    }

    /// The document as canonical text.
    #[must_use]
    pub fn document(&self) -> String {
        to_json(&self.document)
    }

    /// Where the run stands.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "Clock")]
    pub fn clock(&self) -> JsValue {
        to_js(|out| dto::clock(out, &self.world().clock()))
    }

    /// Runs `n` ticks further.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` unless `n` is a whole number that leads to a tick within bounds.
    #[wasm_bindgen(js_name = runTicks)]
    pub fn run_ticks(&mut self, n: f64) -> Result<(), JsValue> {
        let ticks = whole(n, "n", self.ticks_left())?;
        self.history.run_ticks(ticks);
        Ok(())
    }

    /// Runs until right after the next event of one of `kinds` (any if empty), but no further than
    /// `max_ticks`. Tells whether it came.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` for a kind that does not exist or ticks out of bounds.
    #[wasm_bindgen(js_name = runToEvent)]
    pub fn run_to_event(&mut self, kinds: Vec<String>, max_ticks: f64) -> Result<bool, JsValue> {
        let wanted = event_filter(&kinds)?;
        let ticks = whole(max_ticks, "maxTicks", self.ticks_left())?;
        let clock = self.world().clock();
        let until = clock.now + Ns(ticks * clock.tick_ns);
        Ok(self.history.run_to_event(wanted, until).is_some())
    }

    /// Goes to the start of a tick, forwards or backwards.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` unless `tick` is a whole number within bounds.
    pub fn seek(&mut self, tick: f64) -> Result<(), JsValue> {
        self.history.seek(self::tick(tick, "tick")?);
        Ok(())
    }

    /// Part of the way to the start of a tick: runs over at most `budget_ticks`. Whether it has come
    /// there; else the next call goes on, and all methods tell of where it stands.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` unless both are whole numbers within bounds.
    #[wasm_bindgen(js_name = seekSome)]
    pub fn seek_some(&mut self, tick: f64, budget_ticks: f64) -> Result<bool, JsValue> {
        let budget = whole(budget_ticks, "budgetTicks", MAX_TICK)?;
        Ok(self.history.seek_some(self::tick(tick, "tick")?, budget))
    }

    /// Nodes, CPUs, memory and distances.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "Machine")]
    pub fn machine(&self) -> JsValue {
        to_js(|out| dto::machine(out, &self.world().machine(), &self.world().node_moves()))
    }

    /// All tasks, in the order of the scenario.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "Task[]")]
    pub fn tasks(&self) -> JsValue {
        to_js(|out| dto::tasks(out, &self.world().tasks()))
    }

    /// All address spaces, in the order of the scenario.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "Mm[]")]
    pub fn mms(&self) -> JsValue {
        to_js(|out| dto::mms(out, &self.world().mms()))
    }

    /// Counters by the names of `/proc/vmstat`.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "Record<string, number>")]
    pub fn vmstat(&self) -> JsValue {
        to_js(|out| dto::vmstat(out, &self.world().vmstat()))
    }

    /// How often the kernel's functions ran, in an order that is always the same, callers before those
    /// they call.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "CallCount[]")]
    pub fn calls(&self) -> JsValue {
        to_js(|out| dto::calls(out, self.world().calls()))
    }

    /// The kernel's structures behind a task, a process (the task's if left out), one of its mappings
    /// and a page of that: the fields that are modelled, in the kernel's order. What is not there is
    /// left out.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "KernelStruct[]")]
    pub fn structs(&self, task: Option<u16>, process: Option<u16>, vma: Option<u16>, page: Option<u32>) -> JsValue {
        let subject = Subject {
            task: task.map(TaskIdx),
            process: process.map(ProcIdx),
            vma: vma.map(VmaIdx),
            page: page.map(PageIdx),
        };
        to_js(|out| dto::structs(out, &self.world().structs(subject)))
    }

    /// Up to `max` events from the number `from_seq` on. Only the last 65,536 are kept.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` unless both are whole numbers.
    #[wasm_bindgen(unchecked_return_type = "SimEvent[]")]
    pub fn events(&self, from_seq: f64, max: f64) -> Result<JsValue, JsValue> {
        let from_seq = whole(from_seq, "fromSeq", u64::MAX)?;
        let max = whole(max, "max", u64::MAX)?.min(EVENTS_KEPT as u64) as usize;
        let events = self.world().events(from_seq, max);
        Ok(to_js(|out| out.list(&events, |out, event| event_dto::event(out, event, &self.names))))
    }

    /// As [`Self::events`], but events that follow each other and differ only in time and page make
    /// one entry: the newest of them, with the number of the first and how many there are. Up to
    /// four such runs may go on side by side. `max` bounds the entries; the newest are given.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` unless both are whole numbers.
    #[wasm_bindgen(js_name = eventRuns, unchecked_return_type = "SimEventRun[]")]
    pub fn event_runs(&self, from_seq: f64, max: f64) -> Result<JsValue, JsValue> {
        let from_seq = whole(from_seq, "fromSeq", u64::MAX)?;
        let max = whole(max, "max", u64::MAX)?.min(EVENTS_KEPT as u64) as usize;
        let runs = runs::runs(&self.world().events(from_seq, EVENTS_KEPT));
        let newest = &runs[runs.len().saturating_sub(max)..];
        Ok(to_js(|out| out.list(newest, |out, run| event_dto::run(out, run, &self.names))))
    }

    /// Puts another document in the place of this one, and comes back to the tick at which it stands,
    /// as far as running over `budget_ticks` leads (all the way if left out). Where the two differ only
    /// in actions that lie ahead, it goes on standing where it stands; else it runs again from before
    /// the first action that differs, or from the start.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` with everything that is wrong in the document; then nothing changes.
    #[wasm_bindgen(unchecked_return_type = "Replaced")]
    pub fn replace(&mut self, document: &str, budget_ticks: Option<f64>) -> Result<JsValue, JsValue> {
        let budget = whole(budget_ticks.unwrap_or(MAX_TICK as f64), "budgetTicks", MAX_TICK)?;
        let (mut document, scenario) = sharing::open(document)?;
        let target = self.world().clock().tick;
        let is_other = sharing::without_actions(&mut self.document) != sharing::without_actions(&mut document);
        let kept = if is_other {
            self.history = start(&scenario)?;
            Kept::Nothing
        } else {
            let edited_at = actions::first_difference(&self.document, &document, self.world());
            self.history.replace_actions(&scenario, edited_at).map_err(cannot_start)?
        };
        self.names = Names::of(&scenario).with_actions(&actions::in_time(&document, self.world()));
        self.document = document;
        let from = self.world().clock().tick;
        let has_come = kept == Kept::All || self.history.seek_some(target, budget);
        Ok(to_js(|out| course::replaced(out, kept, from, has_come)))
    }

    /// What an edit would come to, were it done now: `document` is the edited one, and the last `count`
    /// actions at `tick` are the edit. Nothing changes. Shows where up to `pages` new pages would be.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` with everything that is wrong in the document.
    #[wasm_bindgen(js_name = previewEdit, unchecked_return_type = "EditPreview")]
    pub fn preview_edit(&self, document: &str, tick: f64, count: u32, pages: u32) -> Result<JsValue, JsValue> {
        let (_, scenario) = sharing::open(document)?;
        let actions = preview::added(&scenario, self.world(), self::tick(tick, "tick")?, count as usize);
        let outcome = self.world().try_actions(&actions, pages.min(MAX_PREVIEW_PAGES));
        Ok(to_js(|out| preview::write(out, &scenario, &actions, outcome)))
    }

    /// The document's actions in order of time, and what became of them so far.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "TimedAction[]")]
    pub fn actions(&self) -> JsValue {
        to_js(|out| actions::write(out, &self.document, self.world()))
    }

    /// What the run came to so far: work, time waited for memory, costs of balancing, for each task
    /// and in all.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "Outcomes")]
    pub fn outcome(&self) -> JsValue {
        to_js(|out| dto::outcomes(out, &self.world().tasks()))
    }

    /// What the columns of [`Self::series`] hold, in order.
    #[must_use]
    #[wasm_bindgen(js_name = seriesColumns, unchecked_return_type = "SeriesColumn[]")]
    pub fn series_columns(&self) -> JsValue {
        to_js(|out| course::columns(out, &self.history))
    }

    /// Figures over the course of the run, up to wherever it ever came: one array for each of
    /// `columns` (numbers of [`Self::series_columns`]; all if left out), and in it one number for
    /// each sample from `from_tick` to `to_tick`. At most `max_points` of them, but no less than two
    /// if there are: the latest, and those before it at equal distances.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` for a tick out of bounds or a column that does not exist.
    #[wasm_bindgen(unchecked_return_type = "Float64Array[]")]
    pub fn series(
        &self,
        from_tick: f64,
        to_tick: f64,
        max_points: f64,
        columns: Option<Vec<u32>>,
    ) -> Result<JsValue, JsValue> {
        let max = whole(max_points, "maxPoints", u32::MAX.into())? as usize;
        let rows = self.history.series(tick(from_tick, "fromTick")?, tick(to_tick, "toTick")?, max);
        Ok(course::series(&rows, self.history.columns().len(), columns)?.into())
    }

    /// Events by which one finds one's way, of some `kinds` (all if empty), from `from_tick` to
    /// `to_tick`, up to wherever the run ever came: not those of single pages, and of scans only
    /// that they begin. At most `max_marks`; what is left out is counted.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` for a tick out of bounds or a kind that does not exist.
    #[wasm_bindgen(unchecked_return_type = "Marks")]
    pub fn marks(&self, from_tick: f64, to_tick: f64, max_marks: f64, kinds: Vec<String>) -> Result<JsValue, JsValue> {
        let max = whole(max_marks, "maxMarks", u32::MAX.into())? as usize;
        let world = self.world();
        let (from, to) = (tick(from_tick, "fromTick")?, tick(to_tick, "toTick")?);
        let between = [from, to].map(|tick| world.time_of_tick(tick));
        let marks = self.history.landmarks(between[0], between[1], max, event_filter(&kinds)?);
        Ok(to_js(|out| course::marks(out, &marks, world, &self.names)))
    }

    /// One page; null where there is none of that number.
    #[must_use]
    #[wasm_bindgen(unchecked_return_type = "Page | null")]
    pub fn page(&self, process: u16, vma: u16, page: u32) -> JsValue {
        let page = PageRef { process: ProcIdx(process), vma: VmaIdx(vma), page: PageIdx(page) };
        to_js(|out| dto::page(out, self.world().page(page)))
    }

    /// The tests that led to an event; given a page, those of its entry in a scanned window. Replays
    /// a copy: the run stays where it is.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` unless `seq` is a whole number.
    #[wasm_bindgen(js_name = explainEvent, unchecked_return_type = "Explanation")]
    pub fn explain_event(&self, seq: f64, page: Option<u32>) -> Result<JsValue, JsValue> {
        let seq = whole(seq, "seq", u64::MAX)?;
        let told = match page {
            Some(page) => self.history.explain_entry(seq, PageIdx(page)),
            None => self.history.explain(seq),
        };
        Ok(to_js(|out| explain_dto::of_event(out, told.as_ref(), &self.names)))
    }

    /// Why a page is where it is, and why it was scanned or passed over last.
    #[must_use]
    #[wasm_bindgen(js_name = explainPage, unchecked_return_type = "Explanation[]")]
    pub fn explain_page(&self, process: u16, vma: u16, page: u32) -> JsValue {
        let page = PageRef { process: ProcIdx(process), vma: VmaIdx(vma), page: PageIdx(page) };
        self.answers(&[Question::PagePlace(page), Question::PageScan(page)])
    }

    /// Why a mapping was scanned or passed over last.
    #[must_use]
    #[wasm_bindgen(js_name = explainVma, unchecked_return_type = "Explanation[]")]
    pub fn explain_vma(&self, process: u16, vma: u16) -> JsValue {
        self.answers(&[Question::VmaScan(ProcIdx(process), VmaIdx(vma))])
    }

    /// Why a thread prefers its node, is on its CPU and scans at its pace. Empty if there is no
    /// such thread.
    #[must_use]
    #[wasm_bindgen(js_name = explainTask, unchecked_return_type = "Explanation[]")]
    pub fn explain_task(&self, tid: u32) -> JsValue {
        let tasks = self.world().tasks();
        let task = tasks.iter().find(|task| task.tid == Tid(tid)).map(|task| task.index);
        let questions =
            task.map(|task| [Question::TaskNode(task), Question::TaskCpu(task), Question::TaskPeriod(task)]);
        self.answers(questions.as_ref().map_or(&[], |questions| &questions[..]))
    }

    /// 16 hex digits over the whole state; equal wherever the state is.
    #[must_use]
    pub fn digest(&self) -> String {
        format!("{:016x}", self.world().digest())
    }

    /// Draws an address space and tells where everything is.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` for a process that does not exist or a size out of bounds.
    #[wasm_bindgen(js_name = paintSpace, unchecked_return_type = "SpacePicture")]
    pub fn paint_space(
        &mut self,
        ctx: &CanvasRenderingContext2d,
        #[wasm_bindgen(unchecked_param_type = "SpaceRequest")] req: JsValue,
    ) -> Result<JsValue, JsValue> {
        let request = SpaceRequest::from_js(&req)?;
        let mut out = Writer::default();
        self.easel.paint_space(self.history.world(), &request, &mut out)?;
        self.easel.show(ctx)?;
        Ok(from_json(out))
    }

    /// What is drawn at a point of the last [`Self::paint_space`], in CSS px; null if nothing.
    #[must_use]
    #[wasm_bindgen(js_name = spaceHit, unchecked_return_type = "SpaceHit | null")]
    pub fn space_hit(&self, x: f64, y: f64) -> JsValue {
        to_js(|out| picture::hit(out, self.easel.space_hit(x, y)))
    }

    /// Draws the machine and tells where everything is.
    ///
    /// # Errors
    /// Throws a `ScenarioFailure` for a size out of bounds.
    #[wasm_bindgen(js_name = paintMachine, unchecked_return_type = "MachinePicture")]
    pub fn paint_machine(
        &mut self,
        ctx: &CanvasRenderingContext2d,
        #[wasm_bindgen(unchecked_param_type = "MachineRequest")] req: JsValue,
    ) -> Result<JsValue, JsValue> {
        let request = MachineRequest::from_js(&req)?;
        let mut out = Writer::default();
        self.easel.paint_machine(self.history.world(), &request, &mut out)?;
        self.easel.show(ctx)?;
        Ok(from_json(out))
    }
}

impl Playground {
    fn world(&self) -> &World {
        self.history.world()
    }

    fn answers(&self, questions: &[Question]) -> JsValue {
        to_js(|out| explain_dto::answers(out, &self.history, questions, &self.names))
    }

    fn ticks_left(&self) -> u64 {
        MAX_TICK.saturating_sub(self.world().clock().tick.0)
    }
}

fn start(scenario: &Scenario) -> Result<History, ScenarioFailure> {
    History::new(scenario).map_err(cannot_start)
}

fn cannot_start(error: SetupError) -> ScenarioFailure {
    ScenarioFailure::one("", format!("cannot start: {error}"), format!("无法启动：{error}"))
}

fn tick(number: f64, path: &str) -> Result<Tick, ScenarioFailure> {
    whole(number, path, MAX_TICK).map(Tick)
}

fn event_filter(kinds: &[String]) -> Result<EventFilter, ScenarioFailure> {
    if kinds.is_empty() {
        return Ok(EventFilter::any());
    }
    let classes: Result<Vec<EventClass>, ScenarioFailure> =
        kinds.iter().enumerate().map(|(place, kind)| event_class(place, kind)).collect();
    Ok(EventFilter::kinds(&classes?))
}

fn event_class(place: usize, kind: &str) -> Result<EventClass, ScenarioFailure> {
    EventClass::from_str_opt(kind).ok_or_else(|| {
        ScenarioFailure::one(
            &format!("kinds[{place}]"),
            format!("no kind of event is called \"{kind}\""),
            format!("没有名为“{kind}”的事件类型"),
        )
    })
}
