//! What is kept of a run's course: figures for charts and landmarks. However the run was sliced,
//! sought through and rewound, both are those of a straight run.

mod common;

use hintfault::event::{EventKind, MoveCause};
use hintfault::ids::{CpuId, Tid};
use hintfault::input::{Action, Scenario, TimedAction};
use hintfault::time::{Ns, Tick};
use hintfault::{Column, EventClass, EventFilter, Figure, History, Kept, Landmarks, SetupError, World};
use proptest::prelude::*;

const LAST: Tick = Tick(u64::MAX);

fn straight(scenario: &Scenario, ticks: u64) -> History {
    let mut history = History::new(scenario).expect("starts");
    history.run_ticks(ticks);
    history
}

fn all(history: &History) -> (Vec<Vec<i64>>, Landmarks) {
    let rows = history.series(Tick(0), LAST, usize::MAX).into_iter().map(<[i64]>::to_vec).collect();
    (rows, history.landmarks(Ns::ZERO, Ns::NEVER, usize::MAX, EventFilter::any()))
}

fn place(history: &History, figure: Figure, of: Option<u16>) -> usize {
    history.columns().iter().position(|&column| column == Column { figure, of }).expect("a column")
}

#[test]
fn a_sample_is_what_the_machine_shows_at_its_tick() {
    let scenario = common::crowd();
    let history = straight(&scenario, 1500);
    let columns = history.columns();
    for tick in [0, 1, 299, 1500] {
        let mut world = World::new(&scenario).unwrap();
        world.run_ticks(tick);
        let rows = history.series(Tick(tick), Tick(tick), 9);
        assert_eq!((rows.len(), rows[0].len()), (1, columns.len()));
        let (stat, tasks, machine) = (world.vmstat(), world.tasks(), world.machine());
        for (column, &value) in columns.iter().zip(rows[0]) {
            let task = || &tasks[usize::from(column.of.unwrap())];
            let expected = match column.figure {
                Figure::Tick => tick,
                Figure::HintFaultsLocal => stat.numa_hint_faults_local,
                Figure::HintFaultsRemote => stat.numa_hint_faults - stat.numa_hint_faults_local,
                Figure::PagesMigrated => stat.numa_pages_migrated,
                Figure::PteUpdates => stat.numa_pte_updates,
                Figure::NodePages => machine.nodes[usize::from(column.of.unwrap())].process_pages.iter().sum(),
                Figure::TaskNode => task().node.0.into(),
                Figure::ScanPeriodMs => task().scan_period_ms.into(),
                Figure::ScanSeq => task().scan_seq as u64,
                Figure::LocalAccesses => task().accesses.local,
                Figure::RemoteAccesses => task().accesses.remote,
            };
            assert_eq!(value, expected as i64, "{column:?} at tick {tick}");
        }
    }
    let migrated = place(&history, Figure::PagesMigrated, None);
    assert!(history.series(Tick(1500), LAST, 2)[0][migrated] > 0, "the scenario does something");
}

#[test]
fn memory_of_others_is_no_page_of_the_scenario() {
    let mut scenario = common::thread_moved(2000);
    scenario.machine.nodes[0].used_pages = 777;
    let history = straight(&scenario, 1000);
    let on = |node| place(&history, Figure::NodePages, Some(node));
    for row in history.series(Tick(0), LAST, usize::MAX) {
        assert_eq!(row[on(0)] + row[on(1)], 2000);
    }
    let last = history.series(Tick(1000), LAST, 2)[0];
    assert!(last[on(1)] > 0, "pages moved");
}

#[test]
fn a_thread_that_does_not_live_is_on_no_node() {
    let mut scenario = common::thread_moved(2000);
    let tid = scenario.processes[0].threads[0].tid;
    scenario.processes[0].threads[0].start = Ns::from_ms(40);
    scenario.actions = vec![TimedAction { at: Ns::from_ms(80), action: Action::Exit { tid } }];
    let history = straight(&scenario, 30);
    let node = place(&history, Figure::TaskNode, Some(0));
    let nodes: Vec<i64> = history.series(Tick(0), LAST, usize::MAX).iter().map(|row| row[node]).collect();
    assert_eq!([nodes[0], nodes[9], nodes[10], nodes[19], nodes[20], nodes[30]], [-1, -1, 1, 1, -1, -1]);
}

