//! Steps that visit pages.

use hintfault::ids::PageIdx;
use hintfault::input;
use hintfault::time::Ns;

use super::machine::Facts;
use super::pages::check_run;
use super::program::Around;
use super::{check_ms, check_u32};
use crate::document::{Pattern, Step};
use crate::failure::{Path, Report};
use crate::limits::{MAX_COST_NS, MAX_DURATION_MS, MAX_SAFE_INTEGER, MIN_VISIT_NS};

/// Part of the pages that is hot by default, and of the visits that go there.
const HOT_PART: u32 = 10;
const HOT_PERCENT: u64 = 90;

/// When a step or a loop is over at the latest.
pub(super) fn check_until(step: &Step, path: &Path, report: &mut Report) -> Ns {
    match step.until_ms {
        Some(until) => check_ms(&path.field("until_ms"), Some(until), MAX_DURATION_MS, report),
        None => Ns::NEVER,
    }
}

pub(super) fn check_access(
    step: &Step,
    (name, field, access): (&str, &str, input::Access),
    until: Ns,
    around: &mut Around<'_>,
    path: &Path,
    report: &mut Report,
) -> Option<input::Step> {
    let compute_ns = step.compute_ns.unwrap_or(0);
    let compute_ns = report.in_range(&path.field("compute_ns"), compute_ns, 0, MAX_COST_NS);
    check_visit_time(around.facts, compute_ns, path, report);
    let passes = check_u32(&path.field("passes"), step.passes, 1, 1, report);
    let visits = check_visits(step, path, report);
    let write_every = check_write_every(step, access, &path.field("write_every"), report);
    let until = until.min(check_until(step, path, report));
    let stride = check_stride(step, path, report);
    let regions = &mut *around.regions;
    let Some(place) = regions.find(name) else {
        report.push(
            &path.field(field),
            format!("the process has no region \"{name}\""),
            format!("该进程没有区域“{name}”"),
        );
        return None;
    };
    check_rights(regions.checked[place].prot, access, &path.field(field), report);
    let run = check_run(step.first, step.pages, regions.checked[place].pages, path, report)?;
    let pattern = check_pattern(step, stride, run.pages(), path, report);
    regions.touched[place].push(run);
    Some(input::Step::Access {
        region: place as u16,
        first: PageIdx(run.first),
        pages: run.pages(),
        pattern,
        access,
        compute_ns: compute_ns as u32,
        passes,
        visits,
        write_every,
        until,
    })
}

fn check_visits(step: &Step, path: &Path, report: &mut Report) -> u64 {
    let Some(visits) = step.visits else { return 0 };
    let path = path.field("visits");
    if step.passes.is_some() {
        report.push(&path, "stands in place of passes", "与 passes 只能写一个");
    }
    if matches!(step.pattern, None | Some(Pattern::Sequential)) {
        report.push(&path, "belongs to random, zipf and hot_cold", "只能用于 random、zipf 和 hot_cold");
    }
    report.in_range(&path, visits, 1, MAX_SAFE_INTEGER)
}

fn check_write_every(step: &Step, access: input::Access, path: &Path, report: &mut Report) -> u32 {
    if step.write_every.is_some() && access == input::Access::Read {
        report.push(path, "belongs to write", "只能用于 write");
    }
    check_u32(path, step.write_every, 0, 1, report)
}

fn check_visit_time(facts: &Facts, compute_ns: u64, path: &Path, report: &mut Report) {
    if facts.local_access_ns + compute_ns < MIN_VISIT_NS {
        report.push(
            &path.field("compute_ns"),
            format!("a visit takes at least {MIN_VISIT_NS} ns, machine.costs.local_access_ns included"),
            format!("每次访问至少 {MIN_VISIT_NS} ns（含 machine.costs.local_access_ns）"),
        );
    }
}

/// The stride, and that nothing stands there that belongs to another pattern.
fn check_stride(step: &Step, path: &Path, report: &mut Report) -> u32 {
    let stride = check_u32(&path.field("stride"), step.stride, 1, 1, report);
    let pattern = step.pattern.unwrap_or(Pattern::Sequential);
    if step.stride.is_some() && pattern != Pattern::Sequential {
        let path = path.field("stride");
        report.push(&path, "belongs to the sequential pattern", "只能用于 sequential 方式");
    }
    let hot = [("hot_pages", step.hot_pages), ("hot_percent", step.hot_percent)];
    for (name, _) in hot.into_iter().filter(|(_, value)| value.is_some() && pattern != Pattern::HotCold) {
        report.push(&path.field(name), "belongs to the hot_cold pattern", "只能用于 hot_cold 方式");
    }
    stride
}

fn check_pattern(step: &Step, stride: u32, pages: u32, path: &Path, report: &mut Report) -> input::Pattern {
    match step.pattern.unwrap_or(Pattern::Sequential) {
        Pattern::Sequential => input::Pattern::Sequential { stride },
        Pattern::Random => input::Pattern::Random,
        Pattern::Zipf => input::Pattern::Zipf,
        Pattern::HotCold => {
            let hot_pages = step.hot_pages.unwrap_or(u64::from(pages.div_ceil(HOT_PART)));
            let hot_pages = report.in_range(&path.field("hot_pages"), hot_pages, 1, u64::from(pages)) as u32;
            let hot_percent = step.hot_percent.unwrap_or(HOT_PERCENT);
            let hot_percent = report.in_range(&path.field("hot_percent"), hot_percent, 0, 100) as u8;
            input::Pattern::HotCold { hot_pages, hot_percent }
        }
    }
}

fn check_rights(prot: input::Prot, access: input::Access, path: &Path, report: &mut Report) {
    let is_allowed = match access {
        input::Access::Read => prot.read,
        input::Access::Write => prot.write,
    };
    if !is_allowed {
        report.push(
            path,
            "the region's prot does not allow this: the process would get SIGSEGV",
            "区域的 prot 不允许这样访问，进程会收到 SIGSEGV",
        );
    }
}
