//! `/proc/PID/numa_maps`.

use core::fmt::Write as _;

use hintfault::input::RegionKind;
use hintfault::view::{MachineView, MmView, VmaView};

/// The lines of `/proc/PID/numa_maps`, one for each VMA. Whether pages are dirty or active and
/// how often they are mapped is not modelled, so `dirty`, `active` and `mapmax` are left out.
///
/// A file has the name of its region for a path. Regions called `[heap]` and `[stack]`, as
/// `/proc/PID/maps` calls them, are the process's heap and stack.
#[must_use]
pub fn print_numa_maps(mm: &MmView, machine: &MachineView) -> String {
    mm.vmas.iter().map(|vma| line(vma, machine)).collect()
}

fn line(vma: &VmaView, machine: &MachineView) -> String {
    let mut text = format!("{:08x} {}", vma.start.0, vma.policy);
    let is_file = vma.kind == RegionKind::PrivateFile;
    match vma.name.as_str() {
        name if is_file => text += &format!(" file={}", escaped(name)),
        "[heap]" => text += " heap",
        "[stack]" => text += " stack",
        _ => {}
    }
    let pages: u64 = vma.node_pages.iter().sum();
    if pages > 0 {
        let field = if is_file { "mapped" } else { "anon" };
        let _ = write!(text, " {field}={pages}");
        for (node, pages) in machine.nodes.iter().zip(&vma.node_pages).filter(|(_, pages)| **pages > 0) {
            let _ = write!(text, " N{}={pages}", node.id);
        }
        text += " kernelpagesize_kB=4";
    }
    text + "\n"
}

/// A path as `seq_path` writes it here: what would break the line up becomes octal.
fn escaped(path: &str) -> String {
    path.chars().fold(String::new(), |mut text, c| {
        match c {
            '\n' | '\t' | ' ' | '=' => {
                let _ = write!(text, "\\{:03o}", c as u32);
            }
            c => text.push(c),
        }
        text
    })
}
