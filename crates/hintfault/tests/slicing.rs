//! Slicing never shows: however a stretch of time is divided, the machine ends in one state.

mod common;

use hintfault::time::{Ns, Tick};
use hintfault::{EventClass, EventFilter, History, World};
use proptest::prelude::*;

#[test]
fn ten_thousand_single_ticks_equal_one_run_and_a_seek() {
    let scenario = common::crowd();
    let mut single = World::new(&scenario).unwrap();
    for _ in 0..10_000 {
        single.run_ticks(1);
    }
    let mut whole = World::new(&scenario).unwrap();
    whole.run_ticks(10_000);
    let mut history = History::new(&scenario).unwrap();
    history.seek(Tick(10_000));
    assert_eq!(single.digest(), whole.digest());
    assert_eq!(history.world().digest(), whole.digest());
    assert_eq!(single.tasks(), whole.tasks());
    assert_eq!(single.events(0, usize::MAX), history.world().events(0, usize::MAX));
    assert!(whole.vmstat().numa_pages_migrated > 1000, "the scenario does something");
}

#[test]
fn going_back_and_forth_ends_where_running_does() {
    let scenario = common::crowd();
    let mut history = History::new(&scenario).unwrap();
    history.seek(Tick(900));
    let at_900 = history.world().digest();
    for tick in [13, 640, 0, 899, 1500, 31, 900] {
        history.seek(Tick(tick));
        let mut fresh = World::new(&scenario).unwrap();
        fresh.run_ticks(tick);
        assert_eq!(history.world().digest(), fresh.digest(), "tick {tick}");
    }
    assert_eq!(history.world().digest(), at_900);
}

#[test]
fn stopping_at_events_changes_nothing() {
    let scenario = common::thread_moved(2000);
    let until = Ns::from_ms(1500);
    let mut stopped = World::new(&scenario).unwrap();
    let mut stops = 0;
    while stopped.run_to_event(EventFilter::kinds(&[EventClass::HintFault]), until).is_some() {
        stops += 1;
    }
    let mut whole = World::new(&scenario).unwrap();
    whole.run_until(until);
    assert_eq!((stops, stopped.digest()), (2000, whole.digest()));
}

#[test]
fn a_seek_after_a_stop_between_ticks_goes_back_to_the_tick() {
    let mut history = History::new(&common::thread_moved(2000)).unwrap();
    history.seek(Tick(250));
    let at_tick = history.world().digest();
    let found = history.run_to_event(EventFilter::kinds(&[EventClass::HintFault]), Ns::from_ms(5000));
    assert!(found.is_some());
    let tick = history.world().clock().tick;
    history.seek(tick);
    assert_eq!(history.world().clock().now, history.world().time_of_tick(tick));
    history.seek(Tick(250));
    assert_eq!(history.world().digest(), at_tick);
}

#[test]
fn free_threads_slice_alike() {
    let scenario = common::free_crowd();
    let mut single = World::new(&scenario).unwrap();
    for _ in 0..2000 {
        single.run_ticks(1);
    }
    let mut whole = World::new(&scenario).unwrap();
    whole.run_ticks(2000);
    assert_eq!(single.digest(), whole.digest());
    assert_eq!(single.tasks(), whole.tasks());
    let mut history = History::new(&scenario).unwrap();
    for tick in [2000, 77, 1999, 2000] {
        history.seek(Tick(tick));
    }
    assert_eq!(history.world().digest(), whole.digest());
    let moves = EventFilter::kinds(&[EventClass::TaskMoved]);
    let events = whole.events(0, usize::MAX);
    assert!(events.iter().filter(|event| moves.matches(event)).count() > 10, "the scenario does something");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_division_of_time_ends_alike(
        cuts in prop::collection::vec(1u64..40_000_000, 1..40), is_free in any::<bool>(),
    ) {
        let scenario = if is_free { common::free_crowd() } else { common::crowd() };
        common::slicing_never_shows(&scenario, &cuts);
    }
}
