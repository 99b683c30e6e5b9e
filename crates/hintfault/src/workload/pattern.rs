//! Which page comes when.

use crate::input::Pattern;
use crate::rng::Stream;

/// The page of a step's `visit`-th visit, from the step's first page on. One pass is `pages`
/// visits; sequential patterns visit each page once a pass.
pub(crate) fn page_of_visit(pattern: Pattern, pages: u32, visit: u64, random: Stream) -> u32 {
    assert!(pages > 0, "a step without pages");
    match pattern {
        Pattern::Random => random.below(visit, pages),
        Pattern::Sequential { stride: 1 } => within_pass(pages, visit),
        Pattern::Sequential { stride } => strided(pages, stride, within_pass(pages, visit)),
    }
}

/// Which visit of its pass it is. Divides only where it has to.
fn within_pass(pages: u32, visit: u64) -> u32 {
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
        Pattern::Sequential { .. } | Pattern::Random => 1,
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

    proptest! {
        #[test]
        fn a_pass_visits_each_page_once(pages in 1u32..300, stride in 1u32..400) {
            let mut seen: Vec<u32> = (0..pages).map(|n| strided(pages, stride, n)).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..pages).collect::<Vec<_>>());
        }

        #[test]
        fn random_pages_lie_in_the_region(pages in 1u32..5000, visit: u64) {
            let page = page_of_visit(Pattern::Random, pages, visit, Stream::new(3, 4));
            prop_assert!(page < pages);
        }
    }
}
