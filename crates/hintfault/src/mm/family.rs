//! Pages that processes have in common since a fork. Each process keeps an object of its own for
//! a private mapping; while pages are shared, the objects tell the same of them.

use crate::ids::HPAGE_PMD_NR;
use crate::mm::folio::Object;
use crate::world::World;

/// Objects that have the page at a place of `object`, that one first.
pub(crate) fn sharers(objects: &[Object], object: usize, slot: u32) -> impl Iterator<Item = usize> {
    let (index, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
    let owner = objects[object].chunk(index).owner(bit);
    let has_it = move |other: &usize| owner.is_some() && objects[*other].chunk(index).owner(bit) == owner;
    core::iter::once(object).chain(objects[object].relatives().iter().copied().filter(has_it))
}

impl World {
    /// Does something to a page in all objects that have it. Returns what it was in the first.
    pub(crate) fn in_all_sharers<T>(&mut self, object: usize, slot: u32, change: impl Fn(&mut Object) -> T) -> T {
        if self.objects[object].relatives().is_empty() {
            return change(&mut self.objects[object]);
        }
        let places: alloc::vec::Vec<usize> = sharers(&self.objects, object, slot).skip(1).collect();
        for place in places {
            change(&mut self.objects[place]);
        }
        change(&mut self.objects[object])
    }

    /// An object gives up a page that others have too: they agree anew on who stands for it.
    pub(crate) fn leave_sharers(&mut self, object: usize, slot: u32) {
        let others: alloc::vec::Vec<usize> = sharers(&self.objects, object, slot).skip(1).collect();
        let owner = others.first().filter(|_| others.len() > 1).map(|&first| first as u16);
        for &other in &others {
            self.objects[other].set_owner(slot, owner);
        }
        self.objects[object].set_owner(slot, None);
    }

    /// The pages of a private mapping for the child of a fork.
    pub(crate) fn share_object(&mut self, object: usize) -> usize {
        let fresh = self.objects.len();
        let mut copy = self.objects[object].share_all(object as u16);
        let relatives = self.objects[object].relatives().to_vec();
        for other in relatives.into_iter().chain([object]) {
            self.objects[other].add_relative(fresh);
            copy.add_relative(other);
        }
        self.objects.push(copy);
        fresh
    }

    /// Frees the memory of an object that nobody maps any more; pages that relatives have stay.
    pub(crate) fn free_object(&mut self, object: usize) {
        for slot in 0..self.objects[object].chunk_count() as u32 * HPAGE_PMD_NR {
            let (index, bit) = ((slot / HPAGE_PMD_NR) as usize, slot % HPAGE_PMD_NR);
            let chunk = self.objects[object].chunk(index);
            let Some(node) = chunk.node(bit) else { continue };
            if chunk.shared().get(bit) {
                self.leave_sharers(object, slot);
                continue;
            }
            let is_held = chunk.mapped_elsewhere().get(bit);
            self.vmstat.nr_anon_pages = self.vmstat.nr_anon_pages.saturating_sub(1);
            if !is_held {
                self.memory.free(node, 1);
            }
        }
        let relatives = self.objects[object].relatives().to_vec();
        for other in relatives {
            self.objects[other].remove_relative(object);
        }
        // A process that is executed later may map it again, and then finds it empty.
        let chunks = self.objects[object].chunk_count();
        self.objects[object] = Object::new(chunks, self.setup.topology.nr_node_ids());
    }
}
