//! Random numbers that depend on nothing but where they are asked for: the n-th number of a
//! stream can be had without the ones before, so bulk execution and replay agree by nature.

/// One stream of random numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stream(u64);

impl Stream {
    /// A stream for one purpose of one task.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        Self(mix(seed ^ mix(purpose)))
    }

    /// The `n`-th number, evenly spread over `0..bound`. `bound` must not be 0.
    pub(crate) fn below(self, n: u64, bound: u32) -> u32 {
        assert!(bound > 0, "empty range");
        let word = mix(self.0.wrapping_add(n.wrapping_mul(GOLDEN)));
        (((word >> 32) * u64::from(bound)) >> 32) as u32
    }
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Spreads every input bit over the whole word (the finaliser that SplitMix64 uses).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_bound_and_reach_all_of_it() {
        let stream = Stream::new(1, 2);
        let mut seen = [false; 7];
        for n in 0..200 {
            seen[stream.below(n, 7) as usize] = true;
        }
        assert_eq!(seen, [true; 7]);
    }

    #[test]
    fn streams_differ_by_purpose_and_seed() {
        let numbers = |s: Stream| -> [u32; 8] { core::array::from_fn(|n| s.below(n as u64, 1 << 30)) };
        assert_ne!(numbers(Stream::new(1, 2)), numbers(Stream::new(1, 3)));
        assert_ne!(numbers(Stream::new(1, 2)), numbers(Stream::new(2, 2)));
    }
}
