//! Per-entity load tracking (kernel/sched/pelt.c, 6.12): sums of running time that halve every
//! 32 periods of 1024 x 1024 ns.

use crate::time::Ns;

/// Largest possible sum (`LOAD_AVG_MAX`).
pub(crate) const LOAD_AVG_MAX: u64 = 47_742;

/// `SCHED_CAPACITY_SCALE`: a CPU that is never idle.
pub(crate) const CPU_CAPACITY: u64 = 1 << CAPACITY_SHIFT;

const CAPACITY_SHIFT: u32 = 10;
const PERIOD: u64 = 1024;
/// `PELT_MIN_DIVIDER`.
const MIN_DIVIDER: u64 = LOAD_AVG_MAX - PERIOD;
const HALF_LIFE_PERIODS: u64 = 32;
const OLDEST_PERIOD: u64 = 2016;

/// `runnable_avg_yN_inv`: 2^32 times the decay over 0 to 31 periods.
const YN_INV: [u32; 32] = [
    0xFFFF_FFFF,
    0xFA83_B2DA,
    0xF525_7D14,
    0xEFE4_B99A,
    0xEAC0_C6E6,
    0xE5B9_06E6,
    0xE0CC_DEEB,
    0xDBFB_B796,
    0xD744_FCC9,
    0xD2A8_1D91,
    0xCE24_8C14,
    0xC9B9_BD85,
    0xC567_2A10,
    0xC12C_4CC9,
    0xBD08_A39E,
    0xB8FB_AF46,
    0xB504_F333,
    0xB123_F581,
    0xAD58_3EE9,
    0xA9A1_5AB4,
    0xA5FE_D6A9,
    0xA270_4302,
    0x9EF5_325F,
    0x9B8D_39B9,
    0x9837_F050,
    0x94F4_EFA8,
    0x91C3_D373,
    0x8EA4_398A,
    0x8B95_C1E3,
    0x8898_0E80,
    0x85AA_C367,
    0x82CD_8698,
];

/// What an entity adds to its sums per unit of time: of a task 0 or 1 each, of a run queue the
/// weight and the number of its tasks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Contribution {
    pub(crate) load: u64,
    pub(crate) runnable: u64,
    pub(crate) running: u64,
}

impl Contribution {
    /// A task that sleeps.
    pub(crate) const NONE: Self = Self { load: 0, runnable: 0, running: 0 };
    /// A task that waits for its CPU.
    pub(crate) const WAITING: Self = Self { load: 1, runnable: 1, running: 0 };
    /// A task on its CPU.
    pub(crate) const RUNNING: Self = Self { load: 1, runnable: 1, running: 1 };
}

/// `sched_avg` of a task or of a run queue: how much it wanted to run lately, weighted with its
/// weight (load), counted in tasks (runnable), and how much it did run (util).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct SchedAvg {
    last_update: Ns,
    load_sum: u64,
    runnable_sum: u64,
    util_sum: u64,
    period_contrib: u64,
    pub(crate) load_avg: u64,
    pub(crate) runnable_avg: u64,
    pub(crate) util_avg: u64,
}

impl SchedAvg {
    /// `load_sum` of a task entity: at most `LOAD_AVG_MAX`.
    pub(crate) fn load_sum(&self) -> u64 {
        self.load_sum
    }

    /// `init_entity_runnable_average` and `post_init_entity_util_avg`: what a new task is taken
    /// for before it has run, from the run queue that it comes to.
    pub(crate) fn new_task(weight: u64, queue: &Self) -> Self {
        let util_avg = match (CPU_CAPACITY.saturating_sub(queue.util_avg) / 2, queue.util_avg) {
            (cap, 0) => cap,
            (cap, util) => cap.min(util * weight / (queue.load_avg + 1)),
        };
        Self { load_avg: weight, util_avg, runnable_avg: util_avg, ..Self::default() }
    }

    /// `__update_load_avg_se` and `__update_load_avg_cfs_rq`: accounts the time up to `now`, in
    /// which the entity contributed so much. The weight of a run queue is 1.
    pub(crate) fn update(&mut self, now: Ns, contribution: Contribution, weight: u64) {
        let delta = now.saturating_since(self.last_update).0 >> 10;
        if delta == 0 {
            return;
        }
        self.last_update = Ns(self.last_update.0 + (delta << 10));
        if contribution.load == 0 && self.is_decayed() {
            self.period_contrib = (self.period_contrib + delta) % PERIOD;
        } else if self.accumulate(delta, contribution) {
            self.update_averages(weight);
        }
    }

