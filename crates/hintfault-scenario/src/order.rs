//! Order without a sort and a search tree for every type: both are long code, of which every
//! visitor of the page would load a copy for each type.

use hintfault::order;

/// Puts items into ascending order of a key; those with equal keys keep theirs.
pub(crate) fn into_ascending<T>(items: Vec<T>, key: impl Fn(&T) -> u64) -> Vec<T> {
    let keys = items.iter().map(key).collect();
    let mut slots: Vec<Option<T>> = items.into_iter().map(Some).collect();
    ascending(keys).into_iter().filter_map(|place| slots[place].take()).collect()
}

/// The places of keys in ascending order; equal ones stay in theirs.
fn ascending(keys: Vec<u64>) -> Vec<usize> {
    let places = keys.into_iter().zip(0..).collect();
    order::ascending(places).into_iter().map(|(_, place)| place).collect()
}

/// Numbers below a bound.
pub(crate) struct NumberSet(Vec<bool>);

impl NumberSet {
    pub(crate) fn below(bound: usize) -> Self {
        Self(vec![false; bound])
    }

    pub(crate) fn contains(&self, number: u16) -> bool {
        self.0[usize::from(number)]
    }

    /// Adds a number below the bound.
    pub(crate) fn insert(&mut self, number: u16) {
        self.0[usize::from(number)] = true;
    }

    /// The numbers.
    pub(crate) fn ascending(&self) -> Vec<u16> {
        self.0.iter().zip(0..).filter_map(|(&is_in, number)| is_in.then_some(number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_keep_their_order() {
        let items = vec![(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        let ordered = into_ascending(items, |(key, _)| *key);
        assert_eq!(ordered, [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
    }

    #[test]
    fn a_set_holds_each_number_once() {
        let mut set = NumberSet::below(9);
        [8, 0, 8].into_iter().for_each(|number| set.insert(number));
        assert!(set.contains(0) && !set.contains(1));
        assert_eq!(set.ascending(), [0, 8]);
    }
}