#[test]
fn memory_is_bounded_and_samples_stay_evenly_spaced() {
    let history = straight(&common::thread_moved(2000), 9000);
    let ticks: Vec<i64> = history.series(Tick(0), LAST, usize::MAX).iter().map(|row| row[0]).collect();
    assert!((1000..=2049).contains(&ticks.len()), "{}", ticks.len());
    assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] == 8), "{ticks:?}");
    assert_eq!((ticks[0], ticks.last()), (0, Some(&9000)));
}

#[test]
fn few_points_are_even_and_end_with_the_latest() {
    let history = straight(&common::thread_moved(2000), 1003);
    let ticks =
        |from, to, max| -> Vec<i64> { history.series(Tick(from), Tick(to), max).iter().map(|row| row[0]).collect() };
    assert_eq!(ticks(0, u64::MAX, 5), [0, 256, 512, 768, 1003]);
    assert_eq!(ticks(100, 110, 100), (100..=110).collect::<Vec<i64>>());
    assert_eq!(ticks(100, 1000, 2), [1000]);
    assert_eq!(ticks(2000, 3000, 5), [0; 0]);
    assert_eq!(ticks(30, 20, 5), [0; 0]);
    for max in 2..60 {
        let points = ticks(7, 990, max);
        assert!(points.len() <= max && points.last() == Some(&990), "{max}: {points:?}");
    }
}

#[test]
fn landmarks_are_the_events_of_the_run() {
    let scenario = common::free_crowd();
    let history = straight(&scenario, 500);
    let moves = EventFilter::kinds(&[EventClass::TaskMoved, EventClass::SetPreferred]);
    let events = history.world().events(0, usize::MAX);
    let expected: Vec<_> = events.into_iter().filter(|event| moves.matches(event)).collect();
    let landmarks = history.landmarks(Ns::ZERO, Ns::NEVER, usize::MAX, moves);
    assert_eq!(landmarks.shown.iter().map(|mark| mark.event).collect::<Vec<_>>(), expected);
    assert!(expected.len() > 10 && landmarks.omitted == 0);
    let middle = [expected[3].time, expected[7].time];
    let between = expected.iter().filter(|event| (middle[0]..=middle[1]).contains(&event.time)).count();
    assert_eq!(history.landmarks(middle[0], middle[1], usize::MAX, moves).shown.len(), between);
}

#[test]
fn landmarks_that_are_not_shown_are_counted_and_moves_between_nodes_stay_longest() {
    let history = straight(&common::free_crowd(), 2000);
    let node = |cpu: CpuId| cpu.0 / 2;
    let is_between =
        |kind: &EventKind| matches!(kind, EventKind::TaskMoved { from, to, .. } if node(*from) != node(*to));
    let moves = EventFilter::kinds(&[EventClass::TaskMoved]);
    let every = history.landmarks(Ns::ZERO, Ns::NEVER, usize::MAX, moves);
    let all = every.shown.len() as u64 + every.omitted;
    let between = every.shown.iter().filter(|mark| is_between(&mark.event.kind)).count();
    assert!(between > 0 && between < every.shown.len(), "{between} of {all}");
    let kept = history.landmarks(Ns::ZERO, Ns::NEVER, between, moves);
    assert!(kept.shown.len() == between && kept.shown.iter().all(|mark| is_between(&mark.event.kind)));
    for max in 1..every.shown.len() {
        let few = history.landmarks(Ns::ZERO, Ns::NEVER, max, moves);
        assert!(few.shown.len() <= max);
        assert_eq!(few.shown.len() as u64 + few.omitted, all);
    }
}

