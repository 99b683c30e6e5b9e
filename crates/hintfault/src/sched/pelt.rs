//! Per-entity load tracking (kernel/sched/pelt.c, 6.12): sums of running time that halve every
//! 32 periods of 1024 x 1024 ns.

use crate::time::Ns;

/// Largest possible sum (`LOAD_AVG_MAX`).
pub(crate) const LOAD_AVG_MAX: u64 = 47_742;

const PERIOD: u64 = 1024;
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

/// `sched_avg` of a task: only its load, which says how much of the time it wanted to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct SchedAvg {
    last_update: Ns,
    load_sum: u64,
    period_contrib: u64,
}

impl SchedAvg {
    /// `load_sum` of a task entity: at most `LOAD_AVG_MAX`.
    pub(crate) fn load_sum(&self) -> u64 {
        self.load_sum
    }

    /// `init_entity_runnable_average`: a new task counts as one that always ran.
    pub(crate) fn start_full(&mut self, now: Ns) {
        *self = Self { last_update: now, load_sum: LOAD_AVG_MAX, period_contrib: 1023 };
    }

    /// `___update_load_sum`: accounts the time up to `now`, in which the task was on a run
    /// queue or not.
    pub(crate) fn update(&mut self, now: Ns, on_rq: OnRq) {
        let delta = now.saturating_since(self.last_update).0 >> 10;
        if delta == 0 {
            return;
        }
        self.last_update = Ns(self.last_update.0 + (delta << 10));
        self.accumulate(delta, on_rq);
        assert!(self.load_sum <= LOAD_AVG_MAX, "more than all the time there is");
    }

    /// `accumulate_sum` for the load.
    fn accumulate(&mut self, delta: u64, on_rq: OnRq) {
        let total = delta + self.period_contrib;
        let periods = total / PERIOD;
        let mut contrib = delta;
        if periods > 0 {
            self.load_sum = decay_load(self.load_sum, periods);
            contrib = accumulate_segments(periods, PERIOD - self.period_contrib, total % PERIOD);
        }
        self.period_contrib = total % PERIOD;
        if on_rq == OnRq::Yes {
            self.load_sum += contrib;
        }
    }
}

/// Whether a task is on a run queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OnRq {
    Yes,
    No,
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

    /// What `util_avg` of a task that only runs reads after so long.
    fn util_after(ms: u64) -> u64 {
        let mut avg = SchedAvg::default();
        for tick in 1..=ms / 4 {
            avg.update(Ns::from_ms(tick * 4), OnRq::Yes);
        }
        avg.load_sum() * 1024 / (LOAD_AVG_MAX - PERIOD + avg.period_contrib)
    }

    #[test]
    fn a_busy_task_fills_up_as_the_kernel_says() {
        for (ms, util) in [(4, 81), (16, 288), (32, 495), (100, 894), (200, 1007)] {
            assert_eq!(util_after(ms), util, "{ms} ms");
        }
    }

    #[test]
    fn load_halves_in_32_periods_of_sleep() {
        let mut avg = SchedAvg::default();
        avg.update(Ns::from_ms(2000), OnRq::Yes);
        let full = avg.load_sum();
        avg.update(Ns(2_000_000_000 + 32 * 1024 * 1024), OnRq::No);
        assert!((full / 2).abs_diff(avg.load_sum()) <= 1);
    }

    #[test]
    fn the_table_is_the_decay_of_half_lives() {
        let twice = (u64::from(YN_INV[16]) * u64::from(YN_INV[16])) >> 32;
        assert_eq!(twice >> 4, 0x7FFF_FFFF >> 4);
        assert_eq!((YN_INV[1], YN_INV[16], YN_INV[31]), (0xFA83_B2DA, 0xB504_F333, 0x82CD_8698));
    }
}
