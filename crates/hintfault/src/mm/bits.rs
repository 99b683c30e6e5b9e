//! A bit for each entry of one page table.

use crate::ids::HPAGE_PMD_NR;

const WORD_BITS: u32 = 64;
const WORDS: usize = (HPAGE_PMD_NR / WORD_BITS) as usize;

/// 512 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Bits512([u64; WORDS]);

impl Bits512 {
    const FULL: Self = Self([u64::MAX; WORDS]);

    /// Bits `lo..hi`.
    pub(crate) fn range(lo: u32, hi: u32) -> Self {
        assert!(lo <= hi && hi <= HPAGE_PMD_NR, "range outside the table");
        if (lo, hi) == (0, HPAGE_PMD_NR) {
            return Self::FULL;
        }
        let mut bits = Self::default();
        for (index, word) in (0u32..).zip(bits.0.iter_mut()) {
            let base = index * WORD_BITS;
            *word = low_bits(hi.saturating_sub(base)) & !low_bits(lo.saturating_sub(base));
        }
        bits
    }

    pub(crate) fn get(&self, bit: u32) -> bool {
        self.0[(bit / WORD_BITS) as usize] >> (bit % WORD_BITS) & 1 != 0
    }

    pub(crate) fn set(&mut self, bit: u32) {
        self.0[(bit / WORD_BITS) as usize] |= 1 << (bit % WORD_BITS);
    }

    pub(crate) fn clear(&mut self, bit: u32) {
        self.0[(bit / WORD_BITS) as usize] &= !(1 << (bit % WORD_BITS));
    }

    pub(crate) fn count(&self) -> u32 {
        if *self == Self::FULL {
            return HPAGE_PMD_NR;
        }
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    pub(crate) fn and_not(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] & !other.0[i]))
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    /// The first clear bit of `lo..hi`, or `hi`.
    pub(crate) fn first_clear(&self, lo: u32, hi: u32) -> u32 {
        assert!(lo <= hi && hi <= HPAGE_PMD_NR, "range outside the table");
        let mut bit = lo;
        while bit < hi {
            let open = !self.0[(bit / WORD_BITS) as usize] >> (bit % WORD_BITS);
            if open != 0 {
                return (bit + open.trailing_zeros()).min(hi);
            }
            bit = (bit / WORD_BITS + 1) * WORD_BITS;
        }
        hi
    }

    /// The set bits, ascending.
    pub(crate) fn ones(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(self.0).flat_map(|(index, word)| WordOnes(word).map(move |b| index * WORD_BITS + b))
    }

    /// The words, for digests.
    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }
}

/// The lowest `count` bits, all from 64 on.
fn low_bits(count: u32) -> u64 {
    if count >= WORD_BITS { u64::MAX } else { (1 << count) - 1 }
}

struct WordOnes(u64);

impl Iterator for WordOnes {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn range_holds_exactly_its_bits(a in 0u32..=512, b in 0u32..=512) {
            let (lo, hi) = (a.min(b), a.max(b));
            let bits = Bits512::range(lo, hi);
            prop_assert_eq!(bits.count(), hi - lo);
            prop_assert!((0..512).all(|i| bits.get(i) == (lo..hi).contains(&i)));
        }

        #[test]
        fn first_clear_finds_what_a_loop_finds(lo in 0u32..=512, hi in 0u32..=512, hole in 0u32..512) {
            let mut bits = Bits512::range(0, 512);
            bits.clear(hole);
            let (lo, hi) = (lo.min(hi), lo.max(hi));
            let slow = (lo..hi).find(|&i| !bits.get(i)).unwrap_or(hi);
            prop_assert_eq!(bits.first_clear(lo, hi), slow);
        }

        #[test]
        fn ones_lists_the_set_bits(lo in 0u32..256, hi in 256u32..=512) {
            let listed: Vec<u32> = Bits512::range(lo, hi).ones().collect();
            prop_assert_eq!(listed, (lo..hi).collect::<Vec<_>>());
        }
    }
}
