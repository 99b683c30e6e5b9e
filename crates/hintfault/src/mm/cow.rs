//! A vector of chunks that clones share until one of them writes. Two levels, so that neither
//! a clone nor a first write after it costs more than a few kilobytes.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

const BLOCK: usize = 64;

/// Chunks of `T`, copied on write.
#[derive(Clone, Debug)]
pub(crate) struct CowVec<T> {
    blocks: Vec<Arc<Vec<Arc<T>>>>,
    len: usize,
}

impl<T: Clone> CowVec<T> {
    /// `len` chunks that all share one value until written.
    pub(crate) fn filled(len: usize, value: T) -> Self {
        let chunk = Arc::new(value);
        let full = Arc::new(vec![Arc::clone(&chunk); BLOCK.min(len)]);
        let mut blocks = vec![full; len / BLOCK];
        if !len.is_multiple_of(BLOCK) {
            blocks.push(Arc::new(vec![chunk; len % BLOCK]));
        }
        Self { blocks, len }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, index: usize) -> &T {
        &self.blocks[index / BLOCK][index % BLOCK]
    }

    /// For writing; copies the chunk first if a clone shares it.
    pub(crate) fn get_mut(&mut self, index: usize) -> &mut T {
        let block = Arc::make_mut(&mut self.blocks[index / BLOCK]);
        Arc::make_mut(&mut block[index % BLOCK])
    }

    /// Replaces chunks `lo..hi` by one value that they share until written.
    pub(crate) fn fill(&mut self, lo: usize, hi: usize, value: T) {
        assert!(lo <= hi && hi <= self.len, "fill outside the vector");
        let chunk = Arc::new(value);
        for index in lo..hi {
            Arc::make_mut(&mut self.blocks[index / BLOCK])[index % BLOCK] = Arc::clone(&chunk);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.blocks.iter().flat_map(|block| block.iter().map(AsRef::as_ref))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_what_it_saw() {
        let mut now = CowVec::filled(200, 7u32);
        let before = now.clone();
        *now.get_mut(130) = 9;
        now.fill(0, 65, 1);
        assert_eq!((*before.get(130), *before.get(0)), (7, 7));
        assert_eq!((*now.get(130), *now.get(64), *now.get(65)), (9, 1, 7));
        assert_eq!(now.iter().count(), 200);
    }

    #[test]
    fn lengths_around_a_block_are_right() {
        for len in [0, 1, 63, 64, 65, 128, 129] {
            assert_eq!(CowVec::filled(len, 0u8).iter().count(), len);
        }
    }
}