    /// `accumulate_sum`. True if a period was completed.
    fn accumulate(&mut self, delta: u64, contribution: Contribution) -> bool {
        let total = delta + self.period_contrib;
        let periods = total / PERIOD;
        let mut contrib = delta;
        if periods > 0 {
            for sum in [&mut self.load_sum, &mut self.runnable_sum, &mut self.util_sum] {
                *sum = decay_load(*sum, periods);
            }
            contrib = accumulate_segments(periods, PERIOD - self.period_contrib, total % PERIOD);
        }
        self.period_contrib = total % PERIOD;
        if contribution.load > 0 {
            self.load_sum += contribution.load * contrib;
            self.runnable_sum += (contribution.runnable * contrib) << CAPACITY_SHIFT;
            self.util_sum += (contribution.running * contrib) << CAPACITY_SHIFT;
        }
        periods > 0
    }

    /// `___update_load_avg`.
    fn update_averages(&mut self, weight: u64) {
        let divider = self.divider();
        self.load_avg = weight * self.load_sum / divider;
        self.runnable_avg = self.runnable_sum / divider;
        self.util_avg = self.util_sum / divider;
    }

    /// `get_pelt_divider`.
    fn divider(&self) -> u64 {
        MIN_DIVIDER + self.period_contrib
    }

    /// `attach_entity_load_avg`: a task's averages become part of its new run queue's, and the
    /// task takes over the queue's place in time.
    pub(crate) fn attach(&mut self, task: &mut Self, weight: u64) {
        let divider = self.divider();
        task.last_update = self.last_update;
        task.period_contrib = self.period_contrib;
        task.util_sum = task.util_avg * divider;
        task.runnable_sum = task.runnable_avg * divider;
        task.load_sum = (task.load_avg * divider / weight).max(1);
        self.load_avg += task.load_avg;
        self.load_sum += weight * task.load_sum;
        self.runnable_avg += task.runnable_avg;
        self.runnable_sum += task.runnable_sum;
        self.util_avg += task.util_avg;
        self.util_sum += task.util_sum;
    }

    /// `detach_entity_load_avg`: takes a task's averages out of its run queue's. The sums stay
    /// consistent with the averages, which were rounded.
    pub(crate) fn detach(&mut self, task: &Self, weight: u64) {
        let less = |avg: u64, task_avg: u64, sum: u64, task_sum: u64| {
            let avg = avg.saturating_sub(task_avg);
            (avg, sum.saturating_sub(task_sum).max(avg * MIN_DIVIDER))
        };
        (self.load_avg, self.load_sum) = less(self.load_avg, task.load_avg, self.load_sum, weight * task.load_sum);
        (self.runnable_avg, self.runnable_sum) =
            less(self.runnable_avg, task.runnable_avg, self.runnable_sum, task.runnable_sum);
        (self.util_avg, self.util_sum) = less(self.util_avg, task.util_avg, self.util_sum, task.util_sum);
    }

    /// Whether nothing is left that could decay.
    pub(crate) fn is_decayed(&self) -> bool {
        (self.load_sum, self.runnable_sum, self.util_sum) == (0, 0, 0)
    }
}

/// `decay_load`: what is left of `value` after so many periods.
fn decay_load(value: u64, periods: u64) -> u64 {
    if periods > OLDEST_PERIOD {
        return 0;
    }
    let halved = value >> (periods / HALF_LIFE_PERIODS);
    let factor = u64::from(YN_INV[(periods % HALF_LIFE_PERIODS) as usize]);
    ((u128::from(halved) * u128::from(factor)) >> 32) as u64
}

