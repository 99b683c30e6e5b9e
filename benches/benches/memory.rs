//! Memory of the engine: `cargo bench -p hintfault-benches --bench memory`.

use hintfault_benches::documents::{Layout, Placement, server};
use hintfault_benches::world_after;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const PAGES: usize = 64 << 18;

fn main() {
    let _profiler = dhat::Profiler::builder().testing().build();
    for (what, ms) in [("at the start", 0), ("after 2 s of faults", 2000)] {
        let before = dhat::HeapStats::get().curr_bytes;
        let world = world_after(&server(Layout::Threads, Placement::Remote), ms);
        let bytes = dhat::HeapStats::get().curr_bytes - before;
        println!("memory: {:.2} bytes a page {what} ({bytes} bytes for {PAGES} pages)", bytes as f64 / PAGES as f64);
        drop(world);
    }
}
