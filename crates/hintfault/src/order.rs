//! Order without a sort for each type: the standard library's are long code, quick for millions of
//! items of which there are never more than some thousand here, and every visitor of the page loads
//! a copy for each type.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

/// The items in ascending order.
#[must_use]
pub fn ascending<T: Ord>(items: Vec<T>) -> Vec<T> {
    BinaryHeap::from(items).into_sorted_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn the_least_comes_first() {
        assert_eq!(ascending(vec![(2, 'a'), (1, 'b'), (2, 'A'), (0, 'z')]), [(0, 'z'), (1, 'b'), (2, 'A'), (2, 'a')]);
        assert_eq!(ascending::<u8>(Vec::new()), []);
    }
}