#[test]
fn landmarks_are_bounded_however_long_the_run() {
    let mut scenario = common::thread_moved(100);
    let tid = scenario.processes[0].threads[0].tid;
    let to = |cpu: u16| Action::SetAffinity { tid: Tid(tid.0), cpus: vec![CpuId(cpu)] };
    let moves = (0..3000).map(|n| TimedAction { at: Ns::from_ms(4 * n + 1), action: to(n as u16 % 2 * 2) });
    scenario.actions = moves.collect();
    let history = straight(&scenario, 3001);
    let moved = history.landmarks(Ns::ZERO, Ns::NEVER, usize::MAX, EventFilter::kinds(&[EventClass::TaskMoved]));
    assert!((1024..=2048).contains(&moved.shown.len()), "{}", moved.shown.len());
    assert!(matches!(moved.shown[0].event.kind, EventKind::TaskMoved { cause: MoveCause::Affinity, .. }));
    assert_eq!(moved.shown.len() as u64 + moved.omitted, 2999 + u64::from(moved.shown[0].event.time < Ns::from_ms(4)));
    assert!(moved.shown.windows(2).all(|pair| pair[0].event.seq < pair[1].event.seq));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_course_does_not_depend_on_how_one_came_through_it(
        walk in prop::collection::vec((0u8..4, 0u64..700), 1..12), is_free in any::<bool>(),
    ) {
        let scenario = if is_free { common::free_crowd() } else { common::crowd() };
        let mut history = History::new(&scenario).unwrap();
        let mut furthest = 0;
        for (way, amount) in walk {
            let tick = history.world().clock().tick.0;
            match way {
                0 => history.run_ticks(amount / 4),
                1 => history.seek(Tick(amount)),
                2 => while !history.seek_some(Tick(amount), 1 + amount / 7) {},
                _ => {
                    let until = history.world().time_of_tick(Tick(tick + 1 + amount % 40));
                    for _ in 0..50 {
                        let kinds = EventFilter::kinds(&[EventClass::HintFault, EventClass::PeriodConsumed]);
                        history.run_to_event(kinds, until);
                    }
                }
            }
            furthest = history.world().clock().tick.0.max(furthest);
        }
        // What happened since the furthest tick is known too.
        history.seek(Tick(furthest + 1));
        let expected = straight(&scenario, furthest + 1);
        prop_assert_eq!(all(&history), all(&expected));
        prop_assert_eq!(history.world().digest(), expected.world().digest());
    }
}

/// Puts edited actions in the place of those that were.
fn edit(history: &mut History, scenario: &Scenario, edited: &Scenario) -> Result<Kept, SetupError> {
    let [old, new] = [scenario, edited].map(|scenario| &scenario.actions);
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let next = [old, new].map(|actions| actions.get(same).map_or(Ns::NEVER, |action| action.at));
    history.replace_actions(edited, next[0].min(next[1]))
}

fn with_actions(scenario: &Scenario, actions: &[TimedAction]) -> Scenario {
    Scenario { actions: actions.to_vec(), ..scenario.clone() }
}

/// Moves of threads and changed settings at the moments given in microseconds.
fn actions(scenario: &Scenario, moments: &[(u64, u16)]) -> Vec<TimedAction> {
    let tids: Vec<Tid> = scenario.processes.iter().flat_map(|process| &process.threads).map(|t| t.tid).collect();
    let mut actions: Vec<TimedAction> = Vec::new();
    for &(moment, what) in moments {
        let tid = tids[usize::from(what) % tids.len()];
        let action = match what % 5 {
            0 => Action::SetSysctl(hintfault::input::Sysctl { scan_size_mb: 1 + u32::from(what), ..scenario.sysctl }),
            _ => Action::SetAffinity { tid, cpus: vec![CpuId(what % 4)] },
        };
        actions.push(TimedAction { at: Ns(moment * 1000), action });
    }
    actions.sort_by_key(|action| action.at);
    actions
}

#[test]
fn an_edit_ahead_keeps_everything() {
    let scenario = common::thread_moved(2000);
    let mut history = straight(&scenario, 300);
    let before = (history.world().digest(), all(&history));
    let edited = with_actions(&scenario, &actions(&scenario, &[(1_200_001, 6)]));
    assert_eq!(edit(&mut history, &scenario, &edited), Ok(Kept::All));
    assert_eq!((history.world().digest(), all(&history)), before);
    history.run_ticks(300);
    assert_eq!(all(&history), all(&straight(&edited, 600)));
    assert_eq!(edit(&mut history, &edited, &scenario), Ok(Kept::Past));
    assert_eq!(history.world().clock().tick, Tick(288));
    assert_eq!(history.series(Tick(0), LAST, 2).last().unwrap()[0], 300);
    history.seek(Tick(600));
    assert_eq!(all(&history), all(&straight(&scenario, 600)));
}

