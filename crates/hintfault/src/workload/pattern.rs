//! Which page comes when.

use crate::input::Pattern;
use crate::rng::Stream;

/// The page of a step's `visit`-th visit, from the step's first page on. One pass is `pages`
/// visits; sequential patterns visit each page once a pass.
pub(crate) fn page_of_visit(pattern: Pattern, pages: u32, visit: u64, random: Stream) -> u32 {
    assert!(pages > 0, "a step without pages");
    match pattern {
        Pattern::Random => random.below(visit, pages),
        Pattern::Zipf => zipf(pages, visit, random),
        Pattern::HotCold { hot_pages, hot_percent } => {
            let hot = random.below(visit.wrapping_mul(2), 100) < u32::from(hot_percent);
            let within = visit.wrapping_mul(2).wrapping_add(1);
            if hot || hot_pages >= pages {
                random.below(within, hot_pages.min(pages))
            } else {
                hot_pages + random.below(within, pages - hot_pages)
            }
        }
        Pattern::Sequential { stride: 1 } => within_pass(pages, visit),
        Pattern::Sequential { stride } => strided(pages, stride, within_pass(pages, visit)),
    }
}

/// Level `n` holds the pages from `2^n - 1` on, `2^n` of them. Whole levels are chosen equally
/// often, the last, which may be cut off, as often as it has pages of its whole size.
fn zipf(pages: u32, visit: u64, random: Stream) -> u32 {
    const WHOLE: u32 = 1 << 16;
    let last = pages.ilog2();
    let in_last = pages - ((1 << last) - 1);
    let weight_of_last = ((u64::from(in_last) * u64::from(WHOLE)) >> last).max(1) as u32;
    let level = random.below(visit.wrapping_mul(2), last * WHOLE + weight_of_last) / WHOLE;
    let size = if level == last { in_last } else { 1 << level };
    (1 << level) - 1 + random.below(visit.wrapping_mul(2).wrapping_add(1), size)
}

/// Which visit of its pass it is. Divides only where it has to.
pub(crate) fn within_pass(pages: u32, visit: u64) -> u32 {
    let pages = u64::from(pages);
    (if visit < pages { visit } else { visit % pages }) as u32
}

/// The `n`-th page when every `stride`-th is taken first, then those one further, and so on.
fn strided(pages: u32, stride: u32, n: u32) -> u32 {
    assert!(n < pages && stride > 0, "visit outside the pass");
    let (short, long_rows) = (pages / stride, pages % stride);
    let in_long_rows = long_rows * (short + 1);
    let (row, column) = if n < in_long_rows {
        (n / (short + 1), n % (short + 1))
    } else {
        let rest = n - in_long_rows;
        (long_rows + rest / short, rest % short)
    };
    column * stride + row
}

/// How many visits from this one on go to neighbouring pages in ascending order.
pub(crate) fn neighbours(pattern: Pattern, pages: u32, visit: u64) -> u32 {
    match pattern {
        Pattern::Sequential { stride: 1 } => pages - within_pass(pages, visit),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn stride_takes_every_third_then_the_rest() {
        let order: Vec<u32> = (0..8).map(|n| strided(8, 3, n)).collect();
        assert_eq!(order, [0, 3, 6, 1, 4, 7, 2, 5]);
    }

    /// How often each page comes in so many visits.
    fn counts(pattern: Pattern, pages: u32, visits: u64) -> Vec<u64> {
        let mut counts = alloc::vec![0; pages as usize];
        for visit in 0..visits {
            counts[page_of_visit(pattern, pages, visit, Stream::new(5, 1)) as usize] += 1;
        }
        counts
    }

    #[test]
    fn levels_of_doubling_size_are_visited_equally_often() {
        // Levels 1, 2, 4 and a cut-off one of 4 out of 8: 3.5 in all.
        let counts = counts(Pattern::Zipf, 11, 350_000);
        let level = |pages: core::ops::Range<usize>| counts[pages].iter().sum::<u64>();
        for sum in [level(0..1), level(1..3), level(3..7), 2 * level(7..11)] {
            assert!((98_000..102_000).contains(&sum), "{counts:?}");
        }
        assert!((12_000..13_000).contains(&counts[8]), "{counts:?}");
    }

    #[test]
    fn so_many_visits_of_a_hundred_are_hot() {
        let counts = counts(Pattern::HotCold { hot_pages: 10, hot_percent: 80 }, 100, 100_000);
        let hot: u64 = counts[..10].iter().sum();
        assert!((79_000..81_000).contains(&hot), "{hot}");
        assert!(counts[10..].iter().all(|&count| (150..300).contains(&count)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn a_pass_visits_each_page_once(pages in 1u32..300, stride in 1u32..400) {
            let mut seen: Vec<u32> = (0..pages).map(|n| strided(pages, stride, n)).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..pages).collect::<Vec<_>>());
        }

        #[test]
        fn random_pages_lie_in_the_region(pages in 1u32..5000, visit: u64, hot_pages in 1u32..6000, hot_percent in 0u8..101) {
            for pattern in [Pattern::Random, Pattern::Zipf, Pattern::HotCold { hot_pages, hot_percent }] {
                prop_assert!(page_of_visit(pattern, pages, visit, Stream::new(3, 4)) < pages);
            }
        }
    }
}
