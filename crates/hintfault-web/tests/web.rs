//! The class in a real browser: same state, same pixels as natively, errors as plain objects.
#![cfg(target_arch = "wasm32")]

use hintfault_scenario::presets;
use hintfault_web::Playground;
use js_sys::{Array, Float64Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

wasm_bindgen_test_configure!(run_in_browser);

/// When the golden picture was taken.
const PICTURE_TICK: f64 = 300.0;

fn get(object: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(object.clone(), |value, key| {
        Reflect::get(&value, &key.into()).unwrap_or_else(|_| panic!("{key} of {path}"))
    })
}

fn number(object: &JsValue, path: &str) -> f64 {
    get(object, path).as_f64().unwrap_or_else(|| panic!("{path} is no number"))
}

fn string(object: &JsValue, path: &str) -> String {
    get(object, path).as_string().unwrap_or_else(|| panic!("{path} is no string"))
}

fn json(value: &JsValue) -> String {
    JSON::stringify(value).expect("plain").into()
}

fn parsed(text: &str) -> JsValue {
    JSON::parse(text).expect("JSON")
}

fn preset(id: &str) -> String {
    let found = presets::find(id);
    found.unwrap_or_else(|| panic!("no preset {id}")).text.to_owned()
}

fn default_playground() -> Playground {
    Playground::new(presets::ALL[0].text).expect("the default scenario starts")
}

fn everything(playground: &Playground) -> Vec<String> {
    let views = [
        playground.clock(),
        playground.machine(),
        playground.tasks(),
        playground.mms(),
        playground.vmstat(),
        playground.events(0.0, 100_000.0).expect("events"),
    ];
    let views = views.into_iter().map(|view| json(&view));
    views.chain([playground.digest()]).collect()
}

/// Asserts that something was thrown as a `ScenarioFailure`, and gives its first path.
fn thrown_path<T>(result: Result<T, JsValue>) -> String {
    let Err(thrown) = result else { panic!("nothing was thrown") };
    assert!(thrown.is_instance_of::<Object>(), "{thrown:?} is no object");
    let errors: Array = get(&thrown, "errors").unchecked_into();
    assert!(errors.length() > 0);
    for error in errors.iter() {
        assert!(!string(&error, "message").is_empty() && !string(&error, "messageZh").is_empty());
    }
    string(&thrown, "errors.0.path")
}

#[wasm_bindgen_test]
fn digests_are_those_of_the_native_build() {
    let golden = include_str!("golden/digests.txt");
    assert!(golden.lines().count() >= 20);
    for line in golden.lines() {
        let mut words = line.split(' ');
        let mut word = || words.next().expect("three words a line");
        let (id, tick, digest) = (word(), word(), word());
        let mut playground = Playground::new(&preset(id)).expect("presets start");
        playground.seek(tick.parse().expect("a number")).expect("within bounds");
        assert_eq!(playground.digest(), digest, "{id} at tick {tick}");
    }
}

#[wasm_bindgen_test]
fn ten_thousand_ticks_are_the_same_in_any_slices() {
    let mut one_by_one = default_playground();
    for _ in 0..10_000 {
        one_by_one.run_ticks(1.0).expect("within bounds");
    }
    let mut at_once = default_playground();
    at_once.run_ticks(10_000.0).expect("within bounds");
    let mut sought = default_playground();
    sought.seek(12_000.0).expect("within bounds");
    sought.seek(10_000.0).expect("within bounds");
    assert_eq!(number(&at_once.clock(), "tick"), 10_000.0);
    assert_eq!(everything(&one_by_one), everything(&at_once));
    assert_eq!(everything(&sought), everything(&at_once));
}

#[wasm_bindgen_test]
fn stepping_by_events_stops_at_each_and_changes_nothing() {
    let mut playground = default_playground();
    let kinds = vec!["hint_fault".to_owned()];
    for _ in 0..50 {
        let first_new = number(&playground.clock(), "events");
        assert!(playground.run_to_event(kinds.clone(), 5000.0).expect("a kind"));
        let events: Array = playground.events(first_new, 100_000.0).expect("events").unchecked_into();
        let faults: Vec<JsValue> = events.iter().filter(|event| string(event, "kind") == "hint_fault").collect();
        assert_eq!(faults.len(), 1, "stops at the first one");
        assert!(string(&faults[0], "says").starts_with("hint_fault_"));
        assert!(string(&faults[0], "values.1").starts_with("0x"));
    }
    let tick = number(&playground.clock(), "tick");
    playground.seek(tick + 1.0).expect("within bounds");
    let mut straight = default_playground();
    straight.seek(tick + 1.0).expect("within bounds");
    assert_eq!(everything(&playground), everything(&straight));
    assert!(!straight.run_to_event(vec!["task_exit".to_owned()], 10.0).expect("a kind"));
}

#[wasm_bindgen_test]
fn runs_of_events_tell_how_many_they_are() {
    let mut playground = default_playground();
    playground.seek(1000.0).expect("within bounds");
    let runs: Array = playground.event_runs(0.0, 1000.0).expect("runs").unchecked_into();
    let total: f64 = runs.iter().map(|run| number(&run, "count")).sum();
    assert_eq!(total, number(&playground.clock(), "events"));
    let last: Array = playground.event_runs(0.0, 2.0).expect("runs").unchecked_into();
    assert_eq!(last.length(), 2);
    assert_eq!(json(&last.get(1)), json(&runs.get(runs.length() - 1)));
    assert!(number(&last, "0.firstSeq") <= number(&last, "0.seq"));
}

#[wasm_bindgen_test]
fn series_are_columns_of_numbers() {
    let mut playground = default_playground();
    while !playground.seek_some(1000.0, 300.0).expect("within bounds") {}
    playground.seek(10.0).expect("within bounds");
    let columns: Array = playground.series_columns().unchecked_into();
    let all: Array = playground.series(0.0, 1e6, 101.0, None).expect("samples").unchecked_into();
    assert_eq!(all.length(), columns.length());
    let ticks: Float64Array = all.get(0).unchecked_into();
    assert!((50..=101).contains(&ticks.length()));
    assert_eq!((ticks.get_index(1), ticks.get_index(ticks.length() - 1)), (16.0, 1000.0));
    let migrated = (0..columns.length()).find(|&place| string(&columns.get(place), "figure") == "pages_migrated");
    let migrated = migrated.expect("a column");
    let one: Array = playground.series(999.0, 1000.0, 10.0, Some(vec![migrated])).expect("a sample").unchecked_into();
    assert_eq!((one.length(), Float64Array::from(one.get(0)).length()), (1, 2));
    playground.seek(1000.0).expect("within bounds");
    assert_eq!(Float64Array::from(one.get(0)).get_index(1), number(&playground.vmstat(), "numa_pages_migrated"));
    assert_eq!(thrown_path(playground.series(0.0, 1.0, 5.0, Some(vec![999]))), "columns[0]");
    assert_eq!(thrown_path(playground.series(-1.0, 1.0, 5.0, None)), "fromTick");
}

#[wasm_bindgen_test]
fn an_edit_runs_again_only_from_where_it_takes_effect() {
    let mut playground = default_playground();
    playground.seek(1000.0).expect("within bounds");
    let action = r#"{"at_tick":900,"sysctl":{"scan_size_mb":8}}"#;
    let document = playground.document();
    assert!(!document.contains("\"actions\""));
    let edited = format!("{},\"actions\":[{action}]}}", document.trim_end().trim_end_matches('}'));
    let replaced = playground.replace(&edited, Some(20.0)).expect("an action");
    assert_eq!(string(&replaced, "kept"), "past");
    let from = number(&replaced, "fromTick");
    assert!((850.0..900.0).contains(&from), "{from}");
    assert_eq!(number(&playground.clock(), "tick"), from + 20.0);
    assert!(!get(&replaced, "done").is_truthy());
    while !playground.seek_some(1000.0, 20.0).expect("within bounds") {}
    let mut fresh = Playground::new(&edited).expect("starts");
    fresh.seek(1000.0).expect("within bounds");
    assert_eq!(everything(&playground), everything(&fresh));
    assert_eq!(playground.document(), fresh.document());
    assert_eq!(string(&playground.replace(&edited, None).expect("the same"), "kept"), "all");
    assert_eq!(thrown_path(playground.replace("{", None)), "");
    let replaced = playground.replace(&preset("off"), None);
    assert_eq!(number(&playground.clock(), "tick"), 1000.0);
    assert_eq!(string(&replaced.expect("a preset"), "kept"), "nothing");
}

#[wasm_bindgen_test]
fn the_call_tree_counts() {
    let mut playground = default_playground();
    playground.seek(700.0).expect("within bounds");
    let calls: Array = playground.calls().unchecked_into();
    let call = |name: &str| calls.iter().find(|call| string(call, "name") == name).expect("a function");
    assert_eq!(number(&call("do_numa_page"), "total"), number(&playground.vmstat(), "numa_hint_faults"));
    assert_eq!(number(&call("task_tick_fair"), "lately"), 1.0);
    let caller = number(&call("mpol_misplaced"), "caller");
    assert_eq!(string(&calls.get(caller as u32), "name"), "numa_migrate_check");
    assert!(get(&call("handle_mm_fault"), "caller").is_null());
}

#[wasm_bindgen_test]
fn structures_have_names_values_and_units() {
    let mut playground = default_playground();
    playground.seek(300.0).expect("within bounds");
    let structs: Array = playground.structs(Some(0), None, Some(0), Some(0)).unchecked_into();
    let names: Vec<String> = structs.iter().map(|each| string(&each, "name")).collect();
    assert_eq!(names[0], "task_struct");
    let field = |of: &str, field: &str| {
        let each = structs.iter().find(|each| string(each, "name") == of).expect("a structure");
        let fields: Array = get(&each, "fields").unchecked_into();
        json(&fields.iter().find(|each| string(each, "0") == field).expect("a field"))
    };
    assert_eq!(field("task_struct", "cpu"), r#"["cpu",2,"cpu"]"#);
    let start = string(&playground.mms(), "0.vmas.0.start");
    assert_eq!(field("vm_area_struct", "vm_start"), format!(r#"["vm_start","{start}","address"]"#));
    assert_eq!(Array::from(&playground.structs(None, None, None, None)).length(), 0);
}

#[wasm_bindgen_test]
fn actions_tell_what_became_of_them() {
    let document = default_playground().document();
    let actions = r#""actions":[{"at_tick":20,"kill":1000},{"at_tick":10,"kill":1000}]}"#;
    let document = format!("{},{actions}", document.trim_end().trim_end_matches('}'));
    let mut playground = Playground::new(&document).expect("valid");
    playground.seek(15.0).expect("within bounds");
    let list = playground.actions();
    assert_eq!([number(&list, "0.index"), number(&list, "1.index")], [1.0, 0.0]);
    assert!(get(&list, "0.applied").is_truthy() && !get(&list, "1.applied").is_truthy());
    assert_eq!(number(&list, "1.action.kill"), 1000.0);
    playground.seek(20.0).expect("within bounds");
    assert_eq!(string(&playground.actions(), "1.refused.errno"), "ESRCH");
    let marks = playground.marks(0.0, 30.0, 9.0, vec!["action_applied".to_owned()]).expect("marks");
    assert_eq!([number(&marks, "marks.0.action"), number(&marks, "marks.1.action")], [1.0, 0.0]);
    assert_eq!(string(&marks, "marks.1.errno"), "ESRCH");
    assert_eq!(string(&marks, "marks.1.says"), "action_applied_refused");
    assert_eq!(string(&marks, "marks.1.values.0"), "0");
    let outcome = playground.outcome();
    assert_eq!(number(&outcome, "all.elapsedMs"), 40.0);
    assert_eq!(number(&outcome, "tasks.0.runtimeMs"), 40.0);
}

#[wasm_bindgen_test]
fn marks_lead_to_their_events() {
    let mut playground = default_playground();
    playground.seek(1000.0).expect("within bounds");
    let kinds = vec!["scan_begin".to_owned(), "set_preferred".to_owned()];
    let marks = playground.marks(0.0, 1e6, 100.0, kinds).expect("marks");
    assert_eq!(number(&marks, "omitted"), 0.0);
    let first = get(&marks, "marks.0");
    assert_eq!(string(&first, "kind"), "scan_begin");
    playground.seek(number(&first, "tick")).expect("within bounds");
    let events: Array = playground.events(number(&first, "seq"), 1.0).expect("events").unchecked_into();
    assert_eq!(string(&events.get(0), "says"), string(&first, "says"));
    assert_eq!(thrown_path(playground.marks(0.0, 9.0, 9.0, vec!["coffee".to_owned()])), "kinds[0]");
}

#[wasm_bindgen_test]
fn the_default_scenario_moves_all_of_its_pages() {
    let mut playground = default_playground();
    playground.run_ticks(5000.0).expect("within bounds");
    let mms = playground.mms();
    let vmstat = playground.vmstat();
    assert_eq!(number(&vmstat, "numa_pages_migrated"), number(&mms, "0.vmas.0.pages"));
    assert_eq!(number(&mms, "0.vmas.0.nodePages.0"), 0.0);
}

#[wasm_bindgen_test]
fn a_fragment_restores_document_tick_and_selection() {
    let mut playground = default_playground();
    playground.seek(321.0).expect("within bounds");
    let body = playground.fragment_body(Some("page:0:0:7".to_owned()), None).expect("a body");
    let shared = Playground::read_fragment("a", &body).expect("own fragments are read");
    assert_eq!(string(&shared, "document"), playground.document());
    assert_eq!(number(&shared, "tick"), 321.0);
    assert_eq!(string(&shared, "selection"), "page:0:0:7");
    let mut restored = Playground::new(&string(&shared, "document")).expect("starts");
    restored.seek(number(&shared, "tick")).expect("within bounds");
    assert_eq!(everything(&restored), everything(&playground));
    assert!(get(&shared, "other").is_null());
}

#[wasm_bindgen_test]
fn a_fragment_carries_what_is_compared() {
    let playground = default_playground();
    let off = Playground::new(&preset("off")).expect("starts").document();
    let body = playground.fragment_body(None, Some(off.clone())).expect("a body");
    let shared = Playground::read_fragment("a", &body).expect("own fragments are read");
    assert_eq!((string(&shared, "document"), string(&shared, "other")), (playground.document(), off));
    assert_eq!(thrown_path(playground.fragment_body(None, Some("{".to_owned()))), "");
}

#[wasm_bindgen_test]
fn hostile_fragments_are_refused_in_words() {
    let good = default_playground().fragment_body(None, None).expect("a body");
    for fragment in ["", "zzzz", "\u{1F4A3}", &"a".repeat(1 << 20)] {
        assert_eq!(thrown_path(Playground::read_fragment(fragment, &good)), "link", "{fragment}");
    }
    for body in ["", "{}", &" ".repeat((1 << 20) + 1)] {
        assert_eq!(thrown_path(Playground::read_fragment("a", body)), "link", "{body}");
    }
    assert_eq!(thrown_path(Playground::read_fragment("a", &good[..good.len() / 2])), "");
}

#[wasm_bindgen_test]
fn documents_that_are_wrong_name_the_field() {
    assert_eq!(thrown_path(Playground::new("{")), "");
    assert_eq!(thrown_path(Playground::new("{\"version\": 9}")), "version");
    assert_eq!(thrown_path(Playground::new("version = 1")), "");
    let broken = preset("thread-moved").replace("64 MiB", "0");
    assert_eq!(thrown_path(Playground::new(&broken)), "processes[0].regions[0].size");
    assert_eq!(thrown_path(Playground::check(&broken)), "processes[0].regions[0].size");
    assert_eq!(Playground::check(&preset("thread-moved")), Ok(()));
}

#[wasm_bindgen_test]
fn pasted_numactl_text_becomes_the_machine() {
    let text = "available: 2 nodes (0-1)\nnode 0 cpus: 0 1 2 3\nnode 0 size: 8192 MB\n\
        node 0 free: 8000 MB\nnode 1 cpus: 4 5 6 7\nnode 1 size: 4096 MB\nnode 1 free: 4000 MB\n\
        node distances:\nnode   0   1\n  0:  10  17\n  1:  17  10\n";
    let document = Playground::from_numactl(text, &preset("thread-moved")).expect("a machine");
    let machine = Playground::new(&document).expect("starts").machine();
    assert_eq!(number(&machine, "nodes.1.cpus.3.id"), 7.0);
    assert_eq!(number(&machine, "distances.0.1"), 17.0);
    let refused = Playground::from_numactl("no machine at all", &preset("thread-moved"));
    thrown_path(refused);
}

#[wasm_bindgen_test]
fn arguments_out_of_bounds_are_named() {
    let mut playground = default_playground();
    assert_eq!(thrown_path(playground.run_ticks(-1.0)), "n");
    assert_eq!(thrown_path(playground.run_ticks(0.5)), "n");
    assert_eq!(thrown_path(playground.run_ticks(f64::INFINITY)), "n");
    assert_eq!(thrown_path(playground.seek(1e12)), "tick");
    assert_eq!(thrown_path(playground.events(f64::NAN, 1.0)), "fromSeq");
    let kinds = vec!["hint_fault".to_owned(), "coffee".to_owned()];
    assert_eq!(thrown_path(playground.run_to_event(kinds, 1.0)), "kinds[1]");
    assert!(playground.page(9, 9, 9).is_null());
    assert_eq!(number(&playground.clock(), "tick"), 0.0);
}

fn canvas() -> (HtmlCanvasElement, CanvasRenderingContext2d) {
    let document = web_sys::window().and_then(|window| window.document()).expect("a page");
    let canvas = document.create_element("canvas").expect("an element");
    let canvas: HtmlCanvasElement = canvas.dyn_into().expect("a canvas");
    let ctx = canvas.get_context("2d").expect("a context").expect("a context");
    (canvas, ctx.dyn_into().expect("a 2d context"))
}

fn golden_picture() -> (u32, u32, Vec<u8>) {
    let file = std::io::Cursor::new(include_bytes!("golden/space.png"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    (info.width, info.height, pixels)
}

#[wasm_bindgen_test]
fn the_canvas_gets_the_golden_pixels() {
    let mut playground = default_playground();
    playground.seek(PICTURE_TICK).expect("within bounds");
    let (canvas, ctx) = canvas();
    let request = parsed(include_str!("golden/space.json"));
    playground.paint_space(&ctx, request).expect("a picture");
    let (width, height, golden) = golden_picture();
    assert_eq!((canvas.width(), canvas.height()), (width, height));
    let image = ctx.get_image_data(0.0, 0.0, width.into(), height.into()).expect("pixels");
    assert!(image.data().0 == golden, "pixels differ from the native picture");
}

#[wasm_bindgen_test]
fn a_texture_changes_the_picture() {
    let mut playground = default_playground();
    // Pages of node 0 have none; by then all are on node 1.
    playground.seek(1000.0).expect("within bounds");
    let mut pixels = |rest: &str| {
        let (_canvas, ctx) = canvas();
        let request = format!(r#"{{"width":320,"height":240,"dark":false,"flash":false,"scale":1{rest}}}"#);
        playground.paint_space(&ctx, parsed(&request)).expect("a picture");
        ctx.get_image_data(0.0, 0.0, 320.0, 240.0).expect("pixels").data().0
    };
    let plain = pixels(r#","textured":false"#);
    assert!(pixels("") == plain, "no texture unless it is asked for");
    assert!(pixels(r#","textured":true"#) != plain);
}

#[wasm_bindgen_test]
fn the_pointer_finds_the_page_under_it() {
    let mut playground = default_playground();
    assert!(playground.space_hit(1.0, 1.0).is_null());
    let (_canvas, ctx) = canvas();
    let request = parsed(include_str!("golden/space.json"));
    let picture = playground.paint_space(&ctx, request).expect("a picture");
    let strip = get(&picture, "strips.0");
    let (x, y) = (number(&strip, "x"), number(&strip, "y"));
    let (width, columns) = (number(&strip, "cellWidth"), number(&strip, "columns"));
    let per_cell = number(&strip, "pagesPerCell");
    let hit = playground.space_hit(x + 2.5 * width, y + 1.5 * width);
    assert_eq!(number(&hit, "page"), (columns + 2.0) * per_cell);
    assert_eq!(number(&hit, "pages"), per_cell);
    assert!(playground.space_hit(-1.0, y).is_null());
    assert!(playground.space_hit(f64::NAN, y).is_null());
    let label = get(&strip, "label");
    assert_eq!(number(&label, "y") + number(&label, "height"), y);
}

#[wasm_bindgen_test]
fn the_machine_is_painted_where_its_layout_says() {
    let mut playground = default_playground();
    let (_canvas, ctx) = canvas();
    let request = parsed(r#"{"width":400,"height":300,"dark":false,"scale":1}"#);
    let picture = playground.paint_machine(&ctx, request).expect("a picture");
    assert_eq!(get(&picture, "nodes").unchecked_into::<Array>().length(), 2);
    assert_eq!(number(&picture, "links.0.distance"), 21.0);
    let node = get(&picture, "nodes.1");
    let (x, y) = (number(&node, "x") + number(&node, "width") / 2.0, number(&node, "y") + 1.0);
    let badge = ctx.get_image_data(x, y, 1.0, 1.0).expect("a pixel").data().0;
    assert_eq!(badge, [0xE6, 0x9F, 0x00, 0xFF]);
}

#[wasm_bindgen_test]
fn pictures_that_cannot_be_are_refused() {
    let mut playground = default_playground();
    let (_canvas, ctx) = canvas();
    let mut refused = |request: &str| thrown_path(playground.paint_space(&ctx, parsed(request)));
    let space = |rest: &str| format!(r#"{{"dark":false,"flash":true,"scale":1,{rest}}}"#);
    assert_eq!(refused(&space(r#""width":1e9,"height":1e9"#)), "req.width");
    assert_eq!(refused(&space(r#""width":10,"height":-3"#)), "req.height");
    assert_eq!(refused(&space(r#""width":10,"height":10,"process":7"#)), "req.process");
    let zoom = r#""width":10,"height":10,"zoom":{"vma":0,"first":99999999,"pages":1}"#;
    assert_eq!(refused(&space(zoom)), "req.zoom.first");
    assert_eq!(refused("{}"), "req.width");
    assert_eq!(refused(&space(r#""width":10,"height":"10""#)), "req.height");
    assert_eq!(refused(&space(r#""width":10,"height":10,"process":-1"#)), "req.process");
    let page = r#""width":10,"height":10,"selected":{"process":0,"vma":0,"page":0.5}"#;
    assert_eq!(refused(&space(page)), "req.selected.page");
    assert_eq!(refused("7"), "req");
    let tiny = r#"{"dark":false,"flash":false,"scale":1000,"width":0,"height":0}"#;
    assert_eq!(refused(tiny), "req.scale");
}

fn checks(explanation: &JsValue) -> u32 {
    get(explanation, "checks").unchecked_into::<Array>().length()
}

#[wasm_bindgen_test]
fn explanations_tell_why_and_leave_the_run_alone() {
    let mut playground = default_playground();
    playground.seek(1000.0).expect("within bounds");
    let before = everything(&playground);
    let faults: Array = playground.events(0.0, 100_000.0).expect("events").unchecked_into();
    let fault = faults.iter().find(|event| string(event, "kind") == "hint_fault").expect("hinting faults");
    let told = playground.explain_event(number(&fault, "seq"), None).expect("a number");
    assert_eq!(json(&get(&told, "event")), json(&fault));
    assert_eq!(string(&told, "verdict.id"), format!("fault_{}", string(&fault, "verdict")));
    assert!(checks(&told) > 5 && get(&told, "unknown").is_null());
    let page = playground.explain_page(0, 0, 77);
    assert_eq!((string(&page, "0.question"), string(&page, "1.question")), ("page_place".into(), "page_scan".into()));
    assert!(checks(&get(&page, "0")) > 0 && checks(&get(&page, "1")) > 0);
    assert!(checks(&get(&playground.explain_vma(0, 0), "0")) > 0);
    let tid = number(&playground.tasks(), "0.tid") as u32;
    assert_eq!(playground.explain_task(tid).unchecked_into::<Array>().length(), 3);
    assert_eq!(everything(&playground), before);
}

#[wasm_bindgen_test]
fn explanations_of_nothing_say_so() {
    let playground = default_playground();
    assert_eq!(thrown_path(playground.explain_event(0.5, None)), "seq");
    let ahead = playground.explain_event(1e9, None).expect("a number");
    assert_eq!(string(&ahead, "unknown"), "no_such_event");
    assert!(get(&ahead, "verdict").is_null());
    assert_eq!(string(&playground.explain_page(9, 9, 9), "0.unknown"), "gone");
    assert_eq!(string(&playground.explain_vma(0, 0), "0.unknown"), "not_yet");
    assert_eq!(playground.explain_task(u32::MAX).unchecked_into::<Array>().length(), 0);
}