#[test]
fn an_edit_at_the_start_starts_anew() {
    let scenario = common::thread_moved(2000);
    let mut history = straight(&scenario, 300);
    let at_once = with_actions(&scenario, &actions(&scenario, &[(0, 3)]));
    assert_eq!(edit(&mut history, &scenario, &at_once), Ok(Kept::Nothing));
    assert_eq!(all(&history), all(&straight(&at_once, 0)));
    history.seek(Tick(300));
    let digest = history.world().digest();
    assert_eq!(digest, straight(&at_once, 300).world().digest());
    assert_eq!(edit(&mut history, &at_once, &at_once), Ok(Kept::All));
    let mut broken = at_once.clone();
    broken.actions[0].at = Ns::NEVER;
    broken.actions.push(TimedAction { at: Ns::ZERO, action: broken.actions[0].action.clone() });
    assert!(edit(&mut history, &at_once, &broken).is_err(), "actions out of order");
    assert_eq!(history.world().digest(), digest);
    assert_eq!(history.world().clock().tick, Tick(300));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn an_edited_run_is_that_of_the_edited_scenario(
        edits in prop::collection::vec((prop::collection::vec((0u64..2_800_000, any::<u16>()), 0..5), 0u64..700), 1..6),
        which in 0u8..3,
    ) {
        let scenario = match which {
            0 => common::free_crowd(),
            1 => common::crowd(),
            _ => common::thread_moved(4000),
        };
        let mut history = History::new(&scenario).unwrap();
        let mut present = scenario.clone();
        for (moments, tick) in edits {
            let edited = with_actions(&scenario, &actions(&scenario, &moments));
            history.seek(Tick(tick));
            edit(&mut history, &present, &edited).unwrap();
            present.clone_from(&edited);
            let expected = straight(&edited, tick);
            history.seek(Tick(tick));
            prop_assert_eq!(history.world().digest(), expected.world().digest());
            prop_assert_eq!(history.world().events(0, usize::MAX), expected.world().events(0, usize::MAX));
            let rows = history.series(Tick(0), Tick(tick), usize::MAX);
            prop_assert_eq!(rows, expected.series(Tick(0), Tick(tick), usize::MAX));
            let until = expected.world().clock().now;
            let marks = |history: &History| history.landmarks(Ns::ZERO, until, usize::MAX, EventFilter::any());
            prop_assert_eq!(marks(&history), marks(&expected));
        }
    }

    /// A scan passes over pages that are at home in one go; an action in between, which moves the
    /// thread away from them, must still come in between.
    #[test]
    fn an_edit_in_the_middle_of_a_scan_is_as_if_it_had_always_been_there(after_us in 1u64..400) {
        let mut scenario = common::thread_moved(60_000);
        scenario.processes[0].threads[0].affinity = vec![CpuId(0)];
        let mut history = History::new(&scenario).unwrap();
        let begins = EventFilter::kinds(&[EventClass::ScanBegin]);
        let begin = history.run_to_event(begins, Ns::from_ms(2000)).unwrap();
        let at = begin.time + Ns(after_us * 1000);
        history.run_to_event(EventFilter::kinds(&[EventClass::TaskExit]), at.saturating_since(Ns(1)));
        let away = Action::SetAffinity { tid: scenario.processes[0].threads[0].tid, cpus: vec![CpuId(2)] };
        let edited = with_actions(&scenario, &[TimedAction { at, action: away }]);
        edit(&mut history, &scenario, &edited).unwrap();
        history.seek(Tick(700));
        let expected = straight(&edited, 700);
        prop_assert!(expected.world().vmstat().numa_pte_updates > 0, "pages away from home");
        prop_assert_eq!(history.world().digest(), expected.world().digest());
    }
}
