//! Time: nanoseconds of the simulated machine, and the kernel's jiffies.

use core::fmt;
use core::ops::{Add, Sub};

/// A moment or a span in nanoseconds. Moments count from the start of the scenario.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ns(pub u64);

impl Ns {
    /// The first moment, and the empty span.
    pub const ZERO: Self = Self(0);
    /// Later than any moment that is reached.
    pub const NEVER: Self = Self(u64::MAX);

    /// So many milliseconds.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms * 1_000_000)
    }

    /// The span from `earlier` to this moment, zero if it lies after.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Ns {
    type Output = Self;
    fn add(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub for Ns {
    type Output = Self;
    fn sub(self, earlier: Self) -> Self {
        assert!(self >= earlier, "time runs backwards");
        Self(self.0 - earlier.0)
    }
}

impl fmt::Display for Ns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06} ms", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

/// The scheduler tick by its number; tick 0 is the start of the scenario.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Tick(pub u64);

/// Ticks a second (`CONFIG_HZ`): 100, 250, 300 or 1000.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hz {
    /// 100 ticks a second.
    Hz100,
    /// 250 ticks a second, what Debian builds with.
    Hz250,
    /// 300 ticks a second.
    Hz300,
    /// 1000 ticks a second.
    Hz1000,
}

impl Hz {
    /// All values the kernel's configuration offers.
    pub const ALL: [Self; 4] = [Self::Hz100, Self::Hz250, Self::Hz300, Self::Hz1000];

    /// The number of ticks a second.
    #[must_use]
    pub const fn get(self) -> u64 {
        match self {
            Self::Hz100 => 100,
            Self::Hz250 => 250,
            Self::Hz300 => 300,
            Self::Hz1000 => 1000,
        }
    }

    /// `TICK_NSEC`: nanoseconds a tick, rounded to the nearest.
    #[must_use]
    pub const fn tick_ns(self) -> u64 {
        (1_000_000_000 + self.get() / 2) / self.get()
    }

    /// `INITIAL_JIFFIES` on a 64-bit kernel: five minutes before the low 32 bits wrap.
    #[must_use]
    pub const fn initial_jiffies(self) -> Jiffies {
        Jiffies((300u32.wrapping_mul(self.get() as u32)).wrapping_neg() as u64)
    }

    /// `msecs_to_jiffies` (kernel/time/time.c, 6.12): rounds up; values that are negative as
    /// an `i32` mean for ever.
    #[must_use]
    pub const fn msecs_to_jiffies(self, ms: u32) -> u64 {
        const MAX_JIFFY_OFFSET: u64 = ((i64::MAX >> 1) - 1) as u64;
        if (ms as i32) < 0 {
            return MAX_JIFFY_OFFSET;
        }
        (ms as u64 * self.get()).div_ceil(1000)
    }
}

/// The kernel's clock in ticks. Compared with wrap-around, as `time_after` does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Jiffies(pub u64);

impl Jiffies {
    /// `time_after(self, other)`: strictly later.
    #[must_use]
    pub const fn is_after(self, other: Self) -> bool {
        (other.0.wrapping_sub(self.0) as i64) < 0
    }

    /// `time_before(self, other)`: strictly earlier.
    #[must_use]
    pub const fn is_before(self, other: Self) -> bool {
        other.is_after(self)
    }

    /// So many ticks later.
    #[must_use]
    pub const fn plus(self, ticks: u64) -> Self {
        Self(self.0.wrapping_add(ticks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initial_jiffies_and_ticks_are_the_kernels() {
        assert_eq!(Hz::Hz250.initial_jiffies(), Jiffies(4_294_892_296));
        assert_eq!(Hz::Hz250.tick_ns(), 4_000_000);
        assert_eq!(Hz::Hz300.tick_ns(), 3_333_333);
    }

    #[test]
    fn msecs_to_jiffies_matches_the_worked_numbers() {
        for (ms, jiffies) in [(1, 1), (4, 1), (5, 2), (250, 63), (1000, 250), (60_000, 15_000)] {
            assert_eq!(Hz::Hz250.msecs_to_jiffies(ms), jiffies, "{ms} ms");
        }
        assert_eq!(Hz::Hz250.msecs_to_jiffies(u32::MAX), 0x3FFF_FFFF_FFFF_FFFE);
    }

    #[test]
    fn comparison_is_strict_and_survives_the_wrap() {
        let late = Jiffies(5);
        let early = Jiffies(u64::MAX - 5);
        assert!(late.is_after(early) && early.is_before(late));
        assert!(!late.is_after(late) && !late.is_before(late));
    }
}
