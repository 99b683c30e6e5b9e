//! How far a figure may be from what was recorded.

/// What all repeats of a scenario recorded for a figure.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Range {
    /// The least.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

/// How much wider than the recorded range is allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tolerance {
    /// Nothing: there is no chance in it, or it only takes few values.
    None,
    /// The larger of 5 % and 32 pages, faults or ms on both sides.
    Counts,
    /// 5 % on both sides.
    Relative,
    /// One on both sides, or 5 %: numbers of rare events.
    One,
}

impl Range {
    /// The range of these values.
    ///
    /// # Panics
    /// Without values.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values = values.into_iter();
        let first = values.next().expect("a figure has a recorded value");
        values.fold(Self { low: first, high: first }, |range, value| Self {
            low: range.low.min(value),
            high: range.high.max(value),
        })
    }

    /// A range that covers both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The range with what is allowed around it.
    #[must_use]
    pub fn widened(self, tolerance: Tolerance) -> Self {
        const SHARE: f64 = 0.05;
        const COUNTS: f64 = 32.0;
        let margin = |value: f64| match tolerance {
            Tolerance::None => 0.0,
            Tolerance::Counts => COUNTS.max(value.abs() * SHARE),
            Tolerance::Relative => value.abs() * SHARE,
            Tolerance::One => f64::max(1.0, value.abs() * SHARE),
        };
        Self { low: self.low - margin(self.low), high: self.high + margin(self.high) }
    }

    /// Whether a value is in it.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}
