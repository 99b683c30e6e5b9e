//! Zones and their watermarks (mm/page_alloc.c, mm/khugepaged.c, 6.12).

use alloc::vec;
use alloc::vec::Vec;

use crate::input::{Node, ZoneKind};

/// A zone of one node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Zone {
    pub(crate) kind: ZoneKind,
    pub(crate) managed_pages: u64,
    pub(crate) free_pages: u64,
    pub(crate) watermark: Watermarks,
    /// `lowmem_reserve[MOVABLE]`: kept from requests that could use movable memory, that is,
    /// from all user pages.
    pub(crate) lowmem_reserve: u64,
}

/// `_watermark[]` of a zone in pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Watermarks {
    pub(crate) min: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
}

impl Zone {
    /// `zone_watermark_ok` for an order-0 request of user memory.
    pub(crate) fn is_above(&self, mark: u64) -> bool {
        self.free_pages > mark + self.lowmem_reserve
    }
}

/// The zones of each node, all their memory free.
pub(crate) fn zones_of(nodes: &[Node]) -> Vec<Vec<Zone>> {
    let sizes: Vec<Vec<(ZoneKind, u64)>> = nodes.iter().map(zone_sizes).collect();
    let marks = setup_per_zone_wmarks(&sizes);
    let zone = |(&(kind, managed_pages), watermark): (&(ZoneKind, u64), &Watermarks)| Zone {
        kind,
        managed_pages,
        free_pages: managed_pages,
        watermark: *watermark,
        lowmem_reserve: 0,
    };
    let mut zones: Vec<Vec<Zone>> =
        sizes.iter().zip(&marks).map(|(sizes, marks)| sizes.iter().zip(marks).map(zone).collect()).collect();
    zones.iter_mut().for_each(|zones| setup_per_zone_lowmem_reserve(zones));
    zones
}

fn zone_sizes(node: &Node) -> Vec<(ZoneKind, u64)> {
    if node.zones.is_empty() {
        return if node.memory_pages > 0 { vec![(ZoneKind::Normal, node.memory_pages)] } else { Vec::new() };
    }
    node.zones.iter().map(|zone| (zone.kind, zone.managed_pages)).collect()
}

/// `setup_per_zone_lowmem_reserve` (mm/page_alloc.c, 6.12), for requests up to MOVABLE.
fn setup_per_zone_lowmem_reserve(zones: &mut [Zone]) {
    let mut above = 0;
    for zone in zones.iter_mut().rev() {
        let ratio = match zone.kind {
            ZoneKind::Dma | ZoneKind::Dma32 => 256,
            ZoneKind::Normal => 32,
            ZoneKind::Movable => 0,
        };
        zone.lowmem_reserve = u64::checked_div(above, ratio).unwrap_or(0);
        above += zone.managed_pages;
    }
}

/// `__setup_per_zone_wmarks` (mm/page_alloc.c, 6.12).
fn setup_per_zone_wmarks(sizes: &[Vec<(ZoneKind, u64)>]) -> Vec<Vec<Watermarks>> {
    let lowmem = lowmem_sizes(sizes);
    let lowmem_pages: u64 = lowmem.iter().sum();
    let pages_min = min_free_kbytes(&lowmem) / 4;
    let marks = |&(kind, managed): &(ZoneKind, u64)| zone_watermarks(kind, managed, pages_min, lowmem_pages);
    sizes.iter().map(|zones| zones.iter().map(marks).collect()).collect()
}

fn lowmem_sizes(sizes: &[Vec<(ZoneKind, u64)>]) -> Vec<u64> {
    let zones = sizes.iter().flatten();
    zones.filter(|(kind, managed)| *kind != ZoneKind::Movable && *managed > 0).map(|&(_, managed)| managed).collect()
}

fn zone_watermarks(kind: ZoneKind, managed: u64, pages_min: u64, lowmem_pages: u64) -> Watermarks {
    const WATERMARK_SCALE_FACTOR: u64 = 10;
    let share = (pages_min * managed).checked_div(lowmem_pages).unwrap_or(0);
    let min = if kind == ZoneKind::Movable { (managed / 1024).clamp(32, 128) } else { share };
    let scaled = managed / 10_000 * WATERMARK_SCALE_FACTOR + managed % 10_000 * WATERMARK_SCALE_FACTOR / 10_000;
    let step = (share / 4).max(scaled);
    Watermarks { min, low: min + step, high: min + 2 * step }
}

/// `calculate_min_free_kbytes` and, with huge pages on, `set_recommended_min_free_kbytes`
/// (6.12), in kB.
fn min_free_kbytes(lowmem: &[u64]) -> u64 {
    const PAGEBLOCK_PAGES: u64 = 512;
    const BLOCKS_PER_ZONE: u64 = 2 + 9;
    let lowmem_pages: u64 = lowmem.iter().sum();
    let boot = (16 * lowmem_pages * 4).isqrt().clamp(128, 262_144);
    let zones = lowmem.len() as u64;
    let recommended = (PAGEBLOCK_PAGES * zones * BLOCKS_PER_ZONE).min(lowmem_pages / 20) * 4;
    boot.max(recommended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ZoneKind::{Dma, Dma32, Movable, Normal};

    fn marks(sizes: &[Vec<(ZoneKind, u64)>]) -> Vec<(u64, u64, u64)> {
        setup_per_zone_wmarks(sizes).into_iter().flatten().map(|m| (m.min, m.low, m.high)).collect()
    }

    #[test]
    fn watermarks_match_the_worked_numbers() {
        let two = marks(&[vec![(Normal, 4_194_304)], vec![(Normal, 4_194_304)]]);
        assert_eq!(two, [(5632, 9826, 14_020); 2]);
        let movable = marks(&[vec![(Normal, 4_194_304)], vec![(Movable, 4_194_304)]]);
        assert_eq!(movable[1], (128, 4322, 8516));
        let server = marks(&[vec![(Dma, 3840), (Dma32, 763_904), (Normal, 3_385_344)], vec![(Normal, 4_128_768)]]);
        let expected = [(10, 13, 16), (2077, 2840, 3603), (9208, 12_593, 15_978), (11_230, 15_358, 19_486)];
        assert_eq!(server, expected);
    }

    #[test]
    fn low_zones_keep_a_reserve() {
        let zone = |kind, managed_pages| Zone {
            kind,
            managed_pages,
            free_pages: managed_pages,
            watermark: Watermarks::default(),
            lowmem_reserve: 0,
        };
        let mut zones = [zone(Dma, 3840), zone(Dma32, 763_904), zone(Normal, 3_385_344)];
        setup_per_zone_lowmem_reserve(&mut zones);
        assert_eq!(zones.map(|zone| zone.lowmem_reserve), [16_208, 13_224, 0]);
    }
}
