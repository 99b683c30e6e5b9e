//! Page tables: for each entry whether it is present, a hint entry, and writable.

use crate::ids::HPAGE_PMD_NR;
use crate::input::Access;
use crate::mm::bits::Bits512;

/// One page table: 512 entries, 2 MiB of address space.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct PteTable {
    present: Bits512,
    /// Present but without access rights (`pte_protnone`).
    hint: Bits512,
    /// Writable, or would be if it were not a hint entry.
    write: Bits512,
    /// All entries are one huge one (a PMD that maps a huge page).
    huge: bool,
}

impl PteTable {
    /// Entries `lo..hi` present and writable or not, the rest empty.
    pub(crate) fn populated(lo: u32, hi: u32, access: Access) -> Self {
        let present = Bits512::range(lo, hi);
        let write = if access == Access::Write { present } else { Bits512::default() };
        Self { present, hint: Bits512::default(), write, huge: false }
    }

    /// One huge entry.
    pub(crate) fn huge(access: Access) -> Self {
        Self { huge: true, ..Self::populated(0, HPAGE_PMD_NR, access) }
    }

    pub(crate) fn is_huge(&self) -> bool {
        self.huge
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// `__split_huge_pmd`: 512 entries in place of the huge one.
    pub(crate) fn split(&mut self) {
        assert!(self.huge, "nothing to split");
        self.huge = false;
    }

    /// No entry may be written.
    pub(crate) fn write_protect(&mut self) {
        self.write = Bits512::default();
    }

    pub(crate) fn is_present(&self, bit: u32) -> bool {
        self.present.get(bit)
    }

    pub(crate) fn is_hint(&self, bit: u32) -> bool {
        self.hint.get(bit)
    }

    pub(crate) fn is_writable(&self, bit: u32) -> bool {
        self.write.get(bit) && !self.hint.get(bit)
    }

    pub(crate) fn present(&self) -> &Bits512 {
        &self.present
    }

    pub(crate) fn hint(&self) -> &Bits512 {
        &self.hint
    }

    pub(crate) fn write(&self) -> &Bits512 {
        &self.write
    }

    /// Whether this access passes without a fault.
    pub(crate) fn is_open(&self, bit: u32, access: Access) -> bool {
        match access {
            Access::Read => self.is_present(bit) && !self.is_hint(bit),
            Access::Write => self.is_writable(bit),
        }
    }

    /// How many entries from `lo` on, up to `hi`, this access passes without a fault.
    pub(crate) fn accessible_run(&self, lo: u32, hi: u32, access: Access) -> u32 {
        let open = match access {
            Access::Read => self.present.and_not(&self.hint),
            Access::Write => self.write.and_not(&self.hint),
        };
        open.first_clear(lo, hi) - lo
    }

    /// Makes an entry present.
    pub(crate) fn map(&mut self, bit: u32, access: Access) {
        assert!(bit < HPAGE_PMD_NR && !self.hint.get(bit), "mapping over a hint entry");
        assert!(!self.huge, "an entry inside a huge one");
        self.present.set(bit);
        match access {
            Access::Read => self.write.clear(bit),
            Access::Write => self.write.set(bit),
        }
    }

    /// Empties all entries but `lo..hi`.
    pub(crate) fn keep(&mut self, lo: u32, hi: u32) {
        assert!(!self.huge || lo == hi, "a huge entry reaches over the cut");
        self.huge = false;
        let kept = Bits512::range(lo, hi);
        for bits in [&mut self.present, &mut self.hint, &mut self.write] {
            *bits = bits.and(&kept);
        }
    }

    /// Takes in the entries of another one, which has none at the same places.
    pub(crate) fn join(&mut self, other: &Self) {
        assert!(self.present.and(&other.present).is_empty(), "two entries at one place");
        self.present = self.present.or(&other.present);
        self.hint = self.hint.or(&other.hint);
        self.write = self.write.or(&other.write);
        self.huge |= other.huge;
    }

    /// Gives a hint entry its access rights back.
    pub(crate) fn restore(&mut self, bit: u32, access: Access) {
        assert!(self.hint.get(bit), "restoring what is not a hint entry");
        self.hint.clear(bit);
        self.map(bit, access);
    }

    /// Turns entries into hint entries; all of them must be present and none one already.
    pub(crate) fn mark(&mut self, entries: &Bits512) {
        debug_assert_eq!(entries.and_not(&self.present).count(), 0, "marking an empty entry");
        debug_assert_eq!(entries.and(&self.hint).count(), 0, "marking twice");
        self.hint = self.hint.or(entries);
    }
}