/// `__accumulate_pelt_segments`: the rest of the first period, all full ones, the last part.
fn accumulate_segments(periods: u64, first: u64, last: u64) -> u64 {
    decay_load(first, periods) + LOAD_AVG_MAX - decay_load(LOAD_AVG_MAX, periods) - PERIOD + last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NICE_0: u64 = 1024;

    fn run(avg: &mut SchedAvg, from_ms: u64, to_ms: u64, contribution: Contribution) {
        for tick in from_ms / 4 + 1..=to_ms / 4 {
            avg.update(Ns::from_ms(tick * 4), contribution, NICE_0);
        }
    }

    #[test]
    fn a_busy_task_fills_up_as_the_kernel_says() {
        for (ms, util) in [(4, 81), (16, 288), (32, 495), (100, 894), (200, 1007)] {
            let mut avg = SchedAvg::default();
            run(&mut avg, 0, ms, Contribution::RUNNING);
            assert_eq!((avg.util_avg, avg.runnable_avg, avg.load_avg), (util, util, util), "{ms} ms");
        }
    }

    #[test]
    fn a_task_that_waits_is_runnable_but_uses_nothing() {
        let mut avg = SchedAvg::default();
        run(&mut avg, 0, 2000, Contribution::WAITING);
        assert_eq!((avg.util_avg, avg.load_avg), (0, 1023));
        assert!(avg.runnable_avg >= 1022);
    }

    #[test]
    fn load_halves_in_32_periods_of_sleep() {
        let mut avg = SchedAvg::default();
        run(&mut avg, 0, 2000, Contribution::RUNNING);
        let full = avg.load_sum();
        avg.update(Ns(2_000_000_000 + 32 * 1024 * 1024), Contribution::NONE, NICE_0);
        assert!((full / 2).abs_diff(avg.load_sum()) <= 1);
    }

    #[test]
    fn a_new_task_is_taken_for_half_of_what_is_left() {
        let idle = SchedAvg::default();
        assert_eq!(SchedAvg::new_task(1024, &idle).util_avg, 512);
        let busy = SchedAvg { util_avg: 600, load_avg: 1023, ..idle };
        let new = SchedAvg::new_task(1024, &busy);
        assert_eq!((new.load_avg, new.util_avg, new.runnable_avg), (1024, 212, 212));
        let lightly = SchedAvg { util_avg: 100, load_avg: 1023, ..idle };
        assert_eq!(SchedAvg::new_task(512, &lightly).util_avg, 50);
        let full = SchedAvg { util_avg: 1024, load_avg: 4096, ..idle };
        assert_eq!(SchedAvg::new_task(1024, &full).util_avg, 0);
    }

    proptest! {
        #[test]
        fn a_task_that_comes_and_goes_leaves_what_was_there(
            weights in (1u64..90_000, 1u64..90_000), ms in 0u64..3000, away in 1u64..400,
        ) {
            let (mut queue, mut task) = (SchedAvg::default(), SchedAvg::new_task(weights.0, &SchedAvg::default()));
            queue.attach(&mut task, weights.0);
            let one = Contribution { load: weights.0, runnable: 1, running: 1 };
            for at in [ms, ms + away] {
                queue.update(Ns::from_ms(at), one, 1);
                task.update(Ns::from_ms(at), Contribution::RUNNING, weights.0);
            }
            prop_assert!(queue.load_avg.abs_diff(task.load_avg) <= 1 + weights.0 / 1000);
            let alone = queue;
            let mut other = SchedAvg::new_task(weights.1, &queue);
            queue.attach(&mut other, weights.1);
            queue.detach(&other, weights.1);
            prop_assert_eq!((queue.load_avg, queue.util_avg), (alone.load_avg, alone.util_avg));
            queue.detach(&task, weights.0);
            prop_assert!(queue.load_avg <= 1 + weights.0 / 1000 && queue.util_avg <= 1);
            queue.update(Ns::from_ms(ms + away + 60_000), Contribution::NONE, 1);
            prop_assert_eq!((queue.load_avg, queue.is_decayed()), (0, true));
        }
    }

    #[test]
    fn the_table_is_the_decay_of_half_lives() {
        let twice = (u64::from(YN_INV[16]) * u64::from(YN_INV[16])) >> 32;
        assert_eq!(twice >> 4, 0x7FFF_FFFF >> 4);
        assert_eq!((YN_INV[1], YN_INV[16], YN_INV[31]), (0xFA83_B2DA, 0xB504_F333, 0x82CD_8698));
    }
}
