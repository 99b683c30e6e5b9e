//! Which pages a running thread uses before it is looked at again. What happens to others, it
//! cannot notice.

use crate::ids::{HPAGE_PMD_NR, PageIdx};
use crate::input::Step;
use crate::mm::vma::Vma;
use crate::workload::pattern::neighbours;

/// A range of pages of one object, no page, or any page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Reach {
    object: u32,
    lo: u32,
    hi: u32,
}

impl Reach {
    pub(crate) const NOTHING: Self = Self { object: 0, lo: 0, hi: 0 };
    pub(crate) const ANYTHING: Self = Self { object: u32::MAX, lo: 0, hi: u32::MAX };

    /// The object; none for any page of any.
    pub(crate) fn object(self) -> Option<usize> {
        (self != Self::ANYTHING).then_some(self.object as usize)
    }

    /// The slots `lo..hi` of an object.
    pub(crate) fn slots(object: usize, lo: u32, hi: u32) -> Self {
        assert!(lo <= hi, "a range that ends before it begins");
        Self { object: object as u32, lo, hi }
    }

    /// All slots behind one page table.
    pub(crate) fn table(object: usize, table: usize) -> Self {
        let lo = table as u32 * HPAGE_PMD_NR;
        Self::slots(object, lo, lo + HPAGE_PMD_NR)
    }

    /// What so many visits of a step use, from the one to `page` on.
    pub(crate) fn of_visits(vma: &Vma, step: &Step, page: PageIdx, visits_done: u64, visits: u64) -> Self {
        let Step::Access { first, pages, pattern, .. } = *step else {
            unreachable!("only access steps visit pages");
        };
        let ahead = u64::from(neighbours(pattern, pages, visits_done));
        let in_order = ahead > 1 || pages == 1;
        let (page, count) = if in_order && visits <= ahead { (page, visits as u32) } else { (first, pages) };
        let lo = vma.region_slot(page);
        Self::slots(vma.object, lo, lo + count)
    }

    /// Both, or more.
    pub(crate) fn and(self, other: Self) -> Self {
        if self.lo == self.hi {
            return other;
        }
        if self.object != other.object {
            return Self::ANYTHING;
        }
        Self { object: self.object, lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// Whether a page is in both.
    pub(crate) fn meets(self, other: Self) -> bool {
        let may_be_same = self.object == other.object || self == Self::ANYTHING;
        may_be_same && self.lo < other.hi && other.lo < self.hi
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_meet_where_they_share_a_page() {
        let reach = Reach::slots(3, 10, 20);
        let meets = [(3, 19, 40), (3, 20, 40), (3, 0, 10), (3, 0, 11), (4, 10, 20)]
            .map(|(object, lo, hi)| reach.meets(Reach::slots(object, lo, hi)));
        assert_eq!(meets, [true, false, false, true, false]);
        assert!(Reach::ANYTHING.meets(reach) && !Reach::NOTHING.meets(reach));
    }

    #[test]
    fn together_they_cover_both() {
        let reach = Reach::slots(3, 10, 20);
        assert_eq!(Reach::NOTHING.and(reach), reach);
        assert_eq!(reach.and(Reach::slots(3, 40, 41)), Reach::slots(3, 10, 41));
        assert_eq!(reach.and(Reach::slots(4, 40, 41)), Reach::ANYTHING);
    }
}
