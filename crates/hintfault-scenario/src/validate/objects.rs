//! Memory that several regions map.

use hintfault::ids::PMD_SIZE;
use hintfault::input::RegionKind;

use super::region::Regions;
use crate::document::Region;
use crate::failure::{Path, Report};

/// Shared memory of all processes, by key.
#[derive(Default)]
pub(super) struct Objects(Vec<Object>);

struct Object {
    /// None for memory that only one region maps.
    name: Option<String>,
    kind: RegionKind,
    pages: u32,
    /// Where it lies in its 2 MiB of addresses.
    offset: u64,
}

impl Objects {
    /// Gives shared regions the key of what they map. Regions that show the same memory must be
    /// of one kind and length, and lie alike in the page tables, as the engine keeps it.
    pub(super) fn check(&mut self, listed: &[Region], regions: &mut Regions, path: &Path, report: &mut Report) {
        for (index, region) in listed.iter().enumerate() {
            let Some(place) = regions.find(&region.name) else { continue };
            let checked = &regions.checked[place];
            let RegionKind::Shared { backing, .. } = checked.kind else { continue };
            let offset = checked.start.0 % PMD_SIZE;
            let found = Object { name: region.object.clone(), kind: checked.kind, pages: checked.pages, offset };
            let key = self.key_of(found, &path.index(index), report);
            regions.checked[place].kind = RegionKind::Shared { key: key as u16, backing };
        }
    }

    fn key_of(&mut self, found: Object, path: &Path, report: &mut Report) -> usize {
        let is_same = |known: &Object| known.name.is_some() && known.name == found.name;
        let Some(key) = self.0.iter().position(is_same) else {
            self.0.push(found);
            return self.0.len() - 1;
        };
        let known = &self.0[key];
        if known.kind != found.kind {
            let en = "another region shows this object as memory of another kind";
            report.push(&path.field("kind"), en, "另一个区域以别的类型映射了同一对象");
        }
        if known.pages != found.pages {
            let (en, zh) = ("all regions of an object are equally long", "同一对象的所有区域长度必须相同");
            report.push(&path.field("size"), en, zh);
        }
        if known.offset != found.offset {
            report.push(
                &path.field("start"),
                "all regions of an object lie at the same distance from a multiple of 2 MiB",
                "同一对象的所有区域相对 2 MiB 边界的偏移必须相同",
            );
        }
        key
    }
}
