//! The kernel's version and settings.

use hintfault::input;

use crate::document::{Kernel, Sysctl};
use crate::failure::{Path, Report};
use crate::limits::{MAX_DURATION_MS, MAX_SCAN_SIZE_MB};

const KNOWN_VERSION: &str = "6.12";

pub(super) fn check(kernel: &Kernel, nr_nodes: usize, report: &mut Report) -> input::Sysctl {
    let path = Path::root("kernel");
    let version = kernel.version.as_deref().unwrap_or(KNOWN_VERSION);
    if version != KNOWN_VERSION {
        report.push(
            &path.field("version"),
            format!("only \"{KNOWN_VERSION}\" is known so far"),
            format!("目前只支持 \"{KNOWN_VERSION}\""),
        );
    }
    let written = Sysctl {
        numa_balancing: kernel.numa_balancing,
        scan_delay_ms: kernel.scan_delay_ms,
        scan_period_min_ms: kernel.scan_period_min_ms,
        scan_period_max_ms: kernel.scan_period_max_ms,
        scan_size_mb: kernel.scan_size_mb,
    };
    write(at_boot(nr_nodes), &written, &path, report)
}

/// What the kernel starts with: balancing is on where there is something to balance.
fn at_boot(nr_nodes: usize) -> input::Sysctl {
    input::Sysctl {
        numa_balancing: u8::from(nr_nodes > 1),
        scan_delay_ms: 1000,
        scan_period_min_ms: 1000,
        scan_period_max_ms: 60_000,
        scan_size_mb: 256,
    }
}

/// The settings after a write of those that are named.
pub(super) fn write(before: input::Sysctl, written: &Sysctl, path: &Path, report: &mut Report) -> input::Sysctl {
    let mut ms = |name: &str, value: Option<u64>, before: u32| match value {
        Some(ms) => report.in_range(&path.field(name), ms, 0, MAX_DURATION_MS) as u32,
        None => before,
    };
    let scan_delay_ms = ms("scan_delay_ms", written.scan_delay_ms, before.scan_delay_ms);
    let scan_period_min_ms = ms("scan_period_min_ms", written.scan_period_min_ms, before.scan_period_min_ms);
    let scan_period_max_ms = ms("scan_period_max_ms", written.scan_period_max_ms, before.scan_period_max_ms);
    let scan_size_mb = written.scan_size_mb.unwrap_or(u64::from(before.scan_size_mb));
    let path_of_size = path.field("scan_size_mb");
    input::Sysctl {
        numa_balancing: check_mode(written.numa_balancing, before.numa_balancing, path, report),
        scan_delay_ms,
        scan_period_min_ms,
        scan_period_max_ms,
        scan_size_mb: report.in_range(&path_of_size, scan_size_mb, 1, MAX_SCAN_SIZE_MB) as u32,
    }
}

fn check_mode(mode: Option<u64>, before: u8, path: &Path, report: &mut Report) -> u8 {
    match mode {
        None => before,
        Some(0) => 0,
        Some(1) => 1,
        Some(mode) => {
            report.push(
                &path.field("numa_balancing"),
                format!("{mode} is not possible: 0 is off, 1 is on; memory tiering (2) is not modelled yet"),
                format!("{mode} 不可用：0 为关闭，1 为开启；内存分层 (2) 尚未建模"),
            );
            before
        }
    }
}
