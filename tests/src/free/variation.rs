//! What the recordings leave open, varied: to tell figures that hang on such things from those
//! that the engine gets wrong.

use hintfault::World;
use hintfault::ids::CpuId;
use hintfault::input::{Process, Scenario, Step, Thread};
use hintfault::time::Ns;

use super::threads::{lead_ms, workload_share};
use crate::recording::Recording;

/// How long a turn lasts on the recorded machine: a tick.
const TURN: Ns = Ns::from_ms(4);

/// One way in which a simulation differs from the plain one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variation {
    /// Not at all.
    None,
    /// Ticks come so much earlier, as in the recorded repeats, which begin elsewhere in a tick.
    Start(Ns),
    /// Visits compute so many ten-thousandths longer. How long they take is only known to some
    /// tenths of a percent.
    Speed(u32),
    /// A CPU gets no turn while its thread is further than so many turns ahead of where it was
    /// in the recording: busy CPUs get the shares that the emulator gave them.
    Turns(u32),
}

impl Variation {
    /// All that are tried, those that change least first.
    pub const ALL: [Self; 10] = [
        Self::Start(Ns::from_ms(1)),
        Self::Start(Ns::from_ms(2)),
        Self::Start(Ns::from_ms(3)),
        Self::Speed(10),
        Self::Speed(20),
        Self::Speed(30),
        Self::Turns(1),
        Self::Turns(2),
        Self::Turns(4),
        Self::Turns(8),
    ];

    /// Makes the scenario a little different.
    pub fn change(self, scenario: &mut Scenario) {
        match self {
            Self::None | Self::Turns(_) => {}
            Self::Start(earlier) => scenario.machine.uptime = scenario.machine.uptime + earlier,
            Self::Speed(longer) => {
                let threads = scenario.processes.iter_mut().flat_map(|process| &mut process.threads);
                threads.flat_map(|thread| &mut thread.program.steps).for_each(|step| compute_longer(step, longer));
            }
        }
    }

    /// Runs up to a moment.
    pub fn run_until(self, run: &Recording, scenario: &Scenario, world: &mut World, end: Ns) {
        let Self::Turns(most_ahead) = self else {
            world.run_until(end);
            return;
        };
        let pace = pace(run, scenario);
        while world.clock().now < end {
            let ahead = cpus_ahead(run, &pace, world, most_ahead);
            world.pass_over(&ahead);
            world.run_until((world.clock().now + TURN).min(end));
        }
    }
}

fn compute_longer(step: &mut Step, ten_thousandths: u32) {
    if let Step::Access { compute_ns, .. } = step {
        *compute_ns += *compute_ns / 10_000 * ten_thousandths + *compute_ns % 10_000 * ten_thousandths / 10_000;
    }
}

/// How a thread got on in a recording.
struct Pace<'a> {
    name: &'a str,
    /// Visits that are counted, of all that its program makes.
    counted_share: f64,
    /// Visits up to each sample.
    visits: &'a [u64],
}

fn pace<'a>(run: &'a Recording, scenario: &'a Scenario) -> Vec<Pace<'a>> {
    let threads = scenario.processes.iter().flat_map(|process| process.threads.iter().map(move |t| (process, t)));
    let of = |(process, thread): (&'a Process, &'a Thread)| {
        let series = run.series.threads.get(&thread.name)?;
        let (counted, all) = workload_share(run, &process.regions, thread);
        Some(Pace { name: &thread.name, counted_share: float(counted) / float(all), visits: &series.touches })
    };
    threads.filter_map(of).collect()
}

/// The CPUs whose threads have visited more than they had by then.
fn cpus_ahead(run: &Recording, pace: &[Pace<'_>], world: &World, turns: u32) -> Vec<CpuId> {
    let tasks = world.tasks();
    let ahead = pace.iter().filter_map(|thread| {
        let task = tasks.iter().find(|task| task.name == thread.name)?;
        let (recorded, per_turn) = recorded_visits(run, thread.visits, world.clock().now, pace.len());
        let visits = float(task.accesses.local + task.accesses.remote) * thread.counted_share;
        (visits > recorded + per_turn * f64::from(turns)).then_some(task.cpu)
    });
    ahead.collect()
}

/// How many visits were recorded by a moment, and how many fit a turn.
fn recorded_visits(run: &Recording, series: &[u64], now: Ns, threads: usize) -> (f64, f64) {
    let t_ms = &run.series.t_ms;
    let now_ms = float(now.0) / 1e6 - lead_ms(run);
    let after = t_ms.partition_point(|&at| at <= now_ms).clamp(1, t_ms.len() - 1);
    let (from, to) = (float(series[after - 1]), float(series[after]));
    let share = ((now_ms - t_ms[after - 1]) / (t_ms[after] - t_ms[after - 1])).clamp(0.0, 1.0);
    let all = series.last().map_or(0.0, |&visits| float(visits));
    let turns = t_ms[t_ms.len() - 1] / (float(TURN.0) / 1e6);
    (from + (to - from) * share, all * float(threads as u64) / turns)
}

#[expect(clippy::cast_precision_loss, reason = "counts of short runs are small")]
fn float(count: u64) -> f64 {
    count as f64
}
